"""Blocking work under an asynchronous server: one thread a request, no token without a reader.

A generator runs in a thread and hands each item over before it makes the next one. When the reader
goes away the generator's `Cancel` is raised, and it is closed between two items.
"""

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager, suppress
from typing import TypeVar

import anyio
import anyio.from_thread
import anyio.to_thread
from anyio.streams.memory import MemoryObjectSendStream

from assistants.model import Cancel

T = TypeVar("T")


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
        cancel = Cancel()
        send, receive = anyio.create_memory_object_stream[T | Exception](0)

        def work() -> None:
            try:
                # Suppressed: the reader has gone.
                with suppress(anyio.BrokenResourceError, anyio.ClosedResourceError):
                    for item in make(cancel):
                        anyio.from_thread.run(send.send, item)
            except Exception as error:  # noqa: BLE001 - raised again to the reader
                anyio.from_thread.run(_last, send, error)

        async def run() -> None:
            async with send:
                await anyio.to_thread.run_sync(work, limiter=self._limiter)

        # A plain task: a task group would wrap the iterator's exceptions into a group.
        task = asyncio.create_task(run())
        try:
            yield _raising(receive)
        finally:
            cancel.cancel()
            receive.close()
            with anyio.CancelScope(shield=True):  # a thread left behind would keep its turn
                await task


async def _last(send: MemoryObjectSendStream[T | Exception], error: Exception) -> None:
    with suppress(anyio.BrokenResourceError, anyio.ClosedResourceError):
        await send.send(error)


async def _raising(items: AsyncIterator[T | Exception]) -> AsyncGenerator[T]:
    async for item in items:
        if isinstance(item, Exception):
            raise item
        yield item
