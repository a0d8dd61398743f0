"""Number questions: divisors, primes, remainders, order; each result with an independent check."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction
from math import gcd, lcm, prod

import sympy as sp

from assistants.answer import Check, Verdict
from assistants.errors import InputError
from math_solver.solution import SolutionStep, Work

from . import tutor
from .plain import plain

PROVED_PRIME_BELOW = 2**64
"""Below this bound sympy's `isprime` is a proof (deterministic Miller-Rabin, BPSW checked)."""
MAX_FACTORED = 10**60
MAX_DIVISORS = 2_000


def _work(rule: str, before: str, answer: str, detail: str, *, proved: bool = True) -> Work:
    verdict = Verdict.PROVED if proved else Verdict.UNKNOWN
    step = SolutionStep(
        rule=rule, before=before, after=answer, reason="", verdict=verdict, check=detail
    )
    check = Check(by=rule, verdict=verdict, detail=detail, sufficient=True)
    return Work(answer=answer, checks=(check,), steps=(step,))


def whole(values: Sequence[Fraction]) -> list[int]:
    """Return whole numbers as integers. Raises `InputError` for anything else."""
    for value in values:
        if value.denominator != 1:
            raise InputError(f"{value} is not a whole number", hint="whole numbers are needed here")
    return [int(value) for value in values]


def greatest_common_divisor(values: Sequence[Fraction]) -> Work:
    """Return the gcd, checked by Bézout coefficients."""
    numbers = whole(values)
    result = gcd(*numbers)
    coefficients, combined = [1], numbers[0]
    for number in numbers[1:]:
        s, t, combined = (int(v) for v in sp.gcdex(sp.Integer(combined), sp.Integer(number)))
        coefficients = [c * s for c in coefficients] + [t]
    combination = sum(c * n for c, n in zip(coefficients, numbers, strict=True))
    holds = bool(result) and abs(combination) == result and not any(n % result for n in numbers)
    shown = " + ".join(f"({c})*({n})" for c, n in zip(coefficients, numbers, strict=True))
    detail = f"{result} divides each number, and {shown} = {combination}"
    work = _work("greatest common divisor", _listed(numbers), str(result), detail, proved=holds)
    small = tutor.euclid(*numbers) if len(numbers) == 2 and all(numbers) else ()
    return replace(work, steps=(*small, *work.steps))


def _listed(values: Sequence[object]) -> str:
    return ", ".join(str(value) for value in values)


def least_common_multiple(values: Sequence[Fraction]) -> Work:
    """Return the lcm; for fractions the common denominator."""
    numbers = [int(v) if v.denominator == 1 else v.denominator for v in values]
    if any(v.denominator != 1 for v in values):
        numbers = [v.denominator for v in values]
    result = lcm(*numbers)
    holds = bool(result) and not any(result % n for n in numbers)
    holds = holds and gcd(*(result // n for n in numbers)) == 1
    detail = f"each number divides {result}, and the cofactors have no common divisor"
    work = _work("least common multiple", _listed(numbers), str(result), detail, proved=holds)
    small = tutor.euclid(*numbers, least=True) if len(numbers) == 2 and all(numbers) else ()
    return replace(work, steps=(*small, *work.steps))


def _prime_verdict(number: int) -> tuple[bool, bool]:
    """Whether a number is prime, and whether that is proved."""
    is_prime = bool(sp.isprime(number))
    return is_prime, number < PROVED_PRIME_BELOW or not is_prime


def prime(values: Sequence[Fraction], *, ask_composite: bool = False) -> Work:
    """Return whether a number is prime (or composite)."""
    (number,) = whole(values)
    if number < 2:
        return _work("primality", str(number), "False", f"{number} is neither prime nor composite")
    is_prime, proved = _prime_verdict(number)
    answer = str(is_prime != ask_composite)
    if is_prime:
        detail = f"{number} is prime by a deterministic test for numbers below 2^64"
        if not proved:
            detail = f"{number} passes a probable-prime test, which is no proof at this size"
    else:
        detail = f"{number} is not prime"
        if number < MAX_FACTORED:
            smallest = min(sp.factorint(number))
            detail = f"{number} = {smallest} * {number // smallest}"
    return _work("primality", str(number), answer, detail, proved=proved)


def composite(values: Sequence[Fraction]) -> Work:
    """Return whether a number is composite."""
    return prime(values, ask_composite=True)


def factorize(values: Sequence[Fraction]) -> Work:
    """Return the prime factorisation, multiplied out again and each factor proved prime."""
    (number,) = whole(values)
    if abs(number) < 2 or abs(number) > MAX_FACTORED:
        raise InputError(f"{number} has no prime factorisation here", hint="2 to 10^60")
    factors = sp.factorint(abs(number))
    product = prod(int(p) ** int(e) for p, e in factors.items())
    proved = product == abs(number) and all(all(_prime_verdict(int(p))) for p in factors)
    shown = " * ".join(f"{p}^{e}" if e > 1 else f"{p}" for p, e in sorted(factors.items()))
    detail = f"the product is {abs(number)} and each factor is prime"
    return _work("prime factors", str(number), f"-{shown}" if number < 0 else shown, detail,
                 proved=proved)  # fmt: skip


def divisors(values: Sequence[Fraction]) -> Work:
    """List the positive divisors, counted by the prime factorisation."""
    (number,) = whole(values)
    if not 1 <= abs(number) <= MAX_FACTORED or sp.divisor_count(abs(number)) > MAX_DIVISORS:
        raise InputError(f"{number} has too many divisors to list", hint="ask for its factors")
    found = [int(d) for d in sp.divisors(abs(number))]
    count = prod(int(e) + 1 for e in sp.factorint(abs(number)).values())
    holds = count == len(found) and not any(number % d for d in found)
    detail = f"each divides {number}, and the factorisation counts {count}"
    return _work("divisors", str(number), _listed(found), detail, proved=holds)


def remainder(values: Sequence[Fraction]) -> Work:
    """Return the remainder of a division of whole numbers, from 0 up to the divisor."""
    number, divisor = whole(values)
    if not divisor:
        raise InputError("a division by zero", hint="check the divisor")
    rest = number % abs(divisor)
    quotient = (number - rest) // divisor
    detail = f"{number} = {quotient} * {divisor} + {rest}"
    holds = quotient * divisor + rest == number and 0 <= rest < abs(divisor)
    return _work(
        "division with remainder", f"{number} / {divisor}", str(rest), detail, proved=holds
    )


def divides(values: Sequence[Fraction]) -> Work:
    """Return whether the first number divides the second."""
    divisor, number = whole(values)
    if not divisor:
        raise InputError("a division by zero", hint="check the divisor")
    rest = number % divisor
    detail = f"{number} = {(number - rest) // divisor} * {divisor} + {rest}"
    return _work("divisibility", f"{number} / {divisor}", str(not rest), detail)


def ordered(values: Sequence[Fraction], labels: Sequence[str], *, descending: bool = False) -> Work:
    """Sort numbers by exact comparison; each is shown by its label, as the question wrote it."""
    pairs = sorted(zip(values, labels, strict=True), key=lambda pair: pair[0], reverse=descending)
    answer = ", ".join(label for _, label in pairs)
    return _work("sort", _listed(labels), answer, "neighbours compared exactly")


def extreme(values: Sequence[Fraction], labels: Sequence[str], *, largest: bool) -> Work:
    """Return the largest or smallest of some numbers by its label."""
    pairs = list(zip(values, labels, strict=True))
    choose = max if largest else min
    _, label = choose(pairs, key=lambda pair: pair[0])
    return _work("compare", _listed(labels), label, "compared exactly with each other")


def rounded(values: Sequence[Fraction], places: int) -> Work:
    """Round half away from zero to some decimals."""
    (value,) = values
    scaled = Decimal(value.numerator * 10**places) / Decimal(value.denominator)
    units = int(scaled.quantize(Decimal(1), rounding=ROUND_HALF_UP))
    error = abs(value - Fraction(units, 10**places))
    shown = f"{Decimal(units).scaleb(-places):f}"
    detail = f"the error {error} is at most half a unit of the last place"
    return _work("round", str(value), shown, detail, proved=error * 2 * 10**places <= 1)


def root(values: Sequence[Fraction], degree: int) -> Work:
    """Return the real root of a rational, exact where it is rational, else as a radical."""
    (value,) = values
    if value < 0 and degree % 2 == 0:
        return _work("root", str(value), "no real solution", "an even power is never negative")
    exact = sp.Rational(abs(value).numerator, abs(value).denominator) ** sp.Rational(1, degree)
    exact = -exact if value < 0 else exact
    back = sp.expand(exact**degree)
    holds = back == sp.Rational(value.numerator, value.denominator)
    detail = f"({exact})^{degree} = {value}"
    return _work("root", f"{value}", plain(exact), detail.replace("**", "^"), proved=holds)


TASKS: dict[str, Callable[[Sequence[Fraction]], Work]] = {
    "gcd": greatest_common_divisor,
    "lcm": least_common_multiple,
    "prime": prime,
    "composite": composite,
    "factorize": factorize,
    "divisors": divisors,
    "remainder": remainder,
    "divides": divides,
}
"""The number tasks that take nothing but numbers."""
