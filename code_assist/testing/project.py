"""Where a file belongs: its module name, the folder to import from, its interpreter, its tests."""

import os
import sys
from dataclasses import dataclass
from pathlib import Path

from assistants.errors import InputError

_MARKS = ("pyproject.toml", "setup.py", "setup.cfg", ".git")


@dataclass(frozen=True, slots=True, kw_only=True)
class Project:
    """The surroundings of one Python file.

    `root` is the folder from which `module` is imported, `home` the project's top folder.
    """

    file: Path
    module: str
    root: Path
    home: Path
    python: str

    @classmethod
    def of(cls, file: Path, python: str | None = None) -> "Project":
        """Return the surroundings of a file; `InputError` where it cannot be imported by name."""
        file = file.resolve()
        if file.suffix != ".py":
            raise InputError(f"{file.name}: not a Python file", hint="tests are written for .py")
        if not file.is_file():
            raise InputError(f"{file}: no such file", hint="check the path")
        parts = [] if file.stem == "__init__" else [file.stem]
        folder = file.parent
        while (folder / "__init__.py").exists():
            parts.insert(0, folder.name)
            folder = folder.parent
        if not parts or not all(part.isidentifier() for part in parts):
            raise InputError(
                f"{file.name}: its name cannot be imported", hint="rename it to letters and _"
            )
        home = _home(folder)
        return cls(
            file=file,
            module=".".join(parts),
            root=folder,
            home=home,
            python=python or _interpreter(home),
        )

    @property
    def test_file(self) -> Path:
        """Where the tests of this file are, or belong: in `tests/` where there is such a folder."""
        name = f"test_{self.file.stem}.py"
        for folder in (self.home / "tests", self.home / "test"):
            if folder.is_dir():
                found = sorted(folder.rglob(name))
                return found[0] if found else folder / name
        return self.file.with_name(name)


def _home(folder: Path) -> Path:
    for above in (folder, *folder.parents):
        if any((above / mark).exists() for mark in _MARKS):
            return above
    return folder


def _interpreter(home: Path) -> str:
    """Return the project's own Python: of its environment, of the active one, else ours."""
    candidates = [home / name / "bin" / "python" for name in (".venv", "venv")]
    if active := os.environ.get("VIRTUAL_ENV"):
        candidates.append(Path(active) / "bin" / "python")
    return next((str(one) for one in candidates if one.exists()), sys.executable)
