"""Continuous batching: whose step the network runs next, and which streams run theirs together.

There is no thread of its own. A thread that wants a step queues it; one of the waiting threads
leads, runs steps for all until its own is done, and another takes over. What is not a step of the
network (drawing, masks) stays in the streams' threads, beside it.

Work goes in rounds. In a round every queued step of a stream runs once: all at once where the
memory is uniform, else single tokens of neighbouring rows as one batch. After it comes one slice of
one prompt, the prompts in turn. So no stream waits for more than a round and a slice, and a stream
that is quick to come back takes no turn from another. Streams of the last two rounds are waited
for a moment: their threads are drawing.
"""

import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass, field

from .session import Logits, Memory, Step

SHORT = 16
"""Tokens of the longest step that counts as a stream's own; a longer one is a slice of a prompt."""
PATIENCE = 1.0
"""How long streams of the last two rounds are waited for, in durations of the last."""


@dataclass(slots=True, eq=False)
class Slot:
    """A row of some memory, and the keys (see `lane`) of what lies there."""

    memory: Memory
    row: int
    keys: list[int] = field(default_factory=list[int])
    busy: bool = False


@dataclass(slots=True, eq=False)
class _Waiting:
    slot: Slot
    step: Step
    turn: threading.Condition
    """Told when the step is done, or when its thread is to lead."""
    logits: Logits | None = None
    error: BaseException | None = None

    @property
    def done(self) -> bool:
        return self.logits is not None or self.error is not None


class Scheduler:
    """Runs the steps of all threads, one at a time."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._arrived = threading.Condition(self._lock)
        """What the leader waits for, alone: each of the others has a condition of its own."""
        self._leading = False
        self._queue: list[_Waiting] = []
        self._round: list[_Waiting] = []
        self._sliced = False
        self._recent: set[Slot] = set()
        self._before: set[Slot] = set()
        self._began = self._took = 0.0

    @property
    def waiting(self) -> int:
        """Steps that wait for their turn."""
        return len(self._queue) + len(self._round)

    def run(self, slot: Slot, length: int, tokens: Sequence[int], keep: int = 1) -> Logits:
        """Run tokens behind the first `length` of a slot; return a copy of logits [keep, V]."""
        wanted = Step(row=slot.row, length=length, tokens=tokens, keep=keep)
        step = _Waiting(slot, wanted, threading.Condition(self._lock))
        with self._lock:
            self._queue.append(step)
            self._arrived.notify()  # the leader may be waiting for it
            try:
                while not step.done:
                    self._lead_or_wait(step)
            finally:
                self._withdraw(step)
                self._hand_over()
        if step.error is not None:
            raise step.error
        assert step.logits is not None  # noqa: S101 - done without an error
        return step.logits

    def leave(self, slot: Slot) -> None:
        """Wait no longer for a stream that has ended."""
        with self._lock:
            self._recent.discard(slot)
            self._before.discard(slot)
            self._arrived.notify()

    def _lead_or_wait(self, step: _Waiting) -> None:
        if self._leading:
            step.turn.wait()
            return
        self._leading = True
        try:
            while not step.done:
                group = self._next()
                if group:
                    self._run(group)
        finally:
            self._leading = False

    def _hand_over(self) -> None:
        """Wake one of the waiting threads where nobody leads."""
        waiting = self._round or self._queue
        if waiting and not self._leading:
            waiting[0].turn.notify()

    def _withdraw(self, step: _Waiting) -> None:
        """Make sure that nothing runs for a thread that was interrupted while it waited."""
        for waiting in (self._queue, self._round):
            if step in waiting:
                waiting.remove(step)
                return
        while not step.done:
            step.turn.wait()

    def _next(self) -> list[_Waiting]:
        """Take the steps that run now out of the queue; none if somebody withdrew meanwhile."""
        if not self._round:
            prompts = [step for step in self._queue if len(step.step.tokens) > SHORT]
            if prompts and not self._sliced:
                self._sliced = True
                self._queue.remove(prompts[0])
                return prompts[:1]
            self._sliced = False
            self._gather()
            self._round = [step for step in self._queue if len(step.step.tokens) <= SHORT]
            self._queue = [step for step in self._queue if len(step.step.tokens) > SHORT]
            self._before, self._recent = self._recent, {step.slot for step in self._round}
            self._began = time.monotonic()
        if not self._round:
            return []
        group = _batch(self._round)
        self._round = [step for step in self._round if step not in group]
        return group

    def _gather(self) -> None:
        """Wait a moment for the streams of the last two rounds, at most until all are back."""
        expected = self._recent | self._before
        until = time.monotonic() + PATIENCE * self._took
        while expected.difference(step.slot for step in self._queue):
            left = until - time.monotonic()
            if left <= 0 or not self._arrived.wait(left):
                return

    def _run(self, group: list[_Waiting]) -> None:
        self._lock.release()
        try:
            made = group[0].slot.memory.together([step.step for step in group])
        except BaseException as error:
            self._lock.acquire()
            for step in group:
                step.error = error
                step.turn.notify()
            raise
        self._lock.acquire()
        if len(group[0].step.tokens) <= SHORT:
            self._took = time.monotonic() - self._began
        for step, row in zip(group, made, strict=True):
            step.logits = row
            step.turn.notify()


def _batch(steps: Sequence[_Waiting]) -> list[_Waiting]:
    """Return the first step with those that can run in one go, in order of their rows."""
    memory, first = steps[0].slot.memory, steps[0].slot.row
    rows = {step.slot.row: step for step in steps if step.slot.memory is memory}
    if memory.uniform:
        return [rows[row] for row in sorted(rows)]
    if len(steps[0].step.tokens) > 1:
        return [steps[0]]
    low = high = first
    while low - 1 in rows and len(rows[low - 1].step.tokens) == 1:
        low -= 1
    while high + 1 in rows and len(rows[high + 1].step.tokens) == 1:
        high += 1
    return [rows[row] for row in range(low, high + 1)]
