"""Whether a suffix can follow any text at all: the machine over it, begun with every stack.

Where it is refused, no text before the cursor can mend the suffix. It is begun between lexemes,
within words and signs, and inside literals and comments.
"""

import re
from collections.abc import Callable, Iterable, Iterator
from typing import Any, Protocol, TypeAlias

from . import java_lexer as java
from . import python_lexer as python
from .glr import Recogniser
from .python_literals import Quote

State = Any
Run: TypeAlias = Callable[[State, bytes], State | None]
_QUOTES = ('"', "'", '"""', "'''")
_CONSTRUCTOR = re.compile(
    r"(?:\b(?:public|protected|private)|[{};]|@\w+)\s*(\w+)\s*(?:\([^(){};]*\)\s*[{t]|\{)"
)
"""What may be a constructor, also a record's short one. Too many only cost time."""

_NUMBERS = ("1", "1.", "1e", "0x", "0b", "0o")
"""What a number begins with that goes on in the suffix."""

_BEGUN = "_0"
"""A name that goes on in the suffix; no keyword begins like that."""

_MOST = 90
"""Columns that are taken to be open, below what the lexer allows."""

_NAMES = 8
"""Names that are tried as the class around the suffix."""

_BRACKETS = 7
"""Brackets that are taken to be open around the suffix, and one more."""


class Anywhere(Protocol):
    """A machine over suffixes."""

    def takes(self, state: State, suffix: bytes, /) -> bool:
        """Whether the suffix completes some text that goes on from about this state."""
        ...


def _begun(words: Iterable[str], suffix: bytes) -> list[str]:
    """Return what words or signs begin with that the suffix begins with the rest of."""
    start = suffix[:20].decode(errors="ignore")
    found = (
        word[:at]
        for word in words
        for at in range(1, len(word))
        if start.startswith(word[at:])
        and not (word[0].isalpha() and start[len(word) - at :][:1].isalnum())
    )
    return list(dict.fromkeys(found))


def _goes_on(suffix: bytes) -> bool:
    """Whether a name or a number that was begun may go on in the suffix."""
    return suffix[:1].isalnum() or suffix[:1] in (b"_", b".") or suffix[:1] >= b"\x80"


def _closed(
    run: Run, literal: State, end: bytes, suffix: bytes, is_open: Callable[[State], bool]
) -> Iterator[tuple[int, State]]:
    """Yield where a literal that the suffix begins inside is closed, and the state there."""
    at, state = 0, literal
    while (found := suffix.find(end, at)) >= 0:
        state = run(state, suffix[at : found + len(end)])
        at = found + len(end)
        if state is None:
            return
        if not is_open(state):
            yield at, state
            return


def _abreast(
    run: Run,
    begun: Iterable[tuple[int, State]],
    suffix: bytes,
    grown: Callable[[State], Iterable[State]],
) -> Iterable[State]:
    """Return the states after a suffix, begun at some bytes of it.

    They are led from line to line together, so that what has become equal is read once. What
    stands at the start of a line for the first time is replaced by what it is `grown` to.
    """
    waiting: dict[int, dict[State, None]] = {}
    for at, state in begun:
        waiting.setdefault(at, {})[state] = None
    young, old, at = dict[State, None](), dict[State, None](), 0
    for line in suffix.splitlines(keepends=True):
        end = at + len(line)
        young = _led(run, young, line)
        for late in [start for start in waiting if at <= start < end]:
            young |= _led(run, waiting.pop(late), suffix[late:end])
        fresh = {state: tuple(grown(state)) for state in young}
        young = dict.fromkeys(state for state, ripe in fresh.items() if not ripe)
        old = _led(run, old, line) | dict.fromkeys(one for ripe in fresh.values() for one in ripe)
        at = end
        if not (young or old or waiting):
            break
    return (*young, *old, *waiting.get(at, ()))


def _led(run: Run, states: Iterable[State], data: bytes) -> dict[State, None]:
    return dict.fromkeys(after for at in states if (after := run(at, data)) is not None)


class PythonAnywhere:
    """Python, with every stack and every indentation that the suffix has."""

    def __init__(self, loose: python.PythonLexer, recogniser: Recogniser) -> None:
        """Take a lexer that judges no scopes, and its recogniser."""
        self._loose = loose
        self._heads = recogniser.anywhere()
        self._words = [name.strip("'") for name in recogniser.tables.terminals if name[0] == "'"]

    def takes(self, state: State, suffix: bytes) -> bool:
        """Whether the suffix completes some text."""
        columns = {(0, 0), *state.indents}
        for line in suffix.split(b"\n")[1:]:
            at = self._loose.run(self._loose.start(), line[: len(line) - len(line.lstrip(b" \t"))])
            if at is not None and line.strip() and at.mode == python.LINE:
                columns.add(at.data[:2])
        indents = tuple(sorted(columns))[:_MOST]

        def grown(state: State) -> Iterator[State]:
            if state.mode == python.LINE and not state.frames:
                for open_ in range(1, len(indents) + 1):
                    yield state._replace(indents=indents[:open_])

        bare = state._replace(
            mode=python.CODE, data=(), blank=False, carriage=False, partial=b"", frames=(),
            indents=indents[:1], heads=self._heads, place=self._loose.start().place,
        )  # fmt: skip
        opened = [(python.Frame(),) * more for more in range(_BRACKETS)]
        around = dict.fromkeys([*opened, *((*state.frames, *more) for more in opened)])
        begun = [
            (at, start._replace(frames=(*frames, *start.frames)))
            for at, start in self._starts(bare, suffix)
            for frames in around
        ]
        ends = _abreast(self._loose.run, begun, suffix, grown)
        return any(map(self._loose.complete, ends))

    def _starts(self, bare: State, suffix: bytes) -> Iterator[tuple[int, State]]:
        """Yield where lexemes begin or are begun, and literals are closed, outside of brackets."""
        yield 0, bare
        yield 0, bare._replace(mode=python.COMMENT)
        for text in _begun(self._words, suffix):
            word = text.isidentifier()
            mode, data = (python.NAME, (text, False)) if word else (python.OPERATOR, (text,))
            yield 0, bare._replace(mode=mode, data=data)
        if _goes_on(suffix):
            yield 0, bare._replace(mode=python.NAME, data=(_BEGUN, False))
            for number in _NUMBERS:
                yield 0, bare._replace(mode=python.NUMBER, data=(number,))
        for end in _QUOTES:
            for raw in ("", "r"):
                plain, formatted = Quote.of(raw, end), Quote.of(raw + "f", end)
                for literal in (
                    bare._replace(mode=python.STRING, data=(plain, 0, "")),
                    bare._replace(mode=python.FORMAT, data=(formatted, 0, "", 0)),
                    bare._replace(frames=(python.Frame(formatted),)),
                ):
                    yield from _closed(
                        self._loose.run, literal, end.encode(), suffix,
                        lambda at: at.mode != python.CODE or bool(at.frames),
                    )  # fmt: skip


class JavaAnywhere:
    """Java, with every stack."""

    def __init__(self, lexer: java.JavaLexer, recogniser: Recogniser) -> None:
        """Take the lexer and its recogniser."""
        self._lexer = lexer
        self._heads = recogniser.anywhere()
        signs = (name.strip("'") for name in recogniser.tables.terminals if name[0] == "'")
        self._words = (*java.CONTEXTUAL, *signs)

    def takes(self, state: State, suffix: bytes) -> bool:
        """Whether the suffix completes some text."""
        found = dict.fromkeys(_CONSTRUCTOR.findall(suffix.decode(errors="replace")))
        names = list(found)[:_NAMES]
        inner = [("",) * more for more in range(4)] + [(name,) for name in names]
        begun = [
            (at, start._replace(bodies=state.bodies + more))
            for at, start in (*self._starts(suffix), *self._declared(suffix, names))
            for more in inner
        ]
        ends = _abreast(self._lexer.run, begun, suffix, lambda state: (state,))
        return any(map(self._lexer.complete, ends))

    def _declared(self, suffix: bytes, names: Iterable[str]) -> Iterator[tuple[int, State]]:
        """Yield the heads of classes that are so called, begun in the name or behind it."""
        bare = java.State(java.CODE, (), self._heads)
        text = suffix[:100].decode(errors="replace")
        for name in names:
            yield 0, bare._replace(naming=name)
            for at in range(1, len(name)):
                if text.startswith(name[at:]) and not text[len(name) - at :][:1].isalnum():
                    yield 0, bare._replace(mode=java.NAME, data=(name[:at],), before="class")

    def _starts(self, suffix: bytes) -> Iterator[tuple[int, State]]:
        """Yield where lexemes begin or are begun, and literals and comments are closed."""
        bare = java.State(java.CODE, (), self._heads)
        yield 0, bare
        for text in _begun(self._words, suffix):
            mode = java.NAME if text.isidentifier() else java.OPERATOR
            yield 0, bare._replace(mode=mode, data=(text,))
        if _goes_on(suffix):
            yield 0, bare._replace(mode=java.NAME, data=(_BEGUN,))
            for number in _NUMBERS:
                yield 0, bare._replace(mode=java.NUMBER, data=(number,))
        yield 0, bare._replace(mode=java.LINE_COMMENT, data=("",))
        texts = [(end.encode(), java.TEXT, (end, 0, "")) for end in _QUOTES if end != "'''"]
        for end, mode, data in (*texts, (b"*/", java.COMMENT, ("",))):
            yield from _closed(
                self._lexer.run, bare._replace(mode=mode, data=data), end, suffix,
                lambda at: at.mode != java.CODE,
            )  # fmt: skip
