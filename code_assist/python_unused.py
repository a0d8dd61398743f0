"""Variables of functions that are assigned and never read.

Only plain assignments to one name count: who unpacks a tuple, names an exception or a context takes
what there is. Names that begin with an underscore say by themselves that they are not read.
"""

import ast
from collections.abc import Iterator

_FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef)
_SCOPES = (*_FUNCTIONS, ast.ClassDef, ast.Lambda)
_BY_TEXT = frozenset({"dir", "eval", "exec", "locals", "vars"})
"""Who calls one of these may read any name."""


def unused_variables(tree: ast.Module) -> Iterator[ast.Name]:
    """Yield the first assignment of each variable of a function that nothing in it reads."""
    for node in ast.walk(tree):
        if isinstance(node, _FUNCTIONS):
            yield from _of(node)


def _of(function: ast.FunctionDef | ast.AsyncFunctionDef) -> Iterator[ast.Name]:
    assigned: dict[str, ast.Name] = {}
    for target in _assigned(function):
        assigned.setdefault(target.id, target)
    if not assigned:
        return
    read = set(_read(function))
    if read & _BY_TEXT:
        return
    for name, target in assigned.items():
        if name not in read and not name.startswith("_"):
            yield target


def _assigned(function: ast.FunctionDef | ast.AsyncFunctionDef) -> Iterator[ast.Name]:
    """Yield what is assigned in a function itself, not in functions or classes inside of it."""
    todo: list[ast.AST] = [*reversed(function.body)]
    while todo:
        node = todo.pop()
        if isinstance(node, ast.Assign):
            yield from (one for one in node.targets if isinstance(one, ast.Name))
        elif isinstance(node, ast.AnnAssign) and node.value is not None:
            yield from [node.target] if isinstance(node.target, ast.Name) else []
        if not isinstance(node, _SCOPES):
            todo.extend(reversed(list(ast.iter_child_nodes(node))))


def _read(function: ast.FunctionDef | ast.AsyncFunctionDef) -> Iterator[str]:
    """Yield the names that are read, deleted or shared anywhere in a function."""
    for node in ast.walk(function):
        if isinstance(node, ast.Name) and not isinstance(node.ctx, ast.Store):
            yield node.id
        elif isinstance(node, ast.AugAssign) and isinstance(node.target, ast.Name):
            yield node.target.id
        elif isinstance(node, ast.Global | ast.Nonlocal):
            yield from node.names
