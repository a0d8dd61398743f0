"""A question that asks for a proof in geometry, from its text to an answer."""

import re

from assistants import deadline
from assistants.answer import Answer, Check, Status, Step, Verdict
from assistants.errors import DeadlineExceeded, InputError, Unsupported, WorkerCrashed
from assistants.model import Cancel
from math_solver.solution import Solution

from .constructions import Problem, read_problem
from .wording import is_proof, read_words

_FORMAL = re.compile(r"=\s*[a-z_0-9]+ [^?]*\?\s*[a-z]+(?: [^\s,;]+){2,}", re.DOTALL)
_OURS = re.compile(r"Z\d+")
"""How points are called that the words leave without a name."""
_SPARE = 3.0
"""Seconds that a worker may take beyond its own clock before it is ended."""


def asks_for_proof(question: str) -> bool:
    """Whether a question is a problem of geometry that asks for a proof, in words or in JGEX."""
    return _FORMAL.search(question) is not None or is_proof(question)


def read_geometry(question: str) -> Problem:
    """Read a problem in words or in the notation of JGEX. Raises `InputError`."""
    return read_problem(question) if _FORMAL.search(question) else read_words(question)


def proof_answer(question: str, seconds: float, cancel: Cancel | None = None) -> Answer[Solution]:
    """Return a proof of what a question asks for, or why there is none.

    Raises:
        Cancelled: `cancel` was raised.
    """
    try:
        problem = read_geometry(question)
        deadline.warm([__name__, "math_solver.geometry.prove"])
        return deadline.call(
            prove_in_worker,
            problem,
            seconds,
            tuple(p for p in problem.points if _OURS.fullmatch(p) and p not in question),
            seconds=seconds + _SPARE,
            cancel=cancel,
        )
    except (InputError, Unsupported, DeadlineExceeded, WorkerCrashed) as error:
        hint = f" ({error.hint})" if error.hint else ""
        return Answer(status=Status.ABSTAINED, reason=f"{error}{hint}")


def prove_in_worker(
    problem: Problem, seconds: float, nameless: tuple[str, ...] = ()
) -> Answer[Solution]:
    """Prove a problem; runs in a worker process. Raises `Unsupported`.

    `nameless` are the points that got their names from us, since the words give them none.
    """
    from .prove import Unproved, prove

    outcome = prove(problem, seconds=seconds)
    if isinstance(outcome, Unproved):
        return Answer(status=Status.ABSTAINED, reason=outcome.detail)
    from .telling import condition_texts, construction_text, fact_text, nameless_text, proof_steps

    given = [*problem.facts, *(c for block in problem.blocks for c in block.conditions)]
    chosen = (fact_text(one) for one in outcome.replay.chosen)
    solution = Solution(
        answer=f"Proved: {'; '.join(map(fact_text, problem.goals))}",
        plan="; ".join(map(str, (*outcome.problem.facts, *outcome.problem.goals))),
        steps=proof_steps(outcome.proof),
        reading=(
            "Read as:",
            *(
                fact_text(fact)
                for fact in dict.fromkeys(given)
                if fact.name not in _SILENT and not set(fact.points) & set(nameless)
            ),
            *(nameless_text(point, given) for point in nameless),
            *(construction_text(text) for text in outcome.constructions),
        ),
        conditions=(
            *condition_texts(outcome.replay.conditions, given),
            *(f"as drawn, of the values that the equations leave: {text}" for text in chosen),
        ),
    )
    return _answered(solution, outcome.tested, outcome.elsewhere, outcome.false, len(
        outcome.proof.steps))  # fmt: skip


_SILENT = frozenset({"ncoll", "opposite", "beside", "left", "cyclic"})
"""What a reading does not say again: it follows from the shapes that it names."""


def _answered(
    solution: Solution, tested: int, elsewhere: int, false: int, steps: int
) -> Answer[Solution]:
    replayed = Check(
        by="replay of the proof",
        verdict=Verdict.PROVED,
        detail=f"{steps} steps, each checked again by its rule, apart from the prover",
        sufficient=True,
    )
    figures = Check(
        by="random figures",
        verdict=Verdict.UNKNOWN,
        detail=f"every step is true to 50 digits in {tested} figures drawn anew",
    )
    step = Step(candidate=solution, checks=(replayed, figures))
    note = ""
    if elsewhere:
        note = (
            f"in {elsewhere} of {tested + elsewhere} figures the points lie in another order, of "
            "which the proof does not speak"
        )
        note += f"; the statement is false in {false} of them" if false else ""
    return Answer(status=Status.ANSWERED, best=step, steps=(step,), reason=note)
