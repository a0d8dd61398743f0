"""The index of the open folders: filled in the background, kept up with what is edited and saved.

Until it is filled, what is known so far answers.
"""

import asyncio
import logging
from collections.abc import Callable, Sequence
from concurrent.futures import Executor
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from assistants.errors import Cancelled, PlumbError
from assistants.model import Cancel
from code_assist import Source, Workspace

if TYPE_CHECKING:
    from assistants.backends.ngram import Ngram

_LOG = logging.getLogger(__name__)


class Shown(Protocol):
    """Shows the user how filling goes."""

    async def begin(self) -> None:
        """Filling begins."""
        ...

    def report(self, message: str) -> None:
        """Filling goes on."""
        ...

    def end(self, message: str) -> None:
        """Filling ended."""
        ...


class Index:
    """The workspace of one session, and the model without weights that knows its texts."""

    def __init__(self, executor: Executor, *, progress: Callable[[str], Shown]) -> None:
        """Index on an executor with one thread, so that changes are taken in in order."""
        self.workspace = Workspace()
        self.ngram: Ngram | None = None
        self._executor = executor
        self._progress = progress
        self._cancel = Cancel()

    async def fill(self, roots: Sequence[Path], open_texts: Sequence[Source] = ()) -> None:
        """Index some folders anew; what is open counts as it is shown."""
        self._cancel.cancel()
        self._cancel = cancel = Cancel()
        loop = asyncio.get_running_loop()
        shown = self._progress("Indexing")
        if roots:
            await shown.begin()

        def told(count: int) -> None:
            loop.call_soon_threadsafe(shown.report, f"{count} files")

        def work() -> str:
            self._load()
            workspace = Workspace(roots, encoder=self.ngram.encoder if self.ngram else None)
            self.workspace = workspace
            for source in open_texts:
                workspace.update(source)
            filled = workspace.fill(cancel, progress=told)
            return f"{filled.files} files, {filled.definitions} definitions"

        message = "stopped"
        try:
            message = await loop.run_in_executor(self._executor, work)
        except (Cancelled, RuntimeError):  # the executor is shut down when the session ends
            return
        finally:
            shown.end(message)

    def update(self, source: Source) -> None:
        """Take in a text as it is shown now."""
        self._executor.submit(self.workspace.update, source)

    def reread(self, path: Path) -> None:
        """Take in what changed on disk."""
        self._executor.submit(self.workspace.reread, path)

    def stop(self) -> None:
        """Stop filling."""
        self._cancel.cancel()

    def _load(self) -> None:
        from assistants.backends.ngram import Ngram

        if self.ngram is None:
            try:
                self.ngram = Ngram.installed()
            except PlumbError as error:
                _LOG.warning("nothing is learned from the workspace: %s", error)
