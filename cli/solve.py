"""`plumb solve`: one mathematical question, a checked solution."""

from typing import Annotated

import typer

from .options import Format, FormatOption, JsonOption, ModelOption, SecondsOption
from .render import emit
from .rows import exit_code
from .session import load_model, read_text, session_of


def solve(
    ctx: typer.Context,
    *,
    question: Annotated[
        str,
        typer.Argument(
            metavar="QUESTION", help="The problem; - reads it from stdin.", show_default=False
        ),
    ],
    model: ModelOption = None,
    seconds: SecondsOption = None,
    form: FormatOption = Format.TEXT,
    json: JsonOption = False,
) -> None:
    """Solve a problem, with every step checked."""
    session = session_of(ctx)
    out = session.output(form, json=json)
    text = read_text(question, what="question", example='plumb solve "solve x^2 = 49"')
    settings = session.settings(model=model, seconds=seconds)
    chosen = load_model(out, settings.model)
    import math_solver

    with out.busy("solving"):
        row = math_solver.solve(text, model=chosen, seconds=settings.seconds).to_dict()
    emit(out, row)
    raise typer.Exit(exit_code(row))
