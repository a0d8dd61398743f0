"""Which lines, which edits, in which order; and the tests that decide."""

import ast
import math
import time
import warnings
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path

from assistants.answer import Answer, Check, Status, Step, Usage, Verdict
from assistants.errors import DeadlineExceeded, InputError, WorkerCrashed
from assistants.model import Cancel, Model
from code_assist.testing import Project
from code_assist.testing.guest import Guest

from .bench import Bench, Tested, test_files
from .candidates import candidates
from .expected import Raised, expected
from .patches import Edit, Patch
from .proposing import proposals

_LEAST_LIMIT = 5.0
_FOR_EDITS = 0.6  # of the time, where a model is asked after them
_LEAST_PATIENCE = 0.5  # seconds of the processor for each test


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """How long to look: seconds on the wall, and the most candidates."""

    seconds: float = 60.0
    most: int = 2000


def repair(
    project: Project,
    tests: Sequence[Path],
    *,
    plan: Plan = Plan(),
    model: Model | None = None,
    cancel: Cancel | None = None,
) -> Answer[Patch]:
    """Return the first small change of a file after which all tests pass.

    Where no small edit helps, a model is asked: one that fills in for suspicious lines, one that
    chats for the function anew; its smallest proposal comes first.

    Abstains where no test fails, where none runs through the file, or where no change was found.

    Raises:
        InputError: The file does not parse, a test file is missing, or there is no pytest.
        SandboxUnavailable: The machine cannot confine the code; nothing was run.
    """
    began = time.monotonic()
    source = _read(project.file)
    paths = test_files(tests)
    ask = None if model is None else partial(proposals, source, model=model, cancel=cancel)
    with Guest(project, cancel, imports=False, readable=[one.parent for one in paths]) as guest:
        bench = Bench(guest, project, [str(one) for one in paths])
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
        raised = expected(paths, failing, before[failing[0]].said)
        rank = partial(_ranked, source, raised=raised)
        patch = _search(_Trials(bench, source, before), before, plan, rank, ask)
    usage = Usage(seconds=time.monotonic() - began)
    if isinstance(patch, str):
        return Answer(status=Status.ABSTAINED, reason=patch, usage=usage)
    step = Step(candidate=patch, checks=_checks(before, failing, bench.protections))
    return Answer(status=Status.ANSWERED, best=step, steps=(step,), usage=usage)


def _search(
    trials: "_Trials",
    before: dict[str, Tested],
    plan: Plan,
    rank: Callable[[dict[int, float]], Iterator[Edit]],
    ask: Callable[[dict[int, float], str], Iterator[Edit]] | None,
) -> Patch | str:
    """Return the first change that helps, or why there is none."""
    suspicion = _suspicion(before)
    end = time.monotonic() + plan.seconds
    share = 1.0 if ask is None else _FOR_EDITS
    found = trials.first(rank(suspicion), end - (1 - share) * plan.seconds, plan.most)
    if found is None and ask is not None:
        said = next(one.said for one in before.values() if not one.passed)
        found = trials.first(ask(suspicion, said), end, plan.most)
    return found if found is not None else trials.why


class _Trials:
    """Changes that are tried one after the other."""

    def __init__(self, bench: Bench, source: str, before: dict[str, Tested]) -> None:
        self._bench, self._source = bench, source
        self._failing = next(name for name, one in before.items() if not one.passed)
        self._count = len(before)
        self._seen: set[str] = set()
        self.why = "no change helped: none was tried"

    def first(self, edits: Iterable[Edit], end: float, most: int) -> Patch | None:
        """Return the first after which all tests pass, within a time and a number of tries."""
        data = self._source.encode()
        for edit in edits:
            if len(self._seen) >= most or time.monotonic() > end:
                break
            text = edit.apply(data)
            if text in self._seen or not _compiles(text):
                continue
            self._seen.add(text)
            self.why = f"no change helped: {len(self._seen)} were tried"
            try:
                if self._helps(text):
                    return self._patch(edit, text)
            except (DeadlineExceeded, WorkerCrashed) as error:
                self.why = f"the sandbox ended after {len(self._seen)} candidates: {error}"
                break
        return None

    def _helps(self, text: str) -> bool:
        if not _passes(self._bench.run(text, only=[self._failing]), 1):
            return False
        return _passes(self._bench.run(text), self._count)

    def _patch(self, edit: Edit, text: str) -> Patch:
        return Patch(
            path=self._bench.file,
            before=self._source,
            after=text,
            what=edit.what,
            line=edit.line,
            tried=len(self._seen),
        )


def _suspicion(before: dict[str, Tested]) -> dict[int, float]:
    """Return how suspicious each line is that a failing test runs; empty where none runs any.

    That is Ochiai's coefficient (Abreu et al., 2007): failing tests through a line, over the root
    of all failing tests times all tests through it.
    """
    failed = [one.lines for one in before.values() if not one.passed]
    passed = [one.lines for one in before.values() if one.passed]
    found: dict[int, float] = {}
    for line in frozenset[int]().union(*failed):
        through = sum(line in lines for lines in failed)
        others = sum(line in lines for lines in passed)
        found[line] = through / math.sqrt(len(failed) * (through + others))
    return found


def _ranked(source: str, suspicion: dict[int, float], raised: Sequence[Raised]) -> Iterator[Edit]:
    """Return the edits of lines that failing tests run, by suspicion and cost."""
    edits = list(candidates(source, raised))
    if not suspicion:  # it fails before it runs, as at import: every line is suspicious
        return iter(sorted(edits, key=lambda one: one.cost))
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


def _passes(tests: dict[str, Tested], least: int) -> bool:
    return len(tests) >= least and all(one.passed for one in tests.values())


def _compiles(text: str) -> bool:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # a strange candidate is no news to whoever asks
            compile(text, "<patch>", "exec", dont_inherit=True)
    except (SyntaxError, ValueError):
        return False
    return True


def _nothing_to_do(before: dict[str, Tested], failing: list[str]) -> str:
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


def _checks(
    before: dict[str, Tested], failing: list[str], protections: Sequence[str]
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
