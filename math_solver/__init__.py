"""The mathematics solver: read a question, plan, solve, and check every step.

    solve(question, model=None)      a question in words, LaTeX or plain notation
    verify(left, right)              are two lines the same?
    verify_chain(lines)              does each line follow from the ones before?
    by_method(question, answer, …)   the same solution by another method
    certificate.certificate(…)       a script that proves the steps again without plumb

Names resolve on first use; sympy is only ever imported in worker processes.
"""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from .certificate import Certificate
    from .methods import by_method
    from .solution import Chain, Comparison, Finding, Solution, SolutionStep
    from .solver import solve
    from .verification import verify, verify_chain

__all__ = [
    "Certificate",
    "Chain",
    "Comparison",
    "Finding",
    "Solution",
    "SolutionStep",
    "by_method",
    "solve",
    "verify",
    "verify_chain",
]

_HOMES = {
    "Certificate": "certificate",
    "by_method": "methods",
    "Chain": "solution",
    "Comparison": "solution",
    "Finding": "solution",
    "Solution": "solution",
    "SolutionStep": "solution",
    "solve": "solver",
    "verify": "verification",
    "verify_chain": "verification",
}


def __getattr__(name: str) -> object:
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    import importlib

    return getattr(importlib.import_module(f".{_HOMES[name]}", __name__), name)
