"""A restriction of names on top of the syntax: what `Program.names` asks while a model writes.

The text before the cursor is the user's and is not judged; of it only the statement that the cursor
stands in is read. Of what is written each finished name must be allowed where it stands, each
unfinished one must be the beginning of one that is.
"""

import codecs
import re
import threading
from collections import deque
from collections.abc import Hashable
from functools import cache
from typing import NamedTuple

from .alike import common_prefix
from .lexemes import Rules, Scan, feed, finished

_STATEMENT = {
    "python": re.compile(
        r"(?:[rRbBuUfF]{0,2})(\"\"\"(?:\\.|[^\\])*?(?:\"\"\"|\Z)|'''(?:\\.|[^\\])*?(?:'''|\Z)"
        r"|\"(?:\\.|[^\"\\\n])*\"?|'(?:\\.|[^'\\\n])*'?)|\#[^\n]*|(?P<open>[(\[{])|(?P<close>[)\]}])"
        r"|\\\n|(?P<end>\n)(?P<top>def |class |import |from |@)?",
        re.DOTALL,
    ),
    "java": re.compile(
        r"\"\"\"(?:\\.|[^\\])*?(?:\"\"\"|\Z)|\"(?:\\.|[^\"\\\n])*\"?|'(?:\\.|[^'\\\n])*'?"
        r"|//[^\n]*|/\*.*?(?:\*/|\Z)|(?P<open>[(\[])|(?P<close>[)\]])|(?P<end>[;{}])(?P<top>(?!))?",
        re.DOTALL,
    ),
}
_LETTER = "é"
"""Stands for any character beyond ASCII: in names, few; in texts and comments, all."""
_WORD = re.compile(r"[^\W\d][\w$]*")


def statement_start(text: str, language: str) -> int:
    """Return where the statement begins that the text ends in."""
    return _starts(language).find(text)


class _Starts:
    """Remembers where it stood at line ends of the last few texts, so that typing on is cheap."""

    _EVERY = 2000
    _TEXTS = 8

    def __init__(self, language: str) -> None:
        self._pattern = _STATEMENT[language]
        self._lock = threading.Lock()
        self._texts: deque[tuple[str, list[tuple[int, int, int]]]] = deque(maxlen=self._TEXTS)

    def find(self, text: str) -> int:
        """Return where the last statement begins."""
        with self._lock:
            known = list(self._texts)
        shared, points = max(
            ((common_prefix(text, other), each) for other, each in known),
            key=lambda one: one[0],
            default=(0, []),
        )
        # The last line before a difference is read again: a literal may have ended with the text.
        points = [one for one in points if one[0] < shared]
        at, depth, start = points[-1] if points else (0, 0, 0)
        for found in self._pattern.finditer(text, at):
            if found["open"]:
                depth += 1
            elif found["close"]:
                depth = max(depth - 1, 0)
            elif found["end"]:
                depth = 0 if found["top"] else depth
                start = start if depth else found.end("end")
                if found.end("end") - at >= self._EVERY and found.end() < len(text):
                    at = found.end("end")
                    points.append((at, depth, start))
        with self._lock:
            self._texts.append((text, points))
        return start


@cache
def _starts(language: str) -> _Starts:
    return _Starts(language)


class _At(NamedTuple):
    scan: Scan
    partial: bytes = b""


class NameRule:
    """The names of one language's rules, at one place between a prefix and a suffix."""

    def __init__(self, rules: Rules, prefix: str, suffix: str) -> None:
        """Read the statement before the cursor and the line after it."""
        self._rules = rules
        self._rest = suffix.split("\n", 1)[0] + "\n"
        begun = feed(rules, Scan(), prefix[statement_start(prefix, rules.language) :])
        scan = begun if begun is not None else Scan()
        given = frozenset(_WORD.findall(self._rest))
        self._start = scan._replace(given=False, bound=scan.bound | given, expected=())

    @property
    def applies(self) -> bool:
        """Whether the word before the cursor, if there is one, can still become a name."""
        scan = self._start
        if scan.mode != "word" or scan.tail[0].isdigit():
            return True
        return self._rules.may_become_word(scan._replace(mode="code", tail=""), scan.tail)

    def start(self) -> Hashable:
        """Return the state at the cursor."""
        return _At(self._start)

    def feed(self, state: Hashable, text: bytes) -> Hashable | None:
        """Return the state after more text, or None where a name in it cannot be meant."""
        assert isinstance(state, _At)  # noqa: S101 - states come from `start`
        if not state.partial and text.isascii():
            plain = feed(self._rules, state.scan, text.decode())
            return None if plain is None else _At(plain)
        decoder = codecs.getincrementaldecoder("utf-8")("strict")
        try:
            characters = decoder.decode(state.partial + text)
        except UnicodeDecodeError:
            return None
        scan = feed(self._rules, state.scan, characters)
        partial = decoder.getstate()[0]
        if scan is None or (partial and feed(self._rules, scan, _LETTER) is None):
            return None
        return _At(scan, partial)

    def kind(self, state: Hashable) -> str:
        """Return what a name is taken for in a state (`use`, `member`, …), to explain a refusal."""
        assert isinstance(state, _At)  # noqa: S101
        return self._rules.role(state.scan)

    def holds(self, text: str) -> bool:
        """Whether a whole text uses only names that can be meant."""
        state = self.feed(self.start(), text.encode())
        return state is not None and self.may_stop(state)

    def may_stop(self, state: Hashable) -> bool:
        """Whether what follows the cursor leaves no name open."""
        assert isinstance(state, _At)  # noqa: S101
        if state.partial:
            return False
        after = feed(self._rules, state.scan, self._rest)
        ended = after and finished(self._rules, after)
        return ended is not None
