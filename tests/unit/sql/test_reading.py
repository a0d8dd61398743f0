"""Questions read as phrases: nested rows, relating tables, superlatives, on databases never seen."""

import sqlite3
from pathlib import Path

import pytest

from assistants.answer import Json, Status
from sql_agent import ask


@pytest.fixture(scope="module")
def atlas(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("atlas") / "atlas.sqlite"
    connection = sqlite3.connect(path)
    connection.executescript("""
    CREATE TABLE country (country_name TEXT, area REAL, population INT, capital TEXT);
    CREATE TABLE city (city_name TEXT, population INT, country_name TEXT);
    CREATE TABLE borders (country_name TEXT, border TEXT);
    CREATE TABLE stream (stream_name TEXT, length INT, crosses TEXT);
    INSERT INTO country VALUES ('avalia', 100, 500, 'ava'), ('borduria', 300, 200, 'szohod'),
      ('carpania', 50, 900, 'carp'), ('dunland', 20, 10, 'dun'), ('elbonia', 70, 60, 'elb');
    INSERT INTO city VALUES ('ava', 90, 'avalia'), ('szohod', 70, 'borduria'),
      ('carp', 300, 'carpania'), ('dun', 5, 'dunland'), ('elb', 9, 'elbonia'),
      ('avaville', 95, 'avalia'), ('big carp', 310, 'carpania');
    INSERT INTO borders VALUES ('avalia', 'borduria'), ('borduria', 'avalia'),
      ('borduria', 'carpania'), ('carpania', 'borduria'), ('carpania', 'dunland'),
      ('dunland', 'carpania');
    INSERT INTO stream VALUES ('ister', 700, 'avalia'), ('ister', 700, 'borduria'),
      ('ister', 700, 'carpania'), ('moss', 90, 'carpania'), ('rill', 30, 'dunland');
    """)
    connection.commit()
    connection.close()
    return path


@pytest.mark.parametrize(
    ("question", "expected"),
    [
        ("what is the capital of borduria?", {"szohod"}),
        ("which countries border carpania", {"borduria", "dunland"}),
        ("which countries neighbor the largest country?", {"avalia", "carpania"}),
        ("what countries border countries that border avalia", {"avalia", "carpania"}),
        ("which country has no bordering country", {"elbonia"}),
        ("which countries does the ister run through", {"avalia", "borduria", "carpania"}),
        ("what is the longest stream in carpania", {"ister"}),
        ("what are the cities in the smallest country", {"dun"}),
        ("what streams run through the country with the largest population", {"ister", "moss"}),
        ("which stream crosses the most countries", {"ister"}),
        ("what is the biggest city in carpania?", {"big carp"}),
        ("which streams do not run through carpania", {"rill"}),
        ("how long is the ister?", {700}),
        ("how many people live in the capital of avalia", {90}),
        ("what is the population of the largest city in avalia", {95}),
        ("how many countries border carpania?", {2}),
        ("which countries have a population greater than the population of avalia", {"carpania"}),
    ],
)
def test_nested_questions(atlas: Path, question: str, expected: set[Json]) -> None:
    answer = ask(str(atlas), question)
    assert answer.status is Status.ANSWERED, answer.reason
    rows = answer.to_dict()["rows"]
    assert isinstance(rows, list)
    assert {row[0] for row in rows if isinstance(row, list)} == expected


@pytest.mark.parametrize(
    "question",
    [
        "which country has the tastiest cheese",
        "what is the climate of carpania",
        "which countries are allied with borduria",
        "what is the currency of the largest country",
    ],
)
def test_a_word_that_nothing_explains_ends_the_reading(atlas: Path, question: str) -> None:
    assert ask(str(atlas), question).status is not Status.ANSWERED


def test_a_lower_confidence_is_told(atlas: Path) -> None:
    answer = ask(str(atlas), "which countries border carpania")
    assert "no semantic model" in str(answer.to_dict()["assumptions"])
