"""Blocking work under an asynchronous server: one thread a request, few tokens without a reader.

A generator runs in a thread and is at most `AHEAD` items ahead of the reader; streams that decode
together need not wait for the event loop at every token. When the reader goes away the generator's
`Cancel` is raised, and it is closed between two items.
"""

import asyncio
import threading
from collections import deque
from collections.abc import AsyncGenerator, AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager
from typing import Generic, TypeVar

import anyio
import anyio.to_thread

from assistants.model import Cancel

T = TypeVar("T")

AHEAD = 8


class _Gone(Exception):
    """Nobody reads any more."""


class _Mailbox(Generic[T]):
    """Items from a thread to a reader on the event loop."""

    def __init__(self) -> None:
        self._loop = asyncio.get_running_loop()
        self._items: deque[T | Exception | None] = deque()
        self._filled = asyncio.Event()
        self._room = threading.Semaphore(AHEAD)
        self._closed = False

    def put(self, item: T) -> None:
        """Hand an item over, waiting for room; raises `_Gone` when the reader has gone."""
        self._room.acquire()
        if self._closed:
            raise _Gone
        self._append(item)

    def end(self, error: Exception | None = None) -> None:
        """Say that nothing follows, or what went wrong."""
        self._append(error)

    def close(self) -> None:
        """Take nothing more; whoever waits for room is told."""
        self._closed = True
        self._room.release()

    def _append(self, item: T | Exception | None) -> None:
        self._items.append(item)
        self._loop.call_soon_threadsafe(self._filled.set)

    async def items(self) -> AsyncGenerator[T]:
        """Give the items until the end; an exception of the thread is raised at its place."""
        while True:
            while not self._items:
                self._filled.clear()
                await self._filled.wait()
            item = self._items.popleft()
            self._room.release()
            if item is None:
                return
            if isinstance(item, Exception):
                raise item
            yield item


class Threads:
    """Threads for as many requests as the gate lets run, and one for what is just ending."""

    def __init__(self, count: int) -> None:
        self._limiter = anyio.CapacityLimiter(2 * count)

    async def call(self, function: Callable[[], T]) -> T:
        """Run a function in a thread; a caller that is cancelled does not wait for its end."""
        return await anyio.to_thread.run_sync(
            function, abandon_on_cancel=True, limiter=self._limiter
        )

    @asynccontextmanager
    async def items(
        self, make: Callable[[Cancel], Iterator[T]]
    ) -> AsyncGenerator[AsyncIterator[T]]:
        """Give the items of an iterator that `make` builds and advances in a thread.

        An exception of the iterator is raised to the reader at its place.
        """
        cancel, mailbox = Cancel(), _Mailbox[T]()

        def work() -> None:
            try:
                for item in make(cancel):
                    mailbox.put(item)
            except _Gone:
                return
            except Exception as error:  # noqa: BLE001 - raised again to the reader
                mailbox.end(error)
            else:
                mailbox.end()

        # A plain task: a task group would wrap the iterator's exceptions into a group.
        task = asyncio.create_task(anyio.to_thread.run_sync(work, limiter=self._limiter))
        try:
            yield mailbox.items()
        finally:
            cancel.cancel()
            mailbox.close()
            with anyio.CancelScope(shield=True):  # a thread left behind would keep its turn
                await task
