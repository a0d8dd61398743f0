"""Facts as linear equations: directions of lines, logarithms of lengths, lengths, their squares.

A direction is counted in half turns, so that equations between directions hold modulo 1.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from fractions import Fraction
from typing import TypeAlias

from .facts import Fact, Figure, holds, product_of

Segment: TypeAlias = tuple[str, str]


class Chase(StrEnum):
    """What equations are added up of."""

    ANGLES = "angles"
    RATIOS = "ratios"
    LENGTHS = "lengths"
    SQUARES = "squares"


@dataclass(frozen=True, slots=True)
class Equation:
    """A sum that is zero: of lengths (`power` 1), of their squares (2), or of directions (0).

    A sum of directions is a right angle, modulo half turns.
    """

    power: int
    terms: tuple[tuple[Segment, Fraction], ...]

    @property
    def points(self) -> tuple[str, ...]:
        """Every point in it."""
        return tuple(point for segment, _ in self.terms for point in segment)


Statement: TypeAlias = Fact | Equation


def equation(power: int, terms: Iterable[tuple[Segment, Fraction]]) -> Equation:
    """Return an equation in the one form that equal equations share."""
    total: dict[Segment, Fraction] = {}
    for segment, count in terms:
        key = between(*segment)
        total[key] = total.get(key, Fraction(0)) + count
    kept = sorted((segment, count) for segment, count in total.items() if count)
    first = kept[0][1] if kept else Fraction(1)
    return Equation(power, tuple((segment, count / first) for segment, count in kept))


def between(first: str, second: str) -> Segment:
    """Return the segment, or the line, of two points in either order."""
    return (first, second) if first <= second else (second, first)


@dataclass(frozen=True, slots=True)
class Form:
    """A linear form that is zero: its terms, and constants by name (1, or primes for ratios)."""

    terms: Mapping[Segment, Fraction]
    constants: Mapping[int, Fraction]

    def scaled(self, factor: Fraction) -> "Form":
        """Return the form times a number."""
        return Form(
            {key: factor * count for key, count in self.terms.items()},
            {key: factor * count for key, count in self.constants.items()},
        )

    def plus(self, other: "Form") -> "Form":
        """Return the sum of two forms."""
        return Form(
            _added(self.terms, other.terms),
            _added(self.constants, other.constants),
        )


def _added(first: Mapping, second: Mapping) -> dict:  # pyright: ignore[reportMissingTypeArgument]
    total = dict(first)
    for key, count in second.items():
        total[key] = total.get(key, Fraction(0)) + count
    return {key: count for key, count in total.items() if count}


def form_of(statement: Statement, chase: Chase) -> Form | None:
    """Return a statement as a form of one kind; None where it is none."""
    if isinstance(statement, Equation):
        if statement.power == {Chase.LENGTHS: 1, Chase.SQUARES: 2, Chase.ANGLES: 0}.get(chase):
            return Form(dict(statement.terms), {} if statement.power else {1: Fraction(-1, 2)})
        return None
    if chase is Chase.ANGLES:
        return _directions(statement)
    return _lengths(statement, chase)


def _form(
    terms: Iterable[tuple[Segment, Fraction | int]], constants: Mapping[int, Fraction]
) -> Form:
    total: dict[Segment, Fraction] = {}
    for key, count in terms:
        total[key] = total.get(key, Fraction(0)) + count
    return Form({k: v for k, v in total.items() if v}, {k: v for k, v in constants.items() if v})


def _directions(fact: Fact) -> Form | None:
    p = fact.points
    if fact.name not in {"para", "perp", "eqangle", "aconst"}:
        return None
    lines = [between(p[i], p[i + 1]) for i in range(0, len(p), 2)]
    if fact.name == "eqangle":
        return _form(zip(lines, (-1, 1, 1, -1), strict=True), {})
    constant = {"perp": Fraction(1, 2), "aconst": fact.constant or Fraction(0)}.get(
        fact.name, Fraction(0)
    )
    return _form(((lines[0], -1), (lines[1], 1)), {1: -constant})


def _lengths(fact: Fact, chase: Chase) -> Form | None:
    p = fact.points
    if fact.name == "eqratio" and chase is Chase.RATIOS:
        parts = [between(p[i], p[i + 1]) for i in range(0, 8, 2)]
        return _form(zip(parts, (1, -1, -1, 1), strict=True), {})
    if fact.name not in {"cong", "rconst"}:
        return None
    first, second = between(p[0], p[1]), between(p[2], p[3])
    ratio = fact.constant or Fraction(1)
    match chase:
        case Chase.RATIOS:
            return _form(((first, 1), (second, -1)), _primes(1 / ratio))
        case Chase.LENGTHS:
            return _form(((first, 1), (second, -ratio)), {})
        case _:
            return _form(((first, 1), (second, -(ratio**2))), {})


def _primes(ratio: Fraction) -> dict[int, Fraction]:
    """Return the exponents of a positive fraction's primes."""
    found: dict[int, Fraction] = {}
    for number, sign in ((ratio.numerator, 1), (ratio.denominator, -1)):
        rest, prime = number, 2
        while rest > 1:
            if prime * prime > rest:
                prime = rest
            while rest % prime == 0:
                found[prime] = found.get(prime, Fraction(0)) + sign
                rest //= prime
            prime += 1
    return {prime: count for prime, count in found.items() if count}


def combination(parts: Sequence[Form], wanted: Form) -> tuple[Fraction, ...] | None:
    """Return coefficients with which the terms of forms add up to those of another, or None.

    The constants are left to the caller.
    """
    keys = sorted({key for form in (*parts, wanted) for key in form.terms})
    rows = [
        [*(form.terms.get(key, Fraction(0)) for form in parts), wanted.terms.get(key, Fraction(0))]
        for key in keys
    ]
    pivots: list[int] = []
    for column in range(len(parts)):
        row = next((i for i in range(len(pivots), len(rows)) if rows[i][column]), None)
        if row is None:
            continue
        top = len(pivots)
        rows[top], rows[row] = rows[row], rows[top]
        pivots.append(column)
        first = rows[top][column]
        rows[top] = [value / first for value in rows[top]]
        for i, other in enumerate(rows):
            if i != top and other[column]:
                rows[i] = [x - other[column] * y for x, y in zip(other, rows[top], strict=True)]
    if any(row[-1] for row in rows[len(pivots) :]):
        return None
    found = [Fraction(0)] * len(parts)
    for row, column in zip(rows, pivots, strict=False):
        found[column] = row[-1]
    return tuple(found)


def summed(parts: Sequence[Form], counts: Sequence[Fraction]) -> Form:
    """Return the sum of forms times coefficients."""
    total = Form({}, {})
    for form, count in zip(parts, counts, strict=True):
        total = total.plus(form.scaled(count))
    return total


def canonical(statement: Statement) -> tuple[object, ...]:
    """Return what equal statements share, whatever order their points are written in."""
    if isinstance(statement, Equation):
        return ("equation", statement.power, statement.terms)
    name, p = statement.name, statement.points
    for chase in (Chase.ANGLES, Chase.RATIOS):
        form = form_of(statement, chase)
        if form is not None:
            return _normal(form, chase)
    match name:
        case "coll" | "cyclic" | "ncoll" | "diff":
            return (name, *sorted(p))
        case "midp":
            return (name, p[0], *sorted(p[1:]))
        case "circle":
            return (name, p[0], *sorted(p[1:]))
        case "simtri" | "simtrir" | "contri" | "contrir":
            pairs = list(zip(p[:3], p[3:], strict=True))
            turned = [(second, first) for first, second in pairs]
            return (name, *min(sorted(pairs), sorted(turned)))
        case _:
            return (name, *p)


def _normal(form: Form, chase: Chase) -> tuple[object, ...]:
    """Return a form divided by its first coefficient."""
    if not form.terms:
        return (chase.value, (), tuple(sorted(form.constants.items())))
    first = form.terms[min(form.terms)]
    factor = 1 / first if chase is not Chase.ANGLES else Fraction(1 if first > 0 else -1)
    scaled = form.scaled(factor)
    constants = scaled.constants
    if chase is Chase.ANGLES:
        constants = {key: count % 1 for key, count in constants.items() if count % 1}
    return (chase.value, tuple(sorted(scaled.terms.items())), tuple(sorted(constants.items())))


def holds_in(statement: Statement, figure: Figure, tolerance: float = 1e-8) -> bool:
    """Whether a statement is true in a figure."""
    if isinstance(statement, Fact):
        return holds(statement, figure, tolerance)
    try:
        if statement.power == 0:
            turned = product_of(
                ((figure[q] - figure[p]), int(count)) for (p, q), count in statement.terms
            )
            return abs(turned.real) < tolerance * abs(turned)
        sizes = [
            (count.numerator * abs(figure[q] - figure[p]) ** statement.power) / count.denominator
            for (p, q), count in statement.terms
        ]
        return abs(sum(sizes)) < tolerance * sum(map(abs, sizes))
    except ZeroDivisionError:
        return False
