"""`plumb fix`: the smallest change of a file after which its failing tests pass."""

from pathlib import Path
from typing import Annotated

import typer

from .changes import show_change
from .options import Format, FormatOption, JsonOption, ModelOption
from .rows import exit_code
from .session import load_model, session_of
from .test import PythonOption


def fix(
    ctx: typer.Context,
    *,
    file: Annotated[
        Path, typer.Argument(metavar="FILE", help="The file to mend.", show_default=False)
    ],
    tests: Annotated[
        list[Path],
        typer.Option("--tests", metavar="PATH", help="Test files or folders.", show_default=False),
    ],
    write: Annotated[bool, typer.Option("--write", help="Change the file.")] = False,
    seconds: Annotated[
        float, typer.Option("--seconds", min=1.0, help="Time to look for a change.")
    ] = 60.0,
    python: PythonOption = None,
    model: ModelOption = None,
    form: FormatOption = Format.TEXT,
    json: JsonOption = False,
) -> None:
    """Mend a file so that its failing tests pass; shown as a diff.

    Small changes are tried where the failing tests run, in a sandbox, then what the model proposes;
    the first after which every test passes is the answer. Tests alone cannot show that it is the
    right one: read it.
    """
    session = session_of(ctx)
    out = session.output(form, json=json)
    from code_assist.repair import Plan, repair
    from code_assist.testing import Project

    project = Project.of(file, python)
    chosen = load_model(out, session.settings(model=model).model)
    with out.busy(f"mending {file}"):
        answer = repair(project, tests, plan=Plan(seconds=seconds), model=chosen)
    raise typer.Exit(exit_code(show_change(out, answer, write=write)))
