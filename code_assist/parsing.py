"""tree-sitter trees of sources, and the places where a tree shows that its text is broken.

Trees are only ever read. Rows and columns of tree-sitter are not used (it counts LF alone);
offsets are.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

import tree_sitter

from . import languages
from .source import Source


@lru_cache(maxsize=16)
def parse(source: Source) -> tree_sitter.Tree:
    """Return the tree of a source; the last few are kept."""
    parser = tree_sitter.Parser(languages.grammar(source.language))
    return parser.parse(source.text.encode())


@dataclass(frozen=True, slots=True, kw_only=True)
class Fault:
    """An ERROR node, or a MISSING one (`missing` names the token), by code-point offsets."""

    start: int
    end: int
    missing: str = ""


def faults(source: Source) -> tuple[Fault, ...]:
    """Return the outermost ERROR nodes and all MISSING nodes of a source, in order."""
    root = parse(source).root_node
    return tuple(
        Fault(
            start=source.byte_to_offset(node.start_byte),
            end=source.byte_to_offset(node.end_byte),
            missing=node.type if node.is_missing else "",
        )
        for node in _broken(root)
    )


def _broken(root: tree_sitter.Node) -> Iterator[tree_sitter.Node]:
    stack = [root]
    while stack:
        node = stack.pop()
        if node.is_error or node.is_missing:
            yield node
        elif node.has_error:
            stack.extend(reversed(node.children))


def walk(root: tree_sitter.Node) -> Iterator[tree_sitter.Node]:
    """Yield a node and everything below it, parents first, in the order of the text."""
    stack = [root]
    while stack:
        node = stack.pop()
        yield node
        stack.extend(reversed(node.children))


def enclosing(source: Source, offset: int) -> tuple[tree_sitter.Node, ...]:
    """Return the nodes around an offset, outermost first."""
    byte = source.offset_to_byte(offset)
    node: tree_sitter.Node | None = parse(source).root_node.descendant_for_byte_range(byte, byte)
    chain: list[tree_sitter.Node] = []
    while node is not None:
        chain.append(node)
        node = node.parent
    return tuple(reversed(chain))
