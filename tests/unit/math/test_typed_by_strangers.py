"""Questions as strangers type them, with the answers that mathematics gives.

The table `typed_by_strangers.tsv` holds a question and its answer in each row.
"""

from pathlib import Path

import pytest

from assistants.answer import Status
from math_solver import solve
from math_solver.reading.spelling import corrected, one_slip
from math_solver.reading.statements import split_list
from math_solver.reading.typed import typed

TABLE = Path(__file__).with_name("typed_by_strangers.tsv")
ROWS = [row.split("\t") for row in TABLE.read_text(encoding="utf-8").splitlines()]


@pytest.mark.parametrize(("question", "expected"), ROWS)
def test_answer(question: str, expected: str) -> None:
    answer = solve(question)
    assert answer.best is not None, answer.reason
    assert answer.best.candidate.answer == expected


@pytest.mark.parametrize(
    "question",
    [
        "1 GB in MB",  # 1000 or 1024: not said
        "weighted average of 80 (30%) and 90 (70%)",
        "conjugate of x",
        "geometric sequence first term 3, common difference 2, find 5th term",
        "10th term of 2,5,9,14,15",
        "next prime less than 10",
    ],
)
def test_declines(question: str) -> None:
    assert solve(question).status is not Status.ANSWERED


@pytest.mark.parametrize(
    ("question", "told"),
    [
        ("log(100)", "log is the logarithm to base 10"),
        ("3 x 4 =", "x between numbers is the sign of multiplication"),
        ("find teh derivitive of x^2", "derivitive means derivative"),
        ("1/2 ÷ 3/4", "3/4 behind the sign of division is one fraction"),
    ],
)
def test_what_was_assumed_is_told(question: str, told: str) -> None:
    best = solve(question).best
    assert best is not None
    assert f"Assuming: {told}" in best.candidate.reading


@pytest.mark.parametrize(
    ("source", "parts"),
    [
        ("3,5,7", ["3", "5", "7"]),
        ("1,234 and 5,678", ["1,234", "5,678"]),
        ("100,200,300", ["100", "200", "300"]),
        ("1,200,3,400", ["1", "200", "3", "400"]),
        ("{1, 2, 3}", ["1", "2", "3"]),
        ("2 4 4 6", ["2", "4", "4", "6"]),
        ("f(1,2), 3", ["f(1,2)", "3"]),
        ("x+y=10;x-y=2", ["x+y=10", "x-y=2"]),
    ],
)
def test_lists(source: str, parts: list[str]) -> None:
    assert split_list(source) == parts


@pytest.mark.parametrize(
    ("original", "text"),
    [
        ("pls solve x²=4, thanks!", "solve x²=4"),
        ("What is 1234 to the power of 1/2, to the nearest integer?",) * 2,
        ("I need 5 apples and have 3. How many more do I need?",) * 2,
        ("x squared plus 3x", "x^2 + 3x"),
        ("derivative of log x",) * 2,
        ("log x = 2", "\\log_{10}  x = 2"),
        ("x₁ + 2⅓", "x_{1} + 2 1/3"),
        ("multiply the 2x3 matrix",) * 2,
        ("𝑥 + 1 ＝ 2", "x + 1 = 2"),
    ],
)
def test_notation(original: str, text: str) -> None:
    assert typed(original).text == text


def test_ordinary_words_are_left_alone() -> None:
    text = "The price of a medium factory present is several squared angels"
    assert corrected(text, []) == text


@pytest.mark.parametrize(
    ("left", "right", "one"),
    [("intergal", "integral", True), ("equasion", "equation", True), ("abc", "abc", False),
     ("derivitive", "derivative", True), ("integer", "integral", False)],
)  # fmt: skip
def test_one_slip(left: str, right: str, one: bool) -> None:
    assert one_slip(left, right) is one
