"""Read a question about one table: what is asked for, under which conditions, and how surely.

Three choices by log-linear models over hashed features: for each value of the question the
condition that it belongs to, if any; the column that is asked for; how it is summed up (SQLNet's
parts, Xu et al. 2017, arXiv 1711.04436, without its networks). A fourth model says how probable it
is that all of it is right; it has seen questions whose value or column a table lacks, so it is low
where words are left that no value explains.
"""

import zlib
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from typing import Final, Literal, TypeAlias

import numpy as np
from numpy.typing import NDArray

from .features import Condition, Reading, hashed
from .view import Span, TableView, scene_of

Floats: TypeAlias = NDArray[np.float32]
Summing: TypeAlias = Literal["", "count", "max", "min", "sum", "avg"]
SUMMINGS: Final[tuple[Summing, ...]] = ("", "count", "max", "min", "sum", "avg")
USUAL = 2
"""From this level on a word is told by itself."""
WEIGHTS = Path(__file__).with_name("weights.npz")


@dataclass(frozen=True, slots=True, kw_only=True)
class Weights:
    """Of conditions, asked columns and trust (rows,); of sums (rows, len(SUMMINGS)).

    `known` are checksums of the words that questions have beside a table's own, sorted, and
    `levels` say how often, from 1 to 4.
    """

    conditions: Floats
    heads: Floats
    sums: Floats
    trust: Floats
    known: NDArray[np.uint32]
    levels: NDArray[np.uint8]

    def level(self, word: str) -> int:
        """Return how usual a word is in questions beside a table's own, from 0 to 4."""
        number = checksum(word)
        at = int(np.searchsorted(self.known, number))
        return int(self.levels[at]) if at < len(self.known) and self.known[at] == number else 0


@dataclass(frozen=True, slots=True, kw_only=True)
class TableReading:
    """What a question asks of a table.

    `column` is asked for, summed up as the likeliest of `sums`; `probability` is that of the
    column and all conditions being right.
    """

    column: int
    sums: tuple[tuple[Summing, float], ...]
    conditions: tuple[tuple[Span, Condition], ...]
    probability: float


@cache
def shipped() -> Weights:
    """Return the weights that are shipped."""
    with np.load(WEIGHTS, allow_pickle=False) as stored:
        scale = stored["scale"]
        names = ("conditions", "heads", "sums", "trust")
        parts = [stored[name].astype(np.float32) * scale[i] for i, name in enumerate(names)]
        return Weights(
            conditions=parts[0],
            heads=parts[1],
            sums=parts[2],
            trust=parts[3],
            known=stored["known"],
            levels=stored["levels"],
        )


def read_table(question: str, view: TableView, weights: Weights | None = None) -> TableReading:
    """Return the likeliest reading of a question; the table must have a column."""
    weights = weights or shipped()
    seen, reading, sure, likely = read_parts(question, view, weights)
    features = of_trust(seen, reading, sure, likely, weights)
    score = float(weights.trust[hashed(features)].sum())
    return replace(reading, probability=float(1 / (1 + np.exp(-np.clip(score, -30, 30)))))


def read_parts(
    question: str, view: TableView, weights: Weights
) -> tuple[Reading, TableReading, float, float]:
    """Return a reading, not weighed yet, what it was read from, and how likely its parts are.

    The last two are the probabilities of its conditions and of its column.
    """
    seen = Reading(scene_of(question, view))
    found, sure = _conditions(seen, weights)
    column, likely = _column(seen, found, weights)
    sums = softmax(weights.sums[hashed(seen.of_sum(column))].sum(axis=0))
    named = tuple((SUMMINGS[at], float(sums[at])) for at in np.argsort(-sums))
    reading = TableReading(column=column, sums=named, conditions=found, probability=0.0)
    return seen, reading, sure, likely


def _conditions(
    seen: Reading, weights: Weights
) -> tuple[tuple[tuple[Span, Condition], ...], float]:
    found: list[tuple[Span, Condition]] = []
    sure = 1.0
    for span in seen.scene.spans:
        choices = seen.conditions(span)
        if len(choices) == 1:
            continue
        chances = softmax(scores(weights.conditions, [seen.of_condition(span, c) for c in choices]))
        best = int(chances.argmax())
        sure *= float(chances[best])
        chosen = choices[best]
        if chosen is not None:
            found.append((span, chosen))
    return tuple(found), sure


def _column(
    seen: Reading, found: Sequence[tuple[Span, Condition]], weights: Weights
) -> tuple[int, float]:
    used = frozenset(condition[0] for _, condition in found)
    rows = [seen.of_head(at, used) for at in range(len(seen.scene.view.columns))]
    chances = softmax(scores(weights.heads, rows))
    best = int(chances.argmax())
    return best, float(chances[best])


def scores(weights: Floats, rows: Sequence[Sequence[str]]) -> Floats:
    """Return the score of each choice, told by its features."""
    return np.array([weights[hashed(row)].sum() for row in rows], dtype=np.float32)


def softmax(logits: Floats) -> Floats:
    """Return the probabilities of scores."""
    shifted = np.exp(logits - logits.max())
    return shifted / shifted.sum()


def of_trust(
    seen: Reading, reading: TableReading, sure: float, likely: float, weights: Weights
) -> list[str]:
    """Return what speaks for or against a whole reading.

    `sure` is the probability of its conditions, `likely` that of its column.
    """
    column, conditions = reading.column, reading.conditions
    used = {condition[0] for _, condition in conditions} | {column}
    unsaid, covered = len(seen.unsaid), int(4 * seen.covered[column])
    left = sum(all(span is not one for one, _ in conditions) for span in seen.scene.spans)
    others = sum(
        bool(places) and at not in used and seen.covered[at] >= seen.covered[column]
        for at, places in enumerate(seen.found)
    )
    found = [
        "trust",
        f"sure {_logit(sure)}",
        f"likely {_logit(likely)}",
        f"both {_logit(sure * likely)}",
        f"covered {covered}",
        f"covered {covered} {_logit(likely) // 3}",
        f"conditions {min(len(conditions), 3)}",
        f"unsaid {min(unsaid, 6)}",
        f"unsaid {min(unsaid, 6)} {min(len(conditions), 2)}",
        f"others {min(others, 3)}",
        f"left {min(left, 3)}",
    ]
    found += seen.of_name(column)
    strange = 0
    for at in seen.unsaid:
        level = weights.level(seen.stems[at])
        strange += level < USUAL
        found += seen.of_unsaid(at, level, usual=level >= USUAL)
    return [*found, f"strange {min(strange, 3)}"]


def checksum(word: str) -> int:
    """Return the number that a word is known by."""
    return zlib.crc32(word.encode())


def _logit(probability: float) -> int:
    """Return half-units of log odds, from 0 to 16."""
    if probability >= 1.0:
        return 16
    odds = np.log(max(probability, 1e-9) / (1 - probability))
    return int(2 * min(8.0, max(0.0, float(odds))))
