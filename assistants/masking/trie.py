"""A vocabulary as a trie whose edges carry several bytes."""

from collections.abc import Sequence
from typing import TypeAlias

Part: TypeAlias = "tuple[bytes, Branch]"
"""A branch and the bytes that lead to it."""


class Branch:
    """Tokens that begin alike: those that end here, and longer ones below.

    `count` is the number of tokens here and below. Compared by identity.
    """

    __slots__ = ("count", "edges", "tokens")

    def __init__(self, tokens: tuple[int, ...], edges: tuple[Part, ...]) -> None:
        """Take the tokens that end here, and edges that differ in their first byte."""
        self.tokens = tokens
        self.edges = edges
        self.count = len(tokens) + sum(below.count for _, below in edges)


def rooted(items: Sequence[tuple[bytes, int]]) -> Branch:
    """Return the root over tokens in the order of their bytes."""
    return _branch(items, 0, len(items), 0)


def _branch(items: Sequence[tuple[bytes, int]], start: int, end: int, depth: int) -> Branch:
    """Build over the items from `start` to `end`, which agree in their first `depth` bytes."""
    at = start
    while at < end and len(items[at][0]) == depth:
        at += 1
    tokens = tuple(token for _, token in items[start:at])
    edges: list[Part] = []
    while at < end:
        text, upto = items[at][0], at
        while upto < end and items[upto][0][depth] == text[depth]:
            upto += 1
        common = depth + _shared(text[depth:], items[upto - 1][0][depth:])
        edges.append((text[depth:common], _branch(items, at, upto, common)))
        at = upto
    return Branch(tokens, tuple(edges))


def merged(parts: tuple[Part, ...], known: dict[tuple[Part, ...], Branch]) -> Branch:
    """Return all tokens of some branches as one; what is merged twice is the same object."""
    if len(parts) == 1 and not parts[0][0]:
        return parts[0][1]
    found = known.get(parts)
    if found is None:
        tokens: list[int] = []
        groups: dict[int, list[Part]] = {}
        for before, branch in parts:
            if not before:
                tokens.extend(branch.tokens)
            for label, below in ((before, branch),) if before else branch.edges:
                groups.setdefault(label[0], []).append((label, below))
        edges = (_edge(group, known) for _, group in sorted(groups.items()))
        found = known[parts] = Branch(tuple(tokens), tuple(edges))
    return found


def _edge(group: list[Part], known: dict[tuple[Part, ...], Branch]) -> Part:
    """Return one edge for several that begin with the same byte."""
    first = group[0][0]
    if len(group) == 1:
        return group[0]
    common = min(_shared(first, label) for label, _ in group)
    return first[:common], merged(tuple((label[common:], below) for label, below in group), known)


def _shared(first: bytes, second: bytes) -> int:
    """Return how many leading bytes agree."""
    for index, (one, other) in enumerate(zip(first, second, strict=False)):
        if one != other:
            return index
    return min(len(first), len(second))
