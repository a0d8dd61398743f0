"""A result as a Parquet file, written by DuckDB from memory; types follow the values."""

import re
from collections.abc import Sequence
from pathlib import Path

from assistants.answer import Json
from assistants.errors import OutputError

_DECIMAL = re.compile(r"-?\d{1,28}\.(\d{1,10})$")
_DATE = re.compile(r"\d{4}-\d\d-\d\d$")
_MOMENT = re.compile(r"\d{4}-\d\d-\d\d[ T]\d\d:\d\d(:\d\d(\.\d{1,6})?)?$")


def write_parquet(path: Path, columns: Sequence[str], rows: Sequence[Sequence[Json]]) -> None:
    """Write a table; exact decimals and dates keep their types.

    Raises:
        OutputError: there is no column, or the file cannot be written.
    """
    import duckdb

    if not columns:
        raise OutputError("there is no table to write", hint="ask for one")
    names = _unique(columns)
    kinds = [_type([row[i] for row in rows]) for i in range(len(columns))]
    quoted = ['"' + name.replace('"', '""') + '"' for name in names]
    fields = ", ".join(f"{name} {kind}" for name, kind in zip(quoted, kinds, strict=True))
    try:
        with duckdb.connect(":memory:") as connection:
            connection.execute(f"CREATE TABLE result ({fields})")
            if rows:
                marks = ", ".join("?" * len(columns))
                values = [[_plain(value) for value in row] for row in rows]
                connection.executemany(f"INSERT INTO result VALUES ({marks})", values)  # noqa: S608
            place = str(path).replace("'", "''")
            connection.execute(f"COPY result TO '{place}' (FORMAT parquet)")
    except duckdb.Error as error:
        said = str(error).partition("\n")[0]
        raise OutputError(
            f"{path} cannot be written: {said}", hint="choose another place"
        ) from error


def _unique(columns: Sequence[str]) -> list[str]:
    found: list[str] = []
    for name in columns:
        again = sum(name.lower() == other.lower() for other in found)
        found.append(f"{name}_{again + 1}" if again else name)
    return found


def _plain(value: Json) -> Json:
    return value if value is None or isinstance(value, bool | int | float) else str(value)


def _type(values: Sequence[Json]) -> str:
    known = [value for value in values if value is not None]
    if known and all(isinstance(value, bool) for value in known):
        return "BOOLEAN"
    if any(isinstance(value, bool) or not isinstance(value, int | float | str) for value in known):
        return "VARCHAR"
    whole = [value for value in known if isinstance(value, int)]
    if known and len(whole) == len(known):
        return "BIGINT" if all(abs(value) < 2**63 for value in whole) else "HUGEINT"
    if known and all(isinstance(value, int | float) for value in known):
        return "DOUBLE"
    texts = [value for value in known if isinstance(value, str)]
    if len(texts) == len(known) and texts:
        if (decimals := [_DECIMAL.match(text) for text in texts]) and all(decimals):
            scale = max(len(found[1]) for found in decimals if found is not None)
            return f"DECIMAL(38, {scale})"
        if all(_DATE.match(text) for text in texts):
            return "DATE"
        if all(_MOMENT.match(text) for text in texts):
            return "TIMESTAMP"
    return "VARCHAR"
