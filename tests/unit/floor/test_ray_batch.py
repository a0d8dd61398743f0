"""What happens to rows whose process dies, and to a cluster that is not there."""

import os
from pathlib import Path

import pytest

from assistants.errors import InputError, SettingsError, WorkerCrashed
from assistants.ray_batch import on_ray

pytest.importorskip("ray", reason="Ray is not installed: pip install 'plumb[ray]'")


def answerer():
    def answer(row):
        once = row.get("once")
        if row.get("dies") or (once and not Path(once).exists()):
            Path(once or os.devnull).touch()
            os._exit(3)
        if "n" not in row:
            raise InputError("no n", hint="add one")
        return {"answer": row["n"] + 1}

    return answer


def test_a_row_is_answered_again_after_its_process_died_but_not_for_ever(tmp_path, monkeypatch):
    monkeypatch.delenv("RAY_ADDRESS", raising=False)
    with on_ray(answerer, jobs=1) as answer:
        assert answer({"n": 1}) == {"answer": 2}
        with pytest.raises(InputError) as found:
            answer({})
        assert found.value.hint == "add one"
        assert answer({"n": 3, "once": str(tmp_path / "died")}) == {"answer": 4}
        assert (tmp_path / "died").exists()
        with pytest.raises(WorkerCrashed):
            answer({"n": 4, "dies": True})
        assert answer({"n": 5}) == {"answer": 6}


def test_a_cluster_that_is_not_there_is_named_at_once(monkeypatch, unused_tcp_port):
    monkeypatch.setenv("RAY_ADDRESS", f"127.0.0.1:{unused_tcp_port}")
    with pytest.raises(SettingsError, match="cannot be reached") as found, on_ray(answerer, jobs=1):
        pass
    assert "RAY_ADDRESS" in found.value.hint
