"""A conversation with a database: questions, answers to a question back, and follow-ups."""

import re
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from assistants.model import Model

from .output import Output
from .render import emit
from .rows import Row, list_of, text_of

if TYPE_CHECKING:
    from assistants.conversation import Conversation, Turn
    from assistants.settings import Settings

_FOLLOW_UP = re.compile(
    r"(and|but|only|now|instead|also|what about|how about|the same|just|without|except)\b",
    re.IGNORECASE,
)
_CHOOSE = "Answer with a number, or ask something else."


class Databases:
    """The SQL agent, with one database."""

    name = "sql"

    def __init__(
        self, out: Output, model: Model | None, settings: "Settings", database: str
    ) -> None:
        self._out, self._model = out, model
        self._database = settings.database(database) or database
        self._settings = settings
        self.greeting = f"Ask the database {database}, one question a line."

    def unfinished(self, lines: Sequence[str]) -> bool:
        """One line is one question."""
        del lines
        return False

    def answer(self, conversation: "Conversation", line: str) -> Row:
        """Answer the question that a line stands for."""
        import sql_agent

        before = conversation.turns[-1] if conversation.turns else None
        question, choices = meant(before, line.strip())
        if question != line:
            self._out.note(f"asking: {question}")
        limits = sql_agent.Limits(seconds=self._settings.seconds, rows=self._settings.row_limit)
        with self._out.busy("asking"):
            answer = sql_agent.ask(
                self._database, question, model=self._model, choices=choices, limits=limits
            )
        row = {**answer.to_dict(), "question": question, "choices": list(choices)}
        emit(self._out, row, choose=_CHOOSE)
        return row


def meant(before: "Turn | None", line: str) -> tuple[str, tuple[str, ...]]:
    """Return the question that a line stands for after the turn before, and the choices made.

    A number or one of the choices answers a question back: the question stays as it was.
    """
    if before is None:
        return line, ()
    asked = text_of(before.row.get("question")) or before.question
    made = tuple(text_of(choice) for choice in list_of(before.row.get("choices")))
    clarification = before.row.get("clarification")
    if isinstance(clarification, Mapping):
        offered = [text_of(choice) for choice in list_of(clarification.get("choices"))]
        if line.isdecimal() and 1 <= int(line) <= len(offered):
            return asked, (*made, offered[int(line) - 1])
        if line in offered:
            return asked, (*made, line)
    if _FOLLOW_UP.match(line):
        return f"{asked.rstrip('?. ')}, {line}", made
    return line, ()
