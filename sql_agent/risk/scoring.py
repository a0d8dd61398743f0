"""The transaction risk score: trained from few chosen labels, calibrated, with its reasons.

Labels are chosen in rounds: at first the transactions that stand out (high for their card, or at
merchants with known fraud), mixed with random ones; then, with the model so far, those it finds
riskiest, those it is least sure about, and random ones. The scores are calibrated (Platt, 1999) on
transactions whose labels came back after the delay; where no feedback is used, on the random part
of the chosen ones.
"""

import io
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from assistants.errors import InputError, OutputError

from .boosting import Boosting, Trees, fit
from .features import BASES, FROM_FEEDBACK, NAMES, WORDS
from .measures import stability
from .transactions import Floats, Integers

VERSION = 1
_ROUNDS = 5
_DRIFT = 0.25
_REFERENCE = 2000
_CANDIDATES = 20_000
"""Transactions that are looked at in one round of choosing."""
_STANDING_OUT = (
    "usual_ratio", "amount", "card_high_share", "card_fraud_high_14", "merchant_fraud_run",
    "merchant_fraud_usual_28",
)  # fmt: skip
_LEAST = 1e-9
_SHARE = 0.05
"""The least that a feature adds to the log-odds to be called a reason: a twentieth of the odds."""
_BATCH = 20_000
Oracle = Callable[[Integers], Integers]
"""Returns the labels of the transactions at some places: a person who looks at them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Training:
    """How a score is trained."""

    labels: int = 500
    feedback: bool = True
    seed: int = 0
    boosting: Boosting = field(default_factory=Boosting)


@dataclass(frozen=True, slots=True, kw_only=True)
class Reason:
    """A feature that raised a score, in words."""

    text: str
    feature: str

    @property
    def basis(self) -> str:
        """What the words speak of, by the names of `features.SPEAK_OF`."""
        return BASES[self.feature]

    def __str__(self) -> str:
        return self.text


@dataclass(frozen=True, slots=True, kw_only=True)
class Scored:
    """One transaction's risk: a calibrated chance, and what raised it most, first things first."""

    chance: float
    reasons: tuple[Reason, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class RiskModel:
    """A trained score. `slope` and `offset` calibrate; `reference` are features to compare with."""

    trees: Trees
    slope: float
    offset: float
    reference: Floats
    feedback: bool
    delay: int
    chosen: int

    def chances(self, rows: Floats) -> Floats:
        """Return the chance of fraud of each row of features."""
        return _logistic(self.slope * self.trees.score(self._visible(rows)) + self.offset)

    def explain(self, row: Floats, *, most: int = 3) -> Scored:
        """Return one row's chance with the features that raise it most."""
        seen = self._visible(row[None, :])[0]
        score, shares = self.trees.explained_one(seen)
        chance = float(_logistic(np.array([self.slope * score + self.offset]))[0])
        return Scored(chance=chance, reasons=_reasons(seen, shares, most))

    def explain_all(self, rows: Floats, *, most: int = 3) -> list[Scored]:
        """Return the same for many rows."""
        found: list[Scored] = []
        for start in range(0, len(rows), _BATCH):
            seen = self._visible(rows[start : start + _BATCH])
            scores, shares = self.trees.explained(seen)
            chances = _logistic(self.slope * scores + self.offset).tolist()
            found += [
                Scored(chance=chance, reasons=_reasons(row, share, most))
                for chance, row, share in zip(chances, seen, shares, strict=True)
            ]
        return found

    def drift(self, rows: Floats) -> dict[str, float]:
        """Return the features whose distribution has moved, with their stability index."""
        found = {name: stability(self.reference[:, i], rows[:, i]) for i, name in enumerate(NAMES)}
        return {name: value for name, value in found.items() if value > _DRIFT}

    def _visible(self, rows: Floats) -> Floats:
        if self.feedback:
            return rows
        hidden = rows.copy()
        hidden[:, FROM_FEEDBACK] = 0.0
        return hidden


def _reasons(seen: Floats, shares: Floats, most: int) -> tuple[Reason, ...]:
    order = np.argsort(-shares, kind="stable")[:most]
    return tuple(
        Reason(text=WORDS[NAMES[i]].format(float(seen[i])), feature=NAMES[i])
        for i in order
        if shares[i] > _SHARE
    )


def train(
    pool: Floats,
    oracle: Oracle,
    *,
    calibration: tuple[Floats, Integers] | None = None,
    settings: Training = Training(),
    delay: int = 7,
) -> RiskModel:
    """Return a score trained from chosen labels of a pool of transactions.

    Args:
        pool: Features of the transactions that may be labelled, shape (n, features).
        oracle: Tells the labels of chosen rows; asked for `settings.labels` in all.
        calibration: Features and labels that came back as feedback.
        settings: How many labels, whether features of feedback are used.
        delay: Days until labels come back.
    """
    if len(pool) < settings.labels:
        raise InputError(
            f"{len(pool)} transactions to choose {settings.labels} labels from",
            hint="give more transactions, or ask for fewer labels",
        )
    random = np.random.default_rng(settings.seed)
    rows = pool if settings.feedback else pool.copy()
    if not settings.feedback:
        rows[:, FROM_FEEDBACK] = 0.0
    chosen, drawn, labels = _choose(rows, oracle, settings, random)
    trees = fit(rows[chosen], labels, settings=settings.boosting, seed=settings.seed)
    if calibration is not None and settings.feedback:
        seen, truth = calibration
    else:
        seen, truth = rows[chosen][drawn], labels[drawn]
    slope, offset = _platt(trees.score(seen), truth)
    sample = random.choice(len(pool), min(_REFERENCE, len(pool)), replace=False)
    return RiskModel(
        trees=trees,
        slope=slope,
        offset=offset,
        reference=pool[sample],
        feedback=settings.feedback,
        delay=delay,
        chosen=len(chosen),
    )


def _choose(
    rows: Floats, oracle: Oracle, settings: Training, random: np.random.Generator
) -> tuple[Integers, np.ndarray[tuple[int], np.dtype[np.bool_]], Integers]:
    """Return the places of chosen rows, whether each was drawn at random, and their labels."""
    chosen = np.zeros(0, np.int64)
    drawn = np.zeros(0, np.bool_)
    labels = np.zeros(0, np.int64)
    trees: Trees | None = None
    for turn in range(_ROUNDS):
        size = settings.labels * (turn + 1) // _ROUNDS - len(chosen)
        free = _candidates(rows, chosen, random)
        if trees is None:
            picked = _outstanding(rows[free], size * 3 // 4, random)
        else:
            wanted = trees.score(rows[free])
            picked = _spread(wanted, size // 2, random)
            rest = np.setdiff1d(np.arange(len(free)), picked)
            picked = np.append(picked, rest[_spread(-np.abs(wanted[rest]), size // 4, random)])
        rest = np.setdiff1d(np.arange(len(free)), picked)
        lot = random.choice(rest, size - len(picked), replace=False)
        at_random = np.repeat([False, True], [len(picked), len(lot)])
        places = free[np.concatenate([picked, lot])]
        chosen, drawn = np.concatenate([chosen, places]), np.concatenate([drawn, at_random])
        labels = np.concatenate([labels, oracle(places)])
        if labels.min() != labels.max():
            trees = fit(rows[chosen], labels, settings=settings.boosting, seed=settings.seed)
    if labels.min() == labels.max():
        raise InputError(
            "all chosen transactions have the same label", hint="choose more, or check the labels"
        )
    return chosen, drawn, labels


def _candidates(rows: Floats, chosen: Integers, random: np.random.Generator) -> Integers:
    """Return places that may be chosen: half at random, half of those that stand out somewhere."""
    free = np.setdiff1d(np.arange(len(rows)), chosen)
    if len(free) <= _CANDIDATES:
        return free
    found = [random.choice(free, _CANDIDATES // 2, replace=False)]
    for name in _STANDING_OUT:
        value = rows[free, NAMES.index(name)]
        share = _CANDIDATES // 2 // len(_STANDING_OUT)
        above = free[value >= max(np.quantile(value, 1 - 4 * share / len(free)), _LEAST)]
        found.append(random.choice(above, min(share, len(above)), replace=False))
    return np.unique(np.concatenate(found))


def _outstanding(rows: Floats, count: int, random: np.random.Generator) -> Integers:
    """Return places that stand out before anything is known: by amounts, or by known fraud."""
    found = np.zeros(0, np.int64)
    for turn, name in enumerate(_STANDING_OUT):
        value = rows[:, NAMES.index(name)].copy()
        value[found] = -np.inf
        share = (count - len(found)) // (len(_STANDING_OUT) - turn)
        found = np.append(found, _spread(value, share, random))
    return found


def _spread(scores: Floats, count: int, random: np.random.Generator) -> Integers:
    """Return places of high scores: drawn from four times as many, so that they differ."""
    best = np.argsort(-scores, kind="stable")[: 4 * count]
    return random.choice(best, min(count, len(best)), replace=False).astype(np.int64)


def _platt(scores: Floats, labels: Integers, steps: int = 50) -> tuple[float, float]:
    """Return slope and offset of the logistic curve through scores and labels (Newton)."""
    positives, negatives = float((labels == 1).sum()), float((labels == 0).sum())
    targets = np.where(labels == 1, (positives + 1) / (positives + 2), 1 / (negatives + 2))
    theta = np.array([1.0, 0.0])
    design = np.stack([scores, np.ones_like(scores)], axis=1)
    for _ in range(steps):
        chance = _logistic(design @ theta)
        slope = design.T @ (chance - targets)
        curve = (design * (chance * (1 - chance))[:, None]).T @ design + 1e-6 * np.eye(2)
        step = np.linalg.solve(curve, slope)
        theta = theta - np.clip(step, -2.0, 2.0)
        if np.abs(step).max() < 1e-8:
            break
    return max(float(theta[0]), 1e-3), float(theta[1])


def _logistic(values: Floats) -> Floats:
    return 1 / (1 + np.exp(-np.clip(values, -40, 40)))


def save(model: RiskModel, path: Path) -> None:
    """Write a model; raises `OutputError` where that fails."""
    stream = io.BytesIO()
    numbers = [model.slope, model.offset, float(model.feedback), model.delay, model.chosen]
    np.savez_compressed(
        stream,
        version=np.array([VERSION]),
        names=np.array(NAMES),
        numbers=np.array(numbers, np.float64),
        reference=model.reference,
        feature=model.trees.feature,
        threshold=model.trees.threshold,
        value=model.trees.value,
        bias=np.array([model.trees.bias]),
    )
    try:
        path.write_bytes(stream.getvalue())
    except OSError as error:
        raise OutputError(f"{path} cannot be written: {error.strerror}") from error


def load(path: Path) -> RiskModel:
    """Read a model; raises `InputError` for a file that is none of this version."""
    try:
        with np.load(path, allow_pickle=False) as kept:
            if int(kept["version"][0]) != VERSION or tuple(kept["names"]) != NAMES:
                raise InputError(f"{path}: a model of another version", hint="train it again")
            slope, offset, feedback, delay, chosen = kept["numbers"]
            trees = Trees(
                feature=kept["feature"],
                threshold=kept["threshold"],
                value=kept["value"],
                bias=float(kept["bias"][0]),
            )
            return RiskModel(
                trees=trees,
                slope=float(slope),
                offset=float(offset),
                reference=kept["reference"],
                feedback=bool(feedback),
                delay=int(delay),
                chosen=int(chosen),
            )
    except (OSError, ValueError, KeyError) as error:
        raise InputError(f"{path} is no risk model", hint="plumb risk train makes one") from error
