"""The language server: its life from start to exit, and what it offers to which client.

Handlers are coroutines that wait for a worker thread; nothing is computed on the event loop.
"""

import asyncio
import logging
import os
import signal
import threading
import time
from collections.abc import Callable
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

from lsprotocol import types

from assistants import deadline, registry
from assistants.errors import WorkerCrashed
from assistants.model import Model
from assistants.settings import Settings
from code_assist import javac, warm

from . import (
    compiling,
    completion,
    configuration,
    diagnostics,
    folders,
    inline_completion,
    navigation,
    options,
    slips,
    stdio,
    tasks,
)
from .documents import Document, readable
from .memory import share_arenas
from .options import Options
from .session import Session
from .watching import Watch

_LOG = logging.getLogger(__name__)
_MOST_TOKENS = 96
_PATIENCE = 1.5  # seconds that work under way gets at the end


def main(
    settings: Settings | None = None,
    *,
    log_file: Path | None = None,
    load: Callable[[str], Model | None] = registry.load,
) -> int:
    """Serve one editor over stdin and stdout; return the exit code.

    Args:
        settings: What the user set; the client's initializationOptions go before it.
        log_file: Where the log goes instead of stderr.
        load: Turns a name into a model.
    """
    settings = settings or Settings()
    _configure_log(settings.log_level, log_file)
    share_arenas()
    if threading.current_thread() is threading.main_thread():
        signal.signal(signal.SIGINT, signal.SIG_DFL)  # a thread waits for stdin and would go on
    defaults = Options(model=settings.model, max_tokens=min(settings.max_tokens, _MOST_TOKENS))
    session = create(defaults, load)
    with stdio.guarded() as (reader, writer):
        session.watch = Watch(reader.fileno())
        session.start_io(stdin=reader, stdout=writer)
    session.close()
    code = 0 if session.asked_to_stop else 1
    _leave(session, code)
    return code


def create(defaults: Options, load: Callable[[str], Model | None]) -> Session:
    """Return a server that is ready to be connected."""
    session = Session(_version(), defaults, load)
    _lifecycle(session)
    _synchronisation(session)
    folders.register(session)
    configuration.register(session)
    tasks.register(session)
    return session


def _lifecycle(session: Session) -> None:
    @session.feature(types.INITIALIZE)
    def initialize(params: types.InitializeParams) -> None:
        chosen, complaints = options.read(params.initialization_options, session.options)
        session.use(chosen)
        session.roots = folders.roots(params)
        if session.watch is not None:
            session.watch.follow(params.process_id)
        _register(session, params.capabilities)
        for complaint in complaints:
            message = f"plumb: {complaint}; the default is used"
            session.tell(message, types.MessageType.Warning)

    @session.feature(types.INITIALIZED)
    def initialized(_params: types.InitializedParams) -> None:
        session.analysis.submit(_warm)
        folders.begin(session)
        configuration.begin(session)

    @session.feature(types.SHUTDOWN)
    def shutdown(_params: None) -> None:
        session.asked_to_stop = True
        session.close()


def _register(session: Session, client: types.ClientCapabilities) -> None:
    """Register what this client can use."""
    text = client.text_document or types.TextDocumentClientCapabilities()

    if text.completion is not None:

        @session.feature(types.TEXT_DOCUMENT_COMPLETION, completion.OPTIONS)
        async def popup(params: types.CompletionParams) -> types.CompletionList | None:
            return await completion.completion(session, params)

        session.feature(types.COMPLETION_ITEM_RESOLVE)(_bound(session, completion.resolve))

    _register_navigation(session, text)
    if text.code_action is not None:
        session.feature(types.TEXT_DOCUMENT_CODE_ACTION, tasks.OPTIONS)(
            _bound(session, tasks.offered)
        )
    if client.workspace is not None and client.workspace.symbol is not None:
        session.feature(types.WORKSPACE_SYMBOL)(_bound(session, navigation.workspace_symbols))

    if text.inline_completion is not None:
        # Without explicit options pygls would not advertise it.
        @session.feature(types.TEXT_DOCUMENT_INLINE_COMPLETION, types.InlineCompletionOptions())
        async def ghost(
            params: types.InlineCompletionParams,
        ) -> types.InlineCompletionList | None:
            return await inline_completion.inline_completion(session, params)

    if text.diagnostic is not None:

        @session.feature(types.TEXT_DOCUMENT_DIAGNOSTIC, diagnostics.OPTIONS)
        async def pull(
            params: types.DocumentDiagnosticParams,
        ) -> types.DocumentDiagnosticReport:
            return await diagnostics.pull(session, params)


def _register_navigation(session: Session, text: types.TextDocumentClientCapabilities) -> None:
    """Register what leads from a name to other places; each only for clients that ask for it."""
    signature_options = types.SignatureHelpOptions(
        trigger_characters=["(", ","], retrigger_characters=[")"]
    )
    offered = (
        (text.definition, types.TEXT_DOCUMENT_DEFINITION, navigation.definition, None),
        (text.references, types.TEXT_DOCUMENT_REFERENCES, navigation.references, None),
        (text.hover, types.TEXT_DOCUMENT_HOVER, navigation.hover, None),
        (
            text.signature_help,
            types.TEXT_DOCUMENT_SIGNATURE_HELP,
            navigation.signature_help,
            signature_options,
        ),
        (
            text.document_symbol,
            types.TEXT_DOCUMENT_DOCUMENT_SYMBOL,
            navigation.document_symbols,
            None,
        ),
    )
    if text.rename is not None:
        options = types.RenameOptions(prepare_provider=bool(text.rename.prepare_support))
        session.feature(types.TEXT_DOCUMENT_RENAME, options)(_bound(session, navigation.rename))
        if text.rename.prepare_support:
            prepare = _bound(session, navigation.prepare_rename)
            session.feature(types.TEXT_DOCUMENT_PREPARE_RENAME)(prepare)
    for wanted, method, handler, details in offered:
        if wanted is not None:
            session.feature(method, details)(_bound(session, handler))


def _bound(session: Session, handler: Callable[..., Any]) -> Callable[[Any], Any]:
    async def handle(params: Any) -> Any:  # noqa: ANN401 - one shape for all of lsprotocol's types
        return await handler(session, params)

    return handle


def _synchronisation(session: Session) -> None:
    @session.feature(types.TEXT_DOCUMENT_DID_OPEN)
    def did_open(params: types.DidOpenTextDocumentParams) -> None:
        document = session.documents.open(params.text_document)
        _changed(session, document)
        if readable(document) is not None and document is not None:
            session.indexing.submit(warm, document.source)
            slips.opened(session, document)

    @session.feature(types.TEXT_DOCUMENT_DID_CHANGE)
    def did_change(params: types.DidChangeTextDocumentParams) -> None:
        item = params.text_document
        session.pace.key()
        document = session.documents.change(
            item.uri, item.version, params.content_changes, session.encoding
        )
        _changed(session, document)

    @session.feature(types.TEXT_DOCUMENT_DID_CLOSE)
    def did_close(params: types.DidCloseTextDocumentParams) -> None:
        uri = params.text_document.uri
        folders.closed(session, uri)
        session.documents.close(uri)
        session.ghosts.forget(uri)
        session.pace.forget(uri)
        session.asked.pop(uri, None)
        session.compiled.pop(uri, None)
        session.slips.pop(uri, None)
        session.work.stop_for(uri)
        if diagnostics.pushes(session):
            session.text_document_publish_diagnostics(
                types.PublishDiagnosticsParams(uri=uri, diagnostics=[])
            )


def _changed(session: Session, document: Document | None) -> None:
    folders.edited(session, document)
    if document is None or not session.options.diagnostics:
        return
    if diagnostics.pushes(session):
        session.spawn(asyncio.ensure_future(diagnostics.push(session, document)))
    if document.source.language == "java" and session.options.javac:
        session.spawn(asyncio.ensure_future(compiling.edited(session, document)))
    if session.options.slips and document.uri in session.slips:
        session.spawn(asyncio.ensure_future(slips.edited(session, document)))


def _warm() -> None:
    """Start a worker with jedi in it, so that the first popup need not wait for that."""
    try:
        deadline.warm(["jedi"])
    except WorkerCrashed as error:
        _LOG.warning("%s", error)


def _configure_log(level: str, log_file: Path | None) -> None:
    logging.basicConfig(
        filename=log_file,
        level=level.upper(),
        format="%(asctime)s %(levelname)s %(name)s: %(message)s",
        force=True,
    )
    logging.getLogger("pygls").setLevel(max(logging.WARNING, logging.root.level))


def _version() -> str:
    try:
        return version("plumb")
    except PackageNotFoundError:
        return "0"


def _leave(session: Session, code: int) -> None:
    """End the process even where a worker thread does not stop, such as a model that loads."""
    javac.stop()
    until = time.monotonic() + _PATIENCE
    for thread in threading.enumerate():
        if thread.name.startswith(("analysis", "compiling", "decoding", "indexing")):
            thread.join(max(0.0, until - time.monotonic()))
            if thread.is_alive():
                _LOG.warning("work is still under way in %s: left behind", thread.name)
                logging.shutdown()
                os._exit(code)
    session.background.clear()
