"""A byte-level BPE tokenizer in which plain text can never become a special token."""

import hashlib
from collections.abc import Sequence
from functools import cached_property
from pathlib import Path
from typing import Any

from assistants.errors import ModelCorrupt, ModelNotFound
from assistants.masking import Vocabulary
from assistants.ngram import Encoder


class ByteLevelTokenizer:
    """A `tokenizer.json` with its special tokens by bare name: `question` is `<|question|>`."""

    def __init__(self, path: Path) -> None:
        """Read the file; raises `ModelNotFound` or `ModelCorrupt`."""
        if not path.is_file():
            raise ModelNotFound(f"no tokenizer at {path}", hint="reinstall plumb")
        from tokenizers import Tokenizer

        data = path.read_bytes()
        self.sha256 = hashlib.sha256(data).hexdigest()
        self.description = data.decode("utf-8", errors="replace")
        try:
            self._tokenizer: Any = Tokenizer.from_str(self.description)
        except Exception as error:  # tokenizers raises nothing narrower
            raise ModelCorrupt(
                f"the tokenizer at {path} does not load: {error}", hint="reinstall plumb"
            ) from error
        self._tokenizer.encode_special_tokens = True
        added = self._tokenizer.get_added_tokens_decoder()
        self.special = {
            token.content.removeprefix("<|").removesuffix("|>"): int(number)
            for number, token in added.items()
            if token.special
        }

    @property
    def size(self) -> int:
        """The number of tokens, special ones included."""
        return int(self._tokenizer.get_vocab_size(with_added_tokens=True))

    def encode(self, text: str) -> list[int]:
        """Return the tokens of plain text; `<|end|>` in it is eight letters like any others."""
        return list(self._tokenizer.encode(text, add_special_tokens=False).ids)

    def decode(self, token: int) -> bytes:
        """Return the bytes of one token; a special token has none."""
        return self._bytes[token] if token < len(self._bytes) else b""

    def encoder(self) -> Encoder:
        """Return these tokens as n-gram models count them."""
        return Encoder(self.sha256, self.encode, self.decode, self.size)

    def vocabulary(self, size: int, end: Sequence[int]) -> Vocabulary:
        """Return these tokens as masks see them, for logits of a given width."""
        return Vocabulary(self.description, size=size, end=end)

    @cached_property
    def _bytes(self) -> list[bytes]:
        letters = _letters()
        special = set(self.special.values())
        table = [b""] * self.size
        for token, number in self._tokenizer.get_vocab(with_added_tokens=True).items():
            if number not in special:
                table[number] = bytes(letters[letter] for letter in token)
        return table


def _letters() -> dict[str, int]:
    """The printable letter that stands for each byte (GPT-2's byte-level alphabet)."""
    printable = [*range(33, 127), *range(161, 173), *range(174, 256)]
    others = [value for value in range(256) if value not in printable]
    table = {chr(value): value for value in printable}
    return table | {chr(256 + index): value for index, value in enumerate(others)}
