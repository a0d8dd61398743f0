"""The text-to-SQL agent: governed, read-only answers from databases, or a reason why not.

The public names are resolved when first asked for, so that importing this costs nothing.
"""

import importlib
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from .asking import ask
    from .confirming import confirm
    from .connect import Limits
    from .database import resolve
    from .followup import follow_up
    from .parquet import write_parquet
    from .querying import query
    from .result import QueryResult, rounded
    from .semantic_checks import check_semantic_model, draft_semantic_model
    from .taught import teach

__all__ = [
    "Limits",
    "QueryResult",
    "ask",
    "check_semantic_model",
    "confirm",
    "draft_semantic_model",
    "follow_up",
    "query",
    "resolve",
    "rounded",
    "teach",
    "write_parquet",
]

_HOMES = {
    "Limits": ".connect",
    "QueryResult": ".result",
    "ask": ".asking",
    "confirm": ".confirming",
    "check_semantic_model": ".semantic_checks",
    "draft_semantic_model": ".semantic_checks",
    "follow_up": ".followup",
    "query": ".querying",
    "resolve": ".database",
    "rounded": ".result",
    "teach": ".taught",
    "write_parquet": ".parquet",
}


def __getattr__(name: str) -> object:
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    found = getattr(importlib.import_module(_HOMES[name], __name__), name)
    globals()[name] = found
    return found
