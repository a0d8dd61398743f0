"""What evidence establishes, and the row that every front end shows."""

import copy
import pickle
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import pytest

from assistants import errors
from assistants.answer import (
    Answer,
    Check,
    Clarification,
    Status,
    Step,
    Usage,
    Verdict,
    combine,
)

PROVED = Check(by="proof", verdict=Verdict.PROVED, sufficient=True)
FORMED = Check(by="parser", verdict=Verdict.PROVED)
UNKNOWN = Check(by="timeout", verdict=Verdict.UNKNOWN, sufficient=True)
REFUTED = Check(by="counterexample", verdict=Verdict.REFUTED, detail="x = 2")


@dataclass(frozen=True)
class Text:
    """A candidate with the row fields it is given."""

    words: str
    fields: Mapping[str, Any]

    def text(self) -> str:
        return self.words

    def details(self) -> Mapping[str, Any]:
        return self.fields


@pytest.mark.parametrize(
    ("checks", "verdict"),
    [
        ((), Verdict.UNKNOWN),
        ((FORMED,), Verdict.UNKNOWN),
        ((FORMED, UNKNOWN), Verdict.UNKNOWN),
        ((FORMED, PROVED), Verdict.PROVED),
        ((UNKNOWN, PROVED), Verdict.PROVED),
        ((PROVED, REFUTED), Verdict.REFUTED),
        ((REFUTED,), Verdict.REFUTED),
    ],
)
def test_what_checks_establish_together(checks: tuple[Check, ...], verdict: Verdict) -> None:
    assert combine(checks) is verdict


def answer(ended: Status = Status.ANSWERED, /, *, reason: str = "", **fields: Any) -> Answer[Text]:
    step = Step(candidate=Text("x = 1", fields), checks=(PROVED,))
    return Answer(status=ended, best=step, steps=(step,), reason=reason)


def test_domain_adds_fields_and_may_replace_the_steps_only() -> None:
    row = answer(sql="SELECT 1", steps=["x + 1 = 2"], verdict="refuted", status="x", error="e")
    found = row.to_dict()
    assert (found["sql"], found["steps"]) == ("SELECT 1", ["x + 1 = 2"])
    assert (found["verdict"], found["status"], found["error"]) == ("proved", "answered", None)


def test_without_domain_steps_the_attempts_are_the_steps() -> None:
    assert answer().to_dict()["steps"] == [
        {"candidate": "x = 1", "verdict": "proved", "checks": [PROVED.to_dict()]}
    ]


def test_reason_is_an_error_without_an_answer_and_a_note_with_one() -> None:
    refused = answer(Status.REFUSED, reason="DROP is refused", sql="DROP").to_dict()
    assert (refused["answer"], refused["error"]) == (None, "DROP is refused")
    assert "note" not in refused
    assert "sql" not in refused
    noted = answer(reason="no rows were found").to_dict()
    assert (noted["answer"], noted["error"], noted["note"]) == ("x = 1", None, "no rows were found")


def test_question_back_has_its_choices() -> None:
    asked: Answer[Text] = Answer(
        status=Status.NEEDS_CLARIFICATION,
        clarification=Clarification(question="which year?", choices=("2023", "2024")),
    )
    row = asked.to_dict()
    assert row["clarification"] == {"question": "which year?", "choices": ["2023", "2024"]}
    assert (row["answer"], row["verdict"], row["steps"]) == (None, "unknown", [])


def test_usage_adds_up() -> None:
    total = Usage() + Usage(model="m", prompt_tokens=3, cached_tokens=1, seconds=0.5)
    total += Usage(model="other", completion_tokens=2, seconds=0.25)
    assert total == Usage(
        model="m", prompt_tokens=3, cached_tokens=1, completion_tokens=2, seconds=0.75
    )


def test_every_error_is_drawn_in_the_tree_and_survives_copying() -> None:
    classes = [
        item
        for item in vars(errors).values()
        if isinstance(item, type) and issubclass(item, errors.PlumbError)
    ]
    assert len(classes) > 10
    for item in classes:
        assert item.__name__ in str(errors.__doc__)
        for twin in (
            copy.copy(item("m", hint="h")),
            pickle.loads(pickle.dumps(item("m", hint="h"))),
        ):
            assert (type(twin), str(twin), twin.hint) == (item, "m", "h")


def test_exit_codes_are_those_of_the_contract() -> None:
    codes = {
        errors.SettingsError: 2,
        errors.InputError: 2,
        errors.ConstraintError: 2,
        errors.OutputError: 1,
        errors.ModelNotFound: 3,
        errors.ModelUnavailable: 3,
        errors.DatabaseNotFound: 4,
        errors.QueryRefused: 4,
        errors.DeadlineExceeded: 1,
        errors.Cancelled: 130,
        errors.PlumbError: 70,
    }
    assert {item: item.exit_code for item in codes} == codes
