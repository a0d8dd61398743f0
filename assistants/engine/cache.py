"""The prefix cache: sequences that were run before, and their keys and values.

A request takes the sequence with which it shares the longest prefix. It continues in place where
little is lost by that; otherwise the shared part is copied, which costs a hundredth of running it
again, and both stay. Sequences that were used longest ago give way.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Generic, Protocol, Self, TypeVar


class Buffers(Protocol):
    """Memory for the keys and values of one sequence."""

    def copy_prefix(self, source: Self, length: int, /) -> None:
        """Take over the first `length` positions of another sequence."""
        ...


B = TypeVar("B", bound=Buffers)


@dataclass(slots=True, eq=False)
class Slot(Generic[B]):
    """One sequence: tokens whose keys and values lie in the buffers."""

    buffers: B
    tokens: list[int] = field(default_factory=list)
    busy: bool = False


class PrefixCache(Generic[B]):
    """At most `capacity` idle sequences; requests beyond that get one that is not kept."""

    def __init__(self, allocate: Callable[[], B], capacity: int) -> None:
        self._allocate = allocate
        self._capacity = capacity
        self._slots: list[Slot[B]] = []  # least recently used first

    def take(self, prompt: Sequence[int]) -> tuple[Slot[B], int]:
        """Return a slot for a prompt and how many of its tokens lie there already.

        At least the last token of the prompt is left to run, because its logits are wanted.
        """
        limit = len(prompt) - 1
        best = max(self._slots, key=lambda slot: common_prefix(slot.tokens, prompt), default=None)
        shared = 0 if best is None else min(limit, common_prefix(best.tokens, prompt))
        if best is None or best.busy or 2 * shared < len(best.tokens):
            slot = self._spare()
            if best is not None and slot is not best and shared:
                slot.buffers.copy_prefix(best.buffers, shared)
                slot.tokens = best.tokens[:shared]
        else:
            slot = best
        shared = min(limit, common_prefix(slot.tokens, prompt))
        del slot.tokens[shared:]
        slot.busy = True
        return slot, shared

    def give_back(self, slot: Slot[B]) -> None:
        """Keep a finished sequence as the most recently used one."""
        slot.busy = False
        if slot in self._slots:
            self._slots.remove(slot)
            self._slots.append(slot)

    def _spare(self) -> Slot[B]:
        if len(self._slots) < self._capacity:
            self._slots.append(Slot(self._allocate()))
            return self._slots[-1]
        idle = next((slot for slot in self._slots if not slot.busy), None)
        return idle or Slot(self._allocate())


def common_prefix(one: Sequence[int], other: Sequence[int]) -> int:
    """Return how many leading tokens two sequences share."""
    for index, (left, right) in enumerate(zip(one, other, strict=False)):
        if left != right:
            return index
    return min(len(one), len(other))
