"""Draws a question and its query tree: what is measured or shown, in which groups and order."""

from collections.abc import Callable
from typing import TypeAlias

from sql_agent.query_tree import (
    Aggregate,
    AggregateName,
    Basic,
    Count,
    Dimension,
    Grain,
    Having,
    Measure,
    MetricUse,
    Order,
    PerGroup,
    PerGroupName,
    Predicate,
    Query,
    Ratio,
    Share,
    Slot,
)
from sql_agent.semantic_model import NUMERIC, TEMPORAL, ColumnRef
from training import sql_wording as wording
from training.sql_draft import Draft, Filter, article

_GRAINS = (
    (Grain.MONTH, 40),
    (Grain.YEAR, 25),
    (Grain.QUARTER, 12),
    (Grain.DAY, 8),
    (Grain.WEEK, 6),
    (Grain.WEEKDAY, 6),
    (Grain.HOUR, 9),
)

Kind: TypeAlias = Callable[[Draft, str], tuple[str, Query] | None]


def draw(draft: Draft) -> tuple[str, Query]:
    """Return a marked question and its tree; the slots are numbered as they were drawn."""
    kinds, weights = zip(*_kinds(), strict=True)
    while True:
        draft.values.clear()
        draft.mentions.clear()
        draft.phrases.clear()
        table = draft.rng.choice(draft.schema.model.tables).name
        found = draft.rng.choices(kinds, weights)[0](draft, table)
        if found is not None:
            return found


def _tail(filters: list[Filter]) -> str:
    """Return the conditions that stand in the sentence."""
    return "".join(f.text for f in filters if f.place == "sentence")


def _predicates(filters: list[Filter]) -> tuple[Predicate, ...]:
    return tuple(f.predicate for f in filters)


# --- measures -------------------------------------------------------------------------------------


def _nominal(draft: Draft, table: str, noun: str | None) -> tuple[str, Measure] | None:
    """Return a measure and its wording: of the noun, or bare ("average price") without one."""
    kinds = ("count", "avg", "sum", "max", "min", "count distinct", "metric")
    kind = draft.rng.choices(kinds, (20, 24, 20, 8, 6, 5, 17))[0]
    if kind == "count":
        counted = noun or draft.many(table)
        return draft.fill(wording.COUNT_NOMINALS, np=counted), Count(table)
    if kind == "metric":
        return _metric(draft, table, noun)
    return _aggregate(draft, table, kind, noun)  # type: ignore[arg-type]


def _metric(draft: Draft, table: str, noun: str | None) -> tuple[str, Measure] | None:
    metrics = [m for m in draft.schema.model.metrics if m.columns[0].table == table]
    if not metrics:
        return None
    metric = draft.rng.choice(metrics)
    words = metric.synonyms or (metric.name.replace("_", " "),)
    phrase = draft.mark("metric " + metric.name, draft.rng.choice(words))
    if noun is None:
        return draft.fill(wording.BARE_METRICS, c=phrase), MetricUse(metric.name)
    return draft.fill(wording.METRICS, c=phrase, np=noun), MetricUse(metric.name)


def _aggregate(
    draft: Draft, table: str, function: AggregateName, noun: str | None
) -> tuple[str, Measure] | None:
    kinds = tuple(NUMERIC)
    if function == "count distinct":
        kinds = ("text",)
    elif function in {"min", "max"} and draft.rng.random() < 0.25:
        kinds = tuple(TEMPORAL)
    columns = draft.columns(table, *kinds)
    if not columns:
        return None
    ref = draft.rng.choice(columns)
    measure = Aggregate(function, ref)
    c, cs = draft.column(ref), draft.column(ref, several=True)
    noun = noun or (draft.many(table) if draft.rng.random() < 0.3 else None)
    if kinds == tuple(TEMPORAL):
        return draft.fill(wording.DATE_ENDS[function], c=c, np=noun or draft.many(table)), measure
    if noun is None:
        return draft.fill(wording.BARE[function], c=c, cs=cs), measure
    parts = {"c": c, "cs": cs, "np": noun, "t": noun}
    return draft.fill(wording.AGGREGATES[function], **parts), measure


def _basic(draft: Draft, table: str) -> tuple[str, Basic]:
    """Return a count or a sum as a nominal."""
    columns = draft.columns(table, *NUMERIC)
    if columns and draft.rng.random() < 0.5:
        ref = draft.rng.choice(columns)
        function: AggregateName = draft.rng.choice(("sum", "sum", "avg"))
        return draft.fill(wording.BARE[function], c=draft.column(ref)), Aggregate(function, ref)
    return draft.fill(wording.COUNT_NOMINALS, np=draft.many(table)), Count(table)


# --- groups ---------------------------------------------------------------------------------------


def _dimension(draft: Draft, table: str) -> ColumnRef | None:
    """Return a column to group by, of the table or of what it belongs to."""
    refs = draft.columns(table, "text", "boolean", ancestors=True)
    schema = draft.schema
    refs = [r for r in refs if not schema.columns[r].pii]
    names = [schema.identity(t) for t in schema.ancestors[table][1:]]
    return draft.rng.choice([*refs, *names]) if refs or names else None


def _groups(draft: Draft, table: str) -> tuple[str, tuple[Dimension, ...]]:
    """Draw what rows are grouped by, and its wording."""
    draw = draft.rng.random()
    if draw < 0.42:
        return "", ()
    parts: list[tuple[str, Dimension]] = []
    if draw < 0.6 or draw > 0.95:
        parts += _grain(draft, table)
    if draw >= 0.6:
        ref = _dimension(draft, table)
        if ref is not None:
            d, ds = draft.dimension(ref), draft.dimension(ref, several=True)
            parts.append((draft.fill(wording.GROUPS, d=d, ds=ds), Dimension(ref)))
    if 0.86 < draw < 0.95:
        other = _dimension(draft, table)
        if other is not None and all(other != p.column for _, p in parts):
            parts.append((f" and {draft.dimension(other)}", Dimension(other)))
    return "".join(text for text, _ in parts), tuple(dimension for _, dimension in parts)


def _grain(draft: Draft, table: str) -> list[tuple[str, Dimension]]:
    dates = draft.columns(table, *TEMPORAL)
    if not dates:
        return []
    plain = draft.rng.random() >= 0.25
    placed = draft.date_of(table)
    ref = placed if plain and placed is not None else draft.rng.choice(dates)
    timed = draft.schema.columns[ref].type == "timestamp"
    grains = _GRAINS if timed else _GRAINS[:-1]
    grain = draft.rng.choices([g for g, _ in grains], [w for _, w in grains])[0]
    if ref == placed and plain:
        text = draft.pick(wording.GRAINS[grain])
    else:
        choices = f" by {grain} of {{c}}| by {{c}} {grain}| per {{c}} {grain}"
        text = draft.fill(choices, c=draft.column(ref))
    return [(text, Dimension(ref, grain))]


# --- kinds of questions ---------------------------------------------------------------------------


def _count(draft: Draft, table: str) -> tuple[str, Query] | None:
    filters = draft.filters(table)
    groups, by = _groups(draft, table)
    noun = draft.noun(table, filters)
    group = _tail(filters) + groups if draft.rng.random() < 0.5 else groups + _tail(filters)
    state = [f for f in filters if f.place == "before"]
    if len(state) == 1 and draft.rng.random() < 0.3:
        others = [f for f in filters if f.place == "after"]
        parts = {"ts": draft.noun(table, others), "v": state[0].text}
        text = draft.fill(wording.COUNT_STATES, g=group, **parts)
    else:
        text = draft.fill(wording.COUNT_QUESTIONS, np=noun, g=group)
    order, tail = _sorting(draft, by)
    query = Query(measures=(Count(table),), by=by, where=_predicates(filters), order=order)
    return text + tail, query


def _measure(draft: Draft, table: str) -> tuple[str, Query] | None:
    filters = draft.filters(table)
    inside = any(f.place != "sentence" for f in filters)
    noun = draft.noun(table, filters) if inside else None
    found = _nominal(draft, table, noun)
    if found is None:
        return None
    nominal, measure = found
    measures: tuple[Measure, ...] = (measure,)
    if draft.rng.random() < 0.06:
        second = _nominal(draft, table, None)
        if second is not None and not isinstance(second[1], MetricUse) and second[1] != measure:
            nominal, measures = f"{nominal} and {second[0]}", (measure, second[1])
    groups, by = _groups(draft, table)
    group = _tail(filters) + groups if draft.rng.random() < 0.5 else groups + _tail(filters)
    text = draft.fill(wording.OPENERS, n=nominal, g=group)
    order, tail = _sorting(draft, by)
    return text + tail, Query(measures=measures, by=by, where=_predicates(filters), order=order)


def _how_much(draft: Draft, table: str) -> tuple[str, Query] | None:
    columns = draft.columns(table, *NUMERIC)
    if not columns:
        return None
    ref = draft.rng.choice(columns)
    filters = draft.filters(table)
    groups, by = _groups(draft, table)
    parts = {"c": draft.column(ref), "g": _tail(filters) + groups}
    if any(f.place != "sentence" for f in filters) or draft.rng.random() < 0.3:
        text = draft.fill(wording.HOW_MUCH, np=draft.noun(table, filters), **parts)
    else:
        text = draft.fill(wording.HOW_MUCH_BARE, **parts)
    return text, Query(measures=(Aggregate("sum", ref),), by=by, where=_predicates(filters))


def _when(draft: Draft, table: str) -> tuple[str, Query] | None:
    """The first or last date of a table's rows."""
    ref = draft.date_of(table)
    if ref is None:
        return None
    filters = [f for f in draft.filters(table) if f.place == "before"]
    function: AggregateName = draft.rng.choice(("max", "max", "min"))
    row = " ".join([*(f.text for f in filters), draft.one(table)])
    text = draft.fill(wording.WHEN[function], t=row, c=draft.column(ref))
    return text, Query(measures=(Aggregate(function, ref),), where=_predicates(filters))


def _sorting(draft: Draft, by: tuple[Dimension, ...]) -> tuple[Order | None, str]:
    if not by or draft.rng.random() > 0.12:
        return None, ""
    descending = draft.rng.random() < 0.8
    return Order(descending=descending), draft.pick(wording.SORTED[descending])


def _ranking(draft: Draft, table: str) -> tuple[str, Query] | None:
    """The top or bottom groups by a measure."""
    ref = _dimension(draft, table)
    if ref is None:
        return None
    filters = [f for f in draft.filters(table) if draft.rng.random() < 0.7]
    inside = any(f.place != "sentence" for f in filters)
    found = _nominal(draft, table, draft.noun(table, filters) if inside else None)
    if found is None:
        return None
    nominal, measure = found
    short = draft.many(table) if isinstance(measure, Count) and not inside else nominal
    short = short.removeprefix("the ")
    descending = draft.rng.random() < 0.75
    d, ds = draft.dimension(ref), draft.dimension(ref, several=True)
    limit: int | Slot = 1
    if draft.rng.random() < 0.6:
        limit, x = draft.size()
        choices = wording.TOP if descending else wording.BOTTOM
        text = draft.fill(choices, x=x, ds=ds, d=d, n=nominal, m=short)
    else:
        text = draft.fill(wording.BEST if descending else wording.WORST, d=d, n=nominal, m=short)
    query = Query(
        measures=(measure,),
        by=(Dimension(ref),),
        where=_predicates(filters),
        order=Order(descending=descending),
        limit=limit,
    )
    return _append(text, _tail(filters)), query


def _append(text: str, tail: str) -> str:
    """Add to the end of a sentence, before its question mark."""
    return text[:-1] + tail + "?" if text.endswith("?") else text + tail


def _share(draft: Draft, table: str) -> tuple[str, Query] | None:
    """The part of rows, or of a sum, for which a condition holds; or each group's part."""
    if draft.rng.random() < 0.3:
        return _share_by(draft, table)
    condition = draft.filter(table)
    if condition is None or condition.place == "sentence":
        return None
    column = getattr(condition.predicate, "column", None)
    if column is None or column.table not in draft.schema.ancestors[table]:
        return None
    filters = [f for f in draft.filters(table) if draft.rng.random() < 0.5]
    filters = [f for f in filters if _column_of(f) != _column_of(condition)]
    of: Basic = Count(table)
    noun = draft.noun(table, filters)
    if draft.columns(table, *NUMERIC) and draft.rng.random() < 0.15:
        ref = draft.rng.choice(draft.columns(table, *NUMERIC))
        of, noun = Aggregate("sum", ref), f"the {draft.column(ref)} of {noun}"
    if condition.place == "before" and draft.rng.random() < 0.3 and not filters:
        nominal = draft.fill(wording.SHARES_OF, ts=noun, v=condition.text)
    else:
        nominal = draft.fill(wording.SHARES_IF, np=noun, p=_said_of(condition))
    groups, by = _groups(draft, table)
    text = draft.fill(wording.OPENERS, n=nominal, g=_tail(filters) + groups)
    where = _predicates(filters)
    return text, Query(measures=(Share(of, (condition.predicate,)),), by=by, where=where)


def _column_of(found: Filter) -> object:
    return getattr(found.predicate, "column", found.predicate)


def _said_of(condition: Filter) -> str:
    """Return a condition as a verb phrase."""
    if condition.place == "before":
        return f"are {condition.text}"
    for start, verb in (
        ("that ", ""),
        ("which ", ""),
        ("who ", ""),
        ("with ", "have "),
        ("having ", "have "),
    ):
        if condition.text.startswith(start):
            return verb + condition.text.removeprefix(start)
    return f"are {condition.text}"


def _share_by(draft: Draft, table: str) -> tuple[str, Query] | None:
    ref = _dimension(draft, table)
    if ref is None:
        return None
    filters = [f for f in draft.filters(table) if f.place == "sentence"]
    nominal, of = _basic(draft, table)
    if isinstance(of, Aggregate) and of.function != "sum":
        return None
    if isinstance(of, Count):
        nominal = draft.many(table)
    d, ds = draft.dimension(ref), draft.dimension(ref, several=True)
    share = draft.fill(wording.SHARES_BY, n=nominal, d=d, ds=ds)
    text = draft.fill(wording.OPENERS, n=share, g=_tail(filters))
    return text, Query(measures=(Share(of),), by=(Dimension(ref),), where=_predicates(filters))


def _ratio(draft: Draft, table: str) -> tuple[str, Query] | None:
    first, second = _basic(draft, table), _basic(draft, table)
    if first[1] == second[1]:
        return None
    nominal = draft.fill(wording.RATIOS, a=first[0], b=second[0])
    groups, by = _groups(draft, table)
    text = draft.fill(wording.OPENERS, n=nominal, g=groups)
    return text, Query(measures=(Ratio(first[1], second[1]),), by=by)


def _per_group(draft: Draft, table: str) -> tuple[str, Query] | None:
    """An aggregate over the rows of an owning table: orders per customer."""
    parents = draft.schema.ancestors[table][1:]
    if not parents:
        return None
    owner = draft.rng.choice(parents)
    function: PerGroupName = draft.rng.choices(("avg", "max", "min"), (7, 2, 1))[0]
    one, columns = draft.one(owner), draft.columns(table, *NUMERIC)
    filters = draft.filters(table) if draft.rng.random() < 0.4 else []
    of: Basic = Count(table)
    if columns and draft.rng.random() < 0.35:
        ref = draft.rng.choice(columns)
        of = Aggregate("sum", ref)
        filters = [f for f in filters if f.place == "sentence"]
        parts = {"c": draft.column(ref), "o": one, "a": article(one)}
        nominal = draft.fill(wording.PER_GROUP_SUM[function], **parts)
    else:
        noun = draft.noun(table, filters)
        nominal = draft.fill(wording.PER_GROUP[function], ts=noun, o=one, a=article(one))
    text = draft.fill(wording.OPENERS, n=nominal, g=_tail(filters))
    return text, Query(measures=(PerGroup(function, of, owner),), where=_predicates(filters))


def _having(draft: Draft, table: str) -> tuple[str, Query] | None:
    ref = _dimension(draft, table)
    if ref is None:
        return None
    operator, said = draft.operator()
    filters = draft.filters(table)
    if draft.rng.random() < 0.6:
        value, x = draft.number()
        ds, noun = draft.dimension(ref, several=True), draft.noun(table, filters)
        text = draft.fill(wording.HAVING, ds=ds, o=said, x=x, ts=noun)
        measure: Measure = Count(table)
    else:
        inside = any(f.place != "sentence" for f in filters)
        found = _nominal(draft, table, draft.noun(table, filters) if inside else None)
        if found is None or isinstance(found[1], MetricUse):
            return None
        if isinstance(found[1], Aggregate) and (
            draft.schema.columns[found[1].column].type not in NUMERIC
            and found[1].function != "count distinct"
        ):
            return None
        nominal, measure = found
        value, x = draft.number()
        group = draft.fill(
            wording.GROUPS, d=draft.dimension(ref), ds=draft.dimension(ref, several=True)
        )
        tail = draft.fill(wording.HAVING_TAIL, o=said, x=x)
        text = draft.fill(wording.OPENERS, n=nominal, g=group + tail)
    if not isinstance(measure, Count | Aggregate):
        return None
    query = Query(
        measures=(measure,),
        by=(Dimension(ref),),
        where=_predicates(filters),
        having=(Having(measure=measure, operator=operator, value=value),),
    )
    return _append(text, _tail(filters)), query


def _show(draft: Draft, table: str) -> tuple[str, Query] | None:
    filters = draft.filters(table)
    noun = draft.noun(table, filters)
    identity = draft.schema.identity(table)
    if draft.rng.random() < 0.4:
        if not filters:
            return None
        shown: tuple[ColumnRef, ...] = (identity,)
        text = draft.fill(wording.SHOW, np=noun)
    else:
        refs = draft.rng.sample(
            draft.schema.by_table[table],
            min(draft.rng.choice((1, 1, 2, 3)), len(draft.schema.by_table[table])),
        )
        names = [draft.column(ref) for ref in refs]
        said = names[0] if len(names) == 1 else ", ".join(names[:-1]) + " and " + names[-1]
        shown = tuple(refs)
        text = draft.fill(wording.SHOW_COLUMNS, cs=said, np=noun)
    query = Query(shown=shown, where=_predicates(filters))
    return _append(text, _tail(filters)), query


def _show_ranked(draft: Draft, table: str) -> tuple[str, Query] | None:
    """The rows with the largest or latest values of a column."""
    temporal = draft.rng.random() < 0.3
    columns = draft.columns(table, *(TEMPORAL if temporal else NUMERIC))
    if not columns:
        return None
    ref = draft.rng.choice(columns)
    descending = draft.rng.random() < 0.75
    filters = [f for f in draft.filters(table) if draft.rng.random() < 0.6]
    noun, c = draft.noun(table, filters), draft.column(ref)
    limit: int | Slot = 1
    if temporal:
        ref = draft.date_of(table) or ref
        limit, x = draft.size()
        text = draft.fill(wording.SHOW_RECENT[descending], x=x, np=noun, c=draft.column(ref))
    elif draft.rng.random() < 0.6 or filters:
        limit, x = draft.size()
        text = draft.fill(wording.SHOW_TOP[descending], x=x, np=noun, c=c)
    else:
        text = draft.fill(wording.SHOW_BEST[descending], s=draft.one(table), c=c)
    query = Query(
        shown=(draft.schema.identity(table), ref),
        where=_predicates(filters),
        order=Order(descending=descending, column=ref),
        limit=limit,
    )
    return _append(text, _tail(filters)), query


def _kinds() -> tuple[tuple[Kind, int], ...]:
    """Return the kinds of questions with how often each is drawn."""
    return (
        (_count, 26),
        (_measure, 28),
        (_how_much, 4),
        (_when, 2),
        (_ranking, 12),
        (_share, 7),
        (_ratio, 2),
        (_per_group, 4),
        (_having, 4),
        (_show, 10),
        (_show_ranked, 6),
    )
