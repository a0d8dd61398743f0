"""One function or method under test: its code, its parameters, how it is called."""

import ast
import contextlib
import copy
import doctest
import inspect
import typing
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from types import CodeType, FunctionType, ModuleType

from . import kinds
from .checkpoints import CHECKPOINTS
from .codes import Definition, compile_definition, find_function
from .kinds import Kind
from .mutants import Mutant, mutants
from .probes import Goal, instrument
from .recipes import STANDARD, Recipe, from_node
from .widening import widened

_SHOWN, _SECONDS = -4, 0.25  # a version of its own, for keys of calls
_BINARY = {
    f"__{name}__"
    for name in "eq ne lt le gt ge add sub mul truediv floordiv mod and or xor matmul".split()
}


@dataclass(slots=True)
class Parameter:
    """A parameter: what may be passed, and whether it may be left out."""

    name: str
    kinds: list[Kind]
    optional: bool = False
    keyword: bool = False
    many: bool = False


@dataclass(slots=True)
class Case:
    """One call: receiver with what was done to it before, arguments by position and by name."""

    receiver: Recipe | None
    before: tuple[tuple[str, tuple[Recipe, ...]], ...]
    arguments: tuple[tuple[str, Recipe], ...]
    """Name (with `=` before it if it is passed by name) and value."""
    then: tuple[tuple[Recipe, ...], ...] = ()
    """What a function that is returned is called with, and one that this returns, and so on."""
    again: tuple[Recipe, ...] | None = None
    """What the last of them is called with a second time: both results count."""

    def size(self) -> int:
        """Return how much there is to read."""
        parts = [one for _, one in self.arguments]
        parts += [one for _, several in self.before for one in several]
        parts += [one for several in (*self.then, self.again or ()) for one in several]
        parts += [self.receiver] if self.receiver else []
        plain = [one.source() for _, one in self.arguments]
        alike = len(plain) - len(set(plain))  # such a case does not notice which one is used
        dull = sum(one.dull() for one in parts)
        return (
            dull
            + sum(one.size() for one in parts)
            + 5 * len(parts)
            + 10 * (len(self.before) + len(self.then) + (self.again is not None))
            + 8 * alike
        )


@dataclass(slots=True)
class Target:
    """What the search works on."""

    path: list[str]
    definition: Definition
    held: tuple[FunctionType]
    """The function object; alone in a tuple, since as a field it would look like a method."""
    call: str
    """`function`, `method`, `class` (class and static methods), `property` or `init`."""
    parameters: list[Parameter]
    examples: list[Case]
    goals: frozenset[Goal]
    probed: CodeType
    wrong: list[tuple[Mutant, CodeType]] = field(default_factory=list)

    @property
    def function(self) -> FunctionType:
        """The function object, below its decorators."""
        return self.held[0]


def make(
    module: ModuleType,
    path: list[str],
    definition: Definition,
    notes: list[str],
    owner: ast.ClassDef | None = None,
) -> "Target | str":
    """Return a target, or the reason why there is none; `owner` is the tree of its class."""
    function = find_function(module, path, definition)
    if function is None:
        return "its function object is out of reach (made anew, or wrapped by foreign code)"
    if getattr(function, "__isabstractmethod__", False) or _is_of_protocol(module, path):
        return "it is only described here: test a class that has it"
    changed, goals = instrument(definition)
    probed = compile_definition(changed, path, function)
    if probed is None:
        return "it closes over names of another function"
    call = _how(module, path)
    wide = widened(definition, owner) if call == "init" and owner is not None else definition
    parameters = parameters_of(
        function, wide, skip=call in {"method", "init"} or _is_class(module, path)
    )
    if call == "method" and path[-1] in _BINARY and parameters:
        parameters[0].kinds.insert(0, ("class", path[-2]))  # two of a kind, above all
    target = Target(path, definition, (function,), call, parameters, [], goals, probed)
    known = {name for name in vars(module) if not name.startswith("__")}
    texts = [inspect.getdoc(function) or "", *notes]
    target.examples = list(_examples(texts, target, known))[:30]
    for case in target.examples:
        _learn(target, case, module)
    for mutant in mutants(definition):
        made = compile_definition(mutant.definition, path, function)
        if (made is not None and made.co_code != function.__code__.co_code) or _differs(
            made, function
        ):
            target.wrong.append((mutant, made))  # type: ignore[arg-type]
    return target


def _differs(code: CodeType | None, function: FunctionType) -> bool:
    return code is not None and code != function.__code__


def _how(module: ModuleType, path: list[str]) -> str:
    if len(path) == 1:
        return "function"
    if path[-1] == "__init__":
        return "init"
    owner: object = module
    for name in path[:-1]:
        owner = getattr(owner, name)
    static = inspect.getattr_static(owner, path[-1])
    if isinstance(static, classmethod | staticmethod):
        return "class"
    if isinstance(static, property) or type(static).__name__ == "cached_property":
        return "property"
    return "method"


def _is_of_protocol(module: ModuleType, path: list[str]) -> bool:
    owner: object = module
    for name in path[:-1]:
        owner = getattr(owner, name)
    return bool(getattr(owner, "_is_protocol", False))


def _is_class(module: ModuleType, path: list[str]) -> bool:
    """Whether the first parameter is the class itself."""
    if len(path) == 1:
        return False
    owner: object = module
    for name in path[:-1]:
        owner = getattr(owner, name)
    static = inspect.getattr_static(owner, path[-1])
    return isinstance(static, classmethod | property) or type(static).__name__ == "cached_property"


def parameters_of(
    function: FunctionType, definition: Definition | None, *, skip: bool
) -> list[Parameter]:
    """Return the parameters with their kinds; without the receiver where `skip`."""
    try:
        hints = typing.get_type_hints(function)
    except Exception:  # names that exist for type checkers only
        hints = {}
    found: list[Parameter] = []
    for index, one in enumerate(
        inspect.signature(function, follow_wrapped=False).parameters.values()
    ):
        if (skip and index == 0) or one.kind is one.VAR_KEYWORD:
            continue
        made = list(kinds.from_hint(hints.get(one.name, one.annotation)))
        hinted = bool(made)
        if not hinted and definition is not None:
            made, none = kinds.from_use(one.name, definition)
            made = made or list(kinds.from_name(one.name))
            stub = kinds.stub(one.name, definition)
            made = [stub, *made[:1]] if stub is not None else made
            made += [("none",)] if none or one.default is None else []
        if one.default not in {inspect.Parameter.empty, None} if _hashable(one.default) else False:
            kind = kinds.of_value(one.default)
            made += [kind] if kind and not hinted and kind[0] != "callable" else []
        many = one.kind is one.VAR_POSITIONAL
        optional = many or one.default is not inspect.Parameter.empty
        made = list(dict.fromkeys(made)) or [kinds.INT, kinds.STR, *kinds.ITEMS[:2]]
        found.append(Parameter(one.name, made, optional, one.kind is one.KEYWORD_ONLY, many))
    return found


def _hashable(value: object) -> bool:
    try:
        hash(value)
    except TypeError:
        return False
    return True


def _examples(texts: list[str], target: Target, known: set[str]) -> Iterator[Case]:
    """Yield the calls of a target in documentation and in other code."""
    for text in texts:
        lines = _doctest_lines(text) if ">>>" in text else [text]
        values: dict[str, ast.expr] = {}
        for one in _nodes(lines):
            values |= _helpers(one)
            case = _example(one, target, known, values)
            if case is not None:
                yield case


def _nodes(lines: Iterable[str]) -> Iterator[ast.AST]:
    for line in lines:
        with contextlib.suppress(SyntaxError):
            yield from ast.walk(ast.parse(line))


def _example(
    node: ast.AST, target: Target, known: set[str], values: dict[str, ast.expr]
) -> Case | None:
    """Return the case that a node of an example is, if it uses the target."""
    match node:
        case ast.Attribute(attr=name) if target.call == "property" and name == target.path[-1]:
            receiver = _receiver(node.value, target, known, values)
            return receiver and Case(receiver, (), ())
        case ast.Call(func=ast.Attribute(value=owner, attr=name)) if (
            target.call == "method" and name == target.path[-1]
        ):
            receiver = _receiver(owner, target, known, values)
            plain = None if receiver is None else _from_call(node, target, known, values)
            return plain and replace(plain, receiver=receiver)
        case ast.Call() if target.call in {"function", "init"}:
            return _from_call(node, target, known, values)
        case _:
            return None


def _receiver(
    node: ast.expr, target: Target, known: set[str], values: dict[str, ast.expr]
) -> Recipe | None:
    """Return the recipe of an object of the target's class that an example makes."""
    inline = _Inline({key: one for key, one in values.items() if key not in known})
    made = inline.visit(copy.deepcopy(node))
    is_own = isinstance(made, ast.Call) and ast.unparse(made.func).startswith(target.path[-2])
    return from_node(made, known | {*STANDARD}) if is_own else None


def _helpers(node: ast.AST) -> dict[str, ast.expr]:
    """Return what an example defines before it calls: values, functions of one line, imports."""
    match node:
        case ast.Assign(targets=[ast.Name(id=name)]):
            return {name: node.value}
        case ast.FunctionDef(body=[ast.Return(value=ast.expr() as value)], decorator_list=[]):
            return {node.name: ast.Lambda(node.args, value)}
        case ast.ImportFrom(module=str() as home, level=0) if home in STANDARD:
            return {
                one.asname or one.name: ast.Attribute(ast.Name(home, ast.Load()), one.name)
                for one in node.names
            }
        case _:
            return {}


def constructions(kind: type, known: set[str], notes: Iterable[str] = ()) -> Iterator[Recipe]:
    """Yield the ways in which documentation, its own and other, makes objects of a class."""
    lines = [one for text in (inspect.getdoc(kind) or "", *notes) for one in _doctest_lines(text)]
    for one in _nodes(lines):
        if isinstance(one, ast.Call) and getattr(one.func, "id", "") == kind.__name__:
            made = from_node(one, known)
            if made is not None:
                yield made


def _doctest_lines(text: str) -> list[str]:
    try:
        return [one.source for one in doctest.DocTestParser().get_examples(text)]
    except ValueError:
        return []


class _Inline(ast.NodeTransformer):
    def __init__(self, values: dict[str, ast.expr]) -> None:
        self._values = values

    def visit_Name(self, node: ast.Name) -> ast.expr:
        return self._values.get(node.id, node)


def _from_call(
    node: ast.Call, target: Target, known: set[str], values: dict[str, ast.expr]
) -> Case | None:
    name = target.path[-1] if target.call != "init" else target.path[-2]
    called = getattr(node.func, "id", getattr(node.func, "attr", None))
    if called != name:
        return None
    inline = _Inline({key: one for key, one in values.items() if key not in known})
    known = known | {*STANDARD}
    arguments: list[tuple[str, Recipe]] = []
    positional = [one.name for one in target.parameters if not one.keyword and not one.many]
    many = next((one.name for one in target.parameters if one.many), None)
    for index, one in enumerate(node.args):
        label = positional[index] if index < len(positional) else many
        made = from_node(inline.visit(one), known)
        if made is None or label is None or isinstance(one, ast.Starred):
            return None
        arguments.append((label, made))
    for word in node.keywords:
        made = from_node(inline.visit(word.value), known)
        if made is None or word.arg is None:
            return None
        arguments.append((f"={word.arg}", made))
    return Case(None, (), tuple(arguments))


def _kind_of(recipe: Recipe, module: ModuleType) -> Kind | None:
    made: list[object] = []
    names = STANDARD | vars(module)
    key = (_SHOWN, hash(recipe.source()))
    CHECKPOINTS.succeeds(key, _SECONDS, lambda: made.append(recipe.build(names)))
    return kinds.of_value(made[0]) if made else None


def _learn(target: Target, case: Case, module: ModuleType) -> None:
    """Let examples show what kinds a parameter takes."""
    for label, recipe in case.arguments:
        if recipe.kind == "code":
            continue
        kind = _kind_of(recipe, module)
        for one in target.parameters:
            if one.name == label.lstrip("=") and kind is not None and kind not in one.kinds:
                one.kinds.insert(0, kind)
