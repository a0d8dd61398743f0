"""A small clinic with every kind of identifier, a policy with three roles, and a private state."""

from pathlib import Path

import duckdb
import pytest

MODEL = """
version: 1
name: clinic
default_date: visits.seen_at
tables:
  - name: people
    description: Patients of the clinic.
    synonyms: [patient, person]
    primary_key: [person_id]
    columns:
      - {name: person_id, type: integer, role: key}
      - {name: name, type: text, role: text, pii: true}
      - {name: ssn, type: text, role: text, pii: true}
      - {name: zip, type: text, pii: true}
      - {name: born_on, type: date, pii: true}
      - {name: sex, type: text}
      - {name: ward, type: text}
  - name: visits
    description: Visits of patients.
    primary_key: [visit_id]
    columns:
      - {name: visit_id, type: integer, role: key}
      - {name: person_id, type: integer, role: key}
      - {name: site, type: text}
      - {name: seen_at, type: timestamp}
      - {name: cost, type: decimal, role: measure}
      - {name: urgent, type: boolean}
joins:
  - {left: visits, right: people, on: visits.person_id = people.person_id, cardinality: many_to_one}
metrics:
  - name: urgent_rate
    synonyms: [share of urgent visits]
    expression: avg(case when visits.urgent then 1.0 else 0.0 end)
governance:
  version: 1
  person: people.person_id
  threshold: 11
  identifiers:
    names: [people.name]
    ssn: [people.ssn]
    geography: [people.zip]
    dates: [people.born_on, visits.seen_at]
  birth: people.born_on
  roles:
    - name: counter
      purposes: [quality]
      dates: month
      columns:
        people: [sex, ward, zip, born_on]
        visits: [site, seen_at, cost, urgent]
    - name: north
      rows_shown: true
      columns:
        people: [sex, ward, zip, born_on]
        visits: [site, seen_at, cost]
      rows:
        - {table: visits, where: "site = 'north'"}
    - name: desk
      members: [ada]
      rows_shown: true
      columns:
        visits: [site]
"""

ROWS = """
CREATE TABLE people AS SELECT i AS person_id, 'Name' || i AS name,
  '900-00-' || lpad(i::VARCHAR, 4, '0') AS ssn,
  CASE WHEN i % 2 = 0 THEN '02155' ELSE '03601' END AS zip,
  CASE WHEN i = 1 THEN DATE '1901-05-05' ELSE DATE '1960-03-04' + i::INTEGER END AS born_on,
  CASE WHEN i % 2 = 0 THEN 'f' ELSE 'm' END AS sex,
  CASE WHEN i <= 3 THEN 'rare' WHEN i <= 40 THEN 'east' ELSE 'west' END AS ward
  FROM range(1, 101) t(i);
CREATE TABLE visits AS SELECT i AS visit_id, 1 + i % 100 AS person_id,
  CASE WHEN i % 3 = 0 THEN 'north' ELSE 'south' END AS site,
  TIMESTAMP '2024-01-10 09:30:00' + INTERVAL (i % 300) DAY AS seen_at,
  CAST(10 + i AS DECIMAL(10, 2)) AS cost, i % 60 = 0 AS urgent FROM range(300) t(i);
"""


@pytest.fixture
def clinic(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """A database file with its policy; ledgers, log and cache lie in a folder of the test."""
    monkeypatch.setenv("PLUMB_STATE_DIR", str(tmp_path / "state"))
    monkeypatch.setenv("PLUMB_CACHE_DIR", str(tmp_path / "cache"))
    path = tmp_path / "clinic.duckdb"
    with duckdb.connect(str(path)) as connection:
        connection.execute(ROWS)
    (tmp_path / "clinic.yaml").write_text(MODEL, encoding="utf-8")
    return str(path)
