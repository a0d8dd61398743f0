"""What a folder of Parquet tables holds, asked of Spark in two queries a table.

A query costs Spark a second, whatever its size, so rows, ends of dates and distinct texts of all
columns come in one row. Parquet has no keys: a semantic model names them.
"""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any, Final

from .catalog import CatalogColumn, CatalogTable
from .connect import Reader
from .database import Target
from .introspect import MAX_VALUES, column_type, dated_text, quoted
from .semantic_model import TEMPORAL
from .spark import tables_in

_SAMPLE_ROWS: Final = 500_000
_LONGEST: Final = 120
_PROBE: Final = 200


def spark_tables(reader: Reader, target: Target) -> tuple[CatalogTable, ...]:
    """Return the tables of a folder with sizes, ends of dates and texts."""
    names = [v.name for v in target.views] or list(tables_in(Path(target.location)))
    return tuple(_table(reader, name) for name in names)


def _table(reader: Reader, name: str) -> CatalogTable:
    relation = quoted(name, "spark")
    described = reader.select(f"SELECT * FROM {relation} LIMIT 0").description or ()  # noqa: S608
    columns = [
        CatalogColumn(name=str(c[0]), type=column_type(str(c[1])), native=str(c[1]))
        for c in described
    ]
    dated = [column for column in columns if column.type in TEMPORAL]
    texts = [column for column in columns if column.native == "string"]
    ends = [f"{end}({quoted(c.name, 'spark')})" for c in dated for end in ("MIN", "MAX")]
    rows, *found = _row(reader, f"SELECT {', '.join(['COUNT(*)', *ends])} FROM {relation}")  # noqa: S608
    known: dict[str, CatalogColumn] = {}
    for i, column in enumerate(dated):
        low, high = (_iso(value) for value in found[2 * i : 2 * i + 2])
        known[column.name] = replace(column, low=low, high=high)
    for column, values in zip(texts, _texts(reader, relation, texts), strict=True):
        known[column.name] = _with_values(column, [str(value) for value in values or ()])
    whole = tuple(known.get(column.name, column) for column in columns)
    return CatalogTable(name=name, relation=name, columns=whole, rows=int(rows))


def _texts(reader: Reader, relation: str, columns: Sequence[CatalogColumn]) -> Sequence[Any]:
    """Return distinct texts of columns, each at most one more than are remembered."""
    if not columns:
        return ()
    names = [quoted(column.name, "spark") for column in columns]
    sets = [f"SLICE(COLLECT_SET({name}), 1, {MAX_VALUES + 1})" for name in names]
    inner = f"SELECT {', '.join(names)} FROM {relation} LIMIT {_SAMPLE_ROWS}"  # noqa: S608
    return _row(reader, f"SELECT {', '.join(sets)} FROM ({inner})")  # noqa: S608


def _with_values(column: CatalogColumn, values: Sequence[str]) -> CatalogColumn:
    probe = values[:_PROBE]
    if not probe:
        return column
    dated = dated_text(probe)
    if dated is not None:
        return replace(column, type=dated)
    if sum(map(len, probe)) > _LONGEST * len(probe):
        return column
    kept = sorted(value for value in values if len(value) <= _LONGEST)
    return replace(column, values=tuple(kept[:MAX_VALUES]), complete=len(values) <= MAX_VALUES)


def _row(reader: Reader, sql: str) -> Sequence[Any]:
    return reader.select(sql).fetchmany(1)[0]


def _iso(value: object) -> str:
    return "" if value is None else str(value).replace("T", " ")
