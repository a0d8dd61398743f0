"""Functions and properties of exact numbers that questions in prose speak of.

Formulas are compiled to functions of whole numbers, so that a search tries thousands of them a
second; what is no rational number raises `Inexact`, and is then left to sympy.
"""

from collections.abc import Callable, Mapping
from fractions import Fraction
from math import comb, factorial, gcd, isqrt, lcm, prod

import sympy as sp

from assistants.errors import InputError
from math_solver.reading import Binary, Call, Name, Negate, Number, Relation, Tree
from math_solver.topics.numbers import nearest_root
from math_solver.topics.scope import NotCovered

Rational = int | Fraction
Values = Mapping[str, Rational]
Compiled = Callable[[Values], Rational]
MAX_BITS = 20_000


class Inexact(InputError):
    """A value that is no rational number, or is not computed here."""


def _digits(number: int) -> list[int]:
    return [int(sign) for sign in str(abs(number))]


def _trailing_zeros(number: int) -> int:
    text = str(number)
    return len(text) - len(text.rstrip("0"))


def _factors(number: int) -> list[int]:
    if not number or abs(number) > 10**40:
        raise NotCovered("too large, or zero, to be factored")
    return sorted(sp.primefactors(number))


def _divisor_count(number: int) -> int:
    if not number or abs(number) > 10**60:
        raise NotCovered("too large, or zero, to be factored")
    return int(sp.divisor_count(abs(number)))


def _remainder(number: int, divisor: int) -> int:
    if divisor < 1:
        raise NotCovered("a modulus is positive")
    return number % divisor


WHOLE: Mapping[str, Callable[..., int]] = {
    "units digit": lambda n: abs(n) % 10,
    "tens digit": lambda n: abs(n) // 10 % 10,
    "hundreds digit": lambda n: abs(n) // 100 % 10,
    "last two digits": lambda n: abs(n) % 100,
    "digit sum": lambda n: sum(_digits(n)),
    "digit product": lambda n: prod(_digits(n)),
    "digit count": lambda n: len(_digits(n)),
    "divisor count": _divisor_count,
    "divisor sum": lambda n: int(sp.divisor_sigma(n)),
    "prime factor count": lambda n: len(_factors(n)),
    "prime factor sum": lambda n: sum(_factors(n)),
    "largest prime factor": lambda n: _factors(n)[-1],
    "smallest prime factor": lambda n: _factors(n)[0],
    "remainder": _remainder,
    "mod": _remainder,
    "gcd": gcd,
    "lcm": lcm,
    "factorial": lambda n: factorial(n) if 0 <= n <= 1000 else _refused(),
    "binomial": lambda n, k: comb(n, k) if 0 <= k <= n <= 2000 else _refused(),
    "trailing zeros": _trailing_zeros,
    "modular inverse": lambda n, m: pow(n, -1, m) if m > 1 and gcd(n, m) == 1 else _refused(),
}
"""Functions of whole numbers."""
MODULAR = {"units digit": 10, "tens digit": 100, "hundreds digit": 1000, "last two digits": 100}


def _refused() -> int:
    raise Inexact("not computed here")


def is_whole(value: Rational) -> bool:
    """Whether a number is whole."""
    return isinstance(value, int) or value.denominator == 1


def _of_whole(test: Callable[..., bool]) -> Callable[..., bool]:
    def checked(*values: Rational) -> bool:
        return all(map(is_whole, values)) and test(*map(int, values))

    return checked


def _is_power(number: int, degree: int) -> bool:
    if degree == 2:
        return number >= 0 and isqrt(number) ** 2 == number
    return abs(nearest_root(Fraction(abs(number)), 3)) ** 3 == abs(number)


PROPERTIES: Mapping[str, Callable[..., bool]] = {
    "integer": is_whole,
    "real": lambda _value: True,
    "rational": lambda _value: True,
    "root": lambda _value: True,
    "positive": lambda value: value > 0,
    "negative": lambda value: value < 0,
    "nonnegative": lambda value: value >= 0,
    "nonpositive": lambda value: value <= 0,
    "nonzero": lambda value: value != 0,
    "whole": _of_whole(lambda n: n >= 0),
    "natural": _of_whole(lambda n: n >= 1),
    "even": _of_whole(lambda n: n % 2 == 0),
    "odd": _of_whole(lambda n: n % 2 == 1),
    "prime": _of_whole(lambda n: n > 1 and bool(sp.isprime(n))),
    "composite": _of_whole(lambda n: n > 3 and not sp.isprime(n)),
    "not prime": _of_whole(lambda n: n < 2 or not sp.isprime(n)),
    "square": _of_whole(lambda n: _is_power(n, 2)),
    "cube": _of_whole(lambda n: _is_power(n, 3)),
    "palindrome": _of_whole(lambda n: str(n) == str(n)[::-1]),
    "square free": _of_whole(lambda n: n > 0 and all(e == 1 for e in sp.factorint(n).values())),
    "multiple": _of_whole(lambda n, m: m != 0 and n % m == 0),
    "divisor": _of_whole(lambda n, m: n != 0 and m % n == 0),
    "coprime": _of_whole(lambda n, m: gcd(n, m) == 1),
    "congruent": _of_whole(lambda n, r, m: m > 0 and (n - r) % m == 0),
    "distinct digits": _of_whole(lambda n: len(set(_digits(n))) == len(_digits(n))),
    "even digits": _of_whole(lambda n: not any(d % 2 for d in _digits(n))),
    "odd digits": _of_whole(lambda n: all(d % 2 for d in _digits(n))),
    "contains digit": _of_whole(lambda n, d: d in _digits(n)),
    "divisible by its digits": _of_whole(lambda n: all(d and n % d == 0 for d in _digits(n))),
    "divisible by its nonzero digits": _of_whole(
        lambda n: all(n % d == 0 for d in _digits(n) if d)
    ),
    "one of": lambda value, *members: value in members,
}
"""What may hold of exact numbers."""
INTEGRAL = frozenset(
    {
        "integer",
        "whole",
        "natural",
        "even",
        "odd",
        "prime",
        "composite",
        "square",
        "cube",
        "palindrome",
        "multiple",
        "divisor",
        "not prime",
        "square free",
        "congruent",
    }
)
"""Properties that only whole numbers have."""
RELATIONS: Mapping[str, Callable[[Rational, Rational], bool]] = {
    "=": lambda a, b: a == b,
    "!=": lambda a, b: a != b,
    "<": lambda a, b: a < b,
    "<=": lambda a, b: a <= b,
    ">": lambda a, b: a > b,
    ">=": lambda a, b: a >= b,
}


def compiled(tree: Tree) -> Compiled:
    """Return a formula as a function of exact numbers. Raises `NotCovered`."""
    match tree:
        case Number():
            constant = int(tree.value) if tree.value.denominator == 1 else tree.value
            return lambda _values: constant
        case Name():
            if tree.name in {"pi", "e", "infinity", "i"}:
                raise NotCovered("no rational number")
            name = tree.name
            return lambda values: values[name]
        case Negate():
            inner = compiled(tree.operand)
            return lambda values: -inner(values)
        case Binary():
            left, right = compiled(tree.left), compiled(tree.right)
            return _operation(tree.operator, left, right)
        case Call():
            return _called(tree.function, [compiled(argument) for argument in tree.arguments])
        case Relation():
            raise NotCovered("a relation is no value")


def _operation(operator: str, left: Compiled, right: Compiled) -> Compiled:
    match operator:
        case "+":
            return lambda values: left(values) + right(values)
        case "-":
            return lambda values: left(values) - right(values)
        case "*":
            return lambda values: left(values) * right(values)
        case "/":
            return lambda values: _quotient(left(values), right(values))
        case _:
            return lambda values: _power(left(values), right(values))


def _quotient(top: Rational, bottom: Rational) -> Rational:
    if not bottom:
        raise Inexact("a division by zero")
    if isinstance(top, int) and isinstance(bottom, int) and top % bottom == 0:
        return top // bottom
    return Fraction(top) / bottom


def _power(base: Rational, exponent: Rational) -> Rational:
    if not is_whole(exponent):
        return _root(_power(base, Fraction(exponent).numerator), Fraction(exponent).denominator)
    count = int(exponent)
    if base == 0 and count <= 0:
        raise Inexact("zero to a power that is not positive")
    size = max(abs(Fraction(base).numerator), Fraction(base).denominator).bit_length()
    if abs(count) * size > MAX_BITS:
        raise Inexact("a number of too many digits")
    if count < 0:
        return Fraction(1) / Fraction(base) ** -count
    return base**count


def _root(value: Rational, degree: int) -> Rational:
    """Return an exact root. Raises `Inexact`."""
    exact = Fraction(value)
    if exact < 0 and degree % 2 == 0:
        raise Inexact("no real root")
    sign = -1 if exact < 0 else 1
    top, bottom = (
        nearest_root(Fraction(n), degree) if degree != 2 else isqrt(n)
        for n in (abs(exact.numerator), exact.denominator)
    )
    if top**degree != abs(exact.numerator) or bottom**degree != exact.denominator:
        raise Inexact("an irrational root")
    return sign * top if bottom == 1 else Fraction(sign * top, bottom)


def _floor(value: Rational) -> int:
    return value if isinstance(value, int) else value.numerator // value.denominator


def _called(name: str, parts: list[Compiled]) -> Compiled:
    if name in WHOLE:
        function = WHOLE[name]

        def whole(values: Values) -> Rational:
            inner = [part(values) for part in parts]
            if not all(map(is_whole, inner)):
                raise Inexact("a whole number is needed")
            return function(*map(int, inner))

        return whole
    if name not in EXACT:
        raise NotCovered(f"{name} is not computed exactly")
    plain = EXACT[name]
    return lambda values: plain(*(part(values) for part in parts))


EXACT: Mapping[str, Callable[..., Rational]] = {
    "sqrt": lambda v: _root(v, 2),
    "cbrt": lambda v: _root(v, 3),
    "root": lambda v, n: _root(v, int(n)),
    "abs": lambda v: -v if v < 0 else v,
    "floor": _floor,
    "ceiling": lambda v: -_floor(-v),
    "max": lambda *v: max(v),
    "min": lambda *v: min(v),
    "sign": lambda v: (v > 0) - (v < 0),
    "integer below": lambda v: -_floor(-v) - 1,
    "integer above": lambda v: _floor(v) + 1,
}
"""Functions of exact numbers with exact values."""


def modular(tree: Tree, modulus: int) -> int:
    """Return a whole number's remainder, without the number itself. Raises `NotCovered`."""
    match tree:
        case Number() if tree.value.denominator == 1:
            return int(tree.value) % modulus
        case Negate():
            return -modular(tree.operand, modulus) % modulus
        case Binary(operator="+" | "-" | "*"):
            left, right = modular(tree.left, modulus), modular(tree.right, modulus)
            joined = {"+": left + right, "-": left - right, "*": left * right}[tree.operator]
            return joined % modulus
        case Binary(operator="^"):
            exponent = compiled(tree.right)({})
            if not is_whole(exponent) or exponent < 0:
                raise NotCovered("an exponent that is no natural number")
            return pow(modular(tree.left, modulus), int(exponent), modulus)
        case Call(function="factorial"):
            (inner,) = tree.arguments
            count = compiled(inner)({})
            if not is_whole(count) or not 0 <= count <= 10**6:
                raise NotCovered("a factorial that is not computed")
            value = 1
            for factor in range(2, min(int(count), modulus) + 1):
                value = value * factor % modulus
            return value if count < modulus else 0
        case _:
            return int(_whole_value(compiled(tree)({}))) % modulus


def _whole_value(value: Rational) -> Rational:
    if not is_whole(value):
        raise NotCovered("no whole number")
    return value
