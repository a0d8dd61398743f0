"""What matters on a curve: roots, extrema, poles, ends of the domain; and the window for them."""

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

from math_solver.reading import Binary, Call, Tree, letters
from math_solver.reading.tree import walk

from .sampling import LARGEST, Sampler
from .scene import Point

WAVES = frozenset({"sin", "cos", "tan", "cot", "sec", "csc"})
MOST = 12
"""Features that a window is made for; those nearest to zero count."""
_LOOKS = 400
_FAR = 1_000.0
_HALF = 5.0
"""Half the width of a window round a single place."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Features:
    """Places on one curve, each refined to about twelve figures."""

    roots: tuple[float, ...] = ()
    extrema: tuple[Point, ...] = ()
    edges: tuple[float, ...] = ()
    """Where the curve begins, ends or has a pole."""


def waves(tree: Tree) -> float | None:
    """Return the longest period of the trigonometric functions of a tree, None without any."""
    periods: list[float] = []
    for node in walk(tree):
        if isinstance(node, Call) and node.function in WAVES and letters(node):
            slope = _slope(node.arguments[0])
            if slope:
                periods.append(2 * math.pi / abs(slope))
    return max(periods, default=None)


def _slope(tree: Tree) -> float | None:
    """The factor of the letter in a linear argument, such as 2 in `2*x + 1`."""
    names = letters(tree)
    if len(names) != 1:
        return None
    values = [
        Sampler(tree, names[0])(float(place)) for place in (0, 1, 2)
    ]  # the ends and the middle of a straight line
    if None in values:
        return None
    first, second, third = (value or 0.0 for value in values)
    return second - first if abs(third - 2 * second + first) < 1e-9 else None


def places(tree: Tree, letter: str) -> list[float]:
    """Return where a function is looked at: evenly for waves, ever more widely for others."""
    period = waves(tree) if letter in letters(tree) else None
    if period is not None:
        return [(2 * index / _LOOKS - 1) * period * 1.0137 for index in range(_LOOKS + 1)]
    top = math.asinh(_FAR)
    offset = 1e-3  # no sample hits a round number, where poles and holes are
    return [math.sinh((2 * index / _LOOKS - 1) * top) + offset for index in range(_LOOKS + 1)]


def features(function: Sampler, at: Sequence[float]) -> Features:
    """Find what matters on a curve from looks at these places."""
    looks = [(x, function(x)) for x in at]
    roots: list[float] = []
    extrema: list[Point] = []
    edges: list[float] = []
    for (a, fa), (b, fb) in pairwise(looks):
        if (fa is None) != (fb is None):
            edges.append(_edge(function, a, b, defined_left=fa is not None))
        elif fa is not None and fb is not None and _changes(fa, fb):
            place, gap = _sign_change(function, a, b, fa)
            (edges if gap else roots).append(place)
    for (a, fa), (m, fm), (b, fb) in zip(looks, looks[1:], looks[2:], strict=False):
        if fa is None or fm is None or fb is None or not _turns(fa, fm, fb):
            continue
        x, y = _turn(function, a, m, b, lowest=fm < fa)
        reach = 1e-7 * max(1.0, abs(x))
        if abs(y) >= LARGEST or function.bounds(x - reach, x + reach) is None:
            edges.append(x)  # the highest that was found beside a pole is no extremum
        else:
            extrema.append((x, y))
    edges += _divisors(function, at)
    found = Features(
        roots=_distinct(roots),
        extrema=tuple((_tidy(x), y) for x, y in extrema),
        edges=_distinct(edges),
    )
    return _with_double_roots(found)


def _distinct(found: Sequence[float]) -> tuple[float, ...]:
    """Return places in order, one of several that only rounding tells apart."""
    kept: list[float] = []
    for place in sorted(map(_tidy, found)):
        if not kept or place - kept[-1] > 1e-9 * max(1.0, abs(place)):
            kept.append(place)
    return tuple(kept)


def _tidy(place: float) -> float:
    return 0.0 if abs(place) < 1e-12 else place


def _divisors(function: Sampler, at: Sequence[float]) -> Iterator[float]:
    """Yield where a divisor inside the formula is zero: poles and holes that no look may hit."""
    for node in walk(function.tree):
        if isinstance(node, Binary) and node.operator == "/" and letters(node.right):
            yield from features(function.of(node.right), at).roots


def _changes(before: float, after: float) -> bool:
    """Whether the sign changes; from zero to another value is no change, it came before."""
    return before > 0 >= after or before < 0 <= after


def _turns(before: float, here: float, after: float) -> bool:
    return (here - before) * (after - here) < 0


def _with_double_roots(found: Features) -> Features:
    touching = [x for x, y in found.extrema if abs(y) < 1e-12]
    roots = [r for r in found.roots if all(abs(r - x) > 1e-7 for x in touching)]
    return replace(found, roots=_distinct([*roots, *touching]))


def _edge(function: Sampler, a: float, b: float, *, defined_left: bool) -> float:
    for _ in range(60):
        middle = (a + b) / 2
        if (function(middle) is not None) is defined_left:
            a = middle
        else:
            b = middle
    return (a + b) / 2


def _sign_change(function: Sampler, a: float, b: float, fa: float) -> tuple[float, bool]:
    """Return where values stop having the sign of `fa`, and whether at a gap instead of a root."""
    left, right = fa, math.nan
    for _ in range(80):
        middle = (a + b) / 2
        value = function(middle)
        if value is None:
            return middle, True
        if value * math.copysign(1.0, fa) > 0:
            a, left = middle, value
        else:
            b, right = middle, value
    if math.isnan(right):
        return b, False  # the zero is the last place itself
    return (a + b) / 2, abs(left - right) > 1e-6 * max(1.0, abs(fa))


def _turn(function: Sampler, a: float, middle: float, b: float, *, lowest: bool) -> Point:
    """Return the extremum between two places by golden-section search (Kiefer 1953)."""
    sign, first, last = 1.0 if lowest else -1.0, a, b
    share = (math.sqrt(5) - 1) / 2

    def value(x: float) -> float:
        found = function(x)
        return math.inf if found is None else sign * found

    c, d = b - share * (b - a), a + share * (b - a)
    fc, fd = value(c), value(d)
    for _ in range(90):
        if b - a < 1e-9 * max(1.0, abs(middle)):
            break
        if fc < fd:
            b, d, fd = d, c, fc
            c = b - share * (b - a)
            fc = value(c)
        else:
            a, c, fc = c, d, fd
            d = a + share * (b - a)
            fd = value(d)
    x = _flat(function, (a + b) / 2)
    rounded = (round(x, places) for places in range(3))  # of a flat stretch, a round place
    x = next((one for one in rounded if first < one < last and value(one) <= value(x)), x)
    return x, sign * value(x)


def _flat(function: Sampler, x: float) -> float:
    """Return the place near by where the values on both sides are alike.

    A search by values alone knows a place to half the figures; this knows it to about twelve.
    """
    reach = 1e-6 * max(1.0, abs(x))
    a, b = x - reach, x + reach
    step = reach / 10
    start, end = function.slope(a, step), function.slope(b, step)
    if start is None or end is None or not _changes(start, end):
        return x
    for _ in range(60):
        middle = (a + b) / 2
        value = function.slope(middle, step)
        if value is None:
            return x
        if value == 0.0:
            return middle
        if (value < 0) == (start < 0):
            a = middle
        else:
            b = middle
    return (a + b) / 2


def across(
    places_that_matter: Sequence[float], period: float | None, *, broken: bool = False
) -> tuple[float, float]:
    """Return the left and the right of the window for these places.

    `broken` says that there are poles or ends of the domain; they are shown with more beside them.
    """
    if period is not None:
        low = min([-period, *places_that_matter])
        high = max([period, *places_that_matter])
        return (low, high) if high - low < 8 * period else (-period, period)
    near = sorted(places_that_matter, key=abs)[:MOST]
    if not near:
        return -_HALF, _HALF
    low, high = min(near), max(near)
    if low > 0 and low < 3 * (high - low) + _HALF:
        low = 0.0
    if high < 0 and -high < 3 * (high - low) + _HALF:
        high = 0.0
    span = high - low
    if span < 1e-9:
        half = max(_HALF, abs(low) / 4)
        return low - half, high + half
    pad = max(span * (0.9 if broken else 0.35), 1.0 if span > 0.5 else span)
    return low - pad, high + pad


def up(
    functions: Sequence[Sampler],
    left: float,
    right: float,
    kept: Sequence[float],
    *,
    broken: bool = False,
) -> Point:
    """Return the bottom and the top: `kept` heights are in it, and what is usual of the curves."""
    heights: list[float] = []
    for function in functions:
        looks = [function(left + (right - left) * (i + 0.37) / 160) for i in range(160)]
        heights += [value for value in looks if value is not None]
    heights.sort()
    if not heights:
        return (-1.0, 1.0) if not kept else (min(kept) - 1, max(kept) + 1)
    tenth = len(heights) // 20
    usual = heights[tenth], heights[-1 - tenth]
    low, high = (min(kept), max(kept)) if kept else usual
    room = max((2.4 if broken else 1.6) * (high - low), min(usual[1] - usual[0], right - left))
    if heights[-1] - heights[0] <= room:
        low, high = min(low, heights[0]), max(high, heights[-1])
    else:
        low, high = _grown(low, high, usual, room)
    if high - low < 1e-9 * max(1.0, abs(low)):
        return low - 1, high + 1
    pad = 0.08 * (high - low)
    return low - pad, high + pad


def _grown(low: float, high: float, usual: Point, room: float) -> Point:
    """Grow from what must be shown to what is usual, but not beyond the room that there is."""
    wanted_down, wanted_up = max(0.0, low - usual[0]), max(0.0, usual[1] - high)
    free, wanted = room - (high - low), wanted_down + wanted_up
    share = 1.0 if wanted <= free else max(0.0, free / wanted)
    return low - wanted_down * share, high + wanted_up * share


def difference(left: Tree, right: Tree) -> Tree:
    """Return left minus right."""
    return Binary(operator="-", left=left, right=right)
