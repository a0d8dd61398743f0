"""Gaps to fill are asked for in training as the completion engine asks for them."""

import random

import pytest

pytest.importorskip("torch")

from assistants.backends.fill_in import own_tokens, room_of, without_typed
from assistants.model import FillInTheMiddle
from code_assist.context import around
from code_assist.source import Source
from tests.training import tiny
from training.asked import AskedPieces, block, gap, rest_of_line

LENGTH = 128
TEXT = (
    "import os\n\n\ndef size(path):\n    name = path.strip()\n    return os.stat(name)\n\n\nX = 1\n"
)


@pytest.fixture(scope="module")
def words():
    return tiny.tokenizer()


def pieces(words):
    source = AskedPieces(words, tiny.documents(), LENGTH, seed=0)
    return [piece for number in range(20) for piece in source.block(number)]


def test_pieces_have_the_suffix_first_and_fit_a_row(words):
    for piece in pieces(words):
        text = words.decode(piece.tokens, skip_special_tokens=False)
        assert text.startswith(("<|python|>", "<|java|>"))
        assert "<|fim_prefix|><|fim_suffix|>" in text
        assert text.index("<|fim_suffix|>") < text.index("<|fim_middle|>")
        assert len(piece.tokens) <= LENGTH


def test_what_is_written_stands_between_what_is_shown(words):
    whole = [row["text"] for row in tiny.documents()]
    for piece in pieces(words):
        text = words.decode(piece.tokens, skip_special_tokens=False)
        suffix, rest = text.split("<|fim_suffix|>")[1].split("<|fim_middle|>")
        if rest.endswith("<|endoftext|>"):
            assert any(rest.removesuffix("<|endoftext|>") + suffix in one for one in whole)


def test_the_prompt_is_the_engines_own(words):
    """The tokens are those that the bundled model is given for the same cursor."""
    at = TEXT.index("path.strip")
    end = TEXT.index("\n", at)
    source = Source(text=TEXT[:at] + TEXT[end:], language="python")
    shown = around(source, at, tokens=3_968)
    prompt = FillInTheMiddle(prefix=shown.prefix, suffix=shown.suffix, language="python")
    begun, typed = without_typed(prompt)
    special = {name: words.token_to_id(f"<|{name}|>") for name in
               ("python", "fim_prefix", "fim_suffix", "fim_middle")}  # fmt: skip
    expected = own_tokens(
        begun, room_of(LENGTH, 48), lambda text: words.encode(text).ids, special,
        language=[special["python"]], suffix_first=True,
    )  # fmt: skip
    documents = [{"language": "python", "text": TEXT}]
    found = {tuple(p.tokens) for n in range(400)
             for p in AskedPieces(words, documents, LENGTH, seed=1).block(n)}  # fmt: skip
    assert any(tokens[: len(expected)] == tuple(expected) for tokens in found)
    assert typed in {"", "= ", " = "} or TEXT[:at].endswith(typed)


def test_rests_of_lines_end_with_the_line_or_before_what_the_editor_closed():
    choose = random.Random(3)
    found = [rest_of_line(TEXT, choose) for _ in range(300)]
    tails = {TEXT[one.end] for one in found}
    assert tails == {"\n", ")"}
    assert any(one.start == one.end for one in found)  # nothing more to write
    assert all("\n" not in TEXT[one.start : one.end] for one in found)


def test_a_block_is_what_stands_deeper():
    one = block(TEXT, random.Random(0))
    assert TEXT[one.start : one.end] == "\n    name = path.strip()\n    return os.stat(name)"
    assert block("x = 1\ny = 2\n", random.Random(0)) is None


@pytest.mark.parametrize("text", ["x", "\n\n\n", "ä = 'é€'\n", "def f():\n"])
def test_gaps_of_odd_files_lie_inside_them(text):
    for seed in range(60):
        one = gap(text, "python", random.Random(seed))
        assert 0 <= one.start <= one.end <= len(text)
