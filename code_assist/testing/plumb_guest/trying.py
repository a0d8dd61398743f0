"""A project's tests against changed versions of one module: one pytest session, a fork for each.

pytest is configured once; each version is collected and run in a child of that session, which finds
the changed text where it would find the file. Nothing on disk changes. Where the configuration
itself (a `conftest.py`) imports the module, each version has a session of its own.
"""

import contextlib
import importlib.machinery
import importlib.util
import io
import json
import os
import resource
import signal
import sys
import time
import types
from collections.abc import Callable, Sequence
from types import FrameType
from typing import Any, TextIO

from .pieces import Pieces

_MEMORY = 1 << 30  # of one version's tests: less than what ends the whole sandbox
_Trace = Callable[[FrameType, str, object], Any]


class _Changed(importlib.machinery.SourceFileLoader):
    """Loads a module from another text than its file's."""

    def __init__(self, name: str, path: str, text: str, pieces: Pieces | None) -> None:
        super().__init__(name, path)
        self._text, self._pieces = text, pieces

    def exec_module(self, module: types.ModuleType) -> None:
        """Run the other text under the file's name; what did not change was compiled before."""
        codes = self._pieces.changed(self._text) if self._pieces else None
        for code in codes or [compile(self._text, self.path, "exec", dont_inherit=True)]:
            exec(code, module.__dict__)


class _Finder:
    """Finds the one module that is changed."""

    def __init__(self, order: dict[str, Any], pieces: Pieces | None) -> None:
        self._name, self._path = str(order["module"]), str(order["file"])
        self._text, self._pieces = str(order["text"]), pieces

    def find_spec(
        self, name: str, path: Sequence[str] | None = None, target: types.ModuleType | None = None
    ) -> importlib.machinery.ModuleSpec | None:
        """Return the changed module's specification; None for any other."""
        del path, target
        if name != self._name:
            return None
        loader = _Changed(name, self._path, self._text, self._pieces)
        return importlib.util.spec_from_file_location(name, self._path, loader=loader)


class _Record:
    """A pytest plugin: how each test ended, and which lines of the module it ran."""

    def __init__(self) -> None:
        self.tests: dict[str, list[object]] = {}
        self.file, self.trace, self.patience = "", False, 0.0
        self._lines: set[int] = set()
        self._began = 0.0

    def asked(self, order: dict[str, Any]) -> None:
        """Take what an order says of it."""
        self.file, self.trace = str(order["file"]), bool(order.get("trace"))
        self.patience = float(order["patience"])

    def pytest_runtest_logstart(self) -> None:
        """Begin to look."""
        self._lines = set()
        if self.trace:
            sys.settrace(self._call)

    def pytest_runtest_call(self) -> None:
        """Give the test that begins so many seconds of the processor."""
        self._began = time.process_time()
        signal.signal(signal.SIGVTALRM, _too_long)
        signal.setitimer(signal.ITIMER_VIRTUAL, self.patience)

    def pytest_runtest_makereport(self) -> None:
        """It has ended."""
        signal.setitimer(signal.ITIMER_VIRTUAL, 0)

    def pytest_runtest_logreport(self, report: Any) -> None:  # noqa: ANN401
        """Note what came of one phase of a test."""
        old = self.tests.get(report.nodeid, ["passed", [], "", 0.0])
        took = time.process_time() - self._began if report.when == "call" else old[3]
        how = "failed" if report.failed else old[0]
        said = (
            str(getattr(report.longrepr, "reprcrash", "") or "")[:300] if report.failed else old[2]
        )
        self.tests[report.nodeid] = [how, sorted(self._lines), said, took]

    def pytest_collectreport(self, report: Any) -> None:  # noqa: ANN401
        """Note a file that cannot even be collected."""
        if report.failed:
            self.tests[report.nodeid] = ["failed", [], str(report.longrepr)[-300:], 0.0]

    def _call(self, frame: FrameType, _event: str, _: object) -> _Trace | None:
        return self._line if frame.f_code.co_filename == self.file else None

    def _line(self, frame: FrameType, event: str, _: object) -> _Trace:
        if event == "line":
            self._lines.add(frame.f_lineno)
        return self._line


def _too_long(number: int, frame: FrameType | None) -> None:
    del number, frame
    raise TimeoutError("the test does not end in time")


class _Server:
    """A pytest plugin: takes orders before anything is collected; each is done in a fork."""

    def __init__(self, orders: TextIO, answers: int, record: _Record) -> None:
        self._orders, self._answers, self._record = orders, answers, record
        self._pieces: Pieces | None = None
        self.is_child = False

    def pytest_collection(self, session: Any) -> bool | None:  # noqa: ANN401
        """Fork for each order; the child goes on and collects what it was told to."""
        for line in self._orders:
            order: dict[str, Any] = json.loads(line)
            if order["module"] in sys.modules:
                self._tell({"alone": True})
                continue
            self._pieces = self._pieces or Pieces.of(str(order["original"]), str(order["file"]))
            child = os.fork()
            if child == 0:
                self._begin(order, session)
                return None
            status = os.waitpid(child, 0)[1]
            if status:
                self._tell({"tests": {}, "ended": False})
        os._exit(0)

    def _begin(self, order: dict[str, Any], session: Any) -> None:  # noqa: ANN401
        self.is_child = True
        signal.signal(signal.SIGALRM, signal.SIG_DFL)
        signal.alarm(int(order["limit"]))
        resource.setrlimit(resource.RLIMIT_AS, (_MEMORY, _MEMORY))
        sys.meta_path.insert(0, _Finder(order, self._pieces))  # type: ignore[arg-type]
        session.config.args = [str(one) for one in order["tests"]]
        session.config.option.maxfail = 1 if order.get("stop") else 0
        self._record.asked(order)

    def done(self) -> None:
        """Say, in the child, how the tests ended."""
        sys.settrace(None)
        self._tell({"tests": self._record.tests, "ended": True})

    def _tell(self, what: dict[str, object]) -> None:
        with os.fdopen(os.dup(self._answers), "w") as stream:
            stream.write(json.dumps(what) + "\n")


class Trials:
    """Runs tests against texts of a module; its pytest session is started when first needed."""

    def __init__(self) -> None:
        self._session: tuple[int, TextIO, TextIO] | None = None
        self._key: object = None
        self._original = ""

    def run(self, order: dict[str, Any]) -> dict[str, object]:
        """Run tests against a text of the module; how each ended, and the lines where asked."""
        key = (order["home"], order["module"], order["file"])
        if self._key != key:
            self._end()
            self._key, self._original = key, str(order["text"])
        answer = self._ask({**order, "original": self._original})
        if "alone" in answer:  # its configuration has imported the module: a new one each time
            self._end()
            return _alone(order)
        return answer

    def _ask(self, order: dict[str, Any]) -> dict[str, object]:
        if self._session is None:
            self._session = _started(order)
        _, orders, answers = self._session
        try:
            orders.write(json.dumps(order) + "\n")
            orders.flush()
            line = answers.readline()
        except BrokenPipeError:
            line = ""
        if not line:
            self._end()
            return {"tests": {}, "ended": False}
        return dict(json.loads(line))

    def _end(self) -> None:
        if self._session is not None:
            child, orders, answers = self._session
            self._session = None
            with contextlib.suppress(BrokenPipeError):
                orders.close()
            answers.close()
            os.waitpid(child, 0)


def _started(order: dict[str, Any]) -> tuple[int, TextIO, TextIO]:
    """Start a pytest session that waits for orders."""
    read_orders, write_orders = os.pipe()
    read_answers, write_answers = os.pipe()
    child = os.fork()
    if child == 0:
        os.close(write_orders)
        os.close(read_answers)
        try:
            record = _Record()
            server = _Server(os.fdopen(read_orders), write_answers, record)
            _pytest(order, [record, server])
            if server.is_child:
                server.done()
        finally:
            os._exit(0)
    os.close(read_orders)
    os.close(write_answers)
    return child, os.fdopen(write_orders, "w"), os.fdopen(read_answers)


def _alone(order: dict[str, Any]) -> dict[str, object]:
    """Run tests against a text in a session that knows nothing but this text."""
    read, write = os.pipe()
    child = os.fork()
    if child == 0:
        os.close(read)
        signal.signal(signal.SIGALRM, signal.SIG_DFL)
        signal.alarm(int(order["limit"]))
        try:
            sys.meta_path.insert(0, _Finder(order, None))  # type: ignore[arg-type]
            record = _Record()
            record.asked(order)
            _pytest(order, [record], *(["-x"] if order.get("stop") else []))
            sys.settrace(None)
            with os.fdopen(write, "w") as stream:
                stream.write(json.dumps(record.tests))
        finally:
            os._exit(0)
    os.close(write)
    with os.fdopen(read) as stream:
        said = stream.read()
    os.waitpid(child, 0)
    return {"tests": json.loads(said) if said else {}, "ended": bool(said)}


def _pytest(order: dict[str, Any], plugins: Sequence[object], *more: str) -> None:
    import pytest

    options = ["-q", "-p", "no:cacheprovider", "--no-header", "--tb=native", "--capture=sys"]
    os.chdir(str(order["home"]))
    with contextlib.redirect_stdout(io.StringIO()), contextlib.redirect_stderr(io.StringIO()):
        pytest.main([*order["tests"], *options, "--import-mode=importlib", *more], plugins=plugins)
