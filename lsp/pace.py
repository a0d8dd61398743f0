"""How long to wait before the model is asked: as long as the next key is likely to come first.

Whoever types faster than the model answers would only have requests cancelled. The wait is a part
of the usual time between keys, and none where most answers came before the next key.
"""

import asyncio
import time
from collections.abc import Callable

_QUICK = 0.06
"""Seconds of an answer that is never waited for."""
_LONGEST = 0.25
_SHARE = 0.7
_OFTEN = 0.5
"""Share of requests overtaken by the next key from which on it is worth waiting for that key."""
_NEWEST = 0.2
"""Weight of the last measurement in an average."""
_PAUSE = 1.0
"""Seconds without a key that are a pause and say nothing about the pace."""


class Pace:
    """The usual time between keys and of the model's answers. Lives on the event loop."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._last = -_PAUSE
        self._between = 0.2
        self._answer = 0.0
        self._asked: float | None = None
        self._overtaken = 0.0
        self._turn: dict[str, int] = {}

    def key(self) -> None:
        """Note that a document was changed."""
        now = self._clock()
        if now - self._last < _PAUSE:
            self._between += _NEWEST * (now - self._last - self._between)
        self._last = now
        if self._asked is not None:  # an answer that waited is late only by the model's own time
            self._note(overtaken=now - self._asked < self._answer)

    def asked(self) -> None:
        """Note that the model is wanted now."""
        self._asked = self._clock()

    def answered(self, seconds: float) -> None:
        """Note how long the model took."""
        self._answer += _NEWEST * (seconds - self._answer)
        if self._asked is not None:
            self._note(overtaken=False)

    def _note(self, *, overtaken: bool) -> None:
        self._overtaken += _NEWEST * (overtaken - self._overtaken)
        self._asked = None

    @property
    def wait(self) -> float:
        """Seconds to wait after a key before the model is asked."""
        if self._answer <= _QUICK or self._overtaken < _OFTEN:
            return 0.0
        return min(_LONGEST, _SHARE * self._between)

    async def settle(self, uri: str) -> bool:
        """Wait a moment; whether nobody has asked about the document since."""
        turn = self._turn[uri] = self._turn.get(uri, 0) + 1
        self.asked()
        if self.wait:
            await asyncio.sleep(self.wait)
        return self._turn.get(uri) == turn

    def forget(self, uri: str) -> None:
        """Forget a document that was closed."""
        self._turn.pop(uri, None)
