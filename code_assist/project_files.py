"""The source files of a project: found by walking its folder, ignored ones left out, bounded."""

import os
from collections.abc import Iterator
from pathlib import Path

from . import languages
from .gitignore import Rules

MOST_FILES = 10_000
LARGEST = 400_000
"""Bytes; a longer file is generated, or a table."""
_SKIPPED = frozenset(
    "node_modules __pycache__ venv env site-packages build dist target out vendor".split()
)
_MARKERS = ("pyproject.toml", "setup.py", "setup.cfg", "pom.xml", "build.gradle", ".git")
_SUFFIXES = tuple(suffix for language in languages.LANGUAGES for suffix in language.suffixes)


def walk(root: Path) -> Iterator[Path]:
    """Yield source files below a folder, those of outer folders first; links are not followed.

    Hidden folders, environments and build output are left out, and what `.gitignore` names.
    """
    waiting: list[tuple[Path, Rules]] = [(root, Rules())]
    count = 0
    for folder, outer in waiting:
        rules = outer.inside(folder)
        try:
            entries = sorted(os.scandir(folder), key=lambda entry: entry.name)
        except OSError:
            continue
        for entry in entries:
            path = folder / entry.name
            if entry.is_dir(follow_symlinks=False):
                if not _skipped(entry.name) and not rules.ignores(path, folder=True):
                    waiting.append((path, rules))
            elif _readable(entry) and not rules.ignores(path, folder=False):
                yield path
                count += 1
                if count == MOST_FILES:
                    return


def _skipped(name: str) -> bool:
    return name.startswith(".") or name in _SKIPPED


def _readable(entry: "os.DirEntry[str]") -> bool:
    try:
        return (
            entry.name.endswith(_SUFFIXES)
            and entry.is_file(follow_symlinks=False)
            and entry.stat(follow_symlinks=False).st_size <= LARGEST
        )
    except OSError:
        return False


def is_indexed(root: Path, path: Path) -> bool:
    """Whether `walk(root)` would come to a path (it need not exist)."""
    try:
        parts = path.relative_to(root).parts
    except ValueError:
        return False
    rules, folder = Rules(), root
    for name in parts[:-1]:
        rules = rules.inside(folder)
        folder /= name
        if _skipped(name) or rules.ignores(folder, folder=True):
            return False
    rules = rules.inside(folder)
    return path.name.endswith(_SUFFIXES) and not rules.ignores(path, folder=False)


def root_of(path: Path) -> Path:
    """Return the project's folder around a file: the nearest with a marker, else the file's own."""
    folder = path.resolve().parent
    for candidate in (folder, *folder.parents):
        if any((candidate / marker).exists() for marker in _MARKERS):
            return candidate
    return folder
