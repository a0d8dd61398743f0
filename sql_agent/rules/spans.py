"""The time between two dates of a row as a measure: "average days from order to delivery"."""

from typing import Final

from sql_agent.linking import dates_of
from sql_agent.query_tree import Aggregate, Elapsed, Measure, PerGroupName
from sql_agent.semantic_model import ColumnRef

from .frame import Frame
from .nouns import noun_of
from .paired import time_of

_FUNCTIONS: Final[dict[str, PerGroupName]] = {
    **dict.fromkeys(("average", "mean", "avg", "typical"), "avg"),
    **dict.fromkeys(("maximum", "max", "longest", "highest"), "max"),
    **dict.fromkeys(("minimum", "min", "shortest", "lowest"), "min"),
}
_FIRST: Final = {"first": "min", "earliest": "min", "last": "max", "latest": "max"}
_SPANS: Final = frozenset("days day time delay lag gap interval duration wait turnaround".split())
_FILLING: Final = frozenset("number of the in amount elapsed passed it takes took that".split())


def spans_measured(frame: Frame, start: int) -> dict[int, Measure]:
    """Read "average number of days between A and B", "from A to B", "until B"."""
    for at in range(start, len(frame.words)):
        function = _FUNCTIONS.get(frame.words[at])
        if function is None or at in frame.linking.at:
            continue
        span = at + 1
        while frame.word(span) in _FILLING and span not in frame.linking.at:
            span += 1
        if frame.word(span) not in _SPANS:
            continue
        ends = _ends(frame, span)
        if ends is not None:
            if (mention := frame.linking.at.get(span)) is not None:
                frame.use(mention)
            frame.spend(at, ends[2])
            return {at: Elapsed(function, "days", ends[0], ends[1])}
    return {}


def whens_measured(frame: Frame, start: int) -> dict[int, Measure]:
    """Read "when was the last transaction", "when was the first loan issued"."""
    if frame.word(0) != "when" or start:
        return {}
    for at, word in enumerate(frame.words):
        noun = noun_of(frame, at + 1) if word in _FIRST and at not in frame.linking.at else None
        if noun is None or not noun.tables or noun.first > at + 3:
            continue
        said = [r for m in frame.mentions_from(noun.last) for r in frame.with_role(m, "time")]
        own = [ref for ref in said if ref.table in noun.tables] or [frame.date_of(noun.tables[0])]
        if own[0] is not None:
            for mention in frame.mentions_from(noun.last):
                if own[0] in mention.columns:
                    frame.use(mention)
            frame.use(noun)
            frame.spend(0, at + 1)
            return {0: Aggregate("min" if _FIRST[word] == "min" else "max", own[0])}
    return {}


def _ends(frame: Frame, span: int) -> tuple[ColumnRef, ColumnRef, int] | None:
    """Return the two dates of one table, and the token behind the second."""
    at = span + 1
    while frame.word(at) in _FILLING | {"days"} and at not in frame.linking.at:
        at += 1
    if frame.word(at) in {"between", "from"}:
        first = time_of(frame, at + 1)
        if first is None or frame.word(first[1]) not in {"and", "to", "until", "till"}:
            return None
        second = time_of(frame, first[1] + 1)
        if second is None:
            return None
        for begin in first[0]:
            for end in second[0]:
                if begin.table == end.table and begin != end:
                    return begin, end, second[1]
        return None
    if frame.word(at) not in {"until", "till", "to", "before"}:
        return None
    second = time_of(frame, at + 1)
    for end in second[0] if second is not None else ():
        others = [ref for ref in dates_of(end.table, frame.workspace) if ref != end]
        if len(others) == 1 and second is not None:
            frame.notes.append(f"counted from {others[0]}")
            return others[0], end, second[1]
    return None
