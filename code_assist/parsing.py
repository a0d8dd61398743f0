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
    return _parser(source).parse(source.text.encode())


def reparse(source: Source, before: Source, start: int, end: int) -> tree_sitter.Tree:
    """Return the tree of `source`, reusing what is unchanged in the tree of `before`.

    `source` is `before` with its code points from `start` to `end` replaced.
    """
    tree = parse(before).copy()
    new_end = end + len(source.text) - len(before.text)
    tree.edit(
        start_byte=before.offset_to_byte(start),
        old_end_byte=before.offset_to_byte(end),
        new_end_byte=source.offset_to_byte(new_end),
        start_point=_point(before, start),
        old_end_point=_point(before, end),
        new_end_point=_point(source, new_end),
    )
    return _parser(source).parse(source.text.encode(), tree)


def _parser(source: Source) -> tree_sitter.Parser:
    return tree_sitter.Parser(languages.grammar(source.language))


def _point(source: Source, offset: int) -> tuple[int, int]:
    """Return tree-sitter's own row (LF alone) and column (bytes)."""
    row = source.text.count("\n", 0, offset)
    line_start = source.text.rfind("\n", 0, offset) + 1
    return row, source.offset_to_byte(offset) - source.offset_to_byte(line_start)


@dataclass(frozen=True, slots=True, kw_only=True)
class Fault:
    """An ERROR node, or a MISSING one (`missing` names the token), by code-point offsets."""

    start: int
    end: int
    missing: str = ""


def faults(source: Source, tree: tree_sitter.Tree | None = None) -> tuple[Fault, ...]:
    """Return the outermost ERROR nodes and all MISSING nodes of a source, in order."""
    root = (tree or parse(source)).root_node
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
