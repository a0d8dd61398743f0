"""Batch: one row in, one row out, whatever the rows are and whenever it stops."""

import errno
import hashlib
import json
import logging
import os
import random
import subprocess
import sys
import textwrap
import threading
import time
from collections import Counter
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from assistants import batch
from assistants.answer import SCHEMA, Answer, Check, Status, Step, Usage, Verdict
from assistants.errors import Cancelled, InputError, OutputError, QueryFailed, SettingsError
from assistants.model import Cancel

ROOT = Path(__file__).parents[3]
HEADER = {"model": "none", "settings": {"seconds": 20.0}, "versions": {"plumb": "0.1.0"}}


class Shout:
    """A candidate: a text in capitals."""

    def __init__(self, text: str) -> None:
        self._text = text

    def text(self) -> str:
        return self._text.upper()

    def details(self) -> Mapping[str, Any]:
        return {"length": len(self._text)}


def shout(row: Mapping[str, Any]) -> Mapping[str, Any]:
    check = Check(by="eye", verdict=Verdict.PROVED, sufficient=True)
    step = Step(candidate=Shout(row["question"]), checks=(check,))
    usage = Usage(model="none", prompt_tokens=2, completion_tokens=3)
    return Answer(status=Status.ANSWERED, best=step, steps=(step,), usage=usage).to_dict()


@pytest.fixture
def rows_in(tmp_path: Path) -> Path:
    return write_rows(tmp_path / "in.ndjson", ({"id": n, "question": f"q{n}"} for n in range(6)))


def write_rows(path: Path, rows: Any) -> Path:
    path.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    return path


def read(out: Path) -> list[dict[str, Any]]:
    """All lines but the first header; each must be whole."""
    text = out.read_text(encoding="utf-8")
    assert text.endswith("\n")
    header, *rows = [json.loads(line) for line in text.splitlines()]
    assert header["header"]
    return rows


def results(out: Path) -> dict[Any, dict[str, Any]]:
    rows = [row for row in read(out) if "header" not in row]
    counts = Counter(json.dumps(row["id"]) for row in rows)
    assert max(counts.values(), default=1) == 1, "an id has two rows"
    return {row["id"]: row for row in rows}


def test_rows_have_every_field_in_the_order_of_the_input(rows_in: Path, tmp_path: Path) -> None:
    out = tmp_path / "out.ndjson"
    summary = batch.run(rows_in, out, shout, header=HEADER)
    rows = read(out)
    assert [row["id"] for row in rows] == [0, 1, 2, 3, 4, 5]
    assert rows[1] == {
        "id": 1,
        "schema": 1,
        "status": "answered",
        "verdict": "proved",
        "answer": "Q1",
        "steps": [
            {
                "candidate": "Q1",
                "verdict": "proved",
                "checks": [{"by": "eye", "verdict": "proved", "detail": ""}],
            }
        ],
        "evidence": [{"by": "eye", "verdict": "proved", "detail": ""}],
        "clarification": None,
        "usage": {
            "model": "none",
            "prompt_tokens": 2,
            "cached_tokens": 0,
            "completion_tokens": 3,
            "seconds": 0.0,
        },
        "error": None,
        "length": 2,
    }
    assert json.loads(out.read_text().splitlines()[0]) == {"schema": SCHEMA, "header": HEADER}
    assert (summary.rows, summary.written, summary.skipped, summary.tokens) == (6, 6, 0, 30)
    assert (dict(summary.by_status), dict(summary.by_verdict)) == ({"answered": 6}, {"proved": 6})
    assert not summary.cancelled
    assert sorted(path.name for path in tmp_path.iterdir()) == ["in.ndjson", "out.ndjson"]


def test_finished_rows_are_not_answered_again(rows_in: Path, tmp_path: Path) -> None:
    out = tmp_path / "out.ndjson"
    batch.run(rows_in, out, shout, header=HEADER, limit=2)
    asked: list[Any] = []

    def note(row: Mapping[str, Any]) -> Mapping[str, Any]:
        asked.append(row["id"])
        return shout(row)

    summary = batch.run(rows_in, out, note, header=HEADER)
    assert asked == [2, 3, 4, 5]
    assert (summary.rows, summary.written, summary.skipped) == (6, 4, 2)
    assert len(results(out)) == 6


def test_rows_without_an_id_are_known_by_their_content(tmp_path: Path) -> None:
    rows_in = tmp_path / "in.ndjson"
    rows_in.write_text('{"question": "a", "x": 1}\n{"x":1,  "question": "b"}\n')
    out = tmp_path / "out.ndjson"
    batch.run(rows_in, out, shout, header=HEADER)
    known = hashlib.sha256(b'{"question":"a","x":1}').hexdigest()[:16]
    assert results(out)[known]["answer"] == "A"
    rows_in.write_text('{"x":1, "question":"b"}\n{"x":1, "question": "a"}\n{"question": "c"}\n')
    assert batch.run(rows_in, out, shout, header=HEADER).written == 1


def test_number_and_text_are_two_ids(tmp_path: Path) -> None:
    rows = [{"id": 1, "question": "a"}, {"id": "1", "question": "b"}]
    out = tmp_path / "out.ndjson"
    batch.run(write_rows(tmp_path / "in", rows), out, shout, header=HEADER)
    assert [(row["id"], row["answer"]) for row in read(out)] == [(1, "A"), ("1", "B")]


BAD_LINES = [
    (b"not json", "line 2 is not JSON"),
    (b"[1, 2]", "line 2 is not a JSON object"),
    (b'{"question": "\xff"}', "line 2 is not UTF-8"),
    (b'{"id": "x", "question": NaN}', "NaN is not JSON"),
    (b'{"id": 1.5, "question": "a"}', "line 2 has the id 1.5"),
    (b'{"id": true, "question": "a"}', "line 2 has the id true"),
    (b'{"id": "", "question": "a"}', 'line 2 has the id ""'),
    (b'{"id": "line:3", "question": "a"}', 'line 2 has the id "line:3"'),
    (b'{"id": "first", "question": "a"}', 'has the id "first" too'),
    (b"[" * 200_000, "line 2 is not JSON"),
    (b'{"question": "' + b"x" * 5_000_000 + b'"}', "line 2 is longer than 4 MiB"),
]


@pytest.mark.parametrize(("line", "problem"), BAD_LINES, ids=[text for _, text in BAD_LINES])
def test_a_bad_line_fails_under_its_number_and_the_run_goes_on(
    line: bytes, problem: str, tmp_path: Path
) -> None:
    rows_in, out = tmp_path / "in.ndjson", tmp_path / "out.ndjson"
    first, last = b'{"id": "first", "question": "a"}', b'{"id": "last", "question": "b"}'
    rows_in.write_bytes(b"\xef\xbb\xbf" + first + b"\r\n" + line + b"\n\n" + last)
    summary = batch.run(rows_in, out, shout, header=HEADER)
    found = results(out)
    assert list(found) == ["first", "line:2", "last"]
    assert (found["line:2"]["status"], found["line:2"]["verdict"]) == ("failed", "unknown")
    assert problem in found["line:2"]["error"]
    assert found["line:2"].keys() == found["first"].keys() - {"length"}
    assert dict(summary.by_status) == {"answered": 2, "failed": 1}
    assert batch.run(rows_in, out, shout, header=HEADER).written == 0


def test_our_errors_fail_the_row_with_their_hint(rows_in: Path, tmp_path: Path) -> None:
    def refuse(row: Mapping[str, Any]) -> Mapping[str, Any]:
        raise QueryFailed("no table\nof that name", hint="name a table")

    out = tmp_path / "out.ndjson"
    batch.run(rows_in, out, refuse, header=HEADER, limit=1)
    assert read(out)[0]["error"] == "no table of that name (name a table)"
    assert read(out)[0]["status"] == "failed"


def test_a_defect_fails_the_row_and_is_logged(
    rows_in: Path, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    def stumble(row: Mapping[str, Any]) -> Mapping[str, Any]:
        return {**shout(row), "answer": float("nan")} if row["id"] else {}["x"]

    out = tmp_path / "out.ndjson"
    with caplog.at_level(logging.ERROR):
        batch.run(rows_in, out, stumble, header=HEADER, limit=2)
    assert "KeyError: 'x'" in read(out)[0]["error"]
    assert "ValueError" in read(out)[1]["error"]
    assert "Traceback" in caplog.text


def test_failed_rows_are_tried_again_only_when_asked(rows_in: Path, tmp_path: Path) -> None:
    def fail_odd(row: Mapping[str, Any]) -> Mapping[str, Any]:
        if row["id"] % 2:
            raise QueryFailed("busy")
        return shout(row)

    out = tmp_path / "out.ndjson"
    assert batch.run(rows_in, out, fail_odd, header=HEADER).by_status["failed"] == 3
    assert batch.run(rows_in, out, shout, header=HEADER).written == 0
    summary = batch.run(rows_in, out, shout, header=HEADER, retry_failed=True)
    assert (summary.written, dict(summary.by_status)) == (3, {"answered": 6})
    assert [row["id"] for row in read(out)] == [0, 2, 4, 1, 3, 5]


def test_other_settings_are_refused_by_name_unless_forced(rows_in: Path, tmp_path: Path) -> None:
    out = tmp_path / "out.ndjson"
    batch.run(rows_in, out, shout, header=HEADER, limit=2)
    other = {**HEADER, "model": "bundled"}
    with pytest.raises(SettingsError, match='model was "none", now "bundled"') as caught:
        batch.run(rows_in, out, shout, header=other)
    assert "--force" in caught.value.hint
    batch.run(rows_in, out, shout, header=other, force=True)
    assert len(results(out)) == 6
    assert [row["header"]["model"] for row in read(out) if "header" in row] == ["bundled"]
    batch.run(rows_in, out, shout, header=other)


@pytest.mark.parametrize("text", ["precious\n", '{"id": 1}\n', '{"schema": 1, "header": {}}', "{"])
def test_a_file_of_something_else_is_not_touched(text: str, rows_in: Path, tmp_path: Path) -> None:
    out = tmp_path / "out.ndjson"
    out.write_text(text)
    with pytest.raises(InputError, match="line 1, is not a row of plumb batch"):
        batch.run(rows_in, out, shout, header=HEADER, force=True)
    assert out.read_text() == text


def test_torn_last_line_is_cut_and_answered_again(rows_in: Path, tmp_path: Path) -> None:
    out = tmp_path / "out.ndjson"
    batch.run(rows_in, out, shout, header=HEADER)
    whole = out.read_bytes()
    for cut in (1, 40, 200):
        out.write_bytes(whole[:-cut])
        batch.run(rows_in, out, shout, header=HEADER)
        assert out.read_bytes() == whole


def test_missing_or_same_files_are_told(rows_in: Path, tmp_path: Path) -> None:
    with pytest.raises(InputError, match="cannot be read: No such file"):
        batch.run(tmp_path / "none", tmp_path / "out", shout, header=HEADER)
    with pytest.raises(InputError, match="cannot be read: Is a directory"):
        batch.run(tmp_path, tmp_path / "out", shout, header=HEADER)
    with pytest.raises(InputError, match="both input and output"):
        batch.run(rows_in, rows_in, shout, header=HEADER)
    with pytest.raises(OutputError, match=r"there is no folder .*no$"):
        batch.run(rows_in, tmp_path / "no" / "out", shout, header=HEADER)
    with pytest.raises(InputError, match="is not a file"):
        batch.run(rows_in, tmp_path, shout, header=HEADER)


def test_cancel_finishes_the_row_in_work(rows_in: Path, tmp_path: Path) -> None:
    cancel, out = Cancel(), tmp_path / "out.ndjson"

    def stop_at_two(row: Mapping[str, Any]) -> Mapping[str, Any]:
        if row["id"] == 2:
            cancel.cancel()
        return shout(row)

    summary = batch.run(rows_in, out, stop_at_two, header=HEADER, cancel=cancel)
    assert (list(results(out)), summary.cancelled) == ([0, 1, 2], True)


def test_a_cancelled_row_is_left_for_the_next_run(rows_in: Path, tmp_path: Path) -> None:
    def stop_at_two(row: Mapping[str, Any]) -> Mapping[str, Any]:
        if row["id"] == 2:
            raise Cancelled("stopped")
        return shout(row)

    out = tmp_path / "out.ndjson"
    assert batch.run(rows_in, out, stop_at_two, header=HEADER).cancelled
    assert list(results(out)) == [0, 1]
    assert batch.run(rows_in, out, shout, header=HEADER).written == 4


def test_jobs_work_at_the_same_time_and_write_each_row_once(tmp_path: Path) -> None:
    rows_in = write_rows(tmp_path / "in", ({"id": n, "question": "q"} for n in range(40)))
    meeting = threading.Barrier(4, timeout=30)

    def meet(row: Mapping[str, Any]) -> Mapping[str, Any]:
        meeting.wait()  # passes only when four rows are in work together
        return shout(row)

    seen: list[Any] = []
    out = tmp_path / "out"
    summary = batch.run(
        rows_in, out, meet, header=HEADER, jobs=4, on_row=lambda row: seen.append(row["id"])
    )
    assert summary.written == 40
    assert sorted(results(out)) == sorted(seen) == list(range(40))


def test_text_of_any_kind_survives(tmp_path: Path) -> None:
    text = 'é😀\u2028\n"\\ \ud800'
    out = tmp_path / "out"
    batch.run(
        write_rows(tmp_path / "in", [{"id": text, "question": text}]), out, shout, header=HEADER
    )
    (line,) = out.read_bytes().split(b"\n")[1:-1]
    row = json.loads(line)
    assert (row["id"], row["answer"]) == (text, text.upper())


def test_input_is_read_as_it_is_needed(tmp_path: Path) -> None:
    """A pipe whose writer waits for the first answer before it says more."""
    pipe, out = tmp_path / "pipe", tmp_path / "out"
    os.mkfifo(pipe)
    answered = threading.Event()

    def feed() -> None:
        with pipe.open("w") as writer:
            writer.write('{"id": 1, "question": "a"}\n')
            writer.flush()
            assert answered.wait(30)
            writer.write('{"id": 2, "question": "b"}\n')

    thread = threading.Thread(target=feed)
    thread.start()
    batch.run(pipe, out, shout, header=HEADER, on_row=lambda _: answered.set())
    thread.join()
    assert list(results(out)) == [1, 2]


def test_full_disk_leaves_only_whole_rows(
    rows_in: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    out = tmp_path / "out.ndjson"
    batch.run(rows_in, out, shout, header=HEADER, limit=2)
    before, write = out.read_bytes(), os.write

    def fill(descriptor: int, data: memoryview) -> int:
        if len(data) > 100:
            return write(descriptor, data[:100])
        raise OSError(errno.ENOSPC, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr(os, "write", fill)
        with pytest.raises(OutputError, match="No space left on device") as caught:
            batch.run(rows_in, out, shout, header=HEADER)
    assert "make room" in caught.value.hint
    assert out.read_bytes() == before
    batch.run(rows_in, out, shout, header=HEADER)
    assert list(results(out)) == [0, 1, 2, 3, 4, 5]


SCRIPT = textwrap.dedent("""
    import json, resource, signal, sys, time
    from pathlib import Path
    from assistants import batch
    from assistants.errors import PlumbError

    pause, jobs, retry, size = float(sys.argv[3]), int(sys.argv[4]), sys.argv[5] == "retry", int(sys.argv[6])
    if size:
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        resource.setrlimit(resource.RLIMIT_FSIZE, (size, size))

    def answer(row):
        time.sleep(pause)
        if row["id"] % 3 == 0 and not retry:
            raise PlumbError("busy")
        return {"schema": 1, "status": "answered", "verdict": "proved", "answer": row["question"] * 20}

    try:
        batch.run(Path(sys.argv[1]), Path(sys.argv[2]), answer, header={"model": "none"},
                  jobs=jobs, retry_failed=retry, on_row=lambda row: print(row["id"], flush=True))
    except PlumbError as error:
        print(f"{type(error).__name__}: {error}", file=sys.stderr)
        sys.exit(error.exit_code)
""")


def command(  # noqa: PLR0917
    rows_in: Path, out: Path, pause: float, jobs: int = 1, retry: str = "no", size: int = 0
) -> Any:
    arguments = [str(rows_in), str(out), str(pause), str(jobs), retry, str(size)]
    return subprocess.Popen(
        [sys.executable, "-c", SCRIPT, *arguments],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
    )


@pytest.mark.parametrize(("jobs", "retry"), [(1, "no"), (3, "no"), (2, "retry")])
def test_killed_at_any_moment_it_goes_on_without_a_lost_or_doubled_row(
    jobs: int, retry: str, tmp_path: Path
) -> None:
    rows = [{"id": n, "question": f"q{n}"} for n in range(600)]
    rows_in = write_rows(tmp_path / "in", [*rows, {"id": 3, "question": "again"}])
    whole, out = tmp_path / "whole", tmp_path / "out"
    with command(rows_in, whole, 0, retry=retry) as process:
        assert process.wait(60) == 0, process.stderr.read()
    if retry == "retry":  # what failed before is taken out of the file, then answered
        with command(rows_in, out, 0) as process:
            assert process.wait(60) == 0, process.stderr.read()
    chance = random.Random(jobs)
    for _ in range(6):
        with command(rows_in, out, 0.001, jobs, retry) as process:
            process.stdout.readline()
            time.sleep(chance.uniform(0, 0.03))
            process.kill()
        results(out)
    killed_at = len(results(out))
    with command(rows_in, out, 0, jobs, retry) as process:
        assert process.wait(60) == 0, process.stderr.read()
    assert 6 <= killed_at < 601
    assert results(out) == results(whole)
    assert sorted(out.read_bytes().split(b"\n")) == sorted(whole.read_bytes().split(b"\n"))


def test_second_process_on_one_output_is_told_and_changes_nothing(
    rows_in: Path, tmp_path: Path
) -> None:
    out = tmp_path / "out"
    with command(rows_in, out, 0.3) as first:
        first.stdout.readline()
        with command(rows_in, out, 0) as second:
            _, told = second.communicate(timeout=60)
        assert second.returncode == 2
        assert told == f"InputError: {out} is being written by another plumb batch\n"
        assert first.wait(60) == 0
    assert len(results(out)) == 6


def test_no_room_for_the_file_to_grow(tmp_path: Path) -> None:
    rows_in = write_rows(tmp_path / "in", ({"id": n, "question": "q" * 50} for n in range(30)))
    out = tmp_path / "out"
    with command(rows_in, out, 0, size=10_000) as process:
        _, told = process.communicate(timeout=60)
    assert process.returncode == 1
    assert told.startswith(f"OutputError: {out} cannot be written: File too large")
    assert 0 < len(results(out)) < 30
    with command(rows_in, out, 0) as process:
        assert process.wait(60) == 0
    assert list(results(out)) == list(range(30))


def test_memory_does_not_grow_with_the_input(tmp_path: Path) -> None:
    """Rows of 60 MB and a line of 60 MB, under a limit that holding either would break."""
    rows_in = tmp_path / "in"
    with rows_in.open("wb") as file:
        for n in range(8_000):  # each row's answer is small
            file.write(b'{"id": %d, "question": "%s"}\n' % (n, b"x" * 8000))
        file.write(b"y" * 60_000_000 + b"\n")
    out = tmp_path / "out"
    script = textwrap.dedent(f"""
        import resource
        resource.setrlimit(resource.RLIMIT_DATA, (60 << 20, 60 << 20))
        from pathlib import Path
        from assistants import batch
        batch.run(Path({str(rows_in)!r}), Path({str(out)!r}), lambda row: {{}}, header={{"a": 1}})
    """)
    done = subprocess.run(
        [sys.executable, "-c", script],
        check=False,
        capture_output=True,
        text=True,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
    )
    assert (done.returncode, done.stderr) == (0, "")
    assert len(results(out)) == 8_001
