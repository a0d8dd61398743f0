"""The expression tree that reading produces: plain values with the place that they came from.

Nothing here computes. `spell` writes a tree back in the notation that the parser reads, so that
trees can be shown and stored; `parse(spell(tree))` is the same tree.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from fractions import Fraction
from typing import TypeAlias

Span: TypeAlias = tuple[int, int]
"""Start and end (exclusive) in the text that was read, in code points."""

NOWHERE: Span = (0, 0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Number:
    """An exact rational; decimals are read as the fraction that they are."""

    value: Fraction
    span: Span = field(default=NOWHERE, compare=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Name:
    """A letter, a Greek letter by its English name, or a constant (`pi`, `e`, `infinity`)."""

    name: str
    span: Span = field(default=NOWHERE, compare=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Negate:
    """Minus its operand."""

    operand: "Tree"
    span: Span = field(default=NOWHERE, compare=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Binary:
    """`+`, `-`, `*`, `/` or `^` between two operands."""

    operator: str
    left: "Tree"
    right: "Tree"
    span: Span = field(default=NOWHERE, compare=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """A function of its arguments, such as `sin`, `log` (argument, base), `diff` or `integrate`."""

    function: str
    arguments: tuple["Tree", ...]
    span: Span = field(default=NOWHERE, compare=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Relation:
    """`=`, `<`, `<=`, `>`, `>=` or `!=` between two sides."""

    operator: str
    left: "Tree"
    right: "Tree"
    span: Span = field(default=NOWHERE, compare=False)


Tree: TypeAlias = Number | Name | Negate | Binary | Call | Relation

CONSTANTS = frozenset({"pi", "e", "infinity"})
PRECEDENCE = {"+": 1, "-": 1, "*": 2, "/": 2, "^": 4}


def children(tree: Tree) -> tuple[Tree, ...]:
    """Return the direct operands of a node."""
    match tree:
        case Negate():
            return (tree.operand,)
        case Binary() | Relation():
            return (tree.left, tree.right)
        case Call():
            return tree.arguments
        case _:
            return ()


def walk(tree: Tree) -> Iterator[Tree]:
    """Yield every node, the root first."""
    stack = [tree]
    while stack:
        node = stack.pop()
        yield node
        stack.extend(reversed(children(node)))


def letters(tree: Tree) -> tuple[str, ...]:
    """Return the free letters in order of appearance, constants left out."""
    names = (n.name for n in walk(tree) if isinstance(n, Name) and n.name not in CONSTANTS)
    bound = {bound_letter(n) for n in walk(tree) if isinstance(n, Call)}
    return tuple(dict.fromkeys(name for name in names if name not in bound))


def substituted(tree: Tree, values: Mapping[str, Tree]) -> Tree:
    """Put expressions in the place of letters."""
    match tree:
        case Name():
            return values.get(tree.name, tree)
        case Negate():
            return replace(tree, operand=substituted(tree.operand, values))
        case Binary() | Relation():
            left, right = substituted(tree.left, values), substituted(tree.right, values)
            return replace(tree, left=left, right=right)
        case Call():
            inner = tuple(substituted(argument, values) for argument in tree.arguments)
            return replace(tree, arguments=inner)
        case Number():
            return tree


def bound_letter(call: Call) -> str | None:
    """Return the letter that a definite integral, a limit, a sum or a product binds."""
    if call.function in {"integrate", "limit", "sum", "product"} and len(call.arguments) >= 3:
        variable = call.arguments[1]
        return variable.name if isinstance(variable, Name) else None
    return None


def spell(tree: Tree) -> str:
    """Write a tree in plain notation: `x^2 - 5*x + 6`."""
    match tree:
        case Number():
            return str(tree.value)
        case Name():
            return tree.name
        case Negate():
            return f"-{_wrapped(tree.operand, 3)}"
        case Binary():
            return _binary_text(tree)
        case Relation():
            return f"{spell(tree.left)} {tree.operator} {spell(tree.right)}"
        case Call(function="grid"):
            return _grid_text(tree)
        case Call():
            return f"{tree.function}({', '.join(map(spell, tree.arguments))})"


def _grid_text(tree: Call) -> str:
    r"""Write a matrix: the number of its rows comes first, then its entries by rows."""
    entries = tree.arguments[1:]
    width = len(entries) // int(spell(tree.arguments[0]))
    rows = (entries[start : start + width] for start in range(0, len(entries), width))
    body = r" \\ ".join(" & ".join(map(spell, row)) for row in rows)
    return rf"\begin{{pmatrix}} {body} \end{{pmatrix}}"


def _binary_text(tree: Binary) -> str:
    rank = PRECEDENCE[tree.operator]
    match tree.operator:
        case "^":
            return f"{_wrapped(tree.left, 5)}^{_wrapped(tree.right, 5)}"
        case "+" | "-":
            return f"{_wrapped(tree.left, rank)} {tree.operator} {_wrapped(tree.right, 2)}"
        case _:
            return f"{_wrapped(tree.left, rank)}{tree.operator}{_wrapped(tree.right, 3)}"


def rank_of(tree: Tree) -> int:
    """How tightly a node holds together: 0 a relation, 1 a sum, 2 a product, … 9 an atom."""
    match tree:
        case Number():
            if tree.value.denominator != 1:
                return 2
            return 1 if tree.value < 0 else 9
        case Negate():
            return 1
        case Binary():
            return PRECEDENCE[tree.operator]
        case Relation():
            return 0
        case _:
            return 9


def _wrapped(tree: Tree, least: int) -> str:
    inner = spell(tree)
    return inner if rank_of(tree) >= least else f"({inner})"


def is_whole(tree: Tree) -> bool:
    """Whether a tree is a whole number."""
    return isinstance(tree, Number) and tree.value.denominator == 1


def is_plain_fraction(tree: Tree) -> bool:
    """Whether a tree is a quotient of two whole numbers."""
    return (
        isinstance(tree, Binary)
        and tree.operator == "/"
        and is_whole(tree.left)
        and is_whole(tree.right)
    )
