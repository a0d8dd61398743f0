"""Text as it streams: bytes become characters when complete, stop texts never show."""

import codecs
import time
from collections.abc import Callable, Iterator, Sequence

from assistants.answer import Usage
from assistants.constraint import Constraint, Program
from assistants.engine import Drawn
from assistants.masking import Insertion
from assistants.model import FinishReason, Line, Token


class Repetition:
    """Holds back what repeats the text behind the cursor, and drops it if the answer ends so.

    Dropped is the end of an answer with which the suffix begins, if it is a line of it or four
    characters other than white space, and if the answer without it fits: it would stand twice.
    An answer that has repeated a line, line end and all, is over.
    """

    def __init__(self, suffix: str, fits: Callable[[str], bool]) -> None:
        """Take the suffix, and what tells whether an answer may end as it stands."""
        self._suffix, self._fits = suffix, fits
        self._text = ""
        self._shown = 0
        self._starts: list[int] = []
        self.over = False
        """Whether a whole line was repeated; what comes after that is dropped."""

    def push(self, text: str) -> str:
        """Return what surely belongs to the answer."""
        for char in "" if self.over else text:
            at = len(self._text)
            self._starts = [
                start for start in (*self._starts, at) if self._suffix[at - start :][:1] == char
            ]
            self._text += char
            if char == "\n" and self._starts and self._repeats_a_line(self._starts[0]):
                self.over = True
                break
        return self._show(min(self._starts, default=len(self._text)))

    def finish(self) -> str:
        """Return what was held back, without a repetition."""
        for start in self._starts:
            if self._counts(len(self._text) - start) and self._fits(self._text[:start]):
                return self._show(start)
        return self._show(len(self._text))

    def _repeats_a_line(self, start: int) -> bool:
        repeated = self._text[start:].lstrip()
        return (
            "\n" in repeated
            and len("".join(repeated.split())) >= 4
            and self._fits(self._text[:start])
        )

    def _show(self, end: int) -> str:
        text = self._text[self._shown : end]
        self._shown = max(self._shown, end)
        return text

    def _counts(self, length: int) -> bool:
        repeated = self._suffix[:length]
        line = self._suffix[length : length + 1] in {"", "\r", "\n"} or repeated.endswith("\n")
        return bool(repeated.strip()) and (line or len("".join(repeated.split())) >= 4)


def repetition(constraint: Constraint | None) -> Repetition | None:
    """Return what keeps an answer from repeating the suffix of a program."""
    if not isinstance(constraint, Program) or not constraint.suffix.strip():
        return None
    return Repetition(constraint.suffix, Insertion(constraint).fits)


def unrepeated(constraint: Constraint | None, line: Line) -> Line:
    """Return a line without the end of it that repeats what follows the cursor."""
    repeated = repetition(constraint)
    if repeated is None:
        return line
    kept = repeated.push(line.text) + repeated.finish()
    return line if len(kept) == len(line.text) else line.cut(len(kept))


class StreamedText:
    """Collects a stream's bytes and releases what is certain to belong to the answer."""

    def __init__(self, stop: Sequence[str] = (), repeated: Repetition | None = None) -> None:
        """Take texts that end the answer, and what it must not end with."""
        self._stop = tuple(text for text in stop if text)
        self._repeated = repeated
        self._decoder = codecs.getincrementaldecoder("utf-8")(errors="replace")
        self._held = ""
        self.stopped = False
        """Whether a stop text or a line of the suffix has come; nothing is released after it."""

    def push(self, data: bytes) -> str:
        """Return the text that can now be shown."""
        text = self._release(self._decoder.decode(data))
        if self._repeated is None:
            return text
        text = self._repeated.push(text)
        self.stopped = self.stopped or self._repeated.over
        return text

    def finish(self) -> str:
        """Return what was held back in case a stop text, a character or a repetition was coming."""
        rest = self._release(self._decoder.decode(b"", final=True))
        held, self._held = self._held, ""
        rest = rest if self.stopped else rest + held
        if self._repeated is None:
            return rest
        return self._repeated.push(rest) + self._repeated.finish()

    def _release(self, text: str) -> str:
        if self.stopped:
            return ""
        text = self._held + text
        found = [at for stop in self._stop if (at := text.find(stop)) >= 0]
        if found:
            self.stopped, self._held = True, ""
            return text[: min(found)]
        keep = max((_overlap(text, stop) for stop in self._stop), default=0)
        self._held = text[len(text) - keep :]
        return text[: len(text) - keep]


def _overlap(text: str, stop: str) -> int:
    """Return how many characters at the end of a text could begin a stop text."""
    for size in range(min(len(stop) - 1, len(text)), 0, -1):
        if text.endswith(stop[:size]):
            return size
    return 0


def as_tokens(
    drawn: Iterator[Drawn],
    decode: Callable[[int], bytes],
    *,
    text: StreamedText,
    model: str,
    prompt_tokens: int,
) -> Iterator[Token]:
    """Turn drawn ids into a model's stream; a stop text ends it early."""
    started = time.perf_counter()
    finish: FinishReason | None = None
    cached, count = 0, 0
    for each in drawn:
        finish, cached = each.finish, each.cached
        if each.id is None:
            break
        count += 1
        yield Token(text=text.push(decode(each.id)), id=each.id, logprob=each.logprob)
        if text.stopped:
            finish = "stop"
            break
    usage = Usage(
        model=model, prompt_tokens=prompt_tokens, cached_tokens=cached,
        completion_tokens=count, seconds=time.perf_counter() - started,
    )  # fmt: skip
    rest = text.finish()
    yield Token(text=rest, logprob=0.0 if rest else None, finish=finish, usage=usage)


def behind(decode: Callable[[int], bytes], skip: int) -> Callable[[int], bytes]:
    """Return a decoder that leaves out the first bytes, which are typed already."""
    left = skip

    def cut(token: int) -> bytes:
        nonlocal left
        data = decode(token)
        left, shown = max(0, left - len(data)), data[left:]
        return shown

    return cut
