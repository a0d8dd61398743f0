"""Small candidates and answers for tests of the command line."""

from collections.abc import Mapping
from dataclasses import dataclass, field

import pytest

from assistants.answer import Answer, Check, Json, Status, Step, Verdict


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """A candidate that is what it was made of."""

    said: str
    more: Mapping[str, Json] = field(default_factory=dict)

    def text(self) -> str:
        return self.said

    def details(self) -> Mapping[str, Json]:
        return self.more


def _proved(said: str, **more: Json) -> Answer[Shown]:
    """An answer that one sufficient check proves."""
    check = Check(by="substitution", verdict=Verdict.PROVED, detail="substituted", sufficient=True)
    return _answered(said, check, **more)


def _answered(said: str, *checks: Check, **more: Json) -> Answer[Shown]:
    """An answer with these checks."""
    step = Step(candidate=Shown(said=said, more=more), checks=checks)
    return Answer(status=Status.ANSWERED, best=step, steps=(step,))


@pytest.fixture
def proved():
    """Makes answers that one sufficient check proves."""
    return _proved


@pytest.fixture
def answered():
    """Makes answers with the checks that it is given."""
    return _answered
