"""A conversation with a database: choices are kept beside the question, never inside it."""

import pytest

from assistants.conversation import Turn
from cli.chat_databases import meant

ASKED = {
    "status": "needs_clarification",
    "question": "payments above 1000",
    "choices": ["the name of branches"],
    "clarification": {
        "question": "What does 'above 1000' mean here?",
        "choices": ["the amount due of payments", "the amount paid of payments"],
    },
}


@pytest.mark.parametrize("reply", ["2", "the amount paid of payments"])
def test_a_choice_leaves_the_question_as_it_was(reply: str) -> None:
    question, choices = meant(Turn(question="payments above 1000", row=ASKED), reply)
    assert question == "payments above 1000"
    assert choices == ("the name of branches", "the amount paid of payments")


@pytest.mark.parametrize("line", ["3", "0", "number of customers"])
def test_anything_else_is_a_question_of_its_own(line: str) -> None:
    assert meant(Turn(question="payments above 1000", row=ASKED), line) == (line, ())


def test_the_first_line_stands_alone() -> None:
    assert meant(None, "and now?") == ("and now?", ())
