"""The model's state: every feature asks it and answers sensibly in each of the four."""

import asyncio
import logging
from collections.abc import Callable
from concurrent.futures import Executor
from dataclasses import dataclass
from typing import Protocol, TypeAlias

from assistants.errors import PlumbError
from assistants.model import Model

_LOG = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class NotLoaded:
    """Nobody has needed the model so far."""


@dataclass(frozen=True, slots=True)
class Loading:
    """It is being loaded in the background."""

    done: "asyncio.Task[None]"


@dataclass(frozen=True, slots=True)
class Ready:
    """It can be asked; None means that it is switched off."""

    model: Model | None


@dataclass(frozen=True, slots=True)
class Failed:
    """It cannot be used, and why."""

    error: PlumbError


State: TypeAlias = NotLoaded | Loading | Ready | Failed


class Watcher(Protocol):
    """Shows the user how loading goes."""

    async def loading(self, name: str) -> None:
        """Loading begins."""
        ...

    async def loaded(self, name: str, error: PlumbError | None) -> None:
        """Loading ended, well or with an error."""
        ...


class ModelState:
    """Loads one model, once, when it is first needed. Lives on the event loop."""

    def __init__(
        self,
        name: str,
        *,
        load: Callable[[str], Model | None],
        executor: Executor,
        watcher: Watcher,
    ) -> None:
        self.name = name
        self.state: State = Ready(None) if name == "none" else NotLoaded()
        self._load = load
        self._executor = executor
        self._watcher = watcher

    def model(self) -> Model | None:
        """Return the model if it is ready; if nobody asked before, start loading it."""
        if isinstance(self.state, NotLoaded):
            self.state = Loading(asyncio.ensure_future(self._run()))
        return self.state.model if isinstance(self.state, Ready) else None

    async def wait(self) -> Model | None:
        """Return the model once loading ended; None where it failed or is switched off."""
        self.model()
        if isinstance(self.state, Loading):
            await asyncio.shield(self.state.done)
        return self.model()

    async def _run(self) -> None:
        await self._watcher.loading(self.name)
        loop = asyncio.get_running_loop()
        failure: PlumbError | None = None
        try:
            self.state = Ready(await loop.run_in_executor(self._executor, self._load, self.name))
        except PlumbError as error:
            failure = error
            self.state = Failed(error)
        except Exception as error:  # noqa: BLE001  (a plugin's loader may fail in any way)
            _LOG.warning("loading %s", self.name, exc_info=True)
            failure = PlumbError(f"the model {self.name} does not load: {error}")
            self.state = Failed(failure)
        await self._watcher.loaded(self.name, failure)
