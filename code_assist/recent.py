"""What was worked out lately, kept while it fits: a cache by weight, safe to share."""

import threading
from collections import OrderedDict
from collections.abc import Callable, Hashable
from typing import Generic, TypeVar

K = TypeVar("K", bound=Hashable)
V = TypeVar("V")


class Recent(Generic[K, V]):
    """A function's last values; together they weigh at most so much.

    Two threads that ask at once may both compute a value; one of the two is kept.
    """

    def __init__(self, compute: Callable[[K], V], weigh: Callable[[K], int], most: int) -> None:
        self._compute, self._weigh, self._most = compute, weigh, most
        self._known: OrderedDict[K, V] = OrderedDict()
        self._lock = threading.Lock()
        self._weight = 0

    def __call__(self, key: K) -> V:
        """Return the value of a key, computed unless it is known."""
        with self._lock:
            if key in self._known:
                self._known.move_to_end(key)
                return self._known[key]
        value = self._compute(key)
        with self._lock:
            if key not in self._known:
                self._known[key] = value
                self._weight += self._weigh(key)
                while self._weight > self._most and len(self._known) > 1:
                    old, _ = self._known.popitem(last=False)
                    self._weight -= self._weigh(old)
        return value
