"""Limits: by continuity, by cancelling, by leading terms, by l'Hôpital; else sympy's, unproved."""

import flint
import sympy as sp

from assistants.answer import Check, Verdict
from assistants.errors import InputError
from math_solver.reading import Tree
from math_solver.solution import SolutionStep, Work

from . import Expression
from .build import Context, build, symbol
from .enclosure import Box, Evaluator, Undecided
from .equivalence import prove_zero
from .plain import plain, tree_of

MAX_HOSPITAL = 6


def limit(tree: Tree, letter: str, target: Tree, context: Context | None = None) -> Work:
    """Return the two-sided limit of an expression."""
    variable, point = symbol(letter), build(target, context)
    expression = build(tree, context)
    name = f"lim {letter}→{plain(point)}"
    found = (
        _rational_at_infinity(expression, variable, point)
        if point.is_infinite
        else _by_continuity(expression, variable, point, 0)
    )
    if found is None:
        return _by_sympy(expression, variable, point)
    value, rules = found
    steps = tuple(
        SolutionStep(
            rule=rule,
            before=f"{name} {plain(before)}",
            after=f"{name} {plain(after)}" if after.has(variable) else plain(after),
            reason=REASONS[rule],
            verdict=Verdict.PROVED,
            check="the conditions of the rule hold exactly",
        )
        for rule, before, after in rules
    )
    detail = f"by {', then '.join(rule for rule, _, _ in rules)}"
    check = Check(by="limit rules", verdict=Verdict.PROVED, detail=detail, sufficient=True)
    return Work(answer=plain(value), checks=(check,), steps=steps)


REASONS = {
    "continuity": "the function is continuous there, so its value is the limit",
    "cancel": "a common factor is zero only at the point itself",
    "l'Hôpital's rule": "numerator and denominator both tend to zero and are differentiable",
    "leading terms": "for large values only the highest powers count",
}
Found = tuple[Expression, list[tuple[str, Expression, Expression]]]


def _by_continuity(
    expression: Expression, variable: Expression, point: Expression, depth: int
) -> Found | None:
    if _continuous_at(expression, variable, point):
        value = sp.simplify(expression.subs(variable, point))
        return value, [("continuity", expression, value)]
    cancelled = sp.cancel(expression) if expression.is_rational_function(variable) else expression
    if cancelled != expression and _continuous_at(cancelled, variable, point):
        value = sp.simplify(cancelled.subs(variable, point))
        return value, [("cancel", expression, cancelled), ("continuity", cancelled, value)]
    top, bottom = sp.fraction(sp.together(expression))
    if depth < MAX_HOSPITAL and _is_zero_quotient(top, bottom, variable, point):
        following = sp.diff(top, variable) / sp.diff(bottom, variable)
        rest = _by_continuity(following, variable, point, depth + 1)
        if rest is not None:
            return rest[0], [("l'Hôpital's rule", expression, following), *rest[1]]
    return None


def _is_zero_quotient(
    top: Expression, bottom: Expression, variable: Expression, point: Expression
) -> bool:
    """Whether both parts are analytic at the point and certainly zero there."""
    if not bottom.has(variable) or not top.has(variable):
        return False
    return all(
        _continuous_at(part, variable, point) and bool(prove_zero(part.subs(variable, point)))
        for part in (top, bottom)
    )


def _continuous_at(expression: Expression, variable: Expression, point: Expression) -> bool:
    """Whether interval evaluation succeeds on a small interval round the point."""
    if expression.free_symbols - {variable} or expression.has(sp.floor, sp.ceiling, sp.sign):
        return False
    try:
        centre = Evaluator({}, 30).box(tree_of(point))
        around = centre.re + flint.arb(0, 2.0**-40)
        evaluator = Evaluator({str(variable): Box(around, centre.im)}, 30)
        box = evaluator.box(tree_of(expression))
    except (Undecided, InputError):
        return False
    return box.is_real and not evaluator.left_reals


def _rational_at_infinity(
    expression: Expression, variable: Expression, point: Expression
) -> Found | None:
    top, bottom = sp.fraction(sp.together(expression))
    if not (top.is_polynomial(variable) and bottom.is_polynomial(variable)):
        return None
    p, q = sp.Poly(top, variable), sp.Poly(bottom, variable)
    if not (p.domain.is_QQ or p.domain.is_ZZ) or not (q.domain.is_QQ or q.domain.is_ZZ):
        return None
    power = p.degree() - q.degree()
    leading = sp.Rational(p.LC(), 1) / q.LC() * variable**power
    if power < 0:
        value = sp.Integer(0)
    elif power == 0:
        value = leading
    else:
        sign = sp.sign(p.LC() / q.LC()) * (point if point == sp.oo else (-1) ** power * sp.oo)
        value = sp.oo if sign == sp.oo or sign == 1 * sp.oo else -sp.oo
    return value, [("leading terms", expression, value)]


def _by_sympy(expression: Expression, variable: Expression, point: Expression) -> Work:
    sides = [point] if point.is_infinite else [point, point]
    values = [
        sp.limit(expression, variable, side, direction)
        for side, direction in zip(sides, ("+", "-"), strict=False)
    ]
    if len(values) == 2 and values[0] != values[1]:
        answer = f"no limit (from the right {plain(values[0])}, from the left {plain(values[1])})"
    else:
        answer = plain(values[0])
    if any(value.has(sp.Limit, sp.nan) for value in values):
        answer = ""
    detail = "computed by sympy's Gruntz algorithm and not proved independently"
    return Work(answer=answer, checks=(Check(by="sympy", verdict=Verdict.UNKNOWN, detail=detail),))
