"""Statements about one real letter, decided completely: rational functions and their signs.

The zeros of all numerators and denominators cut the line into points and open intervals, on each
of which every relation is either true or false (a one-dimensional cylindrical decomposition;
Basu, Pollack, Roy, Algorithms in Real Algebraic Geometry, ch. 2). So one statement implies another
exactly where no cell satisfies the first and not the second. Roots are isolated by Arb's certified
algorithm; signs at them are zero by divisibility, or those of a ball that excludes zero.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import pairwise
from math import ceil, floor

import flint

from math_solver.lines import Case, Line
from math_solver.reading import Relation, Tree

from . import Expression
from .domain import restrictions
from .normal_form import Beyond, NormalForm

MAX_DEGREE = 80
PRECISIONS = (64, 256, 1024, 4096)
SIGNS = {
    "=": frozenset({0}),
    "!=": frozenset({-1, 1}),
    "<": frozenset({-1}),
    "<=": frozenset({-1, 0}),
    ">": frozenset({1}),
    ">=": frozenset({0, 1}),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Cell:
    """A root of an irreducible polynomial, or a rational sample of an open interval."""

    factor: Expression | None = None
    ball: Expression | None = None
    sample: Fraction = Fraction(0)

    @property
    def exact(self) -> Fraction | None:
        """The cell's point where it is rational."""
        if self.factor is None:
            return self.sample
        if self.factor.degree() == 1:
            return Fraction(-int(self.factor[0]), int(self.factor[1]))
        return None

    def text(self, letter: str) -> str:
        """Write `x = 5/2`, `x = 1 + sqrt(2)` or `x ≈ 1.3247`."""
        if self.exact is not None:
            return f"{letter} = {self.exact}"
        if self.factor is not None and self.factor.degree() == 2 and self.ball is not None:
            return f"{letter} = {_quadratic_text(self.factor, self.ball)}"
        shown = self.ball.str(8, radius=False) if self.ball is not None else ""
        return f"{letter} ≈ {shown}"


def _quadratic_text(factor: Expression, ball: Expression) -> str:
    c, b, a = (int(factor[index]) for index in range(3))
    half, under = Fraction(-b, 2 * a), Fraction(b * b - 4 * a * c, 4 * a * a)
    sign = "+" if ball > flint.arb(flint.fmpq(half.numerator, half.denominator)) else "-"
    root = _root_text(under)
    if not half:
        return f"{'-' if sign == '-' else ''}{root}"
    return f"{half} {sign} {root}"


def _root_text(under: Fraction) -> str:
    """Write the root of a positive fraction with a square-free whole number below the sign."""
    whole = under.numerator * under.denominator
    outside = 1
    for prime, power in flint.fmpz(whole).factor():
        outside *= int(prime) ** (power // 2)
    inside = whole // outside**2
    factor = Fraction(outside, under.denominator)
    if inside == 1:
        return str(factor)
    head = f"{factor.numerator}*" if factor.numerator != 1 else ""
    tail = f"/{factor.denominator}" if factor.denominator != 1 else ""
    return f"{head}sqrt({inside}){tail}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Sets:
    """How the solution sets of two statements compare: cells in only one, and some in both."""

    lost: tuple[Cell, ...]
    added: tuple[Cell, ...]
    shared: bool


@dataclass(frozen=True, slots=True)
class _Sign:
    """A relation as a sign of a polynomial, and the polynomials that may not vanish."""

    poly: Expression
    wanted: frozenset[int]
    nonzero: tuple[Expression, ...]


def compare_sets(before: Line, after: Line, letter: str) -> Sets:
    """Compare the solution sets of two statements. Raises `Beyond` for other than rational ones."""
    form = NormalForm()
    form.atom("letter", letter)
    first = [[_sign_of(r, form) for r in case] for case in before.cases]
    second = [[_sign_of(r, form) for r in case] for case in after.cases]
    relations = [sign for case in (*first, *second) for sign in case]
    polys = [poly for sign in relations for poly in (sign.poly, *sign.nonzero)]
    lost: list[Cell] = []
    added: list[Cell] = []
    shared = False
    for cell in cells(polys):
        mine, theirs = _holds(first, cell), _holds(second, cell)
        shared = shared or (mine and theirs)
        if mine and not theirs:
            lost.append(cell)
        if theirs and not mine:
            added.append(cell)
    return Sets(lost=tuple(lost), added=tuple(added), shared=shared)


def solutions(cases: Sequence[Case], letter: str) -> tuple[tuple[Cell, ...], bool]:
    """Return the points that solve a statement, and whether those are all of its solutions."""
    form = NormalForm()
    form.atom("letter", letter)
    signs = [[_sign_of(r, form) for r in case] for case in cases]
    polys = [p for case in signs for sign in case for p in (sign.poly, *sign.nonzero)]
    found = [cell for cell in cells(polys) if _holds(signs, cell)]
    points = tuple(cell for cell in found if cell.factor is not None)
    return points, len(points) == len(found)


def truths(cases: Sequence[Case], letter: str) -> list[tuple[Cell, bool]]:
    """Return the cells of the line in order, and whether a statement holds on each."""
    form = NormalForm()
    form.atom("letter", letter)
    signs = [[_sign_of(r, form) for r in case] for case in cases]
    polys = [p for case in signs for sign in case for p in (sign.poly, *sign.nonzero)]
    return [(cell, _holds(signs, cell)) for cell in cells(polys)]


def _sign_of(relation: Relation, form: NormalForm) -> _Sign:
    left, right = form.of(relation.left), form.of(relation.right)
    top = left.top * right.bottom - right.top * left.bottom
    poly = _univariate(top * left.bottom * right.bottom, form)
    nonzero = [
        part for side in (relation.left, relation.right) for part in _may_not_vanish(side, form)
    ]
    if relation.operator == "=":
        poly = _univariate(top, form)
    return _Sign(poly, SIGNS[relation.operator], tuple(nonzero))


def _may_not_vanish(tree: Tree, form: NormalForm) -> Iterable[Expression]:
    for kind, part in restrictions(tree):
        if kind != "≠":
            raise Beyond("a root or a logarithm")
        quotient = form.of(part)
        yield _univariate(quotient.top, form)


def _univariate(poly: Expression, form: NormalForm) -> Expression:
    """Return a polynomial in the first generator with whole coefficients."""
    if len(form.keys) > 1:
        raise Beyond("more than one letter or function")
    if poly == 0:
        return flint.fmpz_poly([])
    degree = int(poly.degrees()[0])
    if degree > MAX_DEGREE:
        raise Beyond("a polynomial of high degree")
    coefficients = [flint.fmpq(0)] * (degree + 1)
    for exponents, coefficient in poly.terms():
        coefficients[int(exponents[0])] = coefficient
    return flint.fmpq_poly(coefficients).numer()


def _holds(cases: Sequence[Sequence[_Sign]], cell: Cell) -> bool:
    return any(all(_relation_holds(sign, cell) for sign in case) for case in cases)


def _relation_holds(sign: _Sign, cell: Cell) -> bool:
    if any(sign_at(poly, cell) == 0 for poly in sign.nonzero):
        return False
    return sign_at(sign.poly, cell) in sign.wanted


def sign_at(poly: Expression, cell: Cell) -> int:
    """Return the exact sign of a polynomial at a cell."""
    if poly.degree() < 0:
        return 0
    exact = cell.exact
    if exact is not None:
        value = poly(flint.fmpq(exact.numerator, exact.denominator))
        return (value > 0) - (value < 0)
    if cell.factor is None or cell.ball is None:
        return 0
    return _sign_at_root(poly, cell.factor, cell.ball)


def _sign_at_root(poly: Expression, factor: Expression, ball: Expression) -> int:
    if poly.gcd(factor).degree() > 0:  # the factor is irreducible: it divides
        return 0
    before = flint.ctx.prec
    try:
        for precision in PRECISIONS:
            flint.ctx.prec = precision
            near = next(root for root in _real_roots(factor) if root.overlaps(ball))
            value = flint.arb_poly(poly)(near)
            if value > 0 or value < 0:
                return 1 if value > 0 else -1
    finally:
        flint.ctx.prec = before
    raise Beyond("a sign at a root that was not decided")


def _real_roots(factor: Expression) -> list[Expression]:
    return [root.real for root, _ in factor.complex_roots() if root.imag.is_zero()]


def cells(polys: Iterable[Expression]) -> list[Cell]:
    """Cut the real line at the real roots of some polynomials."""
    factors: dict[str, Expression] = {}
    for poly in polys:
        if poly.degree() > 0:
            for factor, _ in poly.factor()[1]:
                factors[str(factor)] = factor
    points = _sorted_roots(list(factors.values()))
    if not points:
        return [Cell(sample=Fraction(0))]
    found: list[Cell] = [Cell(sample=Fraction(floor(_dyadic(points[0][1].lower())) - 1))]
    for index, (factor, ball) in enumerate(points):
        found.append(Cell(factor=factor, ball=ball))
        if index + 1 < len(points):
            found.append(Cell(sample=_between(ball, points[index + 1][1])))
    found.append(Cell(sample=Fraction(ceil(_dyadic(points[-1][1].upper())) + 1)))
    return found


def _sorted_roots(factors: list[Expression]) -> list[tuple[Expression, Expression]]:
    """Return the real roots of coprime polynomials as disjoint balls, ascending."""
    before = flint.ctx.prec
    try:
        for precision in PRECISIONS:
            flint.ctx.prec = precision
            roots = [(factor, root) for factor in factors for root in _real_roots(factor)]
            roots.sort(key=lambda pair: _dyadic(pair[1].mid()))
            if all(a[1] < b[1] for a, b in pairwise(roots)):
                return roots
    finally:
        flint.ctx.prec = before
    raise Beyond("roots that lie too close together")


def _between(low: Expression, high: Expression) -> Fraction:
    """Return a simple rational strictly between two disjoint balls."""
    a, b = _dyadic(low.upper()), _dyadic(high.lower())
    for denominator in (1, 2, 3, 4, 5, 8, 10, 16, 100, 1000, 10**6):
        candidate = Fraction(floor(a * denominator) + 1, denominator)
        if a < candidate < b:
            return candidate
    return (a + b) / 2


def _dyadic(value: Expression) -> Fraction:
    mantissa, exponent = value.man_exp()
    return Fraction(int(mantissa)) * Fraction(2) ** int(exponent)
