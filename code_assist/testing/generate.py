"""The whole way: targets, search in the sandbox, writing, repeated runs, and the answer."""

import ast
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from assistants.answer import Answer, Check, Json, Status, Step, Usage, Verdict
from assistants.errors import DeadlineExceeded, InputError, WorkerCrashed
from assistants.model import Cancel, Model

from .assembling import Frame, assemble, defined_names, imports_of
from .guest import Guest, texts
from .naming import named
from .project import Project
from .properties import candidates, tested
from .suite import Measured, TestSuite, Untested, score_checks
from .tables import tables
from .targets import Listed, draws_lots, listed, reads_clock, reads_date
from .verifying import Runs, run_tests
from .writing import Written, read_case, write_test

_DATED = "it reads the date of the day, so that a test of it would hold today only"


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """What is asked for: seconds of search for each function, runs of the finished tests."""

    seconds: float = 10.0
    runs: int = 3
    seed: int = 0


@dataclass(slots=True)
class _Draft:
    """What has been found so far."""

    tests: list[Written] = field(default_factory=list)
    owners: dict[str, str] = field(default_factory=dict)
    measured: list[Measured] = field(default_factory=list)
    untested: list[Untested] = field(default_factory=list)
    homes: dict[str, str] = field(default_factory=dict)
    protections: tuple[str, ...] = ()
    namer: str = ""
    """The model that named some of the tests."""


def write_tests(
    project: Project,
    name: str | None = None,
    *,
    plan: Plan = Plan(),
    model: Model | None = None,
    cancel: Cancel | None = None,
) -> Answer[TestSuite]:
    """Return a test file for a function, a class or a whole module, with what it reaches.

    Existing tests (`project.test_file`) stay as they are; what they reach is not tested again. A
    model that chats names and orders the new ones; without one, rules do.

    Raises:
        InputError: The file cannot be read or imported, the name is not in it, there is no pytest.
        SandboxUnavailable: The machine cannot confine the code; nothing was run.
    """
    began = time.monotonic()
    try:
        tree = ast.parse(project.file.read_text(encoding="utf-8-sig"), str(project.file))
    except (SyntaxError, ValueError) as error:
        raise InputError(
            f"{project.file.name} does not parse: {error}", hint="plumb check"
        ) from error
    targets = listed(tree, name)
    existing = _existing(project.test_file)
    frame = Frame(
        module=project.module,
        homes={},
        imports=imports_of(tree),
        frozen=reads_clock(tree, targets),
        seeded=draws_lots(tree, targets),
        existing=existing,
    )
    dated = {one for one in targets if reads_date(tree, (one,))}
    draft = _search(project, [one for one in targets if one not in dated], plan, frame, cancel)
    draft.untested += [Untested(name=one.name, reason=_DATED) for one in targets if one in dated]
    if model is not None:
        _rename(draft, frozenset(defined_names(existing or "")), model, cancel)
    answer = _finish(project, draft, frame, plan, cancel)
    usage = Usage(seconds=time.monotonic() - began)
    return Answer(
        status=answer.status,
        best=answer.best,
        steps=answer.steps,
        reason=answer.reason,
        usage=usage,
    )


def _existing(file: Path) -> str | None:
    try:
        return file.read_text(encoding="utf-8")
    except OSError:
        return None


def _search(
    project: Project, targets: Sequence[Listed], plan: Plan, frame: Frame, cancel: Cancel | None
) -> _Draft:
    draft = _Draft()
    taken = set(defined_names(frame.existing) if frame.existing else ())
    guest: Guest | None = None
    try:
        for one in targets:
            guest = guest or Guest(project, cancel)
            draft.protections = guest.protections
            order: dict[str, Json] = {
                "do": "search",
                "path": list(one.path),
                "seconds": plan.seconds,
                "seed": plan.seed,
                "frozen": frame.frozen,
                "seeded": frame.seeded,
                "existing": frame.existing or "",
            }
            try:
                answer = guest.ask(order, seconds=plan.seconds)
            except (DeadlineExceeded, WorkerCrashed) as error:
                guest.__exit__()
                guest = None
                draft.untested.append(
                    Untested(name=one.name, reason=f"it ended the sandbox: {error}")
                )
                continue
            _take(draft, one, answer, taken)
        if guest is not None:
            _relate(guest, targets, draft, taken, plan)
    finally:
        if guest is not None:
            guest.__exit__()
    return draft


def _relate(
    guest: Guest, targets: Sequence[Listed], draft: _Draft, taken: set[str], plan: Plan
) -> None:
    """Add properties that hold between and of the functions, as their names suggest."""
    found = {one.name for one in draft.measured}
    for one in candidates(targets):
        if not {*one.names} <= found:
            continue
        try:
            test = tested(guest, one, taken, seconds=plan.seconds / 2, seed=plan.seed)
        except (DeadlineExceeded, WorkerCrashed):
            return  # the guest has died; what was found stays
        if test is not None:
            taken.add(test.name)
            draft.tests.append(test)
            draft.owners[test.name] = one.first.name


def _take(draft: _Draft, one: Listed, answer: dict[str, Json], taken: set[str]) -> None:
    """Turn a guest's answer into tests and numbers."""
    reason = answer.get("skip") or answer.get("error")
    rows = answer.get("cases")
    cases = (
        [read_case(row) for row in rows if isinstance(row, dict)] if isinstance(rows, list) else []
    )
    good = [case for case in cases if case is not None]
    reached = int(str(answer.get("covered") or 0))
    if reason or not (good or reached):
        refused = answer.get("refused")
        told = next(iter(refused), "") if isinstance(refused, dict) else ""
        draft.untested.append(
            Untested(name=one.name, reason=str(reason or told or "no call of it ended well"))
        )
        return
    call, variable = str(answer.get("call")), str(answer.get("variable"))
    homes = answer.get("homes")
    if isinstance(homes, dict):
        draft.homes |= {str(key): str(value) for key, value in homes.items()}
    made, rest = tables(one, call, good, taken)
    for case in sorted(rest, key=lambda case: case.how == "raises"):
        made.append(write_test(one, call, variable, case, taken))
    draft.tests += made
    draft.owners |= {test.name: one.name for test in made}
    draft.measured.append(
        Measured(
            name=one.name,
            tests=len(good),
            branches=int(str(answer.get("branches") or 0)),
            covered=reached,
            mutants=int(str(answer.get("mutants") or 0)),
            killed=int(str(answer.get("killed") or 0)),
            alive=tuple(texts(answer.get("alive"))),
        )
    )


def _finish(
    project: Project, draft: _Draft, frame: Frame, plan: Plan, cancel: Cancel | None
) -> Answer[TestSuite]:
    """Run what was written; leave out what does not pass every time; answer."""
    frame = Frame(
        module=frame.module,
        homes=draft.homes,
        imports=frame.imports,
        frozen=frame.frozen,
        seeded=frame.seeded,
        existing=frame.existing,
    )
    if not draft.tests:
        return Answer(status=Status.ABSTAINED, reason=_why_none(draft))
    runs = run_tests(project, assemble(draft.tests, frame), runs=plan.runs, cancel=cancel)
    kept = [one for one in draft.tests if one.name in runs.passed]
    dropped = len(draft.tests) - len(kept)
    if dropped and kept:
        runs = run_tests(project, assemble(kept, frame), runs=plan.runs, cancel=cancel)
        kept = [one for one in kept if one.name in runs.passed]
    if not kept:
        return Answer(
            status=Status.ABSTAINED,
            reason=f"no test passed in each of {plan.runs} runs: {_last_line(runs)}",
        )
    suite = TestSuite(
        code=assemble(kept, frame),
        path=str(project.test_file),
        measured=tuple(_recount(draft, kept)),
        untested=tuple(draft.untested),
        existing=frame.existing is not None,
    )
    step = Step(candidate=suite, checks=_checks(suite, runs, draft, dropped))
    note = f"{dropped} tests were left out: they did not pass every time" if dropped else ""
    return Answer(status=Status.ANSWERED, best=step, steps=(step,), reason=note)


def _rename(draft: _Draft, taken: frozenset[str], model: Model, cancel: Cancel | None) -> None:
    """Let the model name and order the tests of each function."""
    owners = list(dict.fromkeys(draft.owners.values()))
    groups = [[one for one in draft.tests if draft.owners[one.name] == owner] for owner in owners]
    made: list[Written] = []
    for group in groups:
        known = taken | {one.name for one in (*made, *draft.tests)}
        for old, one in named(group, known, model, cancel):
            draft.owners[one.name] = draft.owners.pop(old)
            made.append(one)
    renamed = {one.name for one in made} - {one.name for one in draft.tests}
    draft.namer = model.name if renamed else ""
    draft.tests = made


def _recount(draft: _Draft, kept: list[Written]) -> list[Measured]:
    names = {one.name for one in kept}
    counts = {one.name: 0 for one in draft.measured}
    for test, owner in draft.owners.items():
        counts[owner] += test in names
    return [
        Measured(
            name=one.name,
            tests=counts[one.name],
            branches=one.branches,
            covered=one.covered,
            mutants=one.mutants,
            killed=one.killed,
            alive=one.alive,
        )
        for one in draft.measured
    ]


def _why_none(draft: _Draft) -> str:
    if draft.untested:
        one = draft.untested[0]
        more = f" (and {len(draft.untested) - 1} more)" if len(draft.untested) > 1 else ""
        return f"{one.name}: {one.reason}{more}"
    if not draft.measured:
        return "the file has no public function or class"
    return "the existing tests reach everything that was found"


def _last_line(runs: Runs) -> str:
    lines = [line for line in runs.said.splitlines() if line.strip().startswith("E ")]
    return lines[0].strip()[2:].strip() if lines else "pytest said nothing"


def _checks(suite: TestSuite, runs: Runs, draft: _Draft, dropped: int) -> tuple[Check, ...]:
    count = sum(one.tests for one in suite.measured)
    return (
        Check(
            by="pytest",
            verdict=Verdict.PROVED,
            detail=f"{count} tests passed in {runs.count} runs: hash seeds, orders, time zones"
            + (f"; {dropped} others did not and were left out" if dropped else ""),
        ),
        *score_checks(suite.measured),
        Check(
            by="sandbox",
            verdict=Verdict.PROVED,
            detail="the code ran behind: " + ", ".join(draft.protections),
        ),
        *_names_check(draft),
    )


def _names_check(draft: _Draft) -> list[Check]:
    """Return that names are a model's words, which nothing has checked."""
    if not draft.namer:
        return []
    detail = f"names and order are by {draft.namer}"
    return [Check(by="names", verdict=Verdict.UNKNOWN, detail=detail)]
