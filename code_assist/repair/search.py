"""Which lines, which edits, in which order; and the tests that decide."""

import ast
import math
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from assistants.answer import Answer, Check, Json, Status, Step, Usage, Verdict
from assistants.errors import DeadlineExceeded, InputError, WorkerCrashed
from assistants.model import Cancel
from code_assist.testing import Project
from code_assist.testing.guest import Guest

from .candidates import candidates
from .patches import Edit, Patch

_LEAST_LIMIT = 5.0
_FIRST_PATIENCE, _LEAST_PATIENCE = 10.0, 0.5  # seconds of the processor for each test


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """How long to look: seconds on the wall, and the most candidates."""

    seconds: float = 60.0
    most: int = 2000


@dataclass(frozen=True, slots=True, kw_only=True)
class _Test:
    passed: bool
    lines: frozenset[int]
    said: str
    seconds: float


def repair(
    project: Project,
    tests: Sequence[Path],
    *,
    plan: Plan = Plan(),
    cancel: Cancel | None = None,
) -> Answer[Patch]:
    """Return the first small change of a file after which all tests pass.

    Abstains where no test fails, where none runs through the file, or where no change was found.

    Raises:
        InputError: The file does not parse, a test file is missing, or there is no pytest.
        SandboxUnavailable: The machine cannot confine the code; nothing was run.
    """
    began = time.monotonic()
    source = _read(project.file)
    paths = _test_files(tests)
    with Guest(project, cancel, imports=False, readable=[one.parent for one in paths]) as guest:
        bench = _Bench(guest, project, [str(one) for one in paths])
        try:
            before = bench.run(source, trace=True)
        except (DeadlineExceeded, WorkerCrashed) as error:
            return Answer(status=Status.ABSTAINED, reason=f"the tests ended the sandbox: {error}")
        failing = [name for name, one in before.items() if not one.passed]
        reason = _nothing_to_do(before, failing)
        if reason:
            return Answer(status=Status.ABSTAINED, reason=reason)
        bench.limit = max(_LEAST_LIMIT, 3 * (time.monotonic() - began))
        longest = max((one.seconds for one in before.values() if one.passed), default=0.0)
        bench.patience = max(_LEAST_PATIENCE, 2 * longest)
        plan = replace(plan, seconds=began + plan.seconds - time.monotonic())
        patch = _search(bench, source, before, plan)
    usage = Usage(seconds=time.monotonic() - began)
    if isinstance(patch, str):
        return Answer(status=Status.ABSTAINED, reason=patch, usage=usage)
    step = Step(candidate=patch, checks=_checks(before, failing, bench.protections))
    return Answer(status=Status.ANSWERED, best=step, steps=(step,), usage=usage)


class _Bench:
    """Runs tests against texts of the file."""

    def __init__(self, guest: Guest, project: Project, tests: list[str]) -> None:
        self._guest, self._project, self._tests = guest, project, tests
        self.protections = guest.protections
        self.file = str(project.file)
        self.limit, self.patience = 60.0, _FIRST_PATIENCE

    def run(self, text: str, *, only: Sequence[str] = (), trace: bool = False) -> dict[str, _Test]:
        """Return how each test ended; nothing where the run did not come to its end."""
        order: dict[str, Json] = {
            "do": "try",
            "module": self._project.module,
            "home": str(self._project.home),
            "text": text,
            "tests": list(only) or self._tests,
            "trace": trace,
            "stop": not trace,
            "limit": max(1, math.ceil(self.limit)),
            "patience": self.patience,
        }
        answer = self._guest.ask(order, seconds=self.limit)
        rows = answer.get("tests")
        found: dict[str, _Test] = {}
        for name, row in rows.items() if isinstance(rows, Mapping) else ():
            if isinstance(row, Sequence) and not isinstance(row, str):
                how, lines, said, seconds = row
                numbers = lines if isinstance(lines, Sequence) else ()
                found[name] = _Test(
                    passed=how == "passed",
                    lines=frozenset(n for n in numbers if isinstance(n, int)),
                    said=str(said),
                    seconds=float(str(seconds)),
                )
        return found


def _search(bench: "_Bench", source: str, before: "dict[str, _Test]", plan: Plan) -> Patch | str:
    """Return the first change that helps, or why there is none."""
    failing = [name for name, one in before.items() if not one.passed]
    end = time.monotonic() + plan.seconds
    tried = 0
    data = source.encode()
    seen: set[str] = set()
    for edit in _ranked(source, before):
        if tried >= plan.most or time.monotonic() > end:
            return f"no change helped: {tried} were tried"
        text = edit.apply(data)
        if text in seen or not _compiles(text):
            continue
        seen.add(text)
        tried += 1
        try:
            if not _passes(bench.run(text, only=failing[:1]), 1):
                continue
            if _passes(bench.run(text), len(before)):
                return Patch(
                    path=bench.file,
                    before=source,
                    after=text,
                    what=edit.what,
                    line=edit.line,
                    tried=tried,
                )
        except (DeadlineExceeded, WorkerCrashed) as error:
            return f"the sandbox ended after {tried} candidates: {error}"
    return f"no change helped: all {tried} were tried"


def _ranked(source: str, before: dict[str, _Test]) -> Iterator[Edit]:
    """Return the edits of lines that failing tests run, by suspicion and cost.

    Suspicion is Ochiai's coefficient (Abreu et al., 2007): failing tests through a line, over the
    root of all failing tests times all tests through it.
    """
    failed = [one.lines for one in before.values() if not one.passed]
    passed = [one.lines for one in before.values() if one.passed]
    edits = list(candidates(source))
    if not any(failed):  # it fails before it runs, as at import: every line is suspicious
        return iter(sorted(edits, key=lambda one: one.cost))
    suspicion: dict[int, float] = {}
    for line in frozenset[int]().union(*failed):
        through = sum(line in lines for lines in failed)
        others = sum(line in lines for lines in passed)
        suspicion[line] = through / math.sqrt(len(failed) * (through + others))
    lines = _lines_of(source)
    scored = [
        (edit.cost - 3 * best, index, edit)
        for index, edit in enumerate(edits)
        if (best := max((suspicion.get(n, 0.0) for n in lines(edit.line)), default=0.0)) > 0
    ]
    return iter(edit for _, _, edit in sorted(scored, key=lambda one: one[:2]))


def _lines_of(source: str) -> Callable[[int], range]:
    """Return a function from a line to the lines of the smallest statement around it."""
    spans = sorted(
        ((one.end_lineno or one.lineno) - one.lineno, one.lineno, one.end_lineno or one.lineno)
        for one in ast.walk(ast.parse(source))
        if isinstance(one, ast.stmt)
    )

    def lines(line: int) -> range:
        for _, start, end in spans:
            if start <= line <= end:
                return range(start, end + 1)
        return range(line, line + 1)

    return lines


def _passes(tests: dict[str, _Test], least: int) -> bool:
    return len(tests) >= least and all(one.passed for one in tests.values())


def _compiles(text: str) -> bool:
    try:
        compile(text, "<patch>", "exec", dont_inherit=True)
    except (SyntaxError, ValueError):
        return False
    return True


def _nothing_to_do(before: dict[str, _Test], failing: list[str]) -> str:
    if not before:
        return "no test was found, or the tests did not come to their end"
    if not failing:
        return f"nothing to mend: all {len(before)} tests pass"
    return ""


def _read(file: Path) -> str:
    try:
        text = file.read_text(encoding="utf-8-sig")
        ast.parse(text)
    except (SyntaxError, ValueError) as error:
        raise InputError(f"{file.name} does not parse: {error}", hint="plumb check") from error
    return text


def _test_files(tests: Sequence[Path]) -> list[Path]:
    if not tests:
        raise InputError(
            "there are no tests to go by", hint="plumb fix FILE --tests tests/test_x.py"
        )
    for one in tests:
        if not one.exists():
            raise InputError(f"{one}: no such file", hint="check the path")
    return [one.resolve() for one in tests]


def _checks(
    before: dict[str, _Test], failing: list[str], protections: Sequence[str]
) -> tuple[Check, ...]:
    said = before[failing[0]].said.strip()
    return (
        Check(
            by="tests",
            verdict=Verdict.PROVED,
            detail=f"all {len(before)} tests pass; {len(failing)} failed before",
        ),
        Check(by="the failure", verdict=Verdict.UNKNOWN, detail=said[-200:] or failing[0]),
        Check(
            by="sandbox",
            verdict=Verdict.PROVED,
            detail="the code ran behind: " + ", ".join(protections),
        ),
    )
