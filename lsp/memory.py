"""Keeps the server's memory from spreading over its threads."""

import ctypes
import time
from collections.abc import Callable

_ARENA_MAX = -8
"""`M_ARENA_MAX` of glibc's malloc.h."""
_ARENAS = 2
_SELDOM = 60.0
"""Seconds between two times at which freed memory is given back; each takes some 10 ms."""


def share_arenas() -> bool:
    """Let all threads allocate from two arenas; False where the C library is not glibc.

    By default each thread gets an arena of its own, up to eight a core, and what is freed in one
    serves no other: after hours of edits half of a server's memory was such leftovers. To be called
    before threads start.
    """
    try:
        return bool(ctypes.CDLL(None).mallopt(_ARENA_MAX, _ARENAS))
    except (OSError, AttributeError, TypeError):  # Windows, macOS, musl
        return False


class Freed:
    """Gives freed memory back to the system now and then, which glibc does at a heap's end only."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._last = clock()

    @property
    def due(self) -> bool:
        """Whether that was not done lately."""
        return self._clock() - self._last >= _SELDOM

    def give_back(self) -> bool:
        """Give back what lies free, unless that was done lately; whether it was done."""
        if not self.due:
            return False
        self._last = self._clock()
        try:
            ctypes.CDLL(None).malloc_trim(0)
        except (OSError, AttributeError, TypeError):
            return False
        return True
