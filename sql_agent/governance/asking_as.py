"""Questions and queries asked in a role: through the gate, and into the audit log."""

from collections.abc import Collection
from dataclasses import replace

from assistants.answer import Answer, Status, Step, Verdict
from assistants.errors import (
    DeadlineExceeded,
    PlumbError,
    QueryFailed,
    QueryRefused,
    WorkerCrashed,
)
from assistants.model import Cancel, Model
from sql_agent.asking import ask
from sql_agent.connect import Limits
from sql_agent.database import resolve
from sql_agent.guard import admit
from sql_agent.lineage import lineage_of
from sql_agent.querying import READ_ONLY, ran
from sql_agent.result import QueryResult

from .gate import Gate, open_gate
from .policy import Access
from .record import log_answer, log_failure


def ask_as(
    database: str,
    question: str,
    *,
    access: Access,
    model: Model | None = None,
    choices: Collection[str] = (),
    limits: Limits = Limits(),
    cancel: Cancel | None = None,
) -> Answer[QueryResult]:
    """Answer a question as somebody in a role, or refuse it.

    Raises:
        DatabaseError: there is no such database, or the person or purpose does not fit the role.
        InputError: the question, the role or the policy is wrong.
        OutputError: the ledger or the audit log cannot be written; then there is no answer.
    """
    gate = _opened(database, question, access)
    answer = ask(
        database, question, model=model, choices=choices, limits=limits, cancel=cancel, gate=gate
    )
    answer = _refused(answer, gate)
    log_answer(question, answer, gate, model=model.name if model is not None else "none")
    return answer


def query_as(
    database: str,
    sql: str,
    *,
    access: Access,
    limits: Limits = Limits(),
    cancel: Cancel | None = None,
) -> Answer[QueryResult]:
    """Run a SELECT as somebody in a role, or refuse it; raises as `ask_as` does."""
    gate = _opened(database, sql, access)
    answer = _queried(sql, gate, limits, cancel)
    log_answer(sql, answer, gate, model="none")
    return answer


def _opened(database: str, asked: str, access: Access) -> Gate:
    try:
        return open_gate(resolve(database), access)
    except PlumbError as error:
        log_failure(asked, access, database, error)
        raise


def _queried(sql: str, gate: Gate, limits: Limits, cancel: Cancel | None) -> Answer[QueryResult]:
    try:
        admitted = admit(sql, gate.workspace.catalog)
        result = gate.execute(admitted, limits, cancel=cancel)
    except QueryRefused as error:
        return Answer(status=Status.REFUSED, reason=str(error))
    except (QueryFailed, DeadlineExceeded, WorkerCrashed) as error:
        return Answer(status=Status.FAILED, reason=str(error))
    candidate = QueryResult(
        sql=admitted.sql,
        dialect=gate.target.dialect,
        columns=result.columns,
        rows=result.rows,
        truncated=result.truncated,
        tables=admitted.tables,
        lineage=lineage_of(admitted.tree, gate.workspace.catalog),
    )
    step = Step(candidate=candidate, checks=(READ_ONLY, result.cost, ran(result.rows), gate.check))
    return Answer(status=Status.ANSWERED, best=step, steps=(step,))


def _refused(answer: Answer[QueryResult], gate: Gate) -> Answer[QueryResult]:
    """Say `refused` where the gate, not the question, is why there is no answer."""
    if answer.status is Status.ABSTAINED and gate.refusal:
        steps = tuple(step for step in answer.steps if step.verdict is Verdict.REFUTED)
        return replace(answer, status=Status.REFUSED, reason=gate.refusal, steps=steps)
    return answer
