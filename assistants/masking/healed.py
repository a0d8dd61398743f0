"""Token healing: the first tokens spell again what is typed, and then what a mask allows.

A tokenizer joins the end of what is typed with what follows, so a prompt that ends inside a word
shows the model tokens that it has rarely seen there. The prompt ends before that word instead, and
the word is forced. Called so by Guidance (https://github.com/guidance-ai/guidance).
"""

from collections.abc import Callable, Sequence

import numpy as np
from numpy.typing import NDArray

from assistants.constraint import Mask

from .vocabulary import Vocabulary


class HealedMask:
    """A mask over what follows the typed bytes; tokens before that only have to spell them."""

    def __init__(
        self,
        typed: bytes,
        mask: Mask | None,
        vocabulary: Vocabulary,
        encode: Callable[[str], Sequence[int]],
    ) -> None:
        """Take the bytes to spell, the mask from there on, and how a token's end is cut anew."""
        self._mask, self._vocabulary, self._encode = mask, vocabulary, encode
        self._typed = typed
        self._past: list[tuple[bytes, int]] = []

    def accept(self, tokens: Sequence[int]) -> bool:
        """Advance over tokens; False, and no change, where one of them is not allowed."""
        for number, token in enumerate(tokens):
            if not self._step(token):
                self.rollback(number)
                return False
        return True

    def validate(self, tokens: Sequence[int]) -> int:
        """Return how many leading tokens would be accepted, without advancing."""
        if not self._typed:
            return len(tokens) if self._mask is None else self._mask.validate(tokens)
        count = 0
        while count < len(tokens) and self._step(tokens[count]):
            count += 1
        self.rollback(count)
        return count

    def rollback(self, count: int) -> None:
        """Take back the last `count` accepted tokens."""
        for _ in range(count):
            self._typed, inner = self._past.pop()
            if self._mask is not None:
                self._mask.rollback(inner)

    def allowed(self) -> NDArray[np.int32]:
        """Return the bitmask of allowed next tokens."""
        if not self._typed and self._mask is not None:
            return self._mask.allowed()
        bits = np.zeros((self._vocabulary.size + 31) // 32 * 32, dtype=np.uint8)
        if self._typed:
            for token in self._vocabulary.agreeing(self._typed):
                bits[token] = self.validate((token,))
        else:
            bits[: self._vocabulary.size] = 1
        return np.packbits(bits, bitorder="little").view(np.int32)

    def can_stop(self) -> bool:
        """Whether all is spelled and the mask may stop."""
        return not self._typed and (self._mask is None or self._mask.can_stop())

    def _step(self, token: int) -> bool:
        typed = self._typed
        if not typed:
            inner = 1
            if self._mask is not None and not self._mask.accept((token,)):
                return False
        else:
            text = b"" if token in self._vocabulary.end else self._vocabulary.tokens[token]
            rest = self._rest(text)
            if rest is None:
                return False
            inner, typed = len(rest), typed[len(text) :]
        self._past.append((self._typed, inner if self._mask is not None else 0))
        self._typed = typed
        return True

    def _rest(self, text: bytes) -> Sequence[int] | None:
        """Return the tokens behind what is typed, which the mask has accepted, or None."""
        typed = self._typed
        if text and typed.startswith(text):
            return ()
        if not text.startswith(typed):
            return None
        try:
            rest = self._encode(text[len(typed) :].decode())
        except UnicodeDecodeError:
            return None
        return rest if self._mask is None or self._mask.accept(rest) else None
