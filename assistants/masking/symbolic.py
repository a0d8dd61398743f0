"""Lexers that run without a parser: what they would ask of one is answered from a set.

The lexers read a lexeme byte by byte and ask the recogniser only whether terminals can follow.
Within one lexeme all answers come from one set, so that what a lexer does with a token can be
worked out once for all stacks with that set. Where a lexeme has ended, or where more is asked, the
walk leaves by an `Exit`, to be taken with the true stacks.
"""

from typing import Any, NamedTuple, Protocol

from . import java_lexer as java
from . import python_lexer as python
from .glr import Heads, Recogniser
from .python_scopes import Place, Scopes

State = Any
"""A state of either lexer."""


class Trail(Heads):
    """Heads that are not known: those before the lexeme, after one of these terminals."""

    __slots__ = ("terminals",)

    def __init__(self, terminals: tuple[int, ...]) -> None:
        super().__init__(())
        self.terminals = terminals


ORIGIN = Trail(())
"""The heads before the lexeme, whatever they are."""

READ, LEFT, LINE, OPAQUE = range(4)
"""An exit after the byte; before it, the lexeme having ended; before the first character of a
line, whose indentation is to be judged; and where the byte must be read with the true heads."""


class Exit(NamedTuple):
    """Where a walk needs the stacks: the lexer's state without them, and how to go on.

    `text` is a name that just ended, where it is one that matters to the scopes; `change` is what
    became of the brackets: -1 where one was closed, 1 where `opened` was opened.
    """

    kind: int
    state: State
    terminals: tuple[int, ...] = ()
    byte: int = -1
    text: str = ""
    change: int = 0
    opened: Any = None

    def applied(self, brackets: tuple[Any, ...]) -> tuple[Any, ...]:
        """Return true brackets as they are behind the exit."""
        if not self.change:
            return brackets
        return brackets[:-1] if self.change < 0 else (*brackets, self.opened)


def _change(before: tuple[Any, ...], after: tuple[Any, ...]) -> tuple[int, Any]:
    change = len(after) - len(before)
    return change, after[-1] if change > 0 else None


class Needed(Exception):
    """The true stacks are needed, before the byte was read; `kind` tells where, at `state`."""

    def __init__(self, kind: int = OPAQUE, state: State = None) -> None:
        super().__init__()
        self.kind = kind
        self.state = state


class Oracle(Recogniser):
    """Answers from `known`, a set of terminals, and keeps in `asked` what it was asked about."""

    def __init__(self, recogniser: Recogniser) -> None:
        """Take over the tables; nothing is compiled again."""
        self.tables = recogniser.tables
        self.start = ORIGIN
        self.known = self.asked = 0
        self._trails: dict[tuple[int, ...], Trail] = {}

    def viable(self, heads: Heads) -> int:
        """Return the whole set."""
        if heads is not ORIGIN:
            raise Needed
        self.asked = -1
        return self.known

    def step(self, heads: Heads, terminal: int) -> Heads | None:
        """Return a trail where the terminal is in the set."""
        if heads is not ORIGIN:
            raise Needed
        self.asked |= 1 << terminal
        return self._trail((terminal,)) if self.known >> terminal & 1 else None

    def union(self, first: Heads | None, second: Heads | None) -> Heads | None:
        """Return the trail of either."""
        if isinstance(first, Trail) and isinstance(second, Trail):
            return self._trail((*first.terminals, *second.terminals))
        return first or second

    def _trail(self, terminals: tuple[int, ...]) -> Trail:
        return self._trails.setdefault(terminals, Trail(terminals))


class Symbolic(Protocol):
    """A lexer over an oracle, beside the true one."""

    oracle: Oracle

    def feed(self, state: State, byte: int, /) -> State | None:
        """Read a byte; may raise `Needed`."""
        ...

    def viable(self, state: State, /) -> int:
        """Return the terminals that can follow a true state."""
        ...

    def position(self, state: State, /) -> State | None:
        """Return a state without its stacks, the same for all that read alike; None for a few."""
        ...

    def leave(self, before: State, after: State, kind: int, /) -> Exit:
        """Return the exit from one state without stacks to another."""
        ...

    def enter(self, way: Exit, state: State, /) -> State | None:
        """Return the true state behind an exit, given the one that the walk began at."""
        ...


class SymbolicPython(python.PythonLexer):
    """Python's lexer over an oracle; of brackets it knows whether one is open."""

    def __init__(
        self, lexer: python.PythonLexer, recogniser: Recogniser, version: tuple[int, int]
    ) -> None:
        """Take the true lexer, and what it was made of."""
        self.oracle = Oracle(recogniser)
        super().__init__(self.oracle, version)
        self._true = lexer
        self._scopes = _Anywhere()
        self._words = (*self._keywords, *python.SOFT, *self._prefixes, _FUTURE)

    def viable(self, state: State) -> int:
        """Return the terminals that can follow a true state."""
        return self._true.viable(state)

    def position(self, state: State) -> State | None:
        """Return the state without its stacks; None where few names may stand."""
        frames = state.frames
        if Scopes.fixes_names(state.place) or len(frames) > python.MAX_BRACKETS - 5:
            return None
        data = state.data
        if state.mode == python.NAME:
            data = (self._plain(*data), data[1])
        return state._replace(
            data=data, heads=ORIGIN, place=self._scopes.start, indents=_NO_INDENTS,
            frames=frames if _in_field(state) else frames[: state.mode in _BRACKETED],
        )  # fmt: skip

    def _plain(self, text: str, after_number: bool) -> str:  # noqa: FBT001
        """Return one and the same name for all that are and can become no special word."""
        special = after_number or not text.isidentifier()
        special = special or any(word.startswith(text) for word in self._words)
        return text if special or text.lower() in self._prefixes else _NAME

    def leave(self, before: State, after: State, kind: int) -> Exit:
        """Return the exit from one state without stacks to another."""
        named = before.mode == python.NAME and before.data[0] == _FUTURE
        text = _FUTURE if named else ""
        bare = after._replace(heads=ORIGIN, frames=())
        change, opened = _change(before.frames, after.frames)
        return Exit(kind, bare, after.heads.terminals, text=text, change=change, opened=opened)

    def enter(self, way: Exit, state: State) -> State | None:
        """Return the true state behind an exit."""
        true = self._true.advance(state, way.terminals, way.text) if way.terminals else state
        if true is None:
            return None
        true = way.state._replace(
            heads=true.heads, place=true.place, indents=state.indents,
            frames=way.applied(state.frames),
        )  # fmt: skip
        if way.kind == LINE:
            return self._true.indented(true)
        return self._true.feed(true, way.byte) if way.kind == OPAQUE else true

    def indented(self, state: State) -> State | None:
        """Leave: the indentation is not known here."""
        raise Needed(LINE, state)

    def _code(self, state: State, char: str) -> State | None:
        if state.heads is ORIGIN:
            return super()._code(state, char)
        # What a lexeme in an f-string's field may be followed by depends on its mode.
        raise Needed if _in_field(state) else Needed(LEFT, state)


_BRACKETED = frozenset({python.CODE, python.JOIN, python.COMMENT, python.FORMAT, python.LINE})
"""The modes in which it matters whether a bracket is open."""

_FUTURE = "__future__"
_NAME = "a_name"
_NO_INDENTS = ((0, 0),)


class _Anywhere(Scopes):
    """Scopes that refuse nothing: what they refuse is taken out of the set of terminals."""

    def step(self, place: Place, terminal: str, text: str = "") -> Place | None:
        del terminal, text
        return place


class LoosePython(python.PythonLexer):
    """Python's lexer without scopes."""

    def __init__(self, recogniser: Recogniser, version: tuple[int, int]) -> None:
        """Take what the true lexer was made of."""
        super().__init__(recogniser, version)
        self._scopes = _Anywhere()


def _in_field(state: State) -> bool:
    return any(frame.quote for frame in state.frames)


class SymbolicJava(java.JavaLexer):
    """Java's lexer over an oracle; of the classes around it knows the innermost."""

    def __init__(self, lexer: java.JavaLexer, recogniser: Recogniser, version: int) -> None:
        """Take the true lexer, and what it was made of."""
        self.oracle = Oracle(recogniser)
        super().__init__(self.oracle, version)
        self._true = lexer
        self._all_words = (*java.KEYWORDS, *self._words, "non", "_")

    def viable(self, state: State) -> int:
        """Return the terminals that can follow a true state."""
        return self._true.viable(state)

    def position(self, state: State) -> State | None:
        """Return the state without its stacks; the class around matters to words alone."""
        bodies, data, modifiers = state.bodies[-1:], state.data, state.modifiers
        if state.mode == java.NAME and state.before not in java.DECLARING:
            text, around = data[0], (bodies or ("",))[-1]
            if not around.startswith(text):
                bodies = ("",) if bodies else ()
                if not any(word.startswith(text) for word in self._all_words):
                    data, modifiers = (_NAME, *data[1:]), frozenset()
        elif state.mode != java.CODE:
            bodies = ("",) if bodies else ()
        return state._replace(data=data, heads=ORIGIN, bodies=bodies, modifiers=modifiers)

    def leave(self, before: State, after: State, kind: int) -> Exit:
        """Return the exit from one state without stacks to another."""
        bare = after._replace(heads=ORIGIN, bodies=())
        change, opened = _change(before.bodies, after.bodies)
        return Exit(kind, bare, after.heads.terminals, change=change, opened=opened)

    def enter(self, way: Exit, state: State) -> State | None:
        """Return the true state behind an exit."""
        true = self._true.advance(state, way.terminals) if way.terminals else state
        if true is None:
            return None
        true = way.state._replace(heads=true.heads, bodies=way.applied(state.bodies))
        return self._true.feed(true, way.byte) if way.kind == OPAQUE else true

    def _code(self, state: State, char: str) -> State | None:
        if state.heads is ORIGIN:
            return super()._code(state, char)
        raise Needed if state.escape else Needed(LEFT, state)
