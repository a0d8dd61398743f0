"""What a noun phrase of a question names: a table, its rows, a column, a plain metric."""

import re
from typing import cast

from sql_agent.linking import Mention
from sql_agent.query_tree import (
    Aggregate,
    AggregateName,
    Basic,
    Count,
    TextValue,
)
from sql_agent.semantic_model import Column, ColumnRef
from sql_agent.words import stem, stems

from .frame import Frame

_ADDITIVE = re.compile(
    r"amount|balance|cost|price|total|principal|fee|paid|billed|quantity|revenue|sales|spend|"
    r"volume|duration|minutes|limit|payment|units|qty|freight|income|beds|seats|rooms|copies|"
    r"commission|premium|discount|shares|turnover|profit|deposit|donation|earnings|wages"
)


_NOT_ADDITIVE = re.compile(
    r"rate|score|percent|ratio|age|average|index|level|share(?!s)|limit|income"
)


def is_additive(column: Column) -> bool:
    """Whether summing a column makes sense when nobody says how to aggregate it."""
    name = " ".join((column.name, *column.synonyms)).lower()
    if _NOT_ADDITIVE.search(name) or column.unit in {"percent", "years", "days", "months"}:
        return False
    return bool(column.unit.isupper() or _ADDITIVE.search(name))


def is_intensive(column: Column) -> bool:
    """Whether summing a column makes no sense, so that it is averaged when nobody says."""
    name = " ".join((column.name, *column.synonyms)).lower()
    return bool(_NOT_ADDITIVE.search(name) or _PER_ROW.search(name) or column.unit == "percent")


_PER_ROW = re.compile(
    r"value|temperature|pressure|weight|height|width|depth|density|rating|grade|speed|bmi|pulse|"
    r"elevation|latitude|longitude|result|dose|close|open|yield"
)


def counts(frame: Frame, metric: str) -> bool:
    """Whether a metric is a number of things."""
    known = frame.model.metric(metric)
    return known is not None and known.expression.lower().startswith("count")


def first_table(frame: Frame, last: int) -> Mention | None:
    """Return what "…, how many are there?" counts: the first table that the question names."""
    if frame.mention_at(last, skip=frozenset(("are", "there", "of", "them", "do"))) is not None:
        return None
    return next((m for m in frame.mentions if m.tables and m.last <= last), None)


def noun_of(frame: Frame, at: int) -> Mention | None:
    """Return the noun of a noun phrase: the table behind values and flags, else the first mention.

    In "how many closed savings accounts" it is "accounts".
    """
    first = frame.mention_at(at)
    if first is None:
        return None
    mention, candidate = first, first
    while True:
        if candidate.tables:
            return _head_of_compound(frame, candidate)
        adjective = candidate.slot is not None or bool(frame.booleans(candidate))
        if not adjective and candidate is not first and frame.measures(candidate):
            return candidate
        following = frame.mention_at(candidate.last, skip=_JOINERS)
        if not adjective:
            return mention
        if following is None:
            return candidate  # "active debit cards", two values of cards
        candidate = following


def _head_of_compound(frame: Frame, mention: Mention) -> Mention:
    """Return "purchases" of "card purchases", a value of rows that each belong to such a thing."""
    following = frame.linking.at.get(mention.last)
    value = frame.slots[following.slot] if following and following.slot is not None else None
    if following is None or not isinstance(value, TextValue) or following.tables:
        return mention
    if stem(following.phrase.lower()) == following.phrase.lower():
        return mention  # "accounts open": one of many is no noun
    holders = {ref.table for ref, _ in value.options}
    near = len(holders) == 1 and frame.graph.reaches(next(iter(holders)), [*mention.tables])
    return following if near and holders.isdisjoint(mention.tables) else mention


_JOINERS = frozenset(("or", "and", ",", "-", "the"))


def what_counts(frame: Frame, mention: Mention, *, distinct: bool = False) -> Basic | None:
    """Return what counting a mention counts; a word that is a table and one of its values is both.

    In "number of surgeries" the table is procedures, of the category surgery.
    """
    entity = any(stems(table) == stems(mention.phrase) for table in mention.tables)
    if mention.tables and (entity or not distinct):
        if mention.slot is None or not own_value(frame, mention):
            frame.use(mention)
        return Count(nearest_table(frame, mention))
    categories = frame.with_role(mention, "dimension", "text", "key")
    categories = tuple(ref for ref in categories if ref not in frame.booleans(mention))
    if categories:
        frame.use(mention)
        return Aggregate("count distinct", frame.nearest(categories, mention))
    if mention.tables:
        frame.use(mention)
        return Count(nearest_table(frame, mention))
    pieces = tuple(ref for ref in frame.measures(mention) if _PIECES & set(stems(ref.column)))
    if pieces and mention.slot is None:
        frame.use(mention)
        return Aggregate("sum", frame.nearest(pieces, mention))  # "how many shares were sold"
    if mention.columns and mention.slot is None:
        tables = {ref.table for ref in mention.columns}
        if not frame.booleans(mention):
            frame.use(mention)
        return Count(next(iter(tables))) if len(tables) == 1 else None
    if mention.slot is not None:
        value = frame.slots[mention.slot]
        options = value.options if isinstance(value, TextValue) else ()
        if all(_MEANS & set(stems(ref.column)) for ref, _ in options):
            return None  # an ATM is no withdrawal at one
        tables = {ref.table for ref, _ in options}
        people = _people_behind(frame, mention, tables)
        if people is not None:
            return people
        return Count(next(iter(tables))) if len(tables) == 1 else None
    return None


_PIECES = frozenset("share unit piece quantity qty item ticket seat bed copy".split())
_MEANS = frozenset(("channel", "method", "route", "mode"))


def _people_behind(frame: Frame, mention: Mention, tables: set[str]) -> Basic | None:
    """Read "number of diabetics": the people who have such a row, each once."""
    if not mention.phrase.lower().endswith(("ics", "ives")) or len(tables) != 1:
        return None
    for join in frame.model.joins:
        target = frame.model.table(join.right)
        if join.left in tables and target is not None and "people" in target.synonyms:
            return Aggregate("count distinct", join.on[0][0])
    return None


def own_value(frame: Frame, mention: Mention) -> bool:
    """Whether a word that names a table also names a value of that very table."""
    value = frame.slots[mention.slot] if mention.slot is not None else None
    if not isinstance(value, TextValue) or mention.phrase.lower() in mention.tables:
        return False
    return any(ref.table in mention.tables for ref, _ in value.options)


def nearest_table(frame: Frame, mention: Mention) -> str:
    """Return the nearest of the tables that a mention names."""
    return min(mention.tables, key=frame.distance)


def basic_of(frame: Frame, metric: str) -> Basic | None:
    """Return the aggregate of one column that a metric is, or None where it is more."""
    known = frame.model.metric(metric)
    plain = _PLAIN_METRIC.fullmatch(known.expression.strip()) if known is not None else None
    if plain is None or known is None or len(known.columns) != 1:
        return None
    return Aggregate(cast("AggregateName", plain[1].lower()), known.columns[0])


_PLAIN_METRIC = re.compile(r"(sum|avg|min|max)\s*\(\s*[\w.]+\s*\)", re.IGNORECASE)


def main_value(frame: Frame, mention: Mention) -> ColumnRef | None:
    """Return what is measured of the rows that a value names: the result of a test."""
    value = frame.slots[mention.slot] if mention.slot is not None else None
    options = value.options if isinstance(value, TextValue) else ()
    for ref, _ in options:
        table = frame.model.table(ref.table)
        names = [c.name for c in table.columns if c.role == "measure"] if table else []
        if "value" in names:
            return ColumnRef(ref.table, "value")
    return None


def is_verb(mention: Mention) -> bool:
    """Whether a mention is a verb in its past form: "died", "admitted"."""
    said, _, particle = mention.phrase.lower().partition(" ")
    if particle and particle not in PARTICLES:  # "taken out", "performed on"
        return False
    return said.endswith("ed") or said in _VERBS


PARTICLES = frozenset(("on", "out", "up", "off", "in", "back"))
_VERBS = frozenset("done made taken drawn began left".split())
