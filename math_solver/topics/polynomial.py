"""Exact polynomials in several letters over the rational numbers: the normal form of a formula.

Plain dictionaries, no symbolic engine: fast enough for chains of definitions, and an engine
independent of sympy, against which results are compared.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction

from assistants.errors import InputError
from math_solver.reading import Binary, Call, Name, Negate, Number, Tree

Monomial = tuple[tuple[str, int], ...]
"""Letters in alphabetical order with their positive exponents; empty for the constant."""
MAX_TERMS = 2_000
MAX_DEGREE = 200
MAX_BITS = 40_000
ONE: Monomial = ()


class NotPolynomial(InputError):
    """A formula that is no polynomial with rational coefficients, or one that grows too large."""


@dataclass(frozen=True, slots=True)
class Polynomial:
    """A polynomial as its non-zero coefficients by monomial."""

    terms: Mapping[Monomial, Fraction]

    @classmethod
    def constant(cls, value: Fraction) -> "Polynomial":
        """The polynomial without letters."""
        return cls({ONE: value} if value else {})

    @classmethod
    def letter(cls, name: str) -> "Polynomial":
        """The polynomial that is one letter."""
        return cls({((name, 1),): Fraction(1)})

    @property
    def letters(self) -> frozenset[str]:
        """The letters that occur."""
        return frozenset(name for monomial in self.terms for name, _ in monomial)

    @property
    def value(self) -> Fraction | None:
        """The constant that this is; None where a letter occurs."""
        if not self.terms:
            return Fraction(0)
        return self.terms.get(ONE) if len(self.terms) == 1 else None

    def degree(self, name: str) -> int:
        """The highest exponent of a letter."""
        return max((dict(monomial).get(name, 0) for monomial in self.terms), default=0)

    @property
    def total_degree(self) -> int:
        """The highest sum of exponents."""
        return max((sum(power for _, power in m) for m in self.terms), default=0)

    def __add__(self, other: "Polynomial") -> "Polynomial":
        terms = dict(self.terms)
        for monomial, factor in other.terms.items():
            terms[monomial] = terms.get(monomial, Fraction(0)) + factor
        return Polynomial(_bounded(terms))

    def __neg__(self) -> "Polynomial":
        return Polynomial({monomial: -factor for monomial, factor in self.terms.items()})

    def __sub__(self, other: "Polynomial") -> "Polynomial":
        return self + -other

    def __mul__(self, other: "Polynomial") -> "Polynomial":
        if len(self.terms) * len(other.terms) > 20 * MAX_TERMS:
            raise NotPolynomial("the product has too many terms")
        terms: dict[Monomial, Fraction] = {}
        for one, a in self.terms.items():
            for two, b in other.terms.items():
                monomial = _times(one, two)
                terms[monomial] = terms.get(monomial, Fraction(0)) + a * b
        return Polynomial(_bounded(terms))

    def __pow__(self, exponent: int) -> "Polynomial":
        if exponent * max(self.total_degree, 1) > MAX_DEGREE and self.value is None:
            raise NotPolynomial(f"the exponent {exponent} is too large")
        result, base = Polynomial.constant(Fraction(1)), self
        while exponent:
            if exponent & 1:
                result = result * base
            exponent >>= 1
            base = base * base if exponent else base
        return result

    def derivative(self, name: str) -> "Polynomial":
        """The derivative by one letter."""
        terms: dict[Monomial, Fraction] = {}
        for monomial, factor in self.terms.items():
            powers = dict(monomial)
            power = powers.pop(name, 0)
            if power:
                if power > 1:
                    powers[name] = power - 1
                terms[tuple(sorted(powers.items()))] = factor * power
        return Polynomial(terms)

    def coefficients(self, name: str) -> dict[int, "Polynomial"]:
        """The coefficients of the powers of one letter; other letters stay in them."""
        found: dict[int, dict[Monomial, Fraction]] = {}
        for monomial, factor in self.terms.items():
            powers = dict(monomial)
            power = powers.pop(name, 0)
            found.setdefault(power, {})[tuple(sorted(powers.items()))] = factor
        return {power: Polynomial(terms) for power, terms in found.items()}

    def replaced(self, values: Mapping[str, "Polynomial"]) -> "Polynomial":
        """Put polynomials in the place of letters, all at once."""
        if not self.letters & values.keys():
            return self
        total = Polynomial({})
        for monomial, factor in self.terms.items():
            product = Polynomial.constant(factor)
            for name, power in monomial:
                product = product * values.get(name, Polynomial.letter(name)) ** power
            total = total + product
        return total


def _times(one: Monomial, two: Monomial) -> Monomial:
    if not one or not two:
        return one or two
    powers = dict(one)
    for name, power in two:
        powers[name] = powers.get(name, 0) + power
    return tuple(sorted(powers.items()))


def _bounded(terms: dict[Monomial, Fraction]) -> dict[Monomial, Fraction]:
    if len(terms) > MAX_TERMS:
        raise NotPolynomial(f"more than {MAX_TERMS} terms")
    for factor in terms.values():
        if factor.numerator.bit_length() + factor.denominator.bit_length() > MAX_BITS:
            raise NotPolynomial("a number grows too large")
    return {monomial: factor for monomial, factor in terms.items() if factor}


@dataclass(frozen=True, slots=True, kw_only=True)
class Function:
    """A defined function: its letters, and its value as a polynomial in them."""

    letters: tuple[str, ...]
    body: Polynomial


@dataclass(frozen=True, slots=True, kw_only=True)
class Scope:
    """What letters and functions stand for."""

    values: Mapping[str, Polynomial]
    functions: Mapping[str, Function]


def polynomial_of(tree: Tree, scope: Scope) -> Polynomial:
    """Return the normal form of a formula under definitions. Raises `NotPolynomial`."""
    match tree:
        case Number():
            return Polynomial.constant(tree.value)
        case Name() if tree.name in scope.values:
            return scope.values[tree.name]
        case Name() if tree.name not in {"pi", "e", "infinity"}:
            return Polynomial.letter(tree.name)
        case Negate():
            return -polynomial_of(tree.operand, scope)
        case Binary():
            return _binary(tree, scope)
        case Call() if tree.function in scope.functions:
            function = scope.functions[tree.function]
            arguments = [polynomial_of(argument, scope) for argument in tree.arguments]
            if len(arguments) != len(function.letters):
                raise InputError(f"{tree.function} takes {len(function.letters)} argument(s)")
            return function.body.replaced(dict(zip(function.letters, arguments, strict=True)))
        case _:
            raise NotPolynomial("this is no polynomial")


def _binary(tree: Binary, scope: Scope) -> Polynomial:
    left, right = polynomial_of(tree.left, scope), polynomial_of(tree.right, scope)
    match tree.operator:
        case "+":
            return left + right
        case "-":
            return left - right
        case "*":
            return left * right
        case "/":
            return left * _reciprocal(right)
        case _:
            exponent = right.value
            if exponent is None or exponent.denominator != 1 or abs(exponent) > MAX_BITS:
                raise NotPolynomial("the exponent is no whole number")
            if exponent < 0:
                return _reciprocal(left) ** -int(exponent)
            if not exponent and not left.terms:
                raise InputError("zero to the power of zero", hint="check the exponent")
            return left ** int(exponent)


def _reciprocal(divisor: Polynomial) -> Polynomial:
    value = divisor.value
    if value is None:
        raise NotPolynomial("a division by an expression with letters")
    if not value:
        raise InputError("a division by zero", hint="check the divisor")
    return Polynomial.constant(1 / value)


def order_of(monomial: Monomial, letters: tuple[str, ...]) -> tuple[int, ...]:
    """Sort key: higher powers of earlier letters come first."""
    powers = dict(monomial)
    return tuple(-powers.get(name, 0) for name in letters)


def text_of(polynomial: Polynomial, power: str = "^") -> str:
    """Write a polynomial: `3*x^2/5 - x + 1`."""
    letters = tuple(sorted(polynomial.letters))
    ordered = sorted(polynomial.terms.items(), key=lambda term: order_of(term[0], letters))
    shown = ""
    for monomial, factor in ordered:
        sign = "-" if factor < 0 else "+"
        term = _term(monomial, abs(factor), power)
        shown += f" {sign} {term}" if shown else f"{'-' if factor < 0 else ''}{term}"
    return shown or "0"


def _term(monomial: Monomial, factor: Fraction, power: str) -> str:
    parts = [name if n == 1 else f"{name}{power}{n}" for name, n in monomial]
    if factor.numerator != 1 or not parts:
        parts.insert(0, str(factor.numerator))
    below = f"/{factor.denominator}" if factor.denominator != 1 else ""
    return "*".join(parts) + below
