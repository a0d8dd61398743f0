"""textDocument/codeAction: verified quick-fixes for the findings that a client shows."""

from lsprotocol import types

from code_assist import Fix, diagnose, fixes

from . import cells, convert
from .documents import Document, readable
from .session import Session

OPTIONS = types.CodeActionOptions(code_action_kinds=[types.CodeActionKind.QuickFix])
_MOST = 4
"""Findings for which fixes are looked for at once."""


async def code_actions(
    session: Session, params: types.CodeActionParams
) -> list[types.CodeAction] | None:
    """Return the fixes of the findings in a range; None where nothing can be told."""
    document = readable(session.documents.get(params.text_document.uri))
    only = params.context.only
    if document is None or cells.is_cell(document.uri):
        return None
    if only and not any(types.CodeActionKind.QuickFix.value.startswith(kind) for kind in only):
        return []
    source = document.source
    first, last = params.range.start.line, params.range.end.line
    model, workspace = session.model.model(), session.index.workspace

    def work() -> list[types.CodeAction]:
        found = [
            one
            for one in diagnose(source)
            if one.span.start.line <= last and one.span.end.line >= first
        ]
        return [
            _action(session, document, convert.to_diagnostic(source, one, session.encoding), fix)
            for one in found[:_MOST]
            for fix in fixes(source, one, model=model, workspace=workspace)
        ]

    made = await session.work.run(
        ("actions", document.uri), session.analysis, lambda _cancel: work()
    )
    return made if session.documents.is_current(document) else None


def _action(
    session: Session, document: Document, shown: types.Diagnostic, fix: Fix
) -> types.CodeAction:
    source, uri = document.source, document.uri
    edit = types.TextEdit(convert.to_range(source, fix.span, session.encoding), fix.new_text)
    workspace = session.client_capabilities.workspace
    able = workspace.workspace_edit if workspace is not None else None
    if able is not None and able.document_changes:
        version = document.version
        place = types.OptionalVersionedTextDocumentIdentifier(uri=uri, version=version)
        changes = types.WorkspaceEdit(
            document_changes=[types.TextDocumentEdit(text_document=place, edits=[edit])]
        )
    else:
        changes = types.WorkspaceEdit(changes={uri: [edit]})
    return types.CodeAction(
        title=fix.title,
        kind=types.CodeActionKind.QuickFix,
        diagnostics=[shown],
        is_preferred=fix.preferred or None,
        edit=changes,
    )
