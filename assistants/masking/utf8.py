"""UTF-8, one byte at a time."""

from collections.abc import Iterator
from functools import cache


def decode_one(data: bytes) -> str | None:
    """Return the character, nothing while bytes of it are missing, None if they are no UTF-8."""
    try:
        return data.decode()
    except UnicodeDecodeError as error:
        return "" if error.reason == "unexpected end of data" else None


@cache
def name_beginnings(*, first: bool) -> frozenset[bytes]:
    """Return the incomplete UTF-8 sequences that some letter of a name starts with."""
    found: set[bytes] = set()
    for letter in _letters(first=first):
        encoded = letter.encode()
        found.update(encoded[:length] for length in range(1, len(encoded)))
    return frozenset(found)


@cache
def name_numbers(*, first: bool) -> frozenset[str]:
    """Return what the four hexadecimal digits of some letter of a name start with."""
    numbers = (f"{ord(letter):04x}" for letter in _letters(first=first) if letter <= "\uffff")
    return frozenset(number[:length] for number in numbers for length in range(1, 4))


def _letters(*, first: bool) -> Iterator[str]:
    """Yield the letters beyond ASCII that may start a name, or go on with one."""
    for number in (*range(0x80, 0xD800), *range(0xE000, 0x40000), *range(0xE0100, 0xE01F0)):
        letter = chr(number)
        if (letter if first else "a" + letter).isidentifier():
            yield letter
