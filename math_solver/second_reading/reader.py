"""Search for the likeliest way to join the quantities of a question, and how likely it is."""

import math
from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from functools import cache
from itertools import product
from pathlib import Path
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from math_solver.plan import LET_NAMES
from math_solver.reading import Question

from .features import hashed, need_features, pair_features
from .joining import COLUMNS, KEPT, choices, column_of, joined, possible, steps_of
from .quantities import Quantity, Scene, read_scene

Floats: TypeAlias = NDArray[np.float32]

WEIGHTS = Path(__file__).with_name("weights.npz")
WIDTH = 24
"""States that are kept after each join."""
SUBSETS = 16
"""Choices of the quantities that matter which are tried."""
MOST_JOINS = 7
_TINY = 1e-9


@dataclass(frozen=True, slots=True, kw_only=True)
class Weights:
    """Of joins: (rows, COLUMNS); of needing a quantity: (rows,)."""

    joins: Floats
    needs: Floats


@dataclass(frozen=True, slots=True, kw_only=True)
class Second:
    """A plan, what it comes to, and the probability that the model gives this value."""

    source: str
    value: Fraction
    probability: float


@cache
def shipped() -> Weights:
    """Return the weights that are shipped."""
    with np.load(WEIGHTS, allow_pickle=False) as stored:
        scale = stored["scale"].astype(np.float32)
        return Weights(
            joins=stored["joins"].astype(np.float32) * scale[0],
            needs=stored["needs"].astype(np.float32) * scale[1],
        )


def read_second(question: Question, weights: Weights | None = None) -> Second | None:
    """Read a question; None where it has no quantities, or nothing can be made of them."""
    found = values_of(question, weights)
    for value, (total, _, best) in sorted(found.items(), key=lambda one: -one[1][0])[:1]:
        source = plan_of(best)
        if source is not None:
            return Second(source=source, value=value, probability=total)
    return None


def values_of(question: Question, weights: Weights | None = None) -> "Found":
    """Return every value that was found, with its probability and its likeliest way."""
    scene = None if question.formulas else read_scene(question)
    return {} if scene is None else _search(scene, weights or shipped())


def plan_of(quantity: Quantity) -> str | None:
    """Write what was made as a plan; None where it has more steps than a plan."""
    steps = steps_of(quantity.text)
    if not steps:
        return f"answer {quantity.text}"
    if len(steps) > len(LET_NAMES):
        return None
    names = {name: LET_NAMES[i] for i, (name, _) in enumerate(steps)}
    lines = [
        (names[name], " ".join(names.get(piece, piece) for piece in inside.split()))
        for name, inside in steps
    ]
    lets = [f"let {name} = {inside}" for name, inside in lines[:-1]]
    return "\n".join([*lets, f"answer {lines[-1][1]}"])


Found: TypeAlias = dict[Fraction, tuple[float, float, Quantity]]


def _search(scene: Scene, weights: Weights) -> Found:
    """Return, for each value, its probability, that of its likeliest way, and that way."""
    found: Found = {}
    states: dict[tuple[str, ...], tuple[float, tuple[Quantity, ...]]] = {}
    for score, kept in _subsets(scene, weights):
        _add(states, score, kept)
    for _ in range(MOST_JOINS + 1):
        following: dict[tuple[str, ...], tuple[float, tuple[Quantity, ...]]] = {}
        ranked = sorted(states.values(), key=lambda one: -one[0])[:WIDTH]
        for score, quantities in ranked:
            if len(quantities) == 1:
                _finish(found, score, quantities[0])
                continue
            for more, made in expansions(scene, quantities, weights):
                if score * more > _TINY:
                    _add(following, score * more, made)
        states = following
        if not states:
            break
    return found


def _add(
    states: dict[tuple[str, ...], tuple[float, tuple[Quantity, ...]]],
    score: float,
    quantities: tuple[Quantity, ...],
) -> None:
    key = tuple(sorted(q.text for q in quantities))
    before = states[key][0] if key in states else 0.0
    states[key] = (before + score, quantities)


def _finish(found: Found, score: float, quantity: Quantity) -> None:
    total, best, shown = found.get(quantity.value, (0.0, 0.0, quantity))
    if score > best:
        best, shown = score, quantity
    found[quantity.value] = (total + score, best, shown)


def _subsets(scene: Scene, weights: Weights) -> Iterator[tuple[float, tuple[Quantity, ...]]]:
    """Yield the likeliest choices of quantities that matter."""
    needed = need_probabilities(scene, weights)
    open_ones = [i for i, p in enumerate(needed) if 0.004 < p < 0.996]
    open_ones = sorted(open_ones, key=lambda i: abs(needed[i] - 0.5))[:6]
    scored: list[tuple[float, tuple[Quantity, ...]]] = []
    for decided in product((True, False), repeat=len(open_ones)):
        chosen = {i: p >= 0.5 for i, p in enumerate(needed)}
        chosen.update(zip(open_ones, decided, strict=True))
        score = math.prod(needed[i] if keep else 1 - needed[i] for i, keep in chosen.items())
        kept = tuple(q for i, q in enumerate(scene.quantities) if chosen[i])
        if kept:
            scored.append((score, kept))
    yield from sorted(scored, key=lambda one: -one[0])[:SUBSETS]


def need_probabilities(scene: Scene, weights: Weights) -> list[float]:
    """Return for each quantity how likely it is that the answer needs it."""
    return [
        1 / (1 + math.exp(-float(weights.needs[hashed(need_features(scene, i))].sum())))
        for i in range(len(scene.quantities))
    ]


def expansions(
    scene: Scene, quantities: tuple[Quantity, ...], weights: Weights
) -> Iterator[tuple[float, tuple[Quantity, ...]]]:
    """Yield each likely join's probability and what it leaves."""
    pairs = list(choices(len(quantities)))
    rows = [
        hashed(pair_features(scene, quantities[i], quantities[j], len(quantities)))
        for i, j in pairs
    ]
    scores = np.stack([weights.joins[row].sum(axis=0) for row in rows])
    scores = np.where(allowed(quantities, pairs), scores, -np.inf).ravel()
    probabilities = np.exp(scores - scores.max())
    probabilities /= probabilities.sum()
    for flat in np.argsort(-probabilities)[:WIDTH]:
        probability = float(probabilities[flat])
        if probability < 1e-4:
            return
        pair, column = divmod(int(flat), COLUMNS)
        made = joined(quantities, column_of(column, *pairs[pair]))
        if made is not None:
            yield probability, made


def allowed(quantities: tuple[Quantity, ...], pairs: list[tuple[int, int]]) -> NDArray[np.bool_]:
    """Say for each pair and column whether the join makes a possible amount."""
    operations = [possible(quantities[i], quantities[j]) for i, j in pairs]
    return np.repeat(np.array(operations), len(KEPT), axis=1)
