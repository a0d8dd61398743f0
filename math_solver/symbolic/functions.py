"""Requests about functions: series, tangents, extrema, implicit derivatives, complex roots."""

from collections.abc import Mapping
from dataclasses import replace
from fractions import Fraction

import sympy as sp

from assistants.errors import InputError
from math_solver.reading import Number, Relation
from math_solver.reading.parser import parse
from math_solver.reading.statements import Ask
from math_solver.solution import Work
from math_solver.topics.scope import Facts, NotCovered

from . import Expression
from .build import symbol
from .equivalence import prove_zero
from .goals import Goal, done, expression_of, value_work
from .plain import plain, tree_of
from .polynomial_topics import PREFERRED
from .regions import solve_relations
from .roots import polynomial_roots

MAX_ORDER = 30


def variable(body: Expression, ask: Ask) -> Expression:
    """Return the letter that a function is of: as it is said, or the most usual one."""
    if ask.letter:
        return symbol(ask.letter)
    found = sorted(body.free_symbols, key=lambda s: (PREFERRED.find(str(s)) % 100, str(s)))
    if not found:
        raise NotCovered("there is no letter in the function")
    return found[0]


def taylor(ask: Ask, facts: Facts) -> Work:
    """Return the Taylor polynomial; its derivatives at the point are compared one by one."""
    body = expression_of(ask.formulas[0], facts)
    x = variable(body, ask)
    point = expression_of(ask.formulas[1], facts) if len(ask.formulas) > 1 else sp.Integer(0)
    order = int(ask.words[0])
    if order > MAX_ORDER:
        raise InputError(f"orders up to {MAX_ORDER} are computed")
    terms, current = [], body
    for place in range(order + 1):
        value = sp.simplify(current.subs(x, point))
        if not value.is_finite:
            raise InputError("the function has no derivative there of every order that is needed")
        terms.append(value / sp.factorial(place) * (x - point) ** place)
        current = sp.diff(current, x)
    result = sp.Add(*terms)
    shown = " + ".join(plain(term) for term in terms if term != 0).replace("+ -", "- ")
    detail = f"each coefficient is a derivative at {plain(point)} over a factorial"
    work = done("Taylor's formula", ask.source, shown or "0", detail)
    proved = all(
        sp.simplify((sp.diff(result, x, k) - sp.diff(body, x, k)).subs(x, point)) == 0
        for k in range(order + 1)
    )
    return work if proved else done("Taylor's formula", ask.source, shown, detail, proved=False)


def implicit(ask: Ask, facts: Facts) -> Work:
    """Return dy/dx of a curve F(x, y) = 0 as -F_x/F_y."""
    (relation,) = ask.formulas
    if not isinstance(relation, Relation):
        raise NotCovered("no equation")
    curve = expression_of(relation.left, facts) - expression_of(relation.right, facts)
    x, y = symbol("x"), symbol("y")
    below = sp.diff(curve, y)
    if below == 0 or not curve.has(x):
        raise NotCovered("both x and y must occur")
    result = sp.cancel(-sp.diff(curve, x) / below) if curve.is_polynomial(x, y) else (
        sp.simplify(-sp.diff(curve, x) / below))  # fmt: skip
    detail = f"F_x + F_y*dy/dx = 0 with F = {plain(curve)}"
    proved = bool(prove_zero(sp.diff(curve, x) + below * result))
    work = done("implicit differentiation", ask.source, f"dy/dx = {plain(result)}", detail,
                proved=proved)  # fmt: skip
    return replace(work, conditions=(f"{plain(sp.expand(below))} ≠ 0",))


def tangent(ask: Ask, facts: Facts) -> Work:
    """Return the tangent line at a point."""
    body = expression_of(ask.formulas[0], facts)
    x, point = symbol(ask.letter), expression_of(ask.formulas[1], facts)
    slope = sp.simplify(sp.diff(body, x).subs(x, point))
    height = sp.simplify(body.subs(x, point))
    if not (slope.is_finite and height.is_finite):
        raise InputError("there is no tangent of this form there")
    result = sp.expand(slope * (x - point) + height)
    proved = sp.simplify(result.subs(x, point) - height) == 0 and sp.diff(result, x) == slope
    detail = f"value {plain(height)} and slope {plain(slope)} at {plain(point)}"
    return done("tangent", ask.source, f"y = {plain(result)}", detail, proved=bool(proved))


def derivative_at(ask: Ask, facts: Facts) -> Work:
    """Return the value of a derivative at a point."""
    body = expression_of(ask.formulas[0], facts)
    x, point = symbol(ask.letter), expression_of(ask.formulas[1], facts)
    slope = sp.diff(body, x)
    value = sp.simplify(slope.subs(x, point))
    if not value.is_finite:
        raise InputError("the derivative does not exist there")
    return value_work("derivative", ask.source, value, f"the derivative is {plain(slope)}")


def stationary(body: Expression, x: Expression) -> tuple[list[Expression], bool]:
    """Return the zeros of the derivative, and whether these are all."""
    slope = sp.diff(body, x)
    if not slope.has(x):
        return [], slope != 0
    top = sp.fraction(sp.cancel(sp.together(slope)))[0]
    if top.is_number:
        return [], True
    if not top.is_polynomial(x) or top.free_symbols != {x}:
        raise NotCovered("only functions whose derivative is rational are covered")
    found = polynomial_roots(sp.Poly(top, x), [])
    return list(found.roots), found.complete


def critical_points(ask: Ask, facts: Facts) -> Work:
    """Return the zeros of the derivative, and what each is by the second derivative."""
    body = expression_of(ask.formulas[0], facts)
    x = variable(body, ask)
    points, complete = stationary(body, x)
    if not points:
        return done("derivative", ask.source, "no critical points", "the derivative has no zero",
                    proved=complete)  # fmt: skip
    bend = sp.diff(body, x, 2)
    asked = {kind for kind, word in (("minimum", "minim"), ("maximum", "maxim"))
             if word in ask.source.lower()}  # fmt: skip
    shown: list[str] = []
    for point in points:
        sign = sp.simplify(bend.subs(x, point))
        kind = "minimum" if sign.is_positive else "maximum" if sign.is_negative else "undecided"
        if asked and kind == "undecided":
            raise NotCovered("the second derivative does not decide what is there")
        if asked and kind not in asked:
            continue
        height = sp.simplify(body.subs(x, point))
        shown.append(f"{x} = {plain(point)} (value {plain(height)}, {kind})")
    detail = "zeros of the derivative, counted by Sturm's theorem; signs of the second derivative"
    answer = "; ".join(shown) or f"no local {' or '.join(sorted(asked))}"
    return done("derivative", ask.source, answer, detail, proved=complete)


def monotonicity(ask: Ask, facts: Facts) -> Work:
    """Return where a function increases, decreases, or bends up or down, on open intervals."""
    body = expression_of(ask.formulas[0], facts)
    x = variable(body, ask)
    word = ask.words[0].lower()
    slope = sp.diff(body, x, 2 if word.startswith("con") else 1)
    sign = "<" if word in {"decreasing", "concave down"} else ">"
    zero = Number(value=Fraction(0))
    relation = Relation(operator=sign, left=tree_of(sp.factor(slope)), right=zero)
    work = solve_relations((relation,), str(x))
    order = "second derivative" if word.startswith("con") else "derivative"
    remark = f"Where the {order} {plain(sp.factor(slope))} is {sign} 0"
    return replace(work, remarks=(*work.remarks, remark))


def function_range(ask: Ask, facts: Facts) -> Work:
    """Return which values a polynomial takes: it is continuous, and grows without bound."""
    body = expression_of(ask.formulas[0], facts)
    x = variable(body, ask)
    if not body.is_polynomial(x) or sp.degree(body, x) < 1:
        raise NotCovered("ranges of polynomials are found")
    if sp.degree(body, x) % 2:
        detail = "of odd degree: continuous, and without bound on either side"
        return done("leading term", ask.source, "all real numbers", detail)
    up = bool(sp.LC(body, x).is_positive)
    work = extremum(replace(ask, words=("minimum" if up else "maximum",)), facts)
    return replace(work, answer=f"{'y >= ' if up else 'y <= '}{work.answer}")


def extremum(ask: Ask, facts: Facts) -> Work:
    """Return the greatest or least value, on an interval or on the whole line."""
    body = expression_of(ask.formulas[0], facts)
    if len(body.free_symbols) != 1:
        raise NotCovered("extrema of functions of one letter are found")
    x = variable(body, ask)
    if not body.is_polynomial(x):
        raise NotCovered("only polynomials have their extrema found here")
    largest = ask.words[0].lower().startswith(("max", "great", "larg"))
    points, complete = stationary(body, x)
    if len(ask.words) >= 3:
        low, high = (expression_of(parse(word), facts) for word in ask.words[-2:])
        inside = [p for p in points if sp.N(low, 30) <= sp.N(p, 30) <= sp.N(high, 30)]
        candidates = [low, *inside, high]
        detail = "values at the ends and at the zeros of the derivative between them"
    else:
        leading, order = sp.LC(body, x), sp.degree(body, x)
        bounded = order % 2 == 0 and bool(leading.is_negative if largest else leading.is_positive)
        if not bounded:
            answer = f"no {'maximum' if largest else 'minimum'}"
            return done("leading term", ask.source, answer, "the values grow without bound")
        candidates = points
        detail = "the ends go the other way, so it is at a zero of the derivative"
    best = (max if largest else min)(candidates, key=lambda p: sp.N(body.subs(x, p), 40))
    value = sp.radsimp(sp.expand(body.subs(x, best)))
    work = value_work("derivative", ask.source, value, detail, proved=complete)
    return replace(work, remarks=(*work.remarks, f"It is taken at {x} = {plain(best)}"))


def extremum_place(ask: Ask, facts: Facts) -> Work:
    """Return where a quadratic is least or greatest."""
    body = expression_of(ask.formulas[0], facts)
    x = symbol(ask.letter)
    points, complete = stationary(body, x)
    if len(points) != 1 or not body.is_polynomial(x) or sp.degree(body, x) != 2:
        raise NotCovered("where a quadratic is least or greatest is found")
    bend = sp.diff(body, x, 2)
    if bool(bend.is_positive) != (ask.words[0].lower() == "minimum"):
        raise InputError(f"this quadratic has no {ask.words[0].lower()}")
    detail = "the zero of the derivative; the second derivative has the right sign"
    return value_work("derivative", ask.source, points[0], detail, proved=complete)


def complex_roots(ask: Ask, facts: Facts) -> Work:
    """Return all complex roots of a polynomial."""
    (tree,) = ask.formulas
    if isinstance(tree, Relation):
        body = expression_of(tree.left, facts) - expression_of(tree.right, facts)
    else:
        body = expression_of(tree, facts)
    x = variable(body, ask)
    if not body.is_polynomial(x) or body.free_symbols != {x}:
        raise NotCovered("complex roots of polynomials in one letter are found")
    poly = sp.Poly(body, x)
    found = sp.roots(poly)
    if sum(found.values()) != poly.degree():
        raise NotCovered("not every root has a short form")
    roots = sorted(found, key=lambda r: (sp.re(r).evalf(), sp.im(r).evalf()))
    holds = all(sp.expand(sp.expand_complex(body.subs(x, r))) == 0 for r in roots)
    shown = " or ".join(f"{x} = {plain(sp.expand_complex(r))}" for r in roots)
    detail = f"each put in gives zero; with multiplicity they are {poly.degree()}, the degree"
    return done("roots of the polynomial", ask.source, shown, detail, proved=bool(holds))


def all_roots(ask: Ask, facts: Facts) -> Work:
    """Return all complex n-th roots of a number."""
    order = {"square": 2, "cube": 3, "cubic": 3, "fourth": 4, "fifth": 5, "sixth": 6}
    value = expression_of(ask.formulas[0], facts)
    if value.free_symbols:
        raise NotCovered("roots of a number")
    body = symbol("z") ** order[ask.words[0].lower()] - value
    work = complex_roots(replace(ask, formulas=(tree_of(body),)), facts)
    return replace(work, remarks=(*work.remarks, "all complex roots"))


def logarithm(ask: Ask, facts: Facts) -> Work:
    """Return a logarithm to a base."""
    base, value = (expression_of(tree, facts) for tree in ask.formulas)
    if not (base.is_positive and base != 1 and value.is_positive):
        raise InputError("a logarithm is of a positive number to a positive base other than 1")
    result = sp.simplify(sp.log(value) / sp.log(base))
    proved = bool(prove_zero(base**result - value)) if result.is_Rational else True
    return value_work("logarithm", ask.source, result, f"{plain(base)}^result = {plain(value)}",
                      proved=proved)  # fmt: skip


def rationalize(ask: Ask, facts: Facts) -> Work:
    """Write a fraction without roots in the denominator."""
    given = expression_of(ask.formulas[0], facts)
    result = sp.radsimp(given)
    proved = bool(prove_zero(given - result))
    return value_work("rationalise", ask.source, result, "equal to what was given", proved=proved)


GOALS: Mapping[str, Goal] = {
    "taylor": taylor,
    "implicit derivative": implicit,
    "tangent": tangent,
    "derivative at": derivative_at,
    "critical points": critical_points,
    "monotonicity": monotonicity,
    "function range": function_range,
    "extremum": extremum,
    "extremum place": extremum_place,
    "complex roots": complex_roots,
    "all roots": all_roots,
    "logarithm": logarithm,
    "rationalize": rationalize,
}
