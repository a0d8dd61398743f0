"""Every word of a question has its part in the query, or there is no answer."""

import sqlite3

import pytest

from assistants.answer import Json, Status
from sql_agent import ask
from sql_agent.ordinals import without_ordinal

ROWS = """
CREATE TABLE sitters (sitter_id INTEGER PRIMARY KEY, full_name TEXT, birth_date DATE,
  is_licensed BOOLEAN, town TEXT, fee_pct REAL);
CREATE TABLE kennels (kennel_id INTEGER PRIMARY KEY, name TEXT, floor INTEGER, beds INTEGER,
  unit_price REAL);
CREATE TABLE bookings (booking_id INTEGER PRIMARY KEY, sitter_id INTEGER REFERENCES sitters,
  kennel_id INTEGER REFERENCES kennels, status TEXT, booked_on DATE, cancelled_on DATE,
  amount_charged REAL);
INSERT INTO sitters VALUES (1, 'Ada Kay', '1980-01-01', 1, 'Hull', 5),
  (2, 'Ada Kay', '1990-01-01', 0, 'York', 10), (3, 'Ben Low', '2001-01-01', 1, 'York', 10);
INSERT INTO kennels VALUES (1, 'Bark', 0, 10, 20), (2, 'Howl', 1, 8, 35), (3, 'Wag', 1, 9, 50);
INSERT INTO bookings VALUES
  (1, 1, 1, 'kept', '2023-02-01', NULL, 100), (2, 1, 2, 'cancelled', '2023-12-30', '2024-01-02', 40),
  (3, 2, 2, 'kept', '2024-03-01', NULL, 70), (4, 3, 3, 'kept', '2024-05-01', NULL, 60),
  (5, 3, 1, 'cancelled', '2024-06-01', '2024-06-03', 30), (6, 3, 3, 'kept', '2024-07-01', NULL, 90);
"""


@pytest.fixture(scope="module")
def kennels(tmp_path_factory: pytest.TempPathFactory) -> str:
    path = tmp_path_factory.mktemp("kennels") / "kennels.sqlite"
    with sqlite3.connect(path) as connection:
        connection.executescript(ROWS)
    return str(path)


@pytest.mark.parametrize(
    ("question", "rows"),
    [
        ("How many bookings haven't been cancelled?", [[4]]),
        ("which licensed sitters are from York", [["Ben Low"]]),
        ("beds per floor", [[0, 10], [1, 17]]),
        ("average fee by town", [["Hull", 5.0], ["York", 10.0]]),
        ("How many bookings were cancelled in 2024?", [[2]]),
        ("charged amount by status", [["cancelled", 70.0], ["kept", 320.0]]),
        ("How many kennels cost more than 30?", [[2]]),
        ("which floor has the most beds", [[1, 17]]),  # not the floor of the largest kennel
    ],
)
def test_what_is_said_is_asked(kennels: str, question: str, rows: list[list[Json]]) -> None:
    answer = ask(kennels, question)
    assert answer.status is Status.ANSWERED, answer.reason
    assert answer.best is not None
    found = [list(row)[-len(rows[0]) :] for row in answer.best.candidate.rows]
    assert sorted(found, key=str) == sorted(rows, key=str)


@pytest.mark.parametrize(
    "question",
    [
        "which sitter made the first booking again",
        "sitters who booked twice",
        "list bookings other than kept",
        "how much was booked in 2023",
        "booked amount of Bark",
        "bookings that weren't cancelled in 2024",
    ],
)
def test_what_no_query_says_is_no_answer(kennels: str, question: str) -> None:
    answer = ask(kennels, question)
    assert answer.status is not Status.ANSWERED, answer.to_dict().get("sql")


def test_people_of_one_name_are_not_one_group(kennels: str) -> None:
    answer = ask(kennels, "number of bookings per sitter")
    assert answer.best is not None
    assert sorted(str(row[-1]) for row in answer.best.candidate.rows) == ["1", "2", "3"]


def test_the_second_of_a_ranking_leaves_out_the_first(kennels: str) -> None:
    answer = ask(kennels, "second most expensive kennel")
    assert answer.best is not None
    assert ["Howl" in row for row in answer.best.candidate.rows] == [True]
    assert "after leaving out 1" in answer.best.candidate.explanation


def test_a_second_floor_is_no_place_in_a_ranking() -> None:
    assert without_ordinal("beds on the second floor").skip == 0
    assert without_ordinal("the third largest loan").skip == 2


def test_a_second_one_needs_a_ranking(kennels: str) -> None:
    assert ask(kennels, "second highest beds").status is not Status.ANSWERED


def test_dollars_are_of_the_rows_that_are_counted() -> None:
    answer = ask("finance", "How many savings accounts hold less than 100 dollars?")
    assert answer.best is not None
    assert '"accounts"."balance" < 100' in answer.best.candidate.sql
    assert "transactions" not in answer.best.candidate.sql


def test_what_we_charge_is_no_fee() -> None:
    answer = ask("finance", "highest interest rate we charge on a student loan")
    assert answer.status is not Status.ANSWERED or "'fee'" not in str(answer.to_dict()["sql"])


def test_customers_under_thirty_are_young_and_not_poor() -> None:
    answer = ask("finance", "How many customers under 30 earn more than 100k a year?")
    assert answer.best is not None
    assert answer.best.candidate.sql.count("annual_income") == 1
    assert "birth_date" in answer.best.candidate.sql


def test_the_last_quarter_of_a_year_is_its_fourth(kennels: str) -> None:
    answer = ask(kennels, "How many bookings were booked in the last quarter of 2023?")
    assert answer.best is not None
    assert answer.best.candidate.rows == ((1,),)


def test_the_last_week_of_a_year_is_not_two_periods(kennels: str) -> None:
    answer = ask(kennels, "bookings cancelled in the last week of 2023")
    assert answer.status is not Status.ANSWERED


def test_what_is_compared_is_told_apart() -> None:
    question = "Compare the readmission rate of Harbor General with that of Northside Hospital"
    answer = ask("medical", question)
    assert answer.best is not None
    assert [row[0] for row in answer.best.candidate.rows] == [
        "Harbor General",
        "Northside Hospital",
    ]


def test_an_average_of_single_rows_is_none(kennels: str) -> None:
    answer = ask(kennels, "average amount charged per booking by status")
    assert answer.best is not None
    assert [row[-1] for row in answer.best.candidate.rows] == [35.0, 80.0]
