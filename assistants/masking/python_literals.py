"""Python's literals: what may stand inside strings and numbers, character by character."""

import re
import unicodedata
from typing import NamedTuple

AFTER_NUMBER = ("and", "else", "for", "if", "in", "is", "not", "or")
"""The keywords that may follow a number with nothing between."""

CLOSED = (-1, "")
"""What `read` returns for the character that closes the string."""

_D, _X, _O, _B = r"\d(?:_?\d)*", r"[\da-fA-F]", "[0-7]", "[01]"
_EXPONENT = rf"[eE][-+]?{_D}"
_INTEGER = re.compile(
    rf"0[xX](?:_?{_X})+|0[oO](?:_?{_O})+|0[bB](?:_?{_B})+|[1-9](?:_?\d)*|0(?:_?0)*", re.ASCII
)
_FLOAT = re.compile(rf"(?:{_D}\.(?:{_D})?|\.{_D})(?:{_EXPONENT})?|{_D}{_EXPONENT}", re.ASCII)
_IMAGINARY = re.compile(rf"(?:{_FLOAT.pattern}|{_D})[jJ]", re.ASCII)
_UNFINISHED = re.compile(
    rf"0[xX](?:_?{_X})*_?|0[oO](?:_?{_O})*_?|0[bB](?:_?{_B})*_?|{_D}_?"
    rf"|(?:{_D}\.|\.)(?:{_D}_?)?|(?:{_D}\.(?:{_D})?|\.{_D}|{_D})[eE](?:[-+]?(?:{_D}_?)?)",
    re.ASCII,
)


_MAX_DIGITS = 4300
"""How long a decimal integer may be (`sys.int_info`)."""


class Quote(NamedTuple):
    """How the string that is open ends, and how it reads what it holds."""

    end: str
    raw: bool
    binary: bool
    formatted: bool

    @classmethod
    def of(cls, prefix: str, end: str) -> "Quote":
        """Return the rules of a string with this prefix (lower case) and these quotes."""
        return cls(end, "r" in prefix, "b" in prefix, "f" in prefix or "t" in prefix)


def string_prefixes(version: tuple[int, int]) -> frozenset[str]:
    """Return the prefixes that a string may have, in lower case."""
    templates = {"t", "tr", "rt"} if version >= (3, 14) else set[str]()
    return frozenset({"", "r", "u", "b", "f", "br", "rb", "fr", "rf"} | templates)


def string_terminal(prefix: str) -> str:
    """Return the terminal that a string with this prefix begins or is."""
    if "t" in prefix:
        return "TSTRING_START"
    return "FSTRING_START" if "f" in prefix else "BYTES" if "b" in prefix else "STRING"


def number_terminal(text: str) -> str:
    """Return the terminal of a finished number, or nothing."""
    if _INTEGER.fullmatch(text):
        return "NUMBER" if len(text) <= _MAX_DIGITS or text[:1] == "0" else ""
    if _FLOAT.fullmatch(text):
        return "NUMBER"
    return "IMAGINARY" if _IMAGINARY.fullmatch(text) else ""


def could_be_number(text: str) -> bool:
    """Whether the text is a number or begins one."""
    return bool(number_terminal(text) or _UNFINISHED.fullmatch(text))


def read(quote: Quote, run: int, escape: str, char: str) -> tuple[int, str] | None:
    """Read one more character of a string.

    `run` counts the closing quotes just read and `escape` holds an escape sequence so far. Returns
    the new pair, `CLOSED`, or None where the character cannot stand.
    """
    if quote.binary and not char.isascii():
        return None
    if escape:
        return _escape(quote, escape, char)
    if char == quote.end[0]:
        return CLOSED if run + 1 == len(quote.end) else (run + 1, "")
    if char == "\n" and len(quote.end) == 1:
        return None
    return (0, "\\") if char == "\\" else (0, "")


_HEX_DIGITS = {"x": 2, "u": 4, "U": 8}


def _escape(quote: Quote, escape: str, char: str) -> tuple[int, str] | None:
    kind = escape[1:2]
    if not kind:
        starts = not quote.raw and (char == "x" or (not quote.binary and char in "uUN"))
        return (0, escape + char) if starts else (0, "")
    if kind == "N":
        return _named(escape, char)
    escape += char
    if char not in "0123456789abcdefABCDEF":
        return None
    if len(escape) - 2 < _HEX_DIGITS[kind]:
        return (0, escape)
    digits = escape[2:]
    return (0, "") if int(digits, 16) <= 0x10FFFF else None


def _named(escape: str, char: str) -> tuple[int, str] | None:
    r"""A character by its name, `\N{BULLET}`; a wrong name is refused at the brace."""
    name = escape[3:]
    if len(escape) == 2:
        return (0, escape + char) if char == "{" else None
    if char != "}":
        allowed = char.isascii() and (char.isalnum() or char in " -") and len(name) < 100
        return (0, escape + char) if allowed else None
    try:
        single = len(unicodedata.lookup(name)) == 1  # names of sequences do not count
    except KeyError:
        return None
    return (0, "") if single else None
