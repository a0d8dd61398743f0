"""Held-out files and lines for benchmarks of the code assistant.

With the work folder of the training recipe (`--corpus WORK`) the files are those of the packages
that the recipe holds out, laid out as in their packages, so that files find their neighbours.
Without it, Python files come from the held-out packages that are installed and there is no Java.
"""

import json
import random
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path

from code_assist import Source
from code_assist.parsing import enclosing
from code_assist.verify import standing

INSTALLED = ("attr", "click")
SHORTEST_FILE, SHORTEST_LINE = 40, 8


@dataclass(frozen=True, slots=True, kw_only=True)
class Cut:
    """A file without the rest of one line, the place of the cursor, and what was there."""

    source: Source
    offset: int
    gold: str


def held_out(work: Path | None, folder: Path) -> Mapping[str, tuple[Source, ...]]:
    """Return the sources of each language; files of a corpus are written below `folder`."""
    found: dict[str, list[Source]] = {"python": [], "java": []}
    for source in _installed() if work is None else _of_corpus(work, folder):
        if source.line_count > SHORTEST_FILE and standing(source).parses:
            found[source.language].append(source)
    return {language: tuple(sources) for language, sources in found.items()}


def _installed() -> Iterator[Source]:
    for package in INSTALLED:
        spec = find_spec(package)
        if spec is not None and spec.origin is not None:
            for file in sorted(Path(spec.origin).parent.rglob("*.py")):
                yield Source.read(file)


def _of_corpus(work: Path, folder: Path) -> Iterator[Source]:
    lines = (work / "corpus" / "held-out.jsonl").read_text(encoding="utf-8").splitlines()
    rows = [json.loads(line) for line in lines]
    for row in rows:
        file = folder / row["package"] / row["path"]
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(row["text"], encoding="utf-8")
    for row in rows:
        file = folder / row["package"] / row["path"]
        yield Source(text=row["text"], language=row["language"], path=str(file))


def cuts(sources: Sequence[Source], count: int, choose: random.Random) -> list[Cut]:
    """Return lines of code without their rest: every second one from its first character on."""
    cases: list[Cut] = []
    while len(cases) < count:
        source = choose.choice(sources)
        number = choose.randrange(source.line_count)
        line = source.line(number)
        code = line.strip()
        if len(code) < SHORTEST_LINE:
            continue
        column = len(line) - len(line.lstrip())
        if len(cases) % 2:
            column += choose.randrange(1, len(code) - 3)
        start = source.line_start(number) + column
        if _is_text(source, start):
            continue
        rest = source.insert(start, source.line_start(number) + len(line), "")
        cases.append(Cut(source=rest, offset=start, gold=line[column:].rstrip()))
    return cases


def _is_text(source: Source, offset: int) -> bool:
    """Whether a character belongs to a comment or a literal."""
    innermost = enclosing(source, offset)[-1]
    return "string" in innermost.type or "comment" in innermost.type
