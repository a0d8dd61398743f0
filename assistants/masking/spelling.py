"""Short texts that go on from a state: what a search for the shortest ending tries.

A partial lexeme is finished first. Between lexemes, each terminal that the recogniser names has one
spelling, with a space before it where it would run into what stands there.
"""

from collections.abc import Iterable, Mapping
from typing import Any, Protocol

from . import java_lexer as java
from . import python_lexer as python
from .glr import Recogniser
from .python_literals import string_prefixes

State = Any
NEEDED, BEGUN, ANY = range(3)
"""Which terminals are tried: those that finish what must be finished, those that go on with what
was begun, and all that can follow."""

_PYTHON_OPENINGS = (
    *(b"#", b'"', b"'", b'"""', b"'''", b'f"', b"f'", b"if x:", b"try:", b"for x in x:"),
    *(
        b"while x:",
        b"with x:",
        b"def x():",
        b"def x():\n",
        b"class x:",
        b"match x:",
        b"case x:",
        b"x(",
    ),
)
_JAVA_OPENINGS = (
    *(b"//", b'"', b"'", b'"""', b"if(x)", b"if(x){", b"for(;;){", b"while(x){", b"do{"),
    *(b"try{", b"switch(x){", b"case x:", b"class x{", b"void x(){", b"x x(", b"x(", b"x(()->{"),
)
"""What may have been open where the suffix begins."""

_TAILS = tuple(bytes((value,)) for value in range(0x80, 0xC0))


class Spelling(Protocol):
    """What may be written next in one language."""

    openings: tuple[bytes, ...]
    """What may have been open where a suffix begins."""

    def pieces(self, state: State, choice: int, columns: Iterable[int], /) -> Iterable[bytes]:
        """Return texts to try behind a state; not all of them are allowed there.

        `columns` are those at which lines of the suffix begin.
        """
        ...

    def onward(self, state: State, /) -> bytes | None:
        """Return the one text that most likely leads nearer to an end, if one is known."""
        ...

    def lacking(self, state: State, /) -> int:
        """Return how many terminals the whole text lacks at least, as far as stacks tell."""
        ...


class _Terminals:
    """Spells the terminals that can follow."""

    def __init__(
        self, recogniser: Recogniser, special: Mapping[str, str], openings: Iterable[bytes]
    ) -> None:
        self._recogniser, self._openings = recogniser, tuple(openings)
        self._spelled = {
            number: special.get(terminal, terminal.strip("'")).encode()
            for terminal, number in recogniser.tables.terminals.items()
        }

    def texts(self, state: State, choice: int) -> list[bytes]:
        """Return the spellings of what can follow a state between lexemes."""
        if choice == ANY:
            viable = self._recogniser.viable(state.heads)
            found = [number for number in self._spelled if viable >> number & 1]
        else:
            rests = self._recogniser.finishing(state.heads)
            found = [number for number, needed in rests.items() if needed or choice == BEGUN]
        texts = [text for number in found if (text := self._spelled[number])]
        return [*texts, *self._openings] if choice == ANY else texts

    def nearest(self, state: State) -> bytes | None:
        """Return the spelling of the terminal on the way to the nearest end of the whole text."""
        _, first = self._recogniser.way(state.heads)
        viable = self._recogniser.viable(state.heads)
        return self._spelled[first] or None if first >= 0 and viable >> first & 1 else None

    def lacking(self, state: State) -> int:
        """Return how many terminals the whole text lacks at least, as far as stacks tell."""
        return self._recogniser.way(state.heads)[0]


_WORD = frozenset(b"abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_.\"'")
_NOTHING = frozenset[int]()
_SIGNS = frozenset(b"=<>+-*/%&|^!~:.@?")


def _apart(texts: Iterable[bytes], touching: frozenset[int]) -> list[bytes]:
    """Put a space before texts that would run into what stands before them."""
    return [b" " + text if text[0] in touching else text for text in texts]


_PYTHON_WORDS = {python.NAME: _WORD, python.NUMBER: _WORD, python.OPERATOR: _SIGNS}
_JAVA_WORDS = {java.NAME: _WORD, java.NUMBER: _WORD, java.OPERATOR: _SIGNS, java.ANGLE: _SIGNS}
"""What a lexeme would run into, by the mode of the lexer."""


def _onward(
    spelling: "PythonSpelling | JavaSpelling", state: State, between: int,
    touching: Mapping[int, frozenset[int]], terminals: _Terminals,
) -> bytes | None:  # fmt: skip
    """Return what finishes a literal or a comment, else the next terminal on the shortest way."""
    if state.partial:
        return None
    if state.mode != between and state.mode not in touching:
        return next(iter(spelling.pieces(state, NEEDED, ())), None)
    after = state if state.mode == between else spelling.lexer.feed(state, 0x20)
    if after is None:
        return next(iter(spelling.pieces(state, NEEDED, ())), None)
    text = terminals.nearest(after)
    return _apart([text], touching.get(state.mode, _NOTHING))[0] if text else None


class PythonSpelling:
    """Texts of Python."""

    def __init__(self, lexer: python.PythonLexer, recogniser: Recogniser) -> None:
        """Take the lexer that the texts are for."""
        self.lexer, self.openings = lexer, _PYTHON_OPENINGS
        special = {
            "NAME": "x", "NUMBER": "0", "IMAGINARY": "0j", "STRING": '""', "BYTES": 'b""',
            "FSTRING_START": 'f""', "NEWLINE": "\n", "FIELD_CLOSE": "}", "FIELD_SPEC": "",
            "INDENT": "", "DEDENT": "", "END": "", "FSTRING_END": "", "FIELD_OPEN": "",
            "CONVERSION": "!r",
        }  # fmt: skip
        unspelled = {name: "" for name in recogniser.tables.terminals if name.isupper()}
        self._terminals = _Terminals(recogniser, unspelled | special, _PYTHON_OPENINGS)
        self._words = [name.strip("'") for name in recogniser.tables.terminals if name[0] == "'"]
        self._prefixes = string_prefixes((3, 14)) - {""}

    def pieces(self, state: State, choice: int, columns: Iterable[int]) -> Iterable[bytes]:
        """Return texts to try behind a state."""
        if state.partial:
            return _TAILS
        mode = state.mode
        if mode in (python.STRING, python.FORMAT):
            end = state.data[0].end.encode()
            return [end, end[:1], b"}", b"0", b"{DIGIT ONE}"]
        if mode == python.OPENING and state.data[2] < 2:
            return [state.data[1].encode()]
        if mode in (python.COMMENT, python.JOIN) and state.data != ("code",):
            return [b"\n"]
        if mode == python.LINE:
            return self._lines(state, choice, columns)
        return self._next(state, choice)

    def _next(self, state: State, choice: int) -> list[bytes]:
        found: list[bytes] = []
        if state.mode in (python.NAME, python.OPERATOR):
            text = state.data[0]
            found = [
                word[len(text) :].encode()
                for word in self._words
                if word.startswith(text) and word != text
            ]
            if state.mode == python.NAME and text in self._words:
                found.append(b"x")
            if state.mode == python.NAME and text.lower() in self._prefixes:
                found += [b"'", b'"']
        elif state.mode == python.NUMBER:
            found = [b"0"]
        after = state if state.mode == python.CODE else self.lexer.feed(state, 0x20)
        if after is None:
            return found
        return found + _apart(
            self._terminals.texts(after, choice), _PYTHON_WORDS.get(state.mode, _NOTHING)
        )

    def onward(self, state: State) -> bytes | None:
        """Return the one text that most likely leads nearer to an end, if one is known."""
        if state.mode == python.LINE and not state.partial:
            return self._line_onward(state)
        return _onward(self, state, python.CODE, _PYTHON_WORDS, self._terminals)

    def _line_onward(self, state: State) -> bytes | None:
        """Return the shortest first words of a line that is as deep as it must be."""
        column = state.data[0]
        *around, deepest = [indent for indent, _ in state.indents]
        for wanted in (deepest, deepest + 4, *reversed(around)):
            blank = b" " * (wanted - column)
            at = self.lexer.run(state, blank)
            within = at and self.lexer.indented(at)
            text = within and self._terminals.nearest(within)
            if text and text != b"\n":
                return blank + text
        return None

    def lacking(self, state: State) -> int:
        """Return how many terminals the whole text lacks at least, as far as stacks tell."""
        ended = self.lexer.feed(state, 0x20) if state.mode in _PYTHON_WORDS else None
        return self._terminals.lacking(ended or state)

    def _lines(self, state: State, choice: int, columns: Iterable[int]) -> list[bytes]:
        """Return the first words of a line, behind every indentation that can stand."""
        column = state.data[0]
        known = [column for column, _ in state.indents]
        found: list[bytes] = []
        for wanted in dict.fromkeys((*known, known[-1] + 4, *columns)):
            for blank in (b" " * (wanted - column), b"\t" * ((wanted - column) // 8)):
                at = self.lexer.run(state, blank)
                within = at and self.lexer.indented(at)
                if within and (blank or wanted == column):
                    texts = self._terminals.texts(within, choice)
                    found += [blank, *(blank + text for text in texts if text != b"\n")]
        return [text for text in dict.fromkeys(found) if text]


class JavaSpelling:
    """Texts of Java."""

    def __init__(self, lexer: java.JavaLexer, recogniser: Recogniser) -> None:
        """Take the lexer that the texts are for."""
        self.lexer, self.openings = lexer, _JAVA_OPENINGS
        names = recogniser.tables.terminals
        special = {name: name.lower() for name in names if name.isupper()} | {
            "IDENT": "x", "INTEGER": "0", "FLOATING": "0f", "CHARACTER": "'a'", "STRING": '""',
            "UNDERSCORE": "_", "NON_SEALED": "non-sealed", "TIGHT": ">", "JOINED": "=",
            "RESTRICTED": "var", "CONSTRUCTOR": "", "END": "",
        }  # fmt: skip
        self._terminals = _Terminals(recogniser, special, _JAVA_OPENINGS)
        operators = [name.strip("'") for name in names if name[0] == "'"]
        self._words = (*java.KEYWORDS, *java.CONTEXTUAL, "non-sealed", *operators)

    def pieces(self, state: State, choice: int, columns: Iterable[int]) -> Iterable[bytes]:
        """Return texts to try behind a state."""
        del columns
        if state.partial:
            return _TAILS
        if state.escape:
            return [b"u0041", b"0041", b"041", b"41", b"1"]
        mode = state.mode
        if mode == java.TEXT:
            return [state.data[0].encode(), b'"', b"a", b"n", b"\n"]
        if mode == java.COMMENT:
            return [b"/", b"*/"]
        if mode == java.LINE_COMMENT:
            return [b"\n"]
        if mode == java.OPENING and state.data[0] == 1:
            return [b'"']
        return self._next(state, choice)

    def _next(self, state: State, choice: int) -> list[bytes]:
        found: list[bytes] = []
        if state.mode in (java.NAME, java.OPERATOR, java.HYPHEN):
            text = state.data[0]
            found = [
                word[len(text) :].encode()
                for word in self._words
                if word.startswith(text) and word != text
            ]
            if state.mode == java.NAME and text in self._words:
                found.append(b"x")
        elif state.mode == java.NUMBER:
            found = [b"0", b"p0"]
        after = state if state.mode == java.CODE else self.lexer.feed(state, 0x20)
        if after is None:
            return found
        texts = self._terminals.texts(after, choice)
        if state.bodies and state.bodies[-1]:
            texts.append(state.bodies[-1].encode())
        return found + _apart(texts, _JAVA_WORDS.get(state.mode, _NOTHING))

    def onward(self, state: State) -> bytes | None:
        """Return the one text that most likely leads nearer to an end, if one is known."""
        if state.escape:
            return None
        return _onward(self, state, java.CODE, _JAVA_WORDS, self._terminals)

    def lacking(self, state: State) -> int:
        """Return how many terminals the whole text lacks at least, as far as stacks tell."""
        ended = self.lexer.feed(state, 0x20) if state.mode in _JAVA_WORDS else None
        return self._terminals.lacking(ended or state)
