"""A case carried out, and the same case in words of a test."""

import inspect
import itertools
import keyword
import operator
import re
from collections.abc import AsyncIterator, Callable, Generator, Mapping
from contextlib import AbstractContextManager, ContextDecorator, contextmanager
from dataclasses import replace
from types import ModuleType

from .codes import clear_caches
from .recipes import Recipe
from .rendering import Renderer
from .running import (
    Act,
    Entered,
    Looked,
    Unarranged,
    has_method,
    is_telling,
    own_words,
    properties_of,
)
from .target import Case, Target

_MANY = 50
_OPERATORS: Mapping[str, Callable[..., object]] = {
    f"__{name}__": getattr(operator, name)
    for name in "eq ne lt le gt ge add sub mul truediv floordiv mod xor getitem".split()
} | {
    "__and__": operator.and_,
    "__or__": operator.or_,
    "__contains__": operator.contains,
    "__len__": len,
    "__iter__": iter,
    "__next__": next,
    "__bool__": bool,
    "__str__": str,
    "__repr__": repr,
    "__reversed__": reversed,
    "__neg__": operator.neg,
    "__abs__": abs,
}
"""What a test writes for a method that has an operator or a builtin in its place."""
_WORDS = re.compile(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])")
_MUTABLE = {"list", "dict", "set"}


def action(
    module: ModuleType,
    target: Target,
    case: Case,
    renderer: Renderer,
    begin: Callable[[], None] = lambda: None,
) -> Act:
    """Return the function that carries a case out, for `Runner.run`.

    `begin` is called when all is arranged: what happens from there on is what is tested.
    """

    def act(names: dict[str, object]) -> Looked:
        with _arranging():
            values = [(label, one.build(names)) for label, one in case.arguments]
            receiver = _arranged(case, names)
            # what its properties tell may change the object: another of the kind is asked
            asked = properties_of(type(receiver)) or has_method(type(receiver), "__iter__")
            twin = _arranged(case, names) if asked else receiver
        watched = [
            (label.lstrip("="), value, renderer.render(value))
            for (label, value), (_, recipe) in zip(values, case.arguments, strict=True)
            if recipe.kind in _MUTABLE
        ]
        plain = [value for label, value in values if not label.startswith("=")]
        named = {label[1:]: value for label, value in values if label.startswith("=")}
        state = _state(twin, renderer)
        begin()
        result = _call(module, target, receiver, plain, named)
        for given in case.then:
            made = result
            result = made(*(one.build(names) for one in given))  # type: ignore[operator]
        if case.again is not None:
            result = [result, made(*(one.build(names) for one in case.again))]  # type: ignore[operator]
        if isinstance(result, AbstractContextManager) and isinstance(result, ContextDecorator):
            with result as value:  # a generator's, by `contextlib.contextmanager`
                inside, _ = _changed(receiver, renderer, state, target)
                result = Entered(renderer.render(value), inside)
        others: list[tuple[str, object]] = []
        same: list[tuple[str, str]] = []
        for name, value, text in watched:
            if renderer.render(value) != text:
                others.append((name, value))
            elif text is not None:
                same.append((name, text))
        if result is None and not others:
            others += [
                _items_of(label.lstrip("="), value)
                for (label, value), (_, recipe) in zip(values, case.arguments, strict=True)
                if recipe.kind == "call" and recipe.value == "iter"
            ]
        if receiver is not None:
            variable = variable_of(target)
            changed, unchanged = _changed(receiver, renderer, state, target)
            same += unchanged
            others += [(expression, _told(receiver, expression)) for expression, _ in changed]
            if result is None and not others and has_method(type(receiver), "__iter__"):
                others.append(_items_of(variable, receiver))
            elif result is None and not others and has_method(type(receiver), "__len__"):
                others.append((f"len({variable})", len(receiver)))  # type: ignore[arg-type]
        return Looked(result, others, same, is_new=target.call == "init")

    return act


def _items_of(name: str, held: object) -> tuple[str, object]:
    """Return an expression for the items of what a variable holds, and its value.

    All of them, but of what has very many, or no end, the first one.
    """
    items: list[object] = list(itertools.islice(iter(held), _MANY + 1))  # type: ignore[call-overload]
    return (f"list({name})", items) if len(items) <= _MANY else (f"next(iter({name}))", items[0])


def _arranged(case: Case, names: dict[str, object]) -> object:
    """Return the object of a case, with what was done to it before."""
    receiver = None if case.receiver is None else case.receiver.build(names)
    for method, arguments in case.before:
        getattr(receiver, method)(*(one.build(names) for one in arguments))
    return receiver


@contextmanager
def _arranging() -> Generator[None]:
    """Tell failures of what comes before the call from those of the call."""
    try:
        yield
    except Exception as error:
        raise Unarranged from error


def _changed(
    receiver: object, renderer: Renderer, before: dict[str, str], target: Target
) -> tuple[list[tuple[str, str]], list[tuple[str, str]]]:
    """Return what of an object has changed, as expressions with their values, and what has not."""
    changed: list[tuple[str, str]] = []
    same: list[tuple[str, str]] = []
    if receiver is not None:
        variable = variable_of(target)
        for name, text in _state(receiver, renderer).items():
            (same if before.get(name) == text else changed).append((name.format(variable), text))
    return changed, same


def _told(receiver: object, expression: str) -> object:
    """Return what one of the expressions about an object says."""
    if expression.startswith("repr("):
        return repr(receiver)
    if expression.startswith(("list(", "next(")):
        return _items_of("", receiver)[1]
    return getattr(receiver, expression.rpartition(".")[2])


def _call(
    module: ModuleType,
    target: Target,
    receiver: object,
    plain: list[object],
    named: dict[str, object],
) -> object:
    if target.call in {"function", "init"}:
        thing: object = getattr(module, target.path[0])
        for name in target.path[1 : -1 if target.call == "init" else None]:
            thing = getattr(thing, name)
    elif target.call == "class":
        thing = module
        for name in target.path:
            thing = getattr(thing, name)
    elif target.call == "property":
        return getattr(receiver, target.path[-1])
    elif target.path[-1] in _OPERATORS:
        return _OPERATORS[target.path[-1]](receiver, *plain)
    else:
        thing = getattr(receiver, target.path[-1])
    clear_caches(thing)
    result = thing(*plain, **named)  # type: ignore[operator]
    if inspect.iscoroutine(result):
        import asyncio

        return asyncio.run(result)
    if inspect.isasyncgen(result):
        import asyncio

        return asyncio.run(_collected(result))
    return result


async def _collected(items: AsyncIterator[object]) -> list[object]:
    """Return what an asynchronous generator yields; one without an end has none that is told."""
    return [one async for one in items]


def _state(receiver: object, renderer: Renderer) -> dict[str, str]:
    """Return what can be seen of an object and written down."""
    if receiver is None:
        return {}
    names = [*getattr(receiver, "__dict__", ()), *getattr(type(receiver), "__slots__", ())]
    found: dict[str, str] = {}
    for name in sorted({*names, *properties_of(type(receiver))}):
        if not name.startswith("_"):
            text = renderer.render_attribute(receiver, name)
            if text is not None:
                found["{}." + name] = text
    return found or _said(receiver, renderer)


def _said(receiver: object, renderer: Renderer) -> dict[str, str]:
    """Return the items of an object that shows no attributes, or else what it says of itself."""
    kind = type(receiver)
    found: dict[str, str | None] = {}
    try:
        if (
            has_method(kind, "__len__")
            and has_method(kind, "__iter__")
            and not has_method(kind, "__next__")
        ):
            expression, items = _items_of("{}", receiver)
            found[expression] = renderer.render(items)
        if not found and is_telling(kind):
            found["repr({})"] = renderer.render(own_words(receiver))
    except Exception:  # whatever a foreign object says
        return {}
    return {name: text for name, text in found.items() if text is not None}


def variable_of(target: Target) -> str:
    """Return the name of the receiver's variable: the class's, in small letters."""
    name = target.path[-2]
    small = _WORDS.sub("_", name).lower().strip("_").replace("__", "_")
    taken = {name, target.path[-1], *keyword.kwlist}
    return small if small not in taken else "instance"


def with_argument(case: Case, index: int, recipe: Recipe) -> Case:
    """Return a case with one argument replaced."""
    label = case.arguments[index][0]
    arguments = (*case.arguments[:index], (label, recipe), *case.arguments[index + 1 :])
    return replace(case, arguments=arguments)
