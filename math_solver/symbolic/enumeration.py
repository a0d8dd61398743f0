"""How many numbers of a kind lie in a range: counted one by one, so the count is the proof."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction
from math import isqrt

import sympy as sp

from assistants.errors import InputError
from math_solver.reading.spoken import number_of
from math_solver.reading.statements import Ask
from math_solver.solution import Work
from math_solver.topics.numbers import nearest_root
from math_solver.topics.scope import Facts, NotCovered

from .goals import done

MAX_RANGE = 2_000_000
Test = Callable[[int], bool]

_N = r"(?:\d[\d,]*|[a-z]+(?:-[a-z]+)?)"
_RANGES = (
    (rf"between (?P<a>{_N}) and (?P<b>{_N})(?P<inclusive>,? inclusive)?", "between"),
    (rf"from (?P<a>{_N}) (?:to|through) (?P<b>{_N})(?:,? inclusive)?", "from"),
    (rf"(?:less than|smaller than|below|under) (?P<b>{_N})", "below"),
    (
        rf"(?:less than or equal to|not exceeding|not greater than|at most|up to) (?P<b>{_N})",
        "upto",
    ),
    (r"(?P<digits>one|two|three|four|five|1|2|3|4|5)-digit", "digits"),
)
_KINDS: dict[str, Test] = {
    "positive": lambda n: n > 0, "whole": lambda n: n >= 0,
    "natural": lambda n: n > 0, "counting": lambda n: n > 0, "even": lambda n: n % 2 == 0,
    "odd": lambda n: n % 2 == 1, "prime": lambda n: bool(sp.isprime(n)),
    "composite": lambda n: n > 3 and not sp.isprime(n), "perfect squares": lambda n: _power(n, 2),
    "perfect square": lambda n: _power(n, 2), "perfect cubes": lambda n: _power(n, 3),
    "perfect cube": lambda n: _power(n, 3), "palindromes": lambda n: str(n) == str(n)[::-1],
}  # fmt: skip
_NOUNS = (
    r"(?:integers?|numbers?|whole numbers?|perfect squares?|perfect cubes?|primes?|palindromes)"
)
_HEAD = re.compile(
    rf"(?P<adjectives>(?:(?:positive|even|odd|prime|composite|natural|counting|whole|different|"
    rf"distinct|(?:one|two|three|four|five|[1-5])-digit) )*)(?P<noun>{_NOUNS}"
    rf"|multiples of (?P<of>{_N}))",
    re.IGNORECASE,
)
_CONDITIONS = (
    (rf"(?:multiples of|divisible by|a multiple of) both (?P<a>{_N}) and (?P<b>{_N})", "both"),
    (rf"(?:multiples of|divisible by) (?:either )?(?P<a>{_N}) or (?P<b>{_N})", "either"),
    (rf"(?:multiples of|divisible by) neither (?P<a>{_N}) nor (?P<b>{_N})", "neither"),
    (rf"not (?:multiples of|divisible by) (?P<a>{_N})", "not"),
    (rf"(?:multiples of|divisible by|a multiple of) (?P<a>{_N})", "divisible"),
    (r"have a (?:units|ones|last) digit of (?P<a>\d)|end (?:in|with) (?:a |the digit )?(?P<b>\d)",
     "ends"),
    (r"(?:is |are |be )?(?:a )?(?P<kind>prime|even|odd|perfect squares|perfect cubes)", "kind"),
)  # fmt: skip


def _power(number: int, degree: int) -> bool:
    if number < 0:
        return False
    root = isqrt(number) if degree == 2 else nearest_root(Fraction(number), 3)
    return root**degree == number


@dataclass(frozen=True, slots=True)
class _Range:
    low: int
    high: int


def count(ask: Ask, _facts: Facts) -> Work:
    """Count the numbers of a kind in a range under a condition; every word must be understood."""
    text = re.sub(r"\s+", " ", ask.words[0].strip())
    text = re.sub(r"^different |^distinct ", "", text)
    head = _HEAD.match(text)
    if head is None:
        raise NotCovered("what is counted is not understood")
    rest = text[head.end() :]
    tests, digits = _tests(head)
    span, rest = _range(rest, digits)
    rest = re.sub(r"^\s*(?:(?:are|is|that are|which are|there|exist|have|,)\s*)*", "", rest)
    while rest.strip():
        test, rest = _condition(rest.strip())
        tests.append(test)
    if span.high - span.low > MAX_RANGE:
        raise InputError(f"up to {MAX_RANGE} numbers are tried one by one")
    found = [n for n in range(span.low, span.high + 1) if all(test(n) for test in tests)]
    shown = ", ".join(map(str, found[:8])) + (", …" if len(found) > 8 else "")
    detail = f"from {span.low} to {span.high}, one by one: {shown or 'none'}"
    return done("count", ask.source, str(len(found)), detail)


def _tests(head: re.Match[str]) -> tuple[list[Test], int]:
    words = head["adjectives"].lower().split()
    noun = head["noun"].lower()
    digits = 0
    tests: list[Test] = []
    for word in words:
        if word.endswith("-digit"):
            digits = int(number_of(word.removesuffix("-digit")))
        elif word not in {"different", "distinct"}:
            tests.append(_KINDS[word])
    if head["of"]:
        factor = int(number_of(head["of"]))
        tests.append(lambda n: n % factor == 0)
    elif noun.startswith("prime"):
        tests.append(_KINDS["prime"])
    elif noun.startswith("whole"):
        tests.append(_KINDS["whole"])
    elif noun in _KINDS or f"{noun}s" in _KINDS:
        tests.append(_KINDS.get(noun) or _KINDS[f"{noun}s"])
    return tests, digits


def _range(text: str, digits: int) -> tuple[_Range, str]:
    if digits:
        return _Range(10 ** (digits - 1) if digits > 1 else 1, 10**digits - 1), text
    for pattern, kind in _RANGES:
        found = re.search(rf"(?:are |that are |which are |lie |is )?(?:there )?{pattern}", text)
        if found is None:
            continue
        left = text[: found.start()] + " " + text[found.end() :]
        high = int(number_of(found["b"])) if kind != "digits" else 0
        match kind:
            case "between":
                low, closed = int(number_of(found["a"])), bool(found["inclusive"])
                return _Range(low if closed else low + 1, high if closed else high - 1), left
            case "from":
                return _Range(int(number_of(found["a"])), high), left
            case "below":
                return _Range(1, high - 1), left
            case "upto":
                return _Range(1, high), left
            case _:
                break
    raise NotCovered("in which range is not understood")


def _condition(text: str) -> tuple[Test, str]:
    for pattern, kind in _CONDITIONS:
        found = re.match(
            rf"(?:and |but |that |which |are |is |have |also |there |, )*{pattern}[.?]?", text
        )
        if found is None:
            continue
        groups = found.groupdict()
        a, b = (int(number_of(groups[key])) if groups.get(key) else 0 for key in ("a", "b"))
        if kind in {"both", "either", "neither", "not", "divisible"} and not a:
            raise InputError("nothing is a multiple of zero but zero")
        return _test(kind, a, b, (groups.get("kind") or "").lower()), text[found.end() :]
    raise NotCovered("a condition is not understood")


def _test(kind: str, a: int, b: int, word: str) -> Test:
    if kind == "kind":
        return _KINDS[word]
    tests: dict[str, Test] = {
        "both": lambda n: n % a == 0 and n % b == 0,
        "either": lambda n: n % a == 0 or n % b == 0,
        "neither": lambda n: n % a != 0 and n % b != 0,
        "not": lambda n: n % a != 0,
        "divisible": lambda n: n % a == 0,
        "ends": lambda n: n % 10 == (a or b),
    }
    return tests[kind]
