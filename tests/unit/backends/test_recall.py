"""The cache language model: what is repeated becomes likely, and nothing else changes."""

import numpy as np

from assistants.engine import Recall
from assistants.engine.sampling import softmax

FLAT = np.zeros(20, dtype=np.float32)


def test_what_followed_the_same_tokens_becomes_likely():
    recall = Recall([1, 2, 3, 4, 9, 1, 2, 3])
    mixed = softmax(recall.mixed(FLAT))
    assert np.argmax(mixed) == 4
    assert abs(mixed.sum() - 1) < 1e-5
    others = np.delete(mixed, 4)
    assert np.allclose(others, others[0]), "tokens that were not recalled keep their proportions"


def test_a_longer_match_outweighs_a_nearer_one():
    recall = Recall([5, 1, 2, 3, 7, 8, 2, 3, 6, 0, 5, 1, 2, 3])
    assert np.argmax(recall.mixed(FLAT)) == 7


def test_the_text_after_the_cursor_is_recalled_too():
    assert np.argmax(Recall([1, 2], [9, 1, 2, 5]).mixed(FLAT)) == 5


def test_written_tokens_are_remembered():
    recall = Recall([])
    for token in [1, 2, 3, 1, 2]:
        recall.push(token)
    assert np.argmax(recall.mixed(FLAT)) == 3


def test_nothing_recalled_leaves_the_logits_alone():
    assert Recall([1, 2, 3]).mixed(FLAT) is FLAT
    assert Recall([1]).mixed(FLAT) is FLAT
