"""Typing held-out packages through the real completion path, with each source of proposals.

Lines of code are drawn at random and typed into their file: with the rest of the file below them,
or (`--downwards`) with nothing below but what closes brackets. As in most editors, a bracket that
is opened is closed at once, and typing the closing one goes over it. The other files of the package
are the workspace. Completion is asked where a lexeme begins and after its
second character. The reader accepts (one key) a text that is what comes next on the line, and
otherwise types on; a text that still fits what was typed stays on show.

`--corpus WORK` is the work folder of the training (`WORK/corpus/held-out.jsonl`). Without it the
installed packages that are held out of training are typed (attrs, click), and no Java.
`--jedi-ls COMMAND` adds jedi-language-server's popup, accepted by one key and one more for each
line of the popup above the right one; of its first five lines.
"""

import argparse
import re
import shlex
import sys
import tempfile
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from _popup_server import PopupServer
from _record import record
from _typed_lines import Line, lines_of, moved, packages_of, workspaces_of

from assistants.answer import Status
from assistants.backends.bundled import Bundled, data_folder
from assistants.backends.ngram import Ngram
from assistants.errors import ModelError
from assistants.model import Model
from code_assist import Source, Workspace, complete

_POPUP_LINES = 5


def options(parser: argparse.ArgumentParser) -> None:
    """Add what only this benchmark takes."""
    parser.add_argument("--corpus", type=Path, default=None, help="work folder of the training")
    parser.add_argument("--lines", type=int, default=60, help="lines a language")
    parser.add_argument("--model", type=Path, default=None, help="other weights (.onnx)")
    parser.add_argument("--without-model", action="store_true", help="leave the model out")
    parser.add_argument("--downwards", action="store_true", help="nothing stands below yet")
    parser.add_argument("--jedi-ls", default="", help="how to start jedi-language-server")


@dataclass(slots=True)
class Tally:
    """What one source of proposals came to."""

    lines: int = 0
    exact: int = 0
    characters: int = 0
    completed: int = 0
    keys: int = 0
    shown: int = 0
    accepted: int = 0
    seconds: list[float] = field(default_factory=list)

    def row(self) -> Mapping[str, Any]:
        """Return the figures of the row."""
        seconds = sorted(self.seconds)
        median = seconds[len(seconds) // 2] if seconds else 0.0
        took = {"processor ms a request, median": round(median * 1000)}
        return {
            "lines": self.lines,
            "line exact at its first character": f"{self.exact / self.lines:.1%}",
            "ratio of completed code": f"{self.completed / self.characters:.1%}",
            "keystrokes saved": f"{1 - self.keys / self.characters:.1%}",
            "acceptance precision": f"{self.accepted / max(self.shown, 1):.1%}",
            "shown": self.shown,
            **(took if seconds else {}),
        }


Propose = Callable[[Source, int], str]
"""From a file and the cursor to a text to insert at the cursor, or nothing."""


def type_line(line: Line, propose: Propose, tally: Tally) -> None:
    """Type one line, accepting what is right."""
    asked = set(line.asked)
    at, showing = 0, ""
    tally.lines += 1
    tally.characters += len(line.code)
    while at < len(line.code):
        if at in asked and not showing:
            began = time.process_time()
            showing = propose(*line.source(at)).split("\n")[0].rstrip()
            tally.seconds.append(time.process_time() - began)
            tally.shown += bool(showing)
            tally.exact += at == 0 and showing == line.code  # nothing is closed yet
        if showing and line.code.startswith(showing, at):
            tally.accepted += 1
            tally.completed += len(showing)
            at += len(showing)
            tally.keys += 1
            showing = ""
            asked.add(at)
            continue
        fits = bool(showing) and showing[0] == line.code[at]
        showing = showing[1:] if fits else ""
        at += 1
        tally.keys += 1


def measure(arguments: argparse.Namespace) -> Mapping[str, Any]:
    """Return the figures of each language and source of proposals."""
    packages = packages_of(arguments.corpus)
    count = 8 if arguments.quick else arguments.lines
    ngram = Ngram.installed()
    models = _models(arguments)
    results: dict[str, Any] = {}
    for language in ("python", "java"):
        lines = list(lines_of(packages, language, count, downwards=arguments.downwards))
        if not lines:
            results[language] = "no files"
            continue
        with tempfile.TemporaryDirectory() as folder:
            workspaces = workspaces_of(packages, Path(folder), lines, ngram)
            here = [moved(line, Path(folder)) for line in lines]
            row: dict[str, Any] = {
                "static candidates": _replay(here, _asking(None, None)),
                "n-gram alone": _replay(here, _asking(ngram, workspaces)),
            }
            for name, model in models.items():
                row[name] = _replay(here, _asking(model, workspaces if "n-gram" in name else None))
            if language == "python":
                row["jedi-language-server (popup)"] = _rival(here, arguments.jedi_ls, Path(folder))
            results[language] = row
    return results


def _models(arguments: argparse.Namespace) -> Mapping[str, Model]:
    if arguments.without_model:
        return {}
    weights = arguments.model or data_folder() / "plumb.onnx"
    tokenizer = data_folder() / "tokenizer.json"
    try:
        return {
            "model alone": Bundled(weights, tokenizer, recall=False),
            "model + n-gram": Bundled(weights, tokenizer),
        }
    except ModelError as error:
        print(f"without the model: {error}", file=sys.stderr)
        return {}


def _asking(model: Model | None, workspaces: Mapping[str, Workspace] | None) -> Propose:
    def propose(source: Source, offset: int) -> str:
        package = Path(source.path).parts[-1].split("~")[0]
        memory = workspaces[package].memory(source, offset) if workspaces else None
        answer = complete(source, source.position(offset), model=model, memory=memory)
        if answer.status is not Status.ANSWERED or answer.best is None:
            return ""
        candidate = answer.best.candidate
        typed = source.text[source.offset(candidate.span.start) : offset]
        starts = candidate.new_text.startswith(typed)
        return candidate.new_text[len(typed) :] if starts else ""

    return propose


def _replay(lines: Sequence[Line], propose: Propose) -> Mapping[str, Any]:
    tally = Tally()
    for line in lines:
        type_line(line, propose, tally)
    return tally.row()


def _rival(lines: Sequence[Line], command: str, root: Path) -> Mapping[str, Any] | str:
    """Type the same lines with another server's popup: only names, chosen by arrow keys."""
    if not command:
        return "skipped: no --jedi-ls COMMAND given"
    tally = Tally()
    with PopupServer(shlex.split(command), root) as server:
        for line in lines:
            _type_with_popup(line, server, tally)
    return tally.row()


def _type_with_popup(line: Line, server: PopupServer, tally: Tally) -> None:
    at = 0
    tally.lines += 1
    tally.characters += len(line.code)
    while at < len(line.code):
        word = re.compile(r"\w*").match(line.code, at)
        rest = word.group() if word else ""
        begins = re.search(r"\w*\Z", line.code[:at])
        typed = begins.group() if begins else ""
        if len(typed) == 2 or (at and line.code[at - 1] == "."):
            items = server.ask(*line.source(at))[:_POPUP_LINES]
            tally.shown += bool(items)
            wanted = typed + rest
            if wanted in items and len(rest) > items.index(wanted) + 1:
                tally.accepted += 1
                tally.completed += len(rest)
                tally.keys += 1 + items.index(wanted)
                at += len(rest)
                continue
        at += 1
        tally.keys += 1


if __name__ == "__main__":
    record("code_replay", measure, options=options)
