"""Values written down as expressions that make an equal value, or not at all."""

import ast
import builtins
import datetime as dt
import enum
import math
import sys
from collections import Counter, OrderedDict, defaultdict, deque
from collections.abc import Callable, Iterable
from decimal import Decimal
from fractions import Fraction
from pathlib import PurePath
from types import ModuleType
from uuid import UUID

from .recipes import STANDARD, literal

_DEEPEST, _MOST, _LONGEST = 5, 60, 1200
_PLAIN = (int, str, bytes, bool, type(None), complex)
_BY_REPR = (Decimal, Fraction, UUID, range)
_TIMES = (dt.datetime, dt.date, dt.time, dt.timedelta)


class Renderer:
    """Writes values down; remembers in `homes` from which module each name must be imported."""

    def __init__(self, module: ModuleType) -> None:
        self.homes = {name: "" for name in STANDARD if name not in vars(module)}
        self.folder: str | None = None
        self.names: dict[str, object] = dict(vars(module))
        self._module = module

    def render(self, value: object) -> str | None:
        """Return an expression that equals the value; None where there is none that is short."""
        source = self._render(value, 0)
        if source is None or len(source) > _LONGEST:
            return None
        try:
            same = eval(source, dict(self.names)) == value
        except Exception:  # whatever foreign equality does
            return None
        return source if same is True else None

    def render_of(self, tell: Callable[[], object]) -> str | None:
        """Return an expression for what a foreign object tells; None where it tells nothing."""
        try:
            value = tell()
        except Exception:  # the object's own error
            return None
        return None if value is None else self.render(value)

    def render_attribute(self, thing: object, name: str) -> str | None:
        """Return an expression for an attribute's value; None where it cannot be had either."""
        try:
            value = getattr(thing, name, None)
        except Exception:  # a property's own error
            return None
        return self.render(value)

    def name_of(self, thing: object) -> str | None:
        """Return the name under which a class or function can be imported, and remember it."""
        name, home = getattr(thing, "__name__", None), getattr(thing, "__module__", None)
        if not isinstance(name, str) or not isinstance(home, str) or not name.isidentifier():
            return None
        if home == "builtins":
            return name
        if self.names.get(name) is thing and vars(self._module).get(name) is thing:
            public = not any(part.startswith("_") for part in home.split("."))
            original = public and getattr(sys.modules.get(home), name, None) is thing
            self.homes[name] = home if original else self._module.__name__
            return name
        if getattr(sys.modules.get(home), name, None) is thing and name not in self.names:
            self.homes[name] = home
            self.names[name] = thing
            return name
        return None

    def _render(self, value: object, depth: int) -> str | None:
        kind = type(value)
        if depth > _DEEPEST:
            return None
        if kind in _PLAIN:
            return literal(value)
        if kind is float:
            return None if math.isnan(value) else literal(value)  # type: ignore[arg-type]
        if kind in {list, tuple, set, frozenset, deque}:
            return self._items(value, depth)  # type: ignore[arg-type]
        if kind in {dict, OrderedDict, Counter, defaultdict}:
            return self._pairs(value, depth)  # type: ignore[arg-type]
        return self._other(value, kind, depth)

    def _items(self, value: Iterable[object], depth: int) -> str | None:
        items = list(value)
        if len(items) > _MOST:
            return None
        made = [self._render(one, depth + 1) for one in items]
        parts = [one for one in made if one is not None]
        if len(parts) < len(made):
            return None
        kind = type(value)
        if kind in {set, frozenset}:
            parts.sort()
        inner = ", ".join(parts)
        if kind is tuple:
            return f"({inner}{',' if len(parts) == 1 else ''})"
        if kind is list:
            return f"[{inner}]"
        if kind is set:
            return f"{{{inner}}}" if parts else "set()"
        name = self.name_of(kind)
        return name and (f"{name}([{inner}])" if parts else f"{name}()")

    def _pairs(self, value: "dict[object, object]", depth: int) -> str | None:
        if len(value) > _MOST:
            return None
        made: list[str] = []
        for key, item in value.items():
            left, right = self._render(key, depth + 1), self._render(item, depth + 1)
            if left is None or right is None:
                return None
            made.append(f"{left}: {right}")
        inner = "{" + ", ".join(made) + "}"
        if type(value) in {dict, defaultdict}:
            return inner  # a defaultdict equals the dict of its items
        name = self.name_of(type(value))
        return name and f"{name}({inner})"

    def _other(self, value: object, kind: type, depth: int) -> str | None:
        if isinstance(value, enum.Enum):
            name = self.name_of(kind)
            return name and f"{name}.{value.name}"
        if isinstance(value, PurePath):
            return self._path(value)
        if kind in _TIMES:
            self.homes["datetime"] = ""
            if self.names.setdefault("datetime", dt) is not dt:
                return self._time(value, kind)
            return repr(value)
        if kind in _BY_REPR:
            return repr(value) if kind is range or self.name_of(kind) else None
        if isinstance(value, type) or callable(value):
            return self.name_of(value)
        fields = _fields(value)
        return self._itself(value, kind) if fields is None else self._record(kind, fields, depth)

    def _itself(self, value: object, kind: type) -> str | None:
        """Return what an object says of itself, where that is a call that makes it."""
        if kind.__repr__ is object.__repr__ or kind.__eq__ is object.__eq__:
            return None
        try:
            text = repr(value)
            node = ast.parse(text, mode="eval").body
        except Exception:  # whatever a foreign object says
            return None
        named = {one.id for one in ast.walk(node) if isinstance(one, ast.Name)}
        plain = isinstance(node, ast.Call) and getattr(node.func, "id", "") == kind.__name__
        known = all(hasattr(builtins, one) for one in named - {kind.__name__})
        return text if plain and known and self.name_of(kind) else None

    def _time(self, value: object, kind: type) -> str | None:
        del self.homes["datetime"]
        name = self.name_of(kind)
        text = repr(value).removeprefix("datetime.")
        return text if name and "datetime." not in text else None

    def _path(self, value: PurePath) -> str | None:
        if self.folder is not None and str(value).startswith(self.folder):
            rest = str(value)[len(self.folder) :].strip("/")
            return f'tmp_path / "{rest}"' if rest else "tmp_path"
        self.homes["Path"] = "pathlib"
        return f"Path({literal(str(value))})"

    def _record(self, kind: type, fields: dict[str, object], depth: int) -> str | None:
        name = self.name_of(kind)
        made = {key: self._render(item, depth + 1) for key, item in fields.items()}
        if name is None or None in made.values():
            return None
        return f"{name}({', '.join(f'{key}={item}' for key, item in made.items())})"


def _fields(value: object) -> dict[str, object] | None:
    """Return the constructor's arguments of a named tuple, a dataclass or a class of attrs."""
    kind = type(value)
    if isinstance(value, tuple):
        names = getattr(kind, "_fields", None)
        return dict(zip(names, value, strict=True)) if names else None
    if (made := getattr(kind, "__dataclass_fields__", None)) is not None:
        return {n: getattr(value, n) for n, field in made.items() if field.init}
    if (made := getattr(kind, "__attrs_attrs__", None)) is not None:
        return {a.alias: getattr(value, a.name) for a in made if a.init}
    return None
