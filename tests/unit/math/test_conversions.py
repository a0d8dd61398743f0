"""Amounts asked for in another unit, and what the readers of stories leave alone."""

from fractions import Fraction

import pytest

from assistants.answer import Status
from math_solver import solve
from math_solver.reading import read_question
from math_solver.word_problems import read_by_rules


@pytest.mark.parametrize(
    ("text", "answer"),
    [
        ("Lea has saved 700 cents from selling tea. How many dollars does Lea have?", "7"),
        ("Max swam for 3 hours. How many minutes did Max swim?", "180"),
        (
            "Eva found 9 pennies in the sofa and 7 quarters in a coat. How much money is that?",
            "1.84",
        ),
        ("Jim has 6 quarters. How many cents does Jim have?", "150"),
    ],
)
def test_amounts_are_converted(text: str, answer: str) -> None:
    found = solve(text)
    assert found.status is Status.ANSWERED
    assert found.best is not None
    value = Fraction(found.best.candidate.text())
    assert value == Fraction(answer)


@pytest.mark.parametrize(
    "text",
    [
        "Jim has 6 quarters and 3 stamps. How much money does Jim have?",
        "Jim has 6 quarters. He spent 3 dimes. How much money does Jim have?",
        "Max swims 3 hours every day. How many minutes does Max swim?",
        "It takes 8 tractors 12 days to plough a field. How long would it take 15 tractors?",
        (
            "A shop got 20 kites. Half the kites were red, a quarter were blue, and a fifth were "
            "white. The rest were green. How many kites were green?"
        ),
        (
            "Two trains are 276 miles apart and their speeds differ by 10 mph. They travel towards "
            "each other and meet in 3 hours. Find the speed of the slower train."
        ),
    ],
)
def test_what_the_readers_do_not_know_is_left_alone(text: str) -> None:
    assert read_by_rules(read_question(text), "rules") is None


@pytest.mark.parametrize(
    "text",
    [
        (
            "A paper costs $10/month. If you buy an annual subscription you obtain a 20% discount on "
            "your total bill. How much do you end up paying with the annual subscription?"
        ),
        (
            "While playing a trivia game, Frank answered some questions correct in the first half "
            "and 2 questions correct in the second half. If each question was worth 3 points, what "
            "was his final score?"
        ),
        (
            "Mark deposited $88 in a bank. Bryan deposited $40 less than five times as much as "
            "Mark. How much did Mark deposit in the bank?"
        ),
        (
            "Billy's family keeps bicycles in a garage. They own a total of 4 bicycles. Each "
            "bicycle wheel has 10 spokes. How many spokes are inside the garage?"
        ),
    ],
)
def test_what_the_words_do_not_say_is_not_answered(text: str) -> None:
    assert solve(text).status is not Status.ANSWERED


def test_a_time_is_of_its_own_clause() -> None:
    found = solve(
        "The sum of the ages of Jo, Sam and Ida in three years is 150. Currently, Sam is 4 years "
        "older than Jo. If Jo's age is 40, calculate Ida's age three years from now?"
    )
    assert found.best is not None
    assert found.best.candidate.text() == "60"
