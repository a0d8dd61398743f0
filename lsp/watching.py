"""Sees to it that the server goes when its client has gone, whatever is under way.

The protocol's way, the end of stdin, is taken by the event loop, which may be held up: by an output
that nobody reads, by a thread that does not end, by an interpreter that waits for it. So a thread
watches the input's other end and the client's process, and a timer that needs no interpreter ends
the process soon after either is gone. Worker processes end with ours (`assistants.deadline`).
"""

import faulthandler
import logging
import os
import select
import threading
from pathlib import Path

_LOG = logging.getLogger(__name__)
_TICK = 1000
"""Milliseconds between two looks at the client's process."""
_GRACE = 3.0
"""Seconds in which the server may leave by itself."""


class Watch:
    """Watches one client from a thread of its own."""

    def __init__(self, reader: int, *, grace: float = _GRACE) -> None:
        """Watch the other end of a pipe or socket, by our descriptor."""
        self._reader = os.dup(reader)  # stays open until the process ends
        self._grace = grace
        self._client: int | None = None
        threading.Thread(target=self._run, name="watching", daemon=True).start()

    def follow(self, process: int | None) -> None:
        """Watch the client's process as well, where it can be seen from here."""
        if process is not None and is_running(process):
            self._client = process

    def _run(self) -> None:
        if not hasattr(select, "poll"):  # Windows: the end of stdin is all there is
            return
        poll = select.poll()
        poll.register(self._reader, 0)  # no events asked for: only the hang-up is reported
        while not (found := poll.poll(_TICK)) or not found[0][1] & select.POLLHUP:
            if found:  # nothing that can be watched, such as a terminal of some systems
                poll.unregister(self._reader)
            if self._client is not None and not is_running(self._client):
                break
        _LOG.info("the client is gone: %g s to leave", self._grace)
        self._end_soon()

    def _end_soon(self) -> None:
        # A thread of the C library's: it ends the process even where the interpreter hangs.
        nowhere = Path(os.devnull).open("wb")  # noqa: SIM115 - written to when the time is up
        faulthandler.dump_traceback_later(self._grace, exit=True, file=nowhere)
        threading.Event().wait()  # keeps the file open


def is_running(process: int) -> bool:
    """Whether there is a process of that number; what ended and was not collected is none."""
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    except (PermissionError, OverflowError):
        return True
    try:
        state = Path(f"/proc/{process}/stat").read_text(encoding="utf-8", errors="replace")
    except OSError:  # no Linux
        return True
    return state.rpartition(")")[2].split()[:1] not in (["Z"], ["X"])
