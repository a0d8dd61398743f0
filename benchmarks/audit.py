"""Is every tampering with the audit log found?

    python benchmarks/audit.py

A log of 400 entries and its anchor; then random tamperings of a fresh copy, each of one kind: a
changed byte, an exchanged value whose line gets a new hash, a removed, doubled, inserted or moved
line, lines cut off at the end, a chain computed anew from some line on, a removed log. *Found* with
the anchor kept elsewhere, and from the log alone. *Writers*: processes that append at once.
"""

import argparse
import json
import multiprocessing
import random
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from _record import record

from assistants.answer import Verdict
from sql_agent.governance import AuditLog, Head
from sql_agent.governance.audit_log import START, canonical, hash_of

ENTRIES = 400
Lines = list[str]


def options(parser: argparse.ArgumentParser) -> None:
    """Add the benchmark's own arguments."""
    parser.add_argument("--seed", type=int, default=3)
    parser.add_argument("--tamperings", type=int, default=1000)


def measure(arguments: argparse.Namespace) -> Mapping[str, Any]:
    """Write, tamper, verify."""
    count = 100 if arguments.quick else arguments.tamperings
    entries = 60 if arguments.quick else ENTRIES
    draw = random.Random(arguments.seed)
    with tempfile.TemporaryDirectory(prefix="plumb-audit-") as name:
        folder = Path(name)
        log = AuditLog(folder / "audit.ndjson", folder / "head")
        began = time.process_time()
        for number in range(entries):
            log.append(_entry(number, draw))
        each = (time.process_time() - began) / entries
        clean = [check.verdict.value for check in log.verify()]
        tampered = _tamper(log, count, draw)
        return {
            "entries": entries,
            "append_ms_processor": round(1000 * each, 3),
            "untouched": clean,
            **tampered,
            "writers": _writers(folder),
        }


def _entry(number: int, draw: random.Random) -> dict[str, Any]:
    return {
        "who": draw.choice(("ada", "bob", "eve")),
        "purpose": draw.choice(("research", "quality")),
        "question": f"number of patients by ward {number}",
        "sql": f"SELECT ward, COUNT(*) FROM patients LIMIT {number}",
        "rows": draw.randrange(50),
        "result": f"{draw.getrandbits(256):064x}",
    }


def _tamper(log: AuditLog, count: int, draw: random.Random) -> dict[str, Any]:
    original = log.path.read_text(encoding="utf-8")
    anchor = Head.parse(log.anchor.read_text(encoding="ascii"))
    lines = original.splitlines()
    tried, found, alone = Counter[str](), Counter[str](), Counter[str]()
    nowhere = AuditLog(log.path, log.path.with_name("no-anchor"))
    for _ in range(count):
        kind = draw.choice(tuple(TAMPERINGS))
        changed = TAMPERINGS[kind](list(lines), draw)
        text = "\n".join(changed) + ("\n" if changed else "")
        if text == original:
            continue
        log.path.write_text(text, encoding="utf-8")
        tried[kind] += 1
        checks = nowhere.verify(anchor)
        found[kind] += any(check.verdict is Verdict.REFUTED for check in checks)
        alone[kind] += checks[0].verdict is Verdict.REFUTED
    log.path.write_text(original, encoding="utf-8")
    return {
        "tamperings": sum(tried.values()),
        "found_with_anchor": sum(found.values()),
        "found_by_the_log_alone": sum(alone.values()),
        "by_kind": {k: f"{found[k]} and {alone[k]} of {tried[k]}" for k in sorted(tried)},
    }


def _byte(lines: Lines, draw: random.Random) -> Lines:
    at = draw.randrange(len(lines))
    place = draw.randrange(len(lines[at]))
    sign = draw.choice([s for s in "0123456789abcdefxyz{}\"', " if s != lines[at][place]])
    lines[at] = lines[at][:place] + sign + lines[at][place + 1 :]
    return lines


def _value(lines: Lines, draw: random.Random) -> Lines:
    at = draw.randrange(len(lines))
    row = json.loads(lines[at])
    row[draw.choice(("who", "purpose", "question", "sql", "result"))] = "nothing to see"
    row["hash"] = hash_of(row)
    lines[at] = canonical(row)
    return lines


def _removed(lines: Lines, draw: random.Random) -> Lines:
    del lines[draw.randrange(len(lines))]
    return lines


def _doubled(lines: Lines, draw: random.Random) -> Lines:
    at = draw.randrange(len(lines))
    lines.insert(at, lines[at])
    return lines


def _inserted(lines: Lines, draw: random.Random) -> Lines:
    at = draw.randrange(len(lines))
    row = json.loads(lines[at])
    row["question"] = "never asked"
    row["hash"] = hash_of(row)
    lines.insert(at, canonical(row))
    return lines


def _moved(lines: Lines, draw: random.Random) -> Lines:
    line = lines.pop(draw.randrange(len(lines)))
    lines.insert(draw.randrange(len(lines) + 1), line)
    return lines


def _cut(lines: Lines, draw: random.Random) -> Lines:
    return lines[: -draw.randrange(1, len(lines))]


def _recomputed(lines: Lines, draw: random.Random) -> Lines:
    at = draw.randrange(len(lines))
    rows = [json.loads(line) for line in lines]
    rows[at]["who"] = "somebody else"
    previous = rows[at - 1]["hash"] if at else START
    for row in rows[at:]:
        row["previous"] = previous
        row["hash"] = previous = hash_of(row)
    return [canonical(row) for row in rows]


def _emptied(lines: Lines, draw: random.Random) -> Lines:
    del lines, draw
    return []


TAMPERINGS: dict[str, Callable[[Lines, random.Random], Lines]] = {
    "byte": _byte,
    "value_with_new_hash": _value,
    "removed": _removed,
    "doubled": _doubled,
    "inserted": _inserted,
    "moved": _moved,
    "cut_at_the_end": _cut,
    "chain_computed_anew": _recomputed,
    "emptied": _emptied,
}


def _append(path: str, anchor: str, count: int) -> None:
    log = AuditLog(Path(path), Path(anchor))
    for number in range(count):
        log.append({"who": "writer", "number": number})


def _writers(folder: Path) -> str:
    path, anchor = str(folder / "many.ndjson"), str(folder / "many.head")
    context = multiprocessing.get_context("spawn")
    started = [context.Process(target=_append, args=(path, anchor, 25)) for _ in range(4)]
    for process in started:
        process.start()
    for process in started:
        process.join(120)
    log = AuditLog(Path(path), Path(anchor))
    verdicts = {check.verdict.value for check in log.verify()}
    return f"4 processes, {len(list(log.entries()))} of 100 lines, {' '.join(sorted(verdicts))}"


if __name__ == "__main__":
    record("audit", measure, options=options)
