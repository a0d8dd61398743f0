"""Ages: of people by their date of birth, reckoned on the last day of the data."""

from datetime import datetime, timedelta

from sql_agent.linking import is_birth
from sql_agent.query_tree import (
    During,
    Elapsed,
    Measure,
    NumberValue,
    PeriodOperator,
    PeriodValue,
    Slot,
)
from sql_agent.semantic_model import ColumnRef
from sql_agent.words import stem

from .frame import MANY_SIDE, Frame
from .patterns import COMPARE
from .units import TIME_UNITS

_FUNCTIONS = {
    **dict.fromkeys(("average", "mean", "avg"), "avg"),
    **dict.fromkeys(("maximum", "max", "highest", "oldest"), "max"),
    **dict.fromkeys(("minimum", "min", "lowest", "youngest"), "min"),
}


def ages_measured(frame: Frame, start: int) -> dict[int, Measure]:
    """Read "average age of patients"."""
    for at in range(max(1, start), len(frame.words)):
        function = _FUNCTIONS.get(frame.words[at - 1])
        if frame.words[at] not in {"age", "ages"} or at in frame.linking.at or function is None:
            continue
        born = _birth(frame)
        if born is not None and frame.word(at + 1) != "group":
            frame.spend(at - 1, at + 1)
            _note(frame)
            name = "avg" if function == "avg" else "max" if function == "max" else "min"
            return {at - 1: Elapsed(name, "years", born)}
    return {}


def read_ages(frame: Frame, found: list[tuple[int, During]]) -> None:
    """Read "older than 65", "under 18 years old", "aged 40 to 60"."""
    for mention in frame.mentions:
        value = frame.slots[mention.slot] if mention.slot is not None else None
        if not isinstance(value, NumberValue) or frame.is_used(mention):
            continue
        first, last, meaning = _comparison(frame, mention.first, mention.last)
        told = range(max(0, first - 2), min(len(frame.words), last + 3))
        words = [i for i in told if i not in frame.linking.at and frame.words[i] in _AGE_WORDS]
        born = _birth(frame) if words or _of_people(frame, first, last) else None
        if born is None or not value.number.isdigit() or int(value.number) > _OLDEST:
            continue
        period, operator = _born(int(value.number), meaning, frame.workspace.latest)
        slot = Slot(mention.slot or 0)
        frame.slots[slot.index] = period
        found.append((first, During(column=born, operator=operator, period=slot)))
        frame.use(mention)
        frame.spend(first, last)
        for at in words:
            frame.spend(at, at + 1)
        _note(frame)


def _of_people(frame: Frame, first: int, last: int) -> bool:
    """Whether a bare number stands right behind people: "patients over 90"."""
    before = frame.linking.at.get(first - 1)
    born = _birth(frame)
    people = before is not None and born is not None and born.table in before.tables
    said = frame.word(last) in {"$", "dollars", "percent", "%"} or last in frame.linking.at
    said = said or stem(frame.word(last)) in TIME_UNITS - {"year"}  # "over 65 days"
    return people and first < last - 1 and not said


_AGE_WORDS = frozenset(("older", "younger", "age", "aged", "old", "ages"))
_OLDEST = 130


def _note(frame: Frame) -> None:
    frame.notes.append(f"ages are reckoned on {frame.workspace.latest.date()}")


def _birth(frame: Frame) -> ColumnRef | None:
    """Return the one date of birth that is near the base, or near what the question names."""
    found = [
        ColumnRef(table.name, column.name)
        for table in frame.model.tables
        for column in table.columns
        if is_birth(column)
    ]
    named = {table for mention in frame.mentions for table in mention.tables}
    if len(found) > 1:
        found = [ref for ref in found if ref.table in named]
    near = [ref for ref in found if frame.distance(ref.table) < MANY_SIDE or ref.table in named]
    return near[0] if len(near) == 1 else None


def _comparison(frame: Frame, first: int, last: int) -> tuple[int, int, str]:
    """Return a comparison before or behind a number with the tokens of both; `eq` without one."""
    for start, end, meaning in frame.spots(COMPARE):
        if end == first:
            return start, last, meaning
        behind = {last, last + 1, last + 2}
        if start in behind and frame.words[start] in {"or", "and"}:
            return first, end, meaning
    return first, last, "eq"


def _born(years: int, meaning: str, latest: datetime) -> tuple[PeriodValue, PeriodOperator]:
    """Return when those were born whose age compares so on the last day of the data."""
    day = latest.replace(hour=0, minute=0, second=0, microsecond=0)
    birthday, next_one = _years_before(day, years), _years_before(day, years + 1)
    after = timedelta(days=1)
    match meaning:
        case "gt":
            start, end, operator = birthday, birthday + after, "before"
        case "ge":
            start, end, operator = birthday + after, birthday + 2 * after, "before"
        case "lt":
            start, end, operator = birthday, birthday + after, "after"
        case "le":
            start, end, operator = next_one, next_one + after, "after"
        case _:
            start, end, operator = next_one + after, birthday + after, "during"
    word: PeriodOperator = (
        "before" if operator == "before" else "after" if operator == "after" else "during"
    )
    return PeriodValue(phrase=f"age {years}", start=start, end=end), word


def _years_before(day: datetime, years: int) -> datetime:
    try:
        return day.replace(year=day.year - years)
    except ValueError:  # 29 February
        return day.replace(year=day.year - years, day=28)
