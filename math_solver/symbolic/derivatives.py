"""Derivatives with the rule of every step, cross-checked against sympy's own differentiation."""

from collections.abc import Callable

import sympy as sp

from assistants.answer import Check, Verdict
from math_solver.reading import Tree
from math_solver.solution import SolutionStep, Work

from . import Expression
from .build import Context, build, symbol
from .domain import conditions
from .equivalence import prove_zero
from .plain import plain

TABLE: dict[Expression, Callable[[Expression], Expression]] = {
    sp.sin: sp.cos,
    sp.cos: lambda u: -sp.sin(u),
    sp.tan: lambda u: 1 / sp.cos(u) ** 2,
    sp.exp: sp.exp,
    sp.log: lambda u: 1 / u,
    sp.asin: lambda u: 1 / sp.sqrt(1 - u**2),
    sp.acos: lambda u: -1 / sp.sqrt(1 - u**2),
    sp.atan: lambda u: 1 / (1 + u**2),
    sp.sinh: sp.cosh,
    sp.cosh: sp.sinh,
}
"""Derivatives of functions of one variable at u (DLMF 4.20, 4.10, 4.34)."""


def differentiate(tree: Tree, letter: str, order: int, context: Context | None = None) -> Work:
    """Differentiate an expression `order` times with respect to `letter`."""
    variable = symbol(letter)
    current = build(tree, context)
    steps: list[SolutionStep] = []
    for _ in range(order):
        by_rules = _derive(current, variable, steps)
        current = shortest(sp.expand(by_rules), sp.simplify(by_rules), by_rules)
    expected = sp.diff(build(tree, context), variable, order)
    rung = prove_zero(current - expected)
    check = Check(
        by=f"sympy's differentiation, {rung or 'no normal form'}",
        verdict=Verdict.PROVED if rung else Verdict.UNKNOWN,
        detail="the derivative by rules and the independent one are the same"
        if rung
        else "the two derivatives could not be brought to the same form",
        sufficient=True,
    )
    return Work(
        answer=plain(current),
        checks=(check,),
        steps=tuple(steps),
        conditions=conditions((tree,), context),
    )


def shortest(*forms: Expression) -> Expression:
    """Return the form with the fewest operations, the earlier one of equals."""
    return min(forms, key=lambda form: (form.count_ops(), len(plain(form))))


def _derive(expression: Expression, variable: Expression, steps: list[SolutionStep]) -> Expression:
    """Differentiate by rules and record each rule that was used."""
    if not expression.has(variable):
        return sp.Integer(0)
    if expression == variable:
        return sp.Integer(1)
    rule, result = _apply_rule(expression, variable, steps)
    same = prove_zero(result - sp.diff(expression, variable))
    steps.append(
        SolutionStep(
            rule=rule,
            before=f"d/d{variable} ({plain(expression)})",
            after=plain(result),
            reason=REASONS.get(rule, ""),
            verdict=Verdict.PROVED if same else Verdict.UNKNOWN,
            check=f"{same}, against sympy's derivative" if same else "not decided",
        )
    )
    return result


def _apply_rule(
    expression: Expression, variable: Expression, steps: list[SolutionStep]
) -> tuple[str, Expression]:
    if expression.is_Add:
        return "sum rule", sp.Add(*(_derive(term, variable, steps) for term in expression.args))
    constant, rest = expression.as_independent(variable, as_Add=False)
    if expression.is_Mul and constant != 1:
        return "constant factor", constant * _derive(rest, variable, steps)
    top, bottom = sp.fraction(expression)
    if bottom.has(variable) and top.has(variable):
        u, v = _derive(top, variable, steps), _derive(bottom, variable, steps)
        return "quotient rule", (u * bottom - top * v) / bottom**2
    if expression.is_Mul:
        first, others = expression.args[0], sp.Mul(*expression.args[1:])
        u, v = _derive(first, variable, steps), _derive(others, variable, steps)
        return "product rule", u * others + first * v
    if expression.is_Pow and not isinstance(expression, sp.exp):
        return _power_rule(expression, variable, steps)
    return _function_rule(expression, variable, steps)


def _power_rule(
    expression: Expression, variable: Expression, steps: list[SolutionStep]
) -> tuple[str, Expression]:
    base, exponent = expression.as_base_exp()
    if not exponent.has(variable):
        outer = exponent * base ** (exponent - 1)
        if base == variable:
            return "power rule", outer
        return "chain rule", outer * _derive(base, variable, steps)
    if not base.has(variable):
        return "exponential rule", expression * sp.log(base) * _derive(exponent, variable, steps)
    logarithm = exponent * sp.log(base)
    return "logarithmic differentiation", expression * _derive(logarithm, variable, steps)


def _function_rule(
    expression: Expression, variable: Expression, steps: list[SolutionStep]
) -> tuple[str, Expression]:
    for kind, derivative in TABLE.items():
        if isinstance(expression, kind):
            inside = expression.args[0]
            outer = derivative(inside)
            if inside == variable:
                return f"derivative of {NAMES.get(kind, kind.__name__)}", outer
            return "chain rule", outer * _derive(inside, variable, steps)
    return "derivative from the table", sp.diff(expression, variable)


NAMES: dict[Expression, str] = {sp.log: "ln", sp.exp: "e^x"}
REASONS = {
    "sum rule": "(u + v)' = u' + v'",
    "constant factor": "(c*u)' = c*u'",
    "product rule": "(u*v)' = u'*v + u*v'",
    "quotient rule": "(u/v)' = (u'*v - u*v')/v^2",
    "chain rule": "f(g(x))' = f'(g(x))*g'(x)",
    "power rule": "(x^n)' = n*x^(n - 1)",
    "exponential rule": "(a^u)' = a^u*ln(a)*u'",
    "logarithmic differentiation": "(u^v)' = u^v*(v*ln(u))'",
}
