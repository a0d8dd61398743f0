"""Roles on a PostgreSQL server: each table is what the role may see of it, and nothing is copied."""

from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest
import sqlglot
from sqlglot import exp

from assistants.answer import Status
from assistants.errors import QueryRefused
from sql_agent.database import resolve
from sql_agent.governance import Access, ask_as, query_as
from sql_agent.governance.gate import open_gate
from sql_agent.views import View, through_views

NORTH = Access(who="eve", role="north", purpose="care")
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
      - {name: born_on, type: date, pii: true}
      - {name: ward, type: text}
  - name: visits
    primary_key: [visit_id]
    columns:
      - {name: visit_id, type: integer, role: key}
      - {name: person_id, type: integer, role: key}
      - {name: site, type: text}
      - {name: seen_at, type: timestamp}
      - {name: cost, type: decimal, role: measure}
joins:
  - {left: visits, right: people, on: visits.person_id = people.person_id, cardinality: many_to_one}
governance:
  version: 1
  person: people.person_id
  identifiers:
    names: [people.name]
    dates: [people.born_on, visits.seen_at]
  birth: people.born_on
  roles:
    - name: north
      rows_shown: true
      columns:
        people: [born_on, ward]
        visits: [site, seen_at, cost]
      rows:
        - {table: visits, where: "site = 'north'"}
    - name: counter
      dates: month
      columns:
        people: [ward]
        visits: [site, seen_at]
"""
ROWS = """
CREATE TABLE people AS SELECT i AS person_id, 'Name' || i AS name,
  CASE WHEN i = 1 THEN DATE '1901-05-05' ELSE DATE '1960-03-04' + i END AS born_on,
  CASE WHEN i <= 3 THEN 'rare' WHEN i <= 40 THEN 'east' ELSE 'west' END AS ward
  FROM generate_series(1, 100) t(i);
CREATE TABLE visits AS SELECT i AS visit_id, 1 + i % 100 AS person_id,
  CASE WHEN i % 3 = 0 THEN 'north' ELSE 'south' END AS site,
  TIMESTAMP '2024-01-10 09:30:00' + (i % 300) * INTERVAL '1 day' AS seen_at,
  (10 + i)::numeric(10, 2) AS cost FROM generate_series(0, 299) t(i);
CREATE TABLE secret AS SELECT 1 AS x;
CREATE ROLE northern LOGIN;
GRANT SELECT ON visits TO northern;
ALTER TABLE visits ENABLE ROW LEVEL SECURITY;
CREATE POLICY north ON visits FOR SELECT TO northern USING (site = 'north');
"""


@pytest.fixture(scope="module")
def clinic_server(server: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    folder = tmp_path_factory.mktemp("clinic")
    with psycopg.connect(server, autocommit=True) as connection:
        connection.execute("CREATE DATABASE clinic")
    url = server.rpartition("/")[0] + "/clinic"
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute(ROWS.encode())
    model = folder / "clinic.yaml"
    model.write_text(MODEL, encoding="utf-8")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PLUMB_STATE_DIR", str(folder / "state"))
        patch.setenv("PLUMB_CACHE_DIR", str(folder / "cache"))
        yield f"{url}?semantic_model={model}"


def rows(database: str, sql: str) -> list[list[object]]:
    answer = query_as(database, sql, access=NORTH)
    assert answer.status is Status.ANSWERED, answer.reason
    assert answer.best is not None
    return [list(row) for row in answer.best.candidate.rows]


@pytest.mark.postgres
def test_the_driver_is_not_told_of_the_semantic_model(clinic_server: str) -> None:
    target = resolve(clinic_server)
    assert "semantic_model" not in target.location
    assert Path(target.semantic_model).read_text(encoding="utf-8") == MODEL


@pytest.mark.postgres
def test_row_rules_equal_row_level_security(clinic_server: str) -> None:
    own = resolve(clinic_server).location.replace("plumb@", "northern@")
    for sql in (
        "SELECT site, COUNT(*) FROM visits GROUP BY site",
        "SELECT SUM(cost)::text FROM visits",
        "SELECT COUNT(*) FROM visits a JOIN visits b ON a.cost = b.cost",
        "WITH v AS (SELECT site, cost FROM visits WHERE cost > 100) SELECT COUNT(*) FROM v",
    ):
        with psycopg.connect(own) as connection:
            theirs = [list(row) for row in connection.execute(sql.encode()).fetchall()]
        assert rows(clinic_server, sql) == theirs


@pytest.mark.postgres
def test_dates_are_cut_and_keys_still_meet(clinic_server: str) -> None:
    sql = "SELECT DISTINCT EXTRACT(YEAR FROM born_on) FROM people ORDER BY 1"
    assert rows(clinic_server, sql)[0] == ["1934"]  # 1901 would say an age over 89 in 2024
    meet = "SELECT COUNT(*) FROM visits JOIN people ON visits.person_id = people.person_id"
    assert rows(clinic_server, meet) == [[100]]
    catalog = open_gate(resolve(clinic_server), NORTH).workspace.catalog
    assert set(catalog.by_name) == {"people", "visits"}
    assert set(catalog.by_name["people"].by_name) == {"person_id", "born_on", "ward"}
    assert catalog.by_name["visits"].by_name["site"].values == ("north",)


@pytest.mark.postgres
@pytest.mark.parametrize(
    "sql",
    [
        "SELECT name FROM people",
        "SELECT name FROM public.people",
        "SELECT x FROM secret",
        "SELECT person_id FROM people",
        "SELECT COUNT(*) FROM people WHERE person_id = 7",
        "WITH visits AS (SELECT 1 AS cost) SELECT cost FROM visits",
        "SELECT rolname FROM pg_roles",
    ],
)
def test_what_a_role_may_not_ask_of_a_server(clinic_server: str, sql: str) -> None:
    assert query_as(clinic_server, sql, access=NORTH).status is Status.REFUSED


@pytest.mark.postgres
def test_questions_and_withheld_counts_work_as_on_files(clinic_server: str) -> None:
    answer = ask_as(clinic_server, "number of visits per site", access=NORTH)
    assert answer.status is Status.ANSWERED, answer.reason
    assert answer.best is not None
    assert [list(row) for row in answer.best.candidate.rows] == [["north", 100]]
    assert "public" not in answer.best.candidate.sql  # what is shown is the question's own query
    counter = Access(who="eve", role="counter", purpose="quality")
    counted = query_as(clinic_server, "SELECT ward, COUNT(*) FROM people GROUP BY ward",
                       access=counter)  # fmt: skip
    assert counted.best is not None
    assert "rare" not in [row[0] for row in counted.best.candidate.rows]  # three persons


VIEWS = (
    View("people", "", "people", 'SELECT ward FROM "public"."people" AS "people" WHERE ward = 1'),
)


@pytest.mark.parametrize(
    "sql",
    [
        "SELECT * FROM secret",
        "SELECT * FROM other.people",
        "WITH people AS (SELECT 1 AS ward) SELECT * FROM people",
        "WITH a AS (SELECT * FROM secret), secret AS (SELECT 1) SELECT * FROM a",
        "SELECT * FROM (WITH secret AS (SELECT 1 AS x) SELECT * FROM secret) t, secret",
        "WITH RECURSIVE r AS (SELECT 1 AS x UNION ALL SELECT x + 1 FROM r) SELECT * FROM r",
    ],
)
def test_no_table_is_left_as_it_is(sql: str) -> None:
    tree = sqlglot.parse_one(sql, dialect="postgres")
    assert isinstance(tree, exp.Query)
    with pytest.raises(QueryRefused):
        through_views(tree, VIEWS, "postgres")


def test_each_place_of_a_table_becomes_its_view() -> None:
    tree = sqlglot.parse_one(
        "WITH c AS (SELECT ward FROM people) SELECT 1 FROM c JOIN public.people P ON P.ward = c.ward"
        " WHERE EXISTS (SELECT 1 FROM people q WHERE q.ward = P.ward)",
        dialect="postgres",
    )
    assert isinstance(tree, exp.Query)
    made = through_views(tree, VIEWS, "postgres").sql(dialect="postgres")
    assert made.count('FROM "public"."people" AS "people" WHERE ward = 1') == 3
    assert made.count("people") == 3 * 2 + 1  # the last is the alias of the first
