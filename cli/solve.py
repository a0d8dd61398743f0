"""`plumb solve`: one mathematical question, a checked solution."""

import sys
from collections.abc import Callable
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from assistants.errors import OutputError

from .options import Format, FormatOption, JsonOption, ModelOption, SecondsOption
from .output import Output
from .pictures import PageOption, PlotFileOption, PlotOption, check_picture, pictured
from .render import emit, show_answer
from .rows import Row, exit_code, rows_of, text_of
from .session import load_model, read_text, session_of

if TYPE_CHECKING:
    from assistants.answer import Answer
    from math_solver import Solution


MOST_REPLIES = 3
REPLY = "Reply with a number or in words; an empty line stops here."


class Details(StrEnum):
    """How much of the way to an answer is shown."""

    BRIEF = "brief"
    STEPS = "steps"
    FULL = "full"


def solve(
    ctx: typer.Context,
    *,
    question: Annotated[
        str,
        typer.Argument(
            metavar="QUESTION", help="The problem; - reads it from stdin.", show_default=False
        ),
    ],
    method: Annotated[
        str | None,
        typer.Option(
            "--method",
            metavar="NAME",
            help="Another way: factor, formula, square; substitution, elimination.",
            show_default=False,
        ),
    ] = None,
    details: Annotated[
        Details, typer.Option("--details", help="The answer alone, its steps, or every check.")
    ] = Details.STEPS,
    certificate: Annotated[
        Path | None,
        typer.Option(
            "--certificate",
            metavar="FILE",
            help="Write a Python script that proves the steps again (sympy and mpmath).",
            show_default=False,
        ),
    ] = None,
    latex: Annotated[bool, typer.Option("--latex", help="Write the solution as LaTeX.")] = False,
    plot: PlotOption = False,
    plot_file: PlotFileOption = None,
    html: PageOption = None,
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
    check_picture(plot_file)
    chosen = load_model(out, settings.model)
    import math_solver

    def solved(problem: str) -> "Answer[Solution]":
        with out.busy("solving"):
            found = math_solver.solve(problem, model=chosen, seconds=settings.seconds)
            if method is not None:
                found = math_solver.by_method(problem, found, method, seconds=settings.seconds)
        return found

    text, answer = _asked_back(out, text, solved)
    row = answer.to_dict()
    _show(out, answer, row, details=details, latex=latex)
    pictured(out, text, answer, plot=plot, file=plot_file, html=html)
    if certificate is not None:
        _certify(out, text, answer, certificate)
    raise typer.Exit(exit_code(row))


def _asked_back(
    out: Output, text: str, solved: "Callable[[str], Answer[Solution]]"
) -> tuple[str, "Answer[Solution]"]:
    """Solve; where a person sits at the terminal, put the question back and go on with the reply.

    Returns the problem with the replies in it and the last answer.
    """
    from math_solver.clarification import continued

    answer = solved(text)
    person = out.interactive and sys.stdin.isatty() and out.form is Format.TEXT
    for _ in range(MOST_REPLIES):
        if answer.clarification is None or not person:
            break
        show_answer(out, answer.to_dict(), chart=False, choose=REPLY)
        reply = typer.prompt("reply", default="", show_default=False, err=True).strip()
        whole = continued(text, answer.clarification, reply) if reply else None
        if whole is None:
            break
        text, answer = whole, solved(whole)
    return text, answer


def _show(
    out: Output, answer: "Answer[Solution]", row: Row, *, details: Details, latex: bool
) -> None:
    """Write the solution in the form that was asked for."""
    from math_solver.render import solution_latex, solution_markdown

    best = answer.best if row.get("status") == "answered" else None
    if best is not None and latex:
        out.raw(solution_latex(best.candidate))
    elif best is not None and out.form is Format.MARKDOWN:
        out.raw(solution_markdown(best.candidate, checks=details is Details.FULL))
    elif out.form is Format.TEXT:
        emit(out, laid_out(row, details, signs=out.interactive))
    else:
        emit(out, row)


def laid_out(row: Row, details: Details, *, signs: bool) -> Row:
    """Return a row with as many steps and checks as asked for.

    `signs` writes Unicode, for people; a pipe gets the notation that plumb reads back.
    """
    from math_solver.render import unicode_text

    write = unicode_text if signs else str
    shown = dict(row)
    steps = rows_of(row.get("steps"))
    if not steps or "rule" not in steps[0]:
        return row
    shown["answer"] = write(text_of(row.get("answer")))
    shown["steps"] = [] if details is Details.BRIEF else [
        {
            **step,
            "before": write(text_of(step.get("before"))),
            "after": write(text_of(step.get("after"))),
            "reason": _reason(step, details),
        }
        for step in steps
    ]  # fmt: skip
    return shown


def _reason(step: Row, details: Details) -> str:
    reason, check = text_of(step.get("reason")), text_of(step.get("check"))
    if details is not Details.FULL or not check:
        return reason
    return f"{reason}; checked: {check}" if reason else f"checked: {check}"


def _certify(out: Output, question: str, answer: "Answer[Solution]", path: Path) -> None:
    """Write the certificate, and tell on stderr what it proves again."""
    from math_solver.certificate import certificate

    with out.busy("checking the certificate"):
        found = certificate(question, answer)
    try:
        path.write_text(found.text, encoding="utf-8")
    except OSError as error:
        message = f"{path} could not be written: {error.strerror}"
        raise OutputError(message, hint="name a file in a folder of yours") from error
    out.note(f"{path}: proves {len(found.rechecked)} claims again; run it with python")
    for title in found.left_out:
        out.note(f"not in it: {title}")
