"""Units, times of day, and letters drawn without replacement: each read from text, exact."""

import re
from collections import Counter
from fractions import Fraction
from math import comb, perm

from assistants.errors import InputError
from math_solver.reading.spoken import number_of
from math_solver.reading.statements import Ask
from math_solver.reading.units import UNITS

from .numbers import decimal_text, from_base, in_base
from .scope import NotCovered

DAY = 24 * 60


def convert(ask: Ask) -> tuple[str, str]:
    """Convert an amount between units of one dimension; return the answer and why."""
    target, amount, unit = ask.words
    try:
        value = number_of(amount)
    except InputError as error:
        raise NotCovered(str(error)) from error
    (kind, size), (other, wanted) = (_unit(name) for name in (unit, target))
    if kind != other:
        raise InputError(f"{unit} and {target} do not measure the same", hint="check the units")
    result = value * size / wanted
    return decimal_text(result), f"1 {unit} = {decimal_text(size / wanted)} {target}"


def convert_mixed(ask: Ask) -> tuple[str, str]:
    """Convert an amount in two units, as in 3 hours 20 minutes."""
    target, first, unit, second, smaller = ask.words
    parts = [(int(first), *_unit(unit)), (int(second), *_unit(smaller))]
    kind, wanted = _unit(target)
    if any(part[1] != kind for part in parts):
        raise InputError(f"{unit}, {smaller} and {target} do not measure the same")
    result = sum((amount * size for amount, _, size in parts), Fraction(0)) / wanted
    told = ", ".join(f"1 {name} = {decimal_text(part[2] / wanted)} {target}"
                     for name, part in zip((unit, smaller), parts, strict=True))  # fmt: skip
    return decimal_text(result), told


def convert_rate(ask: Ask) -> tuple[str, str]:
    """Convert a rate such as km/h."""
    above, amount, old_above, old_below, below = ask.words
    try:
        value = number_of(amount)
    except InputError as error:
        raise NotCovered(str(error)) from error
    pairs = [(_unit(old), _unit(new)) for old, new in ((old_above, above), (old_below, below))]
    if any(old[0] != new[0] for old, new in pairs):
        raise InputError("the two rates do not measure the same", hint="check the units")
    factor = pairs[0][0][1] / pairs[0][1][1] / (pairs[1][0][1] / pairs[1][1][1])
    detail = f"1 {old_above}/{old_below} = {decimal_text(factor)} {above}/{below}"
    return decimal_text(value * factor), detail


def _unit(name: str) -> tuple[str, Fraction]:
    found = UNITS.get(name) or UNITS.get(name.lower())
    if found is None:
        raise InputError(f"the unit {name} is not known here")
    return found


def minutes_of(text: str) -> int:
    """Return the minutes since midnight of `4:53 PM`. Raises `InputError`."""
    found = re.fullmatch(r"(\d{1,2}):(\d\d) ?([ap])\.?m\.?", text.strip().lower())
    if found is None or not 1 <= int(found.group(1)) <= 12 or int(found.group(2)) > 59:
        raise InputError(f"{text!r} is no time of day", hint="write it as in 4:53 PM")
    hours = int(found.group(1)) % 12 + (12 if found.group(3) == "p" else 0)
    return hours * 60 + int(found.group(2))


def time_text(minutes: int) -> str:
    """Write minutes since midnight as `4:53 PM`."""
    hours, rest = divmod(minutes % DAY, 60)
    return f"{(hours - 1) % 12 + 1}:{rest:02} {'AM' if hours < 12 else 'PM'}"


def clock(ask: Ask) -> tuple[str, str]:
    """Return the time so many minutes before or after another."""
    amount, unit, direction, start = ask.words
    minutes = int(amount) * (60 if unit == "hours" else 1)
    sign = -1 if direction.lower() == "before" else 1
    end = minutes_of(start) + sign * minutes
    return time_text(end), f"{minutes} minutes are {minutes // 60} h {minutes % 60} min"


def between(ask: Ask) -> tuple[str, str]:
    """Return how long it is from one time of day to the next such time."""
    unit, start, end = ask.words
    minutes = (minutes_of(end) - minutes_of(start)) % DAY
    value = {
        "minutes": Fraction(minutes), "hours": Fraction(minutes, 60),
        "seconds": Fraction(minutes * 60),
    }[unit.lower()]  # fmt: skip
    shown = f"from {start} to the next {end}: {minutes // 60} h {minutes % 60} min"
    return decimal_text(value), shown


def convert_base(ask: Ask) -> tuple[str, str]:
    """Write a number of one base in another."""
    digits, old, new = ask.words
    value = from_base(digits, int(old))
    result = in_base(value, _base(new))
    if from_base(result, int(new)) != value:
        raise InputError("the conversion does not lead back")
    return result, f"both are {value} in base 10"


def _base(text: str) -> int:
    base = int(text)
    if not 2 <= base <= 36:
        raise InputError(f"there is no base {base} here", hint="bases from 2 to 36 are known")
    return base


def base_sum(ask: Ask) -> tuple[str, str]:
    """Add, subtract or multiply in a base."""
    base = _base(ask.words[0])
    left, right = from_base(ask.words[1], base), from_base(ask.words[3], base)
    sign = ask.words[2]
    value = left + right if sign == "+" else left - right if sign == "-" else left * right
    return in_base(value, base), f"in base 10: {left} {sign} {right} = {value}"


def letters(ask: Ask) -> tuple[str, str]:
    """Probability of a sequence, or of counts, when letters are drawn without replacement."""
    event, bag_text, drawn = ask.words
    bag, count = _bag(bag_text), int(number_of(drawn.lower()))
    total = sum(bag.values())
    if not 0 < count <= total:
        raise InputError(f"{count} letters cannot be drawn from {total}")
    if re.search(r"\bsequence\b", ask.source):
        return _sequence(event, bag, count, total)
    return _level(event, bag, count, total)


def _bag(text: str) -> Counter[str]:
    if not text.startswith("{"):
        return Counter(text)
    parts = re.findall(r"([a-z]): ?(\d+)", text)
    return Counter({letter: int(number) for letter, number in parts})


def _sequence(event: str, bag: Counter[str], count: int, total: int) -> tuple[str, str]:
    if len(event) != count:
        raise InputError(f"{event} has {len(event)} letters, and {count} are drawn")
    ways = 1
    for letter, number in Counter(event).items():
        ways *= perm(bag[letter], number)
    shown = f"{ways} of {perm(total, count)} equally likely sequences"
    return str(Fraction(ways, perm(total, count))), shown


def _level(event: str, bag: Counter[str], count: int, total: int) -> tuple[str, str]:
    parts = re.findall(r"(\d+) ([a-z])\b", event)
    if not parts or sum(int(number) for number, _ in parts) != count:
        raise InputError("the letters of the event are not as many as are drawn")
    if len({letter for _, letter in parts}) != len(parts):
        raise InputError("a letter is named twice")
    ways = 1
    for number, letter in parts:
        ways *= comb(bag[letter], int(number))
    shown = f"{ways} of {comb(total, count)} equally likely choices"
    return str(Fraction(ways, comb(total, count))), shown
