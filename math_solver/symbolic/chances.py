"""Further requests about counting and chance: repeated trials, offices, numbers from digits."""

import re
from collections.abc import Mapping
from fractions import Fraction
from itertools import permutations, product
from math import comb, perm

from assistants.errors import InputError
from math_solver.reading.spoken import number_of
from math_solver.reading.statements import Ask
from math_solver.solution import Work
from math_solver.topics.scope import Facts, NotCovered

from .goals import Goal, done

MAX_TRIALS = 1_000
MAX_NUMBERS = 500_000
DAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
_SIZES = {"a": 1, "an": 1, "no": 0}


def _whole(text: str) -> int:
    value = Fraction(_SIZES[text.lower()]) if text.lower() in _SIZES else number_of(text)
    if value.denominator != 1 or not 0 <= value <= MAX_TRIALS:
        raise InputError(f"whole numbers up to {MAX_TRIALS} are counted with here")
    return int(value)


def trials(ask: Ask, _facts: Facts) -> Work:
    """Return the chance of so many successes in independent trials (binomial distribution)."""
    how, wanted, what, times = ask.words
    count, size = _whole(times), _whole(wanted)
    coin = bool(re.match(r"head|tail", what.lower()))
    if coin == bool(re.search(r"\b(?:dice|die|rolls?|rolled)\b", ask.source.lower())):
        raise NotCovered("a coin shows heads or tails, a die numbers")
    chance = Fraction(1, 2) if coin else Fraction(1, 6)
    sizes = {"exactly": (size,), "at least": range(size, count + 1), "at most": range(size + 1)}
    total = sum(
        (comb(count, k) * chance**k * (1 - chance) ** (count - k) for k in sizes[how.lower()]),
        Fraction(0),
    )
    detail = f"C({count}, k) * ({chance})^k * ({1 - chance})^({count} - k), added over k"
    return done("binomial distribution", ask.source, str(total), detail)


def offices(ask: Ask, _facts: Facts) -> Work:
    """Count the ways to fill different offices with different people."""
    roles = [r for r in re.split(r",? and |, ", ask.words[0].strip()) if r]
    names = [re.sub(r"^(?:an?|the) ", "", role.lower()) for role in roles]
    if len(set(names)) != len(names) or not 2 <= len(names) <= 10:
        raise NotCovered("different offices")
    count = _whole(str(ask.numbers[0]))
    detail = f"{len(names)} different offices, filled one after the other"
    return done("choices in order", ask.source, str(perm(count, len(names))), detail)


_REPETITION = re.compile(
    r"(?:,? ?if )?(?:with |digits (?:can|may) be |(?P<no>without |with no |no ))"
    r"(?:any )?(?:repetitions?|repeated(?: digits?)?|repeating(?: any)? digits?)"
)


def digit_numbers(ask: Ask, _facts: Facts) -> Work:
    """Count the numbers of given length from given digits, by writing them all down."""
    size, kind, listed, rule = _digits_read(ask)
    digits = re.findall(r"\d", listed)
    said = _REPETITION.fullmatch(rule or "")
    if said is None or len(set(digits)) != len(digits) or len(digits) > 9:
        raise NotCovered("whether a digit may stand twice is not said, or more is asked")
    repeated = said["no"] is None
    if repeated and len(digits) ** size > MAX_NUMBERS:
        raise NotCovered("too many numbers to write down")
    every = product(digits, repeat=size) if repeated else permutations(digits, size)
    wanted = {"even": "02468", "odd": "13579", "": "0123456789"}[kind]
    count = sum(1 for one in every if (size == 1 or one[0] != "0") and one[-1] in wanted)
    return done("enumeration", ask.source, str(count), "each such number was written down")


def _digits_read(ask: Ask) -> tuple[int, str, str, str | None]:
    found = re.fullmatch(
        r"(\w+)[- ]digit (even |odd |)(?:numbers|integers|positive integers) .*?((?:\d, ?)*\d,? "
        r"?(?:and )?\d)\b(.*)",
        ask.words[0].lower(),
    )
    if found is None:
        raise NotCovered("which digits are meant is not read")
    return _whole(found[1]), found[2].strip(), found[3], found[4].strip() or None


def weekday(ask: Ask, _facts: Facts) -> Work:
    """Return the day of the week so many days before or after another."""
    count, direction, start = ask.words
    shift = int(count) * (-1 if direction.lower().startswith("before") else 1)
    found = DAYS[(DAYS.index(start.lower()) + shift) % 7].capitalize()
    return done(
        "remainder by 7", ask.source, found, f"{count} = 7*{int(count) // 7} + {int(count) % 7}"
    )


GOALS: Mapping[str, Goal] = {
    "trials": trials,
    "offices": offices,
    "digit numbers": digit_numbers,
    "weekday": weekday,
}
