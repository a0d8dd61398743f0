"""Inequalities between rational functions of one letter, by a sign chart with exact corners."""

from collections.abc import Sequence
from dataclasses import dataclass

import sympy as sp

from assistants.answer import Check, Verdict
from assistants.errors import InputError
from math_solver.reading import Relation, spell
from math_solver.solution import SolutionStep, Work

from . import Expression
from .build import Context, build, symbol
from .plain import plain
from .roots import polynomial_roots

NEGATIVE = frozenset({"<", "<="})


@dataclass(frozen=True, slots=True, kw_only=True)
class Piece:
    """An interval of the solution; a missing end is infinite, `low == high` is one point."""

    low: Expression | None
    high: Expression | None
    closed_low: bool
    closed_high: bool


def solve_inequality(relation: Relation, letter: str, context: Context | None = None) -> Work:
    """Solve `relation` (`<`, `<=`, `>` or `>=`) for `letter` over the real numbers."""
    unknown = symbol(letter)
    difference = sp.together(build(relation.left, context) - build(relation.right, context))
    top, bottom = (_polynomial(part, unknown) for part in sp.fraction(difference))
    steps: list[SolutionStep] = []
    zeros, poles = _corners(top, steps), _corners(bottom, [])
    corners = sorted({*zeros, *poles}, key=lambda corner: corner.evalf(40))
    signs = [_sign(top, bottom, corners, index) for index in range(len(corners) + 1)]
    pieces = _pieces(relation.operator, corners, signs, set(zeros) - set(poles))
    answer = _text(letter, pieces)
    steps = [_chart_step(relation, corners, signs, answer)]
    check = Check(
        by="sign chart",
        verdict=Verdict.PROVED,
        detail="between neighbouring zeros and poles the sign does not change, and none is"
        " missing by Sturm's theorem",
        sufficient=True,
    )
    return Work(answer=answer, checks=(check,), steps=tuple(steps))


def _polynomial(part: Expression, unknown: Expression) -> Expression:
    poly = sp.Poly(part, unknown) if part.is_polynomial(unknown) else None
    if poly is None or not (poly.domain.is_ZZ or poly.domain.is_QQ):
        raise InputError(
            "this inequality is not one of polynomials with rational coefficients",
            hint="solve the equation for the boundary instead",
        )
    return poly.to_field()


def _corners(poly: Expression, steps: list[SolutionStep]) -> tuple[Expression, ...]:
    if poly.degree() < 1:
        return ()
    found = polynomial_roots(poly, steps)
    if not found.complete:
        raise InputError("not every corner of the inequality was found")
    return tuple(dict.fromkeys(found.roots))


def _sign(top: Expression, bottom: Expression, corners: Sequence[Expression], index: int) -> int:
    """The sign of the quotient between two corners, at an exact rational point."""
    point = _between(
        corners[index - 1] if index else None, corners[index] if index < len(corners) else None
    )
    value = top.eval(point) * bottom.eval(point)
    return int(sp.sign(value))


def _between(low: Expression | None, high: Expression | None) -> Expression:
    """A rational strictly between two corners, checked exactly."""
    if low is None and high is None:
        return sp.Integer(0)
    if low is None:
        return sp.floor(high) - 1
    if high is None:
        return sp.floor(low) + 2
    middle = sp.Rational(str(((low + high) / 2).evalf(40)))
    if not (low < middle < high):
        raise InputError("two corners lie too close together")
    return middle


def _pieces(
    operator: str,
    corners: Sequence[Expression],
    signs: Sequence[int],
    zeros: set[Expression],
) -> list[Piece]:
    """Join the intervals of the right sign; corners belong where equality is allowed."""
    wanted = -1 if operator in NEGATIVE else 1
    closed = operator in {"<=", ">="}

    def belongs(corner: Expression) -> bool:
        return closed and corner in zeros

    pieces: list[Piece] = []
    for index, sign in enumerate(signs):
        low = corners[index - 1] if index else None
        high = corners[index] if index < len(corners) else None
        if sign == wanted or (closed and not sign):
            piece = Piece(
                low=low, high=high,
                closed_low=low is not None and belongs(low),
                closed_high=high is not None and belongs(high),
            )  # fmt: skip
            pieces.append(piece)
        elif high is not None and belongs(high) and signs[index + 1] != wanted:
            pieces.append(Piece(low=high, high=high, closed_low=True, closed_high=True))
    return _joined(pieces)


def _joined(pieces: Sequence[Piece]) -> list[Piece]:
    joined: list[Piece] = []
    for piece in pieces:
        last = joined[-1] if joined else None
        touching = last is not None and last.high is not None and last.high == piece.low
        if last is not None and touching and last.closed_high:
            joined[-1] = Piece(
                low=last.low, high=piece.high,
                closed_low=last.closed_low, closed_high=piece.closed_high,
            )  # fmt: skip
        else:
            joined.append(piece)
    return joined


def _text(letter: str, pieces: Sequence[Piece]) -> str:
    if not pieces:
        return "no real solution"
    return " or ".join(_piece_text(letter, piece) for piece in pieces)


def _piece_text(letter: str, piece: Piece) -> str:
    below, above = ("<=" if c else "<" for c in (piece.closed_low, piece.closed_high))
    match piece.low, piece.high:
        case None, None:
            return f"every real number {letter}"
        case None, high:
            return f"{letter} {above} {_corner(high)}"
        case low, None:
            return f"{letter} {'>=' if piece.closed_low else '>'} {_corner(low)}"
        case low, high if low == high:
            return f"{letter} = {_corner(low)}"
        case low, high:
            return f"{_corner(low)} {below} {letter} {above} {_corner(high)}"


def _corner(corner: Expression) -> str:
    if isinstance(corner, sp.polys.rootoftools.ComplexRootOf):
        return sp.sstr(corner.evalf(12), full_prec=False)
    return plain(corner)


def _chart_step(
    relation: Relation, corners: Sequence[Expression], signs: Sequence[int], answer: str
) -> SolutionStep:
    chart = "  ".join(
        f"{'+' if sign > 0 else '-' if sign < 0 else '0'}"
        + (f"  {_corner(c)}" if c is not None else "")
        for sign, c in zip(signs, [*corners, None], strict=True)
    )
    return SolutionStep(
        rule="sign chart",
        before=spell(relation),
        after=answer,
        reason=f"signs of the difference between its zeros and poles: {chart}",
        verdict=Verdict.PROVED,
        check="one exact value between neighbouring corners",
    )
