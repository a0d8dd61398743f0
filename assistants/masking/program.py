"""The mask of a whole program: prefix, what is being written, suffix.

A token is allowed where prefix + text + token is a viable prefix of the language, decided byte by
byte by the language's own machine; the text may stop where the suffix then completes a program.
The promise is about syntax as the language's parser judges it. What a compiler finds later (a
`return` outside a function, an undefined name) is not part of it.
"""

import sys
import threading
from collections import OrderedDict
from collections.abc import Hashable, Sequence
from functools import cache
from importlib import resources
from typing import Any, Protocol, TypeVar

import numpy as np
from numpy.typing import NDArray

from assistants.constraint import Program
from assistants.errors import ConstraintError, Unsupported

from .glr import Recogniser
from .java_lexer import JavaLexer
from .lalr import compile_grammar
from .python_lexer import PythonLexer
from .symbolic import Symbolic, SymbolicJava, SymbolicPython
from .tables import MaskTables
from .trie import rooted
from .vocabulary import Vocabulary

LANGUAGES = frozenset({"python", "java"})
"""The languages that a `Program` constraint may name."""

JAVA = 25
"""The newest version whose programs are let through; older programs are among them."""

S = TypeVar("S", bound=Hashable)
_CHECKPOINT = 1024
_REMEMBERED = 4096


class Machine(Protocol[S]):
    """A language as a machine over bytes; states are immutable and hashable."""

    def start(self) -> S:
        """Return the state before the first byte."""
        ...

    def feed(self, state: S, byte: int, /) -> S | None:
        """Return the state after one more byte, or None where no program begins like that."""
        ...

    def run(self, state: S, data: bytes, /) -> S | None:
        """Return the state after many bytes."""
        ...

    def complete(self, state: S, /) -> bool:
        """Whether the text so far is a whole program."""
        ...


def machine(language: str) -> Machine[Any]:
    """Return the machine of a language, built once (about 0.3 s).

    Python's version is the running interpreter's, from 3.11 to 3.14; Java's is `JAVA`.
    """
    return _machines(language)[0]


@cache
def _machines(language: str) -> tuple[Machine[Any], Symbolic]:
    """Return the machine of a language, and the lexer that its mask tables are made with."""
    if language not in LANGUAGES:
        raise Unsupported(
            f"no mask is made for whole programs in {language or 'an unnamed language'}",
            hint="let the model write freely and cut at the last point that parses",
        )
    grammar = (
        resources.files(__name__.rpartition(".")[0])
        .joinpath(f"{language}.grammar")
        .read_text("utf-8")
    )
    if language == "java":
        recogniser = Recogniser(compile_grammar(grammar, (JAVA,)))
        java = JavaLexer(recogniser, JAVA)
        return java, SymbolicJava(java, recogniser, JAVA)
    version = min(sys.version_info[:2], (3, 14))
    recogniser = Recogniser(compile_grammar(grammar, version))
    python = PythonLexer(recogniser, version)
    return python, SymbolicPython(python, recogniser, version)


def tables(language: str, vocabulary: Vocabulary) -> MaskTables:
    """Return the tables that all streams of a language and a vocabulary share."""
    items = vocabulary.ordered

    def make() -> MaskTables:
        size = (vocabulary.size + 31) // 32 * 32
        return MaskTables(*_machines(language), rooted(items), size)

    return vocabulary.shared(language, make)


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
        while len(self._points) > _REMEMBERED // 16:
            self._points.popitem(last=False)


@cache
def _texts(language: str) -> _Texts:
    return _Texts(machine(language))


def begins_program(program: Program) -> bool:
    """Whether the constraint can be met at all: some program begins with its prefix."""
    return _texts(program.language).read(program.prefix.encode()) is not None


class ProgramMask:
    """One stream inside one program (see `assistants.constraint.Mask`)."""

    def __init__(self, program: Program, vocabulary: Vocabulary) -> None:
        """Read the prefix.

        Raises:
            Unsupported: no machine reads this language.
            ConstraintError: the prefix is not the beginning of any program.
        """
        self._language = program.language
        self._machine = machine(program.language)
        self._vocabulary = vocabulary
        self._suffix = program.suffix.encode()
        state = _texts(program.language).read(program.prefix.encode())
        if state is None:
            raise ConstraintError(
                "no program begins with the text before the cursor",
                hint="mend the first syntax error before it, or go without the constraint",
            )
        self._states = [state]
        self._endings: dict[tuple[int, Any], bool] = {}

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
        return self._ends(self._states[-1])

    def _follow(self, tokens: Sequence[int]) -> list[Any]:
        states: list[Any] = []
        state = self._states[-1]
        for token in tokens:
            if token in self._vocabulary.end:
                return [*states, state] if self._ends(state) else states
            text = self._vocabulary.tokens[token]
            state = self._machine.run(state, text) if text else None
            if state is None:
                return states
            states.append(state)
        return states

    def _ends(self, state: Any) -> bool:  # noqa: ANN401
        """Whether the suffix completes a program; states met at a line's start are remembered."""
        seen: list[tuple[int, Any]] = []
        at, found = 0, None
        while found is None and at < len(self._suffix):
            found = self._endings.get((at, state))
            if found is None:
                seen.append((at, state))
                line = self._suffix.find(b"\n", at) + 1 or len(self._suffix)
                state = self._machine.run(state, self._suffix[at:line])
                at = line
                if state is None:
                    found = False
        if found is None:
            found = self._machine.complete(state)
        self._endings.update(dict.fromkeys(seen, found))
        return found
