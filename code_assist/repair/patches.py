"""Edits of a text, and the patch that an answer holds."""

import difflib
from collections.abc import Mapping
from dataclasses import dataclass

from assistants.answer import Json


@dataclass(frozen=True, slots=True, kw_only=True)
class Edit:
    """Text in place of the bytes `start:end` of a file; its line, what it is, how likely (cost)."""

    start: int
    end: int
    text: str
    line: int
    what: str
    cost: float

    def apply(self, data: bytes) -> str:
        """Return the text with the edit."""
        return (data[: self.start] + self.text.encode() + data[self.end :]).decode()


@dataclass(frozen=True, slots=True, kw_only=True)
class Patch:
    """A change of one file: before and after, and what was changed in words."""

    path: str
    before: str
    after: str
    what: str
    line: int
    tried: int

    def text(self) -> str:
        """Return the change as a unified diff."""
        lines = difflib.unified_diff(
            self.before.splitlines(), self.after.splitlines(), self.path, self.path, "", "", 2, ""
        )
        return "\n".join(lines)

    def details(self) -> Mapping[str, Json]:
        """Return the diff, its place, and how many candidates were tried."""
        return {
            "path": self.path,
            "diff": self.text(),
            "line": self.line,
            "change": self.what,
            "tried": self.tried,
        }
