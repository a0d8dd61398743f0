"""Small steps for people: what a tutor would write between the question and the answer.

Each step is checked by itself: both lines are built again from their text and proved equal, or,
for equations, the second is the first with the same done to both sides.
"""

import re
from collections.abc import Iterator, Sequence
from fractions import Fraction
from itertools import pairwise
from math import gcd, lcm

import sympy as sp

from assistants.answer import Verdict
from assistants.errors import InputError
from math_solver.reading import Binary, Call, Name, Negate, Number, Relation, Tree, spell
from math_solver.reading.parser import parse
from math_solver.reading.tree import walk
from math_solver.solution import SolutionStep

from . import Expression
from .build import build
from .equivalence import prove_zero
from .plain import plain

MAX_NODES = 40
MAX_STEPS = 12
Lines = Sequence[tuple[str, str, str]]
"""A rule, the line that it leads to, and why."""


def chain(first: str, lines: Lines) -> tuple[SolutionStep, ...]:
    """Return steps from one expression to the next, each proved equal; equal texts are left out."""
    told = [(rule, _light(line), reason) for rule, line, reason in (("", first, ""), *lines)]
    return tuple(
        _equal(rule, before, after, reason)
        for (_, before, _), (rule, after, reason) in pairwise(told)
        if before != after
    )


def _light(line: str) -> str:
    """Drop the brackets round a single whole number, where nothing else stands before them."""
    return re.sub(r"(?<![A-Za-z\d)_])\((\d+)\)", r"\1", line)


def _equal(rule: str, before: str, after: str, reason: str) -> SolutionStep:
    try:
        rung = prove_zero(build(parse(before)) - build(parse(after)))
    except InputError:
        rung = ""
    verdict = Verdict.PROVED if rung else Verdict.UNKNOWN
    check = f"both lines are equal ({rung})" if rung else "not proved by itself"
    return SolutionStep(
        rule=rule, before=before, after=after, reason=reason, verdict=verdict, check=check
    )


# --- arithmetic


def arithmetic(tree: Tree) -> tuple[SolutionStep, ...]:
    """Return the steps of a computation with rational numbers, one operation after the other.

    No step is returned for anything else, or for what is too long to be written out.
    """
    nodes = list(walk(tree))
    if len(nodes) > MAX_NODES or any(isinstance(n, Name | Relation) for n in nodes):
        return ()
    if isinstance(tree, Call) and tree.function in {"gcd", "lcm"}:
        return _by_euclid(tree)
    if any(isinstance(n, Call) for n in nodes):
        return ()
    steps: list[SolutionStep] = []
    current = _leaves(tree)
    while not isinstance(current, Number) and len(steps) <= MAX_STEPS:
        try:
            rule, following, texts = _reduced(current)
        except (ArithmeticError, ValueError):
            return ()
        before = spell(current)
        for text in (*texts, spell(following)):
            if text != before:
                steps.append(_equal(rule, before, text, REASONS.get(rule, "")))
            before = text
        current = following
    return tuple(steps) if len(steps) <= MAX_STEPS else ()


REASONS = {
    "multiply": "multiplication comes before addition",
    "divide": "division comes before addition; to divide by a fraction, multiply by its reciprocal",
    "power": "powers come first",
    "common denominator": "fractions of one denominator are added by their numerators",
    "add": "from left to right",
}


def _leaves(tree: Tree) -> Tree:
    """Read a quotient of two whole numbers as one fraction."""
    match tree:
        case Binary(operator="/", left=Number(value=top), right=Number(value=bottom)) if bottom:
            return Number(value=top / bottom)
        case Binary():
            left, right = _leaves(tree.left), _leaves(tree.right)
            return Binary(operator=tree.operator, left=left, right=right)
        case Negate():
            inner = _leaves(tree.operand)
            return (
                Number(value=-inner.value) if isinstance(inner, Number) else Negate(operand=inner)
            )
        case _:
            return tree


def _reduced(tree: Tree) -> tuple[str, Tree, tuple[str, ...]]:
    """Carry out one operation; return its rule, what is left, and lines between."""
    terms = _flat_sum(tree)
    if terms is not None:
        return _added(terms)
    match tree:
        case Negate():
            rule, inner, _ = _reduced(tree.operand)
            made: Tree = Negate(operand=inner)
            return rule, Number(value=-inner.value) if isinstance(inner, Number) else made, ()
        case Binary(left=Number(), right=Number()):
            return _operation(tree.operator), Number(value=_value(tree)), ()
        case Binary() if not isinstance(tree.left, Number):
            rule, left, _ = _reduced(tree.left)
            return rule, Binary(operator=tree.operator, left=left, right=tree.right), ()
        case Binary():
            rule, right, _ = _reduced(tree.right)
            return rule, Binary(operator=tree.operator, left=tree.left, right=right), ()
        case _:
            raise ValueError("no arithmetic")


def _operation(operator: str) -> str:
    return {"*": "multiply", "/": "divide", "^": "power"}.get(operator, "add")


def _value(tree: Binary) -> Fraction:
    left, right = tree.left, tree.right
    if not isinstance(left, Number) or not isinstance(right, Number):
        raise ArithmeticError("no numbers")  # noqa: TRY004
    match tree.operator:
        case "+":
            return left.value + right.value
        case "-":
            return left.value - right.value
        case "*":
            return left.value * right.value
        case "/":
            return left.value / right.value
        case _:
            if right.value.denominator != 1 or abs(right.value) > 64:
                raise ValueError("a power that is not written out")
            return left.value ** int(right.value)


def _flat_sum(tree: Tree) -> list[Fraction] | None:
    """Return the terms of a sum of numbers."""
    if isinstance(tree, Number):
        return [tree.value]
    if isinstance(tree, Binary) and tree.operator in "+-" and isinstance(tree.right, Number):
        rest = _flat_sum(tree.left)
        sign = 1 if tree.operator == "+" else -1
        return None if rest is None else [*rest, sign * tree.right.value]
    return None


def _added(terms: list[Fraction]) -> tuple[str, Tree, tuple[str, ...]]:
    total = sum(terms, Fraction(0))
    below = lcm(*(term.denominator for term in terms))
    if below == 1:
        return "add", Number(value=total), ()
    tops = [int(term * below) for term in terms]
    same = " + ".join(f"{top}/{below}" for top in tops).replace("+ -", "- ")
    top = sum(tops)
    joined = f"{top}/{below}"
    lines = (same, joined) if gcd(top, below) > 1 else (same,)
    return "common denominator", Number(value=total), lines


def _by_euclid(tree: Call) -> tuple[SolutionStep, ...]:
    values = [part.value for part in tree.arguments if isinstance(part, Number)]
    if len(values) != 2 or len(tree.arguments) != 2 or any(v.denominator != 1 for v in values):
        return ()
    return euclid(*(int(v) for v in values), least=tree.function == "lcm")


def euclid(first: int, second: int, *, least: bool = False) -> tuple[SolutionStep, ...]:
    """Return Euclid's divisions with remainder; with `least`, the common multiple after them."""
    a, b = max(abs(first), abs(second)), min(abs(first), abs(second))
    steps: list[SolutionStep] = []
    while b and len(steps) < MAX_STEPS:
        quotient, rest = divmod(a, b)
        reason = f"the common divisors of {a} and {b} are those of {b} and {rest}"
        line = f"{quotient}*{b} + {rest}"
        steps.append(_equal("divide with remainder", str(a), line, reason))
        a, b = b, rest
    if b or not a:
        return ()
    if least:
        line = f"{abs(first)}*{abs(second)}/{a}"
        result = str(abs(first) * abs(second) // a)
        steps.append(_equal("product over common divisor", line, result,
                            f"the greatest common divisor is {a}, the last divisor"))  # fmt: skip
    return tuple(steps)


# --- equations


def linear(relation: Relation, letter: Expression) -> tuple[SolutionStep, ...]:
    """Return the steps of a linear equation: brackets, fractions, letters, numbers, division."""
    sides = [sp.expand(build(side)) for side in (relation.left, relation.right)]
    if any(not side.is_polynomial(letter) or sp.degree(side, letter) > 1 for side in sides):
        return ()
    parts: list[tuple[Expression, Expression]] = [
        (side.coeff(letter, 1), side.coeff(letter, 0)) for side in sides
    ]
    if any(not number.is_Rational for part in parts for number in part):
        return ()
    lines = list(_linear_lines(parts, letter))
    steps: list[SolutionStep] = []
    before = spell(relation)
    for rule, after, reason in lines:
        if _compact(after) != _compact(before):
            steps.append(_same_solutions(rule, before, after, reason, letter))
        before = after
    return tuple(steps)


def _compact(text: str) -> str:
    return text.replace(" ", "").replace("*", "")


def _linear_lines(
    parts: list[tuple[Expression, Expression]], letter: Expression
) -> Iterator[tuple[str, str, str]]:
    (a, b), (c, d) = parts
    if a == c:
        return

    def line(left: Expression, right: Expression) -> str:
        return f"{plain(left)} = {plain(right)}"

    yield "simplify both sides", line(a * letter + b, c * letter + d), "brackets and like terms"
    below = sp.ilcm(*(number.q for number in (a, b, c, d)))
    if below != 1:
        a, b, c, d = (number * below for number in (a, b, c, d))
        yield "clear the fractions", line(a * letter + b, c * letter + d), f"times {below}"
    if a == 0 or (c > a > 0) or c > 0 > a:
        a, b, c, d = c, d, a, b
        yield "swap the sides", line(a * letter + b, c * letter + d), "an equation reads both ways"
    if c != 0:
        verb = "subtract" if c > 0 else "add"
        reason = f"{verb} {plain(abs(c) * letter)} on both sides"
        a = a - c
        yield "collect the letter", line(a * letter + b, d), reason
    if b != 0:
        verb = "subtract" if b > 0 else "add"
        yield (
            "collect the numbers",
            line(a * letter, d - b),
            f"{verb} {plain(abs(b))} on both sides",
        )
        b, d = sp.Integer(0), d - b
    if a != 1:
        yield "divide", line(letter, d / a), f"divide both sides by {plain(a)}"


def _same_solutions(
    rule: str, before: str, after: str, reason: str, letter: Expression
) -> SolutionStep:
    """A step between equations, proved where one difference is a multiple of the other."""
    gaps = []
    for text in (before, after):
        relation = parse(text)
        if not isinstance(relation, Relation):
            raise InputError("no equation")
        gaps.append(sp.expand(build(relation.left) - build(relation.right)))
    ratio = sp.cancel(gaps[0] / gaps[1]) if gaps[1] != 0 else sp.Integer(0)
    proved = bool(ratio.is_Rational and ratio != 0 and gaps[0].has(letter))
    return SolutionStep(
        rule=rule,
        before=before,
        after=after,
        reason=reason,
        verdict=Verdict.PROVED if proved else Verdict.UNKNOWN,
        check="the same was done to both sides, and it can be undone" if proved else "not proved",
    )


# --- polynomials and roots


def expanded(tree: Tree) -> tuple[SolutionStep, ...]:
    """Multiply two brackets out term by term."""
    if not (isinstance(tree, Binary) and tree.operator == "*"):
        return ()
    sides = [sp.Add.make_args(build(side)) for side in (tree.left, tree.right)]
    if not all(2 <= len(side) <= 3 for side in sides):
        return ()
    products = " + ".join(f"({plain(a)})*({plain(b)})" for a in sides[0] for b in sides[1])
    done = sp.Add(*(a * b for a in sides[0] for b in sides[1]))
    singles = " + ".join(plain(sp.expand(a * b)) for a in sides[0] for b in sides[1])
    return chain(spell(tree), [
        ("each term with each", products, "each term of one bracket times each of the other"),
        ("multiply", singles.replace("+ -", "- "), "the products"),
        ("collect", plain(sp.expand(done)), "like terms are added"),
    ])  # fmt: skip


def factored(tree: Tree) -> tuple[SolutionStep, ...]:
    """Factor a quadratic over the rational numbers by splitting its middle term."""
    body: Expression = sp.expand(build(tree))
    names: list[Expression] = sorted(body.free_symbols, key=str)
    if len(names) != 1 or not body.is_polynomial(*names) or sp.degree(body, names[0]) != 2:
        return ()
    x = names[0]
    coefficients: list[Expression] = [body.coeff(x, n) for n in (2, 1, 0)]
    a, b, c = coefficients
    root = sp.sqrt(b**2 - 4 * a * c)
    if not all(n.is_Integer for n in (a, b, c)) or not root.is_Integer or c == 0 or b == 0:
        return ()
    p, q = (b + root) / 2, (b - root) / 2
    if sp.gcd(sp.gcd(a, b), c) != 1:
        return ()
    split = f"{plain(a * x**2)} + {plain(p * x)} + {plain(q * x)} + {plain(c)}".replace("+ -", "- ")
    common = sp.igcd(int(a), int(p)) * (1 if a > 0 else -1)
    inner = sp.expand((a * x + p) / common)
    rest = sp.cancel((q * x + c) / inner)
    grouped = f"{plain(common * x)}*({plain(inner)}) + ({plain(rest)})*({plain(inner)})"
    reason = f"{plain(p)} and {plain(q)} have the sum {plain(b)} and the product {plain(a * c)}"
    return chain(spell(tree), [
        ("split the middle term", split, reason),
        ("group", grouped, "take the common factor out of each pair"),
        ("factor", plain(sp.factor(body)), f"{plain(inner)} is common to both"),
    ])  # fmt: skip


def square_root(tree: Tree) -> tuple[SolutionStep, ...]:
    """Take the largest square out of the root of a whole number."""
    if not (isinstance(tree, Call) and tree.function == "sqrt"):
        return ()
    (inner,) = tree.arguments
    if not isinstance(inner, Number) or inner.value.denominator != 1 or not 1 < inner.value < 10**9:
        return ()
    number = int(inner.value)
    outside = 1
    for prime, power in sp.factorint(number).items():
        outside *= prime ** (power // 2)
    if outside == 1 or outside**2 == number:
        return ()
    rest = number // outside**2
    return chain(spell(tree), [
        ("split off a square", f"sqrt({outside**2}*{rest})", f"{outside**2} is the largest square"),
        ("root of a product", f"sqrt({outside**2})*sqrt({rest})", "sqrt(a*b) = sqrt(a)*sqrt(b)"),
        ("compute", f"{outside}*sqrt({rest})", f"{outside}^2 = {outside**2}"),
    ])  # fmt: skip


def determinant(matrix: Expression) -> tuple[SolutionStep, ...]:
    """Write out a determinant of two or three rows of numbers."""
    if matrix.rows > 3 or not all(entry.is_Rational for entry in matrix):
        return ()

    def two(m: Expression) -> str:
        return f"({plain(m[0, 0])})*({plain(m[1, 1])}) - ({plain(m[0, 1])})*({plain(m[1, 0])})"

    if matrix.rows == 2:
        first = two(matrix)
        products = [matrix[0, 0] * matrix[1, 1], matrix[0, 1] * matrix[1, 0]]
    elif matrix.rows == 3:
        minors = [matrix.minor_submatrix(0, j) for j in range(3)]
        signs = ("", " - ", " + ")
        pairs = zip(signs, minors, strict=True)
        first = "".join(
            f"{sign}({plain(matrix[0, j])})*({two(minor)})" for j, (sign, minor) in enumerate(pairs)
        )
        products = [matrix[0, j] * minors[j].det() * (1, -1, 1)[j] for j in range(3)]
        total = " + ".join(plain(product) for product in products).replace("+ -", "- ")
        return chain(first, [("compute", total, "expanded along the first row"),
                             ("add", plain(sp.Add(*products)), "the determinant")])  # fmt: skip
    else:
        return ()
    middle = f"{plain(products[0])} - ({plain(products[1])})"
    last = plain(products[0] - products[1])
    return chain(first, [("compute", middle, "a*d - b*c"), ("subtract", last, "the determinant")])
