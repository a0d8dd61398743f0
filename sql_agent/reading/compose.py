"""From what was read to the query tree: what is counted, measured or shown of which rows."""

from dataclasses import replace
from typing import cast

from sql_agent.degenerate import unique
from sql_agent.faithful import unsaid_numbers
from sql_agent.linking import Linking, Mention
from sql_agent.query_tree import (
    Against,
    Aggregate,
    AggregateName,
    Compare,
    Count,
    Dimension,
    Measure,
    Order,
    Query,
    Within,
    query_slots,
    table_of,
)
from sql_agent.rules.propose import Proposal
from sql_agent.semantic_model import NUMERIC, ColumnRef
from sql_agent.words import stem
from sql_agent.workspace import Workspace

from .cursor import Unread
from .phrases import Phrase, Rows
from .reader import Reader


def propose_by_reading(
    linking: Linking, workspace: Workspace, *, choices: frozenset[str] = frozenset()
) -> Proposal | None:
    """Return the query tree of a question that is read as phrases, or None where it cannot be."""
    reader = Reader(linking, workspace, choices)
    try:
        phrase = reader.question()
        query = _query(reader, phrase)
    except Unread:
        return None
    if _is_split_negation(query):
        return None
    used = query_slots(query)
    over = [
        m.phrase
        for m in linking.mentions
        if m.slot is not None and m.slot not in used | reader.told and not _is_small_word(reader, m)
    ]
    over += unsaid_numbers(query, linking, workspace.model)
    return Proposal(
        query=query,
        slots=tuple(reader.frame.slots),
        base="",
        notes=tuple(linking.notes),
        leftover=tuple(over),
    )


def _is_split_negation(query: Query) -> bool:
    """Whether "never delivered a damaged shipment" fell apart: one part ruled out, one required."""
    ruled_out = {
        table_of(predicate)
        for p in query.where
        if isinstance(p, Within) and p.negated
        for predicate in p.query.where
        if table_of(predicate) != p.column.table
    }
    return any(table_of(p) in ruled_out for p in query.where if not isinstance(p, Within))


def _is_small_word(reader: Reader, mention: Mention) -> bool:
    """Whether a mention was read as a word: "how long", or as the table that it names too."""
    return reader.frame.word(mention.first - 1) == "how" or bool(mention.tables or mention.columns)


def _query(reader: Reader, phrase: Phrase) -> Query:
    if phrase.value is not None and phrase.rows is None:
        raise Unread("a value alone")
    by = tuple(dict.fromkeys(reader.groups))
    if phrase.function:
        return _measured(reader, phrase, by)
    if by:
        raise Unread("groups without a measure")
    if phrase.columns:
        rows = phrase.rows or Rows(table=phrase.columns[0].table)
        if _is_measure(reader, phrase.columns[0]) and _is_total(reader, phrase.columns[0]):
            return _measured(reader, replace(phrase, function="sum"), by)
        settled = rows.settled(reader.relations.label(rows.table))
        if not settled.where and _is_measure(reader, phrase.columns[0]):
            raise Unread("numbers of no certain rows")
        if len(settled.where) and _is_measure(reader, phrase.columns[0]) and _many(reader, rows):
            raise Unread("numbers that nobody said how to put together")
        return Query(shown=(phrase.columns[0],), where=settled.where)
    rows = reader.rows_of(phrase)
    if rows is None:
        raise Unread("nothing to show")
    return _shown(reader, rows)


def _is_flag(reader: Reader, ref: ColumnRef) -> bool:
    return reader.frame.column(ref).type == "boolean"


def _is_total(reader: Reader, ref: ColumnRef) -> bool:
    """Whether "the total amount of unpaid bills" names a column, and the sum of several rows."""
    said = [m.phrase.lower() for m in reader.linking.mentions if ref in m.columns]
    asked = any(phrase.startswith("total ") for phrase in said)
    plural = any(
        m.tables and ref.table in m.tables and stem(m.phrase.lower()) != m.phrase.lower()
        for m in reader.linking.mentions
    )
    return asked and plural


def _is_measure(reader: Reader, ref: ColumnRef) -> bool:
    return reader.frame.column(ref).role == "measure"


def _many(reader: Reader, rows: Rows) -> bool:
    """Whether rows are of a large table, none of them named."""
    stored = reader.workspace.catalog.by_name.get(rows.table)
    tests = [p for p in rows.where if isinstance(p, Compare | Against)]
    named = any(isinstance(p, Against) or reader.relations.names_row(p.column) for p in tests)
    return rows.best is None and not named and stored is not None and stored.rows > _LARGE


_LARGE = 1000


def _measured(reader: Reader, phrase: Phrase, by: tuple[Dimension, ...]) -> Query:
    rows = phrase.rows or (Rows(table=phrase.columns[0].table) if phrase.columns else None)
    if rows is None:
        raise Unread("nothing to count")
    settled = rows.settled(reader.relations.label(rows.table))
    measure: Measure
    if phrase.function == "count" and phrase.columns:
        if _is_measure(reader, phrase.columns[0]) or _is_flag(reader, phrase.columns[0]):
            raise Unread("a count of numbers")
        measure = Aggregate("count distinct", phrase.columns[0])
    elif phrase.function == "count":
        measure = _count(reader, rows)
    else:
        column = _number(reader, phrase)
        measure = Aggregate(cast("AggregateName", phrase.function), column)
    return Query(measures=(measure,), by=by, where=settled.where)


def _number(reader: Reader, phrase: Phrase) -> ColumnRef:
    for ref in phrase.columns:
        if reader.frame.column(ref).type in NUMERIC:
            return ref
    raise Unread(phrase.function)


def _count(reader: Reader, rows: Rows) -> Measure:
    """Return how rows are counted: those of a table without a key by their names."""
    table = reader.workspace.model.table(rows.table)
    label = reader.relations.label(rows.table)
    if table is not None and not table.primary_key and not rows.where:
        return Aggregate("count distinct", label)
    return Count(rows.table)


def _shown(reader: Reader, rows: Rows) -> Query:
    label = reader.relations.label(rows.table)
    best = rows.best
    if best is not None and best.counted is not None and best.key is not None:
        return replace(best.counted, limit=best.limit)
    if best is not None and best.limit is not None and best.column is not None:
        order = Order(descending=best.descending, column=best.column)
        shown = tuple(dict.fromkeys((label, best.column)))
        return Query(shown=shown, where=rows.where, order=order, limit=best.limit)
    settled = rows.settled(label)
    ranked = (best.column,) if best is not None and best.column is not None else ()
    key = _key(reader, rows.table, label)
    return Query(shown=tuple(dict.fromkeys((*key, label, *ranked))), where=settled.where)


def _key(reader: Reader, table: str, label: ColumnRef) -> tuple[ColumnRef, ...]:
    """Return the key of rows of which several have the same name; none where no two do."""
    known = reader.workspace.model.table(table)
    stored = reader.workspace.catalog.by_name.get(table)
    single = stored is not None and stored.rows <= 1
    if known is None or single or unique(label, reader.workspace):
        return ()
    return tuple(ColumnRef(table, name) for name in known.primary_key)
