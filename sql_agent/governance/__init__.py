"""Privacy and accountability: roles, what they may see, what they were told, and the audit log."""

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
