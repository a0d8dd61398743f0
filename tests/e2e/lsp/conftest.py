"""A language client of a few lines that reads the server's stdout byte by byte.

Whatever is on stdout and is not a well-formed frame fails the test: pygls' own reader would skip it.
"""

import json
import subprocess
import sys
import threading
import time
from collections.abc import Sequence
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[3]
PATIENCE = 60.0
PLUMB = """
import sys
sys.path.insert(0, ".")
from assistants.settings import Settings
from lsp.server import main
sys.exit(main(Settings(model=sys.argv[1])))
"""
SLOW = """
import sys, time
sys.path.insert(0, ".")
from assistants.model import Capabilities, Token
from assistants.settings import Settings
from lsp.server import main

class Slow:
    name = "slow"
    capabilities = Capabilities(context_length=4096, fill_in_the_middle=True)
    def stream(self, prompt, /, *, constraint=None, sampling=None, cancel=None):
        count = 0
        while not cancel.cancelled and count < 2000:
            count += 1
            if count == 1:
                print("ticking", file=sys.stderr, flush=True)
            time.sleep(0.02)
            yield Token(text="a + ")
        print("stopped after", count, "of 2000", file=sys.stderr, flush=True)
        yield Token(text="", finish="cancelled")

def load(name):
    print("a library prints while it loads", flush=True)
    return Slow()

sys.exit(main(Settings(model="slow"), load=load))
"""
CLIENT = {
    "textDocument": {"completion": {}, "inlineCompletion": {}, "diagnostic": {}},
    "window": {"workDoneProgress": True},
}


class RawClient:
    def __init__(self, script: str, arguments: Sequence[str] = ()) -> None:
        self.process = subprocess.Popen(
            [sys.executable, "-c", script, *arguments],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            cwd=ROOT,
        )
        self.settings: object = None
        self.notifications: list[dict] = []
        self.requests: list[dict] = []
        self.broken: str | None = None
        self._answers: dict[int, dict] = {}
        self._next = 0
        self._news = threading.Condition()
        self.stderr = b""
        threading.Thread(target=self._read, daemon=True).start()
        threading.Thread(target=self._drain, daemon=True).start()

    def request(self, method: str, params: object = None) -> int:
        self._next += 1
        self._send({"id": self._next, "method": method, "params": params})
        return self._next

    def notify(self, method: str, params: object = None) -> None:
        self._send({"method": method, "params": params})

    def answer(self, number: int) -> dict:
        with self._news:
            self._news.wait_for(lambda: number in self._answers or self.broken, PATIENCE)
        why = f"{self.broken or 'no answer'}; stderr: {self.stderr.decode()[-2000:]}"
        assert number in self._answers, why
        return self._answers[number]

    def ask(self, method: str, params: object = None) -> object:
        answer = self.answer(self.request(method, params))
        assert "error" not in answer, answer
        return answer["result"]

    def wait_for(self, method: str, count: int = 1) -> list[dict]:
        def found() -> list[dict]:
            return [n for n in self.notifications + self.requests if n["method"] == method]

        with self._news:
            assert self._news.wait_for(lambda: len(found()) >= count, PATIENCE), method
        return [note.get("params") for note in found()]

    def start(self, capabilities: dict, options: object = None) -> dict:
        result = self.ask(
            "initialize",
            {
                "processId": None,
                "rootUri": None,
                "capabilities": capabilities,
                "initializationOptions": options,
            },
        )
        self.notify("initialized", {})
        return result["capabilities"]

    def open(self, uri: str, text: str, language: str = "python") -> None:
        item = {"uri": uri, "languageId": language, "version": 1, "text": text}
        self.notify("textDocument/didOpen", {"textDocument": item})

    def stop(self) -> int:
        assert self.ask("shutdown") is None
        self.notify("exit")
        return self.process.wait(PATIENCE)

    def kill(self) -> None:
        self.process.kill()
        self.process.wait()
        for stream in (self.process.stdin, self.process.stdout, self.process.stderr):
            stream.close()

    def _send(self, message: dict) -> None:
        body = json.dumps({"jsonrpc": "2.0", **message}, ensure_ascii=False).encode()
        self.process.stdin.write(b"Content-Length: %d\r\n\r\n%s" % (len(body), body))
        self.process.stdin.flush()

    def _drain(self) -> None:
        while chunk := self.process.stderr.read1(65536):
            self.stderr += chunk

    def _read(self) -> None:
        try:
            while (message := self._frame()) is not None:
                with self._news:
                    self._take(message)
                    self._news.notify_all()
            with self._news:
                self.broken = "the server closed its output"
                self._news.notify_all()
        except (AssertionError, ValueError) as error:
            with self._news:
                self.broken = f"not a frame: {error}"
                self._news.notify_all()

    def _frame(self) -> dict | None:
        length, line = None, b""
        while True:
            byte = self.process.stdout.read(1)
            if not byte:
                assert not line, line
                return None
            line += byte
            if not line.endswith(b"\r\n"):
                continue
            if line == b"\r\n":
                break
            name, _, value = line.partition(b": ")
            assert name in {b"Content-Length", b"Content-Type"}, line
            length = int(value) if name == b"Content-Length" else length
            line = b""
        assert length is not None
        body = self.process.stdout.read(length)
        assert len(body) == length
        message = json.loads(body.decode("utf-8"))
        assert message["jsonrpc"] == "2.0"
        return message

    def _take(self, message: dict) -> None:
        if "method" not in message:
            self._answers[message["id"]] = message
        elif "id" in message:
            self.requests.append(message)
            asked = message["method"] == "workspace/configuration"
            self._send({"id": message["id"], "result": [self.settings] if asked else None})
        else:
            self.notifications.append(message)

    def wait_for_stderr(self, words: str) -> str:
        end = time.monotonic() + PATIENCE
        while words.encode() not in self.stderr:
            assert time.monotonic() < end, self.stderr.decode()
            time.sleep(0.01)
        return self.stderr.decode()


@pytest.fixture
def connect(tmp_path):
    """Start servers: `connect(script, arguments)`; they are ended with the test."""
    clients: list[RawClient] = []

    def start(script: str = PLUMB, arguments: Sequence[str] = ("none",)) -> RawClient:
        clients.append(RawClient(script, arguments))
        return clients[-1]

    yield start
    for client in clients:
        client.kill()


@pytest.fixture
def slow_server(connect):
    """A server whose model takes forty seconds, not yet initialized."""
    return connect(SLOW, ())


@pytest.fixture
def scripted(connect, tmp_path):
    """Start a server whose model says these texts, and shake hands."""

    def start(*replies: str, capabilities: dict = CLIENT, options: object = None) -> RawClient:
        script = tmp_path / "script.ndjson"
        script.write_text("\n".join(json.dumps(reply) for reply in replies))
        client = connect(PLUMB, [f"scripted:{script}"])
        client.capabilities = client.start(capabilities, options)
        return client

    return start
