"""One sequence that is being decoded: where it lies, and how its keys and values came about.

A key says which token lies at a position and how it was run. In memory that is not uniform the last
bits depend on that: a token that ran together with others, as in a prompt, is its own key, and one
that ran in a step of its own is its complement (`~token`). The prefix cache is a trie over keys, so
what a prompt takes from it has the very bits that running the prompt would give, and no answer
depends on what was asked before.
"""

from collections.abc import Callable, Generator, Sequence
from contextlib import contextmanager

from assistants.errors import Cancelled

from .cache import Block, PrefixCache, common_prefix
from .scheduler import Onward, Scheduler, Slot
from .session import CHUNK, Logits, Memory, Step

SLICE = 32
"""Prompt tokens a step while other streams decode: as long as a few of their steps."""


class Lane:
    """A slot with the ways to fill, extend and rewind it."""

    def __init__(
        self,
        slot: Slot[Memory],
        scheduler: Scheduler,
        cache: PrefixCache,
        crowded: Callable[[], bool],
    ) -> None:
        """Take a slot; `crowded` tells whether other streams are under way."""
        self.slot = slot
        self._scheduler, self._cache, self._crowded = scheduler, cache, crowded
        self._prompt = 0
        self.uniform = slot.memory.uniform

    @property
    def crowded(self) -> bool:
        """Whether other streams are under way."""
        return self._crowded()

    def fill(
        self, prompt: Sequence[int], cancelled: Callable[[], bool], keep: int = 1
    ) -> tuple[Logits, int]:
        """Run a prompt; return the last `keep` logits, and how many tokens were there already.

        Raises:
            Cancelled: between two slices; what was run stays in the prefix cache.
        """
        # Else two tokens at least are left to run: a step of one would give other bits.
        held = max(0, min(self._restore(prompt), len(prompt) - max(2 - self.uniform, keep)))
        keys = self.slot.keys
        del keys[held:]
        self._prompt = len(prompt)
        try:
            while True:
                if cancelled():
                    raise Cancelled("stopped")
                stop = self._slice(len(keys), len(prompt), keep)
                kept = keep if stop == len(prompt) else 1
                logits = self._scheduler.run(self.slot, len(keys), prompt[len(keys) : stop], kept)
                keys.extend(prompt[len(keys) : stop])
                if stop == len(prompt):
                    return logits, held
        finally:
            self._cache.insert(keys, self._read)

    def _slice(self, start: int, end: int, keep: int) -> int:
        """Return where the next step over a prompt stops; no step is left with a single token."""
        size = SLICE if self.crowded else CHUNK
        stop = start + max(size, keep)
        return end if stop + max(1, keep - 1) >= end else stop

    def step(self, tokens: Sequence[int]) -> Logits:
        """Run tokens behind the sequence; return logits [tokens, V]."""
        logits = self._scheduler.run(self.slot, len(self.slot.keys), tokens, len(tokens))
        self._ran(tokens)
        return logits

    def planned(self, tokens: Sequence[int]) -> Step:
        """Return the step that runs tokens behind the sequence."""
        length = len(self.slot.keys)
        return Step(row=self.slot.row, length=length, tokens=tokens, keep=len(tokens))

    @contextmanager
    def led(
        self, tokens: Sequence[int], onward: Onward, failed: Callable[[BaseException], None]
    ) -> Generator[None]:
        """Have a step run, and then what `onward` makes of its logits, by the leader's thread.

        Until the end of the block the lane is the leader's.
        """
        step = self.planned(tokens)

        def behind(rows: Logits) -> Step | None:
            nonlocal step
            self._ran(step.tokens)
            following = onward(rows)
            step = following or step
            return following

        led = self._scheduler.lead(self.slot, step, behind, failed)
        try:
            yield
        finally:
            self._scheduler.release(led)

    def _ran(self, tokens: Sequence[int]) -> None:
        self.slot.keys.extend(tokens if len(tokens) > 1 else self._alone(tokens))

    def _alone(self, tokens: Sequence[int]) -> list[int]:
        """Return the keys of tokens that each ran in a step of its own."""
        return list(tokens) if self.uniform else [~token for token in tokens]

    def rewind(self, decoded: int) -> None:
        """Keep only so many tokens behind the prompt."""
        del self.slot.keys[self._prompt + decoded :]

    def behind(self, tokens: Sequence[int]) -> Logits:
        """Return the logits [V] behind the prompt and these tokens, decoded one at a time.

        The last one is run; others only if they are neither here nor in the prefix cache.
        """
        keys = [*self.slot.keys[: self._prompt], *self._alone(tokens)]
        held = self._restore(keys[:-1])
        del self.slot.keys[held:]
        rows = [self.step((token,)) for token in tokens[held - self._prompt :]]
        return rows[-1][0]

    def hold(self) -> None:
        """Let the prefix cache hold the whole sequence, so that another path can come back."""
        self._cache.insert(self.slot.keys, self._read)

    def trim(self, tokens: Sequence[int]) -> None:
        """Let the prefix cache drop what was decoded behind the prompt and these tokens."""
        self._cache.trim([*self.slot.keys[: self._prompt], *self._alone(tokens)])

    def _restore(self, keys: Sequence[int]) -> int:
        """Make as much of a sequence lie here as is here or in the cache; return its length."""
        here = common_prefix(self.slot.keys, keys)
        held, blocks = self._cache.lookup(keys)
        if held <= here:
            return here
        del self.slot.keys[here:]
        at = 0
        for block in blocks:
            end = at + block.shape[2]
            if end > here:
                skipped = max(0, here - at)
                self.slot.memory.write(self.slot.row, at + skipped, block[:, :, skipped:])
            at = end
        self.slot.keys.extend(keys[here:held])
        return held

    def _read(self, start: int, stop: int) -> Block:
        return self.slot.memory.read(self.slot.row, start, stop)
