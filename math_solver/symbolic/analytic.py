"""Points, lines and circles by coordinates; areas, means and lengths by integrals."""

import re
from collections.abc import Mapping
from dataclasses import replace
from fractions import Fraction
from itertools import pairwise

import sympy as sp

from assistants.answer import Check, Verdict
from assistants.errors import InputError
from math_solver.reading import Binary, Name, Relation, Tree, letters
from math_solver.reading.parser import parse
from math_solver.reading.statements import Ask
from math_solver.solution import Work
from math_solver.topics.scope import Facts, NotCovered

from . import Expression, integrals
from .build import symbol
from .equivalence import prove_zero
from .goals import Goal, as_sympy, done, expression_of, value_work
from .matrices import matrix_of, matrix_text, vector_text, vectors_of
from .plain import plain, tree_of
from .polynomial_topics import PREFERRED
from .roots import polynomial_roots

MAX_SIDES = 12


# --- points, lines, circles


def polygon_area(ask: Ask, facts: Facts) -> Work:
    """Return the area of a triangle or another polygon by its corners (Gauss's formula)."""
    points = vectors_of(ask, facts)
    if any(point.rows != 2 for point in points) or not 3 <= len(points) <= MAX_SIDES:
        raise InputError("corners are points of the plane")
    turned = [*points[1:], points[0]]
    twice = sum(a[0] * b[1] - b[0] * a[1] for a, b in zip(points, turned, strict=True))
    value = sp.Abs(sp.expand(twice)) / 2
    if len(points) > 3 and not _is_convex(points):
        raise NotCovered("in which order the corners follow is not clear")
    return value_work("Gauss's area formula", ask.source, value, "half of the cross products' sum")


def _is_convex(points: list[Expression]) -> bool:
    count = len(points)
    turns = []
    for i in range(count):
        a, b, c = points[i], points[(i + 1) % count], points[(i + 2) % count]
        turns.append(sp.sign((b[0] - a[0]) * (c[1] - b[1]) - (b[1] - a[1]) * (c[0] - b[0])))
    return len(set(turns)) == 1 and turns[0] in {1, -1}


def projection(ask: Ask, facts: Facts) -> Work:
    """Return the projection of one vector onto another."""
    one, onto = vectors_of(ask, facts)
    size = sp.expand(onto.dot(onto))
    if size == 0:
        raise InputError("nothing is projected onto the zero vector")
    result = (onto * one.dot(onto) / size).applyfunc(sp.radsimp)
    rest = sp.expand((one - result).dot(onto))
    return done("projection", ask.source, vector_text(result), "the rest is perpendicular",
                proved=bool(prove_zero(rest)))  # fmt: skip


def other_slope(ask: Ask, facts: Facts) -> Work:
    """Return the slope of lines parallel or perpendicular to a line."""
    (relation,) = ask.formulas
    value = _slope_of(relation, facts)
    if ask.words[0].lower().startswith("perp"):
        if not value:
            return done("slope", ask.source, "undefined", "the line is horizontal")
        return done("slope", ask.source, str(-1 / value), f"the slopes' product {value} * m is -1")
    return done("slope", ask.source, str(value), "parallel lines have one slope")


def _slope_of(relation: Tree, facts: Facts) -> Fraction:
    if not isinstance(relation, Relation):
        raise NotCovered("no equation")
    zero = facts.zero(relation)
    rise = zero.terms.get((("y", 1),), Fraction(0))
    if zero.total_degree != 1 or zero.letters - {"x", "y"} or not rise:
        raise NotCovered("this is no line that has a slope")
    return -zero.terms.get((("x", 1),), Fraction(0)) / rise


def other_line(ask: Ask, facts: Facts) -> Work:
    """Return the line through a point, parallel or perpendicular to another line."""
    (relation,) = ask.formulas
    slope = _slope_of(relation, facts)
    (point,) = vectors_of(ask, facts)
    if point.rows != 2:
        raise InputError("the point lies in the plane")
    if ask.words[0].lower().startswith("perp"):
        if not slope:
            return done("line", ask.source, f"x = {plain(point[0])}", "the other is horizontal")
        slope = -1 / slope
    rise = sp.Rational(slope.numerator, slope.denominator)
    right = sp.expand(rise * (symbol("x") - point[0]) + point[1])
    return done("line", ask.source, f"y = {plain(right)}", f"slope {slope}, through the point")


def circle(ask: Ask, facts: Facts) -> Work:
    """Return centre, radius or area of the circle of an equation, by completing the squares."""
    (relation,) = ask.formulas
    if not isinstance(relation, Relation):
        raise NotCovered("no equation")
    zero = as_sympy(facts.zero(relation))
    x, y = symbol("x"), symbol("y")
    poly = sp.Poly(zero, x, y)
    lead = poly.coeff_monomial(x**2)
    mixed = poly.coeff_monomial(x * y)
    if poly.total_degree() != 2 or not lead or lead != poly.coeff_monomial(y**2) or mixed:
        raise NotCovered("this is no circle")
    a, b, c = (poly.coeff_monomial(m) / lead for m in (x, y, 1))
    centre, square = (-a / 2, -b / 2), sp.nsimplify(a**2 / 4 + b**2 / 4 - c)
    if not square.is_positive:
        raise InputError(f"the radius squared is {plain(square)}: there is no circle")
    radius = sp.sqrt(square)
    middle = f"({plain(centre[0])}, {plain(centre[1])})"
    detail = f"(x - ({plain(centre[0])}))^2 + (y - ({plain(centre[1])}))^2 = {plain(square)}"
    word = ask.words[0].lower()
    if "and" in word:
        answer = f"center {middle}, radius {plain(radius)}"
        return done("complete the squares", ask.source, answer, detail)
    if word.startswith("cent"):
        return done("complete the squares", ask.source, middle, detail)
    value = {"radius": radius, "diameter": 2 * radius, "area": sp.pi * square}.get(
        word, 2 * sp.pi * radius
    )
    return value_work("complete the squares", ask.source, value, detail)


def triangle_sides(ask: Ask, facts: Facts) -> Work:
    """Return the area of a triangle by its sides (Heron)."""
    sides = [expression_of(tree, facts) for tree in ask.formulas]
    if len(sides) != 3 or not all(side.is_positive for side in sides):
        raise InputError("three positive sides are needed")
    half = sp.Add(*sides) / 2
    square = sp.expand(half * sp.Mul(*(half - side for side in sides)))
    if not square.is_positive:
        raise InputError("these three are no sides of a triangle")
    return value_work("Heron's formula", ask.source, sp.sqrt(square), "root of s(s-a)(s-b)(s-c)")


def point_line_distance(ask: Ask, facts: Facts) -> Work:
    """Return the distance from a point to a line of the plane."""
    (relation,) = ask.formulas
    (point,) = vectors_of(ask, facts)
    if not isinstance(relation, Relation) or point.rows != 2:
        raise NotCovered("a point and a line of the plane")
    zero = facts.zero(relation)
    if zero.total_degree != 1 or zero.letters - {"x", "y"}:
        raise NotCovered("this is no line")
    body = as_sympy(zero)
    x, y = symbol("x"), symbol("y")
    size = sp.sqrt(sp.diff(body, x) ** 2 + sp.diff(body, y) ** 2)
    value = sp.radsimp(sp.Abs(body.subs({x: point[0], y: point[1]})) / size)
    return value_work("normal form of a line", ask.source, value, "|a*x + b*y + c|/sqrt(a^2 + b^2)")


def to_rectangular(ask: Ask, facts: Facts) -> Work:
    """Convert polar, cylindrical or spherical coordinates (r, theta, phi: phi from the z-axis)."""
    (point,) = vectors_of(ask, facts)
    kind = ask.words[0].lower()
    if point.rows != {"polar": 2, "cylindrical": 3, "spherical": 3}[kind]:
        raise InputError(f"{kind} coordinates of this number are not known")
    if kind == "spherical":
        size, turn, tilt = point
        found = [size * sp.sin(tilt) * sp.cos(turn), size * sp.sin(tilt) * sp.sin(turn),
                 size * sp.cos(tilt)]  # fmt: skip
    else:
        found = [point[0] * sp.cos(point[1]), point[0] * sp.sin(point[1]), *point[2:]]
    shown = vector_text(sp.Matrix([sp.simplify(value) for value in found]))
    detail = "x = r*cos(theta), y = r*sin(theta)"
    if kind == "spherical":
        detail = "x = rho*sin(phi)*cos(theta), y = rho*sin(phi)*sin(theta), z = rho*cos(phi)"
    return done("coordinates", ask.source, shown, detail)


def to_polar(ask: Ask, facts: Facts) -> Work:
    """Convert coordinates of the plane to r > 0 and an angle from 0 up to 2*pi."""
    (point,) = vectors_of(ask, facts)
    size = sp.sqrt(sp.expand(point.dot(point)))
    if point.rows != 2 or size == 0:
        raise InputError("a point of the plane other than the origin is needed")
    turn = sp.simplify(sp.arg(point[0] + point[1] * sp.I))
    turn = sp.simplify(turn + 2 * sp.pi) if turn.is_negative else turn
    detail = "r = sqrt(x^2 + y^2), and the angle's sine and cosine are y/r and x/r"
    return done("coordinates", ask.source, f"({plain(size)}, {plain(turn)})", detail)


# --- matrices


def characteristic(ask: Ask, facts: Facts) -> Work:
    """Return the characteristic polynomial det(lambda - A)."""
    matrix = matrix_of(ask.tables[0], facts)
    if not matrix.is_square:
        raise InputError("the matrix is not square")
    unknown = symbol("lambda")
    body = matrix.charpoly(unknown).as_expr(unknown)
    again = sp.expand((unknown * sp.eye(matrix.rows) - matrix).det(method="berkowitz"))
    return done("det(lambda*I - A)", ask.source, plain(sp.expand(body)), "two algorithms agree",
                proved=sp.expand(again - body) == 0)  # fmt: skip


def scaled(ask: Ask, facts: Facts) -> Work:
    """Multiply a matrix by a number."""
    matrix, factor = matrix_of(ask.tables[0], facts), expression_of(ask.formulas[0], facts)
    result = (factor * matrix).applyfunc(sp.expand)
    return done("entry by entry", ask.source, matrix_text(result), "exact entries")


# --- calculus


def _letter(bodies: list[Expression], ask: Ask) -> str:
    if ask.letter:
        return ask.letter
    names = {str(s) for body in bodies for s in body.free_symbols}
    if not names:
        raise NotCovered("there is no letter in the function")
    return min(names, key=lambda name: (PREFERRED.find(name) % 100, name))


def area_between(ask: Ask, facts: Facts) -> Work:
    """Return the area that two graphs of polynomials enclose, or lie between on an interval."""
    bodies = [expression_of(tree, facts) for tree in ask.formulas]
    letter = _letter(bodies, ask)
    x = symbol(letter)
    gap = sp.expand(bodies[0] - bodies[1])
    if not gap.is_polynomial(x) or gap.free_symbols != {x}:
        raise NotCovered("areas between graphs of polynomials are computed")
    found = polynomial_roots(sp.Poly(gap, x), [])
    if not found.complete:
        raise NotCovered("not every intersection was found")
    roots = sorted(found.roots, key=lambda root: root.evalf(40))
    if len(ask.words) >= 2:
        low, high = (expression_of(parse(word), facts) for word in ask.words[:2])
        roots = [low, *(r for r in roots if low.evalf(40) < r.evalf(40) < high.evalf(40)), high]
    if len(roots) < 2:
        raise InputError("the graphs enclose no area", hint="give bounds, as in from 0 to 1")
    whole = sp.integrate(gap, x)
    pieces = [sp.expand(whole.subs(x, b) - whole.subs(x, a)) for a, b in pairwise(roots)]
    value = sp.radsimp(sp.Add(*(sp.Abs(piece) for piece in pieces)))
    shown = ", ".join(plain(root) for root in roots)
    proved = sp.expand(sp.diff(whole, x) - gap) == 0
    detail = f"integrals of the difference between {shown}, where its sign does not change"
    return value_work("area between graphs", ask.source, value, detail, proved=bool(proved))


def mean_value(ask: Ask, facts: Facts) -> Work:
    """Return the average value of a function on an interval."""
    tree, letter, low, high, length = _interval(ask, facts)
    work = integrals.integrate_between(tree, letter, low, high)
    if not work.answer:
        return work
    value = sp.nsimplify(expression_of(parse(work.answer), facts) / length)
    return replace(work, answer=plain(sp.simplify(value)))


def arc_length(ask: Ask, facts: Facts) -> Work:
    """Return the length of a graph: the integral of sqrt(1 + f'^2)."""
    tree, letter, low, high, _ = _interval(ask, facts)
    slope = sp.diff(expression_of(tree, facts), symbol(letter))
    body = sp.sqrt(sp.expand(1 + slope**2))
    return integrals.integrate_between(tree_of(body), letter, low, high)


def _interval(ask: Ask, facts: Facts) -> tuple[Tree, str, Tree, Tree, Expression]:
    (tree,) = ask.formulas
    low, high = (parse(word) for word in ask.words[:2])
    ends = [expression_of(end, facts) for end in (low, high)]
    length = sp.simplify(ends[1] - ends[0])
    if not length.is_positive:
        raise InputError("the interval has no length", hint="give the lower end first")
    return tree, _letter([expression_of(tree, facts)], ask), low, high, length


def one_sided(ask: Ask, facts: Facts) -> Work:
    """Return a limit from one side, by sympy and not proved."""
    body = expression_of(ask.formulas[0], facts)
    x, point = symbol(ask.letter), expression_of(parse(ask.words[0]), facts)
    side = "-" if ask.words[1].lower() in {"-", "left", "below"} else "+"
    value = sp.limit(body, x, point, side)
    if value.has(sp.Limit, sp.nan, sp.zoo):
        raise NotCovered("no limit was found")
    detail = "computed by sympy's Gruntz algorithm and not proved independently"
    return Work(answer=plain(value), checks=(Check(by="sympy", verdict=Verdict.UNKNOWN,
                                                   detail=detail),))  # fmt: skip


def convergence(ask: Ask, facts: Facts) -> Work:
    """Return whether a series converges: by its ratio, its power, or sympy's tests (not proved)."""
    body = expression_of(ask.formulas[0], facts)
    name = _letter([body], ask)
    n = sp.Symbol(name, integer=True, positive=True)
    term = body.subs(symbol(name), n)
    ratio = sp.simplify(term.subs(n, n + 1) / term)
    if ratio.is_Rational:
        answer = "converges" if abs(ratio) < 1 else "diverges"
        return done("geometric series", ask.source, answer, f"the ratio is {plain(ratio)}")
    if isinstance(ask.formulas[0], Binary) and term.is_Pow and term.base == n:
        answer = "converges" if term.exp < -1 else "diverges"
        return done("p-series", ask.source, answer, f"sum of n^({plain(term.exp)})")
    series: Expression = sp.Sum(term, (n, 1, sp.oo))
    found = series.is_convergent()
    answer = "converges" if found == sp.true else "diverges"
    return done("convergence tests", ask.source, answer, "by sympy's tests", proved=False)


def radius_of_convergence(ask: Ask, facts: Facts) -> Work:
    """Return the radius of a power series in x whose terms have a rational ratio (ratio test)."""
    body = expression_of(ask.formulas[0], facts)
    x = symbol("x")
    places = [s for s in body.free_symbols if s != x]
    if len(places) != 1 or not body.has(x):
        raise NotCovered("a power series in x with one index")
    n = sp.Symbol(places[0].name, integer=True, positive=True)
    term = body.subs(places[0], n)
    ratio: Expression = sp.simplify(sp.gammasimp(sp.combsimp(term.subs(n, n + 1) / term)))
    size = sp.limit(ratio, n, sp.oo) if ratio.is_rational_function(n, x) else None
    if size is None or not size.is_polynomial(x):
        raise NotCovered("the ratio of neighbouring terms has no limit that was found")
    answer = "infinite" if size == 0 else plain(_radius(sp.Poly(size, x)))
    detail = f"ratio test: the ratio of neighbouring terms tends to {plain(size)}"
    return done("ratio test", ask.source, answer, detail)


def _radius(limit: Expression) -> Expression:
    """Return r where the limit c·(x - a)^k of the ratios is 1 in size: |x - a| = |c|^(-1/k)."""
    order, lead, x = limit.degree(), limit.LC(), limit.gen
    centre = -limit.nth(order - 1) / (order * lead) if order else 0
    if order < 1 or sp.expand(lead * (x - centre) ** order - limit.as_expr()) != 0:
        raise NotCovered("the series is not one about a point")
    return sp.radsimp(sp.Abs(lead) ** sp.Rational(-1, order))


def double_integral(ask: Ask, _facts: Facts) -> Work:
    """Integrate over a box, one letter after the other; each integral with its own checks."""
    tree, *relations = ask.formulas
    lows: dict[str, Tree] = {}
    highs: dict[str, Tree] = {}
    for relation in relations:
        if not isinstance(relation, Relation) or relation.operator not in {"<", "<="}:
            raise NotCovered("bounds are written as in 0 <= x <= 1")
        if isinstance(relation.left, Name):
            highs[relation.left.name] = relation.right
        if isinstance(relation.right, Name):
            lows[relation.right.name] = relation.left
    ends = [*lows.values(), *highs.values()]
    if any(letters(end) for end in ends) or lows.keys() != highs.keys() or len(lows) < 2:
        raise NotCovered("a box with numbers for its sides")
    works: list[Work] = []
    for name, low in lows.items():
        work = integrals.integrate_between(tree, name, low, highs[name])
        works.append(work)
        if not work.answer:
            return work
        tree = parse(work.answer)
    unsure = [c for w in works for c in w.checks if c.verdict is not Verdict.PROVED]
    steps = tuple(step for work in works for step in work.steps)
    return replace(works[-1], steps=steps, checks=tuple(unsure) or works[-1].checks)


# --- chance: cards and dice

_SUIT = r"hearts?|spades?|clubs?|diamonds?"
_RANK = (
    r"aces?|kings?|queens?|jacks?|twos?|threes?|fours?|fives?|sixes|six|sevens?|eights?|nines?"
    r"|tens?|\d+"
)


def card(ask: Ask, _facts: Facts) -> Work:
    """Return the probability that one card of 52 is of a kind."""
    word = re.sub(r"^(?:an?|the) ", "", ask.words[0].lower().strip())
    counts = 0
    for part in re.split(r" or (?:an? )?", word):
        counts += _cards(part)
    if " or " in word and len({_is_suit(part) for part in re.split(r" or (?:an? )?", word)}) > 1:
        raise NotCovered("a suit or a rank: what is both counts once")
    value = Fraction(counts, 52)
    work = done("equally likely cases", ask.source, str(value), f"{counts} of 52 cards")
    return replace(work, assumptions=("a full deck of 52 cards, one is drawn",))


def _is_suit(word: str) -> bool:
    return bool(re.fullmatch(rf"{_SUIT}|red card|black card|red|black", word))


def _cards(word: str) -> int:
    kinds = ((rf"(?:{_RANK}) of (?:{_SUIT})", 1), (rf"(?:{_SUIT})", 13), (rf"(?:{_RANK})", 4),
             (r"(?:red|black)(?: card)?", 26), (r"(?:face|picture|court) cards?", 12),
             (rf"(?:red|black) (?:{_RANK})", 2), (r"red face card|black face card", 6))  # fmt: skip
    for pattern, count in kinds:
        if re.fullmatch(pattern, word):
            return count
    raise NotCovered("which cards are meant is not clear")


GOALS: Mapping[str, Goal] = {
    "polygon area": polygon_area,
    "projection": projection,
    "other slope": other_slope,
    "other line": other_line,
    "circle": circle,
    "triangle sides": triangle_sides,
    "point line distance": point_line_distance,
    "characteristic polynomial": characteristic,
    "scaled matrix": scaled,
    "area between": area_between,
    "mean value": mean_value,
    "arc length": arc_length,
    "one-sided limit": one_sided,
    "convergence": convergence,
    "radius of convergence": radius_of_convergence,
    "double integral": double_integral,
    "card": card,
    "to rectangular": to_rectangular,
    "to polar": to_polar,
}
