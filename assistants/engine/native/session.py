"""The bundled model on the kernel: the weight file packed for it, and memory for sequences."""

import ctypes
import threading
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
"""Tokens of the shortest step that is shared between all threads."""
_COMPANIES = 2
"""Companies of streams: one draws in Python while the other runs the network."""


class NativeSession:
    """Runs steps of the model of one weight file, those of different sequences side by side."""

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
        self.threads = threads or min(4, available_cores())
        self.companies = min(_COMPANIES, self.threads)
        self._alone = threading.Lock()

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
        # A prompt gets the other companies' threads where none of them runs; sequences that run
        # together get their company's, in twos, since threads that share one wait for each other.
        alone = self._alone.acquire(blocking=False)
        threads = max(1, min(self.threads // self.companies, sequences // 2))
        if alone and len(tokens) >= _SIDE_BY_SIDE:
            threads = self.threads
        try:
            failed = self._step(ctypes.byref(self._packed.model), tokens, len(tokens), threads)
        finally:
            if alone:
                self._alone.release()
        if failed:
            raise MemoryError("no room for a step of the network")

    @property
    def spread(self) -> int:
        """How many numbers lie between two tokens' logits (`spread` of matrices.h)."""
        return -(-self.metadata.vocabulary // PANEL) * PANEL + PANEL


class NativeMemory:
    """Keys and values of some rows [rows, context / 16, layers, 2, kv_heads, 16 · head_size].

    They have half precision. Of 16 positions keys lie as [head_size, 16], values as
    [16, head_size] (kernel.c).
    """

    uniform = True

    def __init__(self, session: NativeSession, rows: int) -> None:
        self._session = session
        known = session.metadata
        blocks = -(-known.context_length // PANEL)
        self._memory = np.zeros(
            (rows, blocks, known.layers, 2, known.kv_heads, PANEL * known.head_size),
            dtype=np.float16,
        )
        self._address = self._memory.ctypes.data
        self._size = known.head_size
        self.rows = rows

    def together(self, steps: Sequence[Step]) -> list[Logits]:
        """Run steps of different rows; return the last `keep` logits of each [keep, V]."""
        known = self._session.metadata
        count = sum(len(step.tokens) for step in steps)
        tokens = (Token * count)()
        made = np.empty((sum(step.keep for step in steps), self._session.spread), dtype=np.float32)
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
        inside = slice(start % PANEL, start % PANEL + stop - start)
        parts = [_joined(part)[:, :, inside] for part in self._parts(row, start, stop)]
        block = np.stack(parts, axis=1)
        return block.reshape(2 * len(block), *block.shape[2:])

    def write(self, row: int, start: int, block: Block) -> None:
        """Put a block into a row, from a position on."""
        count = block.shape[2]
        inside = slice(start % PANEL, start % PANEL + count)
        for number, part in enumerate(self._parts(row, start, start + count)):
            whole = _joined(part)
            whole[:, :, inside] = block[number::2]
            part[...] = whole.reshape(part.shape)

    def _parts(self, row: int, start: int, stop: int) -> tuple[Block, Block]:
        """Return views of keys and values, [layers, kv_heads, blocks, 16, head_size]."""
        blocks = self._memory[row, start // PANEL : -(-stop // PANEL)]
        count, layers, _, kv_heads, _ = blocks.shape
        keys = blocks[:, :, 0].reshape(count, layers, kv_heads, self._size, PANEL)
        values = blocks[:, :, 1].reshape(count, layers, kv_heads, PANEL, self._size)
        return keys.transpose(1, 2, 0, 4, 3), values.transpose(1, 2, 0, 3, 4)


def _joined(part: Block) -> Block:
    """Join blocks of 16 positions, [layers, kv_heads, positions, head_size]."""
    layers, kv_heads, blocks, positions, size = part.shape
    return part.reshape(layers, kv_heads, blocks * positions, size)
