"""Which functions and methods of a file are to be tested, read from its tree; nothing is run."""

import ast
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from assistants.errors import InputError

_DEFINITIONS = ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef
_TESTED = {
    *("__init__", "__len__", "__contains__", "__eq__", "__getitem__", "__iter__", "__next__"),
    *("__bool__", "__call__", "__str__", "__repr__", "__reversed__", "__neg__", "__abs__"),
    *("__ne__", "__lt__", "__le__", "__gt__", "__ge__", "__add__", "__sub__", "__mul__"),
    *("__truediv__", "__floordiv__", "__mod__", "__and__", "__or__", "__xor__"),
}
_CLOCK = {"time", "monotonic", "perf_counter"}
_DATES = {
    "datetime": {"now", "today", "utcnow"},
    "date": {"today"},
    "time": {"localtime", "gmtime", "ctime", "strftime", "asctime"},
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Listed:
    """One function or method by its path (`("Stack", "push")`)."""

    path: tuple[str, ...]
    node: ast.FunctionDef | ast.AsyncFunctionDef

    @property
    def name(self) -> str:
        """The path with dots."""
        return ".".join(self.path)

    @property
    def is_async(self) -> bool:
        """Whether it is a coroutine."""
        return isinstance(self.node, ast.AsyncFunctionDef)

    @property
    def is_generator(self) -> bool:
        """Whether it is an asynchronous generator."""
        return self.is_async and any(isinstance(one, ast.Yield) for one in ast.walk(self.node))


def listed(tree: ast.Module, name: str | None) -> tuple[Listed, ...]:
    """Return what a name stands for (a function, a class, a method), or all that is public.

    Raises `InputError` for a name that the file does not define.
    """
    everything = list(_all(tree))
    if name is None:
        return tuple(one for one in everything if not any(_private(part) for part in one.path))
    wanted = tuple(name.replace("::", ".").split("."))
    found = tuple(one for one in everything if one.path[: len(wanted)] == wanted)
    if len(wanted) < 2:
        found = tuple(one for one in found if one.path == wanted or not _private(one.path[-1]))
    if not found:
        near = ", ".join(one.name for one in everything[:5])
        raise InputError(f"there is no function or class {name!r}", hint=f"there are: {near}")
    return found


def at_line(text: str, line: int) -> str | None:
    """Return the name of the function or method at a line (from 1); None where there is none."""
    try:
        tree = ast.parse(text)
    except (SyntaxError, ValueError):
        return None
    for one in _all(tree):
        first = min([one.node.lineno, *(d.lineno for d in one.node.decorator_list)])
        if first <= line <= (one.node.end_lineno or one.node.lineno):
            return one.name
    return None


def reads_clock(tree: ast.Module, targets: Sequence[Listed]) -> bool:
    """Whether targets, or functions of the module that they use, ask `time` what time it is."""
    return any(
        isinstance(one, ast.Attribute)
        and isinstance(one.value, ast.Name)
        and one.value.id == "time"
        and one.attr in _CLOCK
        for one in _within_reach(tree, targets)
    )


def reads_date(tree: ast.Module, targets: Sequence[Listed]) -> bool:
    """Whether they ask what day it is: what a test would expect holds today and not tomorrow."""
    return any(
        isinstance(one, ast.Attribute)
        and isinstance(one.value, ast.Name | ast.Attribute)
        and one.attr in _DATES.get(_last_name(one.value), ())
        for one in _within_reach(tree, targets)
    )


def _last_name(node: ast.Name | ast.Attribute) -> str:
    return node.id if isinstance(node, ast.Name) else node.attr


def draws_lots(tree: ast.Module, targets: Sequence[Listed]) -> bool:
    """Whether targets, or functions that they use, take numbers that `random.seed` governs."""
    names: set[str] = set()
    for node in tree.body:
        if isinstance(node, ast.Import):
            names |= {one.asname or one.name for one in node.names if one.name == "random"}
        elif isinstance(node, ast.ImportFrom) and node.module == "random":
            names |= {one.asname or one.name for one in node.names}
    reached = _within_reach(tree, targets)
    return any(isinstance(one, ast.Name) and one.id in names for one in reached)


def _within_reach(tree: ast.Module, targets: Sequence[Listed]) -> Iterator[ast.AST]:
    """Yield the nodes of targets and of the module's functions and classes that they name."""
    defined = {one.name: one for one in tree.body if isinstance(one, _DEFINITIONS)}
    waiting: list[ast.AST] = [one.node for one in targets]
    seen = {id(one) for one in waiting}
    while waiting:
        for node in ast.walk(waiting.pop()):
            yield node
            other = defined.get(node.id) if isinstance(node, ast.Name) else None
            if other is not None and id(other) not in seen:
                seen.add(id(other))
                waiting.append(other)


def _all(tree: ast.Module) -> Iterator[Listed]:
    for node in tree.body:
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            yield Listed(path=(node.name,), node=node)
        elif isinstance(node, ast.ClassDef):
            for one in node.body:
                if isinstance(one, ast.FunctionDef | ast.AsyncFunctionDef) and not _is_overload(
                    one
                ):
                    yield Listed(path=(node.name, one.name), node=one)


def _is_overload(node: ast.FunctionDef | ast.AsyncFunctionDef) -> bool:
    return any(ast.unparse(one).endswith(("overload", ".setter")) for one in node.decorator_list)


def _private(name: str) -> bool:
    return name.startswith("_") and name not in _TESTED
