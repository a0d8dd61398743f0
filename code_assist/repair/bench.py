"""A project's tests run in the sandbox against other texts of one file; nothing on disk changes."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from assistants.answer import Json
from assistants.errors import InputError
from code_assist.testing import Project
from code_assist.testing.guest import Guest

_FIRST_PATIENCE = 10.0  # seconds of the processor for each test


@dataclass(frozen=True, slots=True, kw_only=True)
class Tested:
    """How a test ended, the lines of the file that it ran, what it said, how long it took."""

    passed: bool
    lines: frozenset[int]
    said: str
    seconds: float


class Bench:
    """Runs tests against texts of the file."""

    def __init__(self, guest: Guest, project: Project, tests: list[str]) -> None:
        self._guest, self._project, self._tests = guest, project, tests
        self.protections = guest.protections
        self.file = str(project.file)
        self.limit, self.patience = 60.0, _FIRST_PATIENCE

    def run(self, text: str, *, only: Sequence[str] = (), trace: bool = False) -> dict[str, Tested]:
        """Return how each test ended; nothing where the run did not come to its end."""
        order: dict[str, Json] = {
            "do": "try",
            "module": self._project.module,
            "home": str(self._project.home),
            "text": text,
            "tests": list(only) or self._tests,
            "trace": trace,
            "stop": not trace,
            "limit": max(1, math.ceil(self.limit)),
            "patience": self.patience,
        }
        answer = self._guest.ask(order, seconds=self.limit)
        rows = answer.get("tests")
        found: dict[str, Tested] = {}
        for name, row in rows.items() if isinstance(rows, Mapping) else ():
            if isinstance(row, Sequence) and not isinstance(row, str):
                how, lines, said, seconds = row
                numbers = lines if isinstance(lines, Sequence) else ()
                found[name] = Tested(
                    passed=how == "passed",
                    lines=frozenset(n for n in numbers if isinstance(n, int)),
                    said=str(said),
                    seconds=float(str(seconds)),
                )
        return found


def test_files(tests: Sequence[Path]) -> list[Path]:
    """Return the places of tests; `InputError` where there are none."""
    if not tests:
        raise InputError(
            "there are no tests to go by", hint="plumb fix FILE --tests tests/test_x.py"
        )
    for one in tests:
        if not one.exists():
            raise InputError(f"{one}: no such file", hint="check the path")
    return [one.resolve() for one in tests]
