"""The loop that all three assistants share: propose, check, hand back the complaints, answer.

The order of the verifiers is the order of their cost, and the first refutation ends an attempt.
The loop ends at the first proved candidate, when the proposer has nothing more to say, or when
the attempts are used up. A candidate that nobody refuted is kept, as unknown.
"""

from collections.abc import Callable, Sequence
from typing import Protocol, TypeVar

from .answer import Answer, Candidate, Check, Status, Step, Usage, Verdict
from .model import Cancel

T = TypeVar("T", bound=Candidate)
T_contra = TypeVar("T_contra", bound=Candidate, contravariant=True)


class Verifier(Protocol[T_contra]):
    """One way to find out whether a candidate is right."""

    def check(self, candidate: T_contra, /) -> Check:
        """Return what was found; never raise for a bad candidate, never hang."""
        ...


Proposer = Callable[[Sequence[Check]], T | None]
"""Given the complaints about the last attempt, the next candidate, or None for no more."""


def refine(
    propose: Proposer[T],
    verifiers: Sequence[Verifier[T]],
    *,
    attempts: int = 3,
    cancel: Cancel | None = None,
    usage: Callable[[], Usage] = Usage,
) -> Answer[T]:
    """Return the first proved candidate, else the first that stands unrefuted, else abstain.

    `usage` is asked once, at the end, for what the proposer spent.
    """
    steps: list[Step[T]] = []
    complaints: tuple[Check, ...] = ()
    for _ in range(attempts):
        if cancel is not None:
            cancel.raise_if_cancelled()
        candidate = propose(complaints)
        if candidate is None:
            break
        step = Step(candidate=candidate, checks=_examine(candidate, verifiers))
        steps.append(step)
        if step.verdict is Verdict.PROVED:
            break
        complaints = tuple(c for c in step.checks if c.verdict is not Verdict.PROVED)
    return _conclude(tuple(steps), usage())


def _examine(candidate: T, verifiers: Sequence[Verifier[T]]) -> tuple[Check, ...]:
    checks: list[Check] = []
    for verifier in verifiers:
        checks.append(verifier.check(candidate))
        if checks[-1].verdict is Verdict.REFUTED:
            break
    return tuple(checks)


def _conclude(steps: tuple[Step[T], ...], usage: Usage) -> Answer[T]:
    for wanted in (Verdict.PROVED, Verdict.UNKNOWN):
        for step in steps:
            if step.verdict is wanted:
                return Answer(status=Status.ANSWERED, best=step, steps=steps, usage=usage)
    if not steps:
        return Answer(status=Status.ABSTAINED, reason="no candidate answer was found", usage=usage)
    refutation = next(c for c in steps[-1].checks if c.verdict is Verdict.REFUTED)
    return Answer(
        status=Status.ABSTAINED,
        steps=steps,
        reason=f"every candidate was refuted; the last by {refutation.by}: {refutation.detail}",
        usage=usage,
    )
