"""Does one query tree give the same rows on DuckDB, SQLite and PostgreSQL?

    python benchmarks/sql_dialects.py

The trees that the rules make of the benchmark's questions, rendered for each engine and run there
on the same rows: small copies of the two bundled databases, PostgreSQL in a private cluster. Rows
are compared in order where the tree orders them (ties are ordered too), else as a multiset; numbers
to nine significant digits. *Refused* is what an engine cannot say and what is refused by name.
"""

import argparse
import json
import math
import sqlite3
import tempfile
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal
from importlib import import_module
from pathlib import Path
from typing import Any

import duckdb
import psycopg
from _record import HERE, record
from sql_compare import plain
from sql_guard import cluster

from assistants.answer import Json
from assistants.errors import PlumbError
from sql_agent.clarify import Undecided
from sql_agent.connect import Limits
from sql_agent.database import Target
from sql_agent.execute import execute
from sql_agent.guard import admit_tree
from sql_agent.linking import link
from sql_agent.query_tree import Linked
from sql_agent.render import Context, render
from sql_agent.rules import Proposal, known_words, propose
from sql_agent.workspace import Workspace, open_workspace

DATABASES = ("finance", "medical")
Row = tuple[str | None, ...]
SCALE = 0.05
_TYPES = {"DOUBLE": "DOUBLE PRECISION", "FLOAT": "REAL", "HUGEINT": "NUMERIC"}


def measure(arguments: argparse.Namespace) -> Mapping[str, Any]:
    """Render and run every tree everywhere."""
    results: dict[str, Any] = {}
    with tempfile.TemporaryDirectory(prefix="plumb-dialects-") as name:
        folder = Path(name)
        folder.chmod(0o755)
        programs = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"))
        with cluster(programs[-1].parent, folder / "cluster") as url:
            for database in DATABASES:
                targets = _copies(database, folder, url)
                opened = {engine: open_workspace(target) for engine, target in targets.items()}
                most = 30 if arguments.quick else 1000
                results[database] = _compare(database, opened, most)
    return results


def _compare(database: str, opened: Mapping[str, Workspace], most: int) -> dict[str, Any]:
    first = opened["duckdb"]
    proposals = list(_trees(database, first))[:most]
    found: dict[str, Any] = {"trees": len(proposals)}
    wanted = [_rows(first, proposal) for proposal in proposals]
    found["duckdb_failed"] = sum(isinstance(rows, str) for rows in wanted)
    for engine in ("sqlite", "postgres"):
        counts, different = Counter[str](), list[str]()
        for proposal, rows in zip(proposals, wanted, strict=True):
            if isinstance(rows, str):
                continue
            own = _rows(opened[engine], proposal)
            kind = (
                "refused" if isinstance(own, str) else "same" if _agree(own, rows) else "different"
            )
            counts[kind] += 1
            if kind != "same":
                different.append(str(own)[:120] if kind == "refused" else str(proposal.query)[:300])
        found[engine] = {**counts, "which": different[:5] or 0}
    return found


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
    linked = Linked(slots=proposal.slots)
    context = Context(workspace.model, workspace.catalog, linked, latest=workspace.latest)
    try:
        tree = render(proposal.query, context).tree
        admitted = admit_tree(tree, workspace.catalog)
        result = execute(workspace.target, admitted, Limits(seconds=20, rows=5000))
    except PlumbError as error:
        return str(error)
    rows = [tuple(_value(value) for value in row) for row in result.rows]
    return rows if tree.args.get("order") else sorted(rows, key=_coarse)


def _coarse(row: Row) -> str:
    """Return a key that the last digits of a sum do not change."""
    return str(
        [
            f"{float(v):.4g}"
            if v and v[0] in "-.0123456789" and "-" not in v[1:] and ":" not in v
            else v
            for v in row
        ]
    )


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
    model = str(Path(import_module(f"sql_agent.{database}").__file__ or "").parent / "model.yaml")
    origin = folder / f"{database}.duckdb"
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
        for table in tables:
            _copy(source, lite, server, table)
    return {
        "duckdb": Target(
            dialect="duckdb", engine="duckdb", location=str(origin), semantic_model=model
        ),
        "sqlite": Target(
            dialect="sqlite", engine="sqlite", location=str(other), semantic_model=model
        ),
        "postgres": Target(dialect="postgres", engine="server", location=url, semantic_model=model),
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
    record("sql_dialects", measure)
