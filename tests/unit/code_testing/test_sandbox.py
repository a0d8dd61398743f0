"""The sandbox holds what it promises; each promise is judged from outside."""

import os
import socket
import subprocess
import sys
import time
from pathlib import Path

import pytest

from assistants.errors import Cancelled, DeadlineExceeded, SandboxUnavailable, WorkerCrashed
from assistants.model import Cancel
from code_assist.sandbox import Confined, Limits, protection, run

PYTHON = sys.executable


@pytest.fixture(autouse=True)
def _needs_a_layer() -> None:
    try:
        protection()
    except SandboxUnavailable as error:
        pytest.skip(f"no sandbox here: {error}")


def python(code: str, **options: object) -> tuple[int | None, str]:
    outcome = run([PYTHON, "-I", "-c", code], seconds=20, **options)  # type: ignore[arg-type]
    return outcome.code, outcome.stdout.decode()


def test_an_honest_program_runs_and_names_its_protections() -> None:
    outcome = run([PYTHON, "-I", "-c", "print(input())"], stdin=b"hello\n", seconds=20)
    assert (outcome.code, outcome.stdout) == (0, b"hello\n")
    assert not outcome.timed_out
    assert "resource limits" in outcome.protections
    assert outcome.protections == protection()[1]


def test_exit_code_and_signal_are_told_apart() -> None:
    assert run([PYTHON, "-I", "-c", "raise SystemExit(3)"], seconds=20).code == 3
    crashed = run([PYTHON, "-I", "-c", "import os; os.abort()"], seconds=20)
    assert crashed.code is None
    assert crashed.signal == 6


def test_given_files_lie_in_the_working_folder() -> None:
    code = "print(open('a/b.txt').read()); open('a/c.txt', 'w').write('x')"
    assert python(code, files={"a/b.txt": "text"}) == (0, "text\n")


def test_environment_is_empty_but_for_a_few_names(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("API_KEY", "secret")
    code = "import os; print(sorted(os.environ))"
    assert python(code, environment={"MARK": "1"}) == (
        0,
        "['HOME', 'LANG', 'MARK', 'PATH', 'TMPDIR']\n",
    )


def test_only_named_folders_can_be_read_and_none_written(tmp_path: Path) -> None:
    shown, hidden = tmp_path / "shown", tmp_path / "hidden"
    for folder in (shown, hidden):
        folder.mkdir()
        (folder / "f").write_text("content")
    tmp_path.chmod(0o755)
    code = f"print(open('{shown}/f').read())"
    assert python(code, readable=[shown]) == (0, "content\n")
    assert python(f"open('{hidden}/f')", readable=[shown])[0] == 1
    assert python(f"open('{shown}/f', 'w')", readable=[shown])[0] == 1
    assert python(f"import os; os.remove('{shown}/f')", readable=[shown])[0] == 1
    assert (shown / "f").read_text() == "content"


def test_no_connection_leaves() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        server.setblocking(False)
        port = server.getsockname()[1]
        code = f"import socket; socket.create_connection(('127.0.0.1', {port}))"
        assert python(code)[0] == 1
        with pytest.raises(BlockingIOError):
            server.accept()


def test_processes_outside_are_out_of_reach() -> None:
    with subprocess.Popen(["sleep", "60"]) as victim:
        assert python(f"import os; os.kill({victim.pid}, 9)")[0] == 1
        assert victim.poll() is None
        victim.kill()


def test_everything_is_killed_at_the_deadline_children_in_new_sessions_too() -> None:
    code = (
        "import os, time\n"
        "if os.fork() == 0:\n"
        "    try: os.setsid()\n"
        "    except OSError: pass\n"
        "time.sleep(60)\n"
    )
    mark = f"mark-{os.getpid()}-{time.monotonic_ns()}"
    outcome = run([PYTHON, "-I", "-c", f"# {mark}\n{code}"], seconds=1)
    assert outcome.timed_out
    listed = subprocess.run(
        ["ps", "axww", "-o", "stat=,args="], capture_output=True, text=True, check=False
    )
    alive = [line for line in listed.stdout.splitlines() if mark in line and line[0] != "Z"]
    assert alive == []


def test_a_fork_bomb_stops_at_the_limit() -> None:
    code = (
        "import os, time\ncount = 0\n"
        "try:\n"
        "    while count < 1000:\n"
        "        if os.fork() == 0: time.sleep(60)\n"
        "        count += 1\n"
        "except OSError: print(count < 50)\n"
    )
    assert python(code + "os._exit(0)", limits=Limits(processes=16)) == (0, "")
    assert python(code + "print(end='', flush=True); os._exit(0)", limits=Limits(processes=16)) == (
        0,
        "True\n",
    )


def test_memory_is_bounded_for_one_process_and_for_all_together() -> None:
    assert python("x = bytearray(10**10)")[0] == 1
    code = (
        "import os, time\n"
        "for _ in range(4): os.fork()\n"
        "x = bytearray(10**8); x[::4096] = x[::4096]\ntime.sleep(60)"
    )
    limits = Limits(memory_mb=300, processes=32)
    outcome = run([PYTHON, "-I", "-c", code], seconds=30, limits=limits)
    assert not outcome.timed_out
    assert outcome.out_of_memory


def test_output_is_cut_and_its_author_stopped() -> None:
    limits = Limits(output_bytes=1000)
    outcome = run([PYTHON, "-I", "-c", "while 1: print('x' * 99)"], seconds=30, limits=limits)
    assert len(outcome.stdout) == 1000
    assert outcome.code is None


def test_a_conversation_by_lines() -> None:
    code = "import sys\nfor line in sys.stdin: print(line.upper(), end='', flush=True)"
    with Confined([PYTHON, "-I", "-c", code]) as program:
        assert program.ask("one", seconds=20) == "ONE"
        assert program.ask("two", seconds=20) == "TWO"
        assert program.finish(seconds=20).code == 0


def test_a_conversation_ends_at_its_deadline_with_a_crash_or_by_the_user() -> None:
    with (
        Confined([PYTHON, "-I", "-c", "import time; time.sleep(60)"]) as program,
        pytest.raises(DeadlineExceeded),
    ):
        program.ask("x", seconds=0.5)
    with (
        Confined([PYTHON, "-I", "-c", "raise ValueError('boom')"]) as program,
        pytest.raises(WorkerCrashed, match="boom"),
    ):
        program.ask("x", seconds=20)
    cancel = Cancel()
    cancel.cancel()
    with (
        Confined([PYTHON, "-I", "-c", "import time; time.sleep(60)"]) as program,
        pytest.raises(Cancelled),
    ):
        program.ask("x", seconds=20, cancel=cancel)


def test_nothing_is_run_where_the_layer_is_missing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "getuid", lambda: 0)  # root cannot use Landlock: no limit on processes
    with pytest.raises(SandboxUnavailable, match="without namespaces"):
        run([PYTHON, "-c", ""], seconds=5, layer="landlock")


def test_nothing_is_left_on_disk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    assert python("open('/tmp/x', 'w').write('x')")[0] == 0
    assert list(tmp_path.iterdir()) == []
