"""The code assistant: Python and Java, completion and diagnostics that keep a file parsing."""

from . import navigation
from .complete import complete
from .completion import Completion
from .diagnose import Diagnostic, Severity, diagnose
from .fixes import Fix, fixes
from .names import names, typed_word
from .outline import Definition, outline
from .source import Position, Source, Span
from .workspace import Workspace

__all__ = [
    "Completion",
    "Definition",
    "Diagnostic",
    "Fix",
    "Position",
    "Severity",
    "Source",
    "Span",
    "Workspace",
    "complete",
    "diagnose",
    "fixes",
    "names",
    "navigation",
    "outline",
    "typed_word",
]
