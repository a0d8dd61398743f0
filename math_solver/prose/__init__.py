"""Questions in mathematical prose: sentences whose every word is read, by a grammar of phrases.

`chunks` sets formulas apart from words, `formulas` reads them, `values` reads what denotes a value,
`descriptions` what denotes numbers of a kind, `conditions` what holds, and `sentences` puts the
parts of a question together. Nothing is computed here.
"""

from .nodes import Described, Holds, Pick, Problem
from .sentences import read_problem

__all__ = ["Described", "Holds", "Pick", "Problem", "read_problem"]
