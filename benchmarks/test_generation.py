"""Generated unit tests of held-out packages: what they cover, notice and catch, and how stable.

    python benchmarks/test_generation.py --folder FOLDER [--count 64 --seconds 10 --seed 1 --skip 0]

FOLDER holds the packages of `_subjects.py`. Judged by running the finished test file with pytest,
apart from the search that wrote it: lines and branches by probes in the function, mutants and
injected faults by exchanging the function's code, one pytest run for each; `faults_caught` are of
the classes that the search knows (`faults.py`), those of other classes (`unknown_faults.py`) are
counted apart, and in rows before 2026-11-23 22:00 the search knew none. Branches are the two
outcomes of every condition, loops entered and left, handlers and cases. The mutation score leaves
out texts of error messages. Seconds are the processor's. A test is nonsense-typed that expects a
TypeError, AttributeError or NameError which the function does not raise itself, or any failure
(`xfail`); those that hand over the class that is raised count too, and are marked.
`--pynguin PYTHON` runs Pynguin of that interpreter beside it, asked for the same function alone for
the same time of search on the wall, and judges its tests the same way; `--pynguin new` installs it
into an environment of its own for the run. Where it cannot be had, the row says why. `--skip` goes
on where an earlier run ended: rows of one seed add up.
"""

import argparse
import ast
import os
import re
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from _record import record
from _subjects import Subject, subjects

from assistants.errors import PlumbError
from code_assist.testing import Plan, Project, TestSuite, write_tests
from code_assist.testing.guest import Guest
from code_assist.testing.targets import listed
from code_assist.testing.verifying import run_tests

MOST_MUTANTS, MOST_FAULTS = 25, 6
PYNGUIN = "pynguin==0.48.0"
_GIVEN = " (hands over the class that is raised)"
_MISUSE = {"TypeError", "AttributeError", "NameError", "UnboundLocalError"}


def options(parser: argparse.ArgumentParser) -> None:
    """Add this benchmark's own arguments."""
    parser.add_argument("--folder", type=Path, help="where the packages lie; else the installed")
    parser.add_argument("--count", type=int, default=64, help="how many functions and classes")
    parser.add_argument("--seconds", type=float, default=10.0, help="of search, for each function")
    parser.add_argument("--seed", type=int, default=1, help="which of them")
    parser.add_argument("--skip", type=int, default=0, help="as many of the first are left out")
    parser.add_argument("--runs", type=int, default=20, help="of every test file")
    parser.add_argument("--pynguin", help="a Python that has pynguin and pytest, or `new`")
    parser.add_argument("--verbose", action="store_true", help="one line for each to stderr")


@dataclass(slots=True)
class Tally:
    """Sums over subjects."""

    subjects: int = 0
    without: list[str] = field(default_factory=list)
    tests: int = 0
    flaky: int = 0
    lines: list[int] = field(default_factory=lambda: [0, 0])
    branches: list[int] = field(default_factory=lambda: [0, 0])
    mutants: list[int] = field(default_factory=lambda: [0, 0])
    faults: list[int] = field(default_factory=lambda: [0, 0])
    unknown: list[int] = field(default_factory=lambda: [0, 0])
    nonsense: list[str] = field(default_factory=list)
    wall: float = 0.0
    verbose: bool = False

    def row(self) -> dict[str, Any]:
        """Return the shares."""
        return {
            "subjects": self.subjects,
            "without_tests": self.without,
            "tests": self.tests,
            "flaky_tests": self.flaky,
            "nonsense_typed": self.nonsense,
            "line_coverage": _share(self.lines),
            "branch_coverage": _share(self.branches),
            "mutation_score": _share(self.mutants),
            "mutants": self.mutants[1],
            "faults_caught": _share(self.faults),
            "faults": self.faults[1],
            "faults_of_unknown_classes_caught": _share(self.unknown),
            "faults_of_unknown_classes": self.unknown[1],
            "wall_seconds_per_subject": round(self.wall / max(1, self.subjects), 1),
        }


def _share(pair: Sequence[int]) -> float | None:
    return round(pair[0] / pair[1], 4) if pair[1] else None


def measure(arguments: argparse.Namespace) -> Mapping[str, Any]:
    """Generate, judge, sum up."""
    count, seconds, runs = arguments.count, arguments.seconds, arguments.runs
    if arguments.quick:
        count, seconds, runs = 3, 1.0, 2
    ours, theirs = Tally(verbose=arguments.verbose), Tally(verbose=arguments.verbose)
    with tempfile.TemporaryDirectory() as folder:
        rival = _rival(arguments.pynguin, Path(folder)) if arguments.pynguin else "not asked for"
        _compare(ours, theirs, arguments, (count, seconds, runs), rival)
    found: dict[str, Any] = {"plumb": ours.row()}
    if arguments.pynguin:
        found["pynguin"] = f"skipped: {rival}" if isinstance(rival, str) else theirs.row()
    return found


def _rival(named: str, folder: Path) -> Path | str:
    """Return a Python that has Pynguin, or why there is none."""
    python = Path(named).absolute()
    if named == "new":
        python = folder / "bin" / "python"
        wanted = [str(python), "-m", "pip", "install", "-q", PYNGUIN, "pytest"]
        for command in ([sys.executable, "-m", "venv", str(folder)], wanted):
            made = subprocess.run(command, capture_output=True, text=True, check=False)
            if made.returncode:
                return f"{PYNGUIN} could not be installed: {made.stderr.strip()[-200:]}"
    if not python.exists():
        return f"there is no {Path(named).name} there"
    probe = [str(python), "-c", "import pynguin, pytest"]
    done = subprocess.run(probe, capture_output=True, check=False)
    return "that Python has no pynguin, or no pytest" if done.returncode else python


def _compare(
    ours: Tally,
    theirs: Tally,
    arguments: argparse.Namespace,
    asked: tuple[int, float, int],
    rival: Path | str,
) -> None:
    """Test the subjects, with the rival where there is one."""
    count, seconds, runs = asked
    for subject in subjects(arguments.folder, count, arguments.seed, arguments.skip):
        project = Project.of(subject.file)
        began = time.monotonic()
        text, flaky = _generate(project, subject, seconds, runs, arguments.seed)
        ours.wall += time.monotonic() - began
        _judge(ours, project, subject, text, flaky)
        if isinstance(rival, Path):
            began = time.monotonic()
            text = _pynguin(rival, project, subject, seconds)
            theirs.wall += time.monotonic() - began
            _judge(theirs, project, subject, text, 0)


def _generate(
    project: Project, subject: Subject, seconds: float, runs: int, seed: int
) -> tuple[str, int]:
    """Return the test file, and how many of its tests fail in one of many runs."""
    try:
        answer = write_tests(project, subject.name, plan=Plan(seconds=seconds, runs=1, seed=seed))
    except PlumbError as error:
        return f"# {error}", 0
    if answer.best is None:
        return f"# {answer.reason}", 0
    suite: TestSuite = answer.best.candidate
    return suite.code, len(run_tests(project, suite.code, runs=runs).failed)


def _judge(tally: Tally, project: Project, subject: Subject, text: str, flaky: int) -> None:
    tally.subjects += 1
    tally.flaky += flaky
    tests = text.count("\ndef test_")
    tally.tests += tests
    tally.nonsense += [f"{subject.name}: {one}" for one in _nonsense(project, subject, text)]
    if not tests:
        tally.without.append(f"{subject.name}: {text.splitlines()[0][:100] if text else ''}")
    tree = ast.parse(project.file.read_text(encoding="utf-8"))
    for one in listed(tree, subject.name):
        told = _told(project, one.path, text if tests else "def test_nothing():\n    pass\n")
        hit = {int(str(number)) for number in told.get("hit", [])}
        _add(tally.lines, int(told.get("ran", 0)), int(told.get("lines", 0)))
        _add(tally.branches, len(hit), int(told.get("branches", 0)))
        _add(tally.mutants, len(told.get("killed", [])), int(told.get("mutants", 0)))
        _add(tally.faults, len(told.get("caught", [])), int(told.get("faults", 0)))
        unknown = int(told.get("unknown_faults", 0))
        _add(tally.unknown, len(told.get("unknown_caught", [])), unknown)
        if tally.verbose:
            keys = ("error", "skip", "ran", "lines", "branches", "alive", "missed")
            shown = {key: told.get(key) for key in keys}
            print(one.name, tests, len(hit), len(told.get("killed", [])), shown, flush=True)


def _nonsense(project: Project, subject: Subject, text: str) -> Iterator[str]:
    """Yield the tests that pass a wrong type and expect what comes of it."""
    tree = ast.parse(project.file.read_text(encoding="utf-8"))
    own = next(one for one in tree.body if getattr(one, "name", "") == subject.name)
    raised = {
        ast.unparse(one.exc) for one in ast.walk(own) if isinstance(one, ast.Raise) and one.exc
    }
    for test in ast.parse(text).body:
        if isinstance(test, ast.FunctionDef):
            shown = ast.unparse(test)
            expected = re.search(r"raises\((\w+)", shown)
            kind = expected[1] if expected else ""
            by_itself = any(one.startswith(kind) for one in raised)
            if (kind in _MISUSE and not by_itself) or "mark.xfail" in shown:
                yield f"{test.name}{_GIVEN if _hands_over(test, kind) else ''}"


def _hands_over(test: ast.FunctionDef, kind: str) -> bool:
    """Whether a test passes the class that it expects (`only(…, too_long=TypeError)`)."""
    calls = [one for one in ast.walk(test) if isinstance(one, ast.Call)]
    given = [
        part
        for one in calls
        if getattr(one.func, "attr", "") != "raises"
        for part in (*one.args, *(word.value for word in one.keywords))
    ]
    return any(isinstance(one, ast.Name) and one.id == kind for one in given)


def _told(project: Project, path: Sequence[str], text: str) -> dict[str, Any]:
    order = {
        "do": "judge",
        "path": list(path),
        "text": text,
        "most": MOST_MUTANTS,
        "faults": MOST_FAULTS,
    }
    try:
        with Guest(project) as guest:
            return dict(guest.ask(order, seconds=60))
    except PlumbError as error:
        return {"error": str(error)}


def _add(pair: list[int], part: int, whole: int) -> None:
    pair[0] += part
    pair[1] += whole


def _pynguin(python: Path, project: Project, subject: Subject, seconds: float) -> str:
    """Return the tests that Pynguin writes for one function or class within a time of search.

    Everything else of the module is on its list of what is not to be called. Expectations and the
    minimisation of tests come after the search, and have as much time as they take (some minutes).
    """
    tree = ast.parse(project.file.read_text(encoding="utf-8"))
    others = {one.path for one in listed(tree, None)} - {
        one.path for one in listed(tree, subject.name)
    }
    with tempfile.TemporaryDirectory() as out:
        arguments = ["--project-path", str(project.root.resolve()), "--module-name", project.module]
        arguments += ["--output-path", out, "--maximum-search-time", str(int(seconds))]
        arguments += ["--seed", "1", "--ignore-methods"]
        arguments += sorted(".".join([project.module, *path]) for path in others)
        environment = {**os.environ, "PYNGUIN_DANGER_AWARE": "1", "PYTHONPATH": str(project.root)}
        try:
            told = subprocess.run(
                [str(python), "-m", "pynguin", *arguments],
                env=environment,
                cwd=out,  # it leaves a report where it runs
                capture_output=True,
                timeout=seconds * 20 + 60,
                check=False,
            )
        except subprocess.TimeoutExpired:
            return "# Pynguin did not end"
        texts = [file.read_text() for file in Path(out).glob("test_*.py")]
    last = (told.stderr + told.stdout).decode(errors="replace").strip().splitlines()[-1:]
    return texts[0] if texts else f"# Pynguin wrote nothing: {last}"


if __name__ == "__main__":
    record("test_generation", measure, options=options)
