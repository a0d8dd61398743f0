"""Word problems: readers that propose plans, and how candidate plans are ranked."""

from .ranking import Reading, agreeing, best_reading, examine, used_names

__all__ = ["Reading", "agreeing", "best_reading", "examine", "used_names"]
