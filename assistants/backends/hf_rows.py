"""Sequences of a transformers model: each with its cache, and several in one step where that works.

transformers' own continuous batching takes no grammar of a request (its processors see no request
id), so the engine's scheduler gathers the steps, and what it gathers runs here. Streams that decode
side by side keep one cache in common, in which shorter sequences are padded on the left; it is made
anew only when somebody comes or goes. That works for layers that keep all keys and values
(`DynamicLayer`); sequences with others (sliding windows, states) run one after the other.

A static cache has a fixed size, is written in place and is rewound by setting its length, so that
steps of one token can be compiled, and become one graph on a GPU.
"""

import threading
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

from assistants.engine.session import Step
from assistants.errors import Unsupported

Untyped: TypeAlias = Any
"""A value of transformers or torch: importing them for their types would be slow."""
Logits: TypeAlias = NDArray[np.float32]


@dataclass(slots=True, eq=False)
class TokenSequence:
    """Tokens that were run, and transformers' cache of them."""

    tokens: list[int] = field(default_factory=list[int])
    cache: Untyped = None

    def cut(self, length: int) -> bool:
        """Go back to the first tokens; False, and nothing is left, where the cache cannot."""
        excess = len(self.tokens) - length
        try:
            if length and excess and not self._rewound(length, excess):
                length = 0
        except (RuntimeError, NotImplementedError, AttributeError):  # what their caches raise
            length = 0
        del self.tokens[length:]
        self.cache = self.cache if length else None
        return length > 0

    def _rewound(self, length: int, excess: int) -> bool:
        from transformers.cache_utils import StaticCache, StaticLayer

        if not isinstance(self.cache, StaticCache):
            self.cache.crop(-excess)
            return True
        layers = [layer for layer in self.cache.layers if type(layer) is StaticLayer]
        if len(layers) < len(self.cache.layers):
            return False
        for layer in layers:
            layer.cumulative_length.fill_(length)
        return True


class Rows:
    """Runs steps of sequences, each a row. Steps come from the scheduler, one batch at a time."""

    uniform = True
    """Any steps may come together. Their bits depend on the company, as torch's do."""

    def __init__(self, model: Untyped, name: str, *, compiled: str = "", length: int = 0) -> None:
        """Take a model; with a mode of torch.compile, caches of a fixed length are static."""
        self._model, self._name = model, name
        self._length = length if compiled else 0
        self._step: Untyped = model
        if compiled:
            import torch

            self._step = torch.compile(model, mode=compiled, dynamic=False)
        self._sequences: dict[int, TokenSequence] = {}
        self._entered = 0
        self._members: tuple[int, ...] = ()
        self._cache: Untyped = None
        self._lock = threading.RLock()

    def enter(self, sequence: TokenSequence) -> int:
        """Give a sequence a row."""
        with self._lock:
            self._entered += 1
            self._sequences[self._entered] = sequence
            return self._entered

    def leave(self, row: int) -> None:
        """Take a sequence out; its cache is its own again."""
        with self._lock:
            if row in self._members:
                self._part()
            del self._sequences[row]

    def together(self, steps: Sequence[Step]) -> list[Logits]:
        """Run steps of different rows; return the last `keep` logits of each [keep, V]."""
        with self._lock:
            single = [step for step in steps if len(step.tokens) == 1 and self._mixes(step.row)]
            made = self._in_company(single) if len(single) > 1 else {}
            return [made[step.row] if step.row in made else self._alone(step) for step in steps]

    def _mixes(self, row: int) -> bool:
        """Whether a sequence can share a step: all of its layers keep all keys and values."""
        from transformers.cache_utils import DynamicCache, DynamicLayer

        cache = self._cache if row in self._members else self._sequences[row].cache
        return isinstance(cache, DynamicCache) and all(
            type(layer) is DynamicLayer and layer.is_initialized for layer in cache.layers
        )

    def _alone(self, step: Step) -> Logits:
        import torch

        if step.row in self._members:
            self._part()
        sequence = self._sequences[step.row]
        cache, before = sequence.cache, sequence.tokens
        sequence.cache, sequence.tokens = None, []  # what stays if the step fails
        if cache is None and self._length:
            cache = self._static()
        model = self._step if len(step.tokens) == 1 else self._model
        with torch.no_grad() if self._length else torch.inference_mode():
            output: Untyped = model(
                input_ids=torch.tensor([list(step.tokens)], device=self._model.device),
                past_key_values=cache,
                use_cache=True,
                logits_to_keep=step.keep,
            )
        if output.past_key_values is None:
            raise Unsupported(f"{self._name} keeps no key-value cache")
        sequence.cache = output.past_key_values
        sequence.tokens = [*before, *step.tokens]
        return output.logits[0].float().cpu().numpy()

    def _static(self) -> Untyped:
        from transformers.cache_utils import StaticCache

        return StaticCache(config=self._model.config, max_cache_len=self._length)

    def _in_company(self, steps: Sequence[Step]) -> dict[int, Logits]:
        """Run single tokens of several rows at once."""
        import torch

        members = tuple(step.row for step in steps)
        if members != self._members:
            self._part()
            self._gather(members)
        sequences = [self._sequences[row] for row in members]
        cache, tokens = self._cache, [sequence.tokens for sequence in sequences]
        self._cache, self._members = None, ()
        for sequence in sequences:  # what stays if the step fails
            sequence.tokens = []
        lengths = torch.tensor([len(each) for each in tokens], device=self._model.device)
        places = torch.arange(int(lengths.max()) + 1, device=self._model.device)
        with torch.inference_mode():
            output: Untyped = self._model(
                input_ids=torch.tensor(
                    [list(step.tokens) for step in steps], device=self._model.device
                ),
                attention_mask=(places >= (lengths.max() - lengths)[:, None]).long(),
                position_ids=lengths[:, None],
                past_key_values=cache,
                use_cache=True,
                logits_to_keep=1,
            )
        self._cache, self._members = output.past_key_values, members
        for sequence, before, step in zip(sequences, tokens, steps, strict=True):
            sequence.tokens = [*before, *step.tokens]
        logits = output.logits.float().cpu().numpy()
        return {row: logits[index] for index, row in enumerate(members)}

    def _gather(self, members: tuple[int, ...]) -> None:
        """Put caches of one sequence each into one, padded on the left."""
        import torch
        from transformers.cache_utils import DynamicCache

        sequences = [self._sequences[row] for row in members]
        longest = max(len(sequence.tokens) for sequence in sequences)
        joint = DynamicCache()
        with torch.inference_mode():
            for index in range(len(sequences[0].cache.layers)):
                parts: list[tuple[Untyped, Untyped]] = []
                for sequence in sequences:
                    layer = sequence.cache.layers[index]
                    missing = (0, 0, longest - len(sequence.tokens), 0)
                    pad = torch.nn.functional.pad
                    parts.append((pad(layer.keys, missing), pad(layer.values, missing)))
                keys, values = zip(*parts, strict=True)
                joint.update(torch.cat(keys), torch.cat(values), index)
        for sequence in sequences:
            sequence.cache = None
        self._cache, self._members = joint, members

    def _part(self) -> None:
        """Give each sequence of the company its own cache again."""
        import torch
        from transformers.cache_utils import DynamicCache

        members, joint = self._members, self._cache
        self._members, self._cache = (), None
        with torch.inference_mode():
            for row, member in enumerate(members):
                sequence = self._sequences[member]
                own = DynamicCache()
                for index, layer in enumerate(joint.layers):
                    from_ = layer.keys.shape[-2] - len(sequence.tokens)
                    keys = layer.keys[row : row + 1, :, from_:].clone()
                    own.update(keys, layer.values[row : row + 1, :, from_:].clone(), index)
                sequence.cache = own
