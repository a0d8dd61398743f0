"""What a Python file itself says about the names that may be used at a place.

The line of the cursor is replaced by a marker, the rest is read by CPython's parser: the scopes
around the marker are what is visible. Order is ignored, as in `python_scopes`, so that nothing is
called unknown that another path of execution may have bound.
"""

import ast
import builtins
import inspect
import re
from collections.abc import Collection, Iterator
from functools import cache, cached_property, lru_cache

from .jedi_members import PATIENCE, members
from .name_rule import statement_start
from .python_facts import Class, Signature
from .python_module import Module
from .python_names import ALWAYS
from .python_pieces import Piece, parse, split
from .python_scopes import Names, Scope, build
from .source import Source

_MARKER = "plumb_cursor_marker"
_WORD = re.compile(r"[^\W\d]\w*")
_TEXT_MEMBERS = frozenset(dir(str)) | frozenset(dir(bytes))
_DOTTED = re.compile(r"[^\W\d]\w*(\.[^\W\d]\w*)*")
_OPEN_ENDED = frozenset({"__getattr__", "__getattribute__"})


class PythonResolver:
    """Names at one offset of one file; jedi is asked for receivers that the file cannot tell."""

    def __init__(self, source: Source, offset: int, *, patience: float = PATIENCE) -> None:
        """Nothing is read before the first question."""
        self._source, self._offset = source, offset
        self._patience = patience
        self._members: dict[str, Collection[str] | None] = {}

    def visible(self) -> frozenset[str] | None:
        """Return the names in the scopes around the cursor; None after a wildcard import."""
        module = self._module
        if module is None:
            return frozenset(_WORD.findall(self._source.text)) | ALWAYS
        scope, names = self._scope, self._names
        if scope is None or names is None or module.open_ended:
            return None
        found = set(ALWAYS) | module.bound
        in_function = False
        while scope.parent is not None:
            if not (scope.kind == "class" and in_function):
                found |= scope.bound
                if scope is names.outer_class and self._piece is not None:
                    found |= module.own.get(self._piece.group, frozenset())
            in_function = in_function or scope.kind == "function"
            scope = scope.parent
        return frozenset(found - {_MARKER})

    @property
    def certain(self) -> bool:
        """Whether the file parses but for the statement at the cursor."""
        return self._module is not None

    def kind(self, name: str) -> str:
        """Return what a visible name is, as far as the file tells."""
        module = self._module
        if module is not None and name in module.classes:
            return "class"
        if module is not None and name in module.functions:
            return "function"
        if module is not None and any(
            one.what.name == name for _, each in module.parts for one in each.imports
        ):
            return "module"
        known = getattr(builtins, name, None)
        if known is not None and not self._rebound(name):
            return "class" if isinstance(known, type) else "function"
        return "variable"

    def own_members(self) -> Collection[str]:
        """Return what is seen of the attributes of `self`, though others may give it more."""
        return self._class.attributes if self._class is not None else ()

    def members(self, receiver: str) -> Collection[str] | None:
        """Return the attributes of a receiver that are certain to be all."""
        if receiver not in self._members:
            self._members[receiver] = self._find(receiver)
        return self._members[receiver]

    def keywords(self, callee: str) -> Collection[str] | None:
        """Return the parameters of a function or class of this file, or of a built-in function."""
        owner, _, name = callee.rpartition(".")
        if owner not in {"", "self", "cls"} or callee.startswith(".") or self._module is None:
            return None
        functions = self._module.functions.get(name, ())
        one = self._module.classes.get(name)
        if not functions and one is None:
            known = not owner and name in ALWAYS and not self._rebound(name)
            return _builtin_keywords(name) if known else None
        if one is not None:
            starts = one.methods.get("__init__", ())
            certain = not functions and one.plain and len(starts) == 1
            return _parameters(starts[0]) if certain else None
        return _parameters(functions[0]) if len(functions) == 1 else None

    def _rebound(self, name: str) -> bool:
        if self._scope is None or self._module is None:
            return True
        return self._scope.binds(name) or name in self._module.bound

    def _find(self, receiver: str) -> Collection[str] | None:
        if receiver == '""':
            return _TEXT_MEMBERS
        found: Collection[str] | None = None
        if receiver in {"self", "cls"} and self._class is not None:
            found = self._of_class(self._class, frozenset())
        if found is None and _DOTTED.fullmatch(receiver) and self._patience > 0:
            before, after = self._surroundings
            text, at = f"{before}{receiver}.{after}", len(before) + len(receiver) + 1
            _, found = members().ask(text, self._source.path, at, patience=self._patience)
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
    def _module(self) -> Module | None:
        """The module with the marker in place of the statement, or None if it does not parse."""
        before, after = self._surroundings
        start = before.rfind("\n") + 1
        line = self._source.text[start : self._offset]
        for statement in _statements(before[start:], line.strip()):
            found = split(before[:start] + statement + after)
            if found.complaint is None:
                return Module(found.pieces)
        return None

    @cached_property
    def _piece(self) -> Piece | None:
        """The piece that holds the marker."""
        parts = self._module.parts if self._module is not None else ()
        return next((piece for piece, _ in parts if _MARKER in piece.text.text), None)

    @cached_property
    def _tree(self) -> ast.Module | None:
        return parse(self._piece.text) if self._piece is not None else None

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
    def _class(self) -> Class | None:
        """The class whose method the cursor stands in."""
        found: ast.ClassDef | None = None
        for node in ast.walk(self._tree) if self._tree is not None else ():
            if isinstance(node, ast.ClassDef) and any(_is_marker(one) for one in ast.walk(node)):
                found = node
        if found is None or self._module is None or self._piece is None:
            return None
        member = self._piece.text.member and self._tree is not None and found in self._tree.body
        name = self._module.owner(self._piece) if member else found.name
        return self._module.classes.get(name)

    def _of_class(self, one: Class, seen: frozenset[str]) -> Collection[str] | None:
        """Return the attributes of a class and its instances; None if others may give it more."""
        if not one.plain or one.name in seen or one.own & _OPEN_ENDED:
            return None
        found = set(one.own | one.quoted)
        for base in one.bases:
            inherited = self._of_base(base, seen | {one.name})
            if inherited is None:
                return None
            found |= set(inherited)
        return found | set(dir(object))

    def _of_base(self, base: str | None, seen: frozenset[str]) -> Collection[str] | None:
        if base is None or self._module is None:
            return None
        if base in self._module.classes:
            return self._of_class(self._module.classes[base], seen)
        if base in {"Generic", "Protocol"}:
            return ()
        known = getattr(builtins, base, None)
        return dir(known) if isinstance(known, type) else None


def _parameters(one: Signature) -> Collection[str] | None:
    if not one.certain or one.more_named:
        return None
    return frozenset(one.positional[one.only :]) | one.named


@lru_cache(maxsize=8)
def resolver_at(source: Source, offset: int, patience: float = PATIENCE) -> PythonResolver:
    """Return the resolver of a place, shared by those who ask about the same version of a file."""
    return PythonResolver(source, offset, patience=patience)


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
