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
import json
import random
import re
import shlex
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from importlib.util import find_spec
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from _popup_server import PopupServer
from _record import record

from assistants.answer import Status
from assistants.backends.bundled import Bundled, data_folder
from assistants.backends.ngram import Ngram
from assistants.errors import ModelError
from assistants.model import Model
from code_assist import Source, Workspace, complete
from code_assist.brackets import marks
from code_assist.languages import by_path
from code_assist.parsing import enclosing

HELD_OUT = ("attr", "click")
_LEXEME = re.compile(r"\w+|[^\w\s]+")
_LONGEST_FILE = 40_000
_POPUP_LINES = 5


def options(parser: argparse.ArgumentParser) -> None:
    """Add what only this benchmark takes."""
    parser.add_argument("--corpus", type=Path, default=None, help="work folder of the training")
    parser.add_argument("--lines", type=int, default=60, help="lines a language")
    parser.add_argument("--model", type=Path, default=None, help="other weights (.onnx)")
    parser.add_argument("--without-model", action="store_true", help="leave the model out")
    parser.add_argument("--downwards", action="store_true", help="nothing stands below yet")
    parser.add_argument("--jedi-ls", default="", help="how to start jedi-language-server")


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One line to type: the text above it, the line from its first character on, what follows."""

    package: str
    path: str
    above: str
    indent: str
    code: str
    below: str

    def source(self, typed: int) -> tuple[Source, int]:
        """Return the file with the first characters of the line, and the cursor."""
        before = f"{self.above}{self.indent}{self.code[:typed]}"
        text = f"{before}{''.join(_open(self.code[:typed]))}\n{self.below}"
        return Source(text=text, language=by_path(self.path).name, path=self.path), len(before)


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
    starts = [match.start() for match in _LEXEME.finditer(line.code)]
    asked = {0, *starts, *(m.start() + 2 for m in _LEXEME.finditer(line.code) if len(m[0]) > 3)}
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
    packages = _packages(arguments.corpus)
    count = 8 if arguments.quick else arguments.lines
    ngram = Ngram.installed()
    models = _models(arguments)
    results: dict[str, Any] = {}
    for language in ("python", "java"):
        lines = list(_lines(packages, language, count, downwards=arguments.downwards))
        if not lines:
            results[language] = "no files"
            continue
        with tempfile.TemporaryDirectory() as folder:
            workspaces = _workspaces(packages, Path(folder), lines, ngram)
            here = [_moved(line, Path(folder)) for line in lines]
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


def _packages(corpus: Path | None) -> Mapping[str, Mapping[str, str]]:
    """Return the texts of the held-out packages by path."""
    found: dict[str, dict[str, str]] = {}
    if corpus is not None:
        for row in (corpus / "corpus" / "held-out.jsonl").read_text().splitlines():
            each = json.loads(row)
            found.setdefault(each["package"], {})[each["path"]] = each["text"]
        return found
    for package in HELD_OUT:
        spec = find_spec(package)
        if spec is not None and spec.origin is not None:
            root = Path(spec.origin).parent
            found[package] = {str(p.relative_to(root)): p.read_text() for p in root.rglob("*.py")}
    return found


def _lines(
    packages: Mapping[str, Mapping[str, str]],
    language: str,
    count: int,
    *,
    downwards: bool,
    seed: int = 2026,
) -> Iterator[Line]:
    """Draw lines of code evenly over the packages of a language; the same at every run."""
    choose = random.Random(seed)
    files = {
        package: [path for path, text in sorted(texts.items()) if _usable(path, text, language)]
        for package, texts in packages.items()
    }
    names = [package for package, paths in sorted(files.items()) if paths]
    for number in range(count if names else 0):
        package = names[number % len(names)]
        while True:
            path = choose.choice(files[package])
            whole = Source(text=packages[package][path], language=language)
            lines = whole.text.splitlines(keepends=True)
            at = choose.randrange(10, len(lines))
            code = lines[at].strip()
            if len(code) >= 8 and _is_code(whole, sum(map(len, lines[:at])), lines[at]):
                break
        above = "".join(lines[:at])
        yield Line(
            package=package,
            path=path,
            above=above,
            indent=lines[at][: len(lines[at]) - len(lines[at].lstrip())],
            code=code,
            below="\n".join(_open(above)) if downwards else "".join(lines[at + 1 :]),
        )


def _is_code(source: Source, start: int, line: str) -> bool:
    """Whether a line begins outside of comments and texts."""
    at = start + len(line) - len(line.lstrip())
    return not any(
        "comment" in node.type or "string" in node.type for node in enclosing(source, at)
    )


def _open(text: str) -> list[str]:
    """Return what closes the brackets that are open at the end of a text, innermost first."""
    pairs = {"(": ")", "[": "]", "{": "}"}
    opened: list[str] = []
    for bracket, _ in marks(text):
        if bracket in pairs:
            opened.append(pairs[bracket])
        elif opened:
            opened.pop()
    return opened[::-1]


def _usable(path: str, text: str, language: str) -> bool:
    suffix = {"python": ".py", "java": ".java"}[language]
    return path.endswith(suffix) and len(text) < _LONGEST_FILE and text.count("\n") > 30


def _workspaces(
    packages: Mapping[str, Mapping[str, str]], folder: Path, lines: Sequence[Line], ngram: Ngram
) -> Mapping[str, Workspace]:
    """Write the packages of the lines to disk and index each one."""
    found: dict[str, Workspace] = {}
    for package in {line.package for line in lines}:
        for path, text in packages[package].items():
            file = folder / package / _name(package, path)
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(text)
        found[package] = Workspace([folder / package], encoder=ngram.encoder)
        found[package].fill()
    return found


def _moved(line: Line, folder: Path) -> Line:
    path = folder / line.package / _name(line.package, line.path)
    return Line(
        package=line.package,
        path=str(path),
        above=line.above,
        indent=line.indent,
        code=line.code,
        below=line.below,
    )


def _name(package: str, path: str) -> str:
    """Return a flat file name; a folder called `build` or `test` would not be indexed."""
    return f"{package}~{path.replace('/', '~')}"


if __name__ == "__main__":
    record("code_replay", measure, options=options)
