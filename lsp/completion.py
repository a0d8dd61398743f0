"""textDocument/completion: names from static analysis, led by the ghost text of the same place.

To a client that cannot show ghost text the popup is all there is, so there it asks the model too,
and waits for it a moment.
"""

import asyncio
import re
from collections.abc import Sequence
from dataclasses import replace

from lsprotocol import types

from code_assist import Completion, Offered, Position, Source, navigation, offered, typed_word

from . import convert
from .documents import Document, readable
from .inline_completion import suggest
from .navigation import ask
from .session import Session

OPTIONS = types.CompletionOptions(trigger_characters=["."], resolve_provider=True)
_BRIEFLY = 0.04
"""Seconds that jedi gets where the file itself knows some of the names; it is asked again."""
_WORD = re.compile(r"\w+")
_PATIENCE = 0.5  # seconds that the popup waits for the model, and for jedi where it is asked once


async def completion(
    session: Session, params: types.CompletionParams
) -> types.CompletionList | None:
    """Return the popup's lines; None where there are none or the document has moved on."""
    uri = params.text_document.uri
    document = readable(session.documents.get(uri))
    if document is None:
        return None
    source = document.source
    position = convert.from_client(source, params.position, session.encoding)
    asked = _ask_model(session, document, position)
    try:
        found = await session.work.run(
            ("popup", uri),
            session.analysis,
            lambda _cancel: _offered(session, source, position, once=params.context is None),
        )
        remembered = session.ghosts.rest(uri, source, source.offset(position))
        token = params.partial_result_token
        early = found is not None and token is not None and asked is not None and not remembered
        if found is not None and token is not None and early:
            _report(session, token, _items(session, document, found.names, first=1))
        ghost = await _in_time(session, asked)
    except asyncio.CancelledError:
        if asked is not None:
            asked.cancel()
        raise
    if found is None or not session.documents.is_current(document):
        return None
    ghost = ghost or session.ghosts.rest(uri, source, source.offset(position))
    led: tuple[Completion, ...] = ()
    if ghost is not None and ghost.origin != "analysis":
        led = (_with_typed_word(source, position, ghost),)
    known = [one for one in found.names if led and one.new_text == led[0].new_text.strip()]
    late = (asked is not None and not asked.done()) or not found.whole
    if early and token is not None:  # then the answer itself must be empty
        _report(session, token, _items(session, document, () if known else led, first=0))
        return types.CompletionList(is_incomplete=late, items=[])
    if known:  # the model says no more than a name that is offered: once is enough, and first
        led = (known[0],)
    others = [one for one in found.names if one not in known]
    items = _items(session, document, (*led, *others), first=0)
    return types.CompletionList(is_incomplete=late, items=items)


def _offered(session: Session, source: Source, position: Position, *, once: bool) -> Offered:
    """Return names, ranked by what the workspace and the file go on with there.

    A client that asks `once` does not ask again for an incomplete list: jedi gets more time then.
    """
    word = typed_word(source, source.offset(position))
    start = source.offset(position) - len(word)
    memory = session.index.workspace.memory(source, start)
    return offered(source, position, brief=_PATIENCE if once else _BRIEFLY, memory=memory)


async def resolve(session: Session, item: types.CompletionItem) -> types.CompletionItem:
    """Return a line of the popup with what its name means, as far as that is known.

    The line may be of an earlier version of the document: the user has typed on, and the client
    filters by itself.
    """
    workspace = session.index.workspace

    def work(document: Document, read: navigation.Read) -> types.MarkupContent | None:
        taken = _taken(document.source, item, session.encoding)
        found = taken and navigation.help_at(*taken, workspace, read)
        return convert.to_markup(found, document.source.language) if found else None

    if isinstance(item.data, str):
        item.documentation = await ask(session, "resolve", item.data, work)
    return item


def _taken(
    source: Source, item: types.CompletionItem, encoding: convert.Encoding
) -> tuple[Source, Position] | None:
    """Return the text as it is once the line's name is taken, and where that name stands."""
    edit = item.text_edit
    if not isinstance(edit, types.TextEdit) or not edit.new_text.isidentifier():
        return None
    start = convert.from_client(source, edit.range.start, encoding)
    offset = source.offset(start)
    typed = _WORD.match(source.text, offset)
    rest = source.text[typed.end() if typed else offset :]
    called = item.kind == types.CompletionItemKind.Function and not rest.startswith("(")
    name = edit.new_text + ("()" if called and source.language == "java" else "")
    return replace(source, text=source.text[:offset] + name + rest), start


def _items(
    session: Session, document: Document, names: Sequence[Completion], *, first: int
) -> list[types.CompletionItem]:
    return [
        convert.to_item(document.source, one, rank, session.encoding, document.uri)
        for rank, one in enumerate(names, first)
    ]


def _report(
    session: Session, token: types.ProgressToken, items: list[types.CompletionItem]
) -> None:
    """Send a part of the answer ahead."""
    session.progress(types.ProgressParams(token=token, value=items))


def _with_typed_word(source: Source, position: Position, ghost: Completion) -> Completion:
    """Return what the model adds together with the word typed so far, by which clients filter."""
    offset = source.offset(position)
    word = typed_word(source, offset)
    span = source.span(offset - len(word), offset)
    return replace(ghost, new_text=word + ghost.new_text, span=span)


def _ask_model(
    session: Session, document: Document, position: Position
) -> "asyncio.Task[Completion | None] | None":
    """Start asking the model, where nothing but the popup can show what it says."""
    text = session.client_capabilities.text_document
    shows_ghosts = text is not None and text.inline_completion is not None
    if shows_ghosts or not session.options.ghost_text:
        return None
    before = session.asked.get(document.uri)
    if before is not None and before[:2] == (document, position) and not before[2].done():
        return before[2]  # asked again for the same place: the answer is on its way
    asked = asyncio.ensure_future(
        suggest(session, document, document.source, position, patiently=False)
    )
    session.asked[document.uri] = (document, position, asked)
    return asked


async def _in_time(
    session: Session, asked: "asyncio.Task[Completion | None] | None"
) -> Completion | None:
    """Return what the model says in time; later it is remembered for the next request."""
    if asked is None:
        return None
    await asyncio.wait({asked}, timeout=_PATIENCE)
    if asked.done():
        return asked.result()
    session.spawn(asked)
    return None
