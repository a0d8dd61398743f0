"""The values that completing answers with."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from assistants.answer import Json

from .source import Span

Origin = Literal["model", "ngram", "analysis"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Completion:
    """Text to put in place of `span` (empty at the cursor, or the word typed so far).

    `origin` says who proposed it (`ngram`: what the workspace repeats, without a model); `kind` is
    what static analysis knows about a name (`function`, `class`, `module`, `variable`, …), empty
    for written text.
    """

    new_text: str
    span: Span
    origin: Origin
    kind: str = ""
    detail: str = ""

    def text(self) -> str:
        """Return the text to insert."""
        return self.new_text

    def details(self) -> Mapping[str, Json]:
        """Return the row fields: the text, the zero-based range it replaces, who proposed it."""
        start, end = self.span.start, self.span.end
        return {
            "completion": self.new_text,
            "range": {
                "start": {"line": start.line, "column": start.column},
                "end": {"line": end.line, "column": end.column},
            },
            "origin": self.origin,
        }
