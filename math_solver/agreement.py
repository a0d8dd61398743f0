"""Answers on which two of three readings agree that share no code and are too loose alone.

They are the schemata of short stories, the learned second reader, and the plan of the likest story
that was solved before. On mawps-single's training part, of stories that no rule reads, a case and
the second reader were right in 111 of 114 where they agreed (two of the three others are one story
with two keys), a case and a schema in 12 of 12 more, a schema and the second reader in 50 of 51.
"""

import re

from math_solver.reading import Question

from .word_problems import Draft, Reading, examine, read_by_schemata, used_names
from .word_problems.mentions import stem
from .word_problems.ranking import converts

SCHEMATA_NAME = "schemata of short stories"
CASES_NAME = "a story of like wording"
_MEASURES = (
    frozenset("inch foot yard mile".split()),
    frozenset("millimeter centimeter meter kilometer".split()),
    frozenset("ounce pound ton".split()),
    frozenset("gram kilogram".split()),
    frozenset("cup pint quart gallon".split()),
)
_OPEN = re.compile(r"\b(?:some|several|a few)\b", re.IGNORECASE)
"""An amount that is not told: a schema may pass it over, so such a story has to be a known one."""
_COINS = frozenset("penny nickel dime quarter dozen".split())
_MONEY = frozenset("money dollar cent".split())


def agreed_reading(question: Question) -> Reading | None:
    """Return a reading that two of the three readers come to; None where there is none."""
    reading = _agreed(question)
    return None if reading is None or _between_units(reading, question) else reading


def _agreed(question: Question) -> Reading | None:
    from .second_reading import AGREED, likeliest

    schemata = {r.outcome.answers[0]: r for r in read_by_schemata(question, SCHEMATA_NAME)}
    case = _by_case(question)
    if case is not None and (same := schemata.get(case.outcome.answers[0])) is not None:
        return same
    second = likeliest(question) if schemata or case is not None else None
    if second is None:
        return None
    value, probability = second
    known = case is not None or not _OPEN.search(question.masked)
    if value in schemata and probability >= AGREED and known:
        return schemata[value]
    return case if case is not None and case.outcome.answers[0] == value else None


def _between_units(reading: Reading, question: Question) -> bool:
    """Whether two units of one measure are named, or coins and money, and nothing converts them."""
    words = {stem(word) for word in re.findall(r"[a-z]+", question.masked.lower())}
    words |= {"foot"} if "feet" in words else set()
    mixed = any(len(words & measure) > 1 for measure in _MEASURES)
    return (mixed or bool(words & _COINS and words & _MONEY)) and not converts(reading.plan)


def _by_case(question: Question) -> Reading | None:
    """Return the reading by the likest case; numbers that its plan leaves out are set aside."""
    from .second_reading import recalled

    case = recalled(question)
    if case is None:
        return None
    plain = examine(Draft(source=case.plan), question, CASES_NAME)
    if plain is None or plain.refuted:
        return None
    every = frozenset(f"N{i}" for i in range(len(question.numbers)))
    aside = every - used_names(plain.plan)
    reading = examine(Draft(source=case.plan, counted=aside), question, CASES_NAME)
    return None if reading is None or reading.unused else reading
