"""Solutions that a large model writes in steps: each is checked, a failed one goes back."""

from collections.abc import Iterator

import pytest

from assistants.answer import Status, Verdict
from assistants.constraint import Constraint, Regex
from assistants.model import Cancel, Chat, Prompt, Sampling, Token
from assistants.scripted import Scripted
from math_solver import solve
from math_solver.stepwise import read_solution

QUESTION = (
    "On a shelf stand novels and atlases. Were 1 atlas swapped for a novel, there would be as many of"
    " both; were 1 novel swapped for an atlas, the atlases would be 2 for each novel. How many atlases"
    " does the shelf bear?"
)
RIGHT = """\
given: with an atlas less and a novel more they are equal | a - 1 = n + 1
given: with a novel less and an atlas more they are double | a + 1 = 2*(n - 1)
step: the first tells how many atlases there are | a = n + 2
step: put into the second | n + 3 = 2*n - 2
step: so the novels are | n = 5
step: and the atlases | a = 7
answer: 7"""
WRONG = RIGHT.replace("n + 3 = 2*n - 2", "n + 3 = 2*n - 1")
OTHER = RIGHT.replace("answer: 7", "answer: 8")


class Stepwise(Scripted):
    """Knows no plan for any question, and writes steps from its script."""

    def stream(
        self,
        prompt: Prompt,
        /,
        *,
        constraint: Constraint | None = None,
        sampling: Sampling = Sampling(),
        cancel: Cancel | None = None,
    ) -> Iterator[Token]:
        if not isinstance(constraint, Regex):
            return iter((Token(text="no plan"), Token(text="", finish="stop")))
        return super().stream(prompt, constraint=constraint, sampling=sampling, cancel=cancel)


def test_every_step_is_proved_and_the_reading_is_not() -> None:
    model = Stepwise([RIGHT])
    answer = solve(QUESTION, model=model)
    assert answer.status is Status.ANSWERED
    assert answer.verdict is Verdict.UNKNOWN
    assert answer.best is not None
    solution = answer.best.candidate
    assert solution.text() == "7"
    assert [step.verdict for step in solution.steps] == [Verdict.PROVED] * 4
    assert any("a - 1 = n + 1" in line for line in solution.reading)
    constraint = model.calls[-1].constraint
    assert isinstance(constraint, Regex)


def test_a_failed_step_goes_back_with_its_counterexample() -> None:
    model = Stepwise([WRONG, RIGHT])
    answer = solve(QUESTION, model=model)
    assert answer.best is not None
    assert answer.best.candidate.text() == "7"
    prompt = model.calls[-1].prompt
    assert isinstance(prompt, Chat)
    complaint = prompt.messages[-1].content
    assert "step 2 (n + 3 = 2*n - 1) is wrong" in complaint
    assert prompt.messages[-2].content.strip() == WRONG


def test_an_answer_that_no_step_states_goes_back() -> None:
    model = Stepwise([OTHER, RIGHT])
    answer = solve(QUESTION, model=model)
    assert answer.best is not None
    assert answer.best.candidate.text() == "7"
    prompt = model.calls[-1].prompt
    assert isinstance(prompt, Chat)
    assert "does not state the answer 8" in prompt.messages[-1].content


def test_what_never_holds_is_not_answered() -> None:
    answer = solve(QUESTION, model=Stepwise([WRONG] * 5))
    assert answer.status is not Status.ANSWERED
    assert "n + 3 = 2*n - 1" in answer.reason


def test_fresh_solutions_are_drawn_warmer_after_repairs() -> None:
    model = Stepwise([WRONG, WRONG, WRONG, RIGHT])
    answer = solve(QUESTION, model=model)
    assert answer.best is not None
    temperatures = [call.sampling.temperature for call in model.calls]
    assert temperatures[:3] == [0.0, 0.0, 0.0]
    assert temperatures[3] > 0
    prompt = model.calls[3].prompt
    assert isinstance(prompt, Chat)
    assert len(prompt.messages) == 2  # the instruction and the question alone


@pytest.mark.parametrize(
    ("source", "fault"),
    [
        ("step: x is | x = 1\nstep: y | y\nanswer: 1", "says nothing"),
        ("step: x is | x = )(\nanswer: 1", "line 1"),
        ("x = 1\nanswer: 1", "form"),
        ("step: x is | x = 1\ngiven: late | x = 1\nanswer: 1", "form"),
        ("step: x is | x = 1", "missing"),
        ("answer: 1", "missing"),
    ],
)
def test_what_is_not_of_the_form_is_a_fault(source: str, fault: str) -> None:
    assert fault in read_solution(source).fault


RIDDLE = "Tell me the number that a riddle of 12 and 3 hides, in how many ways you like?"
NAMED = "step: product | a = 12*3 = 36\nstep: half | a/2 = 18\nanswer: 18"


def test_a_step_may_name_a_new_letter() -> None:
    held = solve(RIDDLE, model=Stepwise([NAMED]))
    assert held.best is not None
    assert held.best.candidate.text() == "18"


@pytest.mark.parametrize(
    "wrong",
    [
        NAMED.replace("= 36", "= 35"),
        NAMED.replace("a/2 = 18", "a/2 = 17").replace("answer: 18", "answer: 17"),
        # The letter is taken, so the second claim about it is no name.
        NAMED.replace("half | a/2 = 18", "half | a = 18"),
        NAMED.replace("a = 12*3 = 36", "a = 1/0"),
    ],
)
def test_a_wrong_claim_about_a_new_letter_is_not_believed(wrong: str) -> None:
    assert solve(RIDDLE, model=Stepwise([wrong] * 5)).status is not Status.ANSWERED


def test_numbers_that_the_question_does_not_name_are_told() -> None:
    source = (
        "given: a year has 52 weeks | w = 52\ngiven: per week 1 spring | s = 1*w\n"
        "step: so | s = 52\nanswer: 52"
    )
    asked = "The 1 spring of our clock wants winding weekly. How many windings does a year bring?"
    answer = solve(asked, model=Stepwise([source]))
    assert answer.best is not None
    assert "Assuming: 52, which the question does not name" in answer.best.candidate.reading


def test_given_lines_that_contradict_each_other_prove_nothing() -> None:
    source = RIGHT.replace("a + 1 = 2*(n - 1)", "a - 1 = n + 2")
    answer = solve(QUESTION, model=Stepwise([source] * 5))
    assert answer.status is not Status.ANSWERED
    assert "contradict" in answer.reason
