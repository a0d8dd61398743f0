"""Calls that end in time, also in C, and work that goes on after one that did not.

A handler written in Python runs between two byte codes: a loop in C (`sum(count())`) never gets to
one. Behind the alarm that raises `Late` there is therefore a timer whose signal has no handler; it
ends the process wherever it is. Work is done in a child, and now and then in a child of that one:
the parent is a checkpoint and goes on from there, knowing which call was the end of its child, and
never makes it again. Calls that crash the interpreter are survived in the same way.
"""

import contextlib
import json
import mmap
import os
import resource
import signal
import struct
import time
from collections import Counter
from collections.abc import Callable, Generator
from types import FrameType
from typing import TypeAlias

Key: TypeAlias = tuple[int, int]
"""What names a call: the version that is called, and a hash of all that goes into it."""
_NOTHING: Key = (0, 0)
_INTERVAL = 0.7  # seconds of the processor from one to the next
_WAITING = 6  # how much longer than it may compute a call may wait
_HARD = 3.0  # how much longer what does not hear the alarm may compute
_GIVEN_UP = 97
_MEMORY = 700 << 20  # what work may take beside what it starts with: less than the sandbox allows
_NOTE = struct.Struct("qqq")


class Late(BaseException):
    """A call took too long. Not an Exception: the code under test must not catch it."""


class Checkpoints:
    """Keeps time for calls, and the work when one of them ends the process."""

    def __init__(self) -> None:
        self._shared = mmap.mmap(-1, _NOTE.size)
        self._fatal: set[Key] = set()
        self._versions: Counter[int] = Counter()
        self._new: set[Key] = set()
        self._is_on = self._is_due = self._armed = False
        self._has_parent = False
        """Whether the parent is the last checkpoint."""
        self._before = self._last = 0.0

    def spent(self) -> float:
        """Return the processor's seconds since the work began, with those of what has ended."""
        return self._before + time.process_time()

    def succeeds(self, key: Key, seconds: float, make: Callable[[], object]) -> bool:
        """Whether something can be made without an error, and in time."""
        try:
            with self.limited(key, seconds):
                make()
        except (Exception, Late):  # whatever the code under test has against it
            return False
        return True

    def is_risky(self, key: Key) -> bool:
        """Whether calls like this one ended the process more than once, but not this one."""
        return self._versions[key[0]] > 1 and key not in self._fatal

    def survive(self, work: Callable[[], dict[str, object]]) -> dict[str, object]:
        """Return what work in a child says, whatever becomes of calls in between."""
        read, write = os.pipe()
        child = os.fork()
        if child == 0:
            status = _GIVEN_UP
            try:
                os.close(read)
                self._begin()
                with os.fdopen(write, "w") as stream:
                    stream.write(json.dumps(work()))
                status = 0
            finally:
                os._exit(status)
        os.close(write)
        with os.fdopen(read) as stream:
            said = stream.read()
        os.waitpid(child, 0)
        return dict(json.loads(said)) if said else {"error": "it ended the process of its search"}

    def _begin(self) -> None:
        signal.signal(signal.SIGVTALRM, signal.SIG_DFL)
        for number in (signal.SIGALRM, signal.SIGPROF):
            signal.signal(number, self._ring)
        _limit_memory()
        self._before, self._is_on = -time.process_time(), True
        self._save()

    def pass_by(self) -> None:
        """Make a checkpoint where it is time for one: no call may be under way."""
        old = self.spent() - self._last > _INTERVAL
        if self._is_on and (old or self._is_due):
            self._save()

    def _save(self) -> None:
        """Go on in a child; here again, if a call ends it. One checkpoint is enough."""
        while True:
            began = self.spent()
            child = os.fork()
            if child == 0:
                self._has_parent = True
                self._before, self._last, self._is_due = began, began, False
                return
            if self._has_parent:
                os.kill(os.getppid(), signal.SIGKILL)
                self._has_parent = False
            _, status, usage = os.wait4(child, 0)
            self._before += usage.ru_utime + usage.ru_stime
            first, second, is_under_way = _NOTE.unpack_from(self._shared)
            if status == 0 or not is_under_way:
                os._exit(0 if status == 0 else _GIVEN_UP)
            _NOTE.pack_into(self._shared, 0, *_NOTHING, 0)
            self._fatal.add((first, second))
            self._new.add((first, second))
            self._versions[first] += 1

    @contextlib.contextmanager
    def limited(self, key: Key, seconds: float) -> Generator[None]:
        """Raise `Late` in what takes longer, or is known to end the process."""
        if key in self._fatal:
            self._is_due = self._is_due or key in self._new  # so far, and no step back
            self._new.discard(key)
            raise Late
        _NOTE.pack_into(self._shared, 0, *key, 1)
        if self._is_on:
            self._armed = True
            signal.setitimer(signal.ITIMER_PROF, seconds)
            signal.setitimer(signal.ITIMER_REAL, seconds * _WAITING)
            signal.setitimer(signal.ITIMER_VIRTUAL, seconds * _HARD)
        try:
            yield
        finally:
            self.silence()

    def silence(self) -> None:
        """End the time of a call."""
        self._armed = False
        for which in (signal.ITIMER_PROF, signal.ITIMER_REAL, signal.ITIMER_VIRTUAL):
            signal.setitimer(which, 0)
        _NOTE.pack_into(self._shared, 0, *_NOTHING, 0)

    def _ring(self, _number: int, _frame: FrameType | None) -> None:
        if self._armed:  # a signal may still be under way when the call has ended
            raise Late


def _limit_memory() -> None:
    """Let a greedy call have a MemoryError, and not the sandbox an end."""
    with contextlib.suppress(OSError):
        with open("/proc/self/statm", "rb") as file:  # noqa: PTH123
            used = int(file.read().split()[0]) * resource.getpagesize()
        hard = resource.getrlimit(resource.RLIMIT_AS)[1]
        most = used + _MEMORY if hard == resource.RLIM_INFINITY else min(hard, used + _MEMORY)
        resource.setrlimit(resource.RLIMIT_AS, (most, hard))


CHECKPOINTS = Checkpoints()
"""Of this process: timers and forks are its, whoever asks for them."""
