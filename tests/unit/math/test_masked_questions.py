"""Numbers and formulas set apart from the words of a question."""

from fractions import Fraction

import pytest

from assistants.errors import InputError
from math_solver.reading import read_question


@pytest.mark.parametrize(
    ("question", "masked"),
    [
        ("Solve x^2 - 5x + 6 = 0 for x.", "Solve E0 for x."),
        ("Tom has 3 apples and buys two more.", "Tom has N0 apples and buys N1 more."),
        ("What is 15% of 80?", "What is N0% of N1?"),
        ("x + y = 3 and x - y = 1", "E0 and E1"),
        ("integrate x^2 from -1 to 1", "integrate E0 from N0 to N1"),
        ("A 12-year-old has $5.50", "A N0-year-old has $N1"),
        ("Evaluate $\\int_0^1 x^2 \\, dx$", "Evaluate E0"),
        ("She ate half of a dozen eggs", "She ate N0 of a N1 eggs"),
        ("a third of 2 1/2 cups", "N0 of N1 cups"),
        ("the 3rd derivative of sin(x)", "the 3rd derivative of E0"),
        ("a 5m rope and a 3 m rope", "a N0m rope and a N1 m rope"),
        ("Is k(8) a multiple of 25?", "Is E0 a multiple of N0?"),
        ("I have a dog", "I have a dog"),
    ],
)
def test_masks(question: str, masked: str) -> None:
    assert read_question(question).masked == masked


def test_values_of_numbers_in_words_and_figures() -> None:
    question = read_question(
        "1,250 and 0.75 and 2 1/2 and twenty-five and three hundred and -4 and two thirds of 3 million"
    )
    assert question.numbers == (
        Fraction(1250), Fraction(3, 4), Fraction(5, 2), Fraction(25), Fraction(300), Fraction(-4),
        Fraction(2, 3), Fraction(3_000_000),
    )  # fmt: skip


def test_unmasking_gives_the_words_back() -> None:
    question = read_question("Is 2x + 1 = 7 for x = 3, with 10 left?")
    assert question.unmasked("E0 | E1 | N0") == "2x + 1 = 7 | x = 3 | 10"


def test_empty_and_overlong_questions_are_refused() -> None:
    with pytest.raises(InputError, match="empty"):
        read_question("  \n ")
    with pytest.raises(InputError, match="characters"):
        read_question("x" * 5000)


def test_names_typed_by_the_user_are_not_taken_for_ours() -> None:
    question = read_question("is N0 prime, and 7?")
    assert question.masked == "is n0 prime, and N0?"


@pytest.mark.parametrize(
    "text", ["(" * 3900, "x+" * 1900, "1/" * 1900, "|" * 3900, "one hundred " * 330, "$" * 3900]
)
def test_hostile_texts_are_read_in_linear_time(text: str) -> None:
    # No clock: a quadratic reader would still end, an exponential one never would.
    read_question(text)
