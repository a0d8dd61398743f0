"""Verbs for the rows of a table: a bike that "was repaired five times" has five repairs.

A verb names a table where the two are built on one root (repaired, `repairs`; donated,
`donations`) or where the table is called after the event of the verb (bought, `purchases`), and
where the verb means nothing else in the database. Questions are brought into the form that the
readers know: how many such rows there are.
"""

import re
from collections.abc import Callable
from typing import Final

from .semantic_model import Table
from .spoken import event_nouns
from .words import forms, root, stem, stems
from .workspace import Workspace

_VERB: Final = r"(\w+ed|absent|bought|sold|paid|sent|given|taken|lent|made)"
_BE: Final = r"(?:(?:who|that|which) )?(?:was|were|is|are|has been|have been|had been|has|have|had)"
_COUNT: Final = (
    r"((?:more|less|fewer) than|at least|at most|no more than|no fewer than|exactly|over)? ?"
    r"(\d+|two|three|four|five|six|seven|eight|nine|ten|twelve|twenty)"
)
_TIMES: Final = re.compile(rf"(?:{_BE} )?\b{_VERB} {_COUNT} times\b", re.IGNORECASE)
_NEVER: Final = re.compile(
    rf"\b(?:(?:who|that|which) )?(?:(?:was|were|has|have|had) (?:never|not)(?: been| yet been)?"
    rf"|never (?:was|were)|(?:was|were|has|have|had) not(?: ever)?(?: been)?|never) {_VERB}"
    r"(?=\s*(?:\?|$))",
    re.IGNORECASE,
)
_MOST: Final = re.compile(
    rf"^(which|what) ((?:\w+ ){{1,3}}?){_BE} {_VERB} (?:the )?(most|least)"
    r"(?: often| frequently)?(?=\s*\?*$|,| in | during | since )",
    re.IGNORECASE,
)
_FIRST: Final = re.compile(
    r"^(which|what) ((?:\w+ ){0,2}?\w+) (?:(?:was|were|is) )?(\w+ed|bought|built|born|sold|sent)"
    r" (?:the )?(first|earliest|most recently|last|latest)\s*\?*$",
    re.IGNORECASE,
)
_LEAST_ROOT: Final = 4
_IRREGULAR: Final = {"absent": "absence", "lent": "loan", "sold": "sale", "given": "gift"}


def with_rows(question: str, workspace: Workspace) -> str:
    """Return a question in which verbs for the rows of a table are such rows."""

    def rows(match: re.Match[str], put: Callable[[str], str], verb: int) -> str:
        table = table_of_verb(match[verb], workspace)
        return put(table.replace("_", " ")) if table else match[0]

    text = _TIMES.sub(
        lambda m: rows(m, lambda t: f"with {m[2] or 'exactly'} {m[3]} {t}", 1), question
    )
    text = _NEVER.sub(lambda m: rows(m, lambda t: f"have no {t}", 1), text)
    text = _MOST.sub(lambda m: rows(m, lambda t: f"{m[1]} {m[2]}has the {m[4]} {t}", 3), text)
    return _FIRST.sub(lambda m: _by_date(m, workspace), text)


def _by_date(match: re.Match[str], workspace: Workspace) -> str:
    """Return "which branch opened first" as a question for the earliest of the branches' dates."""
    phrases, model = workspace.lexicon.phrases, workspace.model
    named = phrases.get(stems(match[2]), ())
    tables = {entry.name for entry in named if entry.kind == "table"}
    said = match[3].lower()
    verbs = [entry for form in {stem(said), *forms(said)} for entry in phrases.get((form,), ())]
    dates = {
        entry.column
        for entry in verbs
        if entry.column is not None
        and entry.kind == "column"
        and entry.column.table in tables
        and (column := model.column(entry.column)) is not None
        and column.role == "time"
    }
    if len(tables) != 1 or len(dates) != 1:
        return match[0]
    ref = next(iter(dates))
    which = "earliest" if match[4].lower() in {"first", "earliest"} else "latest"
    date = " ".join((*stems(ref.table), *stems(ref.column)))
    return f"{match[1]} {match[2]} has the {which} {date}"


def table_of_verb(verb: str, workspace: Workspace) -> str:
    """Return the one table whose rows a verb makes; empty where there is none or several.

    A verb that is a date or a value of the database has that meaning and no other.
    """
    said = verb.lower()
    if _means_more(said, workspace):
        return ""
    found = [table.name for table in workspace.model.tables if _is_named_after(said, table)]
    return found[0] if len(found) == 1 else ""


def _means_more(verb: str, workspace: Workspace) -> bool:
    entries = [
        entry
        for form in {stem(verb), *forms(verb)}
        for entry in workspace.lexicon.phrases.get((form,), ())
    ]
    return any(entry.kind != "table" for entry in entries)


def _is_named_after(verb: str, table: Table) -> bool:
    nouns = {words[-1] for name in (table.name, *table.synonyms) if (words := stems(name))}
    called = {*event_nouns(verb), _IRREGULAR.get(verb, verb)}
    return bool(nouns & called) or any(_bare(noun) == _bare(verb) != "" for noun in nouns)


def _bare(word: str) -> str:
    """Return the root that a verb and its noun share, a doubled last letter once: ship, enrol."""
    bare = root(word)
    if len(bare) > _LEAST_ROOT and bare[-1] == bare[-2]:
        bare = bare[:-1]
    return bare if len(bare) >= _LEAST_ROOT else ""
