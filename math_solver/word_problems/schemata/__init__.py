"""Textbook situations whose numbers are told apart by their units alone.

A situation names the amounts that it needs, by unit and how many of each; it reads a problem only
where exactly these are given and what is asked for is one of its unknowns.
"""

from collections.abc import Callable, Iterator

from math_solver.reading import Question
from math_solver.word_problems.draft import Draft

from .amounts import Facts, facts_of
from .labour import together
from .lacking import lacking
from .mixing import mixing_with
from .pricing import two_prices
from .sharing import sharing
from .trips import trips

_SITUATIONS: tuple[Callable[[Facts], Iterator[Draft]], ...] = (
    trips,
    together,
    mixing_with,
    sharing,
    two_prices,
)


def by_situations(question: Question) -> Iterator[Draft]:
    """Yield drafts of every situation that a problem fits."""
    facts = facts_of(question)
    if facts is None:
        return
    for situation in _SITUATIONS:
        yield from situation(facts)


def what_is_lacking(question: Question) -> str | None:
    """Return the question about an amount that a situation needs and that is not given."""
    facts = facts_of(question)
    return None if facts is None else lacking(facts)
