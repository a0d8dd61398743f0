"""What each assistant makes of a line of a conversation, and of what was said before.

Databases: a reply to a question back completes the question that it was about, and a line that
begins like a follow-up ("and", "only", "what about") is added to the question before. Mathematics:
see `chat_mathematics`.
Code with a model that talks: the conversation is its prompt, and every block of code in its reply
is checked. Code without one: what is typed is continued, and the next lines go on from there.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

from assistants.answer import Answer, Check, Json, Status, Step, Usage, Verdict
from assistants.model import Chat, Message, Model, Sampling

from .chat_databases import Databases
from .options import Format
from .output import Output
from .render import emit, show_evidence
from .rows import Row, list_of, text_of
from .safe_text import printable

if TYPE_CHECKING:
    from assistants.conversation import Conversation
    from assistants.settings import Settings

_FOLLOW_UP = re.compile(
    r"(and|but|only|now|instead|also|what about|how about|the same|just|without|except)\b",
    re.IGNORECASE,
)
_QUOTED = re.compile(r"'(.+?)'")
_BLOCK = re.compile(r"```[ \t]*(python|py|java)\b[^\n]*\n(.*?)```", re.DOTALL | re.IGNORECASE)
_CHARACTERS_A_TOKEN = 3  # on the safe side for code
_SYSTEM = Message(
    "system",
    "You are a careful programming assistant for Python and Java. Answer briefly. "
    "Put code in fenced blocks that name their language.",
)


class Topic(Protocol):
    """One assistant as a partner in a conversation."""

    name: str
    greeting: str

    def unfinished(self, lines: Sequence[str]) -> bool:
        """Whether the question goes on in the next line."""
        ...

    def answer(self, conversation: "Conversation", line: str) -> Row:
        """Answer, show the answer, and return its row."""
        ...


def topic_of(
    subject: str, out: Output, model: Model | None, settings: "Settings", database: str
) -> Topic:
    """Return the partner for a subject."""
    match subject:
        case "math":
            from .chat_mathematics import Mathematics

            return Mathematics(out, model, settings)
        case "sql":
            return Databases(out, model, settings, database)
        case _ if model is not None and model.capabilities.chat:
            return TalkingCode(out, model, settings)
        case _:
            return ContinuedCode(out, model)


def completed(
    conversation: "Conversation", line: str, combine: Callable[[str, str, str], str]
) -> str:
    """Return the question that a line stands for, after what was said before.

    `combine` makes a question of the one before, the words that were unclear and the choice.
    """
    if not conversation.turns:
        return line
    before = conversation.turns[-1]
    asked, said = text_of(before.row.get("question")) or before.question, line.strip()
    clarification = before.row.get("clarification")
    if isinstance(clarification, Mapping):
        choices = [text_of(choice) for choice in list_of(clarification.get("choices"))]
        if said.isdecimal() and 1 <= int(said) <= len(choices):
            said = choices[int(said) - 1]
        unclear = _QUOTED.search(text_of(clarification.get("question")))
        if said in choices:
            return combine(asked, unclear[1] if unclear else "", said)
    return f"{asked.rstrip('?. ')}, {said}" if _FOLLOW_UP.match(said) else line


def task_first(asked: str, _unclear: str, choice: str) -> str:
    """Return a problem with the task that was chosen before it: `simplify` and what to simplify."""
    return f"{choice} {asked}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Reply:
    """What a model said."""

    said: str

    def text(self) -> str:
        """Return what was said."""
        return self.said

    def details(self) -> Mapping[str, Json]:
        """Return nothing more."""
        return {}


class TalkingCode:
    """A model that talks, with the code that it writes checked."""

    name = "code"
    greeting = "Ask about Python and Java, one question a line."

    def __init__(self, out: Output, model: Model, settings: "Settings") -> None:
        self._out, self._model = out, model
        self._sampling = Sampling(max_tokens=settings.max_tokens, temperature=settings.temperature)

    def unfinished(self, lines: Sequence[str]) -> bool:
        """A line goes on after a backslash at its end."""
        return lines[-1].endswith("\\")

    def answer(self, conversation: "Conversation", line: str) -> Row:
        """Stream the model's reply to stdout and check the code in it."""
        room = self._model.capabilities.context_length - self._sampling.max_tokens
        budget = max(0, room * _CHARACTERS_A_TOKEN - len(line) - len(_SYSTEM.content))
        said = conversation.context(budget, question=line)
        prompt = Chat((_SYSTEM, *said, Message("user", line)))
        reply, usage = self._stream(prompt)
        if not reply.strip():
            return Answer[Reply](
                status=Status.ABSTAINED, reason="the model said nothing", usage=usage
            ).to_dict()
        step = Step(candidate=Reply(said=reply), checks=checks_of(reply))
        answer = Answer(status=Status.ANSWERED, best=step, steps=(step,), usage=usage)
        row = answer.to_dict()
        if self._out.form is Format.TEXT:
            show_evidence(self._out, row)
        else:
            emit(self._out, row)
        return row

    def _stream(self, prompt: Chat) -> tuple[str, Usage]:
        pieces: list[str] = []
        usage = Usage(model=self._model.name)
        for token in self._model.stream(prompt, sampling=self._sampling):
            pieces.append(token.text)
            usage = token.usage or usage
            if self._out.form is Format.TEXT:
                self._out.piece(token.text)
        if self._out.form is Format.TEXT:
            self._out.piece("\n")
        return "".join(pieces), usage


def checks_of(reply: str) -> tuple[Check, ...]:
    """Check every block of Python and Java in a reply for what is wrong in it."""
    import code_assist

    checks: list[Check] = []
    for number, (name, block) in enumerate(_BLOCK.findall(reply), 1):
        language = "java" if name.lower() == "java" else "python"
        found = code_assist.diagnose(code_assist.Source(text=block, language=language))
        errors = [item for item in found if str(item.severity) == "error"]
        first = f"line {errors[0].span.start.line + 1}: {errors[0].message}" if errors else ""
        checks.append(
            Check(
                by=f"{language} block {number}",
                verdict=Verdict.REFUTED if errors else Verdict.PROVED,
                detail=first or "parses, and its names are known",
            )
        )
    return tuple(checks)


class ContinuedCode:
    """Code that is continued: by a model that fills in, or by static analysis alone."""

    name = "code"
    greeting = (
        "This model does not talk; it continues the Python that you type. An empty line asks it to."
    )

    def __init__(self, out: Output, model: Model | None) -> None:
        self._out, self._model = out, model

    def unfinished(self, lines: Sequence[str]) -> bool:
        """Code goes on until an empty line; commands stand alone."""
        return bool(lines[-1].strip()) and not re.match(r"/[a-z]+(\s|$)", lines[0])

    def answer(self, conversation: "Conversation", line: str) -> Row:
        """Continue what was typed, after everything that was typed and written before."""
        import code_assist

        before = "".join(
            f"{turn.question}{text_of(turn.row.get('completion'))}\n" for turn in conversation.turns
        )
        typed = line.rstrip("\n")
        source = code_assist.Source(text=before + typed, language="python")
        position = source.position(len(before) + len(typed))
        with self._out.busy("completing"):
            row = code_assist.complete(source, position, model=self._model).to_dict()
        if self._out.form is not Format.TEXT or row["status"] != "answered":
            emit(self._out, row)
        else:
            self._out.raw(printable(typed + text_of(row.get("completion"))))
            show_evidence(self._out, row)
        return row
