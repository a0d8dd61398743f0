"""The n-gram cache against counting by hand, on random texts and random edits."""

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from assistants.ngram import Encoder, Memory, Recollection, Texts
from assistants.ngram.contexts import LONGEST, Contexts, bounds

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
    found = contexts.matches(bounds(history))
    for length in range(1, min(len(history), LONGEST) + 1):
        expected = counted(texts, history[-length:])
        if length > len(found):
            assert expected == []
            continue
        low, high = found[length - 1]
        assert sorted(contexts.followers[low:high].tolist()) == expected


@given(TEXTS, TEXTS, HISTORY, st.lists(st.booleans(), min_size=5, max_size=5))
def test_evidence_is_what_counting_by_hand_finds(project, file, history, alive):
    """Contexts from short to long, the project's first; those that a longer one repeats are out."""
    hidden = Texts(((Contexts.of(project), np.array(alive)),))
    shown = Texts(((Contexts.of(file), None), (Contexts.of([]), None)))
    kept = [text for text, lives in zip(project, alive, strict=False) if lives]
    expected = []
    for length in range(1, min(len(history), LONGEST) + 1):
        for of_file, texts in ((False, kept), (True, file)):
            found = counted(texts, history[-length:])
            longer = length < LONGEST and length < len(history)
            if found and not (longer and len(counted(texts, history[-length - 1 :])) == len(found)):
                expected.append((of_file, length, found))
    evidence = Recollection([hidden, shown], history, vocabulary=8).evidence()
    assert [(one.file, one.length, sorted(one.followers.tolist())) for one in evidence] == expected
    for one in evidence:
        many = len(set(one.followers.tolist()))
        seen = len(one.followers)
        assert one.classes() == (min(6, int(np.log2(seen))), sum(many > k for k in (1, 2, 4, 16)))


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
