"""The attributes of a name, as jedi knows them, where they are certain to be all.

Asked in a worker process, because jedi may take long; who asks waits only briefly, and finds the
answer ready the next time.
"""

import logging
import threading
from collections import OrderedDict
from collections.abc import Collection
from contextlib import contextmanager
from functools import cache
from typing import TYPE_CHECKING, Any

from assistants import deadline
from assistants.errors import DeadlineExceeded, WorkerCrashed

from .jedi_names import script_of

if TYPE_CHECKING:
    from collections.abc import Generator

_LOG = logging.getLogger(__name__)
PATIENCE = 0.15
"""Seconds that a completion waits for one answer."""
_SECONDS = 30.0
_KEPT = 512
_AT_ONCE = 2
"""Questions that may be open; a search that looks at many receivers asks for the first ones."""


def members_of(text: str, path: str, line: int, column: int) -> list[str] | None:
    """Return all attributes of the name before a dot that ends at a place; None if uncertain.

    Certain are modules, classes, and instances of known classes. A value that may be None is not,
    nor is one whose class answers for names that it does not have.
    """
    script = script_of(text, path)
    with _without_guessing():
        try:
            inferred = script.infer(line, column - 2)
            if not inferred or not all(map(_is_certain, inferred)):
                return None
            found = {one.name for one in script.complete(line, column)}
        except Exception:  # noqa: BLE001  (jedi fails in many ways on unfinished code)
            return None
    known = any(not name.startswith("__") for name in found)
    return None if not known or "__getattr__" in found else sorted(found)


def _is_certain(name: Any) -> bool:  # noqa: ANN401 - jedi has no types
    named = bool(name.full_name) and name.full_name != "builtins.NoneType"
    return named and name.type in {"module", "class", "instance"}


@contextmanager
def _without_guessing() -> "Generator[None]":
    """Keep jedi from inferring parameters from the calls in a file, which are never all."""
    from jedi import settings

    before = settings.dynamic_params
    settings.dynamic_params = False
    try:
        yield
    finally:
        settings.dynamic_params = before


class Members:
    """Asks for receivers in one file each, and keeps the last few hundred answers."""

    def __init__(self, *, patience: float = PATIENCE) -> None:
        """Wait for one answer at most `patience` seconds."""
        self._patience = patience
        self._lock = threading.Lock()
        self._known: OrderedDict[tuple[str, str, str], _Answer] = OrderedDict()

    def find(self, before: str, after: str, path: str, receiver: str) -> Collection[str] | None:
        """Return the attributes of a receiver between two texts; None where not known in time."""
        text = f"{before}{receiver}.{after}"
        key = text, path, receiver
        with self._lock:
            answer = self._known.get(key)
            if answer is None:
                if sum(not one.ready.is_set() for one in self._known.values()) >= _AT_ONCE:
                    return None
                answer = self._known[key] = _Answer()
                line = before.count("\n") + 1
                column = len(before) - before.rfind("\n") + len(receiver)
                work = (answer, text, path, line, column)
                threading.Thread(target=_ask, args=work, daemon=True).start()
            self._known.move_to_end(key)
            while len(self._known) > _KEPT:
                self._known.popitem(last=False)
        answer.ready.wait(self._patience)
        return answer.names


class _Answer:
    def __init__(self) -> None:
        self.ready = threading.Event()
        self.names: Collection[str] | None = None


def _ask(answer: _Answer, text: str, path: str, line: int, column: int) -> None:
    try:
        found = deadline.call(members_of, text, path, line, column, seconds=_SECONDS)
        answer.names = None if found is None else frozenset(found)
    except (DeadlineExceeded, WorkerCrashed) as error:
        _LOG.info("members not known: %s", error)
    finally:
        answer.ready.set()


@cache
def shared(patience: float) -> Members:
    """Return the one that all completions ask that wait so long."""
    return Members(patience=patience)
