"""Follow-ups: one part of the question before is exchanged or added, and nothing else."""

from pathlib import Path

import pytest

from sql_agent import follow_up

CASES = [
    ("total spending by region", "by channel instead", "total spending by channel"),
    ("spending in 2023 by region", "only last quarter", "spending in last quarter by region"),
    ("number of savings accounts", "and current?", "number of current accounts"),
    ("number of transactions by region", "also by channel", None),
    ("number of customers", "by segment", "number of customers by segment"),
    ("spending by month", "what about Q1 2024", "spending by month in Q1 2024"),
    ("spending by month", "only last quarter", "spending by month last quarter"),
]


@pytest.mark.parametrize(("before", "line", "expected"), CASES)
def test_one_part_changes(bank_duckdb: Path, before: str, line: str, expected: str | None) -> None:
    found = follow_up(str(bank_duckdb), before, line)
    added = "number of transactions by region and by channel"
    assert found == (expected or added)


@pytest.mark.parametrize("line", ["number of customers", "android phones", "fraud rate", ""])
def test_a_question_of_its_own_is_no_follow_up(bank_duckdb: Path, line: str) -> None:
    assert follow_up(str(bank_duckdb), "total spending by region", line) is None
