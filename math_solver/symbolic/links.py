"""One line of someone's work against the lines before it, and the last line against the first."""

from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise

from assistants.answer import Verdict
from assistants.errors import InputError
from math_solver.lines import Line
from math_solver.reading import Name, Relation, Tree, letters
from math_solver.solution import Finding

from .equivalence import compare_expressions
from .solution_sets import SHOWN, equivalent, follows
from .truths import holds_always

MAX_EARLIER = 5


def compare_lines(first: Line, second: Line) -> Finding:
    """Compare two expressions by value, two statements by their solutions."""
    if first.expression is not None and second.expression is not None:
        return compare_expressions(first.expression, second.expression)
    if first.is_statement and second.is_statement:
        return equivalent(first, second)
    raise InputError(
        "an equation and an expression cannot be compared", hint="give two of one kind"
    )


def check_line(lines: Sequence[Line], index: int) -> Finding:
    """Return whether a line follows from the one before it, or else from earlier ones."""
    try:
        found = _link(lines[index - 1], lines[index])
    except InputError as error:
        found = _unknown(str(error))
    if found.verdict is Verdict.PROVED or (found.lost and found.added):
        return found  # to drop an extraneous solution is to lose one, and to add none
    return _from_earlier(lines[:index], lines[index]) or found


def _link(before: Line, after: Line) -> Finding:
    if after.expression is not None:
        side = before.last_side
        if side is None or (before.is_statement and not after.continues):
            return _unknown("an expression after an equation says nothing that can be checked")
        return compare_expressions(side, after.expression, forward=True)
    if before.expression is not None:
        return _rewriting(before.expression, after)
    return follows(before, after)


def _unknown(detail: str) -> Finding:
    return Finding(verdict=Verdict.UNKNOWN, by="reading", detail=detail)


def _rewriting(expression: Tree, after: Line) -> Finding:
    """`a` and then `a = b = c`: each side must equal the one before it."""
    if len(after.cases) == 1 and all(r.operator == "=" for r in after.cases[0]):
        case = after.cases[0]
        findings = [compare_expressions(r.left, r.right, forward=True) for r in case]
        start = compare_expressions(expression, case[0].left) if case else None
        if start is not None and start.verdict is Verdict.PROVED:
            return next((f for f in findings if f.verdict is not Verdict.PROVED), findings[0])
        if all(f.verdict is Verdict.PROVED for f in findings):
            return findings[0]
    return _unknown("an equation after an expression says nothing that can be checked")


def _from_earlier(earlier: Sequence[Line], after: Line) -> Finding | None:
    """Try each statement before, and all of them together."""
    claims = _claims(earlier[-1], after)
    known = [(n, line) for n, line in enumerate(earlier, start=1) if line.is_statement]
    if not known or not claims.is_statement:
        return None
    tries = [(f"line {n}", line) for n, line in known[: MAX_EARLIER - 1] if line != earlier[-1]]
    together = tuple(r for _, line in known if len(line.cases) == 1 for r in line.cases[0])
    if together and (len(known) > 1 or claims is not after):
        tries.append(("the lines before", Line(source="", cases=(together,))))
    for name, line in tries:
        found = follows(line, claims)
        if found.verdict is Verdict.PROVED:
            return replace(found, detail=f"it follows from {name}: {found.detail}")
    return None


def _claims(before: Line, after: Line) -> Line:
    """`= c` after `a = b` claims that b = c."""
    side = before.last_side
    if after.expression is None or side is None or not after.continues:
        return after
    claim = Relation(operator="=", left=side, right=after.expression)
    return Line(source=after.source, cases=((claim,),))


# --- the end against the beginning


def check_end(lines: Sequence[Line]) -> Finding | None:
    """Return what is wrong with the solutions in the last line, None where nothing is.

    A step may add solutions (squaring); at the end each must solve the first line.
    """
    statements = [(n, line) for n, line in enumerate(lines, start=1) if line.is_statement]
    if len(statements) < 2 or statements[-1][1] is not lines[-1]:
        return None
    (_, first), (_, last) = statements[0], statements[-1]
    if not _is_solved(last) or not set(first.letters) <= set(last.letters):
        return None
    if _is_solved(first) and any(r.operator != "=" for case in last.cases for r in case):
        return None  # from x > 3 to x > 2: a weaker bound, nothing that was to be solved
    back = follows(last, first)
    if back.verdict is not Verdict.REFUTED or holds_always(last):
        return None
    shown = ", ".join(back.lost[:SHOWN])
    origin = next(
        (
            n
            for (_, before), (n, after) in pairwise(statements)
            if set(back.lost) & set(follows(after, before).lost)
        ),
        None,
    )
    came = f"; it came in at line {origin}" if origin else ""
    return Finding(
        verdict=Verdict.REFUTED,
        by=back.by,
        detail="an extraneous solution",
        counterexample=f"{shown} does not solve line {statements[0][0]}{came}",
        relation="implies",
        added=back.lost,
    )


def _is_solved(line: Line) -> bool:
    """Whether every case gives letters, or bounds of letters, by constants."""
    return bool(line.cases) and all(case and all(map(_is_bound, case)) for case in line.cases)


def _is_bound(relation: Relation) -> bool:
    sides = (relation.left, relation.right)
    if relation.operator == "=":
        return isinstance(sides[0], Name) and not letters(sides[1])
    return any(isinstance(one, Name) and not letters(other) for one, other in (sides, sides[::-1]))
