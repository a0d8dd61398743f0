"""Rigorous numeric evaluation of our trees: a box that certainly holds the value.

Interval arithmetic is mpmath's (`mpmath.iv`, outward rounding); principal values over the complex
numbers, as ISO C and the DLMF define them. Two boxes that do not meet prove two values different;
boxes that meet prove nothing.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from math import factorial

from mpmath import iv as mpmath_iv
from mpmath import libmp

from math_solver.reading import Binary, Call, Name, Negate, Number, Relation, Tree

from . import Expression

iv: Expression = mpmath_iv
MAX_FACTORIAL = 5_000
MAX_POWER = 10_000
MAX_ROOT = 60


class Undecided(Exception):
    """The value may not exist here, or this evaluator cannot enclose it."""


@dataclass(frozen=True, slots=True)
class Box:
    """A rectangle in the complex plane: intervals of the real and the imaginary part."""

    re: Expression
    im: Expression

    @property
    def is_real(self) -> bool:
        """Whether the imaginary part is exactly zero."""
        return bool(self.im.a == 0 and self.im.b == 0)

    def disjoint(self, other: "Box") -> bool:
        """Whether no number lies in both."""
        return _apart(self.re, other.re) or _apart(self.im, other.im)

    def contains_zero(self) -> bool:
        """Whether zero lies in the box."""
        return bool(0 in self.re and 0 in self.im)


def _apart(left: Expression, right: Expression) -> bool:
    return bool(left.b < right.a or right.b < left.a)


class Evaluator:
    """Evaluates trees at one point with a given precision.

    `values` holds exact rationals or boxes by letter. `left_reals` tells afterwards whether a
    square root or a logarithm of a negative number was met on the way.
    """

    def __init__(self, values: Mapping[str, Fraction | Box], digits: int = 30) -> None:
        self.values = values
        self.digits = digits
        self.left_reals = False

    def box(self, tree: Tree) -> Box:
        """Return a box that holds the value. Raises `Undecided`."""
        before = iv.dps
        iv.dps = self.digits
        try:
            return self._box(tree)
        except (ZeroDivisionError, OverflowError, ValueError, NotImplementedError) as error:
            raise Undecided(str(error)) from error
        finally:
            iv.dps = before

    def _box(self, tree: Tree) -> Box:
        match tree:
            case Number():
                return real(tree.value)
            case Name():
                return self._name(tree.name)
            case Negate():
                inner = self._box(tree.operand)
                return Box(-inner.re, -inner.im)
            case Binary():
                return self._binary(tree)
            case Call():
                return self._call(tree)
            case Relation():
                raise Undecided("a relation has no value")

    def _name(self, name: str) -> Box:
        if name in self.values:
            value = self.values[name]
            return value if isinstance(value, Box) else real(value)
        if name == "pi":
            return Box(+iv.pi, iv.mpf(0))
        if name == "e":
            return Box(iv.exp(iv.mpf(1)), iv.mpf(0))
        raise Undecided(f"{name} has no value here")

    def _binary(self, tree: Binary) -> Box:
        left = self._box(tree.left)
        if tree.operator == "^":
            return self._power(left, tree.right)
        right = self._box(tree.right)
        match tree.operator:
            case "+":
                return Box(left.re + right.re, left.im + right.im)
            case "-":
                return Box(left.re - right.re, left.im - right.im)
            case "*":
                return multiply(left, right)
            case _:
                return divide(left, right)

    def _power(self, base: Box, exponent: Tree) -> Box:
        exact = rational_value(exponent)
        if exact is not None and exact.denominator == 1:
            return whole_power(base, int(exact))
        if exact is not None and base.is_real:
            return self._rational_power(base, exact)
        return self.exponential(multiply(self._box(exponent), self.logarithm(base)))

    def _rational_power(self, base: Box, exponent: Fraction) -> Box:
        low, high = base.re.a, base.re.b
        size = iv.mpf(exponent.numerator) / exponent.denominator
        if low > 0:
            return Box(iv.exp(size * iv.log(base.re)), iv.mpf(0))
        if low == 0 and exponent > 0:
            top = iv.exp(size * iv.log(iv.mpf(high))).b if high > 0 else 0
            return Box(iv.mpf([0, top]), iv.mpf(0))
        if high < 0 and exponent.denominator % 2 == 0:
            self.left_reals = True
            length, turn = iv.exp(size * iv.log(-base.re)), iv.pi * size
            return Box(length * iv.cos(turn), length * iv.sin(turn))
        raise Undecided("an odd root of a negative number has two usual meanings")

    def exponential(self, box: Box) -> Box:
        """Return e to the power of a box."""
        size = iv.exp(box.re)
        if box.is_real:
            return Box(size, iv.mpf(0))
        return Box(size * iv.cos(box.im), size * iv.sin(box.im))

    def logarithm(self, box: Box) -> Box:
        """Return the principal logarithm of a box that is real and not zero."""
        if box.is_real and box.re.a > 0:
            return Box(iv.log(box.re), iv.mpf(0))
        if box.is_real and box.re.b < 0:
            self.left_reals = True
            return Box(iv.log(-box.re), +iv.pi)
        raise Undecided("the logarithm of zero or of a general complex number")

    def _call(self, tree: Call) -> Box:
        name, arguments = tree.function, tree.arguments
        if name == "factorial":
            return real(Fraction(_factorial(rational_value(arguments[0]))))
        if name in {"diff", "integrate", "limit"}:
            raise Undecided(f"{name} is not evaluated by intervals")
        boxes = [self._box(argument) for argument in arguments]
        match name:
            case "sqrt":
                return self._power(boxes[0], Number(value=Fraction(1, 2)))
            case "ln" if len(boxes) == 1:
                return self.logarithm(boxes[0])
            case "log":
                return divide(self.logarithm(boxes[0]), self.logarithm(boxes[1]))
            case "exp":
                return self.exponential(boxes[0])
            case "root" | "cbrt":
                return self._root(boxes[0], arguments)
            case "abs":
                return _absolute(boxes[0])
            case _:
                return self._real_function(name, boxes)

    def _root(self, base: Box, arguments: tuple[Tree, ...]) -> Box:
        degree = rational_value(arguments[1]) if len(arguments) > 1 else Fraction(3)
        if degree is None or degree.denominator != 1 or not 1 < degree <= MAX_ROOT:
            raise Undecided("a root of unusual degree")
        if degree % 2 and base.is_real and base.re.b < 0:
            mirrored = self._rational_power(Box(-base.re, base.im), 1 / degree)
            return Box(-mirrored.re, mirrored.im)
        return self._rational_power(base, 1 / degree)

    def _real_function(self, name: str, boxes: list[Box]) -> Box:
        if not all(box.is_real for box in boxes):
            raise Undecided(f"{name} of a complex number")
        values = [box.re for box in boxes]
        if name in REAL_FUNCTIONS and len(values) == 1:
            return Box(REAL_FUNCTIONS[name](values[0]), iv.mpf(0))
        raise Undecided(f"{name} is not evaluated by intervals")


def real(value: Fraction) -> Box:
    """Return a box round an exact rational."""
    return Box(iv.mpf(value.numerator) / value.denominator, iv.mpf(0))


def multiply(left: Box, right: Box) -> Box:
    """Return the product of two boxes."""
    if left.is_real and right.is_real:
        return Box(left.re * right.re, iv.mpf(0))
    re = left.re * right.re - left.im * right.im
    return Box(re, left.re * right.im + left.im * right.re)


def divide(left: Box, right: Box) -> Box:
    """Return the quotient of two boxes. Raises `Undecided` where the divisor may be zero."""
    if right.contains_zero():
        raise Undecided("the divisor may be zero")
    if left.is_real and right.is_real:
        return Box(left.re / right.re, iv.mpf(0))
    size = right.re**2 + right.im**2
    top = multiply(left, Box(right.re, -right.im))
    return Box(top.re / size, top.im / size)


def whole_power(base: Box, exponent: int) -> Box:
    """Return a whole power of a box."""
    if abs(exponent) > MAX_POWER:
        raise Undecided("the exponent is too large to evaluate")
    if exponent < 0:
        return divide(real(Fraction(1)), whole_power(base, -exponent))
    if base.is_real:
        return Box(base.re**exponent, iv.mpf(0))
    result = real(Fraction(1))
    for _ in range(exponent):
        result = multiply(result, base)
    return result


def rational_value(tree: Tree) -> Fraction | None:
    """Return the exact value of a small rational constant expression, None where it is none."""
    match tree:
        case Number():
            return tree.value
        case Negate():
            inner = rational_value(tree.operand)
            return None if inner is None else -inner
        case Binary() if tree.operator in "+-*/":
            left, right = rational_value(tree.left), rational_value(tree.right)
            if left is None or right is None or (tree.operator == "/" and not right):
                return None
            return _EXACT[tree.operator](left, right)
        case _:
            return None


_EXACT = {
    "+": lambda a, b: a + b,
    "-": lambda a, b: a - b,
    "*": lambda a, b: a * b,
    "/": lambda a, b: a / b,
}


def _factorial(value: Fraction | None) -> int:
    if value is None or value.denominator != 1 or not 0 <= value <= MAX_FACTORIAL:
        raise Undecided("the factorial of something else than a small whole number")
    return factorial(int(value))


def _absolute(box: Box) -> Box:
    if not box.is_real:
        size = box.re**2 + box.im**2
        return Box(iv.sqrt(size), iv.mpf(0))
    low, high = box.re.a, box.re.b
    if low >= 0:
        return box
    if high <= 0:
        return Box(-box.re, box.im)
    return Box(iv.mpf([0, max(-low, high)]), iv.mpf(0))


def _quotient(top: Expression, bottom: Expression) -> Expression:
    if 0 in bottom:
        raise Undecided("a pole may lie here")
    return top / bottom


def arctangent(value: Expression) -> Expression:
    """Return the interval of arctan, by mpmath's own interval routine."""
    return iv.make_mpf(libmp.mpi_atan(value._mpi_, iv.prec))


def _arcsine(value: Expression) -> Expression:
    if value.a == value.b and abs(value.a) == 1:
        return iv.pi / 2 * value
    inside = 1 - value**2
    if not inside.a > 0:
        raise Undecided("arcsin at the edge of its domain")
    return arctangent(value / iv.sqrt(inside))


REAL_FUNCTIONS = {
    "sin": iv.sin,
    "cos": iv.cos,
    "tan": lambda v: _quotient(iv.sin(v), iv.cos(v)),
    "cot": lambda v: _quotient(iv.cos(v), iv.sin(v)),
    "sec": lambda v: _quotient(iv.mpf(1), iv.cos(v)),
    "csc": lambda v: _quotient(iv.mpf(1), iv.sin(v)),
    "atan": arctangent,
    "asin": _arcsine,
    "acos": lambda v: iv.pi / 2 - _arcsine(v),
    "sinh": lambda v: (iv.exp(v) - iv.exp(-v)) / 2,
    "cosh": lambda v: (iv.exp(v) + iv.exp(-v)) / 2,
    "tanh": lambda v: (iv.exp(v) - iv.exp(-v)) / (iv.exp(v) + iv.exp(-v)),
}
"""Functions of one real variable, by interval."""
