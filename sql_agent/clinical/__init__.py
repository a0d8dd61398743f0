"""Clinical notes: what they say, with evidence and review, and what must be taken out.

The public names are resolved when first asked for, so that importing this costs nothing.
"""

import importlib
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from .findings import Finding, extract
    from .identifiers import deidentify
    from .review import ReviewQueue, default_queue
    from .tagger import Tagger

__all__ = ["Finding", "ReviewQueue", "Tagger", "default_queue", "deidentify", "extract"]

_HOMES = {
    "Finding": ".findings",
    "ReviewQueue": ".review",
    "Tagger": ".tagger",
    "deidentify": ".identifiers",
    "default_queue": ".review",
    "extract": ".findings",
}


def __getattr__(name: str) -> object:
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    found = getattr(importlib.import_module(_HOMES[name], __name__), name)
    globals()[name] = found
    return found
