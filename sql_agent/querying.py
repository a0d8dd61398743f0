"""`query`: one governed, read-only SQL query of the user's own."""

import time

from assistants.answer import Answer, Check, Status, Step, Usage, Verdict
from assistants.errors import DeadlineExceeded, QueryFailed, QueryRefused, WorkerCrashed
from assistants.model import Cancel

from .catalog_reader import read
from .chart import chart_of
from .connect import Limits
from .cost import TooCostly
from .database import resolve
from .execute import execute
from .guard import admit
from .lineage import lineage_of
from .result import QueryResult


def query(
    database: str, sql: str, *, limits: Limits = Limits(), cancel: Cancel | None = None
) -> Answer[QueryResult]:
    """Run a SELECT under the guard.

    What the guard refuses is an answer with the status `refused`; what the engine cannot run is
    `failed`. That a query is read-only and ran does not prove that it is the right one.

    Raises:
        DatabaseNotFound: there is no such database.
    """
    started = time.monotonic()
    target = resolve(database)
    catalog = read(target)
    try:
        admitted = admit(sql, catalog)
    except QueryRefused as error:
        reason = f"{error} ({error.hint})" if error.hint else str(error)
        return Answer(status=Status.REFUSED, reason=reason, usage=_spent(started))
    try:
        result = execute(target, admitted, limits, cancel=cancel)
    except TooCostly as error:
        reason = f"{error} ({error.hint})"
        return Answer(status=Status.REFUSED, reason=reason, usage=_spent(started))
    except (QueryFailed, DeadlineExceeded, WorkerCrashed) as error:
        return Answer(status=Status.FAILED, reason=str(error), usage=_spent(started))
    candidate = QueryResult(
        sql=admitted.sql,
        dialect=target.dialect,
        columns=result.columns,
        rows=result.rows,
        truncated=result.truncated,
        tables=admitted.tables,
        chart=chart_of(result),
        lineage=lineage_of(admitted.tree, catalog),
    )
    step = Step(candidate=candidate, checks=(READ_ONLY, result.cost, ran(result.rows)))
    return Answer(
        status=Status.ANSWERED,
        best=step,
        steps=(step,),
        reason="" if result.rows else "the query ran and found no rows",
        usage=_spent(started),
    )


READ_ONLY = Check(
    by="guard",
    verdict=Verdict.PROVED,
    detail="one read-only SELECT over known tables and columns",
)


def ran(rows: tuple[object, ...]) -> Check:
    """Return the check that says that a query ran, and how many rows came back."""
    found = {0: "no rows", 1: "1 row"}.get(len(rows), f"{len(rows)} rows")
    return Check(by="execution", verdict=Verdict.PROVED, detail=f"ran and returned {found}")


def _spent(started: float) -> Usage:
    return Usage(seconds=time.monotonic() - started)
