"""The shipped tokenizer: a format decision, so its shape is pinned."""

from pathlib import Path

import pytest

pytest.importorskip("torch")
from tokenizers import Tokenizer

from training.tokenizer import SPECIAL, VOCABULARY

SHIPPED = Path(__file__).resolve().parents[2] / "assistants/data/tokenizer.json"


@pytest.fixture(scope="module")
def shipped():
    return Tokenizer.from_file(str(SHIPPED))


def test_size_and_special_tokens(shipped):
    assert shipped.get_vocab_size() == VOCABULARY
    assert [shipped.id_to_token(number) for number in range(len(SPECIAL))] == list(SPECIAL)


@pytest.mark.parametrize(
    "text", ["def f(x):\n\treturn x\r\n", "größe = '€'  \n\n\n", "naïve\u0301", "\x00\x7f 数学", ""]
)
def test_every_text_comes_back(shipped, text):
    assert shipped.decode(shipped.encode(text).ids) == text


def test_digits_stand_alone(shipped):
    assert shipped.encode("x = 2048").tokens[-4:] == ["2", "0", "4", "8"]


def test_special_tokens_are_one_token_each(shipped):
    assert len(shipped.encode("<|math|><|question|>2<|plan|>").ids) == 4
