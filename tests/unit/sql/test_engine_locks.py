"""What the engines themselves refuse, were the guard wrong; and what execution limits."""

import time
from pathlib import Path

import pytest

from assistants.errors import (
    DatabaseError,
    DatabaseNotFound,
    DeadlineExceeded,
    PlumbError,
    QueryFailed,
    WorkerCrashed,
)
from sql_agent.catalog_reader import read
from sql_agent.connect import Limits, open_reader
from sql_agent.database import hide_password, resolve
from sql_agent.execute import execute, run
from sql_agent.guard import admit

DUCKDB = [
    "CREATE TABLE x (a INT)",
    "INSERT INTO branches VALUES (3, 'x', 'y')",
    "DELETE FROM branches",
    "SELECT * FROM read_text('/etc/hostname')",
    "SELECT * FROM read_csv('/etc/hostname')",
    "SELECT * FROM '/etc/hostname'",
    "COPY branches TO '{folder}/out.csv'",
    "EXPORT DATABASE '{folder}/out'",
    "ATTACH '{folder}/other.duckdb'",
    "SET memory_limit = '10GB'",
    "SET lock_configuration = false",
    "SET enable_external_access = true",
    "INSTALL httpfs",
    "LOAD httpfs",
]
SQLITE = [
    "CREATE TABLE x (a INT)",
    "CREATE TEMP TABLE x (a INT)",
    "INSERT INTO branches VALUES (3, 'x', 'y')",
    "DELETE FROM branches",
    "ATTACH '{folder}/other.db' AS other",
    "PRAGMA query_only = off",
    "PRAGMA writable_schema = on",
    "VACUUM INTO '{folder}/copy.db'",
    "SELECT load_extension('x')",
    "SELECT fts3_tokenizer('simple')",
    "SELECT randomblob(100)",
    "SELECT * FROM sqlite_master",
    "SELECT * FROM pragma_table_info('branches')",
    "BEGIN",
]


def _files(folder: Path) -> dict[str, tuple[int, int]]:
    return {p.name: (p.stat().st_size, p.stat().st_mtime_ns) for p in folder.iterdir()}


@pytest.mark.parametrize("statement", DUCKDB)
def test_duckdb_refuses_by_itself(bank_duckdb: Path, statement: str) -> None:
    _refused(bank_duckdb, statement)


@pytest.mark.parametrize("statement", SQLITE)
def test_sqlite_refuses_by_itself(bank_sqlite: Path, statement: str) -> None:
    _refused(bank_sqlite, statement)


def _refused(path: Path, statement: str) -> None:
    before = _files(path.parent)
    with pytest.raises(QueryFailed):
        _straight(path, statement.format(folder=path.parent))
    assert _files(path.parent) == before


def _straight(path: Path, statement: str) -> None:
    """Send a statement as it is: behind EXPLAIN most would be refused for their wording alone."""
    with open_reader(resolve(str(path)), Limits()) as reader:
        reader.select(statement).fetchmany(1)


def test_python_variables_are_no_tables(bank_duckdb: Path) -> None:
    branches_of_python = [1, 2, 3]  # DuckDB would read a variable of a caller as a table
    with pytest.raises(QueryFailed):
        _straight(bank_duckdb, "SELECT * FROM branches_of_python")
    assert branches_of_python


def test_a_runaway_query_ends(bank: Path) -> None:
    target = resolve(str(bank))
    tables = ", ".join(f"transactions t{i}" for i in range(30))
    admitted = admit(f"SELECT COUNT(t0.amount + t9.amount) FROM {tables}", read(target))
    began = time.monotonic()
    with pytest.raises((DeadlineExceeded, WorkerCrashed, QueryFailed)) as ended:
        execute(target, admitted, Limits(seconds=0.5, work=None))
    assert time.monotonic() - began < 60
    if isinstance(ended.value, QueryFailed):  # on a fast machine memory ends before time does
        assert "Out of Memory" in str(ended.value)


def test_rows_are_cut_at_the_limit(bank: Path) -> None:
    target = resolve(str(bank))
    admitted = admit("SELECT transaction_id FROM transactions ORDER BY 1", read(target))
    result = execute(target, admitted, Limits(rows=2))
    assert result.rows == ((1,), (2,))
    assert result.truncated


def test_bytes_are_cut_at_the_limit(bank: Path) -> None:
    target = resolve(str(bank))
    admitted = admit("SELECT name FROM customers ORDER BY name", read(target))
    result = execute(target, admitted, Limits(bytes=8))
    assert result.rows == (("Ada",), ("Ben",))
    assert result.truncated


def test_values_stay_exact(bank_duckdb: Path) -> None:
    target = resolve(str(bank_duckdb))
    sql = "SELECT balance, opened_on, CAST(1 AS DECIMAL(30, 10)) / 1 FROM accounts WHERE account_id = 1"
    result = execute(target, admit(sql, read(target)))
    assert result.rows[0][:2] == ("100.10", "2020-02-01")


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(DatabaseNotFound, match="no database at") as caught:
        resolve(str(tmp_path / "none.duckdb"))
    assert "finance" in caught.value.hint


def test_the_header_decides_not_the_suffix(bank_sqlite: Path, tmp_path: Path) -> None:
    disguised = tmp_path / "really_sqlite.duckdb"
    disguised.write_bytes(bank_sqlite.read_bytes())
    assert resolve(str(disguised)).engine == "sqlite"


@pytest.mark.parametrize("content", [b"", b"a,b\n1,2\n", b"\x00" * 64])
def test_other_files_are_no_databases(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "data.db"
    path.write_bytes(content)
    with pytest.raises(DatabaseNotFound):
        resolve(str(path))


def test_a_damaged_file_is_one_clear_error(tmp_path: Path, bank_sqlite: Path) -> None:
    path = tmp_path / "damaged.db"
    data = bytearray(bank_sqlite.read_bytes())
    data[100:4000] = b"\xff" * 3900
    path.write_bytes(bytes(data))
    with pytest.raises(DatabaseError) as caught:
        read(resolve(str(path)))
    assert "\n" not in str(caught.value)


def test_an_unreachable_server_is_one_clear_error() -> None:
    target = resolve("postgresql://someone:secret@127.0.0.1:1/none")
    with pytest.raises(DatabaseNotFound) as caught:
        read(target)
    assert "secret" not in str(caught.value)
    assert isinstance(caught.value, PlumbError)


def test_passwords_are_not_shown() -> None:
    assert hide_password("postgresql://a:b@h/x") == "postgresql://a:***@h/x"


def test_other_servers_go_through_sqlalchemy(bank_sqlite: Path) -> None:
    """SQLite by way of SQLAlchemy stands for any server that has a driver."""
    url = f"sqlite+pysqlite:///{bank_sqlite}"
    target = resolve(url)
    assert target.engine == "server"
    catalog = read(target)
    assert catalog.by_name["accounts"].primary_key == ("account_id",)
    admitted = admit("SELECT COUNT(*) FROM accounts", catalog)
    assert execute(target, admitted).rows == ((4,),)
    before = bank_sqlite.read_bytes()
    with pytest.raises(PlumbError):
        run(target, "DELETE FROM accounts RETURNING nothing", Limits())
    run(target, "DELETE FROM accounts RETURNING account_id", Limits())  # rolled back
    assert bank_sqlite.read_bytes() == before


def test_a_missing_driver_is_named() -> None:
    with pytest.raises(DatabaseNotFound) as caught:
        read(resolve("oracle+oracledb://someone:secret@127.0.0.1:1/none"))
    assert "secret" not in str(caught.value)
    assert "driver" in caught.value.hint
