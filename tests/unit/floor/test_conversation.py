"""Conversations: immutable turns, what a model is shown of them, and the saved file."""

import json
import os
import stat
from pathlib import Path

import pytest

from assistants.answer import Json
from assistants.conversation import Conversation
from assistants.errors import InputError, OutputError
from assistants.model import Message


def row(answer: str | None = None, **fields: Json) -> dict[str, Json]:
    return {"schema": 1, "status": "answered", "answer": answer, **fields}


def talk(*pairs: tuple[str, str]) -> Conversation:
    conversation = Conversation(topic="math")
    for question, answer in pairs:
        conversation = conversation.add(question, row(answer))
    return conversation


def shown(messages: tuple[Message, ...]) -> list[str]:
    return [message.content for message in messages]


def test_adding_and_undoing_leave_the_old_value_alone() -> None:
    first = talk(("1+1", "2"))
    second = first.add("2+2", row("4"))
    assert [turn.question for turn in second.turns] == ["1+1", "2+2"]
    assert len(first.turns) == 1
    assert second.undo() == first
    assert Conversation().undo() == Conversation()


@pytest.mark.parametrize(
    ("fields", "reply"),
    [
        (row("x = 2"), "x = 2"),
        (row(None, clarification={"question": "which x?", "choices": []}), "which x?"),
        (row(None, clarification=None, error="no equation"), "no equation"),
        ({}, ""),
    ],
)
def test_reply_is_whatever_was_said(fields: dict[str, Json], reply: str) -> None:
    assert Conversation().add("q", fields).turns[0].reply == reply


def test_context_holds_all_when_it_fits() -> None:
    messages = talk(("a", "1"), ("b", "2")).context(100)
    assert [(message.role, message.content) for message in messages] == [
        ("user", "a"),
        ("assistant", "1"),
        ("user", "b"),
        ("assistant", "2"),
    ]


def test_context_keeps_the_last_turns_within_the_budget() -> None:
    conversation = talk(("a" * 10, ""), ("b" * 10, ""), ("c" * 10, ""))
    assert shown(conversation.context(20)) == ["b" * 10, "", "c" * 10, ""]
    assert conversation.context(0) == ()
    words = conversation.context(2, measure=lambda text: len(text.split()))
    assert shown(words) == ["b" * 10, "", "c" * 10, ""]


def test_context_recalls_an_older_turn_that_is_near() -> None:
    conversation = talk(
        ("my dog is called Rex", "noted"), *[(f"filler {n}" + "." * 20, "ok") for n in range(9)]
    )
    assert "my dog is called Rex" not in shown(conversation.context(120))
    messages = shown(conversation.context(120, question="what is the dog called?"))
    assert messages[:2] == ["my dog is called Rex", "noted"]
    assert messages[-2].startswith("filler 8")
    assert sum(map(len, messages)) <= 120


def test_context_never_exceeds_the_budget_and_cuts_a_last_turn_that_is_too_long() -> None:
    conversation = talk(("what is pi?", "3" * 1000))
    messages = conversation.context(50)
    assert messages[0].content == "what is pi?"
    assert messages[1].content.endswith("…")
    assert sum(len(message.content) for message in messages) == 50
    assert sum(map(len, shown(talk(("q" * 1000, "a")).context(50)))) <= 50


def test_recall_finds_old_turns_by_their_words() -> None:
    conversation = talk(("loans by branch", "12"), ("capital of France", "Paris"))
    assert [turn.reply for turn in conversation.recall("Paris?")] == ["Paris"]
    assert conversation.recall("zebra") == ()


def test_saved_and_loaded_it_is_the_same(tmp_path: Path) -> None:
    conversation = talk(("é😀", "2"), ("b", "7/2"))
    path = tmp_path / "talk.json"
    conversation.save(path)
    assert Conversation.load(path) == conversation
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    conversation.undo().save(path)
    assert len(Conversation.load(path).turns) == 1
    assert [entry.name for entry in tmp_path.iterdir()] == ["talk.json"]


def test_failed_save_leaves_the_old_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "talk.json"
    talk(("a", "1")).save(path)

    def fail(_descriptor: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", fail)
    with pytest.raises(OutputError, match="No space left"):
        talk(("b", "2")).save(path)
    assert Conversation.load(path) == talk(("a", "1"))
    assert [entry.name for entry in tmp_path.iterdir()] == ["talk.json"]


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("{", "is not a conversation"),
        ("[]", "of version 1"),
        ('{"conversation": 2, "turns": []}', "of version 1"),
        ('{"conversation": 1, "turns": 3}', "a turn that cannot be read"),
        ('{"conversation": 1, "turns": [{"question": 1, "row": {}}]}', "a turn that cannot be"),
        ('{"conversation": 1, "turns": [{"question": "q"}]}', "a turn that cannot be read"),
    ],
)
def test_damaged_files_are_told(text: str, problem: str, tmp_path: Path) -> None:
    path = tmp_path / "talk.json"
    path.write_text(text)
    with pytest.raises(InputError, match=problem) as caught:
        Conversation.load(path)
    assert caught.value.hint


def test_missing_and_binary_files_are_told(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="No such file"):
        Conversation.load(tmp_path / "none")
    path = tmp_path / "binary"
    path.write_bytes(b"\xff\xfe")
    with pytest.raises(InputError, match="is not a conversation"):
        Conversation.load(path)


def test_format_is_plain_data_with_its_version(tmp_path: Path) -> None:
    path = tmp_path / "talk.json"
    talk(("a", "1")).save(path)
    data = json.loads(path.read_text())
    assert (data["conversation"], data["topic"], data["turns"][0]["question"]) == (1, "math", "a")
