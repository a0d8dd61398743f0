"""Constants made of rational numbers, roots and sines: whether one is zero, and its short forms.

A number that is not zero cannot be arbitrarily small: over one denominator it is U/L with
algebraic integers U and L, and the norm of U is a whole number, so |U/L| >= 1 / (u**(d-1) * l),
where u and l bound all conjugates of U and L and d is a degree of their field (Burnikel, Funke,
Mehlhorn, Schirra, Schmitt 2001, "A separation bound for real algebraic expressions"). A ball that
is smaller than that and holds zero proves that the number is zero.
"""

import itertools
from collections.abc import Iterator
from dataclasses import dataclass, field
from fractions import Fraction
from math import isqrt, lcm, log2

import flint
import mpmath
import sympy as sp

from . import Expression

MAX_BITS = 40_000
MAX_DEGREE = 5_000
FIRST_BITS, GUARD_BITS = 96, 128
GUESS_DIGITS = 70
MAX_COEFFICIENT = 10**6
MAX_DENOMINATOR = 10**4
_LEAF_SLACK = 1e-9


class NotAlgebraic(Exception):
    """The expression holds something else than rational numbers, roots and sines."""


def zero_or_not(constant: Expression) -> bool | None:
    """Return whether a constant is zero, both ways proved; None where it is not decided."""
    try:
        bounds = _Bounds()
        size = bounds.of(constant)
    except NotAlgebraic:
        return None
    needed = (bounds.degree - 1) * size.top + size.bottom
    if bounds.degree > MAX_DEGREE or needed > MAX_BITS:
        return None
    for bits in (FIRST_BITS, int(needed) + GUARD_BITS):
        try:
            ball = _enclosed(constant, bits)
        except (NotAlgebraic, ZeroDivisionError):
            return None
        if not ball.is_finite():
            return None
        if not ball.contains(0):
            return False
        if bits > needed and ball.abs_upper() < flint.arb(2) ** -(int(needed) + 2):
            return True
    return None


# --- bounds of the conjugates


@dataclass(frozen=True, slots=True)
class _Size:
    """Base-2 logarithms that bound every conjugate of a numerator and of its denominator."""

    top: float
    bottom: float


@dataclass(slots=True)
class _Bounds:
    """Bounds of an expression, and the field that it lies in."""

    roots: dict[tuple[Expression, int], None] = field(
        default_factory=dict[tuple[Expression, int], None]
    )
    order: int = 1
    """The roots of unity that sines lie among."""

    @property
    def degree(self) -> int:
        """A multiple of the degree of every number met, over the rationals."""
        whole = int(sp.totient(self.order))
        for _, index in self.roots:
            whole *= index
        return whole

    def of(self, value: Expression) -> _Size:
        if value.is_Rational:
            top = log2(abs(int(value.p))) if value.p else 0.0
            return _Size(top + _LEAF_SLACK, log2(int(value.q)) + _LEAF_SLACK)
        if value == sp.I:
            self.order = lcm(self.order, 4)
            return _Size(0.0, 0.0)
        if value.is_Add:
            return self._sum(value)
        if value.is_Mul:
            sizes = [self.of(one) for one in value.args]
            return _Size(sum(one.top for one in sizes), sum(one.bottom for one in sizes))
        if value.is_Pow and value.exp.is_Rational:
            return self._power(value.base, value.exp)
        if isinstance(value, sp.Abs) and value.args[0].is_real:
            return self.of(value.args[0])
        turn = _turn(value)
        self.order = lcm(self.order, 4, 2 * turn.denominator)
        return _Size(1.0 + _LEAF_SLACK, 1.0 + _LEAF_SLACK)

    def _sum(self, value: Expression) -> _Size:
        top, bottom = None, 0.0
        for one in value.args:
            size = self.of(one)
            if top is None:
                top, bottom = size.top, size.bottom
            else:
                high = max(top + size.bottom, size.top + bottom)
                top, bottom = high + 1.0, bottom + size.bottom
        return _Size(top or 0.0, bottom)

    def _power(self, base: Expression, exponent: Expression) -> _Size:
        size, index = self.of(base), int(exponent.q)
        if index > 1:
            self.roots[base, index] = None
            size = _Size((size.top + (index - 1) * size.bottom) / index + _LEAF_SLACK, size.bottom)
        times = abs(int(exponent.p))
        size = _Size(size.top * times, size.bottom * times)
        return size if exponent.p > 0 else _Size(size.bottom, size.top)


_SINES = {sp.sin: "sin", sp.cos: "cos", sp.tan: "tan", sp.cot: "cot", sp.sec: "sec", sp.csc: "csc"}


def _turn(value: Expression) -> Fraction:
    """Return the argument of a sine over pi. Raises `NotAlgebraic`."""
    if value.func in _SINES:
        ratio = value.args[0] / sp.pi
        if ratio.is_Rational:
            return Fraction(int(ratio.p), int(ratio.q))
    raise NotAlgebraic


# --- enclosures


def _enclosed(value: Expression, bits: int) -> flint.acb:
    before = flint.ctx.prec
    flint.ctx.prec = bits + 32
    try:
        return _ball(value)
    finally:
        flint.ctx.prec = before


def _ball(value: Expression) -> flint.acb:
    if value.is_Rational:
        return flint.acb(flint.arb(flint.fmpq(int(value.p), int(value.q))))
    if value == sp.I:
        return flint.acb(0, 1)
    if value.is_Add or value.is_Mul:
        first, *more = (_ball(one) for one in value.args)
        for one in more:
            first = first + one if value.is_Add else first * one
        return first
    if value.is_Pow and value.exp.is_Rational:
        return _power_ball(_ball(value.base), Fraction(int(value.exp.p), int(value.exp.q)))
    if isinstance(value, sp.Abs):
        return flint.acb(abs(_ball(value.args[0]).real))
    turn = _turn(value)
    exact = flint.fmpq(turn.numerator, turn.denominator)
    sine, cosine = flint.arb.sin_cos_pi(flint.arb(exact))
    ratios = {
        "sin": (sine, 1),
        "cos": (cosine, 1),
        "tan": (sine, cosine),
        "cot": (cosine, sine),
        "sec": (1, cosine),
        "csc": (1, sine),
    }
    top, bottom = ratios[_SINES[value.func]]
    return flint.acb(flint.arb(top) / bottom)


def _power_ball(base: flint.acb, exponent: Fraction) -> flint.acb:
    """Return the principal power; of a real base that may be negative nothing is guessed."""
    if exponent.denominator == 1:
        return base ** int(exponent)
    if base.imag.is_zero():
        if base.real > 0:
            root = flint.acb(base.real.root(exponent.denominator))
            return root**exponent.numerator
        if not base.real < 0:
            raise NotAlgebraic
    return base ** (flint.acb(exponent.numerator) / exponent.denominator)


# --- short forms


def short_forms(constant: Expression) -> Iterator[Expression]:
    """Yield what is proved equal to a constant: its parts rational or sums of two square roots.

    The parts are guessed from their digits (PSLQ; Ferguson and Bailey 1992); the whole is proved.
    """
    if constant.is_Rational or zero_or_not(constant) is None:
        return
    ball = _enclosed(constant, int(GUESS_DIGITS * 3.33) + 40)
    if not ball.is_finite():
        return
    for real, imaginary in itertools.product(_guesses(ball.real), _guesses(ball.imag)):
        guess = real + imaginary * sp.I
        if zero_or_not(constant - guess):
            yield guess
            return


def _guesses(ball: flint.arb) -> Iterator[Expression]:
    if ball.contains(0):
        yield sp.Integer(0)
        return
    digits = ball.str(GUESS_DIGITS, radius=False)
    with mpmath.workdps(GUESS_DIGITS):
        value = mpmath.mpf(digits)
        ratio = Fraction(digits).limit_denominator(MAX_DENOMINATOR)
        if abs(value - mpmath.mpf(ratio.numerator) / ratio.denominator) < mpmath.mpf(10) ** -50:
            yield sp.Rational(ratio.numerator, ratio.denominator)
            return
        square = _quadratic(value)
        if square is not None:
            yield square
            return
        square = _quadratic(value * value)
        if square is not None:
            yield from _root_of(square, positive=value > 0)


def _quadratic(value: Expression) -> Expression | None:
    """Return the root of a quadratic equation with small coefficients that a number is."""
    found = mpmath.pslq(
        [value * value, value, mpmath.mpf(1)], maxcoeff=MAX_COEFFICIENT, maxsteps=10**4
    )
    if not found or not found[0]:
        return None
    a, b, c = map(int, found)
    middle, root = sp.Rational(-b, 2 * a), sp.sqrt(sp.Integer(b * b - 4 * a * c)) / (2 * abs(a))
    near = mpmath.mpf(sp.N(middle + root, GUESS_DIGITS))
    return middle + root if abs(near - value) < mpmath.mpf(10) ** -40 else middle - root


def _root_of(square: Expression, *, positive: bool) -> Iterator[Expression]:
    """Yield the square root of p + q*sqrt(n) as a sum of two square roots, where it is one."""
    p = square.as_coeff_Add()[0]
    rest = square - p
    inner = sp.expand(rest**2)
    gap = p * p - inner
    if not gap.is_Rational or gap < 0:
        return
    root = Fraction(isqrt(int(gap.p)), isqrt(int(gap.q)))
    sign = 1 if positive else -1
    if sp.Rational(root.numerator, root.denominator) ** 2 == gap:
        width = sp.Rational(root.numerator, root.denominator)
        joined = 1 if rest.is_positive else -1
        yield sign * (sp.sqrt((p + width) / 2) + joined * sp.sqrt((p - width) / 2))
    elif rest == 0:
        yield sign * sp.sqrt(p)
