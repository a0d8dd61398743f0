"""Function objects and their code: found, rewritten from a changed tree, exchanged and restored."""

import ast
import copy
import inspect
from collections.abc import Generator, Iterator
from contextlib import contextmanager
from types import CodeType, FunctionType, ModuleType

Definition = ast.FunctionDef | ast.AsyncFunctionDef
_FUTURE = 0x1FF0000  # the compiler flags of `from __future__` imports


def find_definition(tree: ast.Module, path: list[str]) -> Definition | None:
    """Return the definition of a function or method; of several by one name, the last."""
    owner = find_class(tree, path[:-1])
    if len(path) > 1 and owner is None:
        return None
    body = tree.body if owner is None else owner.body
    found = [one for one in _flat(body) if isinstance(one, Definition) and one.name == path[-1]]
    plain = [one for one in found if not _is_beside(one)]
    return (plain or found or [None])[-1]


def find_class(tree: ast.Module, path: list[str]) -> ast.ClassDef | None:
    """Return the definition of a class, of several by one name the last; None for no path."""
    body: list[ast.stmt] = tree.body
    found: ast.ClassDef | None = None
    for name in path:
        classes = [one for one in _flat(body) if isinstance(one, ast.ClassDef) and one.name == name]
        if not classes:
            return None
        found = classes[-1]
        body = found.body
    return found


def _is_beside(definition: Definition) -> bool:
    """Whether a definition stands beside the one that is tested: a setter, an overload."""
    ends = (".setter", ".deleter", "overload")
    return any(ast.unparse(one).endswith(ends) for one in definition.decorator_list)


def _flat(body: list[ast.stmt]) -> Iterator[ast.stmt]:
    """Yield the statements of a body and of the branches in it."""
    for one in body:
        yield one
        if isinstance(one, ast.If | ast.Try | ast.With):
            for part in ("body", "orelse", "finalbody", "handlers"):
                for inner in getattr(one, part, []):
                    yield from _flat(
                        inner.body if isinstance(inner, ast.ExceptHandler) else [inner]
                    )


def find_function(
    module: ModuleType, path: list[str], definition: Definition
) -> FunctionType | None:
    """Return the function object that a definition made, below its decorators."""
    thing: object = module
    for name in path:
        try:
            thing = inspect.getattr_static(thing, name)
        except AttributeError:
            return None
    lines = {definition.lineno, *(one.lineno for one in definition.decorator_list)}
    for function in _below(thing, 6):
        code = function.__code__
        if code.co_name == path[-1] and code.co_firstlineno in lines:
            return function
    return None


def _below(thing: object, depth: int) -> Iterator[FunctionType]:
    """Yield the functions that a decorated object is made of."""
    if isinstance(thing, FunctionType):
        yield thing
    if depth == 0:
        return
    names = ("__func__", "fget", "fset", "func", "__wrapped__", "_func", "callback", "dispatch")
    for name in names:
        inner = getattr(thing, name, None) if not isinstance(thing, type) else None
        if inner is not None and inner is not thing:
            yield from _below(inner, depth - 1)
    for cell in getattr(thing, "__closure__", None) or ():
        try:
            inner = cell.cell_contents
        except ValueError:
            continue
        if callable(inner) and not isinstance(inner, type):
            yield from _below(inner, depth - 1)


def compile_definition(
    definition: Definition, path: list[str], function: FunctionType
) -> CodeType | None:
    """Return the code of a changed definition, fit to take the place of the function's own.

    None where it does not compile, or closes over other names than the function does.
    """
    bare = copy.copy(definition)
    bare.decorator_list, bare.returns = [], None
    body: ast.stmt = bare
    for name in reversed(path[:-1]):
        body = ast.ClassDef(name=name, bases=[], keywords=[], body=[body], decorator_list=[])
        body.type_params = []  # type: ignore[attr-defined]
    module = ast.Module(body=[body], type_ignores=[])
    ast.fix_missing_locations(module)
    flags = function.__code__.co_flags & _FUTURE
    try:
        code = compile(module, function.__code__.co_filename, "exec", flags, dont_inherit=True)
    except (SyntaxError, ValueError, RecursionError):
        return None
    for name in path:
        inner = [one for one in code.co_consts if isinstance(one, CodeType) and one.co_name == name]
        if not inner:
            return None
        code = inner[-1]
    return code if code.co_freevars == function.__code__.co_freevars else None


@contextmanager
def exchanged(function: FunctionType, code: CodeType) -> Generator[None]:
    """Let a function run other code for a while."""
    before = function.__code__
    function.__code__ = code
    try:
        yield
    finally:
        function.__code__ = before


def clear_caches(thing: object) -> None:
    """Forget what a cached function remembers."""
    if type(thing).__name__ == "_lru_cache_wrapper":
        getattr(thing, "cache_clear")()  # noqa: B009  (its class is private)
