"""The language server for hours: random edits, requests, cancellations, restarts.

    python benchmarks/lsp_soak.py --minutes 120 [--model bundled] [--corpus WORK] [--quick]

One server lives through the whole run; beside it others are started for a while and ended: as the
protocol says, by closing their input while they idle, or while requests are under way. A server
that is still there five seconds later counts as left behind, and so does any process that it
started. At the end of every server's life each document's findings are asked for and compared with
those of a fresh analysis of the text that the client holds. Memory is that of the lasting server,
and that with all processes below it, as proportional set size: a page that several share counts
once. Flat means that its median in the last quarter is that of the second.
"""

import argparse
import random
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from _held_out import held_out
from _language_client import Server
from _record import record

from code_assist import Source, diagnose
from lsp.watching import is_running

_ASKS = (
    "textDocument/completion", "textDocument/inlineCompletion", "textDocument/hover",
    "textDocument/definition", "textDocument/references", "textDocument/documentSymbol",
    "textDocument/signatureHelp", "textDocument/diagnostic",
)  # fmt: skip
_CAPABILITIES = {
    "workspace": {"symbol": {}},
    "textDocument": {
        name: {}
        for name in (
            "completion", "inlineCompletion", "hover", "definition", "references",
            "documentSymbol", "signatureHelp", "diagnostic", "codeAction", "rename",
        )
    },
}  # fmt: skip
_GONE = 5.0
"""Seconds after which a server that lost its client, or a process of its, is left behind."""
_EXPECTED = {-32800, -32801, -32802, -32803}
"""Cancelled, moved on, ask again, refused with a reason: answers that the protocol provides for."""
_PIECES = (
    "(", ")", "[", "{", "}", ":", '"', '"""', "\n", "    ", "x = ", "def f():\n", "class A {\n",
    "import os\n", ".", ",", "é", "😀", "\r\n", "#", "/*", "*/", "\\", "return ", "lambda",
)  # fmt: skip


def options(parser: argparse.ArgumentParser) -> None:
    """Add this benchmark's own arguments."""
    parser.add_argument("--minutes", type=float, default=120.0)
    parser.add_argument("--model", default="none", help="the servers' model")
    parser.add_argument("--corpus", type=Path, default=None, help="work folder of the training")
    parser.add_argument("--seed", type=int, default=2026)


def measure(arguments: argparse.Namespace) -> Mapping[str, Any]:
    """Keep one server busy to the end, and start and end others beside it."""
    choose = random.Random(arguments.seed)
    minutes = 0.5 if arguments.quick else arguments.minutes
    with tempfile.TemporaryDirectory() as folder:
        sources = [
            one for found in held_out(arguments.corpus, Path(folder)).values() for one in found
        ]
        until = time.monotonic() + 60 * minutes
        lasting = _Life(arguments.model, sources, choose)
        alone: list[float] = []
        memory: list[float] = []
        ended: Counter[str] = Counter()
        counted: Counter[str] = Counter()
        while time.monotonic() < until:
            visitor = _Life(arguments.model, sources, choose)
            turn = min(until, time.monotonic() + choose.uniform(5, 40))
            while time.monotonic() < turn:
                lasting.act()
                visitor.act()
            alone.append(lasting.megabytes(below=False))
            memory.append(lasting.megabytes())
            ended[
                visitor.end(choose.choice(("shutdown", "shutdown", "closed", "closed at work")))
            ] += 1
            counted += visitor.counted
        ended[lasting.end("shutdown")] += 1
        counted += lasting.counted
    return {
        "minutes": minutes,
        "model": arguments.model,
        "servers": sum(ended.values()),
        "ends": dict(sorted(ended.items())),
        "counted": dict(sorted(counted.items())),
        "memory of the server alone, MB": _over_time(alone),
        "memory MB": _over_time(memory),
    }


def _over_time(megabytes: Sequence[float]) -> Mapping[str, int]:
    quarter = max(1, len(megabytes) // 4)
    return {
        "second quarter": round(statistics.median(megabytes[quarter : 2 * quarter] or megabytes)),
        "last quarter": round(statistics.median(megabytes[-quarter:])),
        "most": round(max(megabytes)),
    }


class _Life:
    """One server with a client that does what comes to its mind."""

    def __init__(self, model: str, sources: Sequence[Source], choose: random.Random) -> None:
        self._server = Server(model)
        self._sources, self._choose = sources, choose
        self._texts: dict[str, tuple[int, Source]] = {}
        self._asked: list[int] = []
        self.counted: Counter[str] = Counter()
        start = {"processId": None, "rootUri": None, "capabilities": _CAPABILITIES}
        self._server.answer(self._server.ask("initialize", start))
        self._server.tell("initialized", {})

    def act(self) -> None:
        """Open, close, edit, ask, cancel; now and then wait for what was asked."""
        what = self._choose.random()
        if not self._texts or (what < 0.02 and len(self._texts) < 4):
            self._open()
        elif what < 0.03:
            self._close()
        elif what < 0.5:
            self._edit()
        else:
            self._ask()
        if len(self._asked) > 6:
            self._gather()

    def megabytes(self, *, below: bool = True) -> float:
        """Return what the server holds, and the processes below it."""
        own = self._server.process.pid
        return sum(map(_proportional, (own, *(_below(own) if below else ()))))

    def end(self, how: str) -> str:
        """End the server and return how that went."""
        self._gather()
        self._compare()
        process = self._server.process
        children = _below(process.pid)
        if how == "shutdown":
            code = self._server.stop()
            if code:
                return f"shutdown: exit code {code}"
        else:
            if how == "closed at work":
                for _ in range(5):
                    self._ask()
                    self._edit()
            assert process.stdin is not None
            process.stdin.close()
        patience = time.monotonic() + _GONE
        while time.monotonic() < patience and (
            process.poll() is None or any(map(is_running, children))
        ):
            time.sleep(0.05)
        if process.poll() is None:
            _show_stacks(process.pid)
            process.kill()
            process.wait()
            return f"{how}: left behind"
        left = ", ".join(sorted(map(_named, filter(is_running, children))))
        return f"{how}: left behind: {left}" if left else f"{how}: gone"

    def _open(self) -> None:
        source = self._choose.choice(self._sources)
        uri = f"file://{source.path}" if source.path else "file:///nowhere/a.py"
        if uri in self._texts:
            return
        self._texts[uri] = (1, source)
        item = {"uri": uri, "languageId": source.language, "version": 1, "text": source.text}
        self._server.tell("textDocument/didOpen", {"textDocument": item})

    def _close(self) -> None:
        uri = self._choose.choice(list(self._texts))
        del self._texts[uri]
        self._server.tell("textDocument/didClose", {"textDocument": {"uri": uri}})

    def _edit(self) -> None:
        uri = self._choose.choice(list(self._texts))
        version, source = self._texts[uri]
        start = _outside(source, self._choose.randrange(len(source.text) + 1))
        wanted = start + self._choose.choice((0, 0, 0, 1, 3, 40))
        end = max(start, _outside(source, min(len(source.text), wanted)))
        text = self._choose.choice(_PIECES)
        if self._choose.random() < 0.05:  # all back as it was
            original = next(one for one in self._sources if uri.endswith(one.path))
            start, end, text = 0, len(source.text), original.text
        change = {
            "range": {"start": _place(source, start), "end": _place(source, end)},
            "text": text,
        }
        edited = source.insert(start, end, text)
        self._texts[uri] = (version + 1, edited)
        document = {"uri": uri, "version": version + 1}
        params = {"textDocument": document, "contentChanges": [change]}
        self._server.tell("textDocument/didChange", params)
        self.counted["edits"] += 1

    def _ask(self) -> None:
        uri = self._choose.choice(list(self._texts))
        source = self._texts[uri][1]
        method = self._choose.choice(_ASKS)
        params = {
            "textDocument": {"uri": uri},
            "position": _place(source, _outside(source, self._choose.randrange(len(source.text)))),
            "context": {"triggerKind": 1, "includeDeclaration": True, "isRetrigger": False},
        }
        number = self._server.ask(method, params)
        self.counted["requests"] += 1
        if self._choose.random() < 0.2:
            self._server.tell("$/cancelRequest", {"id": number})
            self.counted["cancelled"] += 1
        self._asked.append(number)

    def _gather(self) -> None:
        for number in self._asked:
            _, message = self._server.answer(number)
            code = message.get("error", {}).get("code")
            if code is not None and code not in _EXPECTED:
                self.counted[f"error {code}"] += 1
        self._asked.clear()

    def _compare(self) -> None:
        """Both sides must hold the same text: what is wrong in it is asked and computed."""
        for uri, (_, source) in self._texts.items():
            params = {"textDocument": {"uri": uri}}
            _, message = self._server.answer(self._server.ask("textDocument/diagnostic", params))
            items = [one for one in message["result"]["items"] if one["code"] != "javac"]
            told = [(one["range"]["start"]["line"], one["message"]) for one in items]
            own = [(one.span.start.line, one.message) for one in diagnose(source)]
            self.counted["documents compared"] += 1
            self.counted["documents that differ"] += told != own


def _outside(source: Source, offset: int) -> int:
    """Return an offset that does not part a carriage return from its line feed."""
    return offset - (source.text[max(offset - 1, 0) : offset + 1] == "\r\n")


def _place(source: Source, offset: int) -> Mapping[str, int]:
    """Return a position in UTF-16 units."""
    position = source.position(offset)
    before = source.line(position.line)[: position.column]
    return {"line": position.line, "character": len(before.encode("utf-16-le")) // 2}


def _below(pid: int) -> tuple[int, ...]:
    """Return the processes that a process started, and those that they did."""
    try:
        tasks = list(Path(f"/proc/{pid}/task").iterdir())
        found = [int(word) for task in tasks for word in (task / "children").read_text().split()]
    except OSError:
        return ()
    return tuple(one for child in found for one in (child, *_below(child)))


def _named(pid: int) -> str:
    """Return a process's name and state, as in `python (sleeping)`."""
    try:
        lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    except OSError:
        return ""
    known = dict(line.split(":", 1) for line in lines)
    return f"{known['Name'].strip()} {known['State'].split()[-1]}"


def _show_stacks(pid: int) -> None:
    """Print what each thread of a process that should be gone is doing, where `py-spy` is there."""
    if program := shutil.which("py-spy"):
        command = (program, "dump", "--native", "--pid", str(pid))
        said = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
        print(said.stdout + said.stderr, file=sys.stderr, flush=True)


def _proportional(pid: int) -> float:
    """Return the proportional set size in MiB; what several processes share is divided by them."""
    try:
        lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
    except OSError:
        return 0.0
    return sum(int(line.split()[1]) for line in lines if line.startswith("Pss:")) / 1024


if __name__ == "__main__":
    record("lsp_soak", measure, options=options)
