"""The mask of a whole program: prefix, what is being written, suffix.

A token is allowed where prefix + text + token is a viable prefix of the language, decided byte by
byte by the language's own machine; the text may stop where the suffix then completes a program.
The promise is about syntax as the language's parser judges it. What a compiler finds later (a
`return` outside a function, an undefined name) is not part of it.
"""

import threading
from bisect import bisect_right
from collections import deque
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from assistants.constraint import Program
from assistants.errors import ConstraintError

from .languages import Machine, endings, machine, tables
from .mending import mended
from .vocabulary import Vocabulary

_CHECKPOINT = 256
"""Bytes between two states that are kept, at least; they are kept at line ends."""
_REMEMBERED = 8
_LINE_END = 0x0A


@dataclass(slots=True, eq=False)
class _Track:
    """One text, and the states at some offsets of it; the last is behind all of it, or None."""

    text: bytes
    offsets: list[int]
    states: list[Any]

    def begun(self, text: bytes, count: int) -> "_Track":
        """Return a track with the first states: those at line starts, and the last."""
        kept = [
            at for at in range(count)
            if at == count - 1 or not self.offsets[at] or text[self.offsets[at] - 1] == _LINE_END
        ]  # fmt: skip
        return _Track(text, [self.offsets[at] for at in kept], [self.states[at] for at in kept])


class _Texts:
    """Where a machine stood along the texts that it read last.

    A text is read from the last kept state before its first difference from one of them, so that
    an edit costs the lines from there on, and typing on costs what is typed.
    """

    def __init__(self, language: Machine[Any]) -> None:
        self._language = language
        self._lock = threading.Lock()
        self._tracks: deque[_Track] = deque(maxlen=_REMEMBERED)

    def read(self, text: bytes) -> Any | None:  # noqa: ANN401 - a state of any machine
        """Return the state after a text from the start, or None."""
        with self._lock:
            tracks = list(self._tracks)
        shared, nearest = max(
            ((_shared(text, one.text), one) for one in tracks),
            key=lambda one: one[0],
            default=(0, None),
        )
        track = _Track(text, [0], [self._language.start()])
        if nearest is not None:
            track = nearest.begun(text, bisect_right(nearest.offsets, shared))
        self._go_on(track)
        with self._lock:
            if nearest is not None and nearest in self._tracks:
                self._tracks.remove(nearest)
                if shared < len(nearest.text):  # else the new one holds all that it holds
                    self._tracks.append(nearest)
            self._tracks.append(track)
        return track.states[-1]

    def stuck(self, text: bytes) -> int | None:
        """Return the number of bytes behind which the text goes on as no program does, or None."""
        if self.read(text) is not None:
            return None
        with self._lock:
            track = next(one for one in reversed(self._tracks) if one.text == text)
        first = next(at for at, state in enumerate(track.states) if state is None)
        low, high = track.offsets[first - 1], track.offsets[first]
        state = track.states[first - 1]
        while high - low > 1:
            middle = (low + high) // 2
            after = self._language.run(state, text[low:middle])
            low, state, high = (low, state, middle) if after is None else (middle, after, high)
        return low

    def _go_on(self, track: _Track) -> None:
        text, at, state = track.text, track.offsets[-1], track.states[-1]
        while at < len(text) and state is not None:
            step = text.find(b"\n", at + _CHECKPOINT) + 1 or len(text)
            state = self._language.run(state, text[at:step])
            at = step
            track.offsets.append(at)
            track.states.append(state)


def _shared(one: bytes, other: bytes) -> int:
    """Return how many bytes two texts begin with alike."""
    low, high = 0, min(len(one), len(other))
    while low < high:
        middle = (low + high + 1) // 2
        if one[low:middle] == other[low:middle]:
            low = middle
        else:
            high = middle - 1
    return low


@cache
def _texts(language: str) -> _Texts:
    return _Texts(machine(language))


@lru_cache(maxsize=64)
def _mended(language: str, prefix: bytes) -> Any | None:  # noqa: ANN401
    return mended(language, machine(language), prefix)


def begins_program(program: Program) -> bool:
    """Whether some program begins with the prefix."""
    return _texts(program.language).read(program.prefix.encode()) is not None


def first_error(language: str, text: str) -> int | None:
    """Return the offset (code points) of the first character that no program has there.

    None where some program begins with the whole text.
    """
    data = text.encode("utf-8", errors="replace")
    at = _texts(language).stuck(data)
    return None if at is None else len(data[:at].decode("utf-8", "ignore"))


def has_place(program: Program) -> bool:
    """Whether the constraint can be met: the line of the cursor is not broken before it."""
    return begins_program(program) or _mended(program.language, program.prefix.encode()) is not None


def warm(language: str, text: str) -> None:
    """Read a whole text, so that completing anywhere in it need not read all that stands around."""
    data = text.encode("utf-8", errors="replace")
    endings(language, data).reach(machine(language).start())
    _texts(language).read(data)


class Insertion:
    """The place in a program where a text is written."""

    def __init__(self, program: Program) -> None:
        """Read prefix and suffix; an error in either stays what it is and is left out.

        Raises:
            Unsupported: no machine reads this language.
            ConstraintError: the line of the cursor is broken before it.
        """
        self.machine = machine(program.language)
        prefix = program.prefix.encode()
        read = _texts(program.language).read(prefix)
        state = _mended(program.language, prefix) if read is None else read
        if state is None:
            raise ConstraintError(
                "no program goes on from the text before the cursor",
                hint="mend the syntax error on this line, or go without the constraint",
            )
        self.state: Any = state
        self.line = prefix[prefix.rfind(b"\n") + 1 :]
        self.endings = endings(program.language, program.suffix.encode())
        self.counted = self.endings.counted(state, rebuilt=read is None)

    def ends(self, state: Any) -> bool:  # noqa: ANN401
        """Whether the suffix can follow a state, as far as it counts."""
        return self.endings.reach(state) >= self.counted

    def fits(self, text: str) -> bool:
        """Whether a text may be written here as it stands."""
        state = self.machine.run(self.state, text.encode("utf-8", errors="replace"))
        return state is not None and self.ends(state)


class ProgramMask:
    """One stream inside one program (see `assistants.constraint.Mask`)."""

    def __init__(self, program: Program, vocabulary: Vocabulary) -> None:
        """Read prefix and suffix; raises what `Insertion` does."""
        self._language = program.language
        self._vocabulary = vocabulary
        self._place = Insertion(program)
        self._states = [self._place.state]
        self._anew = b""
        """The line of the cursor once more, and a way to an end from there."""
        self._left_over: int | None = None
        """Terminals that the text before the suffix may lack."""

    def accept(self, tokens: Sequence[int]) -> bool:
        """Advance over tokens; False, and no change, where one of them is not allowed."""
        states = self._follow(tokens)
        if len(states) < len(tokens):
            return False
        self._states.extend(states)
        return True

    def validate(self, tokens: Sequence[int]) -> int:
        """Return how many leading tokens would be accepted, without advancing."""
        return len(self._follow(tokens))

    def rollback(self, count: int) -> None:
        """Take back the last `count` accepted tokens."""
        if count >= len(self._states):
            message = f"{count} tokens cannot be taken back"
            raise ValueError(message)
        del self._states[len(self._states) - count :]

    def allowed(self) -> NDArray[np.int32]:
        """Return the bitmask of allowed next tokens."""
        row = tables(self._language, self._vocabulary).row(self._states[-1]).copy()
        if self.can_stop():
            for token in self._vocabulary.end:
                row.view(np.uint32)[token // 32] |= np.uint32(1 << token % 32)
        return row

    def can_stop(self) -> bool:
        """Whether prefix, text and suffix are a whole program as they stand."""
        return self._place.ends(self._states[-1])

    def endings(
        self, *, within: int | None = None, towards: Sequence[int] = ()
    ) -> Iterator[list[int]]:
        """Yield tokens after which the text may stop, roughly the fewest first.

        A search with an end, sooner `within` a number of tokens: there may be none though an end
        exists. `towards` led to a place to stop from an earlier place of the stream.
        """
        known = b"".join(self._vocabulary.tokens[token] for token in towards)
        ways = [way for way in (known, self._anew) if way]
        for text in self._place.endings.shortest(
            self._states[-1], self._place.counted, within=within, towards=ways
        ):
            if len(self._states) == 1 and not self._anew:
                self._anew = b"\n" + self._place.line + text
            if self._left_over is None:
                end = self._place.machine.run(self._states[-1], text)
                self._left_over = 0 if end is None else self._place.endings.lacking(end)
            yield self._vocabulary.cut(text)

    def lacking(self) -> int | None:
        """Return about how many terminals the shortest way to an end has, without a search.

        What the suffix brings is what the text still lacked behind the first way that was found.
        None where the text lacks less than that, because more was closed than the suffix closes.
        """
        lacking = self._place.endings.lacking(self._states[-1]) - (self._left_over or 0)
        return lacking if lacking >= 0 else None

    def _follow(self, tokens: Sequence[int]) -> list[Any]:
        states: list[Any] = []
        state = self._states[-1]
        for token in tokens:
            if token in self._vocabulary.end:
                return [*states, state] if self._place.ends(state) else states
            text = self._vocabulary.tokens[token]
            state = self._place.machine.run(state, text) if text else None
            if state is None:
                return states
            states.append(state)
        return states
