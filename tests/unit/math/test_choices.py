"""Multiple choice: which option is named, what excludes the others, and what is not claimed."""

import re
from pathlib import Path

import pytest

from assistants.answer import Status, Verdict
from math_solver import solve

CASES = [
    row.split("\t")
    for row in Path(__file__).with_name("multiple_choice.tsv").read_text("utf-8").splitlines()
]


def labels(answer) -> str:
    """Return the options that an answer names: `B`, `A,C`, `none`, or its text without labels."""
    if answer.best is None:
        return ""
    said = answer.best.candidate.text()
    if said.startswith("none of the options"):
        return "none"
    return ",".join(re.findall(r"(?:^| and )\((\w)\) ", said)) or said


@pytest.mark.parametrize(("wanted", "question"), CASES)
def test_the_right_option_is_named(wanted: str, question: str) -> None:
    assert labels(solve(question.replace("\\n", "\n"))) == wanted


@pytest.mark.parametrize(
    ("wanted", "question"),
    [
        ("B", "What is 3 + 4? (A) 6 (B) 7 (C) 8"),
        ("A", "Which of the following is prime? (A) 2 (B) 4 (C) 9"),
        ("D", "If x + y = 5, what is x - y? (A) 1 (B) 3 (C) 5 (D) cannot be determined"),
        ("none", "What is 5 * 5? (A) 10 (B) 20 (C) 24"),
        ("A,C", "What is 1/2? (A) 0.5 (B) 5 (C) 2/4"),
    ],
)
def test_a_choice_is_proved_where_all_is_decided(wanted: str, question: str) -> None:
    answer = solve(question)
    assert labels(answer) == wanted
    assert answer.verdict is Verdict.PROVED


@pytest.mark.parametrize(
    "question",
    [
        "Tom has 3 apples and buys 4 more. How many apples does he have? (A) 6 (B) 7 (C) 12",
        "What is sin(30)? (A) 1/2 (B) sqrt(3)/2 (C) 1",
    ],
)
def test_a_reading_that_is_not_proved_makes_no_proved_choice(question: str) -> None:
    answer = solve(question)
    assert answer.status is Status.ANSWERED
    assert answer.verdict is Verdict.UNKNOWN


def test_every_other_option_is_told_what_excludes_it() -> None:
    answer = solve("Which of the following is prime? (A) 51 (B) 53 (C) 57")
    told = {check.by: check.detail for check in answer.evidence}
    assert "3 * 17" in told["option A is out"]
    assert "3 * 19" in told["option C is out"]
    assert answer.best.candidate.text() == "(B) 53"


def test_two_that_are_right_are_said_plainly() -> None:
    assert solve("What is 1/2? (A) 0.5 (B) 5 (C) 2/4").reason == "2 options are right"


def test_several_that_hold_are_no_answer_while_others_are_open() -> None:
    told = solve(
        "Which of the following statements are true? A. 3 is a factor of 18."
        " B. 17 is a divisor of 187 but wine is not of 52. C. 8 is a factor of 160."
    )
    assert told.best is None
    assert "A, C hold" in told.reason


def test_contradictory_givens_prove_nothing() -> None:
    answer = solve("If x > 3 and x < 2, which of the following must be true? (A) x > 0 (B) x < 0")
    assert answer.best is None
    assert "contradicts" in answer.reason


def test_an_option_in_two_readings_is_not_decided() -> None:
    answer = solve("Which of the following is equal to x/2? (A) 1/2x (B) 2x (C) x + 2")
    assert answer.verdict is not Verdict.PROVED


@pytest.mark.parametrize(
    "question",
    [
        "What is the square root of 2 to the nearest hundredth? (A) 1.4 (B) 1.5 (C) 1.6",
        "What is 10/3, approximately? (A) 3.3 (B) 3.4 (C) 3.5",
    ],
)
def test_rounded_options_are_not_all_called_wrong(question: str) -> None:
    assert labels(solve(question)) != "none"


@pytest.mark.parametrize(
    "question",
    [
        "Which of the following could be true if x > 0? (A) x < 0 (B) x = 3",
        "Which of the following must be false? (A) x > 0 (B) x^2 < 0",
        "Which of the following is beautiful? (A) 2 (B) 3",
        "Ann has some pens and buys 4 more. How many pens has she? (A) 6 (B) 7 (C) 12",
    ],
)
def test_what_is_not_understood_is_not_answered(question: str) -> None:
    assert solve(question).best is None


def test_the_form_that_is_asked_for_decides_between_equal_options() -> None:
    answer = solve("Factor x^2 - 9. (A) (x - 3)(x + 3) (B) x^2 - 9 (C) (x - 9)(x + 1)")
    assert labels(answer) == "A"
    told = {check.by: check.detail for check in answer.evidence}
    assert "not in the form" in told["option B is out"]
