"""A module's code, statement by statement: where one changes, the others are not compiled again."""

import __future__

import ast
from dataclasses import dataclass
from itertools import pairwise
from types import CodeType


@dataclass(frozen=True, slots=True)
class Pieces:
    """The statements at a module's top: first and last line, and code."""

    text: str
    path: str
    flags: int
    spans: tuple[tuple[int, int], ...]
    codes: tuple[CodeType, ...]

    @classmethod
    def of(cls, text: str, path: str) -> "Pieces | None":
        """Return the pieces of a text; None where it does not compile, or shares lines."""
        try:
            tree = ast.parse(text)
            flags = _flags(tree)
            body = [one for index, one in enumerate(tree.body) if index == 0 or not _is_text(one)]
            codes = tuple(_compiled([one], path, flags) for one in body)
        except (SyntaxError, ValueError, RecursionError):
            return None
        spans = tuple((_first(one), one.end_lineno or one.lineno) for one in body)
        apart = all(one[1] < other[0] for one, other in pairwise(spans))
        return cls(text, path, flags, spans, codes) if apart else None

    def changed(self, text: str) -> list[CodeType] | None:
        """Return the codes of a text in which one statement differs; None for any other."""
        old, new = self.text.split("\n"), text.split("\n")
        same = next((n for n, (a, b) in enumerate(zip(old, new, strict=False)) if a != b), len(old))
        tail = 0
        while tail < min(len(old), len(new)) - same and old[-1 - tail] == new[-1 - tail]:
            tail += 1
        for index, (first, last) in enumerate(self.spans):
            if first - 1 <= same and last >= len(old) - tail:
                lines = new[first - 1 : last + len(new) - len(old)]
                try:
                    body = ast.parse("\n" * (first - 1) + "\n".join(lines)).body
                    made = _compiled(body, self.path, self.flags)
                except (SyntaxError, ValueError, RecursionError):
                    return None
                return [*self.codes[:index], made, *self.codes[index + 1 :]]
        return list(self.codes) if old == new else None


def _compiled(body: list[ast.stmt], path: str, flags: int) -> CodeType:
    return compile(ast.Module(body, []), path, "exec", flags, dont_inherit=True)


def _flags(tree: ast.Module) -> int:
    names = [
        name.name
        for one in tree.body
        if isinstance(one, ast.ImportFrom) and one.module == "__future__"
        for name in one.names
    ]
    flags = 0
    for name in names:
        flags |= getattr(__future__, name).compiler_flag
    return flags


def _is_text(node: ast.stmt) -> bool:
    """Whether a statement is a text alone: first in a code, it would be taken for its docstring."""
    return isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)


def _first(node: ast.stmt) -> int:
    decorators = getattr(node, "decorator_list", [])
    return min([node.lineno, *(one.lineno for one in decorators)])
