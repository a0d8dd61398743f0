"""Who decodes where: slots for as many sequences as there are streams.

The memory comes in banks of neighbouring rows, because only neighbours take steps together. A
second bank is allocated when all rows of the first are busy, and given up when none of its is.
"""

import threading
from collections.abc import Callable, Sequence

from .cache import common_prefix
from .scheduler import Slot
from .session import Memory


class Slots:
    """Lends slots. Safe to share between threads."""

    def __init__(self, allocate: Callable[[], Memory]) -> None:
        self._allocate = allocate
        self._banks: list[list[Slot[Memory]]] = []
        self._lock = threading.Lock()

    @property
    def busy(self) -> int:
        """How many are lent now."""
        return sum(slot.busy for bank in self._banks for slot in bank)

    def held(self, prompt: Sequence[int]) -> int:
        """Return how much of a prompt lies in a free slot."""
        with self._lock:
            free = (slot for bank in self._banks for slot in bank if not slot.busy)
            return max((common_prefix(slot.keys, prompt) for slot in free), default=0)

    def take(self, prompt: Sequence[int]) -> Slot[Memory]:
        """Lend the free slot with most of a prompt in it, else the first one of the first bank."""
        with self._lock:
            bank = next((bank for bank in self._banks if not all(s.busy for s in bank)), None)
            if bank is None:
                memory = self._allocate()
                bank = [Slot(memory, row) for row in range(memory.rows)]
                self._banks.append(bank)
            free = [slot for slot in bank if not slot.busy]
            # Of equals the first: streams that run together are to be neighbours.
            slot = max(free, key=lambda slot: common_prefix(slot.keys, prompt))
            slot.busy = True
            return slot

    def give_back(self, slot: Slot[Memory]) -> None:
        """Take a slot back; what lies in it stays until somebody needs the place."""
        with self._lock:
            slot.busy = False
            kept = [bank for bank in self._banks[1:] if any(slot.busy for slot in bank)]
            self._banks[1:] = kept
