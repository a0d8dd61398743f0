# Written by `plumb test code_assist/brackets.py --write`, as it came, but for `ruff format`.
"""Tests of code_assist.brackets."""

import pytest

from code_assist.brackets import is_whole, marks


def test_marks_for_two_three_four_five():
    result = list(marks(") two three\n\nfour five'"))

    assert result == [(")", 0)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("(]", True),
        ("y z", True),
        ("((]", False),
        ("[{", False),
        ("Z ;", True),
    ],
)
def test_is_whole(text, expected):
    assert is_whole(text) is expected
