"""Which names may stand where in Java: the rules that `lexemes` asks, statement by statement.

A name after a type is declared, any may stand there. Elsewhere a name must be a type, a variable,
a field or a method that the resolver knows, or that the text itself has declared, where the
resolver knows all of that kind. A new name may also stand where `->` makes it a parameter.
"""

from bisect import bisect_left
from collections.abc import Collection
from typing import Literal, Protocol

from . import languages
from .lexemes import Lexeme, Scan, chain, word

Role = Literal["bind", "use", "member", "any"]

PRIMITIVES = frozenset("boolean byte char double float int long short".split())
CONTEXTUAL = frozenset(
    "exports module non open opens permits provides record requires sealed to transitive uses var "
    "when with yield".split()
)
_MODIFIERS = frozenset(
    "public protected private static abstract final default synchronized".split()
)
_NO_TYPES = frozenset({"permits", "to", "when", "with", "yield", "non", "sealed"})
_DECLARING = frozenset({"class", "interface", "enum", "record"})
_IN_TYPE_ARGUMENTS = frozenset({",", ".", "?", "&", "<", ">", "extends", "super", "@"})
_BEFORE_PARAMETER = frozenset({",", "=", "return", "->", "?", ":", "("})
_AFTER_DOT = ("class", "new", "super", "this")
_KEYWORDS = tuple(sorted(languages.by_name("java").keywords | CONTEXTUAL))


class Resolver(Protocol):
    """What is known about names at one place; None where it cannot be told."""

    @property
    def where(self) -> str:
        """The innermost brace around the statement: `enum` for constants, else `block`."""
        ...

    def types(self) -> Collection[str] | None:
        """Return the types that may be named without their package."""
        ...

    def values(self) -> Collection[str] | None:
        """Return variables, fields and methods that may be used without a receiver."""
        ...

    def members(self, receiver: str, /) -> Collection[str] | None:
        """Return what may follow `receiver.`; `""` stands for a text."""
        ...


class JavaRules:
    """The rules at one place in one file."""

    language = "java"

    def __init__(self, resolver: Resolver) -> None:
        """Ask the resolver once for what is visible."""
        self._resolver = resolver
        self._types, self._values = resolver.types(), resolver.values()
        self._sorted = sorted((*(self._types or ()), *(self._values or ())))

    def word(self, scan: Scan, text: str) -> Scan | None:
        """Return the scan behind a finished word."""
        if word(self.language, text).kind == "keyword":
            refused = bool(scan.expected) and not scan.given
            return None if refused else scan.added("keyword", text)
        role = self.role(scan)
        after = scan.added("name", text)
        if role == "bind":
            return after._replace(bound=scan.bound | {text})
        if scan.given or self._knows(scan, role, text):
            return after
        return self._parameter(scan, after, text) if role == "use" else None

    def _parameter(self, scan: Scan, after: Scan, text: str) -> Scan | None:
        """Return the scan where `->` must make a new name a parameter, or None."""
        previous = scan.inner[-1].text if scan.inner else ""
        if text[0].isupper() or not _may_be_parameter(scan):
            return None
        bound = scan.bound | {text}
        frame = scan.frames[-1] if scan.frames else None
        if frame is not None and frame.role == "group" and previous in {"", ","}:
            changed = frame._replace(waiting=frame.waiting | {text})
            frames = (*scan.frames[:-1], changed)
            return after._replace(bound=bound, frames=frames, expected=(",", ")"))
        return after._replace(bound=bound, expected=("->",))

    def may_become_word(self, scan: Scan, text: str) -> bool:
        """Whether some allowed word begins with this text."""
        if scan.expected:
            return False
        role = self.role(scan)
        if role in {"bind", "any"}:
            return True
        if role == "member":
            names = self._resolver.members(_receiver(scan))
            return names is None or any(one.startswith(text) for one in (*names, *_AFTER_DOT))
        known = self._begins(text) or any(one.startswith(text) for one in (*_KEYWORDS, *scan.bound))
        return known or self._may_be_unknown(scan, text)

    def _begins(self, text: str) -> bool:
        """Whether a known name begins with a text."""
        at = bisect_left(self._sorted, text)
        return at < len(self._sorted) and self._sorted[at].startswith(text)

    def _may_be_unknown(self, scan: Scan, text: str) -> bool:
        """Whether a name that nobody knows may begin like that."""
        if text[0].isupper():
            return self._types is None or self._values is None
        return self._values is None or _may_be_parameter(scan)

    def _knows(self, scan: Scan, role: Role, text: str) -> bool:
        if role == "any" or text in CONTEXTUAL:
            return True
        if role == "member":
            names = self._resolver.members(_receiver(scan))
            return names is None or text in names
        if text in scan.bound or text in (self._types or ()) or text in (self._values or ()):
            return True
        if text[0].isupper() and not text.isupper():
            return self._types is None
        return self._values is None or (text[0].isupper() and self._types is None)

    def sign(self, scan: Scan, text: str) -> Scan | None:
        """Return the scan behind a finished sign that is no closing bracket."""
        if not (scan.given or self.may_become_sign(scan, text)):
            return None
        if scan.expected and not scan.given and text not in scan.expected:
            return None
        if text in {"(", "[", "{"}:
            return scan.pushed(text, _opened(scan, text))
        if text in {";", "}"}:
            return _next_statement(scan, outside=text == "}")
        return scan.added("operator", text)

    def may_become_sign(self, scan: Scan, text: str) -> bool:
        """Whether some allowed sign begins with this text."""
        return scan.given or not scan.expected or any(one.startswith(text) for one in scan.expected)

    def close(self, scan: Scan) -> Scan | None:
        """Return the scan behind the innermost bracket, which is closed here."""
        frame = scan.frames[-1]
        closer = {"(": ")", "[": "]", "{": "}"}[frame.opener]
        if scan.expected and closer not in scan.expected and not scan.given:
            return None
        after = scan.popped()
        if frame.waiting:
            return after._replace(expected=("->",))
        return _next_statement(after, outside=False) if frame.role == "block" else after

    def line_end(self, scan: Scan) -> Scan | None:
        """Return the same scan: lines mean nothing in Java."""
        return scan

    def role(self, scan: Scan) -> Role:
        """Return what a name would be that stands here."""
        where = scan.frames[-1].role if scan.frames else self._resolver.where
        return role_of(scan, where)


def role_of(scan: Scan, where: str) -> Role:
    """Return what a name would be that stands here, inside a bracket of this role."""
    inner = scan.inner
    previous = inner[-1] if inner else Lexeme("operator", "")
    head = inner[0].text if inner else ""
    if head in {"import", "package"}:
        return "any"
    if previous.text in {".", "::"}:
        return "member"
    if previous.text in {"break", "continue", "goto", "case"} or where == "annotation":
        return "any"
    if previous.text in _DECLARING or (where == "enum" and previous.text in {"", ","}):
        return "bind"
    return "bind" if _ends_type(inner) or _declares_type_parameter(inner) else "use"


def _may_be_parameter(scan: Scan) -> bool:
    """Whether a lambda expression may begin here."""
    if not scan.inner:
        return bool(scan.frames) and scan.frames[-1].role in {"call", "group", "array"}
    return scan.inner[-1].text in _BEFORE_PARAMETER


def _declares_type_parameter(inner: tuple[Lexeme, ...]) -> bool:
    """Whether a type parameter's name comes here: `class Name<A, B`, `static <T`."""
    if not inner or inner[-1].text not in {"<", ","}:
        return False
    depth = 0
    for at in range(len(inner) - 1, -1, -1):
        depth += {">": 1, "<": -1}.get(inner[at].text, 0)
        if depth < 0:
            before = inner[max(at - 2, 0) : at]
            declares = len(before) == 2 and before[0].text in _DECLARING
            return declares or not before or before[-1].text in _MODIFIERS
    return False


def _ends_type(inner: tuple[Lexeme, ...]) -> bool:
    """Whether a type ends here, so that the next name is declared with it."""
    if not inner:
        return False
    last = inner[-1]
    if last.kind == "name":
        annotated = len(inner) > 1 and inner[-2].text == "@"
        return last.text not in _NO_TYPES and not annotated
    if last.text in PRIMITIVES or last.text in {"void", "..."}:
        return True
    if last.kind == "group" and last.text == "[":
        return len(inner) > 1 and (
            inner[-2].kind in {"name", "group"} or inner[-2].text in {*PRIMITIVES, ">"}
        )
    return last.text == ">" and _closes_type_arguments(inner)


def _closes_type_arguments(inner: tuple[Lexeme, ...]) -> bool:
    depth = 0
    for at in range(len(inner) - 1, 0, -1):
        one = inner[at]
        depth += {">": 1, "<": -1}.get(one.text, 0)
        if not depth:
            return inner[at - 1].kind == "name"
        plain = one.kind == "name" or one.text in PRIMITIVES or one.text == "["
        if not (plain or one.text in _IN_TYPE_ARGUMENTS):
            return False
    return False


def _opened(scan: Scan, sign: str) -> str:
    """Return the role of a bracket that opens here."""
    inner = scan.inner
    previous = inner[-1] if inner else Lexeme("operator", "")
    if sign == "{":
        if any(one.text == "enum" for one in inner):
            return "enum"
        array = previous.text in {"=", ",", "", "["} and bool(scan.frames or inner)
        return "array" if array and previous.text != "" else "block"
    if sign == "(" and len(inner) > 1 and inner[-2].text == "@":
        return "annotation"
    return "call" if previous.kind in {"name", "keyword"} else "group"


def _next_statement(scan: Scan, *, outside: bool) -> Scan:
    """Return the scan at the start of a statement; `outside` of the braces that were read."""
    at = scan.frames[-1].at if scan.frames else 0
    after = scan._replace(lexemes=scan.lexemes[:at], mode="code", tail="", expected=())
    if scan.frames and scan.frames[-1].role == "enum":
        frame = scan.frames[-1]._replace(role="block")
        after = after._replace(frames=(*scan.frames[:-1], frame))
    return after._replace(given=True) if outside else after


def _receiver(scan: Scan) -> str:
    before = scan.inner[:-1]
    if before and before[-1].kind == "literal" and before[-1].text[0] == '"':
        return '""'
    return chain(before)
