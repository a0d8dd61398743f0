"""What a live database holds: tables, columns, keys, sizes and sampled values, as plain data.

`read` introspects a database in a worker process and remembers the result for as long as the file
does not change (servers: for a minute). Names are those of the database; a table outside of the
default schema is called `schema.table`. Values and comments are untrusted text: they are compared
with the words of a question and never obeyed.
"""

import functools
import os
import time
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

from assistants.deadline import call

from .database import Target
from .semantic_model import ColumnRef, ColumnType

INTROSPECTION_SECONDS = 120.0
INTROSPECTION_MEMORY_MB = 4096
_SERVER_MEMORY_SECONDS = 60


@dataclass(frozen=True, slots=True, kw_only=True)
class CatalogColumn:
    """A column as it is stored.

    `type` is what its values are: a text column of SQLite that holds ISO dates is a `date`.
    `values` are its distinct texts where there are not too many (`complete`), `low` and `high` the
    ends of a date column in ISO form.
    """

    name: str
    type: ColumnType
    native: str
    nullable: bool = True
    values: tuple[str, ...] = ()
    complete: bool = False
    low: str = ""
    high: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ForeignKey:
    """Columns that point at the columns of another table."""

    columns: tuple[str, ...]
    table: str
    references: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class CatalogTable:
    """A table or view; `schema` is empty for the default one."""

    name: str
    columns: tuple[CatalogColumn, ...]
    schema: str = ""
    relation: str = ""
    primary_key: tuple[str, ...] = ()
    unique: tuple[tuple[str, ...], ...] = ()
    foreign_keys: tuple[ForeignKey, ...] = ()
    rows: int = 0

    @cached_property
    def by_name(self) -> Mapping[str, CatalogColumn]:
        """The columns by name."""
        return {column.name: column for column in self.columns}


@dataclass(frozen=True, kw_only=True)
class Catalog:
    """A database as introspection found it."""

    dialect: str
    tables: tuple[CatalogTable, ...]

    @cached_property
    def by_name(self) -> Mapping[str, CatalogTable]:
        """The tables by name."""
        return {table.name: table for table in self.tables}

    def column(self, ref: ColumnRef) -> CatalogColumn | None:
        """Return the column behind a reference."""
        table = self.by_name.get(ref.table)
        return table.by_name.get(ref.column) if table is not None else None


def read(target: Target) -> Catalog:
    """Return the catalog of a database; raises `DatabaseError` where it cannot be opened."""
    return _read(target, fingerprint(target))


def fingerprint(target: Target) -> tuple[int, ...]:
    """Return what changes when a database does: a file's time and size, a server's minute."""
    if target.engine == "server":
        return (int(time.monotonic() // _SERVER_MEMORY_SECONDS),)
    status = os.stat(target.location)  # noqa: PTH116  (a location is a plain string)
    return (status.st_mtime_ns, status.st_size, status.st_ino)


@functools.lru_cache(maxsize=8)
def _read(target: Target, _fingerprint: tuple[int, ...]) -> Catalog:
    from .introspect import introspect

    return call(
        introspect,
        target,
        seconds=INTROSPECTION_SECONDS,
        memory_mb=INTROSPECTION_MEMORY_MB,
    )
