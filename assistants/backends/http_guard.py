"""A constraint held on our side, over text that a server streams.

The stream is read byte by byte through a mask. At the first byte that does not fit, the text is
cut; what can only follow (a closing bracket, the rest of a word) is added; and the server is asked
to go on from there. Nothing that does not fit is ever passed on.
"""

from dataclasses import dataclass, field

import numpy as np

from assistants.constraint import Constraint, Mask
from assistants.masking import Ending, Vocabulary, compile_mask

FENCE = "```"
THOUGHT, THOUGHT_END = "<think>", "</think>"


@dataclass(slots=True)
class Guard:
    """The text so far, all of it within the constraint."""

    mask: Mask
    end: int
    text: str = ""
    _opening: str = field(default="", init=False)

    @classmethod
    def over_bytes(cls, constraint: Constraint) -> "Guard":
        """Compile a constraint; raises `ConstraintError` or `Unsupported`."""
        vocabulary = Vocabulary.of_bytes()
        mask = compile_mask(constraint, vocabulary, free_spacing=True)
        return cls(mask=mask, end=vocabulary.end[0])

    @property
    def complete(self) -> bool:
        """Whether the text satisfies the constraint as it stands."""
        return self.mask.can_stop()

    def push(self, text: str) -> tuple[str, bool]:
        """Take a piece of the stream; return what of it fits, and whether all of it did.

        White space, a `<think>` block and an opening code fence before the answer are dropped.
        """
        if not self.text:
            text, self._opening = self._opening + text, ""
            if self._accepts(text) < len(text):
                rest = _without_opening(text)
                if not rest:
                    self._opening = text if rest is None else ""
                    return "", True
                text = rest
        fitting = text[: self._accepts(text)]
        self._add(fitting)
        return fitting, len(fitting) == len(text)

    def force(self) -> str:
        """Add and return the text that alone can follow."""
        forced = bytearray()
        while not self.mask.can_stop() and len(forced) < 4096:
            byte = self._only_byte()
            if byte is None or not self.mask.accept((byte,)):
                break
            forced.append(byte)
        text = forced.decode("utf-8", errors="ignore")
        self.mask.rollback(len(forced) - len(text.encode()))
        self.text += text
        return text

    def finish(self) -> str:
        """Add and return the shortest text that completes a program; nothing where none is known.

        For an answer whose budget is spent, or that no further request would mend.
        """
        if not isinstance(self.mask, Ending):
            return ""
        way = next(self.mask.endings(), [])
        text = bytes(way).decode("utf-8", errors="ignore")
        self._add(text)
        return text

    def _accepts(self, text: str) -> int:
        """Return how many leading characters fit."""
        data = text.encode("utf-8", errors="replace")
        count = self.mask.validate(list(data))
        return len(data[:count].decode("utf-8", errors="ignore"))

    def _add(self, text: str) -> None:
        self.mask.accept(list(text.encode("utf-8", errors="replace")))
        self.text += text

    def _only_byte(self) -> int | None:
        bits = np.unpackbits(self.mask.allowed().view(np.uint8), bitorder="little")
        found = np.flatnonzero(bits[: self.end + 1])
        return int(found[0]) if found.size == 1 and found[0] != self.end else None


def _without_opening(text: str) -> str | None:
    """Drop white space, a thought and a code fence's first line; None while one has not ended."""
    text = text.lstrip()
    if text.startswith(THOUGHT):
        _, ended, text = text.partition(THOUGHT_END)
        if not ended:
            return None
        text = text.lstrip()
    if text.startswith(FENCE):
        _, newline, rest = text.partition("\n")
        return rest.lstrip() if newline else None
    begins = text and any(opening.startswith(text) for opening in (FENCE, THOUGHT))
    return None if begins else text
