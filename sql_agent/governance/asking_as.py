"""Questions and queries asked in a role: through the gate, and into the audit log."""

from collections.abc import Collection
from dataclasses import replace

from assistants.answer import Answer, Status, Step, Verdict
from assistants.errors import DeadlineExceeded, QueryFailed, QueryRefused, WorkerCrashed
from assistants.model import Cancel, Model
from sql_agent.asking import ask
from sql_agent.connect import Limits
from sql_agent.database import resolve
from sql_agent.guard import admit
from sql_agent.querying import READ_ONLY, ran
from sql_agent.result import QueryResult

from .gate import Gate, open_gate
from .policy import Access


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
        OutputError: the ledger cannot be written.
    """
    gate = open_gate(resolve(database), access)
    answer = ask(
        database, question, model=model, choices=choices, limits=limits, cancel=cancel, gate=gate
    )
    return _refused(answer, gate)


def query_as(
    database: str,
    sql: str,
    *,
    access: Access,
    limits: Limits = Limits(),
    cancel: Cancel | None = None,
) -> Answer[QueryResult]:
    """Run a SELECT as somebody in a role, or refuse it; raises as `ask_as` does."""
    gate = open_gate(resolve(database), access)
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
    )
    step = Step(candidate=candidate, checks=(READ_ONLY, ran(result.rows), gate.check))
    return Answer(status=Status.ANSWERED, best=step, steps=(step,))


def _refused(answer: Answer[QueryResult], gate: Gate) -> Answer[QueryResult]:
    """Say `refused` where the gate, not the question, is why there is no answer."""
    if answer.status is Status.ABSTAINED and gate.refusal:
        steps = tuple(step for step in answer.steps if step.verdict is Verdict.REFUTED)
        return replace(answer, status=Status.REFUSED, reason=gate.refusal, steps=steps)
    return answer
