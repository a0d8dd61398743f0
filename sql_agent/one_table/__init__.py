"""Questions about one table, read by weights that were trained on such questions."""

from .proposing import propose_over_one_table

__all__ = ["propose_over_one_table"]
