"""Changes from period to period, periods side by side, and the difference between two values."""

from dataclasses import replace
from datetime import datetime
from typing import Final

from sql_agent.query_tree import (
    Aggregate,
    Among,
    Basic,
    Change,
    Compare,
    Count,
    Difference,
    Dimension,
    During,
    DuringAny,
    Grain,
    Measure,
    MetricUse,
    PeriodValue,
    Predicate,
    Query,
    Slot,
)

from .frame import Frame
from .nouns import basic_of

CHANGES: Final = frozenset(
    """change changes changed growth grow grew grown growing increase increased decrease decreased
    rise rose fall fell drop dropped""".split()
)
_DIFFERENCES: Final = frozenset(("difference", "gap"))
_VERSUS: Final = frozenset(("versus", "vs", "compared", "compare", "comparison"))
_DAYS = {Grain.DAY: (1, 1), Grain.MONTH: (28, 31), Grain.QUARTER: (90, 92), Grain.YEAR: (365, 366)}


def with_changes(frame: Frame, query: Query) -> Query:
    """Return a query with what the question says about periods and differences."""
    if query.order is not None or query.limit is not None or not query.measures:
        return query
    query = _side_by_side(frame, query)
    changed = [i for i, w in enumerate(frame.words) if w in CHANGES and i not in frame.linking.at]
    if changed:
        query = _in_years(frame, query)
        between = _between_two(frame, query)
        if between is not None:
            _spend(frame, CHANGES)
            return between
        dated = [d for d in query.by if d.grain is not None]
        measure = query.measures[0]
        plain = isinstance(measure, Count | Aggregate | MetricUse) and len(query.measures) == 1
        if len(dated) == 1 and plain and isinstance(measure, Count | Aggregate | MetricUse):
            _spend(frame, CHANGES)
            measures = (measure, Change(measure), Change(measure, relative=True))
            return replace(query, measures=measures)
    return _difference(frame, query)


def _between_two(frame: Frame, query: Query) -> Query | None:
    """Read a change from one period to another as one number, and as a part of the first."""
    first = _basic(frame, query.measures[0])
    dated = [p for p in query.where if isinstance(p, During | DuringAny)]
    if len(query.measures) > 1 or first is None or len(dated) != 1 or len(query.by) != 1:
        return None
    periods = _two_periods(frame, dated[0]) if query.by[0].grain is not None else None
    if periods is None or query.by[0].column != dated[0].column:
        return None
    earlier, later = (
        (During(column=dated[0].column, operator="during", period=slot),) for slot in periods
    )
    rest = tuple(p for p in query.where if p != dated[0])
    absolute = Difference(first, first, later, earlier)
    return replace(query, measures=(absolute, replace(absolute, relative=True)), by=(), where=rest)


def _two_periods(frame: Frame, predicate: During | DuringAny) -> tuple[Slot, Slot] | None:
    """Return the slots of the earlier and the later of two periods."""
    if isinstance(predicate, DuringAny):
        values = [(frame.slots[slot.index], slot) for slot in predicate.periods]
        starts = [(v.start, slot.index) for v, slot in values if isinstance(v, PeriodValue)]
        (_, one), (_, other) = sorted(starts)
        return Slot(one), Slot(other)
    value = frame.slots[predicate.period.index]
    if not isinstance(value, PeriodValue) or value.end.year - value.start.year != 2:
        return None
    if not (_is_new_year(value.start) and _is_new_year(value.end)):
        return None
    middle = value.start.replace(year=value.start.year + 1)
    frame.slots[predicate.period.index] = replace(value, phrase=str(middle.year), start=middle)
    frame.slots.append(PeriodValue(phrase=str(value.start.year), start=value.start, end=middle))
    return Slot(len(frame.slots) - 1), predicate.period


def _spend(frame: Frame, words: frozenset[str]) -> None:
    for i, word in enumerate(frame.words):
        if word in words and i not in frame.linking.at:
            frame.spend(i, i + 1)


def _side_by_side(frame: Frame, query: Query) -> Query:
    """Put two periods of the same kind side by side: "in 2024 versus 2025"."""
    periods = [p for p in query.where if isinstance(p, During) and p.operator == "during"]
    if len(periods) != 2 or periods[0].column != periods[1].column:
        return query
    grains = {_grain(frame, p.period) for p in periods}
    grain = next(iter(grains))
    said = set(frame.words)
    if len(grains) > 1 or grain is None or not said & (_VERSUS | {"and", "or", "to", "with"}):
        return query
    either = DuringAny(column=periods[0].column, periods=tuple(p.period for p in periods))
    rest: list[Predicate] = [p for p in query.where if p not in periods]
    _spend(frame, _VERSUS)
    timed = any(d.grain is not None for d in query.by)
    if timed or "or" in said:
        return replace(query, where=(*rest, either))
    by = (*query.by, Dimension(either.column, grain))
    return replace(query, by=by, where=(*rest, either))


def _grain(frame: Frame, slot: Slot) -> Grain | None:
    value = frame.slots[slot.index]
    if not isinstance(value, PeriodValue):
        return None
    days = (value.end - value.start).days
    return next((g for g, (low, high) in _DAYS.items() if low <= days <= high), None)


def _in_years(frame: Frame, query: Query) -> Query:
    """Read "from 2023 to 2025" with a change as year by year."""
    if any(d.grain is not None for d in query.by):
        return query
    for predicate in query.where:
        value = frame.slots[predicate.period.index] if isinstance(predicate, During) else None
        if not isinstance(value, PeriodValue) or not isinstance(predicate, During):
            continue
        whole = _is_new_year(value.start) and _is_new_year(value.end)
        if predicate.operator == "during" and whole and value.end.year - value.start.year > 1:
            return replace(query, by=(*query.by, Dimension(predicate.column, Grain.YEAR)))
    return query


def _is_new_year(day: datetime) -> bool:
    return (day.month, day.day) == (1, 1)


def _difference(frame: Frame, query: Query) -> Query:
    """Read "the difference between the average balance of checking and savings accounts"."""
    said = [i for i, w in enumerate(frame.words) if w in _DIFFERENCES and i not in frame.linking.at]
    if not said or frame.word(said[0] + 1) not in {"between", "in"}:
        return query
    basics = [_basic(frame, measure) for measure in query.measures]
    first = basics[0]
    if len(basics) == 2 and not query.by and first is not None and basics[1] is not None:
        _spend(frame, _DIFFERENCES)
        return replace(query, measures=(Difference(first, basics[1]),))
    pairs = [p for p in query.where if isinstance(p, Among) and not p.negated]
    if len(basics) != 1 or first is None or len(pairs) != 1 or len(pairs[0].values) != 2:
        return query
    column, (one, other) = pairs[0].column, pairs[0].values
    tests = [Compare(column=column, operator="=", value=slot) for slot in (one, other)]
    _spend(frame, _DIFFERENCES)
    return replace(
        query,
        measures=(Difference(first, first, (tests[0],), (tests[1],)),),
        by=tuple(d for d in query.by if d.column != column),
        where=tuple(p for p in query.where if p != pairs[0]),
    )


def _basic(frame: Frame, measure: Measure) -> Basic | None:
    if isinstance(measure, MetricUse):
        return basic_of(frame, measure.name)
    return measure if isinstance(measure, Count | Aggregate) else None
