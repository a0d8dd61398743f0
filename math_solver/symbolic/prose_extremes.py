"""The least or greatest value of an expression of several real letters under conditions.

Critical points of the Lagrange function are found numerically, the value there is recognised as a
short exact number, and z3 proves that no point gives a smaller (greater) one and that some point
gives this one. Without that proof there is no answer.
"""

import importlib.util
import random
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import reduce
from itertools import islice

import mpmath
import sympy as sp

from assistants.errors import InputError
from math_solver.prose.nodes import Condition, Either, Holds
from math_solver.reading import Binary, Call, Name, Negate, Number, Relation, Tree, letters
from math_solver.topics.scope import NotCovered

from . import Expression
from .build import build, symbol

STARTS = 24
SEED = 7
MILLISECONDS = 3_000
MAX_POWER = 12
_SIGNS = {
    "positive": ">",
    "negative": "<",
    "nonnegative": ">=",
    "nonpositive": "<=",
    "nonzero": "!=",
}
_ZERO = Number(value=Fraction(0))
Numeric = Callable[[Sequence[Expression]], Expression]


@dataclass(frozen=True, slots=True, kw_only=True)
class Extreme:
    """An extreme value, and how it was shown."""

    value: Expression
    proved: bool
    how: str


def extreme_of(goal: Tree, conditions: Sequence[Condition], *, least: bool) -> Extreme:
    """Return the least or greatest value. Raises `NotCovered` where it is not proved."""
    relations = list(_relations(conditions))
    names = tuple(dict.fromkeys(n for t in (goal, *relations) for n in letters(t)))
    if not 1 <= len(names) <= 5 or importlib.util.find_spec("z3") is None:
        raise NotCovered("extremes of up to five letters are proved, with z3")
    for value in islice(_candidates(goal, relations, names, least=least), 3):
        exact = recognised(value)
        if exact is not None and _is_extreme(goal, relations, exact, least=least):
            word = "smaller" if least else "greater"
            how = f"no point that satisfies the conditions gives a {word} value, and one gives this"
            return Extreme(value=exact, proved=True, how=f"z3: {how}")
    raise NotCovered("no extreme value was proved")


def _relations(conditions: Sequence[Condition]) -> Iterator[Relation]:
    for condition in conditions:
        match condition:
            case Relation():
                yield condition
            case Holds(kind="real"):
                continue
            case Holds() if condition.kind in _SIGNS and not condition.negated:
                yield Relation(
                    operator=_SIGNS[condition.kind], left=condition.arguments[0], right=_ZERO
                )
            case Holds() | Either():
                raise NotCovered("a condition that is no relation of real numbers")


# --- candidates


def _candidates(
    goal: Tree, relations: Sequence[Relation], names: Sequence[str], *, least: bool
) -> Iterator[Expression]:
    """Yield the values at critical points and at given ends, the best first."""
    unknowns = [symbol(name) for name in names]
    target = build(goal)
    gaps = [(r.operator, build(r.left) - build(r.right)) for r in relations]
    equations = [gap for operator, gap in gaps if operator == "="]
    bounds = [gap for operator, gap in gaps if operator in {"<=", ">="}]
    found: list[Expression] = []
    scale = [unknowns[0] - 1]  # one point on each ray, where only ratios matter
    for active in ([], scale, *([bound] for bound in bounds[:4])):
        found += _critical(target, [*equations, *active], gaps, unknowns)
    distinct: list[Expression] = []
    for value in sorted(found, key=lambda v: v if least else -v):
        if not distinct or abs(value - distinct[-1]) > mpmath.mpf(10) ** -8:
            distinct.append(value)
    yield from distinct


def _critical(
    target: Expression,
    equations: Sequence[Expression],
    gaps: Sequence[tuple[str, Expression]],
    unknowns: Sequence[Expression],
) -> list[Expression]:
    multipliers = [sp.Dummy(f"m{i}") for i in range(len(equations))]
    lagrange = target - sum((m * g for m, g in zip(multipliers, equations, strict=True)), sp.S.Zero)
    system = [sp.diff(lagrange, x) for x in unknowns] + list(equations)
    every = [*unknowns, *multipliers]
    if any(one.has(sp.Derivative, sp.Subs) for one in system):
        return []
    functions = [numeric(one, every) for one in system]
    value, checks = numeric(target, unknowns), [(o, numeric(g, unknowns)) for o, g in gaps]
    chance = random.Random(SEED)
    found: list[Expression] = []
    for attempt in range(STARTS):
        scale = (0.3, 1, 3, 10)[attempt % 4]
        low = 0.1 if attempt % 3 else -1
        start = [chance.uniform(low, 1) * scale for _ in every]
        try:
            with mpmath.workdps(25):
                root = mpmath.findroot(
                    lambda *p: [f(p) for f in functions],
                    start,
                    tol=mpmath.mpf(10) ** -30,
                    maxsteps=25,
                )
                point = list(root)[: len(unknowns)] if hasattr(root, "rows") else [root]
                if all(_satisfied(o, check(point)) for o, check in checks):
                    found.append(mpmath.mpf(value(point)))
        except (ValueError, ZeroDivisionError, TypeError, OverflowError, ArithmeticError):
            continue
        if len(found) >= 8:
            break
    return found


def _satisfied(operator: str, gap: Expression) -> bool:
    small = mpmath.mpf(10) ** -9
    return {
        "=": abs(gap) < small,
        "<": gap < small,
        "<=": gap < small,
        ">": gap > -small,
        ">=": gap > -small,
        "!=": True,
    }[operator]


def numeric(expression: Expression, unknowns: Sequence[Expression]) -> Numeric:
    """Return an expression as a function of numbers; nothing is written as code."""
    if expression in unknowns:
        place = list(unknowns).index(expression)
        return lambda point: point[place]
    if expression.is_Rational:
        exact = Fraction(int(expression.p), int(expression.q))
        return lambda _point: mpmath.mpf(exact.numerator) / exact.denominator
    if expression.is_number:
        return lambda _point: mpmath.mpf(str(expression.evalf(30)))
    parts = [numeric(one, unknowns) for one in expression.args]
    if expression.is_Add:
        return lambda point: mpmath.fsum(part(point) for part in parts)
    if expression.is_Mul:
        return lambda point: reduce(lambda a, b: a * b, (part(point) for part in parts))
    if expression.is_Pow:
        base, exponent = parts
        return lambda point: mpmath.mpf(base(point)) ** exponent(point)
    raise NotCovered("a function that is not followed numerically")


def recognised(value: Expression) -> Expression | None:
    """Return a short exact number close to a value: a fraction, or with one square root."""
    with mpmath.workdps(25):
        exact = Fraction(str(mpmath.nstr(value, 20))).limit_denominator(2000)
        if abs(mpmath.mpf(exact.numerator) / exact.denominator - value) < mpmath.mpf(10) ** -15:
            return sp.Rational(exact.numerator, exact.denominator)
        found = mpmath.findpoly(value, 2, maxcoeff=5000, tol=mpmath.mpf(10) ** -15)
    if not found:
        return None
    unknown = sp.Dummy("v")
    roots = sp.roots(sp.Poly([sp.Integer(c) for c in found], unknown))
    close = [r for r in roots if abs(float(r.evalf(20)) - float(value)) < 1e-9]
    return sp.radsimp(close[0]) if close else None


# --- the proof


def _is_extreme(
    goal: Tree, relations: Sequence[Relation], value: Expression, *, least: bool
) -> bool:
    """Whether z3 proves that nothing is beyond a value, and finds that it is taken."""
    import z3

    try:
        for operator, wanted in ((("<" if least else ">"), z3.unsat), ("=", z3.sat)):
            form = _Formulas(z3)
            solver = z3.Solver()
            solver.set("timeout", MILLISECONDS)
            for relation in relations:
                solver.add(form.relation(relation))
            solver.add(form.compared(operator, form.term(goal), form.number(value)))
            solver.add(form.sides)
            if solver.check() != wanted:
                return False
    except (InputError, z3.Z3Exception):
        return False
    return True


class _Formulas:
    """Trees as terms of real arithmetic; quotients and roots become letters with their relation."""

    def __init__(self, z3: Expression) -> None:
        self.z3 = z3
        self.sides: list[Expression] = []
        self.count = 0

    def fresh(self) -> Expression:
        self.count += 1
        return self.z3.Real(f"_{self.count}")

    def number(self, value: Expression) -> Expression:
        if value.is_Rational:
            return self.z3.Q(int(value.p), int(value.q))
        if value.is_Pow and value.exp == sp.S.Half and value.base.is_Rational:
            return self.root(self.number(value.base), 2)
        if value.is_Add or value.is_Mul:
            parts = [self.number(one) for one in value.args]
            return reduce((lambda a, b: a + b) if value.is_Add else (lambda a, b: a * b), parts)
        raise NotCovered("a number that is not written for z3")

    def root(self, inner: Expression, degree: int) -> Expression:
        """Return a root as a letter; of an even degree it exists only for what is not negative."""
        value = self.fresh()
        self.sides.append(reduce(lambda a, b: a * b, [value] * degree) == inner)
        if degree % 2 == 0:
            self.sides.append(value >= 0)
        return value

    def relation(self, relation: Relation) -> Expression:
        return self.compared(relation.operator, self.term(relation.left), self.term(relation.right))

    def compared(self, operator: str, left: Expression, right: Expression) -> Expression:
        return {
            "=": left == right,
            "!=": left != right,
            "<": left < right,
            "<=": left <= right,
            ">": left > right,
            ">=": left >= right,
        }[operator]

    def term(self, tree: Tree) -> Expression:
        match tree:
            case Number():
                return self.z3.Q(tree.value.numerator, tree.value.denominator)
            case Name():
                if tree.name in {"pi", "e", "infinity", "i"}:
                    raise NotCovered("a number that is not algebraic")
                return self.z3.Real(tree.name)
            case Negate():
                return -self.term(tree.operand)
            case Binary():
                return self.operation(tree)
            case Call(function="sqrt"):
                return self.root(self.term(tree.arguments[0]), 2)
            case Call(function="cbrt"):
                return self.root(self.term(tree.arguments[0]), 3)
            case Call(function="abs"):
                inner = self.term(tree.arguments[0])
                return self.z3.If(inner >= 0, inner, -inner)
            case _:
                raise NotCovered("a function that is not written for z3")

    def operation(self, tree: Binary) -> Expression:
        left = self.term(tree.left)
        if tree.operator == "^":
            power = tree.right
            whole = isinstance(power, Number) and power.value.denominator == 1
            if not (whole and isinstance(power, Number) and 1 <= power.value <= MAX_POWER):
                raise NotCovered("a power that is not written for z3")
            return reduce(lambda a, b: a * b, [left] * int(power.value))
        right = self.term(tree.right)
        if tree.operator == "/":
            quotient = self.fresh()
            self.sides += [quotient * right == left, right != 0]
            return quotient
        return {"+": left + right, "-": left - right, "*": left * right}[tree.operator]
