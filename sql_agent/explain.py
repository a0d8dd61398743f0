"""One sentence that says what a query tree asks for."""

from .linking import Linking
from .query_tree import (
    Against,
    Aggregate,
    Among,
    Average,
    Between,
    Change,
    Compare,
    Contains,
    Count,
    Difference,
    Dimension,
    During,
    DuringAny,
    Elapsed,
    Explained,
    Grain,
    Has,
    Having,
    IsNull,
    Many,
    Measure,
    MetricUse,
    OnWeekend,
    Operand,
    Paired,
    PerGroup,
    PeriodValue,
    Predicate,
    Query,
    Ratio,
    Share,
    Slot,
    SlotValue,
    TextValue,
    Within,
    query_columns,
)
from .semantic_model import ColumnRef, SemanticModel

_AGGREGATES = {
    "sum": "the total",
    "avg": "the average",
    "min": "the lowest",
    "max": "the highest",
    "median": "the median",
    "count distinct": "the number of different",
}
_OPERATORS = {
    "=": "is",
    "!=": "is not",
    "<": "is below",
    "<=": "is at most",
    ">": "is above",
    ">=": "is at least",
}


class Explainer:
    """Words a query tree over one semantic model; `slots` are the values of its question."""

    def __init__(self, model: SemanticModel, slots: tuple[SlotValue, ...]) -> None:
        self._model = model
        self._slots = slots

    def sentence(self, query: Query) -> str:
        """Return the whole query in words."""
        return f"Understood as: {self._phrase(query)}."

    def _phrase(self, query: Query) -> str:
        if query.measures:
            parts = [" and ".join(self._measure(measure) for measure in query.measures)]
        else:
            parts = [" and ".join(_column(column) for column in query.shown)]
        if query.by:
            parts.append("by " + " and ".join(self._dimension(d) for d in query.by))
        if query.where:
            parts.append("where " + " and ".join(self._predicate(p) for p in query.where))
        if query.having:
            parts.append("with " + " and ".join(self._having(h) for h in query.having))
        if query.order is not None and (query.by or query.shown):
            key = _column(query.order.column) if query.order.column else "value"
            parts.append(f"{'highest' if query.order.descending else 'lowest'} {key} first")
        if query.limit is not None:
            each = f" of each {self._dimension(query.each)}" if query.each is not None else ""
            behind = f" after leaving out {query.skip}" if query.skip else ""
            parts.append(f"the first {self._number(query.limit)}{each} only{behind}")
        return ", ".join(parts)

    def _measure(self, measure: Measure) -> str:
        match measure:
            case Count(table=table):
                return f"the number of {_words(table)}"
            case Aggregate(function=function, column=column):
                return f"{_AGGREGATES[function]} {_column(column)}"
            case MetricUse(name=name):
                metric = self._model.metric(name)
                said = (
                    f" ({metric.description.rstrip('.')})" if metric and metric.description else ""
                )
                return f"the metric {_words(name)}{said}"
            case Share(of=of, condition=()):
                return f"each group's share of {self._measure(of)}"
            case Share(of=of, condition=condition):
                held = " and ".join(self._predicate(p) for p in condition)
                return f"the share of {self._measure(of)} where {held}"
            case Ratio(numerator=numerator, denominator=denominator):
                return f"{self._measure(numerator)} divided by {self._measure(denominator)}"
            case Explained(reasons=reasons, score=score):
                return f"the {_column(reasons)} where {_column(score)} is highest"
            case Elapsed(function=function, unit="years", start=start):
                return f"{_AGGREGATES[function]} age by {_column(start)}"
            case Elapsed(function=function, start=start, end=end):
                until = _column(end) if end is not None else "the last day of the data"
                return f"{_AGGREGATES[function]} number of days from {_column(start)} to {until}"
            case Change(of=of, relative=relative):
                part = ", as a part of it" if relative else ""
                return f"the change of {self._measure(of)} from the period before{part}"
            case Difference():
                return f"{self._difference(measure)}"
            case PerGroup(function=function, of=of, table=table):
                return f"{_AGGREGATES[function]} of {self._measure(of)} per row of {_words(table)}"

    def _difference(self, measure: Difference) -> str:
        parts: list[str] = []
        for of, where in (
            (measure.first, measure.first_where),
            (measure.second, measure.second_where),
        ):
            held = " and ".join(self._predicate(p) for p in where)
            parts.append(f"{self._measure(of)}{f' where {held}' if held else ''}")
        part = ", as a part of the latter" if measure.relative else ""
        return f"{' less '.join(parts)}{part}"

    def _dimension(self, dimension: Dimension) -> str:
        if dimension.grain is None:
            return _column(dimension.column)
        grain = "day of the week" if dimension.grain is Grain.WEEKDAY else str(dimension.grain)
        return f"{grain} of {_column(dimension.column)}"

    def _predicate(self, predicate: Predicate) -> str:
        match predicate:
            case Has(table=table, negated=negated):
                return f"there are {'no ' if negated else ''}{_words(table)}"
            case Many(table=table, operator=operator, value=value):
                number = self._slots[value.index].phrase
                return f"the number of {_words(table)} {_OPERATORS[operator]} {number}"
            case Compare(column=column, operator=operator, value=value):
                return f"{_column(column)} {_OPERATORS[operator]} {self._operand(value, column)}"
            case Among(column=column, values=values, negated=negated):
                shown = " or ".join(self._value(slot, column) for slot in values)
                return f"{_column(column)} {'is not' if negated else 'is'} {shown}"
            case Between(column=column, low=low, high=high):
                ends = f"{self._value(low, column)} and {self._value(high, column)}"
                return f"{_column(column)} is between {ends}"
            case During(column=column, operator=operator, period=slot):
                return f"{_column(column)} is {operator} {self._period(slot)}"
            case DuringAny(column=column, periods=periods):
                shown = " or ".join(self._period(slot) for slot in periods)
                return f"{_column(column)} is during {shown}"
            case Paired(column=column, operator=operator, other=other, days=None):
                return f"{_column(column)} {_OPERATORS[operator]} {_column(other)}"
            case Paired(column=column, operator=operator, other=other, days=slot, unit=unit):
                number = self._slots[slot.index].phrase if slot is not None else ""
                days = f"the number of {unit} from {_column(other)} to {_column(column)}"
                return f"{days} {_OPERATORS[operator]} {number}"
            case Contains(column=column, text=slot):
                return f"{_column(column)} contains '{self._slots[slot.index].phrase}'"
            case OnWeekend(column=column, negated=negated):
                days = "Monday to Friday" if negated else "a Saturday or Sunday"
                return f"{_column(column)} is on {days}"
            case Within(column=column, query=query, negated=negated):
                verb = "is not among" if negated else "is among"
                return f"{_column(column)} {verb} ({self._phrase(query)})"
            case Against(column=column, operator=operator, query=query):
                return f"{_column(column)} {_OPERATORS[operator]} ({self._phrase(query)})"
            case IsNull(column=column, negated=negated):
                return f"{_column(column)} is {'known' if negated else 'missing'}"

    def _operand(self, value: Operand, column: ColumnRef) -> str:
        if isinstance(value, bool):
            return str(value).lower()
        return "its average" if isinstance(value, Average) else self._value(value, column)

    def _having(self, having: Having) -> str:
        value = self._slots[having.value.index].phrase
        return f"{self._measure(having.measure)} {_OPERATORS[having.operator][3:]} {value}"

    def _value(self, slot: Slot, column: ColumnRef) -> str:
        value = self._slots[slot.index]
        if isinstance(value, TextValue):
            return " or ".join(value.codes(column)) or value.phrase
        return value.phrase

    def _period(self, slot: Slot) -> str:
        value = self._slots[slot.index]
        if not isinstance(value, PeriodValue):
            return value.phrase
        last = value.end.date().fromordinal(value.end.date().toordinal() - 1)
        return f"{value.phrase} ({value.start.date()} to {last})"

    def _number(self, limit: int | Slot) -> str:
        return str(limit) if isinstance(limit, int) else self._slots[limit.index].phrase


def _words(name: str) -> str:
    return name.replace("_", " ")


def _column(ref: ColumnRef) -> str:
    return f"{_words(ref.column)} of {_words(ref.table)}"


def used_columns(query: Query, model: SemanticModel) -> tuple[ColumnRef, ...]:
    """Return the columns that a tree names, and those behind its metrics."""
    found = dict.fromkeys(query_columns(query))
    for measure in query.measures:
        metric = model.metric(measure.name) if isinstance(measure, MetricUse) else None
        found.update(dict.fromkeys(metric.columns if metric is not None else ()))
    return tuple(found)


def told_links(linking: Linking, slots: tuple[SlotValue, ...]) -> tuple[str, ...]:
    """Return in words what each phrase of a question was linked to."""
    found: list[str] = []
    for mention in linking.mentions:
        meant = [f"table {name}" for name in mention.tables]
        meant += [f"column {ref}" for ref in mention.columns]
        meant += [f"metric {name}" for name in mention.metrics]
        value = slots[mention.slot] if mention.slot is not None else None
        if isinstance(value, TextValue):
            meant += [f"{ref} = {' or '.join(codes)}" for ref, codes in value.options]
        elif isinstance(value, PeriodValue):
            meant.append(f"{value.start.date()} until before {value.end.date()}")
        elif value is not None:
            meant.append(f"the value {value.phrase}")
        found.append(f"'{mention.phrase}': {', '.join(meant)}")
    return tuple(found)
