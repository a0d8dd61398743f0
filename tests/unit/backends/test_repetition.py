"""What repeats the text behind the cursor is not shown."""

import pytest

from assistants.backends.text import Repetition, StreamedText, repetition, unrepeated
from assistants.constraint import Program, Regex
from assistants.model import Line, Piece

PYTHON = Program("python", "def f(x):\n    y = ", "\n    return y\n\nz = 1\n")


def shown(program: Program, *pieces: str) -> tuple[str, bool]:
    text = StreamedText(repeated=repetition(program))
    found = ""
    for piece in pieces:
        found += text.push(piece.encode())
        if text.stopped:
            break
    return found + text.finish(), text.stopped


@pytest.mark.parametrize(
    ("pieces", "expected"),
    [
        (("x + 1", "\n    ret", "urn y"), "x + 1"),
        (("x + 1\n    retu",), "x + 1"),
        (("x + 1\n    re",), "x + 1\n    re"),
        (("x + 1\n    ", "return x"), "x + 1\n    return x"),
        (("x\n    z = 2",), "x\n    z = 2"),
        (("x",), "x"),
        (("",), ""),
    ],
)
def test_an_end_that_would_stand_twice_is_dropped(pieces: tuple[str, ...], expected: str) -> None:
    assert shown(PYTHON, *pieces)[0] == expected


def test_an_answer_that_has_repeated_a_line_is_over() -> None:
    assert shown(PYTHON, "x", "\n    return y", "\n", "a = 3") == ("x", True)


def test_a_closer_is_dropped_where_the_suffix_has_it_and_kept_where_it_has_not() -> None:
    assert shown(Program("python", "f(", ")\n"), "x)")[0] == "x"
    assert shown(Program("python", "g(f(", ")\n"), "x)")[0] == "x)"


def test_what_is_certain_is_shown_at_once() -> None:
    text = StreamedText(repeated=repetition(PYTHON))
    assert text.push(b"x + 1") == "x + 1"
    assert text.push(b"\n    r") == ""
    assert text.push(b"un") == "\n    run"


def test_other_constraints_and_blank_suffixes_repeat_nothing() -> None:
    assert repetition(None) is None
    assert repetition(Regex("a")) is None
    assert repetition(Program("python", "x = ", "\n\n")) is None


def test_what_does_not_fit_without_it_is_kept() -> None:
    held = Repetition("abcdef", lambda text: text == "")
    assert held.push("xabcd") + held.finish() == "xabcd"
    held = Repetition("abcdef", lambda text: text == "x")
    assert held.push("xabcd") + held.finish() == "x"


def test_a_line_loses_the_end_that_repeats_what_follows() -> None:
    pieces = (Piece("f(", -0.1), Piece("a, lim", -0.2), Piece("it)", -0.3), Piece("", -0.4))
    line = Line(pieces=pieces)
    program = Program("python", "x = ", ", limit)\n")
    assert unrepeated(program, line).text == "f(a"
    closed = Program("python", "x = f(", "limit)\n")
    cut = unrepeated(closed, Line(pieces=(Piece("a, lim", -0.2), Piece("it)", -0.3))))
    assert (cut.text, [piece.text for piece in cut.pieces]) == ("a, ", ["a, "])
    assert unrepeated(None, line) is line
