"""Lines, circles and conics by their equations, and bodies of revolution."""

from collections.abc import Mapping

import sympy as sp

from assistants.errors import InputError
from math_solver.reading import Relation, Tree
from math_solver.reading.parser import parse
from math_solver.reading.statements import Ask
from math_solver.solution import Work
from math_solver.topics.scope import Facts, NotCovered

from . import Expression, integrals
from .build import symbol
from .functions import variable
from .goals import Goal, done, expression_of, value_work
from .matrices import vectors_of
from .plain import plain, tree_of


def _zero(tree: Tree, facts: Facts) -> Expression:
    """Return left minus right of an equation in x and y, expanded."""
    if not isinstance(tree, Relation) or tree.operator != "=":
        raise NotCovered("no equation")
    zero = sp.expand(expression_of(tree.left, facts) - expression_of(tree.right, facts))
    x, y = symbol("x"), symbol("y")
    if zero.free_symbols - {x, y} or not zero.is_polynomial(x, y) or zero.is_number:
        raise NotCovered("an equation in x and y")
    return zero


def lines_together(ask: Ask, facts: Facts) -> Work:
    """Tell whether two lines are parallel or perpendicular, by their normals."""
    x, y = symbol("x"), symbol("y")
    normals: list[tuple[Expression, Expression]] = []
    for tree in ask.formulas:
        line = sp.Poly(_zero(tree, facts), x, y)
        if line.total_degree() != 1:
            raise NotCovered("lines")
        normals.append((line.coeff_monomial(x), line.coeff_monomial(y)))
    if len(normals) != 2:
        raise NotCovered("two lines")
    (a, b), (c, d) = normals
    if ask.words[0].lower() == "parallel":
        value, name = a * d - b * c, "determinant"
    else:
        value, name = a * c + b * d, "dot product"
    told = f"the {name} of the normals ({plain(a)}, {plain(b)}) and ({plain(c)}, {plain(d)})"
    return done("normals", ask.source, str(value == 0), f"{told} is {plain(value)}")


def circle_equation(ask: Ask, facts: Facts) -> Work:
    """Return the equation of a circle by its centre and radius, or by a point of it."""
    points = vectors_of(ask, facts)
    if any(point.rows != 2 for point in points):
        raise InputError("points of the plane are needed")
    centre = points[0]
    if len(points) == 2:
        square = (points[1] - centre).dot(points[1] - centre)
    else:
        square = expression_of(ask.formulas[0], facts) ** 2
    square = sp.expand(square)
    if not square.is_positive:
        raise InputError("the radius is positive")
    x, y = symbol("x"), symbol("y")
    left = " + ".join(plain((name - at) ** 2) for name, at in ((x, centre[0]), (y, centre[1])))
    return done("circle", ask.source, f"{left} = {plain(square)}", "the distance from the centre")


def conic(ask: Ask, facts: Facts) -> Work:
    """Return focus, directrix, eccentricity or the like of a conic along the axes."""
    word = ask.words[0].lower()
    x, y = symbol("x"), symbol("y")
    poly = sp.Poly(_zero(ask.formulas[0], facts), x, y)
    if poly.total_degree() != 2 or poly.coeff_monomial(x * y) != 0:
        raise NotCovered("a conic along the axes")
    a, b = poly.coeff_monomial(x**2), poly.coeff_monomial(y**2)
    if a == 0 or b == 0:
        return _parabola(ask, poly, word, (y, x) if a == 0 else (x, y))
    return _centred(ask, poly, word)


def _parabola(ask: Ask, poly: Expression, word: str, names: tuple[Expression, Expression]) -> Work:
    """p(u - h)² = v - k has its focus 1/(4p) beyond the vertex (u: the squared letter)."""
    squared, other = names
    slope = poly.coeff_monomial(other)
    if slope == 0:
        raise NotCovered("no parabola")
    body = sp.expand(-(poly.as_expr() - slope * other) / slope)
    bend = body.coeff(squared, 2)
    at = sp.radsimp(-body.coeff(squared, 1) / (2 * bend))
    height = sp.expand(body.subs(squared, at))
    focal = 1 / (4 * bend)
    first = squared == symbol("x")

    def point(u: Expression, v: Expression) -> str:
        pair = (u, v) if first else (v, u)
        return f"({plain(pair[0])}, {plain(pair[1])})"

    answers = {
        "vertex": point(at, height),
        "focus": point(at, height + focal),
        "directrix": f"{other} = {plain(height - focal)}",
        "eccentricity": "1",
        "axis of symmetry": f"{squared} = {plain(at)}",
    }
    if word not in answers:
        raise NotCovered(f"a parabola has no {word}")
    detail = f"{other} = {plain(bend * (squared - at) ** 2 + height)}, so 1/(4p) = {plain(focal)}"
    return done("parabola", ask.source, answers[word], detail)


def _centred(ask: Ask, poly: Expression, word: str) -> Work:
    """Complete the squares to (x - h)²/A + (y - k)²/B = 1 and read the parts off."""
    x, y = symbol("x"), symbol("y")
    a, b = poly.coeff_monomial(x**2), poly.coeff_monomial(y**2)
    h, k = -poly.coeff_monomial(x) / (2 * a), -poly.coeff_monomial(y) / (2 * b)
    level = sp.expand(a * h**2 + b * k**2 - poly.coeff_monomial(1))
    if level == 0:
        raise NotCovered("a point or two lines")
    wide, tall = level / a, level / b
    if wide.is_negative and tall.is_negative:
        raise InputError("no point satisfies this equation")
    ellipse = bool(wide.is_positive and tall.is_positive)
    along_x = bool(wide >= tall) if ellipse else bool(wide.is_positive)
    major = wide if along_x else tall
    linear = sp.sqrt(sp.Abs(wide - tall) if ellipse else sp.Abs(wide) + sp.Abs(tall))
    ends = {"foci": linear, "focus": linear, "vertices": sp.sqrt(major)}
    detail = f"{plain((x - h) ** 2)}/({plain(wide)}) + {plain((y - k) ** 2)}/({plain(tall)}) = 1"
    kind = "ellipse" if ellipse else "hyperbola"
    if word == "eccentricity":
        return value_work(kind, ask.source, sp.radsimp(linear / sp.sqrt(major)), detail)
    if word in {"center", "centre"}:
        return done(kind, ask.source, f"({plain(h)}, {plain(k)})", detail)
    if word not in ends:
        raise NotCovered(f"the {word} of this curve is not computed")
    size = ends[word]
    pairs = [(h + s * size, k) if along_x else (h, k + s * size) for s in (-1, 1)]
    shown = ", ".join(f"({plain(u)}, {plain(v)})" for u, v in dict.fromkeys(pairs))
    return done(kind, ask.source, shown, detail)


def normal_line(ask: Ask, facts: Facts) -> Work:
    """Return the line perpendicular to the tangent of a graph at a point."""
    body = expression_of(ask.formulas[0], facts)
    point = expression_of(ask.formulas[1], facts)
    x = variable(body, ask)
    slope = sp.simplify(sp.diff(body, x).subs(x, point))
    height = sp.simplify(body.subs(x, point))
    if not (slope.is_finite and height.is_finite and slope.is_number):
        raise InputError("there is no tangent there")
    detail = f"value {plain(height)} and slope {plain(slope)} at {plain(point)}"
    if slope == 0:
        return done("normal", ask.source, f"{x} = {plain(point)}", detail)
    right = sp.expand(height - (x - point) / slope)
    return done("normal", ask.source, f"y = {plain(right)}", detail)


def revolution(ask: Ask, facts: Facts) -> Work:
    """Return the volume under a graph turned about the x-axis: pi times the integral of f²."""
    body = expression_of(ask.formulas[0], facts)
    x = variable(body, ask)
    low, high = (parse(word) for word in ask.words[:2])
    area = tree_of(sp.expand(sp.pi * body**2))
    return integrals.integrate_between(area, str(x), low, high)


def perfect_square(ask: Ask, facts: Facts) -> Work:
    """Return for which parameter a quadratic is the square of a line: discriminant zero."""
    body = sp.expand(expression_of(ask.formulas[0], facts))
    k = symbol(ask.letter)
    others = sorted(body.free_symbols - {k}, key=str)
    if len(others) != 1 or sp.degree(body, others[0]) != 2:
        raise NotCovered("a quadratic with one parameter")
    poly = sp.Poly(body, others[0])
    zero = sp.expand(sp.discriminant(poly))
    if not poly.LC().is_positive or not sp.sqrt(poly.LC()).is_Rational or not zero.has(k):
        raise NotCovered("the first coefficient is a square")
    found = sp.roots(sp.Poly(zero, k), filter="R")
    complete = sum(1 for _ in found) == sp.Poly(zero, k).sqf_part().count_roots()
    shown = " or ".join(f"{k} = {plain(root)}" for root in sorted(found))
    detail = f"the discriminant {plain(zero)} is 0 there and nowhere else"
    return done("discriminant", ask.source, shown or "no real value", detail, proved=complete)


GOALS: Mapping[str, Goal] = {
    "lines together": lines_together,
    "circle equation": circle_equation,
    "conic": conic,
    "normal line": normal_line,
    "revolution": revolution,
    "perfect square": perfect_square,
}
