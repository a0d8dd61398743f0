"""Inputs as recipes: expressions that can be built anew for each call, written down, and varied."""

import ast
import builtins
import collections
import functools
import itertools
import math
import operator
import string
from dataclasses import dataclass, replace
from types import CodeType

_OPEN = {"list": "[", "tuple": "(", "set": "{", "dict": "{"}
_CLOSE = {"list": "]", "tuple": ")", "set": "}", "dict": "}"}
_LONGEST = 4000
_FEW = {0: 8, 1: 5}
"""What it costs to have so few items: more than writing two different ones does."""
_USUAL = " .,-_"
STANDARD: dict[str, object] = {
    one.__name__: one for one in (collections, functools, itertools, math, operator, string)
}
"""Modules that examples import, and tests may: nothing in them touches the machine."""
_compiled: dict[str, CodeType] = {}


@dataclass(frozen=True, slots=True)
class Recipe:
    """One expression. `kind` is `literal`, `list`, `tuple`, `set`, `dict`, `call` or `code`.

    A literal has a `value`; containers have `parts` (of a dict: key, value, key, value …); a call
    has the name of what is called as its value, its arguments as parts and their `keywords`; code
    is source that is not varied.
    """

    kind: str
    value: object = None
    parts: tuple["Recipe", ...] = ()
    keywords: tuple[str, ...] = ()

    def source(self) -> str:
        """Return the expression."""
        if self.kind == "literal":
            return literal(self.value)
        if self.kind == "code":
            return str(self.value)
        inner = [part.source() for part in self.parts]
        if self.kind == "call":
            plain = len(inner) - len(self.keywords)
            named = [f"{k}={v}" for k, v in zip(self.keywords, inner[plain:], strict=True)]
            return f"{self.value}({', '.join([*inner[:plain], *named])})"
        if self.kind == "set" and not inner:
            return "set()"
        if self.kind == "dict":
            pairs = zip(inner[::2], inner[1::2], strict=True)
            return "{" + ", ".join(f"{key}: {value}" for key, value in pairs) + "}"
        comma = "," if self.kind == "tuple" and len(inner) == 1 else ""
        return _OPEN[self.kind] + ", ".join(inner) + comma + _CLOSE[self.kind]

    def build(self, names: dict[str, object]) -> object:
        """Return a fresh value of the expression."""
        source = self.source()
        code = _compiled.get(source)
        if code is None:
            if len(_compiled) > _LONGEST:
                _compiled.clear()
            code = _compiled[source] = compile(source, "<input>", "eval")
        return eval(code, names)

    def size(self) -> int:
        """Return how much there is to read."""
        return len(self.source())

    def dull(self) -> int:
        """Return how much too plain it is: empty or equal things notice little."""
        inner = sum(one.dull() for one in self.parts)
        if self.kind == "literal":
            value = self.value
            if isinstance(value, str):
                odd = sum(not one.isalnum() and one not in _USUAL for one in value)
                return _FEW.get(len(value), 0) + 2 * odd
            if isinstance(value, bytes):
                return _FEW.get(len(value), 0)
            return int(type(value) is int and value in {0, 1})
        if self.kind not in _OPEN:
            return inner
        items = self.parts if self.kind != "dict" else self.parts[1::2]
        equal = len(items) - len({one.source() for one in items})
        alone = items[0].size() if len(items) == 1 else 0  # a second one costs as much
        return inner + _FEW.get(len(items), 0) + alone + 8 * equal

    def with_part(self, index: int, part: "Recipe") -> "Recipe":
        """Return this recipe with one part replaced."""
        return replace(self, parts=(*self.parts[:index], part, *self.parts[index + 1 :]))


def literal(value: object) -> str:
    """Return a constant as it is written."""
    if isinstance(value, float) and value in {float("inf"), float("-inf")}:
        return f'float("{value}")'
    text = repr(value)
    if isinstance(value, str) and text[0] == "'" and '"' not in text:
        return f'"{text[1:-1]}"'
    return text


def constant(value: object) -> Recipe:
    """Return the recipe of a constant."""
    return Recipe("literal", value)


def code(source: str) -> Recipe:
    """Return the recipe of an expression that is taken as it is."""
    return Recipe("code", source)


def from_source(source: str, known: set[str]) -> Recipe | None:
    """Return the recipe of an expression; None where it needs a name that is not known."""
    try:
        node = ast.parse(source, mode="eval").body
    except (SyntaxError, ValueError):
        return None
    return from_node(node, known)


def from_node(node: ast.expr, known: set[str]) -> Recipe | None:
    """Return the recipe of an expression's tree; None where it needs a name that is not known."""
    match node:
        case ast.Constant():
            return constant(node.value)
        case ast.UnaryOp(op=ast.USub(), operand=ast.Constant(value=int() | float() as number)):
            return constant(-number)
        case ast.List() | ast.Tuple() | ast.Set():
            parts = [from_node(one, known) for one in node.elts]
            if any(
                part is None or isinstance(e, ast.Starred)
                for part, e in zip(parts, node.elts, strict=False)
            ):
                return None
            return Recipe(type(node).__name__.lower(), None, tuple(p for p in parts if p))
        case ast.Dict():
            both = [one for pair in zip(node.keys, node.values, strict=True) for one in pair]
            made = [None if one is None else from_node(one, known) for one in both]
            return None if None in made else Recipe("dict", None, tuple(p for p in made if p))
        case _ if not _is_known(node, known):
            return None
        case ast.Call(func=ast.Name(id=name)):
            return _call(name, node, known) or code(ast.unparse(node))
        case _:
            return code(ast.unparse(node))


def _call(name: str, node: ast.Call, known: set[str]) -> Recipe | None:
    """Return a call whose arguments can be varied; None where they are not plain."""
    parts = [from_node(one, known) for one in (*node.args, *(word.value for word in node.keywords))]
    words = tuple(word.arg for word in node.keywords if word.arg is not None)
    made = tuple(one for one in parts if one is not None)
    plain = len(words) == len(node.keywords) and len(made) == len(parts)
    plain = plain and not any(isinstance(one, ast.Starred) for one in node.args)
    return Recipe("call", name, made, words) if plain else None


def _is_known(node: ast.AST, known: set[str]) -> bool:
    """Whether every free name of an expression is a builtin or known; nothing is awaited."""
    bound = {arg.arg for arg in ast.walk(node) if isinstance(arg, ast.arg)}
    bound |= {n.id for n in ast.walk(node) if isinstance(n, ast.Name) and _stores(n)}
    for inner in ast.walk(node):
        if isinstance(inner, ast.Await | ast.Yield | ast.YieldFrom | ast.NamedExpr | ast.JoinedStr):
            return False
        if isinstance(inner, ast.Name) and inner.id not in bound | known | _HARMLESS:
            return False
    return True


def _stores(node: ast.Name) -> bool:
    return isinstance(node.ctx, ast.Store)


_RISKY = {"open", "input", "exec", "eval", "exit", "quit", "print", "breakpoint", "object", "id"}
_HARMLESS = set(dir(builtins)) - _RISKY
