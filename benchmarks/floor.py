"""What the shared floor itself costs: a killable check, a batch row, a search."""

import argparse
import json
import operator
import os
import random
import statistics
import string
import sys
import tempfile
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from _record import record

from assistants import batch, deadline
from assistants.errors import DeadlineExceeded
from assistants.retrieval import Index


def measure(arguments: argparse.Namespace) -> Mapping[str, Any]:
    """Return milliseconds and rates; `--quick` makes them from a tenth of the work."""
    share = 10 if arguments.quick else 1
    return {
        "deadline": _deadline(1000 // share),
        "batch": _batch(10_000 // share),
        "retrieval": _retrieval(20_000 // share),
    }


def _milliseconds(work: Callable[[], object]) -> float:
    began = time.perf_counter()
    work()
    return 1000 * (time.perf_counter() - began)


def _deadline(calls: int) -> Mapping[str, Any]:
    first = _milliseconds(lambda: deadline.call(os.getpid, seconds=60))
    warm = [
        _milliseconds(lambda: deadline.call(operator.add, 1, 2, seconds=60)) for _ in range(calls)
    ]

    def overrun() -> None:
        try:
            deadline.call(time.sleep, 60, seconds=0.2)
        except DeadlineExceeded:
            return
        raise AssertionError("the deadline did not hold")

    late: list[float] = []
    for _ in range(5):
        deadline.call(os.getpid, seconds=60)
        late.append(_milliseconds(overrun) - 200)
    return {
        "first_call_ms": first,
        "warm_call_median_ms": statistics.median(warm),
        "warm_call_p99_ms": sorted(warm)[int(0.99 * len(warm))],
        "kill_after_deadline_median_ms": statistics.median(late),
    }


def _batch(rows: int) -> Mapping[str, Any]:
    with tempfile.TemporaryDirectory() as folder:
        source, out = Path(folder, "in.ndjson"), Path(folder, "out.ndjson")
        source.write_text("".join(json.dumps({"id": n, "q": "x" * 80}) + "\n" for n in range(rows)))

        def answer(row: Mapping[str, Any]) -> Mapping[str, Any]:
            return {"status": "answered", "answer": row["q"]}

        written = _milliseconds(lambda: batch.run(source, out, answer, header={}))
        skipped = _milliseconds(lambda: batch.run(source, out, answer, header={}))
    return {
        "rows_written_per_s": 1000 * rows / written,
        "rows_skipped_per_s": 1000 * rows / skipped,
    }


def _retrieval(texts: int) -> Mapping[str, Any]:
    chance = random.Random(7)
    words = ["".join(chance.choices(string.ascii_lowercase, k=7)) for _ in range(5000)]
    index = Index()

    def fill() -> None:
        for number in range(texts):
            index.add(str(number), " ".join(chance.choices(words, k=20)))

    filled = _milliseconds(fill)
    searches = [
        _milliseconds(lambda: index.search(" ".join(chance.choices(words, k=4)))) for _ in range(50)
    ]
    return {
        "texts": texts,
        "texts_added_per_s": 1000 * texts / filled,
        "search_median_ms": statistics.median(searches),
    }


if __name__ == "__main__":
    record("floor", measure)
