"""Running an admitted query: in a worker process, with limits, and back as plain data.

Values come back JSON-safe and exact: decimals and dates as texts, whole numbers as numbers.
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from decimal import Decimal
from typing import Any, cast

from assistants.answer import Check, Json
from assistants.deadline import call
from assistants.model import Cancel

from .connect import Limits, Reader, open_reader
from .cost import cost_of, explaining, judged
from .database import Target
from .guard import Admitted
from .spark import START_SECONDS
from .views import through_views

_GRACE = 3.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Result:
    """The rows of a query; `truncated` where the limit on rows or bytes cut them off.

    `cost` says what it was estimated at before it ran.
    """

    columns: tuple[str, ...]
    rows: tuple[tuple[Json, ...], ...]
    truncated: bool = False
    cost: Check


def execute(
    target: Target, admitted: Admitted, limits: Limits = Limits(), *, cancel: Cancel | None = None
) -> Result:
    """Run a query that the guard has admitted, if its estimated cost is within the limits.

    Raises:
        TooCostly: it was not run, as it is estimated at more than `limits.work`.
        QueryFailed: the engine's word.
        DeadlineExceeded: it took longer than `limits.seconds`.
        WorkerCrashed: it needed more memory than `limits.memory_mb`.
    """
    sql = _capped(admitted, limits, target)
    return call(
        run,
        target,
        sql,
        limits,
        dict(admitted.sizes),
        seconds=limits.seconds + (START_SECONDS if target.engine == "spark" else _GRACE),
        memory_mb=limits.memory_mb + 1024,
        cancel=cancel,
    )


def _capped(admitted: Admitted, limits: Limits, target: Target) -> str:
    """Return the SQL with a limit one above the row limit, unless it has a lower one itself."""
    tree, dialect = admitted.tree, target.dialect
    placed = bool(target.views) and target.engine == "server"  # Spark's session has them itself
    if placed:
        tree = through_views(tree, target.views, dialect)
    own = tree.args.get("limit")
    if own is not None or dialect in {"tsql", "oracle"}:
        return tree.sql(dialect=dialect, comments=False) if placed else admitted.sql
    return tree.copy().limit(limits.rows + 1).sql(dialect=dialect, comments=False)


def run(target: Target, sql: str, limits: Limits, sizes: Mapping[str, int] | None = None) -> Result:
    """Estimate one query, run it and return its rows; for a worker process."""
    with open_reader(target, limits) as reader:
        cost = _weighed(reader, target.dialect, sql, sizes or {}, limits)
        cursor = reader.select(sql)
        names = tuple(str(column[0]) for column in cursor.description or ())
        rows: list[tuple[Json, ...]] = []
        size = 0
        while chunk := cursor.fetchmany(min(500, limits.rows + 1 - len(rows))):
            for values in chunk:
                row = tuple(plain(value) for value in values)
                size += sum(len(str(value)) for value in row)
                if len(rows) >= limits.rows or size > limits.bytes:
                    return Result(columns=names, rows=tuple(rows), truncated=True, cost=cost)
                rows.append(row)
        return Result(columns=names, rows=tuple(rows), cost=cost)


def _weighed(
    reader: Reader, dialect: str, sql: str, sizes: Mapping[str, int], limits: Limits
) -> Check:
    explain = explaining(dialect, sql)
    if not explain:
        return judged(None, limits.work)
    plan: list[Sequence[Any]] = []
    cursor = reader.select(explain)
    while chunk := cursor.fetchmany(500):
        plan += chunk
    return judged(cost_of(dialect, plan, sizes), limits.work)


def plain(value: object) -> Json:
    """Return an engine's value as JSON-safe data that loses nothing."""
    if value is None or isinstance(value, bool | int | str):
        return value
    if isinstance(value, float):
        return value if math.isfinite(value) else str(value)
    if isinstance(value, Decimal):
        return format(value, "f")
    if isinstance(value, datetime):
        return value.isoformat(" ")
    if isinstance(value, date | time):
        return value.isoformat()
    if isinstance(value, bytes | bytearray | memoryview):
        return bytes(value).hex()
    if isinstance(value, Mapping):
        members = cast("Mapping[object, Any]", value)
        return {str(key): plain(member) for key, member in members.items()}
    if isinstance(value, Sequence):
        return [plain(member) for member in cast("Sequence[Any]", value)]
    return str(value)
