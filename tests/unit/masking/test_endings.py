"""The way to an end: shortest endings, budgets that are kept, files that are broken elsewhere."""

import ast
import random
import warnings
from pathlib import Path

import numpy as np
import pytest

from assistants.constraint import Program
from assistants.engine.sampling import Sampler
from assistants.engine.streams import choose
from assistants.errors import ConstraintError
from assistants.masking import Insertion, Vocabulary, begins_program, compile_mask, has_place
from assistants.masking.languages import endings, machine

ROOT = Path(__file__).resolve().parents[3]
BYTES = Vocabulary.of_bytes()
END = 256


def parses(text: str) -> bool:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            ast.parse(text)
        except (SyntaxError, ValueError):
            return False
    return True


def shortest(language: str, prefix: str, suffix: str) -> str:
    reader = machine(language)
    state = reader.run(reader.start(), prefix.encode())
    found = endings(language, suffix.encode())
    return next(found.shortest(state, found.whole)).decode()


@pytest.mark.parametrize(
    ("prefix", "suffix", "length"),
    [
        ("x = (1, [2", "\n", 2),
        ("if x", "\n    pass\n", 1),
        ("x = foo(", ")\n", 0),
        ("x = ", ")\n", 2),
        ("x = 'abc", "\n", 1),
        ("x = 'abc", "'\n", 0),
        ("x = f'{a", "\n", 2),
        ("x = 0x", "\n", 1),
        ("def f", "\n", 7),
        ("try:\n    x = 1\n", "    pass\n", 7),
        ("x = [i for i", "]\n", 5),
        ("if x:\n\tif y", "\n\tz = 1\n", 6),
        ("class A:\n    def f(self):\n        return g(a, b[c", "\n\n    def g(self):\n        pass\n", 2),
        ("try:\n  try:\n    x", "\n", 26),
        ("# comment", "\nx = 1\n", 0),
        ("match x:\n    case ", "\n", 9),
        ("x = '''a\n", "\n", 3),
        ("é = é .", "\n", 1),
    ],
)  # fmt: skip
def test_the_shortest_ending_of_python(prefix: str, suffix: str, length: int) -> None:
    found = shortest("python", prefix, suffix)
    assert parses(prefix + found + suffix), found
    assert len(found) <= length


@pytest.mark.parametrize(
    ("prefix", "suffix", "expected"),
    [
        ("class A { void f() { foo(", "}}\n", ");"),
        ("class A", "\n", "{}"),
        ("class A { int x = ", "; }\n", "x"),
        ('class A { String s = "abc', "\n}\n", '";'),
        ("/* foo", "\nclass A {}\n", "*/"),
        ("class A { void f() { do {", "\n}\n}\n", "}while(x);"),
        ("class A { void f() { try { x();", "\n}\n}\n", "}finally{}"),
    ],
)
def test_the_shortest_ending_of_java(prefix: str, suffix: str, expected: str) -> None:
    assert len(shortest("java", prefix, suffix)) <= len(expected)
    assert Insertion(Program("java", prefix, suffix)).fits(expected)


@pytest.mark.parametrize(
    ("language", "prefix", "suffix"),
    [
        ("python", "x = f(", "\ny = 1\n"),
        ("python", "def f(a):\n    ", "\n    return a\n"),
        ("python", "class A:\n    def f(self):\n        if self", "\n\n    def g(self):\n        pass\n"),
        ("java", "class A { void f() { x(", "\n    }\n}\n"),
    ],
)  # fmt: skip
def test_whatever_is_drawn_the_budget_ends_where_the_text_may_stop(
    language: str, prefix: str, suffix: str
) -> None:
    random_logits = np.random.default_rng(3)
    for budget in (12, 25, 60):
        mask = compile_mask(Program(language, prefix, suffix), BYTES, budget=budget)
        favourites = random_logits.normal(0, 3, 257).astype(np.float32)
        favourites[END] = -9
        sampler = Sampler(random=random_logits, temperature=1.0)
        text = bytearray()
        for _ in range(budget):
            logits = favourites + random_logits.normal(0, 2, 257).astype(np.float32)
            token = choose(logits, sampler, stop=frozenset({END}), mask=mask)
            if token is None:
                break
            text.append(token)
        assert mask.can_stop(), bytes(text)
        whole = prefix + text.decode() + suffix
        assert parses(whole) if language == "python" else Insertion(Program("java", whole)).fits("")


def test_a_budget_too_small_for_any_ending_is_named() -> None:
    with pytest.raises(ConstraintError, match="within 2 tokens"):
        compile_mask(Program("python", "try:\n  x", "\n"), BYTES, budget=2)


def test_a_budget_is_taken_back_with_its_tokens() -> None:
    mask = compile_mask(Program("python", "x = ", "\n"), BYTES, budget=4)
    assert mask.accept(list(b"(((")) is False
    assert mask.accept(list(b"(a)"))
    assert mask.validate(list(b")")) == 0
    assert mask.validate(list(b"[")) == 0
    mask.rollback(3)
    assert mask.accept(list(b"abcd"))
    assert mask.can_stop()


def test_a_suffix_that_nothing_completes_keeps_its_own_error_alone() -> None:
    suffix = "\n    y = 2\n    z = = 3\n"
    place = Insertion(Program("python", "def f():\n    x = (", suffix))
    assert place.counted < place.endings.whole
    assert place.fits("1)")
    assert not place.fits("1")
    assert not place.fits("[1)")


def test_a_whole_suffix_is_asked_for_even_if_no_way_there_was_found() -> None:
    source = (ROOT / "assistants" / "deadline.py").read_text("utf-8")
    chance = random.Random(4)
    for _ in range(25):
        low = chance.randrange(len(source))
        high = min(len(source), low + chance.randrange(150))
        place = Insertion(Program("python", source[:low], source[high:]))
        assert place.counted == place.endings.whole, source[low - 30 : high + 30]
        assert place.fits(source[low:high])


@pytest.mark.parametrize(
    ("language", "prefix", "middle", "suffix"),
    [
        (
            "python",
            "t = {\n    'root'",
            ": [\n        (r'[0",
            "-9]\\d', A),\n        b,\n    ],\n}\n",
        ),
        ("python", "x = ", "[(1, 2", "012)]\n"),
        ("python", "from a import ", "b\nfrom cl", "s.d import e\n"),
        ("python", "from __future__ import annota", "tions\nfrom b", "s.d import e\n"),
        ("python", "def f():\n    return {**", "a, ", "_b01: [(\n        0, 1,\n    )]}\n"),
        ("java", "class A {\n    ", "static class ", "B {\n        B(int x) { }\n    }\n}\n"),
        ("java", "class A {\n    ", "record ", "B(int x) {\n        B { }\n    }\n}\n"),
        ("java", "@X\n", "class A", "bC<D> extends E {\n    AbC(int x) { }\n}\n"),
        ("java", "", "class A<B", "c, D extends @X E>\n    extends F {\n  A(int x) { }\n}\n"),
    ],
)
def test_a_whole_suffix_is_asked_for_where_much_is_missing(
    language: str, prefix: str, middle: str, suffix: str
) -> None:
    place = Insertion(Program(language, prefix, suffix))
    assert place.counted == place.endings.whole
    assert place.fits(middle)
    assert not place.fits("")


JUNK = ["x = = 1", "foo(a b)", "def f(:", "if x", ")", "return 1 2", "for x in"]


def test_behind_an_error_completions_add_none() -> None:
    source = (ROOT / "assistants" / "deadline.py").read_text("utf-8")
    lines = source.splitlines(keepends=True)
    chance = random.Random(6)
    seen = 0
    for _ in range(30):
        at = chance.randrange(len(lines) - 12)
        blank = lines[at][: len(lines[at]) - len(lines[at].lstrip())]
        broken = [*lines[:at], f"{blank}{chance.choice(JUNK)}\n", *lines[at:]]
        line = chance.randrange(at + 2, min(len(broken), at + 40))
        low = sum(map(len, broken[:line])) + chance.randrange(len(broken[line]))
        text, clean = "".join(broken), low - len(broken[at])
        program = Program("python", text[:low], text[low:])
        if begins_program(program) or not has_place(program):
            continue
        seen += 1
        place = Insertion(program)
        ways = place.endings.shortest(place.state, place.counted)
        for way in [next(ways, b"").decode(), ""]:
            if place.fits(way):
                assert parses(source[:clean] + way + source[clean:]), (broken[at], way)
    assert seen > 15


def test_a_line_that_is_broken_before_the_cursor_has_no_place() -> None:
    assert not has_place(Program("python", "x = 1\ny = = "))
    assert has_place(Program("python", "x = = 1\ny = "))
    assert has_place(Program("java", "class A {\n int = 3;\n void f() {\n  x("))
    assert not Insertion(Program("java", "class A {\n int = 3;\n void f() {\n  x(")).fits("y]")
