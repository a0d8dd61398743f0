"""What the second reader says of a value that the first one came to."""

from dataclasses import dataclass
from fractions import Fraction

from assistants.answer import Check, Verdict
from math_solver.reading import Question

from .reader import values_of

SHORT = 30
"""Words up to which one reading is enough."""
AMONG = 3
"""How many of the second reader's likeliest values count as borne out. The first reader alone is
right in 40 of 44 stories of GSM8K that the second never saw; 29 of them are short or borne out, and
28 of those are right."""
WORTH_SHOWING = 0.5
"""Least probability with which a reading of the second reader alone is shown. It is never answered
with: where it gave its value 95 %, 11 of 20 were right (mawps-single), 4 of 22 on GSM8K."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Opinion:
    """Whether a reading may be answered with, and what the second reader found, as evidence."""

    borne_out: bool
    check: Check


def second_opinion(question: Question, value: Fraction) -> Opinion:
    """Compare a value with those that the second reader finds likeliest."""
    found = values_of(question)
    ranked = sorted(found, key=lambda one: -found[one][0])
    place = ranked.index(value) if value in found else len(ranked)
    short = len(question.original.split()) <= SHORT
    if place == 0:
        detail = f"comes to the same, with probability {found[value][0]:.0%}"
    elif place < len(ranked):
        first = ranked[0]
        detail = f"finds {first} likelier ({found[first][0]:.0%}), this value in place {place + 1}"
    else:
        detail = "does not come to this value"
    check = Check(
        by="a second reading",
        verdict=Verdict.UNKNOWN,
        detail=f"{detail}; it is learned, and shares no code with the first",
    )
    return Opinion(borne_out=short or value in ranked[:AMONG], check=check)
