"""Exact complex numbers: real and imaginary part as sums of rational multiples of square roots."""

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction

from assistants.errors import InputError
from math_solver.reading import Binary, Call, Name, Negate, Tree

from .scope import NotCovered
from .surds import Surd, root_of, surd_of

MAX_EXPONENT = 5_000
ZERO, ONE = Surd({}), Surd({1: Fraction(1)})


@dataclass(frozen=True, slots=True)
class Complex:
    """A complex number."""

    re: Surd
    im: Surd

    def __add__(self, other: "Complex") -> "Complex":
        return Complex(self.re + other.re, self.im + other.im)

    def __neg__(self) -> "Complex":
        return Complex(-self.re, -self.im)

    def __mul__(self, other: "Complex") -> "Complex":
        return Complex(
            self.re * other.re + -(self.im * other.im), self.re * other.im + self.im * other.re
        )

    @property
    def size(self) -> Surd:
        """The square of the absolute value."""
        return self.re * self.re + self.im * self.im

    def inverse(self) -> "Complex":
        """One over this. Raises `InputError` for zero."""
        if not self.size.parts:
            raise InputError("a division by zero", hint="check the divisor")
        below = self.size.inverse()
        return Complex(self.re * below, -self.im * below)

    def __pow__(self, exponent: int) -> "Complex":
        result, base = Complex(ONE, ZERO), self
        while exponent:
            result = result * base if exponent & 1 else result
            base, exponent = base * base, exponent >> 1
        return result


UNIT = Complex(ZERO, ONE)


def complex_of(tree: Tree) -> Complex:
    """Return the value of a formula in which `i` is the imaginary unit. Raises `NotCovered`."""
    match tree:
        case Name(name="i"):
            return UNIT
        case Negate():
            return -complex_of(tree.operand)
        case Binary(operator="+" | "-"):
            right = complex_of(tree.right)
            return complex_of(tree.left) + (right if tree.operator == "+" else -right)
        case Binary(operator="*"):
            return complex_of(tree.left) * complex_of(tree.right)
        case Binary(operator="/"):
            return complex_of(tree.left) * complex_of(tree.right).inverse()
        case Binary(operator="^"):
            return _power(tree)
        case Call(function="abs", arguments=(inner,)):
            size = complex_of(inner).size
            if set(size.parts) - {1}:
                raise NotCovered("a root within a root")
            return Complex(root_of(size.parts.get(1, Fraction(0))), ZERO)
        case Call(function="sqrt", arguments=(inner,)):
            return _square_root(complex_of(inner))
        case _:
            return Complex(surd_of(tree), ZERO)


def _power(tree: Binary) -> Complex:
    exponent = complex_of(tree.right)
    value = exponent.re.parts.get(1, Fraction(0))
    if exponent.im.parts or set(exponent.re.parts) - {1} or value.denominator != 1:
        raise NotCovered("an exponent that is no whole number")
    base = complex_of(tree.left)
    unit = base.size.parts == {1: Fraction(1)}
    if abs(value) > MAX_EXPONENT and not (unit and not (set(base.re.parts) - {1})):
        raise NotCovered("the exponent is too large")
    if not value and not base.size.parts:
        raise InputError("zero to the power of zero", hint="check the exponent")
    power = base ** abs(int(value))
    return power.inverse() if value < 0 else power


def _square_root(inner: Complex) -> Complex:
    value = inner.re.parts.get(1, Fraction(0))
    if inner.im.parts or set(inner.re.parts) - {1}:
        raise NotCovered("the root of such a number")
    root = root_of(abs(value))
    return Complex(root, ZERO) if value >= 0 else Complex(ZERO, root)


def parts_of(number: Surd) -> Mapping[int, Fraction]:
    """The rational factors by radicand, in a fixed order."""
    return dict(sorted(number.parts.items()))
