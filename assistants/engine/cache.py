"""The prefix cache: keys and values of sequences that were run before, in a trie.

A path of the trie is a sequence of keys (token ids), and each node holds a run of them with its
block of keys and values. Requests of all threads share it: one takes the blocks of the longest
path that its prompt begins with, and adds what it had to run itself. Two sequences that part share
all nodes up to there, so a fork costs what it adds. Whole nodes that were used longest ago give
way once the blocks exceed a number of bytes (a radix tree as in SGLang's RadixAttention,
arXiv 2312.07104).
"""

import threading
from collections import OrderedDict
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

Block: TypeAlias = NDArray[np.floating[Any]]
"""Keys and values [2 · layers, kv_heads, tokens, head_size]."""


@dataclass(slots=True, eq=False)
class _Node:
    keys: tuple[int, ...]
    block: Block
    parent: "_Node | None"
    children: dict[int, "_Node"] = field(default_factory=dict[int, "_Node"])


class PrefixCache:
    """Blocks of at most `capacity` bytes. Safe to share between threads."""

    def __init__(self, capacity: int) -> None:
        self._capacity = capacity
        self._root = _Node((), np.zeros((0, 0, 0, 0), dtype=np.float32), None)
        # Least recently used first. A path is touched from its end to its beginning, so a node
        # always stands behind all of its descendants: the first one is a leaf.
        self._order: OrderedDict[_Node, None] = OrderedDict()
        self._bytes = 0
        self._lock = threading.Lock()

    @property
    def bytes(self) -> int:
        """How much the blocks hold."""
        return self._bytes

    def lookup(self, keys: Sequence[int]) -> tuple[int, list[Block]]:
        """Return how many leading keys are held, and their blocks in order (not to be written)."""
        with self._lock:
            path, shared = self._walk(keys)
            self._touch(path[-1])
            blocks = [node.block for node in path[1:]]
            held = sum(len(node.keys) for node in path[1:-1])
            if blocks:
                blocks[-1] = blocks[-1][:, :, : shared - held]
            return shared, blocks

    def insert(self, keys: Sequence[int], read: Callable[[int, int], Block]) -> None:
        """Hold a sequence; `read(start, stop)` copies the block of a part that is not held yet."""
        with self._lock:
            path, shared = self._walk(keys)
            node = path[-1]
            if shared < len(keys):
                node = self._split(node, shared - sum(len(above.keys) for above in path[:-1]))
                block = read(shared, len(keys))
                child = _Node(tuple(keys[shared:]), block, node)
                node.children[child.keys[0]] = child
                self._bytes += block.nbytes
                node = child
            self._touch(node)
            self._give_way()

    def resize(self, capacity: int) -> None:
        """Hold at most so many bytes from now on."""
        with self._lock:
            self._capacity = capacity
            self._give_way()

    def trim(self, keys: Sequence[int]) -> None:
        """Drop the sequences that begin with these keys, from the node on in which they end."""
        with self._lock:
            path, shared = self._walk(keys)
            if shared < len(keys) or not keys:
                return
            found = [path[-1]]
            for node in found:
                found.extend(node.children.values())
            for node in reversed(found):
                self._remove(node)

    def _give_way(self) -> None:
        while self._bytes > self._capacity and self._order:
            self._remove(next(iter(self._order)))

    def _walk(self, keys: Sequence[int]) -> tuple[list[_Node], int]:
        """Return the nodes from the root to the last that shares a key, and the shared length."""
        path, shared = [self._root], 0
        while shared < len(keys):
            child = path[-1].children.get(keys[shared])
            if child is None:
                break
            path.append(child)
            part = common_prefix(child.keys, keys[shared : shared + len(child.keys)])
            shared += part
            if part < len(child.keys):
                break
        return path, shared

    def _split(self, node: _Node, at: int) -> _Node:
        """Return a node that ends after its first `at` keys, the rest of it below."""
        if at == len(node.keys):
            return node
        assert node.parent is not None  # noqa: S101 - the root has no keys to split
        above = _Node(node.keys[:at], node.block[:, :, :at].copy(), node.parent)
        node.parent.children[above.keys[0]] = above
        # Copies: a view would keep the whole block in memory after one half has given way.
        node.keys, node.block, node.parent = node.keys[at:], node.block[:, :, at:].copy(), above
        above.children[node.keys[0]] = node
        return above

    def _touch(self, node: _Node) -> None:
        while node.parent is not None:
            self._order[node] = None
            self._order.move_to_end(node)
            node = node.parent

    def _remove(self, node: _Node) -> None:
        assert node.parent is not None  # noqa: S101 - the root is in no order
        del node.parent.children[node.keys[0]]
        del self._order[node]
        self._bytes -= node.block.nbytes


def common_prefix(one: Sequence[int], other: Sequence[int]) -> int:
    """Return how many leading tokens two sequences share."""
    for index, (left, right) in enumerate(zip(one, other, strict=False)):
        if left != right:
            return index
    return min(len(one), len(other))
