"""What one piece of a Python file says about names, worked out once and kept.

Places are counted from the piece, so that they stay true while other pieces change.
"""

import ast
import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from typing import NamedTuple

from .python_pieces import Complaint, Text, moved, parse, quiet
from .python_scopes import Import, Names, Scope, build
from .python_unused import unused_variables
from .recent import Recent

_WORD = re.compile(r"[^\W\d]\w*")
_KEPT = 1_500_000  # characters of pieces
_KNOWN_DECORATORS = frozenset({"property", "staticmethod", "classmethod", "overload", "final"})
_SHORT = 80
_ENDS = (ast.Return, ast.Raise, ast.Continue, ast.Break)


class At(NamedTuple):
    """Where a node stands: zero-based lines counted from the piece, columns in UTF-8 bytes."""

    line: int
    column: int
    end_line: int
    end_column: int

    @staticmethod
    def of(node: ast.expr | ast.stmt | ast.alias, text: Text) -> "At":
        """Return the place of a node."""
        above = 1 + text.member
        end = node.end_lineno or node.lineno
        return At(node.lineno - above, node.col_offset, end - above, node.end_col_offset or 0)


class Free(NamedTuple):
    """A read of a name that nothing in the piece binds; `in_class`: the class's names count."""

    name: str
    at: At
    guarded: bool
    in_class: bool


class Imported(NamedTuple):
    """One imported name."""

    what: Import
    at: At


@dataclass(frozen=True, slots=True, kw_only=True)
class Signature:
    """How a function may be called; `certain` is False where a decorator may have changed it.

    `positional` are the parameters that a position can fill, of which the first `only` have no
    keyword and the last `defaults` need no argument.
    """

    positional: tuple[str, ...]
    only: int
    defaults: int
    named: frozenset[str]
    required: frozenset[str]
    more: bool
    more_named: bool
    certain: bool
    kind: str = "function"
    at: At


class Call(NamedTuple):
    """A call of a plain name, or of a method of `self` (`owner` is then the class's name)."""

    name: str
    owner: str
    names: tuple[str, ...]
    keywords: tuple[str, ...]
    unpacked: bool
    at: At
    in_class: bool


class Attribute(NamedTuple):
    """An attribute of `self` that is read in a method of a class."""

    name: str
    owner: str
    at: At


@dataclass(frozen=True, slots=True, kw_only=True)
class Class:
    """What a class binds on itself and its instances; `bases` has None for what is no plain name.

    `own` is what may be an attribute, locals of methods among it; `attributes` is what surely is.
    `quoted` are words of short texts in it, which may name attributes. `plain` is False where a
    metaclass or a decorator may add to that.
    """

    name: str
    own: frozenset[str]
    attributes: frozenset[str]
    quoted: frozenset[str]
    bases: tuple[str | None, ...]
    plain: bool
    methods: Mapping[str, tuple[Signature, ...]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """What a piece binds, reads, imports, defines and calls.

    `bound` are names at module level, `own` those of the class whose member the piece is or whose
    header it holds. `complaint` is what CPython's compiler says. `late` is whether its word about
    the piece alone is not enough (`from __future__`, `global` at module level).
    """

    bound: frozenset[str] = frozenset()
    own: frozenset[str] = frozenset()
    free: tuple[Free, ...] = ()
    used: frozenset[str] = frozenset()
    quoted: frozenset[str] = frozenset()
    imports: tuple[Imported, ...] = ()
    wildcard: bool = False
    reads_by_text: bool = False
    binds_by_text: bool = False
    stored: frozenset[str] = frozenset()
    """Names and attributes that are assigned, imported or deleted anywhere in the piece."""
    calls: tuple[Call, ...] = ()
    attributes: tuple[Attribute, ...] = ()
    classes: tuple[Class, ...] = ()
    functions: Mapping[str, tuple[Signature, ...]] = field(default_factory=dict)
    unreachable: tuple[At, ...] = ()
    unused: tuple[tuple[str, At], ...] = ()
    """Variables of functions that nothing reads."""
    complaint: Complaint | None = None
    future: bool = False
    preamble: bool = False
    late: bool = False
    unread: bool = False


@cache
def _all() -> Recent[Text, Facts]:
    return Recent(_find, lambda key: len(key.text) + 200, _KEPT)


def facts(text: Text) -> Facts:
    """Return the facts of a piece that parses."""
    return _all()(text)


def _find(text: Text) -> Facts:
    tree = parse(text)
    try:
        names = build(tree)
        return _gathered(text, tree, names)
    except RecursionError:  # a tree too deep to walk: silence is right, a crash is not
        return Facts(wildcard=True, reads_by_text=True, unread=True)


def _gathered(text: Text, tree: ast.Module, names: Names) -> Facts:
    classes, functions = _definitions(text, tree)
    return Facts(
        bound=frozenset(names.module.bound - {"_"} if text.member else names.module.bound),
        own=frozenset(names.outer_class.bound) if names.outer_class is not None else frozenset(),
        free=tuple(_free(text, names)),
        used=frozenset(read.node.id for read in names.reads),
        quoted=frozenset(names.quoted),
        imports=tuple(Imported(one, At.of(one.node, text)) for one in names.imports),
        wildcard=names.wildcard,
        reads_by_text=names.reads_by_text,
        binds_by_text=names.binds_by_text,
        calls=tuple(_calls(text, names)),
        attributes=tuple(_attributes(text, names)),
        stored=frozenset(_stored(tree)),
        classes=classes,
        functions=functions,
        unreachable=tuple(_unreachable(text, tree)),
        unused=tuple((one.id, At.of(one, text)) for one in unused_variables(tree)),
        complaint=_compiled(tree, text),
        future=any(map(_is_future, tree.body)),
        preamble=all(_is_preamble(one) for one in tree.body),
        late=any(isinstance(one, ast.Global) for one in tree.body) or _late_future(tree.body),
    )  # fmt: skip


def _free(text: Text, names: Names) -> Iterator[Free]:
    for read in names.reads:
        seen = _inside(read.scope, read.node.id, names)
        if seen is not None:
            yield Free(read.node.id, At.of(read.node, text), read.guarded, seen)


def _inside(scope: Scope, name: str, names: Names) -> bool | None:
    """Return None where a scope inside the piece binds a name; else if the class's names count."""
    in_function = in_class = False
    now = scope
    while now.parent is not None:
        hidden = now.kind == "class" and in_function
        if now is names.outer_class:
            in_class = not hidden
        if name in now.bound and not hidden:
            return None
        in_function = in_function or now.kind == "function"
        now = now.parent
    return in_class


def _calls(text: Text, names: Names) -> Iterator[Call]:
    for node, scope, owner in names.calls:
        plain = isinstance(node.func, ast.Name)
        name = node.func.id if isinstance(node.func, ast.Name) else ""
        if isinstance(node.func, ast.Attribute):
            name = node.func.attr
        seen = _inside(scope, name, names) if plain else False
        if seen is None or not (plain or owner):
            continue
        unpacked = any(isinstance(one, ast.Starred) for one in node.args) or any(
            one.arg is None for one in node.keywords
        )
        yield Call(
            name, "" if plain else owner,
            tuple(one.id if isinstance(one, ast.Name) else "" for one in node.args),
            tuple(one.arg for one in node.keywords if one.arg is not None),
            unpacked, At.of(node, text), seen,
        )  # fmt: skip


def _attributes(text: Text, names: Names) -> Iterator[Attribute]:
    for node, owner in names.attributes:
        if owner:
            at = At.of(node, text)
            start = max(at.end_column - len(node.attr.encode()), 0)
            yield Attribute(node.attr, owner, at._replace(line=at.end_line, column=start))


def _definitions(
    text: Text, tree: ast.Module
) -> tuple[tuple[Class, ...], Mapping[str, tuple[Signature, ...]]]:
    """Return all classes, and all functions by name, at any depth."""
    classes: list[Class] = []
    functions: dict[str, list[Signature]] = defaultdict(list)
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            functions[node.name].append(_signature(node, text))
        elif isinstance(node, ast.ClassDef):
            classes.append(_class(node, text))
    return tuple(classes), {name: tuple(each) for name, each in functions.items()}


def _signature(node: ast.FunctionDef | ast.AsyncFunctionDef, text: Text) -> Signature:
    arguments = node.args
    decorators = [getattr(one, "id", "") for one in node.decorator_list]
    pairs = zip(arguments.kwonlyargs, arguments.kw_defaults, strict=True)
    kinds = [one for one in decorators if one in {"property", "staticmethod", "classmethod"}]
    return Signature(
        positional=tuple(one.arg for one in (*arguments.posonlyargs, *arguments.args)),
        only=len(arguments.posonlyargs),
        defaults=len(arguments.defaults),
        named=frozenset(one.arg for one in arguments.kwonlyargs),
        required=frozenset(one.arg for one, default in pairs if default is None),
        more=arguments.vararg is not None,
        more_named=arguments.kwarg is not None,
        certain=set(decorators) <= _KNOWN_DECORATORS,
        kind=kinds[0] if kinds else "function",
        at=At.of(node, text),
    )


def _class(node: ast.ClassDef, text: Text) -> Class:
    methods: dict[str, list[Signature]] = defaultdict(list)
    for one in node.body:
        if isinstance(one, ast.FunctionDef | ast.AsyncFunctionDef):
            methods[one.name].append(_signature(one, text))
    return Class(
        name=node.name,
        own=frozenset(_own_attributes(node)),
        attributes=frozenset(_attributes_of(node)),
        quoted=frozenset(_quoted(node)),
        bases=tuple(_base(one) for one in node.bases),
        plain=not node.keywords and all(map(_is_plain, node.decorator_list)),
        methods={name: tuple(each) for name, each in methods.items()},
    )


def _base(base: ast.expr) -> str | None:
    plain = base.value if isinstance(base, ast.Subscript) else base
    return plain.id if isinstance(plain, ast.Name) else None


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
        elif isinstance(inner, ast.Call) and getattr(inner.func, "id", "") == "setattr":
            yield "__getattr__"


def _attributes_of(node: ast.ClassDef) -> Iterator[str]:
    """Yield what the body of a class binds, and what its methods set on `self` and `cls`."""
    waiting: list[ast.AST] = list(node.body)
    while waiting:
        one = waiting.pop()
        if isinstance(one, ast.FunctionDef | ast.AsyncFunctionDef):
            yield one.name
            for inner in ast.walk(one):
                if isinstance(inner, ast.Attribute) and isinstance(inner.ctx, ast.Store):
                    yield from (inner.attr,) if _is_receiver(inner.value) else ()
            continue
        if isinstance(one, ast.ClassDef):
            yield one.name
            continue
        if isinstance(one, ast.Name) and isinstance(one.ctx, ast.Store):
            yield one.id
        waiting.extend(ast.iter_child_nodes(one))


def _is_receiver(node: ast.expr) -> bool:
    return isinstance(node, ast.Name) and node.id in {"self", "cls"}


def _stored(tree: ast.Module) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Name) and not isinstance(node.ctx, ast.Load):
            yield node.id
        elif isinstance(node, ast.Attribute) and not isinstance(node.ctx, ast.Load):
            yield node.attr
        elif isinstance(node, ast.alias):
            yield node.asname or node.name.partition(".")[0]
        elif isinstance(node, ast.ExceptHandler | ast.MatchAs | ast.MatchStar) and node.name:
            yield node.name


def _quoted(node: ast.ClassDef) -> Iterator[str]:
    for inner in ast.walk(node):
        if isinstance(inner, ast.Constant) and isinstance(inner.value, str):
            yield from _WORD.findall(inner.value) if len(inner.value) < _SHORT else ()


def _unreachable(text: Text, tree: ast.Module) -> Iterator[At]:
    """Yield the statements that stand behind one that always leaves their block."""
    for node in ast.walk(tree):
        for body in _blocks(node):
            left = next((at for at, one in enumerate(body) if isinstance(one, _ENDS)), len(body))
            behind = body[left + 1 :]
            if behind and not _makes_a_generator(behind):
                first, last = At.of(behind[0], text), At.of(behind[-1], text)
                yield At(first.line, first.column, last.end_line, last.end_column)


def _blocks(node: ast.AST) -> Iterator[Sequence[ast.stmt]]:
    for name in ("body", "orelse", "finalbody"):
        body = getattr(node, name, None)
        if isinstance(body, list) and body and isinstance(body[0], ast.stmt):
            yield body


def _makes_a_generator(statements: Iterable[ast.stmt]) -> bool:
    """Whether one of them is a `yield`, which counts although it is never reached."""
    return any(
        isinstance(one, ast.Yield | ast.YieldFrom) for each in statements for one in ast.walk(each)
    )


def _compiled(tree: ast.Module, text: Text) -> Complaint | None:
    complaint = compiled(tree)
    return moved(complaint, -text.member) if complaint is not None else None


def compiled(tree: ast.Module) -> Complaint | None:
    """Return what CPython's compiler rejects; the code object is thrown away unexecuted."""
    try:
        with quiet():
            compile(tree, "<text>", "exec", dont_inherit=True)
    except SyntaxError as error:
        return Complaint.of(error)
    except (ValueError, MemoryError, RecursionError, OverflowError):
        return None
    return None


def _is_future(node: ast.stmt) -> bool:
    return isinstance(node, ast.ImportFrom) and node.module == "__future__"


def _is_preamble(node: ast.stmt) -> bool:
    text = isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)
    return _is_future(node) or text


def _late_future(body: Sequence[ast.stmt]) -> bool:
    after = False
    for node in body:
        if _is_future(node) and after:
            return True
        after = after or not _is_preamble(node)
    return False
