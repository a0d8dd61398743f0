"""From words to items: numbers, dates, spelling, values, and what stays unlinked."""
# ruff: noqa: DTZ001  (dates in the data have no time zone)

from datetime import datetime
from pathlib import Path

import pytest

from sql_agent.amounts import find_amounts
from sql_agent.database import resolve
from sql_agent.linking import Linking, link, linked_items
from sql_agent.periods import find_periods
from sql_agent.query_tree import FreeText, NumberValue, PeriodValue, TextValue
from sql_agent.rules import known_words
from sql_agent.semantic_model import ColumnRef
from sql_agent.words import close, stem, tokens
from sql_agent.workspace import open_workspace

LATEST = datetime(2025, 12, 31, 23, 50)


@pytest.mark.parametrize(
    ("text", "numbers"),
    [
        ("more than 1,000 or 10k", ["1000", "10000"]),
        ("$2.5 million and 1.5k", ["2500000", "1500"]),
        ("top five of 12%", ["5", "12"]),
        ("below -50, 3-4", ["-50", "3", "4"]),
        ("E11.9 and A1C and 2nd", []),
        ("1,000,000.25 in all.", ["1000000.25"]),
        ("a dozen", ["12"]),
        ("10mg", ["10"]),
    ],
)
def test_numbers(text: str, numbers: list[str]) -> None:
    assert [amount.number for amount in find_amounts(tokens(text))] == numbers


@pytest.mark.parametrize(
    ("text", "start", "end"),
    [
        ("in 2024", "2024-01-01", "2025-01-01"),
        ("in March 2024", "2024-03-01", "2024-04-01"),
        ("in December of 2023", "2023-12-01", "2024-01-01"),
        ("during Q3 2024", "2024-07-01", "2024-10-01"),
        ("the second quarter of 2023", "2023-04-01", "2023-07-01"),
        ("first half of 2024", "2024-01-01", "2024-07-01"),
        ("on 2024-02-29", "2024-02-29", "2024-03-01"),
        ("in 2024-02", "2024-02-01", "2024-03-01"),
        ("on May 5, 2024", "2024-05-05", "2024-05-06"),
        ("on the 5th of March 2024", "2024-03-05", "2024-03-06"),
        ("from 2022 to 2023", "2022-01-01", "2024-01-01"),
        ("between January and March 2024", "2024-01-01", "2024-04-01"),
        ("from March 2023 to May 2024", "2023-03-01", "2024-06-01"),
        # relative to the latest date in the data, 2025-12-31
        ("last month", "2025-11-01", "2025-12-01"),
        ("this month", "2025-12-01", "2026-01-01"),
        ("last quarter", "2025-07-01", "2025-10-01"),
        ("last year", "2024-01-01", "2025-01-01"),
        ("this year", "2025-01-01", "2026-01-01"),
        ("last week", "2025-12-22", "2025-12-29"),
        ("the last 30 days", "2025-12-02", "2026-01-01"),
        ("past 6 months", "2025-07-01", "2026-01-01"),
        ("yesterday", "2025-12-30", "2025-12-31"),
        ("year to date", "2025-01-01", "2026-01-01"),
        ("in April", "2025-04-01", "2025-05-01"),
    ],
)
def test_periods(text: str, start: str, end: str) -> None:
    (period,) = find_periods(tokens(text), LATEST)
    assert (period.start.date().isoformat(), period.end.date().isoformat()) == (start, end)


@pytest.mark.parametrize("text", ["more than 2000 dollars", "may I ask", "in 31 days", "2024-13"])
def test_no_periods(text: str) -> None:
    found = find_periods(tokens(text), LATEST)
    assert not found or text == "2024-13"


def test_stems_and_slips() -> None:
    assert [stem(w) for w in ("branches", "cities", "loans", "status", "loss", "diagnoses")] == [
        "branch",
        "city",
        "loan",
        "status",
        "loss",
        "diagnosis",
    ]
    assert close("transction", "transaction")
    assert close("recieved", "received")
    assert not close("loan", "lean")  # too short to tell
    assert not close("branch", "french")
    assert not close("e11.65", "e11.66")  # codes are never corrected


def _link(bank: Path, question: str) -> Linking:
    return link(question, open_workspace(resolve(str(bank))), known_words())


def test_items_and_values(bank_duckdb: Path) -> None:
    linking = _link(bank_duckdb, "total spending of savings accounts over 1000 in 2024 by region")
    phrases = {m.phrase: m for m in linking.mentions}
    assert phrases["spending"].columns == (ColumnRef("transactions", "amount"),)
    assert phrases["accounts"].tables == ("accounts",)
    assert phrases["region"].columns == (ColumnRef("branches", "region"),)
    savings, number, year = linking.slots
    assert isinstance(savings, TextValue)
    assert savings.options == ((ColumnRef("accounts", "kind"), ("SAV",)),)
    assert isinstance(number, NumberValue)
    assert number.number == "1000"
    assert isinstance(year, PeriodValue)


def test_all_meanings_are_kept(bank_duckdb: Path) -> None:
    (city,) = _link(bank_duckdb, "Boston").slots
    assert isinstance(city, TextValue)
    assert [ref for ref, _ in city.options] == [ColumnRef("customers", "city")]
    (branch,) = [m for m in _link(bank_duckdb, "per branch").mentions if m.tables]
    assert branch.slot is not None  # also the channel "branch"


def test_spelling_is_corrected_and_said(bank_duckdb: Path) -> None:
    linking = _link(bank_duckdb, "how many transctions")
    assert [m.tables for m in linking.mentions] == [("transactions",)]
    assert "read 'transctions' as 'transaction'" in linking.notes


def test_names_match_as_written_only(bank_duckdb: Path) -> None:
    assert [m.phrase for m in _link(bank_duckdb, "accounts of Ada").mentions] == ["accounts", "Ada"]
    assert [m.phrase for m in _link(bank_duckdb, "accounts of ada").mentions] == ["accounts"]


def test_quoted_words_are_kept(bank_duckdb: Path) -> None:
    (text,) = _link(bank_duckdb, "clients named 'Zed X'").slots
    assert text == FreeText(phrase="Zed X")


def test_unlinked_words_are_told(bank_duckdb: Path) -> None:
    linking = _link(bank_duckdb, "how many employees sold accounts in each region?")
    assert linking.unlinked(known_words()) == ("employees", "sold")


def test_the_model_is_shown_what_it_needs(bank_duckdb: Path) -> None:
    workspace = open_workspace(resolve(str(bank_duckdb)))
    linking = link("spending by region in 2024", workspace, known_words())
    linked = linked_items(linking, workspace)
    columns = {column.ref for column in linked.columns}
    assert ColumnRef("transactions", "amount") in columns
    assert ColumnRef("transactions", "occurred_at") in columns  # a period needs a date
    assert {table.name for table in linked.tables} == {"transactions", "branches"}


def test_relative_dates_are_explained(bank_duckdb: Path) -> None:
    linking = _link(bank_duckdb, "transactions last month")
    assert linking.notes == ("'last month' is 2024-05-01 to 2024-05-31",)
