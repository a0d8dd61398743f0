"""The mask of a whole program: prefix, what is being written, suffix.

A token is allowed where prefix + text + token is a viable prefix of the language, decided byte by
byte by the language's own machine; the text may stop where the suffix then completes a program.
The promise is about syntax as the language's parser judges it. What a compiler finds later (a
`return` outside a function, an undefined name) is not part of it.
"""

import threading
from collections import OrderedDict
from collections.abc import Iterator, Sequence
from functools import cache, lru_cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from assistants.constraint import Program
from assistants.errors import ConstraintError

from .languages import Machine, endings, machine, tables
from .mending import mended
from .vocabulary import Vocabulary

_CHECKPOINT = 1024
_REMEMBERED = 256


class _Texts:
    """Where a machine stood along the texts that it read last, so that typing on is cheap."""

    def __init__(self, language: Machine[Any]) -> None:
        self._language = language
        self._lock = threading.Lock()
        self._points: OrderedDict[bytes, Any] = OrderedDict()

    def read(self, text: bytes) -> Any | None:  # noqa: ANN401 - a state of any machine
        """Return the state after a text from the start, or None."""
        with self._lock:
            known = [point for point in self._points if text.startswith(point)]
            begin = max(known, key=len, default=b"")
            state = self._points.get(begin, self._language.start())
            at = len(begin)
            while at < len(text) and state is not None:
                step = min(len(text), at + _CHECKPOINT)
                state = self._language.run(state, text[at:step])
                at = step
                if state is not None and at < len(text):
                    self._keep(text[:at], state)
        return state

    def _keep(self, point: bytes, state: Any) -> None:  # noqa: ANN401
        self._points[point] = state
        while len(self._points) > _REMEMBERED:
            self._points.popitem(last=False)


@cache
def _texts(language: str) -> _Texts:
    return _Texts(machine(language))


@lru_cache(maxsize=64)
def _mended(language: str, prefix: bytes) -> Any | None:  # noqa: ANN401
    return mended(language, machine(language), prefix)


def begins_program(program: Program) -> bool:
    """Whether some program begins with the prefix."""
    return _texts(program.language).read(program.prefix.encode()) is not None


def has_place(program: Program) -> bool:
    """Whether the constraint can be met: the line of the cursor is not broken before it."""
    return begins_program(program) or _mended(program.language, program.prefix.encode()) is not None


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

    def endings(self, *, quick: bool = False) -> Iterator[list[int]]:
        """Yield tokens after which the text may stop, roughly the fewest first.

        A search with an end, sooner where it is `quick`: there may be none though an end exists.
        """
        for text in self._place.endings.shortest(
            self._states[-1], self._place.counted, quick=quick
        ):
            yield self._vocabulary.cut(text)

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
