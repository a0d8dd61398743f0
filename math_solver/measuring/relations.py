"""Situations with one theorem: Pythagoras at a wall, shadows, chords, two sides and an angle."""

import re
from collections.abc import Iterator

from .figure import ASK, Figure, Masked, masked


def read_relations(original: str) -> Figure | None:
    """Read a problem of one of these situations."""
    source = masked(original)
    if source is None or not ASK.search(source.text):
        return None
    for reader in (_ladder, _shadows, _chords, _sides_and_angle):
        for figure in reader(source):
            return figure
    return None


def _ask(source: Masked) -> str:
    return source.text[[m.start() for m in ASK.finditer(source.text)][-1] :]


def _ladder(source: Masked) -> Iterator[Figure]:
    """A ladder of length c at a wall, its foot a from the wall, its top b up."""
    text = source.text
    if not re.search(r"\bladder\b", text) or len(source.values) != 2:
        return
    parts: dict[str, str] = {}
    for found in re.finditer(r"#(\d+)", text):
        lead, tail = (
            re.split(r"[.;,]", text[: found.start()])[-1],
            text[found.end() : found.end() + 40],
        )
        if re.match(r" ?-?(?:long |tall )?ladder|,? ?long\b", tail):
            letter = "c"
        elif re.match(
            r" ?(?:away |out )?from (?:the |a )?(?:\w+ )?(?:wall|house|building|base)", tail
        ):
            letter = "a"
        elif re.search(r"\b(?:reach\w*|up|touch\w*)\b[^#]*$", lead) or re.match(
            r" ?(?:up|high|above)", tail
        ):
            letter = "b"
        elif re.search(r"ladder (?:is|that is|of length)$", lead.strip()):
            letter = "c"
        else:
            return
        parts[letter] = source.values[int(found[1])]
    ask = _ask(source)
    asked = (
        "b" if re.search(r"\bhow (?:high|far up|tall)\b|\bheight\b", ask)
        else "a" if re.search(r"\bfrom the (?:wall|house|building)\b", ask)
        else "c" if re.search(r"\bhow long\b|\blength of the ladder\b", ask) else ""
    )  # fmt: skip
    if len(parts) == 2 and asked and asked not in parts:
        yield Figure(
            name="right triangle of wall, ground and ladder",
            letters={"a": "distance on the ground", "b": "height on the wall",
                     "c": "length (the ladder)"},
            formulas=("c^2 = a^2 + b^2",),
            facts=tuple(f"{letter} = {value}" for letter, value in parts.items()),
            asked=(asked,),
        )  # fmt: skip


def _shadows(source: Masked) -> Iterator[Figure]:
    """A height and its shadow, another shadow: heights are as their shadows."""
    text = source.text
    if text.count("shadow") < 2 or len(source.values) != 3 or not re.search(r"\bcasts?\b", text):
        return
    shadows: list[str] = []
    heights: list[str] = []
    for found in re.finditer(r"#(\d+)", text):
        tail, lead = (
            text[found.end() : found.end() + 12],
            text[max(0, found.start() - 20) : found.start()],
        )
        is_shadow = re.match(r" ?-? ?(?:long )?shadow", tail) or re.search(
            r"shadow (?:of|that is|is|of length)? ?$", lead
        )
        (shadows if is_shadow else heights).append(source.values[int(found[1])])
    ask = _ask(source)
    tall = re.search(r"\bhow (?:tall|high)\b|\bheight\b", ask)
    long = re.search(r"\bhow long\b|\blength of (?:its|the) shadow\b", ask)
    letters = {"h": "first height", "s": "first shadow", "k": "second height", "t": "second shadow"}
    if tall and len(shadows) == 2 and len(heights) == 1:
        facts = (f"h = {heights[0]}", f"s = {shadows[0]}", f"t = {shadows[1]}")
        asked = "k"
    elif long and len(shadows) == 1 and len(heights) == 2:
        facts = (f"h = {heights[0]}", f"s = {shadows[0]}", f"k = {heights[1]}")
        asked = "t"
    else:
        return
    yield Figure(
        name="pair of similar triangles", letters=letters, formulas=("h*t = k*s",), facts=facts,
        asked=(asked,),
    )  # fmt: skip


_NAMED = re.compile(r"\b([a-z])([a-z]) ?= ?#(\d+)")


def _chords(source: Masked) -> Iterator[Figure]:
    """Two chords that cross: the products of their parts are the same."""
    told = re.search(
        r"\bchords? ([a-z])([a-z]) and ([a-z])([a-z]) (?:of a circle )?(?:meet|intersect|cross)\w*"
        r"(?: each other)? (?:inside (?:the|a) circle )?(?:at|in)(?: point)? ([a-z])\b",
        source.text,
    )
    if told is None or len(source.values) != 3:
        return
    point = told[5]
    ends = {told[1]: "a", told[2]: "b", told[3]: "c", told[4]: "d"}
    given = {
        _other(m[1], m[2], point): source.values[int(m[3])] for m in _NAMED.finditer(source.text)
    }
    asked = re.search(r"\b([a-z])([a-z])\b(?=[^a-z]*$)", _ask(source))
    if asked is None or len(given) != 3 or not set(given) <= set(ends):
        return
    wanted = _other(asked[1], asked[2], point)
    if wanted not in ends or wanted in given:
        return
    yield Figure(
        name="pair of chords",
        letters={letter: f"part to {end.upper()}" for end, letter in ends.items()},
        formulas=("a*b = c*d",),
        facts=tuple(f"{ends[end]} = {value}" for end, value in given.items()),
        asked=(ends[wanted],),
    )


def _other(first: str, second: str, point: str) -> str:
    return second if first == point else first if second == point else ""


def _sides_and_angle(source: Masked) -> Iterator[Figure]:
    """Two sides and the angle between them: the third side (cosine rule), or the area."""
    text = source.text
    letters = {
        "a": "first side", "b": "second side", "c": "third side", "t": "angle between a and b",
        "A": "area",
    }  # fmt: skip
    formulas = ("c^2 = a^2 + b^2 - 2*a*b*cos(t*pi/180)", "A = a*b*sin(t*pi/180)/2")
    words = re.search(
        r"\btwo sides of a triangle (?:are|measure|have lengths?)(?: of)? #0 and #1,? and the"
        r" (?:included angle|angle between them) (?:is|measures) #2",
        text,
    )
    named = {m[1]: m[2] for m in re.finditer(r"(?<![a-z])([abc]) ?= ?#(\d+)", text)}
    angle = re.search(r"(?:\bangle )?\b([abc]) ?= ?#2", text)
    asked = ""
    if words and len(source.values) == 3:
        third = re.search(r"\bthird side\b|\bother side\b", _ask(source))
        asked = "A" if re.search(r"\barea\b", _ask(source)) else "c" if third else ""
    elif angle and "triangle" in text and len(source.values) == 3:
        opposite = angle[1]
        sides = {m[1] for m in re.finditer(r"(?<![a-z])([abc]) ?= ?#[01]\b", text)}
        wanted = re.search(r"\b([abc])\b(?=[^a-z]*$)", _ask(source))
        if len(sides) == 2 and opposite not in sides and named and wanted and wanted[1] == opposite:
            asked = "c"
    if asked:
        values = source.values
        facts = (f"a = {values[0]}", f"b = {values[1]}", f"t = {values[2]}")
        yield Figure(
            name="triangle", letters=letters, formulas=formulas, facts=facts, asked=(asked,)
        )
