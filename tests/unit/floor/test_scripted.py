"""The scripted model keeps the protocol that real models keep."""

from pathlib import Path

import pytest

from assistants.constraint import Choice
from assistants.errors import ModelCorrupt, ModelError, ModelNotFound, Unsupported
from assistants.model import Cancel, Chat, Marked, Marker, Message, Sampling, generate
from assistants.scripted import Scripted

PROMPT = Chat((Message("user", "two words"),))


def test_replies_come_in_order_and_end() -> None:
    model = Scripted(["first reply", "second"])
    assert generate(model, PROMPT).text == "first reply"
    assert generate(model, PROMPT).text == "second"
    with pytest.raises(ModelError, match="only 2 replies"):
        generate(model, PROMPT)


def test_what_was_asked_is_kept() -> None:
    model = Scripted(["a"])
    sampling = Sampling(max_tokens=7)
    generate(model, PROMPT, constraint=Choice(("a", "b")), sampling=sampling)
    (call,) = model.calls
    assert (call.prompt, call.constraint, call.sampling) == (PROMPT, Choice(("a", "b")), sampling)


def test_stop_text_ends_the_stream_and_is_cut() -> None:
    model = Scripted(["x = 1;\ny = 2; END rest"])
    done = generate(model, PROMPT, sampling=Sampling(stop=("END", "2;")))
    assert (done.text, done.finish) == ("x = 1;\ny = ", "stop")


def test_budget_ends_the_stream() -> None:
    done = generate(Scripted(["one two three"]), PROMPT, sampling=Sampling(max_tokens=2))
    assert (done.text, done.finish, done.usage.completion_tokens) == ("one two", "length", 2)
    assert done.usage.prompt_tokens == 2


def test_cancel_stops_between_two_tokens() -> None:
    cancel = Cancel()
    stream = Scripted(["one two three"]).stream(PROMPT, cancel=cancel)
    assert next(stream).text == "one"
    cancel.cancel()
    assert [token.finish for token in stream] == ["cancelled"]


def test_marked_prompts_are_counted() -> None:
    done = generate(Scripted([""]), Marked((Marker("math"), "solve it", Marker("plan"))))
    assert (done.text, done.usage.prompt_tokens) == ("", 4)


def test_paragraph_file(tmp_path: Path) -> None:
    path = tmp_path / "script.txt"
    path.write_text("first\n  line two\n\n \nsecond\n", encoding="utf-8")
    model = Scripted.read(path)
    assert [generate(model, PROMPT).text for _ in range(2)] == ["first\n  line two", "second"]
    assert model.name == f"scripted:{path}"


def test_line_file_keeps_blank_lines_inside_a_reply(tmp_path: Path) -> None:
    path = tmp_path / "script.ndjson"
    path.write_text('"a\\n\\nb"\n\n""\n', encoding="utf-8")
    model = Scripted.read(path)
    assert [generate(model, PROMPT).text for _ in range(2)] == ["a\n\nb", ""]


def test_bad_files_are_named_with_their_line(tmp_path: Path) -> None:
    path = tmp_path / "script.jsonl"
    with pytest.raises(ModelNotFound, match=r"no script at .*script\.jsonl"):
        Scripted.read(path)
    path.write_text('"fine"\n{"reply": 1}\n')
    with pytest.raises(ModelCorrupt, match="line 2: not a JSON string"):
        Scripted.read(path)
    path.write_bytes(b"\xff\xfe")
    with pytest.raises(ModelCorrupt, match="cannot be read"):
        Scripted.read(path)


def test_scoring_is_refused_by_name() -> None:
    with pytest.raises(Unsupported, match="score"):
        Scripted([]).score(PROMPT, ["a"])
