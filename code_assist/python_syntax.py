"""What CPython's own parser says about a text. It parses; nothing is ever executed.

The verdict is that of the CPython that runs plumb: syntax of later versions is unknown to it, and
`judge` says so where tree-sitter recognises such syntax. A file is judged piece by piece (see
`python_pieces`), so that an edit costs what it touches.
"""

import ast
import re
import sys
from dataclasses import dataclass

from .parsing import parse, walk
from .python_facts import compiled
from .python_module import Module
from .python_pieces import Complaint, Text, moved, split
from .python_pieces import parse as parse_text
from .source import Source

_NEWER: dict[str, tuple[int, int]] = {
    "type_alias_statement": (3, 12),
    "type_parameter": (3, 12),
}
"""Node types that CPython accepts from this version on."""
_MAY_BE_NEWER = re.compile(r"\btype[ \t]+\w|\b(?:def|class)[ \t]+\w+[ \t]*\[")


@dataclass(frozen=True, slots=True, kw_only=True)
class PythonError:
    """CPython's first complaint: its message and the offsets of the text that it marks."""

    message: str
    start: int
    end: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Judgement:
    """What CPython found: the module, an error, or neither (`unknown` says why)."""

    module: Module | None = None
    error: PythonError | None = None
    unknown: str = ""

    @property
    def parses(self) -> bool:
        """Whether CPython takes the whole text."""
        return self.module is not None


def judge(source: Source) -> Judgement:
    """Parse with CPython; too deep nesting and newer syntax come out as unknown."""
    error = complaint(source)
    if error is None:
        return Judgement(module=Module(split(source.text).pieces))
    if isinstance(error, str):
        return Judgement(unknown=error)
    return Judgement(error=error)


def complaint(source: Source) -> PythonError | str | None:
    """Return the first error of a text, None if it parses, or why neither is known."""
    if "\0" in source.text:  # the complaint comes without a place
        at = source.text.index("\0")
        return PythonError(message="the text contains a null byte", start=at, end=at + 1)
    found = split(source.text).complaint
    if found is None:
        return None
    if not found.message:
        return "nested too deeply for CPython's parser"
    return _newer_syntax(source, found) or _placed(source, found)


def compile_error(source: Source, module: Module) -> PythonError | None:
    """Return what CPython's compiler rejects in a text that parses."""
    if _needs_the_whole(module):
        found = _whole(source)
        return _placed(source, found) if found is not None else None
    for piece, each in module.parts:
        if each.complaint is not None:
            return _placed(source, moved(each.complaint, piece.line))
    return None


def _needs_the_whole(module: Module) -> bool:
    """Whether pieces do not tell all: a late `__future__`, or `global` at module level."""
    preamble = True
    for _, each in module.parts:
        if each.late or (each.future and not preamble):
            return True
        preamble = preamble and each.preamble
    return False


def _whole(source: Source) -> Complaint | None:
    try:
        tree: ast.Module = parse_text(Text(source.text))
    except (SyntaxError, ValueError, MemoryError, RecursionError):
        return None
    return compiled(tree)


def _placed(source: Source, found: Complaint) -> PythonError:
    start = _offset(source, found.line, found.column)
    end = _offset(source, found.end_line, found.end_column)
    return PythonError(message=found.message, start=start, end=max(start, end))


def _offset(source: Source, line: int, column: int) -> int:
    """Offset of CPython's one-based line and column; 0 and beyond the end are clamped."""
    number = min(max(line - 1, 0), source.line_count - 1)
    width = len(source.line(number))
    return source.line_start(number) + min(max(column - 1, 0), width)


def _newer_syntax(source: Source, found: Complaint) -> str:
    """Return why a complaint says nothing: there is newer syntax in its piece, before it."""
    pieces = split(source.text).pieces
    start = pieces[-1].start + len(pieces[-1].text) if pieces else 0
    if _MAY_BE_NEWER.search(source.text, start, source.line_start(found.line)) is None:
        return ""
    tree = parse(source)
    if tree.root_node.has_error:
        return ""
    for node in walk(tree.root_node):
        since = _NEWER.get(node.type)
        if since is not None and sys.version_info < since:
            return f"Python {since[0]}.{since[1]} syntax, which this Python does not know"
    return ""
