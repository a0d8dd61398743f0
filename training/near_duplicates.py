"""Near-duplicate files by MinHash and locality-sensitive hashing (Broder 1997; Leskovec ch. 3).

Duplicates inflate every measured accuracy of a code model (Allamanis 2019, arXiv 1812.06469),
most of all when one copy is trained on and the other is held out.
"""

import re
import zlib
from collections import defaultdict
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

SHINGLE = 5
PERMUTATIONS = 64
BANDS = 16
MERSENNE_PRIME = np.uint64((1 << 61) - 1)
WORD = re.compile(r"\w+|[^\w\s]")

Signature = NDArray[np.uint64]


class MinHasher:
    """Signatures whose share of equal entries estimates the Jaccard index of word 5-grams."""

    def __init__(self, seed: int = 0) -> None:
        generator = np.random.default_rng(seed)
        shape = (PERMUTATIONS, 1)
        self._multiplier = generator.integers(1, 1 << 32, shape, dtype=np.uint64) | np.uint64(1)
        self._offset = generator.integers(0, 1 << 32, shape, dtype=np.uint64)

    def signature(self, text: str) -> Signature:
        """Signature of one text, shape (PERMUTATIONS,)."""
        words = WORD.findall(text)
        hashes = np.fromiter((zlib.crc32(w.encode()) for w in words), np.uint64, len(words))
        if len(hashes) < SHINGLE:
            hashes = np.pad(hashes, (0, SHINGLE - len(hashes)))
        shingles = np.zeros(len(hashes) - SHINGLE + 1, np.uint64)
        for offset in range(SHINGLE):
            window = hashes[offset : len(hashes) - SHINGLE + 1 + offset]
            shingles = shingles * np.uint64(0x9E3779B97F4A7C15) + window
        unique = np.unique(shingles >> np.uint64(32))
        permuted = (self._multiplier * unique[None, :] + self._offset) % MERSENNE_PRIME
        return permuted.min(axis=1)


def first_copies(texts: Sequence[str], threshold: float = 0.7) -> list[int]:
    """Indices to keep: a text goes when an earlier kept one is as similar as `threshold`.

    The order of `texts` is the order of preference, so held-out files come first.
    """
    hasher = MinHasher()
    rows = PERMUTATIONS // BANDS
    buckets: dict[tuple[int, bytes], list[int]] = defaultdict(list)
    signatures: dict[int, Signature] = {}
    kept: list[int] = []
    for index, text in enumerate(texts):
        signature = hasher.signature(text)
        bands = signature.reshape(BANDS, rows)
        keys = [(number, band.tobytes()) for number, band in enumerate(bands)]
        rivals = {rival for key in keys for rival in buckets[key]}
        if any(float(np.mean(signatures[r] == signature)) >= threshold for r in rivals):
            continue
        kept.append(index)
        signatures[index] = signature
        for key in keys:
            buckets[key].append(index)
    return kept
