"""Where a text may end before its suffix, and the shortest text that leads there.

A best-first search over the spellings of what can follow: first over what finishes something begun
(brackets, headers, operators), then over what goes on with it, at last over everything. Each
spelling is read by the machine itself, so that whatever is found is an end.
"""

import heapq
from collections.abc import Iterator, Sequence
from typing import Any, Protocol

from .anywhere import Anywhere
from .spelling import ANY, BEGUN, NEEDED, Spelling

State = Any
_EFFORT = ((NEEDED, NEEDED, 200), (BEGUN, BEGUN, 200), (ANY, BEGUN, 400))
"""What is tried first and what from then on, and how many states are looked at."""

_STEPS = 120
"""Terminals that are written on the straight way to an end."""

_ASIDE = 6
"""How many of these it may be left behind."""

_NEAR = 2000
"""Bytes of a suffix whose indentation is looked at."""

_MOST_KNOWN = 50_000
"""States at line starts that one suffix remembers."""

_LONGEST = 400
"""Bytes of a text that leads to an end."""


class Reader(Protocol):
    """What is needed of a machine over bytes."""

    def run(self, state: State, data: bytes, /) -> State | None:
        """Return the state after many bytes."""
        ...

    def complete(self, state: State, /) -> bool:
        """Whether the text so far is a whole program."""
        ...


class Endings:
    """One suffix of one language. Safe to share; the memory only ever saves time."""

    def __init__(
        self, reader: Reader, spelling: Spelling, anywhere: Anywhere, suffix: bytes
    ) -> None:
        """Take the suffix in UTF-8."""
        self._reader, self._spelling, self.suffix = reader, spelling, suffix
        self._anywhere = anywhere
        self.known: dict[tuple[int, State], int] = {}
        self._counted: dict[tuple[State, bool], int] = {}
        lines = suffix[:_NEAR].split(b"\n")[1:]
        self._columns = {len(line) - len(line.lstrip(b" ")) for line in lines if line.strip()}
        self.whole = len(suffix) + 1
        """What `reach` returns where the suffix completes a program."""

    def shared(self, other: "Endings") -> int:
        """Return how many bytes two suffixes end with alike."""
        one, two = self.suffix, other.suffix
        low, high = 0, min(len(one), len(two))
        while low < high:
            middle = (low + high + 1) // 2
            if one[len(one) - middle : len(one) - low] == two[len(two) - middle : len(two) - low]:
                low = middle
            else:
                high = middle - 1
        return low

    def learn(self, other: "Endings") -> None:
        """Take over what is known about the end that both suffixes have."""
        same = self.shared(other)
        known = dict(other.known)  # a copy, because others may be asking it
        self.known.update({key: value for key, value in known.items() if key[0] <= same})

    def reach(self, state: State) -> int:
        """Return how many bytes of the suffix can follow, and one more where it completes.

        States met at the starts of its lines are remembered, by how much of the suffix is left.
        """
        size = len(self.suffix)
        seen: list[tuple[int, State]] = []
        at, left = 0, None
        while left is None and at < size:
            left = self.known.get((size - at, state))
            if left is None:
                seen.append((size - at, state))
                line = self.suffix.find(b"\n", at) + 1 or size
                after = self._reader.run(state, self.suffix[at:line])
                if after is None:
                    left = self._stuck(state, self.suffix[at:line])
                else:
                    state, at = after, line
        found = at + (self._reader.complete(state) if left is None else left)
        if len(self.known) > _MOST_KNOWN:
            self.known.clear()
        self.known.update({(rest, one): found - (size - rest) for rest, one in seen})
        return found

    def _stuck(self, state: State, line: bytes) -> int:
        """Return how many bytes of a line that cannot follow can follow."""
        low, high = 0, len(line)
        while high - low > 1:
            middle = (low + high) // 2
            if self._reader.run(state, line[:middle]) is None:
                high = middle
            else:
                low = middle
        return low

    def shortest(
        self, state: State, counted: int, *, within: int | None = None,
        towards: Sequence[bytes] = (),
    ) -> Iterator[bytes]:  # fmt: skip
        """Yield texts behind which so much of the suffix can follow, by effort and length.

        `towards` are such texts from earlier states: what was opened since is closed, and then one
        of them goes on. `within` some tokens, only the straight way is looked at.
        """
        tried = (
            [self._around(state, *effort) for effort in _EFFORT] if within is None
            else [self._straight(state, min(2 * within + 2, _STEPS))]
        )  # fmt: skip
        for some in tried:
            for text, after in some:
                if self.reach(after) >= counted:
                    yield text
                    continue
                for known in towards:
                    end = self._reader.run(after, known)
                    if end is not None and self.reach(end) >= counted:
                        yield text + known

    def lacking(self, state: State) -> int:
        """Return how many terminals the text before the suffix lacks to be whole by itself."""
        return self._spelling.lacking(state)

    def _straight(self, state: State, steps: int) -> Iterator[tuple[bytes, State]]:
        """Yield texts that lead nearer and nearer to the end of the whole text.

        Then, with one piece more behind the shorter of them, texts that open what the suffix closes
        or goes on with.
        """
        passed = [(b"", state)]
        for _ in range(steps):
            text, at = passed[-1]
            yield text, at
            piece = self._spelling.onward(at)
            after = self._reader.run(at, piece) if piece else None
            if after is None:
                break
            passed.append((text + (piece or b""), after))
        for text, at in passed[:_ASIDE]:
            for piece in (*self._spelling.openings, *self._spelling.pieces(at, BEGUN, ())):
                after = self._reader.run(at, piece)
                if after is not None:
                    yield text + piece, after

    def counted(self, state: State, *, rebuilt: bool = False) -> int:
        """Return how much of the suffix must follow a text that goes on from a state.

        That is all of it; or, where the suffix is broken by itself, as much as the best of what
        was tried reaches, so that the first error behind the cursor stays where it is. What lies
        around a `rebuilt` state is a guess, so that nothing is opened there for the suffix's sake.
        """
        found = self._counted.get((state, rebuilt))
        if found is None:
            found = self.whole
            if rebuilt or not self._possible(state):
                tried = [
                    after
                    for text, after in self._around(state, *_EFFORT[rebuilt])
                    if b'""' not in text and b"''" not in text  # a literal swallows errors
                ]
                found = max(map(self.reach, tried))
            if len(self._counted) > 1000:
                self._counted.clear()
            self._counted[state, rebuilt] = found
        return found

    def _possible(self, state: State) -> bool:
        for within in (_STEPS, None):
            if next(self.shortest(state, self.whole, within=within), None) is not None:
                return True
        return self._anywhere.takes(state, self.suffix)

    def _around(
        self, state: State, first: int, then: int, effort: int
    ) -> Iterator[tuple[bytes, State]]:
        """Yield texts and the states behind them, by length."""
        seen = {state}
        queue: list[tuple[int, int, bytes, State]] = [(0, 0, b"", state)]
        count = 0
        while queue and effort:
            effort -= 1
            _, _, text, at = heapq.heappop(queue)
            yield text, at
            choice = then if text else first
            for piece in self._spelling.pieces(at, choice, self._columns):
                after = self._reader.run(at, piece)
                if after is None or after in seen or len(text) + len(piece) > _LONGEST:
                    continue
                seen.add(after)
                count += 1
                longer = text + piece
                heapq.heappush(queue, (len(longer), count, longer, after))
                if at.partial:
                    break
