"""What a client may set in `initializationOptions`."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import cast


@dataclass(frozen=True, slots=True, kw_only=True)
class Options:
    """Settings of one session.

    `model` names a model as everywhere in plumb; `max_tokens` bounds one completion;
    `diagnostics`, `ghost_text`, `index` (what the workspace repeats) and `javac` (its findings,
    where a JDK is installed) switch features off; `slips` (names that the model would not expect in
    edited lines) switches one on.
    """

    model: str = "bundled"
    max_tokens: int = 96
    diagnostics: bool = True
    ghost_text: bool = True
    index: bool = True
    javac: bool = True
    slips: bool = False


_KEYS: dict[str, tuple[str, type]] = {
    "model": ("model", str),
    "maxTokens": ("max_tokens", int),
    "diagnostics": ("diagnostics", bool),
    "ghostText": ("ghost_text", bool),
    "index": ("index", bool),
    "javac": ("javac", bool),
    "slips": ("slips", bool),
}


def read(raw: object, defaults: Options) -> tuple[Options, tuple[str, ...]]:
    """Return the options and one complaint for each part that could not be used."""
    if raw is None:
        return defaults, ()
    if not isinstance(raw, Mapping):
        return defaults, ("initializationOptions must be an object",)
    complaints: list[str] = []
    options = defaults
    for key, value in cast("Mapping[str, object]", raw).items():
        if key not in _KEYS:
            complaints.append(f"unknown option {key!r}; known are {', '.join(_KEYS)}")
            continue
        name, kind = _KEYS[key]
        wrong = type(value) is not kind or (kind is int and not 1 <= cast("int", value) <= 4096)
        if wrong:
            complaints.append(f"option {key!r} cannot be {value!r}: {_expected(kind)}")
            continue
        options = replace(options, **{name: value})
    return options, tuple(complaints)


def _expected(kind: type) -> str:
    words = {str: "a string", int: "a whole number from 1 to 4096", bool: "true or false"}
    return f"it must be {words[kind]}"
