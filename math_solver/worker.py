"""The door to the symbolic part: what runs in worker processes, by plain values in and out.

Nothing heavy is imported until a function runs, so that the parent process stays light.
"""

from collections.abc import Sequence

from .lines import Line
from .plan import parse_plan
from .reading import Question
from .reading.statements import Script
from .solution import Finding, Work

HEAVY = (
    "math_solver.symbolic.tasks",
    "math_solver.symbolic.links",
    "math_solver.symbolic.chain",
)
"""What workers import before the clock starts."""


def run_task(plan: str, question: Question) -> Work:
    """Carry out a formal plan. Raises `InputError` for what cannot be carried out."""
    from .symbolic.tasks import carry_out_task

    return carry_out_task(parse_plan(plan, question), question)


def run_script(script: Script) -> Work:
    """Carry out a chain of statements. Raises `NotCovered` where other parts may do it."""
    from .symbolic.chain import carry_out_script

    return carry_out_script(script)


def compare(first: Line, second: Line) -> Finding:
    """Compare two lines. Raises `InputError` for an equation beside an expression."""
    from .symbolic.links import compare_lines

    return compare_lines(first, second)


def check_line(lines: Sequence[Line], index: int) -> Finding:
    """Return whether a line of a chain follows from the lines before it."""
    from .symbolic.links import check_line as check

    return check(lines, index)


def check_end(lines: Sequence[Line]) -> Finding | None:
    """Return what is wrong with the last line of a chain seen from the first."""
    from .symbolic.links import check_end as check

    return check(lines)
