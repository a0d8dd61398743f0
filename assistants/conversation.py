"""A conversation as a value: what was asked and answered, and what of it a model is shown.

Adding and undoing return a new conversation, so a front end can keep any state it likes. A saved
one may hold private data: its file is readable by its owner alone.
"""

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import cast

from .answer import Json
from .atomic import replace_file
from .errors import InputError, OutputError
from .model import Message
from .retrieval import Index

FORMAT = 1
"""Version of the file that `save` writes."""

_CUT = " …"


@dataclass(frozen=True, slots=True, kw_only=True)
class Turn:
    """One question and the answer's row, as `Answer.to_dict` gives it."""

    question: str
    row: Mapping[str, Json]

    @property
    def reply(self) -> str:
        """What was said back: the answer, the question back, or why there is neither."""
        clarification = self.row.get("clarification")
        asked = clarification.get("question") if isinstance(clarification, Mapping) else None
        return str(self.row.get("answer") or asked or self.row.get("error") or "")


@dataclass(frozen=True, slots=True, kw_only=True)
class Conversation:
    """Turns, oldest first; `topic` says with which assistant (`code`, `math`, `sql`)."""

    topic: str = ""
    turns: tuple[Turn, ...] = ()

    def add(self, question: str, row: Mapping[str, Json]) -> "Conversation":
        """Return the conversation with one more turn."""
        turn = Turn(question=question, row=row)
        return Conversation(topic=self.topic, turns=(*self.turns, turn))

    def undo(self) -> "Conversation":
        """Return the conversation without its last turn."""
        return Conversation(topic=self.topic, turns=self.turns[:-1])

    def recall(self, question: str, limit: int = 2) -> tuple[Turn, ...]:
        """Return the turns that share the rarest words with a question, best first."""
        return tuple(self.turns[number] for number in _similar(self.turns, question, limit))

    def context(
        self,
        budget: int,
        *,
        question: str = "",
        recalled: int = 2,
        measure: Callable[[str], int] = len,
    ) -> tuple[Message, ...]:
        """Return what of the conversation fits into a prompt, oldest first.

        Up to `recalled` older turns that are near to `question` come first, from at most a quarter
        of the budget, then the last turns in a row. A last turn that is too long on its own is cut.

        Args:
            budget: What the messages may measure together.
            question: What is going to be asked.
            recalled: How many older turns may be recalled.
            measure: The length of a text, in the unit of the budget; by default characters.
        """
        if not self.turns or budget <= 0:
            return ()
        sizes = [measure(turn.question) + measure(turn.reply) for turn in self.turns]
        if sizes[-1] > budget:
            return _cut(self.turns[-1], budget, measure)
        everything = sum(sizes) <= budget
        room = budget if everything or not question else max(sizes[-1], budget - budget // 4)
        first = len(self.turns)
        left = room
        while first > 0 and sizes[first - 1] <= left:
            first -= 1
            left -= sizes[first]
        chosen = list(range(first, len(self.turns)))
        left += budget - room
        for number in _similar(self.turns[:first], question, recalled):
            if sizes[number] <= left:
                chosen.append(number)
                left -= sizes[number]
        return tuple(
            message for number in sorted(chosen) for message in _messages(self.turns[number])
        )

    def save(self, path: Path) -> None:
        """Write the conversation to a file, as a whole or not at all.

        Raises `OutputError`.
        """
        turns = [{"question": turn.question, "row": turn.row} for turn in self.turns]
        data = {"conversation": FORMAT, "topic": self.topic, "turns": turns}
        text = json.dumps(data, indent=1) + "\n"
        try:
            replace_file(path, lambda part: part.write_text(text, encoding="utf-8"), private=True)
        except OSError as error:
            hint = "name another file"
            raise OutputError(f"{path} cannot be written: {error.strerror}", hint=hint) from error

    @classmethod
    def load(cls, path: Path) -> "Conversation":
        """Read a conversation that `save` wrote.

        Raises `InputError` for a file that is missing, damaged or of another version.
        """
        hint = "name a file that /save wrote"
        try:
            data: object = json.loads(path.read_text(encoding="utf-8"))
        except OSError as error:
            raise InputError(f"{path} cannot be read: {error.strerror}", hint=hint) from error
        except (ValueError, RecursionError) as error:
            raise InputError(f"{path} is not a conversation: {error}", hint=hint) from error
        if not isinstance(data, dict) or data.get("conversation") != FORMAT:
            raise InputError(f"{path} is not a conversation of version {FORMAT}", hint=hint)
        fields = cast("dict[str, object]", data)
        turns = fields.get("turns")
        items = cast("Sequence[object]", turns) if isinstance(turns, list) else [None]
        read = [_turn(item) for item in items]
        if None in read:
            raise InputError(f"{path} holds a turn that cannot be read", hint=hint)
        kept = tuple(turn for turn in read if turn is not None)
        return cls(topic=str(fields.get("topic", "")), turns=kept)


def _turn(item: object) -> Turn | None:
    if not isinstance(item, dict):
        return None
    fields = cast("dict[str, object]", item)
    question, row = fields.get("question"), fields.get("row")
    if not isinstance(question, str) or not isinstance(row, dict):
        return None
    return Turn(question=question, row=cast("Mapping[str, Json]", row))


def _similar(turns: Sequence[Turn], question: str, limit: int) -> list[int]:
    index = Index()
    for number, turn in enumerate(turns):
        index.add(f"{number:09}", f"{turn.question}\n{turn.reply}")
    return [int(hit.key) for hit in index.search(question, limit)]


def _messages(turn: Turn) -> tuple[Message, Message]:
    return Message("user", turn.question), Message("assistant", turn.reply)


def _cut(turn: Turn, budget: int, measure: Callable[[str], int]) -> tuple[Message, ...]:
    """Return the beginnings of a turn's question and reply, the question first to have its room."""
    question = _beginning(turn.question, budget, measure)
    reply = _beginning(turn.reply, budget - measure(question), measure)
    return Message("user", question), Message("assistant", reply)


def _beginning(text: str, budget: int, measure: Callable[[str], int]) -> str:
    """Return the longest beginning of a text that fits, marked where it is cut."""
    if measure(text) <= budget:
        return text
    low, high = 0, len(text)
    while low < high:
        middle = (low + high + 1) // 2
        if measure(text[:middle] + _CUT) <= budget:
            low = middle
        else:
            high = middle - 1
    return text[:low] + _CUT if low else ""
