"""Carrying out plans of quantities exactly, with rational numbers and linear algebra only.

No symbolic engine is needed here, so it is fast enough to check every candidate plan of a model.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction

from .plan import Equation, Finish, Let, Plan, PlanError, Unknown
from .reading import Binary, Name, Negate, Number, Question, Tree
from .reading.tree import spell

MAX_POWER = 64
MAX_BITS = 4_096

Linear = tuple[Mapping[str, Fraction], Fraction]
"""Coefficients by unknown, and the constant."""


class NotLinear(PlanError):
    """An equation in which the unknowns are multiplied, divided by or raised to a power."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What a plan of quantities comes to: every quantity by name, and the answers."""

    values: Mapping[str, Fraction]
    answers: tuple[Fraction, ...]


def carry_out(plan: Plan, question: Question) -> Outcome:
    """Compute every quantity of a plan.

    Raises `PlanError` where a value does not exist (division by zero, no or many solutions),
    `NotLinear` where the equations are beyond linear algebra.
    """
    values = {f"N{i}": number for i, number in enumerate(question.numbers)}
    unknowns: list[str] = []
    equations: list[Equation] = []
    for line in plan.lines:
        match line:
            case Let():
                values[line.name] = evaluate(line.value, values)
            case Unknown():
                unknowns.append(line.name)
            case Equation():
                equations.append(line)
            case Finish():
                values.update(solve_linear(unknowns, equations, values))
                answers = tuple(evaluate(value, values) for value in line.values)
                return Outcome(values=values, answers=answers)
            case _:
                raise PlanError("a plan of quantities holds no formal task")
    raise PlanError("a plan of quantities ends with `answer`")


def evaluate(tree: Tree, values: Mapping[str, Fraction]) -> Fraction:
    """Return the exact value of an expression. Raises `PlanError`."""
    coefficients, constant = linear_form(tree, values, frozenset())
    if coefficients:
        raise PlanError("a quantity is used before it is known")
    return constant


def solve_linear(
    unknowns: Sequence[str], equations: Sequence[Equation], values: Mapping[str, Fraction]
) -> dict[str, Fraction]:
    """Solve for the unknowns by Gaussian elimination. Raises `PlanError`."""
    names = frozenset(unknowns)
    rows: list[list[Fraction]] = []
    for equation in equations:
        left, left_constant = linear_form(equation.left, values, names)
        right, right_constant = linear_form(equation.right, values, names)
        row = [left.get(u, Fraction(0)) - right.get(u, Fraction(0)) for u in unknowns]
        rows.append([*row, right_constant - left_constant])
    return dict(zip(unknowns, _eliminate(rows, len(unknowns)), strict=True))


def _eliminate(rows: list[list[Fraction]], count: int) -> list[Fraction]:
    for column in range(count):
        pivot = next((r for r in range(column, len(rows)) if rows[r][column]), None)
        if pivot is None:
            raise PlanError("the equations do not determine every unknown")
        rows[column], rows[pivot] = rows[pivot], rows[column]
        lead = rows[column][column]
        rows[column] = [entry / lead for entry in rows[column]]
        for index, row in enumerate(rows):
            if index != column and row[column]:
                factor = row[column]
                rows[index] = [a - factor * b for a, b in zip(row, rows[column], strict=True)]
    if any(row[count] for row in rows[count:]):
        raise PlanError("the equations contradict each other")
    return [rows[index][count] for index in range(count)]


def linear_form(tree: Tree, values: Mapping[str, Fraction], unknowns: frozenset[str]) -> Linear:
    """Return an expression as a linear form in the unknowns. Raises `PlanError`, `NotLinear`."""
    match tree:
        case Number():
            return {}, tree.value
        case Name() if tree.name in unknowns:
            return {tree.name: Fraction(1)}, Fraction(0)
        case Name() if tree.name in values:
            return {}, values[tree.name]
        case Negate():
            return _scaled(linear_form(tree.operand, values, unknowns), Fraction(-1))
        case Binary():
            left = linear_form(tree.left, values, unknowns)
            return _combined(tree.operator, left, linear_form(tree.right, values, unknowns))
        case _:
            raise PlanError(f"{spell(tree)} is no quantity of the plan")


def _scaled(form: Linear, factor: Fraction) -> Linear:
    coefficients, constant = form
    return {name: c * factor for name, c in coefficients.items() if c * factor}, constant * factor


def _combined(operator: str, left: Linear, right: Linear) -> Linear:
    match operator:
        case "+":
            names = {**left[0], **right[0]}
            sums = {n: left[0].get(n, Fraction(0)) + right[0].get(n, Fraction(0)) for n in names}
            return {n: c for n, c in sums.items() if c}, left[1] + right[1]
        case "-":
            return _combined("+", left, _scaled(right, Fraction(-1)))
        case "*" if not right[0]:
            return _scaled(left, _bounded(right[1]))
        case "*" if not left[0]:
            return _scaled(right, _bounded(left[1]))
        case "/" if not right[0]:
            if not right[1]:
                raise PlanError("a division by zero")
            return _scaled(left, 1 / _bounded(right[1]))
        case "^" if not left[0] and not right[0]:
            return {}, _power(left[1], right[1])
        case _:
            raise NotLinear("the equations are not linear")


def _bounded(value: Fraction) -> Fraction:
    if max(value.numerator.bit_length(), value.denominator.bit_length()) > MAX_BITS:
        raise PlanError("a number grows beyond all bounds")
    return value


def _power(base: Fraction, exponent: Fraction) -> Fraction:
    if exponent.denominator != 1 or abs(exponent) > MAX_POWER:
        raise PlanError("only small whole powers are quantities")
    if not base and exponent < 0:
        raise PlanError("a division by zero")
    return _bounded(_bounded(base) ** int(exponent))
