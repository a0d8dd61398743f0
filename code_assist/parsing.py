"""tree-sitter trees of sources, and the places where a tree shows that its text is broken.

Trees are only ever read. Rows and columns of tree-sitter are not used (it counts LF alone);
offsets are.
"""

import threading
from collections import OrderedDict
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache

import tree_sitter

from . import languages
from .alike import common_prefix, common_suffix
from .source import Source


def parse(source: Source) -> tree_sitter.Tree:
    """Return the tree of a source; the last few are kept.

    A text like the one before is parsed from that one's tree. What comes out broken is parsed from
    the start, because how tree-sitter recovers depends on where it began.
    """
    return _trees(source.language).of(source.text)


def is_broken(source: Source) -> bool:
    """Whether a text does not parse; that costs what an edit touches, the tree of it does not."""
    return _trees(source.language).broken(source.text)


class _Trees:
    """The trees of the last texts of one language."""

    _LEAST, _MOST = 4, 800_000
    """Trees that are kept in any case, and characters of texts up to which more are: a tree holds
    some 15 bytes a character where nothing is shared with the one before."""

    def __init__(self, language: str) -> None:
        self._grammar = languages.grammar(language)
        self._lock = threading.Lock()
        self._known: OrderedDict[str, tuple[bytes, tree_sitter.Tree]] = OrderedDict()
        self._weight = 0

    def of(self, text: str) -> tree_sitter.Tree:
        """Return the tree of a text."""
        known = self._kept(text)
        if known is not None:
            return known
        data = text.encode()
        tree = self._from_last(data)
        if tree is None or tree.root_node.has_error:
            tree = tree_sitter.Parser(self._grammar).parse(data)
        self._keep(text, data, tree)
        return tree

    def broken(self, text: str) -> bool:
        """Whether the tree of a text shows an error."""
        known = self._kept(text)
        if known is not None:
            return known.root_node.has_error
        data = text.encode()
        tree = self._from_last(data)
        if tree is None:
            return self.of(text).root_node.has_error
        if not tree.root_node.has_error:
            self._keep(text, data, tree)
        return tree.root_node.has_error

    def _kept(self, text: str) -> tree_sitter.Tree | None:
        with self._lock:
            if text not in self._known:
                return None
            self._known.move_to_end(text)
            return self._known[text][1]

    def _keep(self, text: str, data: bytes, tree: tree_sitter.Tree) -> None:
        with self._lock:
            self._weight += len(text) * (text not in self._known)
            self._known[text] = (data, tree)
            while self._weight > self._MOST and len(self._known) > self._LEAST:
                self._weight -= len(self._known.popitem(last=False)[0])

    def _from_last(self, data: bytes) -> tree_sitter.Tree | None:
        """Parse a text from the tree of the last one that was whole."""
        with self._lock:
            trees = list(reversed(self._known.values()))
        near = next((one for one in trees if not one[1].root_node.has_error), None)
        return self._from(near, data) if near is not None and data else None

    def _from(self, near: tuple[bytes, tree_sitter.Tree], data: bytes) -> tree_sitter.Tree | None:
        """Parse a text from the tree of another, where most of them is the same."""
        before, known = near
        start = common_prefix(before, data)
        same = common_suffix(before[start:], data[start:])
        if start + same < len(data) // 2:
            return None
        old, new = len(before) - same, len(data) - same
        tree = known.copy()
        tree.edit(
            start_byte=start, old_end_byte=old, new_end_byte=new,
            start_point=_point(before, start), old_end_point=_point(before, old),
            new_end_point=_point(data, new),
        )  # fmt: skip
        return tree_sitter.Parser(self._grammar).parse(data, tree)


@cache
def _trees(language: str) -> _Trees:
    return _Trees(language)


def _point(data: bytes, at: int) -> tuple[int, int]:
    line = data.rfind(b"\n", 0, at) + 1
    return data.count(b"\n", 0, at), at - line


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
