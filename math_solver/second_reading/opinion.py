"""What the second reader says of the values that other readers came to.

Its word is shown as evidence. What decides was counted with first readings: those of the clause
reader of 08:00 on 2026-11-23, before its wrong ones were mended, on the 6,473 problems of GSM8K for
development, each judged by weights that had not seen it (four folds). Of stories of three
operations and more 32 of 33 were right where the second reader likes the value best, 21 of 28
where it is second or third, and 53 of 75 elsewhere. Of long ones of fewer operations 35 of 44 were
right among its three likeliest, and 2 of 12 elsewhere; of short ones 67 of 75, wherever it is.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

from assistants.answer import Check, Verdict
from math_solver.reading import Question

from .reader import values_of

SHORT = 30
"""Words up to which one reading of one or two operations is enough."""
SEVERAL = 3
"""Operations from which on a value has to be the second's likeliest."""
LIKELY = 3
"""How many of the second's values count in a long story of fewer operations."""
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
    if operations >= SEVERAL:
        return Opinion(borne_out=bool(found) and place == 0, check=check)
    short = len(question.original.split()) <= SHORT
    return Opinion(borne_out=short or place < min(LIKELY, len(ranked)), check=check)


def agreed(question: Question, values: Sequence[Fraction]) -> Fraction | None:
    """Return that of several values which the second reader finds likeliest, if it is sure."""
    found = values_of(question) if values else {}
    best = max(found, key=lambda one: found[one][0], default=None)
    if best is None or best not in values or found[best][0] < AGREED:
        return None
    return best
