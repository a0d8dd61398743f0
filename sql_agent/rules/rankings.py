"""Rankings as query trees: "top 5 branches by balance", "which merchant has the most sales"."""

from dataclasses import dataclass

from sql_agent.linking import Mention, is_birth
from sql_agent.query_tree import (
    Aggregate,
    Count,
    Dimension,
    IsNull,
    Measure,
    Order,
    Query,
    TextValue,
)
from sql_agent.semantic_model import ColumnRef
from sql_agent.words import stem, stems

from .filters import (
    Filters,
    read_filters,
)
from .frame import Frame
from .groups import (
    Ranking,
    entity_dimensions,
    read_groups,
    subject_column,
)
from .measures import bare_column, money_of_flag, read_measures
from .nouns import is_additive, noun_of
from .parts import base_table, counted_table, dated, more_columns
from .patterns import DISTINCT


def ranked_query(frame: Frame, early: Filters, ranking: Ranking, subject: Mention) -> Query | None:
    """Return the query of a ranking whose subject is known."""
    if not subject.tables and len(subject.columns) > 1:
        frame.use(subject)
        named = read_measures(frame, ranking.after)
        frame.base = base_table(frame, named) if named else ""
        key = subject_column(frame, subject)
        found = _Subject(key, named, [Dimension(key)], whole_rows=False)
        return _ranked_by(frame, early, ranking, found)
    key = subject_column(frame, subject)
    whole_rows = bool(subject.tables) and key.table in subject.tables
    measures = _ranking_measures(frame, ranking, key)
    dimensions = entity_dimensions(frame, key, subject)
    found = _Subject(key, measures, dimensions, whole_rows=whole_rows)
    return _ranked_by(frame, early, ranking, found)


@dataclass(frozen=True, slots=True)
class _Subject:
    """What is ranked: its column, by what, and whether it stands for the rows of its table."""

    key: ColumnRef
    measures: list[Measure]
    dimensions: list[Dimension]
    whole_rows: bool


def _ranked_by(frame: Frame, early: Filters, ranking: Ranking, subject: _Subject) -> Query | None:
    key, measures, whole_rows = subject.key, subject.measures, subject.whole_rows
    order = Order(descending=ranking.descending)
    if not measures:
        column = None if ranking.common else bare_column(frame, ranking.after) or _money(frame)
        if column is not None and whole_rows and column.table == key.table:
            return _top_rows(frame, early, ranking, (key, column))
        if column is not None:
            measures = [_aggregated(frame, column)]
        elif whole_rows and not ranking.common and _tells_rows_apart(frame, key):
            main = _main_measure(frame, key.table, ranking)
            return _top_rows(frame, early, ranking, (key, main)) if main is not None else None
        elif ranking.superlative in _OF_ROWS:
            return None  # "departments that treat the oldest patients" are not those with few rows
        else:
            measures += [Count(_ranked_rows(frame, key, whole_rows=whole_rows))]
    others = read_groups(frame)
    dimensions = [*subject.dimensions, *others]
    frame.base = base_table(frame, measures) or key.table
    filters = read_filters(frame, early)
    present = IsNull(column=key, negated=True)
    nullable = frame.workspace.catalog.column(key)
    where = [p for _, p in filters.where]
    if nullable is not None and nullable.nullable and present not in where:
        where.append(present)
    by = dated(frame, dimensions, filters)
    within = len(others) == 1 and ranking.limit is not None
    return Query(
        measures=tuple(measures[:1]),
        by=by,
        where=tuple(where),
        having=tuple(filters.having),
        order=order,
        limit=ranking.limit,
        each=by[-1] if within else None,
    )


def _money(frame: Frame) -> ColumnRef | None:
    """Return the amount that "which branch lent the most money" names before "most"."""
    if "money" not in frame.words:
        return None
    flagged = money_of_flag(frame)
    column = bare_column(frame) or (flagged.column if flagged is not None else None)
    if column is not None:
        at = frame.words.index("money")
        frame.spend(at, at + 1)
    return column


def _tells_rows_apart(frame: Frame, key: ColumnRef) -> bool:
    return frame.column(key).role != "dimension" or key == frame.label(key.table)


def _ranked_rows(frame: Frame, key: ColumnRef, *, whole_rows: bool) -> str:
    """Return whose rows "the most common X" counts: its own, or those that point at it."""
    if not whole_rows or not _tells_rows_apart(frame, key):
        return key.table
    counted = counted_table(frame)
    default = frame.model.default_date
    if counted or default is None or not frame.graph.reaches(default.table, [key.table]):
        return counted or key.table
    return default.table


def _ranking_measures(frame: Frame, ranking: Ranking, key: ColumnRef) -> list[Measure]:
    if ranking.common:
        return []
    found = read_measures(frame, ranking.after) or read_measures(frame)
    if found:
        return found
    # "the most patients": what is counted stands right behind the superlative
    mention = frame.mention_at(ranking.after)
    if mention is not None and ranking.superlative in {"most", "fewest", "least"}:
        for at in range(ranking.after, mention.first):
            if frame.word(at) in DISTINCT:
                frame.spend(at, at + 1)  # what is counted so is counted once anyway
    flags = frame.booleans(mention) if mention is not None else ()
    if flags and ranking.superlative in {"most", "fewest", "least"}:
        return [Count(flags[0].table)]  # "the most fraud": the flag itself is read as a condition
    most = ranking.superlative in {"most", "fewest", "least"}
    value = frame.slots[mention.slot] if mention is not None and mention.slot is not None else None
    if most and isinstance(value, TextValue) and mention is not None and not mention.tables:
        holders = {ref.table for ref, _ in value.options}
        if len(holders) == 1 and (table := next(iter(holders))) != key.table:
            return [Count(table)]  # "the most antibiotics": of the orders that have that value
    rows = _plural_of_numbers(frame, ranking.after) if most else None
    if rows is not None:
        return [rows]
    if mention is not None and mention.tables and most and not frame.measures(mention):
        frame.use(mention)
        table = min(mention.tables, key=lambda name: frame.distance(name, key.table))
        other = frame.model.table(table)
        if other is not None and other.primary_key and not _counts_rows(frame, table, key):
            return [_distinct(frame, table, key)]
        return [Count(table)]
    return []


def _plural_of_numbers(frame: Frame, at: int) -> Count | None:
    """Read "the most critical results": many of them, where what is measured does not add up."""
    noun = noun_of(frame, at)
    columns = frame.measures(noun) if noun is not None else ()
    if noun is None or noun.tables or noun.slot is not None or not columns:
        return None
    said = noun.phrase.lower()
    if stem(said) == said or any(is_additive(frame.column(ref)) for ref in columns):
        return None
    frame.use(noun)
    return Count(frame.nearest(columns, noun).table)


def _counts_rows(frame: Frame, table: str, key: ColumnRef) -> bool:
    """Whether rows of a table are met by the ranked column without fan-out."""
    return frame.graph.reaches(table, [key.table])


def _distinct(frame: Frame, table: str, key: ColumnRef) -> Measure:
    """Count what the ranked rows point at: physicians of encounters by their patients."""
    for join in frame.model.joins:
        if join.left == key.table and join.right == table:
            return Aggregate("count distinct", join.on[0][0])
    return Count(table)


def _aggregated(frame: Frame, column: ColumnRef) -> Measure:
    if is_additive(frame.column(column)):
        frame.notes.append(f"{column} is added up")
        return Aggregate("sum", column)
    frame.notes.append(f"{column} is averaged")
    return Aggregate("avg", column)


def _main_measure(frame: Frame, table: str, ranking: Ranking) -> ColumnRef | None:
    """Return what "the largest loans" are large in: the first amount of the table."""
    known = frame.model.table(table)
    if known is None:
        return None
    births = [c.name for c in known.columns if is_birth(c)]
    if births and ranking.superlative in {"oldest", "youngest"}:
        return ColumnRef(table, births[0])
    if ranking.superlative in {"longest", "shortest"}:
        spans = [c.name for c in known.columns if c.unit in {"days", "minutes", "months", "hours"}]
        return ColumnRef(table, spans[0]) if spans else None
    if ranking.superlative in {"latest", "newest", "earliest", "oldest", "recent"}:
        return frame.date_of(table)
    amounts = [c for c in known.columns if c.role == "measure" and is_additive(c)]
    if ranking.superlative in _DEAR:
        amounts = [c for c in amounts if c.unit.isupper() or _PRICES & set(stems(c.name))]
    if not amounts and frame.model.drafted and ranking.superlative in _LARGE:
        sizes = [ColumnRef(table, c.name) for c in known.columns if c.role == "measure"]
        if len(sizes) > 1:
            return frame.decided(ranking.superlative, sizes)
        amounts = [c for c in known.columns if c.role == "measure"]
    if not amounts:
        return None
    ref = ColumnRef(table, amounts[0].name)
    frame.notes.append(f"'{ranking.superlative}' is by {ref}")
    return ref


_OF_ROWS = frozenset(
    """oldest youngest newest latest earliest recent longest shortest heaviest strongest weakest
    richest poorest wealthiest cheapest expensive costliest paid""".split()
)
"""What rows are, one by one: no number of rows is old or cheap."""
_DEAR = frozenset(("expensive", "costliest", "cheapest", "priciest", "dearest"))
_PRICES = frozenset("price cost fee amount charge premium fare principal value payment".split())
_LARGE = frozenset(("largest", "biggest", "greatest", "smallest", "highest", "lowest"))


def _top_rows(
    frame: Frame, early: Filters, ranking: Ranking, pair: tuple[ColumnRef, ColumnRef]
) -> Query:
    columns, measure = [pair[0]], pair[1]
    frame.base = pair[0].table
    table = frame.model.table(frame.base)
    key = [ColumnRef(frame.base, name) for name in (table.primary_key if table else ())]
    filters = read_filters(frame, early)
    shown = dict.fromkeys([*key, *columns, *more_columns(frame, columns), measure])
    return Query(
        shown=tuple(shown),
        where=(*(p for _, p in filters.where), IsNull(column=measure, negated=True)),
        order=Order(descending=ranking.descending, column=measure),
        limit=ranking.limit,
    )
