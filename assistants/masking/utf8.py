"""UTF-8, one byte at a time."""

from collections.abc import Callable
from functools import cache

_LETTERS = (range(0x80, 0x40000), range(0xE0000, 0xE01F0))
"""Where Unicode has letters beyond ASCII, and other signs that names may hold."""


def decode_one(data: bytes) -> str | None:
    """Return the character, nothing while bytes of it are missing, None if they are no UTF-8."""
    try:
        return data.decode()
    except UnicodeDecodeError as error:
        return "" if error.reason == "unexpected end of data" else None


@cache
def begins_letter(partial: bytes, names: Callable[[str], bool]) -> bool:
    """Whether an incomplete UTF-8 sequence starts a character that may stand in a name."""
    length = 2 if partial[0] < 0xE0 else 3 if partial[0] < 0xF0 else 4
    number = partial[0] & (0x7F >> length)
    for byte in partial[1:]:
        number = number << 6 | byte & 0x3F
    missing = 6 * (length - len(partial))
    least = {2: 0x80, 3: 0x800, 4: 0x10000}[length]
    return _has_letter(max(least, number << missing), (number + 1) << missing, names)


@cache
def numbers_letter(digits: str, names: Callable[[str], bool]) -> bool:
    """Whether some letter beyond ASCII has a number of four such hexadecimal digits."""
    missing, number = 4 * (4 - len(digits)), int(digits, 16)
    return _has_letter(number << missing, (number + 1) << missing, names)


def _has_letter(start: int, end: int, names: Callable[[str], bool]) -> bool:
    return any(
        names(chr(number))
        for letters in _LETTERS
        for number in range(max(start, letters.start), min(end, letters.stop))
    )
