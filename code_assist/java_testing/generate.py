"""The whole way: targets, probes, search in the sandbox, writing, repeated runs, and the answer."""

import re
import time
from collections.abc import Sequence
from dataclasses import replace
from typing import Self

from assistants.answer import Answer, Check, Json, Status, Step, Usage, Verdict
from assistants.errors import DeadlineExceeded, WorkerCrashed
from assistants.model import Cancel
from code_assist.source import Source
from code_assist.testing import Plan, TestSuite, Untested
from code_assist.testing.suite import Measured, score_checks

from .machine import Machine
from .probing import Probed, numbers_of, prepare, rows_of
from .project import JavaProject
from .targets import Method, methods
from .writing import Written, assemble, extend, only_returns, read_case, write_test

_METHOD = re.compile(r"\bvoid\s+(\w+)\s*\(")
_ROUNDS = 4


def write_java_tests(
    project: JavaProject,
    name: str | None = None,
    *,
    plan: Plan = Plan(),
    cancel: Cancel | None = None,
) -> Answer[TestSuite]:
    """Return a JUnit 5 class for a method, a class or a whole file, with what it reaches.

    Each test compiles and passed in every run, in two Java machines. Existing tests stay as they
    are; what they reach is not tested again.

    Raises:
        InputError: The file does not compile, the name is not in it.
        SandboxUnavailable: The machine cannot confine the code; nothing was run.
    """
    began = time.monotonic()
    text = project.file.read_text(encoding="utf-8-sig")
    source = Source(text=text, language="java", path=str(project.file))
    with _Job(project, source, methods(source, name), plan, cancel) as job:
        answer = job.run()
    return replace(answer, usage=Usage(seconds=time.monotonic() - began))


class _Job:
    """One request: its Java machine, and what has been found so far. A context manager."""

    def __init__(
        self,
        project: JavaProject,
        source: Source,
        found: Sequence[Method],
        plan: Plan,
        cancel: Cancel | None,
    ) -> None:
        self._project, self._source, self._plan, self._cancel = project, source, plan, cancel
        self._targets = [one for one in found if not one.unfit]
        self._untested = [Untested(name=one.name, reason=one.unfit) for one in found if one.unfit]
        self._tests: list[Written] = []
        self._searched: list[Method] = []
        self._machine: Machine | None = None
        self._existing: str | None = None
        self._known: dict[str, list[int]] = {}

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        if self._machine is not None:
            self._machine.__exit__()
            self._machine = None

    def run(self) -> Answer[TestSuite]:
        """Search, write, run, measure."""
        if not self._targets:
            return Answer(status=Status.ABSTAINED, reason=self._why_none())
        machine, probed = self._opened()
        self._look_at_existing(machine, probed)
        for one in self._targets:
            machine, probed = self._opened()
            try:
                self._search(machine, probed, one)
            except (DeadlineExceeded, WorkerCrashed) as error:
                self.__exit__()
                why = f"it ended the sandbox: {error}"
                self._untested.append(Untested(name=one.name, reason=why))
        return self._finish()

    def _opened(self) -> tuple[Machine, Probed]:
        """Return the machine with the class in it; a new one where the last has died."""
        if self._machine is None:
            self._machine = Machine(self._project, self._cancel)
            self._probed = prepare(
                self._machine, self._project, self._source, self._targets, seconds=60
            )
        return self._machine, self._probed

    def _look_at_existing(self, machine: Machine, probed: Probed) -> None:
        """Note which goals and mutants existing tests reach.

        Those that do not compile with JUnit 5 (older ones, or for want of a library) are left
        alone, and ours go into a class beside them.
        """
        try:
            existing = self._project.test_file.read_text(encoding="utf-8")
        except OSError:
            return
        wrong = [*probed.numbers("mutant"), *probed.numbers("fault")]
        told = self._judged(machine, existing, wrong)
        if "hit" in told:
            self._existing = existing
            self._known = {one: numbers_of(told.get(one)) for one in ("hit", "killed")}
        else:
            self._project = self._project.beside(f"{self._project.file.stem}GeneratedTest")

    def _judged(self, machine: Machine, text: str, mutants: Sequence[int]) -> dict[str, Json]:
        return judge(machine, self._project, text, mutants)

    def _search(self, machine: Machine, probed: Probed, one: Method) -> None:
        """Search cases of one method, and write those that can be trusted."""
        goals = probed.made.goals.get(one.name, set()) - {*self._known.get("hit", ())}
        wrong = {*probed.numbers("mutant", one.name), *probed.numbers("fault", one.name)}
        mutants = wrong - {*self._known.get("killed", ())}
        if self._known and not goals and not mutants:
            self._searched.append(one)
            return
        owner = "$".join(one.path[:-1])
        answer = machine.ask(
            "search",
            f"{self._project.package}.{owner}" if self._project.package else owner,
            one.member,
            ",".join(one.types),
            str(self._plan.seconds),
            str(self._plan.seed),
            ",".join(map(str, sorted(goals))),
            ",".join(map(str, sorted(mutants))),
            *probed.constants,
            seconds=self._plan.seconds,
        )
        rows = answer.get("cases")
        told = [row for row in rows if isinstance(row, dict)] if isinstance(rows, list) else []
        good = [case for row in told if (case := read_case(row)) is not None]
        # that it returns says something of a check, and where a wrong version does not return
        if b"throw" not in (one.node.text or b""):
            good = [case for case in good if case.notices or not only_returns(case)]
        reached = bool(self._known.get("hit"))
        if good or reached:
            self._searched.append(one)
        else:
            self._untested.append(Untested(name=one.name, reason=_why_not(answer)))
        taken = {*_METHOD.findall(self._existing or ""), *(test.name for test in self._tests)}
        for case in sorted(good, key=lambda case: bool(case.raises)):
            self._tests.append(write_test(one, case, taken))

    def _text(self) -> str:
        name, package = self._project.test_class, self._project.package
        if self._existing is not None:
            extended = extend(self._existing, self._tests, package, name)
            if extended is not None:
                return extended
        return assemble(self._tests, package, name)

    def _finish(self) -> Answer[TestSuite]:
        """Compile and run what was written; leave out what does not pass every time; answer."""
        if not self._tests:
            return Answer(status=Status.ABSTAINED, reason=self._why_none())
        found = len(self._tests)
        machine, probed = self._opened()
        said = self._sift(machine)
        if self._tests:
            # nothing is left of the search there
            with Machine(self._project, self._cancel, other_addresses=True) as fresh:
                fresh.ask("plain", self._project.inner_name, probed.plain, seconds=60)
                said = said or self._sift(fresh)
        if not self._tests:
            reason = f"no test compiled and passed in each of {2 * self._plan.runs} runs: {said}"
            return Answer(status=Status.ABSTAINED, reason=reason)
        text = self._text()
        told = self._judged(machine, text, probed.numbers("mutant"))
        suite = TestSuite(
            code=text,
            path=str(self._project.test_file),
            measured=tuple(self._measured(probed, told)),
            untested=tuple(self._untested),
            existing=self._existing is not None,
        )
        dropped = found - len(self._tests)
        note = f"{dropped} tests were left out (the first: {said})" if dropped else ""
        step = Step(candidate=suite, checks=self._checks(machine, suite, dropped))
        return Answer(status=Status.ANSWERED, best=step, steps=(step,), reason=note)

    def _sift(self, machine: Machine) -> str:
        """Leave out tests that do not compile or pass each time; return the first complaint."""
        said, runs, project = "", self._plan.runs, self._project
        for _ in range(_ROUNDS):
            if not self._tests:
                break
            text = self._text()
            order = ("tests", project.inner_test_name, project.test_name, text, str(runs))
            bad = _bad(text, machine.ask(*order, seconds=60 * runs))
            if not bad:
                break
            said = said or next(iter(bad.values()))
            kept = [one for one in self._tests if one.name not in bad]
            # where nobody in particular is to blame, none can be trusted
            self._tests = kept if len(kept) < len(self._tests) else []
        return said

    def _measured(self, probed: Probed, told: dict[str, Json]) -> list[Measured]:
        hit, killed = {*numbers_of(told.get("hit"))}, {*numbers_of(told.get("killed"))}
        found: list[Measured] = []
        for one in self._searched:
            goals = probed.made.goals.get(one.name, set())
            mutants = [
                m for m in probed.made.mutants if m.method == one.name and m.kind == "mutant"
            ]
            alive = [f"line {m.line}: {m.what}" for m in mutants if m.number not in killed]
            found.append(
                Measured(
                    name=one.name,
                    tests=sum(test.owner == one.name for test in self._tests),
                    branches=len(goals),
                    covered=len(goals & hit),
                    mutants=len(mutants),
                    killed=len(mutants) - len(alive),
                    alive=tuple(alive),
                )
            )
        return found

    def _why_none(self) -> str:
        if self._untested:
            one = self._untested[0]
            more = f" (and {len(self._untested) - 1} more)" if len(self._untested) > 1 else ""
            return f"{one.name}: {one.reason}{more}"
        return "the existing tests reach everything that was found"

    def _checks(self, machine: Machine, suite: TestSuite, dropped: int) -> tuple[Check, ...]:
        others = f"; {dropped} others did not and were left out" if dropped else ""
        return (
            Check(
                by="JUnit",
                verdict=Verdict.PROVED,
                detail=f"{len(self._tests)} tests compile and passed in {2 * self._plan.runs} runs "
                f"of two Java machines: orders, time zones, languages{others}",
            ),
            *score_checks(suite.measured),
            Check(
                by="sandbox",
                verdict=Verdict.PROVED,
                detail="the code ran behind: " + ", ".join(machine.protections),
            ),
        )


def judge(
    machine: Machine, project: JavaProject, text: str, mutants: Sequence[int]
) -> dict[str, Json]:
    """Run a test class against the class with probes: what it hits, which versions it notices."""
    numbers = ",".join(map(str, mutants))
    order = ("judge", project.inner_test_name, project.test_name, text, numbers)
    return machine.ask(*order, seconds=120 + len(mutants))


def _why_not(answer: dict[str, Json]) -> str:
    """Return why no case was found: what happened most often."""
    refused = answer.get("refused")
    counts = {str(k): int(str(v)) for k, v in refused.items()} if isinstance(refused, dict) else {}
    most = max(counts, key=lambda key: counts[key], default="no call of it ended well")
    return str(answer.get("error") or most)


def _bad(text: str, answer: dict[str, Json]) -> dict[str, str]:
    """Return the tests that are to blame, with the complaint."""
    found: dict[str, str] = {}
    lines = text.splitlines()
    for row in rows_of(answer.get("errors")):
        line, said = int(str(row[1])), str(row[2])
        above = [m[1] for one in lines[:line] if (m := _METHOD.search(one))]
        found[above[-1] if above else ""] = said
    if answer.get("error"):
        found[""] = str(answer["error"])
    runs = answer.get("runs")
    for run in runs if isinstance(runs, list) else []:
        for name, how in run.items() if isinstance(run, dict) else ():
            if how:
                found[str(name)] = str(how)
    return found
