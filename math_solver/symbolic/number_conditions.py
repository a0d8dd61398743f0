"""Conditions on whole numbers as a sentence tells them, each a test or a bound.

`divisible by 3 and 4`, `leaves a remainder of 2 when divided by 7`, `whose digits sum to 9`.
"""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from fractions import Fraction
from math import gcd, isqrt

import sympy as sp

from assistants.errors import InputError
from math_solver.reading.spoken import number_of
from math_solver.topics.numbers import nearest_root
from math_solver.topics.scope import NotCovered

MAX_TRIED = 1_000_000
Test = Callable[[int], bool]
N = r"(-?\d[\d,]*|[a-z]+(?:-[a-z]+)?)"
"""A number in figures or words."""


@dataclass(slots=True)
class Search:
    """What is looked for: bounds, tests, and a list to look in where there is one."""

    low: int | None = None
    high: int | None = None
    tests: list[Test] = field(default_factory=list[Test])
    among: list[int] | None = None

    def at_least(self, bound: int) -> None:
        """Raise the lower bound."""
        self.low = bound if self.low is None else max(self.low, bound)

    def at_most(self, bound: int) -> None:
        """Lower the upper bound."""
        self.high = bound if self.high is None else min(self.high, bound)

    def found(self, *, downwards: bool = False, first: int = 0) -> Iterator[int]:
        """Yield the numbers in order, until `first` of them where that is given."""
        if self.among is not None:
            values: list[int] | range = sorted(self.among, reverse=downwards)
        elif downwards:
            if self.high is None:
                raise NotCovered("there is no greatest one, or no bound is told")
            values = range(self.high, self._floor() - 1, -1)
        else:
            low = self.low if self.low is not None else None
            if low is None:
                raise NotCovered("where to begin is not told")
            top = self.high if self.high is not None else low + MAX_TRIED
            if self.high is None and not first:
                raise NotCovered("infinitely many, or no bound is told")
            values = range(low, top + 1)
        if len(values) > 2 * MAX_TRIED:
            raise InputError(f"up to {MAX_TRIED} numbers are tried one by one")
        count = 0
        for value in values:
            inside = (self.low is None or value >= self.low) and (
                self.high is None or value <= self.high)  # fmt: skip
            if inside and all(test(value) for test in self.tests):
                yield value
                count += 1
                if first and count >= first:
                    return

    def _floor(self) -> int:
        return self.low if self.low is not None else (self.high or 0) - MAX_TRIED


def divisible(looked: Search, factor: int, *, wanted: bool = True) -> None:
    """Ask for multiples of a factor, or for numbers that are none."""
    if not factor:
        raise InputError("nothing is a multiple of zero but zero")
    looked.tests.append(lambda n: (n % factor == 0) == wanted)


def is_power(number: int, degree: int) -> bool:
    """Whether a number is a square (degree 2) or a positive cube (degree 3)."""
    if number < 0:
        return False
    root = isqrt(number) if degree == 2 else nearest_root(Fraction(number), 3)
    return root**degree == number


def is_palindrome(number: int) -> bool:
    """Whether the digits read the same backwards."""
    return str(number) == str(number)[::-1]


_JOINED = (
    r"(?:(?:that|which|who|whose|and|but|also|both|it|they|if|such|is|are|be|there|have|has|each"
    r"|will|do|does|must|can|with|,)\s+)*"
)
_NO_COUNT = (
    r"(?! (?:different|distinct|digits?|factors?|divisors?|primes?|even|odd|zeros?|times|of|more))"
)
"""What may not stand behind a number that bounds: `at most two digits` bounds something else."""
_MULTIPLE = r"(?:divisible by|multiples? of|an? (?:common )?multiple of)"
_DIVIDED = r"(?:when|if|upon) (?:it is |they are )?(?:divided|division) by"
_DIGITS = (
    r"(?:(?:the |a )?sum of (?:the|its|their|all its) digits"
    r"|digits?(?: that)? (?:sum|add up|add|which sum)) "
    r"(?:is |of |equal |equals |equal to |to |being )*"
)


def _bounds(low: int | None, high: int | None) -> Callable[["Search", list[int]], None]:
    """Return what takes bounds from the numbers of a condition, moved by `low` and `high`."""

    def apply(looked: Search, values: list[int]) -> None:
        if low is not None:
            looked.at_least(values[0] + low)
        if high is not None:
            looked.at_most(values[-1] + high)

    return apply


def _test(test: Callable[[int, list[int]], bool]) -> Callable[["Search", list[int]], None]:
    def apply(looked: Search, values: list[int]) -> None:
        looked.tests.append(lambda number: bool(test(number, values)))

    return apply


def _multiples(looked: "Search", values: list[int]) -> None:
    for value in values:
        divisible(looked, value)


def _no_multiples(looked: "Search", values: list[int]) -> None:
    for value in values:
        divisible(looked, value, wanted=False)


_PLAIN: tuple[tuple[str, Callable[["Search", list[int]], None]], ...] = (
    (rf"(?:strictly )?between {N} and {N},? ?\(?inclusive\)?", _bounds(0, 0)),
    (rf"from {N} (?:to|through) {N}(?:,? ?\(?inclusive\)?)?", _bounds(0, 0)),
    (rf"(?:strictly )?between {N} and {N}", _bounds(1, -1)),
    (rf"(?:less|smaller) than or equal to {N}", _bounds(None, 0)),
    (rf"(?:greater|larger|more|bigger) than or equal to {N}", _bounds(0, None)),
    (rf"(?:at most|no more than|not exceeding|up to|no greater than) {N}", _bounds(None, 0)),
    (rf"(?:at least|no less than) {N}", _bounds(0, None)),
    (rf"(?:less than|smaller than|below|under) {N}", _bounds(None, -1)),
    (rf"(?:greater than|larger than|more than|above|bigger than|over) {N}", _bounds(1, None)),
    (rf"{_MULTIPLE}(?: both)? {N},? {N},? and {N}", _multiples),
    (rf"{_MULTIPLE}(?: both)? {N} and (?:of |by )?{N}(?! digit)", _multiples),
    (
        rf"{_MULTIPLE}(?: either)? {N} or (?:of |by )?{N}",
        _test(lambda n, v: all(v) and (n % v[0] == 0 or n % v[1] == 0)),
    ),
    (rf"{_MULTIPLE} neither {N} nor {N}", _no_multiples),
    (rf"not {_MULTIPLE} {N}", _no_multiples),
    (rf"{_MULTIPLE} {N}", _multiples),
    (
        rf"(?:factors?|divisors?|a (?:factor|divisor)) of {N}",
        _test(lambda n, v: n != 0 and v[0] % n == 0),
    ),
    (rf"leaves? a remainder of {N} {_DIVIDED} {N}", _test(lambda n, v: n % v[1] == v[0])),
    (rf"(?:a )?remainder (?:is|of) {N} {_DIVIDED} {N}", _test(lambda n, v: n % v[1] == v[0])),
    (
        rf"(?:congruent to|≡|\\equiv) {N},? \(?(?:mod|modulo) {N}\)?",
        _test(lambda n, v: (n - v[0]) % v[1] == 0),
    ),
    (rf"(?:relatively prime|coprime) (?:to|with) {N}", _test(lambda n, v: gcd(n, v[0]) == 1)),
    (
        rf"(?:a )?(?:units|ones|last) digit (?:of|is|equal to|that is) {N}",
        _test(lambda n, v: abs(n) % 10 == v[0]),
    ),
    (rf"ends? (?:in|with) (?:a |the digit |the )?{N}", _test(lambda n, v: abs(n) % 10 == v[0])),
    (
        rf"(?:a )?tens digit (?:of|is|equal to) {N}",
        _test(lambda n, v: abs(n) // 10 % 10 == v[0]),
    ),
    (
        rf"(?:a )?hundreds digit (?:of|is|equal to) {N}",
        _test(lambda n, v: abs(n) // 100 % 10 == v[0]),
    ),
    (rf"{_DIGITS}{N}", _test(lambda n, v: sum(map(int, str(abs(n)))) == v[0])),
    (
        rf"(?:exactly )?{N} (?:positive )?(?:integer )?(?:divisors|factors)",
        _test(lambda n, v: n > 0 and sp.divisor_count(n) == v[0]),
    ),
    (
        rf"(?:not contain|no) (?:the |any )?(?:digit )?{N}(?:'s)?(?: as (?:a )?digits?)?",
        _test(lambda n, v: str(v[0]) not in str(abs(n))),
    ),
    (
        rf"contains? (?:the digit |a |at least one ){N}",
        _test(lambda n, v: str(v[0]) in str(abs(n))),
    ),
)
_WORDS: tuple[tuple[str, Test], ...] = (
    (r"(?:an? )?prime(?: numbers?)?", lambda n: bool(sp.isprime(n))),
    (r"(?:an? )?perfect squares?", lambda n: is_power(n, 2)),
    (r"(?:an? )?perfect cubes?", lambda n: is_power(n, 3)),
    (
        r"either (?:an? )?perfect (?:square|cube)s? or (?:an? )?perfect (?:cube|square)s?",
        lambda n: is_power(n, 2) or is_power(n, 3),
    ),
    (r"(?:an? )?palindromes?", is_palindrome),
    (r"(?:an )?even(?: numbers?)?", lambda n: n % 2 == 0),
    (r"(?:an )?odd(?: numbers?)?", lambda n: n % 2 == 1),
    (r"an odd number of (?:positive )?(?:factors|divisors)", lambda n: is_power(n, 2)),
    (
        r"(?:only even digits|all even digits|digits all even)",
        lambda n: not set(str(abs(n))) & set("13579"),
    ),
    (r"(?:only odd digits|all odd digits)", lambda n: not set(str(abs(n))) & set("02468")),
    (
        r"(?:distinct|different) digits|digits (?:that are )?(?:all )?(?:distinct|different)",
        lambda n: len(set(str(abs(n)))) == len(str(abs(n))),
    ),
)


def condition(text: str, looked: Search) -> str:
    """Take the next condition into account; return what follows. Raises `NotCovered`."""
    for pattern, apply in _PLAIN:
        found = re.match(rf"{_JOINED}{pattern}(?![\w-]){_NO_COUNT}", text)
        if found is None:
            continue
        values = [_whole(group) for group in found.groups()]
        if re.search(r"mod|remainder", pattern) and values[-1] < 1:
            raise InputError("a modulus is positive")
        apply(looked, values)
        return text[found.end() :]
    for pattern, test in sorted(_WORDS, key=lambda one: -len(one[0])):
        found = re.match(rf"{_JOINED}{pattern}(?![\w-])", text)
        if found is not None:
            looked.tests.append(test)
            return text[found.end() :]
    found = re.match(rf"{_JOINED}(?:positive|natural)(?: integers?| numbers?)?(?![\w-])", text)
    if found is not None:
        looked.at_least(1)
        return text[found.end() :]
    raise NotCovered("a condition is not understood")


def _whole(text: str) -> int:
    try:
        value = number_of(text)
    except InputError as error:
        raise NotCovered(str(error)) from error
    if value.denominator != 1:
        raise NotCovered("no whole number")
    return int(value)
