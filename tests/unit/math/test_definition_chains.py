"""Chains of definitions: read strictly, carried out exactly, answered as they were asked."""

import json
from pathlib import Path

import pytest

from assistants.answer import Status, Verdict
from math_solver import solve
from math_solver.reading.statements import read_script

SAMPLES = Path(__file__).resolve().parents[4] / "shared/data/math/deepmind-samples.jsonl"

ANSWERS = (
    ("Let f(x) = 2*x + 1. Let a be f(3). Suppose a*y = 21. What is y?", "3"),
    ("Let p(t) be the second derivative of t**4 + 3*t. What is p(2)?", "48"),
    ("Let f(x) = x^2. Let g(y) = y + 1. What is f(g(z))?", "z^2 + 2*z + 1"),
    ("Suppose x + y = 10. Suppose x - y = 4. What is y?", "3"),
    ("Let u = 5. Let v = -3. Which is bigger: u or v?", "u"),
    ("Which is the second smallest value?  (a) 1/2  (b) 0.4  (c) -3", "b"),
    ("What is the closest to 1 in 3, 0.5, -1/2?", "0.5"),
    ("Sort 2, -1, 1/2 in descending order.", "2, 1/2, -1"),
    ("Is 7 a factor of 91?", "True"),
    ("List the prime factors of 360.", "2, 3, 5"),
    ("What is 100 minutes before 12:30 AM?", "10:50 PM"),
    ("How many minutes are there between 11:50 PM and 12:10 AM?", "20"),
    ("What is three quarters of a kilometer in meters?", "750"),
    ("Convert 0.000000012 kilograms to nanograms.", "12000"),
    ("In base 2, what is 1011 + 1?", "1100"),
    ("-ff (base 16) to base 10", "-255"),
    ("Two letters picked without replacement from aab. What is prob of sequence ab?", "1/3"),
    (("Calculate prob of picking 1 a and 1 b when two letters picked without replacement from "
     "{a: 2, b: 2}."), "2/3"),
    ("What comes next: 1, 4, 9, 16, 25?", "36"),
    ("What is the n'th term of 5, 8, 11, 14?", "3*n + 2"),
    ("Round 0.045 to two decimal places.", "0.05"),
    ("Round -2500 to the nearest one thousand.", "-3000"),
    ("What is the hundreds digit of 98765?", "7"),
    ("What is the cube root of 28 to the nearest integer?", "3"),
    ("Simplify (1 + sqrt(8))**2.", "4*sqrt(2) + 9"),
    ("Simplify x**(1/2)*x/x**2 assuming x is positive.", "1/sqrt(x)"),
    ("Express 3*x - x + 4 - x**2 as a*x**2 + b*x + c and give b.", "2"),
    ("Factor 2*k**2 - 8.", "2*(k - 2)*(k + 2)"),
    ("Let 2*n**2 - 8 = 0. What is n?", "-2, 2"),
    ("What is the common denominator of 1/6 and 3/8?", "24"),
    ("Calculate the remainder when 17 is divided by 5.", "2"),
)  # fmt: skip


@pytest.mark.parametrize(("question", "text"), ANSWERS)
def test_the_answer_is_exact_proved_and_in_the_form_of_the_question(
    question: str, text: str
) -> None:
    answer = solve(question)
    assert answer.best is not None, answer.reason
    assert (answer.best.candidate.text(), answer.verdict) == (text, Verdict.PROVED)


@pytest.mark.parametrize(
    "question",
    [
        "Suppose x = 1. Suppose x = 2. What is x?",  # a contradiction
        "What comes next: 2, 3, 5, 7, 11?",  # neither differences nor ratios are constant
        "Convert 3 meters to kilograms.",
        "What is 12a (base 10) in base 2?",
        "Which is the third biggest value?  (a) 1  (b) 2",
        "What is the closest to 0 in -1, 1?",
        "Divide 3 by 0.",
    ],
)
def test_what_has_no_one_answer_is_not_given_one(question: str) -> None:
    answer = solve(question)
    assert answer.status is not Status.ANSWERED


@pytest.mark.parametrize(
    "text",
    [
        "Let the buyer beware. What is x?",
        "What is the capital of France?",
        "Let f(x) = 2*x. Tell me a story.",
        "Suppose it rains. Solve x = 1.",
        "Sort the laundry and the dishes.",
    ],
)
def test_words_are_never_read_as_letters(text: str) -> None:
    assert read_script(text) is None


def test_each_statement_is_shown_as_it_was_read() -> None:
    best = solve("Let f(x) = x/2x. Let a be f(4). What is a + 1?").best
    assert best is not None
    shown = " ".join(best.candidate.reading)
    assert "let f(x) = x/2*x" in shown
    assert "Assuming" in shown
    assert best.candidate.text() == "9"


def test_a_letter_that_is_given_twice_is_solved_for() -> None:
    best = solve("If y = 2x + 1 and y = 7 - x, what is the value of y?").best
    assert best is not None
    assert best.candidate.text() == "5"


def test_a_functions_letter_hides_another_of_the_same_name() -> None:
    best = solve("Let x = 5. Let f(x) = x + 1. What is f(2)?").best
    assert best is not None
    assert best.candidate.text() == "3"


@pytest.mark.shared
@pytest.mark.skipif(not SAMPLES.exists(), reason="the data folder is not there")
def test_one_published_sample_of_each_family_is_answered_as_published() -> None:
    rows = [json.loads(line) for line in SAMPLES.read_text(encoding="utf-8").splitlines()]
    for row in {row["module"]: row for row in rows}.values():
        best = solve(row["question"]).best
        assert best is not None
        assert best.candidate.text() == row["answer"], row["question"]
