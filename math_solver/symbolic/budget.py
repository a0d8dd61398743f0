"""A share of processor time for one attempt among several, inside a worker.

The hard limit is the worker's deadline, which kills; this one is soft: sympy is interrupted by a
signal of its own timer, in the worker's main thread, and the next attempt has its turn.
"""

import signal
import threading
from collections.abc import Generator
from contextlib import contextmanager
from types import FrameType


class OutOfBudget(BaseException):
    """An attempt took more processor time than its share; no `except Exception` hides it."""


@contextmanager
def budget(seconds: float) -> Generator[None]:
    """Raise `OutOfBudget` after so much processor time; budgets do not nest.

    Away from the main thread, where no signal arrives, there is no budget but the deadline.
    """
    if threading.current_thread() is not threading.main_thread():
        yield
        return

    def stop(_number: int, _frame: FrameType | None) -> None:
        raise OutOfBudget

    before = signal.signal(signal.SIGVTALRM, stop)
    signal.setitimer(signal.ITIMER_VIRTUAL, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_VIRTUAL, 0)
        signal.signal(signal.SIGVTALRM, before)
