"""What needs sympy or mpmath: building, comparing, solving. Runs in worker processes only.

Everything in here takes and returns plain values and our own trees; `math_solver.worker` is the
door to it.
"""

from typing import Any, TypeAlias

Expression: TypeAlias = Any
"""A sympy object. sympy's own annotations are partial and partly wrong, so none are relied on."""
