"""The version of plumb: of the installed package, or of the source tree that is run from."""

import importlib.metadata
import tomllib
from pathlib import Path


def version() -> str:
    """Return the version of what runs."""
    try:
        return importlib.metadata.version("plumb")
    except importlib.metadata.PackageNotFoundError:
        project = Path(__file__).parent.parent / "pyproject.toml"
        return str(tomllib.loads(project.read_text(encoding="utf-8"))["project"]["version"])
