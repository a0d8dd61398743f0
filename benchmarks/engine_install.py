"""What the base install downloads: plumb's own wheel and every wheel that it needs.

    python benchmarks/engine_install.py [--extra NAME ...] [--quick]

pip resolves and downloads the wheels of this platform into a folder that is thrown away; extras
named with `--extra` come on top. `--quick` only lists what is resolved, without sizes. Needs a
package index.
"""

import argparse
import json
import subprocess
import sys
import tempfile
import tomllib
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from _record import HERE, record

GOAL_MB = 150
"""The base install may download so much."""


def options(parser: argparse.ArgumentParser) -> None:
    """Add the extras."""
    parser.add_argument("--extra", action="append", default=[], help="an extra to add, repeatable")


def measure(arguments: argparse.Namespace) -> Mapping[str, Any]:
    """Return sizes in MB (10^6 bytes), the largest first."""
    project = tomllib.loads((HERE.parent / "pyproject.toml").read_text("utf-8"))["project"]
    wanted: list[str] = list(project["dependencies"])
    for extra in arguments.extra:
        wanted += project["optional-dependencies"][extra]
    if arguments.quick:
        return {"packages": resolved(wanted)}
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        pip("wheel", "--no-deps", "--wheel-dir", str(folder), str(HERE.parent))
        own = megabytes(folder.iterdir())
        pip("download", "--only-binary=:all:", "--dest", str(folder), *wanted)
        wheels = sorted(folder.iterdir(), key=lambda file: -file.stat().st_size)
        total = megabytes(wheels)
        return {
            "total_mb": total,
            "own_wheel_mb": own,
            "wheels": len(wheels),
            "goal_mb": GOAL_MB,
            "meets_goal": total < GOAL_MB,
            "largest_mb": {file.name.split("-")[0]: megabytes([file]) for file in wheels[:12]},
        }


def resolved(wanted: Iterable[str]) -> dict[str, str]:
    """Return the version of each package that would be installed into an empty environment."""
    report = pip("install", "--dry-run", "--ignore-installed", "--report", "-", *wanted)
    found = (one["metadata"] for one in json.loads(report)["install"])
    return {str(one["name"]): str(one["version"]) for one in found}


def megabytes(files: Iterable[Path]) -> float:
    """Return the size of some files."""
    return round(sum(file.stat().st_size for file in files) / 1e6, 2)


def pip(*arguments: str) -> str:
    """Run pip and return what it prints."""
    command = [sys.executable, "-m", "pip", "--quiet", "--disable-pip-version-check", *arguments]
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout


if __name__ == "__main__":
    record("engine_install", measure, options=options)
