"""Privacy and accountability: roles, what they may see, what they were told, and the audit log.

The public names are resolved when first asked for, so that importing this costs nothing.
"""

import importlib
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from .asking_as import ask_as, query_as
    from .audit_log import AuditLog, Head, default_log
    from .policy import Access, Policy, Role
    from .policy_file import load_policy

__all__ = [
    "Access",
    "AuditLog",
    "Head",
    "Policy",
    "Role",
    "ask_as",
    "default_log",
    "load_policy",
    "query_as",
]

_HOMES = {
    "Access": ".policy",
    "AuditLog": ".audit_log",
    "Head": ".audit_log",
    "Policy": ".policy",
    "Role": ".policy",
    "ask_as": ".asking_as",
    "default_log": ".audit_log",
    "load_policy": ".policy_file",
    "query_as": ".asking_as",
}


def __getattr__(name: str) -> object:
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    found = getattr(importlib.import_module(_HOMES[name], __name__), name)
    globals()[name] = found
    return found
