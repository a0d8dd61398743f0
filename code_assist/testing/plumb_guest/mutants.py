"""Small wrong versions of a function: tests that notice them check something.

The operators are the usual ones (DeMillo, Lipton and Sayward, 1978; mutmut): comparison,
arithmetic and logic exchanged, constants moved, conditions negated, results and statements
dropped; Mothra's replacement of one variable by another (King and Offutt, 1991); statements
deleted, a branch or a `return` among them (Deng, Offutt and Li, 2013); bounds of slices moved.
Texts of error messages and docstrings are left alone.
"""

import ast
import copy
from collections.abc import Iterator
from dataclasses import dataclass
from typing import cast

from .codes import Definition

_COMPARE: dict[type[ast.cmpop], tuple[type[ast.cmpop], ...]] = {
    ast.Lt: (ast.LtE, ast.GtE),
    ast.LtE: (ast.Lt, ast.Gt),
    ast.Gt: (ast.GtE, ast.LtE),
    ast.GtE: (ast.Gt, ast.Lt),
    ast.Eq: (ast.NotEq,),
    ast.NotEq: (ast.Eq,),
    ast.Is: (ast.IsNot,),
    ast.IsNot: (ast.Is,),
    ast.In: (ast.NotIn,),
    ast.NotIn: (ast.In,),
}
_ARITHMETIC: dict[type[ast.operator], type[ast.operator]] = {
    ast.Add: ast.Sub,
    ast.Sub: ast.Add,
    ast.Mult: ast.FloorDiv,
    ast.Div: ast.Mult,
    ast.FloorDiv: ast.Mult,
    ast.Mod: ast.Mult,
    ast.Pow: ast.Mult,
    ast.BitAnd: ast.BitOr,
    ast.BitOr: ast.BitAnd,
    ast.LShift: ast.RShift,
    ast.RShift: ast.LShift,
}


@dataclass(frozen=True, slots=True)
class Mutant:
    """A changed definition, the line of the change, and what it was in words."""

    definition: Definition
    line: int
    what: str


def mutants(definition: Definition) -> Iterator[Mutant]:
    """Yield every version of a definition that differs in one place."""
    places = list(_places(definition))
    names = _variables(definition)
    for index, node in enumerate(places):
        for number, (what, _) in enumerate(_changes(node, names)):
            changed = copy.deepcopy(definition)
            twin = list(_places(changed))[index]
            _, change = list(_changes(twin, names))[number]
            change()
            line = change.line or getattr(node, "lineno", definition.lineno)
            yield Mutant(changed, line, what)


def _places(definition: Definition) -> Iterator[ast.AST]:
    """Yield the nodes of a body in a fixed order, without docstrings and error messages."""
    yield definition
    stack: list[ast.AST] = list(reversed(definition.body))
    while stack:
        node = stack.pop()
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant):
            continue
        yield node
        if isinstance(node, ast.Raise | ast.JoinedStr):
            continue
        annotation = getattr(node, "annotation", None)
        returns = getattr(node, "returns", None)
        stack += [one for one in ast.iter_child_nodes(node) if one not in {annotation, returns}][
            ::-1
        ]


def _variables(definition: Definition) -> list[str]:
    arguments = definition.args
    given = (*arguments.posonlyargs, *arguments.args, *arguments.kwonlyargs)
    stored = (
        node.id
        for node in ast.walk(definition)
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store)
    )
    found = dict.fromkeys((*(one.arg for one in given), *stored))
    return [name for name in found if name not in {"self", "cls"}]


def _changes(node: ast.AST, names: list[str]) -> "Iterator[tuple[str, _Do]]":
    match node:
        case ast.Name(ctx=ast.Load()) if node.id in names and len(names) > 1:
            other = names[names.index(node.id) - 1]
            yield f"{node.id} → {other}", _Do(node, "id", other)
        case ast.Slice():
            yield from _bounds(node)
        case ast.Compare():
            for index, op in enumerate(node.ops):
                for other in _COMPARE[type(op)]:
                    yield f"{_name(op)} → {other.__name__}", _Do(node.ops, index, other())
        case ast.BinOp() | ast.AugAssign() if type(node.op) in _ARITHMETIC:
            other = _ARITHMETIC[type(node.op)]
            yield f"{_name(node.op)} → {other.__name__}", _Do(node, "op", other())
        case ast.BoolOp():
            other = ast.Or if isinstance(node.op, ast.And) else ast.And
            yield f"{_name(node.op)} → {other.__name__}", _Do(node, "op", other())
        case ast.Constant():
            yield from _constants(node)
        case ast.If() | ast.While() | ast.IfExp() if not isinstance(node.test, ast.Constant):
            yield "condition negated", _Do(node, "test", ast.UnaryOp(ast.Not(), node.test))
        case ast.Return() if node.value is not None and not _is_none(node.value):
            yield "result dropped", _Do(node, "value", ast.Constant(None))
        case ast.UnaryOp(op=ast.USub()):
            yield "sign dropped", _Do(node, "op", ast.UAdd())
        case _:
            pass
    yield from _statements(node)


def _statements(node: ast.AST) -> "Iterator[tuple[str, _Do]]":
    for part in ("body", "orelse", "finalbody"):
        found: object = getattr(node, part, None)
        body = cast("list[ast.stmt]", found) if isinstance(found, list) else []
        for index, one in enumerate(body):
            if isinstance(one, ast.Expr) and isinstance(one.value, ast.Call):
                yield "call dropped", _Do(body, index, ast.Pass(), one.lineno)
            elif isinstance(one, ast.AugAssign):
                yield "assignment dropped", _Do(body, index, ast.Pass(), one.lineno)
            elif isinstance(one, ast.If) and not one.orelse:
                yield "branch dropped", _Do(body, index, ast.Pass(), one.lineno)
            elif isinstance(one, ast.Return) and one.value and not _is_last(node, part, index):
                yield "return dropped", _Do(body, index, ast.Expr(one.value), one.lineno)
            elif isinstance(one, ast.Break | ast.Continue):
                other = ast.Continue if isinstance(one, ast.Break) else ast.Break
                yield f"{_name(one)} → {other.__name__}", _Do(body, index, other(), one.lineno)


def _is_last(node: ast.AST, part: str, index: int) -> bool:
    """Whether a statement ends the whole function: without it, its result is dropped anyway."""
    return isinstance(node, Definition) and part == "body" and index == len(node.body) - 1


def _bounds(cut: ast.Slice) -> "Iterator[tuple[str, _Do]]":
    for side in ("lower", "upper"):
        bound = getattr(cut, side)
        if bound is not None and not isinstance(bound, ast.Constant):  # those are moved anyway
            moved = ast.BinOp(bound, ast.Sub(), ast.Constant(1))
            yield f"{side} bound moved", _Do(cut, side, ast.copy_location(moved, bound))


def _constants(node: ast.Constant) -> "Iterator[tuple[str, _Do]]":
    match node.value:
        case bool():
            yield f"{node.value} → {not node.value}", _Do(node, "value", not node.value)
        case int() | float():
            yield f"{node.value} → {node.value + 1}", _Do(node, "value", node.value + 1)
        case str():
            yield f"{node.value!r} → {node.value + 'XX'!r}", _Do(node, "value", node.value + "XX")
        case bytes():
            yield f"{node.value!r} → longer", _Do(node, "value", node.value + b"XX")
        case _:
            return


@dataclass(frozen=True, slots=True)
class _Do:
    """Put something into an attribute or an item of a list."""

    owner: object
    key: str | int
    value: object
    line: int = 0

    def __call__(self) -> None:
        if isinstance(self.key, int):
            self.owner[self.key] = self.value  # type: ignore[index]
        else:
            setattr(self.owner, self.key, self.value)


def _name(node: object) -> str:
    return type(node).__name__


def _is_none(node: ast.expr) -> bool:
    return isinstance(node, ast.Constant) and node.value is None
