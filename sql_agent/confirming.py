"""`confirm`: a person says that an answer's query is right, so that it helps later answers."""

from pathlib import Path

from assistants.errors import InputError

from .catalog_reader import read
from .confirmed import remember
from .database import resolve
from .guard import admit


def confirm(database: str, question: str, sql: str) -> Path:
    """Keep a question with its query for this database; return the file that holds it.

    Raises:
        DatabaseError: the database cannot be opened, or the guard refuses the query.
        InputError: there is no question.
        OutputError: the pair cannot be written.
    """
    text = " ".join(question.split())
    if not text:
        raise InputError("an empty question", hint="confirm the query of a question")
    target = resolve(database)
    admitted = admit(sql, read(target))
    return remember(target, text, admitted.sql)
