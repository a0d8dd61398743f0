"""Every context of a token text in sorted order, so that all places like this one lie together.

A suffix array in mirror image, cut at twelve tokens: positions are sorted by the tokens before
them, the nearest first. The places where the last k tokens stood before are one range, for every k
at once, and what followed there is a slice. It costs 28 bytes a token, is built by one sort, and
nothing has to be counted in advance.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

LONGEST = 12
"""Tokens of context that are told apart."""
SEPARATOR = 0xFFFF
"""Stands between texts; never a token."""
_EACH = 4
_BITS = 16

Tokens = NDArray[np.uint16]


Range = tuple[int, int]
"""A part of the sorted contexts, from the first to behind the last."""


@dataclass(frozen=True, slots=True, eq=False)
class Contexts:
    """Sorted contexts: keys of four tokens each, what followed, and whose text it was."""

    keys: tuple[NDArray[np.uint64], ...]
    followers: Tokens
    owners: NDArray[np.uint16]

    @staticmethod
    def of(texts: Sequence[Sequence[int] | Tokens], owners: Sequence[int] = ()) -> "Contexts":
        """Sort the contexts of several texts; `owners` says for each whose it is."""
        names = owners or range(len(texts))
        parts = [np.asarray(text, dtype=np.uint16) for text in texts]
        sizes = [len(part) for part in parts]
        flat = np.full(sum(sizes) + len(parts), SEPARATOR, np.uint16)
        owner = np.zeros(len(flat), np.uint16)
        keep = np.ones(len(flat), np.bool_)
        at = 0
        for part, name in zip(parts, names, strict=True):
            keep[at] = False
            flat[at + 1 : at + 1 + len(part)] = part
            owner[at : at + 1 + len(part)] = name
            at += 1 + len(part)
        keys = [_packed(flat, skip)[keep] for skip in range(0, LONGEST, _EACH)]
        order = np.lexsort(keys[::-1])
        sorted_keys = tuple(key[order] for key in keys)
        return Contexts(sorted_keys, flat[keep][order], owner[keep][order])

    def __len__(self) -> int:
        return len(self.followers)

    def matches(self, sought: Sequence[NDArray[np.uint64]]) -> list[Range]:
        """Return where the last 1, 2, … tokens stood before, up to the most that did.

        What is `sought` is made of the last tokens by `bounds`.
        """
        found: list[Range] = []
        low, high = 0, len(self)
        for keys, ends in zip(self.keys, sought, strict=False):
            ranges = np.searchsorted(keys[low:high], ends).tolist()
            base = low
            for start, end in zip(ranges[::2], ranges[1::2], strict=True):
                if start == end:
                    return found
                low, high = base + start, base + end
                found.append((low, high))
        return found


def bounds(history: Sequence[int]) -> list[NDArray[np.uint64]]:
    """Return for each four of the last tokens the first keys with 1, 2, … of them, and beyond."""
    recent = [int(token) for token in history[: -LONGEST - 1 : -1]]
    return [_bounds(recent[at : at + _EACH]) for at in range(0, len(recent), _EACH)]


def _packed(flat: Tokens, skip: int) -> NDArray[np.uint64]:
    """Return for each position the four tokens before it, from `skip` on, nearest highest."""
    packed = np.zeros(len(flat), np.uint64)
    wide = flat.astype(np.uint64)
    for back in range(skip + 1, skip + _EACH + 1):
        packed <<= np.uint64(_BITS)
        packed[back:] |= wide[:-back] if back < len(flat) else wide[:0]
        packed[:back] |= np.uint64(SEPARATOR)
    return packed


def _bounds(tokens: Sequence[int]) -> NDArray[np.uint64]:
    """Return the first key with one, two, … of the tokens, and the first beyond, in turn."""
    bounds: list[int] = []
    key = 0
    for index, token in enumerate(tokens):
        shift = _BITS * (_EACH - 1 - index)
        key |= token << shift
        bounds += (key, key + (1 << shift))
    return np.array(bounds, np.uint64)
