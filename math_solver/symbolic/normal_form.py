"""A normal form of our own, independent of sympy: quotients of polynomials over the rationals.

Letters, roots, exponentials, logarithms and other functions are generators of a polynomial ring
(python-flint's sparse `fmpq_mpoly`); a root comes with the relation r^n = u, the imaginary unit
with i^2 = -1, and sines become exponentials. A difference whose numerator reduces to zero is zero
wherever it exists over the real numbers. The converse is not claimed: functions that are
algebraically dependent in another way stay apart.
"""

from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction
from functools import cache
from math import lcm

import flint

from math_solver.reading import Binary, Call, Name, Negate, Number, Relation, Tree

from . import Expression
from .enclosure import EXACT_FUNCTIONS, rational_value

GENERATORS = 32
PARTS = 60
"""Exponentials are kept of 1/60 of each term, so that halves and thirds are whole powers."""
MAX_POWER = 60
MAX_TERMS = 3_000
MAX_FACTORED = 10**12
E = Name(name="e")


class Beyond(Exception):
    """This normal form does not cover the expression."""


@dataclass(frozen=True, slots=True)
class Quotient:
    """A numerator and a denominator without common factors."""

    top: Expression
    bottom: Expression


@cache
def _ring() -> Expression:
    names = tuple(f"g{index}" for index in range(GENERATORS))
    return flint.fmpq_mpoly_ctx.get(names, flint.Ordering.lex)


class NormalForm:
    """Brings trees to quotients; generators are handed out on the way and shared between trees."""

    def __init__(self, imaginary: str = "") -> None:
        self.ring = _ring()
        self.gens = self.ring.gens()
        self.keys: dict[object, int] = {}
        self.meanings: dict[int, tuple[str, Quotient | str]] = {}
        self.relations: list[tuple[int, int, Quotient]] = []
        """Generator, power, and what the power equals, in the order of creation."""
        self.imaginary = imaginary
        self.signs: dict[object, int] = {}

    # --- zero

    def is_zero(self, quotient: Quotient) -> bool:
        """Whether the numerator reduces to zero by the relations."""
        return self.reduced(quotient.top) == 0

    def reduced(self, poly: Expression) -> Expression:
        """Return a non-zero multiple of a polynomial with the powers of roots eliminated."""
        for index, sign in self._known_signs():
            meaning = self.meanings[index][1]
            if isinstance(meaning, Quotient):
                poly = self._reduced_by(poly, index, 1, self.product(self.number(sign), meaning))
        for index, power, value in reversed(self.relations):
            poly = self._reduced_by(poly, index, power, value)
        return poly

    def _known_signs(self) -> list[tuple[int, int]]:
        """Absolute values of what must have a sign, because its root or logarithm exists."""
        return [
            (index, self.signs[key])
            for key, index in self.keys.items()
            if self.meanings[index][0] == "abs" and key in self.signs
        ]

    def _learn_sign(self, value: Quotient) -> None:
        """Note that a power of one irreducible polynomial is not negative where all exists."""
        if not value.bottom.is_constant():
            return
        content, factors = value.top.factor()
        if len(factors) == 1 and factors[0][1] % 2:
            factor = factors[0][0]
            plus = factor.leading_coefficient() > 0
            sign = 1 if (content > 0) == plus else -1
            key = Quotient(factor if plus else -factor, self.constant(1))
            self.signs["abs", _key(key)] = sign

    def _reduced_by(self, poly: Expression, index: int, power: int, value: Quotient) -> Expression:
        most = poly.degrees()[index] // power
        if not most:
            return poly
        groups: dict[int, dict[tuple[int, ...], Expression]] = {}
        for exponents, coefficient in poly.terms():
            times, rest = divmod(int(exponents[index]), power)
            key = (*map(int, exponents[:index]), rest, *map(int, exponents[index + 1 :]))
            groups.setdefault(times, {})[key] = coefficient
        result = self.constant(0)
        for times, terms in groups.items():
            part = self.ring.from_dict(terms)
            result += part * value.top**times * value.bottom ** (most - times)
        return self._bounded(result)

    # --- building

    def constant(self, value: Fraction | int) -> Expression:
        """Return a constant polynomial."""
        exact = Fraction(value)
        return self.ring.constant(flint.fmpq(exact.numerator, exact.denominator))

    def quotient(self, top: Expression, bottom: Expression) -> Quotient:
        """Cancel common factors. Raises `Beyond` for a division by zero."""
        if bottom == 0:
            raise Beyond("a division by zero")
        self._bounded(top)
        self._bounded(bottom)
        if bottom.is_constant():
            return Quotient(top / bottom.leading_coefficient(), self.constant(1))
        common = top.gcd(bottom)
        if not common.is_one():
            top, bottom = top / common, bottom / common
        leading = bottom.leading_coefficient()
        return Quotient(top / leading, bottom / leading)

    def _bounded(self, poly: Expression) -> Expression:
        if len(poly) > MAX_TERMS:
            raise Beyond("too many terms")
        return poly

    def number(self, value: Fraction | int) -> Quotient:
        """Return a constant."""
        return Quotient(self.constant(value), self.constant(1))

    def generator(self, kind: str, meaning: Quotient | str = "") -> tuple[int, bool]:
        """Return the generator of a function of a quotient, and whether it is new."""
        key = (kind, meaning if isinstance(meaning, str) else _key(meaning))
        if key in self.keys:
            return self.keys[key], False
        index = len(self.keys)
        if index >= GENERATORS:
            raise Beyond("too many different functions")
        self.keys[key] = index
        self.meanings[index] = (kind, meaning)
        return index, True

    def atom(self, kind: str, meaning: Quotient | str = "") -> Quotient:
        """Return the generator as a quotient."""
        index, _ = self.generator(kind, meaning)
        return Quotient(self.gens[index], self.constant(1))

    def algebraic(self, kind: str, meaning: Quotient, power: int, value: Quotient) -> Quotient:
        """Return a generator whose `power`-th power is `value`."""
        index, new = self.generator(kind, meaning)
        if new:
            self.relations.append((index, power, value))
        return Quotient(self.gens[index], self.constant(1))

    def of(self, tree: Tree) -> Quotient:
        """Return the normal form of a tree. Raises `Beyond`."""
        match tree:
            case Number():
                return self.number(tree.value)
            case Name():
                return self._name(tree.name)
            case Negate():
                inner = self.of(tree.operand)
                return Quotient(-inner.top, inner.bottom)
            case Binary(operator="^"):
                return self._power(tree)
            case Binary():
                return self._binary(tree.operator, self.of(tree.left), self.of(tree.right))
            case Call():
                return self._call(tree)
            case Relation():
                raise Beyond("a relation")

    def _name(self, name: str) -> Quotient:
        if name == "infinity":
            raise Beyond("infinity")
        if name == "e":
            return self.exponential(self.number(1), "exp")
        if name == self.imaginary:
            return self.unit()
        return self.atom("letter", name)

    def unit(self) -> Quotient:
        """Return the imaginary unit."""
        return self.algebraic("i", self.number(0), 2, self.number(-1))

    def _binary(self, operator: str, a: Quotient, b: Quotient) -> Quotient:
        match operator:
            case "+":
                return self.quotient(a.top * b.bottom + b.top * a.bottom, a.bottom * b.bottom)
            case "-":
                return self.quotient(a.top * b.bottom - b.top * a.bottom, a.bottom * b.bottom)
            case "*":
                return self.product(a, b)
            case _:
                return self.quotient(a.top * b.bottom, a.bottom * b.top)

    def product(self, *parts: Quotient) -> Quotient:
        """Multiply quotients."""
        top = bottom = self.constant(1)
        for part in parts:
            top, bottom = top * part.top, bottom * part.bottom
        return self.quotient(top, bottom)

    def whole_power(self, base: Quotient, exponent: int) -> Quotient:
        """Return a whole power; a power that is not positive asks for a base that is not zero."""
        monomial = len(base.top) <= 1 and len(base.bottom) <= 1
        if abs(exponent) > (MAX_POWER if not monomial else 100 * MAX_POWER):
            raise Beyond("a large power")
        if exponent > 0 and len(base.top) ** min(exponent, 12) > 10**7:
            raise Beyond("a large power of a sum")
        if exponent <= 0 and base.top == 0:
            raise Beyond("zero to a power that is not positive")
        if exponent < 0:
            return self.quotient(base.bottom ** (-exponent), base.top ** (-exponent))
        return Quotient(base.top**exponent, base.bottom**exponent)

    def _power(self, tree: Binary) -> Quotient:
        exact = rational_value(tree.right)
        if tree.left == E and (exact is None or exact.denominator != 1):
            return self.exponential(self.of(tree.right), "exp")
        if exact is None:
            return self._symbolic_power(self.of(tree.left), self.of(tree.right))
        base = self.of(tree.left)
        whole, rest = divmod(exact.numerator, exact.denominator)
        result = self.whole_power(base, whole)
        if not rest:
            return result
        root = self.principal_root(base, exact.denominator)
        return self.product(result, self.whole_power(root, rest))

    def _symbolic_power(self, base: Quotient, exponent: Quotient) -> Quotient:
        """f^u for a positive number or one irreducible f, u a polynomial: term by term."""
        if not exponent.bottom.is_constant():
            raise Beyond("a quotient in an exponent")
        result = self.number(1)
        for factor, power in self._positive_factors(base):
            for exponents, coefficient in exponent.top.terms():
                size = Fraction(int(coefficient.p), int(coefficient.q)) * power
                if not any(exponents):
                    if size.denominator != 1:
                        raise Beyond("a fraction in an exponent")
                    part = self.whole_power(factor, int(size))
                else:
                    term = self._term(exponents)
                    key = self.quotient(factor.top, factor.bottom)
                    name = f"power {_key(term)}"
                    if (size * PARTS).denominator != 1:
                        raise Beyond("an unusual fraction in an exponent")
                    part = self.whole_power(self.atom(name, key), int(size * PARTS))
                result = self.product(result, part)
        return result

    def _positive_factors(self, base: Quotient) -> list[tuple[Quotient, int]]:
        if base.top.is_constant() and base.bottom.is_constant():
            value = _fraction(base.top.leading_coefficient()) if base.top != 0 else Fraction(0)
            if value <= 0:
                raise Beyond("a power of a number that is not positive")
            return [(self.number(prime), power) for prime, power in _primes(value)]
        content, factors = base.top.factor()
        single = len(factors) == 1 and factors[0][1] == 1
        if content == 1 and base.bottom.is_constant() and single:
            return [(base, 1)]
        raise Beyond("a product to a power that is no number")

    def _term(self, exponents: tuple[int, ...]) -> Quotient:
        return Quotient(self.ring.from_dict({tuple(map(int, exponents)): 1}), self.constant(1))

    def _is_complex(self, value: Quotient) -> bool:
        """Whether generators that are no real numbers occur: then factors have no signs."""
        used = {
            index
            for poly in (value.top, value.bottom)
            for index, power in enumerate(poly.degrees())
            if power
        }
        return any(self.meanings[index][0] in {"turn", "i"} for index in used)

    # --- roots and absolute values

    def principal_root(self, base: Quotient, degree: int) -> Quotient:
        """Return the real root of something that is not negative where the root exists."""
        if degree > MAX_POWER:
            raise Beyond("a root of high degree")
        if base.top == 0:
            return self.number(0)
        if self._is_complex(base):
            return self.algebraic(f"root {degree}", base, degree, base)
        if degree % 2 == 0:
            self._learn_sign(base)
        inside = base.top * base.bottom ** (degree - 1)
        divisor = base.bottom
        content, factors = inside.factor()
        outside, kept = self.number(1), self.number(1)
        for factor, power in factors:
            whole, rest = divmod(int(power), degree)
            part = Quotient(factor, self.constant(1))
            if whole:
                out = self.absolute(part) if degree % 2 == 0 else part
                outside = self.product(outside, self.whole_power(out, whole))
            kept = self.product(kept, self.whole_power(part, rest))
        outside, kept = self._number_root(_fraction(content), degree, outside, kept)
        under = self.absolute(Quotient(divisor, self.constant(1))) if degree % 2 == 0 else (
            Quotient(divisor, self.constant(1)))  # fmt: skip
        if not (kept.top.is_one() and kept.bottom.is_one()):
            outside = self.product(outside, self.algebraic(f"root {degree}", kept, degree, kept))
        return self._binary("/", outside, under)

    def _number_root(
        self, content: Fraction, degree: int, outside: Quotient, kept: Quotient
    ) -> tuple[Quotient, Quotient]:
        """Draw perfect powers out of a number; one prime factor is one generator."""
        if content < 0:
            if kept.top.is_constant():
                raise Beyond("a root of a negative number")
            kept, content = self.product(kept, self.number(-1)), -content
        for prime, power in _primes(content):
            whole, rest = divmod(power, degree)
            part = self.number(prime)
            outside = self.product(outside, self.whole_power(part, whole))
            if rest:
                root = self.algebraic(f"root {degree}", part, degree, part)
                outside = self.product(outside, self.whole_power(root, rest))
        return outside, kept

    def absolute(self, value: Quotient) -> Quotient:
        """Return |u| as a product of the absolute values of irreducible factors."""
        if self._is_complex(value):
            if self.imaginary:
                raise Beyond("the absolute value of a complex number")
            return self.algebraic("abs", value, 2, self.whole_power(value, 2))
        parts: list[Quotient] = []
        for poly in (value.top, value.bottom):
            if poly == 0:
                return self.number(0)
            content, factors = poly.factor()
            product = self.number(abs(_fraction(content)))
            for factor, power in factors:
                product = self.product(product, self.whole_power(self._absolute(factor), power))
            parts.append(product)
        return self._binary("/", parts[0], parts[1])

    def _absolute(self, factor: Expression) -> Quotient:
        one = self.constant(1)
        if self._is_positive(factor):
            return Quotient(factor, one)
        plus = Quotient(factor if factor.leading_coefficient() > 0 else -factor, one)
        return self.algebraic("abs", plus, 2, self.whole_power(plus, 2))

    def _is_positive(self, poly: Expression) -> bool:
        """Whether a sum of positive terms in even powers and positive generators is there."""
        for exponents, coefficient in poly.terms():
            if coefficient < 0:
                return False
            for index, power in enumerate(exponents):
                if power % 2 and self.meanings[index][0] not in POSITIVE:
                    return False
        return True

    # --- exponentials and logarithms

    def exponential(self, exponent: Quotient, kind: str) -> Quotient:
        """Return e^u (`exp`) or e^(i*u) (`turn`) as a product over the terms of u."""
        if not exponent.bottom.is_constant():
            raise Beyond("a quotient in an exponential")
        result = self.number(1)
        for exponents, coefficient in exponent.top.terms():
            size = _fraction(coefficient)
            term = self._term(exponents)
            part = self._known_exponential(exponents, size, kind)
            if part is None:
                if (size * PARTS).denominator != 1:
                    raise Beyond("an unusual fraction in an exponential")
                part = self.whole_power(self.atom(kind, term), int(size * PARTS))
            result = self.product(result, part)
        return result

    def _known_exponential(
        self, exponents: tuple[int, ...], size: Fraction, kind: str
    ) -> Quotient | None:
        """e^(n*ln(u)) is u^n; e^(i*n*pi/2) is a power of i."""
        used = [index for index, power in enumerate(exponents) if power]
        if len(used) != 1 or exponents[used[0]] != 1:
            return None
        name, meaning = self.meanings[used[0]]
        if kind == "turn" and meaning == "pi":
            if (size * 2).denominator != 1:
                raise Beyond("a part of a turn")
            return self.whole_power(self.unit(), int(size * 2) % 4)
        if kind == "exp" and name == "ln" and isinstance(meaning, Quotient):
            if size.denominator != 1:
                raise Beyond("a root of an exponential of a logarithm")
            return self.whole_power(self.absolute(meaning), int(size))
        return None

    def logarithm(self, value: Quotient) -> Quotient:
        """Return ln(u) as the sum of ln|f| over the factors f of u, which is positive there."""
        if self._is_complex(value):
            return self.atom("ln", value)
        self._learn_sign(value)
        total = self.number(0)
        for sign, poly in ((1, value.top), (-1, value.bottom)):
            if poly == 0:
                raise Beyond("the logarithm of zero")
            content, factors = poly.factor()
            for prime, power in _primes(abs(_fraction(content))):
                total = self._plus(total, self.atom("ln", self.number(prime)), sign * power)
            for factor, power in factors:
                total = self._plus(total, self._factor_logarithm(factor), sign * int(power))
        return total

    def _plus(self, total: Quotient, part: Quotient, times: int) -> Quotient:
        return self._binary("+", total, self.product(self.number(times), part))

    def _factor_logarithm(self, factor: Expression) -> Quotient:
        one = self.constant(1)
        plus = Quotient(factor if factor.leading_coefficient() > 0 else -factor, one)
        if len(factor) == 1:
            index = next(i for i, power in enumerate(factor.degrees()) if power)
            kind, meaning = self.meanings[index]
            if kind == "abs" and isinstance(meaning, Quotient):
                return self.atom("ln", meaning)
            if kind == "exp" and isinstance(meaning, Quotient):
                return self._binary("/", meaning, self.number(PARTS))
            if kind.startswith("root ") and isinstance(meaning, Quotient):
                return self._binary("/", self.logarithm(meaning), self.number(int(kind[5:])))
        return self.atom("ln", plus)

    # --- functions

    def _call(self, tree: Call) -> Quotient:
        if tree.function in EXACT_FUNCTIONS:
            exact = rational_value(tree)
            if exact is None:
                raise Beyond(tree.function)
            return self.number(exact)
        arguments = [self.of(argument) for argument in tree.arguments]
        match tree.function, arguments:
            case "sqrt", [value]:
                return self.principal_root(value, 2)
            case "root" | "cbrt", [value, *_]:
                degree = rational_value(tree.arguments[1]) if len(arguments) > 1 else Fraction(3)
                if degree is None or degree.denominator != 1 or degree < 2:
                    raise Beyond("a root of unusual degree")
                return self._real_root(value, int(degree))
            case "abs", [value]:
                return self.absolute(value)
            case "ln", [value]:
                return self.logarithm(value)
            case "log", [value, base]:
                return self._binary("/", self.logarithm(value), self.logarithm(base))
            case "exp", [value]:
                return self.exponential(value, "exp")
            case name, [value] if name in WAVES:
                return WAVES[name](self, value)
            case name, [value] if name in OPAQUE:
                return self.atom(name, value)
            case name, _:
                raise Beyond(name)

    def _real_root(self, value: Quotient, degree: int) -> Quotient:
        if degree % 2 == 0:
            return self.principal_root(value, degree)
        if value.top.is_constant() and value.top != 0 and value.bottom.is_constant():
            if value.top.leading_coefficient() < 0:
                positive = self.principal_root(Quotient(-value.top, value.bottom), degree)
                return Quotient(-positive.top, positive.bottom)
            return self.principal_root(value, degree)
        return self.algebraic(f"cbrt {degree}", value, degree, value)

    def wave(self, value: Quotient, kind: str) -> tuple[Quotient, Quotient]:
        """Return E and 1/E for E = e^u or e^(i*u)."""
        forth = self.exponential(value, kind)
        return forth, self._binary("/", self.number(1), forth)

    def sine(self, value: Quotient) -> Quotient:
        """(E - 1/E)/(2*i)."""
        forth, back = self.wave(value, "turn")
        double = self.product(self.number(2), self.unit())
        return self._binary("/", self._binary("-", forth, back), double)

    def cosine(self, value: Quotient) -> Quotient:
        """(E + 1/E)/2."""
        forth, back = self.wave(value, "turn")
        return self._binary("/", self._binary("+", forth, back), self.number(2))

    def hyperbolic(self, value: Quotient, operator: str) -> Quotient:
        """(e^u ± e^-u)/2."""
        forth, back = self.wave(value, "exp")
        return self._binary("/", self._binary(operator, forth, back), self.number(2))

    def ratio(self, top: Quotient, bottom: Quotient) -> Quotient:
        """Divide; a numerator that reduces to zero by i^2 = -1 may not be divided by."""
        if self.reduced(bottom.top) == 0:
            raise Beyond("a division by zero")
        return self._binary("/", top, bottom)


POSITIVE = frozenset({"abs", "exp", "root 2", "root 4", "root 6", "root 8"})
"""Generators that are never negative where they exist."""
OPAQUE = frozenset({"asin", "acos", "atan", "floor", "ceiling", "sign", "erf"})
"""Functions that are generators of their own."""
WAVES: dict[str, Callable[[NormalForm, Quotient], Quotient]] = {
    "sin": lambda form, u: form.sine(u),
    "cos": lambda form, u: form.cosine(u),
    "tan": lambda form, u: form.ratio(form.sine(u), form.cosine(u)),
    "cot": lambda form, u: form.ratio(form.cosine(u), form.sine(u)),
    "sec": lambda form, u: form.ratio(form.number(1), form.cosine(u)),
    "csc": lambda form, u: form.ratio(form.number(1), form.sine(u)),
    "sinh": lambda form, u: form.hyperbolic(u, "-"),
    "cosh": lambda form, u: form.hyperbolic(u, "+"),
    "tanh": lambda form, u: form.ratio(form.hyperbolic(u, "-"), form.hyperbolic(u, "+")),
}


def normal_zero(left: Tree, right: Tree, imaginary: str = "") -> str:
    """Return the name of the normal form by which two trees are equal, or an empty string."""
    form = NormalForm(imaginary)
    try:
        a, b = form.of(left), form.of(right)
        difference = form.quotient(a.top * b.bottom - b.top * a.bottom, form.constant(1))
        zero = form.is_zero(difference)
        sound = form.reduced(a.bottom) != 0 and form.reduced(b.bottom) != 0
    except Beyond:
        return ""
    if not (zero and sound):
        return ""
    plain = all(kind == "letter" for kind, _ in form.meanings.values())
    return "rational normal form" if plain else "normal form with relations between functions"


def _key(quotient: Quotient) -> tuple[object, ...]:
    return tuple(
        tuple(sorted((tuple(map(int, e)), str(c)) for e, c in poly.terms()))
        for poly in (quotient.top, quotient.bottom)
    )


def _fraction(value: Expression) -> Fraction:
    return Fraction(int(value.p), int(value.q))


def _primes(value: Fraction) -> list[tuple[int, int]]:
    """Return the prime factors of a positive rational, negative powers below the line."""
    if lcm(value.numerator, value.denominator) > MAX_FACTORED:
        raise Beyond("a large number under a root or a logarithm")
    found = [(int(p), int(e)) for p, e in flint.fmpz(value.numerator).factor()]
    found += [(int(p), -int(e)) for p, e in flint.fmpz(value.denominator).factor()]
    return found
