"""Turns of phrase that depend on what a database has, brought into the form that is read.

"length of stay" is the days from admission to discharge where there is no such column, "still in
hospital" is not discharged, and "the total amount of late fees" are the total late fees where these
are a number themselves.
"""

import re
from typing import Final

from .lexicon import Entry
from .semantic_model import ColumnRef
from .words import stems
from .workspace import Workspace

_STAY: Final = re.compile(r"\b(?:length of (?:hospital )?stay|los|stay length)\b", re.IGNORECASE)
_INSIDE: Final = re.compile(
    r"\b(?:who )?(?:are |is )?(?:still|currently|now|presently) (?:in|at) (?:the )?hospital\b",
    re.IGNORECASE,
)
_AMOUNT: Final = re.compile(
    r"\b(total|average|mean|combined) (?:amount|value|sum) of (?:the |all )?((?:\w+ ?){1,3})",
    re.IGNORECASE,
)
_ARRIVALS: Final = frozenset("admission admitted admit checkin arrival arrived".split())
_DEPARTURES: Final = frozenset("discharge discharged checkout departure departed".split())


def with_amounts(question: str, workspace: Workspace) -> str:
    """Return a question whose stays and amounts are named as the database names them."""
    phrases = workspace.lexicon.phrases
    text = question
    pair = _stay(workspace)
    if pair is not None:
        if ("length", "of", "stay") not in phrases:
            first, last = (" ".join(stems(ref.column)) for ref in pair)
            text = _STAY.sub(f"number of days from {first} to {last}", text)
        if ("discharged",) in phrases:
            text = _INSIDE.sub("not discharged", text)
    for match in reversed(list(_AMOUNT.finditer(text))):
        said = stems(match[2])
        named = (phrases.get(said[:count], ()) for count in range(len(said), 0, -1))
        first_named = next(filter(None, named), ())
        if any(_is_amount(entry, workspace) for entry in first_named):
            text = f"{text[: match.start()]}{match[1]} {match[2]}{text[match.end() :]}"
    return text


def _is_amount(entry: Entry, workspace: Workspace) -> bool:
    if entry.kind == "metric":
        return True
    column = workspace.model.column(entry.column) if entry.column and not entry.name else None
    return column is not None and column.role == "measure"


def _stay(workspace: Workspace) -> tuple[ColumnRef, ColumnRef] | None:
    """Return the dates of one table at which somebody came and went."""
    for table in workspace.model.tables:
        dates = [c.name for c in table.columns if c.role == "time"]
        came = [name for name in dates if _ARRIVALS & set(stems(name))]
        left = [name for name in dates if _DEPARTURES & set(stems(name))]
        if len(came) == len(left) == 1:
            return ColumnRef(table.name, came[0]), ColumnRef(table.name, left[0])
    return None
