"""A language server's popup or ghost text, asked over pipes by a client of a few lines."""

from collections.abc import Sequence
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from _language_client import LanguageClient

from code_assist import Source

_INDEXED = 60.0
"""Seconds that our server gets to read the folder, which takes it two or three."""


class PopupServer:
    """Starts a server, opens files as they are asked about, and asks for completions.

    Ghost text is declared only where it is asked for: servers put what they would show as ghost
    text into the popup of a client that shows none.
    """

    def __init__(self, command: Sequence[str], root: Path, *, ghosts: bool = False) -> None:
        self._client = LanguageClient(command)
        self._features = ("completion", "inlineCompletion") if ghosts else ("completion",)
        self._root = root
        self._versions: dict[str, int] = {}

    def __enter__(self) -> Self:
        capabilities = {
            "textDocument": {name: {} for name in self._features},
            "window": {"workDoneProgress": True},
        }
        started = self._request(
            "initialize",
            {"processId": None, "rootUri": self._root.as_uri(), "capabilities": capabilities},
        )
        self._client.tell("initialized", {})
        if started.get("serverInfo", {}).get("name") == "plumb":  # others tell no end of theirs
            self._client.indexed.wait(_INDEXED)
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._client.process.kill()
        self._client.process.wait()

    def ask(self, source: Source, offset: int) -> list[str]:
        """Return what the popup would insert, in its order."""
        answer = self._request("textDocument/completion", self._place(source, offset))
        items = answer["items"] if isinstance(answer, dict) else answer or []
        items = sorted(items, key=lambda item: item.get("sortText") or item["label"])
        return [_inserted(item) for item in items]

    def ghost(self, source: Source, offset: int) -> str:
        """Return what the ghost text would add behind the cursor, or nothing."""
        place = self._place(source, offset)
        asked = {**place, "context": {"triggerKind": 1}}  # 1: asked for, so it waits for the model
        answer = self._request("textDocument/inlineCompletion", asked)
        items = (answer or {}).get("items") or []
        if not items:
            return ""
        start = items[0]["range"]["start"]["character"]
        line = source.line(source.position(offset).line).encode("utf-16-le")
        typed = line[2 * start : 2 * place["position"]["character"]].decode("utf-16-le")
        text: str = items[0]["insertText"]
        return text[len(typed) :] if text.startswith(typed) else ""

    def _place(self, source: Source, offset: int) -> dict[str, Any]:
        """Show a text to the server and return the place in it."""
        uri = Path(source.path).as_uri()
        self._show(uri, source)
        position = source.position(offset)
        units = len(source.line(position.line)[: position.column].encode("utf-16-le")) // 2
        line = {"line": position.line, "character": units}
        return {"textDocument": {"uri": uri}, "position": line}

    def _show(self, uri: str, source: Source) -> None:
        version = self._versions.get(uri, 0) + 1
        self._versions[uri] = version
        document = {"uri": uri, "version": version}
        if version == 1:
            opened = {**document, "languageId": source.language, "text": source.text}
            self._client.tell("textDocument/didOpen", {"textDocument": opened})
            return
        changes = [{"text": source.text}]
        params = {"textDocument": document, "contentChanges": changes}
        self._client.tell("textDocument/didChange", params)

    def _request(self, method: str, params: object) -> Any:  # noqa: ANN401 - JSON
        _, message = self._client.answer(self._client.ask(method, params))
        return message.get("result")


def _inserted(item: dict[str, Any]) -> str:
    """Return what a line of the popup puts in place of the word typed."""
    edit = item.get("textEdit")
    return edit["newText"] if edit else item.get("insertText") or item["label"]
