"""Integrals, proved by differentiation.

A definite integral counts as proved only when the antiderivative is proved to be smooth on the
whole interval.
"""

import math
from collections.abc import Iterator

import flint
import sympy as sp
from sympy.integrals import manualintegrate as manual

from assistants.answer import Check, Verdict
from assistants.errors import InputError
from math_solver.reading import Tree
from math_solver.solution import SolutionStep, Work

from . import Expression
from .build import Context, build, symbol
from .derivatives import shortest
from .domain import conditions
from .enclosure import Box, Evaluator, Undecided
from .equivalence import prove_zero, show
from .plain import plain, tree_of

MAX_PIECES = 4_096
MIN_WIDTH = 1e-6


def integrate(tree: Tree, letter: str, context: Context | None = None) -> Work:
    """Find an antiderivative and prove it by differentiation."""
    variable = symbol(letter)
    integrand = build(tree, context)
    found, steps = antiderivative(integrand, variable)
    if found is None:
        return Work(answer="", checks=(_not_found(integrand),))
    return Work(
        answer=f"{plain(_with_absolute_logarithms(found, integrand, variable))} + C",
        checks=(derivative_check(found, integrand, variable),),
        steps=steps,
        conditions=conditions((tree,), context),
        assumptions=("C is any constant",),
    )


def _not_found(integrand: Expression) -> Check:
    return Check(
        by="integration rules",
        verdict=Verdict.UNKNOWN,
        detail=f"no elementary antiderivative of {plain(integrand)} was found",
    )


def antiderivative(
    integrand: Expression, variable: Expression
) -> tuple[Expression | None, tuple[SolutionStep, ...]]:
    """Return an antiderivative and its steps; None where none was found.

    Rules for people come first, sympy's general algorithms second.
    """
    rule: Expression = manual.integral_steps(integrand, variable)
    if not rule.contains_dont_know():
        candidate = manual.manualintegrate(integrand, variable)
        steps = tuple(dict.fromkeys(_rule_steps(rule)))
    else:
        candidate = sp.integrate(integrand, variable)
        steps = ()
    if candidate.has(sp.Integral, sp.Piecewise, sp.oo, sp.nan):
        candidate = sp.integrate(integrand, variable, conds="none")
        steps = ()
    if candidate.has(sp.Integral, sp.Piecewise):
        return None, ()
    return shortest(candidate, sp.expand(candidate)), steps


def _rule_steps(rule: Expression) -> Iterator[SolutionStep]:
    """Walk a rule tree of sympy's `manualintegrate`, the parts before the whole."""
    for value in vars(rule).values() if not hasattr(rule, "__slots__") else _fields(rule):
        for part in value if isinstance(value, list) else [value]:
            if isinstance(part, manual.Rule):
                yield from _rule_steps(part)
    name = type(rule).__name__.removesuffix("Rule")
    if name in {"Alternative", "Rewrite", "DontKnow"}:
        return
    result = rule.eval()
    proved = prove_zero(sp.diff(result, rule.variable) - rule.integrand)
    yield SolutionStep(
        rule=RULE_NAMES.get(name, _spaced(name)),
        before=f"∫ {plain(rule.integrand)} d{rule.variable}",
        after=plain(result),
        reason=_reason(rule),
        verdict=Verdict.PROVED if proved else Verdict.UNKNOWN,
        check="its derivative is the integrand" if proved else "not decided",
    )


def _fields(rule: Expression) -> list[Expression]:
    return [getattr(rule, name) for name in rule.__dataclass_fields__]


def _spaced(name: str) -> str:
    return "".join(f" {c.lower()}" if c.isupper() else c for c in name).strip()


RULE_NAMES = {
    "Add": "sum rule",
    "ConstantTimes": "constant factor",
    "U": "substitution",
    "Parts": "integration by parts",
    "Power": "power rule",
    "Reciprocal": "integral of 1/x",
}


def _reason(rule: Expression) -> str:
    match type(rule).__name__:
        case "URule":
            return f"substitute {rule.u_var} = {plain(rule.u_func)}"
        case "PartsRule":
            return f"∫ u dv = u*v - ∫ v du with u = {plain(rule.u)}, dv = {plain(rule.dv)}"
        case "PowerRule":
            return "∫ x^n = x^(n + 1)/(n + 1) for n ≠ -1"
        case _:
            return ""


def derivative_check(found: Expression, integrand: Expression, variable: Expression) -> Check:
    """Prove an antiderivative by differentiating it."""
    rung = prove_zero(sp.diff(found, variable) - integrand)
    if not rung:
        rung = prove_zero(sp.simplify(sp.diff(found, variable)) - sp.simplify(integrand))
    return Check(
        by=f"differentiation, {rung or 'no normal form'}",
        verdict=Verdict.PROVED if rung else Verdict.UNKNOWN,
        detail="the derivative of the answer is the integrand"
        if rung
        else "that the derivative of the answer is the integrand was not proved",
        sufficient=True,
    )


def _with_absolute_logarithms(
    expression: Expression, integrand: Expression, variable: Expression
) -> Expression:
    """Write ln|u| where u may be negative: (ln|u|)' = u'/u as well, on both sides of zero."""
    given = integrand.atoms(sp.log)

    def absolute(inside: Expression) -> Expression:
        free = inside.has(variable) and inside.is_positive is not True
        free = free and sp.log(inside) not in given
        return sp.log(sp.Abs(inside)) if free else sp.log(inside)

    return expression.replace(sp.log, absolute)


# --- definite integrals


def integrate_between(
    tree: Tree, letter: str, lower: Tree, upper: Tree, context: Context | None = None
) -> Work:
    """Compute a definite integral by the fundamental theorem of calculus."""
    variable = symbol(letter)
    integrand = build(tree, context)
    low, high = build(lower, context), build(upper, context)
    found, steps = antiderivative(integrand, variable)
    if found is None or low.is_infinite or high.is_infinite:
        return _by_sympy(integrand, variable, low, high)
    found = _with_absolute_logarithms(found, integrand, variable)
    top, bottom = found.subs(variable, high), found.subs(variable, low)
    value = shortest(sp.simplify(top - bottom), sp.expand(top - bottom))
    if value.has(sp.zoo, sp.nan, sp.oo):
        return _by_sympy(integrand, variable, low, high)
    smooth = _smooth_check(tree_of(found), tree_of(integrand), letter, (low, high))
    if smooth.verdict is not Verdict.PROVED:
        return _by_sympy(integrand, variable, low, high)
    checks = (derivative_check(_without_absolute(found), integrand, variable), smooth)
    last = SolutionStep(
        rule="fundamental theorem of calculus",
        before=f"integrate({plain(integrand)}, {letter}, {plain(low)}, {plain(high)})",
        after=plain(value),
        reason=f"F({plain(high)}) - F({plain(low)}) with F({letter}) = {plain(found)}, which is an"
        " antiderivative and has no gap between the bounds",
        verdict=checks[1].verdict,
        check=checks[1].detail,
    )
    both = all(check.verdict is Verdict.PROVED for check in checks)
    conclusion = Check(
        by="fundamental theorem of calculus",
        verdict=Verdict.PROVED if both else Verdict.UNKNOWN,
        detail="; ".join(check.detail for check in checks),
        sufficient=True,
    )
    return Work(answer=plain(value), checks=(conclusion,), steps=(*steps, last))


def _without_absolute(expression: Expression) -> Expression:
    return expression.replace(
        lambda part: isinstance(part, sp.log) and isinstance(part.args[0], sp.Abs),
        lambda part: sp.log(part.args[0].args[0]),
    )


def _by_sympy(
    integrand: Expression, variable: Expression, low: Expression, high: Expression
) -> Work:
    """Improper integrals: sympy's value, which nothing here proves."""
    value = sp.integrate(integrand, (variable, low, high), conds="none")
    if value.has(sp.Integral, sp.Piecewise, sp.nan, sp.I):
        return Work(answer="", checks=(_not_found(integrand),))
    detail = "an improper integral, or a gap between the bounds; computed and not proved"
    return Work(
        answer=plain(value),
        checks=(Check(by="sympy", verdict=Verdict.UNKNOWN, detail=detail),),
    )


def _smooth_check(
    found: Tree, integrand: Tree, letter: str, bounds: tuple[Expression, Expression]
) -> Check:
    """Prove by balls that both functions exist, and are real, on the whole interval."""
    try:
        low, high = (Evaluator({}, 30).box(tree_of(bound)) for bound in bounds)
        ends = (low.re, high.re) if low.re < high.re else (high.re, low.re)
        smooth = all(covered(tree, letter, *ends) for tree in (found, integrand))
    except (Undecided, InputError):
        smooth = False
    return Check(
        by="ball arithmetic",
        verdict=Verdict.PROVED if smooth else Verdict.UNKNOWN,
        detail="both functions exist on the whole interval"
        if smooth
        else "that nothing is undefined between the bounds was not proved",
    )


def covered(tree: Tree, letter: str, start: Expression, end: Expression) -> bool:
    """Whether a finite real ball holds the function on every piece of a subdivision.

    One half is measured from `start` and one from `end`, in pieces of an exact width, so that
    neither end is overstepped.
    """
    half = max(float(((end - start) / 2).upper()), MIN_WIDTH) * 1.0001
    width = flint.arb(2) ** math.frexp(half)[1]  # a power of two from one half up to the whole
    pieces = [(start, flint.arb(0), width), (end, -width, width)]
    for _ in range(MAX_PIECES):
        if not pieces:
            return True
        anchor, offset, width = pieces.pop()
        if _is_finite_on(tree, letter, anchor + offset + _unit_ball() * width):
            continue
        if float(width) < MIN_WIDTH:
            return False
        middle = width / 2
        pieces += [(anchor, offset, middle), (anchor, offset + middle, middle)]
    return False


def _unit_ball() -> Expression:
    """The interval from 0 to 1."""
    return flint.arb(0.5, 0.5)


def _is_finite_on(tree: Tree, letter: str, piece: Expression) -> bool:
    evaluator = Evaluator({letter: Box(piece, flint.arb(0))}, 20)
    try:
        box = evaluator.box(tree)
    except Undecided:
        return False
    return not evaluator.left_reals and box.is_real and box.width < 1e12


def numeric_text(expression: Expression) -> str:
    """Return a decimal value with a rigorous error bound, empty where it cannot be enclosed."""
    try:
        return show(Evaluator({}, 30).box(tree_of(expression)))
    except (Undecided, InputError):
        return ""
