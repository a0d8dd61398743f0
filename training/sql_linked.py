"""The linked items of an example: what its tree needs, among others that it does not."""

import random
import re

from sql_agent.query_tree import (
    Count,
    Has,
    Linked,
    LinkedColumn,
    LinkedMetric,
    LinkedTable,
    MetricUse,
    PerGroup,
    Predicate,
    Query,
    Ratio,
    Share,
    Slot,
    SlotValue,
    TextValue,
    query_columns,
    query_slots,
)
from sql_agent.semantic_model import ColumnRef
from training.sql_draft import Draft, Key, Mention

_WORD = re.compile(r"[\w'-]+")


def present(
    draft: Draft, query: Query, question: str, mentions: dict[int, Mention]
) -> tuple[Linked, dict[int, int]]:
    """Return the linked items, and for each slot as it was drawn its number in the question."""
    rng, schema = draft.rng, draft.schema
    said = _said(draft, mentions)
    places = {
        key.index: place.start
        for number, place in sorted(mentions.items(), reverse=True)
        if isinstance(key := draft.mentions[number], Slot)
    }
    used = {places[drawn]: draft.values[drawn] for drawn in query_slots(query)}
    taken = [(start, start + len(value.phrase)) for start, value in used.items()]
    slots = dict(sorted((used | _stray_values(draft, question, taken)).items()))
    numbers = {start: number for number, start in enumerate(slots)}
    order = {drawn: numbers[places[drawn]] for drawn in query_slots(query)}
    tables = _needed_tables(query)
    columns = set(query_columns(query))
    metrics = {m.name for m in query.measures if isinstance(m, MetricUse)}
    _add_items(draft, question, tables=tables, columns=columns, metrics=metrics)
    linked = Linked(
        tables=tuple(
            LinkedTable(name=name, matched=_matched(rng, said, name))
            for name in _ordered(rng, tables, said)
        ),
        columns=tuple(
            LinkedColumn(
                ref=ref,
                type=schema.columns[ref].type,
                role=schema.columns[ref].role,
                matched=_matched(rng, said, ref),
            )
            for ref in _ordered(rng, columns, said)
        ),
        metrics=tuple(
            LinkedMetric(name=name, matched=_matched(rng, said, "metric " + name))
            for name in _ordered(rng, metrics, said)
        ),
        slots=tuple(slots.values()),
    )
    return linked, order


def _said(draft: Draft, mentions: dict[int, Mention]) -> dict[Key, str]:
    """Return for each item the words of the finished question that name it."""
    return {
        key: place.phrase
        for number, place in mentions.items()
        if not isinstance(key := draft.mentions[number], Slot)
    }


def _matched(rng: random.Random, said: dict[Key, str], key: Key) -> str:
    """Return the words shown behind an item; now and then linking misses them."""
    return said.get(key, "") if rng.random() < 0.93 else ""


def _ordered(rng: random.Random, keys: set[Key], said: dict[Key, str]) -> list[Key]:
    """Return items in random order; mostly those that the question names come first."""
    listed = sorted(keys, key=str)
    rng.shuffle(listed)
    if rng.random() < 0.7:
        listed.sort(key=lambda key: key not in said and f"metric {key}" not in said)
    return listed


def _needed_tables(query: Query) -> set[str]:
    """Return the tables that a tree names as tables."""
    found: set[str] = set()
    predicates: list[Predicate] = list(query.where)
    for measure in (*query.measures, *(having.measure for having in query.having)):
        parts = [measure]
        if isinstance(measure, Share):
            parts.append(measure.of)
            predicates += measure.condition
        elif isinstance(measure, Ratio):
            parts += [measure.numerator, measure.denominator]
        elif isinstance(measure, PerGroup):
            parts.append(measure.of)
            found.add(measure.table)
        found |= {part.table for part in parts if isinstance(part, Count)}
    return found | {p.table for p in predicates if isinstance(p, Has)}


def _stray_values(
    draft: Draft, question: str, taken: list[tuple[int, int]]
) -> dict[int, SlotValue]:
    """Return by place values that stand in the question but that the tree does not use."""
    found: dict[int, SlotValue] = {}
    words = list(_WORD.finditer(question))
    lowered, holders = question.lower(), draft.schema.holders
    for first, word in enumerate(words):
        for last in words[first : first + 3]:
            options = holders.get(lowered[word.start() : last.end()])
            if options is None:
                continue
            free = all(last.end() <= low or word.start() >= high for low, high in taken)
            if free and draft.rng.random() < 0.6:
                phrase = question[word.start() : last.end()]
                found[word.start()] = TextValue(phrase=phrase, options=options)
    return found


def _add_items(
    draft: Draft,
    question: str,
    *,
    tables: set[str],
    columns: set[ColumnRef],
    metrics: set[str],
) -> None:
    """Add items that the tree does not need: those a linker would find, and some at random."""
    rng, schema = draft.rng, draft.schema
    lowered = question.lower()
    named = [ref for words, ref in schema.spoken if words in lowered]
    rng.shuffle(named)
    columns |= set(named[:6])
    columns |= {ref for value in draft.values for ref, _ in getattr(value, "options", ())[:4]}
    owners = sorted({ref.table for ref in columns} | tables) or sorted(schema.by_table)
    for _ in range(rng.randrange(9)):
        columns.add(rng.choice(schema.by_table[rng.choice(owners)]))
    for _ in range(rng.randrange(4)):
        columns.add(rng.choice(schema.refs))
    tables |= {ref.table for ref in columns if rng.random() < 0.7}
    names = [metric.name for metric in schema.model.metrics]
    metrics |= set(rng.sample(names, min(rng.choice((0, 0, 0, 1, 2)), len(names))))
