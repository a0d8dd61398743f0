"""Alignment learns from what verification found right, and from that alone."""

import pytest

pytest.importorskip("torch")
pytest.importorskip("onnx")

from training import align
from training.tasks import cases

PLAN = align.Plan(samples=4)


def gathered(monkeypatch, made):
    """What is learned from the samples that `made` gives for a case."""
    asked = list(cases("plan", 31, 6))
    monkeypatch.setattr(align, "answers", lambda _model, case, _plan: made(case))
    found = align.Found()
    return asked, found, found.gather(None, asked, PLAN)


def test_only_right_answers_are_learned(monkeypatch):
    asked, found, pairs = gathered(
        monkeypatch, lambda case: [case.pair.completion, "answer 1 / 0", "nonsense", "answer 31337"]
    )
    assert [pair.completion for pair in pairs] == [case.pair.completion for case in asked]
    assert [pair.parts for pair in pairs] == [case.pair.parts for case in asked]
    assert (found.asked, found.at_times, found.always) == (6, 6, 0)


def test_what_is_always_or_never_right_teaches_nothing(monkeypatch):
    _, found, pairs = gathered(monkeypatch, lambda case: [case.pair.completion] * 4)
    assert not pairs
    assert (found.at_times, found.always) == (0, 6)
    _, found, pairs = gathered(monkeypatch, lambda _: ["nonsense"] * 4)
    assert not pairs
    assert (found.at_times, found.always) == (0, 0)


def test_no_question_stands_in_both_parts(monkeypatch):
    _, _, pairs = gathered(monkeypatch, lambda case: [case.pair.completion, "nonsense"])
    texts = align.apart(pairs, 0)
    assert texts.held_out
    assert not {pair.prompt for pair in texts.train} & {pair.prompt for pair in texts.held_out}
    assert len(texts.train) + len(texts.held_out) == len(pairs)
