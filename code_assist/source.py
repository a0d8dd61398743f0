"""A text with positions: immutable, and the only place where offsets, lines and bytes meet.

Lines end at LF, CRLF or CR (what CPython, Java and the Language Server Protocol agree on; form
feeds and Unicode separators do not end a line). A column counts Unicode code points. Lone
surrogates, which JSON can carry and UTF-8 cannot, are read as U+FFFD.
"""

import re
from bisect import bisect_right
from dataclasses import dataclass, field
from itertools import accumulate
from pathlib import Path

from assistants.errors import InputError

from . import languages

MAX_BYTES = 2_000_000
"""Files longer than this are refused: no editor shows them, and parsing them takes seconds."""

_LINE_END = re.compile(r"\r\n|\n|\r")
_SURROGATE = re.compile("[\ud800-\udfff]")


@dataclass(frozen=True, slots=True, order=True)
class Position:
    """A place between two characters: zero-based line, zero-based column in code points."""

    line: int
    column: int


@dataclass(frozen=True, slots=True)
class Span:
    """What lies between two positions; empty where they are equal."""

    start: Position
    end: Position


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """The text of one file, its language (`python` or `java`) and its path, if it has one."""

    text: str
    language: str
    path: str = ""
    _starts: tuple[int, ...] = field(init=False, repr=False, compare=False)
    _byte_starts: tuple[int, ...] | None = field(init=False, repr=False, compare=False)
    _is_plain: bool = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        languages.by_name(self.language)
        if _SURROGATE.search(self.text):
            object.__setattr__(self, "text", _SURROGATE.sub("\ufffd", self.text))
        starts = (0, *(match.end() for match in _LINE_END.finditer(self.text)))
        object.__setattr__(self, "_starts", starts)
        object.__setattr__(self, "_byte_starts", self._measure(starts))
        plain = self._byte_starts is None and "\r" not in self.text
        object.__setattr__(self, "_is_plain", plain)

    def _measure(self, starts: tuple[int, ...]) -> tuple[int, ...] | None:
        if self.text.isascii():
            return None
        ends = (*starts[1:], len(self.text))
        sizes = (len(self.text[a:b].encode()) for a, b in zip(starts, ends, strict=True))
        return tuple(accumulate(sizes, initial=0))

    @classmethod
    def read(cls, path: str | Path) -> "Source":
        """Read a file; `InputError` where it is missing, too long, not UTF-8 or not ours."""
        file = Path(path)
        language = languages.by_path(file)
        return cls(text=_read_text(file), language=language.name, path=str(path))

    @property
    def line_count(self) -> int:
        """Number of lines; an empty text has one."""
        return len(self._starts)

    def line(self, number: int) -> str:
        """Return one line without its line end."""
        end = self._starts[number + 1] if number + 1 < len(self._starts) else len(self.text)
        return self.text[self._starts[number] : end].rstrip("\r\n")

    def offset(self, position: Position) -> int:
        """Return the code-point offset of a position; `InputError` where there is none such."""
        if not 0 <= position.line < self.line_count:
            raise InputError(
                f"there is no line {position.line + 1}: the text has {self.line_count}",
                hint="lines and columns are counted from 1 on the command line",
            )
        width = len(self.line(position.line))
        if not 0 <= position.column <= width:
            raise InputError(
                f"line {position.line + 1} has no column {position.column + 1}: "
                f"it is {width} characters long",
                hint="lines and columns are counted from 1 on the command line",
            )
        return self._starts[position.line] + position.column

    def position(self, offset: int) -> Position:
        """Return the position of a code-point offset, clamped to the text."""
        offset = max(0, min(offset, len(self.text)))
        line = bisect_right(self._starts, offset) - 1
        return Position(line, min(offset - self._starts[line], len(self.line(line))))

    def span(self, start: int, end: int) -> Span:
        """Return the span between two code-point offsets."""
        return Span(self.position(start), self.position(end))

    def line_start(self, number: int) -> int:
        """Return the offset at which a line begins; the text's length after the last line."""
        return self._starts[number] if number < self.line_count else len(self.text)

    def byte_to_offset(self, byte: int) -> int:
        """Return the code-point offset of an offset into the UTF-8 encoded text."""
        if self._byte_starts is None:
            return byte
        line = bisect_right(self._byte_starts, byte, hi=self.line_count) - 1
        rest = self.text[self._starts[line] : self.line_start(line + 1)].encode()
        within = rest[: byte - self._byte_starts[line]].decode("utf-8", "ignore")
        return self._starts[line] + len(within)

    def offset_to_byte(self, offset: int) -> int:
        """Return the offset into the UTF-8 encoded text of a code-point offset."""
        if self._byte_starts is None:
            return offset
        line = bisect_right(self._starts, offset) - 1
        return self._byte_starts[line] + len(self.text[self._starts[line] : offset].encode())

    def replace(self, span: Span, new_text: str) -> "Source":
        """Return this source with a span replaced."""
        return self.insert(self.offset(span.start), self.offset(span.end), new_text)

    def insert(self, start: int, end: int, new_text: str) -> "Source":
        """Return this source with the text between two offsets replaced."""
        text = self.text[:start] + new_text + self.text[end:]
        if not self._is_plain or not new_text.isascii() or "\r" in new_text:
            return Source(text=text, language=self.language, path=self.path)
        # Lines end at LF alone and columns are bytes, so only the edit itself need be read.
        first, last = bisect_right(self._starts, start), bisect_right(self._starts, end)
        inside = (start + at.end() for at in _LINE_END.finditer(new_text))
        grown = len(new_text) - (end - start)
        after = (at + grown for at in self._starts[last:]) if grown else self._starts[last:]
        made = object.__new__(Source)
        for name, value in (
            ("text", text), ("language", self.language), ("path", self.path),
            ("_starts", (*self._starts[:first], *inside, *after)),
            ("_byte_starts", None), ("_is_plain", True),
        ):  # fmt: skip
            object.__setattr__(made, name, value)
        return made


def _read_text(file: Path) -> str:
    try:
        size = file.stat().st_size
        if size > MAX_BYTES:
            raise InputError(
                f"{file}: {size / 1e6:.1f} MB is more than the {MAX_BYTES / 1e6:.0f} MB that "
                "plumb reads",
                hint="name a smaller file; this one is probably generated",
            )
        data = file.read_bytes()
    except OSError as error:
        raise InputError(
            f"{file}: {error.strerror or error}", hint="check the path and its permissions"
        ) from error
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data[: error.start].count(b"\n") + 1
        raise InputError(
            f"{file}: not UTF-8: byte 0x{data[error.start]:02x} at offset {error.start} "
            f"(line {line})",
            hint="save the file as UTF-8",
        ) from error
