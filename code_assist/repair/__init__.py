"""Mends a file so that its failing tests pass: small changes where the failing tests went.

`repair` ranks lines by which tests run through them, tries small edits there, the likeliest first,
each in the sandbox, and answers with the first after which every test passes. That all tests pass
is evidence, no proof: the answer says how many there are. `StillPass` verifies any other change.
"""

from .keeping import StillPass
from .patches import Patch
from .search import Plan, repair

__all__ = ["Patch", "Plan", "StillPass", "repair"]
