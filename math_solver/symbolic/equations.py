"""One equation in one letter: find the real solutions, check each, and say why none is missing."""

from fractions import Fraction

import sympy as sp

from assistants.answer import Check, Verdict
from assistants.errors import InputError
from math_solver.reading import Relation, letters, spell
from math_solver.solution import SolutionStep, Work

from . import Expression, tutor
from .build import Context, build, symbol
from .domain import conditions
from .enclosure import Box, Evaluator, Undecided, around
from .equivalence import prove_zero
from .isolate import INTEGER, solve_zero
from .plain import plain, tree_of
from .roots import RootSet, root_text

SHOWN_ROOTS = 24
PREFERRED = "xyztnabcmkpqruvw"


def choose_letter(relations: tuple[Relation, ...]) -> str:
    """Return the letter to solve for: the only one, else x, y, z, … in that order.

    Raises `InputError` where there is none.
    """
    found = dict.fromkeys(name for relation in relations for name in letters(relation))
    if not found:
        raise InputError(
            "there is no unknown letter in the equation", hint="ask to verify it instead"
        )
    return min(found, key=lambda name: PREFERRED.find(name) % 100)


def solve_equation(relation: Relation, letter: str, context: Context | None = None) -> Work:
    """Solve `relation` for `letter` over the real numbers."""
    unknown = symbol(letter)
    left, right = build(relation.left, context), build(relation.right, context)
    steps: list[SolutionStep] = _standard_form(relation, left, right, unknown)
    found = solve_zero(left - right, unknown, steps)
    if not context and len(found.roots) == 1 and (small := tutor.linear(relation, unknown)):
        steps = list(small)
    if found.everywhere:
        return _everywhere(relation, letter, steps, context)
    kept, dropped, certain = _checked_roots(relation, letter, found, context)
    steps.extend(_back_substitution(letter, kept, dropped, certain))
    complete = found.complete and certain and len(kept) <= SHOWN_ROOTS
    check = _conclusion(kept, found, complete=complete, certain=certain)
    shown = " or ".join(root_text(letter, root) for root in kept)
    if any(root.has(INTEGER) for root in kept):
        shown += " (k any integer)"
    if not kept:
        shown = "no real solution" if complete else ""
    needed = tuple(remark for remark in found.extra if "complex" not in remark.lower())
    remarks = tuple(remark for remark in found.extra if "complex" in remark.lower())
    return Work(
        answer=shown,
        checks=(check,),
        steps=tuple(steps),
        conditions=needed,
        assumptions=(f"{letter} is a real number",),
        remarks=remarks,
    )


def _standard_form(
    relation: Relation, left: Expression, right: Expression, unknown: Expression
) -> list[SolutionStep]:
    """The first step: everything on one side, multiplied by the denominators, and collected."""
    top, bottom = sp.fraction(sp.together(left - right))
    collected = sp.expand(top)
    before = spell(relation)
    after = f"{plain(collected)} = 0"
    reason = "subtract the right side from both sides and collect"
    if bottom.has(unknown):
        reason = f"multiply by {plain(bottom)}, which must not be zero, and collect"
    elif bottom != 1:
        reason = f"multiply by {plain(bottom)}, subtract the right side and collect"
    if after == before:
        return []
    return [
        SolutionStep(
            rule="standard form",
            before=before,
            after=after,
            reason=reason,
            verdict=Verdict.PROVED,
            check="both lines have the same solutions where both sides exist",
        )
    ]


def _everywhere(
    relation: Relation, letter: str, steps: list[SolutionStep], context: Context | None
) -> Work:
    needed = conditions((relation.left, relation.right), context)
    check = Check(
        by="normal form",
        verdict=Verdict.PROVED,
        detail="the two sides are equal wherever both exist",
        sufficient=True,
    )
    return Work(
        answer=f"every real number {letter}",
        checks=(check,),
        steps=tuple(steps),
        conditions=needed,
    )


# --- checking roots in the equation as it was read


def _checked_roots(
    relation: Relation, letter: str, found: RootSet, context: Context | None
) -> tuple[list[Expression], list[Expression], bool]:
    """Return the roots that hold, those that do not, and whether all of that is certain."""
    kept: list[Expression] = []
    dropped: list[Expression] = []
    certain = True
    for root in found.roots:
        verdict = check_root(relation, letter, root, context)
        if verdict is Verdict.REFUTED:
            dropped.append(root)
            continue
        kept.append(root)
        certain = certain and verdict is Verdict.PROVED
    return kept, dropped, certain


def check_root(
    relation: Relation, letter: str, root: Expression, context: Context | None = None
) -> Verdict:
    """Substitute a root into the equation as it was read."""
    if _algebraic(root):
        verdict = _check_algebraic(relation, letter, root, context)
        return _numeric(relation, letter, root) if verdict is Verdict.UNKNOWN else verdict
    known = {**(context or {}), letter: root}
    try:
        difference = build(relation.left, known) - build(relation.right, known)
    except InputError:
        return Verdict.REFUTED
    if difference.has(sp.zoo, sp.nan):
        return Verdict.REFUTED
    numeric = _numeric(relation, letter, root)
    if numeric is Verdict.REFUTED:
        return numeric
    zero = difference == 0 or bool(prove_zero(difference)) or sp.radsimp(difference) == 0
    return Verdict.PROVED if zero else Verdict.UNKNOWN


def _algebraic(root: Expression) -> bool:
    return isinstance(root, sp.polys.rootoftools.ComplexRootOf)


def _check_algebraic(
    relation: Relation, letter: str, root: Expression, context: Context | None
) -> Verdict:
    """A root without a short form: divide by its minimal polynomial; it must not be a pole."""
    unknown = symbol(letter)
    difference = build(relation.left, context) - build(relation.right, context)
    top, bottom = sp.fraction(sp.together(difference))
    if not (top.is_polynomial(unknown) and bottom.is_polynomial(unknown)):
        return Verdict.UNKNOWN
    minimal = sp.Poly(root.poly.as_expr(unknown), unknown)
    divides = sp.Poly(top, unknown).rem(minimal).is_zero
    pole = sp.Poly(bottom, unknown).gcd(minimal).degree() > 0
    return Verdict.PROVED if divides and not pole else Verdict.UNKNOWN


def _numeric(relation: Relation, letter: str, root: Expression) -> Verdict:
    """Refute a root by intervals: the sides differ there, or one of them is not real."""
    if root.free_symbols or set(letters(relation)) - {letter}:
        return Verdict.UNKNOWN
    try:
        value = _near(root) if _algebraic(root) else Evaluator({}, 40).box(tree_of(root))
        evaluator = Evaluator({letter: value}, 40)
        left, right = evaluator.box(relation.left), evaluator.box(relation.right)
    except (Undecided, InputError):
        return Verdict.UNKNOWN
    if evaluator.left_reals or left.disjoint(right):
        return Verdict.REFUTED
    return Verdict.UNKNOWN


def _near(root: Expression) -> Box:
    """Return a small ball around a real root without a short form. Raises `Undecided`."""
    if not root.is_real:
        raise Undecided("no real root")
    close = root.eval_rational(dx=sp.Rational(1, 10**40))
    return around(Fraction(int(close.p), int(close.q)), Fraction(1, 10**39))


def _back_substitution(
    letter: str,
    kept: list[Expression],
    dropped: list[Expression],
    certain: bool,  # noqa: FBT001
) -> list[SolutionStep]:
    steps: list[SolutionStep] = []
    if dropped:
        shown = ", ".join(root_text(letter, root) for root in dropped)
        steps.append(
            SolutionStep(
                rule="exclude",
                before=shown,
                after="not a solution",
                reason="put into the given equation, the two sides differ or do not exist",
                verdict=Verdict.PROVED,
                check="interval arithmetic, or a division by zero",
            )
        )
    if kept:
        shown = ", ".join(root_text(letter, root) for root in kept[:SHOWN_ROOTS])
        steps.append(
            SolutionStep(
                rule="check by substitution",
                before=shown,
                after="both sides are equal" if certain else "both sides agree numerically",
                reason="put into the equation as it was given",
                verdict=Verdict.PROVED if certain else Verdict.UNKNOWN,
                check="exact arithmetic" if certain else "40 digits agree, which proves nothing",
            )
        )
    return steps


def _conclusion(kept: list[Expression], found: RootSet, *, complete: bool, certain: bool) -> Check:
    if complete:
        detail = f"every root was substituted; none is missing: {found.reason}"
        if not kept:
            detail = f"no real number solves it: {found.reason}"
    elif certain and kept:
        detail = f"every root was substituted; that none is missing is not proved: {found.reason}"
    else:
        detail = f"not proved: {found.reason}"
    return Check(
        by="substitution and completeness",
        verdict=Verdict.PROVED if complete else Verdict.UNKNOWN,
        detail=detail,
        sufficient=True,
    )
