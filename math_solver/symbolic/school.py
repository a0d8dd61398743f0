"""Requests of school books: mixed numbers, rates of change, small figures, ratios of angles."""

from collections.abc import Mapping
from dataclasses import replace
from fractions import Fraction

import sympy as sp

from assistants.errors import InputError
from math_solver.reading.parser import parse
from math_solver.reading.statements import Ask
from math_solver.solution import Work
from math_solver.topics.scope import Facts, NotCovered

from . import Expression
from .functions import variable
from .goals import Goal, done, expression_of, value_work
from .plain import plain

SIDES = {"triangle": 3, "pentagon": 5, "hexagon": 6, "heptagon": 7, "octagon": 8, "nonagon": 9,
         "decagon": 10, "dodecagon": 12}  # fmt: skip
QUADRANTS = {"acute": 1, "obtuse": 2, "first": 1, "second": 2, "third": 3, "fourth": 4,
             "i": 1, "ii": 2, "iii": 3, "iv": 4, "1": 1, "2": 2, "3": 3, "4": 4}  # fmt: skip
INVERSES = {"csc": "sin", "sec": "cos", "cot": "tan"}


def mixed_number(ask: Ask, facts: Facts) -> Work:
    """Write a fraction as a whole number and a fraction below one."""
    (value,) = facts.numbers(ask)
    whole, rest = divmod(abs(value), 1)
    sign = "-" if value < 0 else ""
    shown = f"{whole} {rest}" if whole and rest else str(rest or whole)
    return done("division", ask.source, sign + shown, f"{whole} + {rest} = {abs(value)}")


def improper_fraction(ask: Ask, _facts: Facts) -> Work:
    """Write a mixed number as one fraction."""
    whole, top, bottom = (int(word) for word in ask.words)
    if not bottom:
        raise InputError("the denominator is 0")
    value = whole + Fraction(top, bottom)
    return done("one denominator", ask.source, str(value), f"({whole}*{bottom} + {top})/{bottom}")


def amplitude(ask: Ask, facts: Facts) -> Work:
    """Return the amplitude of a·sin(b·x + c) + d, or with a cosine."""
    body = expression_of(ask.formulas[0], facts)
    x = variable(body, ask)
    waves = [w for w in body.atoms(sp.sin, sp.cos) if w.has(x)]
    height = sp.Symbol("wave_")
    flat = sp.expand(body.subs(waves[0], height)) if len(waves) == 1 else body
    factor = sp.diff(flat, height)
    if flat.has(x) or not factor.is_number or factor == 0:
        raise NotCovered("one sine or cosine times a number")
    return value_work("amplitude", ask.source, sp.Abs(factor), "half of highest less lowest value")


def rate_of_change(ask: Ask, facts: Facts) -> Work:
    """Return the average rate of change between two points."""
    body = expression_of(ask.formulas[0], facts)
    x = variable(body, ask)
    low, high = (expression_of(parse(word), facts) for word in ask.words[:2])
    ends = [sp.simplify(body.subs(x, end)) for end in (low, high)]
    if low == high or not all(end.is_finite for end in ends):
        raise InputError("the function needs values at two different ends")
    value = sp.radsimp(sp.simplify((ends[1] - ends[0]) / (high - low)))
    detail = f"({plain(ends[1])} - ({plain(ends[0])}))/({plain(high)} - ({plain(low)}))"
    return value_work("difference quotient", ask.source, value, detail)


# --- figures


def third_angle(ask: Ask, facts: Facts) -> Work:
    """Return the angle that is left of 180 degrees."""
    first, second = facts.numbers(ask)
    if first <= 0 or second <= 0 or first + second >= 180:
        raise InputError("two angles of a triangle are positive and below 180 degrees together")
    return done("sum of angles", ask.source, str(180 - first - second), "180 less both, in degrees")


def regular_polygon(ask: Ask, facts: Facts) -> Work:
    """Return the perimeter of a regular polygon."""
    side = expression_of(ask.formulas[0], facts)
    count = SIDES[ask.words[1].lower()]
    return value_work("perimeter", ask.source, count * side, f"{count} equal sides")


def box(ask: Ask, facts: Facts) -> Work:
    """Return volume, surface or diagonal of a rectangular box."""
    a, b, c = (expression_of(tree, facts) for tree in ask.formulas)
    if not all(side.is_positive for side in (a, b, c)):
        raise InputError("the sides are positive")
    values = {
        "volume": (a * b * c, "a*b*c"),
        "surface area": (2 * (a * b + b * c + c * a), "2*(a*b + b*c + c*a)"),
    }
    square = (sp.sqrt(sp.expand(a**2 + b**2 + c**2)), "sqrt(a^2 + b^2 + c^2)")
    value, formula = values.get(ask.words[0].lower(), square)
    return value_work("box", ask.source, sp.expand(value), formula)


def diagonal(ask: Ask, facts: Facts) -> Work:
    """Return the diagonal of a rectangle."""
    a, b = (expression_of(tree, facts) for tree in ask.formulas)
    if not (a.is_positive and b.is_positive):
        raise InputError("the sides are positive")
    return value_work("Pythagoras", ask.source, sp.sqrt(sp.expand(a**2 + b**2)), "sqrt(a^2 + b^2)")


def arc(ask: Ask, facts: Facts) -> Work:
    """Return the length of an arc, or the area of its sector, for an angle in radians."""
    radius, turn = (expression_of(tree, facts) for tree in ask.formulas)
    if not (radius.is_positive and turn.is_positive and (2 * sp.pi - turn).is_nonnegative):
        raise InputError("a positive radius, and an angle up to 2*pi")
    if "area" in ask.words[0].lower():
        return value_work("sector", ask.source, radius**2 * turn / 2, "r^2*t/2")
    return value_work("arc", ask.source, radius * turn, "r*t")


def is_a_triangle(ask: Ask, facts: Facts) -> Work:
    """Tell whether three lengths are the sides of a triangle, or of a right one."""
    values = sorted(facts.numbers(ask))
    if len(values) != 3 or values[0] <= 0:
        raise InputError("three positive lengths are needed")
    a, b, c = values
    if ask.words and ask.words[0].strip().lower() == "right":
        detail = f"{a}^2 + {b}^2 = {a**2 + b**2}, and {c}^2 = {c**2}"
        return done("Pythagoras", ask.source, str(a**2 + b**2 == c**2), detail)
    return done("triangle inequality", ask.source, str(a + b > c), f"{a} + {b} against {c}")


# --- one ratio of an angle from another


def trigonometric_value(ask: Ask, facts: Facts) -> Work:
    """Return a ratio of an angle from another one and its quadrant: sin² + cos² = 1."""
    wanted, known = (word.lower() for word in ask.words[:2])
    quadrant = QUADRANTS[ask.words[2].lower().removeprefix("quadrant ")]
    value = expression_of(ask.formulas[0], facts)
    if not value.is_number or not value.is_real or value == 0:
        raise NotCovered("a number other than 0")
    base = INVERSES.get(known, known)
    value = 1 / value if known in INVERSES else value
    signs = {"sin": 1 if quadrant <= 2 else -1, "cos": 1 if quadrant in {1, 4} else -1}
    signs["tan"] = signs["sin"] * signs["cos"]
    if sp.sign(value) != signs[base] or (base != "tan" and bool(sp.Abs(value) >= 1)):
        raise InputError(f"no angle of quadrant {quadrant} has this {known}", hint="check it")
    found = _ratios(base, value, signs)
    result = found[INVERSES.get(wanted, wanted)]
    result = sp.radsimp(1 / result if wanted in INVERSES else result)
    shown = ", ".join(f"{name} = {plain(sp.radsimp(v))}" for name, v in found.items())
    work = value_work("sin^2 + cos^2 = 1", ask.source, result, shown)
    return replace(work, remarks=(*work.remarks, f"quadrant {quadrant}"))


def _ratios(base: str, value: Expression, signs: Mapping[str, int]) -> dict[str, Expression]:
    if base == "tan":
        cosine = signs["cos"] / sp.sqrt(1 + value**2)
        return {"sin": value * cosine, "cos": cosine, "tan": value}
    other = "cos" if base == "sin" else "sin"
    found = {base: value, other: signs[other] * sp.sqrt(1 - value**2)}
    return {**found, "tan": found["sin"] / found["cos"]}


GOALS: Mapping[str, Goal] = {
    "mixed number": mixed_number,
    "improper fraction": improper_fraction,
    "amplitude": amplitude,
    "rate of change": rate_of_change,
    "third angle": third_angle,
    "regular polygon": regular_polygon,
    "box": box,
    "diagonal": diagonal,
    "arc": arc,
    "is a triangle": is_a_triangle,
    "trigonometric value": trigonometric_value,
}
