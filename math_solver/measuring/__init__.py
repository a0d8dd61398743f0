"""Figures of school geometry in words: their measures, the formulas between them, what is asked."""

from .angles import read_angles
from .figure import Figure
from .reading import read_measures
from .relations import read_relations


def read_figure(text: str) -> Figure | None:
    """Read a problem about one figure; None where a number or a word of it is not understood."""
    for reader in (read_angles, read_relations, read_measures):
        found = reader(text)
        if found is not None:
            return found
    return None


__all__ = ["Figure", "read_figure"]
