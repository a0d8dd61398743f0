"""Two columns of a row, the time between two dates, changes from period to period, differences."""

import sqlite3
from pathlib import Path

import pytest

from assistants.answer import Json, Status
from sql_agent import ask

ROWS = """
CREATE TABLE clients (client_id INTEGER PRIMARY KEY, name TEXT, kind TEXT);
CREATE TABLE bills (bill_id INTEGER PRIMARY KEY, client_id INTEGER REFERENCES clients,
  billed_on DATE, due_on DATE, paid_on DATE, charge REAL, payment REAL, method TEXT);
CREATE TABLE tests (test_id INTEGER PRIMARY KEY, client_id INTEGER REFERENCES clients,
  test_name TEXT, value REAL, reference_high REAL, taken_on DATE);
CREATE TABLE stays (stay_id INTEGER PRIMARY KEY, client_id INTEGER REFERENCES clients,
  admission_date DATE, discharge_date DATE);
INSERT INTO clients VALUES (1, 'Ada', 'private'), (2, 'Ben', 'public'), (3, 'Cleo', 'public');
INSERT INTO bills VALUES
  (1, 1, '2023-01-01', '2023-01-31', '2023-02-10', 100, 90, 'card'),
  (2, 1, '2023-02-01', '2023-03-01', '2023-02-20', 50, 50, 'cash'),
  (3, 2, '2024-01-01', '2024-01-31', '2024-03-15', 70, 60, 'card'),
  (4, 2, '2024-01-10', '2024-02-10', NULL, 30, NULL, NULL),
  (5, 2, '2024-02-01', '2024-03-01', '2024-03-01', 20, 20, 'cash');
INSERT INTO tests VALUES (1, 1, 'Glucose', 120, 100, '2023-01-05'),
  (2, 2, 'Glucose', 90, 100, '2024-01-05'), (3, 2, 'Sodium', 150, 145, '2024-02-05');
INSERT INTO stays VALUES (1, 1, '2024-01-01', '2024-01-05'), (2, 1, '2024-02-01', '2024-02-03'),
  (3, 2, '2024-02-10', NULL);
"""


@pytest.fixture(scope="module")
def practice(tmp_path_factory: pytest.TempPathFactory) -> str:
    path = tmp_path_factory.mktemp("practice") / "practice.sqlite"
    with sqlite3.connect(path) as connection:
        connection.executescript(ROWS)
    return str(path)


@pytest.mark.parametrize(
    ("question", "rows"),
    [
        ("How many bills were paid late?", [[2]]),
        ("How many bills were paid on time?", [[2]]),
        ("How many bills were paid after their due date?", [[2]]),
        ("How many bills were paid before they were due?", [[1]]),
        ("How many bills were paid more than 30 days after the due date?", [[1]]),
        ("How many bills were paid within 2 weeks after the due date?", [[2]]),
        ("How many bills have not been paid?", [[1]]),
        ("How many tests were above the reference high?", [[2]]),
        ("average number of days from admission to discharge", [[3.0]]),
        ("average length of stay", [[3.0]]),
        ("What share of clients have a bill?", [[2 / 3]]),
        ("gap between charge and payment", [[270 - 220]]),
        ("Which clients have more than 2 bills?", [["Ben"]]),
        ("When was the first bill paid?", [["2023-02-10"]]),
        ("How many clients have neither a bill nor a stay?", [[1]]),
        ("bills billed from 2023 to 2023, how many are there?", [[2]]),
    ],
)
def test_answers(practice: str, question: str, rows: list[list[Json]]) -> None:
    answer = ask(practice, question)
    assert answer.status is Status.ANSWERED, answer.reason
    assert [list(row) for row in answer.to_dict()["rows"]] == [
        [pytest.approx(v) if isinstance(v, float) else v for v in row] for row in rows
    ]


def test_a_change_of_months_stands_beside_the_number_of_each(practice: str) -> None:
    answer = ask(practice, "How did the number of bills change month over month in 2024?")
    assert answer.status is Status.ANSWERED, answer.reason
    assert [list(row) for row in answer.to_dict()["rows"]] == [
        ["2024-01-01", 2, None, None],
        ["2024-02-01", 1, -1, -0.5],
    ]


def test_a_change_between_two_years_is_one_number_and_its_part(practice: str) -> None:
    answer = ask(practice, "growth in bills from 2023 to 2024")
    assert answer.status is Status.ANSWERED, answer.reason
    assert [list(row) for row in answer.to_dict()["rows"]] == [[1, 0.5]]


def test_two_years_stand_side_by_side(practice: str) -> None:
    answer = ask(practice, "How many bills were there in 2023 versus 2024?")
    assert answer.status is Status.ANSWERED, answer.reason
    assert [list(row) for row in answer.to_dict()["rows"]] == [[2023, 2], [2024, 3]]


@pytest.mark.parametrize(
    "question",
    [
        "change in bills from 2019 to 2020",  # no data: no change of zero
        "How many clients are still there?",
        "How many bills were late after discharge?",
        "How much of the charge was forgiven?",
    ],
)
def test_what_is_not_known_is_not_answered(practice: str, question: str) -> None:
    assert ask(practice, question).status is not Status.ANSWERED


def test_a_group_in_one_bank_and_its_difference(bank_duckdb: Path) -> None:
    question = "difference between the average balance of savings and current accounts"
    answer = ask(str(bank_duckdb), question)
    assert answer.status is Status.ANSWERED, answer.reason
    wanted = (100.10 + 300.30) / 2 - (200.20 - 50.00) / 2
    assert float(answer.to_dict()["rows"][0][0]) == pytest.approx(wanted)
