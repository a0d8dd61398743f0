"""Real letters under conditions: every point where they hold, if those are finitely many."""

import itertools
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from math import prod

import sympy as sp

from math_solver.prose.nodes import Condition, Either, Holds
from math_solver.reading import Relation, Tree, letters
from math_solver.topics.scope import NotCovered

from . import Expression
from .build import build, fraction_of, symbol
from .implied import eliminated
from .isolate import INTEGER, solve_zero
from .prose_numbers import INTEGRAL, PROPERTIES
from .prose_search import decided

MAX_UNKNOWNS, MAX_MONOMIALS = 6, 400
_REAL = INTEGRAL | {"real", "rational", "positive", "negative", "nonnegative", "nonpositive"}
Point = dict[str, Expression]


@dataclass(frozen=True, slots=True, kw_only=True)
class Points:
    """Points that satisfy conditions, and whether they are proved to be all of them."""

    values: tuple[Point, ...]
    proved: bool
    how: str
    value: Expression | None = None
    """The value of the goal, where only that is known and not the points."""


def real_values(
    names: Sequence[str], conditions: Sequence[Condition], goals: Sequence[Tree] = ()
) -> Points:
    """Return all points. Raises `NotCovered` where they are not finitely many or not all found."""
    _check_kinds(names, conditions)
    equations = [c for c in conditions if isinstance(c, Relation) and c.operator == "="]
    others = [c for c in conditions if c not in equations]
    zeros = [build(c.left) - build(c.right) for c in equations]
    if any(zero.has(sp.Symbol("i", real=True)) for zero in zeros):
        raise NotCovered("complex numbers")
    if not zeros:
        raise NotCovered("nothing fixes the letters")
    roots = any(isinstance(c, Holds) and c.kind == "root" for c in others)
    if roots and not _are_real(others):
        if len(names) > 1:
            return _of_roots(zeros, others, goals)
        _check_all_real(zeros)
    points = _one(names[0], zeros) if len(names) == 1 else _several(names, zeros, others, goals)
    if points.value is not None:
        return points
    kept = tuple(p for p in points.values if _holds(p, zeros, others))
    if not kept:
        raise NotCovered("nothing fits")
    return Points(values=kept, proved=points.proved, how=points.how)


def _check_kinds(names: Sequence[str], conditions: Sequence[Condition]) -> None:
    for condition in conditions:
        if isinstance(condition, Holds) and condition.kind in {"complex", "imaginary"}:
            raise NotCovered("complex numbers")
    spoken_of = {
        n for c in conditions if isinstance(c, Holds) for t in c.arguments for n in letters(t)
    }
    if "z" in names and not {"x", "y"} & set(names) and "z" not in spoken_of:
        raise NotCovered("z is the usual letter of a complex number")
    if len(names) > MAX_UNKNOWNS:
        raise NotCovered("too many unknowns")


def _are_real(others: Sequence[Condition]) -> bool:
    """Whether something that is said holds of real numbers only."""
    ordered = any(isinstance(c, Relation) and c.operator != "!=" for c in others)
    return ordered or any(isinstance(c, Holds) and c.kind in _REAL for c in others)


def _check_all_real(zeros: Sequence[Expression]) -> None:
    """Raise `NotCovered` where roots are complex or repeated: which are meant is not said."""
    for zero in zeros:
        top = sp.expand(sp.fraction(sp.together(zero))[0])
        (letter, *more) = top.free_symbols
        if more or not top.is_polynomial(letter):
            raise NotCovered("no polynomial of one letter")
        poly = sp.Poly(top, letter)
        if not poly.is_sqf or poly.count_roots() != poly.degree():
            raise NotCovered("repeated or complex roots: which are meant is not said")


def _of_roots(
    zeros: Sequence[Expression], others: Sequence[Condition], goals: Sequence[Tree]
) -> Points:
    """A value of roots that may be complex: eliminated, and left with one possibility."""
    if len(goals) != 1 or any(isinstance(c, Either) for c in others):
        raise NotCovered("only a value of roots is eliminated")
    value = eliminated(zeros, build(goals[0]), over_complex=True)
    return Points(values=(), proved=True, how="elimination of all letters", value=value)


def _one(name: str, zeros: Sequence[Expression]) -> Points:
    letter = symbol(name)
    own = [zero for zero in zeros if zero.has(letter)]
    if not own:
        raise NotCovered("nothing fixes the letter")
    found = solve_zero(own[0], letter, [])
    if found.everywhere or not found.complete or any(root.has(INTEGER) for root in found.roots):
        raise NotCovered("not every solution is known, or there are infinitely many")
    return Points(
        values=tuple({name: root} for root in found.roots),
        proved=True,
        how=f"every solution: {found.reason}",
    )


def _several(
    names: Sequence[str],
    zeros: Sequence[Expression],
    others: Sequence[Condition],
    goals: Sequence[Tree],
) -> Points:
    unknowns = [symbol(name) for name in names]
    tops = [sp.expand(sp.fraction(sp.together(zero))[0]) for zero in zeros]
    polynomial = all(top.is_polynomial(*unknowns) for top in tops)
    if polynomial:
        try:
            return _system(names, tops)
        except NotCovered:
            if others and any(isinstance(c, Relation | Either) for c in others):
                raise
    if len(goals) == 1:
        value = eliminated(zeros, build(goals[0]))
        return Points(values=(), proved=True, how="elimination of all letters", value=value)
    raise NotCovered("this system is not solved here")


def _system(names: Sequence[str], tops: Sequence[Expression]) -> Points:
    unknowns = [symbol(name) for name in names]
    polys = [top for top in tops if top != 0]
    if not set(unknowns) <= set().union(*(p.free_symbols for p in polys)):
        raise NotCovered("a letter is free")
    basis = sp.groebner(polys, *unknowns, order="grevlex")
    if basis.exprs == [1]:
        raise NotCovered("the equations contradict each other")
    if not basis.is_zero_dimensional:
        raise NotCovered("what is given does not fix the letters")
    found = sp.solve(polys, unknowns, dict=True)
    points: list[Point] = []
    for solution in found:
        if set(solution) != set(unknowns):
            raise NotCovered("a letter is free")
        if all(_is_real(value) for value in solution.values()):
            points.append({str(k): v for k, v in solution.items()})
    proved = _are_all(found, polys, _dimension(basis, unknowns))
    return Points(values=tuple(points), proved=proved, how="every real solution of the system")


def _dimension(basis: sp.GroebnerBasis, unknowns: Sequence[sp.Symbol]) -> int | None:
    """Return the dimension of the quotient ring: how many solutions there are, with multiplicity.

    It counts the monomials below every leading one (Cox, Little, O'Shea, "Ideals, Varieties, and
    Algorithms", chapter 5, section 3). None where that is more than is solved here.
    """
    leading = [sp.Poly(one, *unknowns).monoms(order=basis.order)[0] for one in basis.exprs]
    heights = [
        min(m[i] for m in leading if sum(m) == m[i] and m[i] > 0) for i in range(len(unknowns))
    ]
    if prod(heights) > MAX_MONOMIALS:
        return None
    below = itertools.product(*(range(height) for height in heights))
    return sum(
        not any(all(a <= b for a, b in zip(one, mono, strict=True)) for one in leading)
        for mono in below
    )


def _are_all(
    found: Sequence[Mapping[sp.Symbol, Expression]],
    polys: Sequence[Expression],
    dimension: int | None,
) -> bool:
    """Whether these are all solutions: as many different ones as there can be, each put in."""
    if dimension is None or len(found) != dimension:
        return False
    values = [value for solution in found for value in solution.values()]
    if any(value.is_real is None for value in values):
        return False
    try:
        return all(decided(p.subs(one), "=") for one in found for p in polys) and all(
            any(decided(one[k] - other[k], "!=") for k in one)
            for one, other in itertools.combinations(found, 2)
        )
    except NotCovered:
        return False


def _is_real(value: Expression) -> bool:
    if value.is_real is not None:
        return bool(value.is_real)
    return abs(sp.im(value.evalf(30))) < sp.Rational(1, 10**20)


def _holds(point: Point, zeros: Sequence[Expression], others: Sequence[Condition]) -> bool:
    """Whether a point satisfies everything; letters without a value there are passed over."""
    put = {symbol(name): value for name, value in point.items()}
    for zero in zeros:
        gap = zero.subs(put)
        if gap.free_symbols:
            continue
        if gap.has(sp.nan, sp.zoo, sp.oo) or not decided(gap, "="):
            return False
    return all(_condition_holds(point, condition) for condition in others)


def _condition_holds(point: Point, condition: Condition) -> bool:
    match condition:
        case Either():
            return any(all(_condition_holds(point, c) for c in o) for o in condition.options)
        case Holds():
            return _kind_holds(point, condition)
        case _:
            gap = build(condition.left, point) - build(condition.right, point)
            if gap.free_symbols:
                raise NotCovered("a condition on a letter that is not fixed")
            return decided(gap, condition.operator)


def _kind_holds(point: Point, condition: Holds) -> bool:
    values = [build(tree, point) for tree in condition.arguments]
    if any(value.free_symbols for value in values):
        raise NotCovered("a condition on a letter that is not fixed")
    value = values[0]
    signs = {
        "positive": ">",
        "negative": "<",
        "nonnegative": ">=",
        "nonpositive": "<=",
        "nonzero": "!=",
    }
    if condition.kind in {"real", "root"}:
        return True
    if condition.kind == "no linear case":
        if decided(value, "="):
            raise NotCovered("an equation that is not quadratic any more")
        return True
    if condition.kind in signs:
        return decided(value, signs[condition.kind]) != condition.negated
    if condition.kind in INTEGRAL | {"rational", "one of"} and condition.kind in PROPERTIES:
        exact = [_rational(one) for one in values]
        if any(one is None for one in exact):
            return condition.negated
        return PROPERTIES[condition.kind](*exact) != condition.negated
    if condition.kind == "irrational":
        return (_rational(value) is None) != condition.negated
    raise NotCovered(f"{condition.kind} is not decided")


def _rational(value: Expression) -> Fraction | None:
    return fraction_of(value if value.is_Rational else sp.radsimp(sp.simplify(value)))
