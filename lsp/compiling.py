"""What javac finds in a Java document, once it has been left alone for a moment.

A run takes about a second: its findings are added to a later answer, and until the next run they
stay beside the lines that were not edited.
"""

import asyncio
import logging

from assistants.model import Cancel
from code_assist import Diagnostic, Source, javac

from . import diagnostics
from .documents import Document
from .session import Session

_LOG = logging.getLogger(__name__)
_PAUSE = 0.8  # seconds without a change


async def edited(session: Session, document: Document) -> None:
    """Compile a document when no key was pressed for a moment, and tell what changed by it."""
    await asyncio.sleep(_PAUSE)
    if session.asked_to_stop or not session.documents.is_current(document):
        return
    source = document.source
    found = await session.work.run(
        ("javac", document.uri), session.compiling, lambda cancel: _compile(source, cancel)
    )
    if found is None or not session.documents.is_current(document):
        return
    before = session.compiled.get(document.uri)
    session.compiled[document.uri] = javac.Compiled(source, found)
    if found != (before.carried(source) if before is not None else ()):
        await announce(session, document)


def _compile(source: Source, cancel: Cancel) -> tuple[Diagnostic, ...]:
    found = javac.diagnose_too(source, cancel=cancel)
    return tuple(one for one in found if one.code == "javac")


async def announce(session: Session, document: Document) -> None:
    """Publish, or have the client ask again where it can be told to."""
    if diagnostics.pushes(session):
        await diagnostics.publish(session, document)
        return
    workspace = session.client_capabilities.workspace
    refresh = workspace.diagnostics if workspace is not None else None
    if refresh is not None and refresh.refresh_support:
        try:
            await session.workspace_diagnostic_refresh_async(None)
        except Exception as error:  # noqa: BLE001  (a client may refuse in any way it likes)
            _LOG.info("the client does not ask again: %s", error)
