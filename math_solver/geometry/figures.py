"""Random figures in which given facts hold, to sixteen digits or to fifty.

Points come in blocks, each placed by Newton's method from a random start over the facts that
speak of the points so far (least squares, so that facts may be too many if they agree and too few
where a point is free). A figure with two points in one place, or where a condition fails, is
thrown away and drawn anew.
"""

import random
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from .facts import Block, Figure, Number, holds, residuals

TRIES_A_BLOCK = 30
TRIES_A_FIGURE = 25
MISSES = 10
"""Starts from which Newton's method may lead nowhere before a block is given up."""
REPEATS = 2
"""How often a place that is of no use may come again before a block is given up."""
NEAREST = 0.04
"""Least distance of two points; blocks of free points lie within some three units."""
FARTHEST = 12.0
EXACT = 1e-11
_STEP = 1e-7


def draw_figure(
    blocks: Sequence[Block], draw: random.Random, *, tries: int = TRIES_A_FIGURE
) -> dict[str, complex] | None:
    """Return a random figure with all facts of the blocks, or None where none was found."""
    for _ in range(tries):
        figure: dict[str, complex] = {}
        if all(_place(block, figure, draw) for block in blocks):
            return _centred(figure)
    return None


def extend_figure(
    figure: Mapping[str, complex], block: Block, draw: random.Random
) -> dict[str, complex] | None:
    """Return a figure with one more block, or None where it cannot be placed."""
    longer = dict(figure)
    return longer if _place(block, longer, draw) else None


def _place(block: Block, figure: dict[str, complex], draw: random.Random) -> bool:
    tries = TRIES_A_BLOCK if block.facts else TRIES_A_BLOCK // 3
    middle = sum(figure.values()) / len(figure) if figure else 0j
    bad: list[list[complex]] = []
    missed = 0
    for _ in range(tries):
        start = [middle + complex(draw.gauss(0, 1.2), draw.gauss(0, 1.2)) for _ in block.points]
        found = _newton(block, figure, start) if block.facts else start
        if found is None:
            missed += 1
            if missed > MISSES:
                return False
            continue
        if sum(_same(found, other) for other in bad) >= REPEATS:
            return False
        candidate = figure | dict(zip(block.points, found, strict=True))
        if _good(block, candidate):
            figure.update(candidate)
            return True
        bad.append(found)
    return False


def _same(first: Sequence[complex], second: Sequence[complex]) -> bool:
    """Whether two solutions put the points in the same places."""
    return all(abs(p - q) < 1e-6 for p, q in zip(first, second, strict=True))


def _good(block: Block, figure: Mapping[str, complex]) -> bool:
    """Whether the new points lie apart, not far out, and as the conditions want them."""
    new = [figure[name] for name in block.points]
    old = [place for name, place in figure.items() if name not in block.points]
    if any(abs(place) > FARTHEST for place in new):
        return False
    others = [(p, q) for i, p in enumerate(new) for q in (*old, *new[:i])]
    if any(abs(p - q) < NEAREST for p, q in others):
        return False
    free = not block.facts and len(new) >= 3
    if free and not _spread(new):
        return False
    return all(holds(fact, figure) for fact in block.conditions)


def _spread(places: Sequence[complex]) -> bool:
    """Whether no three of the points lie nearly on a line."""
    triples = [
        (a, b, c)
        for i, a in enumerate(places)
        for j, b in enumerate(places[:i])
        for c in places[:j]
    ]
    return all(abs(((b - a).conjugate() * (c - a)).imag) > 0.15 for a, b, c in triples)


def _newton(
    block: Block, figure: Mapping[str, complex], start: Sequence[complex]
) -> list[complex] | None:
    """Solve for the block's points from a start; None where it does not converge."""
    x = _flat(start)
    size = np.inf
    for _ in range(60):
        try:
            value = _values(block, figure, x)
            size = float(np.max(np.abs(value)))
            if size < EXACT / 100:
                break
            step = np.linalg.lstsq(_slopes(block, figure, x, value), -value, rcond=1e-6)[0]
        except (ZeroDivisionError, np.linalg.LinAlgError):
            return None
        length = float(np.linalg.norm(step))
        if not np.isfinite(length):
            return None
        x = np.asarray(x + step * min(1.0, 1.5 / max(length, 1e-300)), dtype=np.float64)
        if length < 1e-15:
            break
    if size > EXACT or float(np.max(np.abs(x))) > FARTHEST:
        return None
    return [complex(x[i], x[i + 1]) for i in range(0, len(x), 2)]


def _flat(places: Sequence[complex]) -> NDArray[np.float64]:
    return np.array(
        [part for place in places for part in (place.real, place.imag)], dtype=np.float64
    )


def _values(
    block: Block, figure: Mapping[str, complex], x: NDArray[np.float64]
) -> NDArray[np.float64]:
    places = {n: complex(x[2 * i], x[2 * i + 1]) for i, n in enumerate(block.points)}
    whole = {**figure, **places}
    return np.array([value for fact in block.facts for value in residuals(fact, whole)])


def _slopes(
    block: Block,
    figure: Mapping[str, complex],
    x: NDArray[np.float64],
    value: NDArray[np.float64],
) -> NDArray[np.float64]:
    columns: list[NDArray[np.float64]] = []
    for index in range(len(x)):
        moved = x.copy()
        moved[index] += _STEP
        columns.append((_values(block, figure, moved) - value) / _STEP)
    return np.stack(columns, axis=1)


def _centred(figure: Mapping[str, complex]) -> dict[str, complex]:
    middle = sum(figure.values()) / len(figure)
    return {name: place - middle for name, place in figure.items()}


def sharpened(
    blocks: Sequence[Block], figure: Mapping[str, complex], digits: int = 50
) -> Figure | None:
    """Return the figure with its facts true to `digits` digits; None where that fails.

    The slopes are taken once in floats and the values in many digits, so that a step wins some
    twelve digits.
    """
    from mpmath import MPContext

    context: Any = MPContext()
    context.dps = digits + 15
    sharp: dict[str, Any] = {}
    for block in blocks:
        places = [context.mpc(figure[name]) for name in block.points]
        if block.facts:
            found = _sharp_block(block, sharp, places, context.mpf(10) ** -(digits + 5))
            if found is None:
                return None
            places = found
        sharp.update(zip(block.points, places, strict=True))
    return sharp


def _sharp_block(
    block: Block, sharp: Figure, places: list[Number], enough: Number
) -> list[Number] | None:
    rough = {name: complex(place) for name, place in sharp.items()}
    x = np.array([part for place in places for part in (float(place.real), float(place.imag))])
    try:
        inverse = np.linalg.pinv(_slopes(block, rough, x, _values(block, rough, x)), rcond=1e-7)
    except np.linalg.LinAlgError:
        return None
    for _ in range(30):
        whole = {**sharp, **dict(zip(block.points, places, strict=True))}
        value = [v for fact in block.facts for v in residuals(fact, whole)]
        largest = max(map(abs, value))
        if largest < enough:
            return places
        scaled = np.array([float(v / largest) for v in value])
        step = inverse @ scaled
        places = [
            place - largest * (float(step[2 * i]) + 1j * float(step[2 * i + 1]))
            for i, place in enumerate(places)
        ]
    return None
