"""Texts to tokens, a line at a time, so that an edit costs the lines that it touches."""

import re
from collections.abc import Callable
from functools import cached_property
from itertools import chain

import numpy as np
from numpy.typing import NDArray

_LINE = re.compile(r"[^\n]*\n(?:[ \t\r]*\n)*|[^\n]+\Z")
_UNSETTLED = re.compile(r"[^\S\n]*[^\w\s]*\w*\Z")
_IN_WORDS = re.compile(rb"[\w\x80-\xff]")
_KEPT = 40_000  # lines: some 15 MB


class Encoder:
    """Tokenizes texts of one tokenizer and remembers lines. Safe to share between threads.

    A line is taken together with the empty lines below it, because tokenizers join line ends.
    """

    def __init__(
        self,
        tokenizer: str,
        encode: Callable[[str], list[int]],
        decode: Callable[[int], bytes],
        size: int,
    ) -> None:
        """Take the tokenizer's SHA-256, how it encodes and decodes, and how many tokens it has."""
        self.tokenizer = tokenizer
        self.size = size
        self._encode, self._decode = encode, decode
        self._lines: dict[str, tuple[int, ...]] = {}

    def encode(self, text: str) -> NDArray[np.uint16]:
        """Return the tokens of a text."""
        lines = (self._line(match.group()) for match in _LINE.finditer(text))
        return np.fromiter(chain.from_iterable(lines), np.uint16)

    @cached_property
    def continuing(self) -> NDArray[np.bool_]:
        """Which tokens go on with the word before them: they begin with a letter or a digit."""
        firsts = (self._decode(token)[:1] for token in range(self.size))
        return np.array([_IN_WORDS.match(first) is not None for first in firsts])

    def _line(self, line: str) -> tuple[int, ...]:
        known = self._lines.get(line)
        if known is None:
            known = tuple(self._encode(line))
            if len(self._lines) >= _KEPT:
                self._lines.clear()
            self._lines[line] = known
        return known


def settled(text: str) -> int:
    """Return up to where a text's tokens stay as they are, whatever is written behind it.

    The last word and what stands before it without a space are joined with what comes: tokenizers
    take a space or a bracket along with the letters behind it.
    """
    match = _UNSETTLED.search(text, max(0, len(text) - 200))
    return match.start() if match is not None else len(text)
