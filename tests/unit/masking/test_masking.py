"""Masks: what they allow, take back and refuse, over bytes and over a trained tokenizer."""

import json

import numpy as np
import pytest

from assistants.constraint import Choice, Grammar, JsonSchema, Regex
from assistants.errors import ConstraintError, ModelCorrupt
from assistants.masking import Vocabulary, compile_mask


@pytest.fixture(scope="module")
def vocabulary():
    return Vocabulary.of_bytes()


def allowed(mask, vocabulary):
    bits = np.unpackbits(mask.allowed().view(np.uint8), bitorder="little")
    return {
        "end" if token in vocabulary.end else chr(token)
        for token in np.flatnonzero(bits[: vocabulary.size])
    }


def test_the_mask_names_the_possible_next_bytes(vocabulary):
    mask = compile_mask(Choice(("no", "now", "yes")), vocabulary)
    assert allowed(mask, vocabulary) == {"n", "y"}
    assert mask.accept(b"no")
    assert mask.can_stop()
    assert allowed(mask, vocabulary) == {"w", "end"}
    assert mask.accept(b"w")
    assert allowed(mask, vocabulary) == {"end"}


def test_refused_tokens_change_nothing(vocabulary):
    mask = compile_mask(Regex("ab*c"), vocabulary)
    assert mask.validate(b"abbx") == 3
    assert not mask.accept(b"abbx")
    assert allowed(mask, vocabulary) == {"a"}
    assert mask.accept(b"abbc")
    assert mask.can_stop()


def test_rolling_back_restores_every_state(vocabulary):
    mask = compile_mask(Grammar('start: "(" start ")" | "x"'), vocabulary)
    states = [allowed(mask, vocabulary)]
    for byte in b"((x))":
        assert mask.accept([byte])
        states.append(allowed(mask, vocabulary))
    for count in (1, 2, 2):
        mask.rollback(count)
        del states[-count:]
        assert allowed(mask, vocabulary) == states[-1]
    with pytest.raises(ValueError, match="taken back"):
        mask.rollback(9)


@pytest.mark.parametrize(
    "text", ["a b", "tab\there", "line\nbreak", "c.d(e)[f]{g}+*?|^$\\", "é – 数", "#~&-/"]
)
def test_choices_are_literal(vocabulary, text):
    mask = compile_mask(Choice((text, "other")), vocabulary)
    data = text.encode()
    assert mask.accept(data)
    assert mask.can_stop()
    assert allowed(mask, vocabulary) == {"end"}


def test_json_schema(vocabulary):
    schema = {
        "type": "object",
        "properties": {"n": {"type": "integer"}, "ok": {"type": "boolean"}},
        "required": ["n", "ok"],
        "additionalProperties": False,
    }
    for value, valid in (({"n": 12, "ok": True}, True), ({"n": "x", "ok": True}, False)):
        mask = compile_mask(JsonSchema(schema), vocabulary)
        data = json.dumps(value).encode()
        assert mask.accept(data) is valid
        assert mask.can_stop() is valid


@pytest.mark.parametrize(
    ("constraint", "place"),
    [
        (Regex("a("), "unclosed group"),
        (Grammar("start: foo"), r"1\(8\).*foo"),
        (Grammar('start: "a"\nb: |\n c: ('), r"3\("),
        (JsonSchema({"type": "nonsense"}), "nonsense"),
        (Choice(()), "nothing to choose"),
    ],
)
def test_what_does_not_compile_is_told_with_its_place(vocabulary, constraint, place):
    with pytest.raises(ConstraintError, match=place) as caught:
        compile_mask(constraint, vocabulary)
    assert "\n" not in str(caught.value)
    assert type(constraint).__name__ in str(caught.value)


def test_a_tokenizer_that_cannot_be_read_is_corrupt():
    with pytest.raises(ModelCorrupt):
        compile_mask(Regex("a"), Vocabulary('{"not": "a tokenizer"}', size=300, end=(0,)))


def test_wider_logits_than_tokens_and_special_tokens_never_allowed():
    from tokenizers import Tokenizer

    from training.tokenizer import train

    made = train(iter(["plan: add(1, 2)\n"] * 50))
    tokenizer = Tokenizer.from_str(made.to_str())
    vocabulary = Vocabulary(made.to_str(), size=1000, end=(0,))
    mask = compile_mask(Regex("(?s:.*)"), vocabulary)
    bits = np.unpackbits(mask.allowed().view(np.uint8), bitorder="little")
    assert not bits[tokenizer.get_vocab_size() : 1000].any()
    assert bits[0]  # the end: the text may be empty
    special = [number for number, token in made.get_added_tokens_decoder().items() if token.special]
    assert not bits[sorted(set(special) - {0})].any()
    assert mask.accept(tokenizer.encode("add(1, 2)").ids)
