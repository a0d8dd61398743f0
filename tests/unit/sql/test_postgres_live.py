"""The agent on a real PostgreSQL server: a private cluster, loopback only, as a common user."""

import pytest

from assistants.answer import Status
from assistants.errors import DeadlineExceeded, QueryFailed
from sql_agent import Limits, ask, query
from sql_agent.catalog_reader import read
from sql_agent.connect import open_reader
from sql_agent.database import resolve
from sql_agent.execute import run
from sql_agent.query_text import parse
from sql_agent.query_tree import Linked
from sql_agent.render import Context, render
from sql_agent.workspace import open_workspace

pytestmark = pytest.mark.postgres


def test_the_catalog_has_keys_and_values(server: str) -> None:
    catalog = read(resolve(server))
    accounts = catalog.by_name["accounts"]
    assert accounts.primary_key == ("account_id",)
    assert {key.table for key in accounts.foreign_keys} == {"customers", "branches"}
    assert accounts.by_name["kind"].values == ("CUR", "SAV")
    assert accounts.by_name["balance"].type == "decimal"
    assert "hr.staff" in catalog.by_name


@pytest.mark.parametrize(
    ("question", "expected"),
    [
        ("How many customers are there?", [[3]]),
        ("total amount by region", [["North", "60.00"], ["South", "90.00"]]),
        (
            "number of transactions by month",
            [["2024-01-01", 2], ["2024-02-01", 1], ["2024-05-01", 1], ["2024-06-01", 1]],
        ),
        ("which customers have no transactions", [["Cleo"]]),
    ],
)
def test_questions(server: str, question: str, expected: list[list[object]]) -> None:
    answer = ask(server, question)
    assert answer.status is Status.ANSWERED, answer.reason
    assert answer.to_dict()["rows"] == expected


def test_every_grain_agrees(server: str) -> None:
    workspace = open_workspace(resolve(server))
    context = Context(workspace.model, workspace.catalog, Linked())
    expected = {
        "year": (2024, 5),
        "quarter": ("2024-01-01", 3),
        "week": ("2024-01-01", 2),
        "day": ("2024-01-05", 1),
        "hour": (10, 1),
        "weekday": (3, 2),
    }
    for grain, first in expected.items():
        text = f"measure count transactions; by {grain} transactions.occurred_at"
        sql = render(parse(text), context).tree.sql(dialect="postgres")
        assert query(server, sql).to_dict()["rows"][0] == list(first)


def test_a_table_of_another_schema(server: str) -> None:
    assert query(server, "SELECT COUNT(*) FROM hr.staff").to_dict()["rows"] == [[2]]


ATTACKS = [
    "DELETE FROM branches",
    "CREATE TABLE x (a INT)",
    "CREATE TEMP TABLE x (a INT)",
    "SELECT 1; DELETE FROM branches",
    "WITH d AS (DELETE FROM branches RETURNING 1) SELECT * FROM d",
    "SELECT * FROM branches FOR UPDATE",
    "COPY branches TO PROGRAM 'cat'",
    "VACUUM",
]


@pytest.mark.parametrize("statement", ATTACKS)
def test_the_connection_writes_nothing(server: str, statement: str) -> None:
    """Sent past the guard: the read-only transaction and the extended protocol hold."""
    # not behind EXPLAIN, which would refuse most of them by their wording
    with pytest.raises(QueryFailed), open_reader(resolve(server), Limits()) as reader:
        reader.select(statement).fetchmany(1)
    assert query(server, "SELECT COUNT(*) FROM branches").to_dict()["rows"] == [[2]]
    assert query(server, statement).status is Status.REFUSED


def test_time_out_cannot_be_undone(server: str) -> None:
    with pytest.raises((DeadlineExceeded, QueryFailed)):
        run(
            resolve(server),
            "SELECT set_config('statement_timeout', '0', false), pg_sleep(20)",
            Limits(seconds=1),
        )


def test_a_product_is_refused_by_the_planner_and_a_report_is_not(server: str) -> None:
    product = "SELECT COUNT(*) FROM transactions a, transactions b, transactions c, transactions d"
    refused = query(server, product, limits=Limits(work=1000))
    assert refused.status is Status.REFUSED
    assert "rows of work" in refused.reason
    report = query(server, "SELECT kind, COUNT(*) FROM accounts GROUP BY kind")
    assert report.status is Status.ANSWERED
    assert any(check.by == "cost" and "below" in check.detail for check in report.evidence)
