"""What a situation lacks: one amount of a kind that it needs, and none is given."""

import re

from .amounts import Facts
from .trips import HOW_FAR, HOW_LONG

_TRAVELS = (
    r"\b(?:travels?|traveled|drives?|drove|walks?|walked|runs?|ran|fl(?:ies|ew)|rides?|rode|goes"
    r"|cycles?|cycled|sails?|sailed|bikes?|jogs?|hikes?)\b"
)
_TOLD_IN_WORDS = r"\b(?:an hour(?! and a)|a minute|half|a day|round trip|twice|same|per day)\b"
_SOLD = r"\b(?:sold|bought|altogether|in all|total|were there|attended)\b"


def lacking(facts: Facts) -> str | None:
    """Return the question about the amount that is not given; None where nothing is known."""
    asked = facts.asked
    if not asked or re.search(_TOLD_IN_WORDS, asked):
        return None
    far, long = re.search(HOW_FAR, asked), re.search(HOW_LONG, asked)
    if facts.fits(speed=1) and far:
        return "For how many hours?"
    if facts.fits(speed=1) and long:
        return "How far is it?"
    if ((facts.fits(length=1) and long) or (facts.fits(time=1) and far)) and facts.says(_TRAVELS):
        return "At what speed?"
    sums = [*facts.of("price"), *facts.of("money")]
    if len(sums) == 2 and facts.says(_SOLD) and re.match(r"how many [a-z]", asked):
        rest = [one for one in facts.given if one not in sums]
        if len(rest) == 1 and rest[0].kind == "plain" and len({one.value for one in sums}) == 2:
            return "What was paid altogether?"
    return None
