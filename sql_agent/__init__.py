"""The text-to-SQL agent: governed, read-only answers from databases, or a reason why not.

The public names are resolved when first asked for, so that importing this costs nothing.
"""

import importlib
import sys
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from .ask import ask
    from .connect import Limits
    from .query import query
    from .result import QueryResult

__all__ = ["Limits", "QueryResult", "ask", "query"]

_HOMES = {"Limits": ".connect", "QueryResult": ".result", "ask": ".ask", "query": ".query"}


def __getattr__(name: str) -> object:
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    importlib.import_module(_HOMES[name], __name__)
    for public, home in _HOMES.items():
        # Importing `.query` binds `query` to the module; the public name is the function in it.
        if (module := sys.modules.get(__name__ + home)) is not None and hasattr(module, public):
            globals()[public] = getattr(module, public)
    return globals()[name]
