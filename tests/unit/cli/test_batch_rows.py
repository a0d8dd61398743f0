import pytest

import math_solver
import sql_agent
from assistants.errors import InputError
from assistants.settings import Settings
from cli.batch import Verb, header_of
from cli.batch_rows import answerer


def answer(verb: str, row: dict, **settings: object):
    return answerer(verb, model=None, settings=Settings(**settings))(row)


@pytest.mark.parametrize(
    ("verb", "row", "missing"),
    [
        ("solve", {}, "question"),
        ("solve", {"question": " "}, "question"),
        ("solve", {"question": 7}, "question"),
        ("verify", {"left": "x"}, "right"),
        ("verify", {"steps": ["x = 1"]}, "left"),
        ("ask", {"database": "finance"}, "question"),
        ("query", {"sql": "SELECT 1"}, "database"),
        ("complete", {"prefix": "x"}, "language"),
        ("check", {"text": "x"}, "language"),
    ],
)
def test_a_row_that_lacks_a_field_says_which(verb: str, row: dict, missing: str):
    with pytest.raises(InputError, match=missing):
        answer(verb, row)


def test_a_chain_of_steps_is_verified_as_one(monkeypatch, proved):
    seen = []

    def verify_chain(steps, **_kwargs: object):
        seen.append(steps)
        return proved("every line follows")

    monkeypatch.setitem(vars(math_solver), "verify_chain", verify_chain)
    assert answer("verify", {"steps": ["x + 1 = 2", "x = 1"]})["verdict"] == "proved"
    assert seen == [["x + 1 = 2", "x = 1"]]


def test_settings_reach_the_database(monkeypatch, proved):
    seen = []

    def query(database: str, sql: str, *, limits: object):
        seen.append((database, sql, limits))
        return proved("1")

    monkeypatch.setitem(vars(sql_agent), "query", query)
    row = {"database": "shop", "sql": "SELECT 1"}
    answer("query", row, databases={"shop": "/x.duckdb"}, row_limit=7, seconds=3.0)
    database, sql, limits = seen[0]
    assert (database, sql, limits.rows, limits.seconds) == ("/x.duckdb", "SELECT 1", 7, 3.0)


def test_choices_reach_the_question(monkeypatch, proved):
    seen = []

    def ask(_database: str, _question: str, *, choices: object, **_kwargs: object):
        seen.append(choices)
        return proved("1")

    monkeypatch.setitem(vars(sql_agent), "ask", ask)
    row = {"database": "finance", "question": "balance", "choices": ["the balance of accounts"]}
    answer("ask", row)
    answer("ask", {"database": "finance", "question": "balance"})
    assert seen == [("the balance of accounts",), ()]


def test_code_is_completed_at_the_end_of_the_prefix():
    row = answer(
        "complete", {"language": "python", "prefix": "import os\nos.pathse", "suffix": ")"}
    )
    assert row["status"] in {"answered", "abstained"}


def test_the_header_holds_what_the_answers_depend_on():
    settings = Settings(model="hf:x", seconds=5.0, row_limit=9)
    assert header_of(Verb.ASK, settings).keys() >= {
        "verb",
        "plumb",
        "model",
        "seconds",
        "row_limit",
    }
    assert "model" not in header_of(Verb.QUERY, settings)
    assert header_of(Verb.SOLVE, settings) != header_of(Verb.SOLVE, Settings(model="none"))
