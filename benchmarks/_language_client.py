"""A language server's process, and a client of a few lines that asks it over pipes."""

import json
import os
import subprocess
import sys
import threading
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

_SERVER = (
    "import sys; sys.path.insert(0, {root!r}); from assistants.settings import Settings; "
    "from lsp.server import main; sys.exit(main(Settings(model={model!r})))"
)
_TICK = os.sysconf("SC_CLK_TCK")
_PATIENCE = 120.0  # seconds: a busy machine must not make a server look silent


def server_command(model: str) -> list[str]:
    """Return how our server is started."""
    root = str(Path(__file__).resolve().parent.parent)
    return [sys.executable, "-c", _SERVER.format(root=root, model=model)]


class LanguageClient:
    """Starts a server, sends, and keeps each answer with the time at which it came."""

    def __init__(self, command: Sequence[str]) -> None:
        self.process = subprocess.Popen(
            list(command), stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL
        )
        self._number = 0
        self._answers: dict[int, tuple[float, Any]] = {}
        self._news = threading.Condition()
        self.indexed = threading.Event()
        """Set once a server has told that work it shows progress of has ended."""
        threading.Thread(target=self._read, daemon=True).start()

    def ask(self, method: str, params: object) -> int:
        """Send a request and return its number."""
        self._number += 1
        self._send({"id": self._number, "method": method, "params": params})
        return self._number

    def tell(self, method: str, params: object) -> None:
        """Send a notification."""
        self._send({"method": method, "params": params})

    def answer(self, number: int) -> tuple[float, Any]:
        """Return when a request was answered, and with what message."""
        with self._news:
            if not self._news.wait_for(lambda: number in self._answers, _PATIENCE):
                raise TimeoutError(f"no answer to request {number}")
        return self._answers.pop(number)

    def stop(self) -> int:
        """End the server as the protocol says and return its exit code."""
        self.answer(self.ask("shutdown", None))
        self.tell("exit", None)
        return self.process.wait(_PATIENCE)

    def _send(self, message: Mapping[str, Any]) -> None:
        body = json.dumps({"jsonrpc": "2.0", **message}).encode()
        assert self.process.stdin is not None
        self.process.stdin.write(b"Content-Length: %d\r\n\r\n%s" % (len(body), body))
        self.process.stdin.flush()

    def _read(self) -> None:
        stream = self.process.stdout
        assert stream is not None
        while line := stream.readline():
            if not line.lower().startswith(b"content-length:"):
                continue
            length = int(line.split(b":")[1])
            while stream.readline().strip():
                pass
            message = json.loads(stream.read(length))
            if (
                message.get("method") == "$/progress"
                and message["params"]["value"]["kind"] == "end"
            ):
                self.indexed.set()
            if "method" in message and "id" in message:
                self._send({"id": message["id"], "result": None})
            elif "id" in message:
                with self._news:
                    self._answers[message["id"]] = (time.perf_counter(), message)
                    self._news.notify_all()


class Server(LanguageClient):
    """Our server, and what its process takes."""

    def __init__(self, model: str) -> None:
        super().__init__(server_command(model))

    def processor_seconds(self) -> float:
        """Return the processor time that the server itself has used."""
        parts = Path(f"/proc/{self.process.pid}/stat").read_text().rpartition(")")[2].split()
        return (int(parts[11]) + int(parts[12])) / _TICK

    def megabytes(self) -> float:
        """Return the memory that the server holds."""
        for line in Path(f"/proc/{self.process.pid}/status").read_text().splitlines():
            if line.startswith("VmRSS"):
                return int(line.split()[1]) / 1024
        return 0.0
