"""A scene as SVG: compact, accessible, light and dark, without scripts, fonts or network.

Colours stand as attributes for every renderer; a style sheet changes them where the reader's
system is dark. All text is escaped.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from . import numbers
from .numberline import number_line_svg
from .placing import Placer
from .scene import Graph, Mark, NumberLine, Path, Point, Scene
from .sheet import Sheet, compact, document, text

WIDTH, HEIGHT = 560.0, 360.0
"""Size of the plot itself in pixels, without what stands round it."""
_LEFT, _RIGHT, _BOTTOM = 52.0, 30.0, 34.0
_ENTRY = 20.0
_LONGEST = 64
"""Letters of a label in the legend."""


def to_svg(scene: Scene) -> str:
    """Return a scene as one SVG document."""
    if isinstance(scene, NumberLine):
        return number_line_svg(scene)
    return _Writer(scene).document()


@dataclass(slots=True)
class _Writer:
    graph: Graph
    parts: list[str] = field(default_factory=list[str])
    sheet: Sheet = field(init=False)
    placer: Placer = field(init=False)

    def __post_init__(self) -> None:
        graph = self.graph
        width, height = WIDTH, HEIGHT
        if graph.equal:
            scale = min(WIDTH / graph.window.width, HEIGHT / graph.window.height)
            width, height = graph.window.width * scale, graph.window.height * scale
        rows = len(_legend(graph, width + _LEFT))
        top = 24.0 + _ENTRY * rows if graph.axes else 8.0
        left = _LEFT if graph.axes else 8.0
        self.sheet = Sheet(window=graph.window, left=left, top=top, width=width, height=height)
        self.placer = Placer(self.sheet)

    def document(self) -> str:
        sheet, graph = self.sheet, self.graph
        for curve in graph.curves:
            for piece in curve.pieces:
                self.placer.avoid([sheet.at(point) for point in piece])
        if graph.axes:
            self.frame()
        self.areas()
        self.asymptotes()
        self.curves()
        self.marks()
        self.notes()
        right, bottom = (_RIGHT, _BOTTOM) if graph.axes else (8.0, 8.0)
        size = (sheet.right + right, sheet.bottom + bottom)
        return document(graph.title, described(graph), size, self.parts)

    def frame(self) -> None:
        """Grid, axes, ticks with their labels, and the legend."""
        graph, sheet, window = self.graph, self.sheet, self.graph.window
        across, upwards = max(4, round(sheet.width / 65)), max(3, round(sheet.height / 48))
        if graph.equal:
            upwards = max(1, round(across * sheet.height / sheet.width))
        if graph.angles:
            xs = numbers.angle_ticks(window.left, window.right, across)
            labels = [numbers.exact(x) or numbers.decimal(x) for x in xs]
        else:
            xs = numbers.ticks(window.left, window.right, across)
            xs = [x for x in xs if graph.curves or graph.areas or x == round(x)]
            labels = [numbers.tick_label(x, _gap(xs)) for x in xs]
        ys = numbers.ticks(window.bottom, window.top, upwards)
        grid = "".join(f"M{compact(sheet.x(x))} {compact(sheet.top)}v{compact(sheet.height)}"
                       for x in xs)  # fmt: skip
        grid += "".join(f"M{compact(sheet.left)} {compact(sheet.y(y))}h{compact(sheet.width)}"
                        for y in ys)  # fmt: skip
        self.parts.append(f'<path class="g" d="{grid}" fill="none" stroke="#d8dee4"/>')
        for x, label in zip(xs, labels, strict=True):
            self.parts.append(text((sheet.x(x), sheet.bottom + 16), label, anchor="middle"))
        for y in ys:
            label = numbers.tick_label(y, _gap(ys))
            self.parts.append(text((sheet.left - 7, sheet.y(y) + 4), label, anchor="end"))
        self.axes()
        self.legend()

    def axes(self) -> None:
        graph, sheet, window = self.graph, self.sheet, self.graph.window
        level = window.bottom <= 0 <= window.top
        upright = window.left <= 0 <= window.right
        y = sheet.y(0.0) if level else sheet.bottom
        x = sheet.x(0.0) if upright else sheet.left
        lines = f"M{compact(sheet.left)} {compact(y)}h{compact(sheet.width + 6)}"
        lines += f"M{compact(x)} {compact(sheet.bottom)}v{compact(-sheet.height - 6)}"
        self.parts.append(f'<path class="a" d="{lines}" fill="none" stroke="#57606a"/>')
        self.parts.append(text((sheet.right + 10, y + 4), graph.names[0], slanted=True))
        self.parts.append(text((x, sheet.top - 10), graph.names[1], anchor="middle", slanted=True))
        self.placer.avoid_line((sheet.left, y), (sheet.right, y), 0.3)
        self.placer.avoid_line((x, sheet.top), (x, sheet.bottom), 0.3)

    def legend(self) -> None:
        y = 18.0
        for row in _legend(self.graph, self.sheet.width + _LEFT):
            x = 10.0
            for style, dashed, label, filled in row:
                if filled:
                    self.parts.append(
                        f'<rect class="f{style % 4}" x="{compact(x)}" y="{compact(y - 10)}" '
                        f'width="22" height="11" fill="{COLOURS[style % 4]}" fill-opacity=".2"/>'
                    )
                else:
                    self.parts.append(_stroke(f"M{compact(x)} {compact(y - 4)}h22", style, dashed))
                self.parts.append(text((x + 28, y), label))
                x += 28 + 7.2 * len(label) + 18
            y += _ENTRY

    def areas(self) -> None:
        for area in self.graph.areas:
            lines = "".join(_path(self.sheet, polygon, closed=True) for polygon in area.polygons)
            style = area.style % 4
            self.parts.append(
                f'<path class="f{style}" d="{lines}" fill="{COLOURS[style]}" fill-opacity=".2" '
                'fill-rule="evenodd"/>'
            )

    def asymptotes(self) -> None:
        sheet = self.sheet
        for line in self.graph.asymptotes:
            if line.vertical:
                x = sheet.x(line.at)
                path = f"M{compact(x)} {compact(sheet.top)}v{compact(sheet.height)}"
                start, end = (x, sheet.top), (x, sheet.bottom)
                at = (x, sheet.top + 12)
            else:
                y = sheet.y(line.at)
                path = f"M{compact(sheet.left)} {compact(y)}h{compact(sheet.width)}"
                start, end = (sheet.left, y), (sheet.right, y)
                at = (sheet.right - 4 - 7 * len(line.label), y)
            self.parts.append(
                f'<path class="a d" d="{path}" fill="none" stroke="#57606a" '
                'stroke-dasharray="5 4"/>'
            )
            self.placer.avoid_line(start, end)
            self.parts.append(self.placer.label(at, line.label))

    def curves(self) -> None:
        for curve in self.graph.curves:
            lines = "".join(_path(self.sheet, piece) for piece in curve.pieces)
            if lines:
                style = curve.style if self.graph.axes else 4
                self.parts.append(_stroke(lines, style, curve.dashed))

    def marks(self) -> None:
        for mark in self.graph.marks:
            self.placer.avoid_box(self.sheet.at(mark.at), 5.0)
        for mark in self.graph.marks:
            self.parts.append(_dot(self.sheet.at(mark.at), mark))
        for mark in self.graph.marks:
            if mark.label:
                self.parts.append(self.placer.label(self.sheet.at(mark.at), mark.label))

    def notes(self) -> None:
        for note in self.graph.notes:
            x, y = self.sheet.at(note.at)
            self.parts.append(text((x, y + 4), note.text, anchor="middle", size=14))


COLOURS = ("#0969da", "#bc4c00", "#1a7f37", "#8250df", "#1f2328")
"""By style; the last is for figures."""


def _stroke(path: str, style: int, dashed: bool) -> str:  # noqa: FBT001
    index = 4 if style == 4 else style % 4
    dash = ' stroke-dasharray="7 5"' if dashed else ""
    return (
        f'<path class="s{index}" d="{path}" fill="none" stroke="{COLOURS[index]}" '
        f'stroke-width="2" stroke-linejoin="round"{dash}/>'
    )


def _dot(at: Point, mark: Mark) -> str:
    x, y = (compact(value) for value in at)
    look = ("o", "#ffffff") if mark.open else ("m", "#1f2328")
    return (
        f'<circle class="{look[0]}" cx="{x}" cy="{y}" r="3.5" fill="{look[1]}" stroke="#1f2328" '
        'stroke-width="1.5"/>'
    )


def _path(sheet: Sheet, points: Path, *, closed: bool = False) -> str:
    """Return the commands of one line, coordinates to a tenth of a pixel."""
    placed: list[str] = []
    for point in points:
        x, y = sheet.at(point)
        here = f"{compact(x)} {compact(y)}"
        if not placed or placed[-1] != here:
            placed.append(here)
    if len(placed) < 2:
        return ""
    return f"M{placed[0]}L{' '.join(placed[1:])}" + ("Z" if closed else "")


_Entry = tuple[int, bool, str, bool]


def _legend(graph: Graph, width: float) -> list[list[_Entry]]:
    """Return what the colours stand for, in rows as wide as the picture."""
    entries: list[_Entry] = [
        (curve.style, curve.dashed, _cut(curve.label), False)
        for curve in graph.curves
        if curve.label and curve.pieces
    ]
    entries += [(area.style, False, area.label, True) for area in graph.areas if area.label]
    rows: list[list[_Entry]] = []
    used = width + 1
    for entry in entries:
        wide = 28 + 7.2 * len(entry[2]) + 18
        if used + wide > width:
            rows.append([])
            used = 0.0
        rows[-1].append(entry)
        used += wide
    return rows


def _cut(label: str) -> str:
    return label if len(label) <= _LONGEST else f"{label[: _LONGEST - 1]}…"


def _gap(values: Sequence[float]) -> float:
    return values[1] - values[0] if len(values) > 1 else 1.0


def described(scene: Graph) -> str:
    """Return in words what a scene shows, for those who do not see it."""
    return "; ".join(_said(scene))


def _said(graph: Graph) -> Iterator[str]:
    yield from (curve.label for curve in graph.curves if curve.label)
    labels = [mark.label for mark in graph.marks if mark.label and not mark.open]
    if labels:
        yield f"points {', '.join(labels)}"
    yield from (f"asymptote {one.label}" for one in graph.asymptotes)
    yield from (note.text for note in graph.notes)
    yield from graph.remarks
