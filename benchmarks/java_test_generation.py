"""Generated JUnit classes for methods of libraries: do they compile, pass, cover, notice, catch?

    python benchmarks/java_test_generation.py --folder FOLDER [--count 48 --seconds 5 --seed 1]

FOLDER holds Java sources of a library (Debian: `apt-get source libcommons-lang3-java`), which were
not looked at while the search was written. Methods are drawn by seed from the classes in `CLASSES`:
public, not deprecated, with parameters and a body of some lines. Every method is asked for by
itself. Judged apart from the search, in a new Java machine: the finished class is compiled and run
20 times; lines and branches by probes; mutants and injected faults one JUnit run each, with other
mutants than the search had (more of each method). `faults_caught` are of all classes of mistakes,
`faults_of_unknown_classes_caught` those that the search knows nothing of (`alternatives.py`).
`--skip` goes on where an earlier run ended, `--without` leaves out what earlier runs drew. Needs a
JDK, 17 or newer, and `junit5`.
"""

import argparse
import random
import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from _record import record

from assistants.errors import PlumbError
from code_assist.java_testing import JavaProject, probing, write_java_tests
from code_assist.java_testing.alternatives import Kind
from code_assist.java_testing.generate import judge
from code_assist.java_testing.machine import Machine
from code_assist.java_testing.probing import numbers_of
from code_assist.java_testing.rewriting import Rewritten
from code_assist.java_testing.targets import Method, methods
from code_assist.source import Source
from code_assist.testing import Plan, TestSuite

CLASSES = (
    "StringUtils", "ArrayUtils", "CharUtils", "BooleanUtils", "NumberUtils", "Fraction", "Range",
    "CharRange", "CharSet", "LocaleUtils", "Validate", "WordUtils", "StrBuilder", "MutableInt",
    "BitField", "Conversion", "ImmutablePair", "IEEE754rUtils", "CharSequenceUtils",
    "StringEscapeUtils",
)  # fmt: skip
_ATTEMPTS = 3
SHORTEST = 3  # lines of a body
MOST: Mapping[Kind, int] = {"mutant": 60, "fault": 12, "unknown": 8}  # of each method


@dataclass(slots=True)
class Tally:
    """Sums over methods."""

    verbose: bool = False
    methods: int = 0
    tests: int = 0
    without: list[str] = field(default_factory=list)
    not_compiling: int = 0
    flaky: int = 0
    wrong: int = 0
    lines: list[int] = field(default_factory=lambda: [0, 0])
    branches: list[int] = field(default_factory=lambda: [0, 0])
    mutants: list[int] = field(default_factory=lambda: [0, 0])
    faults: list[int] = field(default_factory=lambda: [0, 0])
    unknown: list[int] = field(default_factory=lambda: [0, 0])

    def row(self) -> dict[str, Any]:
        """Return the shares."""
        return {
            "methods": self.methods,
            "without_tests": self.without,
            "tests": self.tests,
            "tests_not_compiling": self.not_compiling,
            "flaky_tests": self.flaky,
            "tests_failing_when_judged": self.wrong,
            "line_coverage": _share(self.lines),
            "branch_coverage": _share(self.branches),
            "branches": self.branches[1],
            "mutation_score": _share(self.mutants),
            "mutants": self.mutants[1],
            "faults_caught": _share(self.faults),
            "faults": self.faults[1],
            "faults_of_unknown_classes_caught": _share(self.unknown),
            "faults_of_unknown_classes": self.unknown[1],
        }


def options(parser: argparse.ArgumentParser) -> None:
    """Add this benchmark's own arguments."""
    parser.add_argument("--folder", type=Path, required=True, help="Java sources of a library")
    parser.add_argument("--count", type=int, default=48, help="how many methods")
    parser.add_argument("--seconds", type=float, default=5.0, help="of search, for each method")
    parser.add_argument("--seed", type=int, default=1, help="which of them")
    parser.add_argument("--skip", type=int, default=0, help="as many of the first are left out")
    parser.add_argument(
        "--without", nargs="*", default=[], metavar="SEED:COUNT", help="what these runs drew"
    )
    parser.add_argument("--runs", type=int, default=20, help="of every test class")
    parser.add_argument("--verbose", action="store_true", help="one line for each to stderr")


def measure(arguments: argparse.Namespace) -> Mapping[str, Any]:
    """Generate, judge, sum up."""
    count, seconds, runs = arguments.count, arguments.seconds, arguments.runs
    if arguments.quick:
        count, seconds, runs = 3, 1.0, 2
    everything = sorted(set(_subjects(arguments.folder)))
    known = {
        one
        for run in arguments.without
        for one in _drawn(everything, int(run.partition(":")[0]))[: int(run.partition(":")[2])]
    }
    fresh = [one for one in _drawn(everything, arguments.seed) if one not in known]
    chosen = fresh[arguments.skip : arguments.skip + count]
    tally = Tally(verbose=arguments.verbose)
    for file, name in chosen:
        _one(tally, file, name, Plan(seconds=seconds, runs=1, seed=arguments.seed), runs)
        if arguments.verbose:
            print(name, tally.row(), file=sys.stderr, flush=True)
    return {"available": len(everything), "plumb": tally.row()}


def _drawn(everything: Sequence[tuple[Path, str]], seed: int) -> list[tuple[Path, str]]:
    """Return all subjects in the order of a seed."""
    found = list(everything)
    random.Random(seed).shuffle(found)
    return found


def _subjects(folder: Path) -> Iterator[tuple[Path, str]]:
    for name in CLASSES:
        for file in sorted(folder.rglob(f"src/main/java/**/{name}.java")):
            for one in methods(_source(file), None):
                if _is_subject(one):
                    yield file, ".".join(one.path)


def _source(file: Path) -> Source:
    return Source(text=file.read_text("utf-8"), language="java", path=str(file))


def _is_subject(one: Method) -> bool:
    text = (one.node.text or b"").decode()
    body = one.node.child_by_field_name("body")
    lines = (body.text or b"").decode().count("\n") - 1 if body is not None else 0
    public = text.partition("(")[0].split()
    plain = "public" in public and "@Deprecated" not in text and len(one.path) == 2
    return plain and lines >= SHORTEST and bool(one.parameters) and not one.is_constructor


def _one(tally: Tally, file: Path, name: str, plan: Plan, runs: int) -> None:
    project = JavaProject.of(file)
    source = _source(file)
    targets = [one for one in methods(source, name) if not one.unfit]
    tally.methods += len(targets) or 1
    if not targets:
        tally.without.append(f"{name}: {methods(source, name)[0].unfit}")
        return
    suite: TestSuite | None = None
    # the library's own tests are not looked at: the class is written anew
    alone = project.beside(f"{file.stem}PlumbTest")
    try:
        answer = write_java_tests(alone, name, plan=plan)
        suite = answer.best.candidate if answer.best is not None else None
        why = answer.reason
    except PlumbError as error:
        why = str(error)
    if suite is None:
        tally.without.append(f"{name}: {why[:120]}")
    else:
        tally.without += [f"{one.name}: {one.reason[:120]}" for one in suite.untested]
        tally.tests += sum(one.tests for one in suite.measured)
    for attempt in range(_ATTEMPTS):
        try:
            _judge(tally, alone, targets, suite.code if suite else None, runs)
            break
        except PlumbError as error:  # the judge's own Java machine, not the tests
            if attempt == _ATTEMPTS - 1:
                raise
            print(f"{name}: judged again: {error}", file=sys.stderr)


def _judge(
    tally: Tally, project: JavaProject, targets: list[Method], text: str | None, runs: int
) -> None:
    source = _source(project.file)
    with Machine(project) as machine:
        probed = probing.prepare(machine, project, source, targets, seconds=60, most=MOST)
        told: dict[str, Any] = {}
        if text is not None:
            order = ("tests", project.inner_test_name, project.test_name, text, str(runs))
            ran = machine.ask(*order, seconds=30 * runs)
            tally.not_compiling += bool(ran.get("errors"))
            found = ran.get("runs")
            listed = found if isinstance(found, list) else []
            outcomes = [one for one in listed if isinstance(one, dict)]
            tally.flaky += len({name for one in outcomes for name, how in one.items() if how})
            numbers = [one.number for one in probed.made.mutants]
            told = judge(machine, project, text, numbers)
        hit, killed = (
            set(numbers_of(told.get("hit"))),
            set(numbers_of(told.get("killed"))),
        )
        wrong = told.get("failed")  # who fails on the right version notices nothing
        failed = wrong if isinstance(wrong, dict) else {}
        tally.wrong += len(failed)
        ran_lines = set(numbers_of(told.get("lines")))
        for one in targets:
            _add(tally.lines, probed.made.lines.get(one.name, set()), ran_lines)
            _add(tally.branches, probed.made.goals.get(one.name, set()), hit)
        if tally.verbose:
            _show(probed.made, hit, killed)
            for name, why in failed.items():
                print("   fails when judged:", name, why, file=sys.stderr)
        _add(tally.mutants, set(probed.numbers("mutant")), killed)
        unknown = set(probed.numbers("unknown"))
        _add(tally.faults, unknown | set(probed.numbers("fault")), killed)
        _add(tally.unknown, unknown, killed)


def _show(made: Rewritten, hit: set[int], killed: set[int]) -> None:
    for name, goals in made.goals.items():
        print(name, f"branches {len(goals & hit)}/{len(goals)}", file=sys.stderr)
    for one in made.mutants:
        if one.number not in killed:
            print("   alive:", one.kind, one.line, one.what, file=sys.stderr, flush=True)


def _add(pair: list[int], whole: set[int], part: set[int]) -> None:
    pair[0] += len(whole & part)
    pair[1] += len(whole)


def _share(pair: list[int]) -> float | None:
    return round(pair[0] / pair[1], 4) if pair[1] else None


if __name__ == "__main__":
    record("java_test_generation", measure, options=options)
