"""Runs the real command line in a process of its own, with real pipes."""

import os
import subprocess
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import pytest

LAUNCHER = Path(__file__).resolve().parents[3] / "plumb_launcher.py"
_TALKING = ("NO_COLOR", "FORCE_COLOR", "TERM", "COLUMNS", "PYTHONPATH", "LANG", "LC_ALL")


@dataclass(frozen=True, kw_only=True)
class Plumb:
    """The command line in a folder of its own, with its cache shared by the test run."""

    folder: Path
    environ: Mapping[str, str] = field(default_factory=dict)

    @property
    def command(self) -> list[str]:
        return [sys.executable, str(LAUNCHER)]

    def __call__(
        self, *args: str, stdin: str | bytes = b"", env: Mapping[str, str] | None = None
    ) -> subprocess.CompletedProcess[str]:
        """Run to the end and return what was written, as text."""
        data = stdin.encode() if isinstance(stdin, str) else stdin
        done = subprocess.run(
            [*self.command, *args],
            input=data,
            capture_output=True,
            cwd=self.folder,
            env={**self.environ, **(env or {})},
            timeout=300,
            check=False,
        )
        return subprocess.CompletedProcess(
            done.args, done.returncode, done.stdout.decode(), done.stderr.decode()
        )

    def start(self, args: Sequence[str], **options: object) -> subprocess.Popen[bytes]:
        """Start it and return the process."""
        return subprocess.Popen(
            [*self.command, *args],
            cwd=self.folder,
            env=dict(self.environ),
            **{"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, **options},
        )


@pytest.fixture
def plumb(tmp_path: Path) -> Plumb:
    """The command line without a terminal and without the settings of whoever runs the tests."""
    folder = tmp_path / "work"
    folder.mkdir()
    kept = {
        name: value
        for name, value in os.environ.items()
        if name not in _TALKING and not name.startswith("PLUMB_")
    }
    environ = {**kept, "XDG_CONFIG_HOME": str(tmp_path / "config"), "PLUMB_MODEL": "none"}
    return Plumb(folder=folder, environ=environ)


@pytest.fixture
def write(plumb: Plumb) -> Callable[[str, str], Path]:
    """Writes a file into the folder."""

    def write(name: str, text: str) -> Path:
        file = plumb.folder / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, encoding="utf-8")
        return file

    return write
