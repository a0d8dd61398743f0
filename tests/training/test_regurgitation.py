"""Copies of training text are told apart from rounds."""

import importlib.util
import sys
from pathlib import Path

import numpy as np
import pytest

pytest.importorskip("torch")

BENCHMARKS = Path(__file__).resolve().parents[2] / "benchmarks"


@pytest.fixture(scope="module")
def benchmark():
    sys.path.insert(0, str(BENCHMARKS))
    try:
        spec = importlib.util.spec_from_file_location(
            "regurgitation_benchmark", BENCHMARKS / "regurgitation.py"
        )
        module = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(module)
    finally:
        sys.path.remove(str(BENCHMARKS))
    return module


def test_only_runs_of_many_different_tokens_are_copies(benchmark):
    text = np.arange(100, dtype=np.uint16)
    table = np.array([1, 2, 3] * 40, np.uint16)
    fresh = np.arange(500, 600, dtype=np.uint16)
    made = [text, table, fresh, np.array([7] * 100, np.uint16)]
    corpus = np.concatenate([benchmark.hashes(one, 50) for one in (text, table)])
    copies = [np.isin(benchmark.hashes(one, 50), corpus) for one in made]
    assert benchmark.told_apart(made, copies) == {
        "continuations": 4,
        "copied": 0.25,
        "rounds_that_training_has_too": 0.25,
        "rounds": 0.5,
    }


def test_different_tokens_are_counted_a_run(benchmark):
    tokens = np.array([1, 1, 2, 3], np.uint16)
    assert benchmark.different(tokens, 2).tolist() == [1, 2, 2]
    assert benchmark.different(tokens, 9).tolist() == []
