"""The floor that the three assistants share: answers, models, constraints, checking, batch.

It speaks no code, no mathematics and no SQL. Names below are the public surface, beside the
modules `batch`, `deadline`, `errors`, `registry` and `settings`, which are used by their names.
What needs more than the standard library is resolved when first asked for (PEP 562).
"""

import importlib
from typing import TYPE_CHECKING

from .answer import (
    SCHEMA,
    Answer,
    Candidate,
    Check,
    Clarification,
    Json,
    Status,
    Step,
    Usage,
    Verdict,
    combine,
)
from .constraint import Choice, Constraint, Grammar, JsonSchema, Mask, Program, Regex
from .errors import PlumbError
from .model import (
    Cancel,
    Capabilities,
    Chat,
    FillInTheMiddle,
    Generation,
    Marked,
    Marker,
    Message,
    Model,
    Prompt,
    Sampling,
    Token,
    generate,
)
from .refine import Proposer, Verifier, refine

if TYPE_CHECKING:
    from .batch import BatchSummary
    from .conversation import Conversation, Turn
    from .retrieval import Hit, Index
    from .scripted import Scripted
    from .settings import Settings

__all__ = [
    "SCHEMA",
    "Answer",
    "BatchSummary",
    "Cancel",
    "Candidate",
    "Capabilities",
    "Chat",
    "Check",
    "Choice",
    "Clarification",
    "Constraint",
    "Conversation",
    "FillInTheMiddle",
    "Generation",
    "Grammar",
    "Hit",
    "Index",
    "Json",
    "JsonSchema",
    "Marked",
    "Marker",
    "Mask",
    "Message",
    "Model",
    "PlumbError",
    "Program",
    "Prompt",
    "Proposer",
    "Regex",
    "Sampling",
    "Scripted",
    "Settings",
    "Status",
    "Step",
    "Token",
    "Turn",
    "Usage",
    "Verdict",
    "Verifier",
    "combine",
    "generate",
    "refine",
]

_HOMES = {
    "BatchSummary": "batch",
    "Conversation": "conversation",
    "Hit": "retrieval",
    "Index": "retrieval",
    "Scripted": "scripted",
    "Settings": "settings",
    "Turn": "conversation",
}


def __getattr__(name: str) -> object:
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(importlib.import_module(f".{_HOMES[name]}", __name__), name)
