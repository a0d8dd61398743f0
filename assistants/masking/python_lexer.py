"""Python's lexical rules as a machine over bytes, coupled to the recogniser.

A state is immutable: where the machine stands inside a lexeme, the indentation and bracket stacks,
and the recogniser's heads. `feed` returns the state after one more byte, or None where no
continuation can make the text a module. A lexeme is handed to the recogniser when the next byte
shows that it has ended; a partial lexeme is refused at once if nothing that it could become is
expected. After CPython's Parser/tokenizer.c; the fields of f-strings follow PEP 701 from 3.12 on
and the older, stricter rules before.
"""

import keyword
import re
from collections.abc import Iterable, Sequence
from typing import Any, NamedTuple

from . import python_literals as literals
from .glr import Heads, Recogniser
from .lalr import END
from .python_scopes import JUDGED, Place, Scopes
from .utf8 import begins_letter, decode_one

LINE, CODE, NAME, NUMBER, OPERATOR, JOIN, COMMENT, STRING, OPENING, FORMAT = range(10)
"""At a line's start; between lexemes; in a name, a number, an operator; after a backslash; in a
comment; in a string; in a string's opening quotes; in the literal text of an f-string."""

SOFT = frozenset({"match", "case", "type"})
_OPERATORS = frozenset(
    "+ - * ** / // % @ << >> & | ^ ~ := < > <= >= == != -> += -= *= /= //= %= @= &= |= ^= >>= <<="
    " **= = . ... : ; ,".split()
)
_STARTS = frozenset(operator[:n] for operator in _OPERATORS for n in range(1, 4)) | {"!"}
_BRACKETS = {"(": 1, "[": 1, "{": 1, ")": -1, "]": -1, "}": -1}
_STRETCHES = {
    LINE: re.compile(rb" +"),
    CODE: re.compile(rb"[ \t]+"),
    NAME: re.compile(rb"[A-Za-z0-9_]+"),
    COMMENT: re.compile(rb"[\t -~]+"),
    STRING: re.compile(rb"[\t !#-&(-\[\]-~]+"),
}
_MAX_INDENTS, MAX_BRACKETS = 100, 200


class Frame(NamedTuple):
    """An open bracket; with `quote`, the field of an f-string that is in that string.

    `in_spec` counts the format specifications of that string that the field was opened inside.
    """

    quote: literals.Quote | None = None
    in_spec: int = 0


class State(NamedTuple):
    """One place in one text. `data` belongs to the mode: a partial lexeme, columns, an escape."""

    mode: int
    data: tuple[Any, ...]
    heads: Heads
    place: Place
    indents: tuple[tuple[int, int], ...] = ((0, 0),)
    frames: tuple[Frame, ...] = ()
    blank: bool = True
    carriage: bool = False
    partial: bytes = b""


class PythonLexer:
    """The machine for one version of Python. Holds no state of a text; safe to share."""

    def __init__(self, recogniser: Recogniser, version: tuple[int, int]) -> None:
        self._recogniser = recogniser
        self._scopes = Scopes()
        self._ids = recogniser.tables.terminals
        self._names = {
            number: "NAME" if terminal.strip("'") in SOFT else terminal
            for terminal, number in self._ids.items()
        }
        self._doubtful = [(1 << self._ids[name], name) for name in JUDGED if name in self._ids]
        self._old_fields = version < (3, 12)
        self._lines_in_spec = (3, 12) <= version < (3, 14)
        self._prefixes = literals.string_prefixes(version)
        self._keywords = tuple(word for word in keyword.kwlist if f"'{word}'" in self._ids)
        self._modes = {
            LINE: self._line,
            CODE: self._code,
            NAME: self._name,
            NUMBER: self._number,
            OPERATOR: self._operator,
            JOIN: self._join,
            COMMENT: self._comment,
            STRING: self._string,
            OPENING: self._opening,
            FORMAT: self._format,
        }

    def start(self) -> State:
        """Return the state before the first byte."""
        return State(LINE, (0, 0, 0), self._recogniser.start, self._scopes.start)

    def feed(self, state: State, byte: int) -> State | None:
        """Return the state after one more byte, or None where it cannot stand."""
        if byte < 0x80 and not state.partial:
            return self._char(state, chr(byte))
        partial = state.partial + bytes((byte,))
        character = decode_one(partial)
        if character is None:
            return None
        if not character:
            return state._replace(partial=partial) if self._may_begin(state, partial) else None
        return self._char(state._replace(partial=b""), character)

    def _may_begin(self, state: State, partial: bytes) -> bool:
        """Whether some character that starts with these bytes can stand here."""
        after = self._char(state, "é")
        if after is None or after.mode in (STRING, COMMENT, FORMAT):
            return after is not None
        return begins_letter(partial, _goes_on if state.mode == NAME else str.isidentifier)

    def run(self, state: State, data: bytes) -> State | None:
        """Return the state after many bytes; plain stretches of a lexeme are taken at once."""
        at, after = 0, state
        while at < len(data):
            stretch = _STRETCHES.get(after.mode)
            found = stretch.match(data, at) if stretch and not after.partial else None
            if found is None or not self._take(after, found.group()):
                step = self.feed(after, data[at])
                at += 1
            else:
                step = self._taken(after, found.group().decode())
                at = found.end()
            if step is None:
                return None
            after = step
        return after

    def _take(self, state: State, stretch: bytes) -> bool:
        """Whether a stretch of ordinary characters changes nothing but what `_taken` does."""
        if not stretch or state.carriage or (self._old_fields and state.frames):
            return False
        return state.mode != STRING or state.data[1:] == (0, "")

    def _taken(self, state: State, stretch: str) -> State | None:
        if state.mode == NAME:
            text, after_number = state.data
            if not self._could_be_name(state, text + stretch, after_number=after_number):
                return None
            return state._replace(data=(text + stretch, after_number))
        if state.mode == LINE:
            column, alternative, joined = state.data
            return state._replace(data=(column + len(stretch), alternative + len(stretch), joined))
        return state

    def viable(self, state: State) -> int:
        """Return the terminals that can follow, a bit each."""
        found = self._recogniser.viable(state.heads)
        for bit, terminal in self._doubtful:
            if found & bit and self._scopes.step(state.place, terminal) is None:
                found ^= bit
        return found

    def advance(self, state: State, terminals: Sequence[int], text: str) -> State | None:
        """Return the state with the heads after a lexeme that is any of some terminals."""
        heads = None
        for terminal in terminals:
            heads = self._recogniser.union(heads, self._recogniser.step(state.heads, terminal))
        place = self._scopes.step(state.place, self._names[terminals[0]], text)
        return state._replace(heads=heads, place=place) if heads and place else None

    def complete(self, state: State) -> bool:
        """Whether the text so far is a whole module."""
        if state.partial or (state.frames and state.mode != CODE):
            return False
        ended: State | None = state
        if state.mode in (NAME, NUMBER, OPERATOR):
            ended = self._finish(state)
        elif state.mode == OPENING:
            ended = self._empty_string(state)
        elif state.mode not in (CODE, COMMENT, LINE) or (state.mode == LINE and state.data[2]):
            return False
        if ended is None or ended.frames:
            return False
        heads = ended.heads if ended.blank else self._step(ended.heads, "NEWLINE")
        for _ in ended.indents[1:]:
            heads = self._step(heads, "DEDENT")
        return bool(heads and self._step(heads, END))

    def _step(self, heads: Heads | None, terminal: str) -> Heads | None:
        number = self._ids.get(terminal)
        return self._recogniser.step(heads, number) if number is not None and heads else None

    def _after(self, state: State, *terminals: str) -> State | None:
        """Return the state between lexemes after these terminals, or None."""
        heads: Heads | None = state.heads
        place: Place | None = state.place
        for terminal in terminals:
            heads = self._step(heads, terminal)
            place = place and heads and self._scopes.step(place, terminal)
        if heads is None or place is None:
            return None
        return state._replace(mode=CODE, data=(), heads=heads, place=place, blank=False)

    def _expects(self, state: State, terminals: Iterable[str]) -> bool:
        return any(
            self._step(state.heads, terminal) and self._scopes.step(state.place, terminal)
            for terminal in terminals
        )

    def _char(self, state: State, char: str) -> State | None:
        if char == "\0":
            return None
        if state.carriage:
            state = state._replace(carriage=False)
            if char == "\n":
                return state
        if self._old_fields and state.frames and self._ends_old_field(state, char):
            return None
        if char == "\r":
            after = self._modes[state.mode](state, "\n")
            return after and after._replace(carriage=True)
        return self._modes[state.mode](state, char)

    def _ends_old_field(self, state: State, char: str) -> bool:
        """Whether before 3.12 this character cannot stand in the open fields.

        A string was read whole before its fields were, so neither its own quotes nor a backslash
        nor a comment could be in one.
        """
        inside = state.data[0] if state.mode == FORMAT else None
        for frame in state.frames:
            quote = frame.quote
            if quote is None or quote == inside:
                continue
            single = len(quote.end) == 1
            if char == "\\" or (char == "#" and state.mode == CODE):
                return True
            if single and char in (quote.end, "\n", "\r"):
                return True
            if not single and state.mode == OPENING and char == quote.end[0] == state.data[1]:
                return state.data[2] == 2
        return False

    # At a line's start -------------------------------------------------------------------------

    def _line(self, state: State, char: str) -> State | None:
        column, alternative, joined = state.data
        if char == " ":
            return state._replace(data=(column + 1, alternative + 1, joined))
        if char == "\t":
            return state._replace(data=((column // 8 + 1) * 8, alternative + 1, joined))
        if char == "\f":
            return state._replace(data=(0, 0, joined))
        if char == "\n":
            return state._replace(data=(0, 0, 0))
        if char == "#":
            return state._replace(mode=COMMENT, data=())
        if char == "\\":
            return state._replace(mode=JOIN, data=(column, alternative, joined or column))
        after = self.indented(state)
        return after and self._code(after, char)

    def indented(self, state: State) -> State | None:
        """Return the state before the first character of a line that is not empty."""
        column, alternative, joined = state.data
        return self._indent(state, joined or column, joined or alternative)

    def _indent(self, state: State, column: int, alternative: int) -> State | None:
        indents, terminals = state.indents, list[str]()
        if column > indents[-1][0]:
            if alternative <= indents[-1][1] or len(indents) >= _MAX_INDENTS:
                return None
            indents, terminals = (*indents, (column, alternative)), ["INDENT"]
        while column < indents[-1][0]:
            indents, terminals = indents[:-1], [*terminals, "DEDENT"]
        if indents[-1] != (column, alternative):
            return None
        return self._after(state._replace(indents=indents), *terminals)

    def _join(self, state: State, char: str) -> State | None:
        if not state.data or len(state.data) == 3:
            if char != "\n":
                return None
            if state.data:
                return state._replace(mode=JOIN, data=(*state.data, "line"))
            return state._replace(mode=JOIN, data=("code",))
        if len(state.data) == 4:
            return self._line(state._replace(mode=LINE, data=state.data[:3]), char)
        return self._code(state._replace(mode=CODE, data=()), char)

    def _comment(self, state: State, char: str) -> State | None:
        return self._newline(state) if char == "\n" else state

    def _newline(self, state: State) -> State | None:
        if state.frames:
            return state._replace(mode=CODE, data=())
        if not state.blank:
            after = self._after(state, "NEWLINE")
            if after is None:
                return None
            state = after
        return state._replace(mode=LINE, data=(0, 0, 0), blank=True)

    # Between lexemes ---------------------------------------------------------------------------

    def _code(self, state: State, char: str) -> State | None:
        if char in " \t\f":
            return state
        if char == "\n":
            return self._newline(state)
        if char == "#":
            ends_line = state.blank or state.frames or self._expects(state, ("NEWLINE",))
            return state._replace(mode=COMMENT, data=()) if ends_line else None
        if char == "\\":
            return state._replace(mode=JOIN, data=())
        if char in "\"'":
            return self._open_string(state, "", char)
        if char.isdigit() and char.isascii():
            return self._number(state._replace(mode=NUMBER, data=("",), blank=False), char)
        if char.isidentifier():
            return self._name(state._replace(mode=NAME, data=("", False), blank=False), char)
        if state.frames and state.frames[-1].quote and char in "}:":
            return self._end_expression(state, char)
        if char in _BRACKETS:
            return self._bracket(state, char)
        return self._operator(state._replace(mode=OPERATOR, data=("",), blank=False), char)

    def _bracket(self, state: State, char: str) -> State | None:
        after = self._after(state, f"'{char}'")
        if after is None:
            return None
        if _BRACKETS[char] < 0:
            return after._replace(frames=after.frames[:-1])
        if len(after.frames) >= MAX_BRACKETS:
            return None
        return after._replace(frames=(*after.frames, Frame()))

    def _finish(self, state: State) -> State | None:
        """End the name, number or operator that is open."""
        if state.mode == NUMBER:
            terminal = literals.number_terminal(state.data[0])
            return self._after(state, terminal) if terminal else None
        text = state.data[0]
        if state.mode == OPERATOR:
            if text == "!":
                return None
            return self._after(state, *(["'.'", "'.'"] if text == ".." else [f"'{text}'"]))
        if not text.isidentifier():
            return None
        if text in self._keywords:
            return self._after(state, f"'{text}'")
        heads = self._step(state.heads, "NAME")
        captured = self._step(state.heads, "WILDCARD" if text == "_" else "CAPTURE")
        heads = self._recogniser.union(heads, captured)
        if text in SOFT:
            heads = self._recogniser.union(heads, self._step(state.heads, f"'{text}'"))
        place = heads and self._scopes.step(state.place, "NAME", text)
        if heads is None or place is None:
            return None
        return state._replace(mode=CODE, data=(), heads=heads, place=place)

    def _then(self, state: State, char: str) -> State | None:
        ended = self._finish(state)
        return ended and self._code(ended, char)

    def _name(self, state: State, char: str) -> State | None:
        text, after_number = state.data
        if char in "\"'" and text.lower() in self._prefixes:
            return self._open_string(state, text.lower(), char)
        if not _goes_on(char):
            if after_number and text not in literals.AFTER_NUMBER:
                return None
            return self._then(state, char)
        text += char
        if not self._could_be_name(state, text, after_number=after_number):
            return None
        return state._replace(data=(text, after_number))

    def _could_be_name(self, state: State, text: str, *, after_number: bool) -> bool:
        if after_number:
            words = [w for w in literals.AFTER_NUMBER if w.startswith(text)]
            return self._expects(state, (f"'{word}'" for word in words))
        named = self._step(state.heads, "NAME") or self._step(state.heads, "CAPTURE")
        if named and self._scopes.may_name(state.place, text):
            return True
        words = (w for w in (*self._keywords, *SOFT) if w.startswith(text))
        if self._expects(state, (f"'{word}'" for word in words)):
            return True
        prefixes = [p for p in self._prefixes if p.startswith(text.lower())]
        return self._expects(state, map(literals.string_terminal, prefixes))

    def _number(self, state: State, char: str) -> State | None:
        text = state.data[0]
        if not text and not self._expects(state, ("NUMBER", "IMAGINARY")):
            return None
        if literals.could_be_number(text + char):
            return state._replace(data=(text + char,))
        if text[-1:] in "eE" and char == "l" and literals.number_terminal(text[:-1]):
            return self._keyword_after(state._replace(data=(text[:-1],)), "el")
        if _goes_on(char):
            return self._keyword_after(state, char)
        return self._then(state, char)

    def _keyword_after(self, state: State, text: str) -> State | None:
        """A keyword may follow a number without a space: `1if x else 2`."""
        ended = self._finish(state)
        if ended is None or not self._could_be_name(ended, text, after_number=True):
            return None
        return ended._replace(mode=NAME, data=(text, True))

    def _operator(self, state: State, char: str) -> State | None:
        text = state.data[0]
        if text == "." and char in "0123456789":
            return (
                self._number(state._replace(mode=NUMBER, data=(".",)), char)
                if (self._expects(state, ("NUMBER", "IMAGINARY")))
                else None
            )
        in_field = bool(state.frames and state.frames[-1].quote)
        if text == "!" and in_field and char in "rsa":
            return self._after(state, "CONVERSION")
        longer = text + char
        if longer not in _STARTS or (text == "!" and char != "="):
            return self._then(state, char) if text else None
        if longer == "!" and in_field:
            return state._replace(data=(longer,))
        if longer == ".." and self._after(state, "'.'", "'.'"):
            return state._replace(data=(longer,))
        wanted = [f"'{op}'" for op in _OPERATORS if op.startswith(longer)]
        if longer == "." and self._expects(state, ("NUMBER", "IMAGINARY")):
            return state._replace(data=(longer,))
        if not self._expects(state, wanted):
            return self._then(state, char) if text and text in _OPERATORS else None
        return state._replace(data=(longer,))

    # Strings -----------------------------------------------------------------------------------

    def _open_string(self, state: State, prefix: str, char: str) -> State | None:
        if not self._step(state.heads, literals.string_terminal(prefix)):
            return None
        return state._replace(mode=OPENING, data=(prefix, char, 1), blank=False)

    def _opening(self, state: State, char: str) -> State | None:
        prefix, quote, count = state.data
        if char != quote:
            if count == 2:
                ended = self._empty_string(state)
                return ended and self._code(ended, char)
            opened = self._opened(state, prefix, quote)
            return opened and self._modes[opened.mode](opened, char)
        if count == 1:
            return state._replace(data=(prefix, quote, 2))
        return self._opened(state, prefix, quote * 3)

    def _empty_string(self, state: State) -> State | None:
        prefix, _, count = state.data
        if count != 2:
            return None
        terminal = literals.string_terminal(prefix)
        formatted = literals.Quote.of(prefix, "").formatted
        return self._after(state, *([terminal, "FSTRING_END"] if formatted else [terminal]))

    def _opened(self, state: State, prefix: str, end: str) -> State | None:
        quote = literals.Quote.of(prefix, end)
        if not quote.formatted:
            return state._replace(mode=STRING, data=(quote, 0, ""))
        after = self._after(state, literals.string_terminal(prefix))
        return after and after._replace(mode=FORMAT, data=(quote, 0, "", 0))

    def _string(self, state: State, char: str) -> State | None:
        quote, run, escape = state.data
        read = literals.read(quote, run, escape, char)
        if read is None:
            return None
        if read == literals.CLOSED:
            return self._after(state, "BYTES" if quote.binary else "STRING")
        return state._replace(data=(quote, *read))

    def _format(self, state: State, char: str) -> State | None:
        quote, run, escape, in_spec = state.data
        if escape == "{":
            if char == "{" and not in_spec:
                return state._replace(data=(quote, 0, "", in_spec))
            opened = self._open_field(state)
            return opened and self._char(opened, char)
        if escape == "}":
            return state._replace(data=(quote, 0, "", in_spec)) if char == "}" else None
        if char == "{" and escape in {"", "\\"}:
            opened = state._replace(data=(quote, 0, "{", in_spec))
            return self._open_field(opened) if in_spec else opened
        if char == "}" and escape in {"", "\\"}:
            if in_spec:
                return self._close_field(state)
            return state._replace(data=(quote, 0, "}", in_spec))
        if char == "\n" and in_spec and self._lines_in_spec:
            return state._replace(data=(quote, 0, "", in_spec))
        read = literals.read(quote, run, escape, char)
        if read is None:
            return None
        if read == literals.CLOSED:
            return None if in_spec else self._after(state, "FSTRING_END")
        return state._replace(data=(quote, *read, in_spec))

    def _open_field(self, state: State) -> State | None:
        quote, _, _, in_spec = state.data
        too_deep = in_spec > (1 if self._old_fields else 2)
        after = None if too_deep else self._after(state, "FIELD_OPEN")
        return after and after._replace(frames=(*after.frames, Frame(quote, in_spec)))

    def _end_expression(self, state: State, char: str) -> State | None:
        """The expression of a field ends, by its brace or by the colon of a specification."""
        if char == "}":
            return self._close_field(state)
        after = self._after(state, "FIELD_SPEC")
        frame = state.frames[-1]
        data = (frame.quote, 0, "", frame.in_spec + 1)
        return after and after._replace(mode=FORMAT, data=data)

    def _close_field(self, state: State) -> State | None:
        frame = state.frames[-1]
        after = self._after(state, "FIELD_CLOSE")
        return after and after._replace(
            mode=FORMAT, data=(frame.quote, 0, "", frame.in_spec), frames=after.frames[:-1]
        )


def _goes_on(char: str) -> bool:
    """Whether a name may go on with a character."""
    return ("a" + char).isidentifier()
