"""The semantic models and the question sets, held against the built databases."""

import json
import re
from pathlib import Path

import pytest

from sql_agent.semantic_model import load

ROOT = Path(__file__).resolve().parents[3]
NAMES = ("finance", "medical")
KINDS = {
    "INTEGER": "integer",
    "DOUBLE": "float",
    "BOOLEAN": "boolean",
    "DATE": "date",
    "TIMESTAMP": "timestamp",
    "VARCHAR": "text",
}


@pytest.fixture(scope="module", params=NAMES)
def opened(request, bundles, full):
    name = request.param
    return name, full[name], load(bundles[name].semantic_model)


def kind_of(native):
    return "decimal" if native.startswith("DECIMAL") else KINDS[native]


def test_model_and_database_have_the_same_columns(opened):
    _, connection, model = opened
    stored = connection.execute(
        "SELECT table_name, column_name, data_type FROM duckdb_columns() WHERE NOT internal ORDER BY 1, column_index"
    ).fetchall()
    described = [(t.name, c.name, c.type) for t in model.tables for c in t.columns]
    assert sorted(described) == sorted((t, c, kind_of(native)) for t, c, native in stored)


def test_every_metric_gives_a_number(opened):
    _, connection, model = opened
    assert len(model.metrics) >= 12
    for metric in model.metrics:
        (table,) = {ref.table for ref in metric.columns}
        (value,) = connection.execute(f"SELECT {metric.expression} FROM {table}").fetchone()
        assert value is not None, metric.name
        if metric.format == "percent":
            assert 0 < value < 1, metric.name


def test_labelled_values_are_stored_values(opened):
    _, connection, model = opened
    for table in model.tables:
        for column in table.columns:
            if not column.values:
                continue
            rows = connection.execute(f"SELECT DISTINCT {column.name} FROM {table.name}").fetchall()
            stored = {value for (value,) in rows}
            assert {v.code for v in column.values} <= stored, (table.name, column.name)


def test_joins_follow_declared_keys(opened):
    _, connection, model = opened
    rows = connection.execute(
        "SELECT table_name, constraint_column_names[1], referenced_table FROM duckdb_constraints()"
        " WHERE constraint_type = 'FOREIGN KEY'"
    ).fetchall()
    joined = {(j.left, j.on[0][0].column, j.right) for j in model.joins}
    assert joined == set(rows)


def test_identifying_columns_are_marked(opened):
    name, _, model = opened
    marked = {f"{t.name}.{c.name}" for t in model.tables for c in t.columns if c.pii}
    person = "customers" if name == "finance" else "patients"
    assert {f"{person}.first_name", f"{person}.last_name", f"{person}.birth_date"} <= marked


def test_verified_queries_run(opened):
    _, connection, model = opened
    assert len(model.verified_queries) >= 3
    for query in model.verified_queries:
        assert connection.execute(query.sql).fetchall()


def questions(name):
    path = ROOT / "benchmarks" / "data" / f"questions_{name}.ndjson"
    return [json.loads(line) for line in path.read_text().splitlines()]


def skeleton(sql):
    """SQL without its literals: what may stand on one side of the split only."""
    return re.sub(r"\s+", " ", re.sub(r"'[^']*'|\b\d+(\.\d+)?\b", "?", sql)).lower()


def test_gold_sql_runs_and_returns_something(opened):
    name, connection, _ = opened
    rows = [row for row in questions(name) if row["sql"]]
    assert len(rows) >= 75
    for row in rows:
        result = connection.execute(row["sql"]).fetchall()
        assert result, row["id"]
        assert len(result) <= 1100, row["id"]  # few are longer than an answer's row limit
        assert any(value is not None for value in result[0]), row["id"]


def test_unanswerable_share_and_unique_rows(opened):
    name, _, _ = opened
    rows = questions(name)
    assert {tuple(row) for row in rows} == {("id", "database", "question", "sql", "split")}
    assert len({row["id"] for row in rows}) == len({row["question"] for row in rows}) == len(rows)
    assert {row["database"] for row in rows} == {name}
    assert 0.15 < sum(row["sql"] is None for row in rows) / len(rows) < 0.4


@pytest.mark.parametrize(("seen", "kept"), [("dev", "held"), ("dev2", "unseen")])
def test_no_query_stands_on_both_sides(opened, seen, kept):
    name, _, _ = opened
    rows = [row for row in questions(name) if row["split"] in {seen, kept}]
    sides = {}
    for row in rows:
        if row["sql"]:
            sides.setdefault(skeleton(row["sql"]), set()).add(row["split"])
    assert all(len(found) == 1 for found in sides.values())
    assert 0.4 < sum(row["split"] == kept for row in rows) / len(rows) < 0.6
