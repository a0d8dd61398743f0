"""Conditions of special kinds as equations: roots by Viète, identities by their coefficients.

Also what follows from residues alone, and the ends of regions of the real line.
"""

import re
from collections.abc import Iterator, Sequence
from fractions import Fraction
from itertools import product
from math import lcm

import sympy as sp

from math_solver.prose.nodes import Condition, Either, Holds
from math_solver.reading import Binary, Call, Name, Negate, Number, Relation, Tree, letters
from math_solver.reading.parser import parse
from math_solver.reading.tree import walk
from math_solver.topics.scope import NotCovered

from . import Expression
from .build import build
from .plain import tree_of
from .prose_numbers import compiled, is_whole
from .prose_search import Search
from .regions import solve_relations

MAX_RESIDUES = 200_000
MAX_POWER = 60
_ZERO = Number(value=Fraction(0))


def expanded(condition: Condition) -> Iterator[Condition]:
    """Yield what a condition says, in relations and properties of numbers."""
    if not isinstance(condition, Holds):
        yield condition
        return
    match condition.kind:
        case "roots":
            yield from _roots(condition)
        case "identity":
            yield from _identity(condition)
        case "undefined":
            yield from _undefined(condition)
        case "defined":
            yield from _defined(condition.arguments[0])
        case "quadratic":
            yield Relation(operator="!=", left=tree_of(_quadratic(condition)[0]), right=_ZERO)
        case "one solution" | "two solutions" | "no solution" | "real solutions":
            yield from _counted(condition)
        case "rational solutions":
            lead, gap = _quadratic(condition)
            yield from (
                Relation(operator=">=", left=tree_of(gap), right=_ZERO),
                Holds(kind="square", arguments=(tree_of(gap),)),
            )
            if lead.free_symbols:
                yield Relation(operator="!=", left=tree_of(lead), right=_ZERO)
        case _:
            yield condition


def _roots(condition: Holds) -> Iterator[Condition]:
    """Viète's equations where every root is named, else that each root is one."""
    body, inner, *roots = condition.arguments
    letter = build(inner)
    top, bottom = sp.fraction(sp.together(build(body)))
    if not top.is_polynomial(letter):
        raise NotCovered("no polynomial")
    poly = sp.Poly(top, letter)
    if bottom.has(letter):
        yield Relation(
            operator="!=", left=tree_of(bottom.subs(letter, build(roots[0]))), right=_ZERO
        )
    if poly.degree() < len(roots):
        raise NotCovered("more roots than the degree")
    yield from (Holds(kind="root", arguments=(root,)) for root in roots if isinstance(root, Name))
    values = [build(root) for root in roots]
    if poly.degree() != len(roots):
        for value in values:
            yield Relation(
                operator="=", left=tree_of(sp.expand(top.subs(letter, value))), right=_ZERO
            )
        return
    lead = poly.LC()
    other = sp.Poly(lead * sp.prod(letter - value for value in values), letter)
    for one, two in zip(poly.all_coeffs()[1:], other.all_coeffs()[1:], strict=True):
        yield Relation(operator="=", left=tree_of(sp.expand(one)), right=tree_of(sp.expand(two)))
    if lead.free_symbols:
        yield Relation(operator="!=", left=tree_of(lead), right=_ZERO)


def _identity(condition: Holds) -> Iterator[Condition]:
    """Two polynomials are the same: their coefficients are."""
    left, right, *inner = condition.arguments
    gens = [build(name) for name in inner]
    gap = sp.expand(build(left) - build(right))
    if not gap.is_polynomial(*gens):
        raise NotCovered("no identity of polynomials")
    for coefficient in sp.Poly(gap, *gens).coeffs():
        yield Relation(operator="=", left=tree_of(sp.expand(coefficient)), right=_ZERO)


def _undefined(condition: Holds) -> Iterator[Condition]:
    """A quotient does not exist where one of its denominators is zero."""
    (tree,) = condition.arguments
    below: list[Tree] = []
    for node in walk(tree):
        if isinstance(node, Call):
            raise NotCovered("where a function does not exist")
        if isinstance(node, Binary) and node.operator == "/" and letters(node.right):
            below.append(node.right)
        if (
            isinstance(node, Binary)
            and node.operator == "^"
            and not (isinstance(node.right, Number) and node.right.value >= 0)
        ):
            raise NotCovered("where a power does not exist")
    if not below:
        raise NotCovered("there is no denominator")
    whole = below[0]
    for one in below[1:]:
        whole = Binary(operator="*", left=whole, right=one)
    yield Relation(operator="=", left=whole, right=_ZERO)


def _quadratic(condition: Holds) -> tuple[Expression, Expression]:
    """Return the leading coefficient and the discriminant of a quadratic equation."""
    body, inner = condition.arguments
    letter = build(inner)
    zero = sp.expand(build(body))
    if not zero.is_polynomial(letter) or sp.degree(zero, letter) != 2:
        raise NotCovered("no quadratic equation")
    poly = sp.Poly(zero, letter)
    return poly.LC(), sp.expand(sp.discriminant(poly))


def _counted(condition: Holds) -> Iterator[Condition]:
    """How many real solutions a quadratic equation has, by its discriminant."""
    lead, gap = _quadratic(condition)
    operator = {
        "one solution": "=",
        "two solutions": ">",
        "no solution": "<",
        "real solutions": ">=",
    }
    yield Relation(operator=operator[condition.kind], left=tree_of(gap), right=_ZERO)
    if lead.free_symbols:
        yield Holds(kind="no linear case", arguments=(tree_of(lead),))


def _defined(tree: Tree) -> Iterator[Condition]:
    """Where every root, quotient and logarithm of a formula exists as a real number."""
    for node in walk(tree):
        match node:
            case Binary(operator="/") if letters(node.right):
                yield from _compared(node.right, "!=")
            case Binary(operator="^") if not isinstance(node.right, Number) or (
                node.right.value < 0 or node.right.value.denominator != 1
            ):
                raise NotCovered("where a power exists")
            case Call(function="sqrt"):
                yield from _compared(node.arguments[0], ">=")
            case Call(function="log" | "ln"):
                yield from _compared(node.arguments[0], ">")
                if len(node.arguments) > 1 and letters(node.arguments[1]):
                    raise NotCovered("a base with letters")
            case Call(function="cbrt" | "abs" | "floor" | "sin" | "cos" | "exp"):
                continue
            case Call(function="root"):
                degree = node.arguments[1]
                if isinstance(degree, Number) and degree.value % 2 == 0:
                    yield from _compared(node.arguments[0], ">=")
            case Call():
                raise NotCovered("where a function exists")
            case _:
                continue


def _compared(tree: Tree, operator: str) -> Iterator[Condition]:
    """Compare a value with zero, roots and logarithms undone where they exist."""
    if isinstance(tree, Call) and tree.function in {"sqrt", "cbrt"} and operator in {"!=", ">"}:
        yield from _compared(_first(tree), operator)
    elif isinstance(tree, Call) and tree.function == "sqrt":
        return  # it is not negative where it exists
    elif isinstance(tree, Call) and tree.function in {"log", "ln"}:
        base = tree.arguments[1] if len(tree.arguments) > 1 else None
        if base is not None and not (isinstance(base, Number) and base.value > 1):
            raise NotCovered("a logarithm to such a base")
        less = Number(value=Fraction(1))
        yield from _compared(Binary(operator="-", left=_first(tree), right=less), operator)
    else:
        yield from _undone(tree, operator)


def _first(call: Call) -> Tree:
    return next(iter(call.arguments))


def _undone(tree: Tree, operator: str) -> Iterator[Condition]:
    """`log_3(y) - 1 > 0` is `y > 3`; anything else is compared as it stands."""
    if isinstance(tree, Binary) and tree.operator == "-" and isinstance(tree.right, Number):
        call, power = tree.left, tree.right.value
        if isinstance(call, Call) and call.function == "log":
            inner, base = call.arguments
            if not (isinstance(base, Number) and base.value > 1 and power.denominator == 1):
                raise NotCovered("a logarithm to such a base")
            if abs(power) > MAX_POWER:
                raise NotCovered("a power that is too large")
            bound = Number(value=base.value ** int(power))
            yield from _compared(Binary(operator="-", left=inner, right=bound), operator)
            return
    yield Relation(operator=operator, left=tree, right=_ZERO)


# --- residues


def residues_of(
    trees: Sequence[Tree], names: Sequence[str], conditions: Sequence[Condition]
) -> tuple[Expression, ...] | None:
    """Return the remainders that a value can have; None where more than residues matter.

    Everything said is periodic (congruences, multiples, parity), and so is what is asked.
    """
    if len(trees) != 1 or not names or not _is_periodic_value(trees[0]):
        return None
    moduli = [_modulus(trees[0])]
    for condition in conditions:
        if isinstance(condition, Holds) and condition.kind in {
            "positive",
            "integer",
            "natural",
            "whole",
        }:
            continue
        modulus = _period(condition)
        if modulus is None:
            return None
        moduli.append(modulus)
    period = lcm(*moduli)
    if period ** len(names) > MAX_RESIDUES:
        return None
    search = Search(
        tuple(names),
        tuple(
            c
            for c in conditions
            if not (isinstance(c, Holds) and c.kind in {"positive", "natural", "whole"})
        ),
    )
    tests = [search.test(condition) for condition in search.conditions]
    goal = compiled(trees[0])
    found: set[Fraction] = set()
    for point in product(range(period), repeat=len(names)):
        values = dict(zip(names, point, strict=True))
        if all(test(values) for test in tests):
            result = goal(values)
            if not is_whole(result):
                return None
            found.add(Fraction(result))
    return tuple(sp.Integer(int(value)) for value in sorted(found)) or None


def _is_periodic_value(tree: Tree) -> bool:
    match tree:
        case Call(function="remainder" | "mod"):
            return isinstance(tree.arguments[1], Number) and _is_polynomial(tree.arguments[0])
        case Call(function="units digit"):
            return False  # of a negative residue's representative it would be another digit
        case _:
            return False


def _modulus(tree: Tree) -> int:
    if isinstance(tree, Call) and isinstance(tree.arguments[1], Number):
        return int(tree.arguments[1].value)
    raise NotCovered("no modulus")


def _is_polynomial(tree: Tree) -> bool:
    """Whether a formula is a polynomial with whole coefficients."""
    match tree:
        case Number():
            return tree.value.denominator == 1
        case Name():
            return True
        case Negate():
            return _is_polynomial(tree.operand)
        case Binary(operator="+" | "-" | "*"):
            return _is_polynomial(tree.left) and _is_polynomial(tree.right)
        case Binary(operator="^"):
            power = tree.right.value if isinstance(tree.right, Number) else Fraction(-1)
            return power.denominator == 1 and power >= 0 and _is_polynomial(tree.left)
        case _:
            return False


def _period(condition: Condition) -> int | None:
    """Return a modulus that decides a condition."""
    match condition:
        case Holds(kind="congruent"):
            *sides, modulus = condition.arguments
            fits = isinstance(modulus, Number) and all(map(_is_polynomial, sides))
            return int(modulus.value) if fits and isinstance(modulus, Number) else None
        case Holds(kind="multiple"):
            value, modulus = condition.arguments
            fits = isinstance(modulus, Number) and _is_polynomial(value)
            return int(modulus.value) if fits and isinstance(modulus, Number) else None
        case Holds(kind="even" | "odd"):
            return 2 if _is_polynomial(condition.arguments[0]) else None
        case Relation(operator="="):
            for one, other in (
                (condition.left, condition.right),
                (condition.right, condition.left),
            ):
                if _is_periodic_value(one) and isinstance(other, Number):
                    return _modulus(one)
            return None
        case _:
            return None


# --- regions

_END = re.compile(r"(?:(?P<low>.+?) (?P<below><=?) )?[A-Za-z]\w* (?P<sign><=?|>=?|=) (?P<high>.+)")


def end_of(name: str, conditions: Sequence[Condition], *, least: bool) -> Expression:
    """Return the least or greatest number of a region of the real line. Raises `NotCovered`.

    An open or infinite end is no number of the region.
    """
    relations = [c for c in conditions if isinstance(c, Relation)]
    kinds = [c for c in conditions if isinstance(c, Holds)]
    if any(isinstance(c, Either) for c in conditions) or any(c.kind != "real" for c in kinds):
        raise NotCovered("conditions that are no inequalities")
    if not relations or any(set(letters(r)) != {name} for r in relations):
        raise NotCovered("nothing fixes the letters")
    pieces = solve_relations(relations, name).answer.split(" or ")
    found = _END.fullmatch(pieces[0 if least else -1])
    if found is None:
        raise NotCovered("a region without ends")
    if found["sign"] == "=":
        text, closed = found["high"], True
    elif found["low"] is not None:
        text, sign = (found["low"], found["below"]) if least else (found["high"], found["sign"])
        closed = sign == "<="
    else:
        text, closed = found["high"], found["sign"] == (">=" if least else "<=")
    if not closed or "≈" in text:
        raise NotCovered("the region goes on, or its end does not belong to it")
    return build(parse(text))
