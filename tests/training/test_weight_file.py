"""Weights that were written for the engine come back as the numbers it computes with."""

import pytest

torch = pytest.importorskip("torch")
pytest.importorskip("onnx")

from assistants.errors import ModelCorrupt  # noqa: E402
from tests.training import tiny  # noqa: E402
from training import onnx_export  # noqa: E402
from training.export import export  # noqa: E402
from training.model import MoeTransformer  # noqa: E402
from training.pretrain import begin_with  # noqa: E402
from training.tokenizer import save  # noqa: E402
from training.weight_file import model_of_file  # noqa: E402

# Of the largest weight in a block: half a step of 8 or 4 bits, of half precision, of none.
ROUNDED = {"fp32": 0.0, "mixed": 0.5 / 127, "int8": 0.5 / 127, "int4": 0.5 / 7}


@pytest.fixture(scope="module")
def model():
    made = MoeTransformer(tiny.SHAPE)
    made.initialise(5)
    for mixture in made.mixtures():
        mixture.gate.e_score_correction_bias.uniform_(-0.2, 0.2)
    return made.eval()


@pytest.fixture(scope="module")
def checkpoint(model, tmp_path_factory):
    folder = tmp_path_factory.mktemp("weights")
    save(tiny.tokenizer(), folder / "tokenizer")
    export(model, folder / "tokenizer", folder / "hf")
    return folder / "hf"


@pytest.mark.parametrize("precision", sorted(ROUNDED))
def test_every_weight_comes_back_up_to_its_rounding(model, checkpoint, tmp_path, precision):
    onnx_export.export(checkpoint, tmp_path / "plumb.onnx", precision=precision)
    read, properties = model_of_file(tmp_path / "plumb.onnx")
    assert properties["precision"] == precision
    assert read.shape == model.shape
    mine, theirs = model.state_dict(), read.state_dict()
    assert mine.keys() == theirs.keys()
    for name, weight in mine.items():
        bound = ROUNDED[precision] * float(weight.abs().max()) * 1.01 + 1e-3 * (precision != "fp32")
        assert float((weight - theirs[name]).abs().max()) <= bound, name


def test_first_layers_of_mixed_keep_sixteen_bits(model, checkpoint, tmp_path):
    onnx_export.export(checkpoint, tmp_path / "plumb.onnx", precision="mixed")
    read, _ = model_of_file(tmp_path / "plumb.onnx")
    weight = model.state_dict()["layers.0.mlp.experts.gate_up_proj"]
    other = read.state_dict()["layers.0.mlp.experts.gate_up_proj"]
    assert float((weight - other).abs().max()) < float(weight.abs().max()) / 20_000


def test_a_run_begins_with_a_weight_file(model, checkpoint, tmp_path):
    onnx_export.export(checkpoint, tmp_path / "plumb.onnx", precision="fp32")
    begun = MoeTransformer(tiny.SHAPE)
    begin_with(begun, tmp_path / "plumb.onnx")
    for mine, known in zip(begun.parameters(), model.parameters(), strict=True):
        assert torch.equal(mine, known)


def test_what_is_no_weight_file_is_refused(tmp_path):
    (tmp_path / "plumb.onnx").write_bytes(b"\x08\x0anothing of the kind")
    with pytest.raises(ModelCorrupt):
        model_of_file(tmp_path / "plumb.onnx")
    with pytest.raises(ModelCorrupt):
        model_of_file(tmp_path / "absent.onnx")
