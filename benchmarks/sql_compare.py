"""When two results of queries say the same: for scoring answers against gold SQL.

Each column of the gold result must be a column of the answer, over the same number of rows; columns
that the answer has beside them are allowed. Numbers agree to six significant digits. Rows are
compared as a multiset, as the order among equals is free. Groups whose value is missing in one of
the two are left aside, and a year may be written as its first day.
"""

import itertools
import re
from collections import Counter
from collections.abc import Sequence

from assistants.answer import Json

_NUMBER = re.compile(r"-?\d+(\.\d+)?([eE][-+]?\d+)?$")
_MIDNIGHT = re.compile(r"(\d{4}-\d\d-\d\d) 00:00:00$")
_MOST_COLUMNS = 6


def same(gold: Sequence[Sequence[Json]], answer: Sequence[Sequence[Json]], *, year: bool) -> bool:
    """Return whether an answer's rows hold the gold rows; `year` where gold groups by year."""
    wanted = [tuple(plain(v, year=year) for v in row) for row in gold]
    found = [tuple(plain(v, year=year) for v in row) for row in answer]
    if wanted and len(wanted[0]) > 1:
        wanted = [row for row in wanted if row[-1] is not None]
        found = [row for row in found if row[-1] is not None]
    if len(wanted) != len(found):
        return False
    if not wanted:
        return True
    width, wide = len(wanted[0]), len(found[0])
    if width > wide or wide > _MOST_COLUMNS:
        return False
    target = Counter(wanted)
    return any(
        Counter(tuple(row[i] for i in places) for row in found) == target
        for places in itertools.permutations(range(wide), width)
    )


def plain(value: Json, *, year: bool) -> str | None:
    """Return a value as it is compared: numbers to six significant digits, dates without zeros."""
    if value is None:
        return None
    text = str(value)
    if isinstance(value, bool):
        return text.lower()
    if _NUMBER.match(text):
        return f"{float(text):.6g}"
    day = _MIDNIGHT.sub(r"\1", text)
    if year and day.endswith("-01-01"):
        return f"{float(day[:4]):.6g}"
    return day
