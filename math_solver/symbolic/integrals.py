"""Integrals, proved by differentiation.

A definite integral counts as proved only when the antiderivative is proved to be smooth on the
whole interval.
"""

import math
import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import suppress

import flint
import sympy as sp
from sympy.integrals import manualintegrate as manual
from sympy.polys.polyerrors import BasePolynomialError

from assistants.answer import Check, Verdict
from assistants.errors import InputError
from math_solver.reading import Tree
from math_solver.reading.tree import walk
from math_solver.solution import SolutionStep, Work

from . import Expression, substitutions
from .budget import OutOfBudget, budget
from .build import Context, build, symbol
from .derivatives import shortest
from .domain import conditions
from .enclosure import Box, Evaluator, Undecided
from .equivalence import compare_expressions, probe, prove_zero, show
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

    Rules for people come first, then substitutions that lead to a rational function, then sympy's
    general algorithms, each with its share of processor time. The first one that is proved by
    differentiation is taken, else the first one that is not refuted.
    """
    standing: tuple[Expression, tuple[SolutionStep, ...]] | None = None
    for seconds, attempt in ATTEMPTS:
        found: list[Candidate] = []
        with suppress(OutOfBudget, *ENGINE_ERRORS), budget(seconds):
            for candidate in attempt(integrand, variable):
                found.append(candidate)
                if _may_be_right(candidate[0], integrand, variable):
                    break
        for candidate, steps in found:
            verdict = derivative_check(candidate, integrand, variable).verdict
            if verdict is Verdict.PROVED:
                return candidate, _within_budget(steps)
            if verdict is Verdict.UNKNOWN and standing is None:
                standing = candidate, ()
    return standing or (None, ())


def _within_budget(steps: "Steps") -> tuple[SolutionStep, ...]:
    with suppress(OutOfBudget, *ENGINE_ERRORS), budget(CHECK_SECONDS):
        return tuple(dict.fromkeys(steps()))
    return ()


Steps = Callable[[], Iterable[SolutionStep]]
Candidate = tuple[Expression, Steps]
"""An antiderivative, and what tells its steps when it is taken."""
Attempt = Callable[[Expression, Expression], Iterator[Candidate]]
ENGINE_ERRORS = (
    ArithmeticError, AssertionError, AttributeError, IndexError, InputError, KeyError,
    NotImplementedError, RecursionError, TypeError, ValueError, BasePolynomialError,
)  # fmt: skip
"""What sympy's algorithms raise where they do not apply."""


def _by_rules(integrand: Expression, variable: Expression) -> Iterator[Candidate]:
    rule: Expression = manual.integral_steps(integrand, variable)
    if not rule.contains_dont_know():
        found = manual.manualintegrate(integrand, variable)
        if _is_elementary(found):
            yield shortest(found, sp.expand(found)), lambda: _rule_steps(rule)


def _by_substitution(integrand: Expression, variable: Expression) -> Iterator[Candidate]:
    for name, found in substitutions.rational_antiderivatives(integrand, variable):
        if _is_elementary(found):
            step = SolutionStep(
                rule=name,
                before=f"integrate({plain(integrand)}, {variable})",
                after=plain(found),
                reason=substitutions.REASONS[name],
                verdict=Verdict.PROVED,
                check="differentiated, it is the integrand",
            )
            yield found, lambda step=step: (step,)


def _by_algorithms(integrand: Expression, variable: Expression) -> Iterator[Candidate]:
    found = sp.integrate(integrand, variable, conds="none")
    if _is_elementary(found):
        yield shortest(found, sp.expand(found)), tuple


def _with_positive_letters(integrand: Expression, variable: Expression) -> Iterator[Candidate]:
    """Take the letters for positive: what comes out is checked for all of them."""
    table = {s: sp.Dummy(s.name, positive=True) for s in integrand.free_symbols}
    if variable not in table:
        return
    back = {dummy: letter for letter, dummy in table.items()}
    simpler = sp.powdenest(sp.factor(integrand).xreplace(table), force=True)
    found = sp.integrate(simpler, table[variable], conds="none")
    if _is_elementary(found):
        yield found.xreplace(back), tuple


ATTEMPTS: tuple[tuple[float, Attempt], ...] = (
    (1.5, _by_rules),
    (4.0, _by_substitution),
    (4.0, _by_algorithms),
    (3.0, _with_positive_letters),
)
"""Each attempt with its seconds of processor time."""


def _is_elementary(found: Expression) -> bool:
    return found is not None and not found.has(sp.Integral, sp.Piecewise, sp.oo, sp.zoo, sp.nan)


def _may_be_right(found: Expression, integrand: Expression, variable: Expression) -> bool:
    """Whether no point shows that the derivative is another function."""
    trees = _derivative_trees(found, integrand, variable)
    return trees is None or probe(*trees).refutation is None


def _rule_steps(rule: Expression) -> Iterator[SolutionStep]:
    """Walk a rule tree of sympy's `manualintegrate`, the parts before the whole."""
    if isinstance(rule, manual.AlternativeRule):
        yield from _rule_steps(rule.alternatives[0])
        return
    for value in vars(rule).values() if not hasattr(rule, "__slots__") else _fields(rule):
        for part in value if isinstance(value, list) else [value]:
            if isinstance(part, manual.Rule):
                yield from _rule_steps(part)
    name = type(rule).__name__.removesuffix("Rule")
    if name in {"Rewrite", "DontKnow"}:
        return
    result = rule.eval()
    proved = prove_zero(sp.diff(result, rule.variable) - rule.integrand)
    yield SolutionStep(
        rule=RULE_NAMES.get(name, _spaced(name)),
        before=_with_u(f"∫ {plain(rule.integrand)} d{rule.variable}"),
        after=_with_u(plain(result)),
        reason=_with_u(_reason(rule)),
        verdict=Verdict.PROVED if proved else Verdict.UNKNOWN,
        check="its derivative is the integrand" if proved else "not decided",
    )


def _with_u(text: str) -> str:
    """Write sympy's name of a substituted letter as people do, where u is not taken."""
    return text if re.search(r"(?<![A-Za-z_])u(?![A-Za-z])", text) else text.replace("_u", "u")


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
    """Prove an antiderivative by differentiating it; a point may refute it."""
    trees = _derivative_trees(found, integrand, variable)
    rung = ""
    if trees is not None:
        comparison = compare_expressions(*trees, forward=True) if _is_small(trees) else None
        if comparison is not None and comparison.verdict is Verdict.PROVED:
            rung = comparison.by
        elif comparison is not None and comparison.verdict is Verdict.REFUTED:
            return _derivative_verdict(Verdict.REFUTED, "the derivative is another function")
    for form in (lambda e: e, sp.simplify):
        if not rung:
            with suppress(OutOfBudget, *ENGINE_ERRORS), budget(CHECK_SECONDS):
                rung = prove_zero(form(derivative_of(found, variable) - integrand))
    if rung:
        detail = "the derivative of the answer is the integrand"
        return _derivative_verdict(Verdict.PROVED, detail, rung)
    detail = "that the derivative of the answer is the integrand was not proved"
    return _derivative_verdict(Verdict.UNKNOWN, detail, "no normal form")


def derivative_of(found: Expression, x: Expression) -> Expression:
    """Differentiate, hypergeometric functions of incomplete beta integrals by their identity.

    Of z = c*x^n and F = 2F1(a, b; a + 1; z), the derivative of x^(n*a) * F is
    n*a * x^(n*a - 1) * (1 - z)^(-b) (DLMF 15.5.3 with 15.4.6).
    """
    if not found.has(sp.hyper):
        return sp.diff(found, x)
    return sp.Add(*(_term_derivative(term, x) for term in sp.Add.make_args(sp.expand(found))))


def _term_derivative(term: Expression, x: Expression) -> Expression:
    series = list(term.atoms(sp.hyper))
    if len(series) != 1 or len(series[0].ap) != 2 or len(series[0].bq) != 1:
        return sp.diff(term, x)
    (below,) = series[0].bq
    z: Expression = sp.unpolarify(series[0].argument)
    factor = sp.gammasimp(term / series[0])
    power = sp.simplify(x * sp.diff(factor, x) / factor)
    order = sp.simplify(x * sp.diff(z, x) / z)
    for a, b in (series[0].ap, series[0].ap[::-1]):
        if below - a == 1 and not order.has(x) and sp.simplify(power - order * a) == 0:
            return factor * power / x * (1 - z) ** (-b)
    return sp.diff(term, x)


CHECK_SECONDS = 2.0
MAX_NODES = 3_000


def _derivative_verdict(verdict: Verdict, detail: str, rung: str = "") -> Check:
    by = f"differentiation, {rung}" if rung else "differentiation"
    return Check(by=by, verdict=verdict, detail=detail, sufficient=True)


def _is_small(trees: tuple[Tree, Tree]) -> bool:
    return sum(1 for tree in trees for _ in walk(tree)) < MAX_NODES


def _derivative_trees(
    found: Expression, integrand: Expression, variable: Expression
) -> tuple[Tree, Tree] | None:
    """Return derivative and integrand as trees; None where our notation lacks a function."""
    try:
        derivative = _in_our_functions(derivative_of(found, variable))
        return tree_of(derivative), tree_of(_in_our_functions(integrand))
    except InputError:
        return None


def _in_our_functions(expression: Expression) -> Expression:
    if expression.has(sp.I):
        raise InputError("a complex expression")
    for kind, form in OTHER_FUNCTIONS.items():
        expression = expression.replace(kind, form)
    return expression


OTHER_FUNCTIONS: dict[Expression, Callable[[Expression], Expression]] = {
    sp.sech: lambda u: 1 / sp.cosh(u),
    sp.csch: lambda u: 1 / sp.sinh(u),
    sp.coth: lambda u: sp.cosh(u) / sp.sinh(u),
}


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
    smooth = _smooth_check((found, integrand), variable, low, high)
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
    functions: Sequence[Expression], variable: Expression, low: Expression, high: Expression
) -> Check:
    """Prove by balls that functions exist, and are real, on the whole interval.

    Near each end x = end ± u^2 is put in, so that a root that begins there is the root of a
    square, and a ball that oversteps u = 0 leaves the interval nowhere.
    """
    if all(one.is_polynomial(variable) and not one.has(sp.log) for one in functions):
        detail = "polynomials exist everywhere"
        return Check(by="polynomials", verdict=Verdict.PROVED, detail=detail)
    u = symbol(next(name for name in "uvwst" if name != variable.name))
    start, end = (low, high) if (high - low).is_nonnegative else (high, low)
    try:
        width = Evaluator({}, 30).box(tree_of((end - start) / 2)).re
        reach = math.sqrt(float(width.upper())) * 1.0001
        smooth = all(
            covered(tree_of(_near_end(function, variable, place)), u.name, reach)
            for function in functions
            for place in (start + u**2, end - u**2)
        )
    except (Undecided, InputError):
        smooth = False
    return Check(
        by="ball arithmetic",
        verdict=Verdict.PROVED if smooth else Verdict.UNKNOWN,
        detail="both functions exist on the whole interval"
        if smooth
        else "that nothing is undefined between the bounds was not proved",
    )


def _near_end(function: Expression, variable: Expression, place: Expression) -> Expression:
    """Put an expression in for the letter, and draw squares out of roots."""
    replaced = function.subs(variable, place)
    return replaced.replace(
        lambda part: part.is_Pow and part.exp.is_Rational and not part.exp.is_Integer,
        lambda part: sp.factor(part.base) ** part.exp,
    )


def covered(tree: Tree, letter: str, reach: float) -> bool:
    """Whether finite real balls hold the function on every piece of [0, reach]."""
    pieces = [(reach / 2, reach / 2)]
    for _ in range(MAX_PIECES):
        if not pieces:
            return True
        middle, radius = pieces.pop()
        if _is_finite_on(tree, letter, flint.arb(middle, radius * 1.000001)):
            continue
        if radius < MIN_WIDTH:
            return False
        pieces += [(middle - radius / 2, radius / 2), (middle + radius / 2, radius / 2)]
    return False


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
