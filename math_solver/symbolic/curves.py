"""Requests about graphs: inflection points, asymptotes, periods, gradients, extrema elsewhere."""

from collections.abc import Mapping
from dataclasses import replace

import sympy as sp

from assistants.errors import InputError
from math_solver.reading import Relation
from math_solver.reading.statements import Ask
from math_solver.solution import Work
from math_solver.topics.scope import Facts, NotCovered

from . import Expression
from .equivalence import prove_zero
from .functions import extremum, stationary, variable
from .goals import Goal, done, expression_of, value_work
from .matrices import vector_text, vectors_of
from .plain import plain, tree_of
from .polynomial_topics import PREFERRED
from .roots import polynomial_roots

DIGITS = 40


def _real_zeros(body: Expression, x: Expression) -> list[Expression]:
    """Return all real zeros of a polynomial, ascending. Raises `NotCovered`."""
    if not body.has(x):
        return []
    found = polynomial_roots(sp.Poly(body, x), [])
    if not found.complete:
        raise NotCovered("not every zero was found")
    return sorted(found.roots, key=lambda root: root.evalf(DIGITS))


def _quotient(body: Expression, x: Expression) -> tuple[Expression, Expression]:
    """Return numerator and denominator in lowest terms. Raises `NotCovered` for other functions."""
    top, bottom = sp.fraction(sp.cancel(sp.together(body)))
    if body.free_symbols != {x} or not (top.is_polynomial(x) and bottom.is_polynomial(x)):
        raise NotCovered("a quotient of polynomials in one letter")
    return top, bottom


# --- graphs


def inflection(ask: Ask, facts: Facts) -> Work:
    """Return where the second derivative of a rational function changes its sign."""
    body = expression_of(ask.formulas[0], facts)
    x = variable(body, ask)
    bend = sp.factor(sp.diff(body, x, 2))
    top, bottom = _quotient(bend, x) if bend.has(x) else (bend, sp.Integer(1))
    corners = sorted([*_real_zeros(top, x), *_real_zeros(bottom, x)],
                     key=lambda c: c.evalf(DIGITS))  # fmt: skip
    points = []
    for place, corner in enumerate(corners):
        if top.subs(x, corner).equals(0) is not True:
            continue
        before = corners[place - 1] if place else corner - 2
        after = corners[place + 1] if place + 1 < len(corners) else corner + 2
        signs = {sp.sign(bend.subs(x, sp.Rational(str(((a + b) / 2).evalf(DIGITS)))))
                 for a, b in ((before, corner), (corner, after))}  # fmt: skip
        height = sp.radsimp(sp.simplify(body.subs(x, corner)))
        if signs == {sp.Integer(1), sp.Integer(-1)} and height.is_real:
            points.append((corner, height))
    shown = ", ".join(f"({plain(at)}, {plain(height)})" for at, height in points)
    detail = f"the second derivative {plain(bend)} changes its sign there and nowhere else"
    if not points:
        detail = f"the second derivative {plain(bend)} changes its sign at no point of the graph"
    return done("second derivative", ask.source, shown or "no inflection points", detail)


def asymptotes(ask: Ask, facts: Facts) -> Work:
    """Return the asymptotes of a quotient of polynomials, of one kind or all."""
    body = expression_of(ask.formulas[0], facts)
    x = variable(body, ask)
    top, bottom = _quotient(body, x)
    word = ask.words[0].lower() if ask.words else ""
    line, rest = sp.div(sp.Poly(top, x), sp.Poly(bottom, x))
    slanted = line.degree() == 1
    straight = line.degree() <= 1 and not rest.is_zero
    found: list[str] = []
    if word in {"", "vertical"}:
        found += [f"{x} = {plain(root)}" for root in _real_zeros(bottom, x)]
    if word in {"", "horizontal"} and straight and not slanted:
        found.append(f"y = {plain(line.as_expr())}")
    if word in {"", "slant", "oblique"} and straight and slanted:
        found.append(f"y = {plain(line.as_expr())}")
    kind = f"{word} asymptote".strip()
    detail = (f"{plain(top)} = ({plain(bottom)})*({plain(line.as_expr())}) + "
              f"{plain(rest.as_expr())}; the denominator is zero only where told")  # fmt: skip
    return done("division", ask.source, ", ".join(found) or f"no {kind}", detail)


def period(ask: Ask, facts: Facts) -> Work:
    """Return the least period of a·f(b·x + c) + d, f a sine, cosine, tangent or the like."""
    body = expression_of(ask.formulas[0], facts)
    x = variable(body, ask)
    waves = {w for w in body.atoms(sp.Function) if w.has(x)}
    if len(waves) != 1:
        raise NotCovered("one wave")
    (wave,) = waves
    height = sp.Symbol("wave_")
    flat = sp.expand(body.subs(wave, height))
    speed, factor = sp.diff(wave.args[0], x), sp.diff(flat, height)
    own = {sp.sin: 2, sp.cos: 2, sp.sec: 2, sp.csc: 2, sp.tan: 1, sp.cot: 1}.get(wave.func)
    if own is None or speed.has(x) or speed == 0 or not factor.is_number or flat.has(x):
        raise NotCovered("a wave times a number, plus a number")
    value = sp.simplify(own * sp.pi / sp.Abs(speed))
    name = wave.func.__name__
    detail = f"{name} repeats after {plain(own * sp.pi)}, its letter times {plain(speed)}"
    return value_work("period", ask.source, value, detail)


def gradient(ask: Ask, facts: Facts) -> Work:
    """Return the vector of the partial derivatives, at a point if one is given."""
    body = expression_of(ask.formulas[0], facts)
    names = sorted(body.free_symbols, key=lambda s: (PREFERRED.find(str(s)) % 100, str(s)))
    if not names:
        raise NotCovered("there is no letter in the function")
    parts = sp.Matrix([sp.factor(sp.diff(body, name)) for name in names])
    if ask.tables:
        (point,) = vectors_of(ask, facts)
        if point.rows != len(names):
            raise InputError(f"a point with {len(names)} coordinates is needed")
        parts = parts.subs(dict(zip(names, point, strict=True)))
    shown = vector_text(parts.applyfunc(sp.simplify))
    listed = ", ".join(map(str, names))
    return done("partial derivatives", ask.source, shown, f"the derivatives by {listed}, in order")


# --- extrema


def extremum_of(ask: Ask, facts: Facts) -> Work:
    """Return the greatest or least value: of waves, on a ray, or under an equation."""
    relations = [tree for tree in ask.formulas if isinstance(tree, Relation)]
    ask = replace(ask, formulas=tuple(t for t in ask.formulas if not isinstance(t, Relation)))
    equations = [r for r in relations if r.operator == "="]
    body = expression_of(ask.formulas[0], facts)
    if len(equations) == 1 and len(relations) == 1:
        zero = expression_of(equations[0].left, facts) - expression_of(equations[0].right, facts)
        return _under(body, sp.expand(zero), ask, facts)
    if equations:
        raise NotCovered("extrema under one equation are found")
    if not relations:
        return _wave_extremum(body, ask)
    return _on_interval(body, relations, ask, facts)


def _is_largest(ask: Ask) -> bool:
    return ask.words[0].lower().startswith(("max", "great", "larg", "big", "high"))


def _wave_extremum(body: Expression, ask: Ask) -> Work:
    """a·sin u + b·cos u + c lies between c ± √(a² + b²), and takes both ends."""
    x = variable(body, ask)
    angles = {w.args[0] for w in body.atoms(sp.sin, sp.cos) if w.has(x)}
    if len(angles) != 1 or len(body.free_symbols) != 1:
        raise NotCovered("waves of one angle")
    (angle,) = angles
    s, c = sp.symbols("s_ c_")
    flat = sp.expand(body).subs({sp.sin(angle): s, sp.cos(angle): c})
    a, b = flat.coeff(s, 1), flat.coeff(c, 1)
    level = sp.expand(flat - a * s - b * c)
    slope = sp.diff(angle, x)
    if level.free_symbols or (a.free_symbols | b.free_symbols) or slope.has(x) or slope == 0:
        raise NotCovered("a wave with constant factors")
    size = sp.sqrt(sp.expand(a**2 + b**2))
    value = sp.radsimp(level + size if _is_largest(ask) else level - size)
    detail = f"it is {plain(size)} times one cosine" + (f", plus {plain(level)}" if level else "")
    return value_work("one wave", ask.source, value, detail)


def _on_interval(body: Expression, relations: list[Relation], ask: Ask, facts: Facts) -> Work:
    """A rational function between two bounds, each inside, outside or at infinity."""
    x = variable(body, ask)
    _, bottom = _quotient(body, x)
    low, high = (-sp.oo, False), (sp.oo, False)
    for relation in relations:
        left, right = (expression_of(side, facts) for side in (relation.left, relation.right))
        above = relation.operator.startswith("<") == (left == x)
        bound = right if left == x else left
        if x not in {left, right} or not bound.is_number or relation.operator == "!=":
            raise NotCovered("bounds are numbers")
        end = (bound, "=" in relation.operator)
        low, high = (low, end) if above else (end, high)
    for pole in _real_zeros(bottom, x):
        if low[0] < pole < high[0] or (pole, True) in {low, high}:
            raise InputError(f"the function has a pole at {x} = {plain(pole)}")
    points, complete = stationary(body, x)
    inside = [p for p in points if low[0] < p < high[0]]
    taken = inside + [end for end, closed in (low, high) if closed]
    limits = [sp.limit(body, x, end, "+" if end == low[0] else "-")
              for end, closed in (low, high) if not closed]  # fmt: skip
    largest = _is_largest(ask)
    order = max if largest else min
    values = {p: sp.radsimp(sp.simplify(body.subs(x, p))) for p in taken}
    best = order(values, key=lambda p: values[p].evalf(DIGITS)) if values else None
    reached = best is not None and all(
        bool(values[best] >= v) if largest else bool(values[best] <= v) for v in limits
    )
    name = "maximum" if largest else "minimum"
    if best is None or not reached:
        ends = ", ".join(map(plain, limits))
        return done("limits at the ends", ask.source, f"no {name}", f"the ends tend to {ends}",
                    proved=complete)  # fmt: skip
    detail = "compared: the zeros of the derivative, the ends and the limits there"
    work = value_work("derivative", ask.source, values[best], detail, proved=complete)
    return replace(work, remarks=(*work.remarks, f"It is taken at {x} = {plain(best)}"))


def _under(body: Expression, zero: Expression, ask: Ask, facts: Facts) -> Work:
    """Extremum under an equation: one letter is put in, or a line over a circle (Cauchy)."""
    found: Expression = zero.free_symbols | body.free_symbols
    names = sorted(found, key=str)
    if len(names) != 2 or not zero.is_polynomial(*names):
        raise NotCovered("an equation between two letters")
    for name, other in (names, names[::-1]):
        slope = sp.diff(zero, name)
        if slope.is_number and slope != 0:
            solved = sp.expand(-zero.subs(name, 0) / slope)
            one = sp.expand(body.subs(name, solved))
            return _put_in(one, name, solved, replace(ask, letter=str(other)), facts)
    return _over_circle(body, zero, names, ask)


def _put_in(one: Expression, name: Expression, solved: Expression, ask: Ask, facts: Facts) -> Work:
    work = extremum(replace(ask, formulas=(tree_of(one),)), facts)
    told = f"{name} = {plain(solved)} was put in: {plain(one)}"
    return replace(work, remarks=(*work.remarks, told))


def _over_circle(body: Expression, zero: Expression, names: list[Expression], ask: Ask) -> Work:
    """A linear function on a circle round the origin takes ± the length of its normal · radius."""
    poly = sp.Poly(zero, *names)
    x, y = names
    lead = poly.coeff_monomial(x**2)
    square = -poly.coeff_monomial(1) / lead if lead else sp.Integer(0)
    line = sp.Poly(body, *names)
    a, b, c = (line.coeff_monomial(m) for m in (x, y, 1))
    if (
        sp.expand(zero - lead * (x**2 + y**2 - square)) != 0
        or not square.is_positive
        or (line.total_degree() != 1)
    ):
        raise NotCovered("a linear function on a circle round the origin")
    size = sp.sqrt(sp.expand((a**2 + b**2) * square))
    value = sp.radsimp(c + size if _is_largest(ask) else c - size)
    at = [sp.radsimp(n * (value - c) / (a**2 + b**2)) for n in (a, b)]
    put = prove_zero(sp.expand(body.subs(dict(zip(names, at, strict=True))) - value))
    detail = f"Cauchy's inequality; taken at ({plain(at[0])}, {plain(at[1])})"
    return value_work("Cauchy-Schwarz", ask.source, value, detail, proved=bool(put))


GOALS: Mapping[str, Goal] = {
    "inflection": inflection,
    "asymptotes": asymptotes,
    "period": period,
    "gradient": gradient,
    "extremum of": extremum_of,
}
