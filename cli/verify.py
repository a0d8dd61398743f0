"""`plumb verify`: are two expressions equal, does each line of a chain follow from the last."""

from typing import Annotated

import typer

from assistants.errors import InputError

from .options import Format, FormatOption, JsonOption, SecondsOption
from .render import emit
from .rows import exit_code
from .session import read_text, session_of

_EXAMPLE = 'plumb verify "x^2 - 1" "(x-1)*(x+1)"'


def verify(
    ctx: typer.Context,
    *,
    left: Annotated[
        str,
        typer.Argument(
            metavar="A",
            help="An expression; - or nothing reads a chain of steps from stdin, one a line.",
            show_default=False,
        ),
    ] = "-",
    right: Annotated[
        str | None, typer.Argument(metavar="B", help="What it should equal.", show_default=False)
    ] = None,
    seconds: SecondsOption = None,
    form: FormatOption = Format.TEXT,
    json: JsonOption = False,
) -> None:
    """Compare two expressions, or check a chain of steps."""
    session = session_of(ctx)
    out = session.output(form, json=json)
    if right is None and left != "-":
        raise InputError("there is nothing to compare with", hint=_EXAMPLE)
    first = read_text(left, what="expression", example=_EXAMPLE)
    limit = session.settings(seconds=seconds).seconds
    import math_solver

    with out.busy("comparing"):
        if right is not None:
            second = read_text(right, what="expression", example=_EXAMPLE)
            row = math_solver.verify(first, second, seconds=limit).to_dict()
        else:
            steps = [line.strip() for line in first.splitlines() if line.strip()]
            if len(steps) < 2:
                raise InputError("a chain has at least two lines", hint=_EXAMPLE)
            row = math_solver.verify_chain(steps, seconds=limit).to_dict()
    emit(out, row)
    raise typer.Exit(exit_code(row))
