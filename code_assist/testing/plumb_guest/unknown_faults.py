"""Mistakes of classes that the search knows nothing of: what its tests catch is measured by them.

Part of a condition forgotten; a call forgotten; the function or method beside the right one; an
index off by one; another default. (The classes are those of `java_testing/alternatives.py`.)
"""

import ast
from collections.abc import Callable, Iterator

from .codes import Definition
from .faults import versions
from .mutants import Mutant

_TWINS = (
    "min max", "any all", "append extend", "lower upper", "startswith endswith", "keys values",
    "lstrip rstrip", "split rsplit", "find rfind", "index rindex", "islice takewhile", "pop get",
    "union intersection", "add discard", "appendleft append", "popleft pop", "sum len",
    "floor ceil", "list set", "sorted list", "tuple list", "isdigit isalpha", "zip zip_longest",
)  # fmt: skip
_OTHERS = {a: b for pair in _TWINS for a, b in (pair.split(), pair.split()[::-1])}


def unknown_faults(definition: Definition) -> Iterator[Mutant]:
    """Yield versions of a definition with one such mistake each."""
    return versions(definition, _edits)


def _edits(definition: Definition) -> Iterator[tuple[str, int, Callable[[], None]]]:
    for node in ast.walk(definition.args):
        match node:
            case ast.Constant(value=bool() as value):
                yield "another default", node.lineno, _set(node, "value", not value)
            case ast.Constant(value=int() as value):
                yield "another default", node.lineno, _set(node, "value", value + 1)
            case _:
                pass
    for statement in definition.body:
        for node in ast.walk(statement):
            yield from _in_node(node)


def _in_node(node: ast.AST) -> Iterator[tuple[str, int, Callable[[], None]]]:
    match node:
        case ast.BoolOp():
            for index in range(len(node.values)):
                rest = [*node.values[:index], *node.values[index + 1 :]]
                what = "part of the condition forgotten"
                yield what, node.lineno, _set(node, "values", [rest[0], *rest])
        case ast.Call(func=ast.Name(id=name)) if name in _OTHERS:
            yield f"{_OTHERS[name]} for {name}", node.lineno, _set(node.func, "id", _OTHERS[name])
        case ast.Call(func=ast.Attribute(attr=name)) if name in _OTHERS:
            other = _OTHERS[name]
            yield f"{other} for {name}", node.lineno, _set(node.func, "attr", other)
        case ast.Subscript(slice=ast.Constant(value=int()) | ast.Name() | ast.BinOp() as at):
            more = ast.BinOp(at, ast.Add(), ast.Constant(1))
            yield "index off by one", node.lineno, _set(node, "slice", more)
        case _:
            pass
    for field, value in ast.iter_fields(node):
        match value:
            case ast.Call(args=[given], keywords=[]) if not isinstance(node, ast.Expr | ast.Raise):
                yield "call forgotten", value.lineno, _set(node, field, given)
            case _:
                pass


def _set(owner: ast.AST, name: str, value: object) -> Callable[[], None]:
    return lambda: setattr(owner, name, value)
