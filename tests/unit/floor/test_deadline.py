"""Work in killable processes: what comes back, what is killed, and how it may be started."""

import json
import os
import signal
import subprocess
import sys
import textwrap
import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from fractions import Fraction
from pathlib import Path

import pytest

from assistants import deadline
from assistants.errors import Cancelled, DeadlineExceeded, QueryRefused, WorkerCrashed
from assistants.model import Cancel

ROOT = Path(__file__).parents[3]


class Picky(Exception):
    """An exception that cannot be rebuilt from its arguments."""

    def __init__(self, first: str, second: str) -> None:
        super().__init__(first + second)


def add(left: Fraction, right: Fraction) -> Fraction:
    return left + right


def refuse() -> None:
    raise QueryRefused("DROP is refused", hint="ask with SELECT")


def be_picky() -> None:
    raise Picky("so", "so")


def sleep_for_ever(note: str) -> None:
    child = subprocess.Popen(["sleep", "600"])
    Path(note).write_text(f"{os.getpid()} {child.pid}", encoding="utf-8")
    time.sleep(600)


def multiply_huge() -> int:
    """Hold the interpreter's lock in C for far longer than any test waits."""
    return 3 ** (10**9)


def crash() -> None:
    os.kill(os.getpid(), signal.SIGSEGV)


def quit_python() -> None:
    sys.exit(3)


def allocate(megabytes: int) -> int:
    return len(bytearray(megabytes * 2**20))


def modules_loaded(names: list[str]) -> list[bool]:
    return [name in sys.modules for name in names]


def nested() -> int:
    return deadline.call(os.getpid, seconds=30)


def alive(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().split(") ")[1][0] != "Z"
    except FileNotFoundError:
        return False


def wait_until(condition: Callable[[], bool]) -> None:
    end = time.monotonic() + 30
    while not condition():
        assert time.monotonic() < end
        time.sleep(0.02)


def test_result_comes_back_exactly() -> None:
    assert deadline.call(add, Fraction(1, 3), Fraction(1, 6), seconds=30) == Fraction(1, 2)


def test_work_runs_elsewhere_in_a_worker_that_is_reused() -> None:
    first = deadline.call(os.getpid, seconds=30)
    assert first != os.getpid()
    assert deadline.call(os.getpid, seconds=30) == first


def test_our_errors_come_back_with_their_hint_and_the_workers_traceback() -> None:
    with pytest.raises(QueryRefused, match="DROP is refused") as caught:
        deadline.call(refuse, seconds=30)
    assert caught.value.hint == "ask with SELECT"
    assert "in refuse" in caught.value.__notes__[0]


def test_exception_that_does_not_survive_pickling_is_named() -> None:
    with pytest.raises(RuntimeError, match="Picky: soso"):
        deadline.call(be_picky, seconds=30)


def test_overrun_kills_the_worker_and_its_children(tmp_path: Path) -> None:
    note = tmp_path / "pids"
    with pytest.raises(DeadlineExceeded, match="sleep_for_ever took longer than 1"):
        deadline.call(sleep_for_ever, str(note), seconds=1.5)
    for pid in map(int, note.read_text().split()):
        wait_until(lambda pid=pid: not alive(pid))
    assert deadline.call(add, Fraction(1), Fraction(1), seconds=30) == 2


def test_killed_worker_is_replaced_before_the_next_call() -> None:
    deadline.warm(["wave"])
    with pytest.raises(DeadlineExceeded):
        deadline.call(time.sleep, 60, seconds=0.1)
    with ThreadPoolExecutor(8) as threads:  # and the places of the killed are not lost
        late = [threads.submit(deadline.call, time.sleep, 60, seconds=0.1) for _ in range(8)]
        assert all(isinstance(task.exception(), DeadlineExceeded) for task in late)
    assert deadline.call(modules_loaded, ["wave"], seconds=30) == [True]


def test_work_that_never_releases_the_interpreter_is_killed() -> None:
    with pytest.raises(DeadlineExceeded):
        deadline.call(multiply_huge, seconds=0.5)


def test_no_time_left_is_a_deadline() -> None:
    with pytest.raises(DeadlineExceeded):
        deadline.call(os.getpid, seconds=0)


def test_crash_is_told_with_its_signal() -> None:
    with pytest.raises(WorkerCrashed, match="SIGSEGV"):
        deadline.call(crash, seconds=30)
    assert deadline.call(add, Fraction(1), Fraction(1), seconds=30) == 2


def test_exit_of_the_worker_does_not_end_the_caller() -> None:
    with pytest.raises(WorkerCrashed, match="code 3"):
        deadline.call(quit_python, seconds=30)


def test_memory_limit_holds_for_its_task_only() -> None:
    with pytest.raises(WorkerCrashed, match="memory"):
        deadline.call(allocate, 300, seconds=30, memory_mb=100)
    assert deadline.call(allocate, 300, seconds=30) == 300 * 2**20


def test_cancel_stops_the_work_at_once(tmp_path: Path) -> None:
    cancel, note = Cancel(), tmp_path / "pids"
    threading.Timer(0.5, cancel.cancel).start()
    with pytest.raises(Cancelled):
        deadline.call(sleep_for_ever, str(note), seconds=500, cancel=cancel)


def test_many_threads_share_few_workers() -> None:
    with ThreadPoolExecutor(8) as threads:
        pids = list(threads.map(lambda _: deadline.call(os.getpid, seconds=30), range(40)))
    assert os.getpid() not in pids
    assert len(set(pids)) <= max(2, os.cpu_count() or 1)


def test_a_worker_may_call_workers_of_its_own() -> None:
    assert deadline.call(nested, seconds=60) != os.getpid()


def test_a_forked_child_has_workers_of_its_own() -> None:
    ours = deadline.call(os.getpid, seconds=30)
    read, write = os.pipe()
    child = os.fork()
    if child == 0:
        try:
            os.write(write, str(deadline.call(os.getpid, seconds=60)).encode())
        finally:
            os._exit(0)
    os.waitpid(child, 0)
    os.close(write)
    with os.fdopen(read) as told:
        theirs = int(told.read())
    assert theirs not in {ours, child}
    assert deadline.call(os.getpid, seconds=30) == ours


def test_warm_modules_are_there_before_the_task() -> None:
    deadline.warm(["wave", "no_such_module_anywhere"])
    assert deadline.call(modules_loaded, ["wave"], seconds=30) == [True]


def test_function_of_main_is_refused_by_name(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(add, "__module__", "__main__")
    with pytest.raises(ValueError, match="add lives in __main__"):
        deadline.call(add, Fraction(1), Fraction(1), seconds=1)


SCRIPT = textwrap.dedent("""
    import operator, sys
    print("main runs")
    from assistants import deadline
    print(deadline.call(operator.add, 2, 2, seconds=60))
    sys.stdout.flush()
""")


def run(command: list[str], text: str, folder: Path) -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    return subprocess.run(
        command,
        check=False,
        input=text,
        capture_output=True,
        text=True,
        cwd=folder,
        env=environment,
        timeout=120,
    )


@pytest.mark.parametrize("way", ["file", "module", "command", "stdin"])
def test_main_runs_once_however_python_was_started(way: str, tmp_path: Path) -> None:
    (tmp_path / "started.py").write_text(SCRIPT, encoding="utf-8")
    arguments = {
        "file": ["started.py"],
        "module": ["-m", "started"],
        "command": ["-c", SCRIPT],
        "stdin": ["-"],
    }[way]
    done = run([sys.executable, *arguments], SCRIPT if way == "stdin" else "", tmp_path)
    assert (done.stdout, done.stderr) == ("main runs\n4\n", "")


def test_hostile_workspace_cannot_shadow_the_worker(tmp_path: Path) -> None:
    for name in ("assistants", "pickle", "json"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "__init__.py").write_text("raise SystemExit('shadowed')")
    script = f"import sys; sys.path.insert(0, {str(ROOT)!r})\n" + SCRIPT
    done = run([sys.executable, "-P", "-c", script], "", tmp_path)
    assert (done.stdout, done.stderr) == ("main runs\n4\n", "")


def test_prints_of_a_worker_go_to_stderr_and_it_reads_nothing(tmp_path: Path) -> None:
    script = textwrap.dedent(f"""
        import json, sys
        sys.path.insert(0, {str(tmp_path)!r})
        import chatty
        from assistants import deadline
        print(json.dumps(deadline.call(chatty.chatter, seconds=60)))
    """)
    (tmp_path / "chatty.py").write_text(
        "import sys\ndef chatter():\n    print('stray', flush=True)\n    return sys.stdin.read()\n"
    )
    done = run([sys.executable, "-c", script], "secret input", tmp_path)
    assert json.loads(done.stdout) == ""
    assert done.stderr == "stray\n"


@pytest.mark.parametrize("how", [signal.SIGKILL, signal.SIGTERM])
def test_workers_and_their_children_die_with_a_killed_parent(
    how: signal.Signals, tmp_path: Path
) -> None:
    (tmp_path / "sleeper.py").write_text(
        "import os, subprocess, time\n"
        "def sleep(note):\n"
        "    child = subprocess.Popen(['sleep', '600'])\n"
        "    with open(note + '.part', 'w') as file: file.write(f'{os.getpid()} {child.pid}')\n"
        "    os.rename(note + '.part', note)\n"
        "    time.sleep(600)\n"
    )
    note = tmp_path / "pids"
    script = (
        f"import sys; sys.path.insert(0, {str(tmp_path)!r})\n"
        f"import sleeper; from assistants import deadline\n"
        f"deadline.call(sleeper.sleep, {str(note)!r}, seconds=500)\n"
    )
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    with subprocess.Popen([sys.executable, "-c", script], cwd=tmp_path, env=environment) as parent:
        wait_until(note.exists)
        parent.send_signal(how)
    for pid in map(int, note.read_text().split()):
        wait_until(lambda pid=pid: not alive(pid))
