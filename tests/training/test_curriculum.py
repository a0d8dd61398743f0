"""Three stages, one run: what each reads, exact resume across them, balance at the end."""

import json

import pytest

pytest.importorskip("torch")

import torch

from tests.training import tiny
from training import checkpoint
from training.asked import AskedPieces
from training.balance import load_of
from training.curriculum import CURRICULUM, Stage, schedule_of, stage_at
from training.pretrain import Recipe, Run, Trainer, as_batch
from training.schedule import Budget, Schedule
from training.stream import MixedRows, RowPacker, Shares, code_rows, domain_rows, token_of
from training.tokenizer import FIM_PAD, save

STEPS = 12
STAGES = (
    Stage(name="general", share=0.50, shares=Shares(asked=0.3)),
    Stage(name="domain", share=0.25, shares=Shares(domain=0.5, asked=0.3)),
    Stage(name="alignment", share=0.25, shares=Shares(domain=0.3, repair=0.5), balancing="step"),
)


def repairs(seed, count):
    for number in range(count):
        a, b = (seed + number) % 7, number % 5
        yield (
            f"<|math|><|question|>{a} plus {b}<|plan|>{a}<|check|>not used<|repair|>",
            f"{a}+{b}<|endoftext|>",
        )


def trainer():
    words, length = tiny.tokenizer(), 64
    asked = AskedPieces(words, tiny.documents(), length, seed=0)
    rows = MixedRows(
        code_rows(words, tiny.documents(), length, 0),
        domain_rows(words, (tiny.sums,), length, 0),
        0,
        repair=domain_rows(words, (repairs,), length, 0),
        asked=RowPacker(asked, length, token_of(words, FIM_PAD)),
    )
    recipe = Recipe(
        shape=tiny.SHAPE,
        length=length,
        rows_a_step=8,
        stages=STAGES,
        schedule=Schedule(warmup_steps=2, cooldown=STAGES[-1].share),
    )
    return Trainer(recipe, rows, tiny.MACHINE)


def run(folder, steps, stop_after=None):
    made = Run(
        folder=folder / "run", budget=Budget(steps=steps), tokenizer_folder=folder / "tokenizer"
    )
    one = trainer()
    if stop_after is not None:
        step = one.step

        def interrupted(progress):
            if one.progress.step + 1 >= stop_after:
                made.stop.set()
            return step(progress)

        one.step = interrupted
    made.go(one)
    return one


def logged(folder):
    lines = (folder / "run/log.jsonl").read_text().splitlines()
    return [json.loads(line) for line in lines]


@pytest.fixture(scope="module")
def whole(tmp_path_factory):
    folder = tmp_path_factory.mktemp("whole")
    save(tiny.tokenizer(), folder / "tokenizer")
    return run(folder, STEPS), logged(folder)


def test_a_run_goes_through_the_stages_in_order(whole):
    stages = [line["stage"] for line in whole[1] if "stage" in line]
    assert stages == ["general"] * 6 + ["domain"] * 3 + ["alignment"] * 3
    factors = [line["learning_rate_factor"] for line in whole[1] if "stage" in line]
    assert factors[2:9] == [1.0] * 7  # a plateau up to the last stage
    assert factors[9] == 1.0 > factors[10] > factors[11] > 0


def test_tasks_come_with_the_stages(whole):
    lines = [line for line in whole[1] if "stage" in line]
    assert all("loss_domain" not in line for line in lines if line["stage"] == "general")
    assert any("loss_domain" in line for line in lines if line["stage"] == "alignment")


def test_a_run_that_is_interrupted_in_each_stage_is_the_same_run(whole, tmp_path):
    save(tiny.tokenizer(), tmp_path / "tokenizer")
    for stop in (4, 7, 10):
        run(tmp_path, STEPS, stop_after=stop)
    last = run(tmp_path, STEPS)
    losses = [line["loss"] for line in logged(tmp_path) if "loss" in line]
    assert losses == [line["loss"] for line in whole[1] if "loss" in line]
    for mine, other in zip(last.model.parameters(), whole[0].model.parameters(), strict=True):
        assert torch.equal(mine, other)


def test_an_older_checkpoint_without_the_new_sources_goes_on(tmp_path):
    old = tiny.trainer((tiny.sums,))
    old.step(0.0)
    path = checkpoint.save(old.state(), tmp_path, 1)
    new = trainer()
    new.restore(checkpoint.load(path))
    assert new.progress.step == 1
    assert new.step(0.9)["stage"] == "alignment"


def test_the_stored_bias_follows_the_balance_of_steps():
    one = trainer()
    for _ in range(6):
        one.step(0.3)
    for mixture in one.model.mixtures():
        mixture.gate.e_score_correction_bias.zero_()
    rows = one.rows.rows(16, STAGES[2].shares)
    before = loads_of(one.model, rows)
    for _ in range(30):
        one.step(0.999)  # hardly any learning rate is left
    assert sum(loads_of(one.model, rows)) < 0.85 * sum(before)


def loads_of(model, rows):
    tokens, _, segments = as_batch(rows, "cpu")
    routes = []
    model.eval()(tokens[:, :-1], segments[:, :-1], routes)
    written = segments[:, :-1].reshape(-1) >= 0
    return [
        load_of(route.scores[written], mixture.gate.e_score_correction_bias, tiny.SHAPE.chosen)
        for mixture, route in zip(model.mixtures(), routes, strict=True)
    ]


@pytest.mark.parametrize(
    ("progress", "name"),
    [(0.0, "general"), (0.499, "general"), (0.5, "domain"), (0.75, "alignment"), (1.0, "alignment")],
)  # fmt: skip
def test_stage_at(progress, name):
    assert stage_at(CURRICULUM, progress).name == name


def test_the_declared_stages_are_a_whole_run():
    assert sum(stage.share for stage in CURRICULUM) == pytest.approx(1.0)
    for stage in CURRICULUM:
        shares = stage.shares
        assert 0 <= shares.domain + shares.repair + shares.asked <= 1
    assert schedule_of(CURRICULUM).factor(10_000, 0.74) == 1.0
    assert schedule_of(CURRICULUM).factor(10_000, 0.875) == pytest.approx(0.5)


@pytest.mark.parametrize(
    ("draw", "name"), [(0.0, "domain"), (0.25, "repair"), (0.5, "asked"), (0.99, "code")]
)
def test_a_draw_chooses_a_source(draw, name):
    assert Shares(domain=0.2, repair=0.2, asked=0.2).source(draw) == name
