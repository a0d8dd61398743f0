"""A recogniser for viable prefixes: all LR stacks at once, in one shared graph.

`Heads` stand for every parse of the text so far; where no continuation can make the text a
sentence there are none. They are immutable and shared: equal stacks are the same object, so that
heads can be kept, forked, compared and used as cache keys at no cost.

What heads can reduce to is worked out once, for all terminals together: each reduction carries the
set of terminals (a bit each) under which it happens. Which terminals can follow, and the heads
after one of them, are then read off.

Method: Tomita, "Efficient Parsing for Natural Language", 1985; without empty productions the
known traps of hidden left recursion cannot occur.
"""

from collections.abc import Iterable, Sequence
from typing import TypeAlias

from .lalr import Rest, Tables

Way: TypeAlias = tuple[int, int]
"""How many terminals a sentence still lacks, and the first of them; -1 if it lacks none."""


class Node:
    """One LR state and the nodes that may lie beneath it."""

    __slots__ = ("behind", "parents", "state", "way")

    def __init__(self, state: int, parents: "tuple[Node, ...]") -> None:
        self.state = state
        self.parents = parents
        self.way: Way | None = None
        self.behind: dict[int, Way] | None = None
        """By non-terminal, the way from where it has been put on top of this node."""


_NO_WAY: Way = (1 << 30, -1)


class Chain:
    """What lies above one node after a reduction to one state, and reductions of a single symbol.

    `states` are these states with the terminals before which they come. `shiftable` has a bit for
    each terminal that one of them shifts when it stands before it; `reductions` are the ones that
    reach deeper, as in `Tables`.
    """

    __slots__ = ("reductions", "shiftable", "states")

    def __init__(self) -> None:
        self.shiftable = 0
        self.states: list[tuple[int, int]] = []
        self.reductions: list[tuple[int, int, int]] = []


class Heads:
    """The tops of all stacks; made by a `Recogniser` alone.

    `viable` has the bit of each terminal that can follow. `reduced` holds where reductions lead: a
    node, what comes to lie above it, and before which terminals; None where that is not known yet.
    """

    __slots__ = ("nodes", "reduced", "steps", "viable")

    def __init__(self, nodes: tuple[Node, ...]) -> None:
        self.nodes = nodes
        self.reduced: tuple[tuple[Node, Chain, int], ...] | None = None
        self.steps: dict[int, Heads] = {}
        self.viable = 0


class Recogniser:
    """Steps over terminals; remembers what it has worked out. Safe to share between threads.

    The memory only ever saves time: an entry that two threads compute at once is computed twice.
    """

    _MEMORY = 30_000

    def __init__(self, tables: Tables) -> None:
        self.tables = tables
        self.start = Heads((Node(0, ()),))
        self._nodes: dict[tuple[int, tuple[int, ...]], Node] = {}
        self._heads: dict[tuple[Node, ...], Heads] = {}
        self._chains: dict[tuple[int, int], Chain] = {}
        self._shifts, self._reductions = tables.shifts, tables.reductions
        self._shiftable = [sum(1 << terminal for terminal in row) for row in self._shifts]
        everywhere: dict[int, dict[int, None]] = {}
        for row in tables.gotos:
            for symbol, target in row.items():
                everywhere.setdefault(symbol, {})[target] = None
        rows = [{symbol: (target,) for symbol, target in row.items()} for row in tables.gotos]
        self._gotos = [*rows, {symbol: tuple(targets) for symbol, targets in everywhere.items()}]

    def anywhere(self) -> Heads:
        """Return heads that stand for every stack: what they refuse can follow no text at all.

        Their bottom lies under itself, and goes to wherever some state goes: after Rekers and
        Koorn, "Substring parsing for arbitrary context-free grammars", 1991.
        """
        bottom = Node(len(self.tables.gotos), ())
        bottom.parents = (bottom,)
        return Heads(tuple(Node(state, (bottom,)) for state in range(1, len(self.tables.gotos))))

    def viable(self, heads: Heads) -> int:
        """Return the set of terminals that can follow, a bit each."""
        if heads.reduced is None:
            self._reduce(heads)
        return heads.viable

    def step(self, heads: Heads, terminal: int) -> Heads | None:
        """Return the heads after one terminal, or None where it cannot follow."""
        found = heads.steps.get(terminal)
        if found is None:
            if not self.viable(heads) >> terminal & 1:
                return None
            found = heads.steps[terminal] = self._shift(heads, terminal)
        return found

    def finishing(self, heads: Heads) -> dict[int, bool]:
        """Return the terminals that go on with something begun, as in `Tables.finishing`."""
        found: dict[int, bool] = {}
        viable = self.viable(heads)
        states = [(head.state, viable) for head in heads.nodes]
        for _, chain, possible in heads.reduced or ():
            states += [(at, possible & mask) for at, mask in chain.states]
        for state, possible in states:
            for terminal, needed in self.tables.finishing[state].items():
                if possible >> terminal & 1:
                    found[terminal] = found.get(terminal, False) or needed
        return found

    def way(self, heads: Heads) -> Way:
        """Return the way to the nearest sentence, as far as stacks tell.

        A way from terminal to terminal as in Roehrich, "Methods for the automatic construction of
        error correcting parsers", 1980, but the shortest. What look-ahead forbids is not known
        here, so that it is an estimate from below, and its first terminal a proposal.
        """
        return min(node.way or self._way(node) for node in heads.nodes)

    def _way(self, top: Node) -> Way:
        """Return the way from one node; worked out from the bottom, where stacks agree."""
        work = [top]
        while work:
            node = work[-1]
            lower = [parent for parent in node.parents if parent.way is None]
            if not lower:
                work.pop()
                node.way = self._shortest(node.state, node.parents)
            work += lower
        return top.way or _NO_WAY

    def _shortest(self, state: int, parents: tuple[Node, ...]) -> Way:
        """Return the shortest way from a state above some nodes."""
        return min(self._through(rest, parents) for rest in self.tables.rests[state])

    def _through(self, rest: Rest, parents: tuple[Node, ...]) -> Way:
        """Return the way that begins with the rest of one production."""
        if rest.left < 0:
            return rest.length, rest.first
        bases = _below(parents, rest.depth - 1) if rest.depth else ()
        length, first = min((self._behind(base, rest.left) for base in bases), default=_NO_WAY)
        return rest.length + length, rest.first if rest.length else first

    def _behind(self, base: Node, symbol: int) -> Way:
        """Return the way from where a non-terminal has been put on a node.

        Those that it may become part of there are worked out with it, until none gets shorter.
        """
        known = base.behind
        if known is None:
            known = base.behind = {}
        if symbol in known:
            return known[symbol]
        ways: dict[int, Way] = {symbol: _NO_WAY}
        upwards: list[tuple[int, Rest]] = []
        for at in (order := [symbol]):
            for target in self._gotos[base.state].get(at, ()):
                for rest in self.tables.rests[target]:
                    if rest.depth == 1 and rest.left >= 0:
                        upwards.append((at, rest))
                        if rest.left not in ways:
                            ways[rest.left] = known.get(rest.left, _NO_WAY)
                            order += [rest.left] if rest.left not in known else []
                    else:
                        ways[at] = min(ways[at], self._through(rest, (base,)))
        changed = True
        while changed:
            changed = False
            for at, rest in upwards:
                length, first = ways[rest.left]
                way = rest.length + length, rest.first if rest.length else first
                if way < ways[at]:
                    ways[at], changed = way, True
        known.update(ways)
        return ways[symbol]

    def union(self, first: Heads | None, second: Heads | None) -> Heads | None:
        """Return heads that stand for the parses of both."""
        if not first or first is second:
            return second
        if not second:
            return first
        by_state: dict[int, list[Node]] = {}
        for node in (*first.nodes, *second.nodes):
            by_state.setdefault(node.state, []).append(node)
        return self._freeze(
            {
                state: list(dict.fromkeys(parent for node in nodes for parent in node.parents))
                for state, nodes in by_state.items()
            }
        )

    def _reduce(self, heads: Heads) -> None:
        """Work out every reduction that some terminal brings about."""
        gotos = self._gotos
        viable = 0
        reached: dict[tuple[int, Node], int] = {}
        work: list[tuple[Sequence[tuple[int, int, int]], tuple[Node, ...], int]] = []
        for head in heads.nodes:
            viable |= self._shiftable[head.state]
            work.append((self._reductions[head.state], head.parents, -1))
        while work:
            reductions, parents, terminals = work.pop()
            for depth, symbol, ahead in reductions:
                common = terminals & ahead
                if not common:
                    continue
                for base in _below(parents, depth):
                    for after in gotos[base.state].get(symbol, ()):
                        known = reached.get((after, base), 0)
                        if common & ~known:
                            reached[after, base] = known | common
                            chain = self._chain(after, base.state)
                            if chain.reductions:
                                work.append((chain.reductions, (base,), common & ~known))
        found: list[tuple[Node, Chain, int]] = []
        for (state, base), terminals in reached.items():
            chain = self._chain(state, base.state)
            possible = terminals & chain.shiftable
            if possible:
                viable |= possible
                found.append((base, chain, possible))
        heads.viable = viable
        heads.reduced = tuple(found)

    def _chain(self, state: int, below: int) -> Chain:
        """Return what a reduction to `state` above the state `below` comes to; kept for good."""
        chain = self._chains.get((state, below))
        if chain is not None:
            return chain
        chain, gotos = Chain(), self._gotos[below]
        masks, work = {state: -1}, [(state, -1)]
        while work:
            at, terminals = work.pop()
            for depth, symbol, ahead in self._reductions[at]:
                for after in gotos.get(symbol, ()) if depth == 0 else ():
                    new = terminals & ahead & ~masks.get(after, 0)
                    if new:
                        masks[after] = masks.get(after, 0) | new
                        work.append((after, new))
        for at, terminals in masks.items():
            chain.states.append((at, terminals))
            chain.shiftable |= terminals & self._shiftable[at]
            chain.reductions += [
                (depth, symbol, terminals & ahead)
                for depth, symbol, ahead in self._reductions[at]
                if depth and terminals & ahead
            ]
        self._chains[state, below] = chain
        return chain

    def _shift(self, heads: Heads, terminal: int) -> Heads:
        below: dict[int, list[Node]] = {}
        for head in heads.nodes:
            target = self._shifts[head.state].get(terminal)
            if target is not None:
                below.setdefault(target, []).append(head)
        inner: dict[tuple[int, int], list[Node]] = {}
        for base, chain, possible in heads.reduced or ():
            if possible >> terminal & 1:
                for at, mask in chain.states:
                    target = self._shifts[at].get(terminal) if mask >> terminal & 1 else None
                    if target is not None:
                        inner.setdefault((at, target), []).append(base)
        for (state, target), bases in inner.items():
            below.setdefault(target, []).append(self._node(state, dict.fromkeys(bases)))
        return self._freeze(below)

    def _node(self, state: int, parents: Iterable[Node]) -> Node:
        kept = tuple(parents)
        key = (state, tuple(sorted(map(id, kept))))
        node = self._nodes.get(key)
        if node is None:
            node = self._nodes[key] = Node(state, kept)
        return node

    def _freeze(self, nodes: dict[int, list[Node]]) -> Heads:
        """Return the heads with these states and the nodes beneath each."""
        if len(self._heads) > self._MEMORY or len(self._nodes) > self._MEMORY:
            self._forget()
        tops = tuple(
            self._node(state, dict.fromkeys(parents)) for state, parents in sorted(nodes.items())
        )
        found = self._heads.get(tops)
        if found is None:
            found = self._heads[tops] = Heads(tops)
        return found

    def _forget(self) -> None:
        """Drop the memory; heads in use stay as they are and are worked out anew when needed."""
        known = [self.start, *self._heads.values()]
        self._heads.clear()
        self._nodes.clear()
        for heads in known:
            heads.steps.clear()


def _below(parents: tuple[Node, ...], depth: int) -> tuple[Node, ...]:
    """Return the nodes `depth` links below the given ones."""
    level = parents
    for _ in range(depth):
        if len(level) == 1:
            level = level[0].parents
        else:
            level = tuple(dict.fromkeys(node for above in level for node in above.parents))
    return level
