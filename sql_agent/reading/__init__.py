"""Reading a question as phrases that modify each other, beside the patterns of `sql_agent.rules`.

`reader` reads from left to right, `relations` says how rows can be related, `phrases` is what has
been read so far, `compose` makes the query tree of it. A question is read whole or not at all.
"""

from .compose import propose_by_reading
from .senses import KNOWN

__all__ = ["propose_by_reading", "reading_words"]


def reading_words() -> frozenset[str]:
    """Return the words that the reading knows; none of them is a spelling mistake."""
    return KNOWN
