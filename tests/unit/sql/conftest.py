"""A small bank in DuckDB, in SQLite and on a private PostgreSQL, with a semantic model."""

import os
import pwd
import shutil
import socket
import sqlite3
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path

import duckdb
import psycopg
import pytest

SCHEMA = """
CREATE TABLE branches (branch_id INTEGER PRIMARY KEY, name VARCHAR, region VARCHAR);
CREATE TABLE customers (customer_id INTEGER PRIMARY KEY, name VARCHAR, city VARCHAR,
  segment VARCHAR, income DECIMAL(12, 2), joined_on DATE);
CREATE TABLE accounts (account_id INTEGER PRIMARY KEY,
  customer_id INTEGER REFERENCES customers(customer_id),
  branch_id INTEGER REFERENCES branches(branch_id), kind VARCHAR, balance DECIMAL(12, 2),
  opened_on DATE);
CREATE TABLE transactions (transaction_id INTEGER PRIMARY KEY,
  account_id INTEGER REFERENCES accounts(account_id), amount DECIMAL(12, 2),
  occurred_at TIMESTAMP, channel VARCHAR, is_fraud BOOLEAN);
"""
ROWS = """
INSERT INTO branches VALUES (1, 'Boston Main', 'North'), (2, 'Austin Main', 'South');
INSERT INTO customers VALUES
  (1, 'Ada', 'Boston', 'retail', 50000.00, '2020-01-15'),
  (2, 'Ben', 'Austin', 'retail', 70000.00, '2021-06-01'),
  (3, 'Cleo', 'Boston', 'private', 250000.50, '2023-03-20');
INSERT INTO accounts VALUES
  (1, 1, 1, 'SAV', 100.10, '2020-02-01'), (2, 1, 1, 'CUR', 200.20, '2020-02-01'),
  (3, 2, 2, 'SAV', 300.30, '2021-07-01'), (4, 3, 2, 'CUR', -50.00, '2023-04-01');
INSERT INTO transactions VALUES
  (1, 1, 10.00, '2024-01-05 10:00:00', 'online', false),
  (2, 1, 20.00, '2024-01-06 11:00:00', 'branch', true),
  (3, 2, 30.00, '2024-02-07 12:00:00', 'online', false),
  (4, 3, 40.00, '2024-05-08 13:00:00', 'atm', null),
  (5, 3, 50.00, '2024-06-30 23:59:59', 'online', true);
"""
MODEL = """
version: 1
name: bank
default_date: transactions.occurred_at
tables:
  - name: branches
    primary_key: [branch_id]
    columns:
      - {name: branch_id, type: integer, role: key}
      - {name: name, type: text}
      - {name: region, type: text}
  - name: customers
    synonyms: [client]
    primary_key: [customer_id]
    columns:
      - {name: customer_id, type: integer, role: key}
      - {name: name, type: text, role: text, pii: true}
      - {name: city, type: text}
      - {name: segment, type: text}
      - {name: income, type: decimal, unit: USD, synonyms: [salary]}
      - {name: joined_on, type: date, synonyms: [joined]}
  - name: accounts
    primary_key: [account_id]
    columns:
      - {name: account_id, type: integer, role: key}
      - {name: customer_id, type: integer, role: key}
      - {name: branch_id, type: integer, role: key}
      - name: kind
        type: text
        synonyms: [account kind, type of account]
        values: {SAV: [savings, saving], CUR: [current, checking]}
      - {name: balance, type: decimal, unit: USD}
      - {name: opened_on, type: date, synonyms: [opened]}
  - name: transactions
    synonyms: [booking]
    primary_key: [transaction_id]
    columns:
      - {name: transaction_id, type: integer, role: key}
      - {name: account_id, type: integer, role: key}
      - {name: amount, type: decimal, unit: USD, synonyms: [spending]}
      - {name: occurred_at, type: timestamp}
      - name: channel
        type: text
        values: {online: [online, internet], branch: [branch, counter], atm: [atm]}
      - {name: is_fraud, type: boolean, synonyms: [fraud, fraudulent]}
joins:
  - {left: accounts, right: customers, on: accounts.customer_id = customers.customer_id,
     cardinality: many_to_one}
  - {left: accounts, right: branches, on: accounts.branch_id = branches.branch_id,
     cardinality: many_to_one}
  - {left: transactions, right: accounts, on: transactions.account_id = accounts.account_id,
     cardinality: many_to_one}
metrics:
  - name: fraud_rate
    synonyms: [share of fraud]
    expression: avg(case when transactions.is_fraud then 1.0 when not transactions.is_fraud then 0.0 end)
    format: percent
verified_queries:
  - question: "Who is the richest client?"
    sql: SELECT name FROM customers ORDER BY income DESC LIMIT 1
"""


@pytest.fixture(scope="session")
def bank_sql() -> str:
    """The statements that make the bank, in any of the three engines."""
    return SCHEMA + ROWS


@pytest.fixture(scope="session")
def bank_duckdb(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("duckdb")
    path = folder / "bank.duckdb"
    connection = duckdb.connect(str(path))
    connection.execute(SCHEMA + ROWS)
    connection.close()
    (folder / "bank.yaml").write_text(MODEL)
    return path


@pytest.fixture(scope="session")
def bank_sqlite(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("sqlite")
    path = folder / "bank.db"
    connection = sqlite3.connect(path)
    connection.executescript(SCHEMA + ROWS)
    connection.commit()
    connection.close()
    (folder / "bank.yaml").write_text(MODEL)
    return path


@pytest.fixture(scope="session", params=["duckdb", "sqlite"])
def bank(request: pytest.FixtureRequest) -> Path:
    """The same bank in each of the two embedded engines."""
    return request.getfixturevalue(f"bank_{request.param}")


def _programs() -> Path:
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"))
    return found[-1].parent if found else Path(shutil.which("initdb") or "initdb").parent


def _user() -> str | None:
    """Return whom to run the server as: PostgreSQL refuses to run as root."""
    if os.getuid() != 0:
        return None
    for name in ("postgres", "nobody"):
        try:
            return pwd.getpwnam(name).pw_name
        except KeyError:
            continue
    pytest.skip("no common user to run PostgreSQL as")


@pytest.fixture(scope="session")
def server(bank_sql: str) -> Iterator[str]:
    """Start a cluster, load the bank, and stop it afterwards; yields its URL."""
    programs, user = _programs(), _user()
    folder = Path(tempfile.mkdtemp(prefix="plumb-pg-"))
    if user is not None:
        shutil.chown(folder, user)
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    data = folder / "data"
    options = (
        f"-p {port} -c listen_addresses=127.0.0.1 -c unix_socket_directories={folder} -c fsync=off"
    )

    def call(*arguments: str) -> None:
        subprocess.run(
            arguments, check=True, capture_output=True, user=user, cwd=folder, timeout=120
        )

    call(
        str(programs / "initdb"),
        "-D",
        str(data),
        "-U",
        "plumb",
        "-A",
        "trust",
        "-E",
        "UTF8",
        "--locale=C",
        "--no-sync",
    )
    call(
        str(programs / "pg_ctl"),
        "-D",
        str(data),
        "-o",
        options,
        "-l",
        str(folder / "log"),
        "-w",
        "start",
    )
    try:
        url = f"postgresql://plumb@127.0.0.1:{port}/postgres"
        with psycopg.connect(url, autocommit=True) as connection:
            connection.execute(bank_sql.encode())
            connection.execute("CREATE SCHEMA hr")
            connection.execute("CREATE TABLE hr.staff (staff_id INT PRIMARY KEY, title TEXT)")
            connection.execute("INSERT INTO hr.staff VALUES (1, 'clerk'), (2, 'clerk')")
        yield url
    finally:
        call(str(programs / "pg_ctl"), "-D", str(data), "-m", "immediate", "-w", "stop")
        shutil.rmtree(folder, ignore_errors=True)
