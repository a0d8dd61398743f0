"""The code assistant: Python and Java, completion and diagnostics that keep a file parsing."""

from . import navigation
from .complete import complete
from .completion import Completion
from .diagnose import Diagnostic, Severity, diagnose
from .fixes import Fix, fixes
from .names import Offered, names, offered, typed_word
from .outline import Definition, outline
from .project import Project, read_project
from .source import Position, Source, Span
from .warming import warm
from .workspace import Workspace

__all__ = [
    "Completion",
    "Definition",
    "Diagnostic",
    "Fix",
    "Offered",
    "Position",
    "Project",
    "Severity",
    "Source",
    "Span",
    "Workspace",
    "complete",
    "diagnose",
    "fixes",
    "names",
    "navigation",
    "offered",
    "outline",
    "read_project",
    "typed_word",
    "warm",
]
