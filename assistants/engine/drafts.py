"""Drafts: tokens that probably come next because they followed the same tokens before.

What is written repeats the prompt and itself, in an edit above all, so the last tokens are looked
up in both, and what stood behind their last occurrence is run together with the next step (prompt
lookup decoding, arXiv 2304.04487). A draft that the model would not have written is dropped; how
long drafts are follows how well they do.
"""

from collections.abc import Sequence

LONGEST = 8
"""Tokens of the longest draft: a step of nine takes some two and a half times as long as one."""
_MATCHED = (4, 3, 2, 1)
"""How many last tokens are looked up, the most first."""


class Drafts:
    """What followed each short run of tokens in one growing sequence."""

    def __init__(self, tokens: Sequence[int]) -> None:
        self._tokens: list[int] = []
        self._behind: dict[tuple[int, ...], int] = {}
        self._length = 2
        for token in tokens:
            self.push(token)

    def push(self, token: int) -> None:
        """Take the next token of the sequence."""
        tokens, end = self._tokens, len(self._tokens)
        for size in _MATCHED:
            if end >= size:
                self._behind[tuple(tokens[end - size :])] = end
        tokens.append(token)

    def next(self, most: int) -> list[int]:
        """Return what probably follows, up to `most` tokens; a single one if that is a guess."""
        for size in _MATCHED:
            at = self._behind.get(tuple(self._tokens[-size:]))
            if at is not None:
                length = self._length if size > 1 else 1
                return self._tokens[at : at + min(most, length)]
        return []

    def learn(self, drafted: int, right: int) -> None:
        """Draft more after a draft that was right to its end, and less after a wrong one."""
        if drafted and right == drafted:
            self._length = min(LONGEST, 2 * self._length)
        elif drafted:
            self._length = max(1, right)
