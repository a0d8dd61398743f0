"""The lexemes of the statement that is being written, as states that characters are fed to.

States are immutable. Closed brackets are folded into one lexeme, so that what a name means can be
read off the few lexemes before it. This is no judge of syntax (the mask over whole programs is):
on text that is no program it only loses its way. Fields of f-strings are read as code, all other
literals are skipped.
"""

from typing import Literal, NamedTuple, Protocol

from . import languages

Kind = Literal["name", "keyword", "literal", "operator", "group"]
Mode = Literal["code", "word", "operator", "comment", "opening", "text"]

_FIELD, _SPEC = "{f", ":f"
"""Openers of an f-string's field, and of the format specification inside a field."""
PREFIXES = frozenset({"r", "u", "b", "f", "br", "rb", "fr", "rf"})
"""What may stand before the quotes of a Python literal."""
_CLOSERS = {")": "(", "]": "[", "}": "{"}
_OPERATORS = {
    "python": "** // >> << := <= >= == != -> += -= *= /= //= %= @= &= |= ^= >>= <<= **= ...",
    "java": "-> :: ... ++ -- && || <= >= == != += -= *= /= %= &= |= ^= <<=",
}
_LONGER = {
    language: frozenset(one[:size] for one in text.split() for size in range(2, len(one) + 1))
    for language, text in _OPERATORS.items()
}


class Lexeme(NamedTuple):
    """One lexeme; a `group` is a closed bracket or f-string, known by its opening sign."""

    kind: Kind
    text: str


class Frame(NamedTuple):
    """An open bracket, f-string (`opener` is then its quotes) or field: where its inside begins.

    `role` is what the rules of the language make of it, `callee` the dotted name that it calls, and
    `waiting` holds names that must be bound before it closes.
    """

    opener: str
    at: int
    role: str = ""
    callee: str = ""
    waiting: frozenset[str] = frozenset()


class Scan(NamedTuple):
    """One place in a text.

    Attributes:
        lexemes: Those of the current statement, with closed brackets folded.
        frames: The open brackets, outermost first.
        mode: Where the scan stands inside a lexeme; `tail` is that lexeme so far.
        quotes: What closes the literal that is open, with an `f` before it for an f-string.
        bound: Names that the text itself has bound.
        expected: Signs one of which must come next, if any are named.
        binding: Whether a new name stands left of a sign that must still make it a target.
        given: Whether this is the user's own text, where nothing is judged.
    """

    lexemes: tuple[Lexeme, ...] = ()
    frames: tuple[Frame, ...] = ()
    mode: Mode = "code"
    tail: str = ""
    quotes: str = ""
    bound: frozenset[str] = frozenset()
    expected: tuple[str, ...] = ()
    binding: bool = False
    given: bool = True

    @property
    def inner(self) -> tuple[Lexeme, ...]:
        """The lexemes since the innermost open bracket."""
        return self.lexemes[self.frames[-1].at :] if self.frames else self.lexemes

    def added(self, kind: Kind, text: str) -> "Scan":
        """Return the scan behind one more lexeme."""
        return self._replace(
            lexemes=(*self.lexemes, Lexeme(kind, text)), mode="code", tail="", expected=()
        )

    def pushed(self, opener: str, role: str = "", callee: str = "") -> "Scan":
        """Return the scan inside a bracket, f-string or field that opens here."""
        inside = self.added("operator", opener)
        frame = Frame(opener, len(inside.lexemes), role, callee)
        return inside._replace(frames=(*inside.frames, frame))

    def popped(self) -> "Scan":
        """Return the scan behind the innermost bracket, which is one lexeme from here on."""
        frame = self.frames[-1]
        kept = self.lexemes[: frame.at - 1]
        return self._replace(
            lexemes=(*kept, Lexeme("group", frame.opener)),
            frames=self.frames[:-1], mode="code", tail="", expected=(),
        )  # fmt: skip


class Rules(Protocol):
    """What a language says about the names and signs of its statements; None and False refuse."""

    language: str

    def role(self, scan: Scan, /) -> str:
        """Return what a name would be that stands here."""
        ...

    def word(self, scan: Scan, text: str, /) -> Scan | None:
        """Return the scan behind a finished word."""
        ...

    def may_become_word(self, scan: Scan, text: str, /) -> bool:
        """Whether some allowed word begins with this text."""
        ...

    def sign(self, scan: Scan, text: str, /) -> Scan | None:
        """Return the scan behind a finished sign that is no closing bracket."""
        ...

    def may_become_sign(self, scan: Scan, text: str, /) -> bool:
        """Whether some allowed sign begins with this text."""
        ...

    def close(self, scan: Scan, /) -> Scan | None:
        """Return the scan behind the innermost bracket, which is closed here."""
        ...

    def line_end(self, scan: Scan, /) -> Scan | None:
        """Return the scan behind a line end outside of brackets."""
        ...


def feed(rules: Rules, scan: Scan, text: str) -> Scan | None:
    """Return the scan behind some more characters, or None where the rules refuse them."""
    now: Scan | None = scan
    for char in text:
        now = _MODES[now.mode](rules, now, char)
        if now is None:
            return None
    return now


def finished(rules: Rules, scan: Scan) -> Scan | None:
    """Return the scan with its last word or sign ended."""
    if scan.mode == "word":
        return _end_word(rules, scan)
    return rules.sign(scan, scan.tail) if scan.mode == "operator" else scan


def word(language: str, text: str) -> Lexeme:
    """Return the lexeme of a word or number."""
    if text[0].isdigit():
        return Lexeme("literal", text)
    reserved = text in languages.by_name(language).keywords
    return Lexeme("keyword" if reserved else "name", text)


def chain(lexemes: tuple[Lexeme, ...]) -> str:
    """Return the dotted name that lexemes end with (`self.value`), or nothing."""
    parts: list[str] = []
    at = len(lexemes) - 1
    while at >= 0 and (lexemes[at].kind == "name" or lexemes[at].text in {"this", "super"}):
        parts.append(lexemes[at].text)
        if at == 0 or lexemes[at - 1].text != ".":
            return ".".join(reversed(parts))
        at -= 2
    return ""


def _code(rules: Rules, scan: Scan, char: str) -> Scan | None:
    if char.isidentifier() or char.isdigit() or char == "$":
        return _word(rules, scan._replace(mode="word", tail=""), char)
    if char in "\"'":
        return _open_text(scan, char, "")
    if char == "\n":
        return scan if scan.frames or rules.language == "java" else rules.line_end(scan)
    if char.isspace() or char == "\\":
        return scan
    if char == "#" and rules.language == "python":
        return scan._replace(mode="comment", tail=char)
    if char in _CLOSERS and scan.frames and scan.frames[-1].opener[0] == _CLOSERS[char]:
        return _close(rules, scan)
    if char == ":" and scan.frames and scan.frames[-1].opener == _FIELD:
        return scan.pushed(_SPEC)._replace(mode="text", quotes=_SPEC)
    if not rules.may_become_sign(scan, char):
        return None
    return scan._replace(mode="operator", tail=char)


def _close(rules: Rules, scan: Scan) -> Scan | None:
    field = scan.frames[-1].opener == _FIELD
    after = rules.close(scan)
    if field and after is not None:
        return after._replace(mode="text", quotes=after.frames[-1].opener)
    return after


def _word(rules: Rules, scan: Scan, char: str) -> Scan | None:
    text = scan.tail + char
    number = text[0].isdigit()
    if char.isidentifier() or char.isdigit() or char == "$" or (number and char == "."):
        if not (number or scan.given or rules.may_become_word(scan, text)):
            return None
        return scan._replace(tail=text)
    if char in "\"'" and scan.tail.lower() in PREFIXES and rules.language == "python":
        return _open_text(scan, char, scan.tail.lower())
    ended = _end_word(rules, scan)
    return ended and _code(rules, ended, char)


def _end_word(rules: Rules, scan: Scan) -> Scan | None:
    if scan.tail[0].isdigit():
        return scan.added("literal", scan.tail)
    return rules.word(scan, scan.tail)


def _operator(rules: Rules, scan: Scan, char: str) -> Scan | None:
    longer = scan.tail + char
    if scan.tail == "/" and rules.language == "java" and char in "/*":
        return scan._replace(mode="comment", tail=longer)
    if scan.tail == "." and char.isdigit():
        return _word(rules, scan._replace(mode="word", tail="0."), char)
    if longer in _LONGER[rules.language] and rules.may_become_sign(scan, longer):
        return scan._replace(tail=longer)
    ended = rules.sign(scan, scan.tail)
    return ended and _code(rules, ended, char)


def _comment(rules: Rules, scan: Scan, char: str) -> Scan | None:
    if scan.tail.startswith("/*"):
        over = scan.tail[-1] == "*" and char == "/" and len(scan.tail) > 2
        return (
            scan._replace(mode="code", tail="") if over else scan._replace(tail="/*" + "_" + char)
        )
    if char != "\n":
        return scan
    return _code(rules, scan._replace(mode="code", tail=""), char)


def _open_text(scan: Scan, quote: str, prefix: str) -> Scan:
    return scan._replace(mode="opening", tail=quote, quotes="f" if "f" in prefix else "")


def _opening(rules: Rules, scan: Scan, char: str) -> Scan | None:
    """Read the opening quotes: one, or three; two are an empty literal."""
    run = scan.tail
    if char == run[0]:
        return scan._replace(tail=run + char) if len(run) < 2 else _opened(scan, run + char)
    if len(run) == 2:
        return _code(rules, scan.added("literal", run), char)
    return _text(rules, _opened(scan, run), char)


def _opened(scan: Scan, closing: str) -> Scan:
    if scan.quotes:
        scan = scan.pushed(f"f{closing}")
        closing = f"f{closing}"
    return scan._replace(mode="text", tail="", quotes=closing, expected=())


def _text(rules: Rules, scan: Scan, char: str) -> Scan | None:
    """Read on inside a literal; `tail` is a backslash, a brace, or closing quotes so far."""
    tail, quotes = scan.tail, scan.quotes
    formatted, closing = quotes[0] == "f", quotes.lstrip("f")
    if quotes == _SPEC:
        return _specification(scan, char)
    if tail == "\\":
        return scan._replace(tail="")
    if tail == "{" and char != "{":
        return _code(rules, scan._replace(mode="code").pushed(_FIELD), char)
    if char == closing[0]:
        run = (tail if tail != "{" else "") + char
        if run != closing:
            return scan._replace(tail=run)
        return scan.popped() if formatted else scan.added("literal", closing)
    if char == "\n" and len(closing) == 1:  # nobody closed it
        ended = scan.popped() if formatted else scan.added("literal", closing)
        return _code(rules, ended, char)
    keeps = char == "\\" or (char == "{" and formatted and not tail)
    return scan._replace(tail=char if keeps else "")


def _specification(scan: Scan, char: str) -> Scan:
    if char == "}":
        outside = scan.popped().popped()
        return outside._replace(mode="text", quotes=outside.frames[-1].opener)
    return scan._replace(mode="code").pushed(_FIELD) if char == "{" else scan


_MODES = {
    "code": _code, "word": _word, "operator": _operator, "comment": _comment,
    "opening": _opening, "text": _text,
}  # fmt: skip
