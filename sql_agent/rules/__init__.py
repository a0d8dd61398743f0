"""Proposing a query tree by rules: patterns of questions over the mentions of linking.

`frame` is the question being read, `measures`, `groups` and `filters` read one part of it each,
`propose` puts the tree together. Each rule uses up the mentions that it reads; what is left over at
the end tells how much of the question was not understood.
"""

from .propose import Proposal, known_words, propose

__all__ = ["Proposal", "known_words", "propose"]
