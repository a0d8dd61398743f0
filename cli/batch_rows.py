"""What `plumb batch` does with one row: which fields it needs, and who answers it.

Rows: solve `question`; verify `left` and `right`, or `steps`; ask `database` and `question`, with
`choices` where an earlier answer asked back; query `database` and `sql`; complete `language`,
`prefix` and `suffix`; check `language` and `text`, or `path`. A row that lacks a field is an
`InputError`, which batch writes as that row's error.
"""

from collections.abc import Callable
from typing import TYPE_CHECKING, TypeAlias

from assistants.answer import Json
from assistants.errors import InputError

from .rows import Row, list_of

if TYPE_CHECKING:
    from assistants.model import Model
    from assistants.settings import Settings

Answerer: TypeAlias = Callable[[Row], Row]


def answerer(verb: str, *, model: "Model | None", settings: "Settings") -> Answerer:
    """Return the function that answers one row of a verb; what it needs is imported now."""
    match verb:
        case "solve":
            return _solver(model, settings.seconds)
        case "verify":
            return _verifier(settings.seconds)
        case "ask":
            return _asker(model, settings)
        case "query":
            return _querier(settings)
        case "complete":
            return _completer(model)
        case _:
            return _checker


def answerer_of(verb: str, model: str, settings: "Settings") -> Answerer:
    """Return the same by the model's name, for a process that has nothing loaded yet."""
    from assistants import registry

    return answerer(verb, model=registry.load(model), settings=settings)


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
        steps = [str(step) for step in list_of(row.get("steps"))]
        if len(steps) > 1:
            return math_solver.verify_chain(steps, seconds=seconds).to_dict()
        left, right = field(row, "left"), field(row, "right")
        return math_solver.verify(left, right, seconds=seconds).to_dict()

    return answer


def _database(row: Row, settings: "Settings") -> str:
    name = field(row, "database")
    return settings.database(name) or name


def _asker(model: "Model | None", settings: "Settings") -> Answerer:
    import sql_agent

    limits = sql_agent.Limits(seconds=settings.seconds, rows=settings.row_limit)
    return lambda row: sql_agent.ask(
        _database(row, settings),
        field(row, "question"),
        model=model,
        choices=tuple(map(str, list_of(row.get("choices")))),
        limits=limits,
    ).to_dict()


def _querier(settings: "Settings") -> Answerer:
    import sql_agent

    limits = sql_agent.Limits(seconds=settings.seconds, rows=settings.row_limit)
    return lambda row: sql_agent.query(
        _database(row, settings), field(row, "sql"), limits=limits
    ).to_dict()


def _completer(model: "Model | None") -> Answerer:
    import code_assist

    def answer(row: Row) -> Row:
        prefix, suffix = _text(row, "prefix"), _text(row, "suffix")
        source = code_assist.Source(text=prefix + suffix, language=field(row, "language"))
        position = source.position(len(prefix))
        return code_assist.complete(source, position, model=model).to_dict()

    return answer


def _text(row: Row, name: str) -> str:
    """Return a text field that may be empty or missing."""
    value: Json = row.get(name, "")
    if not isinstance(value, str):
        raise InputError(f"the row's {name} is not a text", hint=f'write "{name}": "…"')
    return value


def _checker(row: Row) -> Row:
    import code_assist

    from .check import as_findings, as_row

    if path := _text(row, "path"):
        source = code_assist.Source.read(path)
    else:
        source = code_assist.Source(text=_text(row, "text"), language=field(row, "language"))
    return as_row(as_findings(path, code_assist.diagnose(source)))
