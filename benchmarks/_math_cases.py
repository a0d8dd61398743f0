"""Random mathematics for the benchmarks: pairs known to be equal or different, by other means.

What is true comes from identities with random expressions put in; what is wrong from one change in
such a pair, or from a fallacy. Whether a pair really differs is decided by mpmath at random points
with 60 digits, independently of the solver's own engines.
"""

import random
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from fractions import Fraction
from typing import Any, TypeAlias

import mpmath

from assistants.errors import InputError
from math_solver.reading import Binary, Call, Name, Negate, Number, Relation, Tree, letters, spell
from math_solver.reading.parser import parse
from math_solver.reading.tree import walk

mp: Any = mpmath.mp
Numeric: TypeAlias = Any
"""A number of mpmath, which has no types."""
DIGITS = 60

IDENTITIES = (
    ("(u + v)^2", "u^2 + 2*u*v + v^2"), ("(u - v)^2", "u^2 - 2*u*v + v^2"),
    ("(u - v)*(u + v)", "u^2 - v^2"), ("u^3 - v^3", "(u - v)*(u^2 + u*v + v^2)"),
    ("(u + v)^3", "u^3 + 3*u^2*v + 3*u*v^2 + v^3"), ("u*(v + w)", "u*v + u*w"),
    ("sin(u)^2 + cos(u)^2", "1"), ("sin(2*u)", "2*sin(u)*cos(u)"), ("cos(2*u)", "1 - 2*sin(u)^2"),
    ("cos(2*u)", "2*cos(u)^2 - 1"), ("tan(u)", "sin(u)/cos(u)"), ("1 + tan(u)^2", "1/cos(u)^2"),
    ("sin(u + v)", "sin(u)*cos(v) + cos(u)*sin(v)"),
    ("cos(u - v)", "cos(u)*cos(v) + sin(u)*sin(v)"), ("e^(u + v)", "e^u*e^v"),
    ("e^(2*u)", "(e^u)^2"), ("cosh(u)^2 - sinh(u)^2", "1"), ("sinh(2*u)", "2*sinh(u)*cosh(u)"),
    ("1/u - 1/v", "(v - u)/(u*v)"), ("(u^2 - v^2)/(u - v)", "u + v"), ("u/v + w", "(u + w*v)/v"),
    ("abs(u)^2", "u^2"), ("sqrt(u^2)", "abs(u)"), ("sqrt(u)^2", "u"), ("ln(e^u)", "u"),
    ("abs(u*v)", "abs(u)*abs(v)"), ("(u/v)^2", "u^2/v^2"), ("u^2*u^3", "u^5"),
    ("-(u - v)", "v - u"), ("u - (v - w)", "u - v + w"), ("(u + v)/w", "u/w + v/w"),
)  # fmt: skip
FALLACIES = (
    ("sqrt(u^2)", "u"), ("ln(u^2)", "2*ln(u)"), ("(u + v)^2", "u^2 + v^2"),
    ("(u - v)^2", "u^2 - v^2"), ("sqrt(u + v)", "sqrt(u) + sqrt(v)"), ("1/(u + v)", "1/u + 1/v"),
    ("sin(u + v)", "sin(u) + sin(v)"), ("sin(2*u)", "2*sin(u)"), ("e^(u + v)", "e^u + e^v"),
    ("abs(u + v)", "abs(u) + abs(v)"), ("ln(u + v)", "ln(u) + ln(v)"), ("(u + v)/u", "v"),
    ("(u^2 + v^2)/(u + v)", "u + v"), ("-u^2", "(-u)^2"), ("2*(u + v)", "2*u + v"),
    ("u - (v - w)", "u - v - w"), ("u/(v + w)", "u/v + u/w"), ("(u*v)^2", "u*v^2"),
    ("sin(u)/u", "sin(1)"), ("e^(u*v)", "e^u*e^v"), ("(e^u)^2", "e^(u^2)"), ("cos(-u)", "-cos(u)"),
    ("tan(u)", "cos(u)/sin(u)"), ("sin(u)^2", "sin(u^2)"), ("1/u^2", "1/u"), ("u^2*v^2", "(u*v)^4"),
    ("ln(u)/ln(v)", "ln(u - v)"), ("u^3 + v^3", "(u + v)^3"), ("abs(u)", "u"),
    ("asin(sin(u))", "u"),
    ("cosh(u)^2 + sinh(u)^2", "1"), ("u^2 - v^2", "(u - v)^2"), ("(u + 1)/(v + 1)", "u/v"),
)  # fmt: skip
LEAVES = ("x", "y", "2", "3", "5", "1/2", "7", "x + 1", "2*x", "x - 3", "x*y", "x^2", "y - 2")
WRAPS = ("{}", "{}", "{}", "{} + 1", "3*({})", "({})^2", "sin({})", "e^({})", "1/({})", "-({})")
SWAPS = {"sin": "cos", "cos": "sin", "tan": "sin", "sinh": "cosh", "cosh": "sinh", "ln": "exp"}


def expression(choose: random.Random) -> str:
    """Return a small random expression in x and y."""
    return choose.choice(WRAPS).format(choose.choice(LEAVES))


def filled(template: str, values: Mapping[str, str]) -> str:
    """Put expressions in the place of u, v and w."""
    return spell(_filled(parse(template), {k: parse(v) for k, v in values.items()}))


def _filled(tree: Tree, values: Mapping[str, Tree]) -> Tree:
    match tree:
        case Name():
            return values.get(tree.name, tree)
        case Negate():
            return replace(tree, operand=_filled(tree.operand, values))
        case Binary() | Relation():
            left, right = _filled(tree.left, values), _filled(tree.right, values)
            return replace(tree, left=left, right=right)
        case Call():
            return replace(tree, arguments=tuple(_filled(a, values) for a in tree.arguments))
        case _:
            return tree


def pairs(
    templates: tuple[tuple[str, str], ...], choose: random.Random
) -> Iterator[tuple[str, str]]:
    """Yield templates with random expressions put in, for ever."""
    while True:
        left, right = choose.choice(templates)
        values = {name: expression(choose) for name in "uvw"}
        try:
            yield filled(left, values), filled(right, values)
        except InputError:
            continue


def changed(source: str, choose: random.Random) -> str:
    """Return an expression or equation with one thing changed: a number, a sign, a function."""
    tree = parse(source)
    places = [node for node in walk(tree) if _changes(node)]
    if not places:
        return source
    place = choose.randrange(len(places))
    seen = -1

    def copy(node: Tree) -> Tree:
        nonlocal seen
        options = _changes(node)
        if options:
            seen += 1
            if seen == place:
                return choose.choice(options)(node)
        match node:
            case Negate():
                return replace(node, operand=copy(node.operand))
            case Binary() | Relation():
                left = copy(node.left)
                return replace(node, left=left, right=copy(node.right))
            case Call():
                return replace(node, arguments=tuple(map(copy, node.arguments)))
            case _:
                return node

    return spell(copy(tree))


Change = Callable[[Any], Tree]


def _changes(node: Tree) -> list[Change]:
    match node:
        case Number():
            return [
                lambda n: replace(n, value=n.value + 1),
                lambda n: replace(n, value=n.value + 10 if n.value else Fraction(1)),
                lambda n: replace(n, value=abs(n.value - 1) if n.value > 2 else n.value + 2),
            ]
        case Binary(operator="+"):
            return [lambda n: replace(n, operator="-")]
        case Binary(operator="-"):
            return [lambda n: replace(n, operator="+")]
        case Binary(operator="*"):
            return [lambda n: replace(n, operator="+")]
        case Negate():
            return [lambda n: n.operand]
        case Call() if node.function in SWAPS:
            return [lambda n: replace(n, function=SWAPS[n.function])]
        case Relation() if node.operator in {"<", ">", "<=", ">="}:
            turned = {"<": ">", ">": "<", "<=": ">=", ">=": "<="}
            return [lambda n: replace(n, operator=turned[n.operator])]
        case _:
            return []


# --- an independent look


def differ(left: str, right: str, choose: random.Random, *, points: int = 8) -> bool:
    """Whether the two differ at a random point at which at least one is real (60 digits)."""
    first, second = parse(left), parse(right)
    names = dict.fromkeys((*letters(first), *letters(second)))
    with mp.workdps(DIGITS):
        for _ in range(points):
            point = {name: mp.mpf(choose.randint(-4000, 4000)) / 997 for name in names}
            a, b = value(first, point), value(second, point)
            if a is None or b is None or not (_is_real(a) or _is_real(b)):
                continue
            if abs(a - b) > mp.mpf(10) ** -25 * max(1, abs(a), abs(b)):
                return True
    return False


def _is_real(number: Numeric) -> bool:
    return abs(mp.im(number)) < mp.mpf(10) ** -40


def value(tree: Tree, point: Mapping[str, Any]) -> Numeric:
    """Evaluate with mpmath's ordinary arithmetic; None where there is no finite value."""
    try:
        found = _value(tree, point)
    except (ZeroDivisionError, OverflowError, ValueError, KeyError):
        return None
    return found if mp.isfinite(found) and abs(found) < mp.mpf(10) ** 60 else None


def _value(tree: Tree, point: Mapping[str, Any]) -> Numeric:
    match tree:
        case Number():
            return mp.mpf(tree.value.numerator) / tree.value.denominator
        case Name():
            return {"pi": mp.pi, "e": mp.e}.get(tree.name) or point[tree.name]
        case Negate():
            return -_value(tree.operand, point)
        case Binary():
            left, right = _value(tree.left, point), _value(tree.right, point)
            return _OPERATORS[tree.operator](left, right)
        case Call():
            return _FUNCTIONS[tree.function](*(_value(a, point) for a in tree.arguments))
        case Relation():
            raise ValueError("a relation has no value")


_OPERATORS: dict[str, Callable[[Any, Any], Any]] = {
    "+": lambda a, b: a + b,
    "-": lambda a, b: a - b,
    "*": lambda a, b: a * b,
    "/": lambda a, b: a / b,
    "^": mp.power,
}
_FUNCTIONS: dict[str, Callable[..., Any]] = {
    name: getattr(mp, name)
    for name in "sin cos tan cot sec csc asin acos atan sinh cosh tanh ln exp sqrt cbrt".split()
} | {
    "abs": abs,
    "log": lambda a, b: mp.log(a) / mp.log(b),
    "factorial": mp.factorial,
    "root": lambda a, n: mp.power(a, 1 / n),
}
