"""The baseline to beat: an interpolated n-gram model with a document cache, over token ids.

The static part is modified Kneser-Ney (Chen and Goodman 1999) of order six over the whole
training corpus; the cache is a smaller n-gram model of the document so far, which is what makes
such models strong on code (Hellendoorn and Devanbu 2017). Their mixture weights depend on how
long a context each of them has seen before, and are fitted by expectation maximisation.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

ORDER = 6
CACHE_ORDER = 6
TOKEN_BITS = 13
VOCABULARY = 1 << TOKEN_BITS
MIXER = 0x9E3779B97F4A7C15
MASK = (1 << 64) - 1
WITTEN_BELL = 1.0

Keys = NDArray[np.uint64]
Probabilities = NDArray[np.float64]


def context_hashes(tokens: NDArray[np.uint64], length: int) -> Keys:
    """Hash of the `length` tokens before each position (positions before the start are 0)."""
    hashes = np.zeros(len(tokens), np.uint64)
    for back in range(length, 0, -1):
        hashes *= np.uint64(MIXER)
        hashes[back:] += tokens[:-back] + np.uint64(1)
    return hashes << np.uint64(TOKEN_BITS)


def context_hash(context: Sequence[int]) -> int:
    """The same hash of one context, as a number."""
    value = 0
    for token in context:
        value = (value * MIXER + token + 1) & MASK
    return (value << TOKEN_BITS) & MASK


@dataclass(frozen=True, slots=True)
class Level:
    """n-grams of one order: sorted keys (context hash, then token), counts, three discounts."""

    keys: Keys
    counts: NDArray[np.uint32]
    discounts: NDArray[np.float64]

    @staticmethod
    def of(keys: Keys) -> "Level":
        """Count sorted keys; discounts from the counts of counts."""
        starts = np.flatnonzero(np.r_[True, keys[1:] != keys[:-1]])
        counts = np.diff(np.r_[starts, len(keys)]).astype(np.uint32)
        n1, n2, n3, n4 = (max(int((counts == size).sum()), 1) for size in (1, 2, 3, 4))
        base = n1 / (n1 + 2 * n2)
        discounts = [1 - 2 * base * n2 / n1, 2 - 3 * base * n3 / n2, 3 - 4 * base * n4 / n3]
        return Level(keys[starts], counts, np.clip(discounts, 0.05, [0.95, 1.9, 2.9]))

    def continuations(self, context: int) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
        """Tokens seen after a context, and their counts."""
        bounds = np.array([context, context + VOCABULARY - 1], np.uint64)
        low = int(np.searchsorted(self.keys, bounds[0], "left"))
        high = int(np.searchsorted(self.keys, bounds[1], "right"))
        tokens = (self.keys[low:high] & np.uint64(VOCABULARY - 1)).astype(np.int64)
        return tokens, self.counts[low:high].astype(np.float64)


@dataclass(frozen=True, slots=True)
class KneserNey:
    """Interpolated modified Kneser-Ney; `levels[k]` has contexts of k tokens."""

    levels: tuple[Level, ...]

    @staticmethod
    def train(tokens: NDArray[np.uint64], order: int = ORDER) -> "KneserNey":
        """Count the highest order plainly and the lower ones by distinct left neighbours."""
        levels: list[Level] = []
        places = np.arange(len(tokens))
        for length in range(order - 1, -1, -1):
            keys = (context_hashes(tokens, length) | tokens)[places]
            arrangement = np.argsort(keys)
            keys, places = keys[arrangement], places[arrangement]
            levels.insert(0, Level.of(keys))
            places = places[np.r_[True, keys[1:] != keys[:-1]]]
        return KneserNey(tuple(levels))

    def distribution(self, context: Sequence[int]) -> tuple[Probabilities, int]:
        """Distribution after a context, and the length of the longest context seen before."""
        total = np.full(VOCABULARY, 1.0 / VOCABULARY)
        matched = -1
        for length, level in enumerate(self.levels):
            if length > len(context):
                break
            tail = context[len(context) - length :]
            tokens, counts = level.continuations(context_hash(tail))
            if not len(tokens):
                break
            matched = length
            sizes = np.minimum(counts, 3).astype(np.int64) - 1
            discounts = level.discounts[sizes]
            total *= discounts.sum() / counts.sum()
            total[tokens] += (counts - discounts) / counts.sum()
        return total, max(matched, 0)

    def save(self, path: Path) -> None:
        """Write all levels to one file."""
        arrays: dict[str, NDArray[Any]] = {}
        for length, level in enumerate(self.levels):
            arrays[f"keys{length}"], arrays[f"counts{length}"] = level.keys, level.counts
            arrays[f"discounts{length}"] = level.discounts
        np.savez(path, allow_pickle=False, **arrays)

    @staticmethod
    def load(path: Path) -> "KneserNey":
        """Read what `save` wrote."""
        with np.load(path) as saved:
            count = sum(name.startswith("keys") for name in saved.files)
            return KneserNey(
                tuple(
                    Level(saved[f"keys{k}"], saved[f"counts{k}"], saved[f"discounts{k}"])
                    for k in range(count)
                )
            )


class DocumentCache:
    """An n-gram model of the document so far, smoothed after Witten and Bell (1991)."""

    def __init__(self, order: int = CACHE_ORDER) -> None:
        self._order = order
        self._history: list[int] = []
        self._counts: list[dict[tuple[int, ...], dict[int, int]]] = [
            defaultdict(dict) for _ in range(order)
        ]

    def add(self, token: int) -> None:
        """Move on by one token."""
        for length in range(min(self._order - 1, len(self._history)) + 1):
            context = tuple(self._history[len(self._history) - length :])
            seen = self._counts[length][context]
            seen[token] = seen.get(token, 0) + 1
        self._history.append(token)

    def distribution(self) -> tuple[Probabilities, int]:
        """Distribution of the next token, and the length of the longest context seen before."""
        total = np.full(VOCABULARY, 1.0 / VOCABULARY)
        matched = 0
        for length in range(min(self._order - 1, len(self._history)) + 1):
            context = tuple(self._history[len(self._history) - length :])
            seen = self._counts[length].get(context)
            if not seen:
                break
            matched = length
            tokens = np.fromiter(seen.keys(), np.int64, len(seen))
            counts = np.fromiter(seen.values(), np.float64, len(seen))
            rest = WITTEN_BELL * len(seen)
            total *= rest / (counts.sum() + rest)
            total[tokens] += counts / (counts.sum() + rest)
        return total, matched


@dataclass(frozen=True, slots=True)
class Mixture:
    """Static model and document cache; `weights[static match, cache match]` is the cache's."""

    static: KneserNey
    weights: NDArray[np.float64]

    @staticmethod
    def fit(static: KneserNey, documents: Iterable[Sequence[int]], rounds: int = 20) -> "Mixture":
        """Fit the weights on documents that neither part was trained on."""
        observed: dict[tuple[int, int], list[tuple[float, float]]] = defaultdict(list)
        for document in documents:
            cache = DocumentCache()
            for place, token in enumerate(document):
                p, static_match = static.distribution(document[max(0, place - ORDER + 1) : place])
                q, cache_match = cache.distribution()
                observed[static_match, cache_match].append((float(p[token]), float(q[token])))
                cache.add(token)
        weights = np.full((ORDER, CACHE_ORDER), 0.3)
        for bucket, pairs in observed.items():
            likelihoods = np.array(pairs)
            weight = 0.5
            for _ in range(rounds):
                share = weight * likelihoods[:, 1]
                posterior = share / (share + (1 - weight) * likelihoods[:, 0])
                # One pseudo-observation keeps the weight of a rare bucket away from 0 and 1.
                weight = (posterior.sum() + 0.3) / (len(pairs) + 1)
            weights[bucket] = weight
        return Mixture(static, weights)

    def distribution(self, document: Sequence[int], cache: DocumentCache) -> Probabilities:
        """Distribution of the token after `document`, which the cache has seen."""
        p, static_match = self.static.distribution(document[max(0, len(document) - ORDER + 1) :])
        q, cache_match = cache.distribution()
        weight = self.weights[static_match, cache_match]
        return (1 - weight) * p + weight * q
