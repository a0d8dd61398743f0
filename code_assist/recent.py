"""What was worked out lately, kept while it fits: a cache by weight, safe to share."""

import threading
from collections import OrderedDict
from collections.abc import Callable, Hashable
from typing import Generic, TypeVar

K = TypeVar("K", bound=Hashable)
V = TypeVar("V")


class Kept(Generic[K, V]):
    """The values of the keys that were asked for last; together they weigh at most so much."""

    def __init__(self, weigh: Callable[[K], int], most: int) -> None:
        self._weigh, self._most = weigh, most
        self._known: OrderedDict[K, V] = OrderedDict()
        self._lock = threading.Lock()
        self._weight = 0

    def get(self, key: K) -> V | None:
        """Return a value, or None where it is not known (any more)."""
        with self._lock:
            if key not in self._known:
                return None
            self._known.move_to_end(key)
            return self._known[key]

    def put(self, key: K, value: V) -> None:
        """Keep a value."""
        with self._lock:
            if key not in self._known:
                self._weight += self._weigh(key)
            self._known[key] = value
            while self._weight > self._most and len(self._known) > 1:
                old, _ = self._known.popitem(last=False)
                self._weight -= self._weigh(old)


class Recent(Generic[K, V]):
    """A function's last values. Two threads that ask at once may both compute one."""

    def __init__(self, compute: Callable[[K], V], weigh: Callable[[K], int], most: int) -> None:
        self._compute = compute
        self._known: Kept[K, tuple[V]] = Kept(weigh, most)

    def __call__(self, key: K) -> V:
        """Return the value of a key, computed unless it is known."""
        known = self._known.get(key)
        if known is None:
            known = (self._compute(key),)
            self._known.put(key, known)
        return known[0]
