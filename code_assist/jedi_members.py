"""The attributes of a name, as jedi knows them, where they are certain to be all.

Runs in a worker process, because jedi may take long (see `background`).
"""

from contextlib import contextmanager
from functools import cache
from typing import TYPE_CHECKING, Any

from .background import Background
from .jedi_names import script_of

if TYPE_CHECKING:
    from collections.abc import Generator

PATIENCE = 0.15
"""Seconds that a completion waits for one answer."""


def members_of(text: str, path: str, line: int, column: int) -> list[str] | None:
    """Return all attributes of the name before a dot that ends at a place; None if uncertain.

    Certain are modules, classes, and instances of known classes. A value that may be None is not,
    nor is one whose class answers for names that it does not have.
    """
    script = script_of(text, path)
    with _without_guessing():
        try:
            inferred = script.infer(line, column - 2)
            if not inferred or not all(map(_is_certain, inferred)):
                return None
            found = {one.name for one in script.complete(line, column)}
        except Exception:  # noqa: BLE001  (jedi fails in many ways on unfinished code)
            return None
    known = any(not name.startswith("__") for name in found)
    return None if not known or "__getattr__" in found else sorted(found)


@cache
def members() -> Background[list[str]]:
    """Return whom everybody asks for `members_of`."""
    return Background(members_of)


def _is_certain(name: Any) -> bool:  # noqa: ANN401 - jedi has no types
    named = bool(name.full_name) and name.full_name != "builtins.NoneType"
    return named and name.type in {"module", "class", "instance"}


@contextmanager
def _without_guessing() -> "Generator[None]":
    """Keep jedi from inferring parameters from the calls in a file, which are never all."""
    from jedi import settings

    before = settings.dynamic_params
    settings.dynamic_params = False
    try:
        yield
    finally:
        settings.dynamic_params = before
