"""Where a name can be imported from: other files of the open folders that define it."""

from collections.abc import Iterator
from pathlib import Path

from .source import Source
from .workspace import Workspace

_MOST = 3
_KINDS = frozenset({"class", "function", "variable"})
_FOLDERS = ("", "src", "lib")
"""Where packages of a project begin, below its root."""


def modules(source: Source, name: str, workspace: Workspace) -> tuple[str, ...]:
    """Return the modules of other Python files that define a public name, the nearest first."""
    if source.language != "python" or name.startswith("_"):
        return ()
    own = Path(source.path) if source.path else None
    found: set[tuple[int, int, str]] = set()
    for path in _defining(name, workspace):
        module = _module(Path(path), own, workspace)
        if Path(path) != own and module:
            apart = 0 if own is None else -len(_shared(Path(path), own))
            found.add((apart, len(module), module))
    return tuple(module for _, _, module in sorted(found)[:_MOST])


def _defining(name: str, workspace: Workspace) -> Iterator[str]:
    """Yield the paths of files that define a name at their top."""
    for path, defined in workspace.definitions().items():
        if path.endswith(".py") and any(
            one.name == name and not one.within and one.kind in _KINDS for one in defined
        ):
            yield path


def _module(path: Path, own: Path | None, workspace: Workspace) -> str:
    """Return the name by which a file is imported; empty where its folders do not tell."""
    parts = [] if path.stem == "__init__" else [path.stem]
    folder = path.parent
    while (folder / "__init__.py").is_file():
        parts.insert(0, folder.name)
        folder = folder.parent
    begins = {root / below for root in workspace.roots for below in _FOLDERS}
    beside = own is not None and folder == own.parent
    named = bool(parts) and all(part.isidentifier() for part in parts)
    return ".".join(parts) if named and (beside or folder in begins) else ""


def _shared(one: Path, other: Path) -> tuple[str, ...]:
    """Return the folders that two paths begin with alike."""
    pairs = zip(one.parts, other.parts, strict=False)
    found: list[str] = []
    for first, second in pairs:
        if first != second:
            break
        found.append(first)
    return tuple(found)
