"""Ordinary differential equations: a solution is proved by putting it in; all of them if linear."""

import re
from dataclasses import dataclass

import sympy as sp

from assistants.errors import InputError
from math_solver.reading import Relation
from math_solver.reading.parser import parse
from math_solver.reading.statements import Ask
from math_solver.reading.tokens import FUNCTIONS
from math_solver.reading.tokens import NAMES as CONSTANTS
from math_solver.solution import Work
from math_solver.topics.scope import Facts, NotCovered

from . import Expression
from .build import build, symbol
from .equivalence import prove_zero
from .goals import done
from .plain import plain

MAX_DERIVATIVE = 4
_PRIMES = re.compile(r"(?<![A-Za-z])([a-z])('{1,4})(?:\(([a-z])\))?")
_QUOTIENT = re.compile(
    r"(?<![A-Za-z])d(?:\^?\{?([2-4])\}?)? ?([a-z]) ?/ ?d([a-z])(?:\^?\{?[2-4]\}?)?"
)
_CONDITION = re.compile(r"([a-z])('{0,3})\(([^()]+)\) ?= ?(.+)")
NAMES = frozenset({"D1", "D2", "D3", "D4"})


def solve_equation(ask: Ask, _facts: Facts) -> Work:
    """Solve a differential equation, with initial values where they are given."""
    source = ask.words[0].replace("’", "'")
    unknown, letter, text = _read(source)
    relation = parse(text, names=NAMES)
    if not isinstance(relation, Relation) or relation.operator != "=":
        raise NotCovered("no equation")
    x = symbol(letter)
    y = sp.Function(unknown)
    left = build(relation.left) - build(relation.right)
    names = {symbol(f"D{n}"): y(x).diff(x, n) for n in range(1, MAX_DERIVATIVE + 1)}
    equation = left.subs({**names, symbol(unknown): y(x)})
    order = max(n for n in range(1, MAX_DERIVATIVE + 1) if left.has(symbol(f"D{n}")))
    values = _conditions(ask.words[1], unknown, y, x) if len(ask.words) > 1 else {}
    return _solved(ask.source, _Problem(equation, y(x), x, order, values))


def _read(source: str) -> tuple[str, str, str]:
    """Return the unknown, its letter, and the equation with D1, D2, … for the derivatives."""
    found = _PRIMES.search(source) or _QUOTIENT.search(source)
    if found is None:
        raise NotCovered("no derivative was found")
    quotient = _QUOTIENT.search(source)
    unknown = quotient.group(2) if quotient else found.group(1)
    letter = quotient.group(3) if quotient else ""
    text = _QUOTIENT.sub(lambda m: f"D{m.group(1) or 1}", source)
    text = _PRIMES.sub(lambda m: f"D{len(m.group(2))}", text)
    called = re.search(rf"(?<![A-Za-z]){unknown}\(([a-z])\)", source)
    letter = letter or (called.group(1) if called else "")
    text = re.sub(rf"(?<![A-Za-z]){unknown}\(([a-z])\)", unknown, text)
    rest = set(re.findall(r"(?<![A-Za-z])[a-z](?![a-z])", text)) - {unknown}
    words = re.findall(r"[A-Za-z]{2,}", re.sub(r"D\d", " ", text))
    product = {unknown, letter or "x"}
    if any(w not in FUNCTIONS and w not in CONSTANTS and not set(w) <= product for w in words):
        raise NotCovered("there are words beside the equation")
    return unknown, letter or ("t" if "t" in rest and "x" not in rest else "x"), text


def _conditions(
    source: str, unknown: str, y: Expression, x: Expression
) -> dict[Expression, Expression]:
    values: dict[Expression, Expression] = {}
    for part in re.split(r",| and ", source):
        found = _CONDITION.fullmatch(part.strip())
        if found is None or found.group(1) != unknown:
            raise NotCovered("the initial values are not read")
        point, value = (build(parse(found.group(i))) for i in (3, 4))
        count = len(found.group(2))
        key = y(x).diff(x, count).subs(x, point) if count else y(point)
        values[key] = value
    return values


@dataclass(frozen=True, slots=True)
class _Problem:
    """An equation that is zero, its unknown function and letter, its order, and given values."""

    equation: Expression
    unknown: Expression
    letter: Expression
    order: int
    values: dict[Expression, Expression]


def _solved(source: str, problem: _Problem) -> Work:
    equation, unknown, values = problem.equation, problem.unknown, problem.values
    x, order = problem.letter, problem.order
    try:
        found: Expression = sp.dsolve(sp.Eq(equation, 0), unknown, ics=values or None)
    except (NotImplementedError, ValueError) as error:
        raise NotCovered(f"no method was found: {error}") from error
    solutions: list[Expression] = found if isinstance(found, list) else [found]
    if any(s.lhs != unknown or s.rhs.has(sp.Integral, unknown) for s in solutions):
        raise InputError("only an implicit solution was found", hint="none is shown unproved")
    rights = [sp.simplify(s.rhs) for s in solutions]
    holds = all(_holds(equation, unknown, right) for right in rights)
    begins = all(_begins(right, x, key, value) for right in rights for key, value in values.items())
    linear = _is_linear(equation, unknown, x, order)
    constants = {c for right in rights for c in right.free_symbols if str(c).startswith("C")}
    complete = linear and len(constants) == (0 if len(values) == order else order)
    answer = " or ".join(f"{unknown.func} = {plain(right)}" for right in rights)
    detail = "put into the equation, both sides are the same"
    if values:
        detail += "; the initial values hold"
    detail += (
        "; a linear equation of this order has no others"
        if complete
        else "; that there are no others is not proved"
    )
    proved = holds and begins and complete
    return done("differential equation", source, answer, detail, proved=proved)


def _holds(equation: Expression, unknown: Expression, right: Expression) -> bool:
    rest = sp.simplify(equation.subs(unknown, right).doit())
    return rest == 0 or bool(prove_zero(rest))


def _begins(right: Expression, x: Expression, key: Expression, value: Expression) -> bool:
    if key.is_Function is not True:  # a derivative at a point
        derivative, points = key.expr, key.point
        found = sp.diff(right, x, derivative.derivative_count).subs(x, points[0])
    else:
        found = right.subs(x, key.args[0])
    return sp.simplify(found - value) == 0


def _is_linear(equation: Expression, unknown: Expression, x: Expression, order: int) -> bool:
    """Linear in the unknown and its derivatives, the leading coefficient a number."""
    letters = [sp.Dummy(f"u{n}") for n in range(order + 1)]
    flat = equation
    for n in range(order, 0, -1):
        flat = flat.subs(unknown.diff(x, n), letters[n])
    flat = sp.expand(flat.subs(unknown, letters[0]))
    if not flat.is_polynomial(*letters) or sp.Poly(flat, *letters).total_degree() > 1:
        return False
    return bool(flat.coeff(letters[order]).is_number)
