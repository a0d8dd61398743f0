"""`plumb ask`: a question in words to a database, answered with a table and its SQL."""

from typing import Annotated

import typer

from . import suggest
from .options import Format, FormatOption, JsonOption, ModelOption
from .render import emit
from .rows import exit_code
from .session import load_model, read_text, session_of

DatabaseArgument = Annotated[
    str,
    typer.Argument(
        metavar="DB",
        autocompletion=suggest.databases,
        help="finance, medical, a .duckdb or .sqlite file, or a database URL.",
        show_default=False,
    ),
]
ChartOption = Annotated[
    bool | None,
    typer.Option(
        "--chart/--no-chart", help="Draw the chart; by default in a terminal.", show_default=False
    ),
]


def ask(
    ctx: typer.Context,
    *,
    database: DatabaseArgument,
    question: Annotated[
        str,
        typer.Argument(
            metavar="QUESTION", help="The question; - reads it from stdin.", show_default=False
        ),
    ],
    model: ModelOption = None,
    chart: ChartOption = None,
    form: FormatOption = Format.TEXT,
    json: JsonOption = False,
) -> None:
    """Ask a database a question in words."""
    session = session_of(ctx)
    out = session.output(form, json=json)
    text = read_text(
        question, what="question", example='plumb ask finance "total balance by branch"'
    )
    settings = session.settings(model=model)
    import sql_agent

    address = settings.database(database) or database
    with out.busy("opening the database"):
        sql_agent.resolve(address)  # a missing database is told before a missing model
    chosen = load_model(out, settings.model)
    limits = sql_agent.Limits(seconds=settings.seconds, rows=settings.row_limit)

    with out.busy("asking"):
        row = sql_agent.ask(address, text, model=chosen, limits=limits).to_dict()
    emit(out, row, chart=chart)
    raise typer.Exit(exit_code(row, database=True))
