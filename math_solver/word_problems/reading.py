"""All readers of word problems in their order: the first reading that every check bears out."""

from collections.abc import Callable, Iterator

from math_solver.reading import Question

from .ages import by_ages
from .amounts import by_amounts
from .draft import Draft
from .kinds import by_kinds
from .motion import by_motion
from .numbers import by_numbers
from .proportions import by_proportion
from .ranking import Reading, examine
from .rates import by_rates
from .stories import by_stories

READERS: tuple[Callable[[Question], Iterator[Draft]], ...] = (
    by_numbers,
    by_kinds,
    by_ages,
    by_amounts,
    by_motion,
    by_rates,
    by_proportion,
    by_stories,
)


def read_by_rules(question: Question, origin: str) -> Reading | None:
    """Return the first reading with no open check; solutions without negative numbers first."""
    for reader in READERS:
        sound = [
            reading
            for draft in reader(question)
            if (reading := examine(draft, question, origin)) is not None
            and not reading.refuted
            and not reading.unused
        ]
        if sound:
            return next((r for r in sound if min(r.outcome.answers) >= 0), sound[0])
    return None
