"""What a picture shows, as plain values: worked out once, written by `svg` and by `terminal`.

Coordinates are those of the mathematics, not of a page. Labels are plain text and untrusted.
"""

from dataclasses import dataclass
from typing import TypeAlias

Point: TypeAlias = tuple[float, float]
Path: TypeAlias = tuple[Point, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Window:
    """The part of the plane that is shown."""

    left: float
    right: float
    bottom: float
    top: float

    @property
    def width(self) -> float:
        """From the left to the right."""
        return self.right - self.left

    @property
    def height(self) -> float:
        """From the bottom to the top."""
        return self.top - self.bottom

    def holds(self, point: Point) -> bool:
        """Whether a point lies inside or on the edge."""
        x, y = point
        return self.left <= x <= self.right and self.bottom <= y <= self.top


@dataclass(frozen=True, slots=True, kw_only=True)
class Curve:
    """Pieces of a line; between two pieces nothing is drawn. `style` counts the colours."""

    pieces: tuple[Path, ...]
    label: str = ""
    style: int = 0
    dashed: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Area:
    """Polygons that are filled together."""

    polygons: tuple[Path, ...]
    label: str = ""
    style: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Mark:
    """A point that matters; an `open` one does not belong to the curve."""

    at: Point
    label: str = ""
    open: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Asymptote:
    """A vertical line x = `at`, or a horizontal one y = `at`."""

    at: float
    vertical: bool = True
    label: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Note:
    """Words beside a place, such as the length of a side."""

    at: Point
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Graph:
    """Curves, points and areas in a window; without `axes` it is a figure of geometry.

    `equal` keeps one unit the same length both ways; `angles` puts the ticks of x at parts of pi.
    """

    title: str
    window: Window
    curves: tuple[Curve, ...] = ()
    areas: tuple[Area, ...] = ()
    marks: tuple[Mark, ...] = ()
    asymptotes: tuple[Asymptote, ...] = ()
    notes: tuple[Note, ...] = ()
    axes: bool = True
    equal: bool = False
    angles: bool = False
    names: tuple[str, str] = ("x", "y")
    remarks: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class End:
    """One end of an interval: where, whether it belongs to it, and its exact name."""

    at: float
    closed: bool
    label: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Interval:
    """Numbers between two ends; None is no end. A single number has twice the same end."""

    low: End | None
    high: End | None


@dataclass(frozen=True, slots=True, kw_only=True)
class NumberLine:
    """The solutions of an inequality on the line of real numbers."""

    title: str
    letter: str
    left: float
    right: float
    intervals: tuple[Interval, ...]
    remarks: tuple[str, ...] = ()


Scene: TypeAlias = Graph | NumberLine
