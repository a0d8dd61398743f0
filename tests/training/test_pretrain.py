"""Tiny training runs: the loss falls, experts do not collapse, and a resumed run is the same run."""

import itertools
from dataclasses import replace
from statistics import fmean

import pytest

torch = pytest.importorskip("torch")

from tests.training import tiny  # noqa: E402
from training import checkpoint  # noqa: E402
from training.optimizer import orthogonalised  # noqa: E402
from training.pretrain import Run, Schedule  # noqa: E402
from training.schedule import Budget  # noqa: E402
from training.tokenizer import save  # noqa: E402

STEPS = 40


def train(trainer, steps):
    return [trainer.step(trainer.progress.step / steps) for _ in range(steps)]


def imbalance(lines):
    """Mean over the layers and the last steps: a step has few tokens, so its load is noisy."""
    return fmean(itertools.chain(*(line["expert_load_max_over_mean"] for line in lines[-10:])))


@pytest.fixture(scope="module")
def balanced():
    return train(tiny.trainer(), STEPS)


def test_loss_falls(balanced):
    assert balanced[-1]["loss"] < 0.6 * balanced[0]["loss"]


def test_experts_do_not_collapse(balanced):
    # 8 would mean that all tokens choose the same two of 16 experts.
    assert imbalance(balanced) < 3.0


def test_balancing_bias_reduces_imbalance(balanced):
    free = train(tiny.trainer(balancing=0.0), STEPS)
    assert imbalance(balanced) < 0.8 * imbalance(free)


def test_nothing_is_dropped_and_everything_is_logged(balanced):
    line = balanced[-1]
    assert line["dropped_share"] == 0.0
    assert line["tokens"] == STEPS * 8 * 64
    assert line["flop"] > 0
    assert line["model_flop_utilisation"] > 0
    assert line["tokens_per_second"] > 0


def test_half_precision_learns_what_single_precision_does():
    half = replace(tiny.MACHINE, dtype=torch.bfloat16)
    expected = [line["loss"] for line in train(tiny.trainer(rows_a_pass=8), 6)]
    learned = tiny.trainer(device=half, rows_a_pass=8)
    assert [line["loss"] for line in train(learned, 6)] == pytest.approx(expected, rel=0.02)
    assert expected[-1] < 0.95 * expected[0]
    assert all(p.dtype == torch.float32 for p in learned.model.parameters())


def test_a_resumed_run_equals_an_uninterrupted_one(tmp_path):
    generators = (tiny.sums,)
    whole = tiny.trainer(generators)
    expected = [line["loss"] for line in train(whole, 8)]

    first = tiny.trainer(generators)
    before = [first.step(first.progress.step / 8)["loss"] for _ in range(3)]
    path = checkpoint.save(first.state(), tmp_path, 3)
    second = tiny.trainer(generators)
    second.restore(checkpoint.load(path))
    after = [second.step(second.progress.step / 8)["loss"] for _ in range(5)]

    assert before + after == expected
    for mine, other in zip(whole.model.parameters(), second.model.parameters(), strict=True):
        assert torch.equal(mine, other)


def test_a_run_writes_log_checkpoints_and_export(tmp_path):
    save(tiny.tokenizer(), tmp_path / "tokenizer")

    def run(steps):
        Run(
            folder=tmp_path / "run",
            budget=Budget(steps=steps),
            tokenizer_folder=tmp_path / "tokenizer",
            export_folder=tmp_path / "hf",
        ).go(tiny.trainer())

    run(2)
    run(3)
    lines = (tmp_path / "run/log.jsonl").read_text().splitlines()
    assert len(lines) == 5  # two starts, three steps
    assert '"allocator"' in lines[0]
    assert '"resumed_from": "step-00000002.pt"' in lines[3]
    assert (tmp_path / "hf/model.safetensors").exists()


def test_only_two_checkpoints_are_kept(tmp_path):
    for step in range(4):
        checkpoint.save({"step": step}, tmp_path, step)
    assert [path.name for path in sorted(tmp_path.iterdir())] == [
        "step-00000002.pt",
        "step-00000003.pt",
    ]


def test_orthogonalised_matrices_have_singular_values_near_one():
    matrices = torch.randn(4, 32, 64, generator=torch.Generator().manual_seed(0))
    values = torch.linalg.svdvals(orthogonalised(matrices))
    assert values.max() < 1.7
    assert values.min() > 0.4


@pytest.mark.parametrize(
    ("step", "progress", "expected"), [(0, 0.0, 0.5), (5, 0.3, 1.0), (9, 0.8, 0.5), (9, 1.0, 0.0)]
)
def test_schedule(step, progress, expected):
    assert Schedule(warmup_steps=2).factor(step, progress) == pytest.approx(expected)


def test_a_time_budget_ends_with_the_time_also_after_a_pause():
    budget = Budget(deadline=1_000.0)
    assert budget.progress(step=1, spent=0.0, now=0.0) == 0.0
    assert budget.progress(step=1, spent=100.0, now=700.0) == pytest.approx(0.25)
    assert budget.progress(step=1, spent=300.0, now=1_000.0) == 1.0
    assert budget.is_spent(step=1, now=1_000.0)
