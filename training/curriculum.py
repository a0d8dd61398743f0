"""The course of a run in three stages: general, domain, alignment.

What a stage reads and how it balances is a frozen table; which stage a step belongs to follows from
how much of the run is over, so a run that is interrupted goes on in the right one. The learning
rate stands on its plateau until the last stage and falls to zero in it (Hu et al. 2024, MiniCPM,
arXiv 2404.06395: better data belong where the rate falls).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal, TypeAlias

from training.schedule import Schedule
from training.stream import Shares

Balancing: TypeAlias = Literal["pass", "step"]
"""Which bias chooses experts: one that balances each pass, or the stored one, as at inference."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Stage:
    """A part of a run: its share of the whole, what it reads, how experts are chosen."""

    name: str
    share: float
    shares: Shares
    balancing: Balancing = "pass"


CURRICULUM = (
    Stage(name="general", share=0.50, shares=Shares(domain=0.15, asked=0.20)),
    Stage(name="domain", share=0.25, shares=Shares(domain=0.40, repair=0.10, asked=0.25)),
    Stage(
        name="alignment",
        share=0.25,
        shares=Shares(domain=0.35, repair=0.20, asked=0.35),
        balancing="step",
    ),
)


def stage_at(stages: Sequence[Stage], progress: float) -> Stage:
    """The stage at a share, in [0, 1], of a run that is over."""
    passed = 0.0
    for stage in stages[:-1]:
        passed += stage.share
        if progress < passed:
            return stage
    return stages[-1]


def schedule_of(stages: Sequence[Stage]) -> Schedule:
    """A plateau up to the last stage, and a fall to zero in it."""
    return Schedule(cooldown=stages[-1].share)
