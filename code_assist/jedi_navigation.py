"""Where jedi says that names lead. Runs in a worker process; nothing of the project is executed.

Rows are plain data: a path, a one-based line and a zero-based column in code points.
"""

from collections.abc import Iterable
from typing import Any, TypeAlias

from .jedi_names import script_of

Place: TypeAlias = tuple[str, int, int, str]
"""Path, line, column, name."""


def definitions_at(text: str, path: str, line: int, column: int) -> list[Place]:
    """Return where the name at a place is defined; imports are followed."""
    script = script_of(text, path)
    return _guarded(
        lambda: _places(script.goto(line, column, follow_imports=True)),
    )


def references_at(text: str, path: str, line: int, column: int, scope: str) -> list[Place]:
    """Return all uses of the name, its definition among them, in the `project` or the `file`."""
    script = script_of(text, path)
    return _guarded(
        lambda: _places(script.get_references(line, column, include_builtins=False, scope=scope))
    )


def help_at(text: str, path: str, line: int, column: int) -> list[tuple[str, str]]:
    """Return (declaration, documentation) of what the name means."""
    script = script_of(text, path)

    def found() -> list[tuple[str, str]]:
        names = script.help(line, column)[:3] or script.infer(line, column)[:3]
        return [(_declared(name), name.docstring(raw=True)) for name in names]

    return _guarded(found)


def signatures_at(
    text: str, path: str, line: int, column: int
) -> list[tuple[str, list[str], int, str]]:
    """Return (label, parameters, index of the current one or -1, documentation) of the call."""
    script = script_of(text, path)

    def found() -> list[tuple[str, list[str], int, str]]:
        return [
            (
                one.to_string(),
                [parameter.to_string() for parameter in one.params],
                -1 if one.index is None else one.index,
                one.docstring(raw=True),
            )
            for one in script.get_signatures(line, column)
        ]

    return _guarded(found)


def _declared(name: Any) -> str:  # noqa: ANN401 - jedi has no types
    """Return how a name is declared: a function's signature, a class's header, else its kind."""
    signatures = name.get_signatures() if name.type in {"function", "class"} else []
    if signatures:
        word = {"function": "def", "class": "class"}[name.type]
        return "\n".join(f"{word} {one.to_string()}" for one in signatures[:3])
    if name.type in {"module", "keyword"}:
        return f"{name.type} {name.full_name or name.name}"
    return str(name.description)


def _places(names: Iterable[Any]) -> list[Place]:
    return [
        (str(name.module_path), name.line, name.column, name.name)
        for name in names
        if name.module_path is not None and name.line is not None
    ]


def _guarded(find: Any) -> Any:  # noqa: ANN401
    try:
        return find()
    except Exception as error:  # noqa: BLE001  (jedi fails in many ways on unfinished code)
        raise ValueError(f"jedi gave up: {type(error).__name__}") from None
