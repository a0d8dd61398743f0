"""How fast is linking on a wide schema, and how many questions a second does a batch answer?

    python benchmarks/sql_speed.py                    rules alone
    python benchmarks/sql_speed.py --model bundled    with the bundled model beside them

Linking: a made-up database of 15 tables with 30 columns each (450), texts with 40 values a column,
and 60 questions about it; milliseconds of processor time and on the clock, once the schema is open.
Batch: `plumb batch ask` as a process, over questions on the two bundled databases that were looked
at, so many a second on the clock, its start included, and so many for a second of processor time,
which a busy machine does not change much. Goals: 20 ms, 5 a second.
"""

import argparse
import json
import random
import resource
import sqlite3
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

from _record import HERE, record

from sql_agent.database import resolve
from sql_agent.linking import link
from sql_agent.rules import known_words
from sql_agent.workspace import open_workspace

_TABLES = """customer supplier product warehouse shipment invoice payment contract employee
department project campaign ticket vehicle incident""".split()
_FIRST = """primary second annual monthly gross net early late local foreign internal external
public direct joint""".split()
_NOUN = """rate region code amount grade origin channel segment status priority currency score
level phase method""".split()
_COLUMNS = 30


def options(parser: argparse.ArgumentParser) -> None:
    """Add the benchmark's own arguments."""
    parser.add_argument("--model", default="none", help="a model's name, or none for rules alone")


def measure(arguments: argparse.Namespace) -> Mapping[str, Any]:
    """Link on the wide schema and run a batch."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        return {
            "linking": _linking(folder / "wide.sqlite", quick=arguments.quick),
            "batch": _batch(folder, arguments.model, quick=arguments.quick),
        }


def _linking(path: Path, *, quick: bool) -> dict[str, Any]:
    chance = random.Random(450)
    columns = _wide(path, chance)
    workspace = open_workspace(resolve(str(path)))
    asked = [_question(columns, chance) for _ in range(10 if quick else 60)]
    known = known_words()
    link(asked[0], workspace, known)
    spent = [_timed(lambda one=one: link(one, workspace, known)) for one in asked]
    found = sum(bool(link(one, workspace, known).mentions) for one in asked)
    return {
        "columns": sum(len(table.columns) for table in workspace.catalog.tables),
        "questions": len(asked),
        "with_mentions": found,
        **_of("processor_ms", [1000 * processor for processor, _ in spent]),
        **_of("clock_ms", [1000 * clock for _, clock in spent]),
    }


def _timed(work: Callable[[], object]) -> tuple[float, float]:
    processor, clock = time.process_time(), time.perf_counter()
    work()
    return time.process_time() - processor, time.perf_counter() - clock


def _of(name: str, numbers: Sequence[float]) -> dict[str, float]:
    p95 = statistics.quantiles(numbers, n=20)[-1]
    return {f"{name}_p50": statistics.median(numbers), f"{name}_p95": p95}


def _wide(path: Path, chance: random.Random) -> list[tuple[str, str, list[str]]]:
    """Write 15 tables; return each column with its table and its values."""
    found: list[tuple[str, str, list[str]]] = []
    with sqlite3.connect(path) as connection:
        for table in _TABLES:
            pairs = [f"{first}_{noun}" for first in _FIRST for noun in _NOUN]
            names = chance.sample(pairs, _COLUMNS - 1)
            texts = {name: [_made_up(chance) for _ in range(40)] for name in names[::2]}
            kinds = [f"{name} {'TEXT' if name in texts else 'REAL'}" for name in names]
            connection.execute(
                f"CREATE TABLE {table}({table}_id INTEGER PRIMARY KEY, {', '.join(kinds)})"
            )
            marks = ",".join("?" * _COLUMNS)
            for i in range(200):
                row = [
                    chance.choice(texts[name]) if name in texts else round(chance.random() * 99, 2)
                    for name in names
                ]
                connection.execute(f"INSERT INTO {table} VALUES ({marks})", (i, *row))
            found += [(table, name, texts.get(name, [])) for name in names]
    return found


def _made_up(chance: random.Random) -> str:
    syllables = ("ba", "ko", "ri", "den", "fal", "mu", "sel", "to", "vin", "zar")
    return "".join(chance.choice(syllables) for _ in range(3)).title()


def _question(columns: Sequence[tuple[str, str, list[str]]], chance: random.Random) -> str:
    table, _, _ = chance.choice(columns)
    own = [(name, values) for holder, name, values in columns if holder == table]
    number = chance.choice([name for name, values in own if not values]).replace("_", " ")
    group, values = chance.choice([one for one in own if one[1]])
    value = chance.choice(values)
    return (
        f"average {number} of {table}s by {group.replace('_', ' ')} except {value}"
        f" where the {number} is above {chance.randint(5, 60)} in the last two quarters"
    )


def _batch(folder: Path, model: str, *, quick: bool) -> dict[str, Any]:
    rows: list[dict[str, str]] = []
    for database in ("finance", "medical"):
        lines = (HERE / "data" / f"questions_{database}.ndjson").read_text(encoding="utf-8")
        asked = [row for row in map(json.loads, lines.splitlines()) if row["split"] == "dev2"]
        rows += [
            {"id": row["id"], "database": database, "question": row["question"]}
            for row in asked[: 10 if quick else 100]
        ]
    given, answers = folder / "in.ndjson", folder / "out.ndjson"
    given.write_text("\n".join(map(json.dumps, rows)), encoding="utf-8")
    command = [sys.executable, "-m", "plumb_launcher", "batch", "ask", str(given)]
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    began = time.perf_counter()
    done = subprocess.run(
        [*command, "-o", str(answers), "--model", model],
        check=False,
        capture_output=True,
        text=True,
    )
    seconds = time.perf_counter() - began
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    spent = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    lines = answers.read_text(encoding="utf-8").splitlines() if answers.exists() else []
    written = [row for row in map(json.loads, lines) if "status" in row]
    if len(written) != len(rows):
        raise RuntimeError(f"{len(written)} of {len(rows)} rows: {done.stderr[-300:]}")
    said = sum(row["status"] == "answered" for row in written)
    return {
        "questions": len(rows),
        "answered": said,
        "seconds": seconds,
        "questions_a_second": len(rows) / seconds,
        "processor_seconds": spent,
        "questions_a_processor_second": len(rows) / spent,
    }


if __name__ == "__main__":
    record("sql_speed", measure, options=options)
