"""Are two lines of mathematics the same: expressions by value, equations by their solutions.

An equation in one letter is the set of its real solutions, so `x^2 = 4` is the same line as
`x = 2 or x = -2`; a lost or an extraneous root refutes, with the root as counterexample.
"""

from collections.abc import Sequence
from functools import reduce
from operator import mul

import sympy as sp

from assistants.answer import Verdict
from assistants.errors import InputError
from math_solver.reading import Relation, Tree, letters, spell
from math_solver.solution import Finding

from . import Expression
from .build import build, symbol
from .domain import conditions
from .equations import check_root
from .equivalence import compare_expressions, prove_zero
from .isolate import solve_zero
from .plain import plain
from .roots import root_text


def compare_lines(left: Sequence[Tree], right: Sequence[Tree]) -> Finding:
    """Compare two lines; each is one expression, or one or more alternative equations."""
    first = [tree for tree in left if isinstance(tree, Relation)]
    second = [tree for tree in right if isinstance(tree, Relation)]
    if not first and not second:
        return compare_expressions(left[0], right[0])
    if len(first) != len(left) or len(second) != len(right):
        raise InputError(
            "an equation and an expression cannot be compared", hint="give two of one kind"
        )
    if any(relation.operator != "=" for relation in (*first, *second)):
        return _compare_inequalities(first, second)
    return compare_equations(first, second)


def compare_equations(first: Sequence[Relation], second: Sequence[Relation]) -> Finding:
    """Compare the solution sets of two alternatives of equations."""
    left, right = _product(first), _product(second)
    if left == 0 or right == 0:
        return _identities(first, second, both=left == 0 and right == 0)
    scaled = _constant_multiple(left, right)
    needed = _conditions(first, second)
    if scaled:
        return Finding(
            verdict=Verdict.PROVED,
            by="normal form",
            detail="the equations are constant multiples of each other",
            conditions=needed,
        )
    names = {name for relation in (*first, *second) for name in letters(relation)}
    if len(names) != 1:
        return _several_letters(left, right, first, second)
    return _same_roots(first, second, left, right, names.pop())


def _product(relations: Sequence[Relation]) -> Expression:
    """One expression that is zero exactly where one of the alternatives holds, poles aside."""
    parts = [sp.fraction(sp.together(build(r.left) - build(r.right)))[0] for r in relations]
    return sp.expand(reduce(mul, parts))


def _constant_multiple(left: Expression, right: Expression) -> bool:
    ratio = sp.cancel(left / right)
    return bool(ratio.is_number and ratio.is_nonzero)


def _conditions(first: Sequence[Relation], second: Sequence[Relation]) -> tuple[str, ...]:
    return conditions([side for r in (*first, *second) for side in (r.left, r.right)])


def _identities(first: Sequence[Relation], second: Sequence[Relation], *, both: bool) -> Finding:
    if both:
        return Finding(
            verdict=Verdict.PROVED,
            by="normal form",
            detail="both equations hold for all values",
            conditions=_conditions(first, second),
        )
    return Finding(
        verdict=Verdict.UNKNOWN,
        by="normal form",
        detail="one of the equations holds for all values",
    )


def _same_roots(
    first: Sequence[Relation],
    second: Sequence[Relation],
    left: Expression,
    right: Expression,
    name: str,
) -> Finding:
    """Solve both and put the roots of each into the other, as they were written."""
    found = [solve_zero(side, symbol(name), []) for side in (left, right)]
    kept = [
        [root for root in roots.roots if _holds(relations, name, root) is not Verdict.REFUTED]
        for roots, relations in zip(found, (first, second), strict=True)
    ]
    for roots, mine, other, what in (
        (kept[0], first, second, "lost"),
        (kept[1], second, first, "added"),
    ):
        for root in roots:
            if (
                _holds(mine, name, root) is Verdict.PROVED
                and _holds(other, name, root) is Verdict.REFUTED
            ):
                return Finding(
                    verdict=Verdict.REFUTED,
                    by="substitution",
                    detail=f"a solution is {what}",
                    counterexample=f"{root_text(name, root)} solves only the "
                    f"{'first' if what == 'lost' else 'second'}",
                )
    certain = all(
        _holds(relations, name, root) is Verdict.PROVED
        for roots in kept
        for root in roots
        for relations in (first, second)
    )
    if certain and all(roots.complete and not roots.everywhere for roots in found):
        return Finding(
            verdict=Verdict.PROVED,
            by="solution sets",
            detail=f"both have the same real solutions, and {found[0].reason}",
        )
    return Finding(
        verdict=Verdict.UNKNOWN, by="solution sets", detail="the solutions could not be compared"
    )


def _holds(relations: Sequence[Relation], name: str, root: Expression) -> Verdict:
    """Whether a root solves one of the alternatives."""
    verdicts = [check_root(relation, name, root) for relation in relations]
    if Verdict.PROVED in verdicts:
        return Verdict.PROVED
    return Verdict.UNKNOWN if Verdict.UNKNOWN in verdicts else Verdict.REFUTED


def _several_letters(
    left: Expression, right: Expression, first: Sequence[Relation], second: Sequence[Relation]
) -> Finding:
    """Look for a point on one and not on the other, by solving the first for one letter."""
    for here, there, which in ((left, right, "first"), (right, left, "second")):
        for letter in sorted(here.free_symbols, key=str):
            if sp.degree(here, letter) != 1:
                continue
            slope, constant = sp.Poly(here, letter).all_coeffs()
            others = sorted((here.free_symbols | there.free_symbols) - {letter}, key=str)
            for value in (2, 3, -5):
                point = {s: sp.Integer(value + i) for i, s in enumerate(others)}
                if slope.subs(point) == 0:
                    continue
                point[letter] = (-constant / slope).subs(point)
                if prove_zero(here.subs(point)) and sp.expand(there.subs(point)).is_nonzero:
                    shown = ", ".join(f"{k} = {plain(v)}" for k, v in point.items())
                    return Finding(
                        verdict=Verdict.REFUTED,
                        by="substitution",
                        detail="the equations have different solutions",
                        counterexample=f"{shown} solves only the {which}",
                    )
    shown = "; ".join(spell(r) for r in (*first, *second))
    return Finding(verdict=Verdict.UNKNOWN, by="normal form", detail=f"not decided: {shown}")


def _compare_inequalities(first: Sequence[Relation], second: Sequence[Relation]) -> Finding:
    """Two inequalities are proved the same only if one is a positive multiple of the other."""
    unknown = Finding(
        verdict=Verdict.UNKNOWN, by="normal form", detail="these inequalities were not decided"
    )
    if len(first) != 1 or len(second) != 1:
        return unknown
    (one,), (two,) = first, second
    left = sp.cancel(build(one.left) - build(one.right))
    right = sp.cancel(build(two.left) - build(two.right))
    if left == 0 or right == 0:
        return unknown
    ratio = sp.cancel(left / right)
    flipped = {"<": ">", ">": "<", "<=": ">=", ">=": "<="}
    positive = bool(ratio.is_number and ratio.is_positive)
    negative = bool(ratio.is_number and ratio.is_negative)
    same = (positive and one.operator == two.operator) or (
        negative and flipped.get(one.operator) == two.operator
    )
    if not same:
        return unknown
    return Finding(
        verdict=Verdict.PROVED,
        by="normal form",
        detail="one inequality is a constant multiple of the other",
        conditions=_conditions(first, second),
    )
