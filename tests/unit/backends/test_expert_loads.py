"""Which experts fire, as the kernel counts them, and how it is shown."""

import json

import numpy as np
import pytest

from assistants.engine import Engine, Session
from assistants.engine.native import NativeSession, available
from assistants.engine.weights import read
from assistants.errors import Unsupported
from cli.app import run
from cli.experts import LEVELS, drawn, uneven

needs_kernel = pytest.mark.skipif(not available(), reason="the kernel is not compiled here")
TEXT = np.random.default_rng(5).integers(90, 300, 120).tolist()


@needs_kernel
def test_the_kernel_counts_the_choices_of_the_trained_model(small):
    torch = pytest.importorskip("torch")
    from training.weight_file import model_of_file

    native = NativeSession(small.fp32, read(small.fp32), threads=2)
    found = native.expert_loads(TEXT)
    model, _ = model_of_file(small.fp32)
    routes = []
    with torch.no_grad():
        model(torch.tensor([TEXT]), routes=routes)
    expected = np.stack([route.counts.numpy() for route in routes])
    assert found.shape == expected.shape
    assert found.sum() == expected.sum()
    # A choice may tip where two experts are as likely up to the rounding of keys and values.
    assert np.abs(found - expected).sum() <= 0.04 * expected.sum()


@needs_kernel
def test_counting_leaves_no_trace_in_what_is_computed(small):
    native = NativeSession(small.int8, read(small.int8), threads=1)
    before = native.run(native.buffers(), TEXT, 0, 3)
    first = native.expert_loads(TEXT)
    assert np.array_equal(native.run(native.buffers(), TEXT, 0, 3), before)
    assert np.array_equal(native.expert_loads(TEXT), first)


def test_onnxruntime_says_that_it_cannot_show_it(small):
    with pytest.raises(Unsupported, match="kernel"):
        Engine(Session(small.int8, threads=1)).expert_loads(TEXT)


def test_marks_grow_with_the_load():
    assert drawn([0, 10, 20, 10]) == "▁▄▇▄"
    assert drawn([40, 0, 0, 0]) == "█▁▁▁"
    assert drawn([5, 5]) == LEVELS[3] * 2
    assert uneven([40, 0, 0, 0]) == 4
    assert uneven([7, 7, 7]) == 1


@needs_kernel
def test_the_command_shows_all_tasks(capsys):
    assert run(["models", "show", "--experts", "--json"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert set(found["shares"]) == {"Python", "Java", "mathematics", "SQL", "all"}
    for layers in found["shares"].values():
        assert all(sum(layer) == pytest.approx(1, abs=0.01) for layer in layers)
    assert 1 <= found["worst"]["all"] < 4


def test_a_model_without_experts_to_see_is_refused(capsys):
    assert run(["models", "show", "ngram", "--experts"]) == 2
    assert "cannot be seen" in capsys.readouterr().err
