"""Does anything but a read get through, and do honest queries pass?

    python benchmarks/sql_guard.py --shared FOLDER

*Named attacks* (tests/golden/sql/attacks.txt) against the guard. *Fuzzed statements*: 10,000 made
by splicing, cutting and recasing attacks and honest queries; what the guard admits of them runs on
live DuckDB, SQLite and PostgreSQL (a private cluster, loopback only, as a user who may also write),
under the engines' locks. An escape is an admitted statement after which the database files or
tables or a watched folder differ, or whose result holds the canary text of a file that only the
file system has. *Honest queries*: the gold SQL of EHRSQL-2024's train and valid parts over its
published schema; the processor time is that of admitting them.
"""

import argparse
import hashlib
import json
import os
import pwd
import random
import shutil
import socket
import sqlite3
import subprocess
import tempfile
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from statistics import median, quantiles
from typing import Any

import duckdb
import psycopg
from _record import HERE, record

from assistants.errors import PlumbError, QueryRefused
from sql_agent.catalog import Catalog
from sql_agent.catalog_reader import read
from sql_agent.connect import Limits, open_reader
from sql_agent.database import resolve
from sql_agent.guard import admit

GOLDEN = HERE.parent / "tests" / "golden" / "sql"
FUZZED = 10_000
CANARY = "canary-7f3a91"
BANK = """
CREATE TABLE customers (customer_id INTEGER PRIMARY KEY, name VARCHAR(40), city VARCHAR(40),
  segment VARCHAR(40), joined_on DATE);
CREATE TABLE accounts (account_id INTEGER PRIMARY KEY, customer_id INTEGER, branch_id INTEGER,
  kind VARCHAR(10), balance DECIMAL(12, 2), opened_on DATE);
CREATE TABLE transactions (transaction_id INTEGER PRIMARY KEY, account_id INTEGER,
  amount DECIMAL(12, 2), occurred_at TIMESTAMP, channel VARCHAR(20), is_fraud BOOLEAN);
INSERT INTO customers VALUES (1, 'Ada', 'Boston', 'retail', '2020-01-15');
INSERT INTO accounts VALUES (1, 1, 1, 'SAV', 100.10, '2020-02-01');
INSERT INTO accounts VALUES (2, 1, 1, 'CUR', 5, '2021-02-01');
INSERT INTO transactions VALUES (1, 1, 10.00, '2024-01-05 10:00:00', 'online', false);
"""


def options(parser: argparse.ArgumentParser) -> None:
    """Add the benchmark's own arguments."""
    parser.add_argument("--shared", type=Path, help="the folder of the shared data sets")
    parser.add_argument("--seed", type=int, default=7)


def measure(arguments: argparse.Namespace) -> Mapping[str, Any]:
    """Attack, fuzz, and admit what is honest."""
    count = 300 if arguments.quick else FUZZED
    with tempfile.TemporaryDirectory(prefix="plumb-guard-") as name:
        folder = Path(name)
        folder.chmod(0o755)
        canary = folder / "secret.csv"
        canary.write_text(f"a,b\n{CANARY},1\n", encoding="utf-8")
        with _databases(folder) as urls:
            fuzz = _fuzz(urls, count, random.Random(arguments.seed), folder)
    results: dict[str, Any] = {"named": _named(), "fuzzed": fuzz}
    if arguments.shared is not None:
        results["honest"] = _honest(arguments.shared, 300 if arguments.quick else None)
    return results


def _attacks() -> list[tuple[str, str]]:
    lines = (GOLDEN / "attacks.txt").read_text(encoding="utf-8").splitlines()
    kept = [line.split("\t", 1) for line in lines if line and not line.startswith("#")]
    return [(place, sql) for place, sql in kept]


def _named() -> dict[str, Any]:
    with tempfile.TemporaryDirectory() as name:
        path = Path(name) / "bank.duckdb"
        _make_duckdb(path)
        tables = read(resolve(str(path))).tables
    tried, through = 0, list[str]()
    for place, sql in _attacks():
        for dialect in ("duckdb", "sqlite", "postgres") if place == "all" else (place,):
            tried += 1
            with suppress(QueryRefused):
                admit(sql, Catalog(dialect=dialect, tables=tables))
                through.append(f"{dialect}: {sql}")
    return {"statements": len(_attacks()), "tried": tried, "admitted": through or 0}


# --- fuzzing --------------------------------------------------------------------------------------


def _statements(random_: random.Random, count: int, folder: Path) -> Iterator[str]:
    """Yield spliced statements: halves, inner parts and clauses of attacks and honest queries."""
    honest = (GOLDEN / "honest.txt").read_text(encoding="utf-8").splitlines()
    seeds = [sql for _, sql in _attacks()] + [s for s in honest if s and s[0] != "#"] * 8
    parts = sorted({word for sql in seeds for word in sql.replace("(", " ( ").split()})
    files = [str(folder / "secret.csv"), str(folder / "written.csv")]
    for _ in range(count):
        words = random_.choice(seeds).split(" ")
        for _ in range(random_.randint(1, 4)):
            at = random_.randrange(len(words))
            match random_.randrange(8):
                case 0:
                    words[at] = random_.choice(parts)
                case 1:
                    words.insert(at, random_.choice(parts))
                case 2:
                    words.insert(at, f"({random_.choice(seeds)})")
                case 3:
                    other = random_.choice(seeds).split(" ")
                    words = words[:at] + other[random_.randrange(len(other)) :]
                case 4:
                    words[at] = words[at].swapcase()
                case 5:
                    words.insert(at, random_.choice(("/*", "*/", "--", ";", "\t", "'", '"', "$$")))
                case 6:
                    words[at] = f"'{random_.choice(files)}'"
                case _:
                    del words[at]
            words = words or ["SELECT"]
        yield " ".join(words)


def _fuzz(
    urls: Mapping[str, str], count: int, random_: random.Random, folder: Path
) -> dict[str, Any]:
    found: dict[str, Any] = {"statements": count}
    statements = list(_statements(random_, count, folder))
    for engine, url in urls.items():
        target = resolve(url)
        catalog = read(target)
        before = _state(url, folder)
        admitted, ran, escapes = 0, 0, list[str]()
        for sql in statements:
            try:
                kept = admit(sql, catalog)
            except QueryRefused:
                continue
            admitted += 1
            with suppress(PlumbError), open_reader(target, Limits(seconds=5.0)) as reader:
                rows = reader.select(kept.sql).fetchmany(100)
                ran += 1
                if CANARY in str(rows):
                    escapes.append(sql)
            if admitted % 25 == 0 and _state(url, folder) != before:
                escapes.append(f"one of the 25 before: {sql}")
                before = _state(url, folder)
        if _state(url, folder) != before:
            escapes.append("one of the last 25")
        found[engine] = {"admitted": admitted, "ran": ran, "escapes": escapes or 0}
    return found


def _state(url: str, folder: Path) -> str:
    """Return a digest of the watched folder and, for a server, of its tables and their rows."""
    digest = hashlib.sha256()
    for path in sorted(folder.rglob("*")):
        if path.is_file() and "cluster" not in path.parts:
            digest.update(str(path).encode() + path.read_bytes())
    if "://" in url:
        with psycopg.connect(url) as connection:
            tables = connection.execute(
                "SELECT schemaname, tablename FROM pg_tables WHERE schemaname !~ '^pg_' "
                "AND schemaname <> 'information_schema' ORDER BY 1, 2"
            ).fetchall()
            digest.update(str(tables).encode())
            for table in ("customers", "accounts", "transactions"):
                rows = connection.execute(f"SELECT * FROM {table} ORDER BY 1").fetchall()
                digest.update(str(rows).encode())
    return digest.hexdigest()


# --- databases ------------------------------------------------------------------------------------


def _make_duckdb(path: Path) -> None:
    with duckdb.connect(str(path)) as connection:
        connection.execute(BANK)


@contextmanager
def _databases(folder: Path) -> Iterator[dict[str, str]]:
    _make_duckdb(folder / "bank.duckdb")
    with sqlite3.connect(folder / "bank.sqlite") as connection:
        connection.executescript(BANK)
    found = {"duckdb": str(folder / "bank.duckdb"), "sqlite": str(folder / "bank.sqlite")}
    programs = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"))
    if not programs:
        yield found
        return
    with cluster(programs[-1].parent, folder / "cluster") as url:
        yield {**found, "postgres": url}


@contextmanager
def cluster(programs: Path, folder: Path) -> Iterator[str]:
    """Start PostgreSQL for this run alone; it refuses to run as root."""
    user = pwd.getpwnam("postgres").pw_name if os.getuid() == 0 else None
    folder.mkdir()
    if user is not None:
        shutil.chown(folder, user)
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    data = str(folder / "data")
    sockets = f"-c unix_socket_directories={folder}"
    options_ = f"-p {port} -c listen_addresses=127.0.0.1 {sockets} -c fsync=off"

    def call(program: str, *arguments: str) -> None:
        command = [str(programs / program), "-D", data, *arguments]
        subprocess.run(command, check=True, capture_output=True, user=user, cwd=folder, timeout=120)

    call("initdb", "-U", "root", "-A", "trust", "-E", "UTF8", "--locale=C", "--no-sync")
    call("pg_ctl", "-o", options_, "-l", str(folder / "log"), "-w", "start")
    try:
        with psycopg.connect(
            f"postgresql://root@127.0.0.1:{port}/postgres", autocommit=True
        ) as root:
            root.execute("CREATE ROLE analyst LOGIN CREATEDB")
            root.execute("CREATE DATABASE bank OWNER analyst")
        url = f"postgresql://analyst@127.0.0.1:{port}/bank"
        with psycopg.connect(url, autocommit=True) as connection:
            connection.execute(BANK.encode())
        yield url
    finally:
        call("pg_ctl", "-m", "immediate", "stop")


# --- honest queries -------------------------------------------------------------------------------


def _honest(shared: Path, most: int | None) -> dict[str, Any]:
    folder = shared / "sql" / "ehrsql-2024"
    queries: list[str] = []
    for part in ("train", "valid"):
        labels = json.loads((folder / part / "label.json").read_text(encoding="utf-8"))
        queries += [sql for sql in labels.values() if sql != "null"]
    with tempfile.TemporaryDirectory() as name:
        path = Path(name) / "mimic.sqlite"
        with sqlite3.connect(path) as connection:
            connection.executescript((folder / "mimic_iv.sql").read_text(encoding="utf-8"))
        catalog = read(resolve(str(path)))
    refused: dict[str, int] = {}
    milliseconds: list[float] = []
    for sql in queries[:most]:
        began = time.process_time()
        try:
            admit(sql, catalog)
        except QueryRefused as error:
            said = str(error)
            refused[said] = refused.get(said, 0) + 1
        milliseconds.append(1000 * (time.process_time() - began))
    return {
        "queries": len(milliseconds),
        "admitted": 1 - sum(refused.values()) / len(milliseconds),
        "refused_for": dict(sorted(refused.items(), key=lambda pair: -pair[1])[:6]),
        "processor_ms_p50": median(milliseconds),
        "processor_ms_p95": quantiles(milliseconds, n=20)[-1],
    }


if __name__ == "__main__":
    record("sql_guard", measure, options=options)
