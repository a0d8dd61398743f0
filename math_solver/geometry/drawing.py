"""The figure of a problem: its points, the lines and circles that it speaks of."""

import random
from collections.abc import Iterator, Mapping

from .constructions import Problem
from .facts import Fact, holds
from .prove import true_figure

ROUND = 72
"""Corners of a drawn circle."""


def drawn_figure(problem: Problem, seed: int = 1) -> dict[str, complex] | None:
    """Return a figure in which all of a problem is true, well spread where one is found."""
    found = [true_figure(problem, random.Random(seed + i)) for i in range(5)]
    return max((f for f in found if f is not None), key=_openness, default=None)


def _openness(figure: Mapping[str, complex]) -> float:
    """Return the least distance of two points against the size of the figure."""
    places = list(figure.values())
    gaps = [abs(p - q) for i, p in enumerate(places) for q in places[:i]]
    return min(gaps, default=0.0) / max(gaps, default=1.0)


def segments(problem: Problem, figure: Mapping[str, complex]) -> list[tuple[str, str]]:
    """Return the pairs of points to join: what the facts name, the widest of points on a line."""
    found: dict[frozenset[str], tuple[str, str]] = {}
    corners = [c.points for block in problem.blocks for c in block.conditions if c.name == "ncoll"]
    outer = {p for three in corners for p in three}
    for fact in (*problem.facts, *problem.goals):
        for first, second in _joined(fact, figure):
            if first != second:
                found.setdefault(frozenset({first, second}), (first, second))
    first = problem.blocks[0].points
    if len(first) > 2 and set(first) <= outer:
        for pair in zip(first, (*first[1:], first[0]), strict=True):
            found.setdefault(frozenset(pair), pair)
    return list(found.values())


def _joined(fact: Fact, figure: Mapping[str, complex]) -> Iterator[tuple[str, str]]:
    p = fact.points
    match fact.name:
        case "coll" | "midp":
            yield max(
                ((a, b) for i, a in enumerate(p) for b in p[:i]),
                key=lambda pair: abs(figure[pair[0]] - figure[pair[1]]),
            )
        case "circle" | "cyclic":
            return
        case "simtri" | "simtrir" | "contri" | "contrir":
            for three in (p[:3], p[3:]):
                yield from zip(three, (*three[1:], three[0]), strict=True)
        case "sameangle" | "angleis":
            for at in range(0, len(p), 3):
                yield p[at], p[at + 1]
                yield p[at + 1], p[at + 2]
        case _:
            yield from zip(p[::2], p[1::2], strict=True)


def circles(problem: Problem, figure: Mapping[str, complex]) -> list[tuple[complex, float]]:
    """Return the circles that the facts and goals speak of, each once."""
    found: list[tuple[complex, float]] = []
    for center, on in _rounds(problem):
        place = figure[center]
        ring = (place, abs(figure[on] - place))
        if not any(abs(ring[0] - c) < 1e-6 and abs(ring[1] - r) < 1e-6 for c, r in found):
            found.append(ring)
    for fact in (*problem.facts, *problem.goals):
        if fact.name == "cyclic" and holds(fact, figure):
            ring = _through(*(figure[q] for q in fact.points[:3]))
            if ring and not any(abs(ring[0] - c) + abs(ring[1] - r) < 1e-5 for c, r in found):
                found.append(ring)
    return found


def _rounds(problem: Problem) -> Iterator[tuple[str, str]]:
    """Yield centres with a point on the circle: named circles, or three equal distances."""
    far: dict[str, set[str]] = {}
    for fact in problem.facts:
        p = fact.points
        if fact.name == "circle":
            yield p[0], p[1]
        if fact.name == "cong" and p[0] == p[2]:
            far.setdefault(p[0], set()).update((p[1], p[3]))
    yield from ((center, min(on)) for center, on in far.items() if len(on) >= 3)


def _through(a: complex, b: complex, c: complex) -> tuple[complex, float] | None:
    first, second = b - a, c - a
    cross = (first.conjugate() * second).imag
    if abs(cross) < 1e-9:
        return None
    center = a + 1j * (second * abs(first) ** 2 - first * abs(second) ** 2) / (-2 * cross)
    return center, abs(center - a)
