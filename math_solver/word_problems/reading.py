"""All readers of word problems in their order: the first reading that every check bears out.

Stories are read twice, by clauses and by the shapes of short stories; where both speak, they must
come to the same answer.
"""

from collections.abc import Callable, Iterator
from dataclasses import replace
from fractions import Fraction

from math_solver.reading import Question

from .ages import by_ages
from .amounts import by_amounts
from .converted import by_conversion
from .draft import Draft
from .equal_groups import by_equal_groups
from .kinds import by_kinds
from .motion import by_motion
from .narratives import by_clauses
from .numbers import by_numbers
from .part_whole import by_part_whole
from .proportions import by_proportion
from .ranking import Reading, examine
from .rates import by_rates
from .schemata import by_situations
from .stories import by_stories

READERS: tuple[Callable[[Question], Iterator[Draft]], ...] = (
    by_numbers,
    by_kinds,
    by_ages,
    by_amounts,
    by_motion,
    by_rates,
    by_situations,
    by_proportion,
    by_conversion,
    by_clauses,
    by_stories,
)
_TOLD = frozenset({by_clauses, by_stories})
_LOOSE = frozenset({by_proportion})
_FEW = 30
"""Words from which on readers that pass words over need to be borne out, as stories do."""


def read_by_rules(question: Question, origin: str) -> Reading | None:
    """Return the first reading with no open check; solutions without negative numbers first."""
    told: list[Reading] = []
    for reader in READERS:
        sound = [
            reading
            for draft in reader(question)
            if (reading := examine(draft, question, origin)) is not None
            and not reading.refuted
            and not reading.unused
        ]
        if not sound:
            continue
        chosen = next((r for r in sound if min(r.outcome.answers) >= 0), sound[0])
        if reader not in _TOLD:
            long = len(question.original.split()) > _FEW
            return replace(chosen, story=long and reader in _LOOSE)
        told.append(replace(chosen, story=True))
    answers = {reading.outcome.answers for reading in told}
    return told[0] if len(answers) == 1 else None


def read_by_schemata(question: Question, origin: str) -> list[Reading]:
    """Return what the schemata of short stories come to, one reading for each value.

    They pass over what they do not know, so none of these is an answer by itself.
    """
    found: dict[tuple[Fraction, ...], Reading] = {}
    for reader in (by_part_whole, by_equal_groups):
        for draft in reader(question):
            reading = examine(draft, question, origin)
            if reading is not None and not reading.refuted and not reading.unused:
                found.setdefault(reading.outcome.answers, reading)
    return list(found.values())
