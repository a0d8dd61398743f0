"""Follow-ups are solved and checked against the problem before them; problems are values."""

import pytest

from assistants.answer import Status, Verdict
from math_solver.dialogue import Problem, Tutor, reshaped
from math_solver.dialogue_remarks import remarked
from math_solver.follow_ups import read_follow_up

TUTOR = Tutor(model=None, seconds=15)


def talk(*lines: str):
    """Return the replies to the lines after the first, which is a problem."""
    problem = TUTOR.posed(lines[0]).problem
    replies = []
    for line in lines[1:]:
        follow = read_follow_up(line)
        reply = reshaped(TUTOR, follow, problem) or remarked(TUTOR, follow, problem)
        assert reply is not None
        replies.append(reply)
        problem = reply.problem
    return replies


def said(*lines: str) -> tuple[str, Verdict]:
    answer = talk(*lines)[-1].answer
    return (answer.best.candidate.text() if answer.best else answer.reason), answer.verdict


QUADRATIC = "solve x^2 - 5x + 6 = 0"


@pytest.mark.parametrize(
    ("lines", "answer"),
    [
        ((QUADRATIC, "now for x > 2"), "x = 3"),
        ((QUADRATIC, "now for x > 5"), "no solution"),
        ((QUADRATIC, "now for x > 2", "without the condition"), "x = 2 or x = 3"),
        ((QUADRATIC, "with 4 in place of 5", "now for x > 0"), "no real solution"),
        ((QUADRATIC, "for x > 2", "with 7 in place of 5"), "x = 6"),
        ((QUADRATIC, "what about x^2 = 16?"), "x = -4 or x = 4"),
        ((QUADRATIC, "by completing the square"), "x = 2 or x = 3"),
        ((QUADRATIC, "factor it"), "(x - 3)*(x - 2)"),
        (("solve sin(x) = 1/2", "for 0 <= x < 2pi"), "x = pi/6 or x = 5*pi/6"),
        (("solve sin(x) = 1/2", "for 0 <= x < 2pi", "the same for cos"), "x = pi/3 or x = 5*pi/3"),
        (("simplify sqrt(x^2)", "for x < 0"), "-x"),
        (("differentiate x^3", "at x = 2"), "12"),
        (("differentiate x^3", "differentiate it again"), "6*x"),
        (("integrate 2x dx", "differentiate it"), "2*x"),
        ((QUADRATIC, "check: x = 2 or x = 3"),
         "Yes, x = 2 or x = 3 is a solution and there is no other"),
        ((QUADRATIC, "is x = 4 right?"), "No, x = 4 is no solution"),
        (("what is 3 + 4", "I got 7"), "Yes: the answer is 7"),
        (("what is 3 + 4", "I got 8"), "No: the answer is 7"),
    ],
)  # fmt: skip
def test_follow_ups_are_answered_and_proved(lines: tuple[str, ...], answer: str) -> None:
    assert said(*lines) == (answer, Verdict.PROVED)


def test_one_of_two_solutions_is_not_called_all() -> None:
    text, verdict = said(QUADRATIC, "check: x = 2")
    assert text.startswith("Yes, x = 2 is a solution, but not the only one")
    assert verdict is Verdict.PROVED


def test_completeness_is_proved_again() -> None:
    text, verdict = said(QUADRATIC, "is that all of them?")
    assert text.startswith("Yes")
    assert verdict is Verdict.PROVED


def test_a_step_is_explained_and_checked_again() -> None:
    answer = talk(QUADRATIC, "why is step 1 true?")[0].answer
    assert "(x - 3)*(x - 2) = 0" in answer.best.candidate.text()
    assert any("product is zero" in line for line in answer.best.candidate.reading)
    assert answer.evidence[0].by == "checked again"
    assert answer.verdict is Verdict.PROVED


def test_an_option_is_explained() -> None:
    text, _ = said("Which of the following is prime? (A) 51 (B) 53", "why not (A)?")
    assert text == "(A) 51 does not hold"


@pytest.mark.parametrize(
    ("lines", "reason"),
    [
        ((QUADRATIC, "for y > 0"), "there is no y"),
        ((QUADRATIC, "with 5 in place of 9"), "there is no 9"),
        ((QUADRATIC, "why is step 9 true?"), "no step 9"),
        (("solve 2x = 6", "by completing the square"), ""),
    ],
)
def test_what_cannot_be_done_is_said(lines: tuple[str, ...], reason: str) -> None:
    answer = talk(*lines)[-1].answer
    assert answer.status is Status.ABSTAINED
    assert reason in answer.reason


def test_a_number_in_two_places_is_asked_about() -> None:
    reply = talk("solve x^2 - 3x + 3 = 1", "with 4 in place of 3")[0]
    assert reply.answer.clarification.choices == (
        "solve x^2 - 4x + 3 = 1",
        "solve x^2 - 3x + 4 = 1",
    )
    assert reply.alternatives


def test_an_unproved_answer_makes_no_proved_remark() -> None:
    lines = ("Tom has 3 apples and buys 4 more. How many apples does he have?", "I got 7")
    assert said(*lines)[1] is Verdict.UNKNOWN


def test_a_problem_is_read_back_from_its_row() -> None:
    reply = talk(QUADRATIC, "now for x > 2")[0]
    row = {**reply.answer.to_dict(), "base": reply.problem.base, "added": ["x > 2"]}
    again = Problem.of(row)
    assert (again.base, again.conditions, again.answer) == (QUADRATIC, ("x > 2",), "x = 3")
    assert again.steps == reply.problem.steps
