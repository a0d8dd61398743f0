"""Another way to the same answer on request: the steps of a named method, each checked as a chain.

factor, formula, square         a quadratic equation in one letter
substitution, elimination       two linear equations in two letters
"""

from dataclasses import replace

from assistants import deadline
from assistants.answer import Answer
from assistants.errors import DeadlineExceeded, InputError, WorkerCrashed

from . import worker
from .lines import Line, read_line
from .reading import Relation, read_question
from .solution import Solution

METHODS = ("factor", "formula", "square", "substitution", "elimination")


def by_method(
    question: str, answer: Answer[Solution], method: str, *, seconds: float = 10.0
) -> Answer[Solution]:
    """Return the answer with the steps of another method in place of its own.

    Raises `InputError` for a method that is not known or does not fit the question.
    """
    if method not in METHODS:
        raise InputError(f"there is no method {method!r}", hint=f"one of {', '.join(METHODS)}")
    if answer.best is None or not answer.best.candidate.steps:
        raise InputError("there is no solution to show in another way", hint="leave --method out")
    try:
        steps = deadline.call(worker.steps_by, _equations(question), method, seconds=seconds)
    except (DeadlineExceeded, WorkerCrashed) as error:
        raise InputError(f"{method} did not lead to an end: {error}", hint=error.hint) from None
    best = replace(answer.best, candidate=replace(answer.best.candidate, steps=steps))
    return replace(answer, best=best, steps=(best, *answer.steps[1:]))


def _equations(question: str) -> tuple[Relation, ...]:
    """Return the equations of a question. Raises `InputError` where there are none."""
    lines: list[Line] = [read_line(formula) for formula in read_question(question).formulas]
    relations = tuple(r for line in lines if len(line.cases) == 1 for r in line.cases[0])
    if not relations or any(r.operator != "=" for r in relations):
        raise InputError("methods are for equations", hint="leave --method out")
    return relations
