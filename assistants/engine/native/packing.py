"""A weight file's tensors in the panels that the kernel reads (see kernel.c)."""

import ctypes
import json
from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from assistants.engine.weights import WeightFile

from .library import Layer, Matrix, Model

PANEL = 16
_ALIGNED = 64
_LONGEST = 512
"""Inputs of a block: so many products of 8 and 16 bits have a sum of 32."""
_KINDS: Mapping[Any, int] = {
    np.dtype(np.float32): 0, np.dtype(np.int8): 1, np.dtype(np.float16): 2,
}  # fmt: skip


class Unexpressed(Exception):
    """Weights of a kind that the kernel does not express."""


class Packed:
    """A model as the kernel takes it, and the arrays that it points into."""

    def __init__(self, file: WeightFile) -> None:
        """Pack a file; raises `Unexpressed`."""
        self._file = file
        # One block, so that it lies in huge pages (numpy asks for them); what is left over of it is
        # never touched. Experts of 4 bits take twice the room that they have in the file.
        sizes = [2 * tensor.nbytes + PANEL * _ALIGNED for tensor in file.tensors.values()]
        self._block = np.empty(sum(sizes), dtype=np.uint8)
        self._used = -self._block.ctypes.data % _ALIGNED
        known = json.loads(file.properties["configuration"])
        if known.get("attention_bias") or known["hidden_size"] % PANEL or known["head_dim"] % PANEL:
            raise Unexpressed("biases, or widths that do not divide into blocks")
        self._hidden = int(known["moe_intermediate_size"])
        layers = int(known["num_hidden_layers"])
        cosines, sines = self._numbers("cos"), self._numbers("sin")
        embedding = self._matrix("embedding")
        tied = known["tie_word_embeddings"]
        self.model = Model(
            width=known["hidden_size"], layers=layers, heads=known["num_attention_heads"],
            kv_heads=known["num_key_value_heads"], head=known["head_dim"],
            rotary=file.tensors["cos"].shape[1], experts=known["n_routed_experts"],
            chosen=known["num_experts_per_tok"],
            context=-(-int(file.properties["context_length"]) // PANEL) * PANEL,
            epsilon=known["rms_norm_eps"], factor=known["routed_scaling_factor"],
            cosines=cosines, sines=sines, norm=self._numbers("norm.weight"),
            embedding=embedding, output=embedding if tied else self._matrix("logits"),
            layer=(Layer * layers)(*(self._layer(index) for index in range(layers))),
        )  # fmt: skip
        del self._file  # everything was copied: the file's bytes are as much again

    def _layer(self, index: int) -> Layer:
        name = f"layer{index}"
        routed = f"{name}.experts.fc1" in self._file.tensors
        dense = "shared" if routed else "mlp"
        layer = Layer(
            norm1=self._numbers(f"{name}.norm1.weight"),
            norm2=self._numbers(f"{name}.norm2.weight"),
            qkv=self._matrix(f"{name}.attention.qkv"), out=self._matrix(f"{name}.attention.out"),
            up=self._matrix(f"{name}.{dense}.gate_up"), down=self._matrix(f"{name}.{dense}.down"),
        )  # fmt: skip
        if routed:
            gate = np.ascontiguousarray(self._tensor(f"{name}.experts.gate").T)
            layer.router = self._packed(gate, None)
            layer.balance = self._numbers(f"{name}.experts.balance")
            layer.expert_up = self._experts(
                f"{name}.experts.fc1", layer.up.inputs, interleaved=True
            )
            layer.expert_down = self._experts(
                f"{name}.experts.fc2", self._hidden, interleaved=False
            )
        return layer

    def _tensor(self, name: str) -> NDArray[Any]:
        try:
            return self._file.tensors[name]
        except KeyError as error:
            raise Unexpressed(f"no tensor {name}") from error

    def _numbers(self, name: str) -> int:
        """Keep a float32 tensor; return where it lies."""
        return self._keep(self._tensor(name).astype(np.float32))

    def _keep(self, array: NDArray[Any]) -> int:
        room = self._block[self._used : self._used + array.nbytes]
        kept = room.view(array.dtype).reshape(array.shape)
        kept[...] = array
        self._used += array.nbytes + -array.nbytes % _ALIGNED
        return kept.ctypes.data

    def _matrix(self, name: str) -> Matrix:
        """Pack [outputs, inputs] weights: 8-bit with scales, or [inputs, outputs] without."""
        weight = self._tensor(f"{name}.weight")
        scales = self._file.tensors.get(f"{name}.scales")
        if scales is None:
            return self._packed(weight if name == "embedding" else weight.T, None)
        return self._packed(weight.reshape(len(weight), -1), scales)

    def _experts(self, name: str, inputs: int, *, interleaved: bool) -> "ctypes.Array[Matrix]":
        """Pack [experts, outputs, inputs]; interleaved rows become all gates, then all values."""
        weights = self._tensor(name)
        if 2 * weights.shape[2] == inputs:  # 4 bits each, around 8: 8 bits around 128
            weights = np.stack([weights & 15, weights >> 4], axis=-1).reshape(
                *weights.shape[:2], -1
            )
            weights += 120
        scales = self._file.tensors.get(f"{name}_scales")
        if scales is not None:
            scales = scales.astype(np.float32)
        rest = self._file.tensors.get(f"{name}_rest")
        if rest is not None and scales is not None:
            weights, scales = _refined(weights, rest, scales), None
        if interleaved:
            weights = np.concatenate([weights[:, 0::2], weights[:, 1::2]], axis=1)
            if scales is not None:
                scales = np.concatenate([scales[:, 0::2], scales[:, 1::2]], axis=1)
        by = scales if scales is not None else [None] * len(weights)
        made = [self._packed(one, other) for one, other in zip(weights, by, strict=True)]
        return (Matrix * len(made))(*made)

    def _packed(self, weight: NDArray[Any], scales: NDArray[np.float32] | None) -> Matrix:
        outputs, inputs = weight.shape
        block = inputs
        if scales is not None:
            block = inputs // scales.shape[1]
            known = block % PANEL == 0 and block <= _LONGEST and weight.dtype == np.uint8
            if inputs != block * scales.shape[1] or not known:
                raise Unexpressed("weights in blocks of another kind")
            weight = (weight ^ np.uint8(128)).view(np.int8)  # around 128 becomes around 0
        if weight.dtype not in _KINDS:
            raise Unexpressed(f"weights of type {weight.dtype}")
        return Matrix(
            kind=_KINDS[weight.dtype], outputs=outputs, inputs=inputs, block=block,
            weights=self._keep(_paired(weight) if scales is not None else _panels(weight)),
            scales=None if scales is None else self._keep(_panels(scales)),
        )  # fmt: skip


def _refined(
    weights: NDArray[Any], rest: NDArray[Any], scales: NDArray[np.float32]
) -> NDArray[np.float16]:
    """Put 16 bits together from a weight's two bytes: steps around 128, and 256ths of a step."""
    whole = weights.astype(np.float32)
    whole += rest.astype(np.float32) / 256 - np.float32(128.5)
    blocks = whole.reshape(*scales.shape, -1)
    blocks *= scales[..., None]
    return whole.astype(np.float16)


def _panels(rows: NDArray[Any]) -> NDArray[Any]:
    """Reorder [outputs, n] to [outputs / 16, n, 16], filled up with zeros."""
    missing = -len(rows) % PANEL
    if missing:
        rows = np.concatenate([rows, np.zeros((missing, rows.shape[1]), dtype=rows.dtype)])
    return rows.reshape(-1, PANEL, rows.shape[1]).swapaxes(1, 2)


def _paired(rows: NDArray[Any]) -> NDArray[Any]:
    """Reorder [outputs, n] to [outputs / 16, n / 2, 16, 2]."""
    panels = _panels(rows)
    return panels.reshape(len(panels), -1, 2, PANEL).swapaxes(2, 3)
