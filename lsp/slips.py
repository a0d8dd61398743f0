"""Likely slips in what was just edited, once the document has been left alone for a moment.

Scoring takes the model some tenths of a second, so only the lines that were edited since the last
look are looked at, and completion goes first. Findings stay beside the lines that were not edited.
"""

import asyncio
import logging

from assistants.errors import PlumbError
from assistants.model import Cancel
from code_assist import Diagnostic, Source
from code_assist.alike import common_prefix, common_suffix
from code_assist.javac import Compiled
from code_assist.likely_slips import likely_slips

from . import cells
from .compiling import announce
from .documents import Document
from .session import Session

_LOG = logging.getLogger(__name__)
_PAUSE = 1.2  # seconds without a change
_MOST_LINES = 12
"""More edited lines at once are pasted text or another branch, not typing."""


def opened(session: Session, document: Document) -> None:
    """Take a document as it is opened: only what is edited from now on is looked at."""
    session.slips[document.uri] = Compiled(document.source, ())


async def edited(session: Session, document: Document) -> None:
    """Look at the lines edited since the last look, when no key was pressed for a moment."""
    session.work.stop(("slips", document.uri))
    await asyncio.sleep(_PAUSE)
    last = session.slips.get(document.uri)
    model = session.model.model()
    current = session.documents.is_current(document)
    if model is None or last is None or not current or cells.is_cell(document.uri):
        return
    source = document.source
    lines = edited_lines(last.source, source)
    if not lines or session.asked_to_stop:
        return

    def work(cancel: Cancel) -> tuple[Diagnostic, ...]:
        recall = session.index.workspace.memory
        return likely_slips(source, lines, model=model, recall=recall, cancel=cancel)

    try:
        found = await session.work.run(("slips", document.uri), session.decoding, work)
    except PlumbError as error:  # no findings are no reason to interrupt anybody
        _LOG.info("slips are not looked for: %s", error)
        return
    if found is None or not session.documents.is_current(document):
        return
    before = last.carried(source)
    session.slips[document.uri] = Compiled(source, (*before, *found))
    if found:
        await announce(session, document)


def edited_lines(before: Source, now: Source) -> range:
    """Return the lines of a text that differ from another; none where that is no typing."""
    if before.text == now.text:
        return range(0)
    head = common_prefix(before.text, now.text)
    shorter = min(len(before.text), len(now.text))
    tail = min(common_suffix(before.text, now.text), shorter - head)
    first = now.position(head).line
    last = now.position(max(len(now.text) - tail, head)).line
    return range(first, last + 1) if last - first < _MOST_LINES else range(0)
