"""Ways to make objects: of the module's classes, of others, of what is only described."""

import ast
import datetime as dt
import enum
import inspect
import textwrap
from collections import deque
from collections.abc import Sequence
from decimal import Decimal
from fractions import Fraction
from types import FunctionType, ModuleType
from uuid import UUID

from . import target as targets
from .checkpoints import CHECKPOINTS
from .codes import Definition
from .inputs import Source
from .kinds import INT, STR, Kind, classes_in, from_hint
from .recipes import Recipe, code
from .rendering import Renderer
from .running import Runner
from .widening import widened

_BUILT_IN: tuple[tuple[type, Kind], ...] = (
    (dict, ("dict", STR, INT)),
    (list, ("list", INT)),
    (tuple, ("list", INT)),
    (set, ("set", INT)),
    (frozenset, ("set", INT)),
    (deque, ("list", INT)),
    (str, STR),
    (int, INT),
    (float, ("float",)),
)
"""What an heir of a class that is not written in Python is made of."""
_MAKING, _SECONDS = -3, 0.25  # a version of its own, for keys of calls
_MOST_SHOWN = 8  # ways to make an object that documentation shows
_KNOWN: dict[type, tuple[str, ...]] = {
    dt.datetime: (
        "(2024, 2, 28, 23, 30)",
        "(2024, 3, 1)",
        "(2024, 3, 2, 9, 5, 7)",
        "(1999, 12, 31)",
    ),
    dt.date: ("(2024, 2, 28)", "(2024, 3, 1)", "(2024, 3, 2)", "(1999, 12, 31)"),
    dt.time: ("(9, 30)", "(0, 0)", "(23, 59, 59)"),
    dt.timedelta: ("(days=1)", "(hours=5)", "(seconds=90)", "(0)", "(days=-2)"),
    Decimal: ('("1.50")', '("0")', '("-2.345")', '("100")'),
    Fraction: ("(1, 3)", "(-5, 2)", "(0)"),
    UUID: ("(int=7)", "(int=1 << 100)"),
}
"""Arguments that make objects of well-known classes."""


def learn_class(kind: type, source: Source, runner: Runner, depth: int = 3) -> None:
    """Give the source ways to make objects of a class of another module."""
    renderer = runner.renderer
    if depth == 0 or kind.__name__ in source.makers:
        return
    name = _name_of(kind, renderer)
    if kind in _KNOWN and name is not None:
        made = [code(name + given) for given in _KNOWN[kind]]
        source.makers = {**source.makers, kind.__name__: made}
        return
    init = _constructor(kind)
    foreign = kind.__module__.partition(".")[0] in _STANDARD
    if name != kind.__name__ or init is None or foreign:
        return
    if _is_described(kind):
        made = [one for one in (_stand_in(kind, source) for _ in range(4)) if one is not None]
    else:
        for parameter in targets.parameters_of(init, None, skip=True):
            for inner in classes_in(parameter.kinds):
                learn_class(inner, source, runner, depth - 1)
        made = makers_of(kind, source, runner.names())
    source.makers = {**source.makers, kind.__name__: made}


_STANDARD = {"builtins", "collections", "typing", "io", "os", "threading", "subprocess", "socket"}


def _name_of(kind: type, renderer: Renderer) -> str | None:
    """Return how inputs may name a class: by itself, or in a module that is imported by a name."""
    name = renderer.name_of(kind)
    if name is not None:
        return name
    for label, thing in renderer.names.items():
        if isinstance(thing, ModuleType) and thing.__name__ == kind.__module__:
            return f"{label}.{kind.__name__}"
    return None


def _constructor(kind: type) -> FunctionType | None:
    """Return what takes the arguments of a new object; None for classes not written in Python."""
    for name in ("__init__", "__new__"):
        function = inspect.getattr_static(kind, name, None)
        function = getattr(function, "__func__", function)
        if isinstance(function, FunctionType):
            return function
    return None


def _definition(init: FunctionType, kind: type) -> Definition | None:
    """Return the tree of a constructor, with what its class does with what it keeps."""
    try:
        tree = ast.parse(textwrap.dedent(inspect.getsource(kind)))
    except (OSError, TypeError, SyntaxError):
        return None
    owner = tree.body[0] if tree.body else None
    if not isinstance(owner, ast.ClassDef):
        return None
    found = (one for one in owner.body if isinstance(one, Definition))
    own = next((one for one in found if one.name == init.__name__), None)
    return own and widened(own, owner)


def give_stand_ins(classes: Sequence[ast.ClassDef], module: ModuleType, source: Source) -> None:
    """Let objects of a class's heirs, or plain ones, stand where it cannot have any itself."""
    found = [(one.name, getattr(module, one.name, None)) for one in classes]
    unfinished = {one.name for one in classes if any(_is_left_open(part) for part in one.body)}
    for name, kind in found:
        if not isinstance(kind, type) or not (_is_described(kind) or name in unfinished):
            continue
        heirs = [
            one
            for label, other in found
            if isinstance(other, type) and other is not kind and kind in other.__mro__
            for one in source.makers.get(label, ())
        ]
        if name in unfinished:
            source.makers = {**source.makers, name: [*heirs, *source.makers.get(name, ())]}
            continue
        plain = [one for one in (_stand_in(kind, source) for _ in range(4)) if one is not None]
        source.makers = {**source.makers, name: heirs or plain}


def _is_left_open(node: ast.stmt) -> bool:
    """Whether a method does nothing, or nothing but say that heirs must have it."""
    if not isinstance(node, ast.FunctionDef) or node.name.startswith("__"):
        return False
    last = node.body[-1]
    is_empty = isinstance(last, ast.Pass) and len(node.body) == 1
    return is_empty or (isinstance(last, ast.Raise) and "NotImplementedError" in ast.unparse(last))


def _is_described(kind: type) -> bool:
    return inspect.isabstract(kind) or bool(getattr(kind, "_is_protocol", False))


def _stand_in(kind: type, source: Source) -> Recipe | None:
    """Return a plain object with the members that a class describes; None where it has others."""
    parts: list[str] = []
    for name in sorted(_members(kind)):
        if name.startswith("_"):
            return None
        thing = inspect.getattr_static(kind, name, None)
        function = thing.fget if isinstance(thing, property) else thing
        hint = getattr(function, "__annotations__", {}).get(
            "return", kind.__annotations__.get(name) if "__annotations__" in vars(kind) else None
        )
        kinds = from_hint(hint) or (INT, STR)
        value = source.draw(kinds[0], 2).source()
        parts.append(
            f"{name}=lambda *_: {value}"
            if thing is function and callable(thing)
            else f"{name}={value}"
        )
    return code(f"SimpleNamespace({', '.join(parts)})") if parts else None


def _members(kind: type) -> set[str]:
    abstract = set(getattr(kind, "__abstractmethods__", ()))
    own = set(getattr(kind, "__protocol_attrs__", ())) or {
        one
        for one in (*vars(kind), *getattr(kind, "__annotations__", ()))
        if not one.startswith("_")
    }
    return abstract | own


def makers_of(
    kind: type, source: Source, names: dict[str, object], notes: Sequence[str] = ()
) -> list[Recipe]:
    """Return ways to make objects of a class: as documentation does, and with drawn arguments."""
    if issubclass(kind, enum.Enum):
        return [code(f"{kind.__name__}.{one.name}") for one in list(kind)[:6]]
    init = _constructor(kind)
    if init is None:
        empty = Recipe("call", kind.__name__)
        given = [one for base, one in _BUILT_IN if issubclass(kind, base)][:1]
        filled = [
            Recipe("call", kind.__name__, (source.draw(one),)) for one in given for _ in range(8)
        ]
        return [one for one in dict.fromkeys([*filled, empty]) if _builds(one, names)] or [empty]
    parameters = targets.parameters_of(init, _definition(init, kind), skip=True)
    made: list[Recipe] = []
    for recipe in targets.constructions(kind, set(names), notes):
        if len(made) < _MOST_SHOWN and recipe not in made and _builds(recipe, names):
            made.append(recipe)
    for number in range(40):
        parts: list[Recipe] = []
        words: list[str] = []
        for one in parameters:
            if one.many or (one.optional and (number < 2 or source.choose.random() < 0.6)):
                continue
            drawn = source.draw(source.choose.choice(one.kinds))
            parts.append(drawn)
            if one.keyword or words or one.optional:
                words.append(one.name)
        recipe = Recipe("call", kind.__name__, tuple(parts), tuple(words))
        if recipe not in made and _builds(recipe, names):
            made.append(recipe)
        if len(made) >= 12:
            break
    return made


def _builds(recipe: Recipe, names: dict[str, object]) -> bool:
    key = (_MAKING, hash(recipe.source()))
    return CHECKPOINTS.succeeds(key, _SECONDS, lambda: recipe.build(names))
