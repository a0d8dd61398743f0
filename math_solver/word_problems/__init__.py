"""Word problems: readers that propose plans, and how candidate plans are ranked."""

from .draft import Draft
from .ranking import Reading, agreeing, best_reading, examine, used_names
from .reading import read_by_rules, read_by_schemata

__all__ = [
    "Draft",
    "Reading",
    "agreeing",
    "best_reading",
    "examine",
    "read_by_rules",
    "read_by_schemata",
    "used_names",
]
