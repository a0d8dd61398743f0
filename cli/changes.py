"""A changed file: shown as a diff, written only when asked."""

from pathlib import Path
from typing import TYPE_CHECKING

from assistants.errors import OutputError

from .options import Format
from .output import Output
from .render import emit, note_trail, show_code, show_evidence, show_no_answer
from .rows import Row, text_of

if TYPE_CHECKING:
    from assistants.answer import Answer
    from code_assist.repair import Patch


def show_change(out: Output, answer: "Answer[Patch]", *, write: bool) -> Row:
    """Write an answer's diff, and with `write` the file itself; return the row.

    Raises `OutputError` where the file cannot be written.
    """
    row = answer.to_dict()
    if answer.best is not None and write:
        _write(Path(answer.best.candidate.path), answer.best.candidate.after)
        out.note(f"wrote {answer.best.candidate.path}")
    if out.form is not Format.TEXT:
        emit(out, row)
        return row
    if out.verbose:
        note_trail(out, row)
    if row["status"] != "answered":
        show_no_answer(out, row)
    elif out.interactive:
        show_code(out, text_of(row["diff"]), "diff")
        show_evidence(out, row)
    elif not write:
        out.raw(text_of(row["diff"]))
    return row


def _write(path: Path, text: str) -> None:
    from assistants.atomic import replace_file

    try:
        replace_file(path, lambda part: part.write_bytes(text.encode()))
    except OSError as error:
        raise OutputError(
            f"{path}: {error.strerror}", hint="leave --write out to see the change"
        ) from error
