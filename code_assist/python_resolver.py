"""What a Python file itself says about the names that may be used at a place.

The line of the cursor is replaced by a marker, the rest is read by CPython's parser: the scopes
around the marker are what is visible. Order is ignored, as in `python_scopes`, so that nothing is
called unknown that another path of execution may have bound.
"""

import ast
import builtins
import inspect
import re
from collections import defaultdict
from collections.abc import Collection, Iterator
from functools import cache, cached_property

from .jedi_members import PATIENCE, shared
from .name_rule import statement_start
from .python_names import ALWAYS
from .python_scopes import Names, Scope, build
from .source import Source

_MARKER = "plumb_cursor_marker"
_WORD = re.compile(r"[^\W\d]\w*")
_TEXT_MEMBERS = frozenset(dir(str)) | frozenset(dir(bytes))
_DOTTED = re.compile(r"[^\W\d]\w*(\.[^\W\d]\w*)*")
_OPEN_ENDED = frozenset({"__getattr__", "__getattribute__"})
_KNOWN_DECORATORS = frozenset({"property", "staticmethod", "classmethod", "overload", "final"})


class PythonResolver:
    """Names at one offset of one file; jedi is asked for receivers that the file cannot tell."""

    def __init__(self, source: Source, offset: int, *, patience: float = PATIENCE) -> None:
        """Nothing is read before the first question."""
        self._source, self._offset = source, offset
        self._patience = patience
        self._members: dict[str, Collection[str] | None] = {}

    def visible(self) -> Collection[str] | None:
        """Return the names in the scopes around the cursor; None after a wildcard import."""
        if self._tree is None:
            return frozenset(_WORD.findall(self._source.text)) | ALWAYS
        names, scope = self._names, self._scope
        if scope is None or names is None or names.wildcard or names.binds_by_text:
            return None
        found = set(ALWAYS)
        in_function = False
        while scope is not None:
            if not (scope.kind == "class" and in_function):
                found |= scope.bound
            in_function = in_function or scope.kind == "function"
            scope = scope.parent
        return found - {_MARKER}

    def members(self, receiver: str) -> Collection[str] | None:
        """Return the attributes of a receiver that are certain to be all."""
        if receiver not in self._members:
            self._members[receiver] = self._find(receiver)
        return self._members[receiver]

    def keywords(self, callee: str) -> Collection[str] | None:
        """Return the parameters of a function or class of this file, or of a built-in function."""
        owner, _, name = callee.rpartition(".")
        defined = self._defined.get(name, ())
        if owner not in {"", "self", "cls"} or callee.startswith("."):
            return None
        if not defined and not owner and name in ALWAYS:
            return _builtin_keywords(name) if not self._rebound(name) else None
        return self._parameters(defined[0]) if len(defined) == 1 else None

    def _rebound(self, name: str) -> bool:
        scope = self._scope
        return scope is None or scope.binds(name)

    def _parameters(self, node: ast.AST) -> Collection[str] | None:
        if isinstance(node, ast.ClassDef):
            starts = [one for one in node.body if getattr(one, "name", "") == "__init__"]
            if node.decorator_list or node.keywords or len(starts) != 1:
                return None
            node = starts[0]
        if not isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) or node.args.kwarg:
            return None
        if any(getattr(one, "id", "") not in _KNOWN_DECORATORS for one in node.decorator_list):
            return None
        return frozenset(one.arg for one in (*node.args.args, *node.args.kwonlyargs))

    def _find(self, receiver: str) -> Collection[str] | None:
        if receiver == '""':
            return _TEXT_MEMBERS
        found: Collection[str] | None = None
        if receiver in {"self", "cls"} and self._class is not None:
            found = self._of_class(self._class, frozenset())
        if found is None and _DOTTED.fullmatch(receiver) and self._patience > 0:
            before, after = self._surroundings
            members = shared(self._patience)
            found = members.find(before, after, self._source.path, receiver)
        if found is None:
            return None
        return frozenset(found) | self._seen(receiver)

    def _seen(self, receiver: str) -> frozenset[str]:
        pattern = re.compile(rf"(?<![\w.]){re.escape(receiver)}\s*\.\s*([^\W\d]\w*)")
        return frozenset(pattern.findall("".join(self._surroundings)))

    @cached_property
    def _surroundings(self) -> tuple[str, str]:
        """The file before the unfinished statement, its indentation with it, and after its line."""
        text, offset = self._source.text, self._offset
        start = statement_start(text[:offset], "python")
        end = text.find("\n", offset)
        line = text[start:offset].lstrip("\n")
        indent = line[: len(line) - len(line.lstrip())] or _indent_above(text[:start])
        return text[:start] + indent, text[end:] if end >= 0 else "\n"

    @cached_property
    def _tree(self) -> ast.Module | None:
        """The module with the marker in place of the statement, or None if it does not parse."""
        before, after = self._surroundings
        start = before.rfind("\n") + 1
        line = self._source.text[start : self._offset]
        for statement in _statements(before[start:], line.strip()):
            try:
                return ast.parse(before[:start] + statement + after)
            except (SyntaxError, ValueError, RecursionError):
                continue
        return None

    @cached_property
    def _names(self) -> Names | None:
        try:
            return build(self._tree) if self._tree is not None else None
        except RecursionError:
            return None

    @cached_property
    def _scope(self) -> Scope | None:
        reads = self._names.reads if self._names is not None else ()
        return next((read.scope for read in reads if read.node.id == _MARKER), None)

    @cached_property
    def _class(self) -> ast.ClassDef | None:
        """The class whose method the cursor stands in."""
        found: ast.ClassDef | None = None
        for node in ast.walk(self._tree) if self._tree is not None else ():
            if isinstance(node, ast.ClassDef) and any(_is_marker(one) for one in ast.walk(node)):
                found = node
        return found

    @cached_property
    def _defined(self) -> dict[str, list[ast.AST]]:
        """What the module defines by `def` and `class`, at any depth, by name."""
        found: dict[str, list[ast.AST]] = defaultdict(list)
        for node in ast.walk(self._tree) if self._tree is not None else ():
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
                found[node.name].append(node)
        return found

    @cached_property
    def _classes(self) -> dict[str, ast.ClassDef]:
        nodes = ast.walk(self._tree) if self._tree is not None else ()
        return {node.name: node for node in nodes if isinstance(node, ast.ClassDef)}

    def _of_class(self, node: ast.ClassDef, seen: frozenset[str]) -> Collection[str] | None:
        """Return the attributes of a class and its instances; None if others may give it more."""
        if node.keywords or node.name in seen or self._decorated(node):
            return None
        found = set(_own_attributes(node))
        if found & _OPEN_ENDED:
            return None
        for base in node.bases:
            inherited = self._of_base(base, seen | {node.name})
            if inherited is None:
                return None
            found |= set(inherited)
        return found | set(dir(object))

    def _of_base(self, base: ast.expr, seen: frozenset[str]) -> Collection[str] | None:
        if isinstance(base, ast.Subscript):
            base = base.value
        if not isinstance(base, ast.Name):
            return None
        if base.id in self._classes:
            return self._of_class(self._classes[base.id], seen)
        if base.id in {"Generic", "Protocol"}:
            return ()
        known = getattr(builtins, base.id, None)
        return dir(known) if isinstance(known, type) else None

    def _decorated(self, node: ast.ClassDef) -> bool:
        return any(not _is_plain(decorator) for decorator in node.decorator_list)


@cache
def _builtin_keywords(name: str) -> Collection[str] | None:
    try:
        parameters = inspect.signature(getattr(builtins, name)).parameters.values()
    except (AttributeError, TypeError, ValueError):
        return None
    if any(one.kind is one.VAR_KEYWORD for one in parameters):
        return None
    return frozenset(one.name for one in parameters if one.kind is not one.POSITIONAL_ONLY)


def _statements(indent: str, line: str) -> Iterator[str]:
    """Yield what may stand for the statement: itself, a header, or the one that it goes on."""
    yield f"{indent}{_MARKER}"
    yield f"{indent}if {_MARKER}:"
    if line.startswith(("elif", "else")):
        yield f"{indent}elif {_MARKER}: pass"
        yield f"{indent}elif {_MARKER}:"
    if line.startswith(("except", "finally")):
        yield f"{indent}except {_MARKER}: pass"
        yield f"{indent}except {_MARKER}:"
    if line.startswith("case"):
        yield f"{indent}case _ if {_MARKER}: pass"
        yield f"{indent}case _ if {_MARKER}:"
    if line.startswith("@"):
        yield f"{indent}@{_MARKER}"
    yield f"{indent}try: {_MARKER}"
    yield f"{indent}{_MARKER}\n{indent}try: pass"


def _indent_above(text: str) -> str:
    """Return the indentation of the last line with text: at a line's start any may follow."""
    line = text.rstrip().rpartition("\n")[2]
    indent = line[: len(line) - len(line.lstrip())]
    return indent + "    " if line.endswith(":") else indent


def _is_marker(node: ast.AST) -> bool:
    return isinstance(node, ast.Name) and node.id == _MARKER


def _is_plain(decorator: ast.expr) -> bool:
    """Whether a class decorator is known to add no attribute that a program would name."""
    called = decorator.func if isinstance(decorator, ast.Call) else decorator
    name = called.attr if isinstance(called, ast.Attribute) else getattr(called, "id", "")
    return name in {"dataclass", "final", "runtime_checkable", "unique", "total_ordering"}


def _own_attributes(node: ast.ClassDef) -> Iterator[str]:
    """Yield what a class binds in its body and what any code in it sets on an attribute."""
    for inner in ast.walk(node):
        if isinstance(inner, ast.Attribute) and isinstance(inner.ctx, ast.Store | ast.Del):
            yield inner.attr
        elif isinstance(inner, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            yield inner.name
        elif isinstance(inner, ast.Name) and isinstance(inner.ctx, ast.Store):
            yield inner.id
        elif isinstance(inner, ast.alias):
            yield inner.asname or inner.name
        elif isinstance(inner, ast.Constant) and isinstance(inner.value, str):
            yield from _WORD.findall(inner.value) if len(inner.value) < 80 else ()
        elif isinstance(inner, ast.Call) and getattr(inner.func, "id", "") == "setattr":
            yield "__getattr__"
