"""Proportions in words: three amounts of two units, and the question for the fourth."""

from fractions import Fraction

import pytest

import math_solver
from assistants.answer import Status


@pytest.mark.parametrize(
    ("question", "expected"),
    [
        ("A train travels 120 km in 2 hours. How far does it go in 5 hours?", 300),
        ("If 3 apples cost $6, how much do 7 apples cost?", 14),
        (
            (
                "A recipe needs 2 cups of flour for 12 cookies. "
                "How many cups of flour are needed for 30 cookies?"
            ),
            5,
        ),
        ("It takes 4 minutes to fill 3 buckets. How long does it take to fill 12 buckets?", 16),
        ("A car uses 8 gallons to travel 200 miles. How many gallons for 350 miles?", 14),
        ("Tom read 40 pages in 2 hours. How many pages can he read in 7 hours?", 140),
        ("How many miles can a car go on 9 gallons if it goes 88 miles on 4 gallons?", 198),
        ("5 pens cost $4. How much do 12 pens cost?", Fraction(48, 5)),
    ],
)
def test_what_goes_with_another_amount(question: str, expected: Fraction) -> None:
    answer = math_solver.solve(question)
    assert answer.status is Status.ANSWERED, answer.reason
    assert answer.best is not None
    assert Fraction(answer.best.candidate.text().split()[0]) == expected


@pytest.mark.parametrize(
    "question",
    [
        "3 workers build a wall in 6 days. How long do 9 workers need?",
        "A train travels 120 km in 2 hours. How many minutes does it take to go 5 hours?",
        "Ann has 3 apples in 2 bags. How many pears are in 5 bags?",
    ],
)
def test_what_is_no_proportion_is_not_read_as_one(question: str) -> None:
    answer = math_solver.solve(question)
    assert answer.best is None or "what goes with" not in str(answer.to_dict())
