"""Wordings of shapes, and of the lines and centres of triangles."""

import re
from collections.abc import Mapping, Sequence
from itertools import combinations

from .draft import POINT, Build, Circle, Draft, fact, points_in
from .facts import Fact
from .relations import bisects, within
from .rounds import on_circle


def shape(draft: Draft, kind: str, named: str) -> list[Fact] | None:
    """Return what a polygon's kind says of its corners in order."""
    p = tuple(points_in(named))
    sides = {"triangle": 3, "pentagon": 5, "hexagon": 6}
    words = kind.split()
    wanted = sides.get(words[-1], 4)
    if len(p) != wanted or len(set(p)) != wanted:
        return None
    facts = _kinds(words, p)
    if facts is None:
        return None
    if p not in draft.polygons:
        draft.polygons.append(p)
    draft.name(*p)
    if draft.goal:
        return facts or None
    if "cyclic" in words or "inscribed" in words:
        facts += on_circle(draft, Circle(draft.fresh(), []), p) or []
    if wanted == 4:
        a, b, c, d = p
        facts += [Fact("opposite", (a, c, b, d)), Fact("opposite", (b, d, a, c))]
    return [*facts, *(Fact("ncoll", three) for three in combinations(p, 3))]


def _kinds(words: Sequence[str], p: tuple[str, ...]) -> list[Fact] | None:
    facts: list[Fact] = []
    for word in words:
        match word, p:
            case (
                "triangle"
                | "quadrilateral"
                | "pentagon"
                | "hexagon"
                | "convex"
                | "acute"
                | "cyclic"
                | ("inscribed" | "acute-angled" | "scalene"),
                _,
            ):
                pass
            case "equilateral", (a, b, c):
                facts += [Fact("cong", (a, b, b, c)), Fact("cong", (b, c, c, a))]
            case "isosceles", (a, b, c):
                facts += [Fact("cong", (a, b, a, c))]
            case "isosceles", (a, b, c, d):
                facts += [Fact("cong", (a, d, b, c))]
            case "parallelogram", (a, b, c, d):
                facts += _parallel(a, b, c, d)
            case "rectangle", (a, b, c, d):
                facts += [*_parallel(a, b, c, d), Fact("perp", (a, b, b, c))]
            case "rhombus", (a, b, c, d):
                facts += [*_parallel(a, b, c, d), Fact("cong", (a, b, b, c))]
            case "square", (a, b, c, d):
                facts += _parallel(a, b, c, d)
                facts += [Fact("perp", (a, b, b, c)), Fact("cong", (a, b, b, c))]
            case "kite", (a, b, c, d):
                facts += [Fact("cong", (a, b, a, d)), Fact("cong", (c, b, c, d))]
            case "trapezium", (a, b, c, d):
                facts += [Fact("npara", (a, d, b, c)), Fact("para", (a, b, c, d))]
            case _:
                return None
    return facts


def _parallel(a: str, b: str, c: str, d: str) -> list[Fact]:
    return [Fact("para", (a, b, c, d)), Fact("para", (a, d, b, c))]


def _is_shape(draft: Draft, named: str, kind: str) -> list[Fact] | None:
    return shape(draft, kind.lower(), named)


def _named_shape(draft: Draft, kind: str, named: str) -> list[Fact] | None:
    return shape(draft, kind.lower(), named)


def _right_triangle(draft: Draft, named: str, vertex: str | None = None) -> list[Fact] | None:
    p = points_in(named)
    if len(p) != 3 or (vertex is not None and vertex not in p):
        return None
    corner = vertex or p[-1]
    first, second = (q for q in p if q != corner)
    plain = shape(draft, "triangle", named)
    return None if plain is None else [*plain, Fact("perp", (corner, first, corner, second))]


def _center(draft: Draft, point: str, kind: str, named: str) -> list[Fact] | None:
    """The centre of a triangle, by its name."""
    p = points_in(named)
    if len(p) != 3:
        return None
    plain = shape(draft, "triangle", named) if tuple(p) not in draft.polygons else []
    a, b, c = p
    match kind:
        case "circumcenter":
            draft.circles.append(Circle(point, [a, b, c]))
            facts = [Fact("circle", (point, a, b, c))]
        case "orthocenter":
            facts = [
                Fact("perp", (point, x, y, z)) for x, y, z in ((a, b, c), (b, c, a), (c, a, b))
            ]
        case "incenter":
            facts = _incenter(point, a, b, c)
        case _:
            facts = _centroid(draft, point, a, b, c)
    return [*(plain or []), *facts]


def _own_center(draft: Draft, point: str, kind: str) -> list[Fact] | None:
    """The centre of the triangle that was spoken of last."""
    found = [polygon for polygon in draft.polygons if len(polygon) == 3]
    return _center(draft, point, kind, "".join(found[-1])) if found else None


def _incenter(point: str, a: str, b: str, c: str) -> list[Fact]:
    corners = ((b, a, c), (c, b, a), (a, c, b))
    equal = [Fact("eqangle", (y, x, y, point, y, point, y, z)) for x, y, z in corners]
    return [*equal, *(Fact("opposite", (x, z, y, point)) for x, y, z in corners)]


def _centroid(draft: Draft, point: str, a: str, b: str, c: str) -> list[Fact]:
    facts: list[Fact] = []
    for x, y, z in ((a, b, c), (b, c, a)):
        middle = draft.fresh()
        facts += [Fact("midp", (middle, y, z)), Fact("coll", (point, x, middle))]
    return facts


def _with_center(
    draft: Draft, named: str, kind: str, point: str, *more: str | None
) -> list[Fact] | None:
    facts = _center(draft, point, kind, named)
    other, second = more
    if other is None or second is None or facts is None:
        return facts
    draft.add(facts)
    return [*facts, *(_center(draft, second, other, named) or [])]


def _opposite_side(draft: Draft, vertex: str) -> tuple[str, str] | None:
    for polygon in reversed(draft.polygons):
        if vertex in polygon and len(polygon) == 3:
            first, second = (p for p in polygon if p != vertex)
            return first, second
    return None


def _cevians(draft: Draft, kind: str, lines: Sequence[str]) -> list[Fact] | None:
    facts: list[Fact] = []
    for line in lines:
        vertex, foot = points_in(line)
        side = _opposite_side(draft, vertex)
        if side is None:
            return None
        match kind.rstrip("s"):
            case "altitude":
                facts += [Fact("coll", (foot, *side)), Fact("perp", (vertex, foot, *side))]
            case "median":
                facts.append(Fact("midp", (foot, *side)))
            case _:
                facts += [Fact("coll", (foot, *side)), *_halving(vertex, foot, *side)]
    return facts


def _halving(vertex: str, foot: str, first: str, second: str) -> list[Fact]:
    return [
        Fact("eqangle", (vertex, first, vertex, foot, vertex, foot, vertex, second)),
        Fact("opposite", (first, second, vertex, foot)),
    ]


def _are_cevians(
    draft: Draft, lines: str, kind: str, named: str | None = None
) -> list[Fact] | None:
    plain = (shape(draft, "triangle", named) or []) if named else []
    found = _cevians(draft, kind, re.findall(rf"{POINT}{POINT}", lines))
    return None if found is None else [*plain, *found]


def _cevians_meet(
    draft: Draft, kind: str, lines: str, named: str | None, point: str
) -> list[Fact] | None:
    facts = _are_cevians(draft, lines, kind, named)
    if facts is None:
        return None
    return [*facts, *(fact("coll", point, line) for line in re.findall(rf"{POINT}{POINT}", lines))]


def _all_meet(draft: Draft, kind: str, named: str, point: str) -> list[Fact] | None:
    centers = {
        "altitudes": "orthocenter",
        "medians": "centroid",
        "bisectors": "incenter",
        "angle bisectors": "incenter",
        "perpendicular bisectors": "circumcenter",
    }
    return _center(draft, point, centers[kind], named)


def _foot(draft: Draft, point: str, vertex: str, side: str | None = None) -> list[Fact] | None:
    ends = "".join(_opposite_side(draft, vertex) or ()) if side is None else side
    if not ends:
        return None
    return [fact("coll", point, ends), fact("perp", vertex + point, ends)]


def _perpendicular_meets(
    draft: Draft, vertex: str, side: str, other: str, point: str
) -> list[Fact]:
    del draft
    return [fact("coll", point, other), fact("perp", vertex + point, side)]


def _parallel_meets(draft: Draft, vertex: str, side: str, other: str, point: str) -> list[Fact]:
    del draft
    return [fact("coll", point, other), fact("para", vertex + point, side)]


def _feet(draft: Draft, points: str, vertices: str) -> list[Fact] | None:
    named, tops = points_in(points), points_in(vertices)
    if len(named) != len(tops):
        return None
    found = [_foot(draft, p, v) for p, v in zip(named, tops, strict=True)]
    return None if None in found else [fact for one in found for fact in one or []]


def _feet_on_line(draft: Draft, vertex: str, sides: str) -> list[Fact]:
    """The feet of perpendiculars, which the words leave nameless, lie on a line."""
    feet: list[str] = []
    for side in re.findall(rf"{POINT}{POINT}", sides):
        feet.append(draft.fresh())
        draft.add([fact("coll", feet[-1], side), fact("perp", vertex + feet[-1], side)])
    return [Fact("coll", tuple(feet))]


def _meet(draft: Draft, first: str, second: str, point: str) -> list[Fact]:
    facts = [fact("coll", point, first), fact("coll", point, second)]
    crossing = {*points_in(first)}, {*points_in(second)}
    for polygon in draft.polygons:
        if (
            len(polygon) == 4
            and {polygon[0], polygon[2]} in crossing
            and ({polygon[1], polygon[3]} in crossing)
        ):
            facts += [fact("between", point, first), fact("between", point, second)]
    return facts


def _diagonals(draft: Draft, point: str, named: str | None = None) -> list[Fact] | None:
    found = [q for q in draft.polygons if len(q) == 4]
    polygon = tuple(points_in(named)) if named else (found[-1] if found else ())
    if len(polygon) != 4:
        return None
    a, b, c, d = polygon
    return [Fact("coll", (point, a, c)), Fact("coll", (point, b, d))]


def _polygon_diagonals(draft: Draft, named: str, point: str) -> list[Fact] | None:
    return _diagonals(draft, point, named)


def _bisector_meets(draft: Draft, angle: str, side: str, point: str) -> list[Fact] | None:
    arms = draft.arms(angle)
    if arms is None:
        return None
    return [fact("coll", point, side), *_halving(arms[1], point, arms[0], arms[2])]


def _bisectors_meet(draft: Draft, vertices: str, point: str) -> list[Fact] | None:
    facts: list[Fact] = []
    for vertex in points_in(vertices):
        arms = draft.arms(vertex)
        if arms is None:
            return None
        facts += _halving(arms[1], point, arms[0], arms[2])
    return facts


def _reflection(draft: Draft, point: str, of: str, mirror: str) -> list[Fact] | None:
    del draft
    places = points_in(mirror)
    if len(places) == 1:
        return [Fact("midp", (places[0], of, point))]
    a, b = places
    return [
        Fact("cong", (a, of, a, point)),
        Fact("cong", (b, of, b, point)),
        Fact("perp", (a, b, of, point)),
    ]


def _cut(draft: Draft, side: str, *parts: str) -> list[Fact]:
    """A line parallel to a side cuts two others."""
    first, one, second, two = parts
    return [*within(draft, one, first), *within(draft, two, second), fact("para", one + two, side)]


def _through_middle(draft: Draft, line: str, side: str) -> list[Fact]:
    return bisects(draft, line, side)


def _meet_at(draft: Draft, point: str, first: str, second: str) -> list[Fact]:
    return _meet(draft, first, second, point)


def _outside(draft: Draft, kind: str, first: str, second: str, named: str) -> list[Fact] | None:
    """Two figures on sides of a triangle, on the other side of each from the triangle."""
    base = points_in(named)
    facts = list(shape(draft, "triangle", named) or [])
    draft.add(facts)
    for polygon in (first, second):
        p = points_in(polygon)
        sides = {"equilateral triangles": "equilateral triangle", "squares": "square"}
        found = shape(draft, sides[kind.lower()], polygon)
        shared = [q for q in p if q in base]
        if found is None or len(shared) != 2:
            return None
        third = next(q for q in base if q not in shared)
        new = [q for q in p if q not in base]
        facts += [*found, *(Fact("opposite", (third, q, *shared)) for q in new)]
    return facts


WORDINGS: Mapping[str, Build] = {
    "through_middle": _through_middle,
    "shape": _is_shape,
    "named_shape": _named_shape,
    "right_triangle": _right_triangle,
    "center": _center,
    "own_center": _own_center,
    "with_center": _with_center,
    "are_cevians": _are_cevians,
    "cevians_meet": _cevians_meet,
    "all_meet": _all_meet,
    "foot": _foot,
    "feet": _feet,
    "feet_on_line": _feet_on_line,
    "perpendicular_meets": _perpendicular_meets,
    "parallel_meets": _parallel_meets,
    "meet": _meet,
    "meet_at": _meet_at,
    "diagonals": _diagonals,
    "polygon_diagonals": _polygon_diagonals,
    "bisector_meets": _bisector_meets,
    "bisectors_meet": _bisectors_meet,
    "reflection": _reflection,
    "cut": _cut,
    "outside": _outside,
}
"""What makes facts of a wording, by its name in `phrases.txt`."""
