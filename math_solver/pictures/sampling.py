"""Curves from formulas: adaptive sampling that never joins what may not be joined.

Two neighbouring points are joined only where ball arithmetic proves the function finite and real
on the whole interval between them; all functions here are continuous where their ball is finite.
Poles, jumps, holes and ends of the domain are therefore found by proof, not by a steep slope.
Near them intervals are halved until the gap is far below a pixel.
"""

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from itertools import pairwise
from typing import TypeAlias

import flint

from math_solver.reading import Tree
from math_solver.symbolic.enclosure import Box, Evaluator, Undecided

from .scene import Path, Point, Window

DIGITS = 30
START = 96
"""Intervals of the first look."""
FINEST = 2**-13
"""Smallest share of the width that is halved because a curve bends (a twelfth of a pixel)."""
GAP = 2**-40
"""Share of the width to which the place of a gap is narrowed."""
FLAT = 0.0006
"""How far from the chord a curve may be, as a share of the window (a quarter of a pixel)."""
BUDGET = 30_000
"""Evaluations of one curve; a wild function is drawn coarsely rather than for ever."""

Values: TypeAlias = Mapping[str, Fraction | Box]

LARGEST = 1e150
"""Stands for all that is larger, so that nothing overflows."""


def ball(low: float, high: float) -> Box:
    """Return a ball that certainly holds both ends and all between: they may be one bit apart."""
    return Box(re=flint.arb(low).union(flint.arb(high)), im=flint.arb(0))


class Sampler:
    """A formula of one letter as a function of floats, and as one of intervals."""

    def __init__(self, tree: Tree, letter: str, values: Values | None = None) -> None:
        self.tree, self.letter = tree, letter
        self.spent = 0
        self._values = dict(values or {})

    def of(self, tree: Tree) -> "Sampler":
        """Return another formula of the same letter, under the same values."""
        return Sampler(tree, self.letter, self._values)

    def __call__(self, x: float) -> float | None:
        """Return the value, None where there is no real one."""
        box = self._box(Fraction(x))
        if box is None or not box.re.is_finite():
            return None
        value = float(box.re.mid())
        wide = float(box.re.rad()) > 1e-3 * max(1.0, abs(value))
        if wide:
            return None
        if not math.isfinite(value) or abs(value) > LARGEST:
            return LARGEST if box.re > 0 else -LARGEST
        if value == 0.0 and not box.re.contains(0):  # too small for a float, and yet no zero
            return math.copysign(5e-324, 1 if box.re > 0 else -1)
        return value

    def slope(self, x: float, step: float) -> float | None:
        """Return the difference of the values on both sides, exact far beyond a float's figures."""
        left, right = (
            self._box(Fraction(x) - Fraction(step)),
            self._box(Fraction(x) + Fraction(step)),
        )
        return None if left is None or right is None else float((right.re - left.re).mid())

    def bounds(self, low: float, high: float) -> tuple[float, float] | None:
        """Return bounds of all values between two places; None where one may not exist."""
        box = self._box(ball(low, high))
        if box is None or not box.re.is_finite():
            return None
        return float(box.re.lower()), float(box.re.upper())

    def nowhere(self, low: float, high: float) -> bool:
        """Whether the value is certainly not real between two places."""
        self.spent += 1
        evaluator = Evaluator({**self._values, self.letter: ball(low, high)}, DIGITS)
        try:
            return not evaluator.box(self.tree).im.contains(0)
        except Undecided:
            return False

    def _box(self, place: Fraction | Box) -> Box | None:
        self.spent += 1
        evaluator = Evaluator({**self._values, self.letter: place}, DIGITS)
        try:
            box = evaluator.box(self.tree)
        except Undecided:
            return None
        # A value that is real after a detour through complex numbers is drawn as a value;
        # an interval that may make one is not joined.
        if not box.is_real:
            return None
        return None if evaluator.left_reals and isinstance(place, Box) else box


@dataclass(frozen=True, slots=True, kw_only=True)
class Gap:
    """A place where a curve stops: the values just before and just after it, None for none.

    `pole` says that the values grow beyond all bounds on one side at least.
    """

    at: float
    before: float | None
    after: float | None
    pole: bool = False

    @property
    def kind(self) -> str:
        """`pole`, `hole`, `jump`, or `edge` of the domain."""
        if self.pole:
            return "pole"
        if self.before is None or self.after is None:
            return "edge"
        scale = max(1.0, abs(self.before), abs(self.after))
        return "hole" if abs(self.before - self.after) < 1e-5 * scale else "jump"


@dataclass(slots=True, kw_only=True)
class Trace:
    """What sampling found: the pieces of a curve, cut at the window, and its gaps."""

    pieces: list[Path] = field(default_factory=list[Path])
    gaps: list[Gap] = field(default_factory=list[Gap])


def trace(function: Sampler, window: Window) -> Trace:
    """Return the curve of a function in a window."""
    segments: list[tuple[Point, Point]] = []
    gaps: list[Gap] = []
    xs = [window.left + window.width * index / START for index in range(START + 1)]
    values = [function(x) for x in xs]
    walk = _Walk(function, window, segments, gaps)
    for index in range(START):
        walk.interval(xs[index], values[index], xs[index + 1], values[index + 1])
    return Trace(pieces=_joined(segments, window), gaps=_merged(gaps, window))


@dataclass(slots=True)
class _Walk:
    function: Sampler
    window: Window
    segments: list[tuple[Point, Point]]
    gaps: list[Gap]

    def interval(self, a: float, fa: float | None, b: float, fb: float | None) -> None:
        """Add what is drawn between two places, by halving where needed."""
        width = (b - a) / self.window.width
        bounds = self.function.bounds(a, b)
        if bounds is not None and fa is not None and fb is not None:
            self.smooth(a, fa, b, fb, bounds)
        elif fa is None and fb is None and self.function.nowhere(a, b):
            return
        elif width <= FINEST or self.function.spent > BUDGET:
            self.narrow(a, fa, b, fb)
        else:
            middle = (a + b) / 2
            value = self.function(middle)
            self.interval(a, fa, middle, value)
            self.interval(middle, value, b, fb)

    def smooth(self, a: float, fa: float, b: float, fb: float, bounds: Point) -> None:
        """A continuous stretch: halve it until its chords look like it."""
        low, high = bounds
        outside = high < self.window.bottom or low > self.window.top
        fine = (b - a) / self.window.width <= FINEST or self.function.spent > BUDGET
        if outside:
            return
        middle = (a + b) / 2
        value = None if fine else self.function(middle)
        if value is None or self.flat(fa, value, fb, a, b):
            self.segments.append(((a, fa), (b, fb)))
            return
        for x, fx, z, fz in ((a, fa, middle, value), (middle, value, b, fb)):
            part = self.function.bounds(x, z)
            self.smooth(x, fx, z, fz, part if part is not None else bounds)

    def flat(self, fa: float, middle: float, fb: float, a: float, b: float) -> bool:
        """Whether the middle, and a quarter beside it, lie on the chord as far as one sees."""
        size = self.window.height * FLAT
        if abs(middle - (fa + fb) / 2) > size:
            return False
        quarter = self.function(a + (b - a) * 0.29)
        return quarter is not None and abs(quarter - (fa + (fb - fa) * 0.29)) <= size

    def narrow(self, a: float, fa: float | None, b: float, fb: float | None) -> None:
        """Narrow the place of a gap down, and draw up to it from both sides."""
        while b - a > max(self.window.width * GAP, abs(a) * 1e-14):
            if fa is not None and fb is not None and self.function.bounds(a, b) is not None:
                self.segments.append(((a, fa), (b, fb)))
                return
            middle = (a + b) / 2
            value = self.function(middle)
            if value is None and fa is not None and fb is not None:
                self.narrow(a, fa, middle, None)
                self.narrow(middle, None, b, fb)
                return
            if value is None and fa is None and fb is None:
                break
            if self.goes_on_left(a, fa, middle, value, b, fb):
                b, fb = middle, value
            else:
                a, fa = middle, value
        if fa is not None or fb is not None:
            pole = self.unbounded(a, fa, -1) or self.unbounded(b, fb, 1)
            at = b if fb is None else a if fa is None else (a + b) / 2
            self.gaps.append(Gap(at=at, before=fa, after=fb, pole=pole))

    def goes_on_left(  # noqa: PLR0917 - two ends and a middle, each with its value
        self, a: float, fa: float | None, middle: float, value: float | None,
        b: float, fb: float | None,
    ) -> bool:  # fmt: skip
        """Whether the gap lies in the left half; what is proved continuous is drawn."""
        if value is None:
            return fa is not None
        if fa is not None and self.function.bounds(a, middle) is not None:
            self.segments.append(((a, fa), (middle, value)))
            return False
        if fb is not None and self.function.bounds(middle, b) is not None:
            self.segments.append(((middle, value), (b, fb)))
            return True
        if fa is None or fb is None:
            return fa is None
        return abs(value - fa) > abs(fb - value)

    def unbounded(self, at: float, value: float | None, side: int) -> bool:
        """Whether values grow ever faster in powers of the distance, as 1/x and ln(x) do."""
        if value is None:
            return False
        width = self.window.width
        sizes = [self.function(at + side * width * 2.0**-power) for power in range(8, 36, 4)]
        known = [abs(size) for size in sizes if size is not None]
        if known and known[-1] >= LARGEST:
            return True
        steps = [after - before for before, after in pairwise(known)]
        growing = all(b >= 0.9 * a > 0 for a, b in pairwise(steps))
        return len(known) == len(sizes) and growing


def _joined(segments: list[tuple[Point, Point]], window: Window) -> list[Path]:
    """Join segments that meet, cut them at the window, and drop points on straight lines."""
    pieces: list[list[Point]] = []
    for start, end in sorted(segments):
        cut = clipped(start, end, window)
        if cut is None:
            continue
        if pieces and pieces[-1][-1] == cut[0]:
            pieces[-1].append(cut[1])
        else:
            pieces.append(list(cut))
    return [tuple(thinned(piece, window)) for piece in pieces]


def thinned(points: list[Point], window: Window) -> list[Point]:
    """Leave out points that lie on the line between their neighbours, as far as one sees."""
    kept = points[:1]
    for before, here in pairwise(points[1:]):
        (x0, y0), (x1, y1), (x2, y2) = kept[-1], before, here
        away = abs((x2 - x0) * (y1 - y0) - (x1 - x0) * (y2 - y0))
        if away > window.width * window.height * 2e-7:
            kept.append(before)
    return [*kept, points[-1]] if len(points) > 1 else kept


def clipped(start: Point, end: Point, window: Window) -> tuple[Point, Point] | None:
    """Return the part of a segment inside the window (Liang and Barsky 1984), None for none."""
    (x0, y0), (x1, y1) = start, end
    low, high = 0.0, 1.0
    sides = (
        (x0 - x1, x0 - window.left),
        (x1 - x0, window.right - x0),
        (y0 - y1, y0 - window.bottom),
        (y1 - y0, window.top - y0),
    )
    for direction, distance in sides:
        if direction == 0:
            if distance < 0:
                return None
            continue
        share = distance / direction
        if direction < 0:
            low = max(low, share)
        else:
            high = min(high, share)
    if low > high:
        return None

    def place(share: float, kept: Point) -> Point:
        exact_end = (share == 0.0 and kept == start) or (share == 1.0 and kept == end)
        return kept if exact_end else (x0 + share * (x1 - x0), y0 + share * (y1 - y0))

    return place(low, start), place(high, end)


def _merged(gaps: list[Gap], window: Window) -> list[Gap]:
    """Leave one gap where several lie within a pixel of each other."""
    kept: list[Gap] = []
    for gap in sorted(gaps, key=lambda one: one.at):
        if kept and gap.at - kept[-1].at < window.width * 2 * FINEST:
            last = kept.pop()
            gap = Gap(  # noqa: PLW2901
                at=last.at if last.after is None and last.before is not None else gap.at,
                before=last.before if last.before is not None else gap.before,
                after=gap.after if gap.after is not None else last.after,
                pole=gap.pole or last.pole,
            )
        kept.append(gap)
    return kept
