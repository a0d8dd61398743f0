"""Pictures of equations and inequalities in two letters: lines, regions, common points."""

from collections.abc import Iterator, Sequence
from itertools import combinations

from math_solver.reading import Name, Relation, Tree, letters
from math_solver.render import to_unicode

from . import numbers
from .curves import value_of
from .features import difference, features, places, up
from .fields import Field, region, zero_set
from .sampling import Sampler, trace
from .scene import Area, Curve, Graph, Mark, Path, Point, Window
from .subjects import NoPicture, Relations

MOST_RELATIONS = 4
_DEFAULT = 6.0


def relations_graph(subject: Relations, title: str) -> Graph:
    """Return the picture of relations in two letters."""
    relations = subject.relations[:MOST_RELATIONS]
    pair = subject.letters
    fields = [Field(difference(one.left, one.right), pair) for one in relations]
    solutions = list(_solutions(subject, fields))
    window = _window(relations, pair, fields, solutions)
    curves: list[Curve] = []
    for index, (relation, field) in enumerate(zip(relations, fields, strict=True)):
        pieces = _pieces(relation, pair, field, window)
        strict = relation.operator in {"<", ">"}
        curves.append(Curve(pieces=pieces, label=to_unicode(relation), style=index, dashed=strict))
    areas: list[Area] = []
    if relations[0].operator != "=":
        positive = [one.operator in {">", ">="} for one in relations]
        polygons = region(fields, window, positive=positive)
        areas = [Area(polygons=polygons, label="all hold", style=len(relations))]
    if not any(curve.pieces for curve in curves) and not any(area.polygons for area in areas):
        raise NoPicture("no point near the origin fits")
    outside = any(one.operator in {"<", ">"} for one in relations)
    marks = [
        Mark(at=at, label=f"({numbers.short(at[0])}, {numbers.short(at[1])})", open=outside)
        for at in solutions
    ]
    ratio = window.width / window.height
    return Graph(
        title=title,
        window=window,
        curves=tuple(curves),
        areas=tuple(areas),
        marks=tuple(mark for mark in marks if window.holds(mark.at)),
        equal=0.4 < ratio < 2.5,
        names=pair,
    )


def _solutions(subject: Relations, fields: Sequence[Field]) -> Iterator[Point]:
    """Yield the solutions of the answer that lie on every line; without one, where lines meet."""
    known = False
    for first, second in subject.solutions:
        x, y = value_of(first), value_of(second)
        if x is not None and y is not None and all(_on(field, (x, y)) for field in fields):
            known = True
            yield (x, y)
    explicit = [_function(one, subject.letters) for one in subject.relations]
    if known or any(one is None for one in explicit):
        return
    for first, second in combinations([one for one in explicit if one is not None], 2):
        gap = Sampler(difference(first, second), subject.letters[0])
        for x in features(gap, places(gap.tree, gap.letter)).roots:
            y = Sampler(first, gap.letter)(x)
            if y is not None:
                yield (x, y)


def _on(field: Field, point: Point) -> bool:
    """Whether a point lies on a line, up to a change of its letters far below a pixel."""
    value = field(point)
    if value is None:
        return False
    x, y = point
    step = 1e-6 * max(1.0, abs(x), abs(y))
    near = [field((x + step, y)), field((x, y + step))]
    return abs(value) <= max([1e-9, *(abs(one - value) for one in near if one is not None)])


def _function(relation: Relation, pair: tuple[str, str]) -> Tree | None:
    """Return f where a relation is y = f(x) or f(x) = y (or an inequality of that form)."""
    across, upwards = pair
    for own, other in ((relation.left, relation.right), (relation.right, relation.left)):
        if isinstance(own, Name) and own.name == upwards and set(letters(other)) <= {across}:
            return other
    return None


def _pieces(
    relation: Relation, pair: tuple[str, str], field: Field, window: Window
) -> tuple[Path, ...]:
    tree = _function(relation, pair)
    if tree is not None:
        return tuple(trace(Sampler(tree, pair[0]), window).pieces)
    return zero_set(field, window)


def _window(
    relations: Sequence[Relation], pair: tuple[str, str], fields: Sequence[Field],
    solutions: Sequence[Point],
) -> Window:  # fmt: skip
    """Return a window round the solutions, and where the lines meet the axes."""
    xs = [0.0, *(x for x, _ in solutions)]
    ys = [0.0, *(y for _, y in solutions)]
    for field in fields:
        xs += _zeros(field, pair[0], pair[1])
        ys += _zeros(field, pair[1], pair[0])
    functions = [_function(one, pair) for one in relations]
    left, right = _padded(xs)
    if all(one is not None for one in functions):
        samplers = [Sampler(one, pair[0]) for one in functions if one is not None]
        bottom, top = up(samplers, left, right, ys)
    else:
        bottom, top = _padded(ys)
    return Window(left=left, right=right, bottom=bottom, top=top)


def _zeros(field: Field, letter: str, other: str) -> list[float]:
    """Return where a line meets the axis of a letter, the nearest few."""
    sampler = Sampler(field.tree, letter, {other: numbers.ZERO})
    found = features(sampler, places(field.tree, letter)).roots
    return sorted(found, key=abs)[:4]


def _padded(values: Sequence[float]) -> Point:
    low, high = min(values), max(values)
    if high - low < 1e-9:
        return low - _DEFAULT, high + _DEFAULT
    pad = max(0.25 * (high - low), 0.5)
    return low - pad, high + pad
