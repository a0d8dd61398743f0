"""Does one query tree give the same rows on every engine, and can every warehouse's SQL be read?

    python benchmarks/sql_dialects.py [--engines spark]

The trees that the rules make of the benchmark's questions over small copies of the two bundled
databases, and trees over a database of edge cases (`_dialect_edges.py`), rendered for each engine
and run there on the same rows: PostgreSQL in a private cluster, Spark on this machine over Parquet
files. Rows are compared in order where the tree orders them (ties are ordered too), else as a
multiset; numbers to nine significant digits. *Refused* is what an engine cannot say and what is
refused by name. *Warehouses*: no server here; each tree is rendered, parsed by the dialect's own
grammar, admitted by the guard, written back for DuckDB by sqlglot and run there. That finds slips
of rendering, and nothing in which the warehouse differs from its manual.
"""

import argparse
import json
import math
import sqlite3
import tempfile
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime
from decimal import Decimal
from importlib import import_module
from pathlib import Path
from typing import Any

import duckdb
import psycopg
import sqlglot
from _dialect_edges import MODEL, trees
from _dialect_edges import build as build_edges
from _record import HERE, record
from sql_compare import plain
from sql_guard import cluster
from sqlglot.errors import SqlglotError

from assistants.answer import Json
from assistants.deadline import call
from assistants.errors import PlumbError
from sql_agent import spark
from sql_agent.clarify import Undecided
from sql_agent.connect import Limits
from sql_agent.database import Target
from sql_agent.execute import Result, execute, run
from sql_agent.guard import admit, admit_tree
from sql_agent.linking import link
from sql_agent.query_tree import Linked
from sql_agent.render import Context, render
from sql_agent.rules import Proposal, known_words, propose
from sql_agent.workspace import Workspace, open_workspace

DATABASES = ("finance", "medical", "edges")
WAREHOUSES = ("snowflake", "bigquery", "trino")
Row = tuple[str | None, ...]
SCALE = 0.05
_TYPES = {"DOUBLE": "DOUBLE PRECISION", "FLOAT": "REAL", "HUGEINT": "NUMERIC"}
_DIRECT_SECONDS = 60.0


def options(parser: argparse.ArgumentParser) -> None:
    """Add the benchmark's own arguments."""
    parser.add_argument("--engines", nargs="+", default=["sqlite", "postgres", "spark"])
    parser.add_argument("--databases", nargs="+", default=list(DATABASES))


def measure(arguments: argparse.Namespace) -> Mapping[str, Any]:
    """Render and run every tree everywhere."""
    results: dict[str, Any] = {}
    if "spark" in arguments.engines and (missing := spark.installed()):
        results["spark"] = f"skipped: {missing}"
        arguments.engines = [name for name in arguments.engines if name != "spark"]
    with tempfile.TemporaryDirectory(prefix="plumb-dialects-") as name:
        folder = Path(name)
        folder.chmod(0o755)
        programs = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"))
        with cluster(programs[-1].parent, folder / "cluster") as url:
            for database in arguments.databases:
                targets = _copies(database, folder, url)
                wanted = ("duckdb", *arguments.engines)
                opened = {engine: open_workspace(targets[engine]) for engine in wanted}
                most = 30 if arguments.quick else 1000
                results[database] = _compare(database, opened, most)
    results["all"] = _totals([results[name] for name in arguments.databases])
    return results


def _compare(database: str, opened: Mapping[str, Workspace], most: int) -> dict[str, Any]:
    first = opened["duckdb"]
    made = trees() if database == "edges" else _trees(database, first)
    proposals = list(made)[:most]
    found: dict[str, Any] = {"trees": len(proposals)}
    wanted = [_rows(first, proposal) for proposal in proposals]
    found["duckdb_failed"] = sum(isinstance(rows, str) for rows in wanted)
    pairs = [(p, rows) for p, rows in zip(proposals, wanted, strict=True) if isinstance(rows, list)]
    for engine, workspace in opened.items():
        if engine != "duckdb":
            found[engine] = _judged(pairs, lambda p, w=workspace: _rows(w, p))
    for dialect in WAREHOUSES:
        found[dialect] = _judged(pairs, lambda p, d=dialect: _read_back(first, p, d))
    return found


def _judged(
    pairs: Sequence[tuple[Proposal, list[Row]]], run: Callable[[Proposal], list[Row] | str]
) -> dict[str, Any]:
    counts, different = Counter[str](), list[str]()
    for proposal, rows in pairs:
        own = run(proposal)
        kind = "refused" if isinstance(own, str) else "same" if _agree(own, rows) else "different"
        counts[kind] += 1
        if kind != "same":
            shown = str(own)[:120] if kind == "refused" else str(proposal.query)[:300]
            different.append(shown)
    return {**counts, "which": sorted(set(different))[:5] or 0}


def _totals(found: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    names = [name for name, value in found[0].items() if isinstance(value, dict)]
    totals = {name: Counter[str]() for name in names}
    for one in found:
        for name in names:
            totals[name].update({k: v for k, v in one[name].items() if k != "which"})
    return {name: dict(counts) for name, counts in totals.items()}


def _trees(database: str, workspace: Workspace) -> Iterator[Proposal]:
    seen: set[str] = set()
    lines = (HERE / "data" / f"questions_{database}.ndjson").read_text(encoding="utf-8")
    for row in map(json.loads, lines.splitlines()):
        if row["sql"] is None:
            continue
        try:
            made = propose(link(row["question"], workspace, known_words()), workspace)
        except (Undecided, PlumbError):
            continue
        if made is not None and not made.leftover and str(made) not in seen:
            seen.add(str(made))
            yield made


def _rows(workspace: Workspace, proposal: Proposal) -> list[Row] | str:
    try:
        tree = render(proposal.query, _context(workspace, proposal)).tree
        admitted = admit_tree(tree, workspace.catalog)
        result = execute(workspace.target, admitted, Limits(seconds=60, rows=5000))
    except PlumbError as error:
        return str(error)
    return _sorted(result, ordered=bool(tree.args.get("order")))


def _read_back(workspace: Workspace, proposal: Proposal, dialect: str) -> list[Row] | str:
    """Return the rows of a warehouse's SQL after it was parsed and written for DuckDB again."""
    catalog = replace(workspace.catalog, dialect=dialect)
    try:
        context = replace(_context(workspace, proposal), catalog=catalog)
        tree = render(proposal.query, context).tree
        admitted = admit(tree.sql(dialect=dialect), catalog)
        back = sqlglot.parse_one(admitted.sql, dialect=dialect).sql(dialect="duckdb")
        result = call(run, workspace.target, back, Limits(rows=5000), seconds=_DIRECT_SECONDS)
    except (PlumbError, SqlglotError) as error:
        return str(error)
    return _sorted(result, ordered=bool(tree.args.get("order")))


def _context(workspace: Workspace, proposal: Proposal) -> Context:
    linked = Linked(slots=proposal.slots)
    return Context(workspace.model, workspace.catalog, linked, latest=workspace.latest)


def _sorted(result: Result, *, ordered: bool) -> list[Row]:
    rows = [tuple(_value(value) for value in row) for row in result.rows]
    return rows if ordered else sorted(rows, key=_coarse)


def _coarse(row: Row) -> str:
    """Return a key that the last digits of a sum do not change."""
    return str([_rounded(value) for value in row])


def _rounded(value: str | None) -> str | None:
    try:
        return value if value is None else f"{float(value):.4g}"
    except ValueError:
        return value


def _agree(first: Sequence[Row], second: Sequence[Row]) -> bool:
    """Return whether rows are the same; sums of decimals may differ in their last binary digit."""
    if len(first) != len(second):
        return False
    pairs = (pair for rows in zip(first, second, strict=True) for pair in zip(*rows, strict=False))
    return all(a == b or _close(a, b) for a, b in pairs)


def _close(a: str | None, b: str | None) -> bool:
    try:
        return a is not None and b is not None and math.isclose(float(a), float(b), rel_tol=1e-9)
    except ValueError:
        return False


def _value(value: Json) -> str | None:
    if isinstance(value, bool):
        return str(int(value))
    if isinstance(value, int | float):
        return repr(float(value))
    shown = plain(value, year=False)
    try:
        return repr(float(str(value))) if shown is not None else None
    except ValueError:
        return shown


# --- copies ---------------------------------------------------------------------------------------


def _copies(database: str, folder: Path, url: str) -> dict[str, Target]:
    origin = folder / f"{database}.duckdb"
    if database == "edges":
        (folder / "edges.yaml").write_text(MODEL, encoding="utf-8")
        model = str(folder / "edges.yaml")
        build_edges(origin, seed=1)
    else:
        package = Path(import_module(f"sql_agent.{database}").__file__ or "").parent
        model = str(package / "model.yaml")
        import_module(f"sql_agent.{database}.generate").build(origin, scale=SCALE)
    other = folder / f"{database}.sqlite"
    with psycopg.connect(url, autocommit=True) as first:
        first.execute(f"CREATE DATABASE {database}".encode())
    url = url.rpartition("/")[0] + f"/{database}"
    with (
        duckdb.connect(str(origin), read_only=True) as source,
        sqlite3.connect(other) as lite,
        psycopg.connect(url) as server,
    ):
        tables = [
            row[0] for row in source.execute("SELECT table_name FROM duckdb_tables()").fetchall()
        ]
        parquet = folder / f"{database}_parquet"
        parquet.mkdir()
        for table in tables:
            _copy(source, lite, server, table)
            source.execute(f"COPY {table} TO '{parquet / table}.parquet' (FORMAT parquet)")
    return {
        "duckdb": Target(
            dialect="duckdb", engine="duckdb", location=str(origin), semantic_model=model
        ),
        "sqlite": Target(
            dialect="sqlite", engine="sqlite", location=str(other), semantic_model=model
        ),
        "postgres": Target(dialect="postgres", engine="server", location=url, semantic_model=model),
        "spark": Target(
            dialect="spark", engine="spark", location=str(parquet), semantic_model=model
        ),
    }


def _copy(
    source: duckdb.DuckDBPyConnection,
    lite: sqlite3.Connection,
    server: "psycopg.Connection[Any]",
    table: str,
) -> None:
    described = source.execute(f"SELECT * FROM {table} LIMIT 0").description
    types = [str(row[1]) for row in described]
    columns = [
        f"{row[0]} {_TYPES.get(kind, kind)}" for row, kind in zip(described, types, strict=True)
    ]
    key = f"PRIMARY KEY ({described[0][0]})"
    create = f"CREATE TABLE {table} ({', '.join(columns)}, {key})"
    rows = source.execute(f"SELECT * FROM {table}").fetchall()
    lite.execute(create)
    marks = ", ".join("?" * len(columns))
    lite.executemany(f"INSERT INTO {table} VALUES ({marks})", (_plain(row) for row in rows))
    server.execute(create.encode())
    with server.cursor().copy(f"COPY {table} FROM STDIN".encode()) as copy:
        for row in rows:
            copy.write_row(row)


def _plain(row: Sequence[Any]) -> tuple[Any, ...]:
    return tuple(
        value.isoformat(" ")
        if isinstance(value, datetime)
        else value.isoformat()
        if isinstance(value, date)
        else float(value)
        if isinstance(value, Decimal)
        else value
        for value in row
    )


if __name__ == "__main__":
    record("sql_dialects", measure, options=options)
