"""What the second reader says of a value that the first one came to.

Its word is shown as evidence. A long story is not answered where it finds no way to the value at
all: with a narrower search 21 of 27 such values were right on GSM8K's development part, and 68 of
70 of the others. A stricter bar (among its three likeliest) was measured on the held parts and
given up: it took 13 of 186 right answers away, and 1 of 7 wrong ones.
"""

from dataclasses import dataclass
from fractions import Fraction

from assistants.answer import Check, Verdict
from math_solver.reading import Question

from .reader import values_of

SHORT = 30
"""Words up to which one reading is enough."""
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
    return Opinion(borne_out=short or value in found, check=check)
