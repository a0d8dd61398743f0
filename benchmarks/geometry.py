"""Proofs in plane geometry: how many are found, every one of them replayed by the checker.

`school` are problems in words, written before the code: what is true must be proved, what is false
must not be. `jgex` are the problems of JGEX-AG-231 in formal notation, from the file
`problems_datasets/jgex_ag_231.txt` of Newclid's source distribution (`pip download --no-binary
newclid --no-deps newclid==3.0.1`); without `--jgex FILE` they are left out. `--every N --from K`
takes each Nth of them.
"""

import argparse
import sys
import time
from collections import Counter
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from _record import record

from assistants.errors import InputError
from math_solver.geometry.constructions import Problem, read_problem
from math_solver.geometry.prove import Proved, prove
from math_solver.geometry.wording import read_words

SCHOOL = Path(__file__).resolve().parent / "data/geometry_school.tsv"


def options(parser: argparse.ArgumentParser) -> None:
    """Add the formal problems, how many of them, and the time for one."""
    parser.add_argument("--jgex", type=Path, help="jgex_ag_231.txt of Newclid")
    parser.add_argument("--every", type=int, default=1)
    parser.add_argument("--from", dest="start", type=int, default=0)
    parser.add_argument("--limit", type=float, default=120.0, help="seconds for one problem")


def measure(arguments: argparse.Namespace) -> Mapping[str, Any]:
    """Prove the problems in words, and the formal ones where there is a file of them."""
    limit = min(arguments.limit, 5.0) if arguments.quick else arguments.limit
    rows = [line.split("\t") for line in SCHOOL.read_text(encoding="utf-8").splitlines()]
    if arguments.quick:
        rows = rows[::6]
    results: dict[str, Any] = {}
    for kind in ("true", "false"):
        texts = [text for wanted, text in rows if wanted == kind]
        results[f"school, {kind}"] = _school(texts, limit if kind == "true" else min(limit, 10.0))
    if arguments.jgex is not None:
        lines = arguments.jgex.read_text(encoding="utf-8").strip().splitlines()
        chosen = lines[1::2][arguments.start :: arguments.every]
        results["jgex"] = _formal(chosen[::8] if arguments.quick else chosen, limit)
        arguments.jgex = arguments.jgex.name
    return results


def _school(texts: Sequence[str], limit: float) -> Mapping[str, Any]:
    counts: Counter[str] = Counter(problems=len(texts))
    for text in texts:
        try:
            problem = read_words(text)
        except InputError:
            continue
        counts["read"] += 1
        _count(problem, limit, counts)
    return _shown(counts)


def _formal(texts: Sequence[str], limit: float) -> Mapping[str, Any]:
    counts: Counter[str] = Counter(problems=len(texts))
    unproved: list[str] = []
    for text in texts:
        problem = read_problem(text)
        counts["read"] += 1
        if not _count(problem, limit, counts):
            unproved.append(text[:60])
    return {**_shown(counts), "first of the unproved": unproved[:8]}


def _count(problem: Problem, limit: float, counts: Counter[str]) -> bool:
    """Count a problem's proof, which is None of ours unless the checker replayed it."""
    began = time.process_time()
    outcome = prove(problem, seconds=limit)
    counts["milliseconds of this process"] += round(1000 * (time.process_time() - began))
    if not isinstance(outcome, Proved):
        counts[outcome.reason] += 1
        return False
    counts["proved and replayed"] += 1
    counts["with auxiliary points"] += bool(outcome.constructions)
    counts["a figure decides between angles"] += bool(outcome.replay.chosen)
    counts["fails in another arrangement"] += bool(outcome.false)
    return True


def _shown(counts: Counter[str]) -> dict[str, Any]:
    return {"proved and replayed": 0, **dict(counts)}


if __name__ == "__main__":
    record("geometry", measure, options=options)
