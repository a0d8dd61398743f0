"""How many requests run and wait at once; the rest are told when to come back."""

import math
import time
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager

import anyio

_FIRST_GUESS = 1.0
_WEIGHT = 0.1


class Busy(Exception):
    """No room to run or to wait; `retry_after` says in seconds when there should be."""

    def __init__(self, retry_after: int) -> None:
        super().__init__("too many requests")
        self.retry_after = retry_after


class Gate:
    """First come, first served: `running` at once, `waiting` behind them, the rest refused."""

    def __init__(self, *, running: int, waiting: int) -> None:
        self._slots = anyio.Semaphore(running)
        self._capacity = running
        self._room = waiting
        self._seconds = _FIRST_GUESS
        self.waiting = 0

    @property
    def running(self) -> int:
        """How many hold a slot now."""
        return self._capacity - self._slots.value

    @property
    def full(self) -> bool:
        """Whether a newcomer would be refused."""
        return self._slots.value == 0 and self.waiting >= self._room

    @asynccontextmanager
    async def enter(self) -> AsyncGenerator[None]:
        """Hold a slot, waiting for one where there is room to wait.

        Raises:
            Busy: all slots and waiting places are taken.
        """
        if self.full:
            raise Busy(self.retry_after())
        await self._take()
        began = time.monotonic()
        try:
            yield
        finally:
            self._slots.release()
            self._seconds += _WEIGHT * (time.monotonic() - began - self._seconds)

    async def _take(self) -> None:
        try:
            self._slots.acquire_nowait()
        except anyio.WouldBlock:
            self.waiting += 1
            try:
                await self._slots.acquire()
            finally:
                self.waiting -= 1

    def retry_after(self) -> int:
        """Return the expected seconds until a newcomer would find room, from 1 to 60."""
        expected = (self.waiting + 1) * self._seconds / self._capacity
        return min(60, max(1, math.ceil(expected)))
