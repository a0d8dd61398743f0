"""Two numbers put together: "ratio of A to B", "how much of A was B", "the gap between A and B"."""

from sql_agent.query_tree import Aggregate, AggregateName, Difference, Measure, Ratio

from .frame import Frame
from .nouns import what_counts
from .patterns import AGGREGATES


def ratio(frame: Frame) -> Measure | None:
    """Read "ratio of A to B" over counts and plain aggregates, and "how much of A was B"."""
    part = _part_of_amount(frame) or _gap(frame)
    if part is not None:
        return part
    for i in range(len(frame.words) - 3):
        if frame.words[i] == "ratio" and frame.words[i + 1] in {"of", "between"}:
            first = frame.mention_at(i + 2)
            if first is None:
                continue
            for j in range(first.last, len(frame.words)):
                second = (
                    frame.mention_at(j + 1) if frame.words[j] in {"to", "over", "and"} else None
                )
                if second is not None and first.tables and second.tables:
                    parts = [what_counts(frame, m) for m in (first, second)]
                    if parts[0] is not None and parts[1] is not None:
                        frame.spend(i, i + 2)
                        frame.spend(j, j + 1)
                        return Ratio(parts[0], parts[1])
    return None


def _gap(frame: Frame) -> Difference | None:
    """Read "the gap between billed and paid amount": two amounts of the same rows."""
    for at in range(len(frame.words) - 2):
        if frame.words[at] not in {"gap", "difference"} or frame.words[at + 1] != "between":
            continue
        named = [m for m in frame.mentions_from(at + 2) if m.columns][:2]
        if len(named) != 2 or "and" not in frame.words[named[0].last : named[1].first]:
            return None
        pairs = [
            (first, second)
            for first in frame.measures(named[0])
            for second in frame.measures(named[1])
            if first.table == second.table and first != second
        ]
        if len(pairs) != 1 or any(m.tables for m in named):
            return None
        spot = next((s for s in frame.spots(AGGREGATES) if s[2] in {"avg", "sum"}), None)
        function: AggregateName = "avg" if spot is not None and spot[2] == "avg" else "sum"
        if spot is not None:
            frame.spend(spot[0], spot[1])
        for mention in named:
            frame.use(mention)
        frame.spend(at, at + 2)
        first, second = pairs[0]
        return Difference(Aggregate(function, first), Aggregate(function, second))
    return None


def _part_of_amount(frame: Frame) -> Ratio | None:
    """Read "how much of what we billed was paid": two amounts of the same rows."""
    for at in range(len(frame.words) - 2):
        if frame.words[at : at + 3] != ["how", "much", "of"]:
            continue
        named = [m for m in frame.mentions_from(at + 3) if frame.measures(m)][:2]
        if len(named) != 2 or any(m.tables or m.metrics for m in named):
            return None
        for whole in frame.measures(named[0]):
            for part in frame.measures(named[1]):
                if part.table == whole.table and part != whole:
                    frame.use(named[0])
                    frame.use(named[1])
                    frame.spend(at, at + 3)
                    return Ratio(Aggregate("sum", part), Aggregate("sum", whole))
    return None
