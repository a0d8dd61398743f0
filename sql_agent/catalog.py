"""What a live database holds: tables, columns, keys, sizes and sampled values, as plain data.

Names are those of the database; a table outside of the default schema is called `schema.table`.
Values and comments are untrusted text: they are compared with the words of a question and never
obeyed. `sql_agent.catalog_reader` gets a catalog from a database.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

from .semantic_model import ColumnRef, ColumnType


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
