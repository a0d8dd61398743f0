"""The n-gram cache against counting by hand, on random texts and random edits."""

from hypothesis import given, settings
from hypothesis import strategies as st

from assistants.ngram import Encoder, Memory
from assistants.ngram.contexts import LONGEST, Contexts

TEXTS = st.lists(st.lists(st.integers(0, 3), max_size=40), max_size=5)
HISTORY = st.lists(st.integers(0, 3), max_size=LONGEST + 3)


def counted(texts, context):
    """What follows a context in the texts, in order."""
    size = len(context)
    return sorted(
        text[at]
        for text in texts
        for at in range(size, len(text))
        if text[at - size : at] == context
    )


@given(TEXTS, HISTORY)
def test_matches_are_what_counting_by_hand_finds(texts, history):
    contexts = Contexts.of(texts)
    found = contexts.matches(history)
    for length in range(1, min(len(history), LONGEST) + 1):
        expected = counted(texts, history[-length:])
        if length > len(found):
            assert expected == []
            continue
        match = found[length - 1]
        assert match.length == length
        assert sorted(contexts.followers[match.low : match.high].tolist()) == expected


EDITS = st.lists(
    st.tuples(st.sampled_from("abc"), st.one_of(st.none(), st.text("xyz", max_size=30))), max_size=8
)


@settings(max_examples=100)
@given(EDITS, st.text("xyz", max_size=6), st.sampled_from("abcd"))
def test_a_memory_after_edits_is_that_of_the_texts_it_holds(edits, prefix, name):
    encoder = Encoder(
        "letters", lambda text: [ord(c) - 119 for c in text], lambda token: bytes([token + 119]), 8
    )
    edited, fresh = Memory(encoder), Memory(encoder)
    now = {}
    for file, text in edits:
        if text is None:
            edited.drop(file)
            now.pop(file, None)
        else:
            edited.put({file: text})
            now[file] = text
    fresh.put(now)
    assert edited.tokens == fresh.tokens == sum(map(len, now.values()))
    one = edited.around(name, "", "").begin(prefix).probabilities()
    other = fresh.around(name, "", "").begin(prefix).probabilities()
    assert abs(one - other).max() < 1e-9
    assert abs(one.sum() - 1) < 1e-9
    assert (one > 0).all()
