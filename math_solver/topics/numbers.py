"""How exact numbers are written, and what is asked of their digits: places, rounding, roots."""

from collections.abc import Mapping
from fractions import Fraction

from assistants.errors import InputError
from math_solver.word_steps import terminating

PLACES = (
    "units", "tens", "hundreds",
    *(
        first + second
        for second in (
            "thousands", "millions", "billions", "trillions", "quadrillions", "quintillions",
            "sextillions", "septillions", "octillions", "nonillions", "decillions",
        )
        for first in ("", "ten ", "hundred ")
    ),
)  # fmt: skip
"""Names of decimal places, from the right."""
_DIGITS = "0123456789abcdefghijklmnopqrstuvwxyz"
BEHIND: Mapping[str, int] = {
    "tenths": 1, "hundredths": 2, "thousandths": 3, "ten thousandths": 4,
    "hundred thousandths": 5, "millionths": 6,
}  # fmt: skip


def decimal_text(value: Fraction) -> str:
    """Write a number as a decimal where it ends, else as a fraction."""
    return terminating(value) or str(value)


def digit_at(value: Fraction, place: str) -> int:
    """Return the digit at a place. Raises `InputError` for an unknown place."""
    if place in BEHIND:
        return int(abs(value) * 10 ** BEHIND[place]) % 10
    names = {"ones": "units", "unit": "units"}
    wanted = names.get(place, place)
    wanted = wanted if wanted in PLACES else f"{wanted}s"
    if wanted not in PLACES:
        raise InputError(f"there is no place called {place!r}", hint="such as tens, thousands")
    return int(abs(value)) // 10 ** PLACES.index(wanted) % 10


def rounded_to(value: Fraction, unit: Fraction) -> Fraction:
    """Round to a multiple of a unit, halves away from zero."""
    count = abs(value) / unit
    whole = count.numerator // count.denominator
    whole += 2 * (count - whole) >= 1
    return (whole if value >= 0 else -whole) * unit


def nearest_root(value: Fraction, degree: int) -> int:
    """Return the whole number nearest to a root; found and decided in whole numbers.

    Raises `InputError` where there is no real root.
    """
    if value < 0 and degree % 2 == 0:
        raise InputError("a negative number has no real root of even degree")
    size = abs(value)
    low, high = 0, 1 << (size.numerator.bit_length() // degree + 2)
    while low < high:  # the largest whole number whose power is at most `size`
        middle = (low + high + 1) // 2
        low, high = (middle, high) if middle**degree <= size else (low, middle - 1)
    nearest = low + (Fraction(2 * low + 1, 2) ** degree <= size)
    return nearest if value >= 0 else -nearest


def in_base(value: int, base: int) -> str:
    """Write a whole number in a base from 2 to 36."""
    digits = ""
    rest = abs(value)
    while rest or not digits:
        rest, digit = divmod(rest, base)
        digits = _DIGITS[digit] + digits
    return f"-{digits}" if value < 0 else digits


def from_base(text: str, base: int) -> int:
    """Read a whole number in a base. Raises `InputError` for digits that the base lacks."""
    if not 2 <= base <= 36:
        raise InputError(f"there is no base {base} here", hint="bases from 2 to 36 are known")
    plain = text.replace("−", "-").lower()
    digits = [_DIGITS.find(sign) for sign in plain.removeprefix("-")]
    if not digits or not all(0 <= digit < base for digit in digits):
        raise InputError(f"{text!r} is no number in base {base}", hint="check its digits")
    size = 0
    for digit in digits:
        size = size * base + digit
    return -size if plain.startswith("-") else size
