"""From a trained checkpoint to the one file that ships: `python -m training.onnx_export`.

Reads a folder that transformers' `Glm4MoeForCausalLM` loads and writes one ONNX graph for the CPU
provider of onnxruntime: 8-bit weights in blocks of 32 (MatMulNBits, QMoE), grouped-query attention
over a shared key-value buffer, logits of the last `logits_to_keep` positions only. `--precision
mixed`, the default, keeps all but the experts in half precision and rounds the experts in blocks of
16: a third larger than `int8`, and much closer to the checkpoint (docs/lab-notes.md). What that
rounding leaves of the first layers' experts stands in tensors of its own, which our kernel adds and
onnxruntime does not know. `--precision int4` is the same with 4 bits for all experts, and
`--precision fp32` rounds nothing, to check the graph apart from the rounding.

Shapes: b batch, s new tokens, L layers, m buffer length, V vocabulary, h heads of size n.
Inputs: input_ids int64 [b,s]; seqlens_k int32 [b] = total length - 1; total_length int32 [];
logits_to_keep int64 [1]; past_key.i, past_value.i float [b,kv_heads,m,n]. Outputs: logits
float [b,logits_to_keep,V]; present_key.i, present_value.i, which may be the very same buffers.
"""

import argparse
import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal, TypeAlias

import numpy as np
import onnx
from numpy.typing import NDArray
from onnx import TensorProto, helper, numpy_helper

Precision: TypeAlias = Literal["int8", "mixed", "int4", "fp32"]
Attribute: TypeAlias = int | float | str | list[int]
Configuration: TypeAlias = Any
"""transformers' `Glm4MoeConfig`, which is imported late."""
Weights: TypeAlias = Mapping[str, NDArray[np.float32]]

BLOCK = 32
FINER = 2
"""Layers, the first that have experts, whose experts `mixed` writes with 16 bits for the kernel:
what goes wrong there goes through the routers of all the others."""
FORMAT = 1
"""Version of the inputs, outputs and metadata that `assistants.engine` reads."""


@dataclass(slots=True)
class Graph:
    """Nodes and initializers as they are added; `emit` returns output names."""

    precision: Precision
    nodes: list[onnx.NodeProto] = field(default_factory=list)
    initializers: dict[str, onnx.TensorProto] = field(default_factory=dict)

    @property
    def rounds_all(self) -> bool:
        """Whether weights that are no experts' are rounded to 8 bits too."""
        return self.precision == "int8"

    @property
    def expert_block(self) -> int:
        """How many weights of an expert share a scale."""
        return 16 if self.precision == "mixed" else BLOCK

    @property
    def expert_bits(self) -> int:
        """Bits of an expert's weight."""
        return 4 if self.precision == "int4" else 8

    def constant(self, name: str, value: NDArray[Any]) -> str:
        """Add an initializer once and return its name."""
        if name not in self.initializers:
            self.initializers[name] = numpy_helper.from_array(np.ascontiguousarray(value), name)
        return name

    def weight(self, name: str, value: NDArray[np.float32]) -> str:
        """Add a weight that is not rounded to 8 bits; return the name of its float32 values."""
        if self.precision == "fp32":
            return self.constant(name, value)
        widened = f"{name}.widened"
        if name not in self.initializers:
            self.constant(name, value.astype(np.float16))
            self.emit("Cast", [name], widened, to=int(TensorProto.FLOAT))  # folded when loaded
        return widened

    def emit(
        self,
        op: str,
        inputs: Sequence[str],
        *outputs: str,
        domain: str = "",
        **attributes: Attribute,
    ) -> str:
        """Add a node and return the name of its first output."""
        given: dict[str, Any] = dict(attributes)
        self.nodes.append(
            helper.make_node(
                op, list(inputs), list(outputs), name=outputs[0], domain=domain, **given
            )
        )
        return outputs[0]

    def fused(self, op: str, inputs: Sequence[str], *outputs: str, **attributes: Attribute) -> str:
        """Add a node of onnxruntime's own operator set."""
        return self.emit(op, inputs, *outputs, domain="com.microsoft", **attributes)

    def linear(self, x: str, weight: NDArray[np.float32], name: str) -> str:
        """Multiply by a [outputs, inputs] weight, quantised where the graph is."""
        if not self.rounds_all:
            return self.emit("MatMul", [x, self.weight(f"{name}.weight", weight.T)], name)
        quantised, scales = quantise(weight)
        blocks = quantised.reshape(len(weight), -1, BLOCK)
        packed = self.constant(f"{name}.weight", blocks)
        return self.packed_linear(x, packed, self.constant(f"{name}.scales", scales), weight, name)

    def packed_linear(
        self, x: str, packed: str, scales: str, weight: NDArray[np.float32], name: str
    ) -> str:
        """Multiply by weights that are already quantised; `weight` only gives the shape."""
        rows, columns = weight.shape
        return self.fused(
            "MatMulNBits", [x, packed, scales], name,
            N=rows, K=columns, bits=8, block_size=BLOCK, accuracy_level=4,
        )  # fmt: skip


def quantise(
    weight: NDArray[np.float32], block: int = BLOCK, bits: int = 8, *, half: bool = False
) -> tuple[NDArray[np.uint8], NDArray[np.float32]]:
    """Round [..., K] to whole numbers around 128, or 8, with one scale [..., K / block] a block.

    Of 4 bits each, two numbers share a byte, the lower half first. With `half`, scales have half
    precision.
    """
    if weight.shape[-1] % block:
        message = f"a row of {weight.shape[-1]} weights does not divide into blocks of {block}"
        raise ValueError(message)
    blocks = weight.reshape(*weight.shape[:-1], -1, block)
    middle = 1 << (bits - 1)
    scales = np.abs(blocks).max(axis=-1) / (middle - 1)
    scales = np.where(scales == 0, np.float32(1), scales).astype(np.float32)
    if half:
        least = np.finfo(np.float16).smallest_subnormal
        scales = np.maximum(scales.astype(np.float16), least).astype(np.float32)
    steps = np.rint(blocks / scales[..., None]).clip(1 - middle, middle - 1)
    rounded = (steps + middle).astype(np.uint8).reshape(weight.shape)
    if bits == 8:
        return rounded, scales
    return (rounded[..., 0::2] | rounded[..., 1::2] << 4).astype(np.uint8), scales


def remainder(
    weight: NDArray[np.float32], rounded: NDArray[np.uint8], scales: NDArray[np.float32]
) -> NDArray[np.uint8]:
    """Return what rounding to 8 bits left, in 256ths of a step around 128."""
    blocks = weight.reshape(*scales.shape, -1) / scales[..., None]
    left = blocks - (rounded.reshape(blocks.shape).astype(np.float32) - 128)
    return (np.rint(left * 256).clip(-128, 127) + 128).astype(np.uint8).reshape(weight.shape)


def interleave(gate_up: NDArray[np.float32]) -> NDArray[np.float32]:
    """Reorder [experts, gate rows then up rows, d] to g0, u0, g1, u1, … as the operators want."""
    gate, up = np.split(gate_up, 2, axis=1)
    return np.stack([gate, up], axis=2).reshape(gate_up.shape)


class Exporter:
    """Writes one model's graph; `configuration` is the checkpoint's Glm4MoeConfig."""

    def __init__(
        self, configuration: Configuration, weights: Weights, precision: Precision
    ) -> None:
        refuse_unsupported(configuration)
        self.configuration = configuration
        self.weights = weights
        self.graph = Graph(precision)
        self.d = int(configuration.hidden_size)
        self.heads = int(configuration.num_attention_heads)
        self.kv_heads = int(configuration.num_key_value_heads)
        head_size = getattr(configuration, "head_dim", None)
        self.head_size = int(head_size or self.d // self.heads)
        self.layers = int(configuration.num_hidden_layers)
        self.experts = int(configuration.n_routed_experts)

    def build(self, context: int) -> onnx.ModelProto:
        """Return the whole graph for a context of so many tokens."""
        self._rotary(context)
        x, skip = self._embedding(), ""
        for index in range(self.layers):
            x, skip = self._layer(index, x, skip)
        normed, _ = self._norm("norm", self.weights["model.norm.weight"], x, skip)
        self._head(normed)
        return self._model()

    def _rotary(self, context: int) -> None:
        parameters = self.configuration.rope_parameters
        size = int(self.head_size * parameters.get("partial_rotary_factor", 1.0))
        frequencies = parameters["rope_theta"] ** -(np.arange(0, size, 2, dtype=np.float64) / size)
        angles = np.arange(context)[:, None] * frequencies
        self.graph.constant("cos", np.cos(angles).astype(np.float32))
        self.graph.constant("sin", np.sin(angles).astype(np.float32))

    def _embedding(self) -> str:
        table = self.weights["model.embed_tokens.weight"]
        if not self.graph.rounds_all:
            weight = self.graph.weight("embedding.weight", table)
            return self.graph.emit("Gather", [weight, "input_ids"], "embedding")
        quantised, scales = quantise(table)
        self.graph.constant("embedding.weight", quantised)
        self.graph.constant("embedding.scales", scales)
        return self.graph.fused(
            "GatherBlockQuantized", ["embedding.weight", "input_ids", "embedding.scales"],
            "embedding", bits=8, block_size=BLOCK, gather_axis=0, quantize_axis=1,
        )  # fmt: skip

    def _norm(self, name: str, gamma: NDArray[np.float32], x: str, skip: str) -> tuple[str, str]:
        """Add the pending residual and normalise; returns the normed and the summed stream."""
        weight = self.graph.constant(f"{name}.weight", gamma)
        epsilon = float(self.configuration.rms_norm_eps)
        if not skip:
            self.graph.emit(
                "SimplifiedLayerNormalization", [x, weight], name,
                axis=-1, epsilon=epsilon, stash_type=1,
            )  # fmt: skip
            return name, x
        total = f"{name}.sum"
        self.graph.fused(
            "SkipSimplifiedLayerNormalization", [x, skip, weight], name, "", "", total,
            epsilon=epsilon,
        )  # fmt: skip
        return name, total

    def _layer(self, index: int, x: str, skip: str) -> tuple[str, str]:
        source, name = f"model.layers.{index}", f"layer{index}"
        gamma = self.weights[f"{source}.input_layernorm.weight"]
        normed, x = self._norm(f"{name}.norm1", gamma, x, skip)
        attended = self._attention(index, normed)
        gamma = self.weights[f"{source}.post_attention_layernorm.weight"]
        normed, x = self._norm(f"{name}.norm2", gamma, x, attended)
        if index < int(self.configuration.first_k_dense_replace):
            return x, self._feed_forward(f"{source}.mlp", f"{name}.mlp", normed)
        routed = self._experts(index, f"{source}.mlp", normed)
        shared = self._feed_forward(f"{source}.mlp.shared_experts", f"{name}.shared", normed)
        return x, self.graph.emit("Add", [routed, shared], f"{name}.mixture")

    def _attention(self, index: int, x: str) -> str:
        source, name = f"model.layers.{index}.self_attn", f"layer{index}.attention"
        parts = ("q_proj", "k_proj", "v_proj")
        weight = np.concatenate([self.weights[f"{source}.{part}.weight"] for part in parts])
        packed = self.graph.linear(x, weight, f"{name}.qkv")
        if self.configuration.attention_bias:
            bias = np.concatenate([self.weights[f"{source}.{part}.bias"] for part in parts])
            added = self.graph.constant(f"{name}.bias", bias)
            packed = self.graph.emit("Add", [packed, added], f"{name}.qkv_bias")
        self.graph.fused(
            "GroupQueryAttention",
            [packed, "", "", f"past_key.{index}", f"past_value.{index}", "seqlens_k",
             "total_length", "cos", "sin"],
            name, f"present_key.{index}", f"present_value.{index}",
            num_heads=self.heads, kv_num_heads=self.kv_heads, do_rotary=1, rotary_interleaved=0,
        )  # fmt: skip
        return self.graph.linear(name, self.weights[f"{source}.o_proj.weight"], f"{name}.out")

    def _feed_forward(self, source: str, name: str, x: str) -> str:
        gate, up = (self.weights[f"{source}.{part}_proj.weight"] for part in ("gate", "up"))
        both = self.graph.linear(x, np.concatenate([gate, up]), f"{name}.gate_up")
        self.graph.emit("Split", [both], f"{name}.g", f"{name}.u", axis=-1, num_outputs=2)
        self.graph.emit("Sigmoid", [f"{name}.g"], f"{name}.sigmoid")
        self.graph.emit("Mul", [f"{name}.g", f"{name}.sigmoid"], f"{name}.silu")
        hidden = self.graph.emit("Mul", [f"{name}.silu", f"{name}.u"], f"{name}.hidden")
        return self.graph.linear(hidden, self.weights[f"{source}.down_proj.weight"], f"{name}.down")

    def _experts(self, index: int, source: str, x: str) -> str:
        graph, name = self.graph, f"layer{index}.experts"
        gate = graph.constant(f"{name}.gate", self.weights[f"{source}.gate.weight"].T)
        logits = graph.emit("MatMul", [x, gate], f"{name}.logits")
        shape = graph.constant("experts.shape", np.array([-1, self.experts], dtype=np.int64))
        flat = graph.emit("Reshape", [logits, shape], f"{name}.flat")
        scores = graph.emit("Sigmoid", [flat], f"{name}.scores")
        bias = self.weights[f"{source}.gate.e_score_correction_bias"]
        biased = [scores, graph.constant(f"{name}.balance", bias)]
        choice = graph.emit("Add", biased, f"{name}.choice")
        fc1 = interleave(self.weights[f"{source}.experts.gate_up_proj"])
        fc2 = self.weights[f"{source}.experts.down_proj"]
        mixed = self._mixture(name, (x, scores, choice), fc1, fc2)
        if index < int(self.configuration.first_k_dense_replace) + FINER:
            self._refine(name, fc1, fc2)
        factor = float(self.configuration.routed_scaling_factor)
        if factor == 1.0:
            return mixed
        scale = graph.constant("experts.factor", np.float32(factor).reshape(1))
        return graph.emit("Mul", [mixed, scale], f"{name}.scaled")

    def _mixture(
        self,
        name: str,
        inputs: tuple[str, str, str],
        fc1: NDArray[np.float32],
        fc2: NDArray[np.float32],
    ) -> str:
        graph, (x, scores, choice) = self.graph, inputs
        swiglu: dict[str, Attribute] = {
            "k": int(self.configuration.num_experts_per_tok), "normalize_routing_weights": 1,
            "activation_type": "swiglu", "swiglu_fusion": 1,
            "activation_alpha": 1.0, "activation_beta": 0.0,
        }  # fmt: skip
        if graph.precision == "fp32":
            routing = self._log_routing(name, scores, choice)
            first, second = graph.constant(f"{name}.fc1", fc1), graph.constant(f"{name}.fc2", fc2)
            return graph.fused("MoE", [x, routing, first, "", second], name, **swiglu)
        operands = [x, choice]
        for part, weight in (("fc1", fc1), ("fc2", fc2)):
            half = graph.precision == "mixed"
            quantised, scales = quantise(weight, graph.expert_block, graph.expert_bits, half=half)
            keep = graph.weight if half else graph.constant
            operands.append(graph.constant(f"{name}.{part}", quantised))
            operands.append(keep(f"{name}.{part}_scales", scales))
            operands.append("")
        operands += [""] * (14 - len(operands)) + [scores]
        swiglu |= {
            "expert_weight_bits": graph.expert_bits, "block_size": graph.expert_block,
            "accuracy_level": 4,
        }  # fmt: skip
        return graph.fused("QMoE", operands, name, **swiglu)

    def _refine(self, name: str, fc1: NDArray[np.float32], fc2: NDArray[np.float32]) -> None:
        """Add the lower bits of experts, which no node reads."""
        if self.graph.precision == "mixed":
            for part, weight in (("fc1", fc1), ("fc2", fc2)):
                rounded, scales = quantise(weight, self.graph.expert_block, half=True)
                self.graph.constant(f"{name}.{part}_rest", remainder(weight, rounded, scales))

    def _log_routing(self, name: str, scores: str, choice: str) -> str:
        """The fp32 operator softmaxes: give it log scores, and nothing outside the top k."""
        graph, k = self.graph, int(self.configuration.num_experts_per_tok)
        count = graph.constant("experts.k", np.array([k], dtype=np.int64))
        graph.emit("TopK", [choice, count], f"{name}.top", f"{name}.top_index", axis=-1)
        bounds = [
            graph.constant(f"experts.k{i}", np.array([i], dtype=np.int64)) for i in (k - 1, k)
        ]
        axis = graph.constant("experts.axis", np.array([1], dtype=np.int64))
        least = graph.emit("Slice", [f"{name}.top", *bounds, axis], f"{name}.least")
        inside = graph.emit("GreaterOrEqual", [choice, least], f"{name}.inside")
        logs = graph.emit("Log", [scores], f"{name}.log")
        never = graph.constant("experts.never", np.float32(-1e9).reshape(1))
        return graph.emit("Where", [inside, logs, never], f"{name}.routing")

    def _head(self, normed: str) -> None:
        graph = self.graph
        start = graph.emit("Neg", ["logits_to_keep"], "keep_from")
        end = graph.constant("head.end", np.array([np.iinfo(np.int64).max], dtype=np.int64))
        axis = graph.constant("head.axis", np.array([1], dtype=np.int64))
        last = graph.emit("Slice", [normed, start, end, axis], "kept")
        table = self.weights["model.embed_tokens.weight"]
        if not self.configuration.tie_word_embeddings:
            graph.linear(last, self.weights["lm_head.weight"], "logits")
        elif not graph.rounds_all:
            widened = graph.weight("embedding.weight", table)
            graph.emit("Transpose", [widened], "head.weight", perm=[1, 0])
            graph.emit("MatMul", [last, "head.weight"], "logits")
        else:  # the tied table is stored once; loading folds the reshape away
            shape = np.array([len(table), self.d // BLOCK, BLOCK], dtype=np.int64)
            blocks = graph.constant("head.shape", shape)
            packed = graph.emit("Reshape", ["embedding.weight", blocks], "head.weight")
            graph.packed_linear(last, packed, "embedding.scales", table, "logits")

    def _model(self) -> onnx.ModelProto:
        cache = ["b", self.kv_heads, "m", self.head_size]
        numbers = {
            "input_ids": (TensorProto.INT64, ["b", "s"]), "seqlens_k": (TensorProto.INT32, ["b"]),
            "total_length": (TensorProto.INT32, []), "logits_to_keep": (TensorProto.INT64, [1]),
        }  # fmt: skip
        inputs = [helper.make_tensor_value_info(n, t, s) for n, (t, s) in numbers.items()]
        vocabulary = int(self.configuration.vocab_size)
        outputs = [
            helper.make_tensor_value_info("logits", TensorProto.FLOAT, ["b", "k", vocabulary])
        ]
        for index in range(self.layers):
            for part in ("key", "value"):
                past, present = f"past_{part}.{index}", f"present_{part}.{index}"
                inputs.append(helper.make_tensor_value_info(past, TensorProto.FLOAT, cache))
                outputs.append(helper.make_tensor_value_info(present, TensorProto.FLOAT, cache))
        graph = helper.make_graph(
            self.graph.nodes, "plumb", inputs, outputs, list(self.graph.initializers.values())
        )
        sets = [helper.make_opsetid("", 21), helper.make_opsetid("com.microsoft", 1)]
        return helper.make_model(graph, opset_imports=sets, ir_version=10, producer_name="plumb")


def refuse_unsupported(configuration: Configuration) -> None:
    """Raise ValueError for what this graph does not express."""
    wanted = {"model_type": "glm4_moe", "n_group": 1, "use_qk_norm": False, "hidden_act": "silu",
              "norm_topk_prob": True}  # fmt: skip
    for name, value in wanted.items():
        found = getattr(configuration, name)
        if found != value:
            message = f"the graph needs {name} = {value!r}, the checkpoint has {found!r}"
            raise ValueError(message)
    if configuration.rope_parameters["rope_type"] != "default":
        raise ValueError("the graph needs plain rotary positions")


def export(
    checkpoint: Path,
    out: Path,
    *,
    precision: Precision = "mixed",
    tokenizer: Path | None = None,
    context: int | None = None,
    trained_length: int | None = None,
    markers: Sequence[str] = (),
    suffix_first: bool = False,
    release: str = "0",
) -> int:
    """Write the graph of a checkpoint folder and return its size in bytes.

    `trained_length` is how many positions training windows had, if fewer than the context;
    `suffix_first` the order in which it is asked to fill in the middle.
    """
    import torch
    from transformers import AutoModelForCausalLM
    from transformers.utils import logging as their_logging

    their_logging.disable_progress_bar()
    source: Any = AutoModelForCausalLM.from_pretrained(checkpoint, dtype=torch.float32)
    weights = {name: value.float().numpy() for name, value in source.state_dict().items()}
    context = context or int(source.config.max_position_embeddings)
    model = Exporter(source.config, weights, precision).build(context)
    configuration = source.config.to_dict()
    configuration.pop("_name_or_path", None)  # a folder of the machine that exports
    path = tokenizer or checkpoint / "tokenizer.json"
    metadata = {
        "format": str(FORMAT),
        "precision": precision,
        "release": release,
        "context_length": str(context),
        "trained_length": str(trained_length or context),
        "layers": str(source.config.num_hidden_layers),
        "kv_heads": str(source.config.num_key_value_heads),
        "head_size": str(source.config.head_dim),
        "vocabulary": str(source.config.vocab_size),
        "markers": json.dumps(list(markers)),
        "tokenizer_sha256": hashlib.sha256(path.read_bytes()).hexdigest(),
        "suffix_first": str(int(suffix_first)),
        "configuration": json.dumps(configuration, sort_keys=True, default=str),
    }
    helper.set_model_props(model, metadata)
    out.parent.mkdir(parents=True, exist_ok=True)
    partial = out.with_name(out.name + ".part")
    partial.write_bytes(model.SerializeToString())
    partial.replace(out)
    return out.stat().st_size


def main() -> None:
    """Read the command line and export."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("checkpoint", type=Path)
    parser.add_argument("out", type=Path)
    parser.add_argument("--precision", choices=("int8", "mixed", "int4", "fp32"), default="mixed")
    parser.add_argument("--tokenizer", type=Path, help="default: the checkpoint's tokenizer.json")
    parser.add_argument("--context", type=int, help="default: the checkpoint's positions")
    parser.add_argument("--trained-length", type=int, help="positions of a training window")
    parser.add_argument("--suffix-first", action="store_true", help="of fill-in-the-middle prompts")
    parser.add_argument("--release", default="0")
    parser.add_argument(
        "--markers", nargs="*", default=["python", "java", "math", "sql", "question", "plan",
                                         "schema", "query"],
        help="task markers that the model was trained on",
    )  # fmt: skip
    options = parser.parse_args()
    size = export(
        options.checkpoint, options.out, precision=options.precision, tokenizer=options.tokenizer,
        context=options.context, trained_length=options.trained_length,
        markers=options.markers, suffix_first=options.suffix_first, release=options.release,
    )  # fmt: skip
    print(f"{options.out}: {size / 1e6:.1f} MB")


if __name__ == "__main__":
    main()
