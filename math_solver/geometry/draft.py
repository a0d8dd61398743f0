"""What has been read of a problem in words so far: points, facts, polygons and circles."""

import re
from collections.abc import Callable, Sequence
from copy import deepcopy
from dataclasses import dataclass, field
from fractions import Fraction

from .constructions import Problem
from .facts import Block, Fact

Build = Callable[..., "list[Fact] | None"]
"""Makes facts of the parts of a wording; None where they make no sense."""
POINT = r"[A-Z](?:_?\d|'+)?"
"""A point's name: a capital letter, with primes or a digit."""


@dataclass(slots=True)
class Circle:
    """A circle of the problem: its centre (which may be one of ours) and the points on it."""

    centre: str
    points: list[str]


@dataclass(slots=True)
class Draft:
    """What was read so far. `polygons` give an angle its arms where only its vertex is named.

    `named` are the points of the whole text, so that nameless points get other names.
    """

    points: list[str] = field(default_factory=list)
    facts: list[Fact] = field(default_factory=list)
    polygons: list[tuple[str, ...]] = field(default_factory=list)
    circles: list[Circle] = field(default_factory=list)
    hidden: int = 0
    named: frozenset[str] = frozenset()
    goal: bool = False

    def add(self, facts: Sequence[Fact]) -> None:
        """Take facts, and the points in them that are new."""
        for fact in facts:
            self.name(*fact.points)
            if fact not in self.facts:
                self.facts.append(fact)

    def name(self, *points: str) -> None:
        """Take points in the order in which they are named."""
        self.points += [p for p in dict.fromkeys(points) if p not in self.points]

    def fresh(self) -> str:
        """Return a name for a point that the words leave nameless."""
        self.hidden += 1
        while f"Z{self.hidden}" in self.named:
            self.hidden += 1
        return f"Z{self.hidden}"

    def copied(self) -> "Draft":
        """Return a copy to go back to."""
        return deepcopy(self)

    def restore(self, saved: "Draft") -> None:
        """Go back to a copy."""
        other = saved.copied()
        self.points, self.facts, self.polygons = other.points, other.facts, other.polygons
        self.circles, self.hidden, self.goal = other.circles, other.hidden, other.goal

    def arms(self, angle: str) -> tuple[str, str, str] | None:
        """Return an angle's three points; one named by its vertex alone stands in a polygon."""
        named = points_in(angle)
        if len(named) == 3:
            return named[0], named[1], named[2]
        for polygon in reversed(self.polygons):
            if named[0] in polygon:
                at = polygon.index(named[0])
                return polygon[at - 1], named[0], polygon[(at + 1) % len(polygon)]
        return None

    def problem(self, goals: Sequence[Fact]) -> Problem:
        """Return the problem, one block a point; a fact places the last of its points."""
        self.name(*(point for fact in goals for point in fact.points))
        first = self.polygons[0] if self.polygons else ()
        rest = [(p,) for p in self.points if p not in first]
        groups = [first, *rest] if first else rest
        return Problem(blocks=self.placed(groups), goals=tuple(dict.fromkeys(goals)))

    def placed(self, groups: Sequence[tuple[str, ...]]) -> tuple[Block, ...]:
        """Return a block for each group of points; a fact places the last of its points."""
        place = {point: index for index, group in enumerate(groups) for point in group}
        blocks: list[Block] = []
        for index, group in enumerate(groups):
            here = [f for f in self.facts if max(place[p] for p in f.points) == index]
            blocks.append(
                Block(
                    points=group,
                    facts=tuple(f for f in here if not f.condition),
                    conditions=tuple(f for f in here if f.condition),
                )
            )
        return tuple(blocks)


def points_in(text: str) -> list[str]:
    """Return the points that a text names, in order."""
    words = re.findall(rf"(?<![A-Za-z])(?:{POINT})+(?![a-z])", text)
    return [point for word in words for point in re.findall(POINT, word)]


def fact(name: str, *points: str, constant: Fraction | None = None) -> Fact:
    """Return a fact whose points are written side by side: `fact("perp", "AB", "CD")`."""
    return Fact(name, tuple(q for p in points for q in re.findall(POINT, p)), constant)
