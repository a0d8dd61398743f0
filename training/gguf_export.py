"""From a trained checkpoint to a GGUF file for llama.cpp: `python -m training.gguf_export`.

Reads a folder that transformers' `Glm4MoeForCausalLM` loads and writes llama.cpp's architecture
`glm4moe`, with the tokenizer inside (its pre-tokenizer is llama.cpp's `qwen2`). Names and shapes
are those of gguf's own tables; rotary positions need no reordering, both sides rotate halves. The
tied table is written once. Norms, routers and biases stay float32 in every precision, as llama.cpp
wants them.
"""

import argparse
import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import gguf
import numpy as np
from numpy.typing import NDArray

from training.onnx_export import refuse_unsupported

PRECISIONS: Mapping[str, gguf.GGMLQuantizationType] = {
    "f32": gguf.GGMLQuantizationType.F32,
    "bf16": gguf.GGMLQuantizationType.BF16,
    "q8_0": gguf.GGMLQuantizationType.Q8_0,
    "q4_0": gguf.GGMLQuantizationType.Q4_0,
}
_FILE_TYPES = {
    "f32": gguf.LlamaFileType.ALL_F32, "bf16": gguf.LlamaFileType.MOSTLY_BF16,
    "q8_0": gguf.LlamaFileType.MOSTLY_Q8_0, "q4_0": gguf.LlamaFileType.MOSTLY_Q4_0,
}  # fmt: skip
_LAYER = {
    "input_layernorm": "attn_norm", "self_attn.q_proj": "attn_q", "self_attn.k_proj": "attn_k",
    "self_attn.v_proj": "attn_v", "self_attn.o_proj": "attn_output",
    "post_attention_layernorm": "post_attention_norm", "mlp.gate": "ffn_gate_inp",
    "mlp.shared_experts.gate_proj": "ffn_gate_shexp", "mlp.shared_experts.up_proj": "ffn_up_shexp",
    "mlp.shared_experts.down_proj": "ffn_down_shexp", "mlp.gate_proj": "ffn_gate",
    "mlp.up_proj": "ffn_up", "mlp.down_proj": "ffn_down",
}  # fmt: skip
_OUTSIDE = {
    "model.embed_tokens.weight": "token_embd.weight", "model.norm.weight": "output_norm.weight",
    "lm_head.weight": "output.weight",
}  # fmt: skip


def tensors(
    weights: Mapping[str, NDArray[np.float32]], *, tied: bool
) -> Iterator[tuple[str, NDArray[np.float32]]]:
    """Yield llama.cpp's names with their values; the experts of a layer are stacked already."""
    for name, value in weights.items():
        if name in _OUTSIDE:
            if not (tied and name == "lm_head.weight"):
                yield _OUTSIDE[name], value
            continue
        layer, _, rest = name.removeprefix("model.layers.").partition(".")
        block = f"blk.{layer}"
        if rest == "mlp.gate.e_score_correction_bias":
            yield f"{block}.exp_probs_b.bias", value
        elif rest == "mlp.experts.gate_up_proj":
            gate, up = np.split(value, 2, axis=1)
            yield f"{block}.ffn_gate_exps.weight", gate
            yield f"{block}.ffn_up_exps.weight", up
        elif rest == "mlp.experts.down_proj":
            yield f"{block}.ffn_down_exps.weight", value
        else:
            part, _, kind = rest.rpartition(".")
            yield f"{block}.{_LAYER[part]}.{kind}", value


def export(
    checkpoint: Path, out: Path, *, tokenizer: Path, precision: str = "q8_0",
    context: int | None = None,
) -> int:  # fmt: skip
    """Write a checkpoint folder as one GGUF file and return its size in bytes.

    Raises ValueError for what the architecture does not express.
    """
    import torch
    from transformers import AutoModelForCausalLM

    source: Any = AutoModelForCausalLM.from_pretrained(checkpoint, dtype=torch.float32)
    refuse_unsupported(source.config)
    partial = out.with_name(out.name + ".part")
    writer = gguf.GGUFWriter(partial, "glm4moe")
    _describe(writer, source.config, context or int(source.config.max_position_embeddings))
    writer.add_file_type(_FILE_TYPES[precision])
    _add_tokenizer(writer, json.loads(tokenizer.read_text("utf-8")))
    weights = {name: value.float().numpy() for name, value in source.state_dict().items()}
    for name, value in tensors(weights, tied=bool(source.config.tie_word_embeddings)):
        kept = value.ndim < 2 or "ffn_gate_inp" in name or "exp_probs_b" in name
        kind = gguf.GGMLQuantizationType.F32 if kept else PRECISIONS[precision]
        writer.add_tensor(name, gguf.quantize(np.ascontiguousarray(value), kind), raw_dtype=kind)
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()
    partial.replace(out)
    return out.stat().st_size


def _describe(writer: gguf.GGUFWriter, configuration: Any, context: int) -> None:  # noqa: ANN401
    """Add what llama.cpp builds the graph from."""
    rotary = configuration.rope_parameters
    writer.add_name("plumb")
    writer.add_license("apache-2.0")
    writer.add_vocab_size(configuration.vocab_size)
    writer.add_context_length(context)
    writer.add_embedding_length(configuration.hidden_size)
    writer.add_block_count(configuration.num_hidden_layers)
    writer.add_feed_forward_length(configuration.intermediate_size)
    writer.add_head_count(configuration.num_attention_heads)
    writer.add_head_count_kv(configuration.num_key_value_heads)
    writer.add_key_length(configuration.head_dim)
    writer.add_value_length(configuration.head_dim)
    writer.add_layer_norm_rms_eps(configuration.rms_norm_eps)
    writer.add_rope_freq_base(rotary["rope_theta"])
    share = rotary.get("partial_rotary_factor", 1.0)
    writer.add_rope_dimension_count(int(configuration.head_dim * share))
    writer.add_expert_count(configuration.n_routed_experts)
    writer.add_expert_used_count(configuration.num_experts_per_tok)
    writer.add_expert_shared_count(configuration.n_shared_experts)
    writer.add_expert_feed_forward_length(configuration.moe_intermediate_size)
    writer.add_expert_gating_func(gguf.ExpertGatingFuncType.SIGMOID)
    writer.add_expert_weights_norm(value=True)
    writer.add_expert_weights_scale(configuration.routed_scaling_factor)
    writer.add_leading_dense_block_count(configuration.first_k_dense_replace)
    writer.add_nextn_predict_layers(0)


def _add_tokenizer(writer: gguf.GGUFWriter, description: Mapping[str, Any]) -> None:
    """Add the byte-level BPE; control tokens are marked, so that no text becomes one."""
    special = {entry["id"] for entry in description["added_tokens"] if entry["special"]}
    names = {entry["id"]: entry["content"] for entry in description["added_tokens"]}
    names |= {number: text for text, number in description["model"]["vocab"].items()}
    texts = [names[number] for number in range(len(names))]
    kinds = [
        gguf.TokenType.CONTROL if number in special else gguf.TokenType.NORMAL
        for number in range(len(texts))
    ]
    merges = description["model"]["merges"]
    writer.add_tokenizer_model("gpt2")
    writer.add_tokenizer_pre("qwen2")
    writer.add_token_list(texts)
    writer.add_token_types(kinds)
    writer.add_token_merges([one if isinstance(one, str) else " ".join(one) for one in merges])
    ids = {text: number for number, text in enumerate(texts)}
    writer.add_eos_token_id(ids["<|endoftext|>"])
    writer.add_pad_token_id(ids["<|fim_pad|>"])
    writer.add_add_bos_token(value=False)
    for part in ("prefix", "suffix", "middle"):
        writer.add_uint32(f"tokenizer.ggml.fim_{part[:3]}_token_id", ids[f"<|fim_{part}|>"])


def main() -> None:
    """Read the command line and export."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("checkpoint", type=Path)
    parser.add_argument("out", type=Path)
    parser.add_argument("--precision", choices=list(PRECISIONS), default="q8_0")
    parser.add_argument("--tokenizer", type=Path, help="default: the checkpoint's tokenizer.json")
    parser.add_argument("--context", type=int, help="default: the checkpoint's positions")
    options = parser.parse_args()
    size = export(
        options.checkpoint, options.out, precision=options.precision, context=options.context,
        tokenizer=options.tokenizer or options.checkpoint / "tokenizer.json",
    )  # fmt: skip
    print(f"{options.out}: {size / 1e6:.1f} MB")


if __name__ == "__main__":
    main()
