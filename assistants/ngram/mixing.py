"""The next token by what followed the same tokens before, mixed with what a model expects.

Interpolation after Jelinek and Mercer (1980) over contexts of 1 to 12 tokens of the project and of
the file, a longer context above a shorter one and the file above the project (the nesting of
Hellendoorn and Devanbu, "Are deep neural networks the best choice for modeling source code?",
2017). The weight of one context depends on how often it was seen, on how many different tokens
followed it, on its length and on whose it is. `benchmarks/code_ngram.py --fit` fits the weights.
"""

from bisect import bisect_left
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache, partial
from math import exp, log

import numpy as np
from numpy.typing import NDArray

from assistants.engine.sampling import normaliser

from .contexts import LONGEST, Contexts, Range, Tokens, bounds

Probabilities = NDArray[np.float64]

SEEN = 7
"""Classes of how often a context was seen: 1, 2, 4, … 64 times or more."""
_KINDS = (1, 2, 4, 16)
"""Upper bounds of the classes of how many different tokens followed; the last class has none."""
_LARGEST = 2048
"""A context that was seen more often is sampled evenly."""
_GLANCE = 64
_FEW = 1000
"""So many tokens cost less one by one than to be looked for in the vocabulary."""
_NOWHERE: Range = (0, 0)
_NONE: Tokens = np.zeros(0, np.uint16)
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

    def evidence(self, sought: Sequence[NDArray[np.uint64]]) -> dict[int, Callable[[], Tokens]]:
        """Return for lengths of context what gathers the tokens that followed, longest first.

        Left out are lengths at which all stood in a longer context already. See `Contexts.matches`.
        """
        matches = [contexts.matches(sought) for contexts, _ in self.parts]
        found: dict[int, Callable[[], Tokens]] = {}
        longer = 0
        for length in range(max(map(len, matches), default=0), 0, -1):
            ranges = [each[length - 1] if length <= len(each) else _NOWHERE for each in matches]
            count = sum(high - low for low, high in ranges)
            if count > longer:
                found[length] = partial(self._followers, ranges)
            longer = count
        return found

    def _followers(self, ranges: Sequence[Range]) -> Tokens:
        found: list[Tokens] = []
        for (contexts, alive), (low, high) in zip(self.parts, ranges, strict=True):
            at = slice(low, high, (high - low) // _LARGEST + 1)
            followers = contexts.followers[at]
            if alive is not None and high > low:
                followers = followers[alive[contexts.owners[at]]]
            found.append(followers)
        return found[0] if len(found) == 1 else np.concatenate(found)


@dataclass(frozen=True, slots=True, eq=False)
class Evidence:
    """One context that was seen before: whose, how long, and what followed it each time."""

    file: bool
    length: int
    followers: Tokens

    def classes(self) -> tuple[int, int]:
        """Return the classes of how often it was seen and of how many tokens followed it."""
        count, followers = len(self.followers), self.followers
        kinds = len(set(followers[:_GLANCE].tolist()))  # mostly these are more than any class has
        if count > _GLANCE and kinds <= _KINDS[-1]:
            ordered = np.sort(followers)  # numpy.unique would import masked arrays
            kinds = 1 + np.count_nonzero(ordered[1:] != ordered[:-1])
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
        left, seen, weights = self._seen()
        return self._spread(seen, weights) + left / self._vocabulary

    def mixed(self, logits: NDArray[np.float32]) -> NDArray[np.float32]:
        """Return the logarithm of the mixture with a model's distribution.

        Where no text says anything a logit is shifted, which costs a tenth of taking logarithms.
        """
        left, seen, weights = self._seen()
        mixture = logits + np.float32(log(left) - normaliser(logits))
        if len(seen):
            followed = self._spread(seen, weights)
            tokens = seen if len(seen) < _FEW else np.flatnonzero(followed)
            mixture[tokens] = np.log(np.exp(mixture[tokens].astype(np.float64)) + followed[tokens])
        return mixture

    def _seen(self) -> tuple[float, Tokens, Probabilities]:
        """Return the share that is left for a model, tokens that texts saw, and the shares of each.

        A token may stand there more than once.
        """
        left = 1.0
        followers: list[Tokens] = []
        weights: list[float] = []
        for one in self._strongest():
            seen, kinds = one.classes()
            share = _shares()[one.file][one.length][seen][kinds]
            followers.append(one.followers)
            weights.append(left * share / len(one.followers))
            left *= 1 - share
            if left < _SPENT:
                break
        if not followers:
            return left, _NONE, np.zeros(0)
        spread = np.repeat(weights, [len(one) for one in followers])
        return left, np.concatenate(followers), spread

    def _spread(self, seen: Tokens, weights: Probabilities) -> Probabilities:
        """Return what each token gets of what was seen."""
        return np.bincount(seen, weights=weights, minlength=self._vocabulary)  # pyright: ignore[reportReturnType] - with weights it is no count

    def evidence(self) -> list[Evidence]:
        """Return the contexts that were seen before, weakest first."""
        return [*self._strongest()][::-1]

    def _strongest(self) -> Iterator[Evidence]:
        """Yield the contexts that were seen before, the longest first, the file's above others."""
        sought = bounds(self._history)
        found = [texts.evidence(sought) for texts in reversed(self._nestings)]
        longer = [0] * len(found)
        for length in sorted({length for each in found for length in each}, reverse=True):
            for nesting, each in enumerate(found):
                if length not in each:
                    continue
                followers = each[length]()
                if len(followers) > longer[nesting]:  # else the longer context says the same
                    yield Evidence(nesting == 0, length, followers)
                longer[nesting] = len(followers)


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
