"""Batch through the command line: every verb's rows, killed, interrupted, resumed."""

import json
import signal
import time
from pathlib import Path

import pytest

ROWS = 40


def rows_of(file: Path) -> list[dict]:
    """The whole rows of a result file, without its headers and a torn end."""
    lines = file.read_bytes().split(b"\n")[:-1] if file.exists() else []
    return [row for row in map(json.loads, lines) if "header" not in row]


@pytest.fixture
def questions(write):
    """Forty queries whose answers are their own numbers."""
    lines = [
        json.dumps(
            {"id": n, "database": "finance", "sql": f"SELECT {n} + count(*) * 0 AS n FROM accounts"}
        )
        for n in range(ROWS)
    ]
    return write("in.ndjson", "\n".join(lines) + "\n")


def wait_for_rows(file: Path, more_than: int, process) -> None:
    end = time.monotonic() + 120
    while len(rows_of(file)) <= more_than and process.poll() is None:
        assert time.monotonic() < end, "no rows were written"
        time.sleep(0.01)


def test_a_batch_killed_twice_ends_with_every_row_once(plumb, questions):
    out = plumb.folder / "out.ndjson"
    args = ("batch", "query", "in.ndjson", "-o", "out.ndjson", "--jobs", "2")
    for _ in range(2):
        process = plumb.start(args)
        wait_for_rows(out, len(rows_of(out)), process)
        process.send_signal(signal.SIGKILL)
        process.communicate()
    before = [row["id"] for row in rows_of(out)]
    done = plumb(*args)
    assert done.returncode == 0, done.stderr
    rows = rows_of(out)
    assert sorted(row["id"] for row in rows) == list(range(ROWS))
    assert [row["id"] for row in rows][: len(before)] == before  # what was answered stays
    assert all(row["rows"] == [[row["id"]]] for row in rows)
    assert f"{len(before)} there before" in done.stderr
    assert done.stdout == ""


def test_ctrl_c_finishes_the_row_and_says_how_to_go_on(plumb, questions):
    out = plumb.folder / "out.ndjson"
    process = plumb.start(("batch", "query", "in.ndjson", "-o", "out.ndjson"))
    wait_for_rows(out, 0, process)
    process.send_signal(signal.SIGINT)
    _, err = process.communicate(timeout=120)
    told = err.decode()
    assert process.returncode == 130, told
    assert "the same command goes on from here" in told
    assert 0 < len(rows_of(out)) < ROWS
    assert plumb("batch", "query", "in.ndjson", "-o", "out.ndjson", "-q").returncode == 0
    assert sorted(row["id"] for row in rows_of(out)) == list(range(ROWS))


def test_every_result_row_has_the_documented_fields(plumb, write):
    write("in.ndjson", '{"id": "a", "language": "python", "text": "x = y\\n"}\n')
    plumb("batch", "check", "in.ndjson", "-o", "out.ndjson")
    (row,) = rows_of(plumb.folder / "out.ndjson")
    assert set(row) >= {
        "id", "schema", "status", "verdict", "answer", "steps", "evidence", "clarification",
        "usage", "error", "diagnostics",
    }  # fmt: skip
    assert row["diagnostics"][0]["code"] == "undefined-name"


def test_bad_rows_fail_alone_and_are_told_in_the_exit_code(plumb, write):
    write("in.ndjson", '{"id": 1, "language": "python", "text": "x = 1\\n"}\nnot json\n{"id": 2}\n')
    done = plumb("batch", "check", "in.ndjson", "-o", "out.ndjson")
    assert done.returncode == 1
    status = {row["id"]: row["status"] for row in rows_of(plumb.folder / "out.ndjson")}
    assert status == {1: "answered", "line:2": "failed", 2: "failed"}
    assert "--retry-failed" in done.stderr


def test_another_verb_does_not_go_on_in_the_same_file(plumb, write):
    write("in.ndjson", '{"id": 1, "language": "python", "text": "x = 1\\n", "prefix": "x"}\n')
    plumb("batch", "check", "in.ndjson", "-o", "out.ndjson")
    done = plumb("batch", "complete", "in.ndjson", "-o", "out.ndjson")
    assert done.returncode == 2
    assert "--force" in done.stderr


def test_complete_rows_have_their_completion(plumb, write):
    row = {"id": 1, "language": "python", "prefix": "import os\nos.pat", "suffix": "\n"}
    write("in.ndjson", json.dumps(row) + "\n")
    plumb("batch", "complete", "in.ndjson", "-o", "out.ndjson", "--model", "none")
    (answer,) = rows_of(plumb.folder / "out.ndjson")
    assert answer["status"] in {"answered", "abstained"}
    assert ("completion" in answer) == (answer["status"] == "answered")


def test_a_missing_input_is_code_2(plumb):
    done = plumb("batch", "check", "nowhere.ndjson", "-o", "out.ndjson")
    assert done.returncode == 2
    assert "nowhere.ndjson" in done.stderr
    assert not (plumb.folder / "out.ndjson").exists()


def test_a_batch_on_ray_is_killed_resumed_and_equal_to_a_plain_one(plumb, write):
    pytest.importorskip("ray", reason="Ray is not installed: pip install 'plumb[ray]'")
    lines = [
        json.dumps({"id": n, "left": f"(x+{n})^2", "right": f"x^2+{2 * n}*x+{n * n + n % 2}"})
        for n in range(8)
    ]
    write("in.ndjson", "\n".join([*lines, '{"id": "bad", "left": "x"}']) + "\n")
    args = ("batch", "verify", "in.ndjson", "--engine", "ray", "--jobs", "2", "-o")
    process = plumb.start((*args, "ray.ndjson"))
    wait_for_rows(plumb.folder / "ray.ndjson", 0, process)
    process.send_signal(signal.SIGKILL)
    process.communicate()
    done = plumb(*args, "ray.ndjson")
    assert done.returncode == 1, done.stderr  # one row is no row
    assert done.stdout == ""
    plumb("batch", "verify", "in.ndjson", "-o", "plain.ndjson")
    found, plain = (
        {row["id"]: row | {"usage": None} for row in rows_of(plumb.folder / name)}
        for name in ("ray.ndjson", "plain.ndjson")
    )
    assert len(plain) == 9
    assert [plain[n]["verdict"] for n in range(8)] == ["proved", "refuted"] * 4
    assert found == plain
