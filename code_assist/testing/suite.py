"""The answer's values: a test file that was run, and what was left out."""

from collections.abc import Mapping
from dataclasses import dataclass

from assistants.answer import Check, Json, Verdict


@dataclass(frozen=True, slots=True, kw_only=True)
class Untested:
    """A function or method without a test, and why."""

    name: str
    reason: str

    def to_dict(self) -> dict[str, Json]:
        """Return it as plain data."""
        return {"name": self.name, "reason": self.reason}


@dataclass(frozen=True, slots=True, kw_only=True)
class Measured:
    """What the tests of one function reach. Counts include what existing tests reach."""

    name: str
    tests: int
    branches: int
    covered: int
    mutants: int
    killed: int
    alive: tuple[str, ...] = ()

    def to_dict(self) -> dict[str, Json]:
        """Return it as plain data."""
        return {
            "name": self.name,
            "tests": self.tests,
            "branches": self.branches,
            "covered": self.covered,
            "mutants": self.mutants,
            "killed": self.killed,
            "surviving": list(self.alive),
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class TestSuite:
    """A test file: `code` is the whole of it, `path` where it belongs."""

    __test__ = False  # for pytest, which looks for classes of this name

    code: str
    path: str
    measured: tuple[Measured, ...]
    untested: tuple[Untested, ...]
    existing: bool = False

    def text(self) -> str:
        """Return the test file."""
        return self.code

    def details(self) -> Mapping[str, Json]:
        """Return the scores by function and what is not tested, with the reason."""
        return {
            "path": self.path,
            "tests": sum(one.tests for one in self.measured),
            "branch_coverage": share(self.measured, "covered", "branches"),
            "mutation_score": share(self.measured, "killed", "mutants"),
            "functions": [one.to_dict() for one in self.measured],
            "untested": [one.to_dict() for one in self.untested],
            "extends": self.existing,
        }


def share(measured: tuple[Measured, ...], part: str, whole: str) -> float | None:
    """Return a share over all functions, None where there is nothing to share."""
    total = sum(getattr(one, whole) for one in measured)
    return round(sum(getattr(one, part) for one in measured) / total, 4) if total else None


def score_checks(measured: tuple[Measured, ...]) -> tuple[Check, Check]:
    """Return what the tests reach, as evidence: branches, and mutants."""
    covered, score = share(measured, "covered", "branches"), share(measured, "killed", "mutants")
    return (
        Check(
            by="branch coverage",
            verdict=Verdict.PROVED if covered == 1 else Verdict.UNKNOWN,
            detail="no branches" if covered is None else f"{covered:.1%} of the branches are taken",
        ),
        Check(
            by="mutation score",
            verdict=Verdict.PROVED if score == 1 else Verdict.UNKNOWN,
            detail="no mutants" if score is None else f"{score:.1%} of the mutants are noticed",
        ),
    )
