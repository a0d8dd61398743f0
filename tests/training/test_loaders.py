"""Rows from processes of their own, a packed folder, experts computed together: the same results."""

import json
import subprocess
import sys

import numpy as np
import pytest

torch = pytest.importorskip("torch")

from tests.training import tiny  # noqa: E402
from training import pack  # noqa: E402
from training.corpus import read_split  # noqa: E402
from training.loaders import LoadedRows, Part, Sources, generators  # noqa: E402
from training.model import Experts, loads  # noqa: E402
from training.stream import Shares  # noqa: E402
from training.tokenizer import save  # noqa: E402

SHARES = Shares(domain=0.5)


@pytest.fixture(scope="module")
def packed(tmp_path_factory):
    work, out = tmp_path_factory.mktemp("work"), tmp_path_factory.mktemp("pack")
    save(tiny.tokenizer(), work / "tokenizer")
    (work / "corpus").mkdir()
    for split in ("train", "held-out"):
        text = "".join(json.dumps(row) + "\n" for row in tiny.documents())
        (work / f"corpus/{split}.jsonl").write_text(text)
    few = pack.Amounts(plans=30, queries=3, task_repairs=6, line_repairs=6)
    assert pack.pack(work, out, few) < pack.LIMIT
    return out


def rows_of(packed):
    sources = Sources(
        work=packed,
        domain=(str(packed / "examples.jsonl.xz"),),
        repair=(str(packed / "repairs.jsonl.xz"),),
        asked=True,
        length=64,
    )
    return LoadedRows(sources.mixed, 2, has_examples=True)


def plain(rows):
    return [(row.tokens.tolist(), row.targets.tolist(), row.domain) for row in rows]


def test_a_packed_folder_holds_what_a_run_reads(packed):
    texts = [row["text"] for row in read_split(packed / "corpus/train.jsonl")]
    assert texts == [row["text"] for row in tiny.documents()]
    (examples,) = generators([str(packed / "examples.jsonl.xz")])
    first = list(examples(5, 8))
    assert first == list(examples(5, 8)) != list(examples(6, 8))
    assert all(prompt.startswith(("<|math|>", "<|sql|>")) for prompt, _ in first)
    assert all(completion.endswith("<|endoftext|>") for _, completion in first)


def test_it_tells_what_it_holds(packed):
    told = pack.contents(packed)
    assert "corpus: 80 files" in told
    assert "examples: 33 pairs" in told
    assert "repairs: 12 pairs" in told


def test_what_cannot_be_carried_is_refused(packed, tmp_path, monkeypatch):
    monkeypatch.setattr(pack, "LIMIT", 100)
    few = pack.Amounts(plans=0, queries=0, task_repairs=0, line_repairs=0)
    with pytest.raises(ValueError, match="can be carried"):
        pack.pack(packed, tmp_path, few)


def test_loaders_give_the_same_rows_each_time_and_go_on_where_they_were(packed):
    whole = rows_of(packed)
    expected = plain(whole.rows(50, SHARES)) + plain(whole.rows(70, SHARES))
    assert {domain for _, _, domain in expected} == {True, False}

    first = rows_of(packed)
    before = plain(first.rows(50, SHARES))
    second = rows_of(packed)
    second.restore(json.loads(json.dumps(first.state())))
    assert before + plain(second.rows(70, SHARES)) == expected


def test_loaders_of_another_stage_begin_behind_the_last_row(packed):
    later = Shares(repair=1.0)
    whole = rows_of(packed)
    whole.rows(50, SHARES)
    expected = plain(whole.rows(70, later))
    assert all(domain for _, _, domain in expected[-6:])

    first = rows_of(packed)
    first.rows(50, SHARES)
    second = rows_of(packed)
    second.restore(json.loads(json.dumps(first.state())))
    assert plain(second.rows(70, later)) == expected
    for rows in (whole, first, second):
        rows.close()


def dying(_):
    raise SystemExit(3)


def test_a_loader_that_dies_is_told(monkeypatch):
    monkeypatch.setattr("training.loaders.PATIENCE", 0.2)
    with pytest.raises(RuntimeError, match="loader 0 ended with code 3"):
        LoadedRows(dying, 1).rows(1, SHARES)


def test_two_loaders_share_the_documents(packed):
    sources = Sources(work=packed, length=64)
    parts = [sources.mixed(Part(number=number, count=2)) for number in range(2)]
    texts = [{tuple(row.tokens[:20]) for row in part.rows(30, Shares())} for part in parts]
    assert not texts[0] & texts[1]


def test_another_number_of_loaders_is_refused(packed):
    with pytest.raises(ValueError, match="2 loaders"):
        LoadedRows(lambda _: None, 3).restore({"loaders": [None, None]})


def test_experts_together_are_the_experts_one_by_one():
    generator = torch.Generator().manual_seed(2)
    experts = Experts(tiny.SHAPE).bfloat16()
    for parameter in experts.parameters():
        torch.nn.init.normal_(parameter, 0, 0.2, generator=generator)
    x = torch.randn(40, tiny.SHAPE.width, generator=generator).bfloat16()
    counts = torch.zeros(tiny.SHAPE.experts, dtype=torch.long)
    counts[torch.tensor([0, 3, 4])] = torch.tensor([10, 25, 5])
    results = []
    for made in (experts.grouped(x, counts), experts.one_by_one(x, counts.tolist())):
        gradients = torch.autograd.grad(made.float().square().sum(), list(experts.parameters()))
        results.append([made, *gradients])
    for together, apart in zip(*results, strict=True):
        assert torch.allclose(together.float(), apart.float(), rtol=0.02, atol=0.02)


def test_loads_count_choices():
    chosen = torch.tensor([[0, 3], [3, 1], [3, 0]])
    assert loads(chosen, 5).tolist() == [2, 1, 0, 3, 0]


def test_a_run_reads_a_packed_folder(packed):
    command = [sys.executable, "-m", "training.pretrain", "--work", str(packed), "--steps", "1",
               "--rows", "2", "--rows-a-pass", "1", "--layers", "1", "--loaders", "1",
               "--domain", str(packed / "examples.jsonl.xz")]  # fmt: skip
    subprocess.run(command, check=True, capture_output=True)
    log = (packed / "runs/release/log.jsonl").read_text().splitlines()
    assert json.loads(log[0])["domain"] is True
    assert np.isfinite(json.loads(log[1])["loss"])
