"""What CPython's own parser says about a text. It parses; nothing is ever executed.

The verdict is that of the CPython that runs plumb: syntax of later versions is unknown to it, and
`judge` says so where tree-sitter recognises such syntax.
"""

import ast
import sys
import threading
import warnings
from dataclasses import dataclass

from .parsing import parse, walk
from .source import Source

_WARNINGS = threading.Lock()  # `warnings.catch_warnings` swaps state of the whole process

_NEWER: dict[str, tuple[int, int]] = {
    "type_alias_statement": (3, 12),
    "type_parameter": (3, 12),
}
"""Node types that CPython accepts from this version on."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PythonError:
    """CPython's first complaint: its message and the offsets of the text that it marks."""

    message: str
    start: int
    end: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Judgement:
    """What CPython found: a tree, an error, or neither (`unknown` says why)."""

    tree: ast.Module | None = None
    error: PythonError | None = None
    unknown: str = ""


def judge(source: Source) -> Judgement:
    """Parse with CPython; too deep nesting and newer syntax come out as unknown."""
    try:
        return Judgement(tree=_parse(source.text))
    except SyntaxError as error:
        newer = _newer_syntax(source)
        if newer:
            return Judgement(unknown=newer)
        null = "\0" in source.text
        return Judgement(error=_null_byte(source) if null else _convert(source, error))
    except ValueError:  # null bytes, in some releases of CPython
        return Judgement(error=_null_byte(source))
    except (MemoryError, RecursionError):
        return Judgement(unknown="nested too deeply for CPython's parser")


def _null_byte(source: Source) -> PythonError:
    """The complaint that CPython makes without a place."""
    at = max(source.text.find("\0"), 0)
    return PythonError(message="the text contains a null byte", start=at, end=at + 1)


def compile_error(source: Source, tree: ast.Module) -> PythonError | None:
    """Return what CPython's compiler rejects in a text that parses (`return` outside a function).

    The code object is thrown away unexecuted.
    """
    try:
        with _WARNINGS, warnings.catch_warnings():
            warnings.simplefilter("ignore")
            compile(tree, "<text>", "exec", dont_inherit=True)
    except SyntaxError as error:
        return _convert(source, error)
    except (ValueError, MemoryError, RecursionError, OverflowError):
        return None
    return None


def _parse(text: str) -> ast.Module:
    with _WARNINGS, warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return ast.parse(text)


def _convert(source: Source, error: SyntaxError) -> PythonError:
    start = _offset(source, error.lineno, error.offset)
    end = _offset(source, error.end_lineno, error.end_offset) if error.end_lineno else start
    return PythonError(message=error.msg or "invalid syntax", start=start, end=max(start, end))


def _offset(source: Source, line: int | None, column: int | None) -> int:
    """Offset of CPython's one-based line and column; 0 and beyond the end are clamped."""
    number = min(max((line or 1) - 1, 0), source.line_count - 1)
    width = len(source.line(number))
    return source.line_start(number) + min(max((column or 1) - 1, 0), width)


def _newer_syntax(source: Source) -> str:
    tree = parse(source)
    if tree.root_node.has_error:
        return ""
    for node in walk(tree.root_node):
        since = _NEWER.get(node.type)
        if since is not None and sys.version_info < since:
            return f"Python {since[0]}.{since[1]} syntax, which this Python does not know"
    return ""
