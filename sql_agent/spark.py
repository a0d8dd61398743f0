"""Spark as an engine: a folder of Parquet tables, computed by Spark's own SQL engine.

`spark:///data/bank` is a folder in which `accounts.parquet`, a file or a folder of parts, is the
table `accounts`. Spark runs in this process's own virtual machine (`local[2]`), or hands the work
to a cluster that sees the same folder (`?master=spark://host:7077`). Runs in worker processes only.

The guard has already refused whatever is no plain SELECT; what holds if it were wrong: each
statement is parsed by Spark first and refused unless every node of its plan is one of reading and
computing (no commands, no scripts); files are no tables; no variables are put into the text, which
by default would show the environment; functions that call Java are refused. Results are those of
the other engines: ANSI arithmetic, no rounded decimals, times without a zone, UTC.

Where the target has views (those of a role), the session has these and nothing else: they are made
from the tables, the tables are dropped, and then the views take their names. So Spark itself knows
no relation under which a row, a column or a value stood that the role may not see.
"""

import contextlib
import functools
import importlib.util
import logging
import os
import re
import resource
import shutil
import threading
from collections.abc import Generator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from assistants.errors import DatabaseNotFound, DeadlineExceeded, QueryFailed, QueryRefused

from .connect import Limits, one_line
from .cost import EXPLAIN_SPARK
from .database import Target

if TYPE_CHECKING:
    from pyspark.sql import DataFrame, SparkSession

    from .views import View

START_SECONDS: Final = 180.0
"""What the virtual machine may take to start, on top of the time of a query."""
_OLDEST_JAVA: Final = 17
_SUFFIX = ".parquet"
_LOCAL = "local[2]"
_SETTINGS: Final = {
    "spark.ui.enabled": "false",
    "spark.ui.showConsoleProgress": "false",
    "spark.log.level": "OFF",
    "spark.sql.catalogImplementation": "in-memory",
    "spark.sql.ansi.enabled": "true",
    "spark.sql.decimalOperations.allowPrecisionLoss": "false",
    "spark.sql.session.timeZone": "UTC",
    "spark.sql.timestampType": "TIMESTAMP_NTZ",
    "spark.sql.variable.substitute": "false",
    "spark.sql.runSQLOnFiles": "false",
    "spark.sql.maxMetadataStringLength": "10000",
    "spark.driver.maxResultSize": "256m",
}
_ONE_MACHINE: Final = {
    "spark.driver.host": "127.0.0.1",
    "spark.driver.bindAddress": "127.0.0.1",
    "spark.sql.shuffle.partitions": "2",
}
_JAVA_CALL = re.compile(r"\b(?:reflect|java_method|try_reflect)\(", re.IGNORECASE)
_READING: Final = frozenset(
    """Project Filter Aggregate Sort GlobalLimit LocalLimit Offset Distinct Union Except Intersect
    Join LateralJoin SubqueryAlias UnresolvedSubqueryColumnAliases UnresolvedRelation
    UnresolvedHaving UnresolvedWith CTE Window WithWindowDefinition OneRowRelation LocalRelation
    UnresolvedInlineTable""".split()
)
_NODE = re.compile(r"^[\s:+-]*'?(\w+)")


@dataclass(slots=True)
class _Rows:
    """A result as a cursor."""

    description: Sequence[Sequence[Any]]
    rows: list[tuple[Any, ...]]

    def fetchmany(self, size: int, /) -> Sequence[Sequence[Any]]:
        """Return the next rows."""
        taken, self.rows = self.rows[:size], self.rows[size:]
        return taken


@dataclass(slots=True)
class _Spark:
    session: "SparkSession"
    limits: Limits
    late: threading.Event = field(default_factory=threading.Event)

    def select(self, sql: str, /) -> _Rows:
        """Run one query, or explain it where the statement begins as `cost` writes that."""
        explained = sql.startswith(EXPLAIN_SPARK)
        self._check(sql.removeprefix(EXPLAIN_SPARK))
        timer = threading.Timer(self.limits.seconds, self._stop)
        timer.daemon = True
        timer.start()
        try:
            frame = _without_zones(self.session.sql(sql))
            most = 1 if explained else self.limits.rows + 1
            rows = [tuple(row) for row in frame.limit(most).collect()]
        finally:
            timer.cancel()
        return _Rows([(f.name, f.dataType.simpleString()) for f in frame.schema.fields], rows)

    def _stop(self) -> None:
        self.late.set()
        self.session.sparkContext.cancelAllJobs()

    def _check(self, sql: str) -> None:
        """Refuse a statement of which Spark's own parser makes anything but reading."""
        virtual: Any = getattr(self.session, "_jsparkSession")  # noqa: B009  (no public way)
        plan = str(virtual.sessionState().sqlParser().parsePlan(sql).toString())
        if _JAVA_CALL.search(plan):
            raise QueryRefused("a function that calls Java is not allowed")
        nodes = [_NODE.match(line) for line in plan.splitlines() if line.strip()]
        for node in nodes:
            if node is None or node[1] not in _READING:
                what = node[1] if node is not None else "a line of its plan"
                raise QueryRefused(f"Spark reads {what} in this query, which is no plain reading")


@contextlib.contextmanager
def spark_reader(target: Target, limits: Limits) -> Generator[_Spark]:
    """Open a folder of Parquet tables; the virtual machine stays warm in this process.

    Raises:
        DatabaseNotFound: Spark or Java is not installed, or the folder has no tables.
        QueryFailed: Spark's word about a query.
    """
    session = _session(target)
    from py4j.protocol import Py4JError
    from pyspark.errors import PySparkException

    reader = _Spark(session, limits)
    try:
        yield reader
    except (PySparkException, Py4JError) as error:
        if reader.late.is_set():
            raise DeadlineExceeded(
                f"the query took longer than {limits.seconds:g} s",
                hint="ask for something smaller, or allow more seconds",
            ) from error
        raise QueryFailed(f"Spark says: {one_line(error)}", hint="check the query") from error


def tables_in(folder: Path) -> dict[str, Path]:
    """Return the tables of a folder by name; what is hidden or has another suffix is none."""
    try:
        entries = sorted(folder.iterdir())
    except OSError as error:
        raise DatabaseNotFound(
            f"'{folder}' cannot be read: {error.strerror}", hint="give a folder of .parquet tables"
        ) from error
    found = {e.stem: e for e in entries if e.suffix == _SUFFIX and not e.name.startswith(".")}
    if not found:
        raise DatabaseNotFound(
            f"no .parquet tables in '{folder}'",
            hint="DuckDB writes them: EXPORT DATABASE 'folder' (FORMAT parquet)",
        )
    return found


def installed() -> str:
    """Return what Spark lacks on this machine; empty where it can start."""
    if importlib.util.find_spec("pyspark") is None:
        return "Spark is not installed"
    program = shutil.which("java", path=_java_path())
    if program is None:
        return "Spark needs a Java virtual machine, and there is none"
    version = _java_version(Path(program))
    if version and version < _OLDEST_JAVA:
        return f"Spark needs Java {_OLDEST_JAVA} or newer, and this machine has {version}"
    return ""


def _java_path() -> str | None:
    """Return where Java is looked for: in JAVA_HOME if that is set, as Spark does; else on PATH."""
    home = os.environ.get("JAVA_HOME")
    return str(Path(home) / "bin") if home else None


def _java_version(program: Path) -> int:
    """Return the major version of a virtual machine by its `release` file; 0 where it has none."""
    try:
        release = (program.resolve().parent.parent / "release").read_text(encoding="utf-8")
    except OSError:
        return 0
    found = re.search(r'^JAVA_VERSION="(?:1\.)?(\d+)', release, re.MULTILINE)
    return int(found[1]) if found is not None else 0


def _session(target: Target) -> "SparkSession":
    missing = installed()
    if missing:
        raise DatabaseNotFound(missing, hint="pip install 'plumb[spark]', and install Java 17")
    folder = Path(target.location)
    stamp = max(entry.stat().st_mtime_ns for entry in (folder, *tables_in(folder).values()))
    return _opened(target.location, target.master or _LOCAL, stamp, target.views)


@functools.lru_cache(maxsize=4)
def _opened(folder: str, master: str, _stamp: int, views: tuple["View", ...]) -> "SparkSession":
    """Return a session that has a folder's tables or a role's views, and nothing of others."""
    session = _engine(master).newSession()
    tables = tables_in(Path(folder))
    for name, path in tables.items():
        session.read.parquet(path.as_uri()).createOrReplaceTempView(_quoted(name))
    if views:
        frames = {view.name: session.sql(view.sql) for view in views}
        for name in tables:
            session.catalog.dropTempView(name)
        for name, frame in frames.items():
            frame.createOrReplaceTempView(_quoted(name))
    return session


def _quoted(name: str) -> str:
    return name if name.isidentifier() else "`" + name.replace("`", "``") + "`"


@functools.cache
def _engine(master: str) -> "SparkSession":
    """Start the virtual machine of this process, or reach the cluster."""
    from pyspark.errors import PySparkException
    from pyspark.sql import SparkSession

    logging.getLogger("SQLQueryContextLogger").setLevel(logging.CRITICAL + 1)
    active = SparkSession.getActiveSession()
    if active is not None:
        active.stop()  # one process has one virtual machine: another master, another context
    builder: Any = SparkSession.builder.master(master).appName("plumb")
    settings = {**_SETTINGS, **(_ONE_MACHINE if master.startswith("local") else {})}
    for name, value in settings.items():
        builder = builder.config(name, value)
    try:
        with _quiet(), _unlimited():
            return builder.getOrCreate()
    except (PySparkException, OSError, RuntimeError) as error:
        raise DatabaseNotFound(
            f"Spark does not start: {one_line(error)}",
            hint="Spark 4 needs Java 17 or 21: set JAVA_HOME; and check master= of the URL",
        ) from error


@contextlib.contextmanager
def _quiet() -> Generator[None]:
    """Start a child with its warnings to nowhere: it keeps the stderr that it is born with."""
    kept, nowhere = os.dup(2), os.open(os.devnull, os.O_WRONLY)
    try:
        os.dup2(nowhere, 2)
        yield
    finally:
        os.dup2(kept, 2)
        os.close(kept)
        os.close(nowhere)


@contextlib.contextmanager
def _unlimited() -> Generator[None]:
    """Start a child without this task's limit on address space, of which Java reserves much."""
    soft, hard = resource.getrlimit(resource.RLIMIT_AS)
    try:
        resource.setrlimit(resource.RLIMIT_AS, (hard, hard))
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_AS, (soft, hard))


def _without_zones(frame: "DataFrame") -> "DataFrame":
    """Return a result whose moments have no zone: Python would move them to the machine's."""
    from pyspark.sql import functions
    from pyspark.sql.types import TimestampType

    fields = frame.schema.fields
    if not any(isinstance(f.dataType, TimestampType) for f in fields):
        return frame
    places = [f"_{i}" for i in range(len(fields))]  # names may stand twice
    zoned = frame.toDF(*places)
    columns = [
        functions.col(place).cast("timestamp_ntz" if isinstance(f.dataType, TimestampType) else
                                  f.dataType).alias(f.name)
        for place, f in zip(places, fields, strict=True)
    ]  # fmt: skip
    return zoned.select(*columns)
