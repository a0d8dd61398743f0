"""A chat about mathematics: rows that keep their problem, plain commands, transcripts."""

import json

import pytest

from assistants.conversation import Conversation
from assistants.settings import Settings
from cli.chat import Talk
from cli.chat_mathematics import Mathematics
from cli.options import Format
from cli.output import Output
from cli.transcripts import transcript


def mathematics(form: Format = Format.TEXT) -> Mathematics:
    return Mathematics(Output(form=form, quiet=True), None, Settings())


def talk(*lines: str) -> Conversation:
    conversation = Conversation(topic="math")
    for line in lines:
        conversation = conversation.add(line, mathematics().answer(conversation, line))
    return conversation


def test_a_follow_up_of_a_follow_up_is_about_the_last_problem():
    rows = [t.row for t in talk("solve x^2 = 9", "why?", "now for x > 0", "is that all?").turns]
    assert [row["answer"] for row in rows[::2]] == ["x = -3 or x = 3", "x = 3"]
    assert rows[3]["answer"] == "Yes, there is nothing else: x = 3"
    assert [row["verdict"] for row in rows] == ["proved"] * 4


def test_undoing_goes_back_to_the_problem_before():
    conversation = talk("solve x^2 = 9", "now for x > 0").undo()
    row = mathematics().answer(conversation, "now for x < 0")
    assert row["answer"] == "x = -3"


def test_detail_is_a_state_of_the_conversation():
    rows = [t.row for t in talk("solve 2x = 6", "more detail", "less detail", "less detail").turns]
    assert [row["details"] for row in rows] == ["steps", "full", "steps", "brief"]
    assert len({row["answer"] for row in rows}) == 1


def test_a_choice_between_whole_questions():
    conversation = talk("solve x^2 - 3x + 3 = 1", "with 4 in place of 3", "2")
    assert conversation.turns[1].row["status"] == "needs_clarification"
    assert conversation.turns[2].row["question"] == "solve x^2 - 3x + 4 = 1"


def test_a_reply_to_a_question_back_comes_before_follow_ups():
    conversation = talk("solve 1/2x = 3", "2")
    assert conversation.turns[1].row["answer"] == "x = 1/6"


def test_a_picture_proves_nothing_and_keeps_the_problem(capsys):
    rows = [t.row for t in talk("solve x^2 - 4 = 0", "plot it", "now for x > 0").turns]
    assert (rows[1]["answer"], rows[1]["verdict"]) == ("Drawn", "unknown")
    assert rows[2]["answer"] == "x = 2"
    assert any(0x2800 < ord(sign) < 0x2900 for sign in capsys.readouterr().out)


def test_what_has_no_picture_says_so():
    row = talk("is 51 prime?", "plot it").turns[1].row
    assert row["status"] == "abstained"
    assert "there is no picture of this" in row["error"]


def test_what_is_not_understood_is_said_with_what_can_be():
    row = talk("solve 2x = 6", "how is the weather").turns[1].row
    assert row["status"] == "abstained"
    assert "did not understand “how is the weather”" in row["error"]
    assert "why is step 2 true?" in row["error"]


def test_a_new_problem_after_words_that_go_on_is_a_new_problem():
    conversation = talk("solve x^2 = 9", "now solve 2x = 6", "what about x = 4?")
    assert conversation.turns[1].row["answer"] == "x = 3"
    assert conversation.turns[2].row["answer"] == "No, x = 4 is no solution"


def test_the_transcript_tells_who_said_what_with_the_verdicts():
    text = transcript(talk("solve 2x = 6", "why?"))
    assert text.startswith("# A conversation with plumb: math\n\n> **You:** solve 2x = 6\n")
    assert "> **You:** why?" in text
    assert text.count("*proved*") == 2


def test_a_saved_conversation_goes_on(tmp_path):
    talk("solve x^2 = 9").save(tmp_path / "talk.json")
    again = Conversation.load(tmp_path / "talk.json")
    assert mathematics().answer(again, "now for x > 0")["answer"] == "x = 3"


def test_rows_are_written_whole_as_json(capsys):
    mathematics(Format.NDJSON).answer(Conversation(topic="math"), "solve 2x = 6")
    row = json.loads(capsys.readouterr().out)
    assert row["question"] == "solve 2x = 6"
    assert row["answer"] == "x = 3"


@pytest.mark.parametrize(
    ("line", "command"),
    [
        ("undo", "/undo"),
        ("History", "/history"),
        ("save talk.md", "/save talk.md"),
        ("save it as talk.md", "/save talk.md"),
        ("bye", "/quit"),
        ("Thank you!", "/thanks"),
        ("undo the brackets in (x)", "undo the brackets in (x)"),
        ("solve 2x = 6", "solve 2x = 6"),
    ],
)
def test_plain_words_for_commands(line: str, command: str):
    assert Talk(Output(), mathematics(), Conversation(topic="math"))._plain(line) == command
