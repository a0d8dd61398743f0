"""Indefinite integrals of Rubi's independent suites, proved by differentiation; sympy beside it.

Reads `../shared/data/math/integrals` (Mathematica notation: integrand, letter, steps, an optimal
answer). Each problem runs in a worker with a limit of processor time. `proved` means that the
derivative of the answer was brought to the integrand by a normal form; every answer, ours and
sympy's, is also compared with the integrand by mpmath at random points, and one that differs
counts as wrong. `--every N` takes each N-th problem of all files.
"""

import argparse
import random
import re
import sys
import time
from collections import Counter
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
sys.path.insert(0, str(Path(__file__).resolve().parent))

import _math_integrals as tasks
from _record import record

from assistants import deadline
from assistants.errors import DeadlineExceeded, WorkerCrashed

FOLDER = Path(__file__).resolve().parent.parent.parent / "shared/data/math/integrals"
SEED = 20_261_124
PATIENCE = 2.5
"""The limit is in processor time; on a busy machine the clock on the wall may show more."""


def options(parser: argparse.ArgumentParser) -> None:
    """Add the sample and the limit."""
    parser.add_argument("--every", type=int, default=1, help="take each N-th problem")
    parser.add_argument("--offset", type=int, default=0, help="the first problem to take")
    parser.add_argument("--seconds", type=float, default=15.0, help="of processor time a problem")
    parser.add_argument("--only", default="", help="one file, such as Hearn")
    parser.add_argument("--without-sympy", action="store_true", help="leave sympy alone out")


def measure(arguments: argparse.Namespace) -> Mapping[str, Any]:
    """Integrate each problem by both ways."""
    if not FOLDER.exists():
        return {"skipped": "../shared is not there"}
    step = 60 if arguments.quick else arguments.every
    problems = read_problems(arguments.only)[arguments.offset :: step]
    deadline.warm(("math_solver.symbolic.tasks", "sympy.parsing.mathematica", "_math_integrals"))
    ways = {"plumb": tasks.by_plumb, "sympy alone": tasks.by_sympy}
    if arguments.without_sympy:
        del ways["sympy alone"]
    counts = {way: Counter[str]() for way in ways}
    by_file: dict[str, Counter[str]] = {}
    seconds = dict.fromkeys(ways, 0.0)
    for name, problem in problems:
        for way, task in ways.items():
            began = time.perf_counter()
            outcome = _outcome(task, problem, arguments.seconds)
            seconds[way] += time.perf_counter() - began
            counts[way][outcome] += 1
            counts[way][f"of {name}"] += 0
            if way == "plumb":
                by_file.setdefault(name, Counter())[outcome] += 1
                if outcome != "proved":
                    print(f"{outcome}: {name}: {problem[0]}", file=sys.stderr)
    return {
        "problems": len(problems),
        **{way: _summary(counts[way], len(problems), seconds[way]) for way in ways},
        "plumb by file": {name: dict(found) for name, found in by_file.items()},
    }


def _summary(found: Counter[str], size: int, seconds: float) -> Mapping[str, Any]:
    names = ("proved", "agrees, not proved", "wrong", "not found", "out of time", "not read")
    return {
        "proved rate": round(found["proved"] / max(size, 1), 4),
        **{name: found[name] for name in names},
        "mean_s": round(seconds / max(size, 1), 2),
    }


def _outcome(task: Any, problem: tuple[str, str], seconds: float) -> str:  # noqa: ANN401
    try:
        outcome, spent = deadline.call(
            tasks.timed, task, *problem, SEED, seconds=PATIENCE * seconds, memory_mb=3_000
        )
    except (DeadlineExceeded, WorkerCrashed):
        return "out of time"
    return outcome if spent <= seconds else "out of time"


def read_problems(only: str = "") -> list[tuple[str, tuple[str, str]]]:
    """Return the name of the file, the integrand and its letter, shuffled in a fixed order."""
    found: list[tuple[str, tuple[str, str]]] = []
    for path in sorted(FOLDER.glob("*.m")):
        if only and path.stem != only:
            continue
        for line in path.read_text(encoding="utf-8").splitlines():
            if line.startswith("{"):
                parts = _split(line.strip().rstrip(";")[1:-1])
                if len(parts) >= 4:
                    found.append((path.stem, (parts[0], parts[1])))
    random.Random(SEED).shuffle(found)
    return found


def _split(text: str) -> Sequence[str]:
    """Split at commas outside of brackets."""
    parts, depth, start = [], 0, 0
    for match in re.finditer(r"[\[\]{}(),]", text):
        sign = match.group()
        depth += (sign in "[{(") - (sign in ")}]")
        if sign == "," and depth == 0:
            parts.append(text[start : match.start()].strip())
            start = match.end()
    return [*parts, text[start:].strip()]


if __name__ == "__main__":
    record("math_integrals", measure, options=options)
