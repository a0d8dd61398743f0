"""A cache language model over the text at hand, mixed into the network's distribution.

Code repeats itself, most of all within one file: names, calls, whole lines. Where the last tokens
stood before, what followed them then is likely now, the more so the longer the match. A small
network gains much from this and pays about a tenth of a millisecond a token.

After Kuhn and De Mori, "A cache-based natural language model for speech recognition", 1990, and
Hellendoorn and Devanbu, "Are deep neural networks the best choice for modeling source code?", 2017.
"""

from collections import defaultdict
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from .sampling import softmax

_NEAREST = 32
"""Earlier places that are looked at, the latest first."""
_LONGEST = 8
_TRUST = (0.0, 0.0, 0.25, 0.4, 0.55, 0.65, 0.7, 0.75, 0.8)
"""The cache's share of the mixture by the length of the longest match, in tokens."""


class Recall:
    """What stood in the texts of one request; not shared between streams."""

    def __init__(self, before: Sequence[int], after: Sequence[int] = ()) -> None:
        """Take the tokens before the place where text is written, and those after it."""
        self._history = list(before)
        self._texts: tuple[Sequence[int], ...] = (self._history, after)
        self._places: dict[tuple[int, int], list[tuple[int, int]]] = defaultdict(list)
        for which, text in reversed(tuple(enumerate(self._texts))):
            for at in range(2, len(text)):
                self._places[text[at - 2], text[at - 1]].append((which, at))

    def push(self, token: int) -> None:
        """Take one more written token."""
        self._history.append(token)
        if len(self._history) > 2:
            self._places[self._history[-3], self._history[-2]].append((0, len(self._history) - 1))

    def mixed(self, logits: NDArray[np.float32]) -> NDArray[np.float32]:
        """Return the logarithm of the mixture; the logits themselves where nothing is recalled."""
        followers = self._followers()
        if not followers:
            return logits
        longest = max(length for _, length in followers)
        share = _TRUST[longest]
        votes = np.zeros(logits.size)
        for token, length in followers:
            votes[token] += 4.0 ** (length - longest)
        mixture = (1 - share) * softmax(logits) + share * votes / votes.sum()
        return np.log(np.maximum(mixture, 1e-30)).astype(np.float32)

    def _followers(self) -> list[tuple[int, int]]:
        """Return what followed the nearest earlier places, each with the length of its match."""
        if len(self._history) < 2:
            return []
        places = self._places.get((self._history[-2], self._history[-1]), [])
        return [
            (self._texts[which][at], self._match(self._texts[which], at))
            for which, at in places[-_NEAREST:]
        ]

    def _match(self, text: Sequence[int], at: int) -> int:
        length = 2
        limit = min(_LONGEST, at, len(self._history))
        while length < limit and text[at - 1 - length] == self._history[-1 - length]:
            length += 1
        return length
