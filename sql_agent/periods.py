"""Periods in a question: years, quarters, months, days, and relative ones such as "last quarter".

Relative periods are reckoned from the latest date in the data, not from today: with data up to
2025-12-31, "this year" is 2025 and "last year" is 2024. `this` and `current` name the unit of the
calendar that holds the latest date, `last` and `previous` the one before it.
"""
# ruff: noqa: DTZ001  (dates in the data have no time zone)

import calendar
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from .words import Token

_MONTHS = {
    **{name.lower(): i for i, name in enumerate(calendar.month_name) if name},
    **{name.lower(): i for i, name in enumerate(calendar.month_abbr) if name},
    "sept": 9,
}
_ORDINALS = {
    word: i
    for i, words in enumerate(("first 1st", "second 2nd", "third 3rd", "fourth 4th"), 1)
    for word in words.split()
}
_COUNTS = {
    name: i
    for i, name in enumerate(
        ("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten")
    )
} | {"eleven": 11, "twelve": 12, "couple": 2}
_UNITS = frozenset(("year", "quarter", "month", "week", "day"))
_LAST = frozenset(("last", "previous", "past", "prior", "latest", "recent"))
_THIS = frozenset(("this", "current"))
_AMOUNT_COMES = frozenset(("$", "€", "than", "over", "above", "under", "below", "top", "least"))
_YEAR = re.compile(r"(19|20)\d\d$")
_QUARTER = re.compile(r"q([1-4])$")


@dataclass(frozen=True, slots=True, kw_only=True)
class Period:
    """A period and the tokens `first` to `last` (without) that name it."""

    first: int
    last: int
    start: datetime
    end: datetime
    relative: bool = False


def find_periods(words: Sequence[Token], latest: datetime) -> tuple[Period, ...]:
    """Return the periods of a question from left to right; ranges are one period."""
    found: list[Period] = []
    at = 0
    while at < len(words):
        period = _at(words, at, latest)
        if period is None:
            at += 1
            continue
        merged = _merged(words, found[-1] if found else None, period)
        if merged is not None:
            found[-1] = merged
        else:
            found.append(period)
        at = period.last
    return tuple(found)


def _at(words: Sequence[Token], at: int, latest: datetime) -> Period | None:
    readers: tuple[Callable[[Sequence[Token], int, datetime], Period | None], ...] = (
        _iso,
        _relative,
        _quarter,
        _half,
        _month,
        _year,
        _day,
    )
    return next((p for read in readers if (p := read(words, at, latest)) is not None), None)


def _word(words: Sequence[Token], at: int) -> str:
    return words[at].lower if 0 <= at < len(words) else ""


def _make(
    first: int, last: int, span: tuple[datetime, datetime], *, relative: bool = False
) -> Period:
    return Period(first=first, last=last, start=span[0], end=span[1], relative=relative)


def _iso(words: Sequence[Token], at: int, _latest: datetime) -> Period | None:
    """Read 2024-03-15 and 2024-03, which stand as numbers and hyphens."""
    parts = [_word(words, at + i) for i in range(5)]
    adjacent = all(
        words[at + i].end == words[at + i + 1].start
        for i in range(4)
        if at + i + 1 < len(words) and i < 2
    )
    if not (_YEAR.match(parts[0]) and parts[1] in {"-", "/"} and parts[2].isdigit() and adjacent):
        return None
    year, month = int(parts[0]), int(parts[2])
    if not 1 <= month <= 12:
        return None
    if parts[3] == parts[1] and parts[4].isdigit():
        day = int(parts[4])
        if 1 <= day <= calendar.monthrange(year, month)[1]:
            start = datetime(year, month, day)
            return _make(at, at + 5, (start, start + timedelta(days=1)))
    return _make(at, at + 3, _months(year, month, 1))


def _relative(words: Sequence[Token], at: int, latest: datetime) -> Period | None:
    word = _word(words, at)
    day = latest.replace(hour=0, minute=0, second=0, microsecond=0)
    if word in {"today", "yesterday"}:
        start = day - timedelta(days=word == "yesterday")
        return _make(at, at + 1, (start, start + timedelta(days=1)), relative=True)
    if word == "year" and [_word(words, at + i) for i in (1, 2)] == ["to", "date"]:
        span = (datetime(day.year, 1, 1), day + timedelta(days=1))
        return _make(at, at + 3, span, relative=True)
    if word not in _LAST | _THIS:
        return None
    count, after = _count(words, at + 1)
    unit = words[after].stem if after < len(words) else ""
    if unit not in _UNITS:
        return None
    if count is not None and word in _LAST:
        return _make(at, after + 1, _trailing(day, unit, count), relative=True)
    if count is not None:
        return None
    if word == "past":
        return _make(at, after + 1, _trailing(day, unit, 1), relative=True)
    span = _holding(day, unit) if word in _THIS else _complete(day, unit)
    return _make(at, after + 1, span, relative=True)


def _count(words: Sequence[Token], at: int) -> tuple[int | None, int]:
    word = _word(words, at)
    if word.isdigit() and len(word) <= 4:
        return int(word), at + 1
    if word in _COUNTS:
        return _COUNTS[word], at + 1
    return None, at


def _trailing(day: datetime, unit: str, count: int) -> tuple[datetime, datetime]:
    """Return the last `count` units up to and with a day."""
    end = day + timedelta(days=1)
    if unit in {"day", "week"}:
        return end - timedelta(days=count * (7 if unit == "week" else 1)), end
    months = count * {"month": 1, "quarter": 3, "year": 12}[unit]
    return _back(end, months), end


def _back(moment: datetime, months: int) -> datetime:
    index = moment.year * 12 + moment.month - 1 - months
    year, month = divmod(index, 12)
    return datetime(year, month + 1, min(moment.day, calendar.monthrange(year, month + 1)[1]))


def _holding(day: datetime, unit: str) -> tuple[datetime, datetime]:
    """Return the calendar unit that holds a day."""
    if unit == "day":
        return day, day + timedelta(days=1)
    if unit == "week":
        start = day - timedelta(days=day.weekday())
        return start, start + timedelta(days=7)
    if unit == "month":
        return _months(day.year, day.month, 1)
    if unit == "quarter":
        return _months(day.year, day.month - (day.month - 1) % 3, 3)
    return _months(day.year, 1, 12)


def _complete(day: datetime, unit: str) -> tuple[datetime, datetime]:
    """Return the calendar unit before the one that holds a day."""
    return _holding(_holding(day, unit)[0] - timedelta(days=1), unit)


def _months(year: int, month: int, count: int) -> tuple[datetime, datetime]:
    after = year * 12 + month - 1 + count
    return datetime(year, month, 1), datetime(after // 12, after % 12 + 1, 1)


def _year_after(words: Sequence[Token], at: int) -> tuple[int | None, int]:
    """Read `2024`, `of 2024`, `in 2024`, `, 2024`."""
    skip = 1 if _word(words, at) in {"of", "in", ","} else 0
    word = _word(words, at + skip)
    if _YEAR.match(word) and not _decimal(words, at + skip):
        return int(word), at + skip + 1
    return None, at


def _decimal(words: Sequence[Token], at: int) -> bool:
    return "," in words[at].text or "." in words[at].text


def _latest_year(latest: datetime, month: int) -> int:
    """Return the year of the latest month of that number that the data reach."""
    return latest.year if month <= latest.month else latest.year - 1


def _quarter(words: Sequence[Token], at: int, latest: datetime) -> Period | None:
    short = _QUARTER.match(_word(words, at))
    if short:
        number, after = int(short[1]), at + 1
    elif _word(words, at) in _ORDINALS and _word(words, at + 1) == "quarter":
        number, after = _ORDINALS[_word(words, at)], at + 2
    else:
        return None
    year, end = _year_after(words, after)
    month = 3 * number - 2
    year = year if year is not None else _latest_year(latest, month)
    return _make(at, end, _months(year, month, 3))


def _half(words: Sequence[Token], at: int, latest: datetime) -> Period | None:
    number = _ORDINALS.get(_word(words, at), 0)
    if number not in {1, 2} or _word(words, at + 1) != "half":
        return None
    year, end = _year_after(words, at + 2)
    month = 6 * number - 5
    year = year if year is not None else _latest_year(latest, month)
    return _make(at, end, _months(year, month, 6))


def _month(words: Sequence[Token], at: int, latest: datetime) -> Period | None:
    word = _word(words, at)
    month = _MONTHS.get(word)
    if month is None or (word in {"may", "march", "mar"} and not _month_is_meant(words, at)):
        return None
    day = _word(words, at + 1).rstrip("stndrh")
    if day.isdigit() and 1 <= int(day) <= 31 and len(day) <= 2:
        year, end = _year_after(words, at + 2)
        year = year if year is not None else _latest_year(latest, month)
        if int(day) <= calendar.monthrange(year, month)[1]:
            start = datetime(year, month, int(day))
            return _make(at, end, (start, start + timedelta(days=1)))
    year, end = _year_after(words, at + 1)
    year = year if year is not None else _latest_year(latest, month)
    return _make(at, end, _months(year, month, 1))


def _month_is_meant(words: Sequence[Token], at: int) -> bool:
    """Tell the month May from the verb."""
    around = {_word(words, at - 1), _word(words, at - 2)}
    preceded = bool(around & {"in", "of", "since", "before", "after", "from", "to", "and", "until"})
    return preceded or bool(_YEAR.match(_word(words, at + 1))) or words[at].text[0].isupper()


def _year(words: Sequence[Token], at: int, _latest: datetime) -> Period | None:
    word = _word(words, at)
    if not _YEAR.match(word) or _decimal(words, at) or len(words[at].text) != 4:
        return None
    if _word(words, at - 1) in {
        "$",
        "€",
        "than",
        "over",
        "above",
        "under",
        "below",
        "top",
        "least",
    }:
        return None
    if _word(words, at + 1) == "s" and words[at].end == words[at + 1].start:
        whole = int(word) % 10 == 0  # "the 1990s"
        return _make(at, at + 2, _months(int(word), 1, 120)) if whole else None
    return _make(at, at + 1, _months(int(word), 1, 12))


def _day(words: Sequence[Token], at: int, latest: datetime) -> Period | None:
    """Read `5 March 2024` and `the 5th of March 2024`."""
    day = _word(words, at)
    number = day.rstrip("stndrh")
    if not number.isdigit() or len(number) > 2 or not 1 <= int(number) <= 31:
        return None
    place = at + 2 if _word(words, at + 1) == "of" else at + 1
    month = _MONTHS.get(_word(words, place))
    if month is None:
        return None
    year, end = _year_after(words, place + 1)
    year = year if year is not None else _latest_year(latest, month)
    if int(number) > calendar.monthrange(year, month)[1]:
        return None
    start = datetime(year, month, int(number))
    return _make(at, end, (start, start + timedelta(days=1)))


def _merged(words: Sequence[Token], before: Period | None, period: Period) -> Period | None:
    """Join `from A to B`, `between A and B`, `A until B` into one period."""
    if before is None:
        return None
    gap = [token.lower for token in words[before.last : period.first]]
    opener = _word(words, before.first - 1)
    span = gap in (["to"], ["until"], ["till"], ["through"], ["-"], ["up", "to"])
    if not (span or (gap == ["and"] and opener == "between")):
        return None
    start = before.start
    if before.end - start <= timedelta(days=31) and not _YEAR.match(_word(words, before.last - 1)):
        start = _same_year(before, period)
    if start >= period.start:
        return None
    return _make(before.first, period.last, (start, period.end))


def _same_year(before: Period, period: Period) -> datetime:
    """In `from January to March 2024` the first month is of the same year."""
    moved = before.start.replace(year=period.start.year, day=1)
    return moved.replace(day=min(before.start.day, 28)) if before.start.day > 1 else moved
