"""Grammars written as text, compiled to LALR(1) tables that keep every conflict.

The tables drive a generalised parser (`glr`), so that a grammar may be ambiguous and is written as
the language's own documentation writes it. Optional parts are expanded while reading, so that no
production is empty: a reduction then always pops at least one symbol, and a stack never loops.

Notation, one rule a line (continued on indented lines): `name: a 'b' (c | d)* e?`. A quoted word or
a NAME in capitals is a terminal. `{3.12}` before an alternative keeps it from older versions.

Look-ahead sets: DeRemer and Pennello, "Efficient computation of LALR(1) look-ahead sets", 1982.
"""

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from itertools import product
from typing import NamedTuple, TypeAlias

Production: TypeAlias = tuple[str, tuple[str, ...]]
Item: TypeAlias = tuple[int, int]
"""A production's number and the place of the dot in it."""
Transition: TypeAlias = tuple[int, str]
Row: TypeAlias = Mapping[int, tuple[int, tuple[tuple[int, int], ...]]]
"""What a state does before each terminal: see `Tables`."""


class Rest(NamedTuple):
    """What is missing of a production: the fewest terminals, the first of them (-1 for none).

    `depth` symbols of it stand on the stack, and `left` (-1 for the start) is what they become.
    """

    length: int
    first: int
    depth: int
    left: int


_WORD = re.compile(r"\s*('[^']+'|[A-Za-z_]\w*|\{[\d.]+\}|[()|?*+])")
END = "END"


@dataclass(frozen=True, slots=True)
class Tables:
    """What a generalised LR parser needs.

    `actions[state][terminal]` is the state that a shift leads to (-1 for none) and the reductions,
    each a number of symbols and the non-terminal that replaces them; `gotos[state][non-terminal]`
    is the state after a reduction. State 0 is the start. `finishing[state]` are the terminals that
    begin the rest of something begun there; True for the shortest rest where there must be one.
    `rests[state]` is what is missing of each production that was begun.
    """

    terminals: Mapping[str, int]
    actions: tuple[Row, ...]
    gotos: tuple[Mapping[int, int], ...]
    finishing: tuple[Mapping[int, bool], ...]
    rests: tuple[tuple[Rest, ...], ...]


def compile_grammar(text: str, version: tuple[int, ...] = (99,)) -> Tables:
    """Return the tables of a grammar for one version of its language."""
    return _tables(_read(text, version))


@dataclass(slots=True)
class _Reader:
    """Reads the right-hand sides; groups and repetitions become rules of their own."""

    version: tuple[int, ...]
    productions: list[Production] = field(default_factory=list)
    _made: dict[object, str] = field(default_factory=dict)

    def rule(self, name: str, body: str) -> None:
        words = _WORD.findall(body)
        for right in self._alternatives(words):
            self.productions.append((name, right))
        if words:
            raise ValueError(f"rule {name}: cannot read {' '.join(words[:5])}")

    def _alternatives(self, words: list[str]) -> list[tuple[str, ...]]:
        found: list[tuple[str, ...]] = []
        while True:
            since = (0,)
            if words and words[0].startswith("{"):
                since = tuple(map(int, words.pop(0)[1:-1].split(".")))
            sequences = self._sequences(words)
            if since <= self.version:
                found.extend(s for s in sequences if s not in found)
            if not words or words[0] != "|":
                return found
            words.pop(0)

    def _sequences(self, words: list[str]) -> list[tuple[str, ...]]:
        """Return every way to take or leave the optional parts of one alternative."""
        parts: list[tuple[tuple[str, ...], ...]] = []
        while words and words[0] not in {"|", ")"}:
            symbol = self._symbol(words)
            mark = words.pop(0) if words and words[0] in {"?", "*", "+"} else ""
            if mark in {"*", "+"}:
                symbol = self._repeated(symbol)
            parts.append(((symbol,),) if mark in {"", "+"} else ((), (symbol,)))
        return [sum(choice, ()) for choice in product(*parts) if any(choice)]

    def _symbol(self, words: list[str]) -> str:
        word = words.pop(0)
        if word != "(":
            return word
        inside = self._alternatives(words)
        words.pop(0)
        if len(inside) == 1 and len(inside[0]) == 1:
            return inside[0][0]
        return self._named(tuple(inside), inside)

    def _repeated(self, symbol: str) -> str:
        key = ("+", symbol)
        name = self._made.get(key) or f"_{len(self._made)}"
        return self._named(key, [(symbol,), (name, symbol)])

    def _named(self, key: object, alternatives: Iterable[tuple[str, ...]]) -> str:
        if key not in self._made:
            self._made[key] = f"_{len(self._made)}"
            self.productions.extend((self._made[key], right) for right in alternatives)
        return self._made[key]


def _read(text: str, version: tuple[int, ...]) -> list[Production]:
    reader = _Reader(version)
    joined = re.sub(r"\n[ \t]+", " ", re.sub(r"(?m)^#.*\n", "", text))
    lines = [line for line in joined.splitlines() if line.strip()]
    for line in lines:
        name, _, body = line.partition(":")
        reader.rule(name.strip(), body)
    return [("", (lines[0].partition(":")[0].strip(),)), *reader.productions]


def _tables(productions: list[Production]) -> Tables:
    builder = _Builder(productions)
    nonterminals = {name: number for number, name in enumerate(builder.alternatives)}
    terminals = {
        symbol: number
        for number, symbol in enumerate(
            dict.fromkeys(
                symbol for _, right in productions for symbol in right if symbol not in nonterminals
            )
        )
    }
    lookaheads = builder.lookaheads()
    actions: list[Row] = []
    for state, row in enumerate(builder.gotos):
        reductions: dict[str, list[tuple[int, int]]] = defaultdict(list)
        for number in builder.complete[state]:
            left, right = productions[number]
            for terminal in lookaheads[state, number]:
                reductions[terminal].append((len(right), nonterminals[left]))
        keys = [s for s in {*row, *reductions} if s in terminals]
        actions.append(
            {terminals[s]: (row.get(s, -1), tuple(dict.fromkeys(reductions[s]))) for s in keys}
        )
    gotos = tuple(
        {nonterminals[s]: target for s, target in row.items() if s in nonterminals}
        for row in builder.gotos
    )
    finishing = tuple(
        {terminals[terminal]: needed for terminal, needed in row.items()}
        for row in builder.finishing()
    )
    rests = tuple(
        tuple(
            Rest(length, terminals.get(first, -1), dot, nonterminals[left] if left else -1)
            for length, first, dot, left in row
        )
        for row in builder.rests()
    )
    return Tables(
        terminals=terminals, actions=tuple(actions), gotos=gotos, finishing=finishing, rests=rests
    )


class _Builder:
    """The LR(0) automaton of a grammar without empty productions, and its look-aheads."""

    def __init__(self, productions: list[Production]) -> None:
        self._productions = productions
        self.alternatives: dict[str, list[int]] = defaultdict(list)
        for number, (left, _) in enumerate(productions):
            self.alternatives[left].append(number)
        self.kernels: list[frozenset[Item]] = []
        self.gotos: list[dict[str, int]] = []
        self.complete: list[list[int]] = []
        self._build()

    def _build(self) -> None:
        start = frozenset([(0, 0)])
        states, order = {start: 0}, self.kernels
        order.append(start)
        for kernel in order:
            moves: dict[str, set[Item]] = defaultdict(set)
            done: list[int] = []
            for number, dot in self._closure(kernel):
                right = self._productions[number][1]
                if dot < len(right):
                    moves[right[dot]].add((number, dot + 1))
                elif number:
                    done.append(number)
            self.complete.append(sorted(done))
            row: dict[str, int] = {}
            for symbol, items in moves.items():
                target = frozenset(items)
                if target not in states:
                    states[target] = len(order)
                    order.append(target)
                row[symbol] = states[target]
            self.gotos.append(row)

    def _closure(self, kernel: frozenset[Item]) -> set[Item]:
        seen, work = set(kernel), list(kernel)
        while work:
            number, dot = work.pop()
            right = self._productions[number][1]
            if dot < len(right):
                new = {(n, 0) for n in self.alternatives.get(right[dot], ())} - seen
                seen |= new
                work.extend(new)
        return seen

    def rests(self) -> list[list[tuple[int, str, int, str]]]:
        """Return for each state what is missing of its productions, as in `Rest`."""
        shortest = self._shortest()
        found: list[list[tuple[int, str, int, str]]] = []
        for kernel in self.kernels:
            row: list[tuple[int, str, int, str]] = []
            for number, dot in sorted(kernel):
                left, right = self._productions[number]
                length = sum(shortest.get(symbol, (1, ""))[0] for symbol in right[dot:])
                first = shortest.get(right[dot], (1, right[dot]))[1] if length else ""
                row.append((length, first, dot, left))
            found.append(row)
        return found

    def finishing(self) -> list[dict[str, bool]]:
        """Return for each state what `Tables.finishing` holds."""
        found: list[dict[str, bool]] = []
        for row in self.rests():
            least = min(length for length, *_ in row)
            lengths: dict[str, int] = {}
            for length, first, *_ in row:
                if length:
                    lengths[first] = min(length, lengths.get(first, length))
            found.append({first: length == least for first, length in lengths.items()})
        return found

    def _shortest(self) -> dict[str, tuple[int, str]]:
        """Return each non-terminal's shortest text: how many terminals, and the first of them."""
        found: dict[str, tuple[int, str]] = {}
        changed = True
        while changed:
            changed = False
            for left, right in self._productions:
                parts = [
                    found.get(symbol) if symbol in self.alternatives else (1, symbol)
                    for symbol in right
                ]
                known = [part for part in parts if part]
                length = sum(part[0] for part in known)
                if len(known) == len(parts) and (left not in found or length < found[left][0]):
                    found[left] = (length, known[0][1])
                    changed = True
        return found

    def lookaheads(self) -> Mapping[tuple[int, int], set[str]]:
        """Return the terminals after which each complete production is reduced, by state."""
        transitions = [
            (state, symbol)
            for state, row in enumerate(self.gotos)
            for symbol in row
            if symbol in self.alternatives
        ]
        reads = {
            (state, symbol): {
                s for s in self.gotos[self.gotos[state][symbol]] if s not in self.alternatives
            }
            for state, symbol in transitions
        }
        includes: dict[Transition, list[Transition]] = defaultdict(list)
        lookback: dict[tuple[int, int], list[Transition]] = defaultdict(list)
        for state, left in transitions:
            for number in self.alternatives[left]:
                here = state
                right = self._productions[number][1]
                for symbol in right[:-1]:
                    here = self.gotos[here][symbol]
                if right[-1] in self.alternatives:
                    includes[here, right[-1]].append((state, left))
                lookback[self.gotos[here][right[-1]], number].append((state, left))
        follow = _closure_of_sets(transitions, includes, reads)
        return {
            key: set().union(*(follow[transition] for transition in found))
            for key, found in lookback.items()
        }


def _closure_of_sets(
    nodes: Iterable[Transition],
    edges: Mapping[Transition, list[Transition]],
    initial: Mapping[Transition, set[str]],
) -> dict[Transition, set[str]]:
    """Return for each node the union of the initial sets of all nodes that it reaches."""
    found = {node: set(initial[node]) for node in nodes}
    users: dict[Transition, list[Transition]] = defaultdict(list)
    for node, targets in edges.items():
        for target in targets:
            users[target].append(node)
    work = list(found)
    while work:
        node = work.pop()
        for user in users[node]:
            if not found[node] <= found[user]:
                found[user] |= found[node]
                work.append(user)
    return found
