"""`plumb config`: every setting, its value, and where the value came from."""

from typing import Annotated

import typer

from assistants.answer import SCHEMA, Json

from .help import Command, group
from .options import Format, FormatOption, JsonOption
from .render import show_table, to_csv, to_markdown
from .session import session_of

app = group(
    "Show the settings: flag, environment (PLUMB_…), project file, user file, default.",
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
    if out.form in {Format.JSON, Format.NDJSON}:
        values: dict[str, Json] = {
            name: {"value": value, "source": source} if sources else value
            for name, value, source in rows
        }
        out.json({"schema": SCHEMA, "settings": values})
        return
    columns = ["setting", "value", "from"] if sources else ["setting", "value"]
    data = [list(row[: len(columns)]) for row in rows]
    table: dict[str, Json] = {"status": "answered", "columns": columns, "rows": data}
    if out.form is Format.CSV:
        out.raw(to_csv(table))
    elif out.form is Format.MARKDOWN:
        out.raw(to_markdown(table))
    else:
        show_table(out, columns, data)


@app.command(cls=Command)
def path(ctx: typer.Context) -> None:
    """Print where your own settings file belongs, whether or not it is there."""
    out = session_of(ctx).output()
    from assistants import settings

    file = settings.user_file()
    out.raw(str(file))
    if not file.exists():
        out.note('it is not there yet; for example: model = "bundled"')
