"""Statements of plane geometry, and how one is measured in a figure.

A fact is a predicate with its points, in the notation of JGEX and Newclid (Chou, Gao and Zhang;
https://github.com/Newclid/Newclid):

    coll a b c …        on one line                 cyclic a b c d …    on one circle
    para a b c d        ab ∥ cd                     perp a b c d        ab ⊥ cd
    cong a b c d        |ab| = |cd|                 midp m a b          m is the midpoint of ab
    circle o a b c      o is as far from a, b, c    rconst a b c d r    |ab| = r·|cd|
    eqangle a b c d e f g h    the angle from line ab to line cd is that from ef to gh, modulo 180°
    eqratio a b c d e f g h    |ab| : |cd| = |ef| : |gh|
    aconst a b c d r           the angle from line ab to line cd is r·180°, modulo 180°
    simtri/contri a b c p q r  similar/congruent triangles, turned alike; simtrir/contrir: mirrored

    sameangle a b c d e f      the angles abc and def are equal, whichever way they turn
    angleis a b c r            the angle abc is r·180°, whichever way it turns

and of these a figure decides, since they are open conditions or inequalities:

    diff a b …     ncoll a b c …     npara a b c d     nperp a b c d
    sameclock a b c p q r     the two triangles are turned alike
    sameside a b c p q r      a lies between b and c if and only if p lies between q and r
    nsameside                 the contrary of it
    between a b c             a lies between b and c
    opposite a b p q          a and b lie on different sides of the line pq
    beside a b p q            a and b lie on the same side of the line pq
    left a b c                the triangle abc turns to the left
"""

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any, TypeAlias

from assistants.errors import InputError

Number: TypeAlias = Any
"""A complex number: `complex`, or mpmath's for more digits. Its parts are real numbers."""
Figure: TypeAlias = Mapping[str, Number]

ARITY: Mapping[str, int] = {
    "para": 4, "perp": 4, "cong": 4, "midp": 3, "circle": 4, "eqangle": 8, "eqratio": 8,
    "aconst": 4, "rconst": 4, "simtri": 6, "simtrir": 6, "contri": 6, "contrir": 6, "npara": 4,
    "nperp": 4, "sameclock": 6, "sameside": 6, "nsameside": 6, "between": 3, "opposite": 4,
    "beside": 4, "left": 3, "sameangle": 6, "angleis": 3,
    "coll": 0, "cyclic": 0, "diff": 0, "ncoll": 0,
}  # fmt: skip
"""How many points a predicate takes; 0 is any number."""
CONSTANTS = frozenset({"aconst", "rconst", "angleis"})
UNDIRECTED = frozenset({"sameangle", "angleis"})
"""Facts about angles as school measures them; `directed` makes equations of lines of them."""
CONDITIONS = frozenset(
    {"diff", "ncoll", "npara", "nperp", "sameclock", "sameside", "nsameside", "between",
     "opposite", "beside", "left"}
)  # fmt: skip
"""Facts that a figure decides."""
MARGIN = 1e-6
"""How far a condition must be from failing to count as true in a figure."""


@dataclass(frozen=True, slots=True)
class Fact:
    """A predicate, its points, and the constant of `aconst` (in half turns) and `rconst`."""

    name: str
    points: tuple[str, ...]
    constant: Fraction | None = None

    def __str__(self) -> str:
        end = () if self.constant is None else (str(self.constant),)
        return " ".join((self.name, *self.points, *end))

    @property
    def condition(self) -> bool:
        """Whether a figure decides it, and no proof."""
        return self.name in CONDITIONS


@dataclass(frozen=True, slots=True, kw_only=True)
class Block:
    """Points that are placed together, what holds of them, and what a figure must show.

    `facts` place the points; `conditions` only throw figures away.
    """

    points: tuple[str, ...]
    facts: tuple[Fact, ...] = ()
    conditions: tuple[Fact, ...] = ()


def read_fact(text: str) -> Fact:
    """Read `coll a b c`. Raises `InputError`."""
    name, *rest = text.split() or [""]
    constant = None
    if name in CONSTANTS and rest:
        constant = _constant(rest.pop(), name)
    wanted = ARITY.get(name)
    if wanted is None:
        raise InputError(f"'{name}' is no statement of geometry", hint=f"one of {', '.join(ARITY)}")
    if (wanted and len(rest) != wanted) or len(rest) < 2:
        raise InputError(f"'{text}' has {len(rest)} points", hint=f"{name} takes {wanted or '2+'}")
    return Fact(name, tuple(rest), constant)


def _constant(text: str, name: str) -> Fraction:
    """Read `1pi/3`, `pi/3`, `60o`, `1/2`; an angle comes back in half turns."""
    try:
        if text.endswith("o"):
            return Fraction(text[:-1]) / 180
        if "pi" in text:
            over, _, under = text.partition("pi")
            return Fraction(over or 1) / Fraction(under.removeprefix("/") or 1)
        return Fraction(text)
    except (ValueError, ZeroDivisionError):
        raise InputError(
            f"'{text}' is no constant of {name}", hint="such as 60o, 1pi/3 or 1/2"
        ) from (None)


# --- measures in a figure


def residuals(fact: Fact, figure: Figure) -> list[Number]:
    """Return real numbers that are all zero where the fact holds; they have no scale."""
    p = [figure[name] for name in fact.points]
    match fact.name:
        case "coll":
            return [_sine(p[1] - p[0], q - p[0]) for q in p[2:]]
        case "para":
            return [_sine(p[1] - p[0], p[3] - p[2])]
        case "perp":
            return [_cosine(p[1] - p[0], p[3] - p[2])]
        case "cong":
            return [_difference(p[1] - p[0], p[3] - p[2])]
        case "rconst":
            ratio = fact.constant or Fraction(1)
            return [_difference((p[1] - p[0]) * ratio.denominator, (p[3] - p[2]) * ratio.numerator)]
        case "midp":
            gap = (p[1] + p[2] - 2 * p[0]) / abs(p[1] - p[2])
            return [gap.real, gap.imag]
        case "circle":
            return [_difference(p[0] - p[1], p[0] - q) for q in p[2:]]
        case _:
            return _further(fact, p)


def _further(fact: Fact, p: list[Number]) -> list[Number]:
    match fact.name:
        case "cyclic":
            near, far = p[0] - p[2], p[1] - p[2]
            return [_imaginary(near * (p[1] - q) * (far * (p[0] - q)).conjugate()) for q in p[3:]]
        case "eqangle":
            first = (p[3] - p[2]) * (p[1] - p[0]).conjugate()
            return [_imaginary(first * ((p[7] - p[6]) * (p[5] - p[4]).conjugate()).conjugate())]
        case "eqratio":
            return [_difference((p[1] - p[0]) * (p[7] - p[6]), (p[3] - p[2]) * (p[5] - p[4]))]
        case "aconst":
            turned = (p[3] - p[2]) * (p[1] - p[0]).conjugate()
            return [_imaginary(turned * _turn(-(fact.constant or Fraction(0)), turned))]
        case "simtri" | "simtrir" | "contri" | "contrir":
            return _triangles(fact.name, p)
        case "sameangle":
            return [_cosine(p[0] - p[1], p[2] - p[1]) - _cosine(p[3] - p[4], p[5] - p[4])]
        case "angleis":
            turned = _turn(fact.constant or Fraction(0), p[0])
            return [_cosine(p[0] - p[1], p[2] - p[1]) - turned.real]
        case _:
            raise InputError(f"'{fact}' is not measured, a figure decides it")


def _triangles(name: str, p: list[Number]) -> list[Number]:
    first, second = p[1] - p[0], p[2] - p[0]
    third, fourth = p[4] - p[3], p[5] - p[3]
    if name.endswith("trir"):
        third, fourth = third.conjugate(), fourth.conjugate()
    gap = (second * third - fourth * first) / (abs(second * third) + abs(fourth * first))
    same = [_difference(first, third)] if name.startswith("con") else []
    return [gap.real, gap.imag, *same]


def product_of(factors: Iterable[tuple[Number, int]]) -> Number:
    """Return the product of powers of numbers, each brought to length one."""
    total: Number = 1
    for number, power in factors:
        unit = number / abs(number)
        total = total * (unit if power > 0 else unit.conjugate()) ** abs(power)
    return total


def _turn(half_turns: Fraction, like: Number) -> Number:
    """Return e^(i·pi·x) in the arithmetic of another number."""
    if isinstance(like, complex):
        return complex(math.cos(math.pi * half_turns), math.sin(math.pi * half_turns))
    context: Any = like.context
    return context.expjpi(context.mpf(half_turns.numerator) / half_turns.denominator)


def _imaginary(product: Number) -> Number:
    return product.imag / abs(product)


def _sine(first: Number, second: Number) -> Number:
    return _imaginary(first.conjugate() * second)


def _cosine(first: Number, second: Number) -> Number:
    product = first.conjugate() * second
    return product.real / abs(product)


def _difference(first: Number, second: Number) -> Number:
    one, two = abs(first), abs(second)
    return (one - two) / (one + two)


def holds(fact: Fact, figure: Figure, tolerance: float = 1e-8) -> bool:
    """Whether a fact is true in a figure: nearly for a statement, clearly for a condition."""
    try:
        if fact.condition:
            return _condition_holds(fact, [complex(figure[name]) for name in fact.points])
        return all(abs(value) < tolerance for value in residuals(fact, figure))
    except ZeroDivisionError:
        return False


def directed(fact: Fact, figure: Figure) -> Fact:
    """Return a fact about angles as the equation of lines that is true in a figure."""
    p = fact.points
    if fact.name == "sameangle":
        first, second = (p[1], p[0], p[1], p[2]), (p[4], p[3], p[4], p[5])
        alike = Fact("eqangle", (*first, *second))
        return (
            alike if holds(alike, figure) else Fact("eqangle", (*first, *second[2:], *second[:2]))
        )
    if fact.name == "angleis":
        constant = fact.constant or Fraction(0)
        lines = (p[1], p[0], p[1], p[2])
        alike = Fact("aconst", lines, constant % 1)
        return alike if holds(alike, figure) else Fact("aconst", lines, -constant % 1)
    if fact.name in {"simtri", "contri"} and not holds(fact, figure):
        return Fact(fact.name + "r", fact.points)
    return fact


def _condition_holds(fact: Fact, p: list[complex]) -> bool:
    match fact.name:
        case "diff":
            return min(abs(a - b) for i, a in enumerate(p) for b in p[:i]) > MARGIN
        case "ncoll":
            return any(abs(_sine(p[1] - p[0], q - p[0])) > MARGIN for q in p[2:])
        case "npara":
            return abs(_sine(p[1] - p[0], p[3] - p[2])) > MARGIN
        case "nperp":
            return abs(_cosine(p[1] - p[0], p[3] - p[2])) > MARGIN
        case "sameclock":
            return _area(p[:3]) * _area(p[3:]) > 0
        case "left":
            return _area(p) > MARGIN
        case "sameside":
            return _inside(p[0], p[1], p[2]) * _inside(p[3], p[4], p[5]) > 0
        case "nsameside":
            return _inside(p[0], p[1], p[2]) * _inside(p[3], p[4], p[5]) < 0
        case "between":
            return _inside(p[0], p[1], p[2]) < -MARGIN
        case "opposite" | "beside":
            sides = _area([p[2], p[3], p[0]]) * _area([p[2], p[3], p[1]])
            return sides < -(MARGIN**2) if fact.name == "opposite" else sides > MARGIN**2
        case _:
            return False


def _area(p: Sequence[complex]) -> float:
    """Twice the area of a triangle, positive if it turns to the left."""
    return ((p[1] - p[0]).conjugate() * (p[2] - p[0])).imag


def _inside(middle: complex, first: complex, second: complex) -> float:
    """Return the cosine of the angle under which an end is seen from another."""
    product = (first - middle).conjugate() * (second - middle)
    return product.real / abs(product)
