"""Are two expressions the same? The ladder from cheap to strong, with three verdicts.

1. Exact normal form (rational functions; exponentials as indeterminates; algebraic constants by
   their minimal polynomial): `proved`, with the conditions under which both sides exist.
2. Disjoint boxes at an exact point (interval arithmetic): `refuted`, with the point.
3. Agreement at points only: `unknown`. Never `proved`.

Even a normal form's proof must survive rung 2, so that one bug in one engine cannot prove a
falsehood alone.
"""

from collections.abc import Iterable, Iterator, Sequence
from fractions import Fraction
from itertools import product

import sympy as sp
from mpmath import libmp

from assistants.answer import Verdict
from math_solver.reading import Tree, letters
from math_solver.solution import Finding

from . import Expression
from .build import Context, build
from .domain import conditions
from .enclosure import Box, Evaluator, Undecided

PRECISIONS = (20, 60)
POINTS = tuple(
    Fraction(*pair)
    for pair in ((2, 1), (1, 3), (-1, 1), (5, 7), (-3, 2), (7, 2), (0, 1), (1, 1), (-11, 5))
)
MAX_POINTS = 24
BIG_CONSTANT = 60
TRIGONOMETRIC = (sp.sin, sp.cos, sp.tan, sp.cot, sp.sec, sp.csc, sp.sinh, sp.cosh, sp.tanh)


def compare_expressions(left: Tree, right: Tree, context: Context | None = None) -> Finding:
    """Return whether two expressions are equal wherever both exist, over the real numbers."""
    refutation, agreeing = refute(left, right, context)
    if refutation is not None:
        return refutation
    rung = prove_zero(build(left, context) - build(right, context))
    if rung:
        return Finding(
            verdict=Verdict.PROVED,
            by=rung,
            detail="the difference of the two sides reduces to zero",
            conditions=conditions((left, right), context),
        )
    return Finding(
        verdict=Verdict.UNKNOWN,
        by="numeric agreement",
        detail=f"the two sides agree at {agreeing} points, which proves nothing"
        if agreeing
        else "no normal form decides it, and no point could be evaluated",
    )


# --- rung 1: proof


def prove_zero(difference: Expression) -> str:
    """Return the name of the normal form by which an expression is zero, or an empty string."""
    if not _decidable(difference):
        return ""
    if difference == 0:
        return "exact evaluation"
    for name, normal in NORMAL_FORMS:
        if normal(difference) == 0:
            return name
    if not difference.free_symbols and _is_zero_algebraic(difference):
        return "minimal polynomial"
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
    return rational_normal(sp.expand_log(expression, factor=True))


NORMAL_FORMS = (
    ("rational normal form", rational_normal),
    ("exponential normal form", exponential_normal),
    ("logarithm normal form", logarithm_normal),
)
"""Each returns zero only if its argument is zero wherever it exists."""


def _is_zero_algebraic(constant: Expression) -> bool:
    if constant.is_algebraic is not True or constant.count_ops() > BIG_CONSTANT:
        return False
    unknown = sp.Dummy("t")
    return sp.minimal_polynomial(constant, unknown) == unknown


# --- rung 2: refutation


def refute(left: Tree, right: Tree, context: Context | None = None) -> tuple[Finding | None, int]:
    """Look for a point where the two certainly differ; also return at how many they may agree.

    Points where both sides are real count first; a point where one side leaves the real numbers
    refutes only if the principal values differ as well.
    """
    if context:
        left, right = _substituted(left, context), _substituted(right, context)
    names = tuple(dict.fromkeys((*letters(left), *letters(right))))
    outside: Finding | None = None
    agreeing = 0
    for point in _points(names):
        boxes = [_both(left, right, point, digits) for digits in PRECISIONS]
        boxes = [found for found in boxes if found is not None]
        if not boxes:
            continue
        a, b, is_real = boxes[-1]
        if not any(one.disjoint(two) for one, two, _ in boxes):
            agreeing += 1
        elif is_real:
            return _refutation(point, a, b, is_real=True), agreeing
        else:
            outside = outside or _refutation(point, a, b, is_real=False)
    return outside, agreeing


def _substituted(tree: Tree, context: Context) -> Tree:
    from .plain import tree_of

    return tree_of(build(tree, context))


def _points(names: Sequence[str]) -> Iterator[dict[str, Fraction]]:
    if not names:
        yield {}
        return
    shifted = [POINTS[i % len(POINTS) :] + POINTS[: i % len(POINTS)] for i in range(len(names))]
    for values in zip(*shifted, strict=True):
        yield dict(zip(names, values, strict=True))
    if len(names) == 2:
        for values in list(product(POINTS[:4], repeat=2))[: MAX_POINTS - len(POINTS)]:
            yield dict(zip(names, values, strict=True))


def _both(
    left: Tree, right: Tree, point: dict[str, Fraction], digits: int
) -> tuple[Box, Box, bool] | None:
    evaluator = Evaluator(point, digits)
    try:
        boxes = evaluator.box(left), evaluator.box(right)
    except Undecided:
        return None
    return (*boxes, not evaluator.left_reals)


def _refutation(point: dict[str, Fraction], left: Box, right: Box, *, is_real: bool) -> Finding:
    where = ", ".join(f"{name} = {value}" for name, value in point.items())
    shown = f"{show(left)} against {show(right)}"
    note = "" if is_real else " (one side is not real there)"
    return Finding(
        verdict=Verdict.REFUTED,
        by="interval arithmetic",
        detail="the two sides differ",
        counterexample=f"at {where}: {shown}{note}" if where else shown,
    )


def show(box: Box) -> str:
    """Write a box by some twelve digits of its lower ends."""
    re, im = (libmp.to_str(part._mpi_[0], 12) for part in (box.re, box.im))
    shown = re.removesuffix(".0")
    return shown if box.is_real else f"{shown} + {im.removesuffix('.0')}i"


def all_proved(findings: Iterable[Finding]) -> Verdict:
    """Return what findings establish together: all proved, one refuted, or unknown."""
    verdicts = [finding.verdict for finding in findings]
    if Verdict.REFUTED in verdicts:
        return Verdict.REFUTED
    return Verdict.UNKNOWN if Verdict.UNKNOWN in verdicts else Verdict.PROVED
