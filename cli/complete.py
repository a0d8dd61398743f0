"""`plumb complete`: the text that belongs at one place of a file."""

import re
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from assistants.errors import InputError

from .options import Format, FormatOption, JsonOption, ModelOption
from .output import Output
from .render import emit, note_trail, show_evidence, show_no_answer, show_remarks
from .rows import Row, exit_code, text_of
from .safe_text import printable
from .session import load_model, session_of

if TYPE_CHECKING:
    from code_assist import Position, Source

_PLACE = re.compile(r"(?P<file>.+?):(?P<line>\d{1,9})(?::(?P<column>\d{1,9}))?", re.DOTALL)
_AROUND = 4  # lines of the file shown above and below a completion


def parse_place(text: str) -> tuple[Path, int, int | None]:
    """Split FILE:LINE or FILE:LINE:COL (1-based); a drive letter's colon stays in the file."""
    match = _PLACE.fullmatch(text)
    if match is None:
        raise InputError(f"{text!r} is not FILE:LINE:COL", hint="plumb complete src/shop.py:12:5")
    column = match["column"]
    return Path(match["file"]), int(match["line"]), int(column) if column else None


def position_in(source: "Source", line: int, column: int | None) -> "Position":
    """Return the zero-based position of a 1-based place; no column is the line's end."""
    from code_assist import Position

    source.offset(Position(line - 1, 0))  # refuses a line that is not there
    if column is None:
        return Position(line - 1, len(source.line(line - 1)))
    position = Position(line - 1, column - 1)
    source.offset(position)
    return position


def complete(
    ctx: typer.Context,
    *,
    place: Annotated[
        str,
        typer.Argument(
            metavar="FILE:LINE[:COL]",
            help="Line and column count from 1; without a column, the end of the line.",
            show_default=False,
        ),
    ],
    model: ModelOption = None,
    form: FormatOption = Format.TEXT,
    json: JsonOption = False,
) -> None:
    """Fill in the code at a place; in a pipe, only the code itself goes to stdout."""
    session = session_of(ctx)
    out = session.output(form, json=json)
    file, line, column = parse_place(place)
    import code_assist

    source = code_assist.Source.read(file)
    position = position_in(source, line, column)
    settings = session.settings(model=model)
    chosen = load_model(out, settings.model)
    with out.busy("completing"):
        project = code_assist.read_project(file)
        row = code_assist.complete(
            source,
            position,
            model=chosen or project.ngram,
            memory=project.memory(source, source.offset(position)),
        ).to_dict()
    if out.form is not Format.TEXT:
        emit(out, row)
        raise typer.Exit(exit_code(row))
    if out.verbose:
        note_trail(out, row)
    if row["status"] != "answered":
        show_no_answer(out, row)
    elif out.interactive:
        show_in_place(out, source, position, row)
        show_remarks(out, row)
        show_evidence(out, row)
    else:
        out.raw(text_of(row.get("completion")))
    raise typer.Exit(exit_code(row))


def show_in_place(out: Output, source: "Source", position: "Position", row: Row) -> None:
    """Write the completion between the lines around it, the new text in green."""
    from rich.text import Text

    start, end = replaced_range(position, row)
    lines = [source.line(number) for number in range(source.line_count)]
    first, last = start.line, end.line
    before = "\n".join([*lines[max(0, first - _AROUND) : first], lines[first][: start.column]])
    after = "\n".join([lines[last][end.column :], *lines[last + 1 : last + 1 + _AROUND]])
    out.show(
        Text.assemble(
            (printable(before), "dim"),
            (printable(text_of(row.get("completion"))), "bold green"),
            (printable(after), "dim"),
        )
    )


def replaced_range(position: "Position", row: Row) -> tuple["Position", "Position"]:
    """Return the range that the completion replaces; by default nothing, at the cursor."""
    from code_assist import Position

    span = row.get("range")
    if not isinstance(span, Mapping):
        return position, position
    ends: list[Position] = []
    for name in ("start", "end"):
        place = span[name]
        assert isinstance(place, Mapping)  # noqa: S101 - the shape of `Completion.details`
        ends.append(Position(int(str(place["line"])), int(str(place["column"]))))
    return ends[0], ends[1]
