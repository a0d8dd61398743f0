"""Wordings of circles, chords and tangents."""

from collections.abc import Mapping, Sequence
from itertools import combinations

from .draft import Build, Circle, Draft, fact, points_in
from .facts import Fact


def on_circle(draft: Draft, circle: Circle, named: Sequence[str]) -> list[Fact] | None:
    """Put points on a circle, which is the problem's last one from then on."""
    if circle not in draft.circles:
        draft.circles.append(circle)
    draft.name(circle.centre)
    facts: list[Fact] = []
    for point in named:
        if point in circle.points:
            continue
        if circle.points:
            facts.append(Fact("cong", (circle.centre, circle.points[0], circle.centre, point)))
        circle.points.append(point)
        if len(circle.points) >= 4:
            facts += [
                Fact("cyclic", (*three, point)) for three in combinations(circle.points[:-1], 3)
            ]
    return facts


def _circle_of(draft: Draft, center: str | None) -> Circle:
    """Return the circle with a centre, the last one where none is named, or a new one."""
    for circle in reversed(draft.circles):
        if center is None or circle.centre == center:
            return circle
    return Circle(center or draft.fresh(), [])


def _circumcircle(draft: Draft, named: str) -> tuple[Circle, list[Fact]]:
    corners = points_in(named)
    for circle in draft.circles:
        if set(corners) <= set(circle.points):
            return circle, []
    if len(corners) == 3 and tuple(corners) not in draft.polygons:
        draft.polygons.append(tuple(corners))
    draft.name(*corners)
    circle = Circle(draft.fresh(), list(corners))
    draft.circles.append(circle)
    return circle, [Fact("circle", (circle.centre, *corners))]


def _a_circle(draft: Draft, center: str | None = None) -> list[Fact]:
    circle = _circle_of(draft, center) if center else Circle(draft.fresh(), [])
    if circle not in draft.circles:
        draft.circles.append(circle)
    draft.name(circle.centre)
    return []


def _points_on(draft: Draft, points: str, center: str | None = None) -> list[Fact] | None:
    if draft.goal:
        return _concyclic(draft, points)
    return on_circle(draft, _circle_of(draft, center), points_in(points))


def _points_on_new(draft: Draft, points: str, center: str | None = None) -> list[Fact] | None:
    if draft.goal:
        return _concyclic(draft, points)
    circle = _circle_of(draft, center) if center else Circle(draft.fresh(), [])
    return on_circle(draft, circle, points_in(points))


def _on_circumcircle(draft: Draft, point: str, named: str) -> list[Fact]:
    circle, facts = _circumcircle(draft, named)
    draft.add(facts)
    return [*facts, *(on_circle(draft, circle, [point]) or [])]


def _diameter(draft: Draft, side: str, center: str | None = None) -> list[Fact]:
    circle = _circle_of(draft, center)
    a, b = points_in(side)
    facts = on_circle(draft, circle, [a, b]) or []
    return [*facts, Fact("midp", (circle.centre, a, b))]


def _chord(draft: Draft, side: str, center: str | None = None) -> list[Fact] | None:
    return on_circle(draft, _circle_of(draft, center), points_in(side))


def _chord_middle(draft: Draft, side: str, center: str, point: str) -> list[Fact]:
    return [*(_chord(draft, side, center) or []), fact("midp", point, side)]


def _chords_meet(
    draft: Draft, first: str, second: str, center: str | None, point: str
) -> list[Fact]:
    circle = _circle_of(draft, center) if center or draft.circles else Circle(draft.fresh(), [])
    facts = on_circle(draft, circle, points_in(first + second)) or []
    crossing = [fact("between", point, first), fact("between", point, second)]
    return [*facts, fact("coll", point, first), fact("coll", point, second), *crossing]


def _line_circle(draft: Draft, line: str, named: str, point: str) -> list[Fact]:
    circle, facts = _circumcircle(draft, named)
    draft.add(facts)
    on = on_circle(draft, circle, [point]) or []
    return [*facts, *on, fact("coll", point, line)]


def _tangents(draft: Draft, point: str, center: str | None, touching: str) -> list[Fact]:
    circle = _circle_of(draft, center)
    named = points_in(touching)
    on = on_circle(draft, circle, named) or []
    return [*on, *(Fact("perp", (circle.centre, q, q, point)) for q in named)]


def _tangent_sides(
    draft: Draft, first: str, second: str, center: str | None, touching: str | None = None
) -> list[Fact] | None:
    one, two = points_in(first), points_in(second)
    shared = [p for p in one if p in two]
    if len(shared) != 1:
        return None
    ends = [p for p in (*one, *two) if p != shared[0]]
    if touching is not None and points_in(touching) != ends:
        return None
    return _tangents(draft, shared[0], center, " and ".join(ends))


def _tangent_meets(draft: Draft, at: str, named: str, side: str, point: str) -> list[Fact]:
    circle, facts = _circumcircle(draft, named)
    return [*facts, Fact("perp", (circle.centre, at, at, point)), fact("coll", point, side)]


def _two_circles(draft: Draft, centers: str | None, points: str) -> list[Fact] | None:
    named = points_in(centers) if centers else [draft.fresh(), draft.fresh()]
    meeting = points_in(points)
    if len(named) != 2 or len(meeting) != 2:
        return None
    facts: list[Fact] = []
    for center in named:
        facts += on_circle(draft, Circle(center, []), meeting) or []
    return [*facts, Fact("opposite", (*named, *meeting))]


def _secant(draft: Draft, through: str, points: str) -> list[Fact] | None:
    named = points_in(points)
    if len(draft.circles) != 2 or len(named) != 2:
        return None
    facts: list[Fact] = []
    for circle, point in zip(draft.circles, named, strict=True):
        facts += on_circle(draft, circle, [point]) or []
    return [*facts, Fact("coll", (through, *named)), Fact("between", (through, *named))]


def _first_circle(draft: Draft, points: str) -> list[Fact] | None:
    """`C and E lie on the first circle`: it must agree with what was read."""
    on = all(point in draft.circles[0].points for point in points_in(points))
    return [] if draft.circles and on else None


def _concyclic(draft: Draft, points: str) -> list[Fact] | None:
    named = points_in(points)
    if draft.goal:
        return [Fact("cyclic", tuple(named))] if len(named) >= 4 else None
    return on_circle(draft, Circle(draft.fresh(), []), named)


WORDINGS: Mapping[str, Build] = {
    "concyclic": _concyclic,
    "a_circle": _a_circle,
    "points_on_new": _points_on_new,
    "points_on": _points_on,
    "on_circumcircle": _on_circumcircle,
    "diameter": _diameter,
    "chord": _chord,
    "chord_middle": _chord_middle,
    "chords_meet": _chords_meet,
    "line_circle": _line_circle,
    "tangents": _tangents,
    "tangent_sides": _tangent_sides,
    "tangent_meets": _tangent_meets,
    "two_circles": _two_circles,
    "secant": _secant,
    "first_circle": _first_circle,
}
"""What makes facts of a wording, by its name in `phrases.txt`."""
