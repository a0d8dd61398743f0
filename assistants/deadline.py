"""Run a function in a process that can be killed when its time is up.

Signals would fail off the main thread and threads cannot be stopped, so checks run in worker
processes: warm, reused, at most one a core, started by `exec` (never by forking a parent with
threads, and without running its `__main__` again). A worker that overruns is killed with all its
children and replaced; workers end with their parent. Their stdin is empty and their stdout is our
stderr, so that a stray print breaks no protocol. POSIX only.

The clock starts when the worker has imported what the function needs: waiting for a free worker,
its start and its imports do not count. Waiting ends, because every running task has a deadline.
"""

import atexit
import contextlib
import functools
import multiprocessing.connection
import os
import pickle
import signal
import socket
import struct
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterable
from typing import TypeVar, TypeVarTuple, cast

from ._worker import Task
from .errors import DeadlineExceeded, WorkerCrashed
from .model import Cancel

Ts = TypeVarTuple("Ts")
R = TypeVar("R")

_START_SECONDS = 120.0
"""What a worker gets for its start and its imports, on a slow and busy machine."""
_TASKS_PER_WORKER = 500
"""Afterwards a worker is replaced, so that what libraries cache cannot grow for ever."""


def call(
    function: Callable[[*Ts], R],
    *args: *Ts,
    seconds: float,
    memory_mb: int | None = None,
    cancel: Cancel | None = None,
) -> R:
    """Return `function(*args)`, computed in a worker process within `seconds`.

    Args:
        function: A picklable function of an importable module; pass and return plain data.
        args: Its picklable arguments.
        seconds: Wall-clock time, after which the worker is killed; none is left at 0 or below.
        memory_mb: What the function may allocate (address space, MiB) beyond what the warm
            worker holds already.
        cancel: Kills the worker when raised.

    Raises:
        DeadlineExceeded: The time was up.
        WorkerCrashed: The worker died under its task, or the function ran out of memory.
        Cancelled: `cancel` was raised.
        Exception: Whatever the function raised, the worker's traceback as a note; a
            `RuntimeError` that names it where it does not survive pickling.
    """
    if function.__module__ == "__main__":
        raise ValueError(f"{function.__qualname__} lives in __main__, where no worker can find it")
    if seconds <= 0:
        raise _overrun(function, 0)
    payload = pickle.dumps((function, args))
    pool = _pool()
    task = Task(modules=pool.modules, payload=payload, seconds=seconds, memory_mb=memory_mb)
    worker = pool.take(cancel)
    try:
        succeeded, value = worker.run(task, cancel)
    except TimeoutError:
        worker.kill()
        raise _overrun(function, seconds) from None
    except (EOFError, ConnectionError):
        raise _crash(function, worker.bury()) from None
    except BaseException:  # the channel's state is unknown: this worker is of no more use
        worker.kill()
        raise
    finally:
        pool.give_back(worker)
    if succeeded:
        return cast("R", value)
    if isinstance(value, MemoryError):
        message = f"{function.__name__} ran out of memory"
        raise WorkerCrashed(message, hint="ask for something smaller") from None
    raise cast("Exception", value)


def warm(modules: Iterable[str]) -> None:
    """Have every worker import these modules before its next task, and start one now."""
    _pool().warm(tuple(modules))


def _overrun(function: Callable[..., object], seconds: float) -> DeadlineExceeded:
    message = f"{function.__name__} took longer than {seconds:g} s"
    return DeadlineExceeded(message, hint="allow more seconds, or ask for something smaller")


def _crash(function: Callable[..., object], code: int) -> WorkerCrashed:
    how = f"was killed by {signal.Signals(-code).name}" if code < 0 else f"ended with code {code}"
    hint = "out of memory, most often: ask for something smaller"
    return WorkerCrashed(f"the worker process {how} while it ran {function.__name__}", hint=hint)


class _Worker:
    """One worker process and our end of the socket to it."""

    def __init__(self, modules: tuple[str, ...]) -> None:
        ours, theirs = socket.socketpair()
        with theirs:
            path = [entry or os.getcwd() for entry in sys.path]  # noqa: PTH109  (a plain string)
            code = (
                f"import sys; sys.path[:] = {path!r}; "
                f"from assistants._worker import serve; serve({theirs.fileno()})"
            )
            self._process = subprocess.Popen(
                [sys.executable, "-P", "-c", code],
                stdin=subprocess.DEVNULL,
                stdout=2,
                pass_fds=(theirs.fileno(),),
                start_new_session=True,  # a group of its own: killed as one, untouched by Ctrl-C
                env={**os.environ, "PYTHONHASHSEED": "0"},  # same question, same answer
            )
        limit = struct.pack("ll", int(_START_SECONDS), 0)
        ours.setsockopt(socket.SOL_SOCKET, socket.SO_SNDTIMEO, limit)
        self._connection = multiprocessing.connection.Connection(ours.detach())
        self._tasks = 0
        with contextlib.suppress(ConnectionError):  # a stillborn worker is reported by its task
            self._send(Task(modules=modules))

    @property
    def usable(self) -> bool:
        """Whether it lives and has not served its time."""
        return self._tasks < _TASKS_PER_WORKER and self._process.poll() is None

    def run(self, task: Task, cancel: Cancel | None) -> tuple[bool, object]:
        """Return whether the task succeeded, and its value or its exception.

        Raises TimeoutError, EOFError or ConnectionError; after any of them the worker is lost.
        """
        self._tasks += 1
        self._send(task)
        try:
            self._receive(_START_SECONDS, cancel)
        except TimeoutError:
            raise EOFError from None  # a worker that does not even start is broken, not late
        return pickle.loads(self._receive(task.seconds, cancel))  # noqa: S301  (our own process)

    def bury(self) -> int:
        """Return the exit code of a worker that closed its end, negative for a signal."""
        for _ in range(100):  # it is about to end; a kill now would hide the cause
            if os.waitid(os.P_PID, self._process.pid, os.WEXITED | os.WNOWAIT | os.WNOHANG):
                break
            time.sleep(0.01)
        return self.kill()

    def kill(self) -> int:
        """Kill the process with its children and return its exit code."""
        if self._process.returncode is None:  # not reaped: the group's number is still its own
            with contextlib.suppress(ProcessLookupError):
                os.killpg(self._process.pid, signal.SIGKILL)
        code = self._process.wait()
        self._connection.close()
        return code

    def _send(self, task: Task) -> None:
        try:
            self._connection.send_bytes(pickle.dumps(task))
        except BlockingIOError:  # the send time-out: it does not even read
            raise EOFError from None

    def _receive(self, seconds: float, cancel: Cancel | None) -> bytes:
        end = time.monotonic() + seconds
        while not self._connection.poll(_patience(end, cancel)):
            if cancel is not None:
                cancel.raise_if_cancelled()
            if time.monotonic() >= end:
                raise TimeoutError
        return self._connection.recv_bytes()


def _patience(end: float, cancel: Cancel | None) -> float:
    """Return how long to wait before looking at the clock and at `cancel` again."""
    return max(0.0, min(end - time.monotonic(), 60.0 if cancel is None else 0.05))


class _Pool:
    """The workers of this process: those that are idle, and how many are not."""

    def __init__(self) -> None:
        self.modules: tuple[str, ...] = ()
        self._limit = max(2, os.cpu_count() or 1)
        self._idle: list[_Worker] = []
        self._busy = 0
        self._changed = threading.Condition()
        self._owner = os.getpid()
        atexit.register(self._close)
        os.register_at_fork(after_in_child=_only_pool.cache_clear)

    def warm(self, modules: tuple[str, ...]) -> None:
        """Remember modules for every worker to import; start a worker where none is idle."""
        with self._changed:
            self.modules = tuple(dict.fromkeys((*self.modules, *modules)))
        self.give_back(self.take(None))

    def take(self, cancel: Cancel | None) -> _Worker:
        """Return an idle or a new worker, as soon as there may be one."""
        with self._changed:
            while not self._idle and self._busy >= self._limit:
                self._changed.wait(None if cancel is None else 0.05)
                if cancel is not None:
                    cancel.raise_if_cancelled()
            worker = self._idle.pop() if self._idle else self._start()
            self._busy += 1
            return worker

    def give_back(self, worker: _Worker) -> None:
        """Keep a worker that is still of use, else start another; let the next caller have it."""
        if not worker.usable:
            worker.kill()
            with contextlib.suppress(WorkerCrashed):  # the next caller will hear of it
                worker = self._start()
        with self._changed:
            self._busy -= 1
            if worker.usable:
                self._idle.append(worker)
            self._changed.notify()

    def _start(self) -> _Worker:
        try:
            return _Worker(self.modules)
        except OSError as error:
            hint = "close other programs, or raise the limit on processes (ulimit -u)"
            raise WorkerCrashed(f"no worker process can be started: {error}", hint=hint) from error

    def _close(self) -> None:
        if os.getpid() != self._owner:
            return  # a forked child: the workers are not its own
        with self._changed:
            while self._idle:
                self._idle.pop().kill()


_creation = threading.Lock()  # a cached function may run twice when two threads come first


@functools.cache
def _only_pool() -> _Pool:
    return _Pool()


def _pool() -> _Pool:
    with _creation:
        return _only_pool()
