"""Reading a catalog from a live database. Runs in worker processes only.

Each engine tells its tables, columns and keys in its own way; sizes and values are then asked for
with plain queries, the same for all. A table that cannot be read is left out.
"""

import contextlib
import re
import sqlite3
from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from assistants.errors import QueryFailed

from .catalog import Catalog, CatalogColumn, CatalogTable, ForeignKey
from .connect import Limits, Reader, open_reader, sqlalchemy_engine, sqlite_connection
from .database import Target
from .semantic_model import TEMPORAL, ColumnType

if TYPE_CHECKING:
    import sqlalchemy

    from .views import View

MAX_VALUES = 20_000
"""Distinct texts of one column that are remembered."""
_MAX_LENGTH = 120
_SAMPLE_ROWS = 500_000
_PROBE = 200
_TYPE_PATTERNS: tuple[tuple[str, ColumnType], ...] = (
    (r"\[\]|^LIST|^MAP|^STRUCT|^ARRAY|^JSON|INTERVAL|POINT", "text"),
    (r"BOOL|^BIT$", "boolean"),
    (r"TIMESTAMP|DATETIME", "timestamp"),
    (r"DATE", "date"),
    (r"INT|SERIAL", "integer"),
    (r"DEC|NUMERIC|MONEY", "decimal"),
    (r"DOUBLE|FLOAT|REAL|^NUMBER", "float"),
)
_ISO_DATE = re.compile(r"\d{4}-\d\d-\d\d$")
_ISO_TIME = re.compile(r"\d{4}-\d\d-\d\d[ T]\d\d:\d\d(:\d\d(\.\d+)?)?(Z|[+-]\d\d:?\d\d)?$")


def introspect(target: Target) -> Catalog:
    """Return the catalog of a database."""
    limits = Limits(seconds=110.0, memory_mb=2048)
    if target.engine == "spark":
        from .spark_catalog import spark_tables

        with open_reader(target, limits) as reader:
            return Catalog(dialect=target.dialect, tables=spark_tables(reader, target))
    if target.engine == "sqlite":
        tables = _sqlite_tables(target)
    elif target.engine == "server" and target.dialect != "postgres":
        tables = _alchemy_tables(target)
    else:
        with open_reader(target, limits) as reader:
            if target.views:
                tables = _views(reader, target.views)
            else:
                tables = _duckdb_tables(reader) if target.engine == "duckdb" else _pg_tables(reader)
    sources = {view.name: f"({view.sql}) AS plumb_view" for view in target.views}
    found: list[CatalogTable] = []
    for table in tables:
        with contextlib.suppress(QueryFailed), open_reader(target, limits) as reader:
            relation = sources.get(table.name) or _relation(table, target.dialect)
            found.append(_measured(reader, table, relation, target.dialect))
    return Catalog(dialect=target.dialect, tables=tuple(found))


def column_type(native: str) -> ColumnType:
    """Return what an engine's type holds; `text` for whatever is not known."""
    name = native.upper()
    for pattern, kind in _TYPE_PATTERNS:
        if re.search(pattern, name):
            return kind
    return "text"


def dated_text(values: Sequence[str]) -> ColumnType | None:
    """Return what texts are that are all dates in ISO form; None for others."""
    if all(_ISO_DATE.match(value) for value in values):
        return "date"
    return "timestamp" if all(_ISO_TIME.match(value) for value in values) else None


def quoted(name: str, dialect: str) -> str:
    """Return an identifier as the dialect quotes it."""
    mark = "`" if dialect in {"mysql", "bigquery", "spark", "databricks"} else '"'
    return mark + name.replace(mark, mark * 2) + mark


def _column(name: str, native: str, *, nullable: bool) -> CatalogColumn:
    return CatalogColumn(
        name=name, type=column_type(native), native=native.lower(), nullable=nullable
    )


def _named(schema: str, default: str, name: str) -> tuple[str, str, str]:
    """Return the catalog's name of a relation, its schema and the relation's own name."""
    return (name, "", name) if schema == default else (f"{schema}.{name}", schema, name)


# --- DuckDB and PostgreSQL ----------------------------------------------------------------------

_DUCKDB_COLUMNS = """
SELECT schema_name, table_name, column_name, data_type, is_nullable FROM duckdb_columns()
WHERE NOT internal AND database_name = current_database()
ORDER BY schema_name, table_name, column_index"""
_DUCKDB_KEYS = """
SELECT schema_name, table_name, constraint_type, constraint_column_names,
  referenced_table, referenced_column_names
FROM duckdb_constraints() WHERE database_name = current_database()
  AND constraint_type IN ('PRIMARY KEY', 'UNIQUE', 'FOREIGN KEY')"""
_PG_COLUMNS = """
SELECT n.nspname::text, c.relname::text, a.attname::text, format_type(a.atttypid, a.atttypmod),
  NOT a.attnotnull
FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace JOIN pg_attribute a
  ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
WHERE c.relkind IN ('r', 'v', 'm', 'p', 'f') AND n.nspname !~ '^pg_'
  AND n.nspname <> 'information_schema' AND has_table_privilege(c.oid, 'SELECT')
ORDER BY 1, 2, a.attnum"""
_PG_KEYS = """
SELECT n.nspname::text, c.relname::text,
  CASE k.contype WHEN 'p' THEN 'PRIMARY KEY' WHEN 'u' THEN 'UNIQUE' ELSE 'FOREIGN KEY' END,
  ARRAY(SELECT a.attname::text FROM unnest(k.conkey) WITH ORDINALITY u(n, i)
    JOIN pg_attribute a ON a.attrelid = k.conrelid AND a.attnum = u.n ORDER BY u.i),
  CASE WHEN fn.nspname = n.nspname OR fn.nspname = 'public' THEN f.relname::text
    ELSE fn.nspname || '.' || f.relname END,
  ARRAY(SELECT a.attname::text FROM unnest(k.confkey) WITH ORDINALITY u(n, i)
    JOIN pg_attribute a ON a.attrelid = k.confrelid AND a.attnum = u.n ORDER BY u.i)
FROM pg_constraint k JOIN pg_class c ON c.oid = k.conrelid
  JOIN pg_namespace n ON n.oid = c.relnamespace
  LEFT JOIN pg_class f ON f.oid = k.confrelid LEFT JOIN pg_namespace fn ON fn.oid = f.relnamespace
WHERE k.contype IN ('p', 'u', 'f')"""


def _duckdb_tables(reader: Reader) -> list[CatalogTable]:
    return _assemble(_all(reader, _DUCKDB_COLUMNS), _all(reader, _DUCKDB_KEYS), default="main")


def _pg_tables(reader: Reader) -> list[CatalogTable]:
    return _assemble(_all(reader, _PG_COLUMNS), _all(reader, _PG_KEYS), default="public")


def _all(reader: Reader, sql: str) -> list[Sequence[Any]]:
    return list(reader.select(sql).fetchmany(1_000_000))


def _assemble(
    columns: Iterable[Sequence[Any]], keys: Iterable[Sequence[Any]], *, default: str
) -> list[CatalogTable]:
    found: dict[tuple[str, str], list[CatalogColumn]] = {}
    for schema, table, name, native, nullable in columns:
        column = _column(name, native, nullable=bool(nullable))
        found.setdefault((schema, table), []).append(column)
    constraints: dict[tuple[str, str], list[Sequence[Any]]] = {}
    for schema, table, *rest in keys:
        constraints.setdefault((schema, table), []).append(rest)
    tables: list[CatalogTable] = []
    for place, members in found.items():
        name, schema, relation = _named(place[0], default, place[1])
        own = constraints.get(place, [])
        primary = next((tuple(key[1]) for key in own if key[0] == "PRIMARY KEY"), ())
        tables.append(
            CatalogTable(
                name=name,
                schema=schema,
                relation=relation,
                columns=tuple(members),
                primary_key=primary,
                unique=tuple(tuple(key[1]) for key in own if key[0] == "UNIQUE"),
                foreign_keys=tuple(
                    ForeignKey(columns=tuple(key[1]), table=key[2], references=tuple(key[3]))
                    for key in own
                    if key[0] == "FOREIGN KEY"
                ),
            )
        )
    return tables


def _views(reader: Reader, views: Iterable["View"]) -> list[CatalogTable]:
    """Return the tables that a role sees of PostgreSQL: what their SELECTs give, and no keys."""
    found: list[CatalogTable] = []
    for view in views:
        given = reader.select(f"SELECT * FROM ({view.sql}) AS plumb_view LIMIT 0").description  # noqa: S608
        columns = [
            _column(str(c[0]), str(getattr(c, "type_display", "text")), nullable=True)
            for c in given or ()
        ]
        found.append(
            CatalogTable(
                name=view.name, schema=view.schema, relation=view.relation, columns=tuple(columns)
            )
        )
    return found


# --- SQLite -------------------------------------------------------------------------------------


def _sqlite_tables(target: Target) -> list[CatalogTable]:
    connection = sqlite_connection(target)
    try:
        names = connection.execute(
            "SELECT name FROM sqlite_master WHERE type IN ('table', 'view') "
            "AND name NOT LIKE 'sqlite\\_%' ESCAPE '\\' ORDER BY rootpage, name"
        ).fetchall()
        tables: list[CatalogTable] = []
        for (name,) in names:
            with contextlib.suppress(sqlite3.Error):  # a view over what is gone
                tables.append(_sqlite_table(connection, name))
        return [_resolved(table, tables) for table in tables if table.columns]
    finally:
        connection.close()


def _sqlite_table(connection: sqlite3.Connection, name: str) -> CatalogTable:
    info = connection.execute("SELECT * FROM pragma_table_info(?)", (name,)).fetchall()
    keys: dict[int, list[tuple[str, str, str]]] = {}
    for row in connection.execute("SELECT * FROM pragma_foreign_key_list(?)", (name,)):
        keys.setdefault(row[0], []).append((row[2], row[3], row[4] or ""))
    unique: list[tuple[str, ...]] = []
    for index in connection.execute("SELECT * FROM pragma_index_list(?)", (name,)).fetchall():
        if index[2] and not index[4]:
            parts = connection.execute("SELECT * FROM pragma_index_info(?)", (index[1],)).fetchall()
            unique.append(tuple(part[2] for part in parts if part[2]))
    primary = sorted((row[5], row[1]) for row in info if row[5])
    return CatalogTable(
        name=name,
        relation=name,
        columns=tuple(_column(row[1], row[2] or "", nullable=not row[3]) for row in info),
        primary_key=tuple(column for _, column in primary),
        unique=tuple(unique),
        foreign_keys=tuple(
            ForeignKey(
                columns=tuple(column for _, column, _ in parts),
                table=parts[0][0],
                references=tuple(other for _, _, other in parts),
            )
            for parts in keys.values()
        ),
    )


def _resolved(table: CatalogTable, tables: list[CatalogTable]) -> CatalogTable:
    """Spell the targets of foreign keys as the catalog does; without columns, the primary key."""
    by_name = {other.name.lower(): other for other in tables}
    found: list[ForeignKey] = []
    for key in table.foreign_keys:
        other = by_name.get(key.table.lower())
        if other is not None:
            named = key.references if all(key.references) else other.primary_key
            spelled = {column.name.lower(): column.name for column in other.columns}
            references = tuple(spelled.get(name.lower(), name) for name in named)
            found.append(ForeignKey(columns=key.columns, table=other.name, references=references))
    return replace(table, foreign_keys=tuple(found))


# --- everything else ----------------------------------------------------------------------------


def _alchemy_tables(target: Target) -> list[CatalogTable]:
    import sqlalchemy
    from sqlalchemy.exc import SQLAlchemyError

    engine = sqlalchemy_engine(target)
    try:
        inspector = sqlalchemy.inspect(engine)
        names = [*inspector.get_table_names(), *inspector.get_view_names()]
        return [_alchemy_table(inspector, name) for name in names]
    except SQLAlchemyError as error:
        raise QueryFailed(f"the catalog of {target.shown} cannot be read: {error}") from error
    finally:
        engine.dispose()


def _alchemy_table(inspector: "sqlalchemy.Inspector", name: str) -> CatalogTable:
    return CatalogTable(
        name=name,
        relation=name,
        columns=tuple(
            _column(column["name"], str(column["type"]), nullable=bool(column["nullable"]))
            for column in inspector.get_columns(name)
        ),
        primary_key=tuple(inspector.get_pk_constraint(name).get("constrained_columns") or ()),
        unique=tuple(tuple(key["column_names"]) for key in inspector.get_unique_constraints(name)),
        foreign_keys=tuple(
            ForeignKey(
                columns=tuple(key["constrained_columns"]),
                table=key["referred_table"],
                references=tuple(key["referred_columns"]),
            )
            for key in inspector.get_foreign_keys(name)
        ),
    )


# --- sizes and values ---------------------------------------------------------------------------


def _relation(table: CatalogTable, dialect: str) -> str:
    relation = quoted(table.relation, dialect)
    return f"{quoted(table.schema, dialect)}.{relation}" if table.schema else relation


def _measured(reader: Reader, table: CatalogTable, relation: str, dialect: str) -> CatalogTable:
    rows = reader.select(f"SELECT COUNT(*) FROM {relation}").fetchmany(1)[0][0]  # noqa: S608
    columns = [_sampled(reader, relation, column, dialect) for column in table.columns]
    return replace(table, rows=int(rows), columns=tuple(columns))


def _sampled(reader: Reader, relation: str, column: CatalogColumn, dialect: str) -> CatalogColumn:
    name = quoted(column.name, dialect)
    if column.type == "text":
        column = _with_values(reader, relation, column, name)
    if column.type in TEMPORAL:
        low, high = reader.select(
            f"SELECT MIN({name}), MAX({name}) FROM {relation}"  # noqa: S608
        ).fetchmany(1)[0]
        return replace(column, low=_iso(low), high=_iso(high))
    return column


def _with_values(reader: Reader, relation: str, column: CatalogColumn, name: str) -> CatalogColumn:
    sample = f"SELECT {name} AS value FROM {relation} WHERE {name} IS NOT NULL LIMIT"  # noqa: S608
    probe = [row[0] for row in reader.select(f"{sample} {_PROBE}").fetchmany(_PROBE)]
    if not probe or not all(isinstance(value, str) for value in probe):
        return column
    dated = dated_text(probe)
    if dated is not None:
        return replace(column, type=dated)
    if sum(map(len, probe)) > _MAX_LENGTH * len(probe):
        return column
    rows = reader.select(
        f"SELECT DISTINCT value FROM ({sample} {_SAMPLE_ROWS}) AS sample "  # noqa: S608
        f"LIMIT {MAX_VALUES + 1}"
    ).fetchmany(MAX_VALUES + 1)
    values = sorted(str(row[0]) for row in rows if len(str(row[0])) <= _MAX_LENGTH)
    return replace(column, values=tuple(values[:MAX_VALUES]), complete=len(rows) <= MAX_VALUES)


def _iso(value: object) -> str:
    return "" if value is None else str(value).replace("T", " ")
