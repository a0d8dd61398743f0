"""Does one statement follow from another: their solutions compared over the real numbers.

One letter and rational functions, absolute values, square roots: decided completely (`cells`).
Other equations in one letter: the roots of the first are put into the second, and Sturm's theorem
or an inversion that is an equivalence says that none is missing. Several letters: a consequence is
proved in the ideal of what is given, or by z3; a lost solution is shown by a point.
"""

from collections.abc import Sequence
from dataclasses import replace

from assistants.answer import Verdict
from assistants.errors import InputError
from math_solver.lines import Line
from math_solver.reading import Name, Tree, letters
from math_solver.solution import Finding

from . import Expression, ideals, inequality_proofs
from .build import build, symbol
from .cells import Cell, Sets, compare_sets
from .domain import conditions
from .equivalence import points
from .isolate import INTEGER, solve_zero
from .normal_form import Beyond
from .plain import tree_of
from .roots import root_text
from .truths import holds, holds_always, number, without_absolute

SHOWN = 4
UNDECIDED = Finding(
    verdict=Verdict.UNKNOWN, by="solution sets", detail="the solutions could not be compared"
)


def follows(before: Line, after: Line) -> Finding:
    """Return whether every solution of `before` is one of `after`, and how the two compare."""
    names = tuple(dict.fromkeys((*before.letters, *after.letters)))
    if len(names) <= 1:
        letter = (*names, "x")[0]
        try:
            sets = compare_sets(without_absolute(before), without_absolute(after), letter)
            return _by_cells(sets, letter)
        except Beyond:
            pass
    if holds_always(after):
        return Finding(
            verdict=Verdict.PROVED,
            by="normal form",
            detail="it holds for all values",
            relation="holds always",
        )
    found = _at_points(before, after, names)
    if found is None and len(names) == 1:
        found = _by_roots(before, after, names[0])
    elif found is None:
        found = ideals.decide(before, after) or inequality_proofs.decide(before, after)
    if found is not None and found.verdict is Verdict.REFUTED and len(names) > 1:
        return ideals.with_condition(found, before, after)
    return found or UNDECIDED


def equivalent(before: Line, after: Line) -> Finding:
    """Return whether two statements have the same solutions."""
    forth = follows(before, after)
    if forth.relation == "equivalent" or forth.verdict is Verdict.REFUTED:
        return forth
    back = follows(after, before)
    if forth.added or back.verdict is Verdict.REFUTED:
        added = forth.added or back.lost
        shown = ", ".join(added[:SHOWN])
        return replace(
            forth,
            verdict=Verdict.REFUTED,
            by=back.by,
            detail="a solution is added",
            counterexample=f"{shown} solves only the second",
            added=added,
        )
    if forth.verdict is Verdict.PROVED and back.verdict is Verdict.PROVED:
        needed = tuple(dict.fromkeys((*forth.conditions, *back.conditions)))
        detail = "each follows from the other"
        return replace(forth, relation="equivalent", conditions=needed, detail=detail)
    return replace(forth if forth.verdict is Verdict.UNKNOWN else back, relation="")


def _by_cells(sets: Sets, letter: str) -> Finding:
    lost, added = _texts(sets.lost, letter), _texts(sets.added, letter)
    if not lost:
        new = ", ".join(added[:SHOWN])
        return Finding(
            verdict=Verdict.PROVED,
            by="solution sets",
            detail=f"every solution stays; {new} is new"
            if added
            else "both have the same real solutions",
            relation="implies" if added else "equivalent",
            added=added,
        )
    counterexample = f"{', '.join(lost[:SHOWN])} solves only the first"
    if added:
        counterexample += f", {', '.join(added[:SHOWN])} only the second"
    return Finding(
        verdict=Verdict.REFUTED,
        by="solution sets",
        detail="the solutions differ" if added else "a solution is lost",
        counterexample=counterexample,
        relation="neither" if added else "follows from",
        lost=lost,
        added=added,
    )


def _texts(found: Sequence[Cell], letter: str) -> tuple[str, ...]:
    """Name points first; an interval stands by one number in it."""
    ordered = sorted(found, key=lambda cell: cell.factor is None)
    return tuple(dict.fromkeys(cell.text(letter) for cell in ordered))


def _at_points(before: Line, after: Line, names: Sequence[str]) -> Finding | None:
    """Refute at a rational point that certainly solves the first and not the second."""
    for point in points(names):
        values = {name: number(value) for name, value in point.items()}
        if (
            holds(before.cases, values) is Verdict.PROVED
            and holds(after.cases, values) is Verdict.REFUTED
        ):
            return ideals.lost_at(", ".join(f"{k} = {v}" for k, v in point.items()) or "it")
    return None


# --- roots of other equations in one letter


def _by_roots(before: Line, after: Line, letter: str) -> Finding | None:
    """Put every root of the first into the second."""
    roots, complete, reason = _roots(before, letter)
    certain = complete
    for value, shown in roots:
        mine, theirs = (holds(line.cases, {letter: value}) for line in (before, after))
        if mine is Verdict.PROVED and theirs is Verdict.REFUTED:
            return ideals.lost_at(shown)
        certain = certain and (mine is Verdict.REFUTED or theirs is Verdict.PROVED)
    if not certain:
        return None
    sides = [side for line in (before, after) for case in line.cases for r in case
             for side in (r.left, r.right)]  # fmt: skip
    return Finding(
        verdict=Verdict.PROVED,
        by="substitution",
        detail=f"each solution of the first solves the second, and {reason}",
        conditions=() if _is_explicit(after, letter) else conditions(sides),
        relation="implies",
    )


def _members(roots: Sequence[Expression]) -> list[Expression]:
    """Return roots, and of a family some members, which can refute and never prove."""
    found: list[Expression] = []
    for root in roots:
        if root.has(INTEGER):
            found += [root.subs(INTEGER, turn) for turn in (0, 1, -1)]
        else:
            found.append(root)
    return list(dict.fromkeys(found))


def _is_explicit(line: Line, letter: str) -> bool:
    """Whether each case is `x = constant`."""
    return all(
        len(case) == 1
        and case[0].operator == "="
        and case[0].left == Name(name=letter)
        and not letters(case[0].right)
        for case in line.cases
    )


def _roots(line: Line, letter: str) -> tuple[list[tuple[Tree, str]], bool, str]:
    """Return roots as trees with their names, whether these are all, and why."""
    if _is_explicit(line, letter):
        from math_solver.reading import spell

        values = [case[0].right for case in line.cases]
        return [(v, f"{letter} = {spell(v)}") for v in values], True, "these are all it says"
    found: list[tuple[Tree, str]] = []
    complete, reasons = True, list[str]()
    for case in line.cases:
        if len(case) != 1 or case[0].operator != "=":
            return [], False, ""
        try:
            difference: Expression = build(case[0].left) - build(case[0].right)
            roots = solve_zero(difference, symbol(letter), [])
            found += [(tree_of(r), root_text(letter, r)) for r in _members(roots.roots)]
        except InputError:
            return [], False, ""
        families = any(root.has(INTEGER) for root in roots.roots)
        complete = complete and roots.complete and not roots.everywhere and not families
        reasons.append(roots.reason)
    return found, complete, "; ".join(dict.fromkeys(reasons))
