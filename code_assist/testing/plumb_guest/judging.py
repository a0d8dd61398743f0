"""Which mutants a test file notices: pytest in a forked child for each, as users will run it."""

import contextlib
import io
import os
import signal
import sys
from collections.abc import Callable
from pathlib import Path
from types import CodeType, FrameType, ModuleType
from typing import Any

from .codes import exchanged
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
    status, said = _run(file, None, module, target)
    if status != 0:
        return {"error": f"the tests fail on the code as it is (pytest's exit code {status})"}
    killed = [n for n in numbers if _run(file, n, module, target)[0] != 0]
    goals, _, lines = said.partition(";")
    hit = sorted(int(one) for one in goals.split(",") if one)
    every = _lines(target.function.__code__)
    ran = every & {int(one) for one in lines.split(",") if one}
    return {"killed": killed, "hit": hit, "lines": len(every), "ran": len(ran)}


def _lines(code: CodeType) -> set[int]:
    """Return the lines of a function and of what it defines, without those of `def`."""
    found = {line for _, _, line in code.co_lines() if line} - {code.co_firstlineno}
    inner = [one for one in code.co_consts if isinstance(one, CodeType)]
    return found.union(*(_lines(one) for one in inner)) if inner else found


def _run(file: Path, number: int | None, module: ModuleType, target: Target) -> tuple[int, str]:
    """Run the tests in a child against a mutant, or with probes; its status, and what it hit."""
    read, write = os.pipe()
    child = os.fork()
    if child == 0:
        os.close(read)
        signal.signal(signal.SIGALRM, signal.SIG_DFL)
        signal.alarm(_SECONDS)
        status = 99
        try:
            status = _child(file, number, module, target, write)
        finally:
            os._exit(status)
    os.close(write)
    with os.fdopen(read) as stream:
        said = stream.read()
    return os.waitpid(child, 0)[1], said


def _child(file: Path, number: int | None, module: ModuleType, target: Target, write: int) -> int:
    import pytest

    probe = Probe()
    setattr(module, PROBE, probe)
    target.function.__globals__[PROBE] = probe
    code = target.probed if number is None else target.wrong[number][1]
    options = ["-q", "-x", "-p", "no:cacheprovider", "--no-header", "--tb=no"]
    places = ["--import-mode=importlib", "--rootdir=.", "-c", os.devnull]
    lines: set[int] = set()
    if number is None:
        sys.settrace(_tracer(target, lines))
    with exchanged(target.function, code), contextlib.redirect_stdout(io.StringIO()):
        status = int(pytest.main([str(file), *options, *places]))
    sys.settrace(None)
    hit = [number * 2 + way for number, way in probe.hit & target.goals]
    said = f"{','.join(map(str, hit))};{','.join(map(str, sorted(lines)))}"
    os.write(write, said.encode())
    return status


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
