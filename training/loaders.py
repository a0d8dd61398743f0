"""Rows prepared by processes of their own, where one cannot keep up with a GPU.

Each loader has its part of the documents and its own examples; rows are taken from the loaders in
turn, so their order does not depend on timing, and a run resumes exactly.
"""

import importlib
import multiprocessing
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from tokenizers import Tokenizer

from training.corpus import read_split
from training.pack import Stored
from training.stream import Examples, MixedRows, Row, State, code_rows, domain_rows

BATCH = 32
AHEAD = 4
"""Batches that a loader prepares before they are asked for."""
SEEDS_APART = 1_000_000
"""Generators count their seeds up; no loader comes to another's."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """Which of several loaders one is."""

    seed: int = 0
    number: int = 0
    count: int = 1


Make = Callable[[Part], MixedRows]


class LoadedRows:
    """See `training.stream.Rows`; `make` builds a loader's rows in its own process."""

    def __init__(
        self, make: Make, count: int, domain_share: float, *, has_examples: bool = False
    ) -> None:
        """Describe `count` loaders; they start when the first row is asked for."""
        self._make, self._count, self._share = make, count, domain_share
        self.has_examples = has_examples
        self._states: list[State | None] = [None] * count
        self._turn = 0
        self._ready: list[Row] = []
        self._used = 0
        self._queues: list[Any] = []

    def rows(self, count: int, domain_share: float) -> list[Row]:
        """Return the next rows; the share is that of the construction."""
        if domain_share != self._share:
            raise ValueError("loaders mix by the share that they were started with")
        while len(self._ready) - self._used < count:
            rows, state = self._queue(self._turn).get()
            self._states[self._turn] = state
            self._turn = (self._turn + 1) % self._count
            self._ready = self._ready[self._used :] + rows
            self._used = 0
        self._used += count
        return self._ready[self._used - count : self._used]

    def _queue(self, number: int) -> Any:  # noqa: ANN401 - multiprocessing has no public class
        if not self._queues:
            context = multiprocessing.get_context("spawn")
            for place, state in enumerate(self._states):
                queue = context.Queue(AHEAD)
                part = Part(seed=place * SEEDS_APART, number=place, count=self._count)
                context.Process(
                    target=load, args=(self._make, part, state, self._share, queue), daemon=True
                ).start()
                self._queues.append(queue)
        return self._queues[number]

    def state(self) -> State:
        """Where the loaders stand, and the rows that were prepared and not yet taken."""
        left = [(r.tokens, r.targets, r.segments, r.domain) for r in self._ready[self._used :]]
        tensors = [[part.tolist() for part in row[:3]] + [row[3]] for row in left]
        return {"loaders": list(self._states), "turn": self._turn, "ready": tensors}

    def restore(self, state: State) -> None:
        """Go on at a state of as many loaders, before the first row is asked for."""
        if len(state["loaders"]) != self._count or self._queues:
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


def generators(names: Sequence[str]) -> list[Examples]:
    """The `examples` functions of domain modules, or the examples of files that `pack` wrote."""
    return [
        Stored(Path(name)).examples
        if name.endswith(".xz")
        else importlib.import_module(name).examples
        for name in names
    ]


def mixed_rows(work: Path, domain: Sequence[str], length: int, part: Part) -> MixedRows:
    """The rows of one loader of several: its part of the documents, its own examples."""
    tokenizer = Tokenizer.from_file(str(work / "tokenizer/tokenizer.json"))
    documents = read_split(work / "corpus/train.jsonl")[part.number :: part.count]
    return MixedRows(
        code_rows(tokenizer, documents, length, part.seed),
        domain_rows(tokenizer, generators(domain), length, part.seed),
        part.seed,
    )


def load(make: Make, part: Part, state: State | None, share: float, queue: Any) -> None:  # noqa: ANN401
    """Prepare batches for ever; each comes with the state behind it."""
    rows = make(part)
    if state is not None:
        rows.restore(state)
    while True:
        queue.put((rows.rows(BATCH, share), rows.state()))
