"""From a problem of geometry to a proof that was checked apart from the prover."""

import random
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Literal

from assistants.model import Cancel

from .auxiliary import additions
from .constructions import Problem
from .facts import UNDIRECTED, Block, Fact, Figure, directed, holds
from .figures import draw_figure, sharpened
from .forms import Statement, holds_in
from .proof import SEEN, Proof
from .replay import Replay, replay
from .yuclid import ANGLES_AND_RATIOS, WITH_SQUARES, deduce

FRESH = 3
"""Figures that a proof is tested in, none of them the prover's."""
MAX_FRESH = 24
DIGITS = 50
SECONDS_TO_DRAW = 3.0
FIGURES = 6
"""Figures that are drawn until the statement is true in one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Proved:
    """A proof, each step of which was replayed, and the figures that it was tested in.

    `problem` has the auxiliary points, which `constructions` makes. `elsewhere` counts figures in
    which a condition of the proof fails, `false` those of them in which the statement fails too.
    """

    problem: Problem
    proof: Proof
    replay: Replay
    figure: dict[str, complex]
    constructions: tuple[str, ...] = ()
    tested: int = 0
    elsewhere: int = 0
    false: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Unproved:
    """Why there is no proof; `figure` shows the problem where one could be drawn."""

    reason: Literal["no figure", "false", "not found"]
    detail: str
    figure: dict[str, complex] | None = None
    tried: int = 0


def prove(
    problem: Problem, *, seconds: float = 20.0, seed: int = 1, cancel: Cancel | None = None
) -> Proved | Unproved:
    """Prove a problem's goals, with auxiliary points where it takes them.

    Raises:
        Unsupported: The deduction engine is not installed.
        Cancelled: `cancel` was raised.
    """
    until = time.monotonic() + seconds
    draw = random.Random(seed)
    asked = problem.goals
    figure, seen = None, 0
    for arranged in _arrangements(problem):
        figure, seen = _true_figure(arranged, draw, until)
        if seen:
            problem = _directed(arranged, figure) if figure is not None else arranged
            break
    if figure is None:
        return _no_figure(problem, seen)
    tried = 0
    kept: Proved | None = None
    for attempt in _attempts(problem, figure, draw):
        if cancel is not None:
            cancel.raise_if_cancelled()
        left = until - time.monotonic()
        if left <= 0 or (kept is not None and attempt.constructions):
            break
        tried += 1
        longer = attempt.problem
        proof = deduce(
            attempt.figure, longer.facts, longer.goals, modes=attempt.modes, seconds=left
        )
        checked = None if proof is None else _checked(attempt, asked, proof, seed + tried)
        if checked is not None and not checked.replay.chosen:
            return checked
        kept = kept or checked
        if kept is not None and kept.constructions:
            break
    if kept is not None:
        return kept
    detail = f"no proof was found in {seconds:.0f} s ({tried} attempts, with auxiliary points)"
    return Unproved(reason="not found", detail=detail, figure=figure, tried=tried)


def _arrangements(problem: Problem) -> Iterator[Problem]:
    """Yield ways to place the points: as they come, and all of them together."""
    yield problem
    if len(problem.blocks) > 1:
        conditions = tuple(c for block in problem.blocks for c in block.conditions)
        whole = Block(points=problem.points, facts=problem.facts, conditions=conditions)
        yield Problem(blocks=(whole,), goals=problem.goals)


def true_figure(problem: Problem, draw: random.Random) -> dict[str, complex] | None:
    """Return a figure in which all that is given and asked for is true, or None."""
    for arranged in _arrangements(problem):
        figure, seen = _true_figure(arranged, draw, time.monotonic() + SECONDS_TO_DRAW)
        if seen:
            return figure
    return None


def _true_figure(
    problem: Problem, draw: random.Random, until: float
) -> tuple[dict[str, complex] | None, int]:
    """Return a figure in which the goals are true, and how many figures were looked at."""
    seen = 0
    for _ in range(FIGURES):
        found = draw_figure(problem.blocks, draw)
        seen += found is not None
        if found is not None and all(_asked_holds(goal, found) for goal in problem.goals):
            return found, seen
        if time.monotonic() > until or found is None:
            break
    return None, seen


def _asked_holds(goal: Fact, figure: Figure) -> bool:
    return holds(goal if goal.name in UNDIRECTED else directed(goal, figure), figure)


def _directed(problem: Problem, figure: Figure) -> Problem:
    """Return the problem with every angle turned as it is in a figure."""
    blocks = tuple(
        replace(block, facts=tuple(directed(fact, figure) for fact in block.facts))
        for block in problem.blocks
    )
    if any(fact.name == "aconst" for block in blocks for fact in block.facts):
        last = blocks[-1]
        conditions = (*last.conditions, *_turning(problem, figure))
        blocks = (*blocks[:-1], replace(last, conditions=conditions))
    return Problem(blocks=blocks, goals=tuple(directed(goal, figure) for goal in problem.goals))


def _turning(problem: Problem, figure: Figure) -> Iterator[Fact]:
    """Yield which way round the first three points lie: an angle of given size has a sign."""
    p = problem.points[:3]
    yield from (fact for fact in (Fact("left", p), Fact("left", p[::-1])) if holds(fact, figure))


def _no_figure(problem: Problem, seen: int) -> Unproved:
    if not seen:
        return Unproved(reason="no figure", detail="no figure was found in which all of it holds")
    goal = ", ".join(map(str, problem.goals))
    detail = f"“{goal}” fails in {seen} of {seen} random figures in which all that is given holds"
    return Unproved(reason="false", detail=detail)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Attempt:
    """A problem with its auxiliary points, a figure of it, and the rules that are tried."""

    problem: Problem
    figure: dict[str, complex]
    constructions: tuple[str, ...] = ()
    modes: Sequence[str] = WITH_SQUARES


def _attempts(
    problem: Problem, figure: dict[str, complex], draw: random.Random
) -> Iterator[_Attempt]:
    """Yield problems to try: as it stands by each set of rules, then with auxiliary points."""
    yield _Attempt(problem=problem, figure=figure, modes=ANGLES_AND_RATIOS)
    yield _Attempt(problem=problem, figure=figure)
    for addition in additions(problem, figure, draw):
        longer = Problem(blocks=(*problem.blocks, *addition.blocks), goals=problem.goals)
        yield _Attempt(problem=longer, figure=addition.figure, constructions=addition.constructions)


def _checked(attempt: _Attempt, asked: Sequence[Fact], proof: Proof, seed: int) -> Proved | None:
    """Replay a proof and test it in fresh figures; None where it does not hold."""
    problem, figure = attempt.problem, attempt.figure
    first = replay(proof, problem.facts, [figure])
    if not first.right:
        return None
    fresh, elsewhere, false = _fresh(problem, first, seed)
    if len(fresh) < FRESH or not all(_asked_holds(goal, one) for goal in asked for one in fresh):
        return None
    again = replay(proof, problem.facts, fresh)
    if not again.right:
        return None
    for rough in fresh:
        sharp = sharpened(problem.blocks, rough, DIGITS)
        if sharp is None or not _true_in(sharp, problem, proof):
            return None
    return Proved(
        problem=problem, proof=proof, replay=again, figure=figure,
        constructions=attempt.constructions, tested=len(fresh), elsewhere=elsewhere, false=false,
    )  # fmt: skip


def _fresh(
    problem: Problem, checked: Replay, seed: int
) -> tuple[list[dict[str, complex]], int, int]:
    """Draw figures in which the conditions hold; count the others, and where the goal fails."""
    draw = random.Random(f"fresh {seed}")
    needed: Sequence[Statement] = (*checked.conditions, *checked.chosen)
    kept: list[dict[str, complex]] = []
    elsewhere = false = 0
    for _ in range(MAX_FRESH):
        figure = draw_figure(problem.blocks, draw, tries=4)
        if figure is None:
            continue
        if all(holds_in(statement, figure) for statement in needed):
            kept.append(figure)
        else:
            elsewhere += 1
            false += not all(holds(goal, figure) for goal in problem.goals)
        if len(kept) == FRESH:
            break
    return kept, elsewhere, false


def _true_in(sharp: Figure, problem: Problem, proof: Proof) -> bool:
    """Whether what is given, every step and the goals are true to many digits."""
    steps = [step.conclusion for step in proof.steps if step.rule != SEEN]
    facts: list[Fact] = [*problem.facts, *problem.goals]
    return all(holds_in(one, sharp, 10.0 ** (10 - DIGITS)) for one in (*facts, *steps))
