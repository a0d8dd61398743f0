"""What one connection to an editor knows: open documents, options, model, work under way."""

import asyncio
import logging
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

from lsprotocol import types
from pygls.exceptions import JsonRpcException
from pygls.lsp.server import LanguageServer
from pygls.protocol import LanguageServerProtocol, lsp_method

from assistants.errors import PlumbError
from assistants.model import Model
from code_assist import Completion, Position, javac

from .convert import Encoding
from .documents import Document, Documents
from .ghosts import Ghosts
from .index import Index
from .memory import Freed
from .options import Options
from .pace import Pace
from .progress import Progress
from .state import ModelState
from .watching import Watch
from .work import Work

_LOG = logging.getLogger(__name__)


class Protocol(LanguageServerProtocol):
    """pygls without its own copy of the documents: `Documents` keeps them.

    Plain functions where pygls has generators: it keeps a future of every generator for ever. And
    a request that cannot be read is answered: pygls only logs it, and the client waits for ever.
    """

    def structure_message(self, data: dict[str, Any]) -> Any:  # noqa: ANN401 - as pygls has it
        """Return a message as its type; what is no message yet as it is."""
        try:
            return super().structure_message(data)
        except JsonRpcException as error:
            if "method" in data and isinstance(data.get("id"), int | str):
                self._send_response(data["id"], None, error.to_response_error())
            raise

    @lsp_method(types.TEXT_DOCUMENT_DID_OPEN)
    def lsp_text_document__did_open(  # pyright: ignore[reportIncompatibleMethodOverride]
        self, params: types.DidOpenTextDocumentParams
    ) -> None:
        """Hand on to our handler alone."""
        self._hand_on(types.TEXT_DOCUMENT_DID_OPEN, params)

    @lsp_method(types.TEXT_DOCUMENT_DID_CHANGE)
    def lsp_text_document__did_change(  # pyright: ignore[reportIncompatibleMethodOverride]
        self, params: types.DidChangeTextDocumentParams
    ) -> None:
        """Hand on to our handler alone."""
        self._hand_on(types.TEXT_DOCUMENT_DID_CHANGE, params)

    @lsp_method(types.TEXT_DOCUMENT_DID_CLOSE)
    def lsp_text_document__did_close(  # pyright: ignore[reportIncompatibleMethodOverride]
        self, params: types.DidCloseTextDocumentParams
    ) -> None:
        """Hand on to our handler alone."""
        self._hand_on(types.TEXT_DOCUMENT_DID_CLOSE, params)

    def _hand_on(self, method: str, params: object) -> None:
        self.fm.features[method](params)


class Session(LanguageServer):
    """A pygls server with plumb's state."""

    def __init__(
        self, version: str, defaults: Options, load: Callable[[str], Model | None]
    ) -> None:
        super().__init__("plumb", version, protocol_cls=Protocol)
        self.documents = Documents()
        self.ghosts = Ghosts()
        self.work = Work()
        self.options = defaults
        self.analysis = ThreadPoolExecutor(2, thread_name_prefix="analysis")
        self.decoding = ThreadPoolExecutor(1, thread_name_prefix="decoding")
        self.compiling = ThreadPoolExecutor(1, thread_name_prefix="compiling")
        self.compiled: dict[str, javac.Compiled] = {}
        self.slips: dict[str, javac.Compiled] = {}
        self.asked_to_stop = False
        self.watch: Watch | None = None
        self.asked: dict[str, tuple[Document, Position, asyncio.Task[Completion | None]]] = {}
        self.roots: tuple[Path, ...] = ()
        self.pace = Pace()
        self.freed = Freed()
        self._told: set[str] = set()
        self.indexing = ThreadPoolExecutor(1, thread_name_prefix="indexing")
        self.index = Index(self.indexing, progress=lambda title: Progress(self, title))
        self._load = load
        self.model = self._new_model_state()
        self.background: set[asyncio.Task[Any]] = set()

    @property
    def encoding(self) -> Encoding:
        """The negotiated unit of columns."""
        return self.server_capabilities.position_encoding or types.PositionEncodingKind.Utf16

    def use(self, options: Options) -> None:
        """Take over the client's options, before anything was loaded."""
        self.options = options
        self.model = self._new_model_state()

    def change(self, options: Options) -> None:
        """Take over options while working; another model is loaded when it is next needed."""
        before, self.options = self.options, options
        if options.model != before.model:
            self.model = self._new_model_state()

    def spawn(self, task: "asyncio.Task[Any]") -> None:
        """Keep a background task alive until it is done."""
        self.background.add(task)
        task.add_done_callback(self.background.discard)

    def tell(self, message: str, kind: types.MessageType) -> None:
        """Show the user a message."""
        self.window_show_message(types.ShowMessageParams(type=kind, message=message))

    def complain(self, error: PlumbError) -> None:
        """Tell the user what went wrong and what to do; the same words only once."""
        hint = f" ({error.hint})" if error.hint else ""
        text = f"plumb: {error}{hint}. Completion goes on without a model."
        if text not in self._told:
            self._told.add(text)
            self.tell(text, types.MessageType.Warning)

    def close(self) -> None:
        """Stop all work; nothing new is begun."""
        self.work.stop_all()
        self.index.stop()
        for executor in (self.analysis, self.compiling, self.decoding, self.indexing):
            executor.shutdown(wait=False, cancel_futures=True)

    def _new_model_state(self) -> ModelState:
        return ModelState(
            self.options.model,
            load=self._load,
            executor=self.decoding,
            watcher=_LoadingShown(self),
        )


class _LoadingShown:
    """Shows in the editor that a model is being loaded, where the editor can show it."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self._progress: Progress | None = None

    async def loading(self, name: str) -> None:
        """Begin a work-done progress."""
        self._progress = Progress(self._session, f"Loading {name}")
        await self._progress.begin()

    async def loaded(self, name: str, error: PlumbError | None) -> None:
        """End the progress; tell an error once, with what to do."""
        if self._progress is not None:
            self._progress.end(f"{name}: {'failed' if error else 'ready'}")
        if error is not None:
            self._session.complain(error)
