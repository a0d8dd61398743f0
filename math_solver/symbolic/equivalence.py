"""Are two expressions the same? The ladder from cheap to strong, with three verdicts.

1. Disjoint balls, or different exact rationals, at an exact point: `refuted`, with the point.
2. Normal forms, our own first and sympy's second: `proved`, with the conditions under which both
   sides exist; only if some point was found at which both exist and agree, so that one bug in one
   engine cannot prove a falsehood alone, and nothing is proved that exists nowhere.
3. Agreement at points only: `unknown`. Never `proved`.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from itertools import product

import sympy as sp

from assistants.answer import Verdict
from math_solver.grids import is_grid, same_shape
from math_solver.reading import Call, Name, Tree, letters
from math_solver.reading.tree import walk
from math_solver.solution import Finding

from . import Expression
from .algebraic import zero_or_not
from .build import Context, build, symbol
from .domain import conditions
from .enclosure import Box, Evaluator, Undecided, rational_value
from .normal_form import normal_zero

PRECISIONS = (20, 60)
POINTS = tuple(
    Fraction(*pair)
    for pair in (
        (2, 1), (1, 3), (-1, 1), (5, 7), (-3, 2), (7, 2), (0, 1), (1, 1), (-11, 5), (10, 1),
        (1, 10), (-7, 1), (31, 1), (101, 1),
    )
)  # fmt: skip
MAX_PAIRS = 16
SHOWN_DIGITS = 12
MOST_DIGITS = 40
SHORT_BITS = 120
TRIGONOMETRIC = (sp.sin, sp.cos, sp.tan, sp.cot, sp.sec, sp.csc, sp.sinh, sp.cosh, sp.tanh)
IMAGINARY = "i"


def compare_expressions(
    left: Tree, right: Tree, context: Context | None = None, *, forward: bool = False
) -> Finding:
    """Return whether two expressions are equal wherever both exist, over the real numbers.

    With `forward` only points count at which the left one exists: the right one may exist at
    more.
    """
    if is_grid(left) or is_grid(right):
        return _compare_grids(left, right, context, forward=forward)
    left, right = carried_out(left, context), carried_out(right, context)
    variable = _indefinite(left) or _indefinite(right)
    if variable:
        found = compare_expressions(_derivative(left, variable), _derivative(right, variable))
        return replace(found, detail=f"{found.detail} after differentiating: up to a constant")
    seen = probe(left, right, forward=forward)
    if seen.refutation is None:
        return _proof(left, right, seen)
    if IMAGINARY in letters(left) or IMAGINARY in letters(right):
        return _complex(left, right)
    return seen.refutation


def _compare_grids(left: Tree, right: Tree, context: Context | None, *, forward: bool) -> Finding:
    """Compare two matrices entry by entry."""
    pairs = same_shape(left, right)
    if pairs is None:
        detail = "a matrix beside what is none of its size"
        return Finding(verdict=Verdict.UNKNOWN, by="reading", detail=detail)
    findings = [compare_expressions(a, b, context, forward=forward) for a, b in pairs]
    for verdict in (Verdict.REFUTED, Verdict.UNKNOWN):
        for number, found in enumerate(findings, start=1):
            if found.verdict is verdict:
                return replace(found, detail=f"entry {number}: {found.detail}")
    return replace(findings[0], detail="every entry is equal")


def carried_out(tree: Tree, context: Context | None = None) -> Tree:
    """Put in what is known; carry out derivatives, and definite integrals and limits if proved."""
    from .plain import tree_of

    calls = {n.function for n in walk(tree) if isinstance(n, Call)}
    if calls & {"integrate", "limit"}:
        from .calculus_values import with_values

        tree = with_values(tree)
    if context or (calls & {"diff"} and not _indefinite(tree)):
        return tree_of(build(tree, context))
    return tree


def _indefinite(tree: Tree) -> str:
    """Return the letter of an indefinite integral in a tree, or nothing."""
    for node in walk(tree):
        if isinstance(node, Call) and node.function == "integrate" and len(node.arguments) == 2:
            variable = node.arguments[1]
            return variable.name if isinstance(variable, Name) else ""
    return ""


def _derivative(tree: Tree, variable: str) -> Tree:
    from .plain import tree_of

    return tree_of(sp.diff(build(tree), symbol(variable)))


def _proof(left: Tree, right: Tree, seen: "Probe") -> Finding:
    rung = normal_zero(left, right) if seen.real else ""
    if not rung and seen.agreeing:
        rung = prove_zero(build(left) - build(right))
    if rung:
        return Finding(
            verdict=Verdict.PROVED,
            by=rung,
            detail="the difference of the two sides reduces to zero",
            conditions=conditions((left, right)),
        )
    return Finding(
        verdict=Verdict.UNKNOWN,
        by="numeric agreement",
        detail=f"the two sides agree at {seen.agreeing} points, which proves nothing"
        if seen.agreeing
        else "no normal form decides it, and no point could be evaluated",
    )


def _complex(left: Tree, right: Tree) -> Finding:
    """Compare with i read as the imaginary unit, as two sides that differ as a letter may mean."""
    seen = probe(left, right, unit=True)
    if seen.refutation is not None:
        return seen.refutation
    rung = normal_zero(left, right, IMAGINARY) if seen.agreeing else ""
    if not rung:
        detail = "read with i as the imaginary unit, the two sides were not told apart"
        return Finding(verdict=Verdict.UNKNOWN, by="numeric agreement", detail=detail)
    return Finding(
        verdict=Verdict.PROVED,
        by=rung,
        detail="the difference of the two sides reduces to zero, i being the imaginary unit",
        conditions=conditions((left, right)),
    )


# --- proof


def prove_zero(difference: Expression) -> str:
    """Return the name of sympy's normal form by which an expression is zero, or nothing."""
    if not _decidable(difference):
        return ""
    if difference == 0:
        return "exact evaluation"
    for name, normal in NORMAL_FORMS:
        if normal(difference) == 0:
            return name
    if not difference.free_symbols and zero_or_not(difference):
        return "separation bound"
    return ""


def _decidable(expression: Expression) -> bool:
    """Whether every part has a value: no unevaluated operator, no infinity."""
    bad = (sp.Integral, sp.Limit, sp.Derivative)
    return not (expression.has(*bad) or expression.has(sp.oo, -sp.oo, sp.zoo, sp.nan))


def rational_normal(expression: Expression) -> Expression:
    """Return the expanded numerator of an expression over one denominator."""
    return sp.expand(sp.fraction(sp.together(expression))[0])


def exponential_normal(expression: Expression) -> Expression:
    """Write trigonometric and hyperbolic functions as exponentials first, then normalise."""
    if not expression.has(*TRIGONOMETRIC):
        return rational_normal(sp.expand(expression, power_exp=True, mul=False))
    rewritten = expression.rewrite(TRIGONOMETRIC, sp.exp)
    numerator = sp.fraction(sp.together(rewritten))[0]
    return sp.expand(sp.powsimp(sp.expand(numerator), deep=True))


def logarithm_normal(expression: Expression) -> Expression:
    """Expand logarithms of positive things, which sympy does only where it is valid."""
    if not expression.has(sp.log):
        return expression
    return rational_normal(sp.expand_log(expression, factor=True))


def factorial_normal(expression: Expression) -> Expression:
    """Write factorials and binomial coefficients of letters as gammas, and reduce their ratios."""
    if not expression.has(sp.factorial, sp.binomial):
        return expression
    return sp.cancel(sp.expand_func(sp.gammasimp(expression.rewrite(sp.gamma))))


NORMAL_FORMS = (
    ("rational normal form", rational_normal),
    ("exponential normal form", exponential_normal),
    ("logarithm normal form", logarithm_normal),
    ("factorials", factorial_normal),
)
"""Each returns zero only if its argument is zero wherever it exists."""


# --- refutation


@dataclass(frozen=True, slots=True, kw_only=True)
class Probe:
    """What evaluating at points showed: a refutation, or at how many points the sides agree.

    `real` counts those at which both sides are real.
    """

    refutation: Finding | None
    agreeing: int
    real: int


def refute(left: Tree, right: Tree, context: Context | None = None) -> tuple[Finding | None, int]:
    """Look for a point where the two certainly differ; also return at how many they may agree."""
    seen = probe(carried_out(left, context), carried_out(right, context))
    return seen.refutation, seen.agreeing


def probe(left: Tree, right: Tree, *, forward: bool = False, unit: bool = False) -> Probe:
    """Evaluate both sides at exact points.

    Points where both sides are real count first. A point where one side alone leaves the real
    numbers refutes only if the principal values differ as well (and, with `forward`, only where
    the left one is real). With `unit` the letter i is the imaginary unit.
    """
    names = tuple(dict.fromkeys((*letters(left), *letters(right))))
    if unit:
        names = tuple(name for name in names if name != IMAGINARY)
    outside: Finding | None = None
    agreeing = real = 0
    for point in points(names):
        pair = _both(left, right, point, unit=unit)
        if pair is None:
            continue
        if not pair.differ:
            agreeing += 1
            real += pair.first_real and pair.second_real
        elif pair.first_real and pair.second_real:
            return Probe(refutation=_refutation(point, pair), agreeing=agreeing, real=real)
        elif pair.first_real or (pair.second_real and not forward):
            outside = outside or _refutation(point, pair)
    return Probe(refutation=outside, agreeing=agreeing, real=real)


def points(names: Sequence[str]) -> Iterator[dict[str, Fraction]]:
    """Yield exact points for some letters, simple ones first."""
    if not names:
        yield {}
        return
    shifted = [POINTS[i % len(POINTS) :] + POINTS[: i % len(POINTS)] for i in range(len(names))]
    for values in zip(*shifted, strict=True):
        yield dict(zip(names, values, strict=True))
    if len(names) == 2:
        for values in list(product(POINTS[:4], repeat=2))[:MAX_PAIRS]:
            yield dict(zip(names, values, strict=True))
    elif len(names) > 2:
        for value in POINTS[:3]:
            yield dict.fromkeys(names, value)


@dataclass(frozen=True, slots=True, kw_only=True)
class Pair:
    """Two values at one point, as balls and, where they are rational, exactly."""

    first: Box | Fraction
    second: Box | Fraction
    differ: bool
    first_real: bool = True
    second_real: bool = True


def _both(left: Tree, right: Tree, point: dict[str, Fraction], *, unit: bool) -> Pair | None:
    if not unit:
        exact = rational_value(left, point), rational_value(right, point)
        if exact[0] is not None and exact[1] is not None:
            return Pair(first=exact[0], second=exact[1], differ=exact[0] != exact[1])
    found: Pair | None = None
    for digits in PRECISIONS:
        found = _balls(left, right, point, digits, unit=unit) or found
        if found is not None and found.differ:
            break
    return found


def _balls(
    left: Tree, right: Tree, point: Mapping[str, Fraction], digits: int, *, unit: bool
) -> Pair | None:
    import flint

    values: dict[str, Fraction | Box] = dict(point)
    if unit:
        values[IMAGINARY] = Box(flint.arb(0), flint.arb(1))
    first, second = Evaluator(values, digits), Evaluator(values, digits)
    try:
        a, b = first.box(left), second.box(right)
    except Undecided:
        return None
    return Pair(
        first=a,
        second=b,
        differ=a.disjoint(b),
        first_real=unit or (not first.left_reals and a.is_real),
        second_real=unit or (not second.left_reals and b.is_real),
    )


def _refutation(point: Mapping[str, Fraction], pair: Pair) -> Finding:
    where = ", ".join(f"{name} = {value}" for name, value in point.items())
    if pair.first_real and pair.second_real:
        shown = against(pair)
    else:
        first = _value(pair.first, real=pair.first_real)
        shown = f"{first} against {_value(pair.second, real=pair.second_real)}"
    return Finding(
        verdict=Verdict.REFUTED,
        by="exact arithmetic" if isinstance(pair.first, Fraction) else "ball arithmetic",
        detail="the two sides differ",
        counterexample=f"at {where}: {shown}" if where else shown,
    )


def _value(value: Box | Fraction, *, real: bool) -> str:
    return show(value) if real else "no real value"


def against(pair: Pair) -> str:
    """Write two different values with enough digits that they look different."""
    for digits in range(SHOWN_DIGITS, MOST_DIGITS, 4):
        first, second = show(pair.first, digits), show(pair.second, digits)
        if first != second:
            return f"{first} against {second}"
    return f"both about {show(pair.first)}, but not the same"


def show(value: Box | Fraction, digits: int = SHOWN_DIGITS) -> str:
    """Write an exact fraction that is short, or the leading digits of a ball's centre."""
    if isinstance(value, Fraction):
        short = value.numerator.bit_length() + value.denominator.bit_length() <= SHORT_BITS
        return str(value) if short else decimal_text(value, digits)
    re = _digits(value.re, digits)
    return re if value.is_real else f"{re} + {_digits(value.im, digits)}i"


def decimal_text(value: Fraction, digits: int) -> str:
    """Write the leading digits of a fraction of any size."""
    import flint

    exact = flint.fmpq(value.numerator, value.denominator)
    return _digits(flint.arb(exact), digits)


def _digits(ball: Expression, digits: int) -> str:
    text = str(ball.str(digits, radius=False))
    return text.rstrip("0").rstrip(".") if "." in text and "e" not in text else text
