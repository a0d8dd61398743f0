"""Work-done progress: shown where the client can show it, silent elsewhere."""

import asyncio
import logging
from uuid import uuid4

from lsprotocol import types
from pygls.lsp.server import LanguageServer

_LOG = logging.getLogger(__name__)


class Progress:
    """One piece of work that takes a while. Lives on the event loop."""

    def __init__(self, server: LanguageServer, title: str) -> None:
        self._server = server
        self._title = title
        self._token = ""

    async def begin(self) -> None:
        """Ask the client for a progress and begin it."""
        window = self._server.client_capabilities.window
        if window is None or not window.work_done_progress:
            return
        token = f"plumb-{uuid4()}"
        progress = self._server.work_done_progress
        try:
            await asyncio.wait_for(progress.create_async(token), timeout=5)
        except Exception as error:  # noqa: BLE001  (a client may refuse in any way it likes)
            _LOG.info("the client shows no progress: %s", error)
            return
        self._token = token
        progress.begin(token, types.WorkDoneProgressBegin(title=self._title))

    def report(self, message: str) -> None:
        """Tell how far it is."""
        if self._token:
            report = types.WorkDoneProgressReport(message=message)
            self._server.work_done_progress.report(self._token, report)

    def end(self, message: str) -> None:
        """End it."""
        if self._token:
            self._server.work_done_progress.end(
                self._token, types.WorkDoneProgressEnd(message=message)
            )
            self._token = ""
