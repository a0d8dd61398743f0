"""Where an expression exists over the real numbers, read off our tree before sympy cancels."""

from collections.abc import Iterable, Iterator
from fractions import Fraction

import sympy as sp

from assistants.errors import InputError
from math_solver.reading import Binary, Call, Name, Number, Tree
from math_solver.reading.tree import walk

from . import Expression
from .build import Context, build
from .enclosure import rational_value
from .plain import plain

MAX_LISTED_ROOTS = 4


def conditions(trees: Iterable[Tree], context: Context | None = None) -> tuple[str, ...]:
    """Return what must hold for all of the trees to exist, such as `x ≠ 1` or `x + 2 ≥ 0`."""
    found: list[str] = []
    for tree in trees:
        for kind, part in restrictions(tree):
            try:
                found.extend(_described(kind, build(part, context)))
            except InputError:
                continue
    return tuple(dict.fromkeys(found))


def restrictions(tree: Tree) -> Iterator[tuple[str, Tree]]:
    """Yield the parts of a tree that must be `≠`, `≥` or `>` zero."""
    for node in walk(tree):
        match node:
            case Binary(operator="/"):
                yield "≠", node.right
            case Binary(operator="^"):
                yield from _power_restrictions(node)
            case Call(function="ln"):
                yield ">", node.arguments[0]
            case Call(function="log"):
                for argument in node.arguments:
                    yield ">", argument
                if len(node.arguments) > 1:
                    yield "≠", Binary(operator="-", left=node.arguments[1], right=ONE)
            case Call(function="sqrt"):
                yield "≥", node.arguments[0]
            case Call(function="root") if _is_even(node.arguments[1]):
                yield "≥", node.arguments[0]
            case Call(function="asin" | "acos"):
                square = Binary(operator="^", left=node.arguments[0], right=TWO)
                yield "≥", Binary(operator="-", left=ONE, right=square)
            case Call(function="tan" | "sec"):
                yield "≠", Call(function="cos", arguments=node.arguments)
            case Call(function="cot" | "csc"):
                yield "≠", Call(function="sin", arguments=node.arguments)
            case _:
                pass


ONE = Number(value=Fraction(1))
TWO = Number(value=Fraction(2))


def _is_even(degree: Tree) -> bool:
    exact = rational_value(degree)
    return exact is None or exact % 2 == 0


def _power_restrictions(node: Binary) -> Iterator[tuple[str, Tree]]:
    """What u^v asks of u: nothing for a positive whole v, and u ≠ 0 for v = 0 (DLMF 4.2(iv))."""
    exponent = rational_value(node.right)
    base = rational_value(node.left)
    if exponent is None:
        if node.left != Name(name="e") and (base is None or base <= 0):
            yield ">", node.left
    elif exponent.denominator != 1:
        yield ">" if exponent < 0 else "≥", node.left
    elif exponent <= 0:
        yield "≠", node.left


def _described(kind: str, expression: Expression) -> Iterator[str]:
    """Write one condition; nothing where it always holds."""
    if expression.is_number:
        return
    if kind == "≠":
        yield from _nonzero(expression)
    elif kind == "≥" and expression.is_nonnegative is not True:
        yield _inequality(expression, "≥")
    elif kind == ">" and expression.is_positive is not True:
        yield _inequality(expression, ">")


def _nonzero(expression: Expression) -> Iterator[str]:
    if expression.is_nonzero and expression.is_finite is not False:
        return
    letters = expression.free_symbols
    if len(letters) == 1 and expression.is_polynomial(*letters):
        (letter,) = letters
        poly = sp.Poly(expression, letter)
        if poly.domain.is_QQ or poly.domain.is_ZZ:
            roots = sp.roots(poly, filter="R")
            if len(roots) <= MAX_LISTED_ROOTS and poly.count_roots() == len(roots):
                for root in sorted(roots):
                    yield f"{letter} ≠ {plain(root)}"
                return
    yield f"{plain(sp.expand(expression))} ≠ 0"


def _inequality(expression: Expression, sign: str) -> str:
    letters = expression.free_symbols
    if len(letters) == 1:
        (letter,) = letters
        if expression.is_polynomial(letter) and sp.degree(expression, letter) == 1:
            slope, constant = sp.Poly(expression, letter).all_coeffs()
            turned = sign if slope.is_positive else {"≥": "≤", ">": "<"}[sign]
            return f"{letter} {turned} {plain(-constant / slope)}"
    return f"{plain(expression)} {sign} 0"
