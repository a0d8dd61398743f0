"""Fine-tuning a model on somebody's own data: `plumb tune`.

The loop stops where held-out data says so: the weights that were best there are kept, and where
none are better than the model that came in, nothing is written.
"""

import math
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, Protocol

Ending = Literal["no further gain", "steps", "minutes", "interrupted"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Effort:
    """How long to tune, and how carefully.

    `rate` is the peak learning rate, None for what suits the kind of model; scoring comes every
    `check_every` steps, and `patience` checks without a gain end the run.
    """

    steps: int = 400
    minutes: float = 15.0
    check_every: int = 20
    patience: int = 3
    rate: float | None = None
    seed: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Scores:
    """How well a model knows some data it does not learn from.

    `exact` is the share of completions that greedy decoding writes as they stand, None for code.
    """

    bits_per_byte: float
    next_token: float
    exact: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """Scores on held-out data, and on Python's own library: what the model may forget."""

    own: Scores
    general: Scores


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """A tuning run; `best_step` is 0 where nothing was better than the model that came in."""

    before: Standing
    after: Standing
    learned: int
    held_out: int
    steps: int
    best_step: int
    tokens: int
    seconds: float
    ending: Ending
    written: Path | None


class Subject(Protocol):
    """A model that is being tuned."""

    @property
    def learned(self) -> int:
        """How many examples or files there are to learn from."""
        ...

    @property
    def held_out(self) -> int:
        """How many are held out."""
        ...

    @property
    def tokens(self) -> int:
        """How many tokens were learned from."""
        ...

    def step(self, progress: float) -> float:
        """Learn from one batch; `progress` in [0, 1] of the run is over. Returns its loss."""
        ...

    def own_scores(self) -> Scores:
        """Score the held-out data."""
        ...

    def general_scores(self) -> Scores:
        """Score what has nothing to do with the data."""
        ...

    def keep(self) -> None:
        """Remember the weights as they are."""
        ...

    def recall(self) -> None:
        """Return to the weights last remembered."""
        ...

    def save(self, folder: Path) -> Path:
        """Write the weights; returns what a model is named after."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Check:
    """What a caller is told at every check."""

    step: int
    progress: float
    scores: Scores


def run(
    subject: Subject,
    folder: Path,
    effort: Effort,
    *,
    told: Callable[[Check], None] = lambda _: None,
) -> Outcome:
    """Tune until held-out data gains no more, or the effort is spent; write the best weights.

    An interrupt ends the run as well, and keeps what it has gained.
    """
    began = time.monotonic()
    before = Standing(own=subject.own_scores(), general=subject.general_scores())
    subject.keep()
    best, best_step, step = before.own, 0, 0
    ending: Ending = "steps"
    while step < effort.steps:
        spent = (time.monotonic() - began) / (60 * effort.minutes)
        progress = max(step / effort.steps, spent)
        if progress >= 1:
            ending = "minutes"
            break
        try:
            subject.step(progress)
        except KeyboardInterrupt:
            ending = "interrupted"
            break
        step += 1
        if step % effort.check_every == 0 or step == effort.steps:
            scores = subject.own_scores()
            told(Check(step=step, progress=progress, scores=scores))
            if is_better(scores, best):
                best, best_step = scores, step
                subject.keep()
            elif step - best_step >= effort.patience * effort.check_every:
                ending = "no further gain"
                break
    subject.recall()
    after = Standing(own=best, general=subject.general_scores()) if best_step else before
    return Outcome(
        before=before,
        after=after,
        learned=subject.learned,
        held_out=subject.held_out,
        steps=step,
        best_step=best_step,
        tokens=subject.tokens,
        seconds=time.monotonic() - began,
        ending=ending,
        written=subject.save(folder) if best_step else None,
    )


def is_better(scores: Scores, best: Scores) -> bool:
    """Whether held-out text became likelier."""
    return math.isfinite(scores.bits_per_byte) and scores.bits_per_byte < best.bits_per_byte
