"""One confined program: started, spoken to over pipes, killed at its deadline."""

import contextlib
import json
import os
import selectors
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Self

from assistants.errors import DeadlineExceeded, SandboxUnavailable, WorkerCrashed
from assistants.model import Cancel

from .limits import Limits
from .protection import folders_of, interpreter, protection

_SYSTEM = (
    "/usr",
    "/bin",
    "/sbin",
    "/lib",
    "/lib32",
    "/lib64",
    "/etc/ld.so.cache",
    "/etc/ld.so.conf",
    "/etc/ld.so.conf.d",
    "/etc/alternatives",
    "/etc/localtime",
)
"""What programs need of a system; nothing in it is a secret, and nothing in it can be written."""

_START_SECONDS = 60.0
_GRACE = 5.0  # what the keeper gets to end its charges and report
_FIRST_UID = 0x70000000  # far above the users of a system: throw-away users of root's sandboxes
_HERE = Path(__file__).parent
_MIB = 1 << 20


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """How a confined program ended.

    `code` is its exit code, or None where a signal killed it; `timed_out` and `out_of_memory` say
    that it was we who did so. Output is cut at the limit.
    """

    code: int | None
    signal: int | None
    stdout: bytes
    stderr: bytes
    timed_out: bool = False
    out_of_memory: bool = False
    protections: tuple[str, ...] = ()


class Confined:
    """A running program behind bars. Use it as a context manager: leaving it kills everything.

    Args:
        arguments: The program by its full path, and its arguments.
        readable: Files and folders that it may read, at the paths they have.
        files: Texts that lie in its working folder, by relative path.
        environment: Variables beside the few that every program gets.
        limits: What it may use.
        layer: One of `LAYERS`; by default the best that the machine has.

    Raises:
        SandboxUnavailable: The machine cannot confine it; it was not run.
    """

    def __init__(
        self,
        arguments: Sequence[str],
        *,
        readable: Sequence[Path] = (),
        files: Mapping[str, str] | None = None,
        environment: Mapping[str, str] | None = None,
        limits: Limits = Limits(),
        layer: str | None = None,
    ) -> None:
        self._layer = layer or protection()[0]
        self._limits = limits
        self._folder = Path(tempfile.mkdtemp(prefix="plumb-"))
        self._written = {} if files is None else dict(files)
        self._out, self._err, self._cut = bytearray(), bytearray(), False
        self._report = b""
        self.protections: tuple[str, ...] = ()
        try:
            self._start(arguments, readable, environment or {})
        except BaseException:
            self.close()
            raise

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def ask(self, line: str, *, seconds: float, cancel: Cancel | None = None) -> str:
        """Send one line to the program's stdin and return the next line of its stdout.

        Raises `DeadlineExceeded` when it takes too long (it is killed), `WorkerCrashed` when it
        ends or says too much, `Cancelled`.
        """
        try:
            self._send(line.encode() + b"\n")
        except BrokenPipeError:
            self._crash()
        return self.hear(seconds=seconds, cancel=cancel)

    def hear(self, *, seconds: float, cancel: Cancel | None = None) -> str:
        """Return the next line of the program's stdout; raises as `ask`."""
        end = time.monotonic() + seconds
        while b"\n" not in self._out:
            if not self._read(end, cancel):
                self._crash()
            if time.monotonic() >= end and b"\n" not in self._out:
                self.kill()
                raise DeadlineExceeded(
                    f"the confined program took longer than {seconds:g} s",
                    hint="allow more seconds",
                )
        line, _, rest = bytes(self._out).partition(b"\n")
        self._out[:] = rest
        return line.decode("utf-8", "replace")

    def finish(
        self, stdin: bytes = b"", *, seconds: float, cancel: Cancel | None = None
    ) -> Outcome:
        """Close the program's stdin after a last text, wait for its end, and return it."""
        with contextlib.suppress(BrokenPipeError):
            self._send(stdin)
        with contextlib.suppress(BrokenPipeError):
            self._stdin.close()
        end = time.monotonic() + seconds
        while self._read(end, cancel) and time.monotonic() < end:
            pass
        late = bool(self._selector.get_map()) and not self._cut
        if not (late or self._cut):  # its streams are closed: it has ended, or will in time
            with contextlib.suppress(subprocess.TimeoutExpired):
                self._keeper.wait(max(0.5, end - time.monotonic()))
            late = self._keeper.poll() is None
        ended = self._end()
        return Outcome(
            code=ended.get("code"),
            signal=ended.get("signal"),
            stdout=bytes(self._out),
            stderr=bytes(self._err),
            timed_out=late,
            out_of_memory=bool(ended.get("memory")),
            protections=self.protections,
        )

    def kill(self) -> None:
        """Kill the program and everything it started; all of it is gone on return."""
        if self._order_fd is not None:
            os.close(self._order_fd)  # the keeper ends its charges, buries them, and ends
            self._order_fd = None
        with contextlib.suppress(subprocess.TimeoutExpired):
            self._keeper.wait(_GRACE)
        if self._keeper.returncode is None:  # not reaped: the group's number is still its own
            with contextlib.suppress(ProcessLookupError):
                os.killpg(self._keeper.pid, signal.SIGKILL)
            self._keeper.wait()

    def close(self) -> None:
        """Kill what runs and remove what it left."""
        if hasattr(self, "_keeper"):
            self.kill()
            for stream in (self._keeper.stdin, self._keeper.stdout, self._keeper.stderr):
                if stream is not None:
                    with contextlib.suppress(BrokenPipeError):
                        stream.close()
            os.close(self._report_fd)
            self._selector.close()
            del self._keeper
        shutil.rmtree(self._folder, ignore_errors=True)

    def _start(
        self, arguments: Sequence[str], readable: Sequence[Path], environment: Mapping[str, str]
    ) -> None:
        shown = [*_SYSTEM, *folders_of(arguments[0]), *(str(one.resolve()) for one in readable)]
        work = "/plumb-work" if self._layer == "namespaces" else str(self._folder)
        basis = {"HOME": work, "LANG": "C.UTF-8", "PATH": "/usr/bin:/bin", "TMPDIR": work}
        if self._layer == "namespaces":
            basis["TMPDIR"] = "/tmp"  # noqa: S108  (a private one)
        else:
            self._write_files()
        order = {
            "layer": self._layer,
            "arguments": list(arguments),
            "environment": basis | dict(environment),
            "files": self._written,
            "readable": list(dict.fromkeys(shown)),
            "folder": str(self._folder),
            "uid": self._throw_away_user(),
            **self._numbers(),
        }
        self._launch(json.dumps(order).encode() + b"\n")
        first = self._first_report()
        if "protections" not in first:
            raise SandboxUnavailable(
                f"{self._layer}: {first.get('refused', 'the keeper ended at once')}",
                hint="nothing was run",
            )
        self.protections = tuple(first["protections"])

    def _throw_away_user(self) -> int | None:
        if os.getuid() != 0:
            return None
        if self._layer != "namespaces":
            raise SandboxUnavailable(
                f"{self._layer}: root's processes cannot be limited without namespaces",
                hint="run plumb as an ordinary user",
            )
        return _FIRST_UID + os.getpid() % 0x8000 * 0x1000 + id(self) // 64 % 0x1000

    def _numbers(self) -> dict[str, int | None]:
        limits = self._limits
        space = limits.address_space_mb
        return {
            "cpu_seconds": limits.cpu_seconds,
            "address_space": None if space is None else space * _MIB,
            "memory": limits.memory_mb * _MIB,
            "disk": limits.disk_mb * _MIB,
            "processes": limits.processes,
            "open_files": limits.open_files,
        }

    def _write_files(self) -> None:
        for name, text in self._written.items():
            file = self._folder / name
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(text, encoding="utf-8")

    def _launch(self, order: bytes) -> None:
        order_read, order_write = os.pipe()
        self._order_fd: int | None = order_write
        self._report_fd, report_write = os.pipe()
        code = (
            f"import sys; sys.path.insert(0, {str(_HERE)!r}); "
            f"from jail.start import main; main({order_read}, {report_write})"
        )
        try:
            self._keeper = subprocess.Popen(
                [interpreter(), "-I", "-S", "-B", "-c", code],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.PIPE,
                pass_fds=(order_read, report_write),
                start_new_session=True,  # a group of its own: killed as one
                env={},
                bufsize=0,
            )
        finally:
            os.close(order_read)
            os.close(report_write)
        stdin, out, err = self._keeper.stdin, self._keeper.stdout, self._keeper.stderr
        assert stdin is not None and out is not None and err is not None  # noqa: S101, PT018
        self._stdin = stdin
        self._selector = selectors.DefaultSelector()
        self._selector.register(out, selectors.EVENT_READ, self._out)
        self._selector.register(err, selectors.EVENT_READ, self._err)
        with contextlib.suppress(BrokenPipeError):
            view = memoryview(order)
            while view:
                view = view[os.write(order_write, view) :]

    def _first_report(self) -> dict[str, list[str]]:
        end = time.monotonic() + _START_SECONDS
        while b"\n" not in self._report and time.monotonic() < end:
            with selectors.DefaultSelector() as selector:
                selector.register(self._report_fd, selectors.EVENT_READ)
                if selector.select(end - time.monotonic()):
                    piece = os.read(self._report_fd, 1 << 16)
                    if not piece:
                        break
                    self._report += piece
        line, _, self._report = self._report.partition(b"\n")
        try:
            return json.loads(line)
        except ValueError:
            return {}

    def _end(self) -> "dict[str, int]":
        """Return what the keeper reports about the end; a kill where it reports nothing."""
        self.kill()
        os.set_blocking(self._report_fd, False)
        with contextlib.suppress(BlockingIOError):
            while piece := os.read(self._report_fd, 1 << 16):
                self._report += piece
        found: dict[str, int] = {"signal": int(signal.SIGKILL)}
        for line in reversed(self._report.splitlines()):
            with contextlib.suppress(ValueError):
                row = json.loads(line)
                found = row.get("end", row)
        return found

    def _send(self, data: bytes) -> None:
        view = memoryview(data)
        while view:
            view = view[self._stdin.write(view) :]

    def _read(self, end: float, cancel: Cancel | None) -> bool:
        """Read what there is, for a moment at most; False once both streams have ended."""
        if not self._selector.get_map() or self._cut:
            return False
        patience = max(0.0, min(end - time.monotonic(), 60.0 if cancel is None else 0.05))
        for key, _ in self._selector.select(patience):
            piece = os.read(key.fd, 1 << 16)
            if not piece:
                self._selector.unregister(key.fileobj)
            key.data.extend(piece)
            if len(key.data) > self._limits.output_bytes:
                del key.data[self._limits.output_bytes :]
                self._cut = True
        if cancel is not None and cancel.cancelled:
            self.kill()
            cancel.raise_if_cancelled()
        return True

    def _crash(self) -> None:
        self.kill()
        said = bytes(self._err).decode("utf-8", "replace").strip().splitlines()
        last = f": {said[-1][:200]}" if said else ""
        raise WorkerCrashed(f"the confined program ended{last}", hint="see its own error")


def run(
    arguments: Sequence[str],
    *,
    seconds: float,
    stdin: bytes = b"",
    readable: Sequence[Path] = (),
    files: Mapping[str, str] | None = None,
    environment: Mapping[str, str] | None = None,
    limits: Limits = Limits(),
    cancel: Cancel | None = None,
    layer: str | None = None,
) -> Outcome:
    """Run a confined program to its end, or to `seconds`; see `Confined`."""
    with Confined(
        arguments,
        readable=readable,
        files=files,
        environment=environment,
        limits=limits,
        layer=layer,
    ) as program:
        return program.finish(stdin, seconds=seconds, cancel=cancel)
