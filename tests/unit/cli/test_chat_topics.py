import pytest

from assistants.answer import Verdict
from assistants.conversation import Conversation
from assistants.scripted import Scripted
from cli.chat_topics import TalkingCode, checks_of, completed, task_first
from cli.options import Format
from cli.output import Output


def talk(question: str, row: dict) -> Conversation:
    return Conversation(topic="sql").add(question, row)


ANSWERED = {"status": "answered", "answer": "42"}
ASKED = {
    "status": "needs_clarification",
    "clarification": {"question": "Which date?", "choices": ["opened on", "closed on"]},
}


@pytest.mark.parametrize(
    ("line", "question"),
    [
        ("and for 2024", "total balance by branch, and for 2024"),
        ("Only the North", "total balance by branch, Only the North"),
        ("what about loans?", "total balance by branch, what about loans?"),
        ("number of customers", "number of customers"),
        ("android phones sold", "android phones sold"),
    ],
)
def test_a_follow_up_is_added_to_the_question_before(line: str, question: str):
    assert completed(talk("total balance by branch?", ANSWERED), line, task_first) == question


@pytest.mark.parametrize(
    ("line", "question"),
    [
        ("2", "closed on accounts by month"),
        ("opened on", "opened on accounts by month"),
        ("3", "3"),
        ("number of customers", "number of customers"),
    ],
)
def test_a_choice_completes_the_question_that_it_is_about(line: str, question: str):
    assert completed(talk("accounts by month", ASKED), line, task_first) == question


def test_a_follow_up_of_a_follow_up_goes_on_from_the_whole_question():
    row = {**ANSWERED, "question": "total balance by branch, and for 2024"}
    assert completed(talk("and for 2024", row), "only the North", task_first) == (
        "total balance by branch, and for 2024, only the North"
    )


def test_a_first_line_stands_alone():
    assert completed(Conversation(), "and now?", task_first) == "and now?"


def test_blocks_of_code_are_checked_each():
    reply = "```python\nx = 1\n```\n```java\nclass A { int }\n```\n```text\n((((\n```"
    checks = checks_of(reply)
    assert [(check.by, check.verdict) for check in checks] == [
        ("python block 1", Verdict.PROVED),
        ("java block 2", Verdict.REFUTED),
    ]


def test_a_reply_without_code_proves_nothing():
    assert checks_of("Use a list.") == ()


def test_the_model_is_shown_what_was_said(capsys):
    from assistants.settings import Settings

    model = Scripted(["second reply"])
    topic = TalkingCode(Output(form=Format.TEXT), model, Settings())
    row = topic.answer(talk("first question", {"answer": "first reply"}), "second question")
    contents = [message.content for message in model.calls[0].prompt.messages]
    assert contents[1:] == ["first question", "first reply", "second question"]
    assert row["answer"] == "second reply"
    assert row["verdict"] == "unknown"
    assert capsys.readouterr().out.startswith("second reply\n")


def test_what_a_model_says_cannot_act_on_the_terminal(capsys):
    from assistants.settings import Settings

    TalkingCode(Output(), Scripted(["\x1b[2J gone"]), Settings()).answer(Conversation(), "hello")
    assert "\x1b" not in capsys.readouterr().out


def test_a_chosen_task_stands_before_what_it_is_done_to():
    row = {"clarification": {"question": "What should be done?", "choices": ["solve", "simplify"]}}
    assert completed(talk("x^2 - x", row), "simplify", task_first) == "simplify x^2 - x"
