"""Exact arithmetic with square roots of rational numbers: sums of rational multiples of √n.

Elements of a multiquadratic field, written over square-free radicands; the form is unique, because
square roots of different square-free whole numbers are linearly independent over the rationals
(Besicovitch 1940).
"""

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from math import gcd, isqrt

from assistants.errors import InputError
from math_solver.reading import Binary, Call, Negate, Number, Tree

from .scope import NotCovered

MAX_RADICAND = 10**12
MAX_PARTS = 64


@dataclass(frozen=True, slots=True)
class Surd:
    """Rational factors by square-free radicand; 1 is the rational part."""

    parts: Mapping[int, Fraction]

    def __add__(self, other: "Surd") -> "Surd":
        parts = dict(self.parts)
        for radicand, factor in other.parts.items():
            parts[radicand] = parts.get(radicand, Fraction(0)) + factor
        return Surd({radicand: factor for radicand, factor in parts.items() if factor})

    def __neg__(self) -> "Surd":
        return Surd({radicand: -factor for radicand, factor in self.parts.items()})

    def __mul__(self, other: "Surd") -> "Surd":
        parts: dict[int, Fraction] = {}
        for one, a in self.parts.items():
            for two, b in other.parts.items():
                common = gcd(one, two)
                radicand = one * two // common**2
                parts[radicand] = parts.get(radicand, Fraction(0)) + a * b * common
        if len(parts) > MAX_PARTS:
            raise NotCovered("too many different square roots")
        return Surd({radicand: factor for radicand, factor in parts.items() if factor})

    def inverse(self) -> "Surd":
        """Return one over this, by multiplying with conjugates until no root is left below."""
        above, below = Surd({1: Fraction(1)}), self
        if not below.parts:
            raise InputError("a division by zero", hint="check the divisor")
        while set(below.parts) != {1}:
            radicand = max(below.parts)
            prime = _smallest_prime(radicand)
            flipped = Surd({r: -f if r % prime == 0 else f for r, f in below.parts.items()})
            above, below = above * flipped, below * flipped
        scale = 1 / below.parts[1]
        return Surd({radicand: factor * scale for radicand, factor in above.parts.items()})


def _smallest_prime(number: int) -> int:
    divisor = 2
    while divisor * divisor <= number:
        if number % divisor == 0:
            return divisor
        divisor += 1
    return number


def root_of(value: Fraction) -> Surd:
    """Return the square root of a rational. Raises `NotCovered` for negative or huge ones."""
    below = value.denominator
    radicand = value.numerator * below
    if radicand < 0 or radicand > MAX_RADICAND:
        raise NotCovered("the root of a negative or a very large number")
    outside, divisor = 1, 2
    exact = isqrt(radicand)
    if exact * exact == radicand:
        return Surd({1: Fraction(exact, below)} if exact else {})
    while divisor * divisor <= radicand:
        if radicand % (divisor * divisor) == 0:
            radicand //= divisor * divisor
            outside *= divisor
        else:
            divisor += 1
    return Surd({radicand: Fraction(outside, below)})


def surd_of(tree: Tree) -> Surd:
    """Return the normal form of a constant with square roots. Raises `NotCovered`."""
    match tree:
        case Number():
            return Surd({1: tree.value} if tree.value else {})
        case Negate():
            return -surd_of(tree.operand)
        case Call(function="sqrt", arguments=(inner,)):
            value = surd_of(inner)
            if set(value.parts) - {1}:
                raise NotCovered("a root within a root")
            return root_of(value.parts.get(1, Fraction(0)))
        case Binary():
            return _binary(tree)
        case _:
            raise NotCovered("this is no sum of square roots")


def _binary(tree: Binary) -> Surd:
    left, right = surd_of(tree.left), surd_of(tree.right)
    match tree.operator:
        case "+":
            return left + right
        case "-":
            return left + -right
        case "*":
            return left * right
        case "/":
            return left * right.inverse()
        case _:
            return _power(left, right)


def _power(base: Surd, exponent: Surd) -> Surd:
    if set(exponent.parts) - {1}:
        raise NotCovered("an exponent with a root")
    power = exponent.parts.get(1, Fraction(0))
    if power.denominator != 1 or abs(power) > 60:
        raise NotCovered("an exponent that is no small whole number")
    if not power and not base.parts:
        raise InputError("zero to the power of zero", hint="check the exponent")
    result = Surd({1: Fraction(1)})
    for _ in range(abs(int(power))):
        result = result * base
    return result.inverse() if power < 0 else result


def power_of(tree: Tree, letter: str) -> tuple[Fraction, Fraction]:
    """Return c and q of c * letter^q, the letter being positive. Raises `NotCovered`."""
    match tree:
        case Number() if tree.value > 0:
            return tree.value, Fraction(0)
        case Binary(operator="*" | "/"):
            (c, q), (d, r) = power_of(tree.left, letter), power_of(tree.right, letter)
            return (c * d, q + r) if tree.operator == "*" else (c / d, q - r)
        case Binary(operator="^"):
            exponent = surd_of(tree.right).parts
            factor, power = power_of(tree.left, letter)
            value = exponent.get(1, Fraction(0))
            if set(exponent) - {1} or (factor != 1 and value.denominator != 1):
                raise NotCovered("an exponent that is no rational number")
            return factor ** int(value) if factor != 1 else factor, power * value
        case _ if getattr(tree, "name", "") == letter:
            return Fraction(1), Fraction(1)
        case _:
            raise NotCovered("this is no product of powers")
