"""The exported graph computes what transformers computes on the same weights."""

import numpy as np
import pytest

torch = pytest.importorskip("torch", reason="needs the torch extra")
pytest.importorskip("onnx", reason="needs the torch extra")

from transformers import Glm4MoeForCausalLM  # noqa: E402

from assistants.engine import Engine, Session  # noqa: E402
from training import onnx_export  # noqa: E402


def transformers_logits(model, ids):
    with torch.no_grad():
        return model(torch.tensor(ids)[None]).logits[0].numpy()


def our_logits(path, ids):
    return Engine(Session(path, threads=1)).logits(ids)


SHAPES = [
    {},
    {"first_k_dense_replace": 1},
    {"n_shared_experts": 2, "routed_scaling_factor": 1.5},
    {"tie_word_embeddings": False, "attention_bias": True},
    {"num_attention_heads": 4, "num_key_value_heads": 2, "head_dim": 64},
    {"num_experts_per_tok": 1, "n_routed_experts": 6},
    {
        "rope_parameters": {
            "rope_type": "default",
            "rope_theta": 500.0,
            "partial_rotary_factor": 0.5,
        }
    },
]


@pytest.mark.parametrize("changes", SHAPES, ids=lambda changes: ",".join(changes) or "plain")
def test_fp32_graph_agrees_with_transformers(changes, tmp_path, small, configuration, spread):
    torch.manual_seed(3)
    model = Glm4MoeForCausalLM(configuration(vocab_size=200, **changes)).eval()
    spread(model)
    model.save_pretrained(tmp_path)
    onnx_export.export(tmp_path, tmp_path / "m.onnx", precision="fp32", tokenizer=small.tokenizer)
    ids = np.random.default_rng(0).integers(0, 200, 70).tolist()
    expected = transformers_logits(model, ids)
    assert expected.std() > 0.1  # not all the same, so that agreement means something
    np.testing.assert_allclose(our_logits(tmp_path / "m.onnx", ids), expected, atol=1e-3)


def test_int8_graph_predicts_the_same_tokens(small, reference):
    from tokenizers import Tokenizer

    text = "def sub(a, b):\n    return a - b\nfor i in range(10):\n    print(add(i, i))\n" * 4
    ids = Tokenizer.from_file(str(small.tokenizer)).encode(text).ids
    expected, found = transformers_logits(reference, ids), our_logits(small.int8, ids)
    assert (expected.argmax(-1) == found.argmax(-1)).mean() >= 0.97
    losses = [
        torch.nn.functional.cross_entropy(torch.tensor(rows[:-1]), torch.tensor(ids[1:])).item()
        for rows in (expected, found)
    ]
    assert losses[1] == pytest.approx(losses[0], rel=0.01)


def test_int8_file_is_a_quarter_and_holds_the_tied_table_once(small, reference):
    weights = sum(value.numel() for value in reference.parameters())
    scales = 4 / onnx_export.BLOCK
    positions = 320 * 32 * 4
    expected = weights * (1 + scales) + positions
    assert small.int8.stat().st_size == pytest.approx(expected, rel=0.25)
    assert small.int8.stat().st_size < small.fp32.stat().st_size / 2


def test_metadata_is_what_was_asked_for(small, sha256):
    found = Session(small.int8, threads=1).metadata
    assert (found.layers, found.kv_heads, found.head_size) == (2, 1, 32)
    assert found.context_length == 320
    assert found.markers == ("python", "java", "math", "question", "plan")
    assert found.tokenizer_sha256 == sha256
    assert found.precision == "int8"


def test_quantised_blocks_are_within_half_a_step():
    weight = np.random.default_rng(0).normal(size=(5, 96)).astype(np.float32)
    weight[2, 32:64] = 0
    rounded, scales = onnx_export.quantise(weight)
    restored = (rounded.astype(np.float32) - 128).reshape(5, 3, 32) * scales[..., None]
    error = np.abs(restored - weight.reshape(5, 3, 32))
    assert (error <= scales[..., None] * 0.501).all()
    assert (restored[2, 1] == 0).all()


def test_what_rounding_leaves_makes_sixteen_bits_of_eight():
    weight = np.random.default_rng(5).normal(size=(2, 6, 64)).astype(np.float32)
    weight[1, 3, 16:32] = 0
    weight[0, 2, :16] *= 1e-6  # its scale is the least of half precision
    rounded, scales = onnx_export.quantise(weight, 16, half=True)
    assert np.array_equal(scales, scales.astype(np.float16))
    rest = onnx_export.remainder(weight, rounded, scales)
    steps = rounded.astype(np.float64) - 128 + (rest.astype(np.float64) - 128) / 256
    error = np.abs(steps.reshape(2, 6, 4, 16) * scales[..., None] - weight.reshape(2, 6, 4, 16))
    assert (error <= scales[..., None] * 1.01 / 256).all()
    assert error.mean() < scales.mean() / 900


def test_rows_that_do_not_divide_into_blocks_are_refused():
    with pytest.raises(ValueError, match="33"):
        onnx_export.quantise(np.ones((2, 33), dtype=np.float32))


def test_gate_and_up_rows_alternate():
    gate_up = np.arange(4, dtype=np.float32).reshape(1, 4, 1)  # gates 0, 1; ups 2, 3
    assert onnx_export.interleave(gate_up).ravel().tolist() == [0, 2, 1, 3]


@pytest.mark.parametrize(
    ("changes", "named"),
    [({"use_qk_norm": True}, "use_qk_norm"), ({"norm_topk_prob": False}, "norm_topk_prob")],
)
def test_what_the_graph_does_not_express_is_refused_by_name(changes, named, configuration):
    with pytest.raises(ValueError, match=named):
        onnx_export.refuse_unsupported(configuration(vocab_size=200, **changes))


def test_mixed_rounds_only_the_experts_and_keeps_the_bits_of_a_row_in_any_company(
    small, reference, tmp_path
):
    path = tmp_path / "mixed.onnx"
    onnx_export.export(small.checkpoint, path, precision="mixed", tokenizer=small.tokenizer)
    assert small.int8.stat().st_size < path.stat().st_size < small.fp32.stat().st_size
    ids = np.random.default_rng(4).integers(90, 300, 60).tolist()
    expected = transformers_logits(reference, ids)
    away = [np.abs(our_logits(each, ids) - expected).mean() for each in (path, small.int8)]
    assert away[0] < away[1]
    session = Session(path, threads=1)
    alone, together = session.buffers(), session.buffers(3)
    first = session.run(alone, ids, 0).copy()
    for row in range(3):
        together.write(row, 0, alone.read(0, 0, 60))
    steps = together.step(0, [60, 30, 5], [[7], [ids[30]], [ids[5]]], 1)
    assert np.array_equal(steps[0], session.run(alone, [7], 60))
    assert np.array_equal(steps[2], session.run(alone, [ids[5]], 5))
    assert np.array_equal(first, session.run(session.buffers(), ids, 0, keep=60)[-1:])


def test_the_file_names_no_folder_of_the_machine(small):
    assert str(small.checkpoint).encode() not in small.int8.read_bytes()
