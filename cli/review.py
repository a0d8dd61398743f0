"""`plumb review`: a clinician accepts, corrects or rejects what was found in notes."""

import getpass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from assistants.answer import SCHEMA, Json

from .help import Command, group
from .options import Format, FormatOption, JsonOption
from .render import emit_table
from .session import session_of

if TYPE_CHECKING:
    from sql_agent.clinical.review import Item

app = group(
    "Review what was found in notes. Nothing unreviewed counts in a question.",
    "plumb extract note.txt --queue\nplumb review list\nplumb review accept 1\n"
    "plumb review correct 2 --code J44.1\nplumb review reject 3\n"
    "plumb review facts reviewed.duckdb\n"
    'plumb ask reviewed.duckdb "number of findings by code"',
)
NumberArgument = Annotated[
    int, typer.Argument(metavar="N", help="The finding's number.", show_default=False)
]
_COLUMNS = ["n", "decision", "kind", "code", "status", "evidence", "context"]


@app.command(cls=Command, name="list")
def show(
    ctx: typer.Context,
    *,
    everything: Annotated[
        bool, typer.Option("--all", help="Those that were reviewed as well.")
    ] = False,
    form: FormatOption = Format.TEXT,
    json: JsonOption = False,
) -> None:
    """Show what waits for review."""
    out = session_of(ctx).output(form, json=json)
    from sql_agent.clinical import default_queue

    items = default_queue().items(waiting=not everything)
    rows = [_row(item) for item in items]
    kept: list[Json] = [dict(zip(_COLUMNS, row, strict=True)) for row in rows]
    emit_table(out, list(_COLUMNS), rows, {"schema": SCHEMA, "findings": kept})


@app.command(cls=Command)
def accept(ctx: typer.Context, *, number: NumberArgument) -> None:
    """Say that a finding is right."""
    out = session_of(ctx).output(Format.TEXT)
    from sql_agent.clinical import default_queue

    item = default_queue().decide(number, "accept", who=getpass.getuser())
    kept = "" if item.is_fact else f", {item.status.value}: facts leave it out"
    out.note(f"accepted: {item.kind} {item.code}{kept}")


@app.command(cls=Command)
def correct(
    ctx: typer.Context,
    *,
    number: NumberArgument,
    code: Annotated[str, typer.Option("--code", metavar="CODE", help="The right code.")],
) -> None:
    """Say what a finding should have been; a diagnosis must be an ICD-10-CM code that exists."""
    out = session_of(ctx).output(Format.TEXT)
    from sql_agent.clinical import default_queue

    item = default_queue().decide(number, "correct", who=getpass.getuser(), code=code)
    out.note(f"corrected: {item.kind} {item.code}")


@app.command(cls=Command)
def reject(ctx: typer.Context, *, number: NumberArgument) -> None:
    """Say that a finding is wrong."""
    out = session_of(ctx).output(Format.TEXT)
    from sql_agent.clinical import default_queue

    item = default_queue().decide(number, "reject", who=getpass.getuser())
    out.note(f"rejected: {item.kind} {item.code}")


@app.command(cls=Command)
def facts(
    ctx: typer.Context,
    *,
    file: Annotated[
        Path, typer.Argument(metavar="FILE", help="A new .duckdb file.", show_default=False)
    ],
) -> None:
    """Write a database for questions, with accepted and corrected findings alone."""
    out = session_of(ctx).output(Format.TEXT)
    from sql_agent.clinical import default_queue

    count = default_queue().facts(file)
    out.note(f"wrote {count} reviewed findings to {file}")


def _row(item: "Item") -> list[Json]:
    code = item.code or "?"
    return [
        item.number,
        item.decision or "waiting",
        item.kind,
        code,
        item.status.value,
        item.evidence,
        item.context,
    ]
