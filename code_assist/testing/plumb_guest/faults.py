"""Realistic mistakes in a function: what people get wrong, not single exchanged operators.

Off by one in a range, a slice or an index; a guard that is missing; two arguments or operands
exchanged; another variable of the function; an early or a missing return; a wrong default; a
boundary that moved; `and` for `or` together with its operands. (After the classes of BugsInPy's
and ManySStuBs4J's one-line bugs: change identifier, wrong operator, swapped arguments, missing
condition, off by one.) The search knows them; `unknown_faults.py` has those to measure by.
"""

import ast
import copy
from collections.abc import Callable, Iterator
from typing import TypeVar

from .codes import Definition
from .mutants import Mutant

_Edit = Callable[[], None]
_Node = TypeVar("_Node", bound=ast.AST)


def faults(definition: Definition) -> Iterator[Mutant]:
    """Yield versions of a definition with one such mistake each."""
    names = sorted(_variables(definition))
    return versions(definition, lambda one: _edits(one, names))


def versions(
    definition: Definition, edits: Callable[[Definition], Iterator[tuple[str, int, _Edit]]]
) -> Iterator[Mutant]:
    """Yield a definition once for each edit of it; `edits` finds them in the same order."""
    for number in range(len(list(edits(definition)))):
        changed = copy.deepcopy(definition)
        what, line, edit = list(edits(changed))[number]
        edit()
        ast.fix_missing_locations(changed)
        yield Mutant(changed, line, what)


def _variables(definition: Definition) -> set[str]:
    arguments = definition.args
    found = {one.arg for one in (*arguments.posonlyargs, *arguments.args, *arguments.kwonlyargs)}
    stores = (n for n in ast.walk(definition) if isinstance(n, ast.Name))
    return (found | {n.id for n in stores if isinstance(n.ctx, ast.Store)}) - {"self", "cls"}


def _edits(definition: Definition, names: list[str]) -> Iterator[tuple[str, int, _Edit]]:
    for node in ast.walk(definition):
        for part in ("body", "orelse"):
            body = getattr(node, part, None)
            if isinstance(body, list):
                yield from _in_body(body)
        if isinstance(node, ast.expr) and not isinstance(node, ast.Constant):
            yield from _in_expression(node, names)


def _in_body(body: list[ast.stmt]) -> Iterator[tuple[str, int, _Edit]]:
    for index, one in enumerate(body):
        if isinstance(one, ast.If) and not one.orelse and _leaves(one.body):
            yield "guard missing", one.lineno, _put(body, index, ast.Pass())
        elif isinstance(one, ast.Return) and one.value is not None and index == len(body) - 1:
            yield "return missing", one.lineno, _put(body, index, ast.Expr(one.value))
        elif isinstance(one, ast.AugAssign):
            plain = ast.Assign([one.target], one.value)
            yield "assigned, not added", one.lineno, _put(body, index, plain)


def _leaves(body: list[ast.stmt]) -> bool:
    return isinstance(body[-1], ast.Return | ast.Raise | ast.Continue | ast.Break)


def _in_expression(node: ast.expr, names: list[str]) -> Iterator[tuple[str, int, _Edit]]:
    match node:
        case ast.Call(func=ast.Name(id="range" | "islice" | "repeat"), args=[*_, last]):
            more = ast.BinOp(last, ast.Add(), ast.Constant(1))
            yield "one too many", node.lineno, _put(node.args, len(node.args) - 1, more)
        case ast.Call(args=[first, second, *_]) if ast.dump(first) != ast.dump(second):
            yield "arguments exchanged", node.lineno, _both(node.args, second, first)
        case ast.Subscript(slice=ast.Slice() as cut):
            for side in ("lower", "upper"):
                bound = getattr(cut, side)
                if bound is not None:
                    more = ast.BinOp(bound, ast.Add(), ast.Constant(1))
                    yield "slice off by one", node.lineno, _set(cut, side, more)
        case ast.BinOp(op=ast.Sub() | ast.Div() | ast.FloorDiv() | ast.Mod()):
            swapped = ast.BinOp(node.right, node.op, node.left)
            yield "operands exchanged", node.lineno, _take(node, swapped)
        case ast.Compare(ops=[ast.Lt() | ast.LtE() | ast.Gt() | ast.GtE()], comparators=[right]):
            more = ast.BinOp(right, ast.Sub(), ast.Constant(1))
            yield "boundary moved", node.lineno, _put(node.comparators, 0, more)
        case ast.Name(ctx=ast.Load()) if node.id in names and len(names) > 1:
            other = names[(names.index(node.id) + 1) % len(names)]
            yield f"{other} for {node.id}", node.lineno, _set(node, "id", other)
        case _:
            return


def _put(items: list[_Node], index: int, value: _Node) -> _Edit:
    return lambda: items.__setitem__(index, value)


def _both(items: list[ast.expr], first: ast.expr, second: ast.expr) -> _Edit:
    return lambda: items.__setitem__(slice(0, 2), [first, second])


def _set(owner: object, name: str, value: object) -> _Edit:
    return lambda: setattr(owner, name, value)


def _take(node: ast.BinOp, other: ast.BinOp) -> _Edit:
    left, right = other.left, other.right

    def edit() -> None:
        node.left, node.right = left, right

    return edit
