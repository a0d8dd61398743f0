"""A model that reads its replies from a script: for tests, demonstrations and dry runs.

It answers any prompt with the next reply, whatever was asked, and keeps what it was asked. It
does not enforce constraints: what a script says is checked by the caller, as with any model.
"""

import json
import re
import threading
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import cast

from .answer import Usage
from .constraint import Constraint
from .errors import ModelCorrupt, ModelError, ModelNotFound, Unsupported
from .model import Cancel, Capabilities, Chat, FillInTheMiddle, Marker, Prompt, Sampling, Token

_PIECES = re.compile(r"\s*\S+|\s+")
_ANY_PROMPT = Capabilities(
    context_length=32_768,
    constraints=frozenset({"Choice", "Regex", "JsonSchema", "Grammar", "Program"}),
    fill_in_the_middle=True,
    chat=True,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """One request as the model received it."""

    prompt: Prompt
    constraint: Constraint | None
    sampling: Sampling


class Scripted:
    """Replies in order; raises `ModelError` when it is asked once more than it has replies."""

    def __init__(
        self,
        replies: Sequence[str],
        *,
        name: str = "scripted",
        capabilities: Capabilities = _ANY_PROMPT,
    ) -> None:
        self.calls: list[Call] = []
        self._replies = tuple(replies)
        self._name = name
        self._capabilities = capabilities
        self._lock = threading.Lock()

    @classmethod
    def read(cls, path: Path) -> "Scripted":
        """Return the model of a script file.

        In a file named `.ndjson` or `.jsonl` each line is one reply, as a JSON string. In any
        other file replies are separated by blank lines.
        """
        try:
            text = path.read_text(encoding="utf-8")
        except FileNotFoundError:
            hint = "name a file with one reply a paragraph"
            raise ModelNotFound(f"no script at {path}", hint=hint) from None
        except (OSError, UnicodeDecodeError) as error:
            raise ModelCorrupt(f"{path} cannot be read: {error}") from error
        split = _lines if path.suffix in {".ndjson", ".jsonl"} else _paragraphs
        return cls(split(path, text), name=f"scripted:{path}")

    @property
    def name(self) -> str:
        """The name that the settings gave it."""
        return self._name

    @property
    def capabilities(self) -> Capabilities:
        """What it accepts, which by default is everything but scoring."""
        return self._capabilities

    def stream(
        self,
        prompt: Prompt,
        /,
        *,
        constraint: Constraint | None = None,
        sampling: Sampling = Sampling(),
        cancel: Cancel | None = None,
    ) -> Iterator[Token]:
        """Yield the next reply word by word, cut at the first stop text and the budget."""
        reply = self._next(Call(prompt=prompt, constraint=constraint, sampling=sampling))
        ends = [reply.find(stop) for stop in sampling.stop if stop in reply]
        pieces: list[str] = _PIECES.findall(reply[: min(ends, default=len(reply))])
        sent = 0
        for piece in pieces[: sampling.max_tokens]:
            if cancel is not None and cancel.cancelled:
                break
            yield Token(text=piece)
            sent += 1
        usage = Usage(model=self._name, prompt_tokens=len(_words(prompt)), completion_tokens=sent)
        if sent == len(pieces):
            yield Token(text="", finish="stop", usage=usage)
        else:
            stopped = cancel is not None and cancel.cancelled
            yield Token(text="", finish="cancelled" if stopped else "length", usage=usage)

    def score(self, prompt: Prompt, options: Sequence[str], /) -> tuple[float, ...]:  # noqa: ARG002
        """Refuse: a script holds no probabilities."""
        raise Unsupported("a scripted model cannot score options", hint="use another model")

    def _next(self, call: Call) -> str:
        with self._lock:
            self.calls.append(call)
            if len(self.calls) > len(self._replies):
                raise ModelError(
                    f"the script {self._name} has only {len(self._replies)} replies",
                    hint="add replies to it, or ask fewer questions",
                )
            return self._replies[len(self.calls) - 1]


def _lines(path: Path, text: str) -> list[str]:
    replies: list[str] = []
    for number, line in enumerate(text.splitlines(), start=1):
        if not line.strip():
            continue
        try:
            reply: object = json.loads(line)
        except ValueError:
            reply = None
        if not isinstance(reply, str):
            raise ModelCorrupt(f"{path}, line {number}: not a JSON string", hint='write "reply"')
        replies.append(reply)
    return replies


def _paragraphs(_path: Path, text: str) -> list[str]:
    return [part.strip("\n") for part in re.split(r"\n[ \t]*(?:\n[ \t]*)+", text) if part.strip()]


def _words(prompt: Prompt) -> list[str]:
    """Return the pieces of all text in a prompt, markers counting as one each."""
    match prompt:
        case Chat(messages=messages):
            texts = [message.content for message in messages]
        case FillInTheMiddle(prefix=prefix, suffix=suffix):
            texts = [prefix, suffix]
        case marked:
            texts = [part.name if isinstance(part, Marker) else part for part in marked.parts]
    return cast("list[str]", [piece for text in texts for piece in _PIECES.findall(text)])
