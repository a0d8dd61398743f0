"""The constructions of JGEX: what each says of its points, and problems written with them.

    a b c = triangle a b c; m = midpoint m b c; d = on_line d a m, on_circle d a b ? cong a b a d

Clauses are separated by `;`, two constructions of one point by `,`, and `?` begins what is to be
proved (`coll …`, see `facts`). Definitions follow Newclid's (Apache-2.0), from Chou, Gao and
Zhang's Java Geometry Expert.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from assistants.errors import InputError

from .facts import CONSTANTS, Block, Fact, read_fact

MAX_POINTS = 40
MAX_LENGTH = 4000


@dataclass(frozen=True, slots=True, kw_only=True)
class Problem:
    """Points in the order of their construction, what holds of them, and what is to be proved."""

    blocks: tuple[Block, ...]
    goals: tuple[Fact, ...]

    @property
    def facts(self) -> tuple[Fact, ...]:
        """What is given, without doubles."""
        return tuple(dict.fromkeys(fact for block in self.blocks for fact in block.facts))

    @property
    def points(self) -> tuple[str, ...]:
        """All points in order."""
        return tuple(point for block in self.blocks for point in block.points)


@dataclass(frozen=True, slots=True, kw_only=True)
class Construction:
    """A named construction: its arguments, and what holds then."""

    arguments: tuple[str, ...]
    facts: tuple[str, ...]


@cache
def constructions() -> Mapping[str, Construction]:
    """Return the table of constructions by name."""
    table: dict[str, Construction] = {}
    lines = Path(__file__).with_suffix(".txt").read_text(encoding="utf-8").splitlines()
    for line in lines:
        if line.strip() and not line.startswith("#"):
            head, _, body = line.partition(":")
            name, *arguments = head.split()
            facts = tuple(part.strip() for part in body.split(",") if part.strip())
            table[name] = Construction(arguments=tuple(arguments), facts=facts)
    return table


def read_problem(text: str) -> Problem:
    """Read a problem in the notation of JGEX. Raises `InputError`."""
    if len(text) > MAX_LENGTH:
        raise InputError(f"a problem of geometry has at most {MAX_LENGTH} characters")
    setup, mark, goals = text.replace("：", ":").partition("?")
    if not mark or not goals.strip():
        raise InputError("nothing is to be proved", hint="end with: ? coll a b c")
    blocks: list[Block] = []
    known: set[str] = set()
    for clause in re.split(r"[;|]", setup):
        if clause.strip():
            blocks.append(_block(clause, known))
            known |= set(blocks[-1].points)
    asked = tuple(read_fact(goal) for goal in re.split(r"[;,]", goals) if goal.strip())
    for goal in asked:
        if missing := [point for point in goal.points if point not in known]:
            raise InputError(f"the point {missing[0]} of '{goal}' is not constructed")
    if len(known) > MAX_POINTS:
        raise InputError(f"a problem of geometry has at most {MAX_POINTS} points")
    return Problem(blocks=tuple(blocks), goals=asked)


def _block(clause: str, known: set[str]) -> Block:
    new, mark, body = clause.partition("=")
    points = tuple(re.sub(r"@\S+", "", name) for name in new.split())
    if not mark or not points:
        raise InputError(
            f"'{clause.strip()}' is no construction", hint="such as: m = midpoint m a b"
        )
    if twice := [point for point in points if point in known]:
        raise InputError(f"the point {twice[0]} is constructed twice")
    facts = [fact for part in body.split(",") for fact in construct(part)]
    for fact in facts:
        if missing := [p for p in fact.points if p not in known and p not in points]:
            raise InputError(f"'{clause.strip()}' uses the point {missing[0]} before it is there")
    return block_of(points, facts)


def block_of(points: tuple[str, ...], facts: list[Fact]) -> Block:
    """Return a block, what places its points apart from what a figure decides."""
    return Block(
        points=points,
        facts=tuple(dict.fromkeys(fact for fact in facts if not fact.condition)),
        conditions=tuple(dict.fromkeys(fact for fact in facts if fact.condition)),
    )


def construct(text: str) -> list[Fact]:
    """Return the facts of one construction such as `midpoint m a b`. Raises `InputError`."""
    name, *arguments = text.split() or [""]
    form = constructions().get(name)
    if form is None:
        raise InputError(
            f"'{name}' is no construction of JGEX", hint="such as midpoint, foot, on_line"
        )
    if len(arguments) != len(form.arguments):
        raise InputError(
            f"'{text.strip()}' has {len(arguments)} arguments",
            hint=f"{name} takes {' '.join(form.arguments)}",
        )
    named = dict(zip(form.arguments, arguments, strict=True))
    return [read_fact(_renamed(fact, named)) for fact in form.facts]


def _renamed(fact: str, named: Mapping[str, str]) -> str:
    name, *points = fact.split()
    last = [points.pop()] if name in CONSTANTS else []
    constant = [named.get(word, word) for word in last]
    return " ".join((name, *(named[point] for point in points), *constant))
