"""Names by a model: taken where they are names, left alone where they are not."""

import json
from pathlib import Path

import pytest

from assistants.errors import SandboxUnavailable
from assistants.model import Capabilities
from assistants.scripted import Scripted
from code_assist.sandbox import protection
from code_assist.testing import Plan, Project, write_tests
from code_assist.testing.naming import named
from code_assist.testing.writing import Written


def three() -> list[Written]:
    return [
        Written(name, f"def {name}():\n    assert {name[-1]}")
        for name in ("test_a_1", "test_a_2", "test_a_3")
    ]


def reply(*pairs: tuple[str, str]) -> str:
    return json.dumps({"tests": [{"old": old, "new": new} for old, new in pairs]})


def test_names_and_order_are_the_models_and_the_code_is_ours() -> None:
    said = reply(("test_a_3", "test_empty_text_has_no_words"), ("test_a_1", "test_one_word"))
    found = named(three(), frozenset(), Scripted([said]))
    assert [(old, one.name) for old, one in found] == [
        ("test_a_3", "test_empty_text_has_no_words"),
        ("test_a_1", "test_one_word"),
        ("test_a_2", "test_a_2"),  # it was not told, and stays
    ]
    assert found[0][1].code == "def test_empty_text_has_no_words():\n    assert 3"


@pytest.mark.parametrize(
    "new",
    ["test_a_2", "test_taken", "test_No", "a_name", "test_x(): pass #", "test_" + "a" * 90, ""],
)
def test_what_is_no_free_name_of_a_test_is_not_taken(new: str) -> None:
    found = named(three(), frozenset({"test_taken"}), Scripted([reply(("test_a_1", new))]))
    assert [one.name for _, one in found] == ["test_a_1", "test_a_2", "test_a_3"]


@pytest.mark.parametrize(
    "said", ["no", "{", '{"tests": 3}', '{"tests": [{"old": 1}]}', reply(("test_b", "test_new"))]
)
def test_a_reply_that_is_not_as_asked_changes_nothing(said: str) -> None:
    assert [one.name for _, one in named(three(), frozenset(), Scripted([said]))] == [
        "test_a_1",
        "test_a_2",
        "test_a_3",
    ]


def test_a_model_that_does_not_chat_or_fails_changes_nothing() -> None:
    deaf = Scripted([], capabilities=Capabilities(context_length=100))
    for model in (deaf, Scripted([])):
        assert [one.name for _, one in named(three(), frozenset(), model)][:1] == ["test_a_1"]


def test_a_file_with_a_models_names_passes_and_says_whose_they_are(tmp_path: Path) -> None:
    try:
        protection()
    except SandboxUnavailable as error:
        pytest.skip(f"no sandbox here: {error}")
    tmp_path.chmod(0o755)
    (tmp_path / "grown.py").write_text("def grown(age: int) -> bool:\n    return age >= 18\n")
    project, plan = Project.of(tmp_path / "grown.py"), Plan(seconds=4, runs=1)
    plain = write_tests(project, plan=plan).best.candidate.code
    old = plain.partition("def ")[2].partition("(")[0]
    model = Scripted([reply((old, "test_eighteen_is_grown"))], name="http://host/v1#m")

    answer = write_tests(project, plan=plan, model=model)

    assert answer.best.candidate.code == plain.replace(old, "test_eighteen_is_grown")
    assert answer.evidence[-1].detail == "names and order are by http://host/v1#m"
