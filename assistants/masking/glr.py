"""A recogniser for viable prefixes: all LR stacks at once, in one shared graph.

A set of heads stands for every parse of the text so far; it is empty exactly where no continuation
can make the text a sentence. Nodes are immutable and shared: equal stacks are the same object, so
that heads can be kept, forked, compared and used as cache keys at no cost.

Method: Tomita, "Efficient Parsing for Natural Language", 1985; without empty productions the
known traps of hidden left recursion cannot occur.
"""

from typing import TypeAlias

from .lalr import Tables


class Node:
    """One LR state and the nodes that may lie beneath it."""

    __slots__ = ("parents", "state")

    def __init__(self, state: int, parents: "tuple[Node, ...]") -> None:
        self.state = state
        self.parents = parents


Heads: TypeAlias = tuple[Node, ...]


class Recogniser:
    """Steps over terminals; remembers what it has worked out. Safe to share between threads.

    The memory only ever saves time: an entry that two threads compute at once is computed twice.
    """

    _MEMORY = 200_000

    def __init__(self, tables: Tables) -> None:
        self.tables = tables
        self.start: Heads = (Node(0, ()),)
        self._nodes: dict[tuple[int, tuple[int, ...]], Node] = {}
        self._steps: dict[tuple[Heads, int], Heads] = {}

    def step(self, heads: Heads, terminal: int) -> Heads:
        """Return the heads after one terminal; empty where it cannot follow."""
        key = (heads, terminal)
        found = self._steps.get(key)
        if found is None:
            if len(self._steps) > self._MEMORY:
                self._steps.clear()
                self._nodes.clear()
            found = self._steps[key] = self._shift(heads, terminal)
        return found

    def union(self, first: Heads, second: Heads) -> Heads:
        """Return heads that stand for the parses of both."""
        if not first or first == second:
            return second
        if not second:
            return first
        by_state: dict[int, list[Node]] = {}
        for node in (*first, *second):
            by_state.setdefault(node.state, []).append(node)
        return self._freeze(
            {
                state: list(dict.fromkeys(parent for node in nodes for parent in node.parents))
                for state, nodes in by_state.items()
            }
        )

    def _shift(self, heads: Heads, terminal: int) -> Heads:
        actions, gotos = self.tables.actions, self.tables.gotos
        reduced: dict[int, list[Node]] = {}
        shifted: dict[int, list[tuple[int, Node | None]]] = {}
        work: list[tuple[int, tuple[Node, ...], Node | None]] = [
            (head.state, head.parents, head) for head in heads
        ]
        while work:
            state, parents, head = work.pop()
            action = actions[state].get(terminal)
            if action is None:
                continue
            target, reductions = action
            if target >= 0 and (state, head) not in shifted.setdefault(target, []):
                shifted[target].append((state, head))
            for count, symbol in reductions:
                for base in _below(parents, count - 1):
                    after = gotos[base.state].get(symbol)
                    if after is None:
                        continue
                    known = reduced.setdefault(after, [])
                    if base not in known:
                        known.append(base)
                        work.append((after, (base,), None))
        inner = {state: self._node(state, parents) for state, parents in reduced.items()}
        return self._freeze(
            {
                target: list(dict.fromkeys(head or inner[state] for state, head in sources))
                for target, sources in shifted.items()
            }
        )

    def _node(self, state: int, parents: list[Node]) -> Node:
        key = (state, tuple(sorted(map(id, parents))))
        node = self._nodes.get(key)
        if node is None:
            node = self._nodes[key] = Node(state, tuple(parents))
        return node

    def _freeze(self, nodes: dict[int, list[Node]]) -> Heads:
        return tuple(self._node(state, parents) for state, parents in sorted(nodes.items()))


def _below(parents: tuple[Node, ...], depth: int) -> tuple[Node, ...]:
    """Return the nodes `depth` links below the given ones."""
    level = parents
    for _ in range(depth):
        level = tuple(dict.fromkeys(node for above in level for node in above.parents))
    return level
