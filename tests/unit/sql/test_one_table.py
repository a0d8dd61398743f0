"""Questions about one table: values in the text, readings by trained weights, rivals."""

import sqlite3
from dataclasses import replace
from pathlib import Path

import pytest

from assistants.answer import Status, Verdict
from sql_agent import ask
from sql_agent.database import resolve
from sql_agent.one_table import propose_over_one_table, proposing
from sql_agent.one_table.reader import read_table, shipped
from sql_agent.one_table.view import ViewColumn, scene_of, view_of
from sql_agent.query_tree import Aggregate, Compare, NumberValue, TextValue
from sql_agent.workspace import Workspace, open_workspace

_PLAYERS = [
    ("Mitsuo Kato", "FC Kyoto", "Forward", 12, 30, "Osaka", "3–1, 2–2"),
    ("Jan Novak", "Sparta", "Defender", 2, 28, "Brno", "0–0"),
    ("Luca Rossi", "AC Verona", "Midfielder", 7, 31, "Verona", "1–1"),
    ("Tom Hill", "Leeds", "Goalkeeper", 0, 35, "York", "2–0"),
    ("Ali Demir", "Izmir", "Forward", 17, 29, "Ankara", "4–2"),
    ("Pedro Silva", "Porto B", "Forward", 9, 22, "Faro", "1–0"),
]


@pytest.fixture
def players(tmp_path: Path) -> str:
    path = tmp_path / "clubs.sqlite"
    with sqlite3.connect(path) as connection:
        connection.execute(
            "CREATE TABLE players(player TEXT, club TEXT, position TEXT, goals INTEGER,"
            " appearances INTEGER, birthplace TEXT, last_score TEXT)"
        )
        connection.executemany("INSERT INTO players VALUES (?,?,?,?,?,?,?)", _PLAYERS)
    return str(path)


def _workspace(database: str) -> Workspace:
    return open_workspace(resolve(database))


_VIEW = view_of(
    (
        ViewColumn(words=("record",), kind="text"),
        ViewColumn(words=("position",), kind="text"),
        ViewColumn(words=("point",), kind="number"),
    ),
    [(0, "35–23–15"), (1, "Wide Receiver"), (0, "35"), (1, "a")],
)


@pytest.mark.parametrize(
    ("question", "texts", "numbers"),
    [
        ("What was the score when their record was 35-23-15?", [("35-23-15", {0})], []),
        ("points of wide receivers", [("wide receivers", {1})], []),
        ("who has more than 1,250.5 points", [], [("1,250.5", 1250.5)]),
        ("who has three points", [], [("three", 3.0)]),
        ("which one has 35 points", [("35", {0})], [("35", 35.0)]),
    ],
)
def test_values_of_a_question(
    question: str, texts: list[tuple[str, set[int]]], numbers: list[tuple[str, float]]
) -> None:
    spans = scene_of(question, _VIEW).spans
    said = [(question[s.start : s.end], set(s.texts)) for s in spans if s.texts]
    counted = [(question[s.start : s.end], s.number) for s in spans if s.number is not None]
    assert (said, counted) == (texts, numbers)


def test_the_longest_value_is_meant_and_no_part_of_it() -> None:
    view = view_of(_VIEW.columns, [(0, "New York"), (1, "New York Giants"), (1, "York")])
    scene = scene_of("record against the New York Giants", view)
    assert [dict(span.texts) for span in scene.spans] == [{1: "New York Giants"}]


def test_a_column_and_a_condition_are_read(players: str) -> None:
    answer = ask(players, "Which club does Jan Novak play for?")
    assert answer.status is Status.ANSWERED
    assert answer.best is not None
    assert answer.best.candidate.rows == (("Sparta",),)
    assert any("trained weights" in note for note in answer.best.candidate.assumptions)


def test_how_many_of_a_number_is_no_count_of_rows(players: str) -> None:
    answer = ask(players, "How many goals does Mitsuo Kato have?")
    assert answer.best is not None
    assert answer.best.candidate.rows == ((12,),)


@pytest.mark.parametrize(
    "question",
    [
        "What position does Harry Kane play?",  # no such value
        "Who is the coach of Sparta?",  # no such column
        "What is the salary of Jan Novak?",
        "Which club does each forward play for?",  # more than one column under conditions
    ],
)
def test_what_the_table_does_not_hold_is_not_read(players: str, question: str) -> None:
    assert propose_over_one_table(question, _workspace(players)) is None


def test_several_tables_are_not_read(players: str) -> None:
    with sqlite3.connect(players) as connection:
        connection.execute("CREATE TABLE clubs(name TEXT)")
    assert (
        propose_over_one_table("Which club does Jan Novak play for?", _workspace(players)) is None
    )


def test_ways_of_summing_up_must_give_the_same_rows(players: str) -> None:
    question = "What is the number of goals for the forward?"
    found = propose_over_one_table(question, _workspace(players))
    assert found is not None
    _, proposal = found
    assert proposal.rivals
    answer = ask(players, question)
    learned = [
        step
        for step in answer.steps
        if any("trained weights" in note for note in step.candidate.assumptions)
    ]
    assert [check.verdict for check in learned[0].checks if check.by == "readings"] == [
        Verdict.REFUTED
    ]
    assert answer.best is None or answer.best is not learned[0]


def test_rivals_of_one_row_agree(players: str) -> None:
    answer = ask(players, "How many goals does Mitsuo Kato have?")
    assert answer.best is not None
    assert any(c.by == "readings" and c.verdict is Verdict.PROVED for c in answer.best.checks)


@pytest.mark.parametrize(
    ("said", "operator"),
    [
        ("more than 9", ">"),
        ("at least 9", ">="),
        ("9 or more", ">="),
        ("at most 9", "<="),
        ("fewer than 9", "<"),
    ],
)
def test_numbers_are_compared_as_is_said(
    players: str, said: str, operator: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(proposing, "SURE", 0.0)
    found = propose_over_one_table(f"Which player has {said} goals?", _workspace(players))
    assert found is not None
    _, proposal = found
    (condition,) = proposal.query.where
    assert isinstance(condition, Compare)
    assert (condition.column.column, condition.operator) == ("goals", operator)
    assert proposal.slots == (NumberValue(phrase="9", number="9"),)


def test_values_are_those_that_are_stored(players: str) -> None:
    found = propose_over_one_table("which club does jan novak play for?", _workspace(players))
    assert found is not None
    (slot,) = found[1].slots
    assert isinstance(slot, TextValue)
    assert [codes for _, codes in slot.options] == [("Jan Novak",)]


def test_different_counts_once(players: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(proposing, "SURE", 0.0)
    question = "How many different birthplaces are there for the position Forward?"
    found = propose_over_one_table(question, _workspace(players))
    assert found is not None
    assert [type(m) for m in found[1].query.measures] == [Aggregate]


def test_trust_falls_where_a_value_is_not_stored() -> None:
    columns = (
        ViewColumn(words=("opponent",), kind="text"),
        ViewColumn(words=("record",), kind="text"),
        ViewColumn(words=("date",), kind="text"),
    )
    question = "What was the record against the Detroit Lions?"
    stored = view_of(columns, [(0, "Detroit Lions"), (1, "3-2")])
    other = view_of(columns, [(0, "Green Bay Packers"), (1, "3-2")])
    whole, lacking = read_table(question, stored), read_table(question, other)
    assert whole.column == lacking.column == 1
    assert whole.probability > 0.9
    assert lacking.probability < 0.5


def test_weights_without_trust_answer_nothing(
    players: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    none = replace(shipped(), trust=shipped().trust * 0)
    monkeypatch.setattr("sql_agent.one_table.reader.shipped", lambda: none)
    question = "Which club does Jan Novak play for?"
    assert propose_over_one_table(question, _workspace(players)) is None
