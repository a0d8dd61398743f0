"""The next token by what followed the same tokens before, mixed with what a model expects.

Interpolation after Jelinek and Mercer (1980) over contexts of 1 to 12 tokens of the project and of
the file, a longer context above a shorter one and the file above the project (the nesting of
Hellendoorn and Devanbu, "Are deep neural networks the best choice for modeling source code?",
2017). The weight of one context depends on how often it was seen, on how many different tokens
followed it, on its length and on whose it is. `benchmarks/code_ngram.py --fit` fits the weights.
"""

from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from math import exp, log

import numpy as np
from numpy.typing import NDArray

from .contexts import LONGEST, Contexts

Probabilities = NDArray[np.float64]

SEEN = 7
"""Classes of how often a context was seen: 1, 2, 4, … 64 times or more."""
_KINDS = (1, 2, 4, 16)
"""Upper bounds of the classes of how many different tokens followed; the last class has none."""
_LARGEST = 2048
"""A context that was seen more often is sampled evenly."""
_SPENT = 1e-3
"""Below this share of the whole, what weaker contexts say does not matter."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Weights:
    """Logits of a context's weight; see `share`. Fitted by `benchmarks/code_ngram.py --fit`."""

    bias: float
    seen: float
    kinds: tuple[float, ...]
    seen_if_ambiguous: float
    file: float
    file_length: float
    file_seen: float
    length: tuple[float, ...]
    longest_and_certain: float

    def share(self, *, file: bool, length: int, seen: int, kinds: int) -> float:
        """Return the weight of a context against all shorter ones, by its classes."""
        logit = self.bias + self.seen * seen + self.kinds[kinds] + self.length[length]
        logit += self.seen_if_ambiguous * seen * (kinds > 0)
        if file:
            logit += self.file + self.file_length * length / LONGEST + self.file_seen * seen / 6
        logit += self.longest_and_certain * (length == LONGEST and kinds == 0)
        return 1 / (1 + exp(-logit))


FITTED = Weights(
    bias=-0.84,
    seen=0.82,
    kinds=(0.0, -1.23, -1.7, -2.44, -3.35),
    seen_if_ambiguous=-0.12,
    file=0.63,
    file_length=0.33,
    file_seen=-0.75,
    length=(0.0, 0.0, -0.5, -0.49, -0.4, -0.17, -0.18, -0.05, -0.01, 0.04, 0.41, 0.34, 0.53),
    longest_and_certain=0.78,
)


@dataclass(frozen=True, slots=True, eq=False)
class Texts:
    """Texts of one nesting: sorted contexts, and for each whose texts count (None: all)."""

    parts: tuple[tuple[Contexts, NDArray[np.bool_] | None], ...]

    def evidence(self, history: Sequence[int]) -> list[NDArray[np.uint16]]:
        """Return what followed the last 1, 2, … tokens, as long as there is any."""
        slices: list[list[NDArray[np.uint16]]] = [[] for _ in range(LONGEST)]
        for contexts, alive in self.parts:
            for match in contexts.matches(history):
                at = slice(match.low, match.high, (match.high - match.low) // _LARGEST + 1)
                found = contexts.followers[at]
                if alive is not None:
                    found = found[alive[contexts.owners[at]]]
                if len(found):
                    slices[match.length - 1].append(found)
        return [np.concatenate(parts) if len(parts) > 1 else parts[0] for parts in slices if parts]


@dataclass(frozen=True, slots=True, eq=False)
class Evidence:
    """One context that was seen before: whose, how long, and what followed it each time."""

    file: bool
    length: int
    followers: NDArray[np.uint16]

    def classes(self) -> tuple[int, int]:
        """Return the classes of how often it was seen and of how many tokens followed it."""
        count, followers = len(self.followers), self.followers
        kinds = len(set(followers.tolist())) if count < 64 else len(np.unique(followers))
        return min(count.bit_length(), SEEN) - 1, bisect_left(_KINDS, kinds)


class Recollection:
    """What the texts of one request say about one growing sequence of tokens."""

    __slots__ = ("_history", "_nestings", "_vocabulary")

    def __init__(
        self, nestings: Sequence[Texts], history: Sequence[int], *, vocabulary: int
    ) -> None:
        """Take texts from the farthest (the project) to the nearest (the file)."""
        self._nestings = tuple(nestings)
        self._history = list(history[-LONGEST:])
        self._vocabulary = vocabulary

    def push(self, token: int) -> None:
        """Take one more written token."""
        self._history.append(token)

    def fork(self) -> "Recollection":
        """Return a copy that goes its own way, for another hypothesis of a search."""
        return Recollection(self._nestings, self._history, vocabulary=self._vocabulary)

    def probabilities(self) -> Probabilities:
        """Return the distribution of the next token."""
        left, followed = self._followed()
        rest = np.full(self._vocabulary, left / self._vocabulary)
        return rest if followed is None else rest + followed

    def mixed(self, logits: NDArray[np.float32]) -> NDArray[np.float32]:
        """Return the logarithm of the mixture with a model's distribution.

        Where no text says anything a logit is shifted, which costs a tenth of taking logarithms.
        """
        largest = float(logits.max())
        total = largest + log(float(np.exp(logits - np.float32(largest)).sum(dtype=np.float64)))
        left, followed = self._followed()
        mixture = logits + np.float32(log(left) - total)
        if followed is not None:
            tokens = np.flatnonzero(followed)
            mixture[tokens] = np.log(np.exp(mixture[tokens].astype(np.float64)) + followed[tokens])
        return mixture

    def _followed(self) -> tuple[float, Probabilities | None]:
        """Return the share that is left for a model, and what texts give to the tokens they saw."""
        left = 1.0
        followers: list[NDArray[np.uint16]] = []
        weights: list[float] = []
        for one in reversed(self.evidence()):
            seen, kinds = one.classes()
            share = _shares()[one.file][one.length][seen][kinds]
            followers.append(one.followers)
            weights.append(left * share / len(one.followers))
            left *= 1 - share
            if left < _SPENT:
                break
        if not followers:
            return left, None
        spread = np.repeat(weights, [len(one) for one in followers])
        seen = np.concatenate(followers)
        followed: Probabilities = np.bincount(seen, weights=spread, minlength=self._vocabulary)  # pyright: ignore[reportAssignmentType] - with weights it is no count
        return left, followed

    def evidence(self) -> list[Evidence]:
        """Return the contexts that were seen before, weakest first."""
        found: list[Evidence] = []
        for nesting, texts in enumerate(self._nestings, 1 - len(self._nestings)):
            evidence = texts.evidence(self._history)
            for length, followers in enumerate(evidence, 1):
                longer = evidence[length] if length < len(evidence) else ()
                if len(longer) < len(followers):  # else the longer context says the same
                    found.append(Evidence(nesting == 0, length, followers))
        return sorted(found, key=lambda one: (one.length, one.file))


@cache
def _shares() -> tuple[tuple[tuple[tuple[float, ...], ...], ...], ...]:
    """Return all weights: by nesting (project, file), length, class seen, class of kinds."""
    return tuple(
        tuple(
            tuple(
                tuple(
                    FITTED.share(file=file, length=length, seen=seen, kinds=kinds)
                    for kinds in range(len(_KINDS) + 1)
                )
                for seen in range(SEEN)
            )
            for length in range(LONGEST + 1)
        )
        for file in (False, True)
    )
