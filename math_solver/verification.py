"""Comparing what a person wrote: two expressions or equations, or a whole chain of lines."""

import time
from collections.abc import Sequence
from itertools import pairwise

from assistants import deadline
from assistants.answer import Answer, Check, Status, Step, Usage, Verdict
from assistants.errors import DeadlineExceeded, InputError, WorkerCrashed

from . import worker
from .solution import Chain, Comparison, Finding

MAX_LINES = 200
MIN_SECONDS = 0.2


def verify(left: str, right: str, *, seconds: float = 10.0) -> Answer[Comparison]:
    """Compare two expressions, equations or lists of solutions (`x = 1 or x = 2`).

    The answer's verdict is `proved` (with the conditions under which both sides exist), `refuted`
    (with a counterexample) or `unknown`. Raises `InputError` where a side cannot be read.
    """
    start = time.monotonic()
    finding, assumed = compare(left, right, seconds)
    comparison = Comparison(left=left, right=right, finding=finding, assumptions=assumed)
    step = Step(candidate=comparison, checks=(finding.check(),))
    return Answer(
        status=Status.ANSWERED,
        best=step,
        steps=(step,),
        usage=Usage(seconds=round(time.monotonic() - start, 4)),
    )


def compare(left: str, right: str, seconds: float) -> tuple[Finding, tuple[str, ...]]:
    """Compare in a worker; running out of time is `unknown`. Raises `InputError`."""
    for side in (left, right):
        if not side.strip():
            raise InputError("there is nothing to compare", hint="give two expressions")
        worker.read_line(side)
    deadline.warm(worker.HEAVY)
    try:
        return deadline.call(worker.compare, left, right, seconds=max(seconds, MIN_SECONDS))
    except (DeadlineExceeded, WorkerCrashed) as error:
        finding = Finding(verdict=Verdict.UNKNOWN, by="deadline", detail=str(error))
        return finding, ()


def verify_chain(steps: Sequence[str], *, seconds: float = 10.0) -> Answer[Chain]:
    """Check that each line of a chain follows from the line before.

    `seconds` is for the whole chain. Raises `InputError` for fewer than two lines, or for a line
    that cannot be read.
    """
    lines = tuple(line.strip() for line in steps if line.strip())
    if not 2 <= len(lines) <= MAX_LINES:
        raise InputError(
            f"a chain has 2 to {MAX_LINES} lines, this one {len(lines)}",
            hint="give one step a line",
        )
    start = time.monotonic()
    links: list[Finding] = []
    for before, after in pairwise(lines):
        left = seconds - (time.monotonic() - start)
        links.append(compare(before, after, left)[0])
    chain = Chain(lines=lines, links=tuple(links))
    checks = tuple(
        Check(by=f"line {number}: {link.by}", verdict=link.verdict, detail=link.check().detail)
        for number, link in enumerate(links, start=2)
    )
    proved = all(link.verdict is Verdict.PROVED for link in links)
    whole = Check(
        by="chain",
        verdict=Verdict.PROVED if proved else Verdict.UNKNOWN,
        detail=chain.text(),
        sufficient=True,
    )
    step = Step(candidate=chain, checks=(*checks, whole))
    return Answer(
        status=Status.ANSWERED,
        best=step,
        steps=(step,),
        usage=Usage(seconds=round(time.monotonic() - start, 4)),
    )
