"""`plumb query`: one read-only SQL query under the guard."""

from typing import Annotated

import typer

from .answer_files import check_ending, write_answer
from .ask import (
    ChartOption,
    CostOption,
    DatabaseArgument,
    FileOption,
    PurposeOption,
    RoleOption,
    access_of,
    limits_of,
)
from .options import Format, FormatOption, JsonOption
from .render import emit
from .rows import exit_code
from .session import read_text, session_of


def query(
    ctx: typer.Context,
    *,
    database: DatabaseArgument,
    sql: Annotated[
        str,
        typer.Argument(metavar="SQL", help="A SELECT; - reads it from stdin.", show_default=False),
    ],
    role: RoleOption = None,
    purpose: PurposeOption = None,
    cost_limit: CostOption = None,
    file: FileOption = None,
    chart: ChartOption = None,
    form: FormatOption = Format.TEXT,
    json: JsonOption = False,
) -> None:
    """Run one read-only query; what would change anything is refused."""
    session = session_of(ctx)
    out = session.output(form, json=json)
    text = read_text(sql, what="query", example='plumb query finance "SELECT 1"')
    settings = session.settings()
    if file is not None:
        check_ending(file)
    import sql_agent

    limits = limits_of(settings, cost_limit)
    address = settings.database(database) or database
    access = access_of(role, purpose)
    with out.busy("running"):
        if access is None:
            answer = sql_agent.query(address, text, limits=limits)
        else:
            from sql_agent.governance import query_as

            answer = query_as(address, text, access=access, limits=limits)
        row = answer.to_dict()
    if file is not None and row.get("status") == "answered":
        write_answer(file, row, text)
        out.note(f"wrote {file}")
    emit(out, row, chart=chart)
    raise typer.Exit(exit_code(row, database=True))
