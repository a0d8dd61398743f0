"""Units of numbers: "longer than 3 hours" of a column in minutes is more than 180."""

from dataclasses import replace
from decimal import Decimal
from typing import Final

from sql_agent.linking import Mention
from sql_agent.query_tree import NumberValue
from sql_agent.semantic_model import ColumnRef
from sql_agent.words import stem, stems

from .frame import Frame

TIME_UNITS: Final = frozenset(
    ("year", "quarter", "month", "week", "day", "hour", "minute", "second")
)
_FACTORS: Final = {
    ("year", "month"): 12,
    ("quarter", "month"): 3,
    ("week", "day"): 7,
    ("day", "hour"): 24,
    ("day", "minute"): 1440,
    ("hour", "minute"): 60,
    ("minute", "second"): 60,
    ("hour", "second"): 3600,
}


def fits(unit: str, word: str) -> bool:
    """Whether a number with a unit can be of a column with another: hours of minutes."""
    said, stored = stem(word.lower()), stems(unit)
    return bool(stored) and (said in stored or (said, stored[0]) in _FACTORS)


def in_unit(frame: Frame, mention: Mention, word: str, ref: ColumnRef) -> bool:
    """Bring a number into the unit of a column; False where the two have nothing in common."""
    said, stored = stem(word), stems(frame.column(ref).unit)
    if said in TIME_UNITS:
        frame.spend(mention.last, mention.last + 1)
    if said not in TIME_UNITS or said in stored or not stored:
        return said not in TIME_UNITS or said in stored or said in stems(ref.column)
    value = frame.slots[mention.slot] if mention.slot is not None else None
    factor = _FACTORS.get((said, stored[0]))
    if factor is None or mention.slot is None or not isinstance(value, NumberValue):
        return False
    number = format((Decimal(value.number) * factor).normalize(), "f")
    frame.slots[mention.slot] = replace(value, number=number, phrase=f"{number} {stored[0]}s")
    frame.notes.append(f"{value.phrase} {word} are {number} {stored[0]}s")
    return True
