"""A proof as plain data: steps that each follow from earlier ones, and what was asked."""

from dataclasses import dataclass
from fractions import Fraction

from .facts import Fact
from .forms import Chase, Statement

GIVEN = "given"
SEEN = "seen"
SAME = "same"
LAW = "law"


@dataclass(frozen=True, slots=True, kw_only=True)
class ProofStep:
    """One deduction.

    `rule` is the number of a theorem of `rules.txt`, a kind of chase, or one of `given` (by
    construction), `seen` (a condition that the figure decides), `same` (both sides are the same)
    and `law` (an equation between lengths or directions). `counts` are the coefficients with which
    a chase adds its premises up.
    """

    rule: str
    premises: tuple[Statement, ...]
    conclusion: Statement
    counts: tuple[Fraction, ...] = ()

    @property
    def chase(self) -> Chase | None:
        """The kind of equations that are added up, None for other rules."""
        return Chase(self.rule) if self.rule in set(Chase) else None


@dataclass(frozen=True, slots=True, kw_only=True)
class Proof:
    """Steps in order; the goals are among the conclusions."""

    steps: tuple[ProofStep, ...]
    goals: tuple[Fact, ...]

    @property
    def conditions(self) -> tuple[Fact, ...]:
        """What the proof takes from the figure."""
        found = (
            step.conclusion
            for step in self.steps
            if step.rule == SEEN and isinstance(step.conclusion, Fact)
        )
        return tuple(dict.fromkeys(found))
