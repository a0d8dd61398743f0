"""Formulas of two letters: where they are zero, and where several inequalities hold together.

Cells are halved as long as ball arithmetic does not decide them; only cells that stay undecided at
the finest level are cut by straight lines between the values at their corners (marching squares;
Lorensen and Cline 1987 in three dimensions). A cell in which a formula may have no value is left
out, so that nothing is drawn across a pole.
"""

from collections.abc import Callable, Iterator, Sequence
from fractions import Fraction

from math_solver.reading import Tree
from math_solver.symbolic.enclosure import Box, Evaluator, Undecided

from .sampling import DIGITS, ball, thinned
from .scene import Path, Point, Window

COARSEST = 8
FINEST = 256
FINEST_AREA = 128


class Field:
    """A formula of two letters as a function of points, and as one of rectangles."""

    def __init__(self, tree: Tree, letters: tuple[str, str]) -> None:
        self.tree, self.letters = tree, letters
        self._known: dict[Point, float | None] = {}

    def __call__(self, point: Point) -> float | None:
        """Return the value at a point, None where there is no real one."""
        if point not in self._known:
            box = self._box((Fraction(point[0]), Fraction(point[1])))
            self._known[point] = float(box.re.mid()) if box is not None else None
        return self._known[point]

    def bounds(self, low: Point, high: Point) -> tuple[float, float] | None:
        """Return bounds of all values in a rectangle; None where one may not exist."""
        box = self._box(tuple(ball(a, b) for a, b in zip(low, high, strict=True)))
        return (float(box.re.lower()), float(box.re.upper())) if box is not None else None

    def _box(self, place: Sequence[Fraction | Box]) -> Box | None:
        values = dict(zip(self.letters, place, strict=True))
        evaluator = Evaluator(values, DIGITS)
        try:
            box = evaluator.box(self.tree)
        except Undecided:
            return None
        return box if box.is_real and not evaluator.left_reals else None


class Grid:
    """The finest cells of a window, by column and row."""

    def __init__(self, window: Window, count: int) -> None:
        self.window, self.count = window, count

    def at(self, column: int, row: int) -> Point:
        """Return a corner."""
        window, share = self.window, self.count
        return (
            window.left + window.width * column / share,
            window.bottom + window.height * row / share,
        )

    def corners(self, column: int, row: int, size: int = 1) -> tuple[Point, Point, Point, Point]:
        """Return the corners of a square of cells, against the clock from the lower left."""
        right, top = column + size, row + size
        return (
            self.at(column, row), self.at(right, row), self.at(right, top), self.at(column, top),
        )  # fmt: skip

    def leaves(
        self, decide: Callable[[Point, Point], bool | None]
    ) -> Iterator[tuple[int, int, int, bool]]:
        """Yield squares (column, row, size) that are decided as true, and finest undecided ones."""
        size = self.count // COARSEST
        stack = [(c * size, r * size, size) for c in range(COARSEST) for r in range(COARSEST)]
        while stack:
            column, row, size = stack.pop()
            decided = decide(self.at(column, row), self.at(column + size, row + size))
            if decided is False:
                continue
            if decided or size == 1:
                yield column, row, size, bool(decided)
                continue
            half = size // 2
            stack += [(column + c, row + r, half) for c in (0, half) for r in (0, half)]


def zero_set(field: Field, window: Window) -> tuple[Path, ...]:
    """Return the lines along which a formula is zero."""
    grid = Grid(window, FINEST)

    def decide(low: Point, high: Point) -> bool | None:
        bounds = field.bounds(low, high)
        return False if bounds is not None and (bounds[0] > 0 or bounds[1] < 0) else None

    segments: list[tuple[Point, Point]] = []
    for column, row, _, _ in grid.leaves(decide):
        corners = grid.corners(column, row)
        if field.bounds(corners[0], corners[2]) is not None:
            segments += _crossings(field, corners)
    return tuple(tuple(thinned(list(path), window)) for path in chained(segments))


def _crossings(
    field: Field, corners: tuple[Point, Point, Point, Point]
) -> list[tuple[Point, Point]]:
    values = [field(corner) for corner in corners]
    if any(value is None for value in values):
        return []
    known = [value or 0.0 for value in values]
    cut: list[Point] = []
    for index in range(4):
        a, b = known[index], known[(index + 1) % 4]
        if (a >= 0) != (b >= 0):
            cut.append(_between(corners[index], corners[(index + 1) % 4], a, b))
    if len(cut) == 2:
        return [(cut[0], cut[1])]
    if len(cut) == 4:  # a saddle: the value in the middle tells which corners are joined
        middle = sum(known) / 4
        turned = (middle >= 0) == (known[0] >= 0)
        first = cut if turned else [cut[3], *cut[:3]]
        return [(first[0], first[1]), (first[2], first[3])]
    return []


def _between(first: Point, second: Point, a: float, b: float) -> Point:
    """Return where a straight line from value a to value b is zero; the same both ways round."""
    if second < first:
        first, second, a, b = second, first, b, a
    share = a / (a - b)
    return (
        first[0] + share * (second[0] - first[0]),
        first[1] + share * (second[1] - first[1]),
    )


def chained(segments: Sequence[tuple[Point, Point]]) -> Iterator[Path]:
    """Join segments that share an end into lines, as far as they go."""
    at: dict[Point, list[int]] = {}
    for index, pair in enumerate(segments):
        for end in pair:
            at.setdefault(end, []).append(index)
    free = set(range(len(segments)))

    def onward(end: Point) -> Iterator[Point]:
        while True:
            following = next((index for index in at[end] if index in free), None)
            if following is None:
                return
            free.discard(following)
            a, b = segments[following]
            end = b if a == end else a
            yield end

    for index, (start, end) in enumerate(segments):
        if index in free:
            free.discard(index)
            forth = list(onward(end))
            back = list(onward(start))
            yield (*reversed(back), start, end, *forth)


def region(
    fields: Sequence[Field], window: Window, *, positive: Sequence[bool]
) -> tuple[Path, ...]:
    """Return the outline of where each formula has its sign: loops, to be filled even-odd."""
    grid = Grid(window, FINEST_AREA)
    signs = [1.0 if one else -1.0 for one in positive]
    edges: dict[tuple[Point, Point], None] = {}

    def decide(low: Point, high: Point) -> bool | None:
        sure = True
        for field, sign in zip(fields, signs, strict=True):
            bounds = field.bounds(low, high)
            if bounds is None:
                sure = False
                continue
            least, most = sorted((sign * bounds[0], sign * bounds[1]))
            if most < 0:
                return False
            sure = sure and least > 0
        return True if sure else None

    for column, row, size, full in grid.leaves(decide):
        if full:
            _add(edges, _outline(grid, column, row, size))
        else:
            polygon: list[Point] = list(grid.corners(column, row))
            for field, sign in zip(fields, signs, strict=True):
                polygon = _cut(polygon, field, sign)
            _add(edges, polygon)
    loops = chained(list(edges))
    return tuple(tuple(thinned(list(loop), window)) for loop in loops)


def _outline(grid: Grid, column: int, row: int, size: int) -> list[Point]:
    """The border of a square of cells, with every corner of the finest cells on it."""
    steps = range(size)
    return [
        *(grid.at(column + step, row) for step in steps),
        *(grid.at(column + size, row + step) for step in steps),
        *(grid.at(column + size - step, row + size) for step in steps),
        *(grid.at(column, row + size - step) for step in steps),
    ]


def _cut(polygon: list[Point], field: Field, sign: float) -> list[Point]:
    """Return the part of a polygon where a formula has a sign (Sutherland and Hodgman 1974)."""
    values = [field(point) for point in polygon]
    if any(value is None for value in values):
        return []
    signed = [sign * (value or 0.0) for value in values]
    kept: list[Point] = []
    for index, point in enumerate(polygon):
        following = (index + 1) % len(polygon)
        a, b = signed[index], signed[following]
        if a >= 0:
            kept.append(point)
        if (a >= 0) != (b >= 0):
            crossing = _between(point, polygon[following], a, b)
            if crossing not in (point, polygon[following]):
                kept.append(crossing)
    return kept


def _add(edges: dict[tuple[Point, Point], None], polygon: Sequence[Point]) -> None:
    """Add the edges of a polygon; an edge that a neighbour has the other way round goes."""
    for index, start in enumerate(polygon):
        end = polygon[(index + 1) % len(polygon)]
        if start == end:
            continue
        if (end, start) in edges:
            del edges[end, start]
        else:
            edges[start, end] = None
