"""A project's tests against changed versions of one module: pytest in a forked child for each.

The child finds the changed text where it would find the file; nothing on disk changes.
"""

import contextlib
import importlib.machinery
import importlib.util
import io
import json
import os
import signal
import sys
import types
from collections.abc import Callable, Sequence
from types import CodeType, FrameType
from typing import Any

_Trace = Callable[[FrameType, str, object], Any]


class _Changed(importlib.machinery.SourceFileLoader):
    """Loads a module from another text than its file's."""

    def __init__(self, name: str, path: str, text: str) -> None:
        super().__init__(name, path)
        self._text = text

    def get_code(self, fullname: str) -> CodeType:
        """Compile the other text under the file's name."""
        del fullname
        return compile(self._text, self.path, "exec", dont_inherit=True)


class _Finder:
    """Finds the one module that is changed."""

    def __init__(self, name: str, path: str, text: str) -> None:
        self._name, self._path, self._text = name, path, text

    def find_spec(
        self, name: str, path: Sequence[str] | None = None, target: types.ModuleType | None = None
    ) -> importlib.machinery.ModuleSpec | None:
        """Return the changed module's specification; None for any other."""
        del path, target
        if name != self._name:
            return None
        loader = _Changed(name, self._path, self._text)
        return importlib.util.spec_from_file_location(name, self._path, loader=loader)


class _Record:
    """A pytest plugin: how each test ended, and which lines of the module it ran."""

    def __init__(self, file: str, *, trace: bool) -> None:
        self.tests: dict[str, list[object]] = {}
        self._file, self._trace = file, trace
        self._lines: set[int] = set()

    def pytest_runtest_logstart(self) -> None:
        """Begin to look."""
        self._lines = set()
        if self._trace:
            sys.settrace(self._call)

    def pytest_runtest_logreport(self, report: Any) -> None:  # noqa: ANN401
        """Note what came of one phase of a test."""
        old = self.tests.get(report.nodeid, ["passed", [], ""])
        how = "failed" if report.failed else old[0]
        said = (
            str(getattr(report.longrepr, "reprcrash", "") or "")[:300] if report.failed else old[2]
        )
        self.tests[report.nodeid] = [how, sorted(self._lines), said]

    def pytest_collectreport(self, report: Any) -> None:  # noqa: ANN401
        """Note a file that cannot even be collected."""
        if report.failed:
            self.tests[report.nodeid] = ["failed", [], str(report.longrepr)[-300:]]

    def _call(self, frame: FrameType, _event: str, _: object) -> _Trace | None:
        return self._line if frame.f_code.co_filename == self._file else None

    def _line(self, frame: FrameType, event: str, _: object) -> _Trace:
        if event == "line":
            self._lines.add(frame.f_lineno)
        return self._line


def try_text(order: dict[str, Any]) -> dict[str, object]:
    """Run tests against a text of the module; how each ended, and the lines where asked."""
    read, write = os.pipe()
    child = os.fork()
    if child == 0:
        os.close(read)
        signal.signal(signal.SIGALRM, signal.SIG_DFL)
        signal.alarm(int(order["limit"]))
        try:
            _child(order, write)
        finally:
            os._exit(0)
    os.close(write)
    with os.fdopen(read) as stream:
        said = stream.read()
    os.waitpid(child, 0)
    return {"tests": json.loads(said) if said else {}, "ended": bool(said)}


def _child(order: dict[str, Any], write: int) -> None:
    import pytest

    file = str(order["file"])
    sys.meta_path.insert(0, _Finder(str(order["module"]), file, str(order["text"])))  # type: ignore[arg-type]
    record = _Record(file, trace=bool(order.get("trace")))
    options = ["-q", "-p", "no:cacheprovider", "--no-header", "--tb=short"]
    options += ["--import-mode=importlib"] + (["-x"] if order.get("stop") else [])
    os.chdir(str(order["home"]))
    with contextlib.redirect_stdout(io.StringIO()), contextlib.redirect_stderr(io.StringIO()):
        pytest.main([*order["tests"], *options], plugins=[record])
    sys.settrace(None)
    os.write(write, json.dumps(record.tests).encode())
