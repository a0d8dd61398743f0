"""The child's side of `assistants.deadline`: a loop that runs one function after the other.

The process reads tasks from its end of a socket pair and answers each with two messages: that the
clock may start (everything is imported), and the outcome. It ends when the other end closes; while
a task runs a watching thread sees to that, and an alarm of the kernel ends even a task that never
lets the thread run. Not a sandbox: it runs our own functions on data of others.
"""

import contextlib
import importlib
import multiprocessing.connection
import os
import pickle
import resource
import select
import signal
import sys
import threading
import traceback
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

_ALARM_GRACE = 5.0
"""Seconds after the deadline at which a worker without a parent ends by itself."""


class Channel(Protocol):
    """Our end of the socket."""

    def send_bytes(self, buf: bytes, /) -> None:
        """Send one message."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Task:
    """What a worker is asked to do; without a `payload` it only imports."""

    modules: tuple[str, ...]
    payload: bytes | None = None
    seconds: float = 0.0
    memory_mb: int | None = None


def serve(descriptor: int) -> None:
    """Answer tasks on this socket until the other end is closed."""
    os.set_inheritable(descriptor, False)  # noqa: FBT003  (its only form)
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    threading.Thread(target=_end_with_parent, args=(descriptor,), daemon=True).start()
    connection = multiprocessing.connection.Connection(descriptor)
    try:
        while True:
            task: Task = pickle.loads(connection.recv_bytes())  # noqa: S301  (from our parent)
            _import_all(task.modules)
            if task.payload is not None:
                _answer(connection, task, task.payload)
    except (EOFError, ConnectionError):
        return


def _end_with_parent(descriptor: int) -> None:
    """Kill this process and its children as soon as the parent is gone."""
    poll = select.poll()
    poll.register(descriptor, 0)  # no events asked for: only the hang-up is reported
    poll.poll()
    os.killpg(os.getpgrp(), signal.SIGKILL)


def _import_all(modules: tuple[str, ...]) -> None:
    for name in modules:
        if name not in sys.modules:
            with contextlib.suppress(Exception):  # the task that needs it will say so
                importlib.import_module(name)


def _answer(connection: Channel, task: Task, payload: bytes) -> None:
    try:
        function, args = pickle.loads(payload)  # noqa: S301  (from our parent)
    except Exception as error:  # noqa: BLE001  (whatever an import raises goes to the caller)
        connection.send_bytes(b"")
        connection.send_bytes(_pack_error(error))
        return
    connection.send_bytes(b"")
    connection.send_bytes(_run(function, args, task))


def _run(function: Callable[..., object], args: tuple[object, ...], task: Task) -> bytes:
    signal.setitimer(signal.ITIMER_REAL, task.seconds + _ALARM_GRACE)
    soft, hard = resource.getrlimit(resource.RLIMIT_AS)
    if task.memory_mb is not None:
        limit = _address_space() + task.memory_mb * 2**20
        resource.setrlimit(resource.RLIMIT_AS, (limit, hard))
    try:
        return pickle.dumps((True, function(*args)))
    except Exception as error:  # noqa: BLE001  (the caller's to judge, on the other side)
        return _pack_error(error)
    finally:
        resource.setrlimit(resource.RLIMIT_AS, (soft, hard))
        signal.setitimer(signal.ITIMER_REAL, 0)


def _address_space() -> int:
    """Return the bytes of address space in use; 0 where the system does not tell."""
    statm = Path("/proc/self/statm")
    if not statm.exists():
        return 0
    return int(statm.read_text().split()[0]) * resource.getpagesize()


def _pack_error(error: Exception) -> bytes:
    """Pickle an exception with its traceback as a note; wrapped where it does not round-trip."""
    error.add_note("in the worker process:\n" + "".join(traceback.format_exception(error)))
    try:
        packed = pickle.dumps((False, error))
        pickle.loads(packed)  # noqa: S301  (our own bytes)
    except Exception:  # noqa: BLE001  (exceptions may refuse to be copied in any way they like)
        wrapped = RuntimeError(f"{type(error).__name__}: {error}")
        wrapped.__notes__ = error.__notes__
        return pickle.dumps((False, wrapped))
    return packed
