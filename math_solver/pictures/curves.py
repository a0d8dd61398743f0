"""Pictures of functions of one letter: their graphs with roots, extrema, gaps and areas."""

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction

from math_solver.reading import Relation, Tree, letters
from math_solver.render import to_unicode
from math_solver.symbolic.enclosure import Evaluator, Undecided

from . import numbers
from .features import Features, across, difference, features, places, up, waves
from .sampling import LARGEST, Gap, Sampler, Trace, trace
from .scene import Area, Asymptote, Curve, Graph, Mark, Point, Window
from .subjects import Functions, NoPicture

MOST_MARKS = 12
MOST_CURVES = 4
_FAMILY_LETTERS = ("k", "n", "m")
_COPIES = 24
"""How many members of a family of solutions are looked at on either side."""


def value_of(tree: Tree) -> float | None:
    """Return the number that a tree without letters is, None where it is no finite real one."""
    try:
        box = Evaluator({}, 30).box(tree)
    except Undecided:
        return None
    value = float(box.re.mid())
    return value if box.is_real and math.isfinite(value) else None


@dataclass(frozen=True, slots=True)
class _Drawn:
    """One formula on its way into the picture."""

    name: str
    tree: Tree
    function: Sampler
    found: Features


def functions_graph(subject: Functions, title: str) -> Graph:
    """Return the picture of functions, an equation of two sides, or an area."""
    if any(isinstance(tree, Relation) for _, tree in subject.formulas):
        raise NoPicture("a relation is no function")
    drawn = [_looked_at(name, tree, subject.letter) for name, tree in _worth(subject)]
    roots = _roots(subject)
    window = _window(subject, drawn, roots)
    traces = [trace(one.function, window) for one in drawn]
    if not any(one.pieces for one in traces):
        raise NoPicture("the function has no real value anywhere near")
    marks = _marks(subject, drawn, roots, window)
    for one, done in zip(drawn, traces, strict=True):
        marks += list(_gap_marks(one.function, done, window))
    kept = _apart([mark for mark in marks if window.holds(mark.at)], window)
    return Graph(
        title=title,
        window=window,
        curves=tuple(
            Curve(pieces=tuple(done.pieces), label=_label(one, subject), style=index)
            for index, (one, done) in enumerate(zip(drawn, traces, strict=True))
        ),
        areas=tuple(_areas(subject, drawn, window)),
        marks=tuple(kept),
        asymptotes=tuple(_asymptotes(subject.letter, drawn, traces, window)),
        angles=any(waves(one.tree) is not None for one in drawn) and _in_angles(window),
        names=(subject.letter, "" if subject.letter == "y" else "y"),
        remarks=("labels are rounded to four figures where no short exact number is seen",)
        if any("." in mark.label for mark in kept)
        else (),
    )


def _worth(subject: Functions) -> list[tuple[str, Tree]]:
    """Leave out a second side that is zero: the axis shows it."""
    formulas = list(subject.formulas[:MOST_CURVES])
    if subject.equation and len(formulas) == 2:
        kept = [one for one in formulas if letters(one[1]) or value_of(one[1]) != 0.0]
        return kept or formulas[:1]
    return formulas


def _looked_at(name: str, tree: Tree, letter: str) -> _Drawn:
    function = Sampler(tree, letter)
    return _Drawn(name, tree, function, features(function, places(tree, letter)))


def _label(one: _Drawn, subject: Functions) -> str:
    head = f"{one.name}({subject.letter})" if one.name else "y"
    return f"{head} = {to_unicode(one.tree)}"


def _roots(subject: Functions) -> list[float]:
    """Return the solutions of an equation: from the answer, else where the sides meet."""
    if not subject.equation:
        return []
    (_, left), (_, right) = subject.formulas
    gap = Sampler(difference(left, right), subject.letter)
    exact = [value for tree in subject.roots for value in _members(tree)]
    if exact:
        return [x for x in exact if _is_root(gap, x)]
    return list(features(gap, places(gap.tree, subject.letter)).roots)


def _members(tree: Tree) -> Iterator[float]:
    """Yield the value of a solution; of a family, its members round zero."""
    names = letters(tree)
    if not names:
        value = value_of(tree)
        if value is not None:
            yield value
    elif len(names) == 1 and names[0] in _FAMILY_LETTERS:
        member = Sampler(tree, names[0])
        for index in range(-_COPIES, _COPIES + 1):
            value = member(float(index))
            if value is not None:
                yield value


def _is_root(gap: Sampler, x: float) -> bool:
    """Whether the two sides meet at a place, up to rounding; a wrong mark is worse than none."""
    value = gap(x)
    if value is None:
        return False
    change = gap.slope(x, 1e-6 * max(1.0, abs(x)))
    return abs(value) <= max(1e-9, abs(change) if change is not None else 0.0)


def _window(subject: Functions, drawn: Sequence[_Drawn], roots: Sequence[float]) -> Window:
    asked = [value for tree in subject.points if (value := value_of(tree)) is not None]
    for pair in (subject.bounds, subject.limit and subject.limit[:1]):
        asked += [value for tree in pair or () if (value := value_of(tree)) is not None]
    periods = [period for one in drawn if (period := waves(one.tree)) is not None]
    period = max(periods, default=None)
    meets = _meeting(drawn) if subject.filled and len(drawn) == 2 else []
    near = _near(roots, period)
    chosen = [*asked, *near, *meets]
    if period is None:
        for one in drawn:
            found = one.found
            chosen += [*found.roots, *found.edges, *(x for x, _ in found.extrema)]
        if all(one.function(0.0) is not None for one in drawn) and not asked:
            chosen.append(0.0)
    broken = any(not list(_at_edge(one.function, x)) for one in drawn for x in one.found.edges)
    left, right = across(chosen, period, broken=broken)
    kept = _heights(drawn, [*asked, *near, *meets], (left, right), subject)
    functions = [one.function for one in drawn]
    bottom, top = up(functions, left, right, kept, broken=broken)
    return Window(left=left, right=right, bottom=bottom, top=top)


def _near(roots: Sequence[float], period: float | None) -> list[float]:
    """Of the members of a family only those of the first periods choose the window."""
    if period is None:
        return sorted(roots, key=abs)[: max(len(roots), 1)]
    return [root for root in roots if abs(root) <= period]


def _heights(
    drawn: Sequence[_Drawn], asked: Sequence[float], ends: Point, subject: Functions
) -> list[float]:
    """Return the heights that must be seen: of roots, extrema, intercepts and asked places."""
    kept: list[float] = []
    left, right = ends
    for one in drawn:
        found = one.found
        kept += [y for x, y in found.extrema if left <= x <= right]
        kept += [0.0 for x in found.roots if left <= x <= right]
        at = [*asked, *([0.0] if left <= 0 <= right else [])]
        kept += [value for x in at if (value := one.function(x)) is not None]
        kept += [y for x in found.edges for y in _at_edge(one.function, x)]
        levels = [_level(one.function, side) for side in (-1.0, 1.0)]
        kept += [level for level in levels if level is not None]
    if subject.filled:
        kept.append(0.0)
    if subject.limit is not None and (value := value_of(subject.limit[1])) is not None:
        kept.append(value)
    return kept


def _at_edge(function: Sampler, x: float) -> Iterator[float]:
    """Yield the heights at which a curve begins or ends at a place, if it comes to rest there."""
    for side in (-1.0, 1.0):
        near, nearer = function(x + side * 1e-6), function(x + side * 1e-10)
        if near is not None and nearer is not None and abs(near - nearer) < 0.01:
            yield nearer


def _meeting(drawn: Sequence[_Drawn]) -> list[float]:
    first, second = drawn[0], drawn[1]
    gap = Sampler(difference(first.tree, second.tree), first.function.letter)
    return list(features(gap, places(gap.tree, gap.letter)).roots)


# --- marks


def _marks(
    subject: Functions, drawn: Sequence[_Drawn], roots: Sequence[float], window: Window
) -> list[Mark]:
    marks: list[Mark] = []
    for tree in subject.points:
        x = value_of(tree)
        if x is not None and (y := drawn[0].function(x)) is not None:
            marks.append(_point(x, y))
    marks += [
        _point(x, 0.0 if len(drawn) == 1 else y)
        for x in roots
        if window.left <= x <= window.right and (y := drawn[0].function(x)) is not None
    ]
    if subject.equation:
        return marks
    if subject.filled and len(drawn) == 2:
        marks += [_point(x, drawn[0].function(x) or 0.0) for x in _meeting(drawn)]
        return marks
    for one in drawn[:2]:
        marks += [_point(x, y) for x, y in one.found.extrema]
        marks += [_point(x, 0.0) for x in one.found.roots]
        if (y := one.function(0.0)) is not None:
            marks.append(_point(0.0, y))
    return marks


def _point(x: float, y: float) -> Mark:
    y = 0.0 if abs(y) < 1e-12 else y
    return Mark(at=(x, y), label=f"({numbers.short(x)}, {numbers.short(y)})")


def _gap_marks(function: Sampler, done: Trace, window: Window) -> Iterator[Mark]:
    """Open circles at holes and jumps; a full one where a jump has its value."""
    for gap in done.gaps:
        if gap.kind not in {"hole", "jump"} or gap.before is None or gap.after is None:
            continue
        x, value = _tidy(gap.at), function(_tidy(gap.at))
        near = abs(gap.before - gap.after) < window.height / 500
        if not near and not _settled(function, gap, window):
            continue
        for end in [gap.before] if near else sorted({gap.before, gap.after}):
            full = value is not None and abs(value - end) < window.height / 500
            if not (near and full):
                label = _point(x, _tidy(end)).label if near else ""
                yield Mark(at=(x, _tidy(end)), label=label, open=not full)


def _settled(function: Sampler, gap: Gap, window: Window) -> bool:
    """Whether both sides come to rest before a gap; sin(1/x) has no value to jump from."""
    step = window.width * 2.0**-26
    sides = ((gap.at - step, gap.before), (gap.at + step, gap.after))
    values = [(function(x), end) for x, end in sides]
    return all(
        value is not None and end is not None and abs(value - end) < window.height / 500
        for value, end in values
    )


def _tidy(value: float) -> float:
    """Return the short fraction that a narrowed-down place is, else the place."""
    found = Fraction(value).limit_denominator(60) if abs(value) < 1e6 else None
    return float(found) if found is not None and abs(found - value) < 1e-7 else value


def _apart(marks: Sequence[Mark], window: Window) -> list[Mark]:
    """Leave out marks on top of others; the first, which matter most, stay."""
    kept: list[Mark] = []
    for mark in marks:
        x, y = mark.at
        beside = any(
            abs(x - other.at[0]) < window.width / 100 and abs(y - other.at[1]) < window.height / 70
            for other in kept
        )
        if not beside and (len(kept) < MOST_MARKS or not mark.label or mark.open):
            kept.append(mark)
    return kept


# --- asymptotes, areas, angles


def _asymptotes(
    letter: str, drawn: Sequence[_Drawn], traces: Sequence[Trace], window: Window
) -> Iterator[Asymptote]:
    seen: set[float] = set()
    for done in traces:
        for gap in done.gaps:
            at = _tidy(gap.at)
            if gap.kind == "pole" and round(at, 6) not in seen and abs(at) < math.inf:
                seen.add(round(at, 6))
                yield Asymptote(at=at, label=f"{letter} = {numbers.short(at)}")
    levels: set[float] = set()
    for one in drawn:
        for side in (-1.0, 1.0):
            level = _level(one.function, side)
            fits = level is not None and window.bottom < level < window.top
            if level is not None and fits and level != 0.0 and level not in levels:
                levels.add(level)
                yield Asymptote(at=level, vertical=False, label=f"y = {numbers.short(level)}")


def _level(function: Sampler, side: float) -> float | None:
    """Return the height that a curve comes ever nearer to far out, None for none or a constant."""
    if waves(function.tree) is not None:
        return None  # a few looks at a wave say nothing of it far out
    values = [function(side * 10.0**power) for power in (2, 5, 8, 11)]
    if any(value is None or abs(value) >= LARGEST for value in values):
        return None
    first, second, third, last = (value or 0.0 for value in values)
    steps = [abs(second - first), abs(third - second), abs(last - third)]
    if not steps[0] or steps[1] > steps[0] / 10 or steps[2] > steps[1] / 10 + 1e-12:
        return None
    return next(
        (float(f"{one:.12g}") for unit in (1.0, math.pi)
         if abs((one := round(last / unit * 12) / 12 * unit) - last) < 1e-6),
        last,
    )  # fmt: skip


def _areas(subject: Functions, drawn: Sequence[_Drawn], window: Window) -> Iterator[Area]:
    """Fill under the first function, or between the first two, inside the bounds."""
    if not subject.filled:
        return
    if subject.bounds is not None:
        ends = [value_of(tree) for tree in subject.bounds]
        low, high = (
            side if value is None else min(max(value, window.left), window.right)
            for value, side in zip(ends, (window.left, window.right), strict=True)
        )
    else:
        meets = _meeting(drawn)
        if len(meets) < 2:
            return
        low, high = min(meets), max(meets)
    low, high = min(low, high), max(low, high)
    upper, lower = drawn[0].function, drawn[1].function if len(drawn) == 2 else None
    polygons = tuple(_strips(upper, lower, low, high, window))
    yield Area(polygons=polygons, style=0)


def _strips(
    upper: Sampler, lower: Sampler | None, low: float, high: float, window: Window
) -> Iterator[tuple[Point, ...]]:
    """Yield one polygon for each stretch where both sides are proved continuous."""
    count = 160
    tops: list[Point] = []
    bottoms: list[Point] = []
    before: float | None = None
    for index in range(count + 1):
        x = low + (high - low) * index / count
        y, z = upper(x), (lower(x) if lower is not None else 0.0)
        going = before is None or all(
            one is None or one.bounds(before, x) is not None for one in (upper, lower)
        )
        if y is None or z is None or not going:
            if len(tops) > 1:
                yield (*tops, *reversed(bottoms))
            tops, bottoms, before = [], [], None
            continue
        tops.append((x, min(max(y, window.bottom), window.top)))
        bottoms.append((x, min(max(z, window.bottom), window.top)))
        before = x
    if len(tops) > 1:
        yield (*tops, *reversed(bottoms))


def _in_angles(window: Window) -> bool:
    return math.pi / 2 <= window.width <= 40 * math.pi
