"""What makes a reading by patterns doubtful: words of the question that the story never named."""

import re

from math_solver.reading import Question

from .asking import split_question
from .clause_grammar import Unread
from .lexicon import TIME_UNITS
from .tokens import Tag, sentences

_ORDINAL = re.compile(r"\d(?:st|nd|rd|th)\b")
_MEASURED = re.compile(r"\bN\d+-[a-z]+\b")
_GENERAL = frozenset(
    "how what many much more fewer less than total number amount money cost price change $ cent"
    " time person people item thing piece length far long old tall heavy high deep wide big each"
    " both altogether overall combined left over difference longer taller older heavier farther"
    " further younger shorter mile foot inch yard meter kilometer pound ounce gallon larger"
    " smaller size all same every two three distance weight age height spend worth".split()
)


def doubtful(question: Question) -> bool:
    """Whether there is something that no pattern reads: `the 13th`, `30-pound crates`."""
    return bool(_ORDINAL.search(question.original) or _MEASURED.search(question.masked))


def new_words(question: Question) -> frozenset[str]:
    """Return the stems of the nouns of a last sentence that no sentence before it named."""
    told = sentences(question)
    if len(told) < 2:
        return frozenset()
    try:
        before, asked, after = split_question(told[-1])
    except Unread:
        return frozenset()
    known = {t.stem for sentence in (*told[:-1], before, after) for t in sentence}
    return frozenset(
        token.stem
        for token, left in zip(asked[1:], asked, strict=False)
        if token.tag is Tag.WORD
        and token.stem not in known | _GENERAL | TIME_UNITS
        and left.tag is not Tag.PRONOUN
        and not token.text.endswith(("ed", "ing"))
    )
