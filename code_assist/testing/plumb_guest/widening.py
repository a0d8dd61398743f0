"""What becomes of a constructor's arguments: the class's methods use the attributes they are in."""

import ast
import copy

from .codes import Definition


def widened(init: Definition, owner: ast.ClassDef) -> Definition:
    """Return a constructor as if its class's methods stood in it, for looking at only.

    Attributes that hold an argument unchanged (`self.clock = clock`) are called as the argument is.
    """
    kept = dict(_kept(init))
    if not kept:
        return init
    names = {one.arg for one in ast.walk(init.args) if isinstance(one, ast.arg)}
    others = [one for one in owner.body if isinstance(one, Definition) and one.name != init.name]
    writer = _Attributes(kept, names)
    found = copy.copy(init)
    found.body = [*init.body, *(writer.visit(copy.deepcopy(one)) for one in others)]
    return found


def _kept(init: Definition) -> list[tuple[str, str]]:
    """Return the attributes that hold an argument, each with the argument's name."""
    found: list[tuple[str, str]] = []
    for node in ast.walk(init):
        match node:
            case (
                ast.Assign(
                    targets=[ast.Attribute(value=ast.Name(id="self"), attr=attr)],
                    value=ast.Name(id=name),
                )
                | ast.AnnAssign(
                    target=ast.Attribute(value=ast.Name(id="self"), attr=attr),
                    value=ast.Name(id=name),
                )
            ):
                found.append((attr, name))
            case _:
                pass
    return found


class _Attributes(ast.NodeTransformer):
    def __init__(self, kept: dict[str, str], names: set[str]) -> None:
        self._kept, self._names = kept, names

    def visit_Attribute(self, node: ast.Attribute) -> ast.AST:
        own = isinstance(node.value, ast.Name) and node.value.id == "self"
        if own and node.attr in self._kept:
            return ast.copy_location(ast.Name(self._kept[node.attr], node.ctx), node)
        return self.generic_visit(node)

    def visit_Name(self, node: ast.Name) -> ast.AST:
        if node.id in self._names:  # another thing of the same name
            return ast.copy_location(ast.Name(f"{node.id}_", node.ctx), node)
        return node
