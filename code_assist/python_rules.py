"""Which names may stand where in Python: the rules that `lexemes` asks, statement by statement.

Where a name is used, it must be one that the resolver knows or that the text itself has bound.
Where one is bound, any may stand. Where both are possible, a new name may stand if what follows
makes it a target (`=`), an argument's keyword, or the element of a comprehension. Left out, because
a small model takes them as an excuse: new names before `:=`, and the second target of `a = b = c`.
"""

from bisect import bisect_left
from collections.abc import Collection
from typing import Literal, Protocol

from . import languages
from .lexemes import PREFIXES, Lexeme, Scan, chain, word

Role = Literal["bind", "use", "member", "argument", "target", "any"]

_HEADERS = frozenset(
    "if elif else for while try except finally with def class async match case".split()
)
_LISTED = frozenset({",", "*", "**"})
_IN_TARGETS = frozenset({",", ".", "*"})
_CONSUMERS = frozenset(
    "all any dict enumerate extend filter from_iterable frozenset iter join list map max min next "
    "set sorted sum tuple update".split()
)
"""Calls whose argument is often a generator, so that a name may come before it is bound."""
_DECLARING = frozenset({"import", "from", "global", "nonlocal"})
_STATEMENT_WORDS = tuple(sorted(languages.by_name("python").keywords | PREFIXES))


class Resolver(Protocol):
    """What is known about names at one place; None where it cannot be told."""

    def visible(self) -> Collection[str] | None:
        """Return the names that may be used."""
        ...

    def members(self, receiver: str, /) -> Collection[str] | None:
        """Return what may follow `receiver.`; `""` stands for a text, `super()` for itself."""
        ...

    def keywords(self, callee: str, /) -> Collection[str] | None:
        """Return the parameters that may be named in a call of a dotted name."""
        ...


class PythonRules:
    """The rules at one place in one file."""

    language = "python"

    def __init__(self, resolver: Resolver) -> None:
        """Ask the resolver once for what is visible."""
        self._resolver = resolver
        self._visible = resolver.visible()
        self._sorted = sorted(self._visible or ())

    def role(self, scan: Scan) -> Role:
        """Return what a name would be that stands here."""
        return role_of(scan)

    def word(self, scan: Scan, text: str) -> Scan | None:
        """Return the scan behind a finished word."""
        lexeme = word(self.language, text)
        role = role_of(scan)
        if lexeme.kind == "keyword" and role != "member":
            refused = not scan.given and (scan.expected or _is_binding(scan))
            return None if refused else scan.added("keyword", text)
        after = scan.added("name", text)
        if role == "bind" or (role == "target" and scan.given):
            return after._replace(bound=scan.bound | {text})
        if scan.given or self._knows(scan, role, text):
            return after
        if role == "target":
            bound = scan.bound | {text}
            return after._replace(bound=bound, expected=("=", ":", ","), binding=True)
        if role == "member" and _is_own_target(scan):
            return after._replace(expected=("=", ":"))
        if role not in {"use", "argument"}:
            return None
        waiting = _waiting(after, text)
        if role == "argument" and waiting is None:
            open_ended = self._resolver.keywords(_callee(scan)) is None
            return after._replace(expected=("=",)) if open_ended else None
        return waiting

    def may_become_word(self, scan: Scan, text: str) -> bool:
        """Whether some allowed word begins with this text."""
        if scan.expected:
            return False
        role = role_of(scan)
        if role in {"bind", "any", "target"}:
            return True
        if role == "member":
            names = self._resolver.members(_receiver(scan))
            known = names is None or any(name.startswith(text) for name in names)
            return known or _is_own_target(scan)
        if self._visible is None or self._begins(text) or _element(scan) is not None:
            return True
        if any(one.startswith(text) for one in (*_STATEMENT_WORDS, *scan.bound)):
            return True
        if role != "argument":
            return False
        keywords = self._resolver.keywords(_callee(scan))
        return keywords is None or any(one.startswith(text) for one in keywords)

    def _begins(self, text: str) -> bool:
        """Whether a visible name begins with a text."""
        at = bisect_left(self._sorted, text)
        return at < len(self._sorted) and self._sorted[at].startswith(text)

    def _knows(self, scan: Scan, role: Role, text: str) -> bool:
        if role == "any" or text == "_":
            return True
        if role == "member":
            names = self._resolver.members(_receiver(scan))
            return names is None or text in names
        if self._visible is None or text in self._visible or text in scan.bound:
            return True
        if role != "argument":
            return False
        return text in (self._resolver.keywords(_callee(scan)) or ())

    def sign(self, scan: Scan, text: str) -> Scan | None:
        """Return the scan behind a finished sign that is no closing bracket."""
        if not (scan.given or self.may_become_sign(scan, text)):
            return None
        if scan.expected and not scan.given and text not in scan.expected:
            return None
        if text in {"(", "[", "{"}:
            return scan.pushed(text, _opened(scan, text), _called(scan, text))
        previous = scan.inner[-1:]
        after = scan.added("operator", text)
        if text == ":=" and previous and previous[0].kind == "name":
            return after._replace(bound=scan.bound | {previous[0].text})
        if scan.frames:
            return _named(after, previous) if text == "=" else after
        if text in {"=", ":"}:
            after = after._replace(binding=False)
        ends = text == ";" or (text == ":" and _is_header(scan))
        return after._replace(lexemes=()) if ends else after

    def may_become_sign(self, scan: Scan, text: str) -> bool:
        """Whether some allowed sign begins with this text."""
        if scan.given:
            return True
        if scan.expected:
            return any(one.startswith(text) for one in scan.expected)
        return not _is_binding(scan) or text[0] in "=:,.[*"

    def close(self, scan: Scan) -> Scan | None:
        """Return the scan behind the innermost bracket, which is closed here."""
        left_open = scan.expected or scan.frames[-1].waiting - scan.bound
        return None if left_open and not scan.given else scan.popped()

    def line_end(self, scan: Scan) -> Scan | None:
        """Return the scan behind a line end outside of brackets."""
        if not scan.given and (scan.expected or scan.binding):
            return None
        return scan._replace(lexemes=(), expected=(), binding=False)


def role_of(scan: Scan) -> Role:
    """Return what a name would be that stands here."""
    line, inner = scan.lexemes, scan.inner
    previous = inner[-1].text if inner else ""
    head = line[0].text if line else ""
    if previous == ".":
        return "bind" if head in _DECLARING else "member"
    if head in _DECLARING or (head == "case" and len(line) > 1):
        return "bind"
    if previous == "!":
        return "any"
    if previous in {"def", "class", "as"} or (previous == "type" and len(line) == 1):
        return "bind"
    frame = scan.frames[-1].role if scan.frames else ""
    if frame == "target" or (frame in {"parameters", "types"} and previous in {"", *_LISTED}):
        return "bind"
    if _open_word(inner, "lambda", ":"):
        return "bind" if previous in {"lambda", *_LISTED} else "use"
    if _open_word(inner, "for", "in"):
        return "bind"
    if not scan.frames and _starts_targets(line):
        return "target"
    return "argument" if frame == "call" and previous in {"", ","} else "use"


def _open_word(inner: tuple[Lexeme, ...], opens: str, ends: str) -> bool:
    """Whether a keyword stands in the bracket and nothing has ended what it opens."""
    for lexeme in reversed(inner):
        if lexeme.text == ends:
            return False
        if lexeme.text == opens and lexeme.kind == "keyword":
            return True
    return False


def _starts_targets(line: tuple[Lexeme, ...]) -> bool:
    if line and line[-1].text not in {",", "*"}:
        return False
    return all(one.kind in {"name", "group"} or one.text in _IN_TARGETS for one in line)


def _is_own_target(scan: Scan) -> bool:
    """Whether `self.` begins a statement: a new attribute may be assigned."""
    return [one.text for one in scan.lexemes] in (["self", "."], ["cls", "."])


def _is_binding(scan: Scan) -> bool:
    return scan.binding and not scan.frames


def _is_header(scan: Scan) -> bool:
    line = scan.lexemes
    return bool(line) and line[0].text in _HEADERS and not _open_word(line, "lambda", ":")


def _receiver(scan: Scan) -> str:
    before = scan.lexemes[:-1]
    last = before[-1:]
    if last and last[0].kind == "literal" and last[0].text[0] in "\"'":
        return '""'
    if last and last[0].kind == "group" and last[0].text[0] == "f":
        return '""'
    if [one.text for one in before[-2:]] == ["super", "("]:
        return "super()"
    return chain(before)


def _callee(scan: Scan) -> str:
    return scan.frames[-1].callee


def _opened(scan: Scan, sign: str) -> str:
    """Return the role of a bracket that opens here."""
    inner = scan.inner
    previous = inner[-1] if inner else None
    if _open_word(inner, "for", "in"):
        return "target"
    after_operand = previous is not None and (
        previous.kind in {"name", "group"} or (previous.kind == "literal" and sign == "[")
    )
    if sign == "{" or not after_operand:
        return {"{": "display", "[": "display", "(": "group"}[sign]
    declared = [one.text for one in inner[-3:] if one.kind == "keyword"]
    if "def" in declared or "class" in declared:
        return "types" if sign == "[" else "parameters" if "def" in declared else "call"
    return "call" if sign == "(" else "subscript"


def _called(scan: Scan, sign: str) -> str:
    """Return the dotted name that is called; of a method of something nameless `.method`."""
    inner = scan.inner
    if sign != "(" or not inner or inner[-1].kind != "name":
        return ""
    return chain(inner) or f".{inner[-1].text}"


def _element(scan: Scan) -> int | None:
    """Return the innermost bracket in which a comprehension may still bind a name."""
    end = len(scan.lexemes)
    for number in range(len(scan.frames) - 1, -1, -1):
        frame = scan.frames[number]
        last = frame.callee.rpartition(".")[2]
        fits = frame.role in {"display", "group"} or (frame.role == "call" and last in _CONSUMERS)
        inside = scan.lexemes[frame.at : end]
        if fits and not any(one.text in {"for", "lambda"} for one in inside):
            return number
        end = frame.at - 1
    return None


def _waiting(scan: Scan, name: str) -> Scan | None:
    """Return the scan where a comprehension must bind the name, or None where none can."""
    number = _element(scan)
    if number is None:
        return None
    frame = scan.frames[number]
    changed = frame._replace(waiting=frame.waiting | {name})
    return scan._replace(frames=(*scan.frames[:number], changed, *scan.frames[number + 1 :]))


def _named(scan: Scan, previous: tuple[Lexeme, ...]) -> Scan:
    """Return the scan behind an argument's keyword, which waits for no comprehension."""
    keyword = {one.text for one in previous}
    frames = (one._replace(waiting=one.waiting - keyword) for one in scan.frames)
    return scan._replace(frames=tuple(frames))
