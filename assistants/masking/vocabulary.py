"""What a mask must know of a tokenizer: the bytes of every token, and which one ends a text."""

import threading
from bisect import bisect_left
from collections.abc import Callable, Hashable, Iterator, Sequence
from functools import cached_property
from typing import Any, TypeAlias, TypeVar

from assistants.errors import ModelCorrupt

Untyped: TypeAlias = Any
"""A value of llguidance that callers only hand back to it."""

Trie: TypeAlias = "dict[int, Trie]"

T = TypeVar("T")

END_OF_BYTES = 256


class Vocabulary:
    """A tokenizer's tokens; llguidance's view of them is built on first use (about 0.1 s)."""

    def __init__(
        self,
        description: str,
        *,
        size: int,
        end: Sequence[int],
        texts: Sequence[bytes] | None = None,
    ) -> None:
        """Take the text of a `tokenizer.json`, the width of the logits, and the ending tokens.

        `texts` are the bytes of each token, none for a special one, where they are known.
        """
        self._description = description
        self._texts = texts
        self._lock = threading.Lock()
        self._shared: dict[Hashable, Any] = {}
        self.size = size
        self.end = tuple(end)

    @classmethod
    def of_bytes(cls) -> "Vocabulary":
        """One token a byte and one for the end: for text that no tokenizer of ours cut."""
        return cls("", size=END_OF_BYTES + 1, end=(END_OF_BYTES,))

    @property
    def tokenizer(self) -> Untyped:
        """The `llguidance.LLTokenizer`. Raises `ModelCorrupt` where it cannot be built."""
        with self._lock:
            return self._tokenizer

    def shared(self, key: Hashable, make: Callable[[], T]) -> T:
        """Return what was made for this vocabulary under a key; made at the first call."""
        with self._lock:
            if key not in self._shared:
                self._shared[key] = make()
            return self._shared[key]

    @cached_property
    def tokens(self) -> tuple[bytes, ...]:
        """The bytes of each token; a special token, and a width that no token fills, has none."""
        if self._texts is not None:
            return (*self._texts[: self.size], *[b""] * (self.size - len(self._texts)))
        known = self.tokenizer
        count = min(self.size, int(known.vocab_size))
        found = [
            b"" if known.is_special_token(token) else known.decode_bytes([token])
            for token in range(count)
        ]
        return (*found, *[b""] * (self.size - count))

    def cut(self, text: bytes) -> list[int]:
        """Return few tokens for some bytes: at each place the longest that fits.

        Raises:
            KeyError: a byte is no token and begins none that fits.
        """
        found: list[int] = []
        at = 0
        while at < len(text):
            length = next(
                size
                for size in range(min(self._longest, len(text) - at), -1, -1)
                if not size or text[at : at + size] in self._by_text
            )
            found.append(self._by_text[text[at : at + length]])
            at += length
        return found

    def agreeing(self, text: bytes) -> Iterator[int]:
        """Yield the tokens that a text begins with, and those that begin with it."""
        for size in range(1, len(text)):
            if text[:size] in self._by_text:
                yield from self._beginning(text[:size], exactly=True)
        yield from self._beginning(text)

    def _beginning(self, text: bytes, *, exactly: bool = False) -> Iterator[int]:
        for at in range(bisect_left(self.ordered, (text, -1)), len(self.ordered)):
            found, token = self.ordered[at]
            if found != text if exactly else not found.startswith(text):
                return
            yield token

    @cached_property
    def _by_text(self) -> dict[bytes, int]:
        return dict(reversed(self.ordered))

    @cached_property
    def _longest(self) -> int:
        return max((len(text) for text, _ in self.ordered), default=0)

    @cached_property
    def ordered(self) -> tuple[tuple[bytes, int], ...]:
        """The tokens that have bytes, in the order of these."""
        return tuple(sorted((text, token) for token, text in enumerate(self.tokens) if text))

    @cached_property
    def trie(self) -> "Trie":
        """The tokens by their bytes: byte to the trie below it, and -1 to the tokens that end."""
        root: Trie = {}
        for token, text in enumerate(self.tokens):
            node = root
            for byte in text:
                node = node.setdefault(byte, {})
            if text:
                node.setdefault(-1, {})[token] = {}
        return root

    @cached_property
    def _tokenizer(self) -> Untyped:
        from llguidance import LLTokenizer, TokenizerWrapper

        if not self._description:
            return LLTokenizer(TokenizerWrapper(_Bytes()))
        try:
            return LLTokenizer(self._description, n_vocab=self.size, eos_token=list(self.end))
        except (ValueError, RuntimeError) as error:
            raise ModelCorrupt(
                f"the tokenizer cannot be used for constrained decoding: {error}",
                hint="use a model with a byte-level or byte-fallback tokenizer.json",
            ) from error


class _Bytes:
    """A tokenizer whose tokens are the 256 bytes and an end."""

    eos_token_id = END_OF_BYTES
    bos_token_id = None
    special_token_ids = (END_OF_BYTES,)
    tokens = (*(bytes([value]) for value in range(256)), b"<|end|>")

    def __call__(self, text: bytes | str) -> list[int]:
        return list(text.encode() if isinstance(text, str) else text)
