"""Grammars written as text, compiled to LALR(1) tables that keep every conflict.

The tables drive a generalised parser (`glr`), so that a grammar may be ambiguous and is written as
the language's own documentation writes it. Optional parts are expanded while reading, so that no
production is empty: a reduction then always pops at least one symbol, and a stack never loops.

Notation, one rule a line (continued on indented lines): `name: a 'b' (c | d)* e?`. A quoted word or
a NAME in capitals is a terminal. `{3.12}` before an alternative keeps it from older versions.

Look-ahead sets: DeRemer and Pennello, "Efficient computation of LALR(1) look-ahead sets", 1982.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from itertools import product
from typing import NamedTuple, TypeAlias

Production: TypeAlias = tuple[str, tuple[str, ...]]
Reduction: TypeAlias = tuple[int, int, int]
"""Symbols on the stack less one, what they become, and before which terminals (a bit each)."""


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

    `shifts[state][terminal]` is the state that a shift leads to, `gotos[state][non-terminal]` the
    state after a reduction, `reductions[state]` what may be reduced there. State 0 is the start.
    `finishing[state]` are the terminals that begin the rest of something begun there; True for the
    shortest rest where there must be one. `rests[state]` is what is missing of each production
    that was begun.
    """

    terminals: Mapping[str, int]
    shifts: tuple[Mapping[int, int], ...]
    reductions: tuple[tuple[Reduction, ...], ...]
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
    symbols = dict.fromkeys(left for left, _ in productions)
    count = len(symbols)
    symbols |= dict.fromkeys(symbol for _, right in productions for symbol in right)
    numbers = {name: number for number, name in enumerate(symbols)}
    builder = _Builder(
        [(numbers[left], tuple(numbers[name] for name in right)) for left, right in productions],
        count,
    )
    rests, gotos = builder.rests(), builder.gotos
    return Tables(
        terminals={name: at - count for name, at in numbers.items() if at >= count},
        shifts=tuple({s - count: to for s, to in row.items() if s >= count} for row in gotos),
        reductions=builder.reductions(),
        gotos=tuple({s: to for s, to in row.items() if s < count} for row in gotos),
        finishing=tuple(map(_finishing, rests)),
        rests=rests,
    )


def _finishing(rests: tuple[Rest, ...]) -> dict[int, bool]:
    """Return for one state what `Tables.finishing` holds."""
    least = min(rest.length for rest in rests)
    lengths: dict[int, int] = {}
    for rest in rests:
        if rest.length:
            lengths[rest.first] = min(rest.length, lengths.get(rest.first, rest.length))
    return {first: length == least for first, length in lengths.items()}


class _Builder:
    """The LR(0) automaton of a grammar without empty productions, and its look-aheads.

    Symbols are numbers, non-terminals first. An item is a number too: productions lie one behind
    the other, with a place behind each symbol, so that an item's successor is the next number.
    Sets of terminals are numbers of which each has a bit.
    """

    def __init__(self, productions: list[tuple[int, tuple[int, ...]]], nonterminals: int) -> None:
        self._productions = productions
        self._count = nonterminals
        self._alternatives: list[list[int]] = [[] for _ in range(nonterminals)]
        self._behind: list[int] = []
        """By item: the symbol behind the dot, -1 at a production's end."""
        self._of: list[tuple[int, int]] = []
        """By item: its production, and the place of the dot."""
        self._first: list[int] = []
        """By production: its first item."""
        for number, (left, right) in enumerate(productions):
            self._alternatives[left].append(number)
            self._first.append(len(self._of))
            self._behind += [*right, -1]
            self._of += [(number, dot) for dot in range(len(right) + 1)]
        self._kernels: list[frozenset[int]] = [frozenset([0])]
        self.gotos: list[dict[int, int]] = []
        self._build()

    def _build(self) -> None:
        states, beginning = {self._kernels[0]: 0}, self._beginnings()
        for kernel in self._kernels:
            moves: dict[int, set[int]] = {}
            for item in sorted(kernel):
                symbol = self._behind[item]
                if symbol < 0:
                    continue
                moves.setdefault(symbol, set()).add(item + 1)
                for first, items in beginning[symbol] if symbol < self._count else ():
                    moves.setdefault(first, set()).update(items)
            row: dict[int, int] = {}
            for symbol, items in moves.items():
                target = frozenset(items)
                row[symbol] = states.setdefault(target, len(states))
                if len(states) > len(self._kernels):
                    self._kernels.append(target)
            self.gotos.append(row)

    def _beginnings(self) -> list[list[tuple[int, list[int]]]]:
        """Return, by non-terminal, what its texts may begin with, and the items behind that."""
        found: list[list[tuple[int, list[int]]]] = []
        for nonterminal in range(self._count):
            moves: dict[int, list[int]] = {}
            seen = {nonterminal}
            for left in (order := [nonterminal]):
                for number in self._alternatives[left]:
                    symbol = self._productions[number][1][0]
                    moves.setdefault(symbol, []).append(self._first[number] + 1)
                    if symbol < self._count and symbol not in seen:
                        seen.add(symbol)
                        order.append(symbol)
            found.append(list(moves.items()))
        return found

    def rests(self) -> tuple[tuple[Rest, ...], ...]:
        """Return for each state what is missing of its productions, as in `Rest`."""
        shortest = self._shortest()
        made: list[Rest] = []
        for number, (_, right) in enumerate(self._productions):
            left = self._productions[number][0] if number else -1
            length, rests = 0, [Rest(0, -1, len(right), left)]
            for dot in range(len(right) - 1, -1, -1):
                part, first = shortest[right[dot]]
                length += part
                rests.append(Rest(length, first, dot, left))
            made += reversed(rests)
        return tuple(tuple(made[item] for item in sorted(kernel)) for kernel in self._kernels)

    def _shortest(self) -> list[tuple[int, int]]:
        """Return each symbol's shortest text: how many terminals, and the first of them."""
        size = max(max(right) for _, right in self._productions) + 1
        found = [(_ENDLESS, -1)] * self._count
        found += [(1, terminal) for terminal in range(size - self._count)]
        changed = True
        while changed:
            changed = False
            for left, right in self._productions:
                length = 0
                for symbol in right:
                    length += found[symbol][0]
                if length < found[left][0]:
                    found[left] = (length, found[right[0]][1])
                    changed = True
        return found

    def reductions(self) -> tuple[tuple[Reduction, ...], ...]:
        """Return for each state its complete productions, and before which terminals they are."""
        edges, lookback = self._relations()
        follow = _united(self._reads(), edges)
        found: list[dict[tuple[int, int], int]] = [{} for _ in self.gotos]
        for (state, number), transitions in lookback.items():
            left, right = self._productions[number]
            key, ahead = (len(right) - 1, left), 0
            for transition in transitions:
                ahead |= follow[transition]
            found[state][key] = found[state].get(key, 0) | ahead
        return tuple(tuple((*key, ahead) for key, ahead in row.items() if ahead) for row in found)

    def _transitions(self) -> Iterator[tuple[int, int, int]]:
        """Yield the state, symbol and target of each transition over a non-terminal, in order."""
        for state, row in enumerate(self.gotos):
            for symbol, target in row.items():
                if symbol < self._count:
                    yield state, symbol, target

    def _reads(self) -> list[int]:
        """Return for each transition the terminals that its target shifts."""
        shifted = [
            sum(1 << (symbol - self._count) for symbol in row if symbol >= self._count)
            for row in self.gotos
        ]
        return [shifted[target] for _, _, target in self._transitions()]

    def _relations(self) -> tuple[list[list[int]], dict[tuple[int, int], list[int]]]:
        """Return who includes each transition, and by state and production what is reduced there.

        Transitions go by their number.
        """
        gotos, count = self.gotos, self._count
        numbers: list[dict[int, int]] = [{} for _ in gotos]
        for at, (state, symbol, _) in enumerate(self._transitions()):
            numbers[state][symbol] = at
        edges: list[list[int]] = []
        lookback: dict[tuple[int, int], list[int]] = {}
        for state, left, _ in self._transitions():
            at, into = len(edges), list[int]()
            for number in self._alternatives[left]:
                here = before = state
                right = self._productions[number][1]
                for symbol in right:
                    before, here = here, gotos[here][symbol]
                if right[-1] < count:
                    into.append(numbers[before][right[-1]])
                lookback.setdefault((here, number), []).append(at)
            edges.append(into)
        return edges, lookback


_ENDLESS = 1 << 40
"""The length of a text of a non-terminal that none is known of yet."""


def _united(initial: list[int], users: list[list[int]]) -> list[int]:
    """Return each node's set with the sets of all nodes that it is a user of, near or far."""
    found = initial.copy()
    work = list(range(len(found)))
    while work:
        node = work.pop()
        mine = found[node]
        for user in users[node]:
            if mine & ~found[user]:
                found[user] |= mine
                work.append(user)
    return found
