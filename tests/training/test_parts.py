"""Weights in pieces that can be carried."""

import json

import pytest

torch = pytest.importorskip("torch")

from tests.training import tiny  # noqa: E402
from training import checkpoint, parts  # noqa: E402
from training.tokenizer import save  # noqa: E402


@pytest.fixture(scope="module")
def written(tmp_path_factory):
    folder = tmp_path_factory.mktemp("parts")
    trainer = tiny.trainer()
    trainer.step(0.0)
    path = checkpoint.save(trainer.state(), folder, 1)
    return trainer.model, path, parts.split(path, folder / "out", part_bytes=60_000)


def test_parts_are_small_and_spell_the_weights_again(written):
    model, _, paths = written
    assert len(paths) > 3
    assert all(path.stat().st_size < 62_000 for path in paths)
    other = tiny.trainer().model
    parts.restore(other, paths[0].parent)
    for mine, known in zip(other.parameters(), model.parameters(), strict=True):
        assert torch.allclose(mine, known, rtol=1e-3, atol=1e-6)
    for mine, known in zip(other.buffers(), model.buffers(), strict=True):
        assert torch.equal(mine, known)  # what chooses experts is kept in full


def test_the_index_tells_how_far_the_run_was(written):
    index = json.loads((written[2][-1]).read_text())
    assert index["progress"]["step"] == 1


def test_a_part_that_is_missing_or_another_one_is_refused(written, tmp_path):
    again = parts.split(written[1], tmp_path, part_bytes=60_000)
    again[0].unlink()
    with pytest.raises(ValueError, match="weights-0"):
        parts.joined(tmp_path)
    again[0].write_bytes(again[1].read_bytes())
    with pytest.raises(ValueError, match="weights-0"):
        parts.joined(tmp_path)


def test_the_program_splits_and_joins(written, tmp_path, monkeypatch):
    save(tiny.tokenizer(), tmp_path / "tokenizer")
    run = written[1].parent
    monkeypatch.setattr("sys.argv", ["parts", "split", str(run), str(tmp_path / "out")])
    parts.main()
    hf = tmp_path / "hf"
    monkeypatch.setattr("sys.argv", ["parts", "join", str(tmp_path / "out"), str(hf),
                                     "--tokenizer", str(tmp_path / "tokenizer")])  # fmt: skip
    parts.main()
    assert (hf / "model.safetensors").exists()


def test_weights_that_half_precision_cannot_hold_are_refused(tmp_path):
    state = {"shape": {}, "progress": {}, "model": {"w": torch.full((2, 2), 1e6)}}
    torch.save(state, tmp_path / "step-1.pt")
    with pytest.raises(ValueError, match="half precision"):
        parts.split(tmp_path / "step-1.pt", tmp_path / "out")
