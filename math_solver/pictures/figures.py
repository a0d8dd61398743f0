"""Pictures of what is no graph: number lines, terms of a sequence, figures of geometry."""

import math
from collections.abc import Callable, Mapping, Sequence

from math_solver.lines import Case
from math_solver.reading import Name, Tree, spell
from math_solver.render import to_unicode

from . import numbers
from .curves import value_of
from .scene import Curve, End, Graph, Interval, Mark, Note, NumberLine, Path, Point, Window
from .subjects import Intervals, NoPicture, Shape, Terms

_ROUND = 96
"""Corners of what is drawn round."""


# --- number lines


def number_line(subject: Intervals, title: str) -> NumberLine:
    """Return the solutions of inequalities on the line."""
    intervals = tuple(_interval(case, subject.letter) for case in subject.cases)
    ends = [end.at for one in intervals for end in (one.low, one.high) if end is not None]
    low, high = (min(ends), max(ends)) if ends else (0.0, 0.0)
    pad = max(0.35 * (high - low), 0.2 * abs(low), 1.0) if ends else 5.0
    left, right = low - pad, high + pad
    if 0 < left < right - left:  # zero is a landmark, where it costs little room
        left = -0.1 * right
    if left - right < right < 0:
        right = -0.1 * left
    remark = () if intervals else ("no number solves it",)
    return NumberLine(
        title=title,
        letter=subject.letter,
        left=left,
        right=right,
        intervals=intervals,
        remarks=remark,
    )


def _interval(case: Case, letter: str) -> Interval:
    low: End | None = None
    high: End | None = None
    for relation in case:
        left, right, operator = relation.left, relation.right, relation.operator
        if not (isinstance(left, Name) and left.name == letter):
            left, right = right, left
            operator = {"<": ">", "<=": ">=", ">": "<", ">=": "<="}.get(operator, operator)
        if not (isinstance(left, Name) and left.name == letter):
            raise NoPicture("the solution is no interval between numbers")
        end = _end(right, closed=operator in {"<=", ">=", "="})
        if operator in {">", ">=", "="}:
            low = end if low is None or end.at > low.at else low
        if operator in {"<", "<=", "="}:
            high = end if high is None or end.at < high.at else high
        if operator == "!=":
            raise NoPicture("a line without single points is not drawn")
    return Interval(low=low, high=high)


def _end(tree: Tree, *, closed: bool) -> End:
    value = value_of(tree)
    if value is None:
        raise NoPicture(f"the place of {spell(tree)} on the line is not known")
    return End(at=value, closed=closed, label=to_unicode(tree))


# --- sequences


def terms_graph(subject: Terms, title: str) -> Graph:
    """Return the terms of a sequence as points; one that was asked for is an open circle."""
    values = [value_of(tree) for tree in (*subject.values, *filter(None, [subject.asked]))]
    known = [value for value in values if value is not None]
    if len(known) < len(values):
        raise NoPicture("a term of the sequence has no real value")
    last = len(subject.values)
    marks = tuple(
        Mark(at=(float(n), value), label=numbers.short(value), open=n > last)
        for n, value in enumerate(known, start=1)
    )
    low, high = min([0.0, *known]), max([0.0, *known])
    pad = 0.12 * (high - low) or 1.0
    window = Window(left=0.4, right=len(known) + 0.6, bottom=low - pad, top=high + pad)
    remark = (f"the open circle is term {last + 1}, which was asked for",) if subject.asked else ()
    return Graph(title=title, window=window, marks=marks, names=("n", "a"), remarks=remark)


# --- figures


def shape_figure(subject: Shape, title: str) -> Graph:
    """Return a figure of geometry with its measures beside it."""
    draw = FIGURES.get(subject.name)
    sizes = [value_of(tree) for tree in subject.measures]
    known = [value for value in sizes if value is not None and value > 0]
    if draw is None or len(known) < len(sizes):
        raise NoPicture(f"a figure of this kind is not drawn: {subject.name}")
    shown = [to_unicode(tree) for tree in subject.measures]
    curves, notes, remark = draw(known, shown, subject.given)
    points = [point for curve in curves for piece in curve.pieces for point in piece]
    xs, ys = [x for x, _ in points], [y for _, y in points]
    pad = 0.18 * max(max(xs) - min(xs), max(ys) - min(ys))
    window = Window(
        left=min(xs) - pad, right=max(xs) + pad, bottom=min(ys) - pad, top=max(ys) + pad
    )
    return Graph(
        title=title,
        window=window,
        curves=curves,
        notes=notes,
        axes=False,
        equal=True,
        remarks=(remark,) if remark else (),
    )


Drawing = tuple[tuple[Curve, ...], tuple[Note, ...], str]


def _line(*points: Point, dashed: bool = False, closed: bool = False) -> Curve:
    path = (*points, points[0]) if closed else points
    return Curve(pieces=(path,), dashed=dashed)


def _arc(centre: Point, across: float, up: float, start: float = 0, end: float = 360) -> Path:
    """An arc of an ellipse, angles in degrees."""
    steps = [start + (end - start) * index / _ROUND for index in range(_ROUND + 1)]
    return tuple(
        (
            centre[0] + across * math.cos(math.radians(step)),
            centre[1] + up * math.sin(math.radians(step)),
        )
        for step in steps
    )


def _circle(sizes: Sequence[float], shown: Sequence[str], given: str) -> Drawing:
    whole = given == "diameter"
    radius = sizes[0] / 2 if whole else sizes[0]
    start = (-radius, 0.0) if whole else (0.0, 0.0)
    curves = (
        Curve(pieces=(_arc((0, 0), radius, radius),)),
        _line(start, (radius, 0.0)),
    )
    name = "d" if whole else "r"
    return curves, (Note(at=(0.0 if whole else radius / 2, radius * 0.09),
                         text=f"{name} = {shown[0]}"),), ""  # fmt: skip


def _rectangle(sizes: Sequence[float], shown: Sequence[str], given: str) -> Drawing:
    del given
    width, height = sizes[0], sizes[-1]
    gap = 0.07 * max(width, height)
    notes = (
        Note(at=(width / 2, -gap), text=shown[0]),
        Note(at=(width + gap, height / 2), text=shown[-1]),
    )
    return (_line((0, 0), (width, 0), (width, height), (0, height), closed=True),), notes, ""


def _triangle(sizes: Sequence[float], shown: Sequence[str], given: str) -> Drawing:
    if given != "base" or len(sizes) != 2:
        raise NoPicture("a triangle is drawn by its base and height")
    base, height = sizes
    foot, size = base * 0.35, 0.06 * max(base, height)
    curves = (
        _line((0, 0), (base, 0), (foot, height), closed=True),
        _line((foot, height), (foot, 0), dashed=True),
        _line((foot + size, 0), (foot + size, size), (foot, size)),
    )
    notes = (
        Note(at=(base / 2, -size * 1.4), text=shown[0]),
        Note(at=(foot + size * 1.6, height * 0.45), text=shown[1]),
    )
    return curves, notes, "one of the triangles with this base and height"


def _right_triangle(sizes: Sequence[float], shown: Sequence[str], given: str) -> Drawing:
    del given
    if len(sizes) != 2:
        raise NoPicture("a right triangle is drawn by its legs")
    first, second = sizes
    size = 0.06 * max(sizes)
    curves = (
        _line((0, 0), (first, 0), (0, second), closed=True),
        _line((size, 0), (size, size), (0, size)),
    )
    notes = (
        Note(at=(first / 2, -size * 1.4), text=shown[0]),
        Note(at=(-size * 1.6, second / 2), text=shown[1]),
    )
    return curves, notes, ""


def _sphere(sizes: Sequence[float], shown: Sequence[str], given: str) -> Drawing:
    del given
    radius = sizes[0]
    curves = (
        Curve(pieces=(_arc((0, 0), radius, radius),)),
        Curve(pieces=(_arc((0, 0), radius, radius * 0.28, 180, 360),)),
        Curve(pieces=(_arc((0, 0), radius, radius * 0.28, 0, 180),), dashed=True),
        _line((0.0, 0.0), (radius, 0.0)),
    )
    return curves, (Note(at=(radius / 2, radius * 0.09), text=f"r = {shown[0]}"),), ""


def _round_body(sizes: Sequence[float], shown: Sequence[str], *, pointed: bool) -> Drawing:
    if len(sizes) != 2:
        raise NoPicture("this body is drawn by its radius and height")
    radius, height = sizes
    flat = min(radius * 0.28, height * 0.2)
    sides = (
        _line((-radius, 0.0), (0.0, height), (radius, 0.0))
        if pointed
        else Curve(pieces=(((-radius, 0.0), (-radius, height)), ((radius, 0.0), (radius, height))))
    )
    curves = (
        Curve(pieces=(_arc((0, 0), radius, flat, 180, 360),)),
        Curve(pieces=(_arc((0, 0), radius, flat, 0, 180),), dashed=True),
        sides,
        *(() if pointed else (Curve(pieces=(_arc((0, height), radius, flat),)),)),
        _line((0.0, 0.0), (radius, 0.0)),
        _line((0.0, 0.0), (0.0, height), dashed=True),
    )
    size = 0.07 * max(radius, height)
    notes = (
        Note(at=(radius + size * 1.8, 0.0), text=f"r = {shown[0]}"),
        Note(at=(-size * 1.6, height * 0.4), text=f"h = {shown[1]}"),
    )
    return curves, notes, ""


def _cylinder(sizes: Sequence[float], shown: Sequence[str], given: str) -> Drawing:
    del given
    return _round_body(sizes, shown, pointed=False)


def _cone(sizes: Sequence[float], shown: Sequence[str], given: str) -> Drawing:
    del given
    return _round_body(sizes, shown, pointed=True)


def _cube(sizes: Sequence[float], shown: Sequence[str], given: str) -> Drawing:
    del given
    side = sizes[0]
    away = side * 0.38
    hidden: Point = (away, away)
    front = _line((0, 0), (side, 0), (side, side), (0, side), closed=True)
    back: Path = ((0, side), (away, side + away), (side + away, side + away), (side + away, away),
                  (side, 0))  # fmt: skip
    curves = (
        front,
        Curve(pieces=(back, ((side, side), (side + away, side + away)))),
        Curve(
            pieces=(
                ((0, 0), hidden), (hidden, (side + away, away)), (hidden, (away, side + away)),
            ),
            dashed=True,
        ),
    )  # fmt: skip
    return curves, (Note(at=(side / 2, -0.09 * side), text=shown[0]),), ""


FIGURES: Mapping[str, Callable[[Sequence[float], Sequence[str], str], Drawing]] = {
    "circle": _circle,
    "square": _rectangle,
    "rectangle": _rectangle,
    "triangle": _triangle,
    "right triangle": _right_triangle,
    "sphere": _sphere,
    "cylinder": _cylinder,
    "cone": _cone,
    "cube": _cube,
}
"""The figures of `symbolic.figures`, each by its name."""
