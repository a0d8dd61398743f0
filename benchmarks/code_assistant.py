"""The code assistant on files that the model never saw: completion, and errors in broken files.

Completion: the rest of a line is taken out, at its first character or in its middle, and asked
for again; with static analysis alone and with the model. Errors: one token of a file is deleted,
doubled or replaced; what a parser then rejects must give exactly one finding, on the right line,
and must not hide an undefined name elsewhere in the file. For some of them quick-fixes are asked,
as an editor shows them: the first one offered must make the file parse. On the file that is nearest
to 2,500 lines, lines are typed again and findings asked for after every key.

With `--corpus WORK` the files are those that the training recipe holds out in its work folder
(`WORK/corpus/held-out.jsonl`). Without it, Python files come from the held-out packages that are
installed (attrs, click), and Java files from an archive or a folder of sources (`--java`), by
default the JDK's own, which no training package contains; without a JDK there is no Java row.
"""

import argparse
import json
import random
import re
import statistics
import sys
import time
import zipfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from _record import record

from assistants import registry
from assistants.answer import Status
from assistants.errors import ModelError
from assistants.model import Model
from code_assist import Source, complete, diagnose, fixes
from code_assist.verify import standing

_LONG = 2500
HELD_OUT = ("attr", "click")
_TOKEN = re.compile(r'"(?:\\.|[^"\\\n])*"|\'(?:\\.|[^\'\\\n])*\'|\w+|[^\w\s]')
_SWAPS = ("(", ")", "[", "]", "{", "}", ":", ";", ",", "=", "x", "1", ".", "+", "if", "return")
_UNKNOWN = "plumb_unknown_name"


def options(parser: argparse.ArgumentParser) -> None:
    """Add what only this benchmark takes."""
    parser.add_argument("--model", default="bundled", help="a model name, or none")
    parser.add_argument("--corpus", type=Path, default=None, help="work folder of the training")
    parser.add_argument("--cuts", type=int, default=400, help="lines a language to complete")
    parser.add_argument("--mutants", type=int, default=3000, help="mutants a language")
    parser.add_argument("--fixed", type=int, default=300, help="mutants to be mended")
    parser.add_argument("--keys", type=int, default=400, help="keys typed into a long file")
    parser.add_argument("--java", type=Path, default=None, help="a folder or .zip of Java sources")


def measure(arguments: argparse.Namespace) -> Mapping[str, Any]:
    """Return the figures for each language, without and with the model."""
    cuts, mutants = (24, 60) if arguments.quick else (arguments.cuts, arguments.mutants)
    fixed, keys = (5, 60) if arguments.quick else (arguments.fixed, arguments.keys)
    files = _files(arguments)
    model, why = _load(arguments.model)
    results: dict[str, Any] = {"model": arguments.model if model is not None else why}
    for language, sources in files.items():
        if not sources:
            results[language] = "no files"
            continue
        cases = _cuts(sources, cuts, random.Random(7)) if cuts else []
        results[language] = {
            "files": len(sources),
            **({"completion": _completed(cases, model)} if cases else {}),
            **({"errors": _errors(sources, mutants, random.Random(11))} if mutants else {}),
            **({"quick-fixes": _mended(sources, fixed, random.Random(17))} if fixed else {}),
            **({"after a key": _typed(sources, keys, random.Random(19))} if keys else {}),
        }
    return results


def _load(name: str) -> tuple[Model | None, str]:
    try:
        return registry.load(name), "none"
    except ModelError as error:
        return None, str(error)


def _files(arguments: argparse.Namespace) -> Mapping[str, tuple[Source, ...]]:
    if arguments.corpus is None:
        return {"python": tuple(_python_files()), "java": tuple(_java_files(arguments.java))}
    sources: dict[str, list[Source]] = {"python": [], "java": []}
    for line in (arguments.corpus / "corpus" / "held-out.jsonl").read_text().splitlines():
        row = json.loads(line)
        source = Source(text=row["text"], language=row["language"], path=row["path"])
        if source.line_count > 40 and standing(source).parses:
            sources[source.language].append(source)
    return {language: tuple(found) for language, found in sources.items()}


def _python_files() -> Iterator[Source]:
    for package in HELD_OUT:
        spec = find_spec(package)
        if spec is None or spec.origin is None:
            continue
        for file in sorted(Path(spec.origin).parent.rglob("*.py")):
            source = Source(text=file.read_text(), language="python", path=file.name)
            if source.line_count > 40 and standing(source).parses:
                yield source


def _java_files(place: Path | None) -> Iterator[Source]:
    for name, text in _java_texts(place):
        source = Source(text=text, language="java", path=name)
        if 40 < source.line_count < 1500 and standing(source).parses:
            yield source


def _java_texts(place: Path | None) -> Iterator[tuple[str, str]]:
    if place is not None and place.is_dir():
        for file in sorted(place.rglob("*.java"))[:60]:
            yield file.name, file.read_text()
        return
    archives = [place] if place else sorted(Path("/usr/lib/jvm").glob("*/lib/src.zip"))
    for archive in archives[:1]:
        with zipfile.ZipFile(archive) as files:
            names = [n for n in files.namelist() if n.startswith("java.base/java/util/")]
            names = [n for n in names if n.endswith(".java") and "-info" not in n]
            for name in random.Random(3).sample(names, min(60, len(names))):
                yield Path(name).name, files.read(name).decode()


@dataclass(frozen=True, slots=True, kw_only=True)
class Cut:
    """A file without the rest of one line."""

    source: Source
    offset: int
    gold: str


def _cuts(sources: Sequence[Source], count: int, choose: random.Random) -> list[Cut]:
    cases: list[Cut] = []
    while len(cases) < count:
        source = choose.choice(sources)
        number = choose.randrange(source.line_count)
        line = source.line(number)
        code = line.strip()
        if len(code) < 8 or code.startswith(("#", "/", "*", '"', "'")):
            continue
        column = len(line) - len(line.lstrip())
        if len(cases) % 2:
            column += choose.randrange(1, len(code) - 3)
        start = source.line_start(number) + column
        gold = line[column:].rstrip()
        without = source.insert(start, source.line_start(number) + len(line), "")
        cases.append(Cut(source=without, offset=start, gold=gold))
    return cases


def _completed(cases: Sequence[Cut], model: Model | None) -> Mapping[str, Any]:
    found = {"analysis alone": _complete(cases, None)}
    return found | ({"with the model": _complete(cases, model)} if model is not None else {})


def _complete(cases: Sequence[Cut], model: Model | None) -> Mapping[str, Any]:
    shown = exact = begins = parses = unknown = 0
    seconds: list[float] = []
    for case in cases:
        position = case.source.position(case.offset)
        began = time.perf_counter()
        answer = complete(case.source, position, model=model)
        seconds.append(time.perf_counter() - began)
        if answer.status is not Status.ANSWERED or answer.best is None:
            continue
        shown += 1
        candidate = answer.best.candidate
        after = case.source.replace(candidate.span, candidate.new_text)
        parses += standing(after).parses
        start = case.source.offset(candidate.span.start)
        typed = case.source.text[start : case.offset]
        first = candidate.new_text.split("\n")[0].rstrip()
        exact += first == typed + case.gold
        begins += (typed + case.gold).startswith(first)
        unknown += _brings_unknown_names(case, after)
    return {
        "cases": len(cases),
        "shown": shown,
        "first line exact": f"{exact} ({exact / len(cases):.1%})",
        "the line begins with it": f"{begins} ({begins / len(cases):.1%})",
        "file parses with it": f"{parses} of {shown}",
        "with a name that nothing defines (Python)": f"{unknown} of {shown}",
        "p50 seconds": round(statistics.median(seconds), 3),
    }


def _brings_unknown_names(case: Cut, after: Source) -> bool:
    """Whether a name is undefined with a completion that is not so in the original file."""
    if case.source.language != "python":
        return False
    original = case.source.insert(case.offset, case.offset, case.gold)
    before, now = (
        {one.name for one in diagnose(source) if one.code == "undefined-name"}
        for source in (original, after)
    )
    return bool(now - before)


def _errors(sources: Sequence[Source], count: int, choose: random.Random) -> Mapping[str, Any]:
    broken = one = right = near = kept = names = 0
    seconds: list[float] = []
    for _ in range(count):
        source, line = _mutant(choose.choice(sources), choose)
        if standing(source).parses:
            continue
        broken += 1
        began = time.perf_counter()
        found = [d for d in diagnose(source) if d.code == "syntax-error"]
        seconds.append(time.perf_counter() - began)
        one += len(found) == 1
        first = found[0].span.start.line if found else -9
        right += first == line
        near += abs(first - line) <= 1
        if source.language == "python":
            names += 1
            kept += _still_found(source, line)
    return {
        "broken files": broken,
        "exactly one finding": f"{one} ({one / broken:.1%})",
        "on the line of the edit": f"{right} ({right / broken:.1%})",
        "within one line of it": f"{near} ({near / broken:.1%})",
        "undefined name elsewhere still found": f"{kept} of {names}",
        "p50 seconds": round(statistics.median(seconds), 4),
    }


def _mended(sources: Sequence[Source], count: int, choose: random.Random) -> Mapping[str, Any]:
    """Ask for quick-fixes of mutants: how many are offered one, and if it mends the file."""
    offered = parses = gold = 0
    for _ in range(count):
        while True:
            whole = choose.choice(sources)
            source, _line = _mutant(whole, choose)
            if not standing(source).parses:
                break
        finding = next((one for one in diagnose(source) if one.code == "syntax-error"), None)
        found = fixes(source, finding) if finding is not None else ()
        edited = [source.replace(one.span, one.new_text) for one in found]
        offered += bool(found)
        parses += bool(found) and standing(edited[0]).parses
        gold += any(one.text.split() == whole.text.split() for one in edited)
    return {
        "broken files": count,
        "offered a fix": f"{offered} ({offered / count:.1%})",
        "the first one restores a parse": f"{parses} ({parses / count:.1%})",
        "the original is among them": f"{gold} ({gold / count:.1%})",
    }


def _typed(sources: Sequence[Source], keys: int, choose: random.Random) -> Mapping[str, Any]:
    """Type lines of a long file again and ask for findings after every key."""
    source = min(sources, key=lambda one: abs(one.line_count - _LONG))
    wall, processor = list[float](), list[float]()
    diagnose(source)
    while len(wall) < keys:
        number = choose.randrange(20, source.line_count - 1)
        line = source.line(number)
        code, start = line.strip(), source.line_start(number)
        if len(code) < 8 or code.startswith(("#", "/", "*", '"', "'")):
            continue
        indent = len(line) - len(line.lstrip())
        without = source.insert(start + indent, start + len(line), "")
        for column in range(1, len(code) + 1):
            began, spent = time.perf_counter(), time.process_time()
            diagnose(without.insert(start + indent, start + indent, code[:column]))
            wall.append((time.perf_counter() - began) * 1000)
            processor.append((time.process_time() - spent) * 1000)
    return {
        "lines of the file": source.line_count,
        "keys": len(wall),
        "wall ms p50": round(statistics.median(wall), 1),
        "processor ms p50": round(statistics.median(processor), 1),
        "processor ms p95": round(sorted(processor)[int(len(processor) * 0.95)], 1),
    }


def _mutant(source: Source, choose: random.Random) -> tuple[Source, int]:
    """Return the source with one token of its code deleted, doubled or replaced; and the line."""
    while True:
        number = choose.randrange(source.line_count)
        line = source.line(number)
        tokens = list(_TOKEN.finditer(line))
        if tokens and not line.lstrip().startswith(("#", "/", "*", '"', "'")):
            break
    token = choose.choice(tokens)
    new = choose.choice(("", token.group() + " " + token.group(), choose.choice(_SWAPS)))
    start = source.line_start(number)
    return source.insert(start + token.start(), start + token.end(), new), number


def _still_found(source: Source, line: int) -> bool:
    """Whether an undefined name at the far end of the file is found although a line is broken."""
    first = line > source.line_count // 2
    text = f"{_UNKNOWN}()\n{source.text}" if first else f"{source.text}\n{_UNKNOWN}()\n"
    changed = Source(text=text, language=source.language, path=source.path)
    return any(_UNKNOWN in one.message for one in diagnose(changed))


if __name__ == "__main__":
    record("code_assistant", measure, options=options)
