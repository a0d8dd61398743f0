"""Where labels go: beside their point, where they cover the least."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import pairwise

from .scene import Point
from .sheet import Sheet, halo

_LETTER, _LINE = 7.2, 13.0
"""A letter's usual width and a line's height in pixels, at 12 pixels."""
_STEP = 4.0
_Box = tuple[float, float, float, float]


@dataclass(slots=True)
class Placer:
    """Keeps what is drawn already, and finds room beside it."""

    sheet: Sheet
    dots: list[tuple[float, float, float]] = field(default_factory=list[tuple[float, float, float]])
    """Places on lines, each with how much it matters that no label covers it."""
    boxes: list[_Box] = field(default_factory=list[_Box])

    def avoid(self, path: Sequence[Point]) -> None:
        """Keep labels off a line."""
        for start, end in pairwise(path):
            self.avoid_line(start, end)

    def avoid_line(self, start: Point, end: Point, matters: float = 1.0) -> None:
        """Keep labels off a straight line."""
        (x0, y0), (x1, y1) = start, end
        steps = max(1, int(max(abs(x1 - x0), abs(y1 - y0)) / _STEP))
        self.dots += [
            (x0 + (x1 - x0) * i / steps, y0 + (y1 - y0) * i / steps, matters)
            for i in range(steps + 1)
        ]

    def avoid_box(self, centre: Point, half: float) -> None:
        """Keep labels off a square."""
        x, y = centre
        self.boxes.append((x - half, y - half, x + half, y + half))

    def label(self, at: Point, said: str) -> str:
        """Return a label beside a point, at the best of eight places."""
        wide = _LETTER * len(said)
        x, y = at
        rights, lefts, middle = x + 8, x - 8 - wide, x - wide / 2
        above, level, below = y - 8 - _LINE, y - _LINE / 2, y + 8
        corners = [
            (rights, above), (lefts, above), (rights, below), (lefts, below),
            (middle, above - 4), (middle, below + 4), (rights, level), (lefts, level),
        ]  # fmt: skip
        boxes = [(a, b, a + wide, b + _LINE) for a, b in corners]
        best = min(boxes, key=lambda box: (self.cost(box), boxes.index(box)))
        self.boxes.append(best)
        return halo((best[0], best[3] - 2), said)

    def cost(self, box: _Box) -> float:
        """How much a label there covers, and how far it would leave the plot."""
        left, top, right, bottom = box
        dots = sum(
            matters for x, y, matters in self.dots if left - 2 < x < right + 2 and top < y < bottom
        )
        covered = sum(_overlap(box, other) for other in self.boxes)
        sheet = self.sheet
        outside = max(0.0, sheet.left - left) + max(0.0, right - sheet.right - 24)
        outside += max(0.0, sheet.top - top) + max(0.0, bottom - sheet.bottom)
        return dots + covered * 0.4 + outside * 8


def _overlap(first: _Box, second: _Box) -> float:
    across = min(first[2], second[2]) - max(first[0], second[0])
    up = min(first[3], second[3]) - max(first[1], second[1])
    return across * up if across > 0 and up > 0 else 0.0
