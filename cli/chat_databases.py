"""A conversation with a database: questions, answers to a question back, and follow-ups."""

import re
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from assistants.answer import Json
from assistants.model import Model

from .ask import show_understanding
from .options import Format
from .output import Output
from .render import emit, show_evidence, show_remarks
from .rows import Row, list_of, text_of

if TYPE_CHECKING:
    from assistants.conversation import Conversation, Turn
    from assistants.settings import Settings

_AS_CHART = re.compile(
    r"(?:show (?:it|that|this) )?as an? (line|bar|point|scatter)(?: chart| plot)?$|as an? (table)$",
    re.IGNORECASE,
)
_WHY = re.compile(
    r"(why|how so|explain( that| this| it)?|how do you know( that)?|are you sure)[?.! ]*$",
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
        shown = self._again(before, line.strip())
        if shown is not None:
            return shown
        question, choices = meant(before, line.strip())
        if before is not None and question == line.strip():
            asked = text_of(before.row.get("question")) or before.question
            question = sql_agent.follow_up(self._database, asked, question) or question
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

    def _again(self, before: "Turn | None", line: str) -> Row | None:
        """Show the answer before in another way: "as a bar chart", "why?"; None for a question."""
        row = before.row if before is not None else {}
        if row.get("status") != "answered":
            return None
        chart = _AS_CHART.match(line.rstrip("?.! "))
        if chart is not None:
            drawn = {**row, "chart": drawn_as((chart[1] or "").lower(), row.get("chart"))}
            if chart[1] and drawn["chart"] is None:
                self._out.note("these rows make no chart")
            emit(self._out, drawn, chart=bool(chart[1]))
            return drawn
        if not _WHY.match(line):
            return None
        if self._out.form is not Format.TEXT:
            emit(self._out, row)
            return row
        show_remarks(self._out, row)
        show_understanding(self._out, row)
        show_evidence(self._out, row)
        return row


def drawn_as(mark: str, spec: Json) -> Json:
    """Return a chart with another mark, or None where there is none or a table is wanted."""
    if not mark or not isinstance(spec, Mapping):
        return None
    return {**spec, "mark": "point" if mark == "scatter" else mark}


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
    return line, ()
