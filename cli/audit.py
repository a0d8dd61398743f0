"""`plumb audit`: the log of what was asked in roles, and whether it is as it was written."""

from typing import Annotated

import typer

from assistants.answer import SCHEMA, Json, Verdict

from .help import Command, group
from .options import Format, FormatOption, JsonOption
from .render import emit_table
from .rows import text_of
from .session import session_of

app = group(
    "Read and verify the audit log of answers that were asked for in a role.",
    "plumb audit verify\nplumb audit verify --anchor 120:9f2c…    # a head that you noted earlier\n"
    "plumb audit show --last 20",
)


@app.command(cls=Command)
def verify(
    ctx: typer.Context,
    *,
    anchor: Annotated[
        list[str] | None,
        typer.Option(
            "--anchor",
            metavar="N:HASH",
            help="A head that was kept elsewhere; may be repeated.",
            show_default=False,
        ),
    ] = None,
    form: FormatOption = Format.TEXT,
    json: JsonOption = False,
) -> None:
    """Find any change, gap or cut in the log; exit code 1 where there is one."""
    out = session_of(ctx).output(form, json=json)
    from sql_agent.governance import Head, default_log

    heads = [Head.parse(text) for text in anchor or ()]
    checks = default_log().verify(*heads)
    rows: list[Json] = [check.to_dict() for check in checks]
    data = [[check.verdict.value, check.by, check.detail] for check in checks]
    emit_table(out, ["verdict", "what", "found"], data, {"schema": SCHEMA, "checks": rows})
    raise typer.Exit(1 if any(check.verdict is Verdict.REFUTED for check in checks) else 0)


@app.command(cls=Command)
def show(
    ctx: typer.Context,
    *,
    last: Annotated[int, typer.Option("--last", metavar="N", min=1, help="How many.")] = 20,
    who: Annotated[
        str | None, typer.Option("--who", metavar="NAME", help="Of this person alone.")
    ] = None,
    form: FormatOption = Format.TEXT,
    json: JsonOption = False,
) -> None:
    """Show the latest entries."""
    out = session_of(ctx).output(form, json=json)
    from sql_agent.governance import default_log

    found = [row for row in default_log().entries() if who is None or row.get("who") == who]
    kept = found[-last:]
    names = ["seq", "time", "who", "role", "purpose", "question", "status", "rows"]
    data = [[text_of(row.get(name)) for name in names] for row in kept]
    entries: list[Json] = list(kept)
    emit_table(out, list(names), data, {"schema": SCHEMA, "entries": entries})
