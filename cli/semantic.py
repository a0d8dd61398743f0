"""`plumb semantic`: the file that says what the tables of a database mean."""

from pathlib import Path
from typing import Annotated

import typer

from assistants.answer import SCHEMA, Json, Verdict
from assistants.errors import OutputError

from .ask import DatabaseArgument
from .help import Command, group
from .options import Format, FormatOption, JsonOption
from .render import emit_table
from .session import session_of

app = group(
    "Draft and test the semantic model of a database, and teach it questions.",
    "plumb semantic init ./shop.duckdb -o shop.yaml\nplumb semantic test ./shop.duckdb\n"
    "plumb semantic learn ./shop.duckdb pairs.ndjson",
)


@app.command(cls=Command)
def init(
    ctx: typer.Context,
    *,
    database: DatabaseArgument,
    file: Annotated[
        Path | None,
        typer.Option(
            "-o", "--output", metavar="FILE", help="Where to write it; by default stdout."
        ),
    ] = None,
    force: Annotated[bool, typer.Option("--force", help="Replace a file that is there.")] = False,
) -> None:
    """Write a first semantic model, drafted from names, types, keys and values."""
    session = session_of(ctx)
    out = session.output(Format.TEXT)
    import sql_agent

    address = session.settings().database(database) or database
    with out.busy("reading the database"):
        text = sql_agent.draft_semantic_model(address)
    if file is None:
        out.raw(text)
        return
    try:
        with file.open("w" if force else "x", encoding="utf-8") as stream:
            stream.write(text)
    except FileExistsError as error:
        raise OutputError(f"{file} is there already", hint="--force replaces it") from error
    except OSError as error:
        raise OutputError(
            f"{file} cannot be written: {error.strerror}", hint="choose another place"
        ) from error
    out.note(f"wrote {file}; beside the database under its name it is used from now on")


@app.command(cls=Command, name="test")
def try_model(
    ctx: typer.Context,
    *,
    database: DatabaseArgument,
    form: FormatOption = Format.TEXT,
    json: JsonOption = False,
) -> None:
    """Try types, codes, joins, metrics and verified queries against the database."""
    session = session_of(ctx)
    out = session.output(form, json=json)
    settings = session.settings()
    import sql_agent

    limits = sql_agent.Limits(seconds=settings.seconds)
    with out.busy("testing"):
        checks = sql_agent.check_semantic_model(
            settings.database(database) or database, limits=limits
        )
    rows: list[Json] = [check.to_dict() for check in checks]
    failed = sum(check.verdict is Verdict.REFUTED for check in checks)
    data = [[check.verdict.value, check.by, check.detail] for check in checks]
    emit_table(out, ["verdict", "what", "found"], data, {"schema": SCHEMA, "checks": rows})
    out.note(f"{len(checks)} parts tried, {failed} refuted")
    raise typer.Exit(1 if failed else 0)


@app.command(cls=Command)
def learn(
    ctx: typer.Context,
    *,
    database: DatabaseArgument,
    pairs: Annotated[
        Path | None,
        typer.Argument(
            metavar="[PAIRS]",
            help='Lines {"question": ..., "sql": ...}; null for what the data cannot say.',
            show_default=False,
        ),
    ] = None,
    form: FormatOption = Format.TEXT,
    json: JsonOption = False,
) -> None:
    """Learn from questions with their queries.

    `plumb ask` then answers others like them. The verified queries of the semantic model and the
    confirmed ones are learned from as well.
    """
    session = session_of(ctx)
    out = session.output(form, json=json)
    import sql_agent

    with out.busy("learning"):
        lesson = sql_agent.teach(session.settings().database(database) or database, pairs)
    data: list[list[Json]] = [
        ["pairs", lesson.pairs],
        ["of them without an answer", lesson.unanswerable],
        ["kinds of query", lesson.templates],
        ["left out", len(lesson.left_out)],
        ["tried by rules", lesson.reading.asked],
        ["of them answered", lesson.reading.answered],
        ["of them right", lesson.reading.right],
        ["answers from a probability of", round(lesson.threshold, 3)],
    ]
    left_out: list[Json] = [{"question": q, "reason": why} for q, why in lesson.left_out]
    rest = {"schema": SCHEMA, "left_out": left_out, **{str(name): n for name, n in data}}
    emit_table(out, ["what", "number"], data, rest)
    for question, why in lesson.left_out[:5]:
        out.note(f"left out: '{question}': {why}")
