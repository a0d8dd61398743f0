"""What javac adds to the findings of Java files: false alarms, and faults that are found.

    python benchmarks/java_compiler.py --java FOLDER [--files 100 --seed 1] [--quick]

FOLDER holds whole source trees that compile, without the libraries they need. A finding in an
unchanged file is a false alarm. Then one fault is put into a copy of each file: a used name is
misspelt, a returned value is taken away, a local variable is used without a value. Counted is
whether a finding stands on the line of the fault, and whether it is the only one. What is known of
the project is its own tree alone, as in an editor.
"""

import argparse
import random
import re
import statistics
import time
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from _record import record

from assistants.errors import InputError
from code_assist import Source, javac

_LOCAL = re.compile(r"^\s+(?:final\s+)?(?:int|long|boolean|String)\s+(\w{3,})\s*=\s*[^=].*;\s*$")
_RETURN = re.compile(r"^(\s+)return\s+[^;]+;\s*$")


def options(parser: argparse.ArgumentParser) -> None:
    """Add this benchmark's own arguments."""
    parser.add_argument("--java", type=Path, required=True, help="source trees that compile")
    parser.add_argument("--files", type=int, default=100)
    parser.add_argument("--seed", type=int, default=1)


def measure(arguments: argparse.Namespace) -> Mapping[str, Any]:
    """Compile files as they are, then each with one fault."""
    javac.SECONDS = 300.0  # a run that is given up would look like a file without findings
    choose = random.Random(arguments.seed)
    paths = sorted(arguments.java.rglob("*.java"))
    choose.shuffle(paths)
    count = 6 if arguments.quick else arguments.files
    alarms: list[str] = []
    faults: dict[str, list[tuple[bool, bool]]] = {}
    seconds: list[float] = []
    files = 0
    for path in paths:
        if files == count:
            break
        try:
            source = Source.read(path)
        except InputError:
            continue
        files += 1
        began = time.perf_counter()
        found = javac.diagnose_too(source)
        seconds.append(time.perf_counter() - began)
        before = {one.message for one in found}
        alarms += [f"{path.name}: {one.message}" for one in found]
        for kind, broken, line in _broken(source, choose):
            after = [one for one in javac.diagnose_too(broken) if one.message not in before]
            right = any(one.span.start.line == line for one in after)
            faults.setdefault(kind, []).append((right, len(after) == 1))
    return {
        "files": files,
        "false_alarms": len(alarms),
        "examples": alarms[:10],
        "seconds_p50": statistics.median(seconds),
        "faults": {
            kind: {
                "files": len(rows),
                "on_its_line": sum(right for right, _ in rows) / len(rows),
                "the_only_finding": sum(only for _, only in rows) / len(rows),
            }
            for kind, rows in sorted(faults.items())
        },
    }


def _broken(source: Source, choose: random.Random) -> list[tuple[str, Source, int]]:
    """Return the file with one fault of each kind that it has a place for, and the line."""
    lines = source.text.split("\n")
    made: list[tuple[str, Source, int]] = []
    local = [(at, match[1]) for at, line in enumerate(lines) if (match := _LOCAL.match(line))]
    choose.shuffle(local)
    for at, name in local:
        used = _next_use(lines, at, name)
        if used is not None:
            wrong = re.sub(rf"\b{name}\b", f"{name}x", lines[used], count=1)
            made.append(("misspelt name", _with(source, lines, used, wrong), used))
            bare = re.sub(r"\s*=.*;\s*$", ";", lines[at])
            made.append(("no value", _with(source, lines, at, bare), used))
            break
    returns = [at for at, line in enumerate(lines) if _RETURN.match(line)]
    if returns:
        at = choose.choice(returns)
        made.append(("no returned value", _with(source, lines, at, "return;"), at))
    return made


def _next_use(lines: list[str], at: int, name: str) -> int | None:
    """Return the line within the next five, in the same block, that uses a name."""
    indent = len(lines[at]) - len(lines[at].lstrip())
    for number in range(at + 1, min(at + 6, len(lines))):
        line = lines[number]
        if line.strip() and len(line) - len(line.lstrip()) < indent:
            return None
        if re.search(rf"(?<![\w.\"]){name}\b(?!\s*=[^=])", line) and "//" not in line:
            return number
    return None


def _with(source: Source, lines: list[str], at: int, line: str) -> Source:
    return replace(source, text="\n".join([*lines[:at], line, *lines[at + 1 :]]))


if __name__ == "__main__":
    record("java_compiler", measure, options=options)
