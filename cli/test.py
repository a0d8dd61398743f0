"""`plumb test`: unit tests for a function, a class or a module, written and run."""

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from assistants.errors import InputError, OutputError

from . import suggest
from .options import Format, FormatOption, JsonOption
from .output import Output
from .render import emit, note_trail, show_code, show_evidence, show_no_answer
from .rows import Row, exit_code, list_of, rows_of, text_of
from .safe_text import one_line
from .session import load_model, session_of

if TYPE_CHECKING:
    from assistants.answer import Answer
    from assistants.model import Model
    from code_assist.testing import Plan, TestSuite

PythonOption = Annotated[
    str | None,
    typer.Option(
        "--python",
        metavar="PATH",
        help="The project's interpreter; else its .venv, the active one, or plumb's.",
        show_default=False,
    ),
]
WriteOption = Annotated[
    bool, typer.Option("--write", help="Write it to its place; else it is only shown.")
]


def test(
    ctx: typer.Context,
    *,
    target: Annotated[
        str,
        typer.Argument(
            metavar="FILE[::NAME]",
            help="A Python or Java file, and a function, Class or Class.method in it.",
            show_default=False,
        ),
    ],
    write: WriteOption = False,
    seconds: Annotated[
        float, typer.Option("--seconds", min=0.1, help="Of search, for each function.")
    ] = 10.0,
    python: PythonOption = None,
    seed: Annotated[int, typer.Option("--seed", help="Another seed, other inputs.")] = 0,
    model: Annotated[
        str | None,
        typer.Option(
            "--model",
            "-m",
            metavar="NAME",
            autocompletion=suggest.models,
            help="Names and orders pytest's tests, if it chats (hf:… or http://…); else rules do.",
            show_default=False,
        ),
    ] = None,
    form: FormatOption = Format.TEXT,
    json: JsonOption = False,
) -> None:
    """Write unit tests that were run; in a pipe, only the test file goes to stdout.

    Python: pytest. Java: JUnit 5, with an installed JDK (17 or newer) and JUnit's archives.

    The code under test runs in a sandbox. A test is kept if it passes in every run and covers a
    branch or notices a mutant; existing tests stay as they are, and what they reach is not
    tested again.
    """
    out = session_of(ctx).output(form, json=json)
    namer = None if model is None else load_model(out, model)
    from code_assist.testing import Plan

    file, _, name = target.partition("::")
    plan = Plan(seconds=seconds, seed=seed)
    with out.busy(f"testing {target}"):
        answer = _answer(Path(file), name or None, plan, python, namer)
    row = answer.to_dict()
    if write:
        _write(out, answer)
    if out.form is not Format.TEXT:
        emit(out, row)
    else:
        _show(out, row, written=write)
    raise typer.Exit(exit_code(row))


def _answer(
    file: Path, name: str | None, plan: "Plan", python: str | None, model: "Model | None"
) -> "Answer[TestSuite]":
    if file.suffix == ".java" and model is not None:
        raise InputError("JUnit tests are named by rules alone", hint="leave --model out")
    if file.suffix == ".java":
        from code_assist.java_testing import JavaProject, write_java_tests

        return write_java_tests(JavaProject.of(file), name, plan=plan)
    from code_assist.testing import Project, write_tests

    return write_tests(Project.of(file, python), name, plan=plan, model=model)


def _write(out: Output, answer: "Answer[TestSuite]") -> None:
    if answer.best is None:
        return
    from assistants.atomic import replace_file

    suite = answer.best.candidate
    try:
        Path(suite.path).parent.mkdir(parents=True, exist_ok=True)
        replace_file(Path(suite.path), lambda part: part.write_text(suite.code, encoding="utf-8"))
    except OSError as error:
        raise OutputError(
            f"{suite.path}: {error.strerror}", hint="leave --write out to see the tests"
        ) from error
    out.note(f"wrote {suite.path}")


def _show(out: Output, row: Row, *, written: bool) -> None:
    if out.verbose:
        note_trail(out, row)
    if row["status"] != "answered":
        show_no_answer(out, row)
        return
    if not out.interactive:
        if not written:
            out.raw(text_of(row["answer"]))
        _note_rest(out, row)
        return
    if not written:
        show_code(out, text_of(row["answer"]), _language(text_of(row.get("path"))))
    _show_scores(out, rows_of(row.get("functions")))
    show_evidence(out, row)
    _note_rest(out, row)


def _language(path: str) -> str:
    return "java" if path.endswith(".java") else "python"


def _show_scores(out: Output, functions: Sequence[Row]) -> None:
    from .tables import show_table

    columns = ["function", "tests", "branches", "mutants noticed"]
    rows = [
        [
            one["name"],
            one["tests"],
            f"{one['covered']} of {one['branches']}",
            f"{one['killed']} of {one['mutants']}",
        ]
        for one in functions
    ]
    out.show()
    show_table(out, columns, rows)


def _note_rest(out: Output, row: Row) -> None:
    for one in rows_of(list_of(row.get("untested"))):
        out.note(one_line(f"not tested: {text_of(one['name'])}: {text_of(one['reason'])}"))
    if note := text_of(row.get("note")):
        out.note(note)
