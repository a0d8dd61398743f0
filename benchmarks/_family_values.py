"""Random numbers, expressions and polynomials for `math_families`, sized by digits of entropy.

Written from samples of DeepMind's mathematics set and from its paper (Saxton et al. 2019,
arXiv 1904.01557): an amount of entropy, in decimal digits, is dealt out over what is drawn.
"""

import random
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from math import ceil, gcd, log10

Coefficients = list[Fraction]
"""Coefficients of a polynomial in one letter, the constant first."""
SUM, PRODUCT, POWER, ATOM = 1, 2, 3, 4


@dataclass(frozen=True, slots=True)
class Text:
    """A written expression: its text and how tightly it holds together."""

    text: str
    rank: int

    def inside(self, least: int) -> str:
        """The text, in brackets where it would fall apart."""
        return self.text if self.rank >= least else f"({self.text})"


class Draw:
    """A source of random values."""

    def __init__(self, seed: int) -> None:
        self.random = random.Random(seed)

    def coin(self) -> bool:
        return self.random.random() < 0.5

    def shares(self, total: float, weights: Sequence[float]) -> list[float]:
        """Split a total at random, in the mean by weights (a Dirichlet draw)."""
        drawn = [self.random.gammavariate(weight, 1) if weight > 0 else 0 for weight in weights]
        scale = total / (sum(drawn) or 1)
        return [share * scale for share in drawn]

    def counts(self, boxes: int, total: int) -> list[int]:
        """Whole numbers from 0 that add up to a total."""
        cuts = sorted(self.random.randint(0, total) for _ in range(boxes - 1))
        return [b - a for a, b in zip([0, *cuts], [*cuts, total], strict=True)]

    def integer(
        self, entropy: float, *, signed: bool = True, least: int = 0, coprime: int = 1
    ) -> int:
        """A whole number among some 10^entropy."""
        top = 10 ** max(entropy, 0) + least
        if abs(coprime) > 1:
            top = top * 4 + 1
        top = ceil(top / 2) if signed else ceil(top)
        while True:
            value = self.random.randint(-top if signed else least, top)
            if abs(value) >= least and gcd(value, coprime) == 1:
                return value

    def fraction(self, entropy: float, *, signed: bool = True) -> Fraction:
        """A fraction that is no whole number."""
        above = self.random.uniform(0, entropy)
        top = self.integer(above, signed=signed, least=1)
        below = self.integer(entropy - above, signed=False, least=2, coprime=top)
        return Fraction(top, below)

    def decimal(self, entropy: float, *, signed: bool = True) -> Fraction:
        """A decimal that is no whole number."""
        while True:
            base = self.integer(entropy, signed=signed)
            divisor = 10 ** self.random.randint(1, max(1, ceil(entropy)))
            if base % divisor:
                return Fraction(base, divisor)

    def whole_or_decimal(self, entropy: float) -> Fraction:
        return Fraction(self.integer(entropy)) if self.coin() else self.decimal(entropy)

    def whole_or_fraction(self, entropy: float) -> Fraction:
        return Fraction(self.integer(entropy)) if self.coin() else self.fraction(entropy)

    def pair(self, entropy: float) -> tuple[float, float]:
        first = max(1.0, self.random.uniform(0, entropy))
        return first, max(1.0, entropy - first)

    # --- arithmetic with a given value

    def arithmetic(self, value: Fraction, count: int, entropy: float, ops: str) -> Text:
        """An expression of `count` operations (of `+-` or `*/` in `ops`) with this value."""
        if count == 0:
            return constant(value)
        each = entropy / count
        choices = [op for op in ops if count >= 2 or value.denominator == 1 or op == "/"]
        op = self.random.choice(choices or ["/"])
        if op == "*" and count < 2 and value.denominator == 1:
            left, right = self.divisor(value), Fraction(0)
            right = value / left
        elif op in "+-":
            wide = "/" in ops and count >= 3
            left = self.whole_or_fraction(each) if wide else Fraction(self.integer(each))
            right = value - left if op == "+" else left - value
        elif count == 1:
            factor = self.integer(each, least=1)
            left, right = Fraction(value.numerator * factor), Fraction(value.denominator * factor)
        else:
            right = Fraction(self.integer(each, least=1))
            if count >= 3 and self.coin():
                right /= self.integer(each / 2, least=1, signed=False)
            left = value * right if op == "/" else value / right
        return self.joined(op, (left, right), count - 1, entropy - each, ops)

    def divisor(self, value: Fraction) -> Fraction:
        size = abs(int(value)) or 1
        found = [d for d in range(1, min(size, 60) + 1) if size % d == 0]
        return Fraction(self.random.choice(found) * self.random.choice((1, -1)))

    def joined(
        self,
        op: str,
        operands: tuple[Fraction, Fraction],
        count: int,
        entropy: float,
        ops: str,
    ) -> Text:
        """Write both operands with the operations that are left; fractions need one at least."""
        left, right = operands
        least = [int(v.denominator != 1) for v in (left, right)]
        spare = count - sum(least)
        if spare < 0:
            if op in "+-":
                return Text(f"{left} {op} {right}", SUM)
            text = f"{constant(left).inside(PRODUCT)}{op}{constant(right).inside(POWER)}"
            return Text(text, PRODUCT)
        extra = self.counts(2, spare)
        parts = [
            self.arithmetic(value, least[i] + extra[i], entropy * (least[i] + extra[i])
                            / max(count, 1), ops)
            for i, value in enumerate((left, right))
        ]  # fmt: skip
        one, two = parts
        if op == "+":
            return Text(f"{one.text} + {two.text}" if two.rank > SUM or not two.text.startswith("-")
                        else f"{one.text} + {two.inside(PRODUCT)}", SUM)  # fmt: skip
        if op == "-":
            return Text(f"{one.text} - {two.inside(PRODUCT)}", SUM)
        right_text = two.inside(PRODUCT if op == "*" else POWER)
        right_text = bracketed(two) if two.text.startswith("-") else right_text
        left_text = bracketed(one) if one.text.startswith("-") else one.inside(PRODUCT)
        return Text(f"{left_text}{op}{right_text}", PRODUCT)

    # --- polynomials

    def polynomial(self, degree: int, entropy: float) -> Coefficients:
        """Coefficients with a leading one that is not zero."""
        shown = self.random.randint(1, degree + 1)
        powers = {degree, *self.random.sample(range(degree + 1), shown)}
        shares = dict(zip(powers, self.shares(entropy, [1] * len(powers)), strict=True))
        return [
            Fraction(self.integer(shares[p], least=1)) if p in shares else Fraction(0)
            for p in range(degree + 1)
        ]

    def spread(
        self, coefficients: Sequence[Fraction], entropy: float
    ) -> list[tuple[int, Fraction]]:
        """Terms (power, coefficient) that add up to a polynomial, some of them cancelling."""
        terms: list[tuple[int, Fraction]] = []
        length = sum(1 for c in coefficients if c) + 2 + self.random.randint(0, ceil(entropy / 2))
        for power, coefficient in enumerate(coefficients):
            count = self.random.randint(1, max(1, length // len(coefficients) + 1))
            count = 0 if not coefficient and count == 1 else count
            parts = [Fraction(self.integer(max(1, entropy / length))) for _ in range(count - 1)]
            if count:
                terms += [(power, part) for part in [*parts, coefficient - sum(parts)]]
        self.random.shuffle(terms)
        return terms or [(0, Fraction(0))]

    def messy(self, letter: str, coefficients: Sequence[Fraction], entropy: float) -> str:
        """A polynomial, its terms spread and shuffled."""
        return sum_text([term_text(c, letter, p) for p, c in self.spread(coefficients, entropy)])

    def with_brackets(
        self, letter: str, degree: int, entropy: float, length: int, *, forced: bool
    ) -> tuple[Text, Coefficients]:
        """An expression with brackets and the polynomial that it is."""
        length = max(length, 2) if forced else length
        if length < 2 or (not forced and self.coin()):
            values = self.polynomial(degree, entropy / 2)
            return Text(self.messy(letter, values, entropy / 2), SUM), values
        left_length = self.random.randint(1, length - 1)
        first, second = self.shares(entropy, [left_length, length - left_length])
        if self.coin():
            one, a = self.with_brackets(letter, degree, first, left_length, forced=True)
            two, b = self.with_brackets(letter, degree, second, length - left_length, forced=False)
            return Text(joined_sum(one.text, two.text), SUM), added(a, b)
        split = self.random.randint(0, degree)
        one, a = self.with_brackets(letter, split, first, left_length, forced=False)
        two, b = self.with_brackets(
            letter, degree - split, second, length - left_length, forced=False
        )
        return Text(f"{one.inside(PRODUCT)}*{two.inside(PRODUCT)}", PRODUCT), product(a, b)


def bracketed(text: Text) -> str:
    """The text in brackets, unless it is in them."""
    return f"({text.text})"


def constant(value: Fraction) -> Text:
    """A number as it is written."""
    simple = value >= 0 and value.denominator == 1
    return Text(str(value), ATOM if simple else PRODUCT)


def term_text(coefficient: Fraction, letter: str, power: int) -> str:
    """A term with its sign in front: `-3*x**2`."""
    sign, size = "-" if coefficient < 0 else "", abs(coefficient)
    head = letter if power == 1 else f"{letter}**{power}"
    if power == 0:
        return f"{sign}{size}"
    above = head if size.numerator == 1 else f"{size.numerator}*{head}"
    below = f"/{size.denominator}" if size.denominator != 1 else ""
    return f"{sign}{above}{below}"


def sum_text(terms: Sequence[str]) -> str:
    """Terms joined as a sum."""
    text = terms[0] if terms else "0"
    for term in terms[1:]:
        text = joined_sum(text, term)
    return text


def joined_sum(left: str, right: str) -> str:
    """Two sums written as one."""
    return f"{left} - {right[1:]}" if right.startswith("-") else f"{left} + {right}"


def polynomial_text(coefficients: Sequence[Fraction], letter: str) -> str:
    """A polynomial in descending powers, as sympy writes it."""
    terms = [term_text(c, letter, p) for p, c in enumerate(coefficients) if c]
    return sum_text(terms[::-1])


def added(one: Sequence[Fraction], two: Sequence[Fraction]) -> Coefficients:
    """The sum of two polynomials."""
    size = max(len(one), len(two))
    padded = [[*values, *[Fraction(0)] * (size - len(values))] for values in (one, two)]
    return [a + b for a, b in zip(*padded, strict=True)]


def product(one: Sequence[Fraction], two: Sequence[Fraction]) -> Coefficients:
    """The product of two polynomials."""
    result = [Fraction(0)] * (len(one) + len(two) - 1)
    for i, a in enumerate(one):
        for j, b in enumerate(two):
            result[i + j] += a * b
    return result


def scaled(values: Sequence[Fraction], factor: Fraction) -> Coefficients:
    """A polynomial times a number."""
    return [value * factor for value in values]


def value_at(coefficients: Sequence[Fraction], point: Fraction) -> Fraction:
    """The value of a polynomial (Horner)."""
    total = Fraction(0)
    for coefficient in reversed(coefficients):
        total = total * point + coefficient
    return total


def composed(outer: Sequence[Fraction], inner: Sequence[Fraction]) -> Coefficients:
    """The polynomial outer(inner(x))."""
    total: Coefficients = [Fraction(0)]
    for coefficient in reversed(outer):
        total = added(product(total, inner), [coefficient])
    return total


def derivative(coefficients: Sequence[Fraction]) -> Coefficients:
    """The derivative of a polynomial."""
    return [p * c for p, c in enumerate(coefficients)][1:] or [Fraction(0)]


def decimal_text(value: Fraction) -> str:
    """A decimal in full."""
    places = 0
    while (value * 10**places).denominator != 1:
        places += 1
    digits = str(abs(int(value * 10**places))).rjust(places + 1, "0")
    shown = (
        f"{digits[: len(digits) - places]}.{digits[len(digits) - places :]}" if places else digits
    )
    return f"-{shown}" if value < 0 else shown


def digits_of(value: Fraction) -> float:
    """How many digits of entropy a value has."""
    return log10(5 * abs(value.numerator) + 1) + (
        0 if value.denominator == 1 else log10(5 * value.denominator + 1)
    )
