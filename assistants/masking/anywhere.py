"""Whether a suffix can follow any text at all: the machine over it, begun with every stack.

Where it is refused, no text before the cursor can mend the suffix. It is begun between lexemes,
within words and signs, and inside literals and comments.
"""

import re
from collections.abc import Iterable, Iterator
from typing import Any, Protocol

from . import java_lexer as java
from . import python_lexer as python
from .glr import Recogniser
from .python_literals import Quote

State = Any
_QUOTES = ('"', "'", '"""', "'''")
_CONSTRUCTOR = re.compile(r"(?:public|protected|private)\s+(\w+)\s*\(")
_MOST = 90
"""Columns that are taken to be open, below what the lexer allows."""


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
        for start in self._starts(state, suffix):
            for open_ in range(1, len(indents) + 1):
                begun = start._replace(heads=self._heads, indents=indents[:open_])
                after = self._loose.run(begun, suffix)
                if after is not None and self._loose.complete(after):
                    return True
        return False

    def _starts(self, state: State, suffix: bytes) -> Iterator[State]:
        bare = state._replace(
            mode=python.CODE, data=(), blank=False, carriage=False, partial=b"", frames=()
        )
        yield bare._replace(mode=python.COMMENT)
        inside = python.Frame()
        around = dict.fromkeys([(), state.frames, (*state.frames, inside), (inside,) * 8])
        begun = _begun(self._words, suffix)
        for frames in around:
            within = bare._replace(frames=frames)
            yield within
            for text in begun:
                word = text.isidentifier()
                mode, data = (python.NAME, (text, False)) if word else (python.OPERATOR, (text,))
                yield within._replace(mode=mode, data=data)
            for end in _QUOTES:
                plain, formatted = Quote.of("", end), Quote.of("f", end)
                yield within._replace(mode=python.STRING, data=(plain, 0, ""))
                yield within._replace(mode=python.FORMAT, data=(formatted, 0, "", False))
        for end in _QUOTES:
            yield bare._replace(frames=(python.Frame(Quote.of("f", end)),))


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
        starts: list[tuple[int, tuple[Any, ...]]] = [(java.CODE, ()), (java.COMMENT, ("",))]
        starts += [(java.TEXT, (end, 0, "")) for end in ('"', "'", '"""')]
        for text in _begun(self._words, suffix):
            starts.append((java.NAME if text.isidentifier() else java.OPERATOR, (text,)))
        starts.append((java.LINE_COMMENT, ("",)))
        bare = java.State(java.CODE, (), self._heads)
        names = dict.fromkeys(_CONSTRUCTOR.findall(suffix.decode(errors="replace")))
        inner = [("",) * more for more in range(4)] + [(name,) for name in list(names)[:3]]
        for more in inner:
            for mode, data in starts:
                start = bare._replace(mode=mode, data=data, bodies=state.bodies + more)
                after = self._lexer.run(start, suffix)
                if after is not None and self._lexer.complete(after):
                    return True
        return False
