"""The scopes of a Python syntax tree: what each one binds, and which names are read where.

Scopes follow the language reference (section 4.2, "Naming and binding"); order inside a scope
is ignored on purpose.
"""

import ast
import re
from collections.abc import Iterable
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from collections.abc import Generator


_DYNAMIC = frozenset({"globals", "vars", "locals", "exec", "eval", "execfile"})
_READING = frozenset({"get", "items", "keys", "values", "copy"})
_NAME_ERRORS = frozenset({"NameError", "Exception", "BaseException", "UnboundLocalError"})
_IMPORT_ERRORS = frozenset({"ImportError", "ModuleNotFoundError"})
_VERSION_WORDS = re.compile(r"version_info|hexversion|\bPY[23]\b|\bsix\b|__builtins__|is_py")
_WORD = re.compile(r"[^\W\d]\w*")
_LONGEST_QUOTED = 400
"""Strings up to this length may hold names (quoted annotations, `__all__`, `cast("T", x)`)."""


@dataclass(slots=True)
class Import:
    """One imported name: what it is called here, what it stands for, whether it may be absent."""

    name: str
    module: str
    node: ast.alias
    optional: bool
    reexported: bool


@dataclass(slots=True)
class Read:
    """One use of a name; `guarded` where the program itself expects it to be missing."""

    node: ast.Name
    scope: "Scope"
    guarded: bool


@dataclass(slots=True)
class Scope:
    """A module, class, function, comprehension or list of type parameters, and what it binds."""

    kind: Literal["module", "class", "function", "type"]
    parent: "Scope | None" = None
    bound: set[str] = field(default_factory=set)

    @property
    def module(self) -> "Scope":
        """The outermost scope."""
        return self if self.parent is None else self.parent.module

    def binds(self, name: str) -> bool:
        """Whether a name that is read here is bound here or in a scope that is visible here."""
        scope: Scope | None = self
        in_function = False
        while scope is not None:
            if name in scope.bound and not (scope.kind == "class" and in_function):
                return True
            in_function = in_function or scope.kind == "function"
            scope = scope.parent
        return False


@dataclass(slots=True)
class Names:
    """Everything about the names of one file."""

    module: Scope
    reads: list[Read] = field(default_factory=list)
    imports: list[Import] = field(default_factory=list)
    calls: list[tuple[ast.Call, Scope, str]] = field(default_factory=list)
    """Calls of plain names and of methods of `self`, where they stand, and in which class."""
    attributes: list[tuple[ast.Attribute, str]] = field(default_factory=list)
    """Attributes of `self` that are read, and in which class."""
    outer_class: Scope | None = None
    """The scope of the first class at module level."""
    quoted: set[str] = field(default_factory=set)
    wildcard: bool = False
    reads_by_text: bool = False
    """Names may be read in ways that a tree does not show (`globals()["x"]`, `eval`)."""
    binds_by_text: bool = False
    """Names may be bound in such ways (`exec`, `globals().update(…)`)."""


def build(tree: ast.Module) -> Names:
    """Return the scopes of a module; may raise `RecursionError` on a very deep tree."""
    builder = _Builder()
    builder.visit(tree)
    return builder.names


class _Builder(ast.NodeVisitor):
    def __init__(self) -> None:
        self._scope = Scope("module")
        self.names = Names(self._scope)
        self._class = ""
        self._guarded = False
        self._optional = False
        self._only_read: set[ast.expr] = set()

    @contextmanager
    def _inside(self, kind: Literal["class", "function", "type"]) -> "Generator[None]":
        outer = self._scope
        self._scope = Scope(kind, outer)
        try:
            yield
        finally:
            self._scope = outer

    def _visit_all(self, nodes: Iterable[ast.AST | None]) -> None:
        for node in nodes:
            if node is not None:
                self.visit(node)

    def visit_FunctionDef(self, node: ast.FunctionDef | ast.AsyncFunctionDef) -> None:
        self._scope.bound.add(node.name)
        self._visit_all(node.decorator_list)
        self._visit_all((*node.args.defaults, *node.args.kw_defaults))
        with self._inside("type"):
            self._type_parameters(node)
            every = _arguments(node.args)
            self._visit_all((*(one.annotation for one in every), node.returns))
            with self._inside("function"):
                self._scope.bound.update(one.arg for one in every)
                self._body(node.body)

    visit_AsyncFunctionDef = visit_FunctionDef  # noqa: N815

    def visit_Lambda(self, node: ast.Lambda) -> None:
        self._visit_all((*node.args.defaults, *node.args.kw_defaults))
        with self._inside("function"):
            self._scope.bound.update(one.arg for one in _arguments(node.args))
            self.visit(node.body)

    def visit_ClassDef(self, node: ast.ClassDef) -> None:
        self._scope.bound.add(node.name)
        self._visit_all(node.decorator_list)
        with self._inside("type"):
            self._type_parameters(node)
            self._visit_all((*node.bases, *node.keywords))
            with self._inside("class"):
                if self.names.outer_class is None and _depth(self._scope) == _OUTER:
                    self.names.outer_class = self._scope
                around, self._class = self._class, node.name
                self._body(node.body)
                self._class = around

    def _type_parameters(self, node: ast.AST) -> None:
        for parameter in getattr(node, "type_params", ()):
            self._scope.bound.add(parameter.name)
            self.generic_visit(parameter)

    def _body(self, body: list[ast.stmt]) -> None:
        """Visit statements; a docstring holds no names."""
        documented = (
            body
            and isinstance(body[0], ast.Expr)
            and isinstance(body[0].value, ast.Constant)
            and isinstance(body[0].value.value, str)
        )
        self._visit_all(body[1:] if documented else body)

    def visit_Module(self, node: ast.Module) -> None:
        self._body(node.body)

    def _comprehension(
        self, node: ast.ListComp | ast.SetComp | ast.GeneratorExp | ast.DictComp
    ) -> None:
        self.visit(node.generators[0].iter)
        outer = self._scope
        # A class's names are visible to reads in a comprehension only in its first iterable; to
        # tell the rest apart is not worth a false alarm, so the kind of the scope around is kept.
        self._scope = Scope("class" if outer.kind == "class" else "function", outer)
        for index, generator in enumerate(node.generators):
            self.visit(generator.target)
            self._visit_all(((generator.iter if index else None), *generator.ifs))
        if isinstance(node, ast.DictComp):
            self._visit_all((node.key, node.value))
        else:
            self.visit(node.elt)
        self._scope = outer

    visit_ListComp = visit_SetComp = visit_GeneratorExp = visit_DictComp = _comprehension  # noqa: N815

    def visit_Name(self, node: ast.Name) -> None:
        if isinstance(node.ctx, ast.Store):
            self._scope.bound.add(node.id)
            return
        self._read(node)

    def _read(self, node: ast.Name) -> None:
        if node.id in _DYNAMIC:
            self.names.reads_by_text = True
            harmless = node.id == "eval" or node in self._only_read
            self.names.binds_by_text = self.names.binds_by_text or not harmless
        self.names.reads.append(Read(node, self._scope, self._guarded))

    def _reads_namespace(self, node: ast.expr) -> None:
        """Note that `globals()` and the like are only looked into here."""
        if isinstance(node, ast.Call) and not node.args:
            self._only_read.add(node.func)

    def visit_Subscript(self, node: ast.Subscript) -> None:
        if isinstance(node.ctx, ast.Load):
            self._reads_namespace(node.value)
        if isinstance(node.slice, ast.Name) and node.slice.id == "__name__":
            self.names.binds_by_text = True  # sys.modules[__name__], to set attributes on
        self.generic_visit(node)

    def visit_Attribute(self, node: ast.Attribute) -> None:
        if node.attr in _READING:
            self._reads_namespace(node.value)
        if node.attr == "global_enum":  # the decorator puts an enumeration's members here
            self.names.binds_by_text = True
        if _is_self(node.value) and isinstance(node.ctx, ast.Load):
            self.names.attributes.append((node, self._class))
        self.generic_visit(node)

    def visit_Call(self, node: ast.Call) -> None:
        """`IntEnum._convert_("Name", __name__, …)` puts names into a module."""
        if isinstance(node.func, ast.Attribute) and node.func.attr in {"_convert_", "_convert"}:
            self.names.binds_by_text = True
        if isinstance(node.func, ast.Name) or _is_self(getattr(node.func, "value", None)):
            self.names.calls.append((node, self._scope, self._class))
        self.generic_visit(node)

    def visit_Compare(self, node: ast.Compare) -> None:
        for one in node.comparators:
            self._reads_namespace(one)
        self.generic_visit(node)

    def visit_NamedExpr(self, node: ast.NamedExpr) -> None:
        scope: Scope | None = self._scope  # binds outside of comprehensions: bind all the way out
        while scope is not None:
            scope.bound.add(node.target.id)
            scope = scope.parent
        self.visit(node.value)

    def visit_AugAssign(self, node: ast.AugAssign) -> None:
        if isinstance(node.target, ast.Name):
            self._read(node.target)
        self.generic_visit(node)

    def visit_Global(self, node: ast.Global | ast.Nonlocal) -> None:
        self._scope.module.bound.update(node.names)
        self.names.quoted.update(node.names)

    visit_Nonlocal = visit_Global  # noqa: N815

    def visit_ExceptHandler(self, node: ast.ExceptHandler) -> None:
        if node.name:
            self._scope.bound.add(node.name)
        self.generic_visit(node)

    def visit_MatchAs(self, node: ast.MatchAs | ast.MatchStar) -> None:
        if node.name:
            self._scope.bound.add(node.name)
        self.generic_visit(node)

    visit_MatchStar = visit_MatchAs  # noqa: N815

    def visit_MatchMapping(self, node: ast.MatchMapping) -> None:
        if node.rest:
            self._scope.bound.add(node.rest)
        self.generic_visit(node)

    def visit_TypeAlias(self, node: ast.AST) -> None:  # from 3.12 on
        with self._inside("type"):
            self._type_parameters(node)
            self._visit_all((getattr(node, "value", None),))
        self._visit_all((getattr(node, "name", None),))

    def visit_Constant(self, node: ast.Constant) -> None:
        if isinstance(node.value, str) and len(node.value) <= _LONGEST_QUOTED:
            self.names.quoted.update(_WORD.findall(node.value))

    def visit_Import(self, node: ast.Import) -> None:
        for alias in node.names:
            self._import(alias, alias.name, alias.asname or alias.name.partition(".")[0])

    def visit_ImportFrom(self, node: ast.ImportFrom) -> None:
        for alias in node.names:
            if alias.name == "*":
                self.names.wildcard = True
            elif node.module != "__future__":
                module = f"{'.' * node.level}{node.module or ''}"
                self._import(alias, f"{module}.{alias.name}", alias.asname or alias.name)

    def _import(self, alias: ast.alias, module: str, name: str) -> None:
        self._scope.bound.add(name)
        self.names.imports.append(
            Import(
                name=name,
                module=module,
                node=alias,
                optional=self._optional,
                reexported=alias.asname == alias.name,
            )
        )

    def visit_Try(self, node: ast.Try | ast.TryStar) -> None:
        caught = {word for handler in node.handlers for word in _caught(handler)}
        guarded, optional = self._guarded, self._optional
        self._guarded = guarded or bool(caught & _NAME_ERRORS)
        self._optional = optional or bool(node.handlers)
        self._visit_all((*node.body, *node.orelse))
        self._guarded = guarded or bool(caught & _IMPORT_ERRORS)
        self._visit_all(node.handlers)
        self._guarded = guarded
        self._optional = optional
        self._visit_all(node.finalbody)

    visit_TryStar = visit_Try  # noqa: N815

    def visit_If(self, node: ast.If | ast.IfExp) -> None:
        guarded = self._guarded
        self._guarded = guarded or bool(_VERSION_WORDS.search(ast.unparse(node.test)))
        self.generic_visit(node)
        self._guarded = guarded

    visit_IfExp = visit_If  # noqa: N815


_OUTER = 2
"""Scopes around the body of a class at module level: the module's, and that of type parameters."""


def _depth(scope: Scope) -> int:
    return 0 if scope.parent is None else 1 + _depth(scope.parent)


def _is_self(node: ast.AST | None) -> bool:
    return isinstance(node, ast.Name) and node.id == "self"


def _caught(handler: ast.ExceptHandler) -> set[str]:
    """Return the names of the exceptions that a handler catches."""
    if handler.type is None:
        return {"BaseException"}
    return {one.id for one in ast.walk(handler.type) if isinstance(one, ast.Name)}


def _arguments(arguments: ast.arguments) -> tuple[ast.arg, ...]:
    """Return all parameters of a function."""
    variable = (one for one in (arguments.vararg, arguments.kwarg) if one is not None)
    return (*arguments.posonlyargs, *arguments.args, *arguments.kwonlyargs, *variable)
