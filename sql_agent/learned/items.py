"""What a question names that a query holds as a literal: periods, numbers, codes, stored values.

An item takes the place of its words in the question (`<since>`, `<id>`, `<v:drugs.name>`), and the
condition or literal that it stands for is left out of the query (`{since0:t.started}`). Questions
that differ in nothing else then have the same form, and so have their queries.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

from .likeness import Likeness, Span

_NUMBERS: Final = {
    word: i
    for i, word in enumerate(
        "zero one two three four five six seven eight nine ten eleven twelve".split()
    )
}
_MONTHS: Final = {
    name: i
    for i, names in enumerate(
        "january,jan february,feb march,mar april,apr may june,jun july,jul august,aug "
        "september,sep,sept october,oct november,nov december,dec".split(),
        1,
    )
    for name in names.split(",")
}
_N: Final = r"(\d+|one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve)"
_SINCE: Final = (
    r"(?:(since|after|from|until|till|before|by|prior to|in|on|during|for|within|of|at)\s+)?"
    r"(?:the\s+)?"
)
_BACK: Final = r"(this|the current|current|last|the last|the previous|previous)"
_AGO: Final = rf"\b(?:(since|until|before|from)\s+)?{_N} (year|month|day)s? ago\b"
_DAY: Final = r"(\d\d)/(\d\d)/(\d{4})|(\d{4})-(\d\d)-(\d\d)"
_MONTH: Final = r"(\d\d)/(\d{4})|(\d{4})-(\d\d)"
_MONTH_NAMES: Final = "|".join(sorted(_MONTHS, key=len, reverse=True))
_OPERATORS: Final = {
    **dict.fromkeys(("since", "after", "from"), ">="),
    **dict.fromkeys(("until", "till", "before", "by", "prior to"), "<="),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """One item: where it stands, its kind, and its literal; periods have a condition instead."""

    first: int
    last: int
    kind: str
    literal: str = ""
    columns: tuple[str, ...] = ()
    condition: str = ""
    """A condition with `{c}` for the column."""
    others: tuple[str, ...] = ()
    """Other ways to write it, each kind of way at the same place for every period."""

    @property
    def ways(self) -> tuple[str, ...]:
        """The condition and the other ways to write it."""
        return (self.condition, *self.others)

    @property
    def token(self) -> str:
        """What stands in the question in its place."""
        return f"<{self.kind}>"


def find_items(
    question: str,
    values: Mapping[str, tuple[str, ...]],
    keys: frozenset[str] = frozenset(),
    *,
    periods: bool = True,
    likeness: Likeness | None = None,
) -> list[Item]:
    """Return the items of a question from left to right.

    `values` are stored texts in lower case with their columns, `keys` stored numbers of people and
    things; where keys are given, a number that is none of them is a `stranger`. Without `periods`
    a year is a number. With `likeness` stored texts in other letters are found too.
    """
    text = question.lower()
    found: list[Item] = []
    taken = [False] * len(text)

    def add(item: Item) -> None:
        if not any(taken[item.first : item.last]):
            taken[item.first : item.last] = [True] * (item.last - item.first)
            found.append(item)

    stored = list(_stored(text, values))
    if likeness is not None:
        alike = (_value(span, values[span.value]) for span in likeness.spans(text))
        stored = sorted((*stored, *alike), key=lambda item: item.first - item.last)
    for item in stored:
        add(item)
    for match in re.finditer(r"\b\d{4}-\d\d-\d\d \d\d:\d\d:\d\d\b", text):
        add(Item(first=match.start(), last=match.end(), kind="moment", literal=match[0]))
    for item in _periods(text) if periods else ():
        add(item)
    for match in re.finditer(r"\b\d{4,}\b(?!\.\d)", text):
        kind = "stranger" if keys and match[0] not in keys else "id"
        add(Item(first=match.start(), last=match.end(), kind=kind, literal=match[0]))
    for match in re.finditer(rf"\b{_N}(?=[- ](?:day|month|year|hour|week)s?\b)", text):
        add(_number(match, "span"))
    for match in re.finditer(r"\b\d+\.\d+\b|\b\d+\b", text):
        add(Item(first=match.start(), last=match.end(), kind="num", literal=match[0]))
    for match in re.finditer(r"\b(two|three|four|five|six|seven|eight|nine|ten)\b", text):
        add(_number(match, "num"))
    return sorted(found, key=lambda item: item.first)


def _number(match: re.Match[str], kind: str) -> Item:
    said = match[1]
    number = str(_NUMBERS.get(said, said))
    return Item(first=match.start(1), last=match.end(1), kind=kind, literal=number)


def _stored(text: str, values: Mapping[str, tuple[str, ...]]) -> Iterable[Item]:
    """Yield the longest stored texts in a question."""
    starts = [m.start() for m in re.finditer(r"(?<![a-z0-9])(?=[a-z0-9(\[.])", text)]
    ends = {m.end() for m in re.finditer(r"[a-z0-9)\].%](?![a-z0-9])", text)}
    spans: list[Item] = []
    longest = max(map(len, values), default=0)
    for start in starts:
        for end in range(min(len(text), start + longest), start + 1, -1):
            if end in ends and (columns := values.get(text[start:end])):
                spans.append(_value(Span(start, end, text[start:end]), columns))
                break
    return sorted(spans, key=lambda item: item.first - item.last)


def _value(span: Span, columns: tuple[str, ...]) -> Item:
    kind = "v:" + "|".join(columns)
    return Item(first=span.first, last=span.last, kind=kind, literal=span.value, columns=columns)


def _periods(text: str) -> Iterable[Item]:
    """Yield periods as conditions on a column, in SQLite's words."""
    for match in re.finditer(rf"\b{_SINCE}(?:{_DAY})(?![\d/])", text):
        g = match.groups()
        day = f"{g[3]}-{g[1]}-{g[2]}" if g[1] else "-".join(g[4:7])
        yield _absolute(match, g[0], "%Y-%m-%d", day)
    for match in re.finditer(rf"\b{_SINCE}(\d\d)/(\d\d)/this year\b", text):
        yield _of_this(match, "year", "%m-%d", f"{match[2]}-{match[3]}")
    for match in re.finditer(rf"\b{_SINCE}(\d\d)/(this|last) (year|month)\b", text):
        shape = "%m" if match[4] == "year" else "%d"
        yield _of_this(match, match[4], shape, match[2], "0" if match[3] == "this" else "1")
    for match in re.finditer(rf"\b{_SINCE}(this|last) (year|month)/(\d\d)\b", text):
        shape = "%m" if match[3] == "year" else "%d"
        yield _of_this(match, match[3], shape, match[4], "0" if match[2] == "this" else "1")
    for match in re.finditer(rf"\b{_SINCE}({_MONTH_NAMES}) (?:of )?(this|last) year\b", text):
        month = f"{_MONTHS[match[2]]:02}"
        yield _of_this(match, "year", "%m", month, "0" if match[3] == "this" else "1")
    for match in re.finditer(rf"\b{_SINCE}(?:{_MONTH})(?![\d/])", text):
        g = match.groups()
        month = f"{g[2]}-{g[1]}" if g[1] else f"{g[3]}-{g[4]}"
        yield _absolute(match, g[0], "%Y-%m", month)
    for match in re.finditer(rf"\b{_SINCE}({_MONTH_NAMES}),? (?:of )?(\d{{4}})\b", text):
        yield _absolute(match, match[1], "%Y-%m", f"{match[3]}-{_MONTHS[match[2]]:02}")
    for match in re.finditer(rf"\b{_SINCE}(?:year )?((?:19|20|21)\d\d)\b(?!\.\d)", text):
        yield _absolute(match, match[1], "%Y", match[2])
    for match in re.finditer(
        rf"\b(?:(since|until|before|from)\s+)?{_N} (year|month|day)s? ago\b", text
    ):
        operator = _OPERATORS.get(match[1] or "", "=")
        number = _NUMBERS.get(match[2], match[2])
        condition = f"datetime({{c}}) {operator} datetime(current_time,'-{number} {match[3]}')"
        yield _period(match, condition)
    for match in re.finditer(
        rf"\b{_SINCE}(this|the current|current|last|the last|the previous|previous) (year|month)\b",
        text,
    ):
        back = "0" if "this" in match[2] or "current" in match[2] else "1"
        yield _period(match, _start_of(match[3], back))
    for match in re.finditer(r"\b(today|yesterday)\b", text):
        yield _period(match, _start_of("day", "0" if match[1] == "today" else "1"))


def _absolute(match: re.Match[str], word: str | None, shape: str, literal: str) -> Item:
    operator = _OPERATORS.get(word or "", "=")
    others = _ranges(word or "", literal)
    return _period(match, f"strftime('{shape}',{{c}}) {operator} '{literal}'", others)


def _ranges(word: str, literal: str) -> tuple[str, ...]:
    """Return a year, month or day as comparisons of the column: with texts, casts, parts."""
    parts = [int(part) for part in literal.split("-")]
    try:
        start = date(parts[0], *(parts[1:2] or [1]), *(parts[2:] or [1]))
    except ValueError:
        return ()  # the 31st of June
    days = (366, 31, 1)[len(parts) - 1]
    end = start + timedelta(days=days)
    end = end if len(parts) == _DAYS else end.replace(day=1)
    end = end if len(parts) > 1 else end.replace(year=start.year + 1, month=1)
    bounds = {
        **dict.fromkeys(("since", "from"), ((">=", start),)),
        "after": ((">=", end),),
        **dict.fromkeys(("before", "prior to"), (("<", start),)),
        **dict.fromkeys(("until", "till", "by"), (("<", end),)),
    }.get(word, ((">=", start), ("<", end)))
    written = [
        " AND ".join(f"{{c}} {sign} {shape.format(day)}" for sign, day in bounds)
        for shape in ("'{}'", "DATE '{}'", "CAST('{}' AS DATE)", "CAST('{}' AS TIMESTAMP)")
    ]
    whole = len(bounds) > 1
    last = end - timedelta(days=1)
    written.append(f"{{c}} BETWEEN '{start}' AND '{last}'" if whole else "")
    year = whole and len(parts) == 1
    written.append(f"EXTRACT(YEAR FROM {{c}}) = {start.year}" if year else "")
    written.append(f"YEAR({{c}}) = {start.year}" if year else "")
    return tuple(written)


_DAYS: Final = 3


def _of_this(match: re.Match[str], unit: str, shape: str, literal: str, back: str = "0") -> Item:
    return _period(match, f"{_start_of(unit, back)} AND strftime('{shape}',{{c}}) = '{literal}'")


def _start_of(unit: str, back: str) -> str:
    start = f"'start of {unit}'"
    return f"datetime({{c}},{start}) = datetime(current_time,{start},'-{back} {unit}')"


def _period(match: re.Match[str], condition: str, others: tuple[str, ...] = ()) -> Item:
    first, last = match.span()
    return Item(first=first, last=last, kind="t", condition=condition, others=others)
