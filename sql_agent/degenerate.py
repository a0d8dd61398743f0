"""Queries that are well formed and say nothing: their result is the same whatever the data are.

A share of all rows among all rows is 1, and groups of rows by what no two rows have in common are
of one row each. Such a tree is a question read wrongly ("the most popular book" by the number of
books), so it is refuted and never shown as an answer.
"""

from collections.abc import Sequence

from assistants.answer import Check, Verdict

from .linking import Linking, Mention, is_birth
from .query_tree import (
    Aggregate,
    Compare,
    Count,
    During,
    IsNull,
    Paired,
    Query,
    Share,
    Slot,
    SlotValue,
    TextValue,
    Within,
    table_of,
)
from .semantic_model import ColumnRef
from .words import stem, stems
from .workspace import Workspace


def degenerate(query: Query, workspace: Workspace) -> Check | None:
    """Return the refutation of a query that says nothing; None for any other."""
    reason = _reason(query, workspace)
    if not reason:
        return None
    return Check(by="content", verdict=Verdict.REFUTED, detail=reason)


def _reason(query: Query, workspace: Workspace) -> str:
    again = _deed_of_other_rows(query, ())
    if again:
        return again
    if not query.by and any(isinstance(m, Share) and not m.condition for m in query.measures):
        return "the share of all rows among themselves is always 1"
    dated = [p.column for p in query.where if isinstance(p, During) and p.operator == "during"]
    if len(dated) > len(set(dated)):
        return f"one {dated[-1]} is not in two periods at once"
    gone = {p.column for p in query.where if isinstance(p, IsNull) and not p.negated}
    if gone & {p.column for p in query.where if isinstance(p, During | Compare | Paired)}:
        return f"{next(iter(gone))} is not missing and compared at once"
    flags = [workspace.model.column(ref) for ref in query.shown]
    if flags and all(c is not None and c.type == "boolean" for c in flags):
        return f"this would only say of each row whether it is {query.shown[0].column}"
    pinned = {p.column for p in query.where if isinstance(p, Compare) and p.operator == "="}
    if query.shown and set(query.shown) <= pinned:
        return "the result would only repeat what the question says"
    if query.shown and not query.where and query.limit is None and _are_numbers(query, workspace):
        return f"this would only list every {query.shown[0]}"
    first = query.measures[0] if query.measures else None
    ranked = query.order is not None and query.order.column is None
    if isinstance(first, Count) and ranked:
        for dimension in query.by:
            if dimension.column.table == first.table and unique(dimension.column, workspace):
                return f"each group of {first.table} by {dimension.column} is one row"
    if isinstance(first, Aggregate) and first.function == "avg":
        for ref in (dimension.column for dimension in query.by):
            if ref.table == first.column.table and unique(ref, workspace):
                return f"each {ref} has one {first.column}, which averages nothing"
    if isinstance(first, Aggregate) and first.function == "count distinct" and ranked:
        for dimension in query.by:
            if dimension.column.table == first.column.table and unique(dimension.column, workspace):
                return f"each {dimension.column} has one {first.column}"
    return ""


def _deed_of_other_rows(query: Query, outer: tuple[str, ...]) -> str:
    """Return what is wrong with "loans of books that were returned" as loans of other loans' books.

    A deed belongs to the rows that are spoken of, not to further rows of the same table.
    """
    tables = {table_of(p) for p in query.where if not isinstance(p, Within)}
    own = (*outer, *tables, *(ref.table for ref in query.shown))
    for predicate in query.where:
        dated = isinstance(predicate, During | IsNull) and predicate.column.table in outer
        if dated:
            return f"it is not said whether {table_of(predicate)} are the same ones as before"
        if isinstance(predicate, Within):
            below = _deed_of_other_rows(predicate.query, (*own, predicate.column.table))
            if below:
                return below
    return ""


def _are_numbers(query: Query, workspace: Workspace) -> bool:
    """Whether a list has only numbers or dates of a large table, of which nobody says which."""
    columns = [workspace.model.column(ref) for ref in query.shown]
    plain = all(c is not None and c.role in {"measure", "time"} for c in columns)
    stored = workspace.catalog.by_name.get(query.shown[0].table)
    return plain and stored is not None and stored.rows > _LARGE


_LARGE = 1000


def unlabelled(
    query: Query, linking: Linking, rows: Sequence[object], workspace: Workspace
) -> tuple[Check, ...]:
    """Refute several bare numbers in answer to one: "quantity left of morphine" of ten batches.

    Whether they are to be added up, averaged or told apart is not said; a plural asks for a list.
    """
    columns = [workspace.model.column(ref) for ref in query.shown]
    if (
        len(rows) < _SEVERAL
        or not columns
        or any(c is None or c.role != "measure" for c in columns)
    ):
        return ()
    named = [m.phrase.lower() for m in linking.mentions if set(m.columns) & set(query.shown)]
    if any(stem(phrase.split()[-1]) != phrase.split()[-1] for phrase in named):
        return ()
    detail = f"{len(rows)} rows have a {query.shown[0]}: say whether the total or the average"
    return (Check(by="content", verdict=Verdict.REFUTED, detail=detail),)


_SEVERAL = 2


def never_at(query: Query, slots: Sequence[SlotValue]) -> Check | None:
    """Refute the time of what did not happen: "bookings that weren't cancelled in 2024"."""
    dates = {ref for p in query.where if isinstance(p, During) for ref in [p.column]}
    for predicate in query.where:
        if not isinstance(predicate, Compare) or predicate.operator != "!=":
            continue
        value = slots[predicate.value.index] if isinstance(predicate.value, Slot) else None
        if not isinstance(value, TextValue):
            continue
        said = {word for code in value.codes(predicate.column) for word in stems(code)}
        for ref in dates:
            if ref.table == predicate.column.table and said & set(stems(ref.column)):
                detail = f"{ref} has no time for what is not '{value.phrase}'"
                return Check(by="period", verdict=Verdict.REFUTED, detail=detail)
    return None


def unshown(query: Query, linking: Linking, workspace: Workspace) -> Check | None:
    """Refute an answer to "which floor …" that shows no floor, and a list of keys of no name."""
    keys = _only_keys(query, linking, workspace)
    if keys:
        return Check(by="linking", verdict=Verdict.REFUTED, detail=keys)
    asked = _asked_for(linking, workspace)
    if asked is None:
        return None
    columns = {*query.shown, *(dimension.column for dimension in query.by)}
    keys = {
        pair for join in workspace.model.joins if join.right in asked.tables for pair, _ in join.on
    }
    named = {ref.table for ref in columns} & set(asked.tables)
    if named or columns & {*asked.columns, *keys}:
        return None
    detail = f"the query shows no '{asked.phrase}'"
    return Check(by="linking", verdict=Verdict.REFUTED, detail=detail)


def _only_keys(query: Query, linking: Linking, workspace: Workspace) -> str:
    """Return why "list the antibiotics" is not answered by the keys of 9,000 prescriptions."""
    if len(query.shown) != 1 or query.measures:
        return ""
    ref = query.shown[0]
    table, stored = workspace.model.table(ref.table), workspace.catalog.by_name.get(ref.table)
    if table is None or stored is None or table.primary_key != (ref.column,):
        return ""
    column = workspace.model.column(ref)
    head = list(linking.mentions[:1])
    for mention in linking.mentions[1:]:
        if mention.first == head[-1].last:  # "frozen savings accounts"
            head.append(mention)
    said = any(ref.table in m.tables or ref in m.columns for m in head)
    people = any(is_birth(column) for column in table.columns)
    said = said or (people and all(_told_by_value(m, ref.table, linking) for m in head))
    if said or stored.rows <= _LARGE or (column is not None and column.type == "text"):
        return ""
    return f"this would only list keys of {ref.table}, which the question does not name"


def _told_by_value(mention: Mention, table: str, linking: Linking) -> bool:
    """Whether a noun is a value of people's own: "smokers" are patients, antibiotics are none."""
    value = linking.slots[mention.slot] if mention.slot is not None else None
    return isinstance(value, TextValue) and {ref.table for ref, _ in value.options} == {table}


def _asked_for(linking: Linking, workspace: Workspace) -> Mention | None:
    """Return X of "which X …" and "in what X …", past words of its kind before it."""
    at = 1 if linking.words[0].lower in _PREPOSITIONS else 0
    if len(linking.words) <= at or linking.words[at].lower not in {"which", "what"}:
        return None
    mention = linking.at.get(at + 1)
    while mention is not None and not mention.tables and _is_adjective(mention, workspace):
        mention = linking.at.get(mention.last)
    if mention is None or mention.metrics:
        return None
    columns = [workspace.model.column(ref) for ref in mention.columns]
    told = all(
        c is not None and c.role in _TELLING and c.type not in {"boolean", "decimal", "float"}
        for c in columns
    )
    return mention if told else None


def _is_adjective(mention: Mention, workspace: Workspace) -> bool:
    columns = [workspace.model.column(ref) for ref in mention.columns]
    return mention.slot is not None or all(c and c.type == "boolean" for c in columns)


_PREPOSITIONS = frozenset("in on at for of from with to by".split())
_TELLING = frozenset(("dimension", "text", "key", "measure"))


def unique(ref: ColumnRef, workspace: Workspace) -> bool:
    """Whether no two rows have the same value of a column, as far as keys and values tell."""
    table = workspace.model.table(ref.table)
    stored = workspace.catalog.by_name.get(ref.table)
    if table is not None and table.primary_key == (ref.column,):
        return True
    if stored is None:
        return False
    column = stored.by_name.get(ref.column)
    if column is None:
        return False
    different = column.complete and len(column.values) == stored.rows > 1
    return (ref.column,) in stored.unique or different
