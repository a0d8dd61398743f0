"""Whole masks, from tables that all streams of one language and vocabulary share.

Most tokens lie within one lexeme or two. What a token does within a lexeme depends on the lexer's
position and on which terminals can follow, not on the stacks; so each part of the vocabulary is
walked once for each position and each set of answers that it asks for, and the result is kept:
the tokens that stay inside, and the exits (see `symbolic`) with the tokens that go on from there.
A mask is then read off: the kept row, and the same again behind each exit, with the true stacks.

After the token groups of Park et al., "Flexible and efficient grammar-constrained decoding", 2025,
made when first needed instead of beforehand. Exact: what a lexer asks about is part of the key.
"""

import threading
from collections import OrderedDict
from collections.abc import Sequence
from typing import Any, NamedTuple, Protocol

import numpy as np
from numpy.typing import NDArray

from .symbolic import LEFT, OPAQUE, ORIGIN, READ, Exit, Needed, Symbolic
from .trie import Branch, Part, merged

State = Any
_KEPT = 16
"""Parts of the vocabulary with fewer tokens are walked anew each time."""
_POSITIONS = 20_000
_ROW_BYTES = 32 * 2**20
"""What the rows that are kept may take together: 32,000 of them at 8,192 tokens."""


class Move(NamedTuple):
    """What one byte does at a position, where the terminals `asked` about answer `yes`.

    `to` is the next position; without one there is a `way` out, or the byte is refused.
    """

    asked: int
    yes: int
    to: "Position | None" = None
    way: Exit | None = None


class Result(NamedTuple):
    """What the tokens of a branch do from a position, its own (of no more bytes) left out."""

    asked: int
    yes: int
    tokens: NDArray[np.int32]
    dense: NDArray[np.uint8] | None
    ways: tuple[tuple[Exit, Branch], ...]


class Position:
    """A lexer's state without stacks, and what is known of it. Compared by identity."""

    __slots__ = ("moves", "results", "state")

    def __init__(self, state: State) -> None:
        self.state = state
        self.moves: dict[int, list[Move]] = {}
        self.results: dict[Branch, list[Result]] = {}


class Reader(Protocol):
    """The true machine, for the few positions that are walked byte by byte."""

    def feed(self, state: State, byte: int, /) -> State | None:
        """Return the state after one more byte, or None."""
        ...


class MaskTables:
    """The masks of one language over one vocabulary. Safe to share between threads."""

    def __init__(self, reader: Reader, symbolic: Symbolic, root: Branch, size: int) -> None:
        """Start with empty tables. `size` is the width of a row in tokens, a multiple of 32."""
        self._reader, self._symbolic, self._root, self._size = reader, symbolic, root, size
        self._lock = threading.Lock()
        self._positions: dict[State, Position] = {}
        self._merged: dict[tuple[Part, ...], Branch] = {}
        self._rows: OrderedDict[State, NDArray[np.int32]] = OrderedDict()

    def row(self, state: State) -> NDArray[np.int32]:
        """Return the bitmask of the tokens that keep a viable prefix; not to be written to."""
        with self._lock:
            found = self._rows.get(state)
            if found is None:
                found = self._rows[state] = self._built(state)
                if len(self._rows) > _ROW_BYTES // found.nbytes:
                    self._rows.popitem(last=False)
            else:
                self._rows.move_to_end(state)
            return found

    def _built(self, state: State) -> NDArray[np.int32]:
        if len(self._positions) > _POSITIONS:
            self._positions.clear()
            self._merged.clear()
        tokens: list[NDArray[np.int32] | Sequence[int]] = []
        dense: list[NDArray[np.uint8]] = []
        work = [(state, self._root)]
        while work:
            true, branch = work.pop()
            bare = self._symbolic.position(true)
            if bare is None:
                tokens.append(self._slowly(true, branch))
                continue
            tokens.append(branch.tokens)
            if not branch.edges:
                continue
            position = self._position(bare)
            result = self._result(position, branch, self._symbolic.viable(true))
            tokens.append(result.tokens)
            if result.dense is not None:
                dense.append(result.dense)
            for way, below in result.ways:
                after = self._symbolic.enter(way, true)
                if after is not None:
                    work.append((after, below))
        bits = np.zeros(self._size, dtype=np.uint8)
        bits[np.concatenate([np.asarray(some, dtype=np.int32) for some in tokens])] = 1
        row = np.packbits(bits, bitorder="little")
        for more in dense:
            row |= more
        return row.view(np.int32)

    def _slowly(self, state: State, branch: Branch) -> list[int]:
        """Return the tokens that the true machine takes, byte by byte."""
        found: list[int] = []
        work = [(state, branch)]
        while work:
            state, branch = work.pop()
            found.extend(branch.tokens)
            for label, below in branch.edges:
                after = state
                for byte in label:
                    after = self._reader.feed(after, byte)
                    if after is None:
                        break
                if after is not None:
                    work.append((after, below))
        return found

    def _position(self, state: State) -> Position:
        found = self._positions.get(state)
        if found is None:
            found = self._positions[state] = Position(state)
        return found

    def _result(self, position: Position, branch: Branch, known: int) -> Result:
        """Walk the tokens below a branch from a position, or recall it."""
        kept = position.results.setdefault(branch, [])
        for result in kept:
            if known & result.asked == result.yes:
                return result
        walk = _Walk(known)
        work = [(position, branch)]
        while work:
            at, node = work.pop()
            for label, below in node.edges:
                end = self._follow(walk, at, label, below)
                if end is None:
                    continue
                walk.tokens.extend(below.tokens)
                if below.count < _KEPT:
                    work.append((end, below))
                else:
                    walk.add(self._result(end, below, known))
        result = walk.result(self._size, self._merged)
        kept.append(result)
        return result

    def _follow(self, walk: "_Walk", at: Position, label: bytes, below: Branch) -> Position | None:
        """Return the position behind one edge; note the tokens that leave on the way."""
        for index, byte in enumerate(label):
            move = self._move(at, byte, walk.known)
            walk.asked |= move.asked
            if move.to is None:
                if move.way is not None:
                    rest = label[index + (move.way.kind in (READ, OPAQUE)) :]
                    walk.ways.setdefault(move.way, []).append((rest, below))
                return None
            at = move.to
        return at

    def _move(self, at: Position, byte: int, known: int) -> Move:
        moves = at.moves.setdefault(byte, [])
        for move in moves:
            if known & move.asked == move.yes:
                return move
        oracle = self._symbolic.oracle
        oracle.known, oracle.asked = known, 0
        to, way = self._read(at.state, byte)
        asked = oracle.asked
        move = Move(asked, known & asked, None if to is None else self._position(to), way)
        moves.append(move)
        return move

    def _read(self, state: State, byte: int) -> tuple[State | None, Exit | None]:
        """Return the position after a byte, or the way out."""
        try:
            after = self._symbolic.feed(state, byte)
        except Needed as needed:
            if needed.kind == OPAQUE or state.partial or getattr(state, "escape", ""):
                return None, Exit(OPAQUE, state, byte=byte)
            if needed.kind == LEFT:
                return None, self._symbolic.leave(state, needed.state, LEFT)
            return None, Exit(needed.kind, needed.state)
        if after is None:
            return None, None
        if after.heads is ORIGIN:
            return self._symbolic.position(after), None
        return None, self._symbolic.leave(state, after, READ)


class _Walk:
    """What one walk has found so far."""

    def __init__(self, known: int) -> None:
        self.known = known
        self.asked = 0
        self.tokens: list[int] = []
        self.ways: dict[Exit, list[Part]] = {}
        self._parts: list[Result] = []

    def add(self, part: Result) -> None:
        """Take over the result of a part of the vocabulary."""
        self.asked |= part.asked
        self._parts.append(part)
        for way, below in part.ways:
            self.ways.setdefault(way, []).append((b"", below))

    def result(self, size: int, shared: dict[tuple[Part, ...], Branch]) -> Result:
        """Return everything together; many tokens become a row of bits."""
        arrays = [np.asarray(self.tokens, dtype=np.int32), *(part.tokens for part in self._parts)]
        tokens = np.concatenate(arrays)
        rows = [part.dense for part in self._parts if part.dense is not None]
        dense = np.bitwise_or.reduce(rows) if rows else None
        if tokens.size > size // 16:
            bits = np.zeros(size, dtype=np.uint8)
            bits[tokens] = 1
            row = np.packbits(bits, bitorder="little")
            dense = row if dense is None else row | dense
            tokens = tokens[:0]
        ways = tuple((way, merged(tuple(parts), shared)) for way, parts in self.ways.items())
        return Result(self.asked, self.known & self.asked, tokens, dense, ways)
