"""The wordings of statements and requests: the tables beside this module, compiled.

The first wording whose formulas can be read wins, so the particular stands before the general.
Textual requests come first, because their words could be letters of a formula.
"""

import re
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from .units import UNITS

_MATRIX = (
    r"\[ ?\[.+?\] ?\]|\\begin\{[pbv]?matrix\}.+?\\end\{[pbv]?matrix\}|\[[^\[\];]+(?:;[^\[\];]+)+\]"
)
_POINT = r"[(\[<⟨][^()\[\]<>;,]+(?:,[^()\[\]<>;,]+)+[)\]>⟩]"
_COUNT = r"\d[\d,]*|[a-z]+(?:[- ][a-z]+)?"
ORDINALS = {
    "first": 1, "second": 2, "third": 3, "fourth": 4, "fifth": 5, "sixth": 6, "seventh": 7,
    "eighth": 8, "ninth": 9, "tenth": 10, "eleventh": 11, "twelfth": 12, "twelth": 12,
    "thirteenth": 13, "fourteenth": 14, "fifteenth": 15, "sixteenth": 16, "seventeenth": 17,
    "eighteenth": 18, "nineteenth": 19, "twentieth": 20, "square": 2, "cube": 3,
}  # fmt: skip
_SLOTS: Mapping[str, str] = {
    "{v}": r"(?P<v>[A-Za-z])",
    "{q}": r"(?P<q>.+=.+)",
    "{r}": r"(?P<r>.+(?:<|>|≤|≥|\\[lg]eq?\b).+?)",
    "{l}": r"(?P<l>.+?(?:,|;| and ).+?|-?[\d.]+(?: +-?[\d.]+){2,})",
    "{n}": rf"(?P<n>{'|'.join(ORDINALS)}|\d+(?:st|nd|rd|th))",
    **{f"{{m{i}}}": rf"(?P<m{i}>{_MATRIX})" for i in ("", 1)},
    **{f"{{p{i}}}": rf"(?P<p{i}>{_POINT}|{_MATRIX})" for i in ("", 1, 2, 3)},
    **{f"{{k{i}}}": rf"(?P<k{i}>{_COUNT})" for i in ("", 1, 2)},
    "{place}": r"(?P<w>[a-z]+(?: [a-z]+)?)",
    "{time}": r"\d{1,2}:\d\d ?[AaPp]\.?[Mm]\.?",
    "{digits}": r"[-−]?[0-9a-zA-Z]+",
    "{unit}": "|".join(sorted(UNITS, key=len, reverse=True)),
    "{amount}": r"[\d,]*\.?\d+(?: ?/ ?\d+)? ?|[a-z]+(?:[ -][a-z]+)*? ",
    "{bag}": r"(?P<w2>\{[^{}]+\}|[a-z]+)",
    "<verb>": "(?:what is|what's|find|calculate|compute|determine|give|work out|evaluate)",
    "<thing>": r"(?: the)?(?: following)?"
    r"(?: (?:expression|product|polynomial|quotient|quadratic))?:?",
    "<wrt>": r"(?:wrt|with respect to|w\.r\.t\.|for|by)",
}


@dataclass(frozen=True, slots=True)
class Wording:
    """A pattern for a whole sentence, and the kind of statement or request that it is."""

    pattern: re.Pattern[str]
    kind: str
    choices: bool = False


def ordinal(word: str) -> int:
    """Return the number of `first`, `second`, …, or of figures such as `3rd`."""
    plain = word.strip().lower()
    return ORDINALS.get(plain) or int(re.sub(r"\D", "", plain) or 0)


def _wording(source: str, kind: str, *, choices: bool = False) -> Wording:
    for slot, regex in _SLOTS.items():
        source = source.replace(slot, regex)
    source = re.sub(r"\{(x\d?)\}", r"(?P<\1>.+?)", source)
    return Wording(re.compile(source, re.IGNORECASE | re.DOTALL), kind, choices)


def _table(name: str) -> Mapping[str, Any]:
    return tomllib.loads(Path(__file__).with_name(name).read_text(encoding="utf-8"))


def _topics() -> Iterator[Wording]:
    tables = [_table(name) for name in ("functions.toml", "everyday.toml", "topics.toml")]
    phrases = {f"<{name.replace('_', ' ')}>": text for table in tables
               for name, text in table.items() if isinstance(text, str)}  # fmt: skip
    for table in tables:
        for kind, sources in table["requests"].items():
            for source in sources:
                for phrase, text in phrases.items():
                    source = source.replace(phrase, text)  # noqa: PLW2901
                yield _wording(source, kind)


@cache
def statements() -> tuple[Wording, ...]:
    """Sentences that say what holds."""
    return tuple(_wording(source, kind) for source, kind in _table("asks.toml")["statements"])


@cache
def requests() -> tuple[Wording, ...]:
    """Sentences that ask, in the order in which they are tried."""
    table = _table("asks.toml")
    return (
        *(_wording(source, kind) for source, kind in table["textual"]),
        *_topics(),
        *(_wording(source, kind) for source, kind in (*table["compared"], *table["formal"])),
        *(_wording(source, kind, choices=True) for source, kind in table["choices"]),
    )
