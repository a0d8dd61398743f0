"""One ONNX graph in onnxruntime, and the key-value buffers that its steps read and write.

The file is written by `training.onnx_export`, whose docstring gives inputs, outputs and shapes.
Past and present keys and values are bound to the same memory, so rewinding a sequence is nothing
but a smaller length: what lies behind it is overwritten.
"""

import json
import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol, TypeAlias

import numpy as np
from numpy.typing import NDArray

from assistants.errors import ModelCorrupt, ModelNotFound

from .cache import Block

Logits: TypeAlias = NDArray[np.float32]
Untyped: TypeAlias = Any
"""A value of onnxruntime, which has no types."""

FORMAT = "1"
CHUNK = 256
"""Prompt tokens a step: 18 % faster than one step at 2,048 tokens, and less scratch memory."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Metadata:
    """What the file says about itself."""

    precision: str
    release: str
    context_length: int
    trained_length: int
    layers: int
    kv_heads: int
    head_size: int
    vocabulary: int
    markers: tuple[str, ...]
    tokenizer_sha256: str
    suffix_first: bool
    """Whether a fill-in-the-middle prompt gives the suffix before the prefix."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """Tokens to run behind the first `length` of a row; `keep` logits are wanted."""

    row: int
    length: int
    tokens: Sequence[int]
    keep: int


class Together(Protocol):
    """Some sequences, a row each, whose steps can run together.

    `uniform` memory gives a token the same bits however it is run, and takes any steps together;
    else only steps of one token in neighbouring rows run together, and one token alone gives
    other bits than several.
    """

    uniform: bool

    def together(self, steps: Sequence[Step]) -> list[Logits]:
        """Run steps of different rows at once; return the last `keep` logits of each [keep, V]."""
        ...


class Memory(Together, Protocol):
    """Their keys and values."""

    rows: int

    def read(self, row: int, start: int, stop: int) -> Block:
        """Return a copy of a part of a row."""
        ...

    def write(self, row: int, start: int, block: Block) -> None:
        """Put a block into a row, from a position on."""
        ...


class Network(Protocol):
    """A loaded model.

    So many threads may run steps at once, of different sequences; `companies` share them out.
    """

    metadata: Metadata
    uniform: bool
    companies: int

    def buffers(self, rows: int = 1) -> Memory:
        """Allocate memory for some sequences; pages are only touched as tokens arrive."""
        ...


class Session:
    """Runs steps of one graph on onnxruntime. Not thread-safe: a `Scheduler` orders them."""

    companies = 1

    uniform = False

    def __init__(self, path: Path, *, threads: int | None = None, spinning: bool = False) -> None:
        """Load the file.

        Spinning threads decode about a quarter faster on an idle machine and much slower beside
        other work, so they are off unless asked for.

        Raises:
            ModelNotFound: there is no such file.
            ModelCorrupt: it is not a graph that this engine can run.
        """
        if not path.is_file():
            raise ModelNotFound(
                f"no model weights at {path}",
                hint="reinstall plumb, or name another model with --model",
            )
        import onnxruntime

        options = onnxruntime.SessionOptions()
        options.log_severity_level = 4
        options.intra_op_num_threads = threads or min(4, available_cores())
        options.add_session_config_entry("session.intra_op.allow_spinning", str(int(spinning)))
        try:
            self._session: Untyped = onnxruntime.InferenceSession(
                path, options, providers=["CPUExecutionProvider"]
            )
        except Exception as error:  # onnxruntime's errors share no narrower class
            raise _corrupt(path, str(error).splitlines()[0]) from error
        properties: dict[str, str] = self._session.get_modelmeta().custom_metadata_map
        self.metadata = read_metadata(path, properties)
        self._make_value: Untyped = onnxruntime.OrtValue.ortvalue_from_numpy

    def buffers(self, rows: int = 1) -> "KeyValues":
        """Allocate memory for some sequences; pages are only touched as tokens arrive."""
        return KeyValues(self._session, self._make_value, self.metadata, rows)

    def run(
        self, buffers: "KeyValues", tokens: Sequence[int], length: int, keep: int = 1
    ) -> Logits:
        """Add tokens behind the first `length` of the first row; return logits [keep, vocabulary].

        The returned array is only valid until the next step on the same buffers.
        """
        step = self.metadata.context_length if keep > 1 else CHUNK
        chunks = [tokens[start : start + step] for start in range(0, len(tokens), step)]
        for chunk in chunks[:-1]:
            buffers.step(0, [length], [chunk], 1)
            length += len(chunk)
        return buffers.step(0, [length], chunks[-1:], keep)[0]


class KeyValues:
    """Keys and values [2 · layers, rows, kv_heads, context, head_size]; a row holds a sequence.

    Neighbouring rows can take a step together, one token each: in the memory of a layer they are a
    batch. ONNX Runtime gives a row the same bits alone and in any batch. Several tokens at once
    (only one row can take these) give the same bits however they are cut into steps of two or
    more; a step of a single token differs from that in the last bits.
    """

    uniform = False

    def __init__(
        self, session: Untyped, make_value: Untyped, metadata: Metadata, rows: int
    ) -> None:
        shape = (2 * metadata.layers, rows, metadata.kv_heads, metadata.context_length)
        self._memory = np.zeros((*shape, metadata.head_size), dtype=np.float32)
        self._session, self._make_value, self._vocabulary = session, make_value, metadata.vocabulary
        self._bindings: dict[tuple[int, int], _Binding] = {}
        self.rows = rows

    def together(self, steps: Sequence[Step]) -> list[Logits]:
        """Run single tokens of neighbouring rows, in order of rows, or one step alone."""
        lengths, tokens = [step.length for step in steps], [step.tokens for step in steps]
        made = self.step(steps[0].row, lengths, tokens, steps[0].keep)
        return [row.copy() for row in made]

    def step(
        self, first: int, lengths: Sequence[int], tokens: Sequence[Sequence[int]], keep: int
    ) -> Logits:
        """Run the graph once over neighbouring rows; return logits [rows, keep, vocabulary].

        Row `first + i` holds `lengths[i]` tokens and gets `tokens[i]`, equally many in every row.
        The returned array is only valid until the next step of the same rows.
        """
        binding = self._bindings.get((first, len(tokens)))
        if binding is None:
            rows = self._memory[:, first : first + len(tokens)]
            binding = _Binding(self._session, self._make_value, rows, self._vocabulary)
            self._bindings[first, len(tokens)] = binding
        return binding.run(lengths, tokens, keep)

    def read(self, row: int, start: int, stop: int) -> Block:
        """Return a copy of a part of a row."""
        return self._memory[:, row, :, start:stop].copy()

    def write(self, row: int, start: int, block: Block) -> None:
        """Put a block into a row, from a position on."""
        self._memory[:, row, :, start : start + block.shape[2]] = block


class _Binding:
    """The inputs and outputs of steps over the same rows, bound to memory once."""

    def __init__(
        self, session: Untyped, make_value: Untyped, rows: NDArray[np.float32], vocabulary: int
    ) -> None:
        self._session, self._make_value = session, make_value
        self._binding = session.io_binding()
        count = rows.shape[1]
        self._ids = np.zeros((count, 0), dtype=np.int64)
        self._last, self._total = np.zeros(count, dtype=np.int32), np.zeros((), dtype=np.int32)
        self._keep = np.ones(1, dtype=np.int64)
        self._logits = np.zeros((count, 0, vocabulary), dtype=np.float32)
        for name, array in (
            ("seqlens_k", self._last), ("total_length", self._total),
            ("logits_to_keep", self._keep),
        ):  # fmt: skip
            self._binding.bind_ortvalue_input(name, make_value(array))
        for layer in range(len(rows) // 2):
            for offset, part in enumerate(("key", "value")):
                shared = make_value(rows[2 * layer + offset])
                self._binding.bind_ortvalue_input(f"past_{part}.{layer}", shared)
                self._binding.bind_ortvalue_output(f"present_{part}.{layer}", shared)

    def run(self, lengths: Sequence[int], tokens: Sequence[Sequence[int]], keep: int) -> Logits:
        """Run the graph over tokens at the positions from `lengths` on."""
        count, new = len(tokens), len(tokens[0])
        if self._ids.shape[1] != new:
            self._ids = np.zeros((count, new), dtype=np.int64)
            self._binding.bind_ortvalue_input("input_ids", self._make_value(self._ids))
        if self._logits.shape[1] != keep:
            self._logits = np.zeros((count, keep, self._logits.shape[2]), dtype=np.float32)
            self._binding.bind_ortvalue_output("logits", self._make_value(self._logits))
        self._ids[:] = tokens
        self._last[:] = np.add(lengths, new - 1)
        self._total[...] = max(lengths) + new
        self._keep[0] = keep
        self._session.run_with_iobinding(self._binding)
        return self._logits


def available_cores() -> int:
    """Return how many cores this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def read_metadata(path: Path, properties: Mapping[str, str]) -> Metadata:
    """Return what a weight file says about itself; raises `ModelCorrupt`."""
    if properties.get("format") != FORMAT:
        found = properties.get("format", "none")
        raise _corrupt(path, f"graph format {found}, this version of plumb reads {FORMAT}")
    try:
        return Metadata(
            precision=properties["precision"],
            release=properties["release"],
            context_length=int(properties["context_length"]),
            trained_length=int(properties["trained_length"]),
            layers=int(properties["layers"]),
            kv_heads=int(properties["kv_heads"]),
            head_size=int(properties["head_size"]),
            vocabulary=int(properties["vocabulary"]),
            markers=tuple(json.loads(properties["markers"])),
            tokenizer_sha256=properties["tokenizer_sha256"],
            suffix_first=properties.get("suffix_first") == "1",
        )
    except (KeyError, ValueError) as error:
        raise _corrupt(path, f"metadata: {error}") from error


def _corrupt(path: Path, reason: str) -> ModelCorrupt:
    return ModelCorrupt(
        f"the model weights at {path} do not load: {reason}",
        hint="reinstall plumb, or name another model with --model",
    )
