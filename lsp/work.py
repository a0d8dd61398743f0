"""Runs work beside the event loop: cancellable, and the latest request of a kind wins."""

import asyncio
from collections.abc import Callable
from concurrent.futures import Executor
from typing import TypeVar

from assistants.errors import Cancelled
from assistants.model import Cancel

T = TypeVar("T")


class Work:
    """What is under way, by what it is for. Lives on the event loop."""

    def __init__(self) -> None:
        self._current: dict[tuple[str, ...], Cancel] = {}

    async def run(
        self, purpose: tuple[str, ...], executor: Executor, function: Callable[[Cancel], T]
    ) -> T | None:
        """Return `function(cancel)`, run by a worker; None if newer work of that purpose came.

        A purpose is a word and, where it is about one document, its address.

        When the client cancels the request, the flag is raised and the worker stops by itself.
        """
        cancel = Cancel()
        self.stop(purpose)
        self._current[purpose] = cancel

        def task() -> T | None:
            try:
                cancel.raise_if_cancelled()
                return function(cancel)
            except Cancelled:
                return None

        try:
            result = await asyncio.get_running_loop().run_in_executor(executor, task)
        except asyncio.CancelledError:
            cancel.cancel()
            raise
        finally:
            if self._current.get(purpose) is cancel:
                del self._current[purpose]
        return None if cancel.cancelled else result

    def stop(self, purpose: tuple[str, ...]) -> None:
        """Stop the work for one purpose, if there is any."""
        if (running := self._current.pop(purpose, None)) is not None:
            running.cancel()

    def stop_for(self, uri: str) -> None:
        """Stop all work on a document."""
        for purpose in tuple(self._current):
            if purpose[-1] == uri:
                self.stop(purpose)

    def stop_all(self) -> None:
        """Stop everything."""
        for purpose in tuple(self._current):
            self.stop(purpose)
