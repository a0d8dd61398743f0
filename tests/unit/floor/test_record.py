"""The row that a benchmark leaves."""

import importlib.util
import json
import sys
from pathlib import Path
from types import ModuleType

import pytest

ROOT = Path(__file__).resolve().parents[3]


@pytest.fixture
def module(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    spec = importlib.util.spec_from_file_location("_record", ROOT / "benchmarks" / "_record.py")
    assert spec is not None
    assert spec.loader is not None
    loaded = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(loaded)
    monkeypatch.setattr(loaded, "RESULTS", tmp_path / "results")
    return loaded


def run(module: ModuleType, monkeypatch: pytest.MonkeyPatch, *arguments: str) -> None:
    monkeypatch.setattr(sys, "argv", ["benchmark", *arguments])
    module.record("tiny", lambda given: {"quick": given.quick, "rate": {"mean": 2 / 3}})


def test_full_run_leaves_a_dated_row(
    module: ModuleType, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    run(module, monkeypatch)
    run(module, monkeypatch)
    assert "rate.mean" in capsys.readouterr().out
    lines = (module.RESULTS / "tiny.ndjson").read_text().splitlines()
    assert len(lines) == 2
    row = json.loads(lines[0])
    assert row["results"] == {"quick": False, "rate": {"mean": 2 / 3}}
    assert row["date"].endswith("+00:00")
    assert row.keys() >= {"benchmark", "commit", "machine", "load_before", "seconds", "arguments"}


def test_quick_run_prints_and_leaves_nothing(
    module: ModuleType, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    run(module, monkeypatch, "--quick", "--json")
    assert json.loads(capsys.readouterr().out)["results"]["quick"] is True
    assert not module.RESULTS.exists()
