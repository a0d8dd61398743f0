"""textDocument/diagnostic (pull); published by push only to clients that cannot pull."""

import asyncio
import hashlib

from lsprotocol import types
from pygls.exceptions import JsonRpcException

from code_assist import Diagnostic, diagnose

from . import cells, convert
from .documents import Document, readable
from .session import Session

OPTIONS = types.DiagnosticOptions(
    inter_file_dependencies=False, workspace_diagnostics=False, identifier="plumb"
)
_PUSH_DELAY = 0.3  # seconds without a change


class Superseded(JsonRpcException):
    """The document moved on meanwhile: the client is asked to ask again."""

    CODE = types.LSPErrorCodes.ServerCancelled
    MESSAGE = "the document has changed"

    def __init__(self) -> None:
        super().__init__(data={"retriggerRequest": True})


async def pull(
    session: Session, params: types.DocumentDiagnosticParams
) -> types.DocumentDiagnosticReport:
    """Return what is wrong in a document, or that nothing changed since the last report."""
    document = readable(session.documents.get(params.text_document.uri))
    if document is None or not session.options.diagnostics:
        return types.RelatedFullDocumentDiagnosticReport(items=[])
    result_id = _digest(session, document)
    if params.previous_result_id == result_id:
        return types.RelatedUnchangedDocumentDiagnosticReport(result_id=result_id)
    items = await _find(session, document)
    if items is None:
        raise Superseded
    return types.RelatedFullDocumentDiagnosticReport(items=items, result_id=result_id)


async def push(session: Session, document: Document) -> None:
    """Publish what is wrong in a document once it has been left alone for a moment."""
    await asyncio.sleep(_PUSH_DELAY)
    if readable(document) is not None and session.documents.is_current(document):
        await publish(session, document)


def pushes(session: Session) -> bool:
    """Whether findings are published, because the client cannot pull them."""
    text = session.client_capabilities.text_document
    can_pull = text is not None and text.diagnostic is not None
    return session.options.diagnostics and not can_pull


async def publish(session: Session, document: Document) -> None:
    """Publish what is wrong in a document now."""
    items = await _find(session, document)
    if items is not None:
        session.text_document_publish_diagnostics(
            types.PublishDiagnosticsParams(
                uri=document.uri, version=document.version, diagnostics=items
            )
        )


async def _find(session: Session, document: Document) -> list[types.Diagnostic] | None:
    source = document.source
    found = await session.work.run(
        ("diagnostics", document.uri),
        session.analysis,
        lambda _cancel: cells.find(source) if cells.is_cell(document.uri) else diagnose(source),
    )
    if found is None or not session.documents.is_current(document):
        return None
    if not any(one.code == "syntax-error" for one in found):
        found = (*found, *_later(session, document))
    return [convert.to_diagnostic(source, one, session.encoding) for one in found]


def _later(session: Session, document: Document) -> tuple[Diagnostic, ...]:
    """Return what javac and the model found last, as far as the text is still the same."""
    found: list[Diagnostic] = []
    for last in (session.compiled.get(document.uri), session.slips.get(document.uri)):
        found += last.carried(document.source) if last is not None else ()
    return tuple(found)


def _digest(session: Session, document: Document) -> str:
    """Return what changes with every answer: the text, and what was found meanwhile."""
    digest = hashlib.blake2b(document.source.text.encode(), digest_size=12)
    digest.update(repr(_later(session, document)).encode())
    return digest.hexdigest()
