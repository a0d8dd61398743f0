"""The text-to-SQL agent: governed, read-only answers from databases, or a reason why not.

The public names are resolved when first asked for, so that importing this costs nothing.
"""

import importlib
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from .asking import ask
    from .connect import Limits
    from .database import resolve
    from .querying import query
    from .result import QueryResult, rounded

__all__ = ["Limits", "QueryResult", "ask", "query", "resolve", "rounded"]

_HOMES = {
    "Limits": ".connect",
    "QueryResult": ".result",
    "ask": ".asking",
    "query": ".querying",
    "resolve": ".database",
    "rounded": ".result",
}


def __getattr__(name: str) -> object:
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    found = getattr(importlib.import_module(_HOMES[name], __name__), name)
    globals()[name] = found
    return found
