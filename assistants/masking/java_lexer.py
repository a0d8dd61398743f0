"""Java's lexical rules as a machine over bytes, coupled to the recogniser.

After chapter 3 of the Java Language Specification. States are immutable, as in `python_lexer`.
Unicode escapes are read inside literals and comments and in names; a `>` is handed on when the
next character shows whether it is touched (TIGHT), so that closing type arguments and shifts are
told apart by the grammar and never guessed here.
"""

import re
from collections.abc import Sequence
from typing import Any, NamedTuple
from unicodedata import category

from .glr import Heads, Recogniser
from .lalr import END
from .utf8 import begins_letter, decode_one, numbers_letter

CODE, NAME, NUMBER, OPERATOR, ANGLE, LINE_COMMENT, COMMENT, TEXT, OPENING, HYPHEN = range(10)
"""Between lexemes; in a name, a number, an operator; after `>`; in a comment to the line's end or
to its closing sign; in a literal between quotes; in a string's opening quotes; in `non-sealed`."""

KEYWORDS = frozenset(
    "abstract assert boolean break byte case catch char class const continue default do double"
    " else enum extends final finally float for goto if implements import instanceof int interface"
    " long native new package private protected public return short static strictfp super switch"
    " synchronized this throw throws transient try void volatile while true false null".split()
)
CONTEXTUAL = frozenset(
    "module open opens exports requires transitive to uses provides with permits record sealed"
    " var when yield".split()
)
_RESTRICTED = frozenset({"permits", "record", "sealed", "var", "yield"})
"""Words that name no type (section 3.9)."""
_OPERATORS = frozenset(
    "= < ! ~ ? : -> == <= != && || ++ -- + - * / & | ^ % << += -= *= /= &= |= ^= %= <<= :: ... . ;"
    " , @".split()
)
_STARTS = frozenset(operator[:n] for operator in _OPERATORS for n in range(1, 4))
DECLARING = frozenset({"class", "interface", "enum", "record"})
_MODIFIERS = frozenset(
    "public protected private static abstract final native synchronized transient volatile"
    " strictfp default".split()
)
_SPACE = " \t\f\n\r"

_D, _X = r"\d(?:_*\d)*", r"[\da-fA-F](?:_*[\da-fA-F])*"
_DECIMAL_EXPONENT, _BINARY_EXPONENT = rf"[eE][-+]?{_D}", rf"[pP][-+]?{_D}"
_INTEGER = re.compile(rf"(0[xX]{_X}|0[bB][01](?:_*[01])*|0(?:_*[0-7])*|[1-9](?:_*\d)*)([lL]?)")
_FLOATING = re.compile(
    rf"(?:{_D}\.(?:{_D})?|\.{_D})(?:{_DECIMAL_EXPONENT})?[fFdD]?|{_D}{_DECIMAL_EXPONENT}[fFdD]?"
    rf"|{_D}[fFdD]|0[xX](?:{_X}\.?|(?:{_X})?\.{_X}){_BINARY_EXPONENT}[fFdD]?"
)
_UNFINISHED = re.compile(
    rf"0[xX](?:{_X}_*)?|0[bB](?:[01](?:_*[01])*_*)?|{_D}_*|(?:{_D}\.|\.)(?:{_D}_*)?"
    rf"|(?:{_D}\.(?:{_D})?|\.{_D}|{_D})[eE][-+]?(?:{_D}_*)?"
    rf"|0[xX](?:{_X})?\.(?:{_X}_*)?|0[xX](?:{_X}\.?|(?:{_X})?\.{_X})[pP][-+]?(?:{_D}_*)?"
)


class State(NamedTuple):
    """One place in one text. `data` belongs to the mode; `escape` is a Unicode escape so far.

    `bodies` holds for each open brace the name of the class whose body it opened, or nothing;
    `before` the word before if it declares a class, `naming` the class that is being declared, and
    `modifiers` those that stand in a row: what a constructor's name and a repeated modifier are
    judged by.
    """

    mode: int
    data: tuple[Any, ...]
    heads: Heads
    bodies: tuple[str, ...] = ()
    before: str = ""
    naming: str = ""
    modifiers: frozenset[str] = frozenset()
    escape: str = ""
    partial: bytes = b""


class JavaLexer:
    """The machine for one version of Java. Holds no state of a text; safe to share."""

    def __init__(self, recogniser: Recogniser, version: int) -> None:
        self._recogniser = recogniser
        self._ids = recogniser.tables.terminals
        self._underscore = version >= 22
        self._words = {word: f"'{word}'" for word in KEYWORDS if f"'{word}'" in self._ids} | {
            word: word.upper() for word in CONTEXTUAL if word.upper() in self._ids
        }
        self._modes = {
            CODE: self._code, NAME: self._name, NUMBER: self._number, OPERATOR: self._operator,
            ANGLE: self._angle, LINE_COMMENT: self._line_comment, COMMENT: self._comment,
            TEXT: self._text, OPENING: self._opening, HYPHEN: self._hyphen,
        }  # fmt: skip

    def start(self) -> State:
        """Return the state before the first byte."""
        return State(CODE, (), self._recogniser.start)

    def feed(self, state: State, byte: int) -> State | None:
        """Return the state after one more byte, or None where it cannot stand."""
        if byte < 0x80 and not state.partial:
            return self._char(state, chr(byte))
        partial = state.partial + bytes((byte,))
        character = decode_one(partial)
        if character:
            return self._char(state._replace(partial=b""), character)
        if character is None or not self._may_begin(state, partial):
            return None
        return state._replace(partial=partial)

    def run(self, state: State, data: bytes) -> State | None:
        """Return the state after many bytes; plain stretches of a lexeme are taken at once."""
        at, after = 0, state
        while at < len(data):
            stretch = _STRETCHES.get(after.mode)
            plain = not after.partial and not after.escape and after.data[-1:] != ("\\",)
            found = stretch.match(data, at) if stretch and plain else None
            if found:
                step = self._taken(after, found.group().decode())
                at = found.end()
            else:
                step = self.feed(after, data[at])
                at += 1
            if step is None:
                return None
            after = step
        return after

    def viable(self, state: State) -> int:
        """Return the terminals that can follow, a bit each."""
        return self._recogniser.viable(state.heads)

    def advance(self, state: State, terminals: Sequence[int]) -> State | None:
        """Return the state with the heads after a lexeme that is any of some terminals."""
        heads = None
        for terminal in terminals:
            heads = self._recogniser.union(heads, self._recogniser.step(state.heads, terminal))
        return state._replace(heads=heads) if heads else None

    def complete(self, state: State) -> bool:
        """Whether the text so far is a whole compilation unit."""
        if state.partial or state.escape:
            return False
        ended: State | None = state
        if state.mode in (NAME, NUMBER, OPERATOR, ANGLE, OPENING):
            ended = self._finish(state)
        elif state.mode not in (CODE, LINE_COMMENT):
            return False
        return ended is not None and bool(self._step(ended.heads, END))

    def _step(self, heads: Heads | None, terminal: str) -> Heads | None:
        number = self._ids.get(terminal)
        return self._recogniser.step(heads, number) if number is not None and heads else None

    def _after(self, state: State, *terminals: str) -> State | None:
        heads: Heads | None = state.heads
        for terminal in terminals:
            heads = self._step(heads, terminal)
        if not heads:
            return None
        return state._replace(mode=CODE, data=(), heads=heads, before="", modifiers=frozenset())

    def _char(self, state: State, char: str) -> State | None:
        if state.escape:
            return self._unicode_escape(state, char)
        if char == "\\" and state.mode not in (TEXT, COMMENT, LINE_COMMENT, OPENING, HYPHEN):
            return state._replace(escape="\\")
        if char == "u" and state.data[-1:] == ("\\",):
            return state._replace(data=(*state.data[:-1], ""), escape="\\u")
        return self._modes[state.mode](state, char)

    def _unicode_escape(self, state: State, char: str) -> State | None:
        r"""Read a `\uXXXX`; the character that it names is then read like any other."""
        escape = state.escape
        if char == "u" and escape[-1] in "\\u":
            return state._replace(escape=escape + char)
        if escape == "\\" or char not in "0123456789abcdefABCDEF":
            return None
        escape += char
        digits = escape[escape.rindex("u") + 1 :]
        if len(digits) < 4:
            return state._replace(escape=escape) if self._may_name(state, digits) else None
        named = chr(int(digits, 16))
        ended = state._replace(escape="")
        return self._modes[state.mode](ended, named)

    def _may_name(self, state: State, digits: str) -> bool:
        """Whether some character whose number starts with these hexadecimal digits can stand."""
        clean = state._replace(escape="")
        after = self._modes[state.mode](clean, "é")
        if after is not None and (after.mode == TEXT or after.mode == state.mode != NAME):
            return True
        names = _goes_on if state.mode == NAME else _starts_name
        if after is not None and numbers_letter(digits.lower(), names):
            return True
        width = 4 - len(digits)
        low = int(digits, 16) << 4 * width
        letters = range(low, min(low + (1 << 4 * width), 0x80))
        return any(self._modes[state.mode](clean, chr(letter)) for letter in letters)

    def _may_begin(self, state: State, partial: bytes) -> bool:
        """Whether some character that starts with these bytes can stand here."""
        after = self._char(state, "é")
        if after is None or after.mode in (TEXT, COMMENT, LINE_COMMENT):
            return after is not None
        return begins_letter(partial, _goes_on if state.mode == NAME else _starts_name)

    # Between lexemes ---------------------------------------------------------------------------

    def _code(self, state: State, char: str) -> State | None:
        if char in _SPACE:
            return state
        if char in "\"'":
            return self._open(state, char)
        if char.isdigit() and char.isascii():
            if not (self._step(state.heads, "INTEGER") or self._step(state.heads, "FLOATING")):
                return None
            return self._number(state._replace(mode=NUMBER, data=("",)), char)
        if _starts_name(char):
            return self._name(state._replace(mode=NAME, data=("",)), char)
        if char in "()[]{}":
            return self._bracket(state, char)
        if char == ">":
            angle = self._step(state.heads, "'>'") or self._step(state.heads, "TIGHT")
            return state._replace(mode=ANGLE, data=()) if angle else None
        return self._operator(state._replace(mode=OPERATOR, data=("",)), char)

    def _bracket(self, state: State, char: str) -> State | None:
        after = self._after(state, f"'{char}'")
        if after is not None and char == "{":
            return after._replace(bodies=(*after.bodies, after.naming), naming="")
        if after is not None and char == "}":
            return after._replace(bodies=after.bodies[:-1])
        return after

    def _finish(self, state: State) -> State | None:
        """End the lexeme that is open."""
        if state.mode == ANGLE:
            return self._after(state, "'>'")
        if state.mode == OPENING:
            return self._after(state, "STRING") if state.data[0] == 2 else None
        text = state.data[0]
        if state.mode == OPERATOR:
            return self._after(state, f"'{text}'") if text in _OPERATORS else None
        if state.mode == NUMBER:
            terminal = _number_terminal(text)
            return self._after(state, terminal) if terminal else None
        return self._word(state, text)

    def _word(self, state: State, text: str) -> State | None:
        if text == "_":
            return self._after(state, "UNDERSCORE") if self._underscore else None
        if text in state.modifiers:
            return None
        named = "RESTRICTED" if text in _RESTRICTED else "IDENT"
        heads = None if text in KEYWORDS else self._step(state.heads, named)
        if text in self._words:
            heads = self._recogniser.union(heads, self._step(state.heads, self._words[text]))
        if text == (state.bodies or ("",))[-1]:
            heads = self._recogniser.union(heads, self._step(state.heads, "CONSTRUCTOR"))
        if not heads:
            return None
        return state._replace(
            mode=CODE, data=(), heads=heads, before=text if text in DECLARING else "",
            naming=text if state.before in DECLARING else state.naming,
            modifiers=state.modifiers | {text} if text in _MODIFIERS else frozenset(),
        )  # fmt: skip

    def _then(self, state: State, char: str) -> State | None:
        ended = self._finish(state)
        return ended and self._code(ended, char)

    def _name(self, state: State, char: str) -> State | None:
        text = state.data[0]
        if text == "non" and char == "-" and self._step(state.heads, "NON_SEALED"):
            return state._replace(mode=HYPHEN, data=("non-",))
        if not _goes_on(char):
            return self._then(state, char)
        return self._longer(state, text + char)

    def _longer(self, state: State, text: str) -> State | None:
        expected = (
            self._step(state.heads, "IDENT")
            or self._step(state.heads, "CONSTRUCTOR")
            or ("non".startswith(text) and self._step(state.heads, "NON_SEALED"))
            or (text == "_" and self._step(state.heads, "UNDERSCORE"))
        )
        if not expected:
            words = (t for word, t in self._words.items() if word.startswith(text))
            expected = any(self._step(state.heads, terminal) for terminal in words)
        return state._replace(data=(text,)) if expected else None

    def _hyphen(self, state: State, char: str) -> State | None:
        """In `non-sealed`, which alone of all words holds a hyphen; or `non - sealed` after all."""
        text = state.data[0] + char
        if "non-sealed".startswith(text):
            return state._replace(data=(text,))
        if state.data[0] == "non-sealed" and not _goes_on(char):
            ended = self._after(state, "NON_SEALED")
            return ended and self._code(ended, char)
        minus = self._after(state, "IDENT", "'-'")
        for letter in text[4:]:
            minus = minus and self._modes[minus.mode](minus, letter)
        return minus

    def _number(self, state: State, char: str) -> State | None:
        text = state.data[0] + char
        if _number_terminal(text) or _UNFINISHED.fullmatch(text):
            return state._replace(data=(text,))
        if _starts_name(char) or (char.isdigit() and char.isascii()):
            return None
        return self._then(state, char)

    def _operator(self, state: State, char: str) -> State | None:
        text = state.data[0]
        if text == "." and char in "0123456789":
            number = self._step(state.heads, "FLOATING")
            return state._replace(mode=NUMBER, data=("." + char,)) if number else None
        if text == "/" and char in "/*":
            return state._replace(mode=LINE_COMMENT if char == "/" else COMMENT, data=("",))
        longer = text + char
        if longer not in _STARTS:
            return self._then(state, char) if text else None
        wanted = [f"'{op}'" for op in _OPERATORS if op.startswith(longer)]
        possible = longer == "/" or any(self._step(state.heads, op) for op in wanted)
        if not possible and longer == ".":
            possible = bool(self._step(state.heads, "FLOATING"))
        if not possible:
            return self._then(state, char) if text in _OPERATORS else None
        return state._replace(data=(longer,))

    def _angle(self, state: State, char: str) -> State | None:
        if char not in ">=":
            return self._then(state, char)
        tight = self._step(state.heads, "TIGHT")
        if not tight:
            return None
        if char == ">":
            return state._replace(heads=tight)
        joined = self._step(tight, "JOINED")
        assigned = self._step(tight, "'='")
        heads = self._recogniser.union(joined, assigned)
        return state._replace(mode=CODE, heads=heads) if heads else None

    # Comments and literals ---------------------------------------------------------------------

    def _line_comment(self, state: State, char: str) -> State | None:
        if char in "\n\r":
            return state._replace(mode=CODE, data=())
        return state._replace(data=("\\" if char == "\\" and state.data[-1] != "\\" else "",))

    def _comment(self, state: State, char: str) -> State | None:
        before = state.data[-1]
        if char == "/" and before == "*":
            return state._replace(mode=CODE, data=())
        kept = "*" if char == "*" else "\\" if char == "\\" and before != "\\" else ""
        return state._replace(data=(kept,))

    def _open(self, state: State, char: str) -> State | None:
        if not self._step(state.heads, "STRING" if char == '"' else "CHARACTER"):
            return None
        if char == '"':
            return state._replace(mode=OPENING, data=(1,))
        return state._replace(mode=TEXT, data=("'", 0, ""))

    def _opening(self, state: State, char: str) -> State | None:
        count = state.data[0]
        if char == '"':
            return (
                state._replace(data=(2,))
                if count == 1
                else (state._replace(mode=TEXT, data=('"""', -1, "")))
            )
        if count == 2:
            return self._then(state, char)
        return self._char(state._replace(mode=TEXT, data=('"', 0, "")), char)

    def _text(self, state: State, char: str) -> State | None:
        """Read on between quotes: `count` is letters of a character, quotes of a text block."""
        end, count, escape = state.data
        if count == -1:
            if char == "\n":
                return state._replace(data=(end, 0, ""))
            return state if char in _SPACE else None
        if escape:
            return self._escaped(state, escape, char)
        if char == "\\":
            return (
                state._replace(data=(end, count if end == "'" else 0, "\\"))
                if (end != "'" or not count)
                else None
            )
        if end == '"""':
            if char == '"':
                return (
                    self._after(state, "STRING")
                    if count == 2
                    else (state._replace(data=(end, count + 1, "")))
                )
            return state._replace(data=(end, 0, ""))
        if char in "\n\r":
            return None
        if char == end:
            terminal = "STRING" if end == '"' else "CHARACTER"
            return self._after(state, terminal) if end == '"' or count == 1 else None
        if end == "'":
            return None if count or ord(char) > 0xFFFF else state._replace(data=(end, 1, ""))
        return state

    def _escaped(self, state: State, escape: str, char: str) -> State | None:
        end = state.data[0]
        letters = 1 if end == "'" else 0
        digits = escape[1:]
        if not digits and (char in "btnfrs\"'\\" or (char == "\n" and end == '"""')):
            return state._replace(data=(end, letters, ""))
        longest = 3 if digits[:1] < "4" else 2
        if char in "01234567" and len(digits) < longest:
            return state._replace(data=(end, letters, escape + char))
        if not digits:
            return None
        return self._text(state._replace(data=(end, letters, "")), char)

    def _taken(self, state: State, stretch: str) -> State | None:
        if state.mode == NAME:
            return self._longer(state, state.data[0] + stretch)
        if state.mode in (COMMENT, LINE_COMMENT):
            return state._replace(data=("",))
        return state


_STRETCHES = {
    CODE: re.compile(rb"[ \t\n]+"),
    NAME: re.compile(rb"[A-Za-z0-9_$]+"),
    LINE_COMMENT: re.compile(rb"[\t -\[\]-~]+"),
    COMMENT: re.compile(rb"[\t\n -)+-.0-\[\]-~]+"),
}


_FIRST = frozenset({"Lu", "Ll", "Lt", "Lm", "Lo", "Nl", "Sc", "Pc"})
_LATER = _FIRST | {"Nd", "Mn", "Mc", "Cf"}


def _starts_name(char: str) -> bool:
    """Whether a name may begin with a character (`Character.isJavaIdentifierStart`)."""
    return category(char) in _FIRST


def _goes_on(char: str) -> bool:
    """Whether a name may go on with a character (`Character.isJavaIdentifierPart`)."""
    kind = category(char)
    return kind in _LATER or (kind == "Cc" and char not in "\t\n\v\f\r\x1c\x1d\x1e\x1f")


def _number_terminal(text: str) -> str:
    """Return the terminal of a finished number that fits its type, or nothing."""
    whole = _INTEGER.fullmatch(text)
    if whole:
        digits, suffix = whole[1].replace("_", ""), whole[2]
        base = {"x": 16, "b": 2}.get(digits[1:2].lower(), 8 if digits[0] == "0" else 10)
        bits = 64 if suffix else 32
        limit = 1 << (bits - 1) if base == 10 else (1 << bits) - 1
        start = digits[2:] if base in (16, 2) else digits
        return "INTEGER" if int(start, base) <= limit else ""
    return "FLOATING" if _FLOATING.fullmatch(text) else ""
