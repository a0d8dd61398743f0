"""A file that is broken before the cursor: a text without the broken part, to go on from.

Reading starts again at a line behind the error. What is open there is rebuilt: in Python from the
lines with less indentation, in Java from the open braces and what stands before each. Where that
reads up to the cursor, a completion that fits it adds no error of its own.
"""

import re
from collections.abc import Callable, Iterator
from typing import Any, Protocol

State = Any
_TRIES = 40
"""Lines behind an error that are tried."""


class Reader(Protocol):
    """What is needed of a machine over bytes."""

    def start(self) -> State:
        """Return the state before the first byte."""
        ...

    def run(self, state: State, data: bytes, /) -> State | None:
        """Return the state after many bytes."""
        ...


def mended(language: str, reader: Reader, text: bytes) -> State | None:
    """Return the state after a text that no program begins with, its broken part left out.

    None where the line of the cursor is itself broken before it.
    """
    lines = [line + b"\n" for line in text.split(b"\n")]
    lines[-1] = lines[-1][:-1]
    frame = _java_frame if language == "java" else _python_frame
    at = _first_error(reader, reader.start(), lines)
    for _ in range(_TRIES):
        if at >= len(lines):
            return None
        opened = frame(lines[:at], lines[at], lambda part: _reads(reader, part))
        state = reader.run(reader.start(), opened)
        failed = _first_error(reader, state, lines[at:]) if state is not None else 0
        if state is not None and failed == len(lines) - at:
            return reader.run(state, b"".join(lines[at:]))
        at += max(failed, 1)
    return None


def _first_error(reader: Reader, state: State | None, lines: list[bytes]) -> int:
    """Return the number of the first line that cannot follow, or how many there are."""
    for number, line in enumerate(lines):
        state = reader.run(state, line) if state is not None else None
        if state is None:
            return number
    return len(lines)


def _reads(reader: Reader, text: bytes) -> bool:
    return reader.run(reader.start(), text) is not None


def _width(line: bytes) -> int:
    blank = line[: len(line) - len(line.lstrip(b" \t"))]
    return len(blank.expandtabs(8))


_STANDING_FOR = (
    (re.compile(rb"\s*(async\s+)?def\b"), b"async def f():"),
    (re.compile(rb"\s*class\b"), b"class A:"),
    (re.compile(rb"\s*(async\s+)?(for|while)\b"), b"while x:"),
    (re.compile(rb"\s*(try|except|finally)\b"), b"try:"),
)


def _python_frame(before: list[bytes], line: bytes, reads: Callable[[bytes], bool]) -> bytes:
    """Return headers of the blocks that a line stands in."""
    width, headers = _width(line) if line.strip() else _next_width(before), list[bytes]()
    for earlier in reversed(before):
        if not width:
            break
        if earlier.strip() and not earlier.lstrip().startswith(b"#") and _width(earlier) < width:
            width = _width(earlier)
            headers.append(earlier)
    frame = b""
    for header in reversed(headers):
        blank = header[: len(header) - len(header.lstrip())]
        kinds = (text for pattern, text in _STANDING_FOR if pattern.match(header))
        given = frame + header.rstrip(b"\r\n") + b"\n"
        opens = header.split(b"#")[0].rstrip().endswith(b":") and reads(given + blank + b" pass")
        frame = given if opens else frame + blank + next(kinds, b"if x:") + b"\n"
    return frame


def _next_width(before: list[bytes]) -> int:
    """Return how far a line that is still empty will be indented, at least."""
    last = next((line for line in reversed(before) if line.strip()), b"")
    return _width(last) + last.rstrip().endswith(b":")


_SKIPPED = re.compile(
    rb'"""[\s\S]*?"""|"(?:\\.|[^"\\\n])*"?|\'(?:\\.|[^\'\\\n])*\'?|//[^\n]*|/\*[\s\S]*?(?:\*/|\Z)'
)
_PIECES = re.compile(rb"[{};]|[^{};]+")
_TYPE = re.compile(rb"\b(class|interface|enum|record)\s+(\w+)")


def _java_frame(before: list[bytes], line: bytes, reads: Callable[[bytes], bool]) -> bytes:
    """Return what opens the braces that are open before a line."""
    del line
    opened: list[bytes] = []
    header = b""
    for piece in _PIECES.findall(_SKIPPED.sub(b" ", b"".join(before))):
        if piece == b"{":
            opened.append(header)
        elif piece == b"}" and opened:
            opened.pop()
        header = piece if piece not in {b"{", b"}", b";"} else b""
    frame, member = b"", True
    for header in opened:
        for text, holds_members in _openings(header, member=member):
            if reads(frame + text):
                frame, member = frame + text, holds_members
                break
    return frame


def _openings(header: bytes, *, member: bool) -> Iterator[tuple[bytes, bool]]:
    """Yield texts for an open brace, and whether members stand behind it."""
    named = _TYPE.search(header)
    yield header + b"{", bool(named) or re.search(rb"\bnew\b[^=]*\)\s*$", header) is not None
    if named:
        yield b"class " + named[2] + b" {", True
    if header.rstrip().endswith(b"->"):
        yield b"Object x = y(() -> {", False
    yield (b"void x() {", False) if member else (b"if (x) {", False)
