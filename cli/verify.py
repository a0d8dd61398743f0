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
    lines: Annotated[
        list[str] | None,
        typer.Argument(
            metavar="[A B ...]",
            help="Two to compare, or the lines of a chain; - or nothing reads lines from stdin.",
            show_default=False,
        ),
    ] = None,
    chain: Annotated[
        bool, typer.Option("--chain", help="Take two lines as steps: must B follow from A?")
    ] = False,
    seconds: SecondsOption = None,
    form: FormatOption = Format.TEXT,
    json: JsonOption = False,
) -> None:
    """Compare two expressions, or check a chain of steps."""
    session = session_of(ctx)
    out = session.output(form, json=json)
    steps = _steps(lines or ["-"], chain=chain)
    limit = session.settings(seconds=seconds).seconds
    import math_solver

    with out.busy("comparing"):
        if isinstance(steps, tuple):
            row = math_solver.verify(*steps, seconds=limit).to_dict()
        else:
            row = math_solver.verify_chain(steps, seconds=limit).to_dict()
    emit(out, row)
    raise typer.Exit(exit_code(row))


def _steps(lines: list[str], *, chain: bool) -> tuple[str, str] | list[str]:
    """Return the two lines to compare, or the lines of a chain."""
    if lines == ["-"]:
        text = read_text("-", what="chain of steps", example=_EXAMPLE)
        steps = [line.strip() for line in text.splitlines() if line.strip()]
        if len(steps) < 2:
            raise InputError("a chain has at least two lines", hint=_EXAMPLE)
        return steps
    if len(lines) == 1:
        raise InputError("there is nothing to compare with", hint=_EXAMPLE)
    read = [read_text(line, what="expression", example=_EXAMPLE) for line in lines]
    return (read[0], read[1]) if len(read) == 2 and not chain else read
