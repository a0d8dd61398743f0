"""`plumb edit`: a selection changed as told, verified, shown as a diff."""

import re
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from assistants.errors import InputError

from .changes import show_change
from .options import Format, FormatOption, JsonOption, ModelOption
from .rows import exit_code
from .session import load_model, session_of
from .test import PythonOption

if TYPE_CHECKING:
    from code_assist.repair import StillPass

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
    tests: Annotated[
        list[Path] | None,
        typer.Option(
            "--tests",
            metavar="PATH",
            help="Tests that must still pass (Python; run in the sandbox).",
            show_default=False,
        ),
    ] = None,
    write: Annotated[bool, typer.Option("--write", help="Change the file.")] = False,
    python: PythonOption = None,
    model: ModelOption = None,
    form: FormatOption = Format.TEXT,
    json: JsonOption = False,
) -> None:
    """Change a selection as told; the file must parse and show no new finding.

    By rules: add a docstring, type hints, a guard, rename X to Y, extract function NAME; in Java
    Javadoc, a guard, rename X to Y. Anything else needs a model that takes instructions (hf:… or
    http://…).
    """
    session = session_of(ctx)
    out = session.output(form, json=json)
    file, first, last = parse_range(place)
    import code_assist
    from code_assist.editing import edit as change

    source = code_assist.Source.read(file)
    chosen = load_model(out, session.settings(model=model).model)
    further = _still_pass(file, tests, python)
    with out.busy("editing"):
        answer = change(source, first, last, instruction, model=chosen, further=further)
    raise typer.Exit(exit_code(show_change(out, answer, write=write)))


def _still_pass(file: Path, tests: list[Path] | None, python: str | None) -> "list[StillPass]":
    if not tests:
        return []
    if file.suffix != ".py":
        raise InputError("--tests runs pytest, for Python files", hint="leave it out")
    from code_assist.repair import StillPass
    from code_assist.testing import Project

    return [StillPass(Project.of(file, python), tests)]
