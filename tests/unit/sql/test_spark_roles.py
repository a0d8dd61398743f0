"""Roles on Spark: the session has the views of a role and no table; the same answers as on files."""

from collections.abc import Iterator
from pathlib import Path

import duckdb
import pytest

from assistants.answer import Status
from assistants.deadline import call
from assistants.errors import PlumbError
from sql_agent.connect import Limits
from sql_agent.database import resolve
from sql_agent.execute import run
from sql_agent.governance import Access, ask_as, query_as
from sql_agent.governance.gate import open_gate
from sql_agent.spark import START_SECONDS, installed

pytestmark = [
    pytest.mark.spark,
    pytest.mark.skipif(bool(installed()), reason=installed() or "-"),
]
NORTH = Access(who="eve", role="north", purpose="care")
COUNTER = Access(who="eve", role="counter", purpose="quality")
MODEL = """
version: 1
name: clinic
default_date: visits.seen_at
tables:
  - name: people
    synonyms: [patient]
    primary_key: [person_id]
    columns:
      - {name: person_id, type: integer, role: key}
      - {name: name, type: text, role: text, pii: true}
      - {name: zip, type: text, pii: true}
      - {name: born_on, type: date, pii: true}
      - {name: ward, type: text}
  - name: visits
    primary_key: [visit_id]
    columns:
      - {name: visit_id, type: integer, role: key}
      - {name: person_id, type: integer, role: key}
      - {name: site, type: text}
      - {name: seen_at, type: timestamp, pii: true}
      - {name: cost, type: decimal, role: measure}
joins:
  - {left: visits, right: people, on: visits.person_id = people.person_id, cardinality: many_to_one}
governance:
  version: 1
  person: people.person_id
  identifiers:
    names: [people.name]
    geography: [people.zip]
    dates: [people.born_on, visits.seen_at]
  birth: people.born_on
  roles:
    - name: north
      rows_shown: true
      columns: {people: [born_on, ward, zip], visits: [site, seen_at, cost]}
      rows:
        - {table: visits, where: "site = 'north'"}
    - name: counter
      dates: month
      columns: {people: [ward], visits: [site, seen_at]}
"""
ROWS = """
CREATE TABLE people AS SELECT i AS person_id, 'Name' || i AS name,
  CASE WHEN i % 2 = 0 THEN '02155' ELSE '03601' END AS zip,
  CASE WHEN i = 1 THEN DATE '1901-05-05' ELSE DATE '1960-03-04' + i::INTEGER END AS born_on,
  CASE WHEN i <= 3 THEN 'rare' WHEN i <= 40 THEN 'east' ELSE 'west' END AS ward
  FROM range(1, 101) t(i);
CREATE TABLE visits AS SELECT i AS visit_id, 1 + i % 100 AS person_id,
  CASE WHEN i % 3 = 0 THEN 'north' ELSE 'south' END AS site,
  TIMESTAMP '2024-01-10 09:30:00' + INTERVAL (i % 300) DAY AS seen_at,
  CAST(10 + i AS DECIMAL(10, 2)) AS cost FROM range(300) t(i);
CREATE TABLE secret AS SELECT 1 AS x;
"""
MEETING = """SELECT SUM(v.cost) AS c, COUNT(DISTINCT p.person_id) AS n FROM visits v
JOIN people p ON v.person_id = p.person_id WHERE p.ward = 'east'"""


@pytest.fixture(scope="module")
def places(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, str]]:
    """The same clinic as a folder of Parquet files and as a DuckDB file."""
    folder = tmp_path_factory.mktemp("roles")
    lake, file = folder / "clinic", folder / "file.duckdb"
    lake.mkdir()
    with duckdb.connect(str(file)) as connection:
        connection.execute(ROWS)
        for table in ("people", "visits", "secret"):
            connection.execute(f"COPY {table} TO '{lake / table}.parquet' (FORMAT parquet)")
    for path in (lake, file):
        path.with_suffix(".yaml").write_text(MODEL, encoding="utf-8")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PLUMB_STATE_DIR", str(folder / "state"))
        patch.setenv("PLUMB_CACHE_DIR", str(folder / "cache"))
        yield f"spark://{lake}", str(file)


def rows(database: str, sql: str, access: Access) -> list[list[object]]:
    answer = query_as(database, sql, access=access)
    assert answer.status is Status.ANSWERED, answer.reason
    assert answer.best is not None
    return [list(row) for row in answer.best.candidate.rows]


@pytest.mark.parametrize(
    ("sql", "access"),
    [
        ("SELECT DISTINCT born_on FROM people ORDER BY born_on", NORTH),
        ("SELECT DISTINCT seen_at FROM visits", NORTH),
        (MEETING, NORTH),
        ("SELECT COUNT(*) AS n FROM visits WHERE seen_at >= '2024-06-01'", COUNTER),
        ("SELECT ward, COUNT(*) AS n FROM people GROUP BY ward ORDER BY ward", COUNTER),
        ("SELECT COUNT(*) AS n FROM people", COUNTER),  # withheld: it would tell the rare ward
    ],
)  # fmt: skip
def test_a_role_is_told_on_spark_what_it_is_told_on_a_file(
    sql: str, access: Access, places: tuple[str, str]
) -> None:
    lake, file = places
    assert rows(lake, sql, access) == rows(file, sql, access)


def test_masks_and_rules_by_hand(places: tuple[str, str]) -> None:
    lake, _ = places
    assert rows(lake, "SELECT site, COUNT(*) AS n FROM visits GROUP BY site", NORTH) == [
        ["north", 100]
    ]
    assert rows(lake, "SELECT DISTINCT zip FROM people ORDER BY zip", NORTH) == [["000"], ["021"]]
    born = rows(lake, "SELECT MIN(born_on) AS b FROM people", NORTH)
    assert born == [["1934-01-01"]]  # 1901 would say an age over 89 in 2024


@pytest.mark.parametrize(
    "sql",
    ["SELECT name FROM people", "SELECT person_id FROM people", "SELECT x FROM secret",
     "SELECT COUNT(*) FROM people WHERE person_id = 7"],
)  # fmt: skip
def test_what_a_role_may_not_ask(sql: str, places: tuple[str, str]) -> None:
    assert query_as(places[0], sql, access=NORTH).status is Status.REFUSED


@pytest.mark.parametrize(
    "sql",
    ["SELECT name FROM people", "SELECT x FROM secret", "SELECT * FROM global_temp.people",
     "SELECT * FROM spark_catalog.default.secret", "SELECT * FROM parquet.`{folder}/secret.parquet`"],
)  # fmt: skip
def test_spark_itself_has_nothing_else(sql: str, places: tuple[str, str]) -> None:
    """The guard and the checks of the tree are passed by: the session knows the views alone."""
    target = open_gate(resolve(places[0]), NORTH).target
    with pytest.raises(PlumbError, match="Spark says"):
        call(run, target, sql.format(folder=target.location), Limits(), seconds=START_SECONDS)
    kept = call(run, target, "SELECT DISTINCT site FROM visits", Limits(), seconds=START_SECONDS)
    assert kept.rows == (("north",),)
    keys = call(run, target, "SELECT MIN(person_id) > 1000 FROM people", Limits(),
                seconds=START_SECONDS)  # fmt: skip
    assert keys.rows == ((True,),)


def test_questions_go_the_same_way(places: tuple[str, str]) -> None:
    answer = ask_as(places[0], "number of visits by site", access=NORTH)
    assert answer.status is Status.ANSWERED, answer.reason
    assert answer.best is not None
    assert answer.best.candidate.rows == (("north", 100),)


def test_without_a_role_the_tables_are_as_they_were(places: tuple[str, str]) -> None:
    target = resolve(places[0])
    found = call(run, target, "SELECT MIN(name) FROM people", Limits(), seconds=START_SECONDS)
    assert found.rows == (("Name1",),)
    assert Path(target.location).is_dir()
