# Written by `plumb test sql_agent/naming.py --write`, as it came, but for `ruff format`.
"""Tests of sql_agent.naming."""

import pytest

from sql_agent.naming import dimension_name, measure_name, unique
from sql_agent.query_tree import (
    Aggregate,
    Change,
    Count,
    Difference,
    Dimension,
    Elapsed,
    Explained,
    MetricUse,
    PerGroup,
    Ratio,
    Share,
)
from sql_agent.semantic_model import ColumnRef


@pytest.mark.parametrize(
    ("measure", "expected"),
    [
        (
            Ratio(Count("ab"), Aggregate("median", ColumnRef("ab", "ab"))),
            "number_of_ab_per_median_ab",
        ),
        (Difference(Count("ab"), Count("")), "difference_of_number_of_ab"),
        (Elapsed("max", "years", ColumnRef("", "")), "highest_age"),
        (
            Change(Aggregate("count distinct", ColumnRef("ab", "ab"))),
            "change_of_distinct_ab",
        ),
        (
            Elapsed("avg", "days", ColumnRef("_", "ab"), end=ColumnRef("_", "ab")),
            "average_days_from_ab_to_ab",
        ),
        (MetricUse("ab"), "ab"),
        (PerGroup("max", Count("ab"), "ab"), "highest_number_of_ab_per_ab"),
        (Explained(ColumnRef("ab", "ab"), ColumnRef("", "")), "ab"),
        (Share(Count("ab")), "share_of_number_of_ab"),
        (
            Change(Aggregate("count distinct", ColumnRef("ab", "ab")), relative=True),
            "relative_change_of_distinct_ab",
        ),
        (Elapsed("max", "days", ColumnRef("ab", "ab")), "highest_days_from_ab_to_now"),
        (
            Difference(Count("ab"), Aggregate("median", ColumnRef("ab", "ab")), relative=True),
            "relative_difference_of_number_of_ab",
        ),
    ],
)
def test_measure_name(measure, expected):
    assert measure_name(measure) == expected


def test_dimension_name():
    result = dimension_name(Dimension(ColumnRef("ab", "1a")))

    assert result == "1a"


def test_unique_for_3_names():
    result = unique(["", "", ""])

    assert result == ["", "_2", "_3"]


@pytest.mark.parametrize(
    "names",
    [
        [],
        ["_"],
        ["_", "_"],
    ],
)
def test_unique_twice_is_as_once(names):
    assert unique(unique(names)) == unique(names)
