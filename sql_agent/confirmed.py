"""Confirmed pairs of question and query, and the later questions that they help with.

`remember` keeps a pair beside the cache, one file a database. A later question that says the same
but for its values (other codes, numbers, periods) is answered with the query of the pair, its
literals exchanged. Every changed value must stand in that query as a literal, a number once only,
else the pair does not help: nothing is guessed.
"""

import hashlib
import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

import sqlglot
from sqlglot import exp
from sqlglot.errors import SqlglotError

from assistants import settings
from assistants.errors import OutputError

from .database import Target
from .linking import Linking, link
from .query_tree import NumberValue, PeriodValue, SlotValue, TextValue
from .rules import known_words
from .semantic_model import VerifiedQuery
from .words import stems
from .workspace import Workspace

_EMPTY = frozenset(
    """a an the of for to in on at by with from and is are was were be do does did have has had that
    which who what there our we us i me my you please can could show tell give list""".split()
)
"""Words that may differ; none that rules react to is among them but "by" and "and" with places."""
_KEPT = frozenset(("by", "and", "to", "from", "which", "who"))


@dataclass(frozen=True, slots=True, kw_only=True)
class Reused:
    """The query of a confirmed pair for a new question; `changed` tells the exchanged values."""

    sql: str
    question: str
    changed: tuple[str, ...] = ()


def remember(target: Target, question: str, sql: str) -> Path:
    """Keep a confirmed pair; a later pair with the same words takes its place.

    Raises:
        OutputError: the file cannot be written.
    """
    path = _file(target)
    pairs = [pair for pair in recall(target) if stems(pair.question) != stems(question)]
    pairs.append(VerifiedQuery(question=question, sql=sql))
    rows = [json.dumps({"question": p.question, "sql": p.sql}, ensure_ascii=False) for p in pairs]
    temporary = path.with_suffix(".new")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        temporary.write_text("\n".join(rows) + "\n", encoding="utf-8")
        temporary.replace(path)
    except OSError as error:
        raise OutputError(
            f"{path} cannot be written: {error.strerror}", hint="set PLUMB_CACHE_DIR"
        ) from error
    return path


def recall(target: Target) -> tuple[VerifiedQuery, ...]:
    """Return the confirmed pairs of a database; a line that is none is left out."""
    try:
        lines = _file(target).read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError):
        return ()
    found: list[VerifiedQuery] = []
    for line in lines:
        try:
            row = json.loads(line)
        except ValueError:
            continue
        if isinstance(row, dict) and isinstance(row.get("question"), str):
            found.append(VerifiedQuery(question=row["question"], sql=str(row.get("sql", ""))))
    return tuple(found)


def _file(target: Target) -> Path:
    name = hashlib.sha256(f"{target.dialect} {target.shown}".encode()).hexdigest()[:16]
    return settings.load().cache_dir / "confirmed" / f"{name}.ndjson"


def reuse(question: str, pairs: Iterable[VerifiedQuery], workspace: Workspace) -> Reused | None:
    """Return the query of the pair that says the same as a question, but for values."""
    words = stems(question)
    every = tuple(pairs)
    for pair in every:
        if stems(pair.question) == words:
            return Reused(sql=pair.sql, question=pair.question)
    if not every:
        return None
    known = known_words()
    asked = link(question, workspace, known)
    for pair in every:
        confirmed = link(pair.question, workspace, known)
        if _frame(confirmed) != _frame(asked):
            continue
        found = _exchanged(pair, confirmed, asked, workspace)
        if found is not None:
            return found
    return None


def _frame(linking: Linking) -> tuple[str, ...]:
    """Return what a question says with its values left open."""
    found: list[str] = []
    at = 0
    while at < len(linking.words):
        mention = linking.at.get(at)
        if mention is not None and mention.slot is not None:
            found.append(_kind(linking.slots[mention.slot]))
            at = mention.last
            continue
        word = linking.words[at]
        empty = word.lower in _EMPTY and word.lower not in _KEPT
        if word.is_word and not empty:
            found.append(word.stem)
        at += 1
    return tuple(found)


def _kind(value: SlotValue) -> str:
    if isinstance(value, TextValue):
        return "<" + ",".join(str(ref) for ref, _ in value.options) + ">"
    return f"<{type(value).__name__}>"


def _exchanged(
    pair: VerifiedQuery, confirmed: Linking, asked: Linking, workspace: Workspace
) -> Reused | None:
    try:
        tree = sqlglot.parse_one(pair.sql, dialect=workspace.catalog.dialect)
    except SqlglotError:
        return None
    changes: dict[str, str] = {}
    told: list[str] = []
    for old, new in zip(confirmed.slots, asked.slots, strict=True):
        if old.phrase.lower() == new.phrase.lower():
            continue
        pairs = _texts(old, new)
        if not pairs or any(changes.get(a, b) != b for a, b in pairs):
            return None
        changes.update(pairs)
        told.append(f"'{old.phrase}' is exchanged for '{new.phrase}'")
    literals = [node for node in tree.find_all(exp.Literal) if node.name in changes]
    numbers = [node.name for node in literals if not node.is_string]
    if {node.name for node in literals} != set(changes) or len(numbers) > len(set(numbers)):
        return None
    for node in literals:
        node.set("this", changes[node.name])
    return Reused(
        sql=tree.sql(dialect=workspace.catalog.dialect),
        question=pair.question,
        changed=tuple(told),
    )


def _texts(old: SlotValue, new: SlotValue) -> list[tuple[str, str]]:
    """Return the literals to exchange; none where one value takes the place of several."""
    match old, new:
        case TextValue(options=first), TextValue(options=second):
            codes = [a[1] + b[1] for a, b in zip(first, second, strict=True)]
            return list({pair: None for pair in codes if len(pair) == 2})
        case NumberValue(number=first), NumberValue(number=second):
            return [(first, second)]
        case PeriodValue(), PeriodValue():
            return [(_day(old.start), _day(new.start)), (_day(old.end), _day(new.end))]
        case _:
            return []


def _day(moment: datetime) -> str:
    whole = moment - datetime(moment.year, moment.month, moment.day) < timedelta(microseconds=1)  # noqa: DTZ001
    return moment.date().isoformat() if whole else moment.isoformat(" ")
