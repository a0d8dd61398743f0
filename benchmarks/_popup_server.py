"""Another language server's popup, asked over pipes by a client of a few lines."""

import json
import subprocess
import threading
from collections.abc import Sequence
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from code_assist import Source

_PATIENCE = 120.0  # seconds: a busy machine must not make the other server look silent


class PopupServer:
    """Starts a server, opens files as they are asked about, and asks for completions."""

    def __init__(self, command: Sequence[str], root: Path) -> None:
        self._process = subprocess.Popen(
            list(command), stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL
        )
        self._root = root
        self._number = 0
        self._versions: dict[str, int] = {}
        self._answers: dict[int, Any] = {}
        self._news = threading.Condition()

    def __enter__(self) -> Self:
        threading.Thread(target=self._read, daemon=True).start()
        capabilities = {"textDocument": {"completion": {}}}
        self._request(
            "initialize",
            {"processId": None, "rootUri": self._root.as_uri(), "capabilities": capabilities},
        )
        self._send({"method": "initialized", "params": {}})
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._process.kill()
        self._process.wait()

    def ask(self, source: Source, offset: int) -> list[str]:
        """Return what the popup would insert, in its order."""
        uri = Path(source.path).as_uri()
        self._show(uri, source)
        position = source.position(offset)
        units = len(source.line(position.line)[: position.column].encode("utf-16-le")) // 2
        answer = self._request(
            "textDocument/completion",
            {
                "textDocument": {"uri": uri},
                "position": {"line": position.line, "character": units},
            },
        )
        items = answer["items"] if isinstance(answer, dict) else answer or []
        items = sorted(items, key=lambda item: item.get("sortText") or item["label"])
        return [item.get("insertText") or item["label"] for item in items]

    def _show(self, uri: str, source: Source) -> None:
        version = self._versions.get(uri, 0) + 1
        self._versions[uri] = version
        document = {"uri": uri, "version": version}
        if version == 1:
            opened = {**document, "languageId": source.language, "text": source.text}
            self._send({"method": "textDocument/didOpen", "params": {"textDocument": opened}})
            return
        changes = [{"text": source.text}]
        params = {"textDocument": document, "contentChanges": changes}
        self._send({"method": "textDocument/didChange", "params": params})

    def _request(self, method: str, params: object) -> Any:  # noqa: ANN401 - JSON
        self._number += 1
        number = self._number
        self._send({"id": number, "method": method, "params": params})
        with self._news:
            self._news.wait_for(lambda: number in self._answers, _PATIENCE)
        return self._answers.pop(number, None)

    def _send(self, message: dict[str, Any]) -> None:
        body = json.dumps({"jsonrpc": "2.0", **message}).encode()
        assert self._process.stdin is not None
        self._process.stdin.write(b"Content-Length: %d\r\n\r\n%s" % (len(body), body))
        self._process.stdin.flush()

    def _read(self) -> None:
        stream = self._process.stdout
        assert stream is not None
        while line := stream.readline():
            if not line.lower().startswith(b"content-length:"):
                continue
            length = int(line.split(b":")[1])
            while stream.readline().strip():
                pass
            message = json.loads(stream.read(length))
            if "method" in message and "id" in message:
                self._send({"id": message["id"], "result": None})
            elif "id" in message:
                with self._news:
                    self._answers[message["id"]] = message.get("result")
                    self._news.notify_all()
