"""`plumb ask`: a question in words to a database, answered with a table and its SQL."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from assistants.answer import Json
from assistants.errors import InputError

from . import suggest
from .answer_files import check_ending, write_answer
from .options import Format, FormatOption, JsonOption, ModelOption
from .output import Output
from .render import emit
from .rows import Row, exit_code, list_of, text_of
from .safe_text import one_line
from .session import load_model, read_text, session_of

if TYPE_CHECKING:
    from assistants.model import Model
    from assistants.settings import Settings
    from sql_agent import Limits
    from sql_agent.governance import Access

DatabaseArgument = Annotated[
    str,
    typer.Argument(
        metavar="DB",
        autocompletion=suggest.databases,
        help="finance, medical, a .duckdb or .sqlite file, or a database URL.",
        show_default=False,
    ),
]
FileOption = Annotated[
    Path | None,
    typer.Option(
        "-o",
        "--output",
        metavar="FILE",
        help="Also write it to a .csv, .md, .json, .parquet, .html, .svg or .png file.",
        show_default=False,
    ),
]
ChartOption = Annotated[
    bool | None,
    typer.Option(
        "--chart/--no-chart",
        help="Draw the chart; by default in a terminal, or into FILE.svg or FILE.png after it.",
        show_default=False,
    ),
]
CostOption = Annotated[
    int | None,
    typer.Option(
        "--cost-limit",
        metavar="ROWS",
        min=0,
        help="Refuse what is estimated at more rows of work (500 million); 0 for no limit.",
        show_default=False,
    ),
]
RoleOption = Annotated[
    str | None,
    typer.Option(
        "--role",
        metavar="ROLE",
        help="Ask in a role of the database's semantic model; the answer is logged.",
        show_default=False,
    ),
]
PurposeOption = Annotated[
    str | None,
    typer.Option(
        "--purpose", metavar="TEXT", help="What the answer is for; with --role.", show_default=False
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
    choose: Annotated[
        list[str] | None,
        typer.Option(
            "--choose",
            metavar="N",
            help="Answer a question back: the number or the text of a choice; may be repeated.",
            show_default=False,
        ),
    ] = None,
    explain: Annotated[
        bool, typer.Option("--explain", help="Show what the words were linked to, and the tree.")
    ] = False,
    confirm: Annotated[
        bool,
        typer.Option("--confirm", help="Keep the query as confirmed: it helps later answers."),
    ] = False,
    role: RoleOption = None,
    purpose: PurposeOption = None,
    cost_limit: CostOption = None,
    file: FileOption = None,
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
    if file is not None:
        check_ending(file)
    import sql_agent

    address = settings.database(database) or database
    with out.busy("opening the database"):
        sql_agent.resolve(address)  # a missing database is told before a missing model
    chosen = load_model(out, settings.model)
    limits = limits_of(settings, cost_limit)
    access = access_of(role, purpose)
    if confirm and access is not None:
        raise InputError("--confirm keeps a query for everyone", hint="leave --role out")
    answer = asker(address, text, chosen, limits, access)
    row = chosen_through(out, answer, choose or [])
    if confirm and row.get("status") == "answered":
        sql_agent.confirm(address, text, text_of(row.get("sql")))
        out.note("kept as confirmed")
    if file is not None and row.get("status") == "answered":
        write_answer(file, row, text)
        out.note(f"wrote {file}")
    emit(out, row, chart=chart)
    if explain and out.form is Format.TEXT:
        show_understanding(out, row)
    raise typer.Exit(exit_code(row, database=True))


def limits_of(settings: "Settings", cost_limit: int | None) -> "Limits":
    """Return what one query may cost; a cost limit of 0 is none."""
    import sql_agent

    limits = sql_agent.Limits(seconds=settings.seconds, rows=settings.row_limit)
    return limits if cost_limit is None else replace(limits, work=cost_limit or None)


def asker(
    address: str,
    text: str,
    model: "Model | None",
    limits: "Limits",
    access: "Access | None",
) -> Callable[[Sequence[str]], Row]:
    """Return the function from choices made to the row of an answer, in a role or without."""
    import sql_agent

    def answer(made: Sequence[str]) -> Row:
        if access is None:
            found = sql_agent.ask(address, text, model=model, choices=made, limits=limits)
        else:
            from sql_agent.governance import ask_as

            found = ask_as(address, text, access=access, model=model, choices=made, limits=limits)
        return found.to_dict()

    return answer


def chosen_through(out: Output, answer: Callable[[Sequence[str]], Row], choices: list[str]) -> Row:
    """Answer each question back by the next choice, as long as there are both."""
    made: list[str] = []
    waiting = list(choices)
    while True:
        with out.busy("asking"):
            row = answer(made)
        clarification = row.get("clarification")
        if not waiting or not isinstance(clarification, Mapping):
            return row
        made.append(picked(waiting.pop(0), clarification))


def access_of(role: str | None, purpose: str | None) -> "Access | None":
    """Return who asks in which role and for what; None where no role was named."""
    if role is None:
        if purpose is not None:
            raise InputError("--purpose goes with --role", hint="name the role you ask in")
        return None
    if not (purpose or "").strip():
        raise InputError(
            "a role needs a purpose", hint="say what the answer is for: --purpose TEXT"
        )
    import getpass

    from sql_agent.governance import Access

    return Access(who=getpass.getuser(), role=role, purpose=(purpose or "").strip())


def picked(said: str, clarification: Mapping[str, Json]) -> str:
    """Return the choice that a number or a text stands for; refuse what is none."""
    choices = [text_of(choice) for choice in list_of(clarification.get("choices"))]
    if said.isdecimal() and 1 <= int(said) <= len(choices):
        return choices[int(said) - 1]
    if said in choices:
        return said
    raise InputError(f"'{said}' is none of the choices", hint=f"1 to {len(choices)}")


def show_understanding(out: Output, row: Row) -> None:
    """Write what the words of a question were linked to, the tree, and the columns it uses."""
    from rich.text import Text

    tables, used = (list_of(row.get(key)) for key in ("tables", "used"))
    lines = [("linked", text_of(link)) for link in list_of(row.get("links"))]
    lines += [("tree", text_of(row.get("query")))] if row.get("query") else []
    lines += [("tables", ", ".join(map(text_of, tables)))] if tables else []
    lines += [("columns", ", ".join(map(text_of, used)))] if used else []
    out.show()
    for word, said in lines:
        out.show(Text.assemble((f"{word:<8} ", "dim"), one_line(said)))
