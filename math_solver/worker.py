"""The door to the symbolic part: what runs in worker processes, by plain values in and out.

Nothing heavy is imported until a function runs, so that the parent process stays light.
"""

from assistants.errors import InputError

from .plan import parse_plan
from .reading import Question, Relation
from .reading.parser import Reading, read_formula
from .reading.statements import Script
from .solution import Finding, Work

HEAVY = (
    "math_solver.symbolic.tasks",
    "math_solver.symbolic.relations",
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


def compare(left: str, right: str) -> tuple[Finding, tuple[str, ...]]:
    """Compare two expressions, equations, or lists of solutions; also return what was assumed."""
    from .symbolic.relations import compare_lines

    first, second = read_line(left), read_line(right)
    assumed = [a for reading in (*first, *second) for a in reading.assumptions]
    finding = compare_lines([r.tree for r in first], [r.tree for r in second])
    return finding, tuple(dict.fromkeys(assumed))


def read_line(line: str) -> tuple[Reading, ...]:
    """Read a line of mathematics: one formula, or alternatives joined by `or`."""
    parts = [part.strip() for part in line.replace("\\lor", " or ").split(" or ")]
    readings = tuple(read_formula(part.removeprefix("=").strip()) for part in parts)
    if len(readings) > 1 and not all(isinstance(r.tree, Relation) for r in readings):
        raise InputError("only equations are joined by `or`", hint="write x = 1 or x = 2")
    return readings
