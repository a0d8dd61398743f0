"""A hundred hostile functions in the sandbox: does anything outside change, and do they end?

    python benchmarks/sandbox.py [--layer namespaces|landlock] [--quick]

Judged from outside: a folder of files is compared (names, contents, modes, owners, times, extended
attributes), a process of the same user must live on with its priority and limits, a server must
not be reached, a secret must not be printed, nothing may run on afterwards, and each program must
be over within its two seconds and some grace.
"""

import argparse
import os
import resource
import secrets
import socket
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from _hostile import ATTACKS, programs
from _record import record

from code_assist.sandbox import LAYERS, Limits, Outcome, protection, run

SECONDS, GRACE = 2.0, 8.0
LIMITS = Limits(memory_mb=400, address_space_mb=600, disk_mb=16, processes=24)


def options(parser: argparse.ArgumentParser) -> None:
    """Add this benchmark's own argument."""
    parser.add_argument("--layer", choices=LAYERS, default=None)


def measure(arguments: argparse.Namespace) -> Mapping[str, Any]:
    """Run every attack (each sixth with --quick) and count what happened outside."""
    failures: list[str] = []
    ends: Counter[str] = Counter()
    slowest = 0.0
    count = 0
    with _world() as world:
        before = world.look()
        for number, (family, code) in enumerate(programs(world.names)):
            if arguments.quick and number % 6:
                continue
            count += 1
            mark = secrets.token_hex(8)
            began = time.monotonic()
            outcome = run(
                [sys.executable, "-I", "-c", f"# {mark}\n{code}"],
                seconds=SECONDS,
                readable=[world.canary],
                environment={"MARK": mark},
                limits=LIMITS,
                layer=arguments.layer,
            )
            took = time.monotonic() - began
            slowest = max(slowest, took)
            ends[_how(outcome)] += 1
            said = outcome.stdout + outcome.stderr
            wrong = [
                name
                for name, held in (
                    ("changed something outside", world.look() == before),
                    ("told a secret", world.secret not in said),
                    ("ran on", not _running(mark)),
                    ("did not end in time", took < SECONDS + GRACE),
                )
                if not held
            ]
            failures += [f"{family} [{number}]: {what}" for what in wrong]
    return {
        "layer": arguments.layer or protection()[0],
        "protections": ", ".join(outcome.protections),
        "attacks": count,
        "of": sum(map(len, ATTACKS.values())),
        "failures": failures,
        "ended": dict(ends),
        "slowest_seconds": slowest,
    }


def _how(outcome: Outcome) -> str:
    if outcome.timed_out:
        return "killed at the deadline"
    if outcome.out_of_memory:
        return "killed for memory"
    return "by a signal" if outcome.signal else "by itself"


class World:
    """What lies outside, and a way to see whether it changed."""

    def __init__(self, folder: Path, server: socket.socket, unix: socket.socket) -> None:
        self.canary = folder / "canary"
        self.canary.mkdir()
        (self.canary / "letter.txt").write_text("Dear reader, all is well.\n")
        (self.canary / "below").mkdir()
        (self.canary / "below" / "data.bin").write_bytes(bytes(range(256)))
        self.secret = secrets.token_hex(16).encode()
        (folder / "secret.txt").write_bytes(self.secret)
        os.environ["PLUMB_BENCHMARK_SECRET"] = self.secret.decode()
        self.victim = subprocess.Popen(["sleep", "3600"])
        self.servers = (server, unix)
        self.names: dict[str, object] = {
            "CANARY": str(self.canary),
            "VICTIM": self.victim.pid,
            "PORT": server.getsockname()[1],
            "UNIX": unix.getsockname(),
            "SECRET": str(folder / "secret.txt"),
        }

    def look(self) -> object:
        """Return everything that must not change."""
        files = [self.canary, *sorted(self.canary.rglob("*"))]
        return (
            [_state(file) for file in files],
            self.victim.poll(),
            os.getpriority(os.PRIO_PROCESS, self.victim.pid),
            resource.prlimit(self.victim.pid, resource.RLIMIT_NOFILE),
            Path(f"/proc/{self.victim.pid}/oom_score_adj").read_text(),
            socket.gethostname(),
            Path("/proc/sys/kernel/core_pattern").read_text(),
            [_reached(server) for server in self.servers],
        )


def _state(file: Path) -> object:
    seen = file.lstat()
    content = file.read_bytes() if file.is_file() else sorted(file.iterdir())
    numbers = (seen.st_mode, seen.st_uid, seen.st_gid, seen.st_mtime_ns, seen.st_nlink)
    return str(file), content, numbers, os.listxattr(file)


def _reached(server: socket.socket) -> bool:
    try:
        server.accept()[0].close()
    except BlockingIOError:
        return False
    return True


@contextmanager
def _world() -> Iterator[World]:
    with tempfile.TemporaryDirectory() as name, socket.socket() as server:
        Path(name).chmod(0o755)
        server.bind(("127.0.0.1", 0))
        with socket.socket(socket.AF_UNIX) as unix:
            unix.bind(f"{name}/socket")
            for one in (server, unix):
                one.listen()
                one.settimeout(0)
            world = World(Path(name), server, unix)
            try:
                yield world
            finally:
                world.victim.kill()
                world.victim.wait()


def _running(mark: str) -> bool:
    """Whether a process that came from this attack is alive."""
    for folder in Path("/proc").iterdir():
        if folder.name.isdigit():
            try:
                line = (folder / "cmdline").read_bytes() + (folder / "environ").read_bytes()
                state = (folder / "stat").read_text().rpartition(")")[2].split()[0]
            except OSError:
                continue
            if mark.encode() in line and state not in "ZX":
                return True
    return False


if __name__ == "__main__":
    record("sandbox", measure, options=options)
