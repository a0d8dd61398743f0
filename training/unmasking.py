"""Numbers and formulas for questions of which only the masked text is known."""

import random
import re
from fractions import Fraction

from math_solver.reading import Question

LETTERS = " + ".join("abcdefghijklmnopqrstuvwxyz")


def unmasked(masked: str, choose: random.Random) -> Question:
    """A question with drawn numbers; any letter may stand in its formulas."""
    numbers = len(set(re.findall(r"\bN\d+", masked)))
    formulas = len(set(re.findall(r"\bE\d+", masked)))
    values = tuple(Fraction(choose.randrange(2, 60)) for _ in range(numbers))
    return Question(
        original=masked,
        masked=masked,
        numbers=values,
        number_texts=tuple(map(str, values)),
        formulas=(LETTERS,) * formulas,
    )
