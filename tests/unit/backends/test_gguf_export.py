"""The GGUF file holds the checkpoint's weights under llama.cpp's names, and the tokenizer."""

import json

import numpy as np
import pytest

torch = pytest.importorskip("torch", reason="needs the torch extra")
gguf = pytest.importorskip("gguf", reason="needs the torch extra")

from transformers import Glm4MoeForCausalLM  # noqa: E402

from training import gguf_export  # noqa: E402


def tensors_of(path):
    return {one.name: one for one in gguf.GGUFReader(path).tensors}


@pytest.mark.parametrize("tied", [True, False])
def test_every_weight_is_there_once_under_a_name_of_the_architecture(
    tied, tmp_path, small, configuration, spread
):
    changes = {"tie_word_embeddings": tied, "first_k_dense_replace": 1, "attention_bias": True}
    size = json.loads(small.tokenizer.read_text())["model"]["vocab"]
    model = Glm4MoeForCausalLM(configuration(vocab_size=len(size), **changes)).eval()
    spread(model)
    model.save_pretrained(tmp_path)
    out = tmp_path / "m.gguf"
    gguf_export.export(tmp_path, out, tokenizer=small.tokenizer, precision="f32")
    found = tensors_of(out)
    state = model.state_dict()
    counted = sum(value.numel() for value in state.values())
    if tied:
        counted -= state["lm_head.weight"].numel()
    assert sum(int(one.n_elements) for one in found.values()) == counted
    names = gguf.get_tensor_name_map(gguf.MODEL_ARCH.GLM4_MOE, 2)
    known = set(names.mapping) | {name for _, name in names.mapping.values()}
    assert {name.rpartition(".")[0] for name in found} <= known
    gate_up = state["model.layers.1.mlp.experts.gate_up_proj"].numpy()
    gate, up = np.split(gate_up, 2, axis=1)
    np.testing.assert_array_equal(found["blk.1.ffn_gate_exps.weight"].data, gate)
    np.testing.assert_array_equal(found["blk.1.ffn_up_exps.weight"].data, up)
    bias = state["model.layers.1.mlp.gate.e_score_correction_bias"].numpy()
    np.testing.assert_array_equal(found["blk.1.exp_probs_b.bias"].data, bias)


@pytest.mark.parametrize(("precision", "bits"), [("q8_0", 8), ("q4_0", 4), ("bf16", 8)])
def test_rounding_stays_within_its_step_and_spares_the_router(precision, bits, tmp_path, small):
    out = tmp_path / "m.gguf"
    tokenizer = small.checkpoint / "tokenizer.json"
    gguf_export.export(
        small.checkpoint,
        out,
        tokenizer=tokenizer if tokenizer.exists() else small.tokenizer,
        precision=precision,
    )
    model = Glm4MoeForCausalLM.from_pretrained(small.checkpoint, dtype=torch.float32)
    found = tensors_of(out)
    table = model.state_dict()["model.embed_tokens.weight"].numpy()
    kept = found["token_embd.weight"]
    assert kept.tensor_type.name == precision.upper()
    error = np.abs(gguf.dequantize(kept.data, kept.tensor_type) - table)
    assert 0 < error.max() <= np.abs(table).max() / 2 ** (bits - 1)
    router = found["blk.0.ffn_gate_inp.weight"]
    weights = model.state_dict()["model.layers.0.mlp.gate.weight"].numpy()
    np.testing.assert_array_equal(router.data, weights)


def test_the_tokenizer_is_inside_and_control_tokens_are_marked(tmp_path, small):
    out = tmp_path / "m.gguf"
    gguf_export.export(small.checkpoint, out, tokenizer=small.tokenizer)
    fields = gguf.GGUFReader(out).fields
    read = lambda name: fields[f"tokenizer.ggml.{name}"].contents()  # noqa: E731
    description = json.loads(small.tokenizer.read_text())
    tokens, kinds = read("tokens"), read("token_type")
    for text, number in description["model"]["vocab"].items():
        assert tokens[number] == text
    special = {entry["id"] for entry in description["added_tokens"]}
    assert {n for n, kind in enumerate(kinds) if kind == gguf.TokenType.CONTROL} == special
    assert len(read("merges")) == len(description["model"]["merges"])
    assert tokens[read("fim_pre_token_id")] == "<|fim_prefix|>"
    assert tokens[read("fim_suf_token_id")] == "<|fim_suffix|>"
    assert tokens[read("fim_mid_token_id")] == "<|fim_middle|>"
    assert (read("model"), read("pre")) == ("gpt2", "qwen2")
