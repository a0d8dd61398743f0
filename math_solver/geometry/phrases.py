"""The table of wordings: patterns of whole clauses, and what each means (`phrases.txt`)."""

import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

from . import relations, rounds, shapes
from .draft import POINT, Build

_SIDE = f"({POINT}{POINT})"
_PARTS = {
    "POINT": POINT,
    "P": f"({POINT})",
    "SIDE": _SIDE,
    "S": (
        r"(?:the )?(?:line |segment |side |sides |diagonal |chord |lines |base |leg |hypotenuse )?"
        + _SIDE
    ),
    "A": f"(?:the )?angles? ({POINT}{POINT}{POINT}|{POINT})",
    "L": f"((?:{POINT}, )*{POINT},? and {POINT}|{POINT}(?:, {POINT})+)",
    "TWO": f"({POINT} and {POINT})",
    "K": f"((?:{POINT}){{3,6}})",
    "SIDES": f"((?:{POINT}{POINT}, )*{POINT}{POINT},? and {POINT}{POINT})",
    "LINES": f"((?:{POINT}{POINT}, )*{POINT}{POINT}(?:,? and {POINT}{POINT})?)",
    "THE": r"(?:the |a |an )?",
    "NUMBER": r"(\d+(?:\.\d+)?(?: ?/ ?\d+)?)",
    "EQ": r"(?:=|is equal to|equals|are equal to)",
    "IS": r"(?:is|be|are)",
    "ON": (
        r"(?:lies? on|(?:is|be|are)(?: on|(?: any)? (?:a )?(?:points?|arbitrary point) (?:on|of)))"
    ),
    "MEET": r"(?:meet|intersect|cross)(?: each other)?(?: at| in)(?: the point| point)?",
    "MEETS": r"(?:meets|intersects|cuts|crosses)",
    "CIRCLE": f"(?:a |the |this )?circle(?: with center ({POINT}))?",
    "RIGHT": r"right(?:-angled)? triangle",
    "SHAPE": (
        r"((?:acute |acute-angled |scalene |isosceles |equilateral |convex |cyclic )*(?:triangle|"
        r"quadrilateral|parallelogram|rectangle|rhombus|square|kite|trapezium|pentagon|hexagon))"
    ),
    "CENTER": r"(circumcenter|orthocenter|incenter|centroid)",
    "CEVIAN": r"(altitudes?|medians?|angle bisectors?|bisectors?)",
    "CEVIANS": r"(altitudes|medians|angle bisectors|bisectors|perpendicular bisectors)",
}


@cache
def phrases() -> tuple[tuple[re.Pattern[str], Build], ...]:
    """Return the patterns in order, each with the function that makes facts of its groups."""
    return tuple(_read())


def _read() -> Iterator[tuple[re.Pattern[str], Build]]:
    builds = {**relations.WORDINGS, **shapes.WORDINGS, **rounds.WORDINGS}
    text = Path(__file__).with_suffix(".txt").read_text(encoding="utf-8")
    for line in text.splitlines():
        if line and not line.startswith("#"):
            name, _, pattern = line.partition(": ")
            whole = re.sub(r"\{([A-Z]+)\}", lambda found: _PARTS[found.group(1)], pattern)
            yield re.compile(whole), builds[name]
