"""What holds of the shared floor for any input."""

import json
import math
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from assistants import batch
from assistants import settings as plumb_settings
from assistants.answer import Answer, Check, Clarification, Status, Step, Usage, Verdict
from assistants.conversation import Conversation
from assistants.refine import refine
from assistants.retrieval import Index

SCALARS = st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text()
JSON = st.recursive(
    SCALARS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=8,
)
CHECKS = st.builds(
    Check,
    by=st.text(),
    verdict=st.sampled_from(Verdict),
    detail=st.text(),
    sufficient=st.booleans(),
    certificate=st.none() | st.text(),
)


@dataclass(frozen=True)
class Anything:
    """A candidate with any text and any fields."""

    words: str
    fields: Mapping[str, Any] = field(default_factory=dict)

    def text(self) -> str:
        return self.words

    def details(self) -> Mapping[str, Any]:
        return self.fields


STEPS = st.builds(
    Step,
    candidate=st.builds(Anything, st.text(), st.dictionaries(st.text(), JSON, max_size=3)),
    checks=st.lists(CHECKS, max_size=3).map(tuple),
)
ANSWERS = st.builds(
    Answer,
    status=st.sampled_from(Status),
    best=st.none() | STEPS,
    steps=st.lists(STEPS, max_size=2).map(tuple),
    clarification=st.none()
    | st.builds(Clarification, question=st.text(), choices=st.lists(st.text()).map(tuple)),
    reason=st.text(),
    usage=st.builds(Usage, prompt_tokens=st.integers(0), seconds=st.floats(0, 1e6)),
)
ROW_FIELDS = {
    "schema", "status", "verdict", "answer", "steps", "evidence", "clarification", "usage", "error",
}  # fmt: skip


@given(ANSWERS)
def test_every_answer_is_a_json_row_with_the_fields_of_the_contract(answer: Answer[Any]) -> None:
    row = json.loads(json.dumps(answer.to_dict(), allow_nan=False))
    assert row.keys() >= ROW_FIELDS
    assert row["verdict"] == answer.verdict.value
    assert row["status"] == answer.status.value
    assert row["answer"] is None or answer.status is Status.ANSWERED


class Fixed:
    """A verifier that gives each candidate its own check."""

    def __init__(self, checks: Sequence[Check]) -> None:
        self._checks = checks

    def check(self, candidate: Anything, /) -> Check:
        return self._checks[int(candidate.words)]


@given(
    table=st.lists(st.lists(CHECKS, min_size=3, max_size=3), min_size=6, max_size=6),
    proposals=st.integers(0, 6),
    attempts=st.integers(0, 6),
)
def test_refine_stops_and_proves_only_by_a_sufficient_proof(
    table: list[list[Check]], proposals: int, attempts: int
) -> None:
    asked: list[Sequence[Check]] = []

    def propose(complaints: Sequence[Check]) -> Anything | None:
        asked.append(complaints)
        return Anything(str(len(asked) - 1)) if len(asked) <= proposals else None

    verifiers = [Fixed(column) for column in zip(*table, strict=True)]
    answer = refine(propose, verifiers, attempts=attempts)
    assert len(asked) <= attempts
    assert len(answer.steps) <= min(attempts, proposals)
    if answer.verdict is Verdict.PROVED:
        assert any(c.sufficient and c.verdict is Verdict.PROVED for c in answer.evidence)
    assert all(check.verdict is not Verdict.REFUTED for check in answer.evidence)
    assert (answer.best is None) == (answer.status is Status.ABSTAINED)
    proved = [row for row in table[: min(attempts, proposals)] if _proves(row)]
    assert (answer.verdict is Verdict.PROVED) == bool(proved)


def _proves(row: list[Check]) -> bool:
    verdicts = [check.verdict for check in row]
    sufficient = any(check.sufficient and check.verdict is Verdict.PROVED for check in row)
    return sufficient and Verdict.REFUTED not in verdicts


def _echo(row: Mapping[str, Any]) -> Mapping[str, Any]:
    return {"status": "answered", "answer": row.get("question")}


ROWS = st.lists(
    st.dictionaries(st.sampled_from(["id", "question", "more"]), SCALARS, max_size=3), max_size=6
)


@settings(max_examples=30)
@given(rows=ROWS, at=st.floats(0, 1), retry=st.booleans())
def test_a_result_file_cut_anywhere_resumes_to_the_same_file(
    rows: list[Mapping[str, Any]], at: float, *, retry: bool
) -> None:
    """What a kill leaves is a beginning of the file: the header and then any number of bytes."""
    with tempfile.TemporaryDirectory() as folder:
        source, out = Path(folder, "in"), Path(folder, "out")
        source.write_text("".join(json.dumps(row) + "\n" for row in rows))
        batch.run(source, out, _echo, header={"model": "none"})
        whole = out.read_bytes()
        header = whole.index(b"\n") + 1
        out.write_bytes(whole[: header + math.floor(at * (len(whole) - header))])
        summary = batch.run(source, out, _echo, header={"model": "none"}, retry_failed=retry)
        assert sorted(out.read_bytes().split(b"\n")) == sorted(whole.split(b"\n"))
        assert summary.rows == len(rows) == sum(summary.by_status.values())


LAYERS = ("user", "project", "environment", "flag")


@settings(max_examples=30)
@given(
    st.fixed_dictionaries(
        {
            layer: st.fixed_dictionaries(
                {},
                optional={
                    "max_tokens": st.integers(1, 9999),
                    "temperature": st.floats(0, 2).map(lambda number: round(number, 3)),
                    "color": st.sampled_from(["auto", "always", "never"]),
                },
            )
            for layer in LAYERS
        }
    )
)
def test_the_last_layer_that_sets_a_key_wins(layers: dict[str, dict[str, Any]]) -> None:
    with tempfile.TemporaryDirectory() as folder, pytest.MonkeyPatch.context() as patch:
        user, project = Path(folder, "user.toml"), Path(folder, "work", "plumb.toml")
        project.parent.mkdir()
        for path, layer in ((user, "user"), (project, "project")):
            lines = [f"{key} = {value!r}" for key, value in layers[layer].items()]
            path.write_text("\n".join(lines))
        patch.setattr(plumb_settings, "user_file", lambda: user)
        for key in ("max_tokens", "temperature", "color"):
            patch.delenv(f"PLUMB_{key.upper()}", raising=False)
        for key, value in layers["environment"].items():
            patch.setenv(f"PLUMB_{key.upper()}", str(value))
        flags = {key: str(value) for key, value in layers["flag"].items()}
        loaded = plumb_settings.load(flags, start=project.parent)
    for key in ("max_tokens", "temperature", "color"):
        setting = [layer for layer in LAYERS if key in layers[layer]]
        expected = layers[setting[-1]][key] if setting else getattr(plumb_settings.Settings(), key)
        assert getattr(loaded, key) == expected
        assert loaded.origin(key).source == (setting[-1] if setting else "default")


WORDS = st.text(alphabet="abcAB_ 1", max_size=12)
KEYS = st.sampled_from(["k1", "k2", "k3", "k4"])


class IndexMachine(RuleBasedStateMachine):
    """An index after any history answers as one that was made from its texts in one go."""

    def __init__(self) -> None:
        super().__init__()
        self.index = Index()
        self.texts: dict[str, str] = {}

    @rule(key=KEYS, text=WORDS)
    def add(self, key: str, text: str) -> None:
        self.index.add(key, text)
        self.texts[key] = text

    @rule(key=KEYS)
    def remove(self, key: str) -> None:
        self.index.remove(key)
        self.texts.pop(key, None)

    @rule(query=WORDS)
    def search(self, query: str) -> None:
        fresh = Index()
        for key in sorted(self.texts, reverse=True):
            fresh.add(key, self.texts[key])
        found = self.index.search(query)
        assert found == fresh.search(query)
        assert all(hit.score > 0 for hit in found)

    @invariant()
    def size_is_right(self) -> None:
        assert len(self.index) == len(self.texts)


TestIndex = IndexMachine.TestCase
TestIndex.settings = settings(max_examples=25, stateful_step_count=15)


@given(
    turns=st.lists(st.tuples(st.text(max_size=30), st.text(max_size=30)), max_size=8),
    budget=st.integers(0, 120),
    question=st.text(max_size=10),
)
def test_context_keeps_its_budget_and_ends_with_the_last_turn(
    turns: list[tuple[str, str]], budget: int, question: str
) -> None:
    conversation = Conversation()
    for asked, reply in turns:
        conversation = conversation.add(asked, {"answer": reply})
    messages = conversation.context(budget, question=question)
    assert sum(len(message.content) for message in messages) <= budget
    assert [message.role for message in messages] == ["user", "assistant"] * (len(messages) // 2)
    if turns and budget >= len("".join(turns[-1])):
        assert (messages or None) is None or messages[-2].content == turns[-1][0]
