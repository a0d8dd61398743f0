"""What jedi knows about a place in a Python file. Runs in a worker process; nothing is executed.

The interpreter of a project is never started and its compiled modules are never loaded: jedi reads
source files, those of the project, of its virtual environment, and of ours.
"""

from functools import cache
from pathlib import Path
from typing import Any

from .background import Background

_DESCRIBED = 60
_MOST = 1000
_MARKERS = ("pyproject.toml", "setup.py", "setup.cfg", ".git")


def names_at(text: str, path: str, line: int, column: int) -> list[tuple[str, str, str]]:
    """Return (name, kind, detail) of what may stand at a one-based line and zero-based column."""
    script = script_of(text, path)
    try:
        found = script.complete(line, column)[:_MOST]
        if len(found) > _DESCRIBED:  # describing a name may follow its import
            return [(one.name_with_symbols, _cheap_kind(one), "") for one in found]
        return [(one.name_with_symbols, one.type, one.description) for one in found]
    except Exception as error:  # noqa: BLE001  (jedi fails in many ways on unfinished code)
        raise ValueError(f"jedi gave up: {type(error).__name__}") from None


@cache
def asked() -> Background[list[tuple[str, str, str]]]:
    """Return whom everybody asks for `names_at`."""
    return Background(names_at)


def script_of(text: str, path: str) -> Any:  # noqa: ANN401 - jedi has no types
    """Return jedi's view of a file in its project."""
    import jedi
    from jedi.api.environment import InterpreterEnvironment

    _keep_trees_in_memory()
    root = _root(path)
    project = jedi.Project(root, added_sys_path=_site_packages(root), load_unsafe_extensions=False)
    return jedi.Script(
        text, path=path or None, project=project, environment=InterpreterEnvironment()
    )


def _cheap_kind(name: object) -> str:
    """Return jedi's own first guess at what a name is."""
    return str(getattr(getattr(name, "_name", None), "api_type", ""))


@cache
def _keep_trees_in_memory() -> None:
    """Stop parso from keeping pickles in the user's cache folder.

    Workers that write and read them at the same time break each other, and what is unpickled from
    a folder is code that somebody else may have put there.
    """
    from parso import cache as trees

    def nothing(*_arguments: object, **_options: object) -> None:
        return None

    for name in (
        "_load_from_file_system",
        "_save_to_file_system",
        "_remove_cache_and_update_lock",
    ):
        assert hasattr(trees, name)  # noqa: S101  (parso is pinned through jedi)
        setattr(trees, name, nothing)


def _root(path: str) -> Path:
    folder = Path(path).resolve().parent if path else Path("/nonexistent")
    for candidate in (folder, *folder.parents):
        if any((candidate / marker).exists() for marker in _MARKERS):
            return candidate
    return folder


def _site_packages(root: Path) -> list[str]:
    """Return the site-packages of a virtual environment inside the project, read as source."""
    found = [*root.glob(".venv/lib/python3*/site-packages")]
    return [str(folder) for folder in (*found, *root.glob("venv/lib/python3*/site-packages"))]
