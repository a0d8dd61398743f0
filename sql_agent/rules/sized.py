"""Groups that a measure singles out: "branches with an average balance over 20,000"."""

from dataclasses import replace
from decimal import Decimal
from typing import cast

from sql_agent.linking import Mention
from sql_agent.query_tree import (
    Aggregate,
    AggregateName,
    Having,
    Measure,
    MetricUse,
    NumberValue,
    Order,
    Query,
    Slot,
)

from .filters import read_filters
from .frame import Frame
from .groups import entity_dimensions, subject_column
from .measures import read_aggregate
from .parts import base_table
from .patterns import AGGREGATES, COMPARE
from .quantities import Filters, operator_of
from .units import in_unit

_HAVING = frozenset(("with", "have", "has", "having", "whose", "where", "had"))
_OPENERS = frozenset("which what list show the give me all find who".split())
_AN = frozenset(("a", "an", "the", "their"))


def groups_by_size(frame: Frame, early: Filters) -> Query | None:
    """Return the groups whose measure compares so with a number; None for other questions."""
    head = frame.mentions[0] if frame.mentions else None
    if head is None or set(frame.words[: head.first]) - _OPENERS or not _is_group(frame, head):
        return None
    if frame.word(head.last) not in _HAVING:
        return None
    at = head.last + 1
    while frame.word(at) in _AN:
        at += 1
    compared = _compared(frame, at)
    if compared is None:
        return None
    first, last, meaning, number = compared
    measure = _measure(frame, at, first)
    if measure is None or number.slot is None:
        return None
    frame.base = base_table(frame, [measure])
    column = subject_column(frame, head)
    frame.use(number)
    frame.spend(head.last, at)
    frame.spend(first, last)
    if not _fits(frame, measure, number):
        return None
    having = Having(measure=measure, operator=operator_of(meaning), value=Slot(number.slot))
    _as_part(frame, measure, number)
    filters = read_filters(frame, early)
    return Query(
        measures=(measure,),
        by=tuple(entity_dimensions(frame, column, head)),
        where=tuple(predicate for _, predicate in filters.where),
        having=(having,),
        order=Order(descending=meaning in {"gt", "ge"}),
    )


def _is_group(frame: Frame, head: Mention) -> bool:
    return bool(head.tables or frame.with_role(head, "dimension", "text"))


def _compared(frame: Frame, at: int) -> tuple[int, int, str, Mention] | None:
    """Return the one comparison with a number behind a token."""
    for first, last, meaning in frame.spots(COMPARE):
        number = frame.mention_at(last) if first > at else None
        if number is None or number.slot is None:
            continue
        if isinstance(frame.slots[number.slot], NumberValue):
            return first, last, meaning, number
    return None


def _measure(frame: Frame, at: int, end: int) -> Aggregate | MetricUse | None:
    """Return the aggregate or metric that fills the words between two tokens."""
    spot = next((s for s in frame.spots(AGGREGATES) if s[0] == at), None)
    found: Measure | None = None
    if spot is not None and frame.mention_at(spot[1]) is not None:
        mention = frame.mention_at(spot[1])
        found = read_aggregate(frame, spot[1], cast("AggregateName", spot[2]))
        frame.spend(spot[0], spot[1])
    else:
        mention = frame.mention_at(at)
        metric = mention is not None and bool(mention.metrics) and not mention.tables
        if mention is not None and metric and mention.first == at:
            frame.use(mention)
            found = MetricUse(mention.metrics[0])
    behind = mention is not None and end - mention.last <= 1
    return found if behind and isinstance(found, Aggregate | MetricUse) else None


def _fits(frame: Frame, measure: Measure, number: Mention) -> bool:
    """Bring the number into the unit of what is measured; False where the two do not agree."""
    refs = [measure.column] if isinstance(measure, Aggregate) else []
    metric = frame.model.metric(measure.name) if isinstance(measure, MetricUse) else None
    refs += metric.columns[:1] if metric is not None and len(metric.columns) == 1 else ()
    return all(in_unit(frame, number, frame.word(number.last), ref) for ref in refs)


def _as_part(frame: Frame, measure: Measure, number: Mention) -> None:
    """Read "10 percent" of a rate, which is stored from 0 to 1, as 0.1."""
    metric = frame.model.metric(measure.name) if isinstance(measure, MetricUse) else None
    value = frame.slots[number.slot or 0]
    if metric is None or metric.format != "percent" or not isinstance(value, NumberValue):
        return
    if "%" in value.phrase or "percent" in value.phrase or Decimal(value.number) > 1:
        part = format((Decimal(value.number) / 100).normalize(), "f")
        frame.slots[number.slot or 0] = replace(value, number=part)
