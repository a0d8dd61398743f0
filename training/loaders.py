"""Rows prepared by processes of their own, where one cannot keep up with a GPU.

Each loader has its part of the documents and its own examples; rows are taken from the loaders in
turn, so their order does not depend on timing, and a run resumes exactly.
"""

import importlib
import multiprocessing
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from queue import Empty
from typing import Any

import numpy as np
from tokenizers import Tokenizer

from training.asked import AskedPieces
from training.corpus import read_split
from training.pack import Stored
from training.repair_code import code_repairs
from training.stream import (
    Examples,
    MixedRows,
    Row,
    RowPacker,
    Shares,
    State,
    code_rows,
    domain_rows,
    token_of,
)
from training.tokenizer import FIM_PAD

BATCH = 32
AHEAD, PATIENCE = 4, 5.0
"""Batches that a loader prepares before they are asked for; seconds between looks at it."""
SEEDS_APART = 100_000
"""Generators count their seeds up; no loader comes to another's."""
REPAIR_SEED = 2_500_000
CODE = "code"
"""The name of repairs that are made of the corpus itself."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """Which of several loaders one is."""

    seed: int = 0
    number: int = 0
    count: int = 1


Make = Callable[[Part], MixedRows]


class LoadedRows:
    """See `training.stream.Rows`; `make` builds a loader's rows in its own process."""

    def __init__(self, make: Make, count: int, *, has_examples: bool = False) -> None:
        """Describe `count` loaders; they start when the first row is asked for."""
        self._make, self._count = make, count
        self.has_examples = has_examples
        self._states: list[State | None] = [None] * count
        self._turn = 0
        self._ready: list[Row] = []
        self._used = 0
        self._shares: Shares | None = None
        self._loaders: list[tuple[Any, Any]] = []

    def rows(self, count: int, shares: Shares) -> list[Row]:
        """Return the next rows; where the shares change, loaders begin anew behind the last row."""
        if shares != self._shares:
            self.close()
            self._shares = shares
        while len(self._ready) - self._used < count:
            rows, state = self._next(self._turn, shares)
            self._states[self._turn] = state
            self._turn = (self._turn + 1) % self._count
            self._ready = self._ready[self._used :] + rows
            self._used = 0
        self._used += count
        return self._ready[self._used - count : self._used]

    def _next(self, number: int, shares: Shares) -> tuple[list[Row], State]:
        """Wait for a loader's batch; a loader that has died is an error, not a wait for ever."""
        if not self._loaders:
            self._start(shares)
        process, queue = self._loaders[number]
        while True:
            try:
                return queue.get(timeout=PATIENCE)
            except Empty:
                if not process.is_alive():
                    message = f"loader {number} ended with code {process.exitcode}"
                    raise RuntimeError(message) from None

    def _start(self, shares: Shares) -> None:
        context = multiprocessing.get_context("spawn")
        for place, state in enumerate(self._states):
            queue = context.Queue(AHEAD)
            part = Part(seed=place * SEEDS_APART, number=place, count=self._count)
            process = context.Process(
                target=load, args=(self._make, part, state, shares, queue), daemon=True
            )
            process.start()
            self._loaders.append((process, queue))

    def close(self) -> None:
        """Stop the loaders; what they prepared ahead is prepared again when rows are asked for."""
        for process, queue in self._loaders:
            process.terminate()
            process.join()
            queue.close()
        self._loaders = []

    def state(self) -> State:
        """Where the loaders stand, and the rows that were prepared and not yet taken."""
        left = [(r.tokens, r.targets, r.segments, r.domain) for r in self._ready[self._used :]]
        tensors = [[part.tolist() for part in row[:3]] + [row[3]] for row in left]
        return {"loaders": list(self._states), "turn": self._turn, "ready": tensors}

    def restore(self, state: State) -> None:
        """Go on at a state of as many loaders, before the first row is asked for."""
        if len(state["loaders"]) != self._count or self._loaders:
            raise ValueError(f"this run has {len(state['loaders'])} loaders")
        self._states, self._turn, self._used = list(state["loaders"]), state["turn"], 0
        self._ready = [
            Row(
                np.array(tokens, np.int32),
                np.array(targets, np.bool_),
                np.array(segments, np.int32),
                domain,
            )
            for tokens, targets, segments, domain in state["ready"]
        ]


def generators(names: Sequence[str], documents: Sequence[dict[str, str]] = ()) -> list[Examples]:
    """The `examples` functions of modules, of files that `pack` wrote, or of broken documents."""
    found: list[Examples] = []
    for name in names:
        if name == CODE:
            found.append(partial(code_repairs, documents))
        elif name.endswith(".xz"):
            found.append(Stored(Path(name)).examples)
        else:
            found.append(importlib.import_module(name).examples)
    return found


@dataclass(frozen=True, slots=True, kw_only=True)
class Sources:
    """What a run reads: a folder, modules or packed files of examples; `asked` adds gaps to fill.

    `repair` may name `code`: lines of the corpus that were broken and are to be mended.
    """

    work: Path
    domain: tuple[str, ...] = ()
    repair: tuple[str, ...] = ()
    asked: bool = False
    length: int = 512

    def mixed(self, part: Part) -> MixedRows:
        """The rows of one loader of several: its part of the documents, its own examples."""
        words = Tokenizer.from_file(str(self.work / "tokenizer/tokenizer.json"))
        documents = read_split(self.work / "corpus/train.jsonl")[part.number :: part.count]
        pad = token_of(words, FIM_PAD)
        asked = AskedPieces(words, documents, self.length, part.seed)
        return MixedRows(
            code_rows(words, documents, self.length, part.seed),
            domain_rows(words, generators(self.domain), self.length, part.seed),
            part.seed,
            repair=domain_rows(
                words, generators(self.repair, documents), self.length, part.seed + REPAIR_SEED
            ),
            asked=RowPacker(asked, self.length, pad) if self.asked else None,
        )


def load(make: Make, part: Part, state: State | None, shares: Shares, queue: Any) -> None:  # noqa: ANN401
    """Prepare batches for ever; each comes with the state behind it."""
    rows = make(part)
    if state is not None:
        rows.restore(state)
    while True:
        queue.put((rows.rows(BATCH, shares), rows.state()))
