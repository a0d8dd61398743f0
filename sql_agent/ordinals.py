"""Places other than the first: "the second highest", "the third most common".

The question is read as if it asked for the first place, and the tree that comes of it skips those
before the one that is asked for. A tree that ranks nothing has no second place, so it is dropped.
"""

import re
from dataclasses import dataclass, replace
from typing import Final

from .rules import Proposal

_NAMES: Final = (("second", "2nd"), ("third", "3rd"), ("fourth", "4th"), ("fifth", "5th"))
_PLACES: Final = {name: skip for skip, names in enumerate(_NAMES, 1) for name in names}
_ORDINAL: Final = re.compile(
    rf"\b({'|'.join(_PLACES)})[- ](?=(?:most|least|fewest|[a-z]{{2,}}est)\b)", re.IGNORECASE
)


@dataclass(frozen=True, slots=True)
class Ordinal:
    """A question without its ordinal, and how many places that one skips."""

    text: str
    skip: int = 0


def without_ordinal(question: str) -> Ordinal:
    """Return a question as if it asked for the first place."""
    found = _ORDINAL.search(question)
    if found is None:
        return Ordinal(question)
    text = question[: found.start()] + question[found.end() :]
    return Ordinal(text, _PLACES[found[1].lower()])


def at_place(proposal: Proposal, skip: int) -> Proposal | None:
    """Return a proposal for a later place; None where its tree has no single first one."""
    if not skip:
        return proposal
    query = proposal.query
    if query.limit != 1 or query.order is None or query.each is not None:
        return None
    return replace(proposal, query=replace(query, skip=skip))
