"""Lock this process in, run the program, and report how it ended.

Three processes: the *keeper*, which plumb started and which ends when plumb does; with namespaces
an *init*, process 1 of its own world, whose death kills everything in it; and the program. The
keeper reports over a pipe, one JSON object a line: first the protections that are in force or why
there are none, at the end how the program ended.
"""

import contextlib
import json
import os
import resource
import select
import signal
import sys
import time
from typing import NoReturn, TypedDict

from . import landlock, libc, namespaces, seccomp

_LOOK = 0.05  # seconds between two looks at the memory
_LOST = 125  # exit code where the program could not be started


class Order(TypedDict):
    """What plumb asks for. Sizes are bytes; None is no limit."""

    layer: str
    arguments: list[str]
    environment: dict[str, str]
    files: dict[str, str]
    readable: list[str]
    folder: str
    uid: int | None
    cpu_seconds: int
    address_space: int | None
    memory: int
    disk: int
    processes: int
    open_files: int


def main(order_fd: int, report_fd: int) -> None:
    """Read an order, carry it out, report. `order_fd` stays open for as long as plumb lives."""
    order: Order = json.loads(_read_line(order_fd))
    try:
        keep(order, order_fd, report_fd)
    except OSError as error:
        _report(report_fd, {"refused": str(error)})
        os._exit(_LOST)


def keep(order: Order, order_fd: int, report_fd: int) -> None:
    """Start the program in its cage and wait for its end, or for plumb's."""
    caged = order["layer"] == "namespaces"
    if caged:
        namespaces.leave(own_user=order["uid"] is None)
    child = os.fork()
    if child == 0:
        os.close(order_fd)
        libc.prctl(libc.PR_SET_PDEATHSIG, signal.SIGKILL)
        try:
            if caged:
                _be_init(order, report_fd)
            else:
                _become_program(order, report_fd)
        except BaseException as error:  # noqa: BLE001  (whatever it is, nothing may run uncaged)
            _report(report_fd, {"refused": f"{type(error).__name__}: {error}"})
        os._exit(_LOST)
    _close_standard_streams()
    status = _wait(child, order_fd, None if caged else order["memory"])
    if not caged:
        _kill_group()
    _report(report_fd, status)
    os._exit(0)


def _wait(child: int, order_fd: int, memory: int | None) -> dict[str, object]:
    """Return how a child ended; kill it when plumb is gone or the memory is used up."""
    poll = select.poll()
    handle = os.pidfd_open(child)
    poll.register(order_fd, 0)
    poll.register(handle, select.POLLIN)
    while True:
        ready = dict(poll.poll(_LOOK * 1000 if memory else None))
        if handle in ready:
            return _ended(os.waitpid(child, 0)[1])
        if ready or (memory is not None and _used() > memory):
            os.kill(child, signal.SIGKILL)
            os.waitpid(child, 0)
            return {"signal": int(signal.SIGKILL), "memory": not ready}


def _be_init(order: Order, report_fd: int) -> NoReturn:
    """Be process 1: build the private root, start the program, bury the dead."""
    namespaces.build_root(order["folder"], order["readable"], order["files"], order["disk"])
    program = os.fork()
    if program == 0:
        _become_program(order, report_fd)
    _close_standard_streams()
    used_up = False
    look = 0
    while True:
        look += 1
        with contextlib.suppress(ChildProcessError):
            pid, status = os.waitpid(-1, os.WNOHANG)
            if pid == program:
                end = _ended(status) | ({"memory": True} if used_up else {})
                _report(report_fd, {"end": end})
                os._exit(0)
            if pid:
                continue
        if look % 5 == 0 and not used_up and _used() > order["memory"]:
            used_up = True
            os.kill(-1, signal.SIGKILL)
        time.sleep(_LOOK / 5)


def _become_program(order: Order, report_fd: int) -> NoReturn:
    """Take the limits on, give the privileges up, and become the program."""
    caged = order["layer"] == "namespaces"
    _limit(order)
    protections = ["own mount, pid, network, ipc and uts namespaces"] if caged else []
    os.chdir("/plumb-work" if caged else order["folder"])
    libc.prctl(libc.PR_SET_NO_NEW_PRIVS, 1)
    if order["uid"] is not None:
        os.setgroups([])
        os.setresgid(order["uid"], order["uid"], order["uid"])
        os.setresuid(order["uid"], order["uid"], order["uid"])
        protections.append("a throw-away user")
    libc.drop_capabilities()
    if not caged:
        protections.append("Landlock")
        devices = [f"/dev/{name}" for name in namespaces.DEVICES]
        landlock.confine(order["readable"], [order["folder"], *devices])
    if seccomp.available():
        seccomp.install(namespaces=caged)
        protections.append("seccomp filter")
    protections += ["resource limits", "no privileges"]
    _report(report_fd, {"protections": protections})
    os.set_inheritable(report_fd, False)
    os.execve(order["arguments"][0], order["arguments"], order["environment"])


def _limit(order: Order) -> None:
    caged = order["layer"] == "namespaces"
    limits = {
        resource.RLIMIT_CPU: order["cpu_seconds"],
        resource.RLIMIT_AS: order["address_space"],
        resource.RLIMIT_FSIZE: order["disk"],
        resource.RLIMIT_NPROC: order["processes"] + (0 if caged else _tasks_of_user()),
        resource.RLIMIT_NOFILE: order["open_files"],
        resource.RLIMIT_CORE: 0,
        resource.RLIMIT_MEMLOCK: 0,
        resource.RLIMIT_MSGQUEUE: 0,
    }
    for name, limit in limits.items():
        if limit is not None:
            resource.setrlimit(name, (limit, limit))


def _used() -> int:
    """Return the bytes of memory that this world, or else our process group, has in use."""
    page = resource.getpagesize()
    group = None if os.getpid() == 1 else os.getpgrp()
    total = 0
    for name in os.listdir("/proc"):
        if name.isdigit() and int(name) not in {1, os.getpid()}:
            with contextlib.suppress(OSError, ValueError):
                if group is None or os.getpgid(int(name)) == group:
                    # bytes: behind the private root no codec can be imported any more
                    with open(f"/proc/{name}/statm", "rb") as file:
                        fields = file.read().split()
                    total += (int(fields[1])) * page
    return total


def _kill_group() -> None:
    """Kill what the program left behind; we are in its group and must outlive it to report."""
    found = True
    while found:  # more may be born between two looks, but never more than the limit at once
        found = False
        for name in os.listdir("/proc"):
            if name.isdigit() and int(name) != os.getpid():
                with contextlib.suppress(OSError):
                    if os.getpgid(int(name)) == os.getpgrp() and not _is_dead(name):
                        os.kill(int(name), signal.SIGKILL)
                        found = True


def _is_dead(pid: str) -> bool:
    with open(f"/proc/{pid}/stat", "rb") as file:
        return file.read().rpartition(b")")[2].split()[0] in b"ZX"


def _tasks_of_user() -> int:
    """Return how many threads this user has: without namespaces the kernel counts them all."""
    count = 0
    for name in os.listdir("/proc"):
        if name.isdigit():
            with contextlib.suppress(OSError):
                if os.stat(f"/proc/{name}").st_uid == os.getuid():
                    count += len(os.listdir(f"/proc/{name}/task"))
    return count


def _ended(status: int) -> dict[str, object]:
    if os.WIFSIGNALED(status):
        return {"signal": os.WTERMSIG(status)}
    return {"code": os.WEXITSTATUS(status)}


def _close_standard_streams() -> None:
    """Let go of the program's pipes, so that they end when it does."""
    nothing = os.open(os.devnull, os.O_RDWR)
    for descriptor in range(3):
        os.dup2(nothing, descriptor)


def _read_line(descriptor: int) -> bytes:
    pieces = bytearray()
    while not pieces.endswith(b"\n"):
        piece = os.read(descriptor, 1 << 16)
        if not piece:
            sys.exit(_LOST)
        pieces += piece
    return bytes(pieces)


def _report(descriptor: int, value: object) -> None:
    with contextlib.suppress(OSError):
        os.write(descriptor, json.dumps(value).encode() + b"\n")
