"""Constants of the code under test: what its comparisons and tables are about."""

import ast
import itertools
from collections.abc import Iterator
from types import ModuleType

_PATTERNS = {"compile", "match", "search", "fullmatch", "sub", "subn", "findall", "finditer"}
_LONGEST, _FEW = 40, 4


def constants(tree: ast.Module, definition: ast.AST, names: dict[str, object]) -> list[object]:
    """Return the constants of a function, then those of the module's functions that it calls."""
    defined = {one.name: one for one in ast.walk(tree) if isinstance(one, ast.FunctionDef)}
    called = {
        getattr(one.func, "id", getattr(one.func, "attr", ""))
        for one in ast.walk(definition)
        if isinstance(one, ast.Call)
    }
    near = [defined[one] for one in sorted(called) if one in defined]
    return [
        value
        for root in (definition, *(one for one in near if one is not definition))
        for value in _of(root, names)
    ]


def _of(root: ast.AST, names: dict[str, object]) -> Iterator[object]:
    """Yield literals, constants of the module, and those of modules; no words to a reader."""
    silent = {id(one) for node in ast.walk(root) for one in _unsaid(node)}
    for node in ast.walk(root):
        match node:
            case ast.Constant() if id(node) not in silent:
                value: object = node.value
            case ast.Name():
                value = names.get(node.id)
            case ast.Attribute(value=ast.Name(id=owner)) if isinstance(
                names.get(owner), ModuleType
            ):
                value = getattr(names[owner], node.attr, None)
            case _:
                continue
        for one in _told(value):
            plain = isinstance(one, int | float | bytes)
            if plain or (isinstance(one, str) and len(one) < _LONGEST):
                yield one


def _told(value: object) -> list[object]:
    """Return a constant; of a table the first few items, or keys."""
    if isinstance(value, list | tuple | set | frozenset | dict):
        return list(itertools.islice(value, _FEW))
    return [value]


def _unsaid(node: ast.AST) -> Iterator[ast.AST]:
    """Yield texts that no input should hold: documentation, regular expressions, annotations."""
    match node:
        case ast.Expr(value=ast.Constant(value=str()) as text):
            yield text
        case ast.Call(func=ast.Attribute(attr=name), args=[ast.Constant(value=str()) as text, *_]):
            if name in _PATTERNS and getattr(node.func, "value", None) is not None:
                owner = getattr(node.func, "value", None)
                if isinstance(owner, ast.Name) and owner.id == "re":
                    yield text
        case ast.Raise(exc=ast.Call() as made):
            yield from (one for one in ast.walk(made) if isinstance(one, ast.Constant))
        case ast.arg(annotation=ast.expr() as hint) | ast.AnnAssign(annotation=ast.expr() as hint):
            yield from ast.walk(hint)
        case _:
            return
