"""A text with positions: immutable, and the only place where offsets, lines and bytes meet.

Lines end at LF, CRLF or CR (what CPython, Java and the Language Server Protocol agree on; form
feeds and Unicode separators do not end a line). A column counts Unicode code points. Lone
surrogates, which JSON can carry and UTF-8 cannot, are read as U+FFFD.
"""

import re
from bisect import bisect_right
from dataclasses import dataclass, field
from pathlib import Path

from assistants.errors import InputError

from . import languages
from .line_table import LineTable

MAX_BYTES = 2_000_000
"""Files longer than this are refused: no editor shows them, and parsing them takes seconds."""

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
    _lines: LineTable = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        languages.by_name(self.language)
        if not self.text.isascii():
            object.__setattr__(self, "text", _SURROGATE.sub("\ufffd", self.text))
        object.__setattr__(self, "_lines", LineTable(self.text))

    @classmethod
    def read(cls, path: str | Path) -> "Source":
        """Read a file; `InputError` where it is missing, too long, not UTF-8 or not ours."""
        file = Path(path)
        language = languages.by_path(file)
        return cls(text=_read_text(file), language=language.name, path=str(path))

    @property
    def line_count(self) -> int:
        """Number of lines; an empty text has one."""
        return len(self._lines.starts)

    def line(self, number: int) -> str:
        """Return one line without its line end."""
        starts = self._lines.starts
        end = starts[number + 1] if number + 1 < len(starts) else len(self.text)
        return self.text[starts[number] : end].rstrip("\r\n")

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
        return self._lines.starts[position.line] + position.column

    def position(self, offset: int) -> Position:
        """Return the position of a code-point offset, clamped to the text."""
        offset = max(0, min(offset, len(self.text)))
        starts = self._lines.starts
        line = bisect_right(starts, offset) - 1
        return Position(line, min(offset - starts[line], len(self.line(line))))

    def span(self, start: int, end: int) -> Span:
        """Return the span between two code-point offsets."""
        return Span(self.position(start), self.position(end))

    def line_start(self, number: int) -> int:
        """Return the offset at which a line begins; the text's length after the last line."""
        starts = self._lines.starts
        return starts[number] if number < len(starts) else len(self.text)

    def byte_to_offset(self, byte: int) -> int:
        """Return the code-point offset of an offset into the UTF-8 encoded text."""
        if self.text.isascii():
            return byte
        bytes_before = self._lines.byte_starts
        line = bisect_right(bytes_before, byte) - 1
        start = self.line_start(line)
        rest = self.text[start : self.line_start(line + 1)].encode()
        return start + len(rest[: byte - bytes_before[line]].decode("utf-8", "ignore"))

    def offset_to_byte(self, offset: int) -> int:
        """Return the offset into the UTF-8 encoded text of a code-point offset."""
        if self.text.isascii():
            return offset
        starts = self._lines.starts
        line = bisect_right(starts, offset) - 1
        return self._lines.byte_starts[line] + len(self.text[starts[line] : offset].encode())

    def replace(self, span: Span, new_text: str) -> "Source":
        """Return this source with a span replaced."""
        return self.insert(self.offset(span.start), self.offset(span.end), new_text)

    def insert(self, start: int, end: int, new_text: str) -> "Source":
        """Return this source with the text between two offsets replaced."""
        if not new_text.isascii():
            new_text = _SURROGATE.sub("\ufffd", new_text)
        text = self.text[:start] + new_text + self.text[end:]
        made = object.__new__(Source)  # nothing of it but the edit need be looked at
        for name, value in (
            ("text", text), ("language", self.language), ("path", self.path),
            ("_lines", self._lines.edited(text, start, end, len(new_text))),
        ):  # fmt: skip
            object.__setattr__(made, name, value)
        return made


def without_line(source: Source, offset: int) -> Source:
    """Return a source without the code of an offset's line: the same text while that is typed.

    In Python a `0` is left, so that a block keeps a statement.
    """
    line = source.position(offset).line
    start, end = source.line_start(line), source.line_start(line + 1)
    code = source.text[start:end]
    start += len(code) - len(code.lstrip())
    if start == end:
        return source
    return source.insert(start, end, "0\n" if source.language == "python" else "\n")


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
