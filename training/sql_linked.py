"""The linked items of an example, found as the agent finds them at run time.

The agent's own linker reads the question; an example is kept where every value that its tree needs
became a slot. Items that linking misses are mostly a reason to drop the example, sometimes they are
added, and so are a few at random: how the agent chooses items may widen.
"""

import dataclasses
import random

from sql_agent.linking import Linking, link, linked_items
from sql_agent.query_tree import (
    Among,
    Between,
    Compare,
    Contains,
    Count,
    During,
    Has,
    Linked,
    LinkedColumn,
    LinkedMetric,
    LinkedTable,
    Measure,
    MetricUse,
    PerGroup,
    Predicate,
    Query,
    Ratio,
    Share,
    Slot,
    TextValue,
    query_columns,
    query_slots,
)
from sql_agent.semantic_model import ColumnRef
from training.sql_draft import Draft, Mention

KEEP_MISSED = 0.1
MORE_ITEMS = 0.25
SHUFFLE = 0.15


def present(
    draft: Draft, query: Query, question: str, mentions: dict[int, Mention]
) -> tuple[Linked, dict[int, int]] | None:
    """Return the linked items, and for each slot as it was drawn its number in them.

    None where the linker reads the question in a way that the tree cannot be written with.
    """
    rng, workspace = draft.rng, draft.schema.workspace
    linking = link(question, workspace)
    order = _order(draft, query, linking, mentions)
    if order is None:
        return None
    linked = linked_items(linking, workspace)
    missed = _missed(query, linked)
    if missed and rng.random() > KEEP_MISSED:
        return None
    linked = _with(draft, linked, missed)
    if rng.random() < MORE_ITEMS:
        linked = _with(draft, linked, _some(draft))
    return (_shuffled(rng, linked) if rng.random() < SHUFFLE else linked), order


def _order(
    draft: Draft, query: Query, linking: Linking, mentions: dict[int, Mention]
) -> dict[int, int] | None:
    """Return the number of each needed slot in the linking, or None where one is missing."""
    places = {
        key.index: place
        for number, place in sorted(mentions.items(), reverse=True)
        if isinstance(key := draft.mentions[number], Slot)
    }
    columns = _text_columns(query)
    found: dict[int, int] = {}
    for drawn in query_slots(query):
        place = places[drawn]
        number = _slot_at(linking, place.start, place.start + len(place.phrase))
        if number is None or type(draft.values[drawn]) is not type(linking.slots[number]):
            return None
        value = linking.slots[number]
        wanted = columns.get(drawn)
        if isinstance(value, TextValue) and wanted is not None and not value.codes(wanted):
            return None
        found[drawn] = number
    return found if len(set(found.values())) == len(found) else None


def _slot_at(linking: Linking, start: int, end: int) -> int | None:
    for mention in linking.mentions:
        first, last = linking.words[mention.first].start, linking.words[mention.last - 1].end
        if mention.slot is not None and first < end and start < last:
            return mention.slot
    return None


def _predicates(query: Query) -> tuple[Predicate, ...]:
    inner = [p for m in query.measures if isinstance(m, Share) for p in m.condition]
    return (*query.where, *inner)


def _text_columns(query: Query) -> dict[int, ColumnRef]:
    """Return for each slot in a predicate its column."""
    found: dict[int, ColumnRef] = {}
    for predicate in _predicates(query):
        match predicate:
            case Compare(column=column, value=Slot(index=index)):
                found[index] = column
            case Among(column=column, values=values):
                found.update((slot.index, column) for slot in values)
            case Contains(column=column, text=Slot(index=index)):
                found[index] = column
            case Between() | During() | _:
                pass
    return found


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class _Items:
    """Items that are to be added."""

    tables: frozenset[str] = frozenset()
    columns: frozenset[ColumnRef] = frozenset()
    metrics: frozenset[str] = frozenset()

    def __bool__(self) -> bool:
        return bool(self.tables or self.columns or self.metrics)


def _missed(query: Query, linked: Linked) -> _Items:
    """Return what the tree names and linking did not find."""
    metrics = {m.name for m in query.measures if isinstance(m, MetricUse)}
    return _Items(
        tables=frozenset(_tables(query) - {table.name for table in linked.tables}),
        columns=frozenset(set(query_columns(query)) - {column.ref for column in linked.columns}),
        metrics=frozenset(metrics - {metric.name for metric in linked.metrics}),
    )


def _tables(query: Query) -> set[str]:
    """Return the tables that a tree names as tables."""
    found = {p.table for p in _predicates(query) if isinstance(p, Has)}
    for measure in (*query.measures, *(having.measure for having in query.having)):
        found |= _measured_tables(measure)
    return found


def _measured_tables(measure: Measure) -> set[str]:
    match measure:
        case Count(table=table):
            return {table}
        case Share(of=of):
            return _measured_tables(of)
        case Ratio(numerator=numerator, denominator=denominator):
            return _measured_tables(numerator) | _measured_tables(denominator)
        case PerGroup(of=of, table=table):
            return {table} | _measured_tables(of)
        case _:
            return set()


def _some(draft: Draft) -> _Items:
    """Return a few items at random."""
    rng, schema = draft.rng, draft.schema
    tables = [table.name for table in schema.model.tables]
    metrics = [metric.name for metric in schema.model.metrics]
    return _Items(
        tables=frozenset(rng.choices(tables, k=rng.randrange(3))),
        columns=frozenset(rng.choices(schema.refs, k=rng.randrange(6))),
        metrics=frozenset(rng.choices(metrics, k=rng.randrange(2)) if metrics else ()),
    )


def _with(draft: Draft, linked: Linked, items: _Items) -> Linked:
    """Add items that are not there yet, behind the others."""
    tables = items.tables - {table.name for table in linked.tables}
    columns = items.columns - {column.ref for column in linked.columns}
    metrics = items.metrics - {metric.name for metric in linked.metrics}
    known = draft.schema.columns
    return dataclasses.replace(
        linked,
        tables=(*linked.tables, *(LinkedTable(name=name) for name in sorted(tables))),
        columns=(
            *linked.columns,
            *(
                LinkedColumn(ref=ref, type=known[ref].type, role=known[ref].role)
                for ref in sorted(columns)
            ),
        ),
        metrics=(*linked.metrics, *(LinkedMetric(name=name) for name in sorted(metrics))),
    )


def _shuffled(rng: random.Random, linked: Linked) -> Linked:
    """Put the items in another order; slots keep theirs."""
    return dataclasses.replace(
        linked,
        tables=tuple(rng.sample(linked.tables, len(linked.tables))),
        columns=tuple(rng.sample(linked.columns, len(linked.columns))),
        metrics=tuple(rng.sample(linked.metrics, len(linked.metrics))),
    )
