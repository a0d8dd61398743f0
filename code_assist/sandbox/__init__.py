"""Runs programs that nobody vouches for: confined by the kernel, killed in time, or not at all.

What holds a program is the kernel, never a promise of the language: namespaces (its own empty file
system, no network, its own processes) under a filter of system calls, or Landlock under a stricter
filter where namespaces are forbidden. `protection()` says which; where there is neither, `run` and
`Confined` raise `SandboxUnavailable` and nothing is run. POSIX means Linux here.
"""

from .confined import Confined, Outcome, run
from .limits import Limits
from .protection import LAYERS, protection

__all__ = ["LAYERS", "Confined", "Limits", "Outcome", "protection", "run"]
