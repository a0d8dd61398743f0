"""The typed query tree: what a question asks for, with leaves that point at linked items.

A `Query` either measures (aggregates, perhaps in groups) or shows (rows of columns). Its leaves
are tables, `ColumnRef`s, metric names and value slots; it names no join, because joins follow from
the join graph, and no SQL, because `sql_agent.render` writes that for each dialect. So a query that
does not bind cannot be written down. `sql_agent.query_text` gives the tree its compact text form,
the language that the model speaks, and documents that language.

`Linked` is what linking found for one question: the items that a query about it may point at and
the values that it names. Slot `V0` is the first value of the question, `V1` the second, …
"""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Literal, TypeAlias

from .semantic_model import ColumnRef, ColumnType, Role

AggregateName: TypeAlias = Literal["count distinct", "sum", "avg", "min", "max", "median"]
PerGroupName: TypeAlias = Literal["avg", "min", "max"]
Unit: TypeAlias = Literal["days", "years"]
SpanUnit: TypeAlias = Literal["days", "hours", "minutes"]
Operator: TypeAlias = Literal["=", "!=", "<", "<=", ">", ">="]
PeriodOperator: TypeAlias = Literal["during", "before", "after", "since"]


class Grain(StrEnum):
    """The part of a date that rows are grouped by; weekday and hour recur, the others do not."""

    YEAR = "year"
    QUARTER = "quarter"
    MONTH = "month"
    WEEK = "week"
    DAY = "day"
    WEEKDAY = "weekday"
    HOUR = "hour"


@dataclass(frozen=True, slots=True)
class Slot:
    """A value of the question: the `index`-th of `Linked.slots`."""

    index: int


@dataclass(frozen=True, slots=True)
class Average:
    """The column's own average over all rows ("above average")."""


Operand: TypeAlias = Slot | bool | Average


@dataclass(frozen=True, slots=True, kw_only=True)
class Compare:
    """A column against a value; `=` on a text slot means any of the codes that the slot found.

    `!=` of a table of which a row has several says that none of them has the value.
    """

    column: ColumnRef
    operator: Operator
    value: Operand


@dataclass(frozen=True, slots=True, kw_only=True)
class Among:
    """A column that is one of several values, or none of them."""

    column: ColumnRef
    values: tuple[Slot, ...]
    negated: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Between:
    """A number from one value to another, both included."""

    column: ColumnRef
    low: Slot
    high: Slot


@dataclass(frozen=True, slots=True, kw_only=True)
class During:
    """A date against a period: inside it, before its start, after its end, from its start on."""

    column: ColumnRef
    operator: PeriodOperator
    period: Slot


@dataclass(frozen=True, slots=True, kw_only=True)
class DuringAny:
    """A date in one of several periods ("2024 versus 2025"); written by rules only."""

    column: ColumnRef
    periods: tuple[Slot, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Paired:
    """A column against another one of the same row: paid after it was due; by rules only.

    With `days` both are dates, and the time from `other` to `column`, in whole days unless `unit`
    says otherwise, compares so with the number.
    """

    column: ColumnRef
    operator: Operator
    other: ColumnRef
    days: Slot | None = None
    unit: SpanUnit = "days"


@dataclass(frozen=True, slots=True, kw_only=True)
class Contains:
    """A text that has a text in it, whatever the case."""

    column: ColumnRef
    text: Slot


@dataclass(frozen=True, slots=True, kw_only=True)
class IsNull:
    """A value that is missing, or is there."""

    column: ColumnRef
    negated: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class OnWeekend:
    """A date on a Saturday or Sunday, or on neither; written by rules only, as `Within` is."""

    column: ColumnRef
    negated: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Has:
    """Rows that some row of another table belongs to, or none ("customers without loans").

    Where it is negated, other predicates on that table say which of its rows there are none of.
    """

    table: str
    negated: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Many:
    """Rows that so many rows of another table belong to ("customers with more than 2 accounts").

    Other predicates of the same query on that table say which of its rows are counted.
    """

    table: str
    operator: Operator
    value: Slot


@dataclass(frozen=True, slots=True, kw_only=True)
class Within:
    """A column whose value is among those of the first column that another query gives.

    Written by rules only: the model's language (`sql_agent.query_text`) prints it, no more.
    """

    column: ColumnRef
    query: "Query"
    negated: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Against:
    """A column compared with the one value that another query measures or shows."""

    column: ColumnRef
    operator: Operator
    query: "Query"


Predicate: TypeAlias = (
    Compare
    | Among
    | Between
    | During
    | DuringAny
    | Paired
    | OnWeekend
    | Contains
    | IsNull
    | Has
    | Many
    | Within
    | Against
)


@dataclass(frozen=True, slots=True)
class Count:
    """The number of rows of a table."""

    table: str


@dataclass(frozen=True, slots=True)
class Aggregate:
    """An aggregate of one column."""

    function: AggregateName
    column: ColumnRef


Basic: TypeAlias = Count | Aggregate


@dataclass(frozen=True, slots=True)
class MetricUse:
    """A metric of the semantic model by name."""

    name: str


@dataclass(frozen=True, slots=True)
class Share:
    """The part of a total: of the rows for which `condition` holds, or of each group if empty."""

    of: Basic
    condition: tuple[Predicate, ...] = ()


@dataclass(frozen=True, slots=True)
class Ratio:
    """One aggregate divided by another; null where the divisor is 0."""

    numerator: Basic
    denominator: Basic


@dataclass(frozen=True, slots=True)
class PerGroup:
    """An aggregate over groups: the average number of transactions per customer that has any."""

    function: PerGroupName
    of: Basic
    table: str


@dataclass(frozen=True, slots=True)
class Elapsed:
    """An aggregate of the whole days or years between two dates.

    Without an `end` up to the last day of the data: the age of what began at `start`.
    """

    function: PerGroupName
    unit: Unit
    start: ColumnRef
    end: ColumnRef | None = None


@dataclass(frozen=True, slots=True)
class Change:
    """How a measure differs from that of the period before, as a part of it if `relative`.

    It stands beside that measure and a date at a grain; written by rules only, as `Difference` is.
    """

    of: "Basic | MetricUse"
    relative: bool = False


@dataclass(frozen=True, slots=True)
class Difference:
    """An aggregate less another one, each over the rows for which its condition holds.

    If `relative`, as a part of the second one.
    """

    first: Basic
    second: Basic
    first_where: tuple[Predicate, ...] = ()
    second_where: tuple[Predicate, ...] = ()
    relative: bool = False


@dataclass(frozen=True, slots=True)
class Explained:
    """The reasons of that row of each group of which a score is highest; by rules only."""

    reasons: ColumnRef
    score: ColumnRef


Measure: TypeAlias = (
    Count
    | Aggregate
    | MetricUse
    | Share
    | Ratio
    | PerGroup
    | Elapsed
    | Change
    | Difference
    | Explained
)


@dataclass(frozen=True, slots=True)
class Dimension:
    """What rows are grouped by: a column, or a date at a grain."""

    column: ColumnRef
    grain: Grain | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Having:
    """A condition on groups."""

    measure: Basic | MetricUse
    operator: Operator
    value: Slot


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """The order of the result: by a column, or by the first measure where `column` is None."""

    descending: bool
    column: ColumnRef | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Query:
    """One question as a tree.

    Either `measures` (with `by` and `having`) or `shown` (columns of rows) is not empty. `limit`
    is a number or a slot that holds one; with `each` it holds for every value of that group. `skip`
    leaves out the first rows ("the second highest"); written by rules only.
    """

    measures: tuple[Measure, ...] = ()
    shown: tuple[ColumnRef, ...] = ()
    by: tuple[Dimension, ...] = ()
    where: tuple[Predicate, ...] = ()
    having: tuple[Having, ...] = ()
    order: Order | None = None
    limit: int | Slot | None = None
    each: Dimension | None = None
    skip: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class TextValue:
    """Words of the question that are values of columns; each option is a column and its codes."""

    phrase: str
    options: tuple[tuple[ColumnRef, tuple[str, ...]], ...]

    def codes(self, column: ColumnRef) -> tuple[str, ...]:
        """Return the stored values that the words mean in a column; none where they mean none."""
        return next((codes for known, codes in self.options if known == column), ())


@dataclass(frozen=True, slots=True, kw_only=True)
class NumberValue:
    """A number of the question, written exactly; `count` where it can only be a "top n"."""

    phrase: str
    number: str
    count: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class PeriodValue:
    """A period of the question: from `start` up to, and without, `end`."""

    phrase: str
    start: datetime
    end: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class FreeText:
    """Words in quotation marks that no column is known to hold: only good for `contains`."""

    phrase: str


SlotValue: TypeAlias = TextValue | NumberValue | PeriodValue | FreeText


@dataclass(frozen=True, slots=True, kw_only=True)
class LinkedTable:
    """A table that the question may be about; `matched` are the words that say so."""

    name: str
    matched: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class LinkedColumn:
    """A column that the question may be about."""

    ref: ColumnRef
    type: ColumnType
    role: Role
    matched: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class LinkedMetric:
    """A metric that the question may be about."""

    name: str
    matched: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Linked:
    """What linking found for one question; the order is that of relevance, slots by position."""

    tables: tuple[LinkedTable, ...] = ()
    columns: tuple[LinkedColumn, ...] = ()
    metrics: tuple[LinkedMetric, ...] = ()
    slots: tuple[SlotValue, ...] = ()


def measure_columns(measure: Measure) -> tuple[ColumnRef, ...]:
    """Return the columns that a measure names itself (a metric's columns are the model's)."""
    match measure:
        case Aggregate(column=column):
            return (column,)
        case Share(of=of, condition=condition):
            return (*measure_columns(of), *predicate_columns(condition))
        case Ratio(numerator=numerator, denominator=denominator):
            return (*measure_columns(numerator), *measure_columns(denominator))
        case PerGroup(of=of):
            return measure_columns(of)
        case Elapsed(start=start, end=end):
            return (start, end) if end is not None else (start,)
        case Change(of=of):
            return measure_columns(of)
        case Difference():
            aggregates = (*measure_columns(measure.first), *measure_columns(measure.second))
            return (*aggregates, *predicate_columns(measure_conditions(measure)))
        case Explained(reasons=reasons, score=score):
            return (reasons, score)
        case Count() | MetricUse():
            return ()


def measure_conditions(measure: Measure) -> tuple[Predicate, ...]:
    """Return the conditions inside a measure."""
    match measure:
        case Share(condition=condition):
            return condition
        case Difference(first_where=first, second_where=second):
            return (*first, *second)
        case _:
            return ()


def predicate_columns(predicates: tuple[Predicate, ...]) -> tuple[ColumnRef, ...]:
    """Return the columns that predicates name."""
    own = [p.column for p in predicates if not isinstance(p, Has | Many)]
    return (*own, *(p.other for p in predicates if isinstance(p, Paired)))


def table_of(predicate: Predicate) -> str:
    """Return the table that a predicate is about."""
    return predicate.table if isinstance(predicate, Has | Many) else predicate.column.table


def query_columns(query: Query) -> tuple[ColumnRef, ...]:
    """Return every column that a query names, each once, in order of appearance."""
    measures = (*query.measures, *(having.measure for having in query.having))
    columns = [column for measure in measures for column in measure_columns(measure)]
    columns += [*query.shown, *(dimension.column for dimension in query.by)]
    columns += predicate_columns(query.where)
    for predicate in query.where:
        if isinstance(predicate, Within | Against):
            columns += query_columns(predicate.query)
    if query.order is not None and query.order.column is not None:
        columns.append(query.order.column)
    return tuple(dict.fromkeys(columns))


def query_slots(query: Query) -> frozenset[int]:
    """Return the indexes of the value slots that a query uses."""
    found: set[int] = set()
    conditions = [p for m in query.measures for p in measure_conditions(m)]
    for predicate in (*query.where, *conditions):
        match predicate:
            case Compare(value=Slot(index=index)) | During(period=Slot(index=index)):
                found.add(index)
            case Contains(text=Slot(index=index)) | Many(value=Slot(index=index)):
                found.add(index)
            case Among(values=values) | DuringAny(periods=values):
                found.update(slot.index for slot in values)
            case Paired(days=Slot(index=index)):
                found.add(index)
            case Between(low=low, high=high):
                found.update((low.index, high.index))
            case Within(query=inner) | Against(query=inner):
                found |= query_slots(inner)
            case _:
                pass
    found.update(having.value.index for having in query.having)
    if isinstance(query.limit, Slot):
        found.add(query.limit.index)
    return frozenset(found)
