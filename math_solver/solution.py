"""What the solver answers with: solutions, comparisons and chains, as plain values."""

from collections.abc import Mapping
from dataclasses import dataclass

from assistants.answer import Check, Json, Verdict


@dataclass(frozen=True, slots=True, kw_only=True)
class SolutionStep:
    """One step for people: a named rule, what it makes of what, and the check of it.

    `verdict` speaks of this step alone: that `after` follows from `before` by `rule`.
    """

    rule: str
    before: str
    after: str
    reason: str = ""
    verdict: Verdict = Verdict.UNKNOWN
    check: str = ""

    def to_dict(self) -> dict[str, Json]:
        """Return the step as plain data."""
        return {
            "rule": self.rule,
            "before": self.before,
            "after": self.after,
            "reason": self.reason,
            "verdict": self.verdict.value,
            "check": self.check,
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class Solution:
    """An answer to a question, the way to it, and the reading that it is an answer to."""

    answer: str
    plan: str = ""
    steps: tuple[SolutionStep, ...] = ()
    reading: tuple[str, ...] = ()
    conditions: tuple[str, ...] = ()
    latex: str = ""

    def text(self) -> str:
        """The answer itself: `x = 2 or x = 3`, `7/2`."""
        return self.answer

    def details(self) -> Mapping[str, Json]:
        """Return the fields of a solution's row."""
        return {
            "steps": [step.to_dict() for step in self.steps],
            "reading": list(self.reading),
            "conditions": list(self.conditions),
            "latex": self.latex,
            "plan": self.plan,
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class Work:
    """What carrying out a task gave: the answer, its steps, and the checks of the whole."""

    answer: str
    checks: tuple[Check, ...]
    steps: tuple[SolutionStep, ...] = ()
    conditions: tuple[str, ...] = ()
    assumptions: tuple[str, ...] = ()
    remarks: tuple[str, ...] = ()
    """What to know beside the answer: an approximate value, complex solutions."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """What comparing two expressions or equations established.

    `conditions` are what a proof needs (a divisor that is not zero); `counterexample` is a
    point where the two differ, with both values. For two statements `relation` tells how their
    solutions compare (`equivalent`, `implies`, `follows from`, `neither`), `lost` names solutions
    of the first alone and `added` solutions of the second alone.
    """

    verdict: Verdict
    by: str
    detail: str
    conditions: tuple[str, ...] = ()
    counterexample: str = ""
    relation: str = ""
    lost: tuple[str, ...] = ()
    added: tuple[str, ...] = ()

    def check(self, *, sufficient: bool = True) -> Check:
        """Return the finding as a piece of evidence."""
        detail = self.detail
        if self.conditions:
            detail = f"{detail}; where {', '.join(self.conditions)}"
        if self.counterexample:
            detail = f"{detail}: {self.counterexample}"
        return Check(by=self.by, verdict=self.verdict, detail=detail, sufficient=sufficient)


@dataclass(frozen=True, slots=True, kw_only=True)
class Comparison:
    """Two expressions, equations or lists of solutions, and whether they are the same."""

    left: str
    right: str
    finding: Finding
    assumptions: tuple[str, ...] = ()

    def text(self) -> str:
        """The verdict in words."""
        match self.finding.verdict:
            case Verdict.PROVED:
                where = ", ".join(self.finding.conditions)
                return f"equal where {where}" if where else "equal"
            case Verdict.REFUTED:
                return f"not equal: {self.finding.counterexample}"
            case _:
                return "undecided"

    def details(self) -> Mapping[str, Json]:
        """Return the fields of a comparison's row."""
        return {
            "left": self.left,
            "right": self.right,
            "conditions": list(self.finding.conditions),
            "counterexample": self.finding.counterexample or None,
            "reading": list(self.assumptions),
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class Chain:
    """A chain of lines, and for each line after the first whether it follows.

    `end` tells of solutions in the last line that do not solve the first.
    """

    lines: tuple[str, ...]
    links: tuple[Finding, ...]
    end: Finding | None = None
    assumptions: tuple[str, ...] = ()

    def text(self) -> str:
        """Which line fails first, or that all follow."""
        for number, link in enumerate(self.links, start=2):
            if link.verdict is Verdict.REFUTED:
                return f"line {number} does not follow: {link.counterexample or link.detail}"
        if self.end is not None:
            return f"line {len(self.lines)}: {self.end.counterexample}"
        undecided = [n for n, f in enumerate(self.links, start=2) if f.verdict is Verdict.UNKNOWN]
        if undecided:
            return f"undecided: line {', '.join(map(str, undecided))}"
        needed = dict.fromkeys(c for link in self.links for c in link.conditions)
        return f"every line follows, where {', '.join(needed)}" if needed else "every line follows"

    def details(self) -> Mapping[str, Json]:
        """Return the fields of a chain's row."""
        return {
            "lines": [_link_row(line, link) for line, link in zip(self.lines[1:], self.links,
                                                                  strict=True)],
            "extraneous": list(self.end.added) if self.end else [],
            "reading": list(self.assumptions),
        }  # fmt: skip


def _link_row(line: str, link: Finding) -> Mapping[str, Json]:
    return {
        "line": line,
        "verdict": link.verdict.value,
        "relation": link.relation or None,
        "detail": link.check().detail,
        "counterexample": link.counterexample or None,
        "conditions": list(link.conditions),
        "lost": list(link.lost),
        "added": list(link.added),
    }
