"""Auxiliary points: what may be added to a figure, the likeliest to help first.

Candidates are the nine constructions that people use (midpoint, foot, reflection in a line and in a
point, circumcentre, meeting points of lines and with circles, fourth corner of a parallelogram,
parallels and perpendiculars through a point), over the lines and circles that the problem speaks
of. A point that falls on more lines, or as far from more points, than it was made for comes first.
"""

import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import combinations, pairwise

from .constructions import Problem, block_of, construct
from .facts import Block, Fact
from .figures import extend_figure

NEAR = 1e-7
MAX_CANDIDATES = 900


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidate:
    """A construction of one point, where it falls, and how many coincidences it brings."""

    construction: str
    place: complex
    score: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Addition:
    """Auxiliary points: their blocks, the constructions in words of JGEX, and the longer figure."""

    blocks: tuple[Block, ...]
    constructions: tuple[str, ...]
    figure: dict[str, complex]


def additions(
    problem: Problem, figure: dict[str, complex], draw: random.Random
) -> Iterator[Addition]:
    """Yield what to add, endlessly: each single point once, then two and three at random."""
    ranked = _ranked(problem, figure, draw)
    for candidate in ranked:
        addition = _added(figure, [candidate.construction], draw)
        if addition is not None:
            yield addition
    while len(ranked) > 2:
        first = _drawn(ranked, draw)
        addition = _added(figure, [first.construction], draw)
        if addition is None:
            continue
        longer = Problem(blocks=(*problem.blocks, *addition.blocks), goals=problem.goals)
        again = _ranked(longer, addition.figure, draw, only=addition.blocks[0].points[0])
        pool = again if again and draw.random() < 0.6 else ranked
        chosen = [first, *(_drawn(pool, draw) for _ in range(1 if draw.random() < 0.75 else 2))]
        whole = _added(figure, [c.construction for c in chosen], draw)
        if whole is not None:
            yield whole


def _drawn(ranked: Sequence[Candidate], draw: random.Random) -> Candidate:
    """Draw a candidate, the first ones more often."""
    return ranked[int(len(ranked) * draw.random() ** 2)]


def _added(
    figure: dict[str, complex], constructions: Sequence[str], draw: random.Random
) -> Addition | None:
    """Place auxiliary points one after the other; None where one has no place of its own."""
    blocks: list[Block] = []
    texts: list[str] = []
    longer = figure
    for construction in constructions:
        name = _fresh(longer)
        text = construction.replace("*", name)
        block = block_of((name,), construct(text))
        found = extend_figure(longer, block, draw)
        if found is None:
            return None
        longer = found
        blocks.append(block)
        texts.append(f"{name} = {text}")
    return Addition(blocks=tuple(blocks), constructions=tuple(texts), figure=dict(longer))


def _fresh(figure: dict[str, complex]) -> str:
    number = 1
    while f"X{number}" in figure:
        number += 1
    return f"X{number}"


def _ranked(
    problem: Problem, figure: dict[str, complex], draw: random.Random, *, only: str = ""
) -> list[Candidate]:
    """Return the candidates by how much they coincide with; `only` those that use one point."""
    sides = _segments(problem)
    taken = list(figure.values())
    best: dict[tuple[int, int], Candidate] = {}
    texts = list(_texts(problem, sides))
    draw.shuffle(texts)
    for text in texts:
        if only and only not in text.split():
            continue
        place = _place(text, figure)
        if place is None or abs(place) > 12 or min(abs(place - p) for p in taken) < 0.02:
            continue
        score = _coincidences(place, figure, sides)
        key = (round(place.real * 1e6), round(place.imag * 1e6))
        if key not in best:
            best[key] = Candidate(construction=text, place=place, score=score)
    ranked = sorted(best.values(), key=lambda c: -c.score)
    return ranked[:MAX_CANDIDATES]


def _segments(problem: Problem) -> list[tuple[str, str]]:
    """Return the pairs of points that the facts and goals join."""
    found: dict[tuple[str, str], None] = {}
    for fact in (*problem.facts, *problem.goals):
        for first, second in _pairs(fact):
            if first != second:
                found[min(first, second), max(first, second)] = None
    return list(found)


def _pairs(fact: Fact) -> Iterator[tuple[str, str]]:
    p = fact.points
    match fact.name:
        case "coll" | "midp":
            yield from combinations(p, 2)
        case "circle":
            yield from ((p[0], q) for q in p[1:])
        case "cyclic":
            yield from combinations(p, 2)
        case "simtri" | "simtrir" | "contri" | "contrir":
            yield from combinations(p[:3], 2)
            yield from combinations(p[3:], 2)
        case _:
            yield from zip(p[::2], p[1::2], strict=True)


def _texts(problem: Problem, sides: Sequence[tuple[str, str]]) -> Iterator[str]:
    """Yield constructions of one point, which is written *."""
    points = problem.points
    for a, b in combinations(points, 2):
        yield f"midpoint * {a} {b}"
        yield f"mirror * {a} {b}"
        yield f"mirror * {b} {a}"
    for (a, b), c in ((s, p) for s in sides for p in points if p not in s):
        yield f"foot * {c} {a} {b}"
        yield f"reflect * {c} {a} {b}"
        yield f"parallelogram * {a} {b} {c}"
        yield f"parallelogram * {b} {a} {c}"
    for first, second in combinations(sides, 2):
        if not set(first) & set(second):
            yield f"intersection_ll * {first[0]} {first[1]} {second[0]} {second[1]}"
    for o, a in _radii(problem):
        for b in (p for s in sides if a in s for p in s if p not in (a, o)):
            yield f"intersection_lc * {b} {o} {a}"
    for a, b, c in combinations(points, 3):
        if len({(a, b), (b, c), (a, c)} & set(sides)) >= 2:
            yield f"circumcenter * {a} {b} {c}"
    for first, second in ((f, s) for f in sides for s in sides if f != s):
        for c in points:
            if c not in first and c not in second and len(points) <= 9:
                yield f"intersection_lp * {first[0]} {first[1]} {c} {second[0]} {second[1]}"
                yield f"intersection_lt * {first[0]} {first[1]} {c} {second[0]} {second[1]}"


def _radii(problem: Problem) -> Iterator[tuple[str, str]]:
    """Yield centres with points of their circles."""
    for fact in problem.facts:
        p = fact.points
        if fact.name == "circle":
            yield from ((p[0], q) for q in p[1:])
        if fact.name == "cong" and len(set(p)) == 3:
            centre = next(q for q in p if p.count(q) == 2)
            yield from ((centre, q) for q in p if q != centre)


def _place(text: str, figure: dict[str, complex]) -> complex | None:
    """Return where a construction puts its point."""
    name, _, *points = text.split()
    p = [figure[point] for point in points]
    try:
        match name:
            case "midpoint":
                return (p[0] + p[1]) / 2
            case "mirror":
                return 2 * p[1] - p[0]
            case "parallelogram":
                return p[0] + p[2] - p[1]
            case "foot":
                return _foot(p[0], p[1], p[2])
            case "reflect":
                return 2 * _foot(p[0], p[1], p[2]) - p[0]
            case "intersection_ll":
                return _meet(p[0], p[1] - p[0], p[2], p[3] - p[2])
            case "intersection_lp":
                return _meet(p[0], p[1] - p[0], p[2], p[4] - p[3])
            case "intersection_lt":
                return _meet(p[0], p[1] - p[0], p[2], (p[4] - p[3]) * 1j)
            case "intersection_lc":
                return 2 * _foot(p[1], p[0], p[2]) - p[2]
            case _:
                first, second = p[1] - p[0], p[2] - p[0]
                cross = (first.conjugate() * second).imag
                return (
                    p[0] + (first * abs(second) ** 2 - second * abs(first) ** 2) / (2j * cross) * -1
                )
    except ZeroDivisionError:
        return None


def _foot(point: complex, a: complex, b: complex) -> complex:
    along = b - a
    return a + along * (((point - a) * along.conjugate()).real / abs(along) ** 2)


def _meet(a: complex, along: complex, b: complex, other: complex) -> complex | None:
    cross = (along.conjugate() * other).imag
    if abs(cross) < NEAR * abs(along) * abs(other):
        return None
    return a + along * (((b - a).conjugate() * other).imag / cross)


def _coincidences(
    place: complex, figure: dict[str, complex], sides: Sequence[tuple[str, str]]
) -> int:
    """Count the lines through a place, the equal distances from it, and right angles at it."""
    lines = 0
    for a, b in sides:
        p, q = figure[a], figure[b]
        if abs(((q - p).conjugate() * (place - p)).imag) < NEAR:
            lines += 1
    distances = sorted(abs(place - p) for p in figure.values())
    equal = sum(abs(x - y) < NEAR for x, y in pairwise(distances))
    return 2 * lines + 2 * equal
