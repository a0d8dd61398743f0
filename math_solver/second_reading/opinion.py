"""What the second reader, and the stories solved before, say of the values of other readers.

The second reader's word is shown as evidence, and decides where a story is like none that was
solved before: a long one is answered only with its likeliest value, a short one with one of its
three likeliest. On GSM8K's development part, whose wrong readings had been mended before, 68 of 69
long stories were right with the likeliest value, 14 of 15 with the next two, and 31 of 44 with
others; on mawps-single's training part, cross-validated, that costs 1.3 % of the stories.
"""

from dataclasses import dataclass
from fractions import Fraction

from assistants.answer import Check, Verdict
from math_solver.reading import Question

from .cases import recalled
from .reader import values_of

SHORT = 30
"""Words up to which a story is short."""
LIKELY = 3
"""How many of the second reader's values bear out a short story."""
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


def second_opinion(question: Question, value: Fraction, *, added: bool = False) -> Opinion:
    """Compare a value with those that the second reader finds; `added`: by sums alone."""
    found = values_of(question)
    ranked = sorted(found, key=lambda one: -found[one][0])
    place = ranked.index(value) if value in found else max(len(ranked), LIKELY)
    if value in found and not place:
        detail = f"comes to the same, with probability {found[value][0]:.0%}"
    elif value in found:
        first = ranked[0]
        detail = f"finds {first} likelier ({found[first][0]:.0%}), this value in place {place + 1}"
    else:
        detail = "does not come to this value"
    check = Check(
        by="a second reading",
        verdict=Verdict.UNKNOWN,
        detail=f"{detail}; it is learned, and shares no code with the first",
    )
    short = len(question.original.split()) <= SHORT
    likely = place < (LIKELY if short or added else 1) or (short and added)
    return Opinion(borne_out=likely or recalled(question) is not None, check=check)


def likeliest(question: Question) -> tuple[Fraction, float] | None:
    """Return the second reader's likeliest value with its probability; None where it has none."""
    found = values_of(question)
    best = max(found, key=lambda one: found[one][0], default=None)
    return None if best is None else (best, found[best][0])
