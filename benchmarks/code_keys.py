"""Keys typed into a real server: how long its answers take, and whether a stale one is ever shown.

A server is started on pipes; a long file (some 2,600 lines, from held-out packages one after the
other) is opened, and lines of it are typed again, key by key, at random places. Every key is a
change and a request for ghost text; at every third letter of a word the popup is asked, after every
line the diagnostics. Now and then the next key comes at once, so that the request before it is
cancelled, and the time is taken until the server is idle again. An answer is stale if it belongs to
another version of the text than the one it is asked about.

Wall-clock times on a shared machine say little; the server's processor time a key stands beside.
"""

import argparse
import random
import sys
import tempfile
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from _held_out import held_out
from _language_client import Server
from _record import record

from code_assist import Source

_LINES, _MORE = 2600, 100
_URI = "file:///nowhere/typed{suffix}"


def options(parser: argparse.ArgumentParser) -> None:
    """Add what only this benchmark takes."""
    parser.add_argument("--corpus", type=Path, default=None, help="work folder of the training")
    parser.add_argument("--keys", type=int, default=10_000, help="keys a language")
    parser.add_argument("--model", default="none", help="the server's model")
    parser.add_argument("--pause", type=float, default=0.0, help="seconds between two keys")
    parser.add_argument("--seed", type=int, default=2026, help="where lines are typed")


@dataclass(slots=True)
class Taken:
    """Milliseconds of one kind of request."""

    wall: list[float] = field(default_factory=list[float])
    processor: list[float] = field(default_factory=list[float])

    def row(self) -> Mapping[str, Any]:
        """Return the percentiles."""
        if not self.wall:
            return {"requests": 0}
        wall, processor = sorted(self.wall), sorted(self.processor)
        return {
            "requests": len(wall),
            "wall ms p50": round(wall[len(wall) // 2], 1),
            "wall ms p95": round(wall[int(len(wall) * 0.95)], 1),
            "processor ms mean": round(sum(processor) / max(len(processor), 1), 1),
        }


def measure(arguments: argparse.Namespace) -> Mapping[str, Any]:
    """Return the times of each language."""
    keys = 120 if arguments.quick else arguments.keys
    with tempfile.TemporaryDirectory() as folder:
        sources = held_out(arguments.corpus, Path(folder))
    results: dict[str, Any] = {"keys a language": keys, "model": arguments.model}
    for language, found in sources.items():
        if found:
            results[language] = _type(_long(found), keys, arguments)
    return results


def _long(sources: Sequence[Source]) -> Source:
    """Return one long file; Java's classes all go into one, by their bodies."""
    taken: list[str] = []
    fitting = [one for one in sources if one.line_count <= _LINES]
    for source in sorted(fitting, key=lambda one: -one.line_count):
        text = source.text.replace("from __future__ import annotations\n", "")
        if source.language == "java":
            text = "\n".join(
                line for line in text.split("\n") if not line.startswith(("package ", "import "))
            )
        lines = sum(text.count("\n") for text in taken)
        if lines + text.count("\n") <= _LINES + _MORE:
            taken.append(text)
    return Source(text="\n".join(taken), language=sources[0].language)


def _type(source: Source, keys: int, arguments: argparse.Namespace) -> Mapping[str, Any]:
    server = Server(arguments.model)
    typist = _Typist(server, source, random.Random(arguments.seed), arguments.pause)
    typist.open()
    began = time.perf_counter()
    while typist.keys < keys:
        typist.line()
    wall = time.perf_counter() - began
    memory = server.megabytes()
    code = server.stop()
    return {
        "lines of the file": source.line_count,
        "keys": typist.keys,
        "ghost text asked": typist.ghost.row(),
        "ghost text typed through": typist.through.row(),
        "popup": typist.popup.row(),
        "diagnostics": typist.diagnostics.row(),
        "cancel to idle": typist.cancelled.row(),
        "ghost texts shown": typist.shown,
        "stale answers": typist.stale,
        "errors": typist.errors,
        "memory MB": round(memory),
        "seconds": round(wall),
        "exit code": code,
    }


class _Typist:
    """Types lines and takes the times."""

    def __init__(self, server: Server, source: Source, choose: random.Random, pause: float) -> None:
        self._server, self._choose, self._pause = server, choose, pause
        self._lines = source.text.split("\n")
        self._language = source.language
        self._version = 1
        self._uri = _URI.format(suffix={"python": ".py", "java": ".java"}[source.language])
        self.keys = self.stale = self.errors = self.shown = 0
        self.ghost, self.through, self.popup = Taken(), Taken(), Taken()
        self.diagnostics, self.cancelled = Taken(), Taken()
        self._ghost_text = ""

    def open(self) -> None:
        """Start the session and open the file; the first answers are waited for, not counted."""
        text = {"completion": {}, "inlineCompletion": {}, "diagnostic": {}}
        start = {"processId": None, "rootUri": None, "capabilities": {"textDocument": text}}
        self._server.answer(self._server.ask("initialize", start))
        self._server.tell("initialized", {})
        item = {
            "uri": self._uri, "languageId": self._language, "version": 1,
            "text": "\n".join(self._lines),
        }  # fmt: skip
        self._server.tell("textDocument/didOpen", {"textDocument": item})
        at = next(number for number, line in enumerate(self._lines) if len(line.strip()) > 10)
        for _ in range(3):
            self._server.answer(self._ask_ghost(at, len(self._lines[at])))
            self._server.answer(self._ask_diagnostics())

    def line(self) -> None:
        """Take a line of code out and type it again."""
        at = self._choose.randrange(20, len(self._lines) - 2)
        whole = self._lines[at]
        code = whole.strip()
        if len(code) < 8 or code.startswith(("#", "*", "/", '"', "'", "@")):
            return
        indent = whole[: len(whole) - len(whole.lstrip())]
        self._change(at, indent, len(whole))
        self._ghost_text = ""
        for column, char in enumerate(code):
            self._key(at, len(indent) + column, char)
            if self._pause:
                time.sleep(self._pause)
        self._timed(self.diagnostics, self._ask_diagnostics())

    def _key(self, line: int, column: int, char: str) -> None:
        self._change(line, char, 0, column)
        self.keys += 1
        number = self._ask_ghost(line, column + 1)
        if self._choose.random() < 0.05:
            self._cancel(number)
            return
        fits = self._ghost_text.startswith(char) and len(self._ghost_text) > 1
        answer = self._timed(self.through if fits else self.ghost, number)
        self._ghost_text = self._read_ghost(answer, line, column + 1)
        self.shown += bool(self._ghost_text) and not fits
        if char.isalpha() and self.keys % 3 == 0:
            place = {"line": line, "character": column + 1}
            params = {"textDocument": {"uri": self._uri}, "position": place}
            self._timed(self.popup, self._server.ask("textDocument/completion", params))

    def _cancel(self, number: int) -> None:
        began, spent = time.perf_counter(), self._server.processor_seconds()
        self._server.tell("$/cancelRequest", {"id": number})
        self._server.answer(number)
        self._server.answer(self._server.ask("workspace/nothing", None))
        self.cancelled.wall.append((time.perf_counter() - began) * 1000)
        self.cancelled.processor.append((self._server.processor_seconds() - spent) * 1000)
        self._ghost_text = ""

    def _timed(self, taken: Taken, number: int) -> Any:  # noqa: ANN401 - JSON
        began, spent = time.perf_counter(), self._server.processor_seconds()
        at, message = self._server.answer(number)
        taken.wall.append((at - began) * 1000)
        taken.processor.append((self._server.processor_seconds() - spent) * 1000)
        self.errors += "error" in message
        return message.get("result")

    def _read_ghost(self, answer: Any, line: int, column: int) -> str:  # noqa: ANN401
        """Return what a ghost text adds behind the cursor; count it if it is for another place."""
        items = (answer or {}).get("items") or []
        if not items:
            return ""
        span, text = items[0]["range"], items[0]["insertText"]
        typed = self._lines[line][span["start"]["character"] : column]
        here = span["start"]["line"] == line and span["end"] == {"line": line, "character": column}
        if not here or not text.startswith(typed):
            self.stale += 1
            return ""
        return text[len(typed) :]

    def _change(self, line: int, text: str, remove: int, column: int = 0) -> None:
        self._version += 1
        old = self._lines[line]
        self._lines[line] = old[:column] + text + old[column + remove :]
        span = {
            "start": {"line": line, "character": column},
            "end": {"line": line, "character": column + remove},
        }
        document = {"uri": self._uri, "version": self._version}
        params = {"textDocument": document, "contentChanges": [{"range": span, "text": text}]}
        self._server.tell("textDocument/didChange", params)

    def _ask_ghost(self, line: int, column: int) -> int:
        params = {
            "textDocument": {"uri": self._uri},
            "position": {"line": line, "character": column},
            "context": {"triggerKind": 2},
        }
        return self._server.ask("textDocument/inlineCompletion", params)

    def _ask_diagnostics(self) -> int:
        return self._server.ask("textDocument/diagnostic", {"textDocument": {"uri": self._uri}})


if __name__ == "__main__":
    record("code_keys", measure, options=options)
