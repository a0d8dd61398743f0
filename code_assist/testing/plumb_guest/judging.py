"""Which mutants a test file notices: pytest as users will run it, the tests in a fork for each.

Tests are collected once; each version of the function runs them in a child of that session.
"""

import contextlib
import io
import json
import os
import signal
import sys
from collections.abc import Callable
from pathlib import Path
from types import CodeType, FrameType, ModuleType
from typing import Any

from .probes import PROBE, Probe
from .target import Target

_SECONDS = 8
_Trace = Callable[[FrameType, str, object], Any]


def judge(module: ModuleType, target: Target, text: str, numbers: list[int]) -> dict[str, object]:
    """Return which of the mutants make a test fail, and the branches that the tests take."""
    folder = Path("judged")
    folder.mkdir(exist_ok=True)
    file = folder / "test_judged.py"
    file.write_text(text, encoding="utf-8")
    import pytest

    del pytest  # imported once, for all children
    ended, said = _session(_Judge(module, target, numbers), file)
    if ended.get(None, 1) != 0:
        return {"error": f"the tests fail on the code as it is (pytest's exit code {ended})"}
    killed = [n for n in numbers if ended.get(n, 1) != 0]
    every = _lines(target.function.__code__)
    ran = every & set(said["lines"])
    return {"killed": killed, "hit": said["hit"], "lines": len(every), "ran": len(ran)}


def _lines(code: CodeType) -> set[int]:
    """Return the lines of a function and of what it defines, without those of `def`."""
    found = {line for _, _, line in code.co_lines() if line} - {code.co_firstlineno}
    inner = [one for one in code.co_consts if isinstance(one, CodeType)]
    return found.union(*(_lines(one) for one in inner)) if inner else found


class _Judge:
    """A pytest plugin: collected tests run in a fork with probes, and in one for each mutant."""

    def __init__(self, module: ModuleType, target: Target, numbers: list[int]) -> None:
        self._module, self._target, self._numbers = module, target, numbers
        self.stream: int = -1
        self.is_child = False

    def pytest_runtestloop(self, session: Any) -> bool | None:  # noqa: ANN401
        """Fork once for each version; a child goes on with pytest's own loop."""
        del session
        for number in (None, *self._numbers):
            child = os.fork()
            if child == 0:
                self._begin(number)
                return None
            status = os.waitpid(child, 0)[1]
            self._tell({"ended": [number, status]})
            if number is None and status != 0:
                break
        return True

    def _begin(self, number: int | None) -> None:
        self.is_child = True
        signal.signal(signal.SIGALRM, signal.SIG_DFL)
        signal.alarm(_SECONDS)
        if number is None:
            self._probe()
        else:
            self._target.function.__code__ = self._target.wrong[number][1]

    def _probe(self) -> None:
        probe = Probe()
        setattr(self._module, PROBE, probe)
        self._target.function.__globals__[PROBE] = probe
        self._target.function.__code__ = self._target.probed
        self._hit, self._ran = probe.hit, set[int]()
        sys.settrace(_tracer(self._target, self._ran))

    def pytest_sessionfinish(self) -> None:
        """In the child with probes, say what they saw."""
        if self.is_child and hasattr(self, "_hit"):
            sys.settrace(None)
            hit = sorted(number * 2 + way for number, way in self._hit & self._target.goals)
            self._tell({"hit": hit, "lines": sorted(self._ran)})

    def _tell(self, what: dict[str, object]) -> None:
        os.write(self.stream, (json.dumps(what) + "\n").encode())


def _session(judge: _Judge, file: Path) -> tuple[dict[int | None, int], dict[str, Any]]:
    """Run pytest in a child; the status by version (None: as it is), and what the probes saw."""
    read, write = os.pipe()
    child = os.fork()
    if child == 0:
        os.close(read)
        status = 99
        try:
            judge.stream = write
            status = _pytest(file, judge)
        finally:
            os._exit(status)
    os.close(write)
    ended: dict[int | None, int] = {}
    seen: dict[str, Any] = {"hit": [], "lines": []}
    with os.fdopen(read) as stream:
        for line in stream:
            told = json.loads(line)
            if "ended" in told:
                ended[told["ended"][0]] = told["ended"][1]
            else:
                seen = told
    os.waitpid(child, 0)
    return ended, seen


def _pytest(file: Path, judge: _Judge) -> int:
    import pytest

    signal.signal(signal.SIGALRM, signal.SIG_DFL)
    signal.signal(signal.SIGPROF, signal.SIG_IGN)
    options = ["-q", "-x", "-p", "no:cacheprovider", "--no-header", "--tb=no", "--capture=sys"]
    places = ["--import-mode=importlib", "--rootdir=.", "-c", os.devnull]
    with contextlib.redirect_stdout(io.StringIO()):
        return int(pytest.main([str(file), *options, *places], plugins=[judge]))


def _tracer(target: Target, lines: set[int]) -> _Trace:
    """Return a trace function that collects the lines of the target that run."""
    file = target.function.__code__.co_filename

    def line(frame: FrameType, event: str, _: object) -> _Trace:
        if event == "line":
            lines.add(frame.f_lineno)
        return line

    def call(frame: FrameType, _event: str, _: object) -> _Trace | None:
        return line if frame.f_code.co_filename == file else None

    return call
