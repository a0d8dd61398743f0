"""Confirmed pairs answer the same question again, and the one that differs in a value."""

from pathlib import Path

import pytest

from assistants.answer import Status
from assistants.errors import QueryRefused
from sql_agent import ask, confirm

QUESTION = "what sits on savings accounts in Boston?"
SQL = (
    "SELECT SUM(balance) FROM accounts AS a JOIN customers AS c ON a.customer_id = c.customer_id "
    "WHERE a.kind = 'SAV' AND c.city = 'Boston'"
)


@pytest.fixture(autouse=True)
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PLUMB_CACHE_DIR", str(tmp_path))


def test_a_confirmed_query_is_run_again(bank_duckdb: Path) -> None:
    assert ask(str(bank_duckdb), QUESTION).status is not Status.ANSWERED
    confirm(str(bank_duckdb), QUESTION, SQL)
    answer = ask(str(bank_duckdb), "What sits on savings accounts in Boston")
    assert answer.to_dict()["rows"] == [["100.10"]]
    assert "confirmed" in str(answer.to_dict()["explanation"])


def test_another_value_is_exchanged_and_told(bank_duckdb: Path) -> None:
    confirm(str(bank_duckdb), QUESTION, SQL)
    row = ask(str(bank_duckdb), "what sits on current accounts in Austin?").to_dict()
    assert row["rows"] == [[None]]
    assert row["assumptions"] == [
        "'savings' is exchanged for 'current'",
        "'Boston' is exchanged for 'Austin'",
    ]


@pytest.mark.parametrize(
    "question",
    [
        "what sits on savings accounts?",  # a value less
        "what sits on savings accounts in Boston since 2020?",  # a value more
        "what sits on savings transactions in Boston?",  # another word
        "what sits not on savings accounts in Boston?",
    ],
)
def test_another_question_is_not_helped(bank_duckdb: Path, question: str) -> None:
    confirm(str(bank_duckdb), QUESTION, SQL)
    explanation = str(ask(str(bank_duckdb), question).to_dict().get("explanation", ""))
    assert "confirmed" not in explanation


def test_a_value_that_the_query_does_not_hold_is_not_guessed(bank_duckdb: Path) -> None:
    confirm(str(bank_duckdb), QUESTION, SQL.replace("'Boston'", "'Bo' || 'ston'"))
    assert ask(str(bank_duckdb), "what sits on savings accounts in Austin?").best is None


def test_what_the_guard_refuses_is_not_kept(bank_duckdb: Path) -> None:
    with pytest.raises(QueryRefused):
        confirm(str(bank_duckdb), QUESTION, "DROP TABLE accounts")
