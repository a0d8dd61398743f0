"""Options are recognised strictly: formulas with letters and brackets are no options."""

import pytest

from math_solver.choices_reading import Kind, read_choices


@pytest.mark.parametrize(
    "text",
    [
        "f(a) + f(b)",
        "simplify (a)(b) + (c)",
        "expand (a + b)(a - b)",
        "What is (a) + (b)?",
        "Let f(x) = x^2. Find (a) f(2) (b) f(3)",
        "Solve: 1. x + 1 = 2 2. x + 2 = 5",
        "x + (a) 3 (b) 4",
        "What is the value of f (a) when f (b) = 2?",
        "What is 2 + 3? (A) 5 (C) 6",
        "What is 2 + 3? (A) 5",
        "Tom has 1. 5 apples and 2. 5 pears",
        "solve x^2 = 4 for x",
        "",
        "Which is bigger: 2 or 3?",
    ],
)
def test_no_options(text: str) -> None:
    assert read_choices(text) is None


@pytest.mark.parametrize(
    "text",
    [
        "What is 2 + 3? (A) 5 (B) 6 (C) x + 1",
        "What is 2 + 3?\nA. 5\nB. 6\nC. x + 1",
        "What is 2 + 3? A) 5 B) 6 C) x + 1",
        "What is 2 + 3? a) 5, b) 6, or c) x + 1",
        "What is 2 + 3?\n1. 5\n2. 6\n3. x + 1\n",
        r"What is $2 + 3$? $\textbf{(A)}\ 5 \qquad \textbf{(B)}\ 6 \qquad \textbf{(C)}\ x + 1$",
        "What is 2 + 3? [A] 5 [B] 6 [C] x + 1",
    ],
)
def test_the_same_options_in_many_notations(text: str) -> None:
    found = read_choices(text)
    assert found is not None
    assert [option.text for option in found.options] == ["5", "6", "x + 1"]
    assert found.stem.replace("$", "") == "What is 2 + 3?"


def test_options_that_speak_of_others() -> None:
    found = read_choices("What is 2 + 3? (A) 4 (B) 6 (C) none of these (D) cannot be determined")
    assert found is not None
    assert [option.kind for option in found.options] == [
        Kind.VALUE, Kind.VALUE, Kind.NONE, Kind.OPEN]  # fmt: skip


def test_roman_statements() -> None:
    found = read_choices(
        "Which are even?\nI. 2\nII. 3\nIII. 4\n(A) I only (B) I and III (C) I, II and III (D) none"
    )
    assert found is not None
    assert [s.text for s in found.statements] == ["2", "3", "4"]
    assert [sorted(o.names) for o in found.options] == [
        ["I"], ["I", "III"], ["I", "II", "III"], []]  # fmt: skip


def test_members_of_a_list() -> None:
    found = read_choices("Which of the following is prime: 51, 1,001, 59 or (2, 3)?")
    assert found is not None
    assert [option.text for option in found.options] == ["51", "1,001", "59", "(2, 3)"]
