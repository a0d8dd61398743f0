"""The values that every assistant answers with, and every front end renders.

An answer carries its trail: each attempt, each check, and what the checks established. Nothing
here computes. A domain supplies the candidate type `T` (a solution, a query's result, a
completion) and tells through the small `Candidate` protocol how it is shown.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Generic, Protocol, TypeAlias, TypeVar

SCHEMA = 1
"""Version of the dictionary that `Answer.to_dict` returns, wherever it is printed."""

Json: TypeAlias = "bool | int | float | str | Sequence[Json] | Mapping[str, Json] | None"


class Verdict(StrEnum):
    """What checking established. Running out of time is never a refutation."""

    PROVED = "proved"
    REFUTED = "refuted"
    UNKNOWN = "unknown"


class Status(StrEnum):
    """How a request ended."""

    ANSWERED = "answered"
    NEEDS_CLARIFICATION = "needs_clarification"
    ABSTAINED = "abstained"
    REFUSED = "refused"
    FAILED = "failed"


@dataclass(frozen=True, slots=True, kw_only=True)
class Check:
    """One piece of evidence about a candidate.

    `sufficient` says that proving this check proves the candidate itself. A check that a
    candidate is merely well formed (it parses, it binds, it runs) can refute it and can never
    prove it, so the default is False.
    """

    by: str
    verdict: Verdict
    detail: str = ""
    sufficient: bool = False
    certificate: str | None = None

    def to_dict(self) -> dict[str, Json]:
        """Return the check as plain data."""
        row: dict[str, Json] = {"by": self.by, "verdict": self.verdict.value, "detail": self.detail}
        if self.certificate is not None:
            row["certificate"] = self.certificate
        return row


class Candidate(Protocol):
    """What a domain's candidate must offer to be shown."""

    def text(self) -> str:
        """Return the answer itself on as few lines as it takes; exact numbers stay exact."""
        ...

    def details(self) -> Mapping[str, Json]:
        """Return this domain's row fields (`sql`, `columns`, `rows`, `completion`, `steps`).

        `steps` takes the place of the attempts; no other common field can be replaced.
        """
        ...


T = TypeVar("T", bound=Candidate)
T_co = TypeVar("T_co", bound=Candidate, covariant=True)


def combine(checks: Sequence[Check]) -> Verdict:
    """Return what a set of checks establishes about their candidate.

    One refutation refutes; otherwise one proof of a sufficient check proves; else it is unknown.
    """
    if any(check.verdict is Verdict.REFUTED for check in checks):
        return Verdict.REFUTED
    if any(check.sufficient and check.verdict is Verdict.PROVED for check in checks):
        return Verdict.PROVED
    return Verdict.UNKNOWN


@dataclass(frozen=True, slots=True, kw_only=True)
class Step(Generic[T_co]):
    """One attempt: a candidate and what checking it found."""

    candidate: T_co
    checks: tuple[Check, ...]

    @property
    def verdict(self) -> Verdict:
        """What this attempt's checks establish together."""
        return combine(self.checks)

    def to_dict(self) -> dict[str, Json]:
        """Return the attempt as plain data."""
        return {
            "candidate": self.candidate.text(),
            "verdict": self.verdict.value,
            "checks": [check.to_dict() for check in self.checks],
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class Clarification:
    """One short question back, with the choices that would settle it."""

    question: str
    choices: tuple[str, ...] = ()

    def to_dict(self) -> dict[str, Json]:
        """Return the question as plain data."""
        return {"question": self.question, "choices": list(self.choices)}


@dataclass(frozen=True, slots=True, kw_only=True)
class Usage:
    """What an answer cost. `cached_tokens` of the prompt came from the prefix cache."""

    model: str = ""
    prompt_tokens: int = 0
    cached_tokens: int = 0
    completion_tokens: int = 0
    seconds: float = 0.0

    def __add__(self, other: "Usage") -> "Usage":
        return Usage(
            model=self.model or other.model,
            prompt_tokens=self.prompt_tokens + other.prompt_tokens,
            cached_tokens=self.cached_tokens + other.cached_tokens,
            completion_tokens=self.completion_tokens + other.completion_tokens,
            seconds=self.seconds + other.seconds,
        )

    def to_dict(self) -> dict[str, Json]:
        """Return the cost as plain data; seconds are rounded to a tenth of a millisecond."""
        return {
            "model": self.model,
            "prompt_tokens": self.prompt_tokens,
            "cached_tokens": self.cached_tokens,
            "completion_tokens": self.completion_tokens,
            "seconds": round(self.seconds, 4),
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer(Generic[T_co]):
    """How a request ended, the best candidate if there is one, and the whole trail.

    `reason` says in one sentence why there is no answer (abstained, refused, failed: the row's
    `error`), or what to know about the one there is (the row's `note`).
    """

    status: Status
    best: Step[T_co] | None = None
    steps: tuple[Step[T_co], ...] = ()
    clarification: Clarification | None = None
    reason: str = ""
    usage: Usage = Usage()

    @property
    def verdict(self) -> Verdict:
        """The verdict of the best candidate; unknown where there is none."""
        return self.best.verdict if self.best is not None else Verdict.UNKNOWN

    @property
    def evidence(self) -> tuple[Check, ...]:
        """The checks of the best candidate."""
        return self.best.checks if self.best is not None else ()

    def to_dict(self) -> dict[str, Json]:
        """Return the versioned row that the command line, batch, server and editor share."""
        answered = self.status is Status.ANSWERED and self.best is not None
        row: dict[str, Json] = {
            "schema": SCHEMA,
            "status": self.status.value,
            "verdict": self.verdict.value,
            "answer": self.best.candidate.text() if answered and self.best else None,
            "steps": [step.to_dict() for step in self.steps],
            "evidence": [check.to_dict() for check in self.evidence],
            "clarification": self.clarification.to_dict() if self.clarification else None,
            "usage": self.usage.to_dict(),
            "error": None if answered else (self.reason or None),
        }
        if answered and self.best is not None:
            extra = dict(self.best.candidate.details())
            row["steps"] = extra.pop("steps", row["steps"])
            # A domain adds its fields; it cannot change what the checks established.
            row.update({name: value for name, value in extra.items() if name not in row})
            if self.reason:
                row["note"] = self.reason
        return row
