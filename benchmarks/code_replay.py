"""Typing held-out packages through the real completion path, with each source of proposals.

Lines of code are drawn at random and typed into their file: with the rest of the file below them,
or (`--downwards`) with nothing below but what closes brackets. As in most editors, a bracket that
is opened is closed at once, and typing the closing one goes over it. The other files of the package
are the workspace. Completion is asked where a lexeme begins and after its
second character. The reader accepts (one key) a text that is what comes next on the line, and
otherwise types on; a text that still fits what was typed stays on show.

Our ghost text is asked twice: from the completion itself, with and without each of its parts, and
through our real server. Of every text that is shown it is told whether the file parses as well
with it as before (no syntax error more than without it), brings a name that nothing defines and
that the true line does not have (Python), or repeats what follows the cursor.

The popups, ours and another's, are those of real servers: accepted by one key and one more for each
line of the popup above the right one; of its first five lines. Ours asks the model too and ranks by
what the texts go on with.

`--corpus WORK` is the work folder of the training (`WORK/corpus/held-out.jsonl`). Without it the
installed packages that are held out of training are typed (attrs, click), and no Java.
`--jedi-ls COMMAND` adds jedi-language-server's popup.
"""

import argparse
import math
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

from _language_client import server_command
from _popup_server import PopupServer
from _record import record
from _typed_lines import Line, lines_of, moved, packages_of, workspaces_of

from assistants.answer import Status
from assistants.backends.bundled import Bundled, data_folder
from assistants.backends.ngram import Ngram
from assistants.errors import ModelError
from assistants.model import Model, Piece
from code_assist import Source, Workspace, complete, diagnose
from code_assist.complete import SHORTEST
from code_assist.generation import Strictness
from code_assist.showing import Part, Place, Showing

_POPUP_LINES = 5
_REPEATED = 4
"""Characters that count as a repetition."""


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
    worse: int = 0
    unresolved: int = 0
    repeats: int = 0
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

    def of_ghosts(self) -> Mapping[str, Any]:
        """Return the row of what was shown as ghost text, with what is wrong with it."""
        return {
            **self.row(),
            "parse worse with it": self.worse,
            "with an unresolved name": self.unresolved,
            "repeating what follows": self.repeats,
        }

    def look_at(self, line: "Line", at: int, text: str) -> None:
        """Count what is wrong with a text that is shown."""
        source, offset = line.source(at)
        after = source.insert(offset, offset, text)
        before, now = diagnose(source), diagnose(after)
        errors = [sum(d.code == "syntax-error" for d in found) for found in (before, now)]
        self.worse += errors[1] > errors[0]
        whole, end = line.source(len(line.code))
        true = {d.name for d in (*before, *diagnose(whole)) if d.code == "undefined-name"}
        own = range(offset, offset + len(text))  # a header of another name breaks names below it
        self.unresolved += any(
            d.code == "undefined-name" and d.name not in true and after.offset(d.span.start) in own
            for d in now
        )
        follows = source.text[offset:].split("\n")[0].strip()
        below = next((one.strip() for one in whole.text[end:].split("\n")[1:] if one.strip()), "")
        repeated = len(follows) >= _REPEATED and text.endswith(follows)
        self.repeats += repeated or (not follows and text.strip() == below)


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
            if showing:
                tally.look_at(line, at, showing)
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
    count = 3 if arguments.quick else arguments.lines
    if arguments.jedi_ls:  # before hours are spent: does it start at all?
        with PopupServer(shlex.split(arguments.jedi_ls), Path.cwd()):
            pass
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
            whole = models.get("model + n-gram")
            if whole is not None:
                free = _asking(whole, workspaces, strictness="none")
                row["model + n-gram, no constraint"] = _replay(here, free)
                barred = _asking(whole, workspaces, showing=_MeanBar())
                row["model + n-gram, no filter but a constant bar"] = _replay(here, barred)
            name = "bundled" if whole is not None else "none"
            row["plumb's server (ghost text)"] = _ghosts(here, server_command(name), Path(folder))
            row["plumb's server (popup)"] = _popup(here, server_command(name), Path(folder))
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


@dataclass(frozen=True, slots=True, kw_only=True)
class _MeanBar:
    """A whole line where the mean log-probability of its tokens is high enough, as before."""

    floor: float = -8.0
    bar: float = -0.4

    def part(self, place: Place, pieces: Sequence[Piece], *, finished: bool) -> Part | None:
        """Return the whole text or nothing."""
        del place
        mean = sum(piece.logprob for piece in pieces) / max(len(pieces), 1)
        if not finished or mean < self.bar:
            return None
        text = "".join(piece.text for piece in pieces)
        return Part(text=text, probability=math.exp(mean), worth=mean)


def _asking(
    model: Model | None,
    workspaces: Mapping[str, Workspace] | None,
    *,
    strictness: Strictness = "names",
    showing: Showing | None = None,
) -> Propose:
    def propose(source: Source, offset: int) -> str:
        package = Path(source.path).parts[-1].split("~")[0]
        memory = workspaces[package].memory(source, offset) if workspaces else None
        answer = complete(
            source, source.position(offset), model=model, memory=memory, strictness=strictness,
            showing=showing,
        )  # fmt: skip
        if answer.status is not Status.ANSWERED or answer.best is None:
            return ""
        candidate = answer.best.candidate
        typed = source.text[source.offset(candidate.span.start) : offset]
        more = candidate.new_text.removeprefix(typed)
        shown = candidate.new_text.startswith(typed) and len(more) >= SHORTEST
        return more if shown else ""  # the server's rule: what is shorter is not shown

    return propose


def _replay(lines: Sequence[Line], propose: Propose) -> Mapping[str, Any]:
    tally = Tally()
    for line in lines:
        type_line(line, propose, tally)
    return tally.of_ghosts()


def _rival(lines: Sequence[Line], command: str, root: Path) -> Mapping[str, Any] | str:
    """Type the same lines with another server's popup: only names, chosen by arrow keys."""
    if not command:
        return "skipped: no --jedi-ls COMMAND given"
    return _popup(lines, shlex.split(command), root)


def _ghosts(lines: Sequence[Line], command: Sequence[str], root: Path) -> Mapping[str, Any]:
    """Type lines with the ghost text of a server, which has the line's package open."""
    tally = Tally()
    for package, own in _by_package(lines).items():
        with PopupServer(command, root / package, ghosts=True) as server:
            for line in own:
                type_line(line, server.ghost, tally)
    return tally.of_ghosts()


def _by_package(lines: Sequence[Line]) -> Mapping[str, Sequence[Line]]:
    found: dict[str, list[Line]] = {}
    for line in lines:
        found.setdefault(line.package, []).append(line)
    return found


def _popup(lines: Sequence[Line], command: Sequence[str], root: Path) -> Mapping[str, Any]:
    """Type lines with a server's popup; the server has the line's package open."""
    tally = Tally()
    for package, own in _by_package(lines).items():
        with PopupServer(command, root / package) as server:
            for line in own:
                _type_with_popup(line, server, tally)
    return tally.row()


def _type_with_popup(line: Line, server: PopupServer, tally: Tally) -> None:
    at = 0
    tally.lines += 1
    tally.characters += len(line.code)
    while at < len(line.code):
        begins = re.search(r"\w*\Z", line.code[:at])
        typed = begins.group() if begins else ""
        if len(typed) == 2 or (at and line.code[at - 1] == "."):
            items = server.ask(*line.source(at))[:_POPUP_LINES]
            tally.shown += bool(items)
            best = _best(items, line.code, at - len(typed), at)
            if best is not None:
                place, length = best
                tally.accepted += 1
                tally.completed += length
                tally.keys += 1 + place
                at += length
                continue
        at += 1
        tally.keys += 1


def _best(items: Sequence[str], code: str, start: int, at: int) -> tuple[int, int] | None:
    """Return the line of a popup that saves the most keys: its place, and what it completes."""
    right = [
        (start + len(item) - at, place)
        for place, item in enumerate(items)
        if code.startswith(item, start) and not _inside(code, start + len(item))
    ]
    length, place = max(right, key=lambda one: one[0] - one[1], default=(0, 0))
    return (place, length) if length > place + 1 else None


def _inside(code: str, at: int) -> bool:
    """Whether a place is inside a word."""
    return re.match(r"\w\w", code[at - 1 : at + 1]) is not None


if __name__ == "__main__":
    record("code_replay", measure, options=options)
