"""The cost check before a query runs: what live engines plan, and what is refused for it."""

from pathlib import Path

import pytest

from assistants.answer import Check, Status, Verdict
from sql_agent import Limits, ask, query
from sql_agent.cost import TooCostly, cost_of, judged

PRODUCT = "SELECT COUNT(*) FROM transactions a, transactions b, transactions c, transactions d"


def _cost(checks: tuple[Check, ...]) -> list[str]:
    return [check.detail for check in checks if check.by == "cost"]


@pytest.mark.parametrize("engine", ["bank_duckdb", "bank_sqlite"])
def test_a_cartesian_product_is_refused_with_what_to_do(
    engine: str, request: pytest.FixtureRequest
) -> None:
    bank: Path = request.getfixturevalue(engine)
    refused = query(str(bank), PRODUCT, limits=Limits(work=400))
    assert refused.status is Status.REFUSED
    assert "rows of work" in refused.reason
    assert "--cost-limit" in refused.reason
    allowed = query(str(bank), PRODUCT, limits=Limits(work=None))
    assert allowed.status is Status.ANSWERED
    assert allowed.best is not None
    assert allowed.best.candidate.rows == ((625,),)


@pytest.mark.parametrize("engine", ["bank_duckdb", "bank_sqlite"])
def test_a_report_passes_and_says_what_it_cost(engine: str, request: pytest.FixtureRequest) -> None:
    bank: Path = request.getfixturevalue(engine)
    answer = ask(str(bank), "total balance by region")
    assert answer.status is Status.ANSWERED
    (detail,) = _cost(answer.evidence)
    assert detail.endswith("rows of work, below 500,000,000")


def test_a_question_that_costs_too_much_is_refused(bank_duckdb: Path) -> None:
    answer = ask(str(bank_duckdb), "total balance by region", limits=Limits(work=1))
    assert answer.status is Status.REFUSED
    assert "the limit is 1 " in answer.reason


def test_nested_loops_of_sqlite_multiply_and_indexes_do_not() -> None:
    sizes = {"a": 1000, "b": 2000}
    product = [(1, 0, 0, "SCAN a"), (2, 0, 0, "SCAN b")]
    assert cost_of("sqlite", product, sizes).work == 1000 + 1000 * 2000
    by_key = [(1, 0, 0, "SCAN b"), (2, 0, 0, "SEARCH a USING INTEGER PRIMARY KEY (rowid=?)")]
    assert cost_of("sqlite", by_key, sizes).work == 2000 + 2000
    correlated = [
        (1, 0, 0, "SCAN a"),
        (2, 0, 0, "CORRELATED SCALAR SUBQUERY 1"),
        (3, 2, 0, "SCAN b"),
    ]
    assert cost_of("sqlite", correlated, sizes).work == 1000 + 1000 * 2000


def test_a_join_without_equality_counts_as_a_product_on_duckdb() -> None:
    def scan(rows: int) -> str:
        return f'{{"name": "SEQ_SCAN", "extra_info": {{"Estimated Cardinality": "{rows}"}}}}'

    plan = f'[{{"name": "CROSS_PRODUCT", "children": [{scan(300)}, {scan(500)}]}}]'
    assert cost_of("duckdb", [("physical_plan", plan)], {}).work == 300 + 500 + 300 * 500


def test_the_planner_of_postgresql_is_taken_at_its_word() -> None:
    plan = [{"Plan": {"Node Type": "Seq Scan", "Relation Name": "big", "Total Cost": 150.0}}]
    cost = cost_of("postgres", [(plan,)], {})
    assert (cost.work, cost.mostly) == (15_000, "seq scan big")
    with pytest.raises(TooCostly, match="mostly seq scan big"):
        judged(cost, 14_999)
    assert judged(cost, 15_000).verdict is Verdict.PROVED


def test_no_estimate_is_no_proof() -> None:
    assert judged(None, 10).verdict is Verdict.UNKNOWN
