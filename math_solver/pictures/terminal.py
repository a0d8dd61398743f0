"""A scene in a terminal: lines of braille signs, each a raster of two by four dots.

Lines come as pieces of text with a style: a curve's number, or one of the names below.
"""

import math
from collections.abc import Iterator, Sequence
from itertools import pairwise
from typing import TypeAlias

from . import numbers
from .numberline import described_interval
from .scene import Area, Curve, Graph, NumberLine, Path, Point, Scene, Window

PLAIN, DIM, STRONG = -1, -2, -3
Piece: TypeAlias = tuple[str, int]
Line: TypeAlias = tuple[Piece, ...]
_ROWS = 20
_WIDEST = 72
_NARROWEST = 24
_DOTS = ((0x01, 0x08), (0x02, 0x10), (0x04, 0x20), (0x40, 0x80))
"""The bits of Unicode's braille signs by row and column."""


def terminal_lines(scene: Scene, width: int) -> tuple[Line, ...]:
    """Return a picture that is at most `width` columns wide (never less than about 30)."""
    if isinstance(scene, NumberLine):
        return tuple(_number_line(scene, max(_NARROWEST, min(width - 8, _WIDEST))))
    return tuple(_graph(scene, max(_NARROWEST, min(width - 10, _WIDEST))))


class Canvas:
    """A raster of dots over a window, and signs above them."""

    def __init__(self, window: Window, columns: int, rows: int) -> None:
        self.window, self.columns, self.rows = window, columns, rows
        self._bits = [[0] * columns for _ in range(rows)]
        self._styles = [[PLAIN] * columns for _ in range(rows)]
        self._signs: dict[tuple[int, int], Piece] = {}

    def dot_of(self, point: Point) -> Point:
        """Return the place of a point in dots from the upper left, not rounded."""
        window = self.window
        across = (point[0] - window.left) / window.width * (self.columns * 2 - 1)
        down = (window.top - point[1]) / window.height * (self.rows * 4 - 1)
        return across, down

    def cell_of(self, point: Point) -> tuple[int, int]:
        """Return the column and the row of the sign that a point lies in."""
        across, down = self.dot_of(point)
        return round(across) // 2, round(down) // 4

    def dot(self, across: int, down: int, style: int) -> None:
        """Set a dot; what lies outside is left out."""
        if 0 <= across < self.columns * 2 and 0 <= down < self.rows * 4:
            self._bits[down // 4][across // 2] |= _DOTS[down % 4][across % 2]
            self._styles[down // 4][across // 2] = style

    def line(self, start: Point, end: Point, style: int, *, dashed: bool = False) -> None:
        """Draw a straight line."""
        (x0, y0), (x1, y1) = self.dot_of(start), self.dot_of(end)
        steps = max(1, math.ceil(max(abs(x1 - x0), abs(y1 - y0))))
        for index in range(steps + 1):
            x, y = x0 + (x1 - x0) * index / steps, y0 + (y1 - y0) * index / steps
            if not dashed or (round(x) + round(y)) // 2 % 2:
                self.dot(round(x), round(y), style)

    def fill(self, area: Area) -> None:
        """Fill polygons with a thin pattern, even-odd."""
        outlines = [[self.dot_of(point) for point in polygon] for polygon in area.polygons]
        for down in range(0, self.rows * 4, 2):
            crossings = sorted(x for outline in outlines for x in _cuts(outline, down + 0.01))
            for low, high in zip(crossings[::2], crossings[1::2], strict=False):
                shift = down // 2 % 2
                for across in range(int(low) + 1, int(high) + 1):
                    if across % 4 == shift * 2:
                        self.dot(across, down, area.style % 4)

    def sign(self, cell: tuple[int, int], sign: str, style: int, *, below: bool = False) -> None:
        """Put a sign above the dots; with `below` only where there are none."""
        column, row = cell
        inside = 0 <= column < self.columns and 0 <= row < self.rows
        if inside and not (below and (self._bits[row][column] or cell in self._signs)):
            self._signs[cell] = (sign, style)

    def text(self, row: int) -> Iterator[Piece]:
        """Yield one row."""
        for column in range(self.columns):
            bits = self._bits[row][column]
            drawn = chr(0x2800 + bits) if bits else " "
            yield self._signs.get((column, row), (drawn, self._styles[row][column]))


def _cuts(outline: Sequence[Point], level: float) -> Iterator[float]:
    for index, (x0, y0) in enumerate(outline):
        x1, y1 = outline[(index + 1) % len(outline)]
        if (y0 > level) != (y1 > level):
            yield x0 + (level - y0) / (y1 - y0) * (x1 - x0)


def _graph(graph: Graph, columns: int) -> Iterator[Line]:
    window = graph.window
    rows = _ROWS
    if graph.equal:
        rows = round(columns / 2 * window.height / window.width)
        if rows > _ROWS + 4:
            rows = _ROWS + 4
            columns = max(_NARROWEST // 2, round(2 * rows * window.width / window.height))
        rows = max(rows, 5)
    canvas = Canvas(window, columns, rows)
    _draw(canvas, graph)
    left: dict[int, str] = {}
    if graph.axes:
        ys = numbers.ticks(window.bottom, window.top, max(3, rows // 4))
        step = ys[1] - ys[0] if len(ys) > 1 else 1.0
        left = {canvas.cell_of((window.left, y))[1]: numbers.tick_label(y, step) for y in ys}
    wide = max(map(len, left.values()), default=0)
    for row in range(rows):
        label = left.get(row, "").rjust(wide)
        edge = ("┤" if row in left else "│") if graph.axes else ""
        yield ((f"{label}{edge}", DIM), *_packed(canvas.text(row)))
    if graph.axes:
        yield from _below(graph, canvas, wide)
    yield from _key(graph)


def _draw(canvas: Canvas, graph: Graph) -> None:
    window = graph.window
    for area in graph.areas:
        canvas.fill(area)
    for curve in graph.curves:
        _trace(canvas, curve)
    for mark in graph.marks:
        canvas.sign(canvas.cell_of(mark.at), "○" if mark.open else "●", STRONG)
    for line in graph.asymptotes:
        if line.vertical:
            _rule(canvas, [(canvas.cell_of((line.at, 0.0))[0], row) for row in range(canvas.rows)],
                  "┆")  # fmt: skip
        else:
            row = canvas.cell_of((0.0, line.at))[1]
            _rule(canvas, [(column, row) for column in range(canvas.columns)], "┄")
    for note in graph.notes:
        said = note.text
        column, row = canvas.cell_of(note.at)
        for index, letter in enumerate(said):
            canvas.sign((column - len(said) // 2 + index, row), letter, STRONG)
    if not graph.axes:
        return
    if window.left <= 0 <= window.right:
        column = canvas.cell_of((0.0, 0.0))[0]
        _rule(canvas, [(column, row) for row in range(canvas.rows)], "│")
    if window.bottom <= 0 <= window.top:
        row = canvas.cell_of((0.0, 0.0))[1]
        _rule(canvas, [(column, row) for column in range(canvas.columns)], "─")


def _trace(canvas: Canvas, curve: Curve) -> None:
    for piece in curve.pieces:
        _path(canvas, piece, curve)


def _path(canvas: Canvas, piece: Path, curve: Curve) -> None:
    # A second curve is also told apart where there is no colour.
    dashed = curve.dashed or curve.style % 2 == 1
    for start, end in pairwise(piece):
        canvas.line(start, end, curve.style % 4, dashed=dashed)


def _rule(canvas: Canvas, cells: Sequence[tuple[int, int]], sign: str) -> None:
    for cell in cells:
        canvas.sign(cell, sign, DIM, below=True)


def _below(graph: Graph, canvas: Canvas, wide: int) -> Iterator[Line]:
    window = graph.window
    about = max(3, canvas.columns // 10)
    if graph.angles:
        xs = numbers.angle_ticks(window.left, window.right, about)
        labels = [numbers.exact(x) or numbers.decimal(x) for x in xs]
    else:
        xs = numbers.ticks(window.left, window.right, about)
        labels = [numbers.tick_label(x, xs[1] - xs[0] if len(xs) > 1 else 1.0) for x in xs]
    edge = ["─"] * canvas.columns
    row = [" "] * (canvas.columns + 6)
    free = 0
    for x, label in zip(xs, labels, strict=True):
        column = canvas.cell_of((x, window.bottom))[0]
        edge[column] = "┬"
        start = max(0, column - (len(label) - 1) // 2)
        if start >= free and start + len(label) <= len(row):
            row[start : start + len(label)] = label
            free = start + len(label) + 1
    yield ((f"{' ' * wide}└{''.join(edge)}", DIM),)
    yield ((f"{' ' * wide} {''.join(row).rstrip()}", DIM),)


def _key(graph: Graph) -> Iterator[Line]:
    for curve in graph.curves:
        if curve.label and curve.pieces:
            dashed = curve.dashed or curve.style % 2 == 1
            yield (("⠒⠂⠒⠂ " if dashed else "⠒⠒⠒⠒ ", curve.style % 4),
                   (curve.label, PLAIN))  # fmt: skip
    for area in graph.areas:
        if area.label:
            yield (("⠁⠄⠁⠄ ", area.style % 4), (area.label, PLAIN))
    shown = [f"{'○' if mark.open else '●'} {mark.label}" for mark in graph.marks if mark.label]
    if shown:
        yield (("   ".join(shown), PLAIN),)
    lines = [f"{'┆' if one.vertical else '┄'} {one.label}"
             for one in graph.asymptotes]  # fmt: skip
    if lines:
        yield (("   ".join(lines), DIM),)
    for remark in graph.remarks:
        yield ((remark, DIM),)


def _number_line(line: NumberLine, columns: int) -> Iterator[Line]:
    def column(value: float) -> int:
        return round((value - line.left) / (line.right - line.left) * (columns - 1))

    axis: list[Piece] = [("─", DIM)] * columns
    below, free = [" "] * (columns + 8), 0
    for value in numbers.ticks(line.left, line.right, max(3, columns // 9)):
        label, place = numbers.tick_label(value, 1.0), column(value)
        axis[place] = ("┼", DIM)
        start = max(0, place - (len(label) - 1) // 2)
        if start >= free:
            below[start : start + len(label)] = label
            free = start + len(label) + 1
    for one in line.intervals:
        low = 0 if one.low is None else column(one.low.at)
        high = columns - 1 if one.high is None else column(one.high.at)
        axis[low : high + 1] = [("━", 0)] * (high + 1 - low)
        if one.low is None:
            axis[0] = ("◀", 0)
        if one.high is None:
            axis[-1] = ("▶", 0)
        for end in (one.low, one.high):
            if end is not None:
                axis[column(end.at)] = ("●" if end.closed else "○", STRONG)
    yield ((" ", PLAIN), *_packed(axis), (f" {line.letter}", PLAIN))
    yield ((f" {''.join(below).rstrip()}", DIM),)
    said = " ∪ ".join(described_interval(one) for one in line.intervals)
    if said:
        yield ((f"{line.letter} ∈ {said}", PLAIN),)
    for remark in line.remarks:
        yield ((remark, DIM),)


def _packed(pieces: "Iterator[Piece] | Sequence[Piece]") -> Iterator[Piece]:
    """Join neighbours of the same style."""
    said, style = "", PLAIN
    for text, own in pieces:
        if own != style and said:
            yield said, style
            said = ""
        said, style = said + text, own
    if said:
        yield said, style
