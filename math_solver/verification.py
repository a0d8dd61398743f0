"""Comparing what a person wrote: two expressions or statements, or a whole chain of lines.

Reading happens here; everything symbolic in warm worker processes, each line with a deadline.
"""

import time
from collections.abc import Sequence
from dataclasses import replace
from typing import TypeVar

from assistants import deadline
from assistants.answer import Answer, Check, Status, Step, Usage, Verdict
from assistants.errors import DeadlineExceeded, InputError, WorkerCrashed

from . import worker
from .lines import LEFT_OUT, Line, read_line
from .reading import Tree
from .reading.typed import common_logarithm, signs, with_common_logarithm
from .solution import Chain, Comparison, Finding

T = TypeVar("T", Comparison, Chain)
MAX_LINES = 200
MIN_SECONDS = 0.2
MEMORY_MB = 1_500
SHARE = 3
"""A line may take so many times its equal share of the time that is left."""


def verify(left: str, right: str, *, seconds: float = 10.0) -> Answer[Comparison]:
    """Compare two expressions, equations or lists of solutions (`x = 1 or x = 2`).

    The answer's verdict is `proved` (with the conditions under which both sides exist), `refuted`
    (with a counterexample) or `unknown`. Raises `InputError` where a side cannot be read.
    """
    start = time.monotonic()
    finding, assumed = compare(left, right, seconds)
    comparison = Comparison(left=left, right=right, finding=finding, assumptions=assumed)
    step = Step(candidate=comparison, checks=(finding.check(),))
    return _answer(step, start)


def compare(left: str, right: str, seconds: float) -> tuple[Finding, tuple[str, ...]]:
    """Compare in a worker; running out of time is `unknown`. Raises `InputError`."""
    first, second = _read_pair(left, right)
    assumed = tuple(dict.fromkeys((*first.assumptions, *second.assumptions)))
    deadline.warm(worker.HEAVY)
    try:
        finding = deadline.call(
            worker.compare, first, second, seconds=max(seconds, MIN_SECONDS), memory_mb=MEMORY_MB
        )
    except (DeadlineExceeded, WorkerCrashed) as error:
        finding = _out_of_time(error)
    return finding, assumed


def _read_pair(left: str, right: str) -> tuple[Line, Line]:
    if common_logarithm(f"{left}\n{right}"):
        left, right = with_common_logarithm(left), with_common_logarithm(right)
        told: tuple[str, ...] = ("log is the logarithm to base 10",)
    else:
        told = ()
    first, second = read_line(signs(left)), read_line(signs(right))
    units = {a for a in (*first.assumptions, *second.assumptions) if a.startswith(LEFT_OUT)}
    if len(units) > 1:
        raise InputError("the two sides have different units", hint="convert to one unit first")
    return replace(first, assumptions=(*told, *first.assumptions)), second


def _out_of_time(error: DeadlineExceeded | WorkerCrashed) -> Finding:
    return Finding(verdict=Verdict.UNKNOWN, by="deadline", detail=str(error))


def verify_chain(steps: Sequence[str], *, seconds: float = 10.0) -> Answer[Chain]:
    """Check that each line of a chain follows from the line before, or from earlier ones.

    `seconds` is for the whole chain. The solutions in the last line are put into the first: what
    a step added and nobody excluded is refuted there. Raises `InputError` for fewer than two
    lines, or for a line that cannot be read.
    """
    texts = tuple(line.strip() for line in steps if line.strip())
    if not 2 <= len(texts) <= MAX_LINES:
        raise InputError(
            f"a chain has 2 to {MAX_LINES} lines, this one {len(texts)}",
            hint="give one step a line",
        )
    start = time.monotonic()
    lines = _read(texts)
    deadline.warm(worker.HEAVY)
    links = [
        _link(lines, index, seconds - (time.monotonic() - start)) for index in range(1, len(lines))
    ]
    end = _end(lines, links, seconds - (time.monotonic() - start))
    assumed = tuple(dict.fromkeys(a for line in lines for a in line.assumptions))
    chain = Chain(lines=texts, links=tuple(links), end=end, assumptions=assumed)
    return _answer(Step(candidate=chain, checks=_checks(chain)), start)


def _read(texts: Sequence[str]) -> list[Line]:
    """Read lines together: what a bare `log` means, and which unit was left out, is one thing.

    Raises `InputError` for a line that cannot be read, or for two units.
    """
    told: tuple[str, ...] = ()
    if common_logarithm("\n".join(texts)):
        texts = [with_common_logarithm(text) for text in texts]
        told = ("log is the logarithm to base 10",)
    lines = [_numbered(number, signs(text)) for number, text in enumerate(texts, start=1)]
    units = {a for line in lines for a in line.assumptions if a.startswith(LEFT_OUT)}
    if len(units) > 1:
        raise InputError(
            f"two units in one chain: {', '.join(u.removeprefix(LEFT_OUT) for u in sorted(units))}",
            hint="convert to one unit first, or leave the units out",
        )
    return [replace(line, assumptions=(*told, *line.assumptions)) for line in lines]


def _numbered(number: int, text: str) -> Line:
    try:
        return read_line(text)
    except InputError as error:
        raise InputError(f"line {number}: {error}", hint=error.hint) from None


def _link(lines: Sequence[Line], index: int, left: float) -> Finding:
    share = max(left / (len(lines) - index) * SHARE, MIN_SECONDS)
    seconds = max(min(left, share), MIN_SECONDS)
    try:
        return deadline.call(
            worker.check_line, tuple(lines[: index + 1]), index, seconds=seconds,
            memory_mb=MEMORY_MB,
        )  # fmt: skip
    except (DeadlineExceeded, WorkerCrashed) as error:
        return _out_of_time(error)


def check_steps(lines: Sequence[Line], first: int, seconds: float) -> list[Finding]:
    """Judge the lines from one on, each by those before it; the first that fails ends it."""
    start = time.monotonic()
    deadline.warm(worker.HEAVY)
    findings: list[Finding] = []
    for index in range(first, len(lines)):
        findings.append(_link(lines, index, seconds - (time.monotonic() - start)))
        if findings[-1].verdict is not Verdict.PROVED:
            break
    return findings


def equal(left: Tree, right: Tree, seconds: float = 5.0) -> bool:
    """Whether two expressions are proved equal."""
    pair = (Line(source="", expression=left), Line(source="", expression=right))
    try:
        found = deadline.call(worker.compare, *pair, seconds=seconds, memory_mb=MEMORY_MB)
    except (DeadlineExceeded, WorkerCrashed, InputError):
        return False
    return found.verdict is Verdict.PROVED


def _end(lines: Sequence[Line], links: Sequence[Finding], left: float) -> Finding | None:
    """Look for extraneous solutions, where no line was refuted before."""
    if any(link.verdict is Verdict.REFUTED for link in links):
        return None
    try:
        return deadline.call(
            worker.check_end, tuple(lines), seconds=max(left, MIN_SECONDS), memory_mb=MEMORY_MB
        )
    except (DeadlineExceeded, WorkerCrashed):
        return None  # nothing is refuted by running out of time


def _checks(chain: Chain) -> tuple[Check, ...]:
    checks = [
        Check(by=f"line {number}: {link.by}", verdict=link.verdict, detail=link.check().detail)
        for number, link in enumerate(chain.links, start=2)
    ]
    if chain.end is not None:
        checks.append(replace(chain.end.check(), by=f"line {len(chain.lines)} against line 1"))
    proved = all(link.verdict is Verdict.PROVED for link in chain.links) and chain.end is None
    whole = Check(
        by="chain",
        verdict=Verdict.PROVED if proved else Verdict.UNKNOWN,
        detail=chain.text(),
        sufficient=True,
    )
    return (*checks, whole)


def _answer(step: Step[T], start: float) -> Answer[T]:
    return Answer(
        status=Status.ANSWERED,
        best=step,
        steps=(step,),
        usage=Usage(seconds=round(time.monotonic() - start, 4)),
    )
