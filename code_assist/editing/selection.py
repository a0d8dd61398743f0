"""What a selection of lines stands for in a Python file."""

import ast
from dataclasses import dataclass

from assistants.errors import InputError
from code_assist.source import Source

Function = ast.FunctionDef | ast.AsyncFunctionDef


@dataclass(frozen=True, slots=True, kw_only=True)
class Selection:
    """Lines `first` to `last` (from 1) of a file, its tree, and the function they are in."""

    source: Source
    tree: ast.Module
    first: int
    last: int

    @classmethod
    def of(cls, source: Source, first: int, last: int) -> "Selection":
        """Return a selection; `InputError` where the file does not parse or lacks the lines."""
        if not 1 <= first <= last <= source.line_count:
            raise InputError(
                f"there are no lines {first} to {last}: the file has {source.line_count}",
                hint="lines count from 1",
            )
        try:
            tree = ast.parse(source.text)
        except (SyntaxError, ValueError) as error:
            raise InputError(f"the file does not parse: {error}", hint="plumb check") from error
        return cls(source=source, tree=tree, first=first, last=last)

    @property
    def text(self) -> str:
        """The selected lines."""
        return self.source.text[self.start : self.end]

    @property
    def start(self) -> int:
        """Offset of the first selected line."""
        return self.source.line_start(self.first - 1)

    @property
    def end(self) -> int:
        """Offset after the last selected line."""
        return self.source.line_start(self.last)

    @property
    def function(self) -> Function | None:
        """The smallest function that holds the whole selection, or that begins in it."""
        around = [
            one
            for one in ast.walk(self.tree)
            if isinstance(one, Function)
            and first_line(one) <= self.first
            and (one.end_lineno or one.lineno) >= self.last
        ]
        inside = [
            one
            for one in ast.walk(self.tree)
            if isinstance(one, Function) and self.first <= first_line(one) <= self.last
        ]
        return around[-1] if around else inside[0] if inside else None

    @property
    def statements(self) -> list[ast.stmt]:
        """The statements that lie in the selection whole, outermost ones, all of one block."""
        for node in ast.walk(self.tree):
            for part in ("body", "orelse", "finalbody"):
                block = getattr(node, part, None)
                if isinstance(block, list):
                    found = [one for one in block if isinstance(one, ast.stmt) and self._has(one)]
                    if found:
                        return found
        return []

    def _has(self, node: ast.stmt) -> bool:
        return self.first <= first_line(node) and (node.end_lineno or node.lineno) <= self.last


def first_line(node: ast.stmt) -> int:
    """Return the line where a statement begins, decorators included."""
    decorators: list[ast.expr] = getattr(node, "decorator_list", [])
    return min([node.lineno, *(one.lineno for one in decorators)])
