"""`plumb extract` and `plumb deidentify`: clinical notes as findings, and without identifiers."""

from pathlib import Path
from typing import Annotated

import typer

from assistants.answer import SCHEMA, Json
from assistants.errors import InputError

from .options import Format, FormatOption, JsonOption
from .render import emit_table
from .session import read_text, session_of

NoteArgument = Annotated[
    str,
    typer.Argument(metavar="NOTE", help="A text file; - reads it from stdin.", show_default=False),
]


def read_note(note: str) -> str:
    """Return the text of a note."""
    if note == "-":
        return read_text(note, what="note", example="plumb extract note.txt")
    path = Path(note).expanduser()
    try:
        return path.read_text(encoding="utf-8")
    except UnicodeDecodeError as error:
        raise InputError(f"{path} is not UTF-8", hint="save it as UTF-8") from error
    except OSError as error:
        raise InputError(f"{path} cannot be read: {error.strerror}", hint="give a file") from error


def extract(
    ctx: typer.Context,
    *,
    note: NoteArgument,
    queue: Annotated[
        bool, typer.Option("--queue", help="Put the findings into the review queue.")
    ] = False,
    tagger: Annotated[
        Path | None,
        typer.Option(
            "--tagger",
            metavar="FILE",
            help="Also find names that no list has, with what plumb tagger train wrote.",
            show_default=False,
        ),
    ] = None,
    form: FormatOption = Format.TEXT,
    json: JsonOption = False,
) -> None:
    """Find diagnoses, drugs, doses and laboratory values in a note, each with its evidence."""
    out = session_of(ctx).output(form, json=json)
    text = read_note(note)
    from sql_agent import clinical

    names = clinical.load_tagger(tagger) if tagger is not None else None
    findings = clinical.extract(text, tagger=names)
    data: list[list[Json]] = [
        [one.kind, one.code, f"{one.value} {one.unit}".strip(), one.status.value, one.text]
        for one in findings
    ]
    rows: list[Json] = [one.to_dict() for one in findings]
    emit_table(
        out,
        ["kind", "code", "value", "status", "evidence"],
        data,
        {"schema": SCHEMA, "reviewed": False, "findings": rows},
    )
    if queue:
        added = clinical.default_queue().add(note, text, findings)
        out.note(f"{added} findings wait for review: plumb review list")


def deidentify(
    ctx: typer.Context,
    *,
    note: NoteArgument,
    form: FormatOption = Format.TEXT,
    json: JsonOption = False,
) -> None:
    """Take names, dates, numbers and places out of a note; look at it before it leaves."""
    out = session_of(ctx).output(form, json=json)
    text = read_note(note)
    from sql_agent import clinical

    cleaned, found = clinical.deidentify(text)
    if out.form in {Format.JSON, Format.NDJSON}:
        kinds: list[Json] = [
            {"class": one.kind.value, "start": one.start, "end": one.end} for one in found
        ]
        out.json({"schema": SCHEMA, "text": cleaned, "identifiers": kinds})
    else:
        out.raw(cleaned)
    out.note(f"{len(found)} identifiers taken out; no rule finds all: look at the note")
