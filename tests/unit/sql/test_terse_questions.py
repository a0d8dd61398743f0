"""Questions in few words: abbreviations, shares of two conditions, and of whom "who" asks."""

import pytest

from assistants.answer import Answer, Status
from sql_agent import QueryResult, ask
from sql_agent.wording import plain


@pytest.mark.parametrize(
    ("short", "long"),
    [
        ("avg bal savings accts", "avg balance savings accounts"),
        ("nr of branches", "number of branches"),
        ("customers w/o any account", "customers without account"),
        ("pct of claims denied", "percentage of claims denied"),
        ("loans more than 90 dpd", "loans more than 90 days past due"),
        ("biggest loan ever", "biggest loan"),
    ],
)
def test_abbreviations_are_written_out(short: str, long: str) -> None:
    assert plain(short) == long


def test_a_negation_is_no_number() -> None:
    assert plain("no diabetes patients") == "no diabetes patients"


def _number(answer: Answer[QueryResult]) -> float:
    assert answer.status is Status.ANSWERED
    assert answer.best is not None
    return float(str(answer.best.candidate.rows[0][-1]))


def test_a_share_of_two_conditions_is_asked_back_and_each_choice_is_another_number() -> None:
    question = "share of low hemoglobin results"
    answer = ask("medical", question)
    assert answer.status is Status.NEEDS_CLARIFICATION
    assert answer.clarification is not None
    of_all, of_one = (
        _number(ask("medical", question, choices=[choice]))
        for choice in answer.clarification.choices
    )
    assert of_one > 5 * of_all > 0


def test_a_share_of_all_is_not_asked_back() -> None:
    answer = ask("medical", "what share of all claims were denied")
    assert answer.status is Status.ANSWERED


def test_who_asks_for_names() -> None:
    answer = ask("finance", "who are the 3 customers with the highest income")
    assert answer.best is not None
    assert {"first_name", "last_name"} <= set(answer.best.candidate.columns)
    keys = ask("finance", "top 3 customers by income")
    assert keys.best is not None
    assert "last_name" not in keys.best.candidate.columns


def test_a_value_of_people_stands_for_them_and_one_of_their_drugs_does_not() -> None:
    smokers = ask("medical", "smokers with copd")
    assert smokers.best is not None
    assert smokers.best.candidate.columns[0] == "patient_id"
    assert ask("medical", "list the antibiotics").status is not Status.ANSWERED


def test_speaking_is_no_second_column() -> None:
    answer = ask("medical", "Spanish-speaking medicaid patients")
    assert answer.best is not None
    assert "'Spanish'" in answer.best.candidate.sql
    assert "'medicaid'" in answer.best.candidate.sql
