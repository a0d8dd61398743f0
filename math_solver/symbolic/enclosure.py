"""Rigorous numeric evaluation of our trees: a ball that certainly holds the value.

Ball arithmetic is Arb's (python-flint; Johansson 2017, doi:10.1109/TC.2017.2690633): every result
carries a bound of its own error. Principal values over the complex numbers, as ISO C and the DLMF
define them. Two balls that do not meet prove two values different; balls that meet prove nothing.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from fractions import Fraction
from math import comb, factorial, floor, gcd, lcm, log10

import flint

from math_solver.reading import Binary, Call, Name, Negate, Number, Relation, Tree

from . import Expression

MAX_FACTORIAL = 5_000
MAX_POWER = 10_000
MAX_ROOT = 60
MAX_EXACT_DIGITS = 20_000
BITS_A_DIGIT = 3.33


class Undecided(Exception):
    """The value may not exist here, or this evaluator cannot enclose it."""


@dataclass(frozen=True, slots=True)
class Box:
    """A real and an imaginary ball (Arb's `arb`)."""

    re: Expression
    im: Expression

    @property
    def is_real(self) -> bool:
        """Whether the imaginary part is exactly zero."""
        return bool(self.im.is_zero())

    def disjoint(self, other: "Box") -> bool:
        """Whether no number lies in both."""
        return not (self.re.overlaps(other.re) and self.im.overlaps(other.im))

    def contains_zero(self) -> bool:
        """Whether zero lies in the box."""
        return bool(self.re.contains(0) and self.im.contains(0))

    def encloses(self, value: Fraction) -> bool:
        """Whether a rational certainly lies in the box."""
        exact = flint.fmpq(value.numerator, value.denominator)
        return self.is_real and bool(self.re.contains(exact))

    @property
    def width(self) -> float:
        """An upper bound of the diameter of the real part."""
        return 2 * float(self.re.rad())


def around(value: Fraction, radius: Fraction) -> Box:
    """Return a box that holds every real number no farther from a rational than a radius."""
    middle = flint.arb(flint.fmpq(value.numerator, value.denominator))
    wide = flint.arb(flint.fmpq(radius.numerator, radius.denominator))
    return Box(re=middle + flint.arb(0, wide.upper()), im=flint.arb(0))


class Evaluator:
    """Evaluates trees at one point with a given precision.

    `values` holds exact rationals or boxes by letter. `left_reals` tells afterwards whether a
    function was used outside of where it is real.
    """

    def __init__(self, values: Mapping[str, Fraction | Box], digits: int = 30) -> None:
        self.values = values
        self.digits = digits
        self.left_reals = False

    def box(self, tree: Tree) -> Box:
        """Return a box that holds the value. Raises `Undecided`."""
        before = flint.ctx.prec
        flint.ctx.prec = int(self.digits * BITS_A_DIGIT) + 10
        try:
            found = self._ball(tree)
        except (ZeroDivisionError, OverflowError, ValueError, NotImplementedError) as error:
            raise Undecided(str(error)) from error
        finally:
            flint.ctx.prec = before
        if not found.is_finite():
            raise Undecided("the value may not exist here")
        return Box(found.real, found.imag)

    def _ball(self, tree: Tree) -> Expression:
        match tree:
            case Number():
                return _exact(tree.value)
            case Name():
                return self._name(tree.name)
            case Negate():
                return -self._ball(tree.operand)
            case Binary():
                return self._binary(tree)
            case Call():
                return self._call(tree)
            case Relation():
                raise Undecided("a relation has no value")

    def _name(self, name: str) -> Expression:
        if name in self.values:
            value = self.values[name]
            return flint.acb(value.re, value.im) if isinstance(value, Box) else _exact(value)
        if name == "pi":
            return flint.acb.pi()
        if name == "e":
            return flint.acb(1).exp()
        raise Undecided(f"{name} has no value here")

    def _binary(self, tree: Binary) -> Expression:
        left = self._ball(tree.left)
        if tree.operator == "^":
            return self._power(left, tree.right)
        right = self._ball(tree.right)
        match tree.operator:
            case "+":
                return left + right
            case "-":
                return left - right
            case "*":
                return left * right
            case _:
                return _quotient(left, right)

    def _power(self, base: Expression, exponent: Tree) -> Expression:
        exact = rational_value(exponent)
        if exact is not None and exact.denominator == 1:
            return _whole_power(base, int(exact))
        if exact is not None and _is_real(base):
            return self._rational_power(base.real, exact)
        size = self._ball(exponent)
        whole = size.unique_fmpz() if _is_real(size) and size.rad() == 0 else None
        if whole is not None:
            return _whole_power(base, int(whole))
        return (size * self._logarithm(base)).exp()

    def _rational_power(self, base: Expression, exponent: Fraction) -> Expression:
        size = flint.arb(flint.fmpq(exponent.numerator, exponent.denominator))
        if base > 0:
            return flint.acb(base.sqrt() if exponent == Fraction(1, 2) else base**size)
        if base >= 0 and exponent > 0:
            top = base.upper()
            return flint.acb(flint.arb(0).union(top**size) if top > 0 else 0)
        if base < 0 and exponent.denominator % 2 == 0:
            self.left_reals = True
            length = (-base) ** size
            return flint.acb(length * size.cos_pi(), length * size.sin_pi())
        raise Undecided("an odd root of a negative number has two usual meanings")

    def _logarithm(self, value: Expression) -> Expression:
        if value.contains(0):
            raise Undecided("the logarithm of zero")
        if not (_is_real(value) and value.real > 0):
            self.left_reals = True
        return value.log()

    def _call(self, tree: Call) -> Expression:
        name, arguments = tree.function, tree.arguments
        if name in EXACT_FUNCTIONS:
            return _exact(_exact_call(name, arguments, self.values))
        if name in {"diff", "integrate", "limit"}:
            raise Undecided(f"{name} is not evaluated by balls")
        values = [self._ball(argument) for argument in arguments]
        match name:
            case "sqrt":
                return self._square_root(values[0])
            case "ln" if len(values) == 1:
                return self._logarithm(values[0])
            case "log" if len(values) == 2:
                return _quotient(self._logarithm(values[0]), self._logarithm(values[1]))
            case "root" | "cbrt":
                return self._root(values[0], arguments)
            case "abs":
                return flint.acb(abs(values[0]))
            case "asin" | "acos":
                return self._inverse(name, values[0])
            case _ if name in ENTIRE and len(values) == 1:
                return ENTIRE[name](values[0])
            case _:
                return _real_function(name, values)

    def _square_root(self, value: Expression) -> Expression:
        if _is_real(value):
            return self._rational_power(value.real, Fraction(1, 2))
        self.left_reals = True
        return value.sqrt()

    def _inverse(self, name: str, value: Expression) -> Expression:
        inside = _is_real(value) and abs(value.real) <= 1
        if not inside:
            if _is_real(value) and not abs(value.real) > 1:
                raise Undecided(f"{name} at the edge of its domain")
            self.left_reals = True
        return value.asin() if name == "asin" else value.acos()

    def _root(self, base: Expression, arguments: tuple[Tree, ...]) -> Expression:
        degree = rational_value(arguments[1]) if len(arguments) > 1 else Fraction(3)
        if degree is None or degree.denominator != 1 or not 1 < degree <= MAX_ROOT:
            raise Undecided("a root of unusual degree")
        if not _is_real(base):
            raise Undecided("a root of a complex number")
        if degree % 2 and base.real < 0:
            return -self._rational_power(-base.real, 1 / degree)
        return self._rational_power(base.real, 1 / degree)


def _is_real(value: Expression) -> bool:
    return bool(value.imag.is_zero())


def _exact(value: Fraction) -> Expression:
    return flint.acb(flint.arb(flint.fmpq(value.numerator, value.denominator)))


def _quotient(top: Expression, bottom: Expression) -> Expression:
    if bottom.contains(0):
        raise Undecided("the divisor may be zero")
    return top / bottom


def _whole_power(base: Expression, exponent: int) -> Expression:
    if abs(exponent) > MAX_POWER:
        raise Undecided("the exponent is too large to evaluate")
    if exponent <= 0 and base.contains(0):
        raise Undecided("zero to a power that is not positive")
    if exponent < 0:
        return 1 / base ** (-exponent)
    return base**exponent


def _pole(function: str, zero_of: str) -> Callable[[Expression], Expression]:
    """A function with poles where another one vanishes."""

    def evaluate(value: Expression) -> Expression:
        if getattr(value, zero_of)().contains(0):
            raise Undecided("a pole may lie here")
        return getattr(value, function)()

    return evaluate


ENTIRE: dict[str, Callable[[Expression], Expression]] = {
    "sin": lambda v: v.sin(),
    "cos": lambda v: v.cos(),
    "tan": _pole("tan", "cos"),
    "sec": _pole("sec", "cos"),
    "cot": _pole("cot", "sin"),
    "csc": _pole("csc", "sin"),
    "exp": lambda v: v.exp(),
    "sinh": lambda v: v.sinh(),
    "cosh": lambda v: v.cosh(),
    "tanh": _pole("tanh", "cosh"),
    "erf": lambda v: v.erf(),
}
"""Functions without branches; those with poles say where one may lie."""


def _real_function(name: str, values: list[Expression]) -> Expression:
    if not all(_is_real(value) for value in values):
        raise Undecided(f"{name} of a complex number")
    if name not in REAL_FUNCTIONS:
        raise Undecided(f"{name} is not evaluated by balls")
    return flint.acb(REAL_FUNCTIONS[name]([value.real for value in values]))


def _sign(values: list[Expression]) -> Expression:
    (value,) = values
    if value.is_zero():
        return flint.arb(0)
    if value.contains(0):
        raise Undecided("the sign is not certain")
    return flint.arb(1 if value > 0 else -1)


def _step(rounded: Expression) -> Expression:
    whole = rounded.unique_fmpz()
    if whole is None:
        raise Undecided("a step may lie here")
    return flint.arb(whole)


REAL_FUNCTIONS: dict[str, Callable[[list[Expression]], Expression]] = {
    "atan": lambda v: v[0].atan(),
    "sign": _sign,
    "floor": lambda v: _step(v[0].floor()),
    "ceiling": lambda v: _step(v[0].ceil()),
    "max": lambda v: _fold(v, "max"),
    "min": lambda v: _fold(v, "min"),
}
"""Functions of real numbers, by their list of arguments."""


def _fold(values: list[Expression], name: str) -> Expression:
    found = values[0]
    for value in values[1:]:
        found = getattr(found, name)(value)
    return found


# --- exact rational values


def rational_value(tree: Tree, values: Mapping[str, Fraction] | None = None) -> Fraction | None:
    """Return the exact value of a rational expression at a rational point, None where it is none.

    Letters without a value, irrational functions and numbers of too many digits give None.
    """
    try:
        return _rational(tree, values or {})
    except (Undecided, ZeroDivisionError):
        return None


def _rational(tree: Tree, values: Mapping[str, Fraction]) -> Fraction:
    match tree:
        case Number():
            return tree.value
        case Name() if tree.name in values:
            return values[tree.name]
        case Negate():
            return -_rational(tree.operand, values)
        case Binary():
            left, right = _rational(tree.left, values), _rational(tree.right, values)
            return _rational_power(left, right) if tree.operator == "^" else _EXACT[
                tree.operator](left, right)  # fmt: skip
        case Call() if tree.function == "abs":
            return abs(_rational(tree.arguments[0], values))
        case Call() if tree.function in EXACT_FUNCTIONS:
            return _exact_call(tree.function, tree.arguments, values)
        case _:
            raise Undecided("not a rational number")


def _rational_power(base: Fraction, exponent: Fraction) -> Fraction:
    if exponent.denominator != 1 or (base == 0 and exponent <= 0):
        raise Undecided("not a rational power")
    size = log10(max(abs(base.numerator), base.denominator, 1)) if base else 0
    if size * abs(exponent) > MAX_EXACT_DIGITS or abs(exponent) > 10**9:
        raise Undecided("a number of too many digits")
    return base ** int(exponent)


_EXACT: dict[str, Callable[[Fraction, Fraction], Fraction]] = {
    "+": lambda a, b: a + b,
    "-": lambda a, b: a - b,
    "*": lambda a, b: a * b,
    "/": lambda a, b: a / b,
}


def _exact_call(
    name: str, arguments: tuple[Tree, ...], values: Mapping[str, Fraction | Box]
) -> Fraction:
    known = {k: v for k, v in values.items() if isinstance(v, Fraction)}
    numbers = [_rational(argument, known) for argument in arguments]
    return EXACT_FUNCTIONS[name](numbers)


def _factorial(values: list[Fraction]) -> Fraction:
    (value,) = values
    if value.denominator != 1 or not 0 <= value <= MAX_FACTORIAL:
        raise Undecided("the factorial of something else than a small whole number")
    return Fraction(factorial(int(value)))


def _whole(function: Callable[..., int]) -> Callable[[list[Fraction]], Fraction]:
    def evaluate(values: list[Fraction]) -> Fraction:
        if any(value.denominator != 1 or abs(value) > 10**12 for value in values):
            raise Undecided("whole numbers are needed here")
        return Fraction(function(*map(int, values)))

    return evaluate


def _binomial(total: int, chosen: int) -> int:
    if not 0 <= total <= MAX_FACTORIAL or chosen < 0:
        raise Undecided("a binomial coefficient of unusual numbers")
    return comb(total, chosen)


def _modulo(values: list[Fraction]) -> Fraction:
    value, divisor = values
    if not divisor:
        raise Undecided("a remainder by zero")
    return value - divisor * floor(value / divisor)


EXACT_FUNCTIONS: dict[str, Callable[[list[Fraction]], Fraction]] = {
    "factorial": _factorial,
    "gcd": _whole(gcd),
    "lcm": _whole(lcm),
    "binomial": _whole(_binomial),
    "mod": _modulo,
}
"""Functions of exact numbers only."""
