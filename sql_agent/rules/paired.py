"""Two columns of one row against each other: "paid after they were due", "decided within 30 days".

"late" and "on time" compare the date on which something happened with the one on which it should
have; which date that is follows from the verb, or there is only one.
"""

from dataclasses import replace
from typing import Final

from sql_agent.linking import dates_of, is_beside
from sql_agent.query_tree import NumberValue, Operator, Paired, Slot, SpanUnit
from sql_agent.semantic_model import ColumnRef
from sql_agent.spoken import event_verbs
from sql_agent.words import stem, stems

from .frame import Frame
from .patterns import COMPARE, Phrases
from .quantities import Filters, operator_of
from .units import fits

_ORDER: Final[Phrases] = {
    tuple(phrase.split()): meaning
    for meaning, phrases in (
        ("gt", "after|later than|past"),
        ("lt", "before|earlier than|prior to|ahead of"),
        ("le", "on or before|no later than|not later than"),
    )
    for phrase in phrases.split("|")
}
_SMALL: Final = frozenset(
    """the a an their its his her they it he she were was is are had has have been of on being our
    claim loan order actually""".split()
)
_DEADLINES: Final = frozenset(
    "due required deadline promised expected scheduled planned target estimated".split()
)
_LATE: Final = {("late",): ">", ("too", "late"): ">", ("punctually",): "<="}
_DAYS: Final = {"day": 1, "week": 7}
_NEAR = 5
_MAIN: Final = ("value", "result_value", "result", "amount", "measurement")


def read_pairs(frame: Frame, found: Filters) -> None:
    """Add comparisons between two columns of one row; their mentions are used."""
    _so_many_days(frame, found)
    _lasting(frame, found)
    for phrases in (_ORDER, COMPARE):
        for first, last, meaning in list(frame.spots(phrases)):
            if first not in frame.spent:
                _compared(frame, found, first, last, operator_of(meaning), dated=phrases is _ORDER)
    _late(frame, found)


def _compared(
    frame: Frame, found: Filters, first: int, last: int, operator: Operator, *, dated: bool
) -> None:
    right = frame.mention_at(last, skip=_SMALL)
    if right is None or right.slot is not None or right.tables or right.metrics:
        return
    refs = frame.with_role(right, "time") if dated else frame.measures(right)
    for ref in refs:
        left = _before(frame, first, ref, dated=dated) or _only_other(frame, ref, dated=dated)
        if left is None:
            continue
        frame.use(right)
        frame.spend(first, last)
        found.where.append((first, Paired(column=left, operator=operator, other=ref)))
        return


def _before(frame: Frame, at: int, ref: ColumnRef, *, dated: bool) -> ColumnRef | None:
    """Return the column of the same rows that is named right before a token."""
    for mention in reversed(frame.mentions):
        if mention.last > at or at - mention.last > _NEAR or mention.metrics:
            continue
        columns = frame.with_role(mention, "time") if dated else frame.measures(mention)
        own = [other for other in columns if other.table == ref.table and other != ref]
        if own and not (mention.slot is not None and frame.is_used(mention)):
            frame.use(mention)
            return own[0]
    return None


def _only_other(frame: Frame, ref: ColumnRef, *, dated: bool) -> ColumnRef | None:
    """Return what can only be meant where it is not named: what was due, the measured value."""
    if dated and not _DEADLINES & set(stems(ref.column)):
        return None
    if dated:
        others = [date for date in dates_of(ref.table, frame.workspace) if date != ref]
        return others[0] if len(others) == 1 else None
    table = frame.model.table(ref.table)
    names = [c.name for c in table.columns if c.name.lower() in _MAIN] if table else []
    return ColumnRef(ref.table, names[0]) if names and names[0] != ref.column else None


def _so_many_days(frame: Frame, found: Filters) -> None:
    """Read "within 30 days of submission" and "more than 2 weeks after the due date"."""
    for mention in frame.mentions:
        value = frame.slots[mention.slot] if mention.slot is not None else None
        unit = _DAYS.get(stem(frame.word(mention.last)))
        link = frame.word(mention.last + 1)
        if not isinstance(value, NumberValue) or unit is None or frame.is_used(mention):
            continue
        if link not in {"of", "after", "before", "from", "past"}:
            continue
        operator, start = _bound(frame, mention.first)
        right = time_of(frame, mention.last + 2)
        if operator is None or right is None or not value.number.isdigit():
            continue
        refs, end = right
        for ref in refs:
            left = _before(frame, start, ref, dated=True) or _only_other(frame, ref, dated=True)
            if left is None:
                continue
            pair = (ref, left) if link == "before" else (left, ref)
            slot = Slot(mention.slot or 0)
            frame.slots[slot.index] = replace(value, number=str(int(value.number) * unit))
            frame.use(mention)
            frame.spend(start, end)
            test = Paired(column=pair[0], operator=operator, other=pair[1], days=slot)
            found.where.append((start, test))
            if link != "of" and operator == "<=":  # within so many days after it, and not before
                after = Paired(column=pair[0], operator=">=", other=pair[1])
                found.where.append((start, after))
            break


def _lasting(frame: Frame, found: Filters) -> None:
    """Read "trips longer than 2 hours" where a table has when its rows began and when they ended.

    Where it has a number of that unit, the question is about that number.
    """
    for mention in frame.mentions:
        value = frame.slots[mention.slot] if mention.slot is not None else None
        unit = stem(frame.word(mention.last))
        if not isinstance(value, NumberValue) or frame.is_used(mention) or unit not in _UNITS:
            continue
        operator, start = _bound(frame, mention.first)
        behind = frame.word(mention.last + 1)
        if operator is None or not value.number.isdigit() or behind in _NO_LENGTH:
            continue
        before = [m for m in frame.mentions if m.last <= start]
        noun = before[-1] if before and set(frame.words[before[-1].last : start]) <= _TOOK else None
        span = span_of(frame, noun.tables[0]) if noun is not None and noun.tables else None
        if span is None or _has_unit(frame, span[0].table, unit):
            continue
        factor, name = _UNITS[unit]
        began, ended = span
        both = {frame.column(ref).type for ref in span}
        if name != "days" and both != {"timestamp"}:
            continue
        verb = frame.mention_at(mention.last + 1, skip=frozenset(("to", "be", "get")))
        if verb is not None and ended in verb.columns:
            frame.use(verb)  # "claims that took more than 30 days to decide"
        slot = Slot(mention.slot or 0)
        frame.slots[slot.index] = replace(value, number=str(int(value.number) * factor))
        frame.use(mention)
        frame.spend(start, mention.last + 1)
        frame.notes.append(f"the time is that from {began} to {ended}")
        test = Paired(column=ended, operator=operator, other=began, days=slot, unit=name)
        found.where.append((start, test))


def span_of(frame: Frame, table: str) -> tuple[ColumnRef, ColumnRef] | None:
    """Return when the rows of a table began and ended: its only two dates, the later one last.

    Which is the later one, its first and last values say; the last may not have come to its end
    yet. A deadline is no end.
    """
    dates = dates_of(table, frame.workspace)
    known = [frame.workspace.catalog.column(ref) for ref in dates]
    planned = any(_DEADLINES & set(stems(ref.column)) or is_beside(ref) for ref in dates)
    if len(dates) != _TWO or planned:
        return None
    ends = [
        (c, ref) for c, ref in zip(known, dates, strict=True) if c is not None and c.low and c.high
    ]
    if len(ends) != _TWO or ends[0][0].low == ends[1][0].low:
        return None
    (first, start), (last, end) = sorted(ends, key=lambda pair: pair[0].low)
    return (start, end) if first.high <= last.high or last.nullable else None


def _has_unit(frame: Frame, table: str, unit: str) -> bool:
    known = frame.model.table(table)
    columns = known.columns if known is not None else ()
    return any(c.role == "measure" and c.unit and fits(c.unit, unit) for c in columns)


_TWO: Final = 2
_TOOK: Final = frozenset(
    """that which who took take takes taking taken last lasts lasted lasting run runs ran were was
    are is have has been of a duration with""".split()
)
_UNITS: Final[dict[str, tuple[int, SpanUnit]]] = {
    "minute": (1, "minutes"),
    "hour": (1, "hours"),
    "day": (1, "days"),
    "week": (7, "days"),
}
_NO_LENGTH: Final = frozenset(
    "of after before from past since ago old late later earlier early overdue apart each".split()
)


def _bound(frame: Frame, at: int) -> tuple[Operator | None, int]:
    if frame.word(at - 1) == "within":
        return "<=", at - 1
    for first, last, meaning in frame.spots(COMPARE):
        if last == at:
            return operator_of(meaning), first
    return None, at


def time_of(frame: Frame, at: int) -> tuple[tuple[ColumnRef, ...], int] | None:
    """Return the dates that a noun or verb at a token names, and the token behind it.

    "payment" is a table in one place; after "days until" it is the date that `paid` names.
    """
    while frame.word(at) in _SMALL and at not in frame.linking.at:
        at += 1
    mention = frame.linking.at.get(at)
    if mention is not None and (times := frame.with_role(mention, "time")):
        frame.use(mention)
        return times, mention.last
    if mention is not None and mention.tables:  # "until a claim is decided"
        nearby = [m for m in frame.mentions if mention.last <= m.first <= mention.last + 2]
        later = next((m for m in nearby if frame.with_role(m, "time")), None)
        if later is not None:
            frame.use(mention)
            frame.use(later)
            return frame.with_role(later, "time"), later.last
    phrases = frame.workspace.lexicon.phrases
    for verb in event_verbs(stem(frame.word(at))):
        entries = phrases.get((verb,), ())
        refs = [e.column for e in entries if e.kind == "column" and e.column is not None]
        times = tuple(ref for ref in refs if frame.column(ref).role == "time")
        if times:
            if mention is not None:
                frame.use(mention)
            return times, at + 1 if mention is None else mention.last
    return None


def _late(frame: Frame, found: Filters) -> None:
    """Read "paid late", "late payments" and "delivered on time"."""
    for at in range(len(frame.words)):
        spoken = next((w for w in _LATE if tuple(frame.words[at : at + len(w)]) == w), None)
        if spoken is None or any(i in frame.linking.at for i in range(at, at + len(spoken))):
            continue
        named = [table for mention in frame.mentions for table in mention.tables]
        for table in dict.fromkeys(filter(None, [frame.base, *named])):
            pair = _deadline(frame, table)
            if pair is None:
                continue
            actual, due = pair
            operator: Operator = ">" if _LATE[spoken] == ">" else "<="
            frame.spend(at, at + len(spoken))
            frame.notes.append(f"'{' '.join(spoken)}' compares {actual} with {due}")
            found.where.append((at, Paired(column=actual, operator=operator, other=due)))
            return


def _deadline(frame: Frame, table: str) -> tuple[ColumnRef, ColumnRef] | None:
    """Return the date on which something happened and that on which it should have."""
    dates = dates_of(table, frame.workspace)
    due = [ref for ref in dates if _DEADLINES & set(stems(ref.column))]
    if len(due) != 1:
        return None
    others = [ref for ref in dates if ref != due[0]]
    for mention in frame.mentions:
        said = [ref for ref in frame.with_role(mention, "time") if ref in others]
        if len(said) == 1 and not mention.tables:
            frame.use(mention)
            return said[0], due[0]
    return (others[0], due[0]) if len(others) == 1 else None
