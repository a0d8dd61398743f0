"""Which tokens spell what is typed: a part of it, or all of it and more (token healing)."""

from bisect import bisect_left
from collections.abc import Iterable


class Spelled:
    """A vocabulary in the order of its spelling."""

    def __init__(self, texts: Iterable[bytes]) -> None:
        """Take the bytes of each token, by number; special tokens have none."""
        self._numbers = {text: number for number, text in enumerate(texts) if text}
        self._spelled = sorted(self._numbers)

    def fitting(self, typed: bytes) -> list[int]:
        """Return the tokens that are a part of what is typed, or all of it and more."""
        parts = (self._numbers.get(typed[:size]) for size in range(1, len(typed)))
        low = bisect_left(self._spelled, typed)
        high = bisect_left(self._spelled, typed + b"\xff")
        whole = (self._numbers[text] for text in self._spelled[low:high])
        return [token for token in (*parts, *whole) if token is not None]
