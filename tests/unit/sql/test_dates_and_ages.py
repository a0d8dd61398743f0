"""Conventions of dates and ages on a database that nobody described, and readings that must end."""

import sqlite3

import pytest

from assistants.answer import Status
from sql_agent import ask

ROWS = """
CREATE TABLE members (member_id INTEGER PRIMARY KEY, name TEXT, birth_date DATE, joined_on DATE);
CREATE TABLE books (book_id INTEGER PRIMARY KEY, title TEXT, genre TEXT, weight_g INTEGER);
CREATE TABLE loans (loan_id INTEGER PRIMARY KEY, member_id INTEGER REFERENCES members,
  book_id INTEGER REFERENCES books, borrowed_on DATE, returned_on DATE);
INSERT INTO members VALUES (1, 'Ada', '1950-06-01', '2023-02-01'),
  (2, 'Ben', '1980-05-05', '2022-03-03'), (3, 'Cleo', '2010-01-01', '2023-05-05');
INSERT INTO books VALUES (1, 'Deep Water', 'crime', 300), (2, 'Soft Rain', 'poetry', 120);
INSERT INTO loans VALUES (1, 1, 1, '2023-06-03', '2024-01-10'), (2, 1, 2, '2024-03-04', NULL),
  (3, 2, 1, '2024-02-10', '2024-03-01'), (4, 2, 2, '2024-12-01', '2024-12-31'),
  (5, 1, 2, '2024-05-06', NULL);
"""


@pytest.fixture(scope="module")
def club(tmp_path_factory: pytest.TempPathFactory) -> str:
    path = tmp_path_factory.mktemp("club") / "club.sqlite"
    with sqlite3.connect(path) as connection:
        connection.executescript(ROWS)
    return str(path)


@pytest.mark.parametrize(
    ("question", "number"),
    [
        ("How many members are over 65?", 1),  # on 2024-12-31, the last day of the data
        ("How many members are minors?", 1),
        ("How many members are in their forties?", 1),
        ("How many members are between 40 and 75?", 2),
        ("How many members are 44 or younger?", 2),
        ("How many members turned 30 in 2010?", 1),
        ("How many loans were borrowed on weekends?", 3),  # two Saturdays and a Sunday
        ("How many loans were borrowed on weekdays?", 2),
        ("How many loans were returned in 2024?", 3),
        ("How many members borrowed a crime book in 2024?", 1),  # the other one was in 2023
        ("What is the average weight of crime books?", 300.0),
        ("What share of loans were returned?", 0.6),
    ],
)
def test_a_number(club: str, question: str, number: float) -> None:
    answer = ask(club, question)
    assert answer.status is Status.ANSWERED, answer.reason
    assert answer.best is not None
    assert answer.best.candidate.rows == ((number,),)


def test_the_member_that_borrowed_most_is_counted_by_loans(club: str) -> None:
    answer = ask(club, "Which member borrowed the most books?")
    assert answer.best is not None
    assert answer.best.candidate.rows == (("Ada", 3),)


def test_the_day_on_which_ages_are_reckoned_is_told(club: str) -> None:
    answer = ask(club, "How many members are over 65?")
    assert answer.best is not None
    assert "ages are reckoned on 2024-12-31" in answer.best.candidate.assumptions


@pytest.mark.parametrize(
    "question",
    [
        "What is the most popular book?",  # of books, each is one
        "How many members have not returned a book?",  # none at all, or one that is still out?
        "How many loans on weekdays and weekends?",
        "What is the average return time of loans?",
        "How many elderly members are there?",
    ],
)
def test_a_guess_is_no_answer(club: str, question: str) -> None:
    assert ask(club, question).status is not Status.ANSWERED
