"""The bank as a folder of Parquet files on Spark: the same answers, and nothing but reading."""

from pathlib import Path

import duckdb
import pytest

from assistants.answer import Status
from assistants.deadline import call
from assistants.errors import DatabaseNotFound, DeadlineExceeded, PlumbError, QueryRefused
from sql_agent.asking import ask
from sql_agent.connect import Limits
from sql_agent.cost import EXPLAIN_SPARK, cost_of, explaining
from sql_agent.database import Target, resolve
from sql_agent.execute import run
from sql_agent.querying import query
from sql_agent.spark import START_SECONDS, installed, tables_in


@pytest.fixture(scope="module")
def bank_parquet(bank_duckdb: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("lake") / "bank"
    folder.mkdir()
    with duckdb.connect(str(bank_duckdb), read_only=True) as connection:
        for table in ("branches", "customers", "accounts", "transactions"):
            connection.execute(f"COPY {table} TO '{folder / table}.parquet' (FORMAT parquet)")
    folder.with_suffix(".yaml").write_text(bank_duckdb.with_suffix(".yaml").read_text())
    return folder


@pytest.fixture(scope="module")
def lake(bank_parquet: Path) -> Target:
    return resolve(f"spark://{bank_parquet}")


def past_the_guard(target: Target, sql: str, limits: Limits = Limits(seconds=60)) -> object:
    return call(run, target, sql, limits, seconds=START_SECONDS)


def test_a_url_names_folder_model_and_master(bank_parquet: Path, tmp_path: Path) -> None:
    target = resolve(f"spark://{bank_parquet}?master=spark://host:7077")
    assert (target.engine, target.dialect) == ("spark", "spark")
    assert target.location == str(bank_parquet)
    assert target.master == "spark://host:7077"
    assert target.semantic_model == str(bank_parquet.with_suffix(".yaml"))
    assert resolve(f"spark://{bank_parquet}").master == ""
    with pytest.raises(DatabaseNotFound, match="no folder"):
        resolve(f"spark://{tmp_path / 'gone'}")
    (tmp_path / ".hidden.parquet").touch()
    (tmp_path / "notes.txt").touch()
    with pytest.raises(DatabaseNotFound, match="parquet tables in"):
        tables_in(tmp_path)


def test_an_old_java_is_told_by_name(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    pytest.importorskip("pyspark")
    program = tmp_path / "bin" / "java"
    program.parent.mkdir()
    program.touch(mode=0o755)
    monkeypatch.setenv("JAVA_HOME", str(tmp_path))
    (tmp_path / "release").write_text('IMPLEMENTOR="x"\nJAVA_VERSION="1.8.0_392"\n')
    assert "Java 17 or newer, and this machine has 8" in installed()
    (tmp_path / "release").write_text('JAVA_VERSION="17.0.15"\n')
    assert installed() == ""
    program.unlink()
    assert "there is none" in installed()


PLAN = """== Physical Plan ==
AdaptiveSparkPlan (11)
+- TakeOrderedAndProject (10)
   +- BroadcastNestedLoopJoin Inner BuildRight (9)
      :- BroadcastHashJoin Inner BuildRight (6)
      :  :- Filter (2)
      :  :  +- Scan parquet  (1)
      :  +- BroadcastExchange (5)
      :     +- Scan parquet  (3)
      +- BroadcastExchange (8)
         +- Scan parquet  (7)


(1) Scan parquet
Output [1]: [id#0L]
Location: InMemoryFileIndex [file:/data/accounts.parquet]

(3) Scan parquet
Location: InMemoryFileIndex [file:/data/branches.parquet]

(7) Scan parquet
Location: InMemoryFileIndex [file:/data/accounts.parquet]

(10) TakeOrderedAndProject
Input [1]: [id#0L]
Arguments: 5, [id#0L ASC NULLS LAST], [id#0L]
"""


def test_a_plan_is_weighed_by_the_catalogs_sizes() -> None:
    cost = cost_of("spark", [(PLAN,)], {"accounts": 1000, "branches": 10})
    product = 1000 * 1000  # a join by a key has the rows of its larger side
    others = 1000 + 1000 + 1000 + 1000  # scan, filter, join by key; the second scan
    copies = 1000 + 10 + 10  # the exchanges of both scans, the scan of branches
    assert cost.work == product + others + copies + 5 + 5
    assert cost.mostly == "broadcast nested loop join"
    assert explaining("spark", "SELECT 1") == f"{EXPLAIN_SPARK}SELECT 1"


@pytest.mark.parametrize("question", ["total balance by branch", "median income of customers",
    "average spending per month", "fraud rate by channel", "number of customers in Boston",
    "which client has the highest income?", "accounts opened before 2021"])  # fmt: skip
@pytest.mark.spark
@pytest.mark.skipif(bool(installed()), reason=installed() or "-")
def test_questions_are_answered_as_on_duckdb(
    question: str, bank_parquet: Path, bank_duckdb: Path
) -> None:
    theirs, ours = ask(f"spark://{bank_parquet}", question), ask(str(bank_duckdb), question)
    assert theirs.status is ours.status is Status.ANSWERED, theirs.reason
    assert theirs.best is not None
    assert ours.best is not None
    assert theirs.best.candidate.dialect == "spark"
    assert theirs.best.candidate.rows == ours.best.candidate.rows
    assert any(check.by == "cost" for check in theirs.best.checks)


@pytest.mark.spark
@pytest.mark.skipif(bool(installed()), reason=installed() or "-")
@pytest.mark.parametrize(
    "sql",
    [
        "CREATE TABLE x AS SELECT 1 AS y",
        "INSERT INTO branches SELECT * FROM branches",
        "SET spark.sql.ansi.enabled=false",
        "SELECT TRANSFORM(name) USING 'cat' FROM branches",
        "SELECT * FROM (SELECT TRANSFORM(name) USING 'cat' AS (a) FROM branches) t",
        "SELECT 1 FROM branches WHERE EXISTS (SELECT TRANSFORM(name) USING 'cat' FROM branches)",
        "SELECT reflect('java.lang.System', 'getProperty', 'java.home')",
        "SELECT `java_method`('java.lang.System', 'getProperty', 'java.home') FROM branches",
        "SELECT * FROM range(10)",
        "ADD JAR '/tmp/x.jar'",
        "CACHE TABLE branches",
        "SHOW TABLES",
        "DESCRIBE branches",
        "EXPLAIN SELECT 1",
        "EXECUTE IMMEDIATE 'SELECT 1'",
        "CLEAR CACHE",
    ],
)
def test_past_the_guard_spark_still_only_reads(sql: str, lake: Target) -> None:
    with pytest.raises((QueryRefused, PlumbError)) as caught:
        past_the_guard(lake, sql)
    assert "Spark reads" in str(caught.value) or "calls Java" in str(caught.value)


@pytest.mark.spark
@pytest.mark.skipif(bool(installed()), reason=installed() or "-")
def test_files_are_no_tables_and_variables_are_text(lake: Target, bank_parquet: Path) -> None:
    with pytest.raises(PlumbError, match="Spark says"):
        past_the_guard(lake, f"SELECT * FROM parquet.`{bank_parquet}/branches.parquet`")
    shown = query(f"spark://{bank_parquet}", "SELECT '${env:HOME}' AS x FROM branches LIMIT 1")
    assert shown.best is not None
    assert shown.best.candidate.rows == (("${env:HOME}",),)


@pytest.mark.spark
@pytest.mark.skipif(bool(installed()), reason=installed() or "-")
def test_limits_hold_on_rows_time_and_cost(lake: Target, bank_parquet: Path) -> None:
    database = f"spark://{bank_parquet}"
    wide = query(database, "SELECT a.amount FROM transactions a, transactions b",
                 limits=Limits(rows=7))  # fmt: skip
    assert wide.best is not None
    assert wide.best.candidate.truncated
    assert len(wide.best.candidate.rows) == 7
    crossed = "SELECT COUNT(*) FROM " + ", ".join(f"transactions t{i}" for i in range(14))
    refused = query(database, crossed)
    assert refused.status is Status.REFUSED
    assert "rows of work" in refused.reason
    with pytest.raises(DeadlineExceeded):
        past_the_guard(lake, crossed, Limits(seconds=3, work=None))
