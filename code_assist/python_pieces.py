"""Python files in pieces that parse by themselves, so that an edit costs the piece it touches.

A module is a list of statements, and so is the body of a class. Where CPython's parser takes a
piece of text as whole statements, its tokenizer ends as it began: outside of brackets and literals,
at a line's start. So if every piece parses, the file does: the tokens of the whole are those of the
pieces, one after the other. Methods of classes at module level are pieces of their own, parsed
behind a header; they begin with the very indentation that the class's first statement has.

Where pieces begin is only guessed, by how lines begin. A wrong guess shows as a piece that does not
parse; it is then joined with what follows.
"""

import ast
import re
import threading
import warnings
from bisect import bisect_left
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, NamedTuple

from .recent import Recent

if TYPE_CHECKING:
    from collections.abc import Generator

HEADER = "class _:\n"
"""Stands before a piece that is a member of a class while it is parsed."""
_TOP = re.compile(r"(?m)^(?=[^\s#)\]}\"'\\])(?!(?:else|elif|except|finally)\b)")
_MEMBER = re.compile(r"(?m)^( +)(?=(?:async[ \t]+)?def\b|class\b|@)")
_CLASS = re.compile(r"(?:@[^\n]*\n)*class\b")
_SPLIT = 1500
"""Characters from which on a class is taken apart."""
_LEXEME = re.compile(
    r"[rRbBuUfF]{0,2}(?:\"\"\"(?:\\.|[^\\])*?(?:\"\"\"|\Z)|'''(?:\\.|[^\\])*?(?:'''|\Z)"
    r"|\"(?:\\.|[^\"\\\n])*\"?|'(?:\\.|[^'\\\n])*'?)|#[^\n]*|(?P<open>[(\[{])|(?P<close>[)\]}])"
    r"|\\\n|\n",
    re.DOTALL,
)
_LINE_NUMBER = re.compile(r"\bline (\d+)")
_KEPT = 4_000_000
"""Characters of pieces whose verdict is remembered."""
_WARNINGS = threading.Lock()  # `warnings.catch_warnings` swaps state of the whole process


class Text(NamedTuple):
    """The text of a piece, and whether it is a member of a class."""

    text: str
    member: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Complaint:
    """What CPython says about a text: one-based lines, one-based columns in code points.

    `message` is empty where the text is nested too deeply to be parsed at all.
    """

    message: str
    line: int = 1
    column: int = 1
    end_line: int = 1
    end_column: int = 1

    @staticmethod
    def of(error: SyntaxError) -> "Complaint":
        """Return what an error says."""
        line, column = error.lineno or 1, error.offset or 1
        ends = error.end_lineno and error.end_offset
        return Complaint(
            message=error.msg or "invalid syntax", line=line, column=column,
            end_line=error.end_lineno or line, end_column=(ends and error.end_offset) or column,
        )  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Piece:
    """A piece of a file: where it starts, and its text.

    `group` numbers the class whose members share a scope; -1 for what stands by itself. The first
    piece of a class holds its header and stands at module level.
    """

    start: int
    line: int
    text: Text
    group: int = -1


@dataclass(frozen=True, slots=True, kw_only=True)
class Pieces:
    """A file in pieces; where one does not parse they end, and `complaint` says why."""

    pieces: tuple[Piece, ...]
    complaint: Complaint | None = None


def parse(text: Text) -> ast.Module:
    """Return the tree of a piece; lines count from its start (a member's from one before).

    Raises what CPython's parser does (`SyntaxError`, `ValueError`, `RecursionError`, …).
    """
    with quiet():
        return ast.parse(HEADER + text.text if text.member else text.text)


@contextmanager
def quiet() -> "Generator[None]":
    """Hold back the warnings of CPython's parser and compiler."""
    with _WARNINGS, warnings.catch_warnings():
        warnings.simplefilter("ignore")
        yield


def _verdict(text: Text) -> Complaint | None:
    try:
        tree = parse(text)
    except SyntaxError as error:
        return Complaint.of(error)
    except ValueError:  # null bytes, in some releases of CPython
        return Complaint(message="the text contains a null byte")
    except (MemoryError, RecursionError):
        return Complaint(message="")
    if text.member and len(tree.body) != 1:
        return Complaint(message="it is no part of the class")
    return None


@cache
def _verdicts() -> Recent[Text, Complaint | None]:
    return Recent(_verdict, lambda key: len(key.text) + 100, _KEPT)


@cache
def _parts() -> Recent[str, tuple[Text, ...]]:
    return Recent(_taken_apart, lambda key: 2 * len(key), _KEPT)


@cache
def _files() -> Recent[str, Pieces]:
    return Recent(_split, lambda key: len(key) + 1000, _KEPT // 2)


def split(text: str) -> Pieces:
    """Return a file in pieces that parse, up to the first that does not."""
    return _files()(text)


def _split(text: str) -> Pieces:
    starts = [match.start() for match in _TOP.finditer(text)]
    joined = [at for at, before in zip(starts, [0, *starts], strict=False) if text[before] != "@"]
    starts = [0, *(at for at in joined if at)]
    found: list[Piece] = []
    number = line = group = 0
    while number < len(starts):
        start = starts[number]
        number, complaint = _whole(text, starts, number)
        end = starts[number] if number < len(starts) else len(text)
        if complaint is not None:
            below = moved(complaint, line) if complaint.message else complaint
            return Pieces(pieces=tuple(found), complaint=below)
        parts = _parts()(text[start:end])
        at = start
        for part in parts:
            own = group if len(parts) > 1 else -1
            found.append(Piece(start=at, line=line, text=part, group=own))
            at += len(part.text)
            line += _lines(part.text)
        group += 1
    return Pieces(pieces=tuple(found))


def moved(complaint: Complaint, lines: int) -> Complaint:
    """Return a complaint about a piece as one about the file; its words may name lines, too."""
    words = _LINE_NUMBER.sub(lambda found: f"line {int(found[1]) + lines}", complaint.message)
    return Complaint(
        message=words, line=complaint.line + lines, column=complaint.column,
        end_line=complaint.end_line + lines, end_column=complaint.end_column,
    )  # fmt: skip


def _lines(text: str) -> int:
    """Return how many lines a piece ends; carriage returns end one as well."""
    ends = text.count("\n")
    return ends + text.count("\r") - text.count("\r\n") if "\r" in text else ends


def _whole(text: str, starts: list[int], number: int) -> tuple[int, Complaint | None]:
    """Return the number of the next piece, and what is wrong with this one.

    A piece that ends inside of a bracket or a literal goes on to where that is closed.
    """
    start = starts[number]
    for after in _ends(text, starts, number):
        end = starts[after] if after < len(starts) else len(text)
        complaint = _verdicts()(Text(text[start:end]))
        if complaint is None:
            return after, None
    return len(starts), complaint  # pyright: ignore[reportPossiblyUnboundVariable]


def _ends(text: str, starts: list[int], number: int) -> Iterator[int]:
    """Yield the numbers of the pieces before which this one may end."""
    yield number + 1
    if number + 1 >= len(starts):
        return
    end = starts[number + 1]
    closed = _closed(text, starts[number], end)
    if closed > end:
        yield bisect_left(starts, closed)
        yield len(starts)


def _closed(text: str, start: int, end: int) -> int:
    """Return the first offset from `end` on that lies outside of brackets and literals."""
    depth = 0
    for found in _LEXEME.finditer(text, start):
        if depth == 0 and found.start() >= end:
            return end
        if found["open"]:
            depth += 1
        elif found["close"]:
            depth = max(depth - 1, 0)
        joined = found.group() == "\\\n"  # the next line goes on with this one
        end = max(end, found.end() + joined)
    return len(text) if depth else end


def _taken_apart(text: str) -> tuple[Text, ...]:
    """Return the members of a long class, its header with the first; else the text itself."""
    whole = (Text(text),)
    if len(text) < _SPLIT or _CLASS.match(text) is None:
        return whole
    members = list(_MEMBER.finditer(text))
    if not members:
        return whole
    indent = members[0].group(1)
    starts = [match.start() for match in members if match.group(1) == indent]
    starts = [
        at
        for at, before in zip(starts, [None, *starts[:-1]], strict=True)
        if before is None or text[before + len(indent)] != "@"
    ]
    for first in (0, 1):  # a header without a body takes the first member along
        header = Text(text[: starts[first]]) if first < len(starts) else whole[0]
        if header != whole[0] and _is_class(header, indent):
            ends = [*starts[first + 1 :], len(text)]
            parts = [
                Text(text[a:b], member=True) for a, b in zip(starts[first:], ends, strict=True)
            ]
            return whole if any(map(_verdicts(), parts)) else (header, *parts)
    return whole


def _is_class(header: Text, indent: str) -> bool:
    """Whether a text is one class, whose body has this indentation."""
    if _verdicts()(header) is not None:
        return False
    body = parse(header).body
    if len(body) != 1 or not isinstance(body[0], ast.ClassDef):
        return False
    first = body[0].body[0]
    lines = header.text.split("\n")
    own_line = body[0].lineno < first.lineno <= len(lines)
    return own_line and lines[first.lineno - 1][: first.col_offset] == indent
