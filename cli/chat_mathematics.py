"""The mathematics solver as a partner in a conversation.

A line is a reply to a question back, a follow-up to the last problem, or a new problem, in this
order. What was asked is kept in the row of each answer, so that a saved conversation goes on.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from assistants.answer import Json
from assistants.model import Model

from .chat_topics import completed, task_first
from .options import Format
from .output import Output
from .pictures import show_scene
from .render import emit
from .rows import Row, list_of, text_of
from .solve import Details, laid_out

if TYPE_CHECKING:
    from assistants.answer import Answer
    from assistants.conversation import Conversation
    from assistants.settings import Settings
    from math_solver import Solution
    from math_solver.dialogue import Problem, Reply
    from math_solver.follow_ups import FollowUp

_CHOOSE = "Answer with a number, or ask something else."
_YOU_CAN_SAY = (
    "now for x > 0 · with 5 in place of 3 · the same for cos · show it by completing the square · "
    "differentiate it · where is it zero? · why is step 2 true? · check: x = 2 · are you sure? · "
    "is that all of them? · "
    "without the condition · plot it · more detail · less detail · undo · history · save FILE.md"
)


class Mathematics:
    """The mathematics solver."""

    name = "math"
    greeting = "Ask for a solution, one problem a line, and then about it: “why is step 2 true?”"

    def __init__(self, out: Output, model: Model | None, settings: "Settings") -> None:
        self._out, self._model, self._seconds = out, model, settings.seconds

    def unfinished(self, lines: Sequence[str]) -> bool:
        """One line is one problem."""
        del lines
        return False

    def answer(self, conversation: "Conversation", line: str) -> Row:
        """Answer a reply, a follow-up or a new problem."""
        from math_solver.follow_ups import read_follow_up

        level = _level(conversation)
        before = _problem(conversation)
        replied = _chosen(conversation, line) or _replied(conversation, line)
        follow = read_follow_up(line) if replied is None and before is not None else None
        if follow is not None and before is not None:
            row = self._followed(follow, before, level)
            if row is not None:
                return self._shown(row)
        with self._out.busy("solving"):
            return self._shown({**self._posed(conversation, line, replied), "details": level})

    def _followed(self, follow: "FollowUp", before: "Row", level: str) -> Row | None:
        """Answer a follow-up; None where it speaks of something else."""
        from math_solver.dialogue import Problem, Tutor, reshaped
        from math_solver.dialogue_remarks import remarked
        from math_solver.follow_ups import Detail, Draw

        problem = Problem.of(before)
        if problem is None:
            return None
        if isinstance(follow, Detail):
            return {**before, "details": _stepped(level, more=follow.more)}
        if isinstance(follow, Draw):
            return {**self._drawn(problem).to_dict(), **_kept(problem, level), "remark": True}
        with self._out.busy("thinking"):
            tutor = Tutor(model=self._model, seconds=self._seconds)
            reply = reshaped(tutor, follow, problem)
            if reply is not None:
                return self._new_problem(reply, level)
            said = remarked(tutor, follow, problem)
        if said is None:
            return None
        return {**said.answer.to_dict(), **_kept(problem, level), "remark": True}

    def _drawn(self, problem: "Problem") -> "Answer[Solution]":
        """Draw the problem with its solution; what has no picture is said with the reason."""
        from assistants.answer import Check, Verdict
        from math_solver.dialogue import declined, told
        from math_solver.pictures import NoPicture, picture

        try:
            with self._out.busy("drawing"):
                scene = picture(problem.question, problem.answer)
        except NoPicture as error:
            return declined(f"there is no picture of this: {error}")
        show_scene(self._out, scene)
        detail = "a picture shows the answer and proves nothing"
        return told("Drawn", Check(by="picture", verdict=Verdict.UNKNOWN, detail=detail))

    def _new_problem(self, reply: "Reply", level: str) -> Row:
        row = {**reply.answer.to_dict(), **_kept(reply.problem, level)}
        if reply.answer.best is not None:
            self._out.note(f"asking: {reply.problem.question}")
        return {**row, "alternatives": True} if reply.alternatives else row

    def _posed(self, conversation: "Conversation", line: str, replied: str | None) -> Row:
        """Solve a problem; a line that goes on is tried with the problem before it."""
        import math_solver

        question = replied or line.strip()
        if question != line.strip():
            self._out.note(f"asking: {question}")
        answer = math_solver.solve(question, model=self._model, seconds=self._seconds)
        if answer.best is None and replied is None:
            joined = completed(conversation, line, task_first)
            if joined != line:
                again = math_solver.solve(joined, model=self._model, seconds=self._seconds)
                if again.best is not None:
                    self._out.note(f"asking: {joined}")
                    return {**again.to_dict(), "question": joined}
            answer = _understood(answer, line, talking=bool(conversation.turns))
        return {**answer.to_dict(), "question": question}

    def _shown(self, row: Row) -> Row:
        """Show a row with as much of the way to it as was asked for, and return it whole."""
        if self._out.form is Format.TEXT:
            shown = laid_out(row, Details(_of_row(row)), signs=self._out.interactive)
            emit(self._out, shown, choose=_CHOOSE)
        else:
            emit(self._out, row, choose=_CHOOSE)
        return row


def _problem(conversation: "Conversation") -> Row | None:
    """Return the row of the last problem that was answered."""
    for turn in reversed(conversation.turns):
        if turn.row.get("status") == "answered" and not turn.row.get("remark"):
            return {"question": turn.question, **turn.row}
    return None


def _kept(problem: "Problem", level: str) -> Mapping[str, Json]:
    """What a row keeps of its problem."""
    return {
        "question": problem.question,
        "base": problem.base,
        "added": list(problem.conditions),
        "details": level,
    }


def _of_row(row: Row) -> str:
    return text_of(row.get("details")) or Details.STEPS.value


def _level(conversation: "Conversation") -> str:
    return _of_row(conversation.turns[-1].row) if conversation.turns else Details.STEPS.value


def _stepped(level: str, *, more: bool) -> str:
    """Return the next level of detail."""
    levels = [detail.value for detail in Details]
    index = levels.index(level) + (1 if more else -1)
    return levels[max(0, min(index, len(levels) - 1))]


def _chosen(conversation: "Conversation", line: str) -> str | None:
    """Return the question that a number chooses, where the choices are whole questions."""
    if not conversation.turns or not conversation.turns[-1].row.get("alternatives"):
        return None
    back = conversation.turns[-1].row.get("clarification")
    choices = list_of(back.get("choices")) if isinstance(back, Mapping) else []
    said = line.strip().rstrip(".")
    if said.isdecimal() and 1 <= int(said) <= len(choices):
        return text_of(choices[int(said) - 1])
    return None


def _replied(conversation: "Conversation", line: str) -> str | None:
    """Return the problem with the reply to a question about it; None where the line is no reply."""
    if not conversation.turns:
        return None
    row = conversation.turns[-1].row
    asked_back = row.get("clarification")
    if not isinstance(asked_back, Mapping) or row.get("alternatives"):
        return None
    from assistants.answer import Clarification
    from math_solver.clarification import continued

    choices = tuple(text_of(choice) for choice in list_of(asked_back.get("choices")))
    back = Clarification(question=text_of(asked_back.get("question")), choices=choices)
    asked = text_of(row.get("question")) or conversation.turns[-1].question
    whole = continued(asked, back, line)
    if whole is not None:
        return whole
    said = completed(conversation, line, task_first)
    number = line.strip()
    return said if number in choices or (number.isdecimal() and said != line) else None


def _understood(answer: "Answer[Solution]", line: str, *, talking: bool) -> "Answer[Solution]":
    """Say plainly that a line without mathematics was not understood, and what can be said."""
    from assistants.answer import Status
    from math_solver.reading import read_question

    read = read_question(line)
    if answer.status is not Status.ABSTAINED or read.formulas or read.numbers:
        return answer
    start = f"I did not understand “{line.strip()}”"
    if not talking:
        return replace(answer, reason=f"{start}: ask for a solution first, as in: solve x^2 = 9")
    return replace(answer, reason=f"{start}. You can say: {_YOU_CAN_SAY}")
