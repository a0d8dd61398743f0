"""The loop: when it ends, what it hands back, and what it concludes."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import pytest

from assistants.answer import Check, Status, Usage, Verdict
from assistants.errors import Cancelled
from assistants.model import Cancel
from assistants.refine import refine


@dataclass(frozen=True)
class Number:
    """A candidate: a number."""

    value: int

    def text(self) -> str:
        return str(self.value)

    def details(self) -> Mapping[str, Any]:
        return {}


@dataclass
class Rule:
    """Answers with the verdict that a table gives for the candidate, and counts its calls."""

    name: str
    verdicts: Mapping[int, Verdict]
    sufficient: bool = False
    calls: int = 0

    def check(self, candidate: Number, /) -> Check:
        self.calls += 1
        verdict = self.verdicts.get(candidate.value, Verdict.UNKNOWN)
        detail = f"{candidate.value} {verdict}"
        return Check(by=self.name, verdict=verdict, detail=detail, sufficient=self.sufficient)


class Counting:
    """Proposes 1, 2, 3 …, up to a last one, and keeps the complaints."""

    def __init__(self, last: int = 99) -> None:
        self.last = last
        self.heard: list[list[str]] = []

    def __call__(self, complaints: Sequence[Check]) -> Number | None:
        self.heard.append([check.detail for check in complaints])
        return Number(len(self.heard)) if len(self.heard) <= self.last else None


def test_first_proved_candidate_ends_the_loop() -> None:
    rule = Rule("proof", {1: Verdict.REFUTED, 2: Verdict.PROVED}, sufficient=True)
    propose = Counting()
    answer = refine(propose, [rule], attempts=5)
    assert (answer.status, answer.verdict) == (Status.ANSWERED, Verdict.PROVED)
    assert answer.best is not None
    assert answer.best.candidate == Number(2)
    assert [step.verdict for step in answer.steps] == [Verdict.REFUTED, Verdict.PROVED]
    assert propose.heard == [[], ["1 refuted"]]


def test_well_formed_is_not_proved() -> None:
    formed = Rule("parser", dict.fromkeys(range(9), Verdict.PROVED))
    answer = refine(Counting(), [formed], attempts=2)
    assert (answer.status, answer.verdict, len(answer.steps)) == (
        Status.ANSWERED,
        Verdict.UNKNOWN,
        2,
    )


def test_first_refutation_spares_the_costly_checks() -> None:
    cheap = Rule("cheap", {1: Verdict.REFUTED})
    costly = Rule("costly", {2: Verdict.PROVED}, sufficient=True)
    answer = refine(Counting(), [cheap, costly], attempts=2)
    assert (cheap.calls, costly.calls, answer.verdict) == (2, 1, Verdict.PROVED)


def test_proof_does_not_outweigh_a_later_refutation() -> None:
    proof = Rule("proof", {1: Verdict.PROVED}, sufficient=True)
    refuter = Rule("refuter", {1: Verdict.REFUTED})
    answer = refine(Counting(1), [proof, refuter])
    assert (answer.status, answer.best) == (Status.ABSTAINED, None)
    assert answer.reason == "every candidate was refuted; the last by refuter: 1 refuted"


def test_unrefuted_candidate_is_kept_when_later_ones_are_refuted() -> None:
    rule = Rule("rule", {2: Verdict.REFUTED, 3: Verdict.REFUTED})
    answer = refine(Counting(), [rule], attempts=3)
    assert answer.best is not None
    assert (answer.best.candidate, answer.verdict) == (Number(1), Verdict.UNKNOWN)


@pytest.mark.parametrize("attempts", [0, 3])
def test_nothing_proposed_is_abstaining(attempts: int) -> None:
    answer = refine(Counting(0), [], attempts=attempts, usage=lambda: Usage(prompt_tokens=7))
    assert (answer.status, answer.reason) == (Status.ABSTAINED, "no candidate answer was found")
    assert answer.usage.prompt_tokens == 7


def test_cancel_is_heard_before_an_attempt() -> None:
    cancel = Cancel()
    cancel.cancel()
    propose = Counting()
    with pytest.raises(Cancelled):
        refine(propose, [], cancel=cancel)
    assert propose.heard == []
