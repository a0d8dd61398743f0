"""How much of what a model wrote is shown: as much as is probably right, or nothing.

A logistic regression estimates, for every place where a line could be cut, how probable it is that
the user would write the text up to there. Its features are what the model's probabilities say, how
the text looks, and whether the file has it already. Shown is the part with the most keys to win,
against what reading a wrong text costs. `benchmarks/code_filter.py --fit` fits the weights.
"""

import json
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Protocol

from assistants.model import Piece

from .brackets import is_whole
from .source import Source

_LEAST = -8.0
"""Nats; what is less likely than that is told apart no more."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """The beginning of a text, and how probable it is that it is right."""

    text: str
    probability: float
    worth: float


class Showing(Protocol):
    """Decides how much of a text is shown."""

    @property
    def floor(self) -> float:
        """The log-probability of a whole text below which writing on is waste."""
        ...

    def part(self, place: "Place", pieces: Sequence[Piece], *, finished: bool) -> Part | None:
        """Return the part of a text that is worth a glance, None for nothing."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Where a text would be inserted."""

    source: Source
    offset: int

    @property
    def before(self) -> str:
        """The line up to the cursor."""
        text = self.source.text
        return text[text.rfind("\n", 0, self.offset) + 1 : self.offset]


def features(place: Place, pieces: Sequence[Piece], *, ended: bool) -> Mapping[str, float]:
    """Return what the estimate knows of a text at a place; `ended`: its line ends with it."""
    text = "".join(piece.text for piece in pieces)
    logprobs = [max(piece.logprob, _LEAST) for piece in pieces] or [0.0]
    total = max(sum(logprobs), _LEAST)
    before = place.before
    last = before.rstrip()[-1:]
    return {
        "bias": 1.0,
        "total": total,
        "probability": math.exp(total),
        "least": min(logprobs),
        "tokens": math.log1p(len(logprobs)),
        "lines": float(text.strip().count("\n")),
        "ended": float(ended),
        "java": float(place.source.language == "java"),
        "inside a word": float(before[-1:].isalnum() or before[-1:] == "_"),
        "behind a dot": float(last == "."),
        "behind a bracket": float(last in {"(", "[", "{", ","}),
        "seen": math.log1p(min(place.source.text.count(text.strip()), 50)),
        "digits": float(any(char.isdigit() for char in text)),
    }


@dataclass(frozen=True, slots=True, kw_only=True)
class Learned:
    """The fitted estimate.

    `cost` is what reading a wrong text costs, in keys; what is less probable than `bar` is never
    shown.
    """

    weights: Mapping[str, float]
    cost: float
    bar: float
    floor: float

    def probability(self, values: Mapping[str, float]) -> float:
        """Return how probable it is that a text with these features is right."""
        logit = sum(self.weights.get(name, 0.0) * value for name, value in values.items())
        return 1 / (1 + math.exp(-max(min(logit, 30.0), -30.0)))

    def part(self, place: Place, pieces: Sequence[Piece], *, finished: bool) -> Part | None:
        """Return the part of a text that is worth the most, None where none is worth a glance."""
        best: Part | None = None
        for count in cuts(pieces, finished=finished):
            ended = finished and count == len(pieces)
            found = self.probability(features(place, pieces[:count], ended=ended))
            text = "".join(piece.text for piece in pieces[:count])
            worth = found * (len(text) - 1) - (1 - found) * self.cost
            if found >= self.bar and worth > (best.worth if best is not None else 0.0):
                best = Part(text=text, probability=found, worth=worth)
        return best


def cuts(pieces: Sequence[Piece], *, finished: bool) -> list[int]:
    """Return the numbers of pieces after which a text can end: between lexemes, brackets closed."""
    found: list[int] = []
    text = ""
    for number, piece in enumerate(pieces, 1):
        text += piece.text
        follows = next((one.text for one in pieces[number:] if one.text), "")
        joined = text[-1:].isidentifier() or text[-1:].isalnum()
        inside = joined and (follows[:1].isalnum() or follows[:1] == "_")
        known = bool(follows) or finished or not joined
        if text.strip() and not inside and known and is_whole(text.rstrip()):
            found.append(number)
    if finished and pieces and text.strip() and len(pieces) not in found:
        found.append(len(pieces))
    return found


@cache
def installed() -> Learned:
    """Return the estimate that comes with plumb."""
    data = json.loads((files("code_assist") / "showing.json").read_text(encoding="utf-8"))
    return Learned(weights=data["weights"], cost=data["cost"], bar=data["bar"], floor=data["floor"])
