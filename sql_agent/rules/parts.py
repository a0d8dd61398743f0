"""Parts that lists, measures and rankings share: the base, dates of groups, further columns."""

from sql_agent.joins import CannotRender
from sql_agent.measures import Measures, base_of
from sql_agent.query_tree import (
    Dimension,
    Measure,
    Query,
)
from sql_agent.semantic_model import ColumnRef
from sql_agent.words import stems

from .filters import (
    Filters,
    date_of_question,
)
from .frame import MANY_SIDE, Frame
from .groups import (
    UNDECIDED_DATE,
)
from .nouns import is_verb


def counted_table(frame: Frame) -> str:
    """Return the first table that is named and not used yet; it is used."""
    for mention in frame.mentions:
        if mention.tables and not frame.is_used(mention):
            frame.use(mention)
            return mention.tables[0]
    return ""


def base_table(frame: Frame, measures: list[Measure]) -> str:
    """Return the table that measures are about; empty where they do not agree."""
    try:
        query = Query(measures=tuple(measures))
        return base_of(query, Measures(frame.model, frame.graph))
    except CannotRender:
        return ""


def dated(frame: Frame, dimensions: list[Dimension], filters: Filters) -> tuple[Dimension, ...]:
    """Fill in the date of "by month"."""
    found: list[Dimension] = []
    for dimension in dimensions:
        if dimension.column == UNDECIDED_DATE:
            ref = date_of_question(frame, filters)
            if ref is None or frame.distance(ref.table) >= MANY_SIDE:
                raise CannotRender("the rows that are measured have no date of their own")
            found.append(Dimension(ref, dimension.grain))
        else:
            found.append(dimension)
    return tuple(dict.fromkeys(found))


def _names(frame: Frame, table: str) -> list[ColumnRef]:
    """Return the first and the last name of people."""
    known = frame.model.table(table)
    parts = [("first", "name"), ("last", "name")]
    columns = known.columns if known is not None else ()
    return [ColumnRef(table, c.name) for part in parts for c in columns if stems(c.name) == part]


def more_columns(frame: Frame, known: list[ColumnRef]) -> list[ColumnRef]:
    """Return the further columns that a list names: "with their balance", and of whom: "who"."""
    found = _names(frame, known[0].table) if known and frame.word(0) == "who" else []
    for mention in frame.mentions:
        near = tuple(ref for ref in mention.columns if frame.distance(ref.table) < 20)
        if frame.with_role(mention, "time") and is_verb(mention):
            continue  # "patients who died"
        if near and not frame.is_used(mention):
            frame.use(mention)
            ref = frame.nearest(near, mention)
            if ref not in known:
                found.append(ref)
    return found
