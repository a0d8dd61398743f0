"""Continuous batching: whose step the network runs next, and which streams run theirs together.

A thread that wants a step queues it; one of the waiting threads leads, runs steps for all until its
own is done, and another takes over. Where streams are led, each step's logits go to a function of
the stream that returns its next step, and a thread of the scheduler's own leads as long as there
are such streams: theirs need not wake between two steps.

Work goes in rounds. In a round every queued step of a stream runs once: all at once where the
memory is uniform, else single tokens of neighbouring rows as one batch. After it comes one slice of
one prompt, the prompts in turn. So no stream waits for more than a round and a slice, and a stream
that is quick to come back takes no turn from another. Streams of the last two rounds that are not
led are waited for a moment: their threads are drawing.
"""

import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Generic, TypeAlias, TypeVar

from .session import Logits, Step, Together

Onward: TypeAlias = Callable[[Logits], Step | None]
"""Takes the logits of a step and returns the next one; None where there is none to be led."""

SHORT = 16
"""Tokens of the longest step that counts as a stream's own; a longer one is a slice of a prompt."""
PATIENCE = 1.0
"""How long streams of the last two rounds are waited for, in durations of the last."""


M_co = TypeVar("M_co", bound=Together, covariant=True)


@dataclass(slots=True, eq=False)
class Slot(Generic[M_co]):
    """A row of some memory, and the keys (see `lane`) of what lies there."""

    memory: M_co
    row: int
    keys: list[int] = field(default_factory=list[int])
    busy: bool = False


@dataclass(slots=True, eq=False)
class Waiting:
    """A step in the queue, or the steps of a stream that is led."""

    slot: Slot[Together]
    step: Step
    turn: threading.Condition
    """Told when the step is done, or when its thread is to lead."""
    onward: Onward | None = None
    failed: Callable[[BaseException], None] | None = None
    logits: Logits | None = None
    error: BaseException | None = None
    over: bool = False
    """Whether a stream is led no longer, or is not to be."""

    @property
    def done(self) -> bool:
        """Whether the step was run."""
        return self.logits is not None or self.error is not None


class Scheduler:
    """Runs the steps of all threads, one at a time."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._arrived = threading.Condition(self._lock)
        """What the leader waits for, alone: each of the others has a condition of its own."""
        self._leading = False
        self._to_lead = threading.Condition(self._lock)
        """What the thread that leads streams waits for while another one leads."""
        self._led: set[Waiting] = set()
        self._thread: threading.Thread | None = None
        self._queue: list[Waiting] = []
        self._round: list[Waiting] = []
        self._sliced = False
        self._recent: set[Slot[Together]] = set()
        self._before: set[Slot[Together]] = set()
        self._began = self._took = 0.0

    @property
    def waiting(self) -> int:
        """Steps that wait for their turn."""
        return len(self._queue) + len(self._round)

    def run(
        self, slot: Slot[Together], length: int, tokens: Sequence[int], keep: int = 1
    ) -> Logits:
        """Run tokens behind the first `length` of a slot; return a copy of logits [keep, V]."""
        wanted = Step(row=slot.row, length=length, tokens=tokens, keep=keep)
        step = Waiting(slot, wanted, threading.Condition(self._lock))
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

    def lead(
        self,
        slot: Slot[Together],
        step: Step,
        onward: Onward,
        failed: Callable[[BaseException], None],
    ) -> Waiting:
        """Run a step and those that follow from its logits, in another thread.

        `failed` is told what went wrong, in a step or in `onward`.
        """
        led = Waiting(slot, step, threading.Condition(self._lock), onward, failed)
        with self._lock:
            self._led.add(led)
            self._queue.append(led)
            self._arrived.notify()
            if self._thread is None:
                self._thread = threading.Thread(
                    target=self._lead_streams, name="plumb-engine", daemon=True
                )
                self._thread.start()
            self._to_lead.notify()
        return led

    def release(self, led: Waiting) -> None:
        """Lead a stream no longer; behind this nothing of it runs."""
        with self._lock:
            led.over = True
            for waiting in (self._queue, self._round):
                if led in waiting:
                    waiting.remove(led)
                    self._led.discard(led)
                    self._arrived.notify()
            while led in self._led:
                led.turn.wait()

    def _lead_streams(self) -> None:
        """Lead as long as there are streams to be led."""
        with self._lock:
            try:
                while self._led:
                    if self._leading:
                        self._to_lead.wait()
                    else:
                        self._lead(lambda: not self._led)
            finally:
                self._thread = None
                self._hand_over()

    def _lead(self, over: Callable[[], bool]) -> None:
        self._leading = True
        try:
            while not over():
                group = self._next()
                if group:
                    self._run(group)
        finally:
            self._leading = False

    def leave(self, slot: Slot[Together]) -> None:
        """Wait no longer for a stream that has ended."""
        with self._lock:
            self._recent.discard(slot)
            self._before.discard(slot)
            self._arrived.notify()

    def _lead_or_wait(self, step: Waiting) -> None:
        if self._leading:
            step.turn.wait()
            return
        self._lead(lambda: step.done)

    def _hand_over(self) -> None:
        """Wake one of the waiting threads where nobody leads."""
        waiting = self._round or self._queue
        if self._leading:
            return
        if self._thread is not None:
            self._to_lead.notify()
        elif waiting:
            waiting[0].turn.notify()

    def _withdraw(self, step: Waiting) -> None:
        """Make sure that nothing runs for a thread that was interrupted while it waited."""
        for waiting in (self._queue, self._round):
            if step in waiting:
                waiting.remove(step)
                return
        while not step.done:
            step.turn.wait()

    def _next(self) -> list[Waiting]:
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

    def _run(self, group: list[Waiting]) -> None:
        """Run a group's steps, and let the led streams go on; an error reaches each of them."""
        self._lock.release()
        following: list[Step | None] = []
        try:
            made = group[0].slot.memory.together([step.step for step in group])
            following = [_following(step, rows) for step, rows in zip(group, made, strict=True)]
        except BaseException as error:
            self._lock.acquire()
            for step in group:
                self._fail(step, error)
            if not isinstance(error, Exception):
                raise  # an interrupt belongs to the thread that leads as well
            return
        self._lock.acquire()
        if len(group[0].step.tokens) <= SHORT:
            self._took = time.monotonic() - self._began
        for step, rows, after in zip(group, made, following, strict=True):
            if step.onward is None:
                step.logits = rows
                step.turn.notify()
            elif after is None or step.over:
                self._let_go(step)
            else:
                step.step = after
                self._queue.append(step)

    def _fail(self, step: Waiting, error: BaseException) -> None:
        step.error = error
        if step.failed is None:
            step.turn.notify()
        else:
            step.failed(error)
            self._let_go(step)

    def _let_go(self, led: Waiting) -> None:
        self._led.discard(led)
        led.turn.notify()


def _following(step: Waiting, rows: Logits) -> Step | None:
    """Let a stream that is led draw."""
    if step.onward is None or step.failed is None or step.over:
        return None
    try:
        return step.onward(rows)
    except Exception as error:  # noqa: BLE001 - the stream raises it in its own thread
        step.failed(error)
        return None


def _batch(steps: Sequence[Waiting]) -> list[Waiting]:
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
