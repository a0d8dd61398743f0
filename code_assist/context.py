"""What the model is shown of a file: the text around the cursor, within a budget of tokens.

A file that fits is shown whole. Of a longer one the model sees its imports, the headers of the
scopes around the cursor, as many whole lines before the cursor as fit, and the lines after it.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import tree_sitter

from . import languages
from .parsing import enclosing, parse
from .source import Source, without_line

CHARACTERS_PER_TOKEN = 2.5
"""Cautious: code takes about 3.3 characters a token with an 8k vocabulary, symbols fewer."""
MOST_TOKENS = 8192
"""More of a file is not shown, however long a model's context is."""
_SUFFIX_SHARE = 0.25
_IMPORT_SHARE = 0.2


@dataclass(frozen=True, slots=True, kw_only=True)
class Context:
    """What stands before and after the cursor, as far as the model is shown it."""

    prefix: str
    suffix: str


def room_for(context_length: int, max_tokens: int) -> int:
    """Return the tokens of context where a model may write so many."""
    return min(context_length - max_tokens - 32, MOST_TOKENS)


def around(source: Source, offset: int, *, tokens: int) -> Context:
    """Return the context of an offset within about this many tokens."""
    budget = max(int(tokens * CHARACTERS_PER_TOKEN), 64)
    before, after = source.text[:offset], source.text[offset:]
    if len(before) + len(after) <= budget:
        return Context(prefix=before, suffix=after)
    room_after = max(int(budget * _SUFFIX_SHARE), budget - len(before))
    suffix = _head(after, room_after)
    return Context(prefix=_prefix(source, offset, budget - len(suffix)), suffix=suffix)


def _head(text: str, room: int) -> str:
    """Return whole lines from the start of a text; at least the rest of the first, cut to fit."""
    if len(text) <= room:
        return text
    cut = text.rfind("\n", 0, room) + 1
    return text[: cut or room]


def _prefix(source: Source, offset: int, room: int) -> str:
    before = source.text[:offset]
    if len(before) <= room:
        return before
    headers = "".join(_headers(source, offset))
    imports = _head(_imports(source, offset), int(room * _IMPORT_SHARE))
    headers = headers if len(imports) + len(headers) < room // 2 else ""
    start = offset - (room - len(imports) - len(headers))
    line_end = before.find("\n", start)
    start = line_end + 1 if 0 <= line_end < offset - 1 else start
    kept = before[start:]
    return imports + (headers if headers not in kept else "") + kept


def _imports(source: Source, offset: int) -> str:
    wanted = languages.by_name(source.language).imports
    rest = without_line(source, offset)
    root = parse(rest).root_node
    byte = rest.offset_to_byte(source.line_start(source.position(offset).line))
    found = (n for n in root.children if n.type in wanted and n.end_byte <= byte)
    return "".join(f"{_text(node)}\n" for node in found)


def _headers(source: Source, offset: int) -> Iterator[str]:
    """Yield the first lines (`class A(B):`, `int f(int x) {`) of the scopes around an offset."""
    scopes = languages.by_name(source.language).scopes
    line = source.line(source.position(offset).line)
    indent = len(line) - len(line.lstrip())
    rest = without_line(source, offset)  # it mostly parses, and stays the same while one types
    at = min(offset, source.line_start(source.position(offset).line) + indent)
    # A Python scope's node ends at its last token, so look there and judge by indentation.
    last = max(len(source.text[:at].rstrip()) - 1, 0)
    for node in enclosing(rest, last if source.language == "python" else at):
        if node.type not in scopes:
            continue
        column = rest.position(rest.byte_to_offset(node.start_byte)).column
        if source.language == "python" and column >= max(indent, 1):
            continue
        body = node.child_by_field_name("body")
        start, end = rest.byte_to_offset(node.start_byte), at
        if body is not None:
            end = min(end, rest.byte_to_offset(body.start_byte))
        line_start = rest.text.rfind("\n", 0, start) + 1
        opener = " {\n" if source.language == "java" else "\n"
        yield rest.text[line_start:end].rstrip() + opener


def _text(node: tree_sitter.Node) -> str:
    return (node.text or b"").decode()
