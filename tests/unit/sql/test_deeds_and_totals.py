"""Deeds are conditions, totals are of money, and a condition that fell under the table is none."""

import sqlite3
from pathlib import Path

import pytest

from assistants.answer import Json, Status
from sql_agent import ask

ROWS = """
CREATE TABLE pets (pet_id INTEGER PRIMARY KEY, name TEXT, town TEXT, died_on DATE, weight_kg REAL);
CREATE TABLE remedies (code TEXT PRIMARY KEY, title TEXT, family TEXT);
CREATE TABLE visits (visit_id INTEGER PRIMARY KEY, pet_id INTEGER REFERENCES pets,
  code TEXT REFERENCES remedies, booked_on DATE, starts_on DATE, status TEXT, clinic TEXT,
  room INTEGER);
CREATE TABLE bills (bill_no INTEGER PRIMARY KEY, visit_id INTEGER REFERENCES visits, issued_on DATE,
  amount REAL, minutes INTEGER, commission REAL, paid_on DATE, method TEXT);
INSERT INTO pets VALUES (1, 'Rex', 'Hull', '2024-03-01', 9), (2, 'Mia', 'Hull', NULL, 4),
  (3, 'Tom', 'York', NULL, 5), (4, 'Zoe', 'York', '2023-02-02', 30);
INSERT INTO remedies VALUES ('NRDX', 'Nordexin', 'drops'), ('FJRD', 'Fjordine', 'pills');
INSERT INTO visits VALUES
  (1, 1, 'NRDX', '2023-12-20', '2024-01-05', 'kept', 'Lakeview Animal House', 1),
  (2, 2, 'FJRD', '2024-01-02', '2024-02-01', 'missed', 'Harbor Vets', 2),
  (3, 3, 'FJRD', '2024-02-02', '2024-03-03', 'kept', 'Lakeview Animal House', 2),
  (4, 4, 'FJRD', '2022-12-30', '2023-01-10', 'missed', 'Harbor Vets', 2);
INSERT INTO bills VALUES (1, 1, '2024-01-05', 100, 30, 5, '2024-01-09', 'card'),
  (2, 3, '2024-03-03', 40, 20, 2, NULL, NULL), (3, 2, '2024-02-01', 60, 10, 3, '2024-02-03', 'cash');
"""


@pytest.fixture(scope="module")
def vet(tmp_path_factory: pytest.TempPathFactory) -> str:
    path = tmp_path_factory.mktemp("vet") / "vet.sqlite"
    with sqlite3.connect(path) as connection:
        connection.executescript(ROWS)
    return str(path)


@pytest.mark.parametrize(
    ("question", "rows"),
    [
        ("How many pets from Hull died?", [[1]]),
        ("How many bills are unpaid?", [[1]]),
        ("How many bills were paid by card?", [[1]]),
        ("How many visits were missed in 2024?", [[1]]),  # when it was to be, not when booked
        ("How many visits were booked in 2022?", [[1]]),
        ("How many visits were at Lakeview?", [[2]]),
        ("How many visits with FJRD were missed?", [[2]]),
        ("bills under 50 euros", [[2]]),  # no number of minutes
        ("total billed in 2024", [[200.0]]),
        ("Which room is used most?", [[2, 3]]),
        ("share of visits that were missed", [[0.5]]),
    ],
)
def test_what_is_said_is_asked(vet: str, question: str, rows: list[list[Json]]) -> None:
    answer = ask(vet, question)
    assert answer.status is Status.ANSWERED, answer.reason
    assert answer.best is not None
    assert [list(row) for row in answer.best.candidate.rows] == rows


@pytest.mark.parametrize(
    "question",
    [
        "How many pets died at Lakeview?",  # of all clinics that a pet was ever at, which one?
        "pets from Hull or with a weight above 8",  # two columns, one of two
        "How many pets did we lose in 2024?",
        "What is the total missing in 2024?",
    ],
)
def test_what_no_query_says_is_no_answer(vet: str, question: str) -> None:
    assert ask(vet, question).status is not Status.ANSWERED


def test_what_nobody_says_how_to_put_together_is_asked_back(tmp_path: Path) -> None:
    path = tmp_path / "rigs.sqlite"
    with sqlite3.connect(path) as connection:
        connection.execute("CREATE TABLE rigs (rig_id INTEGER PRIMARY KEY, town TEXT, torque REAL)")
        rows = [(1, "Ely", 3.0), (2, "Ely", 5.0), (3, "Bath", 2.0)]
        connection.executemany("INSERT INTO rigs VALUES (?, ?, ?)", rows)
    asked = ask(str(path), "torque by town")
    assert asked.status is Status.NEEDS_CLARIFICATION
    assert asked.clarification is not None
    total, average = asked.clarification.choices
    for choice, ely in ((total, 8.0), (average, 4.0)):
        answer = ask(str(path), "torque by town", choices=(choice,))
        assert answer.best is not None
        assert [list(row) for row in answer.best.candidate.rows] == [["Bath", 2.0], ["Ely", ely]]
