"""Likely mistakes in a Python file: calls that cannot work, misspelt attributes, dead statements.

Judged by what the file itself defines, and only where nothing else can have a say: a function that
is defined once and never assigned, a class whose bases are in the file or built in.
"""

import builtins
import difflib
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from .python_facts import At, Attribute, Call, Class, Signature
from .python_module import Module
from .python_pieces import Piece

Kind = Literal[
    "wrong-arguments", "swapped-arguments", "unknown-attribute", "unreachable-code",
    "unused-variable",
]  # fmt: skip
LOCAL = frozenset({"unreachable-code", "unused-variable"})
"""What the rest of a file has no say in: hints, shown dimmed."""
_ALIKE = 0.85
"""How alike two attributes must be for one to be a misspelling of the other."""
_SHORTEST = 5
_OPEN = frozenset({"__getattr__", "__getattribute__"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Slip:
    """A likely mistake, where it stands, and what is probably meant (for `unknown-attribute`)."""

    kind: Kind
    message: str
    piece: Piece
    at: At
    meant: str = ""


def find(module: Module) -> Iterator[Slip]:
    """Yield likely mistakes, piece by piece."""
    stored = frozenset[str]().union(*(each.stored for _, each in module.parts))
    for piece, each in module.parts:
        for call in each.calls:
            yield from _call(module, piece, call, stored)
        for one in each.attributes:
            yield from _attribute(module, piece, one, stored)
        for at in each.unreachable:
            yield Slip(kind="unreachable-code", message="this is never reached", piece=piece, at=at)
        for name, at in each.unused:
            message = f"{name!r} is assigned but not used"
            yield Slip(kind="unused-variable", message=message, piece=piece, at=at)


def _call(module: Module, piece: Piece, call: Call, stored: frozenset[str]) -> Iterator[Slip]:
    target = _target(module, piece, call, stored)
    if target is None or call.unpacked:
        return
    name, signature, given = target
    positional = signature.positional[given:]
    wrong = _mismatch(name, signature, positional, max(signature.only - given, 0), call)
    if wrong:
        yield Slip(kind="wrong-arguments", message=wrong, piece=piece, at=call.at)
        return
    pairs = [(one, two) for one in range(len(call.names)) for two in range(one)]
    for one, two in pairs:
        if one < len(positional) and (positional[one], positional[two]) == (
            call.names[two],
            call.names[one],
        ):
            message = f"{call.names[two]!r} and {call.names[one]!r} stand in each other's place"
            yield Slip(kind="swapped-arguments", message=message, piece=piece, at=call.at)


def _target(
    module: Module, piece: Piece, call: Call, stored: frozenset[str]
) -> tuple[str, Signature, int] | None:
    """Return what is called, its signature, and how many parameters are given by the call."""
    if call.name in stored or (call.in_class and call.name in module.own.get(piece.group, ())):
        return None
    if call.owner:
        owner = module.classes.get(module.real_name(piece, call.owner))
        found = owner.methods.get(call.name, ()) if owner is not None and owner.plain else ()
        if len(found) != 1 or found[0].kind == "property" or not found[0].certain:
            return None
        return call.name, found[0], int(found[0].kind != "staticmethod")
    functions, one = module.functions.get(call.name, ()), module.classes.get(call.name)
    if call.name not in module.bound or module.open_ended:
        return None
    if one is not None:
        starts = one.methods.get("__init__", ())
        plain = one.plain and not functions and _all_known(module, one) is not None
        certain = len(starts) == 1 and starts[0].certain and "__new__" not in one.own
        return (call.name, starts[0], 1) if plain and certain else None
    if len(functions) != 1 or not functions[0].certain or functions[0].kind != "function":
        return None
    return call.name, functions[0], 0


def _mismatch(
    name: str, signature: Signature, positional: tuple[str, ...], only: int, call: Call
) -> str:
    """Return why a call cannot work, or nothing."""
    count = len(call.names)
    if count > len(positional) and not signature.more:
        most = f"{len(positional)} positional argument{'s' * (len(positional) != 1)}"
        return f"{name}() takes at most {most}, here {'is' if count == 1 else 'are'} {count}"
    by_name = frozenset(positional[only:]) | signature.named
    for keyword in call.keywords:
        if keyword not in by_name and not signature.more_named:
            return f"{name}() has no parameter {keyword!r}"
        if keyword in positional[only:count]:
            return f"{name}() gets {keyword!r} twice"
    needed = positional[: len(positional) - signature.defaults]
    missing = [one for one in needed[count:] if one not in call.keywords]
    missing += sorted(signature.required - frozenset(call.keywords))
    return f"{name}() needs {missing[0]!r}" if missing else ""


def _attribute(
    module: Module, piece: Piece, one: Attribute, stored: frozenset[str]
) -> Iterator[Slip]:
    owner = module.classes.get(module.real_name(piece, one.owner))
    known = _all_known(module, owner) if owner is not None else None
    if known is None or one.name in known or one.name in stored or len(one.name) < _SHORTEST:
        return
    meant = difflib.get_close_matches(one.name, sorted(known), 1, _ALIKE)
    if meant and not any(one.name in each.own for each in module.classes.values()):
        message = f"nothing defines {one.name!r}; {meant[0]!r} may be meant"
        yield Slip(
            kind="unknown-attribute", message=message, piece=piece, at=one.at, meant=meant[0]
        )


def _all_known(
    module: Module, one: Class, seen: frozenset[str] = frozenset()
) -> frozenset[str] | None:
    """Return the attributes of a class and its bases; None where others may give it more."""
    if not one.plain or one.name in seen or (one.own | one.quoted) & _OPEN:
        return None
    found = one.own | one.quoted | frozenset(dir(object))
    for base in one.bases:
        known = getattr(builtins, base, None) if base is not None else None
        if base is not None and base in module.classes:
            more = _all_known(module, module.classes[base], seen | {one.name})
            if more is None:
                return None
            found |= more
        elif isinstance(known, type):
            found |= frozenset(dir(known))
        else:
            return None
    return found
