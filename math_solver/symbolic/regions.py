"""Inequalities of one letter, several together, with absolute values: decided cell by cell."""

from collections.abc import Sequence

from assistants.answer import Check, Verdict
from assistants.errors import InputError
from math_solver.lines import Line
from math_solver.reading import Relation, spell
from math_solver.solution import SolutionStep, Work

from .cells import Cell, truths
from .normal_form import Beyond
from .truths import without_absolute

MAX_PIECES = 40


def solve_relations(relations: Sequence[Relation], letter: str) -> Work:
    """Solve relations that hold together. Raises `InputError` for other than rational ones."""
    shown = ", ".join(map(spell, relations))
    line = without_absolute(Line(source=shown, cases=(tuple(relations),)))
    try:
        found = truths(line.cases, letter)
    except Beyond as error:
        raise InputError(
            f"these inequalities are not ones of polynomials: {error}",
            hint="solve the equation for the boundary instead",
        ) from error
    answer = region_text(found, letter)
    points = ", ".join(cell.text(letter) for cell, _ in found if cell.factor is not None)
    step = SolutionStep(
        rule="sign chart",
        before=shown,
        after=answer,
        reason=f"the truth changes only at {points}" if points else "no corner cuts the line",
        verdict=Verdict.PROVED,
        check="each corner and one exact number between neighbours was tried",
    )
    check = Check(
        by="cells of the real line",
        verdict=Verdict.PROVED,
        detail="between the zeros of all sides' differences no relation changes its truth",
        sufficient=True,
    )
    return Work(answer=answer, checks=(check,), steps=(step,))


def region_text(found: Sequence[tuple[Cell, bool]], letter: str) -> str:
    """Write the cells that hold as inequalities: `x < 2 or 3 <= x < 5`."""
    pieces: list[str] = []
    index = 0
    while index < len(found):
        if not found[index][1]:
            index += 1
            continue
        start = index
        while index < len(found) and found[index][1]:
            index += 1
        pieces.append(_piece(found, start, index - 1, letter))
    if len(pieces) > MAX_PIECES:
        raise InputError(f"the solution has more than {MAX_PIECES} pieces")
    return " or ".join(pieces) or "no real solution"


def _piece(found: Sequence[tuple[Cell, bool]], start: int, end: int, letter: str) -> str:
    first, last = found[start][0], found[end][0]
    if start == end and first.factor is not None:
        return first.text(letter)
    low = found[start - 1][0] if first.factor is None and start else first
    high = found[end + 1][0] if last.factor is None and end + 1 < len(found) else last
    below = "<=" if first.factor is not None else "<"
    above = "<=" if last.factor is not None else "<"
    at_low, at_high = (_place(cell, letter) for cell in (low, high))
    if not at_low and not at_high:
        return f"every real number {letter}"
    if not at_low:
        return f"{letter} {above} {at_high}"
    if not at_high:
        return f"{letter} {below.replace('<', '>')} {at_low}"
    return f"{at_low} {below} {letter} {above} {at_high}"


def _place(cell: Cell, letter: str) -> str:
    """The number at a corner; nothing for the ends of the line."""
    if cell.factor is None:
        return ""
    return cell.text(letter).partition(" ")[2].partition(" ")[2]
