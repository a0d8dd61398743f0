"""The endless stream of training rows, resumable at any row.

A row is `length + 1` token ids with a loss mask and segment numbers. A document is cut into
windows that fill a row each; half of the windows become fill-in-the-middle examples. Domain
examples (question to plan, question to query) are packed several to a row, whole, and only their
completions count in the loss. Attention never crosses a segment.
"""

import random
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any, Protocol, TypeAlias

import numpy as np
from numpy.typing import NDArray
from tokenizers import Tokenizer

from training import fim
from training.tokenizer import END, FIM_MIDDLE, FIM_PAD, FIM_PREFIX, FIM_SUFFIX

FIM_SHARE = 0.5
SUFFIX_FIRST_SHARE = 0.5
"""Of these, how many give the suffix before the prefix, as an editor wants it: the keys typed last
then stand last in the prompt, and all before them is reused (Bavarian et al. 2022, section 3)."""
# Room in a row for the language token, three fill-in-the-middle tokens, the end, and the few
# tokens by which a text grows when it is cut in three before it is tokenized.
WINDOW_MARGIN = 8
EXAMPLES_A_CALL = 128


@dataclass(frozen=True, slots=True)
class Piece:
    """Tokens that belong together, and which of them are targets of the loss."""

    tokens: list[int]
    targets: list[bool]


@dataclass(frozen=True, slots=True)
class Row:
    """`tokens`, `targets`, `segments`: each of shape (length + 1,); padding has segment -1."""

    tokens: NDArray[np.int32]
    targets: NDArray[np.bool_]
    segments: NDArray[np.int32]
    domain: bool = False

    def counted(self) -> int:
        """How many of its tokens are targets of the loss."""
        return int(self.targets.sum())


class PieceSource(Protocol):
    """Numbered blocks of pieces: the same number always gives the same pieces."""

    def block(self, number: int) -> list[Piece]:
        """Return the pieces of one block."""
        ...


def token_of(tokenizer: Tokenizer, name: str) -> int:
    """The id of a special token; `KeyError` where the vocabulary has none of that name."""
    token = tokenizer.token_to_id(name)
    if token is None:
        raise KeyError(name)
    return token


class Order:
    """Numbers below a count in an order that is shuffled anew each time through."""

    def __init__(self, count: int, seed: str) -> None:
        """Shuffle when the first is asked for."""
        self._count, self._seed = count, seed
        self._epoch = -1
        self._order: list[int] = []

    def at(self, number: int) -> int:
        """Return the number that stands at a place of the endless sequence."""
        epoch, place = divmod(number, self._count)
        if epoch != self._epoch:
            self._order = list(range(self._count))
            random.Random(f"{self._seed}/{epoch}").shuffle(self._order)
            self._epoch = epoch
        return self._order[place]


class CodePieces:
    """Documents in an order that is shuffled anew in each epoch; a block is a document."""

    def __init__(
        self, tokenizer: Tokenizer, documents: Sequence[dict[str, str]], length: int, seed: int
    ) -> None:
        self._tokenizer = tokenizer
        self._documents = documents
        self._window = length - WINDOW_MARGIN
        self._length = length
        self._seed = seed
        self._order = Order(len(documents), str(seed))
        marks = (END, FIM_PREFIX, FIM_SUFFIX, FIM_MIDDLE)
        self._ids = {mark: token_of(tokenizer, mark) for mark in marks}

    def block(self, number: int) -> list[Piece]:
        """Return the windows of one document."""
        document = self._documents[self._order.at(number)]
        choose = random.Random(f"{self._seed}/{number}")
        return list(self._pieces(document["text"], document["language"], choose))

    def _pieces(self, text: str, language: str, choose: random.Random) -> Iterator[Piece]:
        encoding = self._tokenizer.encode(text, add_special_tokens=False)
        head = token_of(self._tokenizer, f"<|{language}|>")
        for start in range(0, len(encoding.ids), self._window):
            ids = encoding.ids[start : start + self._window]
            last = start + self._window >= len(encoding.ids)
            if choose.random() < FIM_SHARE and len(ids) > 8:
                begin, end = encoding.offsets[start][0], encoding.offsets[start + len(ids) - 1][1]
                tokens = self._fill_in_the_middle(text[begin:end], language, choose)
            else:
                tokens = [*ids, self._ids[END]] if last else ids
            tokens = [head, *tokens]
            yield Piece(tokens, [True] * len(tokens))

    def _fill_in_the_middle(self, text: str, language: str, choose: random.Random) -> list[int]:
        data = text.encode()
        span = fim.choose_span(data, language, choose)
        parts = (data[: span.start], data[span.end :], data[span.start : span.end])
        prefix, suffix, middle = (
            self._tokenizer.encode(part.decode(), add_special_tokens=False).ids for part in parts
        )
        excess = len(prefix) + len(suffix) + len(middle) + 5 - self._length
        if excess > 0:
            suffix = suffix[: len(suffix) - excess] if len(suffix) > excess else suffix
            prefix = prefix[excess:] if len(suffix) <= excess else prefix
        if choose.random() < SUFFIX_FIRST_SHARE:
            head = [self._ids[FIM_PREFIX], self._ids[FIM_SUFFIX], *suffix, self._ids[FIM_MIDDLE]]
            return [*head, *prefix, *middle, self._ids[END]]
        return [
            self._ids[FIM_PREFIX],
            *prefix,
            self._ids[FIM_SUFFIX],
            *suffix,
            self._ids[FIM_MIDDLE],
            *middle,
            self._ids[END],
        ]


Examples = Callable[[int, int], Iterator[tuple[str, str]]]


class DomainPieces:
    """Prompt and completion pairs; a block holds examples of every generator, shuffled."""

    def __init__(self, tokenizer: Tokenizer, generators: Sequence[Examples], seed: int) -> None:
        self._tokenizer = tokenizer
        self._generators = generators
        self._seed = seed

    def block(self, number: int) -> list[Piece]:
        """Return one call's examples of each generator."""
        seed = self._seed + number
        pairs = [pair for examples in self._generators for pair in examples(seed, EXAMPLES_A_CALL)]
        random.Random(f"{self._seed}/{number}").shuffle(pairs)
        return [self._piece(prompt, completion) for prompt, completion in pairs]

    def _piece(self, prompt: str, completion: str) -> Piece:
        before = self._tokenizer.encode(prompt, add_special_tokens=False).ids
        after = self._tokenizer.encode(completion, add_special_tokens=False).ids
        return Piece([*before, *after], [False] * len(before) + [True] * len(after))


@dataclass(frozen=True, slots=True, kw_only=True)
class Position:
    """Where a packer stands: the next piece of its source, and the rows not yet full."""

    block: int = 0
    offset: int = 0
    open_rows: tuple[tuple[Piece, ...], ...] = ()


class RowPacker:
    """Packs the pieces of a source into rows; `position` makes it resumable exactly.

    A few rows stay open at a time, and a piece goes into the fullest one that has room for it.
    """

    def __init__(self, source: PieceSource, length: int, pad: int, open_rows: int = 4) -> None:
        self._source = source
        self._capacity = length + 1
        self._pad = pad
        self._limit = open_rows
        self._block, self._offset = 0, 0
        self._pieces: list[Piece] | None = None
        self._open: list[list[Piece]] = []

    @property
    def position(self) -> Position:
        """Where the packer stands."""
        rows = tuple(tuple(row) for row in self._open)
        return Position(block=self._block, offset=self._offset, open_rows=rows)

    @position.setter
    def position(self, value: Position) -> None:
        self._block, self._offset, self._pieces = value.block, value.offset, None
        self._open = [list(row) for row in value.open_rows]

    def row(self) -> Row:
        """The next row."""
        while (full := self._put(self._next_piece())) is None:
            pass
        return self._finish(full)

    def _next_piece(self) -> Piece:
        if self._pieces is None:
            self._pieces = self._source.block(self._block)
        while self._offset >= len(self._pieces):
            self._block, self._offset = self._block + 1, 0
            self._pieces = self._source.block(self._block)
        self._offset += 1
        return self._pieces[self._offset - 1]

    def _put(self, piece: Piece) -> list[Piece] | None:
        """Put a piece into an open row; the row that had to be closed for it, if any."""
        size = len(piece.tokens)
        if size > self._capacity:
            piece = Piece(piece.tokens[: self._capacity], piece.targets[: self._capacity])
        fitting = [row for row in self._open if used(row) + size <= self._capacity]
        if fitting:
            row = max(fitting, key=used)
            row.append(piece)
        else:
            row = [piece]
            self._open.append(row)
        if used(row) > self._capacity - 2 * WINDOW_MARGIN or len(self._open) > self._limit:
            fullest = max(self._open, key=used)
            self._open = [other for other in self._open if other is not fullest]
            return fullest
        return None

    def _finish(self, pieces: list[Piece]) -> Row:
        tokens = np.full(self._capacity, self._pad, np.int32)
        targets = np.zeros(self._capacity, np.bool_)
        segments = np.full(self._capacity, -1, np.int32)
        start = 0
        for number, piece in enumerate(pieces):
            end = start + len(piece.tokens)
            tokens[start:end] = piece.tokens
            targets[start:end] = piece.targets
            targets[start] = False  # a segment's first token has nothing to be predicted from
            segments[start:end] = number
            start = end
        return Row(tokens, targets, segments)


def used(row: Sequence[Piece]) -> int:
    """Tokens in an open row."""
    return sum(len(piece.tokens) for piece in row)


State: TypeAlias = dict[str, Any]
"""Plain values, as a checkpoint takes them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Shares:
    """Of all rows, how many come from each source; the rest are windows of code."""

    domain: float = 0.0
    repair: float = 0.0
    asked: float = 0.0

    def source(self, draw: float) -> str:
        """The name of the source that a number in [0, 1) draws."""
        for name in ("domain", "repair", "asked"):
            draw -= getattr(self, name)
            if draw < 0:
                return name
        return "code"


class Rows(Protocol):
    """An endless source of rows for training, which goes on where it was."""

    @property
    def has_examples(self) -> bool:
        """Whether there are domain examples in it."""
        ...

    def rows(self, count: int, shares: Shares) -> list[Row]:
        """Return the next rows."""
        ...

    def state(self) -> State:
        """Where it stands."""
        ...

    def restore(self, state: State) -> None:
        """Go on at a state; a domain source that is new starts at its beginning."""
        ...


DOMAIN = frozenset({"domain", "repair"})
"""Sources of which only the completions count."""


class MixedRows:
    """Rows of several sources, mixed by shares that may change from call to call."""

    def __init__(
        self,
        code: RowPacker,
        domain: RowPacker | None,
        seed: int,
        *,
        repair: RowPacker | None = None,
        asked: RowPacker | None = None,
    ) -> None:
        named = {"code": code, "domain": domain, "repair": repair, "asked": asked}
        self._packers = {name: packer for name, packer in named.items() if packer is not None}
        self._seed = seed
        self.drawn = 0

    def rows(self, count: int, shares: Shares) -> list[Row]:
        """The next `count` rows; a source that is absent is replaced by code."""
        rows: list[Row] = []
        for _ in range(count):
            name = shares.source(random.Random(f"{self._seed}/{self.drawn}").random())
            self.drawn += 1
            name = name if name in self._packers else "code"
            rows.append(replace(self._packers[name].row(), domain=name in DOMAIN))
        return rows

    @property
    def has_examples(self) -> bool:
        """Whether there are domain examples in it."""
        return "domain" in self._packers

    def state(self) -> State:
        """Where it stands."""
        places = {name: _position_state(packer) for name, packer in self._packers.items()}
        return {"drawn": self.drawn, **places}

    def restore(self, state: State) -> None:
        """Go on at a state; a source that is new starts at its beginning."""
        self.drawn = state["drawn"]
        for name, packer in self._packers.items():
            if state.get(name):
                packer.position = _position(state[name])


def _position_state(packer: RowPacker) -> State:
    position = packer.position
    pieces = [[(p.tokens, p.targets) for p in row] for row in position.open_rows]
    return {"block": position.block, "offset": position.offset, "open_rows": pieces}


def _position(state: State) -> Position:
    rows = tuple(tuple(Piece(*piece) for piece in row) for row in state["open_rows"])
    return Position(block=state["block"], offset=state["offset"], open_rows=rows)


def code_rows(
    tokenizer: Tokenizer, documents: Sequence[dict[str, str]], length: int, seed: int
) -> RowPacker:
    """Packer of code windows."""
    pad = token_of(tokenizer, FIM_PAD)
    return RowPacker(CodePieces(tokenizer, documents, length, seed), length, pad)


def domain_rows(
    tokenizer: Tokenizer, generators: Sequence[Examples], length: int, seed: int
) -> RowPacker | None:
    """Packer of domain examples, or None without generators."""
    if not generators:
        return None
    pad = token_of(tokenizer, FIM_PAD)
    return RowPacker(DomainPieces(tokenizer, generators, seed), length, pad)
