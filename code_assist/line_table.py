"""Where the lines of a text begin, in code points and in UTF-8 bytes: worked out when asked for.

Lines end at LF, CRLF or CR. The table of an edited text is made from the one before, by reading the
edited lines alone: a keystroke in a long file makes a dozen texts, most of which are never asked.
"""

import re
from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import accumulate

_LINE_END = re.compile(r"\r\n|\n|\r")


@dataclass(frozen=True, slots=True)
class _Edit:
    """What made a text from another whose table is known: `old[start:end]` was replaced."""

    table: "LineTable"
    old: str
    start: int
    end: int
    length: int


class LineTable:
    """The table of one text. Two threads that ask at once may both work it out."""

    __slots__ = ("_bytes", "_edit", "_starts", "_text")

    def __init__(self, text: str, edit: _Edit | None = None) -> None:
        self._text, self._edit = text, edit
        self._starts: Sequence[int] | None = None
        self._bytes: Sequence[int] | None = None

    def edited(self, text: str, start: int, end: int, length: int) -> "LineTable":
        """Return the table of a text in which so much stands in the place of `start:end`."""
        if self._starts is None:
            if self._edit is None:
                return LineTable(text)
            self._measure()  # so that no chain of edits grows
        return LineTable(text, _Edit(self, self._text, start, end, length))

    @property
    def starts(self) -> Sequence[int]:
        """The offset of each line's first character."""
        if self._starts is None:
            self._measure()
        assert self._starts is not None  # noqa: S101 - just measured
        return self._starts

    @property
    def byte_starts(self) -> Sequence[int]:
        """The byte at which each line begins; for ASCII the same as `starts`."""
        if self._text.isascii():
            return self.starts
        if self._bytes is None:
            self._measure()
        assert self._bytes is not None  # noqa: S101 - just measured
        return self._bytes

    def _measure(self) -> None:
        edit = self._edit
        if edit is None:
            starts = [0, *_ends(self._text, 0, len(self._text))]
            self._bytes = None if self._text.isascii() else _bytes(self._text, starts)
            self._starts = starts
            return
        starts = edit.table.starts
        # A line more on either side, because the edit may join or part a CR and its LF.
        first = max(bisect_right(starts, edit.start) - 2, 0)
        last = min(bisect_right(starts, edit.end) + 1, len(starts))
        grown = edit.length - (edit.end - edit.start)
        stop = starts[last] if last < len(starts) else len(edit.old)
        inside = [starts[first], *_ends(self._text, starts[first], stop + grown)]
        if last < len(starts):
            inside.pop()  # the line behind the part that was read
        rest = [at + grown for at in starts[last:]] if grown else starts[last:]
        if not self._text.isascii():
            self._bytes = _spliced(edit, self._text, (first, last), inside, stop + grown)
        self._starts = [*starts[:first], *inside, *rest]
        self._edit = None


def _ends(text: str, start: int, stop: int) -> list[int]:
    return [found.end() for found in _LINE_END.finditer(text, start, stop)]


def _bytes(text: str, starts: Sequence[int]) -> list[int]:
    ends = (*starts[1:], len(text))
    sizes = [len(text[a:b].encode()) for a, b in zip(starts, ends, strict=True)]
    return [*accumulate(sizes[:-1], initial=0)]


def _spliced(
    edit: _Edit, text: str, lines: tuple[int, int], inside: Sequence[int], stop: int
) -> list[int]:
    """Return the bytes at which lines begin, where those between two numbers were read anew."""
    first, last = lines
    old = edit.table.byte_starts
    ends = (*inside[1:], stop)
    sizes = [len(text[a:b].encode()) for a, b in zip(inside, ends, strict=True)]
    own = [*accumulate(sizes, initial=old[first])]
    rest = [at + own[-1] - old[last] for at in old[last:]] if last < len(old) else []
    return [*old[:first], *own[:-1], *rest]
