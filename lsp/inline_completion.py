"""textDocument/inlineCompletion: ghost text.

While the model loads, static analysis answers; only a request that the user made by hand waits
for the model. A suggestion that is selected in the popup is extended, never contradicted.
"""

import time
from dataclasses import dataclass

from lsprotocol import types

from assistants.answer import Answer
from assistants.errors import PlumbError
from assistants.model import Cancel, Sampling
from code_assist import Completion, Position, Source, complete
from code_assist.complete import SHORTEST

from . import convert
from .documents import Document, readable
from .ghosts import Ghost
from .session import Session

_LONGEST_LINE = 2000
"""Characters; a line that is longer is data, and reading it anew at every key takes seconds."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Place:
    """Where to complete: the text as if the popup's selection were accepted, and the cursor."""

    source: Source
    position: Position
    start: int
    selected: str

    @property
    def offset(self) -> int:
        return self.source.offset(self.position)

    def inserted(self, candidate: Completion) -> str:
        """Return all that accepting the candidate puts between `start` and the cursor."""
        source, span = self.source, candidate.span
        after = source.replace(span, candidate.new_text).text
        tail = len(source.text) - max(source.offset(span.end), self.offset)
        return after[min(self.start, source.offset(span.start)) : len(after) - tail]


async def inline_completion(
    session: Session, params: types.InlineCompletionParams
) -> types.InlineCompletionList | None:
    """Return one ghost text, or None."""
    uri = params.text_document.uri
    document = readable(session.documents.get(uri))
    if document is None or not session.options.ghost_text:
        return None
    place = _place(document.source, params, session)
    invoked = params.context.trigger_kind == types.InlineCompletionTriggerKind.Invoked
    candidate = await suggest(session, document, place.source, place.position, patiently=invoked)
    return _shown(session, document.source, place, candidate, params) if candidate else None


async def suggest(
    session: Session, document: Document, source: Source, position: Position, *, patiently: bool
) -> Completion | None:
    """Return what completing answers at a place of a document, from memory where it can.

    `source` may be ahead of the document by what is selected in the popup. A patient request
    waits for a model that is being loaded.
    """
    offset = source.offset(position)
    if len(source.line(position.line)) > _LONGEST_LINE:
        return None
    remembered = session.ghosts.rest(document.uri, source, offset)
    if remembered is not None:
        return remembered
    if not patiently and not await session.pace.settle(document.uri):
        return None
    if not session.documents.is_current(document):
        return None
    session.work.stop(("slips", document.uri))  # it would be in the way, and is done again
    model = await session.model.wait() if patiently else session.model.model()
    began = time.monotonic()
    sampling = Sampling(max_tokens=session.options.max_tokens)

    def work(cancel: Cancel) -> Answer[Completion]:
        return complete(
            source,
            position,
            model=model or session.index.ngram,
            sampling=sampling,
            cancel=cancel,
            memory=session.index.workspace.memory(source, offset),
        )

    executor = session.decoding if model is not None else session.analysis
    try:
        answer = await session.work.run(("ghost", document.uri), executor, work)
    except PlumbError as error:  # a server that went away, say
        session.complain(error)
        return None
    if answer is not None and model is not None:
        session.pace.answered(time.monotonic() - began)
    if answer is None or answer.best is None or not session.documents.is_current(document):
        return None
    candidate = answer.best.candidate
    typed = offset - source.offset(candidate.span.start)
    if len(candidate.new_text) - typed < SHORTEST:
        return None
    ghost = Ghost(source=source, offset=offset, completion=candidate)
    session.ghosts.remember(document.uri, ghost)
    return candidate


def _place(source: Source, params: types.InlineCompletionParams, session: Session) -> _Place:
    position = convert.from_client(source, params.position, session.encoding)
    chosen = params.context.selected_completion_info
    if chosen is None:
        offset = source.offset(position)
        return _Place(source=source, position=position, start=offset, selected="")
    start = source.offset(convert.from_client(source, chosen.range.start, session.encoding))
    end = source.offset(convert.from_client(source, chosen.range.end, session.encoding))
    accepted = source.insert(start, max(start, end), chosen.text)
    cursor = accepted.position(start + len(chosen.text))
    return _Place(source=accepted, position=cursor, start=start, selected=chosen.text)


def _shown(
    session: Session,
    source: Source,
    place: _Place,
    candidate: Completion,
    params: types.InlineCompletionParams,
) -> types.InlineCompletionList | None:
    text = place.inserted(candidate)
    chosen = params.context.selected_completion_info
    if chosen is not None:
        if not text.startswith(place.selected) or text == place.selected:
            return None
        span = chosen.range
    else:
        start = min(place.start, place.source.offset(candidate.span.start))
        span = convert.to_range(source, source.span(start, place.offset), session.encoding)
    item = types.InlineCompletionItem(insert_text=text, range=span)
    return types.InlineCompletionList(items=[item])
