"""Imports of a Java file that nothing in it mentions.

A mention in a comment counts: documentation links by simple names. Imports on demand are left
alone.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import tree_sitter

from .parsing import parse
from .source import Source


@dataclass(frozen=True, slots=True, kw_only=True)
class UnusedImport:
    """An import that is not needed: what it names, and the code points of that name."""

    name: str
    start: int
    end: int


def unused_imports(source: Source) -> Iterator[UnusedImport]:
    """Yield the imports whose simple name does not occur above or below the imports."""
    declared = [one for one in parse(source).root_node.children if one.type == "import_declaration"]
    if not declared:
        return
    above = source.text[: source.byte_to_offset(declared[0].start_byte)]
    rest = above + source.text[source.byte_to_offset(declared[-1].end_byte) :]
    for one in declared:
        path = _path(one)
        if path is not None and not _mentions(rest, _text(path).rpartition(".")[2]):
            start, end = (source.byte_to_offset(at) for at in (path.start_byte, path.end_byte))
            yield UnusedImport(name=_text(path), start=start, end=end)


def _path(declaration: tree_sitter.Node) -> tree_sitter.Node | None:
    """Return what an import names; None for an import on demand."""
    kinds = {child.type: child for child in declaration.children}
    return None if "asterisk" in kinds else kinds.get("scoped_identifier")


def _text(node: tree_sitter.Node) -> str:
    return (node.text or b"").decode()


def _mentions(text: str, name: str) -> bool:
    """Whether a name occurs in a text as a word."""
    at = text.find(name)
    while at >= 0:
        around = text[max(at - 1, 0) : at] + text[at + len(name) : at + len(name) + 1]
        if not any(one.isalnum() or one in "_$" for one in around):
            return True
        at = text.find(name, at + 1)
    return False
