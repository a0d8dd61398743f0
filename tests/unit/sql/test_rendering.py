"""Query trees as SQL: the numbers are right on both engines, and fan-out is never summed."""
# ruff: noqa: DTZ001  (dates in the data have no time zone)

from datetime import datetime
from pathlib import Path

import pytest

from assistants.answer import Json
from sql_agent.database import resolve
from sql_agent.execute import execute
from sql_agent.guard import admit_tree
from sql_agent.joins import AmbiguousPath, CannotRender, JoinGraph
from sql_agent.query_text import parse
from sql_agent.query_tree import FreeText, Linked, NumberValue, PeriodValue, TextValue
from sql_agent.render import Context, render
from sql_agent.semantic_model import Column, ColumnRef, Join, SemanticModel, Table
from sql_agent.workspace import open_workspace

SLOTS = (
    TextValue(phrase="savings", options=((ColumnRef("accounts", "kind"), ("SAV",)),)),
    NumberValue(phrase="2", number="2"),
    PeriodValue(phrase="2024", start=datetime(2024, 1, 1), end=datetime(2025, 1, 1)),
    FreeText(phrase="O"),
    PeriodValue(phrase="June", start=datetime(2024, 6, 1), end=datetime(2024, 7, 1)),
    TextValue(phrase="all kinds", options=((ColumnRef("accounts", "kind"), ("SAV", "CUR")),)),
)


def rows(path: Path, text: str) -> list[list[Json]]:
    """Return the rows of a query, numbers as floats so that both engines agree."""
    workspace = open_workspace(resolve(str(path)))
    context = Context(workspace.model, workspace.catalog, Linked(slots=SLOTS))
    rendered = render(parse(text), context)
    admitted = admit_tree(rendered.tree, workspace.catalog)
    result = execute(workspace.target, admitted)
    return [[_number(value) for value in row] for row in result.rows]


def _number(value: Json) -> Json:
    try:
        return round(float(value), 4) if isinstance(value, str | int | float) else value
    except ValueError:
        return value


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("measure count customers", [[3]]),
        ("measure sum transactions.amount", [[150]]),
        ("measure sum transactions.amount; by branches.region", [["North", 60], ["South", 90]]),
        ("measure count accounts; where accounts.kind = V0", [[2]]),
        ("measure count accounts; where accounts.kind != V0", [[2]]),
        ("measure count accounts; where accounts.kind = V5", [[4]]),
        ("measure count transactions; where transactions.is_fraud = true", [[2]]),
        ("measure count transactions; where transactions.is_fraud is null", [[1]]),
        ("measure metric fraud_rate", [[0.5]]),
        (
            "measure metric fraud_rate; by transactions.channel; order desc; limit 1",
            [["branch", 1]],
        ),
        # a condition on the many side multiplies nothing
        ("measure sum customers.income; where accounts.kind = V5", [[370000.5]]),
        ("measure count customers; where accounts.balance > V1", [[2]]),
        ("measure count customers; where transactions.channel is not null", [[2]]),
        ("measure count customers; where lacks transactions", [[1]]),
        ("measure count customers; where has transactions and accounts.kind = V0", [[2]]),
        # groups of the many side: each base row once in each group
        ("measure sum customers.income; by accounts.kind", [["CUR", 300000.5], ["SAV", 120000]]),
        (
            "measure count customers; by transactions.channel",
            [["atm", 1], ["branch", 1], ["online", 2]],
        ),
        (
            "measure avg customers.income; by branches.region",
            [["North", 50000], ["South", 160000.25]],
        ),
        # dates
        (
            "measure count transactions; by month transactions.occurred_at",
            [["2024-01-01", 2], ["2024-02-01", 1], ["2024-05-01", 1], ["2024-06-01", 1]],
        ),
        (
            "measure count transactions; by quarter transactions.occurred_at",
            [["2024-01-01", 3], ["2024-04-01", 2]],
        ),
        ("measure count transactions; by year transactions.occurred_at", [[2024, 5]]),
        (
            "measure count transactions; by week transactions.occurred_at; limit 1",
            [["2024-01-01", 2]],
        ),
        (
            "measure count transactions; by day transactions.occurred_at; limit 1",
            [["2024-01-05", 1]],
        ),
        ("measure count transactions; by hour transactions.occurred_at; limit 1", [[10, 1]]),
        (
            "measure count transactions; by weekday transactions.occurred_at",
            [[3, 2], [5, 1], [6, 1], [7, 1]],
        ),
        ("measure count transactions; where transactions.occurred_at during V4", [[1]]),
        ("measure count transactions; where transactions.occurred_at before V4", [[4]]),
        ("measure count transactions; where transactions.occurred_at since V4", [[1]]),
        ("measure count transactions; where transactions.occurred_at after V2", [[0]]),
        # shares, ratios, averages of groups, averages
        ("measure share count transactions if transactions.is_fraud = true", [[0.4]]),
        (
            "measure share sum transactions.amount; by branches.region",
            [["North", 0.4], ["South", 0.6]],
        ),
        ("measure ratio sum transactions.amount over count transactions", [[30]]),
        ("measure avg count accounts per customers", [[1.3333]]),
        ("measure max count transactions per accounts", [[2]]),
        ("measure count accounts; where accounts.balance > average", [[2]]),
        (
            "measure count transactions; by accounts.kind; having count transactions > V1",
            [["SAV", 4]],
        ),
        # rows
        ("show customers.city", [["Austin"], ["Boston"]]),
        ("show customers.name; where customers.name contains V3", [["Cleo"]]),
        (
            "show customers.name, accounts.balance; order accounts.balance desc; limit V1",
            [["Ben", 300.3], ["Ada", 200.2]],
        ),
        ("measure count distinct customers.city, max customers.income", [[2, 250000.5]]),
        ("measure min accounts.opened_on", [["2020-02-01"]]),
    ],
)
def test_numbers_are_right(bank: Path, text: str, expected: list[list[Json]]) -> None:
    found = rows(bank, text)
    if text.startswith("show customers.city"):
        found.sort(key=str)
    assert found == expected


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("measure sum accounts.balance, count transactions", "twice"),
        ("measure sum accounts.balance, sum transactions.amount", "twice"),
        ("measure count customers; where accounts.kind = V1", "has no value"),
        ("measure count customers; where accounts.balance > V0", "no number"),
        ("measure count nothing", "nothing"),
        ("measure metric nothing", "no metric"),
        ("measure count customers; limit V0", "number of rows"),
        ("show customers.name, branches.name, transactions.amount, nothing.x", "do not meet"),
        ("measure count customers; order accounts.kind desc", "to be ordered by"),
        ("measure count customers; where accounts.opened_on during V1", "no period"),
    ],
)
def test_what_would_be_a_guess_is_refused(bank_duckdb: Path, text: str, said: str) -> None:
    with pytest.raises(CannotRender, match=said):
        rows(bank_duckdb, text)


def _model(*, drafted: bool) -> SemanticModel:
    def table(name: str, *columns: str) -> Table:
        return Table(
            name=name,
            primary_key=("id",),
            columns=tuple(Column(name=c, type="integer", role="key") for c in ("id", *columns)),
        )

    def join(left: str, column: str) -> Join:
        pair = (ColumnRef(left, column), ColumnRef("people", "id"))
        return Join(left=left, right="people", on=(pair,), cardinality="many_to_one")

    return SemanticModel(
        name="m",
        drafted=drafted,
        tables=(table("people"), table("matters", "owner", "author")),
        joins=(join("matters", "owner"), join("matters", "author")),
    )


def test_two_ways_need_clarification_in_a_draft() -> None:
    graph = JoinGraph(_model(drafted=True))
    with pytest.raises(AmbiguousPath) as caught:
        graph.path("matters", "people")
    assert len(caught.value.choices) == 2
    assert any("owner" in choice for choice in caught.value.choices)


def test_a_written_model_decides_by_the_order_of_its_joins() -> None:
    path = JoinGraph(_model(drafted=False)).path("matters", "people")
    assert path is not None
    assert path.chosen
    assert path.edges[0].on[0][0] == ColumnRef("matters", "owner")
