"""One-line faults in functions of held-out packages, each with a failing test: how many are mended?

    python benchmarks/repair.py --folder FOLDER [--faults 100 --seconds 60 --seed 1] [--quick]

Tests come from `plumb test` on the correct version; a fault (`plumb_guest/faults.py` and
`mutants.py`, drawn by seed) counts once a test fails. The function stands in a copy of its file
among the package's other files. `repaired` counts changes after which all tests pass; `same` those
that are the original again (equal trees); `like_original` those that also pass a second set of
tests, generated with another seed on the correct version, that the search never saw.
"""

import argparse
import ast
import random
import shutil
import statistics
import tempfile
import time
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from _record import record
from _subjects import Subject, subjects

from assistants.errors import PlumbError
from code_assist.repair import Plan, repair
from code_assist.testing import Plan as TestPlan
from code_assist.testing import Project, write_tests
from code_assist.testing.plumb_guest.codes import Definition, find_definition
from code_assist.testing.plumb_guest.faults import faults
from code_assist.testing.plumb_guest.mutants import mutants
from code_assist.testing.verifying import run_tests

PER_FUNCTION = 3


def options(parser: argparse.ArgumentParser) -> None:
    """Add this benchmark's own arguments."""
    parser.add_argument("--folder", type=Path, help="where the packages lie; else the installed")
    parser.add_argument("--faults", type=int, default=100, help="how many with a failing test")
    parser.add_argument("--seconds", type=float, default=60.0, help="for each repair")
    parser.add_argument("--seed", type=int, default=1, help="which functions and faults")
    parser.add_argument("--verbose", action="store_true", help="one line for each to stdout")


def measure(arguments: argparse.Namespace) -> Mapping[str, Any]:
    """Break, mend, compare."""
    wanted = 2 if arguments.quick else arguments.faults
    choose = random.Random(arguments.seed)
    rows: list[dict[str, Any]] = []
    for subject in subjects(arguments.folder, 1000, arguments.seed):
        if len(rows) >= wanted:
            break
        rows += _of_subject(subject, arguments, choose, wanted - len(rows))
    repaired = [row for row in rows if row["repaired"]]
    return {
        "faults": len(rows),
        "repaired": len(repaired) / max(1, len(rows)),
        "same": sum(row["same"] for row in rows) / max(1, len(rows)),
        "like_original": sum(row["like_original"] for row in rows) / max(1, len(rows)),
        "tried_median": statistics.median([row["tried"] for row in repaired] or [0]),
        "wall_seconds_median": statistics.median([row["seconds"] for row in rows] or [0]),
        "changed_lines_median": statistics.median([row["lines"] for row in repaired] or [0]),
    }


def _of_subject(
    subject: Subject, arguments: argparse.Namespace, choose: random.Random, most: int
) -> list[dict[str, Any]]:
    project = Project.of(subject.file)
    suites: list[str] = []
    for seed in (1, 2):
        try:
            answer = write_tests(project, subject.name, plan=TestPlan(seconds=2, runs=1, seed=seed))
        except PlumbError:
            return []
        if answer.best is None:
            return []
        suites.append(answer.best.candidate.code)
    source = subject.file.read_text(encoding="utf-8")
    broken = list(_broken(source, subject.name))
    choose.shuffle(broken)
    rows: list[dict[str, Any]] = []
    for what, text in broken[: 4 * PER_FUNCTION]:
        if len(rows) >= min(PER_FUNCTION, most):
            break
        row = _mend(project, source, text, suites, arguments.seconds)
        if row is not None:
            rows.append({"name": subject.name, "what": what, **row})
            if arguments.verbose:
                print(rows[-1], flush=True)
    return rows


def _broken(source: str, name: str) -> Iterator[tuple[str, str]]:
    """Yield the file with one fault in a function; the rest of it is left as it is."""
    definition = find_definition(ast.parse(source), [name])
    if definition is None:
        return
    for make in (faults, mutants):
        for one in make(definition):
            yield one.what, _spliced(source, definition, one.definition)


def _spliced(source: str, old: Definition, new: Definition) -> str:
    lines = source.splitlines()
    first = min([old.lineno, *(one.lineno for one in old.decorator_list)]) - 1
    return "\n".join([*lines[:first], ast.unparse(new), *lines[old.end_lineno or first :]]) + "\n"


def _mend(
    project: Project, source: str, text: str, suites: list[str], seconds: float
) -> dict[str, Any] | None:
    """Return what came of one fault; None where no test notices it."""
    with tempfile.TemporaryDirectory() as name:
        root = Path(name).resolve()
        package = project.module.split(".")[0]
        shutil.copytree(project.root / package, root / package)
        root.chmod(0o755)
        file = root / project.file.relative_to(project.root)
        file.write_text(text, encoding="utf-8")
        tests = root / "test_broken.py"
        tests.write_text(suites[0], encoding="utf-8")
        copy = Project.of(file, project.python)
        began = time.monotonic()
        answer = repair(copy, [tests], plan=Plan(seconds=seconds))
        took = time.monotonic() - began
        if answer.best is None:
            if "nothing to mend" in answer.reason:
                return None
            return {
                "repaired": False,
                "same": False,
                "like_original": False,
                "seconds": took,
                "tried": 0,
                "lines": 0,
            }
        patch = answer.best.candidate
        file.write_text(patch.after, encoding="utf-8")
        unseen = run_tests(copy, suites[1], runs=1)
        diff = [line for line in patch.text().splitlines()[2:] if line[:1] == "+"]
        return {
            "repaired": True,
            "same": ast.dump(ast.parse(patch.after)) == ast.dump(ast.parse(source)),
            "like_original": bool(unseen.passed) and not unseen.failed,
            "seconds": took,
            "tried": patch.tried,
            "lines": len(diff),
        }


if __name__ == "__main__":
    record("repair", measure, options=options)
