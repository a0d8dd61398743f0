"""Rows of training tokens: fill-in-the-middle, packing, masks."""

import random

import numpy as np
import pytest

pytest.importorskip("torch")

from tests.training import tiny
from training import fim
from training.stream import CodePieces, MixedRows, Shares, code_rows, domain_rows

LENGTH = 64


@pytest.fixture(scope="module")
def tokenizer():
    return tiny.tokenizer()


def test_fill_in_the_middle_pieces_spell_the_source_again(tokenizer):
    source = CodePieces(tokenizer, tiny.documents(), LENGTH, seed=0)
    texts = [row["text"] for row in tiny.documents()]
    orders: list[bool] = []
    for number in range(20):
        for piece in source.block(number):
            text = tokenizer.decode(piece.tokens, skip_special_tokens=False)
            if "<|fim_middle|>" not in text:
                continue
            assert text.startswith(("<|python|><|fim_prefix|>", "<|java|><|fim_prefix|>"))
            assert text.endswith("<|endoftext|>")
            prefix, rest = text.split("<|fim_prefix|>")[1].split("<|fim_suffix|>")
            suffix, middle = rest.removesuffix("<|endoftext|>").split("<|fim_middle|>")
            assert any(prefix + middle + suffix in whole for whole in texts)
            orders.append("<|fim_prefix|><|fim_suffix|>" in text)
    assert 0.3 < sum(orders) / len(orders) < 0.7  # the suffix stands first in half of them
    assert len(orders) > 20


@pytest.mark.parametrize("language", ["python", "java"])
def test_spans_keep_characters_whole(language):
    text = 'x = "ä€"\nfor y in range(3):\n    print(x, y)\n'.encode()
    for seed in range(500):
        span = fim.choose_span(text, language, random.Random(seed))
        assert 0 <= span.start < span.end <= len(text) or span.start == span.end
        for part in (text[: span.start], text[span.start : span.end], text[span.end :]):
            part.decode()


def test_syntax_spans_are_nodes():
    text = b"def f(alpha, beta):\n    return alpha * beta\n"
    spans = {
        text[s.start : s.end].decode()
        for seed in range(200)
        if (s := fim.syntax_span(text, "python", random.Random(seed)))
    }
    assert "alpha * beta" in spans
    assert "(alpha, beta)" in spans


def test_rows_are_full_and_segments_are_numbered(tokenizer):
    packer = code_rows(tokenizer, tiny.documents(), LENGTH, seed=1)
    rows = [packer.row() for _ in range(100)]
    assert all(len(row.tokens) == LENGTH + 1 for row in rows)
    filled = np.mean([(row.segments >= 0).mean() for row in rows])
    assert filled > 0.85
    for row in rows:
        begins = np.flatnonzero(np.diff(row.segments, prepend=-2))
        assert not row.targets[begins].any()
        assert not row.targets[row.segments < 0].any()


def test_the_same_position_gives_the_same_rows(tokenizer):
    packer = code_rows(tokenizer, tiny.documents(), LENGTH, seed=1)
    for _ in range(7):
        packer.row()
    position = packer.position
    expected = [packer.row().tokens for _ in range(200)]  # more than an epoch
    again = code_rows(tokenizer, tiny.documents(), LENGTH, seed=1)
    again.position = position
    for tokens in expected:
        assert np.array_equal(tokens, again.row().tokens)


def test_only_completions_of_domain_examples_count(tokenizer):
    packer = domain_rows(tokenizer, (tiny.sums,), LENGTH, seed=0)
    row = packer.row()
    text = tokenizer.decode(row.tokens[row.targets].tolist(), skip_special_tokens=False)
    assert "plus" not in text
    assert text.count("<|endoftext|>") == row.segments.max() + 1


def test_the_domain_share_is_kept(tokenizer):
    rows = MixedRows(
        code_rows(tokenizer, tiny.documents(), LENGTH, seed=0),
        domain_rows(tokenizer, (tiny.sums,), LENGTH, seed=0),
        seed=0,
    )
    drawn = rows.rows(300, Shares(domain=0.4))
    math = tokenizer.token_to_id("<|math|>")
    share = sum(row.tokens[0] == math for row in drawn) / 300
    assert 0.3 < share < 0.5
