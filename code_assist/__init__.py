"""The code assistant: Python and Java, completion and diagnostics that keep a file parsing."""

from .complete import complete
from .completion import Completion
from .diagnose import Diagnostic, Severity, diagnose
from .names import names, typed_word
from .source import Position, Source, Span

__all__ = [
    "Completion",
    "Diagnostic",
    "Position",
    "Severity",
    "Source",
    "Span",
    "complete",
    "diagnose",
    "names",
    "typed_word",
]
