"""Broken files: one error per root cause, and the rest of the file made to parse again.

Where a parser stops, the smallest surrounding piece that can be left out (a function, a statement
at module level, a member of a class) is blanked, offsets unchanged, and the file is parsed again.
An error that is found in what is left has a cause of its own; one in a blanked piece is its echo
and ends the search. `recovered` tells whether the rest parses.
"""

import re
from dataclasses import dataclass
from functools import cache

import tree_sitter

from assistants.constraint import Program
from assistants.masking import begins_program

from . import java_errors, languages, python_errors, python_syntax
from .parsing import parse
from .source import Source

MAX_ERRORS = 12


@dataclass(frozen=True, slots=True, kw_only=True)
class SyntaxFault:
    """One syntax error: what is wrong, where, and whether names of the file can be trusted."""

    message: str
    start: int
    end: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Recovery:
    """A source with its broken pieces blanked, those pieces' offsets, and what is wrong in them."""

    source: Source
    errors: tuple[SyntaxFault, ...] = ()
    blanked: tuple[tuple[int, int], ...] = ()
    recovered: bool = True


def recover(source: Source) -> Recovery:
    """Return a source's syntax errors and the source without the pieces they stand in."""
    return _python(source) if source.language == "python" else _java(source)


_ANCHOR = re.compile(r"([ \t]*)(?:(?:async[ \t]+)?def\b|class\b|@)")
_CONTINUES = re.compile(r"(?:else|elif|except|finally|case)\b|[)\]}#]")


def _python(source: Source) -> Recovery:
    current, errors, blanked = source, list[SyntaxFault](), list[tuple[int, int]]()
    for _ in range(MAX_ERRORS):
        error = python_syntax.complaint(current)
        if error is None or isinstance(error, str):
            return Recovery(source=current, errors=tuple(errors), blanked=tuple(blanked))
        if _is_echo(source, error.start, blanked):
            break
        told = python_errors.located(current, error)
        if source.position(told.start).line not in {source.position(e.start).line for e in errors}:
            errors.append(SyntaxFault(message=told.message, start=told.start, end=told.end))
        if "unterminated" in error.message and "triple" in error.message:
            break
        piece = _python_piece(current, _cause(current, error))
        blanked.append(piece)
        current = blank(current, piece)
    return Recovery(source=current, errors=tuple(errors), blanked=tuple(blanked), recovered=False)


def _cause(source: Source, error: python_syntax.PythonError) -> int:
    """Return the offset of the header whose block is missing, else of the error itself."""
    header = re.search(r"expected an indented block after .* on line (\d+)", error.message)
    return source.line_start(int(header.group(1)) - 1) if header else error.start


def _is_echo(source: Source, at: int, blanked: list[tuple[int, int]]) -> bool:
    """Whether an error stands on a line of a piece that was left out already."""
    line = source.position(at).line
    return any(
        source.position(start).line <= line <= source.position(end - 1).line
        for start, end in blanked
    )


def _python_piece(source: Source, at: int) -> tuple[int, int]:
    """Return the offsets of the function, class or module-level statement around an error."""
    inside = _lines_in_strings(source)
    number = source.position(at).line
    first = number
    while first > 0 and _anchor(source, first, inside) is None:
        first -= 1
    indent = _anchor(source, first, inside) or 0
    first = _with_decorators(source, first, inside)
    last = number + 1
    while last < source.line_count:
        found = _anchor(source, last, inside)
        if found is not None and found <= indent:
            break
        last += 1
    start = source.line_start(first) + indent
    end = source.line_start(last)
    return start, max(end, start + 1)


def _with_decorators(source: Source, first: int, inside: frozenset[int]) -> int:
    while (
        first > 0
        and first - 1 not in inside
        and source.line(first).lstrip().startswith(("def", "class", "async", "@"))
        and source.line(first - 1).lstrip().startswith("@")
    ):
        first -= 1
    return first


def _anchor(source: Source, number: int, inside: frozenset[int]) -> int | None:
    """Return the indentation of a line at which a new statement surely begins, or None."""
    line = source.line(number)
    if number in inside or not line.strip():
        return None
    match = _ANCHOR.match(line)
    if match is not None:
        return len(match.group(1))
    if line[0].isspace() or _CONTINUES.match(line):
        return None
    return 0


def _lines_in_strings(source: Source) -> frozenset[int]:
    """Return the lines that begin inside a string, as far as tree-sitter can tell."""
    lines: set[int] = set()
    found = tree_sitter.QueryCursor(_strings()).captures(parse(source).root_node)
    for node in found.get("string", ()):
        if node.start_point.row < node.end_point.row:
            first = source.position(source.byte_to_offset(node.start_byte)).line
            last = source.position(source.byte_to_offset(node.end_byte)).line
            lines.update(range(first + 1, last + 1))
    return frozenset(lines)


@cache
def _strings() -> tree_sitter.Query:
    return tree_sitter.Query(languages.grammar("python"), "(string) @string")


def stands_alone(source: Source, piece: tuple[int, int]) -> bool:
    """Whether a piece parses by itself, so that its error came from what is around it."""
    start, end = piece
    text = source.text[start:end]
    if source.language == "java":
        places = (f"class A {{ {text} }}", f"class A {{ void f() {{ {text} }} }}")
        alone = (Source(text=place, language="java") for place in places)
        return any(not parse(one).root_node.has_error for one in alone)
    indent = source.position(start).column
    dedented = re.sub(rf"(?m)^[ \t]{{1,{max(indent, 1)}}}", "", text) if indent else text
    error = python_syntax.complaint(Source(text=dedented, language="python"))
    return error is None or isinstance(error, str)


def prefix_is_broken(source: Source, end: int) -> bool:
    """Whether the lines before an offset hold an error that nothing written later can mend."""
    start = source.line_start(source.position(end).line)
    return not begins_program(Program(source.language, source.text[:start]))


def blank(source: Source, piece: tuple[int, int]) -> Source:
    """Return the source with a piece replaced by spaces, line ends and offsets kept.

    In Python a `0` stands first, so that a block keeps a statement.
    """
    start, end = piece
    empty = re.sub(r"[^\r\n]", " ", source.text[start:end])
    if source.language == "python" and empty.startswith(" "):
        empty = "0" + empty[1:]
    return source.insert(start, end, empty)


def _java(source: Source) -> Recovery:
    found = java_errors.errors(source)
    if not found:
        return Recovery(source=source)
    current, blanked = source, list[tuple[int, int]]()
    for error in found:
        piece = _member(source, error.start)
        if piece is None:
            break
        blanked.append(piece)
        current = blank(current, piece)
    # Without its partner a brace pairs with another's: what parses then is not what was written.
    parses = java_errors.balanced(source) and not parse(current).root_node.has_error
    return Recovery(
        source=current,
        errors=tuple(SyntaxFault(message=e.message, start=e.start, end=e.end) for e in found),
        blanked=tuple(blanked),
        recovered=parses,
    )


def _member(source: Source, at: int) -> tuple[int, int] | None:
    """Return the offsets of the innermost member of a class around an error."""
    byte = source.offset_to_byte(at)
    node: tree_sitter.Node | None = parse(source).root_node.descendant_for_byte_range(byte, byte)
    while node is not None:
        if node.parent is not None and node.parent.type in java_errors.BODIES:
            return source.byte_to_offset(node.start_byte), source.byte_to_offset(node.end_byte)
        node = node.parent
    return None
