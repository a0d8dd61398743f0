"""`plumb edit`: a selection changed as told, verified, shown as a diff."""

import re
from pathlib import Path
from typing import Annotated

import typer

from assistants.errors import InputError

from .changes import show_change
from .options import Format, FormatOption, JsonOption, ModelOption
from .rows import exit_code
from .session import load_model, session_of

_RANGE = re.compile(r"(?P<file>.+?):(?P<first>\d{1,9})(?:-(?P<last>\d{1,9}))?", re.DOTALL)

RangeArgument = Annotated[
    str,
    typer.Argument(metavar="FILE:LINE[-LINE]", help="Lines count from 1.", show_default=False),
]


def parse_range(text: str) -> tuple[Path, int, int]:
    """Split FILE:LINE or FILE:LINE-LINE."""
    match = _RANGE.fullmatch(text)
    if match is None:
        raise InputError(f"{text!r} is not FILE:LINE-LINE", hint="src/shop.py:12-20")
    first = int(match["first"])
    return Path(match["file"]), first, int(match["last"] or first)


def edit(
    ctx: typer.Context,
    *,
    place: RangeArgument,
    instruction: Annotated[str, typer.Argument(help="What to change.", show_default=False)],
    write: Annotated[bool, typer.Option("--write", help="Change the file.")] = False,
    model: ModelOption = None,
    form: FormatOption = Format.TEXT,
    json: JsonOption = False,
) -> None:
    """Change a selection as told; the file must parse and show no new finding.

    By rules: add a docstring, type hints, a guard, rename X to Y, extract function NAME. Anything
    else needs a model that takes instructions (hf:… or http://…).
    """
    session = session_of(ctx)
    out = session.output(form, json=json)
    file, first, last = parse_range(place)
    import code_assist
    from code_assist.editing import edit as change

    source = code_assist.Source.read(file)
    chosen = load_model(out, session.settings(model=model).model)
    with out.busy("editing"):
        answer = change(source, first, last, instruction, model=chosen)
    raise typer.Exit(exit_code(show_change(out, answer, write=write)))
