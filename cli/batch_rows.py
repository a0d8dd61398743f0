"""What `plumb batch` does with one row: which fields it needs, and who answers it.

Rows: solve `question`; verify `left` and `right`, or `steps`; ask `database` and `question`;
query `database` and `sql`; complete `language`, `prefix` and `suffix`; check `language` and
`text`, or `path`. A row that lacks a field is an `InputError`, which batch writes as that row's
error.
"""

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING

from assistants.answer import Json
from assistants.errors import InputError

if TYPE_CHECKING:
    from assistants.model import Model

Row = Mapping[str, Json]
Answerer = Callable[[Row], Row]


def answerer(verb: str, *, model: "Model | None", seconds: float) -> Answerer:
    """Return the function that answers one row of a verb."""
    match verb:
        case "solve":
            return _solver(model, seconds)
        case "verify":
            return _verifier(seconds)
        case "ask":
            return _asker(model)
        case "query":
            return _querier()
        case "complete":
            return _completer(model)
        case "check":
            return _checker
        case _:
            raise InputError(f"there is no batch of {verb!r}", hint="plumb batch --help")


def field(row: Row, name: str) -> str:
    """Return a text field of a row that must not be empty."""
    value = row.get(name)
    if not isinstance(value, str) or not value.strip():
        raise InputError(f"the row has no {name}", hint=f'add "{name}": "…" to it')
    return value


def _solver(model: "Model | None", seconds: float) -> Answerer:
    import math_solver

    return lambda row: math_solver.solve(
        field(row, "question"), model=model, seconds=seconds
    ).to_dict()


def _verifier(seconds: float) -> Answerer:
    import math_solver

    def answer(row: Row) -> Row:
        steps = row.get("steps")
        if isinstance(steps, list) and len(steps) > 1:
            return math_solver.verify_chain([str(s) for s in steps], seconds=seconds).to_dict()
        left, right = field(row, "left"), field(row, "right")
        return math_solver.verify(left, right, seconds=seconds).to_dict()

    return answer


def _asker(model: "Model | None") -> Answerer:
    import sql_agent

    return lambda row: sql_agent.ask(
        field(row, "database"), field(row, "question"), model=model
    ).to_dict()


def _querier() -> Answerer:
    import sql_agent

    return lambda row: sql_agent.query(field(row, "database"), field(row, "sql")).to_dict()


def _completer(model: "Model | None") -> Answerer:
    import code_assist

    def answer(row: Row) -> Row:
        prefix, suffix = row.get("prefix"), row.get("suffix", "")
        if not isinstance(prefix, str) or not isinstance(suffix, str):
            raise InputError("the row has no prefix", hint='add "prefix": "…" and "suffix": "…"')
        source = code_assist.Source(text=prefix + suffix, language=field(row, "language"))
        position = source.position(len(prefix))
        return code_assist.complete(source, position, model=model).to_dict()

    return answer


def _checker(row: Row) -> Row:
    import code_assist

    from .check import as_findings, as_row

    if isinstance(path := row.get("path"), str):
        source = code_assist.Source.read(path)
    else:
        source = code_assist.Source(text=field(row, "text"), language=field(row, "language"))
    return as_row(as_findings(str(path or ""), code_assist.diagnose(source)))
