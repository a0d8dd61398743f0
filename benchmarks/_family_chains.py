"""Chains of definitions for `math_families`: a value is hidden behind earlier statements.

`Chain.hide` takes values (numbers or polynomials) and a number of modules to spend, and returns how
each is written now: as itself, or as a letter, a function or an expression that earlier sentences
define.
"""

import re
import string
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from math import gcd

from _family_values import (
    Coefficients,
    Draw,
    added,
    decimal_text,
    digits_of,
    joined_sum,
    polynomial_text,
    scaled,
    sum_text,
    term_text,
    value_at,
)

ORDINALS = ("zeroth", "first", "second", "third", "fourth", "fifth", "sixth", "seventh", "eighth",
            "ninth", "tenth")  # fmt: skip


@dataclass(frozen=True, slots=True)
class Number:
    """A value that is to be written; decimals stay decimals."""

    value: Fraction
    decimal: bool = False

    def text(self) -> str:
        return decimal_text(self.value) if self.decimal else str(self.value)


Value = Number | Coefficients


@dataclass(slots=True)
class Hidden:
    """How a value is written: by a handle, or by an expression.

    A handle is a letter, a function's letter or a literal; the expression, where there is one,
    does without the last sentence.
    """

    handle: str
    before: list[str] = field(default_factory=list)
    last: str = ""
    expression: str = ""
    letter: str = ""

    def used(self, *, expression: bool = False) -> str:
        """The expression where it is wanted and there is one, else the handle."""
        if expression and self.expression:
            self.last = ""
            return self.expression
        return self.handle

    def sentences(self) -> list[str]:
        return [*self.before, *([self.last] if self.last else [])]


class Chain:
    """The letters and the randomness of one question."""

    def __init__(self, draw: Draw) -> None:
        self.draw = draw
        self.free = [c for c in string.ascii_lowercase if c != "e"]
        draw.random.shuffle(self.free)

    def letter(self) -> str:
        return self.free.pop()

    def hide(self, values: Sequence[Value], modules: int, entropy: float) -> list[Hidden]:
        """Write values, `modules` of them (or of their parts) by other sentences."""
        counts = self.draw.counts(len(values), modules)
        shares = self.draw.shares(entropy, [count or 1e-9 for count in counts])
        return [
            self.one(value, count, share)
            for value, count, share in zip(values, counts, shares, strict=True)
        ]

    def one(self, value: Value, modules: int, entropy: float) -> Hidden:
        if modules == 0:
            return self.literal(value)
        return self.draw.random.choice(self.makers(value))(value, modules, entropy)

    def makers(self, value: Value) -> list[Callable[[Value, int, float], Hidden]]:
        """The ways to hide a value of this kind."""
        if isinstance(value, Number):
            if value.decimal:
                return [self.sum_of_two]
            if value.value.denominator == 1:
                return [self.linear_one, self.linear_two, self.sum_of_two, self.mixed, self.applied]
            return [self.sum_of_two, self.mixed]
        whole = all(c.denominator == 1 for c in value)
        return [self.collected, self.differentiated, *([self.combined] if whole else [])]

    def literal(self, value: Value) -> Hidden:
        if isinstance(value, Number):
            return Hidden(value.text())
        letter, name = self.letter(), self.letter()
        text = polynomial_text(value, letter)
        return Hidden(name, last=f"Let {name}({letter}) = {text}.", expression=text, letter=letter)

    @staticmethod
    def shuffled(draw: Draw, parts: Sequence[Hidden]) -> list[str]:
        order = list(parts)
        draw.random.shuffle(order)
        return [sentence for part in order for sentence in part.sentences()]

    # --- numbers

    def sum_of_two(self, value: Value, modules: int, entropy: float) -> Hidden:
        assert isinstance(value, Number)
        own = max(entropy / modules, digits_of(value.value))
        if value.decimal:
            first = self.draw.whole_or_decimal(own)
        elif value.value.denominator == 1:
            first = Fraction(self.draw.integer(own))
        else:
            first = self.draw.whole_or_fraction(own)
        plus = self.draw.coin()
        second = value.value - first if plus else first - value.value
        pair = [Number(first, value.decimal), Number(second, value.decimal)]
        parts = self.hide(pair, modules - 1, entropy - entropy / modules)
        name = self.letter()
        text = f"Let {name} = {parts[0].handle} {'+' if plus else '-'} {parts[1].handle}."
        return Hidden(name, before=self.shuffled(self.draw, parts), last=text)

    def mixed(self, value: Value, modules: int, entropy: float) -> Hidden:
        assert isinstance(value, Number)
        count = self.draw.random.randint(3, 4)
        written = self.draw.arithmetic(value.value, count, entropy / modules + 1, "+-*/").text
        text, parts = self.replaced([written], modules - 1, entropy / 2)
        name = self.letter()
        return Hidden(name, before=parts, last=f"Let {name} be {text[0]}.", expression=text[0])

    def replaced(
        self, texts: list[str], modules: int, entropy: float
    ) -> tuple[list[str], list[str]]:
        """Hide some plain whole numbers of written formulas behind other sentences."""
        found = [(index, place) for index, text in enumerate(texts) for place in _constants(text)]
        if modules == 0 or not found:
            return texts, []
        count = self.draw.random.randint(1, min(modules, len(found)))
        chosen = self.draw.random.sample(found, count)
        values: list[Value] = [Number(Fraction(texts[i][a:b])) for i, (a, b) in chosen]
        parts = self.hide(values, modules, entropy)
        for (index, (a, b)), part in sorted(zip(chosen, parts, strict=True), key=lambda x: x[0],
                                            reverse=True):  # fmt: skip
            texts[index] = texts[index][:a] + part.handle + texts[index][b:]
        return texts, self.shuffled(self.draw, parts)

    def linear_one(self, value: Value, modules: int, entropy: float) -> Hidden:
        return self.linear(value, modules, entropy, 1)

    def linear_two(self, value: Value, modules: int, entropy: float) -> Hidden:
        return self.linear(value, modules, entropy, 2)

    def linear(self, value: Value, modules: int, entropy: float, size: int) -> Hidden:
        assert isinstance(value, Number)
        names = [self.letter() for _ in range(size)]
        equations, before, _ = self.equations(names, value.value, modules, entropy)
        return Hidden(names[0], before=before, last=f"Suppose {', '.join(equations)}.")

    def equations(
        self, names: list[str], value: Fraction | None, modules: int, entropy: float
    ) -> tuple[list[str], list[str], Fraction]:
        """Linear equations whose solution for the first name is this value, or any.

        Returns the equations, the sentences before them, and the value of the first name.
        """
        own = max(1.0, entropy / max(modules, 1))
        others = [Fraction(self.draw.integer(own / 4 + 1)) for _ in names]
        point = others if value is None else [value, *others[1:]]
        rows = self.matrix(len(names), own * self.draw.random.uniform(1 / 3, 2 / 3))
        texts: list[str] = []
        for row in rows:
            constant = sum(a * b for a, b in zip(row, point, strict=True))
            texts.append(self.equation(names, row, -Fraction(constant), own / 2))
        shown, before = self.replaced(texts, max(modules - 1, 0), entropy / 2)
        return shown, before, point[0]

    def matrix(self, size: int, entropy: float) -> list[list[Fraction]]:
        while True:
            rows = [
                [Fraction(self.draw.integer(max(1, entropy / size**2))) for _ in range(size)]
                for _ in range(size)
            ]
            if size == 1 and rows[0][0]:
                return rows
            if size == 2 and rows[0][1] and rows[1][1]:
                (a, b), (c, d) = rows
                if a * d != b * c:
                    return rows

    def equation(
        self, names: list[str], row: Sequence[Fraction], constant: Fraction, entropy: float
    ) -> str:
        terms: list[tuple[str, int, Fraction]] = []
        for name, total in zip([*names, ""], [*row, constant], strict=True):
            count = self.draw.random.choice((1, 1, 1, 2, 3))
            count = 0 if not total and count == 1 else count
            parts = [Fraction(self.draw.integer(max(1, entropy / 2))) for _ in range(count - 1)]
            if count:
                terms += [(name, int(bool(name)), part) for part in [*parts, total - sum(parts)]]
        self.draw.random.shuffle(terms)
        sides: tuple[list[str], list[str]] = ([], [])
        for name, power, factor in terms:
            left = self.draw.coin()
            sides[not left].append(term_text(factor if left else -factor, name, power))
        return f"{sum_text(sides[0]) if sides[0] else '0'} = {sum_text(sides[1]) or '0'}"

    def applied(self, value: Value, modules: int, entropy: float) -> Hidden:
        """A polynomial with this value at some point: as in `Let f(x) = …. Let u be f(3)`."""
        assert isinstance(value, Number)
        text, before = self.application(value.value, modules, entropy)
        name = self.letter()
        return Hidden(name, before=before, last=f"Let {name} be {text}.", expression=text)

    def application(self, value: Fraction, modules: int, entropy: float) -> tuple[str, list[str]]:
        own = entropy / max(modules, 1)
        point = Fraction(self.draw.integer(self.draw.random.uniform(1, 1 + own / 3)))
        coefficients = [
            Fraction(self.draw.integer(max(0.5, own / 3)))
            for _ in range(self.draw.random.randint(1, 3))
        ]
        coefficients[-1] = coefficients[-1] or Fraction(1)
        values = [Fraction(0), *coefficients]
        values[0] = value - value_at(values, point)
        inputs: list[Value] = [values, Number(point)]
        parts = self.hide(inputs, max(modules - 1, 0), entropy - own)
        return f"{parts[0].handle}({parts[1].handle})", self.shuffled(self.draw, parts)

    # --- polynomials

    def collected(self, value: Value, modules: int, entropy: float) -> Hidden:
        assert isinstance(value, list)
        letter = self.letter()
        if all(c.denominator == 1 for c in value):
            text = self.draw.messy(letter, value, entropy / modules)
        else:
            text = sum_text([_written(c, letter, p) for p, c in enumerate(value) if c])
        texts, before = self.replaced([text], modules - 1, entropy / 2)
        name = self.letter()
        last = f"Let {name}({letter}) = {texts[0]}."
        return Hidden(name, before=before, last=last, expression=texts[0], letter=letter)

    def differentiated(self, value: Value, modules: int, entropy: float) -> Hidden:
        assert isinstance(value, list)
        order = self.draw.random.randint(1, 3)
        whole = value
        for _ in range(order):
            whole = [Fraction(0), *(c / (p + 1) for p, c in enumerate(whole))]
        for power in range(order):
            if self.draw.coin():
                whole[power] = Fraction(self.draw.integer(entropy / modules / 2))
        (part,) = self.hide([whole], modules - 1, entropy / 2)
        letter, text = self.function_text(part)
        name = self.letter()
        last = f"Let {name}({letter}) be the {ORDINALS[order]} derivative of {text}."
        return Hidden(name, before=self.shuffled(self.draw, [part]), last=last)

    def function_text(self, part: Hidden) -> tuple[str, str]:
        """A hidden polynomial in its own letter by its expression, or by its name in a new one."""
        if part.expression:
            return part.letter, part.used(expression=True)
        letter = self.letter()
        return letter, f"{part.handle}({letter})"

    def combined(self, value: Value, modules: int, entropy: float) -> Hidden:
        assert isinstance(value, list)
        letter = self.letter()
        text, before = self.combination(value, letter, modules, entropy)
        name = self.letter()
        return Hidden(name, before=before, last=f"Let {name}({letter}) = {text}.")

    def combination(
        self, value: Coefficients, letter: str, modules: int, entropy: float
    ) -> tuple[str, list[str]]:
        """`a*f(x) + b*g(x)` with this polynomial as its value."""
        while True:
            a = self.draw.integer(1.2, least=1)
            b = self.draw.integer(1.2, least=1, coprime=a)
            if gcd(a, b) == 1:
                break
        first: Coefficients = []
        second: Coefficients = []
        for coefficient in value:
            x, y = _bezout(a, b, int(coefficient), self.draw.integer(0.5))
            first.append(Fraction(x))
            second.append(Fraction(y))
        assert _trimmed(added(scaled(first, Fraction(a)), scaled(second, Fraction(b)))) == _trimmed(
            value
        )
        first, second = _trimmed(first), _trimmed(second)
        if not any(first) or not any(second):
            first, second = added(first, [Fraction(b)]), added(second, [Fraction(-a)])
        items: list[Value] = [Number(Fraction(a)), Number(Fraction(b)), first, second]
        parts = self.hide(items, max(modules - 1, 0), entropy)
        texts = [f"{_factor(parts[i].handle)}{parts[i + 2].handle}({letter})" for i in (0, 1)]
        return joined_sum(*texts), self.shuffled(self.draw, parts)


def _written(coefficient: Fraction, letter: str, power: int) -> str:
    """A term with its fraction in front: `-196/9*a**2`."""
    if abs(coefficient) == 1 or not power:
        return term_text(coefficient, letter, power)
    return f"{coefficient}*{letter}" + (f"**{power}" if power > 1 else "")


def _factor(handle: str) -> str:
    return {"1": "", "-1": "-"}.get(handle, f"{handle}*")


def _bezout(a: int, b: int, target: int, shift: int) -> tuple[int, int]:
    """Whole x, y with a*x + b*y = target."""
    x = target * pow(a, -1, abs(b)) % abs(b) if abs(b) > 1 else 0
    y = (target - a * x) // b
    return x + shift * b, y - shift * a


def _trimmed(values: Coefficients) -> Coefficients:
    result = list(values)
    while len(result) > 1 and not result[-1]:
        result.pop()
    return result


def _constants(text: str) -> list[tuple[int, int]]:
    """Places of the whole numbers, coefficients and exponents among them."""
    return [found.span() for found in re.finditer(r"(?<![\w.])\d+(?![\w.])", text)]
