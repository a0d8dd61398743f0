"""What the second reader says of the values that other readers came to.

Its word is shown as evidence. A long story of several operations is not answered where its value
is not among the second reader's likeliest: of such values 35 of 41 were right on the parts of GSM8K
that were read, and 80 of 82 of those that are among them. Nor is a long story answered where the
second reader is sure of another value, or finds no way to this one.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

from assistants.answer import Check, Verdict
from math_solver.reading import Question

from .reader import values_of

SHORT = 30
"""Words up to which one reading is enough."""
SEVERAL = 3
"""Operations from which on a long story needs two readings, and how many of the second's count."""
SURE_OF_ANOTHER = 0.7
AGREED = 0.6
"""Least probability with which the second reader's word makes a draft by schema an answer: then 117
of 118 were right on mawps-single's training part and 20 of 21 on GSM8K's."""
WORTH_SHOWING = 0.5
"""Least probability with which a reading of the second reader alone is shown. It is never answered
with: where it gave its value 95 %, 11 of 20 were right (mawps-single), 4 of 22 on GSM8K."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Opinion:
    """Whether a reading may be answered with, and what the second reader found, as evidence."""

    borne_out: bool
    check: Check


def second_opinion(question: Question, value: Fraction, operations: int = 0) -> Opinion:
    """Compare a value, made by so many operations, with those that the second reader finds."""
    found = values_of(question)
    ranked = sorted(found, key=lambda one: -found[one][0])
    place = ranked.index(value) if value in found else len(ranked)
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
    if len(question.original.split()) <= SHORT or place == 0:
        return Opinion(borne_out=True, check=check)
    sure = bool(ranked) and found[ranked[0]][0] > SURE_OF_ANOTHER
    likely = place < SEVERAL or (operations < SEVERAL and not sure)
    return Opinion(borne_out=likely and value in found, check=check)


def agreed(question: Question, values: Sequence[Fraction]) -> Fraction | None:
    """Return that of several values which the second reader finds likeliest, if it is sure."""
    found = values_of(question) if values else {}
    best = max(found, key=lambda one: found[one][0], default=None)
    if best is None or best not in values or found[best][0] < AGREED:
        return None
    return best
