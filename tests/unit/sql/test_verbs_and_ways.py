"""Verbs for rows, joins told apart by a word, times between two dates, flags, levels, periods."""

import sqlite3
from pathlib import Path

import duckdb
import pytest

from assistants.answer import Json, Status
from sql_agent import ask

ROWS = """
CREATE TABLE docks (dock_id INTEGER PRIMARY KEY, name TEXT, quarter TEXT, opened_on DATE);
CREATE TABLE boats (boat_id INTEGER PRIMARY KEY, model TEXT, has_motor BOOLEAN, bought_on DATE);
CREATE TABLE rowers (rower_id INTEGER PRIMARY KEY, full_name TEXT, gender TEXT, birth_date DATE,
  skill_level INTEGER, wears_vest BOOLEAN, plan TEXT);
CREATE TABLE trips (trip_id INTEGER PRIMARY KEY, rower_id INTEGER REFERENCES rowers,
  boat_id INTEGER REFERENCES boats, start_dock_id INTEGER REFERENCES docks,
  end_dock_id INTEGER REFERENCES docks, started_at TIMESTAMP, ended_at TIMESTAMP, fare REAL);
CREATE TABLE repairs (repair_id INTEGER PRIMARY KEY, boat_id INTEGER REFERENCES boats,
  fault TEXT, approved BOOLEAN, reported_on DATE, fixed_on DATE, cost REAL);
CREATE TABLE clubs (club_id INTEGER PRIMARY KEY, name TEXT);
CREATE TABLE memberships (rower_id INTEGER REFERENCES rowers, club_id INTEGER REFERENCES clubs,
  PRIMARY KEY (rower_id, club_id));
CREATE TABLE races (race_id INTEGER PRIMARY KEY, rower_id INTEGER REFERENCES rowers,
  club_id INTEGER REFERENCES clubs, raced_on DATE, score INTEGER);
INSERT INTO docks VALUES (1, 'Quay', 'north', '2019-01-01'), (2, 'Weir', 'south', '2020-01-01'),
  (3, 'Mole', 'south', '2021-01-01');
INSERT INTO boats VALUES (1, 'Swift', 1, '2020-05-01'), (2, 'Broad', 0, '2024-05-02'),
  (3, 'Slim', 1, '2024-05-03');
INSERT INTO rowers VALUES (1, 'Ada', 'F', '1950-01-01', 1, 1, 'annual'),
  (2, 'Ben', 'M', '1990-01-01', 2, 0, 'annual'), (3, 'Cyd', 'F', '2001-01-01', 2, 1, 'daily');
INSERT INTO trips VALUES
  (1, 1, 1, 1, 2, '2024-04-30 10:00:00', '2024-04-30 11:00:00', 5),
  (2, 1, 1, 1, 2, '2024-05-01 10:00:00', '2024-05-01 11:00:01', 6),
  (3, 2, 2, 2, 1, '2024-05-02 10:00:00', '2024-05-02 10:09:00', 7),
  (4, 2, 3, 3, 2, '2024-05-03 10:00:00', '2024-05-03 10:40:00', 8);
INSERT INTO repairs VALUES (1, 1, 'oar', 1, '2024-01-01', '2024-01-03', 10),
  (2, 1, 'hull', 0, '2024-02-01', '2024-02-20', 20), (3, 2, 'oar', 0, '2024-03-01', NULL, 40);
INSERT INTO clubs VALUES (1, 'Reds'), (2, 'Blues');
INSERT INTO memberships VALUES (1, 1), (2, 1), (3, 1), (3, 2);
INSERT INTO races VALUES (1, 1, 2, '2024-06-01', 7), (2, 2, 2, '2024-06-02', 9);
"""


@pytest.fixture(scope="module")
def boats(tmp_path_factory: pytest.TempPathFactory) -> str:
    path = tmp_path_factory.mktemp("boats") / "boats.sqlite"
    with sqlite3.connect(path) as connection:
        connection.executescript(ROWS)
    return str(path)


@pytest.mark.parametrize(
    ("question", "rows"),
    [
        ("How many boats were repaired more than 1 times?", [[1]]),
        ("How many boats have never been repaired?", [[1]]),
        ("Which boat has been repaired the most?", [[1, 2]]),
        ("number of unapproved repairs", [[2]]),
        ("How many rowers wear a vest?", [[2]]),
        ("How much do we spend on repairs?", [[70.0]]),
        ("How many trips started at Weir?", [[1]]),
        ("How many trips ended at Weir?", [[3]]),
        ("Which dock do most trips end at?", [["Weir", 3]]),
        ("Which club has the most rowers?", [["Reds", 3]]),  # by membership, not by its races
        ("How many rowers scored more than 8 for Blues?", [[1]]),  # only races have a score
        ("How many trips lasted more than an hour?", [[1]]),  # not the one of an hour sharp
        ("How many trips were shorter than 10 minutes?", [[1]]),
        ("How many repairs took longer than a week?", [[1]]),
        ("number of rowers by skill", [[1, 1], [2, 2]]),
        ("How many rowers have skill level 2?", [[2]]),
        ("How many rowers are on the annual plan and over 60?", [[1]]),
        ("How many trips were made on boats with a motor in May 2024?", [[2]]),
        ("How many trips per rower on average?", [[2.0]]),
        ("Which boat was bought most recently?", [[3]]),
        ("number of trips since 2024 or later", None),
    ],
)
def test_is_read(boats: str, question: str, rows: list[list[Json]] | None) -> None:
    assert read(boats, question, rows)


def read(boats: str, question: str, rows: list[list[Json]] | None) -> bool:
    """Whether a question is answered with these rows; None where it must not be answered."""
    answer = ask(boats, question)
    if rows is None:
        return answer.status is not Status.ANSWERED
    assert answer.status is Status.ANSWERED, answer.reason
    assert answer.best is not None
    found = [list(row)[: len(rows[0])] for row in answer.best.candidate.rows]
    return sorted(found, key=str) == sorted(rows, key=str)


@pytest.mark.parametrize(
    "question",
    [
        "How many trips were there between Quay and Weir?",  # from one to the other, or both ways?
        "How many minutes did trips take?",
        "Which rower spent the most?",
        "boats that are in repair for more than 2 weeks",
        "most expensive repair fault",  # a kind of fault is no repair
    ],
)
def test_is_no_answer(boats: str, question: str) -> None:
    answer = ask(boats, question)
    assert answer.status is not Status.ANSWERED, answer.to_dict().get("sql")


def test_a_way_that_a_word_decided_is_told(boats: str) -> None:
    answer = ask(boats, "How many trips ended at Weir?")
    assert answer.best is not None
    assert any("end_dock_id" in told for told in answer.best.candidate.assumptions)


@pytest.mark.parametrize(
    ("database", "question", "sql"),
    [
        ("medical", "Which lab test has the most critical results?", "COUNT(*)"),
        (
            "medical",
            "Which procedures take longer than an hour on average?",
            'AVG("procedures"."duration_minutes") > 60',
        ),
        ("finance", "Which branches have fewer than 150 loans?", "(SELECT COUNT(*)"),
        (
            "finance",
            "How much did customers in Texas withdraw at ATMs in 2025?",
            'SUM("transactions"."amount")',
        ),
        (
            "finance",
            "how many loans were taken out by customers with dormant status",
            'COUNT(*) AS "number_of_loans" FROM "loans" JOIN "customers"',
        ),
        (
            "finance",
            "how many credit cards have a limit between 5,000 and 10,000 dollars",
            "BETWEEN 5000 AND 10000",
        ),
    ],
)
def test_on_described_databases(database: str, question: str, sql: str) -> None:
    answer = ask(database, question)
    assert answer.status is Status.ANSWERED, answer.reason
    assert answer.best is not None
    assert sql in answer.best.candidate.sql
    assert "GROUP BY" not in answer.best.candidate.sql or "loans" not in question


def test_a_state_that_lasts_is_no_time_between_two_dates() -> None:
    answer = ask("finance", "how many accounts were open for more than 30 days")
    assert answer.status is not Status.ANSWERED


@pytest.mark.parametrize(
    ("question", "rows"),
    [
        ("rowers with more than 1 trip in May 2024", [["Ben"]]),  # Ada's first was in April
        ("total fare by motor boats", [[19.0]]),  # by those alone, not by with and without
        ("rowers of skill level 2 with trips over 6", None),  # 6 of what?
        ("How many trips of rowers on the annual plan in May 2024?", [[3]]),
        ("What percentage of repairs were fixed in 2024?", [[2 / 3]]),
        ("Which dock opened last?", [["Mole"]]),
    ],
)
def test_periods_and_agents(boats: str, question: str, rows: list[list[Json]] | None) -> None:
    assert read(boats, question, rows)


def test_what_rows_are_is_no_number_of_them() -> None:
    asked = "Which departments treat the oldest patients?"
    assert ask("medical", asked).status is not Status.ANSWERED


@pytest.mark.parametrize(
    ("database", "question"),
    [
        ("medical", "newest patients"),  # neither the youngest nor the last to die
        ("medical", "Most expensive procedure category"),
        ("finance", "How many cards were blocked in 2025?"),  # they were issued, and then blocked
    ],
)
def test_dates_and_kinds_that_are_not_meant(database: str, question: str) -> None:
    assert ask(database, question).status is not Status.ANSWERED


def test_a_part_of_a_value_means_all_values_that_begin_so() -> None:
    answer = ask("medical", "How many CT scans were done in 2025?")
    assert answer.best is not None
    assert "'CT scan of head'" in answer.best.candidate.sql
    assert "'CT scan of abdomen'" in answer.best.candidate.sql


def test_hours_between_two_timestamps_on_duckdb(tmp_path: Path) -> None:
    path = tmp_path / "trips.duckdb"
    with duckdb.connect(str(path)) as connection:
        connection.execute(
            "CREATE TABLE trips (trip_id INTEGER PRIMARY KEY, started_at TIMESTAMP,"
            " ended_at TIMESTAMP)"
        )
        connection.execute(
            "INSERT INTO trips VALUES (1, '2024-04-30 10:00:00', '2024-04-30 11:00:00'),"
            " (2, '2024-05-01 23:30:00', '2024-05-02 00:30:01')"
        )
    answer = ask(str(path), "How many trips lasted more than an hour?")
    assert answer.to_dict()["rows"] == [[1]], answer.reason
