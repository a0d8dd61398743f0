"""What every benchmark shares: its two flags, how results are shown, and the dated row they leave.

A benchmark is a module that measures one thing and ends with

    if __name__ == "__main__":
        record("solve_accuracy", measure)

where `measure` takes the parsed arguments and returns numbers and texts by name, nested as it
likes. `--quick` asks for less than a minute and leaves no row; `--json` prints the row as JSON. A
full run appends its row to `results/NAME.ndjson`: date, commit, machine, load and results.
"""

import argparse
import json
import os
import platform
import subprocess
import time
from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

HERE = Path(__file__).resolve().parent
RESULTS = HERE / "results"


def record(
    name: str,
    measure: Callable[[argparse.Namespace], Mapping[str, Any]],
    *,
    options: Callable[[argparse.ArgumentParser], None] | None = None,
) -> None:
    """Parse the command line, measure, print, and after a full run write the row.

    `options` may add arguments of the benchmark's own; all arguments are part of the row.
    """
    parser = argparse.ArgumentParser(description=f"benchmark {name}")
    parser.add_argument("--quick", action="store_true", help="under a minute, leaves no row")
    parser.add_argument("--json", action="store_true", help="print the row as JSON")
    if options is not None:
        options(parser)
    arguments = parser.parse_args()
    load = os.getloadavg()[0]
    began = time.perf_counter()
    results = measure(arguments)
    row = {
        "benchmark": name,
        "date": datetime.now(UTC).isoformat(timespec="seconds"),
        "commit": commit(),
        "machine": machine(),
        "load_before": round(load, 2),
        "arguments": {key: _plain(value) for key, value in vars(arguments).items()},
        "seconds": round(time.perf_counter() - began, 2),
        "results": results,
    }
    if arguments.json:
        print(json.dumps(row, indent=1))
    else:
        print(f"{name} · {row['date']} · {row['commit']} · {row['seconds']} s · load {load:.1f}")
        for key, value in flatten(results):
            print(f"  {key:<44} {value}")
    if not arguments.quick:
        RESULTS.mkdir(exist_ok=True)
        with (RESULTS / f"{name}.ndjson").open("a", encoding="utf-8") as file:
            file.write(json.dumps(row) + "\n")


def commit() -> str:
    """Return the short hash of the commit, with a `+` where sources differ from it."""
    head = _git("rev-parse", "--short=12", "HEAD")
    changed = _git("status", "--porcelain", "--untracked-files=no", "--", ":!benchmarks/results")
    return f"{head or 'unknown'}{'+' if changed else ''}"


def machine() -> dict[str, Any]:
    """Return what the timings depend on: processor, cores in use, memory in GiB, Python."""
    cores = len(os.sched_getaffinity(0))
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    return {
        "processor": _processor(),
        "cores": cores,
        "memory_gib": round(memory),
        "python": platform.python_version(),
    }


def flatten(results: Mapping[str, Any], above: str = "") -> Iterator[tuple[str, str]]:
    """Yield the leaves of nested results with dotted names; floats with four digits."""
    for key, value in results.items():
        name = f"{above}.{key}" if above else str(key)
        if isinstance(value, Mapping):
            yield from flatten(value, name)
        else:
            yield name, f"{value:.4g}" if isinstance(value, float) else str(value)


def _plain(value: object) -> object:
    if isinstance(value, Path):
        return value.name  # where it lies is this machine's business
    if isinstance(value, list | tuple):
        return [_plain(one) for one in value]
    return value if isinstance(value, bool | int | float | str | None) else str(value)


def _processor() -> str:
    info = Path("/proc/cpuinfo")
    lines = info.read_text(encoding="utf-8").splitlines() if info.exists() else []
    models = (line.split(":", 1)[1].strip() for line in lines if line.startswith("model name"))
    return next(models, platform.processor() or platform.machine())


def _git(*arguments: str) -> str:
    done = subprocess.run(
        ["git", *arguments], cwd=HERE, capture_output=True, text=True, check=False
    )
    return done.stdout.strip()
