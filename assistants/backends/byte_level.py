"""A byte-level BPE tokenizer in which plain text can never become a special token."""

import hashlib
from collections.abc import Mapping, Sequence
from functools import cached_property, lru_cache
from pathlib import Path
from typing import Any

from assistants.errors import ModelCorrupt, ModelNotFound
from assistants.masking import Vocabulary
from assistants.ngram import Encoder

from .spelled import Spelled


class ByteLevelTokenizer:
    """A `tokenizer.json` with its special tokens by bare name: `question` is `<|question|>`."""

    def __init__(self, path: Path) -> None:
        """Read the file; raises `ModelNotFound` or `ModelCorrupt`."""
        if not path.is_file():
            raise ModelNotFound(f"no tokenizer at {path}", hint="reinstall plumb")
        data = path.read_bytes()
        self.sha256 = hashlib.sha256(data).hexdigest()
        self.description = data.decode("utf-8", errors="replace")
        try:
            self._known = _parsed(self.description)
        except Exception as error:  # tokenizers raises nothing narrower
            raise ModelCorrupt(
                f"the tokenizer at {path} does not load: {error}", hint="reinstall plumb"
            ) from error
        self._tokenizer = self._known.tokenizer
        self.special: Mapping[str, int] = self._known.special

    @property
    def size(self) -> int:
        """The number of tokens, special ones included."""
        return int(self._tokenizer.get_vocab_size(with_added_tokens=True))

    def encode(self, text: str) -> list[int]:
        """Return the tokens of plain text; `<|end|>` in it is eight letters like any others."""
        return list(self._tokenizer.encode(text, add_special_tokens=False).ids)

    def decode(self, token: int) -> bytes:
        """Return the bytes of one token; a special token has none."""
        known = self._known.texts
        return known[token] if token < len(known) else b""

    @property
    def spelled(self) -> Spelled:
        """The tokens in the order of their spelling."""
        return self._known.spelled

    def encoder(self) -> Encoder:
        """Return these tokens as n-gram models count them."""
        return Encoder(self.sha256, self.encode, self.decode, self.size)

    def vocabulary(self, size: int, end: Sequence[int]) -> Vocabulary:
        """Return these tokens as masks see them, for logits of a given width."""
        return Vocabulary(self.description, size=size, end=end, texts=self._known.texts)


class _Parsed:
    """What tokenizers of the same text share: the engine and its n-grams read one."""

    def __init__(self, description: str) -> None:
        from tokenizers import Tokenizer

        self.tokenizer: Any = Tokenizer.from_str(description)
        self.tokenizer.encode_special_tokens = True
        self.special = {
            token.content.removeprefix("<|").removesuffix("|>"): int(number)
            for number, token in self.tokenizer.get_added_tokens_decoder().items()
            if token.special
        }

    @cached_property
    def texts(self) -> tuple[bytes, ...]:
        """The bytes of each token; a special token has none."""
        letters = _letters()
        special = set(self.special.values())
        known = self.tokenizer.get_vocab(with_added_tokens=True)
        table = [b""] * len(known)
        for token, number in known.items():
            if number not in special:
                table[number] = bytes(letters[letter] for letter in token)
        return tuple(table)

    @cached_property
    def spelled(self) -> Spelled:
        """The tokens in the order of their spelling."""
        return Spelled(self.texts)


@lru_cache(maxsize=2)
def _parsed(description: str) -> _Parsed:
    return _Parsed(description)


def _letters() -> dict[str, int]:
    """The printable letter that stands for each byte (GPT-2's byte-level alphabet)."""
    printable = [*range(33, 127), *range(161, 173), *range(174, 256)]
    others = [value for value in range(256) if value not in printable]
    table = {chr(value): value for value in printable}
    return table | {chr(256 + index): value for index, value in enumerate(others)}
