"""Turns of phrase for deeds that a database keeps as dates, states or rows.

"unpaid invoices" are not paid where there is a day of payment, and a room that is "used most" is
the one with the most appointments where these are all that have a room.
"""

import re
from typing import Final

from .lexicon import Entry
from .semantic_model import Column
from .words import stem, stems
from .workspace import Workspace

_UNDONE: Final = re.compile(
    r"\b(?:still |as yet |yet )?un(\w+ed|\w*paid|sold|sent)\b", re.IGNORECASE
)
_AFTER_BE: Final = re.compile(r"\b(?:is|are|was|were|remain|remains)\s+(?:still )?$", re.IGNORECASE)
_LOOKED_AFTER: Final = re.compile(
    r"\b(?:look|take care|takes care|looks) (?:after|of)\b", re.IGNORECASE
)
_MOST: Final = re.compile(
    r"^(which|what) ((?:\w+ ){1,3}?)(?:is|are|was|were|gets|get|got) (\w+ed|chosen|seen|taken|sold)"
    r" (?:the )?(most|least)(?: often| frequently)?(?=\s*\?*$|,| in | during | since )",
    re.IGNORECASE,
)


def with_deeds(question: str, workspace: Workspace) -> str:
    """Return a question whose deeds are said as the database keeps them."""
    phrases = workspace.lexicon.phrases
    text = _LOOKED_AFTER.sub("have", question)
    for match in reversed(list(_UNDONE.finditer(text))):
        whole, done = stem(f"un{match[1].lower()}"), stem(match[1].lower())
        dated = any(_is_date_or_flag(entry, workspace) for entry in phrases.get((done,), ()))
        if (whole,) in phrases or not dated:
            continue
        before, after = text[: match.start()], text[match.end() :]
        noun = re.match(r"\s+(\w+)", after)
        table = noun is not None and _tables(noun[1], workspace)
        if _AFTER_BE.search(before) or noun is None:
            text = f"{before}not {match[1]}{after}"
        elif table:
            text = (
                f"{before.rstrip()} {noun[1]} that are not {match[1]}{after[noun.end() :]}".strip()
            )
    match = _MOST.match(text)
    counted = _rows_of(match[2], match[3], workspace) if match is not None else ""
    if match is not None and counted:
        text = f"{match[1]} {match[2]}has the {match[4]} {counted}{text[match.end() :]}"
    return text


def _is_date_or_flag(entry: Entry, workspace: Workspace) -> bool:
    column = workspace.model.column(entry.column) if entry.column and not entry.name else None
    return column is not None and (column.role == "time" or column.type == "boolean")


def _tables(word: str, workspace: Workspace) -> list[str]:
    entries = workspace.lexicon.phrases.get((stem(word.lower()),), ())
    return [entry.name for entry in entries if entry.kind == "table"]


def _rows_of(noun: str, verb: str, workspace: Workspace) -> str:
    """Return the one table whose rows say what was used; empty where there are several or none.

    These are the rows that have the category, or that alone point at the table that is named.
    """
    phrases, model = workspace.lexicon.phrases, workspace.model
    if (stem(verb.lower()),) in phrases:
        return ""
    entries = phrases.get(stems(noun), ())
    holders = {e.column.table for e in entries if e.kind == "column" and e.column is not None}
    named = {entry.name for entry in entries if entry.kind == "table"}
    if named:
        holders = {join.left for join in model.joins if join.right in named}
    dated = [t for t in holders if any(c.role == "time" for c in _columns(t, workspace))]
    return dated[0].replace("_", " ") if len(dated) == 1 == len(holders) else ""


def _columns(table: str, workspace: Workspace) -> tuple[Column, ...]:
    known = workspace.model.table(table)
    return known.columns if known is not None else ()
