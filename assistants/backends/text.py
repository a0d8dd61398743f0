"""Text as it streams: bytes become characters when complete, stop texts never show."""

import codecs
import time
from collections.abc import Callable, Iterator, Sequence

from assistants.answer import Usage
from assistants.engine import Drawn
from assistants.model import FinishReason, Token


class StreamedText:
    """Collects a stream's bytes and releases what is certain to belong to the answer."""

    def __init__(self, stop: Sequence[str] = ()) -> None:
        self._stop = tuple(text for text in stop if text)
        self._decoder = codecs.getincrementaldecoder("utf-8")(errors="replace")
        self._held = ""
        self.stopped = False
        """Whether a stop text has come; nothing is released after it."""

    def push(self, data: bytes) -> str:
        """Return the text that can now be shown."""
        return self._release(self._decoder.decode(data))

    def finish(self) -> str:
        """Return what was held back in case a stop text or a character was coming."""
        rest = self._release(self._decoder.decode(b"", final=True))
        held, self._held = self._held, ""
        return rest if self.stopped else rest + held

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
    stop: Sequence[str],
    model: str,
    prompt_tokens: int,
) -> Iterator[Token]:
    """Turn drawn ids into a model's stream; a stop text ends it early."""
    started = time.perf_counter()
    text = StreamedText(stop)
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
