"""Read-only connections, locked down as far as each engine goes. Runs in worker processes only.

The guard has already refused whatever is no plain SELECT; these settings hold if it were wrong
(bypasses measured per engine: docs, the SQL agent's reference):

- DuckDB: read-only file, no external access (files, network, attached databases), no extensions,
  no Python variables as tables, memory and temporary files capped, configuration locked last.
- SQLite: `mode=ro`, `query_only`, untrusted schema, no attached databases, an authorizer that
  allows SELECT, READ, allowed functions and recursion only, length limits, a progress timer.
- PostgreSQL: a read-only transaction that is always rolled back, one statement at a time through
  the extended protocol, a statement time-out, and a cancel request from outside when time is up.
  What a superuser's functions reach (files, large objects) it does not restrict: connect as a user
  who may only read.
- Spark: `sql_agent.spark`.
- Other servers, through SQLAlchemy: a transaction that is always rolled back. What the engine
  itself allows is not restricted further: give such a connection a read-only user.
"""

import contextlib
import re
import sqlite3
import threading
from collections.abc import Generator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol, cast
from urllib.parse import quote

from assistants.errors import DatabaseNotFound, DeadlineExceeded, PlumbError, QueryFailed

from .cost import WORK
from .database import Target
from .functions import SQLITE_FUNCTIONS

if TYPE_CHECKING:
    import duckdb
    import psycopg
    import sqlalchemy

_SQLITE_LENGTH = 10_000_000
_SQLITE_STEPS = 10_000
_GRACE = 2.0
_TIME_OUT = re.compile(r"interrupt|statement timeout|user request", re.IGNORECASE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """What one query may cost: seconds, rows and bytes of its result, memory of its process.

    `work` is what it may be estimated at before it runs (`sql_agent.cost`); None for any.
    """

    seconds: float = 20.0
    rows: int = 1000
    bytes: int = 4_000_000
    memory_mb: int = 1024
    work: int | None = WORK


class Cursor(Protocol):
    """The part of a DB-API cursor that we use."""

    @property
    def description(self) -> Sequence[Sequence[Any]] | None:
        """One entry a column, its name first."""
        ...

    def fetchmany(self, size: int, /) -> Sequence[Sequence[Any]]:
        """Return the next rows."""
        ...


class Reader(Protocol):
    """An open read-only connection."""

    def select(self, sql: str, /) -> Cursor:
        """Run one query."""
        ...


@contextlib.contextmanager
def open_reader(target: Target, limits: Limits) -> Generator[Reader]:
    """Open a locked-down connection, and close it.

    Raises:
        DatabaseNotFound: the file or the server cannot be opened.
        QueryFailed: the engine's word about a query.
    """
    if target.engine == "duckdb":
        opened = _duckdb(target, limits)
    elif target.engine == "sqlite":
        opened = _sqlite(target, limits)
    elif target.engine == "spark":
        from .spark import spark_reader

        opened = spark_reader(target, limits)
    elif target.dialect == "postgres":
        opened = _postgres(target, limits)
    else:
        opened = _sqlalchemy(target, limits)
    with opened as reader:
        yield reader


def one_line(error: BaseException) -> str:
    """Return the first line of an engine's complaint."""
    return str(error).strip().partition("\n")[0][:300] or type(error).__name__


def _failed(error: BaseException, limits: Limits) -> PlumbError:
    said = one_line(error)
    if _TIME_OUT.search(said):
        return DeadlineExceeded(
            f"the query took longer than {limits.seconds:g} s",
            hint="ask for something smaller, or allow more seconds",
        )
    return QueryFailed(f"the database says: {said}", hint="check the query")


class _DuckDB:
    def __init__(self, connection: "duckdb.DuckDBPyConnection") -> None:
        self._connection = connection

    def select(self, sql: str) -> Cursor:
        return cast("Cursor", self._connection.execute(sql))


@contextlib.contextmanager
def _duckdb(target: Target, limits: Limits) -> Generator[Reader]:
    import duckdb

    try:
        connection = duckdb.connect(target.location, read_only=True)
    except duckdb.Error as error:
        raise DatabaseNotFound(
            f"'{target.location}' cannot be opened: {one_line(error)}",
            hint="is another program writing to it, or is it of a newer DuckDB?",
        ) from error
    timer = threading.Timer(limits.seconds, connection.interrupt)
    timer.daemon = True
    try:
        for setting in (
            f"memory_limit='{max(64, limits.memory_mb // 2)}MB'",
            "threads=2",
            "enable_progress_bar=false",
            "max_temp_directory_size='0KB'",
            "python_enable_replacements=false",
            "autoinstall_known_extensions=false",
            "autoload_known_extensions=false",
            "allow_community_extensions=false",
            "enable_external_access=false",
            "lock_configuration=true",
        ):
            connection.execute(f"SET {setting}")
        timer.start()
        yield _DuckDB(connection)
    except duckdb.Error as error:
        raise _failed(error, limits) from error
    finally:
        timer.cancel()
        connection.close()


class _SQLite:
    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection

    def select(self, sql: str) -> Cursor:
        return self._connection.execute(sql)


@contextlib.contextmanager
def _sqlite(target: Target, limits: Limits) -> Generator[Reader]:
    connection = sqlite_connection(target)
    timer = threading.Timer(limits.seconds, connection.interrupt)
    timer.daemon = True
    try:
        lock_sqlite(connection)
        timer.start()
        yield _SQLite(connection)
    except sqlite3.Error as error:
        raise _failed(error, limits) from error
    finally:
        timer.cancel()
        connection.close()


def sqlite_connection(target: Target) -> sqlite3.Connection:
    """Open a SQLite file for reading; its schema is not trusted yet to be harmless."""
    try:
        connection = sqlite3.connect(
            f"file:{quote(target.location)}?mode=ro", uri=True, check_same_thread=False
        )
        connection.text_factory = lambda data: data.decode(errors="replace")
        connection.execute("PRAGMA trusted_schema=off")
        connection.execute("PRAGMA query_only=on")
        connection.execute("SELECT 1 FROM sqlite_master LIMIT 1").fetchall()
    except sqlite3.Error as error:
        raise DatabaseNotFound(
            f"'{target.location}' cannot be opened: {one_line(error)}",
            hint="is it damaged, or encrypted?",
        ) from error
    return connection


def lock_sqlite(connection: sqlite3.Connection) -> None:
    """Allow nothing but reading of the file's own tables from here on."""
    connection.setlimit(sqlite3.SQLITE_LIMIT_ATTACHED, 0)
    connection.setlimit(sqlite3.SQLITE_LIMIT_LENGTH, _SQLITE_LENGTH)
    connection.setlimit(sqlite3.SQLITE_LIMIT_SQL_LENGTH, 1_000_000)
    connection.set_authorizer(_authorize)


def _authorize(action: int, first: str | None, second: str | None, *_rest: str | None) -> int:
    if action in {sqlite3.SQLITE_SELECT, sqlite3.SQLITE_RECURSIVE}:
        return sqlite3.SQLITE_OK
    if action == sqlite3.SQLITE_READ and not (first or "").lower().startswith(
        ("sqlite_", "pragma_")
    ):
        return sqlite3.SQLITE_OK
    if action == sqlite3.SQLITE_FUNCTION and (second or "").lower() in SQLITE_FUNCTIONS:
        return sqlite3.SQLITE_OK
    return sqlite3.SQLITE_DENY


class _Postgres:
    def __init__(self, connection: "psycopg.Connection[Any]") -> None:
        self._connection = connection

    def select(self, sql: str) -> Cursor:
        cursor = self._connection.cursor()
        cursor.execute(sql.encode(), prepare=True)  # the extended protocol: one statement
        return cursor


@contextlib.contextmanager
def _postgres(target: Target, limits: Limits) -> Generator[Reader]:
    try:
        import psycopg
    except ImportError as error:
        missing = "PostgreSQL's driver is not installed"
        raise DatabaseNotFound(missing, hint="pip install 'plumb[postgres]'") from error

    milliseconds = int(limits.seconds * 1000)
    options = (
        "-c default_transaction_read_only=on "
        f"-c statement_timeout={milliseconds} -c lock_timeout=2000 "
        f"-c idle_in_transaction_session_timeout={milliseconds + 5000}"
    )
    try:
        connection = psycopg.connect(
            target.location, options=options, connect_timeout=10, application_name="plumb"
        )
    except psycopg.Error as error:
        raise DatabaseNotFound(
            f"{target.shown} is not reached: {one_line(error)}",
            hint="check host, port, user and database of the URL",
        ) from error
    connection.read_only = True
    timer = threading.Timer(limits.seconds + _GRACE, connection.cancel)
    timer.daemon = True
    timer.start()
    try:
        yield _Postgres(connection)
    except psycopg.Error as error:
        raise _failed(error, limits) from error
    finally:
        timer.cancel()
        with contextlib.suppress(psycopg.Error):
            connection.rollback()
        connection.close()


class _Alchemy:
    def __init__(self, connection: "sqlalchemy.Connection") -> None:
        self._connection = connection

    def select(self, sql: str) -> Cursor:
        return cast("Cursor", self._connection.exec_driver_sql(sql).cursor)


@contextlib.contextmanager
def _sqlalchemy(target: Target, limits: Limits) -> Generator[Reader]:
    import sqlalchemy
    from sqlalchemy.exc import SQLAlchemyError

    engine = sqlalchemy_engine(target)
    try:
        with engine.connect() as connection:
            transaction = connection.begin()
            try:
                if target.dialect == "mysql":
                    connection.execute(sqlalchemy.text("SET TRANSACTION READ ONLY"))
                yield _Alchemy(connection)
            finally:
                transaction.rollback()
    except SQLAlchemyError as error:
        raise _failed(error, limits) from error
    finally:
        engine.dispose()


def sqlalchemy_engine(target: Target) -> "sqlalchemy.Engine":
    """Return SQLAlchemy's engine for a URL; raises `DatabaseNotFound` without its driver."""
    import sqlalchemy
    from sqlalchemy.exc import SQLAlchemyError

    try:
        return sqlalchemy.create_engine(target.location)
    except (SQLAlchemyError, ImportError, ValueError) as error:
        postgres = target.location.startswith("postgres")
        hint = "pip install 'plumb[postgres]'" if postgres else "install this database's driver"
        raise DatabaseNotFound(f"{target.shown}: {one_line(error)}", hint=hint) from error
