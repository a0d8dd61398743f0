"""The rows for `plumb batch`: 200 of each kind, whole, and cut inside a line."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

SCRIPT = Path(__file__).resolve().parents[3] / "benchmarks" / "data" / "batch_rows.py"


@pytest.fixture(scope="module")
def rows(tmp_path_factory):
    folder = tmp_path_factory.mktemp("batch")
    subprocess.run([sys.executable, str(SCRIPT), str(folder)], check=True, capture_output=True)
    return {
        name: [json.loads(line) for line in (folder / f"{name}.ndjson").read_text().splitlines()]
        for name in ("solve", "ask", "complete")
    }


def test_two_hundred_rows_with_their_own_ids(rows):
    for name, found in rows.items():
        assert len(found) == 200, name
        assert len({row["id"] for row in found}) == 200, name
    assert {tuple(row) for row in rows["ask"]} == {("id", "database", "question")}
    assert {tuple(row) for row in rows["solve"]} == {("id", "question")}


def test_cut_points_lie_inside_a_line_and_take_its_rest(rows):
    for row in rows["complete"]:
        last = row["prefix"].rpartition("\n")[2]
        assert last.strip(), row["id"]
        assert row["suffix"].startswith("\n"), row["id"]
        assert not last.lstrip().startswith("#"), row["id"]
