"""Text as it streams: bytes become characters when complete, stop texts never show."""

import codecs
from collections.abc import Sequence


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
