"""The door to the symbolic part: what runs in worker processes, by plain values in and out.

Nothing heavy is imported until a function runs, so that the parent process stays light.
"""

import logging
from collections.abc import Callable, Generator, Sequence
from contextlib import contextmanager
from typing import TypeVarTuple

from assistants.answer import Verdict
from assistants.errors import InputError, PlumbError

from .claims import Claim
from .lines import Line
from .measuring import Figure
from .plan import parse_plan
from .prose import Problem
from .reading import Question, Relation
from .reading.statements import Script
from .solution import Finding, SolutionStep, Work

logger = logging.getLogger(__name__)
Ts = TypeVarTuple("Ts")

HEAVY = (
    "math_solver.symbolic.tasks",
    "math_solver.symbolic.links",
    "math_solver.symbolic.chain",
    "math_solver.symbolic.prose",
)
"""What workers import before the clock starts."""


def run_task(plan: str, question: Question) -> Work:
    """Carry out a formal plan. Raises `InputError` for what cannot be carried out."""
    from .symbolic.tasks import carry_out_task

    with _engine_errors():
        return carry_out_task(parse_plan(plan, question), question)


def run_script(script: Script) -> Work:
    """Carry out a chain of statements. Raises `NotCovered` where other parts may do it."""
    from .symbolic.chain import carry_out_script

    with _engine_errors():
        return carry_out_script(script)


def run_prose(problem: Problem) -> Work:
    """Carry out a question in prose. Raises `NotCovered` where other parts may do it."""
    from .symbolic.prose import carry_out_prose

    with _engine_errors():
        return carry_out_prose(problem)


def run_figure(figure: Figure) -> Work:
    """Solve for the measures of a figure. Raises `NotCovered` where they are not settled."""
    from .symbolic.measured import carry_out_figure

    with _engine_errors():
        return carry_out_figure(figure)


@contextmanager
def _engine_errors() -> Generator[None]:
    """Turn what the symbolic engine stumbles over into an error that says so."""
    try:
        yield
    except (PlumbError, MemoryError):
        raise
    except Exception as error:
        logger.info("the symbolic engine failed", exc_info=True)
        message = f"the symbolic engine stumbled over this: {type(error).__name__}"
        raise InputError(message, hint="write it in another way") from error


def compare(first: Line, second: Line) -> Finding:
    """Compare two lines. Raises `InputError` for an equation beside an expression."""
    from .symbolic.links import compare_lines

    return _finding(compare_lines, first, second)


def check_line(lines: Sequence[Line], index: int) -> Finding:
    """Return whether a line of a chain follows from the lines before it."""
    from .symbolic.links import check_line as check

    return _finding(check, lines, index)


def _finding(check: Callable[[*Ts], Finding], *arguments: *Ts) -> Finding:
    """Return what a check found; what the symbolic engine stumbles over stays undecided."""
    try:
        return check(*arguments)
    except (PlumbError, MemoryError):
        raise
    except Exception as error:
        logger.warning("the symbolic engine failed", exc_info=True)
        detail = f"the symbolic engine stumbled over this: {type(error).__name__}"
        return Finding(verdict=Verdict.UNKNOWN, by="symbolic engine", detail=detail)


def check_end(lines: Sequence[Line]) -> Finding | None:
    """Return what is wrong with the last line of a chain seen from the first."""
    from .symbolic.links import check_end as check

    return check(lines)


def recheck(claim: Claim) -> bool:
    """Prove a claim of a certificate by the methods that stand in certificates."""
    from .symbolic.rechecking import recheck as check

    return check(claim)


def steps_by(relations: Sequence[Relation], method: str) -> tuple[SolutionStep, ...]:
    """Return the steps of a named method. Raises `InputError` where it does not fit."""
    from .symbolic.methods import steps_by as steps

    with _engine_errors():
        return steps(relations, method)
