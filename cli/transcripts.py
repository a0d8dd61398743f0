"""A conversation as Markdown: what was asked, and each answer with its evidence."""

from pathlib import Path
from typing import TYPE_CHECKING

from assistants.errors import OutputError

from .exports import to_markdown
from .rows import Row, text_of
from .solve import Details, laid_out

if TYPE_CHECKING:
    from assistants.conversation import Conversation


def transcript(conversation: "Conversation") -> str:
    """Return a conversation as Markdown."""
    parts = [f"# A conversation with plumb: {conversation.topic}"]
    for turn in conversation.turns:
        said = turn.question.replace("\n", "\n> ")
        parts += [f"> **You:** {said}", to_markdown(_as_shown(turn.row))]
    return "\n\n".join(parts) + "\n"


def _as_shown(row: Row) -> Row:
    """Return a row with as many steps as were shown then."""
    return laid_out(row, Details(text_of(row.get("details")) or Details.STEPS.value), signs=True)


def save_transcript(conversation: "Conversation", path: Path) -> None:
    """Write a conversation for people; it can hold private data, so its owner alone may read it.

    Raises `OutputError`.
    """
    from assistants.atomic import replace_file

    text = transcript(conversation)
    try:
        replace_file(path, lambda part: part.write_text(text, encoding="utf-8"), private=True)
    except OSError as error:
        hint = "name another file"
        raise OutputError(f"{path} cannot be written: {error.strerror}", hint=hint) from error
