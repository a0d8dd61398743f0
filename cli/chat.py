"""`plumb chat`: a conversation with one of the assistants, in a terminal or through a pipe."""

import contextlib
import importlib
import re
import sys
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from assistants.errors import Cancelled, InputError, PlumbError

from . import suggest
from .chat_topics import Topic, topic_of
from .options import Format, FormatOption, JsonOption, ModelOption
from .output import Output
from .rows import exit_code
from .session import load_model, session_of
from .transcripts import save_transcript

if TYPE_CHECKING:
    from assistants.conversation import Conversation

_COMMAND = re.compile(r"/[a-z]+(\s|$)")
_PLAIN = re.compile(
    r"(help|undo|history|quit|bye|exit|thanks|thank you)[.!]*|"
    r"(save) (?:(?:it|this) )?(?:(?:as|to|in) )?(\S+)",
    re.IGNORECASE,
)
"""Commands that a chat about mathematics also takes as plain words."""
_SAME = {"bye": "quit", "exit": "quit", "thank": "thanks"}
_HELP = """/help          this list
/undo          forget the last question and its answer
/history       what was asked and answered so far
/save FILE     keep the conversation; `plumb chat … --load FILE` takes it up again;
               a FILE.md is a transcript to read
/quit          leave, as Ctrl-D does; Ctrl-C stops an answer"""


class Subject(StrEnum):
    """With which assistant."""

    CODE = "code"
    MATH = "math"
    SQL = "sql"


def chat(
    ctx: typer.Context,
    *,
    subject: Annotated[
        Subject, typer.Argument(metavar="code|math|sql", help="With whom.", show_default=False)
    ],
    database: Annotated[
        str,
        typer.Option(
            "--db",
            metavar="DB",
            autocompletion=suggest.databases,
            help="The database of an sql chat.",
        ),
    ] = "finance",
    load: Annotated[
        Path | None,
        typer.Option("--load", metavar="FILE", help="Go on with a saved conversation."),
    ] = None,
    model: ModelOption = None,
    form: FormatOption = Format.TEXT,
    json: JsonOption = False,
) -> None:
    """Talk with one assistant; it remembers what was said."""
    session = session_of(ctx)
    out = session.output(Format.NDJSON if json or form is Format.JSON else form)
    settings = session.settings(model=model)
    from assistants.conversation import Conversation

    conversation = Conversation.load(load) if load else Conversation(topic=subject.value)
    if conversation.topic != subject.value:
        raise InputError(
            f"{load} is a conversation about {conversation.topic}",
            hint=f"plumb chat {conversation.topic} --load {load}",
        )
    chosen = load_model(out, settings.model)
    talk = Talk(out, topic_of(subject.value, out, chosen, settings, database), conversation)
    raise typer.Exit(talk.run())


class Talk:
    """The loop: read a line, answer it, remember it."""

    def __init__(self, out: Output, topic: Topic, conversation: "Conversation") -> None:
        self._out = out
        self._topic = topic
        self._conversation = conversation
        self._live = sys.stdin.isatty()

    def run(self) -> int:
        """Talk until the input ends; return the code of the worst answer of a pipe, else 0."""
        worst = 0
        if self._live:
            self._out.note(f"{self._topic.greeting} /help lists the commands, Ctrl-D leaves.")
        while (line := self._read()) is not None:
            line = self._plain(line)
            if _COMMAND.match(line):
                if self._command(line):
                    break
            elif line.strip():
                worst = max(worst, self._answer(line))
        if self._live:
            self._out.note("")  # the shell's prompt begins on a line of its own
            return 0
        return worst

    def _plain(self, line: str) -> str:
        """Return the command that plain words stand for, where nothing else can be meant."""
        found = _PLAIN.fullmatch(line.strip()) if self._topic.name == Subject.MATH else None
        if found is None:
            return line
        if found[2]:
            return f"/save {found[3]}"
        word = found[1].lower().split()[0]
        return f"/{_SAME.get(word, word)}"

    def _read(self) -> str | None:
        """Return the next question, or None at the end; Ctrl-C at the prompt clears the line."""
        lines: list[str] = []
        while True:
            try:
                line = self._read_line("… " if lines else f"{self._topic.name}> ")
            except KeyboardInterrupt:
                if not self._live:
                    raise
                self._out.note("")
                return ""
            if line is None:
                return "\n".join(lines) if lines else None
            lines.append(line)
            if not self._topic.unfinished(lines):
                return "\n".join(lines)

    def _read_line(self, prompt: str) -> str | None:
        if not self._live:
            line = sys.stdin.readline()
            return line.rstrip("\n") if line else None
        try:
            if self._out.interactive:
                _edit_lines()
                return input(prompt)
            sys.stderr.write(prompt)
            sys.stderr.flush()
            line = sys.stdin.readline()
        except EOFError:
            return None
        return line.rstrip("\n") if line else None

    def _answer(self, line: str) -> int:
        """Answer one question; an error ends the answer, not the conversation."""
        try:
            row = self._topic.answer(self._conversation, line)
        except (KeyboardInterrupt, Cancelled):
            if not self._live:
                raise
            self._out.note("stopped")
            return 0
        except PlumbError as error:
            self._out.error(str(error), error.hint)
            return error.exit_code
        self._conversation = self._conversation.add(line, row)
        return exit_code(row, database=self._topic.name == Subject.SQL)

    def _command(self, line: str) -> bool:
        """Carry out a command; True ends the conversation."""
        name, _, rest = line.partition(" ")
        match name:
            case "/quit":
                return True
            case "/help":
                self._out.note(_HELP)
            case "/undo":
                self._undo()
            case "/thanks":
                self._out.note("You are welcome.")
            case "/history":
                self._history()
            case "/save":
                self._save(rest.strip())
            case _:
                self._out.error(f"there is no command {name}", "/help")
        return False

    def _undo(self) -> None:
        if not self._conversation.turns:
            self._out.note("there is nothing to undo")
            return
        undone = self._conversation.turns[-1].question
        self._conversation = self._conversation.undo()
        self._out.note(f"forgotten: {undone}")

    def _history(self) -> None:
        """Write what was asked, and what was answered in a few words."""
        if not self._conversation.turns:
            self._out.note("nothing was asked yet")
        for number, turn in enumerate(self._conversation.turns, 1):
            reply = turn.reply.partition(". You can say")[0]
            self._out.note(f"{number}. {turn.question}  →  {reply}")

    def _save(self, name: str) -> None:
        if not name:
            self._out.error("/save needs the name of a file", "/save talk.json, /save talk.md")
            return
        path = Path(name).expanduser()
        try:
            if path.suffix.lower() == ".md":
                save_transcript(self._conversation, path)
            else:
                self._conversation.save(path)
        except PlumbError as error:
            self._out.error(str(error), error.hint)
        else:
            self._out.note(f"saved to {name}")


def _edit_lines() -> None:
    """Give `input` line editing and history, where the system has them."""
    with contextlib.suppress(ImportError):
        importlib.import_module("readline")
