"""Carrying out plans of quantities exactly, with rational numbers only."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction

from .plan import Equation, Finish, Let, Plan, PlanError, Unknown, Where
from .quantity_equations import NoSolution, ratio_of, solutions_of
from .reading import Question, Tree

__all__ = ["NoSolution", "Outcome", "carry_out", "evaluate"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What a plan of quantities comes to: every quantity by name, and the answers.

    Where the equations have several solutions, `values` and `answers` are of the first and
    `others` are the answers of the rest.
    """

    values: Mapping[str, Fraction]
    answers: tuple[Fraction, ...]
    others: tuple[tuple[Fraction, ...], ...] = ()


def carry_out(plan: Plan, question: Question) -> Outcome:
    """Compute every quantity of a plan.

    Raises `PlanError` where a value does not exist (division by zero, no or many solutions).
    """
    values = {f"N{i}": number for i, number in enumerate(question.numbers)}
    unknowns = [line.name for line in plan.lines if isinstance(line, Unknown)]
    equations = [line for line in plan.lines if isinstance(line, Equation)]
    conditions = [line for line in plan.lines if isinstance(line, Where)]
    for line in plan.lines:
        match line:
            case Let():
                values[line.name] = evaluate(line.value, values)
            case Unknown() | Equation() | Where():
                pass
            case Finish():
                return _finished(line, values, unknowns, equations, conditions)
            case _:
                raise PlanError("a plan of quantities holds no formal task")
    raise PlanError("a plan of quantities ends with `answer`")


def _finished(
    line: Finish,
    values: Mapping[str, Fraction],
    unknowns: Sequence[str],
    equations: Sequence[Equation],
    conditions: Sequence[Where],
) -> Outcome:
    whole = {c.subject for c in conditions if c.kind in {"whole", "even", "odd"}}
    if unknowns:
        solved = solutions_of(unknowns, equations, values, whole=whole >= set(unknowns))
    else:
        solved = ({},)
    points = [{**values, **solution} for solution in solved]
    kept = [point for point in points if all(holds(c, point) for c in conditions)]
    if not kept:
        broken = next(c for c in conditions if not holds(c, points[0]))
        raise NoSolution(f"the solution does not satisfy: {broken.words()}")
    answers = [tuple(evaluate(value, point) for value in line.values) for point in kept]
    distinct = tuple(dict.fromkeys(answers))
    return Outcome(values=kept[0], answers=distinct[0], others=distinct[1:])


def holds(condition: Where, values: Mapping[str, Fraction]) -> bool:
    """Whether a condition holds for these values. Raises `PlanError`."""
    value = evaluate(condition.left, values)
    match condition.kind:
        case "whole":
            return value.denominator == 1
        case "even" | "odd":
            return value.denominator == 1 and value % 2 == (condition.kind == "odd")
        case ">":
            return value > evaluate(condition.right, values)
        case _:
            return value >= evaluate(condition.right, values)


def evaluate(tree: Tree, values: Mapping[str, Fraction]) -> Fraction:
    """Return the exact value of an expression. Raises `PlanError`."""
    ratio = ratio_of(tree, (), values)
    return sum(ratio.top.values(), Fraction(0)) / sum(ratio.bottom.values(), Fraction(0))
