"""Read a weight file of the bundled kind back into the model that is trained.

Weights that were rounded come back as the numbers that the engine computes with.
"""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from assistants.engine.weights import WeightFile, read
from assistants.errors import ModelCorrupt
from training.model import MoeTransformer, Shape

Tensors = Mapping[str, NDArray[Any]]


def model_of_file(path: Path) -> tuple[MoeTransformer, Mapping[str, str]]:
    """The model of a weight file, and what the file says about itself.

    Raises:
        ModelCorrupt: the file is none that `training.onnx_export` wrote of this architecture.
    """
    try:
        file = read(path)
        shape = shape_of(json.loads(file.properties["configuration"]))
        model = MoeTransformer(shape)
        model.load_state_dict(state(file, shape))
    except (OSError, ValueError, KeyError, RuntimeError) as error:
        raise ModelCorrupt(f"{path} does not read as weights: {error}") from error
    return model.eval(), file.properties


def shape_of(configuration: Mapping[str, Any]) -> Shape:
    """The sizes in a `Glm4MoeConfig`."""
    return Shape(
        vocabulary=configuration["vocab_size"],
        width=configuration["hidden_size"],
        layers=configuration["num_hidden_layers"],
        heads=configuration["num_attention_heads"],
        kv_heads=configuration["num_key_value_heads"],
        head_size=configuration["head_dim"],
        experts=configuration["n_routed_experts"],
        chosen=configuration["num_experts_per_tok"],
        shared=configuration["n_shared_experts"],
        expert_width=configuration["moe_intermediate_size"],
        positions=configuration["max_position_embeddings"],
        rope_base=configuration["rope_parameters"]["rope_theta"],
        epsilon=configuration["rms_norm_eps"],
    )


def state(file: WeightFile, shape: Shape) -> dict[str, Tensor]:
    """The model's state by parameter name."""
    tensors = file.tensors
    found = {
        "embed_tokens.weight": linear(tensors, "embedding", shape.width, outputs_first=True),
        "norm.weight": plain(tensors, "norm.weight"),
    }
    for index in range(shape.layers):
        layer = layer_state(tensors, f"layer{index}", shape)
        found |= {f"layers.{index}.{name}": tensor for name, tensor in layer.items()}
    return found


def layer_state(tensors: Tensors, name: str, shape: Shape) -> dict[str, Tensor]:
    """One layer's parameters."""
    queries, keys = shape.heads * shape.head_size, shape.kv_heads * shape.head_size
    qkv = linear(tensors, f"{name}.attention.qkv", shape.width).split([queries, keys, keys])
    inner = shape.shared * shape.expert_width
    gate, up = linear(tensors, f"{name}.shared.gate_up", shape.width).chunk(2)
    fc1 = experts(tensors, f"{name}.experts.fc1", shape.width)
    return {
        "input_layernorm.weight": plain(tensors, f"{name}.norm1.weight"),
        "post_attention_layernorm.weight": plain(tensors, f"{name}.norm2.weight"),
        **{f"self_attn.{part}_proj.weight": w for part, w in zip("qkv", qkv, strict=True)},
        "self_attn.o_proj.weight": linear(tensors, f"{name}.attention.out", queries),
        "mlp.gate.weight": plain(tensors, f"{name}.experts.gate").t().contiguous(),
        "mlp.gate.e_score_correction_bias": plain(tensors, f"{name}.experts.balance"),
        "mlp.experts.gate_up_proj": torch.cat([fc1[:, 0::2], fc1[:, 1::2]], dim=1),
        "mlp.experts.down_proj": experts(tensors, f"{name}.experts.fc2", shape.expert_width),
        "mlp.shared_experts.gate_proj.weight": gate,
        "mlp.shared_experts.up_proj.weight": up,
        "mlp.shared_experts.down_proj.weight": linear(tensors, f"{name}.shared.down", inner),
    }


def plain(tensors: Tensors, name: str) -> Tensor:
    """A tensor that no file rounds."""
    return torch.from_numpy(tensors[name].astype(np.float32))


def linear(tensors: Tensors, name: str, inputs: int, *, outputs_first: bool = False) -> Tensor:
    """A matrix (outputs, inputs), which stands the other way round where it is not rounded."""
    weight, scales = tensors[f"{name}.weight"], tensors.get(f"{name}.scales")
    if scales is not None:
        return dequantised(weight.reshape(-1, inputs), scales.reshape(-1, scales.shape[-1]))
    rows = torch.from_numpy(weight.astype(np.float32))
    return rows if outputs_first else rows.t().contiguous()


def experts(tensors: Tensors, name: str, inputs: int) -> Tensor:
    """Experts' matrices (experts, outputs, inputs) of 4, 8 or 16 bits, or not rounded."""
    weight, scales = tensors[name], tensors.get(f"{name}_scales")
    if scales is None:
        return torch.from_numpy(weight.astype(np.float32))
    if 2 * weight.shape[-1] == inputs:  # two of 4 bits in a byte, the lower half first
        halves = np.stack([weight & 15, weight >> 4], axis=-1).reshape(*weight.shape[:-1], inputs)
        return dequantised(halves, scales, middle=8)
    return dequantised(weight, scales, tensors.get(f"{name}_rest"))


def dequantised(
    rounded: NDArray[Any],
    scales: NDArray[Any],
    rest: NDArray[Any] | None = None,
    middle: int = 128,
) -> Tensor:
    """Steps of a scale around a middle; `rest` holds 256ths of a step around 128."""
    steps = rounded.astype(np.float32) - middle
    if rest is not None:
        steps += (rest.astype(np.float32) - 128) / 256
    blocks = steps.reshape(*scales.shape, -1) * scales.astype(np.float32)[..., None]
    return torch.from_numpy(blocks.reshape(rounded.shape))
