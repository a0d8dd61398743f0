"""Questions to jedi that may take long: asked once in a worker process, awaited only briefly.

Who asks again at the next key finds the answer ready.
"""

import hashlib
import logging
import threading
from collections import OrderedDict
from collections.abc import Callable
from typing import Generic, TypeVar

from assistants import deadline
from assistants.errors import DeadlineExceeded, WorkerCrashed

_LOG = logging.getLogger(__name__)
_KEPT = 32
"""Answers, each of up to a thousand names: some 100 kB. A key later the question is another one."""
_AT_ONCE = 2
"""Questions that may be open; a search that looks at many receivers asks for the first ones."""
_SECONDS = 30.0

T = TypeVar("T")

Row = tuple[str, str, int, int]
"""A text, its path, a one-based line and a zero-based column."""


class _Answer(Generic[T]):
    def __init__(self) -> None:
        self.ready = threading.Event()
        self.value: T | None = None


class Background(Generic[T]):
    """One kind of question about places in Python files; the last answers are kept."""

    def __init__(self, function: Callable[[str, str, int, int], T | None]) -> None:
        """Take a function that a worker process can run."""
        self._function = function
        self._lock = threading.Lock()
        self._known: OrderedDict[bytes, _Answer[T]] = OrderedDict()

    def ask(self, text: str, path: str, at: int, *, patience: float) -> tuple[bool, T | None]:
        """Return whether the answer about an offset is there in time, and the answer.

        None stands for "not known"; a question that crashes or takes too long has that answer.
        """
        key = hashlib.blake2b(f"{path}\0{at}\0{text}".encode(), digest_size=16).digest()
        with self._lock:
            answer = self._known.get(key)
            if answer is None:
                if sum(not one.ready.is_set() for one in self._known.values()) >= _AT_ONCE:
                    return False, None
                answer = self._known[key] = _Answer[T]()
                row = (text, path, text.count("\n", 0, at) + 1, at - text.rfind("\n", 0, at) - 1)
                threading.Thread(target=self._find, args=(answer, row), daemon=True).start()
            self._known.move_to_end(key)
            while len(self._known) > _KEPT:
                self._known.popitem(last=False)
        ready = answer.ready.wait(patience)
        return ready, answer.value

    def _find(self, answer: "_Answer[T]", row: Row) -> None:
        try:
            answer.value = deadline.call(self._function, *row, seconds=_SECONDS)
        except (DeadlineExceeded, WorkerCrashed, ValueError) as error:
            _LOG.info("jedi does not know: %s", error)
        finally:
            answer.ready.set()
