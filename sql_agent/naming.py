"""What the columns of a result are called."""

from collections.abc import Sequence

from .query_tree import (
    Aggregate,
    Change,
    Count,
    Difference,
    Dimension,
    Elapsed,
    Explained,
    Measure,
    MetricUse,
    PerGroup,
    Ratio,
    Share,
)

_WORDS = {
    "sum": "total",
    "avg": "average",
    "min": "lowest",
    "max": "highest",
    "median": "median",
    "count distinct": "distinct",
}


def measure_name(measure: Measure) -> str:
    """Return the name of a measure's column."""
    match measure:
        case Count(table=table):
            return f"number_of_{table}"
        case Aggregate(function=function, column=column):
            return f"{_WORDS[function]}_{column.column}"
        case MetricUse(name=name):
            return name
        case Share(of=of):
            return f"share_of_{measure_name(of)}"
        case Ratio(numerator=numerator, denominator=denominator):
            return f"{measure_name(numerator)}_per_{measure_name(denominator)}"
        case Change(of=of, relative=relative):
            return f"{'relative_' if relative else ''}change_of_{measure_name(of)}"
        case Difference(first=first, relative=relative):
            return f"{'relative_' if relative else ''}difference_of_{measure_name(first)}"
        case PerGroup(function=function, of=of, table=table):
            return f"{_WORDS[function]}_{measure_name(of)}_per_{table}"
        case Explained(reasons=reasons):
            return reasons.column
        case Elapsed(function=function, unit="years"):
            return f"{_WORDS[function]}_age"
        case Elapsed(function=function, start=start, end=end):
            return f"{_WORDS[function]}_days_from_{start.column}_to_{end.column if end else 'now'}"


def dimension_name(dimension: Dimension) -> str:
    """Return the name of a dimension's column."""
    return str(dimension.grain) if dimension.grain else dimension.column.column


def unique(names: Sequence[str]) -> list[str]:
    """Return names of which none stands twice."""
    found: list[str] = []
    for name in names:
        candidate, count = name, 2
        while candidate in found:
            candidate, count = f"{name}_{count}", count + 1
        found.append(candidate)
    return found
