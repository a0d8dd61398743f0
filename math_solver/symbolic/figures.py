"""Formulas of plane and solid figures."""

from collections.abc import Callable, Mapping

import sympy as sp

from assistants.errors import InputError
from math_solver.reading.statements import Ask
from math_solver.solution import Work
from math_solver.topics.scope import Facts, NotCovered

from . import Expression
from .goals import Goal, expression_of, value_work

Formula = tuple[Callable[..., Expression], str]
FORMULAS: Mapping[tuple[str, str, str], Formula] = {
    ("area", "circle", "radius"): (lambda r: sp.pi * r**2, "pi*r^2"),
    ("area", "circle", "diameter"): (lambda d: sp.pi * d**2 / 4, "pi*d^2/4"),
    ("circumference", "circle", "radius"): (lambda r: 2 * sp.pi * r, "2*pi*r"),
    ("perimeter", "circle", "radius"): (lambda r: 2 * sp.pi * r, "2*pi*r"),
    ("circumference", "circle", "diameter"): (lambda d: sp.pi * d, "pi*d"),
    ("diameter", "circle", "radius"): (lambda r: 2 * r, "2*r"),
    ("area", "square", "side"): (lambda a: a**2, "a^2"),
    ("perimeter", "square", "side"): (lambda a: 4 * a, "4*a"),
    ("area", "rectangle", ""): (lambda a, b: a * b, "a*b"),
    ("perimeter", "rectangle", ""): (lambda a, b: 2 * (a + b), "2*(a + b)"),
    ("area", "triangle", "base"): (lambda b, h: b * h / 2, "b*h/2"),
    ("volume", "sphere", "radius"): (lambda r: sp.Rational(4, 3) * sp.pi * r**3, "4/3*pi*r^3"),
    ("surface area", "sphere", "radius"): (lambda r: 4 * sp.pi * r**2, "4*pi*r^2"),
    ("volume", "cube", "side"): (lambda a: a**3, "a^3"),
    ("surface area", "cube", "side"): (lambda a: 6 * a**2, "6*a^2"),
    ("volume", "cylinder", "radius"): (lambda r, h: sp.pi * r**2 * h, "pi*r^2*h"),
    ("surface area", "cylinder", "radius"): (
        lambda r, h: 2 * sp.pi * r * (r + h),
        "2*pi*r*(r + h)",
    ),
    ("volume", "cone", "radius"): (lambda r, h: sp.pi * r**2 * h / 3, "pi*r^2*h/3"),
    ("surface area", "cone", "radius"): (
        lambda r, h: sp.pi * r * (r + sp.sqrt(r**2 + h**2)),
        "pi*r*(r + sqrt(r^2 + h^2))",
    ),
    ("area", "right triangle", "legs"): (lambda a, b: a * b / 2, "a*b/2"),
    ("perimeter", "right triangle", "legs"): (
        lambda a, b: a + b + sp.sqrt(a**2 + b**2),
        "a + b + sqrt(a^2 + b^2)",
    ),
    ("hypotenuse", "right triangle", "legs"): (
        lambda a, b: sp.sqrt(a**2 + b**2),
        "sqrt(a^2 + b^2)",
    ),
}
"""What is asked for, the figure, and what is given: the formula as a function and in words."""


def shape(ask: Ask, facts: Facts) -> Work:
    """Compute a measure of a figure by its formula."""
    words = [word.lower() for word in ask.words]
    given = {"edge": "side", "sides": "legs"}.get(words[2], words[2]) if len(words) > 2 else ""
    if words[1] == "right triangle":
        given = "legs"
    found = FORMULAS.get((words[0], words[1], given))
    if found is None:
        raise NotCovered("the formula of this figure is not known here")
    function, text = found
    values = [expression_of(tree, facts) for tree in ask.formulas]
    if any(value.is_positive is False for value in values):
        raise InputError("a length is positive", hint="check the measures")
    return value_work("formula", ask.source, sp.simplify(function(*values)), text)


GOALS: Mapping[str, Goal] = {"shape": shape}
