"""Days of the week as a condition: "on weekends", "on weekdays"."""

from sql_agent.query_tree import During, OnWeekend
from sql_agent.semantic_model import ColumnRef

from .frame import Frame
from .quantities import Filters

_WEEKEND = frozenset(("weekend", "weekends"))
_WEEKDAYS = frozenset(("weekdays", "workdays"))
_BEFORE = frozenset(("on", "at", "over", "during", "the", "a", "in", "fell", "falling", "fall"))


def read_days(frame: Frame, found: Filters) -> None:
    """Add that a date is on a weekend or is not; both at once are a comparison, left unread."""
    places = [
        (i, word in _WEEKEND)
        for i, word in enumerate(frame.words)
        if word in _WEEKEND | _WEEKDAYS and i not in frame.linking.at and i not in frame.spent
    ]
    if len(places) != 1:
        return
    at, weekend = places[0]
    start = at
    while start and frame.word(start - 1) in _BEFORE and start - 1 not in frame.linking.at:
        start -= 1
    if not weekend and start == at and frame.word(at - 1) not in _BEFORE:
        return  # "weekdays" alone may be a grouping; it is one of the words that must be read
    ref = _date(frame, start, found)
    if ref is not None:
        frame.spend(start, at + 1)
        found.where.append((start, OnWeekend(column=ref, negated=not weekend)))


def _date(frame: Frame, start: int, found: Filters) -> ColumnRef | None:
    """Return the date of the verb right before, else that of the period, else the base's own."""
    verb = frame.linking.at.get(start - 1)
    times = frame.with_role(verb, "time") if verb is not None else ()
    if verb is not None and times:
        frame.use(verb)
        return frame.nearest(times, verb)
    during = [p.column for _, p in found.where if isinstance(p, During)]
    return during[0] if during else frame.date_of(frame.base) or frame.model.default_date
