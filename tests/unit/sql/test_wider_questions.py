"""Ages, medians, top n of each group, rows with so many of another table, units, honest gaps."""

import sqlite3
from pathlib import Path

import pytest

from assistants.answer import Json, Status
from sql_agent import ask


@pytest.fixture(scope="module")
def clinic(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("clinic") / "clinic.sqlite"
    connection = sqlite3.connect(path)
    connection.executescript("""
    CREATE TABLE patients (patient_id INTEGER PRIMARY KEY, sex TEXT, state TEXT, birth_date TEXT);
    CREATE TABLE visits (visit_id INTEGER PRIMARY KEY,
      patient_id INT REFERENCES patients(patient_id), ward TEXT, kind TEXT, visited_on TEXT,
      duration_minutes INT, cost REAL);
    INSERT INTO patients VALUES (1, 'male', 'TX', '1950-12-31'), (2, 'female', 'CA', '1951-01-01'),
      (3, 'female', 'NY', '2010-06-15'), (4, 'male', 'TX', '1980-01-01');
    INSERT INTO visits VALUES (1, 1, 'east', 'dental', '2020-01-05', 30, 100),
      (2, 1, 'east', 'surgery', '2020-06-01', 240, 900), (3, 1, 'west', 'dental', '2020-07-01', 60, 50),
      (4, 2, 'west', 'surgery', '2020-12-30', 200, 700), (5, 3, 'west', 'dental', '2020-12-31', 20, 10);
    """)
    connection.commit()
    connection.close()
    return path


@pytest.mark.parametrize(
    ("question", "expected"),
    [
        ("how many patients are older than 70?", [[0]]),  # the data end on a seventieth birthday
        ("how many patients are at least 70 years old", [[1]]),
        ("how many patients are older than 69?", [[2]]),
        ("number of patients under 18", [[1]]),
        ("how many patients have more than 1 visit", [[1]]),
        ("how many patients have at least 2 dental visits?", [[1]]),
        ("number of patients without visits", [[1]]),
        ("how many patients had no visits in 2020", [[1]]),
        ("how many patients have surgery but not dental", [[1]]),
        ("how many patients live in Texas", [[2]]),
        ("how many visits took longer than 3 hours", [[2]]),
        ("minimum, maximum and average cost", [[10.0, 900.0, 352.0]]),
        ("number of dental and surgery visits", [["dental", 3], ["surgery", 2]]),
        ("number of visits in the 2020s", [[5]]),
        (
            "top 1 kinds by cost in each ward",
            [["surgery", "east", 900.0], ["surgery", "west", 700.0]],
        ),
    ],
)
def test_answers(clinic: Path, question: str, expected: list[list[Json]]) -> None:
    answer = ask(str(clinic), question)
    assert answer.status is Status.ANSWERED, answer.reason
    assert answer.to_dict()["rows"] == expected


def test_ages_in_completed_years(clinic: Path) -> None:
    rows = ask(str(clinic), "average age of patients").to_dict()["rows"]
    assert rows == [[(70 + 69 + 10 + 40) / 4]]


@pytest.mark.parametrize(
    "question",
    [
        "median cost of visits",  # SQLite has no median
        "patients by age group",
        "change in visits from 2009 to 2010",
        "latest cost",
        "how many visits cost more than 2 hours",
        "average visits",
        "blood type of patients",
    ],
)
def test_what_cannot_be_said_is_not_answered(clinic: Path, question: str) -> None:
    answer = ask(str(clinic), question)
    assert answer.best is None, answer.to_dict().get("sql")


def test_an_answer_tells_what_it_links(clinic: Path) -> None:
    row = ask(str(clinic), "number of surgery visits by ward").to_dict()
    assert row["query"] == "measure count visits; by visits.ward; where visits.kind = V0"
    assert "'surgery': visits.kind = surgery" in row["links"]
    assert row["used"] == ["visits.ward", "visits.kind"]
