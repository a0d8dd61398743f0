"""Catalogs of databases: read in a worker process, kept while the file stays the same.

Servers do not tell when they change: theirs is kept for a minute.
"""

import functools
import os
import time
from pathlib import Path

from assistants.deadline import call

from .catalog import Catalog
from .database import Target
from .introspect import introspect
from .spark import START_SECONDS, tables_in

_INTROSPECTION_SECONDS = 120.0
_INTROSPECTION_MEMORY_MB = 4096
_SERVER_MEMORY_SECONDS = 60


def read(target: Target) -> Catalog:
    """Return the catalog of a database; raises `DatabaseError` where it cannot be opened."""
    return _read(target, fingerprint(target))


def fingerprint(target: Target) -> tuple[int, ...]:
    """Return what changes when a database does: a file's time and size, a server's minute."""
    if target.engine == "server":
        return (int(time.monotonic() // _SERVER_MEMORY_SECONDS),)
    if target.engine == "spark":
        folder = Path(target.location)
        return tuple(e.stat().st_mtime_ns for e in (folder, *tables_in(folder).values()))
    status = os.stat(target.location)  # noqa: PTH116  (a location is a plain string)
    return (status.st_mtime_ns, status.st_size, status.st_ino)


@functools.lru_cache(maxsize=8)
def _read(target: Target, _fingerprint: tuple[int, ...]) -> Catalog:
    return call(
        introspect,
        target,
        seconds=_INTROSPECTION_SECONDS + (START_SECONDS if target.engine == "spark" else 0.0),
        memory_mb=_INTROSPECTION_MEMORY_MB,
    )
