"""The bundled model on the kernel: the weight file packed for it, and memory for sequences."""

import ctypes
import time
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from assistants.engine.cache import Block
from assistants.engine.session import CHUNK, Logits, Step, available_cores, read_metadata
from assistants.engine.weights import WeightFile

from .library import Token, library
from .packing import PANEL, Packed, Unexpressed

_SIDE_BY_SIDE = 32
"""Tokens of the shortest step that is always shared between threads."""
_SEQUENCES = 4
"""Sequences of the smallest step that may be: two a thread, which need not wait for each other."""
_TRIED = 16
"""Every so many steps the way that was slower is tried again."""


class _Sharing:
    """Whether steps of several sequences run faster on several threads, found out by running them.

    On a machine of its own they do; beside other programs a step waits for the thread that waits
    for a core. The tokens are the same to the last bit.
    """

    def __init__(self) -> None:
        self._took = [0.0, 0.0]
        self._count = 0

    def next(self) -> bool:
        """Return whether the next step is to be shared."""
        self._count += 1
        faster = self._took[True] <= self._took[False]
        return faster != (self._count % _TRIED == 0)

    def learn(self, seconds: float, *, shared: bool) -> None:
        """Take the time of a step, per token."""
        before = self._took[shared]
        self._took[shared] = seconds if not before else before + 0.2 * (seconds - before)


class NativeSession:
    """Runs steps of the model of one weight file. Not thread-safe: `Scheduler` orders them."""

    uniform = True

    def __init__(self, path: Path, file: WeightFile, *, threads: int | None = None) -> None:
        """Pack the weights.

        Raises:
            Unexpressed: the kernel cannot run them, or is not there.
        """
        kernel = library()
        if kernel is None:
            raise Unexpressed("no kernel")
        self.metadata = read_metadata(path, file.properties)
        self._packed = Packed(file)
        self._step = kernel.plumb_step
        self._sharing = _Sharing()
        self.threads = threads or min(4, available_cores())

    def buffers(self, rows: int = 1) -> "NativeMemory":
        """Allocate memory for some sequences; pages are only touched as tokens arrive."""
        return NativeMemory(self, rows)

    def run(
        self, buffers: "NativeMemory", tokens: Sequence[int], length: int, keep: int = 1
    ) -> Logits:
        """Add tokens behind the first `length` of the first row; return logits [keep, V]."""
        size = max(CHUNK, keep)
        for start in range(0, len(tokens) - size, size):
            chunk = tokens[start : start + size]
            buffers.together([Step(row=0, length=length, tokens=chunk, keep=0)])
            length += size
        rest = tokens[(len(tokens) - 1) // size * size :]
        return buffers.together([Step(row=0, length=length, tokens=rest, keep=keep)])[0]

    def expert_loads(self, tokens: Sequence[int]) -> NDArray[np.int64]:
        """Run tokens as one sequence; return how often each expert was chosen [layers, experts].

        Layers without experts have zeros.
        """
        model = self._packed.model
        loads = np.zeros((model.layers, model.experts), dtype=np.int64)
        model.loads = loads.ctypes.data
        try:
            self.run(self.buffers(), tokens, 0)
        finally:
            model.loads = None
        return loads

    def step(self, tokens: "ctypes.Array[Token]", sequences: int) -> None:
        """Run tokens of so many sequences.

        Raises:
            MemoryError: there is no room for their activations.
        """
        count = len(tokens)
        if count >= _SIDE_BY_SIDE or self.threads == 1 or sequences < _SEQUENCES:
            self._run(tokens, self.threads if count >= _SIDE_BY_SIDE else 1)
            return
        shared, began = self._sharing.next(), time.perf_counter()
        self._run(tokens, min(self.threads, sequences // 2) if shared else 1)
        self._sharing.learn((time.perf_counter() - began) / count, shared=shared)

    def _run(self, tokens: "ctypes.Array[Token]", threads: int) -> None:
        if self._step(ctypes.byref(self._packed.model), tokens, len(tokens), threads):
            raise MemoryError("no room for a step of the network")

    @property
    def padded(self) -> int:
        """How many numbers the kernel writes for a token's logits."""
        return -(-self.metadata.vocabulary // PANEL) * PANEL


class NativeMemory:
    """Keys and values of some rows [rows, layers, 2, kv_heads, context · head_size].

    They have half precision. Keys lie in panels [context / 16, head_size, 16], values as
    [context, head_size] (kernel.c).
    """

    uniform = True

    def __init__(self, session: NativeSession, rows: int) -> None:
        self._session = session
        known = session.metadata
        context = -(-known.context_length // PANEL) * PANEL
        self._memory = np.zeros(
            (rows, known.layers, 2, known.kv_heads, context * known.head_size), dtype=np.float16
        )
        self._address = self._memory.ctypes.data
        self._shape = known.layers, known.kv_heads, context, known.head_size
        self.rows = rows

    def together(self, steps: Sequence[Step]) -> list[Logits]:
        """Run steps of different rows; return the last `keep` logits of each [keep, V]."""
        known = self._session.metadata
        count = sum(len(step.tokens) for step in steps)
        tokens = (Token * count)()
        made = np.empty((sum(step.keep for step in steps), self._session.padded), dtype=np.float32)
        address = made.ctypes.data
        at = kept = 0
        parts: list[Logits] = []
        for step in steps:
            memory = self._address + step.row * self._memory.strides[0]
            first = len(step.tokens) - step.keep
            parts.append(made[kept : kept + step.keep, : known.vocabulary])
            for place, token in enumerate(step.tokens):
                given = tokens[at]
                given.memory, given.id, given.position = memory, token, step.length + place
                if place >= first:
                    given.logits = address + kept * made.strides[0]
                    kept += 1
                at += 1
        self._session.step(tokens, len(steps))
        return parts

    def read(self, row: int, start: int, stop: int) -> Block:
        """Return a copy of a part of a row."""
        layers, kv_heads, context, size = self._shape
        block = np.empty((layers, 2, kv_heads, stop - start, size), dtype=np.float16)
        first, last = start // PANEL, -(-stop // PANEL)
        panels = self._memory[row, :, 0].reshape(layers, kv_heads, -1, size, PANEL)
        keys = panels[:, :, first:last].swapaxes(-1, -2).reshape(layers, kv_heads, -1, size)
        block[:, 0] = keys[:, :, start - first * PANEL : stop - first * PANEL]
        values = self._memory[row, :, 1].reshape(layers, kv_heads, context, size)
        block[:, 1] = values[:, :, start:stop]
        return block.reshape(2 * layers, kv_heads, stop - start, size)

    def write(self, row: int, start: int, block: Block) -> None:
        """Put a block into a row, from a position on."""
        layers, kv_heads, context, size = self._shape
        parts = block.reshape(layers, 2, kv_heads, -1, size)
        stop = start + parts.shape[3]
        first, last = start // PANEL, -(-stop // PANEL)
        panels = self._memory[row, :, 0].reshape(layers, kv_heads, -1, size, PANEL)
        place = panels[:, :, first:last].swapaxes(-1, -2)
        keys = place.reshape(layers, kv_heads, -1, size)  # a copy, in the order of positions
        keys[:, :, start - first * PANEL : stop - first * PANEL] = parts[:, 0]
        place[...] = keys.reshape(place.shape)
        values = self._memory[row, :, 1].reshape(layers, kv_heads, context, size)
        values[:, :, start:stop] = parts[:, 1]
