"""The page of an SVG: from the mathematics to pixels, text, and the document round it."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from xml.sax.saxutils import escape

from .scene import Point, Window

FONT = "DejaVu Sans, Verdana, Helvetica, Arial, sans-serif"
STYLE = """@media(prefers-color-scheme:dark){
.plumb .p{fill:#0d1117}.plumb .t{fill:#e6edf3}.plumb .l{fill:#e6edf3;stroke:#0d1117}
.plumb .g{stroke:#21262d}.plumb .a{stroke:#8b949e}
.plumb .m{fill:#e6edf3;stroke:#e6edf3}.plumb .o{fill:#0d1117;stroke:#e6edf3}
.plumb .s0{stroke:#58a6ff}.plumb .s1{stroke:#f0883e}.plumb .s2{stroke:#56d364}
.plumb .s3{stroke:#bc8cff}.plumb .s4{stroke:#e6edf3}
.plumb .f0{fill:#58a6ff}.plumb .f1{fill:#f0883e}.plumb .f2{fill:#56d364}.plumb .f3{fill:#bc8cff}}"""
_NOT_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


@dataclass(frozen=True, slots=True, kw_only=True)
class Sheet:
    """Where a window lies on the page, in pixels from the upper left."""

    window: Window
    left: float
    top: float
    width: float
    height: float

    @property
    def right(self) -> float:
        """The right edge."""
        return self.left + self.width

    @property
    def bottom(self) -> float:
        """The lower edge."""
        return self.top + self.height

    def x(self, value: float) -> float:
        """Return pixels from the left."""
        return self.left + (value - self.window.left) / self.window.width * self.width

    def y(self, value: float) -> float:
        """Return pixels from the top."""
        return self.bottom - (value - self.window.bottom) / self.window.height * self.height

    def at(self, point: Point) -> Point:
        """Return the place of a point."""
        return self.x(point[0]), self.y(point[1])


def compact(value: float) -> str:
    """Write pixels to a tenth, without zeros that say nothing."""
    written = f"{value:.1f}".removesuffix(".0")
    return "0" if written == "-0" else written


def clean(said: str) -> str:
    """Return text as XML: escaped, and without signs that XML forbids."""
    return escape(_NOT_XML.sub("\N{REPLACEMENT CHARACTER}", said), {'"': "&quot;"})


def text(
    at: Point, said: str, *, anchor: str = "start", slanted: bool = False, size: int = 12
) -> str:
    """Return words at a place."""
    more = "" if anchor == "start" else f' text-anchor="{anchor}"'
    more += ' font-style="italic"' if slanted else ""
    more += "" if size == 12 else f' font-size="{size}"'
    x, y = (compact(value) for value in at)
    return f'<text class="t" x="{x}" y="{y}" fill="#1f2328"{more}>{clean(said)}</text>'


def halo(at: Point, said: str) -> str:
    """Return words that stay readable above lines."""
    x, y = (compact(value) for value in at)
    return (
        f'<text class="l" x="{x}" y="{y}" fill="#1f2328" stroke="#ffffff" stroke-width="3" '
        f'stroke-linejoin="round" paint-order="stroke">{clean(said)}</text>'
    )


def document(title: str, said: str, size: Point, parts: Sequence[str]) -> str:
    """Return the whole document; title and description are for those who do not see it."""
    width, height = (compact(value) for value in size)
    body = "\n".join(parts)
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" class="plumb" role="img" width="{width}" '
        f'height="{height}" viewBox="0 0 {width} {height}" font-family="{FONT}" font-size="12">\n'
        f"<title>{clean(title)}</title>\n<desc>{clean(said)}</desc>\n<style>{STYLE}</style>\n"
        f'<rect class="p" width="{width}" height="{height}" fill="#ffffff"/>\n{body}\n</svg>\n'
    )
