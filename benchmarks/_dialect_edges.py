"""Values on which engines differ, and query trees that meet them.

Missing values in every column and at every place of an order, decimals whose mean has no end, dates
before 1970, leap days, the weeks around New Year, times to the microsecond, texts with quotes,
backslashes, wildcards and letters of other scripts, negative numbers, groups of one and of none.
"""

import random
from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from pathlib import Path

import duckdb

from sql_agent.query_tree import (
    Aggregate,
    Average,
    Between,
    Compare,
    Contains,
    Count,
    Dimension,
    During,
    Elapsed,
    FreeText,
    Grain,
    Has,
    Having,
    IsNull,
    Many,
    NumberValue,
    OnWeekend,
    Order,
    PerGroup,
    PeriodValue,
    Query,
    Ratio,
    Share,
    Slot,
    SlotValue,
    Within,
)
from sql_agent.rules import Proposal
from sql_agent.semantic_model import ColumnRef

MODEL = """
version: 1
name: edges
default_date: events.seen
tables:
  - name: places
    primary_key: [place_id]
    columns:
      - {name: place_id, type: integer, role: key}
      - {name: label, type: text}
      - {name: opened, type: date}
      - {name: closed, type: date}
  - name: events
    primary_key: [event_id]
    columns:
      - {name: event_id, type: integer, role: key}
      - {name: place_id, type: integer, role: key}
      - {name: kind, type: text}
      - {name: seen, type: timestamp}
      - {name: amount, type: decimal, role: measure}
      - {name: rate, type: float, role: measure}
      - {name: units, type: integer, role: measure}
      - {name: fine, type: boolean}
joins:
  - {left: events, right: places, on: events.place_id = places.place_id, cardinality: many_to_one}
"""
_LABELS = (
    "O'Hara", "50% off", "under_score", "back\\slash", "Ärzte", "ärzte", "日本", "", " lead", "a",
    "A", "b", "Z", "z", "ß", "NULL", "two  blanks", 'dou"ble',
)  # fmt: skip
_DAYS = (
    date(1899, 12, 31), date(1900, 1, 1), date(1969, 12, 31), date(1970, 1, 1), date(2000, 2, 29),
    date(2015, 12, 31), date(2016, 1, 1), date(2016, 2, 29), date(2018, 12, 31), date(2020, 12, 28),
    date(2021, 1, 3), date(2021, 1, 4), date(2023, 3, 31), date(2024, 2, 29), date(2024, 12, 29),
)  # fmt: skip
_NULL = 0.12


def build(path: Path, *, seed: int) -> None:
    """Write the database."""
    draw = random.Random(seed)

    def maybe(value: object) -> object:
        return None if draw.random() < _NULL else value

    places = [
        (
            i + 1,
            maybe(_LABELS[i % len(_LABELS)]),
            maybe(draw.choice(_DAYS)),
            maybe(draw.choice(_DAYS)),
        )
        for i in range(24)
    ]
    events = []
    for i in range(900):
        day = draw.choice(_DAYS) if draw.random() < 0.4 else date(2020, 1, 1) + timedelta(
            days=draw.randrange(1800)
        )  # fmt: skip
        moment = _moment(day) + timedelta(
            seconds=draw.randrange(86_400), microseconds=draw.choice((0, 0, 1, 999_999))
        )
        events.append(
            (
                i + 1,
                maybe(draw.randrange(1, 21)),  # the last places have none
                maybe(draw.choice(_LABELS)),
                maybe(moment),
                maybe(Decimal(draw.randrange(-(10**7), 10**7)) / 1000),
                maybe(draw.choice((0.0, -1.5, 1e-9, 1e12, draw.gauss(0, 100)))),
                maybe(draw.randrange(-5, 50)),
                maybe(draw.random() < 0.3),
            )
        )
    with duckdb.connect(str(path)) as connection:
        connection.execute(
            "CREATE TABLE places (place_id INTEGER, label VARCHAR, opened DATE, closed DATE)"
        )
        connection.execute(
            "CREATE TABLE events (event_id INTEGER, place_id INTEGER, kind VARCHAR, "
            "seen TIMESTAMP, amount DECIMAL(14, 3), rate DOUBLE, units INTEGER, fine BOOLEAN)"
        )
        connection.executemany("INSERT INTO places VALUES (?, ?, ?, ?)", places)
        connection.executemany("INSERT INTO events VALUES (?, ?, ?, ?, ?, ?, ?, ?)", events)


def _event(name: str) -> ColumnRef:
    return ColumnRef("events", name)


_LABEL, _AT, _KIND = ColumnRef("places", "label"), _event("seen"), _event("kind")
_NUMBERS = tuple(map(_event, ("amount", "rate", "units")))
_MEASURES = (
    Count("events"),
    *(
        Aggregate(function, column)
        for column in _NUMBERS
        for function in ("sum", "avg", "min", "max", "median", "count distinct")
    ),
    Aggregate("count distinct", _KIND),
    Aggregate("min", _AT),
    Aggregate("max", _KIND),
)


def trees() -> Iterator[Proposal]:
    """Yield the trees with their values."""
    for measure in _MEASURES:
        yield _made(Query(measures=(measure,)))
        for descending in (False, True):
            yield _made(
                Query(
                    measures=(measure,),
                    by=(Dimension(_KIND),),
                    order=Order(descending=descending),
                    limit=7,
                )
            )
    for grain in Grain:
        for measure in (Count("events"), Aggregate("avg", _NUMBERS[0])):
            yield _made(Query(measures=(measure,), by=(Dimension(_AT, grain),)))
        if grain is not Grain.HOUR:
            opened = ColumnRef("places", "opened")
            yield _made(Query(measures=(Count("places"),), by=(Dimension(opened, grain),)))
    yield from _conditions()
    yield from _wholes()


def _conditions() -> Iterator[Proposal]:
    count = (Count("events"),)
    for text in ("o'h", "50%", "r_s", "\\", "ä", "日", " "):
        where = Contains(column=_KIND, text=Slot(0))
        yield _made(Query(measures=count, where=(where,)), FreeText(phrase=text))
    for label in _LABELS:
        where = Compare(column=_KIND, operator="=", value=Slot(0))
        yield _made(Query(measures=count, where=(where,)), FreeText(phrase=label))
        outside = Compare(column=_KIND, operator="!=", value=Slot(0))
        yield _made(Query(measures=count, where=(outside,)), FreeText(phrase=label))
    for start, end in (
        (date(2020, 12, 28), date(2021, 1, 4)),
        (date(1900, 1, 1), date(1970, 1, 1)),
    ):
        period = PeriodValue(phrase="then", start=_moment(start), end=_moment(end))
        for operator in ("during", "before", "after", "since"):
            during = During(column=_AT, operator=operator, period=Slot(0))
            yield _made(Query(measures=count, where=(during,)), period)
    for negated in (False, True):
        yield _made(Query(measures=count, where=(OnWeekend(column=_AT, negated=negated),)))
        for column in (_KIND, _AT, *_NUMBERS):
            yield _made(Query(measures=count, where=(IsNull(column=column, negated=negated),)))
        inner = Query(measures=count, by=(Dimension(_event("place_id")),), limit=5)
        among = Within(column=ColumnRef("places", "place_id"), query=inner, negated=negated)
        yield _made(Query(measures=(Count("places"),), where=(among,)))
        yield _made(
            Query(measures=(Count("places"),), where=(Has(table="events", negated=negated),))
        )
    for column in _NUMBERS:
        for operator in ("<", "<=", ">", ">=", "=", "!="):
            compare = Compare(column=column, operator=operator, value=Slot(0))
            yield _made(Query(measures=count, where=(compare,)), _number("-1.5"))
        above = Compare(column=column, operator=">", value=Average())
        yield _made(Query(measures=count, where=(above,)))
        between = Between(column=column, low=Slot(0), high=Slot(1))
        yield _made(Query(measures=count, where=(between,)), _number("-3"), _number("7.25"))
    many = Many(table="events", operator=">", value=Slot(0))
    yield _made(Query(measures=(Count("places"),), where=(many,)), _number("40"))
    yield _made(Query(shown=(_LABEL,), where=(many,)), _number("40"))


def _wholes() -> Iterator[Proposal]:
    """Yield shares, quotients, averages of groups, times between dates, rows in order."""
    fine = (Compare(column=_event("fine"), operator="=", value=True),)
    for by in ((), (Dimension(_LABEL),), (Dimension(_AT, Grain.YEAR),)):
        for of in (Count("events"), Aggregate("sum", _NUMBERS[0])):
            yield _made(Query(measures=(Share(of, fine),), by=by))
            if by:
                yield _made(Query(measures=(Share(of),), by=by))
        divided = Ratio(Aggregate("sum", _NUMBERS[0]), Aggregate("sum", _NUMBERS[2]))
        yield _made(Query(measures=(divided,), by=by))
        several = tuple(Aggregate("avg", column) for column in _NUMBERS)
        yield _made(Query(measures=several, by=by))
    for function in ("avg", "min", "max"):
        yield _made(Query(measures=(PerGroup(function, Count("events"), "places"),)))
        of = Aggregate("sum", _NUMBERS[0])
        yield _made(Query(measures=(PerGroup(function, of, "places"),)))
        opened, closed = ColumnRef("places", "opened"), ColumnRef("places", "closed")
        yield _made(Query(measures=(Elapsed(function, "days", opened, closed),)))
        yield _made(Query(measures=(Elapsed(function, "years", opened),)))
    having = Having(measure=Count("events"), operator=">", value=Slot(0))
    yield _made(
        Query(measures=(Count("events"),), by=(Dimension(_KIND),), having=(having,)), _number("40")
    )
    each = Dimension(_LABEL)
    yield _made(
        Query(
            measures=(Aggregate("sum", _NUMBERS[0]),),
            by=(each, Dimension(_KIND)),
            order=Order(descending=True),
            limit=2,
            each=each,
        )
    )
    for descending in (False, True):
        order = Order(descending=descending, column=_event("event_id"))
        yield _made(
            Query(shown=(_event("event_id"), _KIND, _AT, *_NUMBERS), order=order, limit=200)
        )
    order = Order(descending=True, column=ColumnRef("places", "place_id"))
    yield _made(Query(shown=(ColumnRef("places", "place_id"), _LABEL), order=order))


def _made(query: Query, *slots: SlotValue) -> Proposal:
    return Proposal(query=query, slots=slots, base="")


def _number(text: str) -> NumberValue:
    return NumberValue(phrase=text, number=text)


def _moment(day: date) -> datetime:
    return datetime.combine(day, time.min)
