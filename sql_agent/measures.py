"""Measures as SQL expressions, and the table whose rows they are about."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from sqlglot import exp

from .dialects import age_in_years, at_highest, days_between, has_median
from .joins import CannotRender, JoinGraph
from .metric import AGGREGATES, parse_metric
from .query_tree import (
    Aggregate,
    Basic,
    Change,
    Count,
    Difference,
    Elapsed,
    Explained,
    Measure,
    MetricUse,
    PerGroup,
    Query,
    Ratio,
    Share,
    measure_columns,
)
from .semantic_model import TEMPORAL, ColumnRef, Metric, SemanticModel

ColumnOf = Callable[[ColumnRef], exp.Expr]


@dataclass(frozen=True, slots=True)
class Measures:
    """Renders the measures of one semantic model."""

    model: SemanticModel
    graph: JoinGraph
    dialect: str = ""
    latest: datetime | None = None
    """The last day of the data, from which ages are reckoned."""

    def metric(self, name: str) -> Metric:
        """Return a metric; raises `CannotRender` where there is none of that name."""
        found = self.model.metric(name)
        if found is None:
            raise CannotRender(f"there is no metric '{name}'")
        return found

    def is_date(self, ref: ColumnRef) -> bool:
        """Return whether a column holds dates."""
        known = self.model.column(ref)
        return known is not None and known.type in TEMPORAL

    def tables(self, measure: Measure) -> tuple[str, ...]:
        """Return the tables whose columns a measure needs."""
        match measure:
            case Count(table=table):
                return (table,)
            case MetricUse(name=name):
                return tuple(dict.fromkeys(c.table for c in self.metric(name).columns))
            case Share(of=of) | PerGroup(of=of) | Change(of=of):
                return self.tables(of)
            case Ratio(numerator=first, denominator=second) | Difference(first, second):
                return (*self.tables(first), *self.tables(second))
            case Aggregate() | Elapsed() | Explained():
                return tuple(dict.fromkeys(c.table for c in measure_columns(measure)))

    def counted(self, measure: Measure) -> frozenset[str]:
        """Return the tables whose rows must not be multiplied under a measure."""
        match measure:
            case Count(table=table):
                return frozenset((table,))
            case Aggregate(function="count distinct" | "min" | "max") | Explained():
                return frozenset()
            case Aggregate(column=column) | Elapsed(start=column):
                return frozenset((column.table,))
            case Share(of=of) | PerGroup(of=of) | Change(of=of):
                return self.counted(of)
            case Ratio(numerator=first, denominator=second) | Difference(first, second):
                return self.counted(first) | self.counted(second)
            case MetricUse(name=name):
                return self._counted_metric(name)

    def _counted_metric(self, name: str) -> frozenset[str]:
        found: set[str] = set()
        for node in parse_metric(self.metric(name).expression).find_all(*AGGREGATES):
            distinct = isinstance(node.this, exp.Distinct)
            if distinct or isinstance(node, exp.Min | exp.Max):
                continue
            tables = list(dict.fromkeys(column.table for column in node.find_all(exp.Column)))
            base = [table for table in tables if self.graph.reaches(table, tables)]
            if not base:
                raise CannotRender(f"the tables of the metric {name} do not meet row by row")
            found.add(base[0])
        return frozenset(found)

    def expression(self, measure: object, column: ColumnOf) -> exp.Expr:
        """Return a measure as an aggregate expression."""
        match measure:
            case Count():
                return exp.Count(this=exp.Star())
            case Aggregate(function=function, column=ref):
                return self.apply(function, column(ref))
            case MetricUse(name=name):
                return self._metric(name, column)
            case Ratio(numerator=numerator, denominator=denominator):
                return divided(
                    self.expression(numerator, column), self.expression(denominator, column)
                )
            case Elapsed(function=function):
                return self.apply(function, self._elapsed(measure, column))
            case Explained(reasons=reasons, score=score):
                return at_highest(column(reasons), column(score), self.dialect)
            case _:
                raise CannotRender("a measure that is aggregated elsewhere")

    def where(self, of: Basic, condition: exp.Expr | None, column: ColumnOf) -> exp.Expr:
        """Return an aggregate over the rows for which a condition holds."""
        if condition is None:
            return self.expression(of, column)
        kept = exp.Literal.number(1) if isinstance(of, Count) else column(of.column)
        case = exp.Case().when(condition, kept)
        return exp.Count(this=case) if isinstance(of, Count) else self.apply(of.function, case)

    def _elapsed(self, measure: Elapsed, column: ColumnOf) -> exp.Expr:
        start = column(measure.start)
        if measure.unit == "days" and measure.end is not None:
            return days_between(start, column(measure.end), self.dialect)
        if measure.unit == "days" or self.latest is None:
            raise CannotRender(f"there is no date up to which {measure.start} is counted")
        return age_in_years(start, self.latest, self.dialect)

    def _metric(self, name: str, column: ColumnOf) -> exp.Expr:
        tree = parse_metric(self.metric(name).expression)

        def replaced(node: exp.Expr) -> exp.Expr:
            if isinstance(node, exp.Column):
                return column(ColumnRef(node.table, node.name))
            return node

        return tree.transform(replaced)

    def apply(self, function: str, value: exp.Expr) -> exp.Expr:
        """Return an aggregate of a value."""
        match function:
            case "count distinct":
                return exp.Count(this=exp.Distinct(expressions=[value]))
            case "sum":
                return exp.Sum(this=value)
            case "avg":
                return exp.Avg(this=value)
            case "min":
                return exp.Min(this=value)
            case "max":
                return exp.Max(this=value)
            case "median" if has_median(self.dialect):
                # DuckDB rounds the middle of two decimals to their own digits
                return exp.Median(this=exp.cast(value, "double"))
            case _:
                raise CannotRender(f"the aggregate {function} is not known")

    def share(self, measure: Share, condition: exp.Expr | None, column: ColumnOf) -> exp.Expr:
        """Return the part of a total, from 0 to 1."""
        whole = self.expression(measure.of, column)
        if condition is None:
            total = exp.Window(this=exp.Sum(this=whole.copy()))
            return divided(whole, total)
        match measure.of:
            case Count():
                part = exp.Sum(this=_if(condition, exp.Literal.number(1)))
            case Aggregate(function="sum", column=ref):
                part = exp.Sum(this=_if(condition, column(ref)))
            case Aggregate(function="count distinct", column=ref):
                kept = exp.Case().when(condition, column(ref))
                part = exp.Count(this=exp.Distinct(expressions=[kept]))
            case _:
                raise CannotRender("a share is of a number or a sum")
        return divided(part, whole)


def base_of(query: Query, measures: Measures) -> str:
    """Return the table whose rows the measures of a query are about."""
    every = [*query.measures, *(having.measure for having in query.having)]
    counted = frozenset[str]().union(*(measures.counted(measure) for measure in every))
    if len(counted) > 1:
        names = " and ".join(sorted(counted))
        raise CannotRender(f"this measures rows of {names} at once, which would count some twice")
    tables = [table for measure in every for table in measures.tables(measure)]
    for table in (*counted, *tables):
        if measures.graph.reaches(table, tables):
            return table
    raise CannotRender(f"{' and '.join(dict.fromkeys(tables))} do not meet row by row")


def _if(condition: exp.Expr, value: exp.Expr) -> exp.Expr:
    return exp.Case().when(condition, value).else_(exp.Literal.number(0))


def divided(numerator: exp.Expr, denominator: exp.Expr) -> exp.Expr:
    """Return an exact quotient, null where the divisor is 0."""
    exact = exp.Mul(this=exp.Literal.number("1.0"), expression=numerator)
    zero = exp.Literal.number(0)
    return exp.Div(this=exact, expression=exp.Nullif(this=denominator, expression=zero))
