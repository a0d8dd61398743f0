"""Wordings that relate points which are there: equal, parallel, on, between, similar."""

import re
from collections.abc import Mapping
from fractions import Fraction
from itertools import pairwise

from .draft import POINT, Build, Draft, fact, points_in
from .facts import Fact


def _equal(draft: Draft, *sides: str) -> list[Fact]:
    del draft
    named = re.findall(rf"{POINT}{POINT}", " ".join(sides))
    return [fact("cong", a, b) for a, b in pairwise(named)]


def _times(draft: Draft, first: str, number: str, second: str) -> list[Fact]:
    del draft
    return [fact("rconst", first, second, constant=Fraction(number.replace(" ", "")))]


def _half(draft: Draft, first: str, second: str) -> list[Fact]:
    del draft
    return [fact("rconst", first, second, constant=Fraction(1, 2))]


def _product(draft: Draft, a: str, b: str, c: str, d: str) -> list[Fact]:
    del draft
    return [fact("eqratio", a, c, d, b)]


def _square(draft: Draft, a: str, b: str, c: str) -> list[Fact]:
    return _product(draft, a, a, b, c)


def _quotient(draft: Draft, a: str, b: str, c: str, d: str) -> list[Fact]:
    del draft
    return [fact("eqratio", a, b, c, d)]


def _angles(draft: Draft, first: str, second: str) -> list[Fact] | None:
    one, two = draft.arms(first), draft.arms(second)
    return None if one is None or two is None else [Fact("sameangle", (*one, *two))]


def _measured(draft: Draft, angle: str, degrees: str) -> list[Fact] | None:
    arms = draft.arms(angle)
    value = Fraction(degrees.replace(" ", "")) / 180
    if arms is None or not 0 < value < 1:
        return None
    if value == Fraction(1, 2):
        return [Fact("perp", (arms[1], arms[0], arms[1], arms[2]))]
    return [Fact("angleis", arms, value)]


def _right(draft: Draft, angle: str) -> list[Fact] | None:
    return _measured(draft, angle, "90")


def _collinear(draft: Draft, points: str) -> list[Fact]:
    del draft
    return [fact("coll", points)]


def _midpoint(draft: Draft, point: str, side: str) -> list[Fact]:
    del draft
    return [fact("midp", point, side)]


def _midpoints(draft: Draft, points: str, sides: str) -> list[Fact] | None:
    del draft
    named, ends = points_in(points), re.findall(rf"{POINT}{POINT}", sides)
    if len(named) != len(ends):
        return None
    return [fact("midp", p, s) for p, s in zip(named, ends, strict=True)]


def within(draft: Draft, point: str, side: str) -> list[Fact]:
    """A point on a side lies between its ends."""
    found = [fact("coll", point, side)]
    return found if draft.goal else [*found, fact("between", point, side)]


def _on_line(draft: Draft, point: str, side: str) -> list[Fact]:
    del draft
    return [fact("coll", point, side)]


def _several_within(draft: Draft, points: str, side: str) -> list[Fact]:
    return [fact for point in points_in(points) for fact in within(draft, point, side)]


def _each_within(draft: Draft, points: str, sides: str) -> list[Fact] | None:
    named, ends = points_in(points), re.findall(rf"{POINT}{POINT}", sides)
    if len(named) != len(ends):
        return None
    return [f for p, s in zip(named, ends, strict=True) for f in within(draft, p, s)]


def _beyond(draft: Draft, point: str, side: str, last: str) -> list[Fact]:
    del draft
    first = next(p for p in points_in(side) if p != last)
    return [fact("coll", point, side), fact("between", last, first, point)]


def _equidistant(draft: Draft, point: str, side: str) -> list[Fact]:
    del draft
    a, b = points_in(side)
    return [fact("cong", point + a, point + b)]


def bisects(draft: Draft, line: str, side: str) -> list[Fact]:
    """A line passes through the midpoint of a side, which gets a name of ours."""
    middle = draft.fresh()
    draft.add([fact("midp", middle, side)])
    return [fact("coll", middle, line)]


def _bisector(draft: Draft, line: str, angle: str) -> list[Fact] | None:
    arms = draft.arms(angle)
    ends = points_in(line)
    if arms is None or arms[1] not in ends:
        return None
    other = next(p for p in ends if p != arms[1])
    a, vertex, c = arms
    inner = [] if draft.goal else [Fact("opposite", (a, c, vertex, other))]
    return [Fact("sameangle", (a, vertex, other, other, vertex, c)), *inner]


def _same_side(draft: Draft, first: str, second: str, line: str) -> list[Fact]:
    del draft
    return [fact("beside", first, second, line)]


def _other_side(draft: Draft, first: str, second: str, line: str) -> list[Fact]:
    del draft
    return [fact("opposite", first, second, line)]


def _perp(draft: Draft, first: str, second: str) -> list[Fact]:
    del draft
    return [fact("perp", first, second)]


def _para(draft: Draft, first: str, second: str) -> list[Fact]:
    del draft
    return [fact("para", first, second)]


def _simtri(draft: Draft, first: str, second: str) -> list[Fact] | None:
    del draft
    found = fact("simtri", first, second)
    return [found] if len(found.points) == 6 else None


def _contri(draft: Draft, first: str, second: str) -> list[Fact] | None:
    del draft
    found = fact("contri", first, second)
    return [found] if len(found.points) == 6 else None


WORDINGS: Mapping[str, Build] = {
    "equal": _equal,
    "times": _times,
    "half": _half,
    "product": _product,
    "square": _square,
    "quotient": _quotient,
    "perp": _perp,
    "para": _para,
    "angles": _angles,
    "measured": _measured,
    "right": _right,
    "collinear": _collinear,
    "midpoint": _midpoint,
    "midpoints": _midpoints,
    "within": within,
    "on_line": _on_line,
    "several_within": _several_within,
    "each_within": _each_within,
    "beyond": _beyond,
    "equidistant": _equidistant,
    "bisector": _bisector,
    "bisects": bisects,
    "same_side": _same_side,
    "other_side": _other_side,
    "simtri": _simtri,
    "contri": _contri,
}
"""What makes facts of a wording, by its name in `phrases.txt`."""
