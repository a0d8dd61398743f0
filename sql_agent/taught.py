"""Pairs of question and query that somebody taught, and the answers that `ask` learns from them.

`teach` reads pairs (a file of them, the verified queries of the semantic model, those confirmed),
learns templates (`sql_agent.learned`) and keeps what was learned beside the cache, one file a
database. `recollect` opens it for `ask`. A guess is a query like any other: the guard admits it,
and it is only made where it is as probable as was calibrated on pairs held out.

A relative date in a pair is written with SQLite's `current_time`; it stands for the last moment in
the data, as in every answer.
"""

import functools
import hashlib
import json
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final
from zipfile import BadZipFile

from assistants import settings
from assistants.answer import Json
from assistants.errors import DatabaseError, InputError, OutputError, QueryRefused

from .catalog import Catalog, CatalogColumn
from .confirmed import recall
from .connect import Limits
from .database import Target, resolve
from .execute import execute
from .guard import admit
from .learned import (
    NOTHING,
    Fold,
    Stored,
    find_folds,
    form_of,
    learn,
    load,
    save,
    take_apart,
    template_of,
)
from .qualified import qualified
from .semantic_model import ColumnRef
from .trial import Trial, trial
from .workspace import Workspace, open_workspace

FEWEST: Final = 60
"""Pairs below which nothing is learned: a calibration on fewer is chance."""
_NUMBERED: Final = re.compile(r"\b(\w+)\.(\w+) = (\d{4,})\b")
_NOW: Final = re.compile(r"\bcurrent_time\b", re.IGNORECASE)
_MOST_KEYS: Final = 50_000
Pair = tuple[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Lesson:
    """What teaching gave: how many pairs were learned, and why others were not."""

    file: Path
    pairs: int
    unanswerable: int
    templates: int
    threshold: float
    reading: Trial
    """How the rules fared on a sample of the pairs; where badly, they do not answer any more."""
    left_out: tuple[tuple[str, str], ...] = ()
    """Questions with the reason why their pair taught nothing."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Taught:
    """A query for a question, made of what was taught; empty where it was taught to have none."""

    sql: str
    probability: float
    notes: tuple[str, ...] = ()
    composed: bool = False
    """Whether it is put together from parts of several queries that were taught."""
    reason: str = ""
    """Why there is no query."""


def teach(database: str, pairs: Path | None = None) -> Lesson:
    """Learn from pairs and keep what was learned for `ask`.

    Args:
        database: As in `ask`.
        pairs: A file of lines `{"question": ..., "sql": ...}`; null for "the data cannot say".

    Raises:
        DatabaseError: the database cannot be opened.
        InputError: the file is none of pairs, or there are too few.
        OutputError: what was learned cannot be written.
    """
    from .asking import ask_by_reading

    workspace = open_workspace(resolve(database))
    given = read_pairs(pairs) if pairs is not None else []
    known = (*workspace.model.verified_queries, *recall(workspace.target))
    given += [(pair.question, pair.sql) for pair in known]
    folds = _folds((sql for _, sql in given), workspace.catalog)
    values = _values(workspace, folds)
    kept, left_out = _usable(given, workspace, values, folds)
    if len(kept) < FEWEST:
        hint = "; ".join(f"'{q}': {why}" for q, why in left_out[:2])
        raise InputError(
            f"{len(kept)} pairs that teach something, and {FEWEST} are the least",
            hint=hint or 'add lines {"question": ..., "sql": ...}',
        )
    numbered = sorted({(m[1], m[2]) for _, sql in kept for m in _NUMBERED.finditer(sql)})
    memory = learn(kept, values, _keys(workspace, numbered))
    tried = trial(
        [(question, _at(_unfolded(sql, folds), workspace)) for question, sql in kept],
        workspace,
        lambda question: ask_by_reading(question, workspace),
    )
    file = _file(workspace.target)
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        save(memory, file, values, numbered, folds=folds, reading=tried.trusted)
    except OSError as error:
        raise OutputError(
            f"{file} cannot be written: {error.strerror}", hint="set PLUMB_CACHE_DIR"
        ) from error
    return Lesson(
        file=file,
        pairs=len(kept),
        unanswerable=sum(not sql for _, sql in kept),
        templates=len(memory.templates),
        threshold=memory.threshold,
        reading=tried,
        left_out=tuple(left_out),
    )


def read_pairs(path: Path) -> list[Pair]:
    """Return the pairs of a file; an empty query stands for "the data cannot say".

    Raises:
        InputError: a line is no pair.
    """
    found: list[Pair] = []
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise InputError(f"{path} cannot be read", hint="give a file of JSON lines") from error
    for number, line in enumerate(lines, 1):
        if not line.strip():
            continue
        try:
            row = json.loads(line)
        except ValueError:
            row = None
        question = row.get("question") if isinstance(row, dict) else None
        sql = row.get("sql") if isinstance(row, dict) else None
        if not isinstance(question, str) or not isinstance(sql, str | None):
            raise InputError(
                f"{path}:{number}: no pair",
                hint='each line is {"question": "...", "sql": "..." or null}',
            )
        found.append((" ".join(question.split()), (sql or "").strip().rstrip(";")))
    return found


def stored_values(catalog: Catalog) -> Mapping[str, tuple[str, ...]]:
    """Return the stored texts of a database in lower case, each with its columns."""
    found: dict[str, dict[str, None]] = {}
    for table in catalog.tables:
        for column in table.columns:
            for text in column.values if column.type == "text" else ():
                if len(text) > 1 and not re.fullmatch(r"[\d\-: ]*", text):
                    found.setdefault(text.lower(), {})[f"{table.name}.{column.name}"] = None
    return {text: tuple(columns) for text, columns in found.items()}


def recollect(workspace: Workspace) -> Stored | None:
    """Return what was learned about a database; None where nothing was, or it is unreadable."""
    file = _file(workspace.target)
    try:
        stamp = file.stat().st_mtime_ns
    except OSError:
        return None
    return _opened(file, stamp, _Known(workspace))


@dataclass(frozen=True, slots=True, eq=False)
class _Known:
    """A workspace as a part of a key: equal where the database is the same as it was."""

    workspace: Workspace

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Known) and other.workspace is self.workspace

    def __hash__(self) -> int:
        return id(self.workspace)


@functools.lru_cache(maxsize=4)
def _opened(file: Path, _stamp: int, known: _Known) -> Stored | None:
    workspace = known.workspace
    try:
        return load(
            file, functools.partial(_values, workspace), functools.partial(_keys, workspace)
        )
    except (OSError, ValueError, KeyError, BadZipFile):
        return None  # written by another version, or cut off: teaching again mends it


def taught(question: str, lesson: Stored, workspace: Workspace) -> Taught | None:
    """Return the query of a question where it is probable enough; None where others may try.

    The query is empty where the question is likely one that the data cannot answer, and where the
    rules were seen to misread this database.
    """
    guess = lesson.memory.guess(question)
    if guess.unanswerable:
        reason = "it is most like questions that were taught to have no answer"
        return Taught(sql=NOTHING, probability=guess.probability, reason=reason)
    written = _as_stored(_unfolded(guess.sql, lesson.folds), workspace.catalog)
    if written is None or guess.probability < lesson.memory.threshold:
        if lesson.reading:
            return None
        reason = "no taught question is like it, and the rules misread this database too often"
        return Taught(sql=NOTHING, probability=guess.probability, reason=reason)
    sql = _at(written, workspace)
    moment = workspace.latest.isoformat(sep=" ", timespec="seconds")
    notes = (f"now is {moment}, the last moment in the data",) if sql != written else ()
    return Taught(sql=sql, probability=guess.probability, notes=notes, composed=guess.composed)


def _at(sql: str, workspace: Workspace) -> str:
    """Return a query whose "now" is the last moment in the data."""
    return _NOW.sub(f"'{workspace.latest.isoformat(sep=' ', timespec='seconds')}'", sql)


_TEXT: Final = r"'(?:[^']|'')*'"
_EQUAL: Final = re.compile(rf"\b(\w+)\.(\w+) (= |IN\()({_TEXT}(?:,{_TEXT})*)")


def _as_stored(sql: str, catalog: Catalog) -> str | None:
    """Return a query with its texts spelled as they are stored; None where two differ in that."""
    several = False

    def spelled(match: re.Match[str], column: CatalogColumn) -> str:
        nonlocal several
        text = match[0][1:-1].replace("''", "'")
        if text in column.values:
            return match[0]
        found = [value for value in column.values if value.lower() == text.lower()]
        several = several or len(found) > 1
        return "'" + (found or [text])[0].replace("'", "''") + "'"

    def put(match: re.Match[str]) -> str:
        column = catalog.column(ColumnRef(match[1], match[2]))
        if column is None:
            return match[0]
        texts = re.sub(_TEXT, lambda text: spelled(text, column), match[4])
        return f"{match[1]}.{match[2]} {match[3]}{texts}"

    found = _EQUAL.sub(put, sql)
    return None if several else found


def _folds(queries: Iterable[str], catalog: Catalog) -> tuple[Fold, ...]:
    texts = {(t.name, c.name): len(c.values) for t in catalog.tables for c in t.columns if c.values}
    return find_folds(queries, texts)


def _unfolded(sql: str, folds: Sequence[Fold]) -> str:
    for fold in folds:
        sql = fold.unfolded(sql)
    return sql


def _values(workspace: Workspace, folds: Sequence[Fold]) -> Mapping[str, tuple[str, ...]]:
    """Return the stored texts with their columns, those of folds by their kinds as well."""
    found = dict(stored_values(workspace.catalog))
    for fold in folds:
        sql = f'SELECT DISTINCT "{fold.column}", "{fold.kind}" FROM "{fold.table}"'  # noqa: S608
        for text, kind in _read(sql, workspace):
            name = f"{fold.table}.{fold.column}_of_{kind}"
            if isinstance(text, str) and (columns := found.get(text.lower())) is not None:
                found[text.lower()] = tuple(dict.fromkeys((*columns, name)))
    return found


def _usable(
    pairs: Iterable[Pair],
    workspace: Workspace,
    values: Mapping[str, tuple[str, ...]],
    folds: Sequence[Fold],
) -> tuple[list[Pair], list[tuple[str, str]]]:
    """Return the pairs that teach something, written so that their values are found."""
    kept: dict[str, str] = {}
    left_out: list[tuple[str, str]] = []
    refused: dict[str, str] = {}
    for question, sql in pairs:
        if not sql:
            kept[question] = NOTHING
            continue
        folded = sql
        for fold in folds:
            folded = fold.folded(folded)
        said, template = _teaching(question, folded, values, workspace.catalog)
        if template not in refused:  # one of each kind is enough: they differ in literals alone
            refused[template] = _refusal(_unfolded(said, folds), workspace)
        reason = refused[template] if template else _refusal(sql, workspace) or _NOT_SAID
        if reason:
            left_out.append((question, reason))
        else:
            kept[question] = said
    return list(kept.items()), left_out


_NOT_SAID: Final = "what the question names does not stand in its query"


def _teaching(
    question: str, sql: str, values: Mapping[str, tuple[str, ...]], catalog: Catalog
) -> tuple[str, str]:
    """Return a query so that what the question names stands in it, and its template; else none.

    A plain query that lacks something of the question teaches its parts: it is its own template.
    """
    items = form_of(question, values).items
    template = template_of(sql, items)
    if template is None:
        sql = qualified(sql, catalog)
        template = template_of(sql, items)
    return sql, template or (sql if take_apart(sql) is not None else "")


def _refusal(sql: str, workspace: Workspace) -> str:
    try:
        admit(_at(sql, workspace), workspace.catalog)
    except QueryRefused as error:
        return str(error)
    return ""


def _keys(workspace: Workspace, numbered: Sequence[tuple[str, str]]) -> frozenset[str]:
    """Return the numbers of some columns; none of a column that has very many."""
    found: set[str] = set()
    for table, column in numbered:
        rows = _read(f'SELECT DISTINCT "{table}"."{column}" FROM "{table}"', workspace)  # noqa: S608
        if not rows:
            return frozenset()
        found.update(str(row[0]) for row in rows)
    return frozenset(found)


def _read(sql: str, workspace: Workspace) -> tuple[tuple[Json, ...], ...]:
    """Return all rows of a query; none where there are very many or it cannot run."""
    try:
        admitted = admit(sql, workspace.catalog)
        result = execute(workspace.target, admitted, Limits(rows=_MOST_KEYS))
    except (QueryRefused, DatabaseError):
        return ()
    return () if result.truncated else result.rows


def _file(target: Target) -> Path:
    name = hashlib.sha256(f"{target.dialect} {target.shown}".encode()).hexdigest()[:16]
    return settings.load().cache_dir / "taught" / f"{name}.npz"
