"""The two databases that come with plumb, built at first use into the user's cache.

A build is deterministic and takes seconds. It happens once: a lock file keeps two processes from
building twice, and a file gets its name only when it is complete. Names carry the generator's
version, so a new generator never meets an old file.
"""

import importlib
import logging
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol, cast

from assistants import settings
from assistants.errors import DatabaseError, DatabaseNotFound

NAMES = ("finance", "medical")
_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Bundled:
    """A built database: its DuckDB file, and the YAML file of its semantic model."""

    path: Path
    semantic_model: Path


class _Generator(Protocol):
    VERSION: int

    def build(self, path: Path, *, seed: int = ..., scale: float = ...) -> None: ...


def cache_folder() -> Path:
    """Return where databases are built: the setting `cache_dir`."""
    return settings.load().cache_dir


def locate(name: str) -> Bundled:
    """Return the bundled database of a name, built first where it is not there yet.

    Raises:
        DatabaseNotFound: there is no bundled database of that name.
        DatabaseError: the cache folder cannot be written.
    """
    if name not in NAMES:
        raise DatabaseNotFound(
            f"no bundled database is called '{name}'", hint=f"bundled: {', '.join(NAMES)}"
        )
    generator = cast("_Generator", importlib.import_module(f".{name}.generate", __package__))
    path = cache_folder() / f"{name}-{generator.VERSION}.duckdb"
    if not path.is_file():
        _build(generator, path)
    return Bundled(path=path, semantic_model=Path(__file__).parent / name / "model.yaml")


def _build(generator: _Generator, path: Path) -> None:
    import filelock

    temporary = path.with_suffix(".building")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with filelock.FileLock(path.with_suffix(".lock")):
            if path.is_file():
                return
            _log.info("building %s", path)
            _remove(temporary)
            try:
                generator.build(temporary)
                temporary.replace(path)
            finally:
                _remove(temporary)
    except OSError as error:
        raise DatabaseError(
            f"{path.parent}: the bundled database cannot be written ({error.strerror or error})",
            hint="free some disk space, or set PLUMB_CACHE_DIR to a folder that can be written",
        ) from error


def _remove(file: Path) -> None:
    """Remove an unfinished file and the write-ahead log that DuckDB keeps beside it."""
    for leftover in (file, file.with_name(file.name + ".wal")):
        leftover.unlink(missing_ok=True)
