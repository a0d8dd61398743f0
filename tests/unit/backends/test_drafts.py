"""Drafts: what is guessed, and that guesses change nothing but the speed."""

import numpy as np
import pytest

from assistants.backends.bundled import Bundled
from assistants.constraint import Grammar, Regex
from assistants.engine import Engine, Request, Session
from assistants.engine.drafts import LONGEST, Drafts
from assistants.masking import compile_mask
from assistants.model import Marked, Sampling, generate


def test_what_followed_the_same_tokens_is_guessed():
    drafts = Drafts([1, 2, 3, 4, 5, 6, 7, 1, 2, 3])
    assert drafts.next(8) == [4, 5]


def test_the_longest_match_counts_and_of_equal_ones_the_last():
    assert Drafts([1, 2, 5, 9, 2, 6, 1, 2]).next(8)[0] == 5
    assert Drafts([1, 2, 5, 1, 2, 6, 1, 2]).next(8)[0] == 6


def test_a_single_token_in_common_is_worth_a_single_guess():
    assert Drafts([3, 4, 5, 6, 3]).next(8) == [4]
    assert Drafts([3, 4, 5]).next(8) == []
    assert Drafts([]).next(8) == []


def test_right_drafts_become_longer_and_wrong_ones_shorter():
    drafts = Drafts([*range(30), 0, 1, 2])
    lengths = []
    for _ in range(4):
        lengths.append(len(drafts.next(99)))
        drafts.learn(lengths[-1], lengths[-1])
    assert lengths == [2, 4, 8, LONGEST]
    drafts.learn(8, 3)
    assert len(drafts.next(99)) == 3
    assert drafts.next(1) == [3]


@pytest.fixture(scope="module")
def model(small):
    return Bundled(small.int8, small.tokenizer)


def stream(engine, prompt, **options):
    return [
        drawn.id
        for drawn in engine.stream(Request(prompt=prompt, max_tokens=40, **options))
        if drawn.id is not None
    ]


GUESSERS = {
    "none": lambda _, most: [],
    "always wrong": lambda _, most: [7] * min(most, 5),
    "copied": Drafts.next,
}


@pytest.mark.parametrize("temperature", [0.0, 1.5])
@pytest.mark.parametrize("constrained", [False, True])
def test_output_is_the_same_whatever_is_guessed(
    small, model, monkeypatch, temperature, constrained
):
    prompt = model._tokenizer.encode("for i in range(10):\n    print(i)\ndef add(a, b):\n    ret")
    found = {}
    for name, guess in GUESSERS.items():
        monkeypatch.setattr(Drafts, "next", guess)
        engine = Engine(Session(small.int8, threads=1))
        mask = compile_mask(Regex(r"[a-z (),+*\n]*"), model._vocabulary) if constrained else None
        tokens = stream(engine, prompt, temperature=temperature, seed=3, mask=mask)
        logits = engine.logits([*prompt, *tokens])
        found[name] = (tokens, engine.counters.accepted, logits)
    assert found["copied"][0] == found["always wrong"][0] == found["none"][0]
    if not temperature:
        assert found["copied"][1] > found["none"][1]
        if not constrained:  # greedy tokens are those of running the whole text at once
            rows = found["none"][2][len(prompt) - 1 : -1]
            assert found["none"][0] == rows.argmax(axis=-1).tolist()


def test_drafts_end_where_the_constraint_does(model):
    """The guesses copy the prompt, which the grammar only lets them do for three words."""
    text = "add mul add mul add mul add mul add "
    made = generate(
        model, Marked((text,)), constraint=Grammar('start: "mul add mul"'),
        sampling=Sampling(max_tokens=30),
    )  # fmt: skip
    assert (made.text, made.finish) == ("mul add mul", "stop")


def test_steps_of_several_tokens_have_the_same_bits_however_they_are_cut(small):
    session = Session(small.int8, threads=2)
    tokens = np.random.default_rng(2).integers(90, 300, 60).tolist()
    whole, parts = session.buffers(), session.buffers()
    expected = session.run(whole, tokens, 0, keep=60).copy()
    at = 0
    for size in (2, 3, 5, 2, 17, 31):
        rows = session.run(parts, tokens[at : at + size], at, keep=size)
        assert np.array_equal(rows, expected[at : at + size])
        at += size
    assert at == 60
