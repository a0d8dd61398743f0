"""`plumb config`: every setting, its value, and where the value came from."""

from typing import Annotated

import typer

from assistants.answer import SCHEMA, Json

from .help import Command, group
from .options import Format, FormatOption, JsonOption
from .render import emit_table
from .session import session_of

app = group(
    "Show the settings, and where each one comes from.",
    "plumb config show --sources\nPLUMB_MODEL=none plumb config show\nplumb config path",
)


@app.command(cls=Command)
def show(
    ctx: typer.Context,
    *,
    sources: Annotated[
        bool, typer.Option("--sources", help="Add where each value came from.")
    ] = False,
    form: FormatOption = Format.TEXT,
    json: JsonOption = False,
) -> None:
    """Show every setting with its value; passwords are hidden."""
    session = session_of(ctx)
    out = session.output(form, json=json)
    rows = [(name, value, str(origin)) for name, value, origin in session.settings().table()]
    values: dict[str, Json] = {
        name: {"value": value, "source": source} if sources else value
        for name, value, source in rows
    }
    columns = ["setting", "value", "from"] if sources else ["setting", "value"]
    data = [list(row[: len(columns)]) for row in rows]
    emit_table(out, columns, data, {"schema": SCHEMA, "settings": values})


@app.command(cls=Command)
def path(ctx: typer.Context) -> None:
    """Print where your own settings file belongs, whether or not it is there."""
    out = session_of(ctx).output()
    from assistants import settings

    file = settings.user_file()
    out.raw(str(file))
    if not file.exists():
        out.note('it is not there yet; for example: model = "bundled"')
