"""The settings of plumb, and where each value came from.

A value is taken from the first of: a flag, the environment (`PLUMB_MAX_TOKENS`), the project's
file (`plumb.toml`, or `[tool.plumb]` in `pyproject.toml`, in the nearest folder upwards), the
user's file, the default. Databases are merged by name.

A project's file comes with somebody else's code, so it may only set what cannot send data away,
read other files or reveal anything: the keys marked `project` below. A project that the user
lists under `trusted` may set every key but that one. Passwords are never settings: the address of
a database names an environment variable, `${BANK_PASSWORD}`, looked up when it is opened.
"""

import difflib
import json
import os
import re
import tomllib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from types import MappingProxyType
from typing import Any, Literal, TypeAlias, cast

import platformdirs

from .errors import SettingsError

Source: TypeAlias = Literal["flag", "environment", "project", "user", "default"]
_Value: TypeAlias = str | int | float | Path | tuple[str, ...]

_PREFIX = "PLUMB_"
_DATABASES = "databases."
_VARIABLE = re.compile(r"\$\{(\w+)\}")
_SECRETS = (
    re.compile(r"(://[^/:@\s]*:)(?!\$\{\w+\}@)\S+(?=@)"),
    re.compile(
        r"([?&](?:password|passwd|pwd|token|api_?key|secret)=)(?!\$\{)[^&\s]+", re.IGNORECASE
    ),
)


@dataclass(frozen=True, slots=True)
class Origin:
    """Where a value came from: the kind of source, and the flag, variable or file with its key."""

    source: Source
    place: str = ""

    def __str__(self) -> str:
        return f"{self.source} {self.place}".rstrip()


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """Every setting with its default; `load` fills in what the sources say."""

    model: str = "bundled"
    max_tokens: int = 512
    temperature: float = 0.0
    seconds: float = 20.0
    threads: int = 0
    """Threads of the local model; 0 for one a core."""
    row_limit: int = 1000
    color: str = "auto"
    log_level: str = "warning"
    cache_dir: Path = field(default_factory=lambda: platformdirs.user_cache_path("plumb"))
    trusted: tuple[str, ...] = ()
    """Project folders whose files may set every key."""
    databases: Mapping[str, str] = field(default_factory=dict[str, str], repr=False)
    """Names to addresses or paths; open them through `database`, show them through `table`."""
    origins: Mapping[str, Origin] = field(default_factory=dict[str, Origin], repr=False)

    def origin(self, name: str) -> Origin:
        """Return where a value came from; one database's is asked for as `databases.NAME`."""
        return self.origins.get(name, Origin("default"))

    def database(self, name: str) -> str | None:
        """Return the address that a database name stands for, its variables filled in.

        Raises `SettingsError` where a variable is not set. None for a name that is not listed.
        """
        address = self.databases.get(name)
        if address is None:
            return None
        for variable in _VARIABLE.findall(address):
            if variable not in os.environ:
                where = self.origin(f"databases.{name}")
                raise SettingsError(
                    f"the database {name} ({where}) needs ${{{variable}}}, which is not set",
                    hint=f"export {variable}=… and try again",
                )
        return _VARIABLE.sub(lambda match: os.environ[match[1]], address)

    def table(self) -> tuple[tuple[str, str, Origin], ...]:
        """Return each setting's name, its value without secrets, and its origin."""
        rows = [
            (name, hide_secrets(_shown(getattr(self, name))), self.origin(name)) for name in _RULES
        ]
        for name, address in self.databases.items():
            key = f"databases.{name}"
            rows.append((key, hide_secrets(address), self.origin(key)))
        return tuple(rows)


def hide_secrets(text: str) -> str:
    """Return text with the passwords and keys in addresses replaced by `***`."""
    for secret in _SECRETS:
        text = secret.sub(r"\1***", text)
    return text


@dataclass(frozen=True, slots=True, kw_only=True)
class _Rule:
    """What a value must be, and whether any project may set it."""

    kind: type[str] | type[int] | type[float] | type[Path] | type[tuple[str, ...]]
    low: float = 0
    high: float = 0
    choices: tuple[str, ...] = ()
    project: bool = False

    def __str__(self) -> str:
        if self.choices:
            return "one of " + ", ".join(self.choices)
        if self.kind in (int, float):
            number = "a whole number" if self.kind is int else "a number"
            return f"{number} from {self.low:g} to {self.high:g}"
        return "a list of folders" if self.kind is tuple else "a text that is not empty"


_RULES: Mapping[str, _Rule] = MappingProxyType(
    {
        "model": _Rule(kind=str),
        "max_tokens": _Rule(kind=int, low=1, high=131_072, project=True),
        "temperature": _Rule(kind=float, low=0, high=2, project=True),
        "seconds": _Rule(kind=float, low=0.01, high=86_400, project=True),
        "threads": _Rule(kind=int, low=0, high=1024, project=True),
        "row_limit": _Rule(kind=int, low=1, high=10_000_000, project=True),
        "color": _Rule(kind=str, choices=("auto", "always", "never"), project=True),
        "log_level": _Rule(kind=str, choices=("debug", "info", "warning", "error")),
        "cache_dir": _Rule(kind=Path),
        "trusted": _Rule(kind=tuple),
    }
)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Layer:
    """The checked values of one source, by key, and where each stands."""

    values: Mapping[str, _Value]
    origins: Mapping[str, Origin]


_NOTHING = _Layer(values={}, origins={})


def user_file() -> Path:
    """Return the path of the user's settings file, which need not exist."""
    return platformdirs.user_config_path("plumb", appauthor=False) / "config.toml"


def load(overrides: Mapping[str, object] | None = None, *, start: Path | None = None) -> Settings:
    """Return the settings as seen from a folder.

    Args:
        overrides: Flags or an editor's options by setting name; texts or numbers.
        start: Where the search for a project's file begins; by default the working folder.

    Raises:
        SettingsError: A file that cannot be read, or a key or a value that is wrong: which and
            where.
    """
    user = _user()
    environment = _environment()
    flags = _flags(overrides or {})
    trusting = (
        layer.values["trusted"] for layer in (flags, environment, user) if "trusted" in layer.values
    )
    project = _project(start or Path.cwd(), cast("tuple[str, ...]", next(trusting, ())))
    values: dict[str, Any] = {}
    origins: dict[str, Origin] = {}
    for layer in (user, project, environment, flags):
        values.update(layer.values)
        origins.update(layer.origins)
    databases = {
        key.removeprefix(_DATABASES): values.pop(key)
        for key in list(values)
        if key.startswith(_DATABASES)
    }
    return Settings(**values, databases=databases, origins=origins)


def _user() -> _Layer:
    path = user_file()
    return _file("user", path, _read_toml(path), path.parent) if path.is_file() else _NOTHING


def _project(start: Path, trusted: Sequence[str]) -> _Layer:
    """Return the nearest project's settings; other people's projects may set few keys."""
    found = _find_project(start.absolute())
    if found is None:
        return _NOTHING
    path, table = found
    trusts = any(path.parent.resolve() == Path(item).expanduser().resolve() for item in trusted)
    for key in table:
        allowed = key in _RULES and _RULES[key].project
        if key == "trusted" or (not trusts and not allowed and key in (*_RULES, "databases")):
            raise SettingsError(
                f"{path}, key {key}: a project's file may not set this",
                hint=f"set it in {user_file()}, or list {path.parent} under `trusted` there",
            )
    return _file("project", path, table, path.parent)


def _find_project(start: Path) -> tuple[Path, Mapping[str, object]] | None:
    for folder in (start, *start.parents):
        own, shared = folder / "plumb.toml", folder / "pyproject.toml"
        if own.is_file():
            return own, _read_toml(own)
        if shared.is_file() and b"tool.plumb" in _read(shared):
            tool = _read_toml(shared).get("tool")
            table = cast("Mapping[str, object]", tool).get("plumb") if tool else None
            if isinstance(table, Mapping):
                return shared, cast("Mapping[str, object]", table)
    return None


def _read(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise SettingsError(f"{path} cannot be read: {error.strerror}") from error


def _read_toml(path: Path) -> Mapping[str, object]:
    try:
        return tomllib.loads(_read(path).decode("utf-8"))
    except (ValueError, RecursionError) as error:  # also what is not UTF-8
        hint = "correct the file, or move it away"
        raise SettingsError(f"{path} is not TOML: {error}", hint=hint) from error


def _file(source: Source, path: Path, table: Mapping[str, object], folder: Path) -> _Layer:
    values: dict[str, _Value] = {}
    origins: dict[str, Origin] = {}
    for key, raw in table.items():
        place = f"{path}, key {key}"
        if key == "databases":
            for name, address in _databases(raw, place).items():
                values[_DATABASES + name] = _address(address, folder, f"{place}.{name}")
                origins[_DATABASES + name] = Origin(source, f"{place}.{name}")
            continue
        value = _typed(key, raw, place)
        values[key] = folder / value.expanduser() if isinstance(value, Path) else value
        origins[key] = Origin(source, place)
    return _Layer(values=values, origins=origins)


def _environment() -> _Layer:
    """Return what `PLUMB_*` variables set; those of other programs are left alone."""
    values: dict[str, object] = {}
    for variable, text in os.environ.items():
        key = variable.removeprefix(_PREFIX).lower()
        if not variable.startswith(_PREFIX) or not text:
            continue
        if key in _RULES or key == "databases":
            values[key] = text
        elif near := difflib.get_close_matches(key, _RULES, n=1, cutoff=0.8):
            hint = f"did you mean {_PREFIX}{near[0].upper()}?"
            raise SettingsError(f"the environment variable {variable} is unknown", hint=hint)
    return _texts("environment", values, lambda key: _PREFIX + key.upper())


def _flags(overrides: Mapping[str, object]) -> _Layer:
    return _texts("flag", overrides, lambda key: "--" + key.replace("_", "-"))


def _texts(source: Source, raw: Mapping[str, object], name_place: Callable[[str], str]) -> _Layer:
    values: dict[str, _Value] = {}
    origins: dict[str, Origin] = {}
    for key, text in raw.items():
        place = name_place(key)
        if key == "databases":
            for name, address in _databases(_parse_json(text, place), place).items():
                values[_DATABASES + name] = address
                origins[_DATABASES + name] = Origin(source, place)
            continue
        values[key] = _typed(key, _parse(key, text, place), place)
        origins[key] = Origin(source, place)
    return _Layer(values=values, origins=origins)


def _parse(key: str, text: object, place: str) -> object:
    """Return a text as the type that its key wants; what is no text stays as it is."""
    rule = _RULES.get(key)
    if not isinstance(text, str) or rule is None:
        return text
    if rule.kind is tuple:
        return [folder for folder in text.split(os.pathsep) if folder]
    if rule.kind not in (int, float):
        return text
    try:
        return int(text) if rule.kind is int else float(text)
    except ValueError:
        raise SettingsError(f"{place}: {text!r} is not {rule}") from None


def _parse_json(text: object, place: str) -> object:
    if not isinstance(text, str):
        return text
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        hint = """write it as JSON: {"name": "address"}"""
        raise SettingsError(f"{place} is not a table of databases", hint=hint) from None


def _typed(key: str, raw: object, place: str) -> _Value:
    """Return a value checked against its rule."""
    rule = _RULES.get(key)
    if rule is None:
        names = (*_RULES, "databases")
        near = difflib.get_close_matches(key, names, n=1, cutoff=0.5)
        hint = f"did you mean {near[0]}?" if near else f"the keys are {', '.join(names)}"
        raise SettingsError(f"{place}: there is no such setting", hint=hint)
    value = _of_kind(rule, raw)
    if value is None:
        raise SettingsError(f"{place}: {raw!r} is not {rule}")
    return value


def _of_kind(rule: _Rule, raw: object) -> _Value | None:
    """Return a value that keeps a rule, or None."""
    if rule.kind is tuple:
        items = cast("Sequence[object]", raw) if isinstance(raw, list | tuple) else [None]
        folders = tuple(item for item in items if isinstance(item, str) and item)
        return folders if len(folders) == len(items) else None
    if rule.kind in (int, float):
        kinds = (int,) if rule.kind is int else (int, float)
        if isinstance(raw, bool) or not isinstance(raw, kinds):
            return None
        return rule.kind(raw) if rule.low <= raw <= rule.high else None
    if not isinstance(raw, str) or not raw.strip() or (rule.choices and raw not in rule.choices):
        return None
    return Path(raw) if rule.kind is Path else raw


def _databases(raw: object, place: str) -> Mapping[str, str]:
    """Return a table of names to addresses."""
    table = cast("Mapping[object, object]", raw) if isinstance(raw, Mapping) else None
    if table is None or not all(
        isinstance(part, str) and part for item in table.items() for part in item
    ):
        raise SettingsError(f"{place} is not a table of names to addresses")
    return cast("Mapping[str, str]", table)


def _address(address: str, folder: Path, place: str) -> str:
    """Return a database's address from a file: no password in it, a path from the file's folder."""
    if hide_secrets(address) != address:
        raise SettingsError(
            f"{place}: a password does not belong in a file",
            hint="write ${BANK_PASSWORD} in its place and export that variable",
        )
    if "://" in address or address.startswith("${"):
        return address
    return str(folder / Path(address).expanduser())


def _shown(value: _Value) -> str:
    return ", ".join(value) if isinstance(value, tuple) else str(value)
