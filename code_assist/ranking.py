"""The order of names that static analysis offers: by what the texts at hand go on with there.

The n-gram memory of file and workspace tells how likely each name is behind the text so far; where
it knows nothing, names used lately and short ones come first.
"""

import math
import re
from collections.abc import Sequence
from typing import Protocol, runtime_checkable

from .symbols import Symbol

_WORD = re.compile(r"[^\W\d]\w*")
_RECENT = 4000  # code points before the cursor in which a name's last use counts
_WEIGHED = 60
"""Names, the first in static order, whose likelihood is asked."""
_LIKELY = math.log(0.01)
"""What is less likely than that keeps its static place: there the counts say nothing."""


@runtime_checkable
class Familiar(Protocol):
    """A memory that tells how likely words are behind a text."""

    def likelihoods(self, before: str, words: Sequence[str]) -> Sequence[float]:
        """Return the log-probability of each word behind a text."""
        ...


def ranked(found: Sequence[Symbol], before: str, word: str, memory: object) -> list[Symbol]:
    """Return names in the order in which they are offered.

    Args:
        found: The names.
        before: The text up to the word that is being typed.
        word: The word typed so far.
        memory: What the texts at hand repeat; used where it is `Familiar`.
    """
    recent = {m.group(): m.start() for m in _WORD.finditer(before[-_RECENT:])}

    def static(one: Symbol) -> tuple[bool, bool, bool, int, int, str]:
        """Order by: same case as typed, public, used recently, length, alphabet; keywords last."""
        return (
            not one.name.startswith(word),
            one.name.startswith("_") and not word.startswith("_"),
            one.kind == "keyword",
            -recent.get(one.name.rstrip("=("), -1),
            len(one.name),
            one.name,
        )

    names = sorted(found, key=static)
    if not isinstance(memory, Familiar) or len(names) < 2:
        return names
    first = names[:_WEIGHED]
    chances = memory.likelihoods(before, [one.name for one in first])
    likely = {
        one.name: chance for one, chance in zip(first, chances, strict=True) if chance >= _LIKELY
    }
    return sorted(
        names,
        key=lambda one: (
            not one.name.startswith(word),
            -likely[one.name] if one.name in likely else math.inf,
        ),
    )
