"""The trained model computes what transformers' class computes on the exported folder."""

from dataclasses import replace

import pytest

torch = pytest.importorskip("torch")
transformers = pytest.importorskip("transformers")

from tests.training import tiny  # noqa: E402
from training.export import export  # noqa: E402
from training.model import (  # noqa: E402
    MoeTransformer,
    attention_in_blocks,
    segment_mask,
    summed_loss,
)
from training.tokenizer import save  # noqa: E402


@pytest.fixture
def model():
    made = MoeTransformer(tiny.SHAPE)
    made.initialise(3)
    for mixture in made.mixtures():  # a bias as training leaves it
        mixture.gate.e_score_correction_bias.uniform_(-0.2, 0.2)
    return made.eval()


def test_logits_agree_with_transformers_after_export(model, tmp_path):
    save(tiny.tokenizer(), tmp_path / "tokenizer")
    export(model, tmp_path / "tokenizer", tmp_path / "hf")
    loaded, report = transformers.AutoModelForCausalLM.from_pretrained(
        tmp_path / "hf", output_loading_info=True
    )
    assert type(loaded).__name__ == "Glm4MoeForCausalLM"
    assert not report["missing_keys"]
    assert not report["unexpected_keys"]
    tokens = torch.randint(0, tiny.SHAPE.vocabulary, (2, 40))
    with torch.no_grad():
        difference = (loaded(tokens).logits - model.logits(tokens)).abs().max()
    assert difference < 1e-4


def test_a_dense_model_is_exported_as_dense_layers(tmp_path):
    dense = replace(tiny.SHAPE, experts=0, shared=3)
    made = MoeTransformer(dense)
    made.initialise(3)
    save(tiny.tokenizer(), tmp_path / "tokenizer")
    export(made.eval(), tmp_path / "tokenizer", tmp_path / "hf")
    loaded, report = transformers.AutoModelForCausalLM.from_pretrained(
        tmp_path / "hf", output_loading_info=True
    )
    assert not report["missing_keys"]
    assert not report["unexpected_keys"]
    tokens = torch.randint(0, dense.vocabulary, (2, 40))
    with torch.no_grad():
        assert (loaded(tokens).logits - made.logits(tokens)).abs().max() < 1e-4


def test_equal_active_shapes_multiply_a_token_with_as_many_weights():
    router = tiny.SHAPE.layers * tiny.SHAPE.experts * tiny.SHAPE.width
    active = tiny.SHAPE.active_matrix_parameters()
    dense = replace(tiny.SHAPE, experts=0, shared=tiny.SHAPE.chosen + 1)
    assert dense.active_matrix_parameters() == active - router
    lone = replace(tiny.SHAPE, shared=0, chosen=tiny.SHAPE.chosen + 1)
    assert lone.active_matrix_parameters() == active
    assert not any("shared" in name for name, _ in MoeTransformer(lone).named_parameters())


def test_exported_tokenizer_loads(model, tmp_path):
    save(tiny.tokenizer(), tmp_path / "tokenizer")
    export(model, tmp_path / "tokenizer", tmp_path / "hf")
    loaded = transformers.AutoTokenizer.from_pretrained(tmp_path / "hf")
    text = "<|python|>def area(width):\n    return width * 12\n"
    assert loaded.decode(loaded(text)["input_ids"]) == text


def test_exporting_again_replaces_the_folder(model, tmp_path):
    save(tiny.tokenizer(), tmp_path / "tokenizer")
    for _ in range(2):
        export(model, tmp_path / "tokenizer", tmp_path / "hf")
    assert sorted(path.name for path in tmp_path.iterdir()) == ["hf", "tokenizer"]


def test_chunked_loss_and_gradient_equal_the_plain_ones(model):
    tokens = torch.randint(0, tiny.SHAPE.vocabulary, (2, 33))
    targets = torch.rand(2, 33) < 0.7
    segments = torch.zeros(2, 33, dtype=torch.int32)
    loss, _ = summed_loss(model, tokens, targets, segments, chunk=7)
    loss.backward()
    fast = {name: p.grad.clone() for name, p in model.named_parameters()}
    model.zero_grad()
    logits = model.logits(tokens[:, :-1])
    goals = torch.where(targets[:, 1:], tokens[:, 1:], -100)
    plain = torch.nn.functional.cross_entropy(
        logits.flatten(0, 1), goals.flatten(), reduction="sum"
    )
    plain.backward()
    for name, parameter in model.named_parameters():
        torch.testing.assert_close(parameter.grad, fast[name], rtol=1e-3, atol=1e-4)


def test_attention_does_not_cross_segments(model):
    tokens = torch.randint(0, tiny.SHAPE.vocabulary, (1, 20))
    segments = torch.tensor([[0] * 8 + [1] * 12])
    other = tokens.clone()
    other[:, :8] = torch.randint(0, tiny.SHAPE.vocabulary, (1, 8))
    with torch.no_grad():
        together, changed = model(tokens, segments), model(other, segments)
    torch.testing.assert_close(together[:, 8:], changed[:, 8:])


def test_attention_in_blocks_is_attention():
    generator = torch.Generator().manual_seed(0)
    q, k, v = (torch.randn(2, 3, 37, 16, generator=generator) for _ in range(3))
    mask = segment_mask(torch.tensor([[0] * 20 + [1] * 17, [0] * 37]))
    added = torch.zeros(mask.shape).masked_fill(~mask, -torch.inf)
    expected = torch.nn.functional.scaled_dot_product_attention(q, k, v, attn_mask=mask)
    torch.testing.assert_close(attention_in_blocks(q, k, v, added, size=16), expected)


def test_flop_count_follows_the_shape():
    shape = tiny.SHAPE
    attention = 32 * 16 * (2 * 2 + 2 * 1)
    experts = 3 * 3 * 32 * 32 + 16 * 32
    assert shape.active_matrix_parameters() == 2 * (attention + experts) + 512 * 32
