"""What jedi knows about a place in a Python file. Runs in a worker process; nothing is executed.

The interpreter of a project is never started and its compiled modules are never loaded: jedi reads
source files, those of the project, of its virtual environment, and of ours.
"""

from pathlib import Path

_MARKERS = ("pyproject.toml", "setup.py", "setup.cfg", ".git")


def names_at(
    text: str, path: str, line: int, column: int, limit: int
) -> list[tuple[str, str, str]]:
    """Return (name, kind, detail) of what may stand at a one-based line and zero-based column."""
    import jedi
    from jedi.api.environment import InterpreterEnvironment

    root = _root(path)
    project = jedi.Project(root, added_sys_path=_site_packages(root), load_unsafe_extensions=False)
    script = jedi.Script(
        text, path=path or None, project=project, environment=InterpreterEnvironment()
    )
    try:
        found = script.complete(line, column)[:limit]
        return [(one.name_with_symbols, one.type, one.description) for one in found]
    except Exception as error:  # noqa: BLE001  (jedi fails in many ways, also while it infers)
        raise ValueError(f"jedi gave up: {type(error).__name__}") from None


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
