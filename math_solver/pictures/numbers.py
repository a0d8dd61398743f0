"""Numbers on pictures: round ticks, short labels, and decimals recognised as fractions and roots.

A label is short before all; what is no short number is rounded to four figures.
"""

import math
from fractions import Fraction

ZERO = Fraction(0)
NEAR = 1e-9
_DENOMINATOR = 12


def ticks(low: float, high: float, about: int = 8) -> list[float]:
    """Return round numbers between two values, steps of 1, 2 or 5 times a power of ten."""
    step = _step(high - low, about)
    first, last = math.ceil(low / step - NEAR), math.floor(high / step + NEAR)
    return [index * step for index in range(first, last + 1)]


def _step(span: float, about: int) -> float:
    rough = span / max(about, 1)
    power = 10.0 ** math.floor(math.log10(rough))
    return next(factor * power for factor in (1, 2, 5, 10) if factor * power >= rough * (1 - NEAR))


def angle_ticks(low: float, high: float, about: int = 8) -> list[float]:
    """Return multiples of a handy part of pi between two values."""
    rough = (high - low) / about
    parts = (Fraction(1, 12), Fraction(1, 6), Fraction(1, 4), Fraction(1, 2), Fraction(1))
    wide = [float(2**power) * math.pi for power in range(1, 20)]
    steps = [*(float(part) * math.pi for part in parts), *wide]
    step = next((one for one in steps if one >= rough), steps[-1])
    first, last = math.ceil(low / step - NEAR), math.floor(high / step + NEAR)
    return [index * step for index in range(first, last + 1)]


def short(value: float) -> str:
    """Write a number in at most about eight signs: `3`, `−2/3`, `√2`, `5π/6`, `1.414`."""
    return exact(value) or decimal(value)


def exact(value: float) -> str:
    """Write a number that is recognised as a short exact one; nothing for any other."""
    for unit, sign in ((1.0, ""), (math.pi, "π")):
        found = fraction(value / unit)
        if found is not None and (not sign or found):
            return _times(found, sign)
    square = fraction(value * value)
    if square is not None and square.denominator == 1 and 1 < square < 1000:
        return f"{'−' if value < 0 else ''}√{square}"
    return ""


def fraction(value: float) -> Fraction | None:
    """Return the fraction of a small denominator that a value is up to rounding."""
    if not math.isfinite(value) or abs(value) > 1e6:
        return None
    found = Fraction(value).limit_denominator(_DENOMINATOR)
    return found if abs(value - found) <= NEAR * max(1.0, abs(value)) else None


def _times(value: Fraction, sign: str) -> str:
    top = "" if sign and abs(value.numerator) == 1 else str(abs(value.numerator))
    below = f"/{value.denominator}" if value.denominator != 1 else ""
    return f"{'−' if value < 0 else ''}{top}{sign}{below}"


def decimal(value: float) -> str:
    """Write a number with four figures, without zeros that say nothing."""
    if value == 0:
        return "0"
    size = abs(value)
    if 1e-3 <= size < 1e6:
        places = max(0, 3 - math.floor(math.log10(size)))
        text = f"{size:.{places}f}"
        text = text.rstrip("0").rstrip(".") if "." in text else text
    else:
        mantissa, _, power = f"{size:.2e}".partition("e")
        text = f"{mantissa.rstrip('0').rstrip('.')}e{int(power)}"
    return f"{'−' if value < 0 else ''}{text}"


def tick_label(value: float, step: float) -> str:
    """Write a tick of an axis whose ticks are `step` apart."""
    return decimal(0.0 if abs(value) < step * 1e-6 else value)
