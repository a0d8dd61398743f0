"""Putting a query tree together from the parts that the rules read.

The order matters: what is ranked, then what is measured, then the groups, then the table that all
this is about, then the conditions, whose columns are chosen by their distance from that table.
"""

import itertools
import re
from dataclasses import dataclass, field, replace

from assistants.answer import Usage
from sql_agent.linking import Linking, Mention
from sql_agent.query_tree import (
    Aggregate,
    Among,
    Compare,
    Count,
    Dimension,
    During,
    Has,
    IsNull,
    Many,
    Measure,
    MetricUse,
    NumberValue,
    Order,
    Predicate,
    Query,
    Share,
    Slot,
    SlotValue,
    TextValue,
    query_columns,
    table_of,
)
from sql_agent.semantic_model import TEMPORAL, ColumnRef
from sql_agent.words import stem, stems
from sql_agent.workspace import Workspace

from .changes import CHANGES, with_changes
from .filters import (
    Filters,
    read_comparisons,
    read_filters,
    split_condition,
)
from .frame import FAR, MANY_SIDE, Frame
from .groups import (
    UNDECIDED_DATE,
    Ranking,
    entity_dimensions,
    read_groups,
    read_ranking,
    subject_column,
)
from .measures import bare_measure, read_measures
from .nouns import is_verb, noun_of, what_counts
from .parts import base_table, counted_table, dated, more_columns
from .patterns import COUNTS, DISTINCT, DISTRIBUTION, SERIOUS, SHOW, all_words
from .rankings import ranked_query
from .ratios import ratio
from .sized import groups_by_size
from .units import TIME_UNITS


@dataclass(frozen=True, slots=True, kw_only=True)
class Proposal:
    """A query tree with its values, what was decided on the way, and what was not understood."""

    query: Query
    slots: tuple[SlotValue, ...]
    base: str
    notes: tuple[str, ...] = ()
    leftover: tuple[str, ...] = ()
    """Phrases that link to something but that the tree does not use."""
    rivals: tuple[Query, ...] = ()
    """Other readings that are likely: an answer needs them to give the same rows."""
    usage: Usage = field(default_factory=Usage)
    """What a model spent on it."""


def known_words() -> frozenset[str]:
    """Return the words that rules react to; none of them is a spelling mistake."""
    return all_words()


def propose(
    linking: Linking, workspace: Workspace, *, choices: frozenset[str] = frozenset()
) -> Proposal | None:
    """Return the query tree of a question, or None where the rules find none.

    `choices` are what the user chose where the agent asked back.

    Raises:
        Undecided: a word has several meanings that are equally near.
    """
    frame = Frame(linking, workspace, choices=choices)
    early = read_comparisons(frame)
    sized = groups_by_size(frame, early)
    ranking = read_ranking(frame) if sized is None else None
    if sized is not None:
        query: Query | None = sized
    elif ranking is not None and ranking.subject is not None:
        query = ranked_query(frame, early, ranking, ranking.subject)
    else:
        query = _plain(frame, early, ranking)
    if query is None or frame.broken:
        return None
    query = _with_verbs(frame, query)
    if _is_split_negation(frame, query):
        return None
    said = _said_columns(frame, query)
    leftover = [
        mention.phrase
        for mention in frame.mentions
        if not frame.is_used(mention)
        and (mention.slot is not None or not said & {*mention.columns})
    ]
    leftover += _unread(frame, query)
    return Proposal(
        query=query,
        slots=tuple(frame.slots),
        base=frame.base,
        notes=(*linking.notes, *dict.fromkeys(frame.notes)),
        leftover=tuple(leftover),
    )


def _is_split_negation(frame: Frame, query: Query) -> bool:
    """Whether "never delivered a damaged shipment" fell apart: one part ruled out, one required."""
    apart = [p for p in query.where if frame.distance(table_of(p)) >= MANY_SIDE]
    ruled_out = {
        p.column
        for p in apart
        if (isinstance(p, Compare) and p.operator == "!=") or (isinstance(p, Among) and p.negated)
    }
    return any(
        not isinstance(p, Has | Many) and p.column.table == ref.table and p.column != ref
        for ref in ruled_out
        for p in apart
    )


def _said_columns(frame: Frame, query: Query) -> set[ColumnRef]:
    """Return the columns that a tree speaks of, those behind its metrics too."""
    found = set(query_columns(query))
    for measure in query.measures:
        metric = frame.model.metric(measure.name) if isinstance(measure, MetricUse) else None
        found.update(metric.columns if metric is not None else ())
    return found


def _with_verbs(frame: Frame, query: Query) -> Query:
    """Read verbs that name a date without a period: "patients who died" have a date of death."""
    tests: list[Predicate] = []
    for mention in frame.mentions:
        times = frame.with_role(mention, "time")
        if not times or frame.is_used(mention) or not is_verb(mention):
            continue
        tested = {table_of(predicate) for predicate in query.where}
        apart = any(frame.distance(table) >= MANY_SIDE for table in tested)
        own = tested if apart else {frame.base, *tested}  # "died in the emergency department"
        near = tuple(ref for ref in times if ref.table in own)
        if near:  # a date of another table would count the rows that belong to such a row
            ref = frame.nearest(near, mention)
            negated = ref.table == frame.base and _negated_verb(frame, mention)
            frame.use(mention)
            tests.append(IsNull(column=ref, negated=not negated))
    whole = [m for m in query.measures if isinstance(m, Share) and not m.condition]
    if tests and whole and not query.by:  # "what share of loans were returned"
        shares = tuple(replace(m, condition=tuple(tests)) for m in whole)
        return replace(query, measures=shares)
    return replace(query, where=(*query.where, *tests)) if tests else query


def _negated_verb(frame: Frame, verb: Mention) -> bool:
    """Whether it has not happened: "have not been shipped yet"; the words are read."""
    for at in range(verb.first - 1, max(-1, verb.first - 4), -1):
        if at in frame.linking.at:
            return False
        if frame.word(at) in {"not", "never"} and at not in frame.spent:
            frame.spend(at, at + 1)
            return True
    return False


def _unread(frame: Frame, query: Query) -> list[str]:
    """Return the words that change what is asked and that no rule has read."""
    found = [
        word
        for i, word in enumerate(frame.words)
        if word in SERIOUS and i not in frame.spent and i not in frame.linking.at
    ]
    opener = frame.word(0)
    dated = [d.column for d in query.by if d.grain is not None]
    dated += [p.column for p in query.where if isinstance(p, During)]
    if "new" in found and any(ref.table == frame.base for ref in dated):
        found.remove("new")  # "new loans per year" are counted by their own date
    found += [
        f"by {frame.word(i + 1)}"
        for i, word in enumerate(frame.words)
        if word == "by" and not {i, i + 1} & (frame.spent | set(frame.linking.at))
    ]
    if "how much" in " ".join(frame.words) and isinstance(next(iter(query.measures), None), Count):
        found.append("how much")  # a number of rows is no amount
    if not query.measures and any(s[0] not in frame.spent for s in frame.spots(COUNTS)):
        found.append("how many")  # a list is no number
    found += ["their"] * any(
        first in {"and", "with"} and second in {"their", "its"} and third in {"number", "count"}
        for first, second, third in zip(frame.words, frame.words[1:], frame.words[2:], strict=False)
    )
    found += [
        word
        for i, word in enumerate(frame.words)
        if word == "still" and not {i + 1, i + 2, i + 3} & set(frame.linking.at)
    ]
    amounts = {"money", "worth"} & set(frame.words[1:])
    if amounts and isinstance(next(iter(query.measures), None), Count):
        found += sorted(amounts)
    listed = any(
        first in {"and", "with"} and second in {"their", "its"}
        for first, second in itertools.pairwise(frame.words)
    )
    if listed and query.measures and not query.by:
        found.append("their")
    found += _of_other_rows(frame, query)
    found += _bare_units(frame, query)
    person = opener == "who" and bool(query.measures) and not query.by
    if person or (opener in {"when", "where", "why"} and 0 not in frame.spent):
        found.append(opener)
    periods = [p.column for p in query.where if isinstance(p, During) and p.operator == "during"]
    if len(periods) > len(set(periods)):
        found.append("two periods at once")
    return found


def _bare_units(frame: Frame, query: Query) -> list[str]:
    """Return units of time that say of no number what it counts, and of no column its unit."""
    columns = [frame.model.column(ref) for ref in _said_columns(frame, query)]
    stored = {unit for column in columns if column is not None for unit in stems(column.unit)}
    numbers = [
        m.last
        for m in frame.mentions
        if m.slot is not None and isinstance(frame.slots[m.slot], NumberValue)
    ]
    free = [i for i, _ in enumerate(frame.words) if i not in frame.spent | set(frame.linking.at)]
    told = {at for at in free if stem(frame.words[at]) in stored}
    return [
        frame.words[at]
        for at in free
        if at not in told
        and (stem(frame.words[at]) == "minute" or (at in numbers and _is_unit(frame.words[at])))
    ]


def _is_unit(word: str) -> bool:
    return stem(word) in TIME_UNITS


def _of_other_rows(frame: Frame, query: Query) -> list[str]:
    """Return values of rows that only a third table relates with what is measured.

    "The price of insulin" is not what the procedures of stays with an order of insulin cost.
    """
    first = next(iter(query.measures), None)
    if not isinstance(first, Aggregate) or first.function == "count distinct":
        return []
    said = {token.stem for token in frame.linking.words}
    if any(mention.tables for mention in frame.mentions) or said & set(stems(frame.base)):
        return []
    found: list[str] = []
    for predicate in query.where:
        if not isinstance(predicate, Compare) or not isinstance(predicate.value, Slot):
            continue
        if MANY_SIDE + 1 < frame.distance(table_of(predicate)) < FAR // 2:
            found.append(frame.slots[predicate.value.index].phrase)
    return found


# --- questions without a ranking ----------------------------------------------------------------


def _plain(frame: Frame, early: Filters, ranking: Ranking | None) -> Query | None:
    measures = _measures(frame)
    busy = ranking is not None and ranking.grain is not None and ranking.superlative == "busiest"
    default = frame.model.default_date
    if busy and not measures and default is not None:
        measures.append(Count(default.table))
        frame.notes.append(f"'busiest' is by the number of {default.table}")
    if measures:
        frame.base = base_table(frame, measures)
        frame.measured_dates = _dates(frame, measures)
    dimensions = read_groups(frame) + _distribution(frame)
    if ranking is not None and ranking.grain is not None:
        dimensions.append(Dimension(UNDECIDED_DATE, ranking.grain))
    measures = measures or _changed(frame)
    dimensions = dimensions or _listed_with(frame, measures)
    if not measures:
        _guess_base(frame, dimensions)
        bare = bare_measure(frame) if dimensions or _asks_for_number(frame) else None
        if bare is not None:
            measures = [bare]
        elif dimensions:
            counted = _head_table(frame) or dimensions[0].column.table
            measures += [Count(counted)] if counted else []
    if not measures:
        return _shown(frame, early, dimensions)
    frame.base = base_table(frame, measures) or frame.base
    filters = read_filters(frame, early)
    if frame.measured_dates and _at_one_of_many(frame, filters):
        return None  # "deaths at Northside" are not those of all who were ever there
    shared = any(isinstance(measure, Share) for measure in measures)
    if not dimensions and not shared and len(filters.split) == 1:
        dimensions = [Dimension(filters.split[0])]
    measures, where = _shared(frame, measures, filters)
    if filters.counted and not dimensions:
        return None  # a count of groups of a certain size: no tree for it
    dimensions = _without_own_rows(frame, measures, dimensions)
    ordered = ranking is not None and bool(dimensions)
    by = dated(frame, dimensions, filters)
    where += [
        IsNull(column=dimension.column, negated=True)
        for dimension in by
        if dimension.column in frame.measured_dates  # "deaths per year" are of the dead
    ]
    query = Query(
        measures=tuple(measures),
        by=by,
        where=tuple(where),
        having=tuple(filters.having),
        order=Order(descending=ranking.descending) if ranking is not None and ordered else None,
        limit=ranking.limit if ranking is not None and ordered else None,
    )
    return with_changes(frame, query)


def _at_one_of_many(frame: Frame, filters: Filters) -> bool:
    """Whether a deed of the base is placed by a value of what the base has several of."""
    return any(
        frame.word(at - 1) in {"at", "in"}
        and not isinstance(predicate, During | Has | Many)
        and MANY_SIDE <= frame.distance(table_of(predicate)) < FAR
        for at, predicate in filters.where
    )


def _changed(frame: Frame) -> list[Measure]:
    """Read "the growth in encounters" as that of their number."""
    for i, word in enumerate(frame.words):
        if word in CHANGES and frame.word(i + 1) in {"in", "of"} and i not in frame.linking.at:
            noun = noun_of(frame, i + 2)
            if noun is not None and noun.tables:
                counted = what_counts(frame, noun)
                return [counted] if counted is not None else []
    return []


def _listed_with(frame: Frame, measures: list[Measure]) -> list[Dimension]:
    """Read "list procedures with their average cost": one row for each of what is listed."""
    pairs = itertools.pairwise(frame.words)
    places = [i for i, two in enumerate(pairs) if two[0] in {"with", "and"} and two[1] in _THEIR]
    if not measures or not places or not SHOW & set(frame.words[:3]):
        return []
    noun = noun_of(frame, frame.mentions[0].first)
    if noun is None or noun.last > places[0] or frame.is_used(noun):
        return []
    category = frame.with_role(noun, "dimension", "text")
    if not noun.tables and not category:
        return []
    return entity_dimensions(frame, subject_column(frame, noun), noun)


_THEIR = frozenset(("their", "its"))


def _without_own_rows(
    frame: Frame, measures: list[Measure], dimensions: list[Dimension]
) -> list[Dimension]:
    """Drop "per claim" from "average amount per claim": each row of the base is one claim."""
    averages = [m for m in measures if isinstance(m, Aggregate) and m.function == "avg"]
    averages += [m for m in measures if isinstance(m, MetricUse) and _averages(frame, m)]
    table = frame.model.table(frame.base)
    if table is None or len(averages) < len(measures) or len(table.primary_key) != 1:
        return dimensions
    own = ColumnRef(table.name, table.primary_key[0])
    return [dimension for dimension in dimensions if dimension.column != own]


def _averages(frame: Frame, use: MetricUse) -> bool:
    metric = frame.model.metric(use.name)
    return metric is not None and metric.expression.lower().startswith("avg")


def _dates(frame: Frame, measures: list[Measure]) -> tuple[ColumnRef, ...]:
    """Return the dates that are measured: "number of deaths" counts dates of death."""
    refs: list[ColumnRef] = []
    for measure in measures:
        metric = frame.model.metric(measure.name) if isinstance(measure, MetricUse) else None
        if metric is not None and _COUNT_OF_COLUMN.fullmatch(metric.expression.strip()):
            refs += metric.columns
    return tuple(ref for ref in refs if frame.column(ref).type in TEMPORAL)


_COUNT_OF_COLUMN = re.compile(r"count\s*\(\s*[\w.]+\s*\)", re.IGNORECASE)


def _distribution(frame: Frame) -> list[Dimension]:
    """Read "card type distribution" and "breakdown of customers by segment"."""
    places = [
        i for i, w in enumerate(frame.words) if w in DISTRIBUTION and i not in frame.linking.at
    ]
    if not places:
        return []
    frame.spend(places[0], places[0] + 1)
    for mention in frame.mentions:
        if mention.last == places[0] and frame.with_role(mention, "dimension"):
            return [Dimension(subject_column(frame, mention))]
    return []


def _head_table(frame: Frame) -> str:
    """Return the table whose rows a question is about: its first noun, or that of its values.

    In "fraud by state of the merchant" these are the transactions that the flag is of.
    """
    for mention in frame.mentions:
        if frame.is_used(mention):
            continue
        following = frame.linking.at.get(mention.last)
        if mention.tables:
            frame.use(mention)
            return mention.tables[0]
        if frame.booleans(mention) and not (following is not None and following.tables):
            return frame.nearest(frame.booleans(mention), mention).table
        if mention.slot is not None and not (following is not None and following.tables):
            break
    return counted_table(frame) or _table_of_values(frame)


def _table_of_values(frame: Frame) -> str:
    """Return the one table that the first value or flag is of: "smokers by sex" are patients."""
    holders = [
        {ref.table for ref, _ in value.options} | {ref.table for ref in frame.booleans(mention)}
        for mention in frame.mentions
        if mention.slot is not None
        and not frame.is_used(mention)
        and isinstance(value := frame.slots[mention.slot], TextValue)
    ]
    common = set[str].intersection(*holders) if holders else set[str]()
    if len(common) == 1:
        return next(iter(common))  # "online purchases": both words are of transactions
    for mention in frame.mentions:
        flags = frame.booleans(mention)
        if flags and not frame.is_used(mention):
            return frame.nearest(flags, mention).table
        value = frame.slots[mention.slot] if mention.slot is not None else None
        if isinstance(value, TextValue) and not frame.is_used(mention):
            tables = {ref.table for ref, _ in value.options}
            return next(iter(tables)) if len(tables) == 1 else ""
    return ""


def _measures(frame: Frame) -> list[Measure]:
    divided = ratio(frame)
    return [divided] if divided is not None else read_measures(frame)


def _asks_for_number(frame: Frame) -> bool:
    """Whether a question without an aggregate word asks for one number, not for rows."""
    return not SHOW & set(frame.words[:3]) or frame.words[:2] == ["what", "is"]


def _guess_base(frame: Frame, dimensions: list[Dimension]) -> None:
    for mention in frame.mentions:
        if mention.tables and not frame.is_used(mention):
            frame.base = mention.tables[0]
            return
    tables = [d.column.table for d in dimensions if d.column.table]
    frame.base = tables[0] if tables else ""


def _shared(
    frame: Frame, measures: list[Measure], filters: Filters
) -> tuple[list[Measure], list[Predicate]]:
    """Give a share its condition; return the measures and the conditions of the whole query."""
    shares = [m for m in measures if isinstance(m, Share)]
    if not shares:
        return measures, [predicate for _, predicate in filters.where]
    part, whole = split_condition(frame, filters)
    changed: list[Measure] = [
        replace(m, condition=tuple(part)) if isinstance(m, Share) else m for m in measures[:1]
    ]
    return changed, whole


# --- lists --------------------------------------------------------------------------------------


def _shown(frame: Frame, early: Filters, dimensions: list[Dimension]) -> Query | None:
    """Return the rows that a question asks for: "which branches opened before 1985"."""
    asked = bool(SHOW & set(frame.words[:4]))
    spread = None if asked or dimensions else _spread(frame, early)
    if spread is not None:
        return spread
    subject = next((m for m in frame.mentions if _listable(frame, m, asked=asked)), None)
    columns: list[ColumnRef] = []
    for i, word in enumerate(frame.words):
        if word in DISTINCT:
            frame.spend(i, i + 1)  # a list shows each category once
    if subject is not None:
        named = subject_column(frame, subject)
        told = entity_dimensions(frame, named, subject, kinds=False)
        columns = [d.column for d in reversed(told)]
        frame.base = named.table
    elif _table_of_values(frame) and not dimensions:
        frame.base = _table_of_values(frame)
        columns = [frame.label(frame.base)]
    if not columns or (dimensions and not asked):
        return None
    filters = read_filters(frame, early, groups=True)
    if filters.having:
        return _grouped_by_subject(frame, columns, filters)
    if not asked and not filters.where:
        return None
    columns += more_columns(frame, columns)
    return Query(shown=tuple(dict.fromkeys(columns)), where=tuple(p for _, p in filters.where))


def _spread(frame: Frame, early: Filters) -> Query | None:
    """Read "insurance of patients", which asks how the rows spread over a category."""
    mention = frame.mention_at(0)
    if mention is None or frame.word(mention.last) not in {"of", "among"} or mention.tables:
        return None
    refs = frame.with_role(mention, "dimension")
    if not refs or mention.slot is not None:
        return None
    frame.use(mention)
    column = frame.nearest(refs, mention)
    frame.base = column.table
    filters = read_filters(frame, early)
    return Query(
        measures=(Count(column.table),),
        by=(Dimension(column),),
        where=tuple(p for _, p in filters.where),
    )


def _listable(frame: Frame, mention: Mention, *, asked: bool) -> bool:
    following = frame.linking.at.get(mention.last)
    if frame.booleans(mention) and following is not None and following.tables:
        return False  # "senior adjusters" are adjusters
    opens = mention.first <= 1  # "cities with more than 600 customers"
    columns = frame.with_role(mention, "dimension", "text", "key") if asked or opens else ()
    named = bool(mention.tables) or (bool(columns) and mention.slot is None)
    return named and not frame.is_used(mention)


def _grouped_by_subject(frame: Frame, columns: list[ColumnRef], filters: Filters) -> Query:
    """Return groups of a certain size: "which categories have more than 100 transactions"."""
    frame.base = filters.counted
    return Query(
        measures=(Count(filters.counted),),
        by=tuple(Dimension(column) for column in columns),
        where=tuple(p for _, p in filters.where),
        having=tuple(filters.having),
        order=Order(descending=True),
    )


# --- rankings -----------------------------------------------------------------------------------
