"""Hover, signature help, symbols, definition, references and rename."""

from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

from lsprotocol import types
from pygls.exceptions import JsonRpcInvalidParams

from assistants.errors import InputError
from code_assist import Definition, Source, Span, navigation, outline
from code_assist.places import Place

from . import cells, convert
from .documents import Document, readable
from .session import Session

T = TypeVar("T")
_KINDS = {
    "class": types.SymbolKind.Class,
    "interface": types.SymbolKind.Interface,
    "enum": types.SymbolKind.Enum,
    "constant": types.SymbolKind.Constant,
    "method": types.SymbolKind.Method,
    "constructor": types.SymbolKind.Constructor,
    "function": types.SymbolKind.Function,
    "field": types.SymbolKind.Field,
    "variable": types.SymbolKind.Variable,
}


async def ask(
    session: Session, purpose: str, uri: str, work: Callable[[Document, navigation.Read], T]
) -> T | None:
    """Run work on a document; None where there is none, newer work came, or it has moved on."""
    document = readable(session.documents.get(uri))
    if document is None:
        return None
    shown = {source.path: source for source in session.documents.sources()}

    def read(path: str) -> Source | None:
        return shown.get(path) or _read(path)

    found = await session.work.run(
        (purpose, uri), session.analysis, lambda _cancel: work(document, read)
    )
    return found if session.documents.is_current(document) else None


def _read(path: str) -> Source | None:
    try:
        return Source.read(path)
    except InputError:
        return None


async def definition(
    session: Session, params: types.DefinitionParams
) -> list[types.Location] | None:
    """Return where a name is defined."""
    workspace = session.index.workspace

    def work(document: Document, read: navigation.Read) -> list[types.Location]:
        position = convert.from_client(document.source, params.position, session.encoding)
        found = navigation.definitions(document.source, position, workspace)
        return _locations(session, document, found, read)

    return await ask(session, "definition", params.text_document.uri, work)


async def references(
    session: Session, params: types.ReferenceParams
) -> list[types.Location] | None:
    """Return where a name is used."""
    workspace = session.index.workspace

    def work(document: Document, read: navigation.Read) -> list[types.Location]:
        source = document.source
        position = convert.from_client(source, params.position, session.encoding)
        found = navigation.references(source, position, workspace, read)
        if not params.context.include_declaration:
            declared = set(navigation.definitions(source, position, workspace))
            found = tuple(place for place in found if place not in declared)
        return _locations(session, document, found, read)

    return await ask(session, "references", params.text_document.uri, work)


async def hover(session: Session, params: types.HoverParams) -> types.Hover | None:
    """Return what a name means."""
    workspace = session.index.workspace

    def work(document: Document, read: navigation.Read) -> types.Hover | None:
        source = document.source
        position = convert.from_client(source, params.position, session.encoding)
        found = navigation.help_at(source, position, workspace, read)
        if found is None:
            return None
        contents = convert.to_markup(found, source.language)
        return types.Hover(contents, convert.to_range(source, found.span, session.encoding))

    return await ask(session, "hover", params.text_document.uri, work)


async def signature_help(
    session: Session, params: types.SignatureHelpParams
) -> types.SignatureHelp | None:
    """Return the signatures of the call that is being written."""
    workspace = session.index.workspace

    def work(document: Document, read: navigation.Read) -> types.SignatureHelp | None:
        source = document.source
        position = convert.from_client(source, params.position, session.encoding)
        found = navigation.signatures(source, position, workspace, read)
        if not found:
            return None
        return types.SignatureHelp(
            signatures=[
                types.SignatureInformation(
                    label=one.label,
                    documentation=one.documentation or None,
                    parameters=[types.ParameterInformation(label=each) for each in one.parameters],
                    active_parameter=one.current,
                )
                for one in found
            ],
            active_signature=0,
            active_parameter=found[0].current,
        )

    return await ask(session, "signature", params.text_document.uri, work)


async def document_symbols(
    session: Session, params: types.DocumentSymbolParams
) -> list[types.DocumentSymbol] | list[types.SymbolInformation] | None:
    """Return what a document defines: a tree, or a list for clients that know no trees."""
    text = session.client_capabilities.text_document
    able = text.document_symbol if text is not None else None

    def work(
        document: Document, _read: navigation.Read
    ) -> list[types.DocumentSymbol] | list[types.SymbolInformation]:
        found = outline(document.source)
        if able is not None and able.hierarchical_document_symbol_support:
            return _tree(session, document.source, found)
        return [_information(session, document.source, one, document.uri) for one in found]

    return await ask(session, "symbols", params.text_document.uri, work)


async def workspace_symbols(
    session: Session, params: types.WorkspaceSymbolParams
) -> list[types.SymbolInformation] | None:
    """Return definitions of the whole workspace whose names fit a query."""
    workspace = session.index.workspace
    shown = {source.path: source for source in session.documents.sources()}

    def work() -> list[types.SymbolInformation]:
        made: list[types.SymbolInformation] = []
        for one in workspace.symbols(params.query):
            source = shown.get(one.path) or _read(one.path)
            if source is not None and one.span.end.line < source.line_count:
                made.append(_information(session, source, one, Path(one.path).as_uri()))
        return made

    return await session.work.run(("workspace symbols",), session.analysis, lambda _cancel: work())


async def prepare_rename(session: Session, params: types.PrepareRenameParams) -> types.Range | None:
    """Return the name that would be renamed; None where there is none, or in a notebook."""
    document = readable(session.documents.get(params.text_document.uri))
    if document is None or cells.is_cell(document.uri):
        return None
    source = document.source
    span = navigation.name_at(
        source, convert.from_client(source, params.position, session.encoding)
    )
    return convert.to_range(source, span, session.encoding) if span is not None else None


async def rename(session: Session, params: types.RenameParams) -> types.WorkspaceEdit | None:
    """Return verified edits; a reason where there are none."""

    def work(document: Document, read: navigation.Read) -> types.WorkspaceEdit | InputError:
        source = document.source
        if cells.is_cell(document.uri):
            return InputError("names in notebooks are not renamed: other cells may use them")
        position = convert.from_client(source, params.position, session.encoding)
        try:
            found = navigation.rename(source, position, params.new_name, read)
        except InputError as error:
            return error
        changes = [
            _edits(
                session, path, source if path == source.path else read(path), found.new_name, spans
            )
            for path, spans in found.spans.items()
        ]
        return types.WorkspaceEdit(document_changes=changes)

    made = await ask(session, "rename", params.text_document.uri, work)
    if isinstance(made, InputError):
        raise JsonRpcInvalidParams(message=str(made))
    return made


def _edits(
    session: Session,
    path: str,
    source: Source | None,
    new_name: str,
    spans: tuple[Span, ...],
) -> types.TextDocumentEdit:
    """Return the edits of one file, with the version for which they hold if it is open."""
    assert source is not None  # noqa: S101 - it was read to verify the edits
    document = session.documents.by_path(path)
    uri = document.uri if document is not None else Path(path).as_uri()
    version = document.version if document is not None else None
    return types.TextDocumentEdit(
        text_document=types.OptionalVersionedTextDocumentIdentifier(uri=uri, version=version),
        edits=[
            types.TextEdit(
                range=convert.to_range(source, span, session.encoding), new_text=new_name
            )
            for span in spans
        ],
    )


def _locations(
    session: Session, asked: Document, places: tuple[Place, ...], read: navigation.Read
) -> list[types.Location]:
    """Return places as the client knows them; all cells of a notebook have one path."""
    found: list[types.Location] = []
    for place in places:
        here = place.path == asked.source.path
        document = asked if here else session.documents.by_path(place.path)
        file = document.source if document is not None else read(place.path)
        if file is None or place.span.end.line >= file.line_count:
            continue
        uri = document.uri if document is not None else Path(place.path).as_uri()
        found.append(types.Location(uri, convert.to_range(file, place.span, session.encoding)))
    return found


def _tree(
    session: Session, source: Source, found: tuple[Definition, ...]
) -> list[types.DocumentSymbol]:
    """Return definitions with those that stand inside them as their children."""
    tops: list[types.DocumentSymbol] = []
    around: list[tuple[Definition, list[types.DocumentSymbol]]] = []
    for one in found:
        children: list[types.DocumentSymbol] = []
        while around and one.span.start >= around[-1][0].span.end:
            around.pop()
        inside = around[-1][1] if around else tops
        inside.append(
            types.DocumentSymbol(
                name=one.name,
                kind=_KINDS[one.kind],
                range=convert.to_range(source, one.span, session.encoding),
                selection_range=convert.to_range(source, one.name_span, session.encoding),
                children=children,
            )
        )
        around.append((one, children))
    return tops


def _information(
    session: Session, source: Source, one: Definition, uri: str
) -> types.SymbolInformation:
    return types.SymbolInformation(
        name=one.name,
        kind=_KINDS[one.kind],
        location=types.Location(uri, convert.to_range(source, one.name_span, session.encoding)),
        container_name=".".join(one.within) or None,
    )
