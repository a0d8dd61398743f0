from pathlib import Path

import pytest

from assistants.errors import InputError
from cli.complete import parse_place, position_in
from code_assist import Position, Source


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ("a.py:3:7", ("a.py", 3, 7)),
        ("a.py:3", ("a.py", 3, None)),
        (r"C:\src\a.py:3:7", (r"C:\src\a.py", 3, 7)),
        (r"C:\src\a.py:3", (r"C:\src\a.py", 3, None)),
        ("odd:1:2:3", ("odd:1", 2, 3)),
        ("with space.py:10:1", ("with space.py", 10, 1)),
    ],
)
def test_a_place_is_file_line_column(text: str, place: tuple):
    file, line, column = place
    assert parse_place(text) == (Path(file), line, column)


@pytest.mark.parametrize("text", ["a.py", "a.py:", "a.py:x", "a.py:1:", ":3", "a.py:1:-2", ""])
def test_what_is_no_place_is_refused(text: str):
    with pytest.raises(InputError) as caught:
        parse_place(text)
    assert "plumb complete" in caught.value.hint


def test_lines_and_columns_count_from_one_in_characters():
    source = Source(text="é = '😀'\nnext\n", language="python")
    assert position_in(source, 1, 1) == Position(0, 0)
    assert position_in(source, 1, 7) == Position(0, 6)
    assert position_in(source, 1, None) == Position(0, 7)
    assert position_in(source, 2, 5) == Position(1, 4)


@pytest.mark.parametrize(("line", "column"), [(0, 1), (4, 1), (4, None), (1, 0), (1, 9)])
def test_a_place_outside_the_file_is_refused(line: int, column: int | None):
    with pytest.raises(InputError):
        position_in(Source(text="é = '😀'\nnext\n", language="python"), line, column)
