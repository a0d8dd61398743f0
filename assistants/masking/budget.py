"""A mask that leaves room for the end: near the end of its budget each token leaves a known way.

How long the way to an end is, is estimated from the parser's stacks at every token. While there is
ample room nothing is searched for. Then a way is looked for, and carried along from token to token:
it is often still one behind the next, else another is found that closes what was opened since.
Where none fits into what is left, the token is refused. Where no way is found in the first place,
the stream goes on unled, and the search goes on now and then.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Protocol, runtime_checkable

import numpy as np
from numpy.typing import NDArray

from assistants.constraint import Mask
from assistants.errors import ConstraintError

from .vocabulary import Vocabulary

_NEAR = 8
"""With fewer tokens than that to spare, the whole mask is the way alone."""

_AMPLE = 10
"""With more words than that to spare, and twice the estimate, no way is looked for."""

_WORD = b"pass"
"""How many tokens it takes tells how long ways are in this vocabulary."""

_FAILURES = 4
"""Tokens of one place behind which no way was found, before only the known way is taken."""

_UNLED = 4
"""Tokens between two searches while no way is known."""

_CANDIDATES = 8
"""Ways that are shown to the mask, which may know more than the one that proposes them."""


@runtime_checkable
class Ending(Protocol):
    """What knows ways to an end."""

    def endings(
        self, *, within: int | None = None, towards: Sequence[int] = ()
    ) -> Iterator[list[int]]:
        """Yield tokens after which the text may stop, roughly the fewest first.

        With a number of tokens `within` which it must be, only the straight way is looked at.
        `towards` led to such a place from an earlier place of the stream.
        """
        ...

    def lacking(self) -> int | None:
        """Return about how many words the shortest way has, without a search; None: unknown."""
        ...


@dataclass(slots=True)
class _Place:
    """How many tokens are left, a way to an end from here, and the last one that was known.

    Without a way, either none has been `sought` here yet, or none was found. `failed` counts tokens
    that were refused here because no way was found behind them.
    """

    left: int
    way: tuple[int, ...] | None
    last: tuple[int, ...] = ()
    sought: bool = True
    failed: int = 0


class BudgetMask:
    """One stream that stops in time (see `assistants.constraint.Mask`)."""

    def __init__(self, mask: Mask, ending: Ending, vocabulary: Vocabulary, budget: int) -> None:
        """Take a fresh mask, what knows the ways to an end, and the tokens that may be drawn.

        Raises:
            ConstraintError: the ways that there are to an end are longer than that.
        """
        self._mask, self._ending, self._vocabulary = mask, ending, vocabulary
        self._found = self._left_open = False
        self._a_word = len(vocabulary.cut(_WORD))
        way = self._way(budget)
        way = self._way(budget, thorough=True) if way is None else way
        if way is None and self._found:
            raise ConstraintError(
                f"the program cannot be completed within {budget} tokens",
                hint="allow more tokens, or close what is open before the cursor",
            )
        self._places = [_Place(budget, way)]

    def accept(self, tokens: Sequence[int]) -> bool:
        """Advance over tokens; False, and no change, where one of them is not allowed."""
        done = next((n for n, token in enumerate(tokens) if not self._step(token)), len(tokens))
        if done < len(tokens):
            self.rollback(done)
            if self._left_open and not done:
                self._places[-1].failed += 1
        return done == len(tokens)

    def validate(self, tokens: Sequence[int]) -> int:
        """Return how many leading tokens would be accepted, without advancing."""
        count = next((n for n, token in enumerate(tokens) if not self._step(token)), len(tokens))
        self.rollback(count)
        return count

    def _step(self, token: int) -> bool:
        """Advance over one token, if that is allowed."""
        self._left_open = False
        self._seek()
        if not self._mask.accept((token,)):
            return False
        place = self._after(token)
        if place is None:
            self._left_open = True
            self._mask.rollback(1)
            return False
        self._places.append(place)
        return True

    def rollback(self, count: int) -> None:
        """Take back the last `count` accepted tokens."""
        self._mask.rollback(count)
        del self._places[len(self._places) - count :]

    def allowed(self) -> NDArray[np.int32]:
        """Return the bitmask of allowed next tokens; near the end, of the known way alone."""
        row = self._mask.allowed()
        self._seek()
        place = self._places[-1]
        if place.way is None or (place.left - len(place.way) >= _NEAR and place.failed < _FAILURES):
            return row
        only = np.zeros_like(row)
        for token in place.way[:1] or self._vocabulary.end:
            only.view(np.uint32)[token // 32] |= np.uint32(1 << token % 32)
        return only & row

    def can_stop(self) -> bool:
        """Whether the text so far satisfies the constraint as it stands."""
        return self._mask.can_stop()

    def _ample(self, left: int) -> bool:
        """Whether there is surely room for a way to an end."""
        spare = left / self._a_word - _AMPLE
        if spare <= 0:
            return False
        lacking = self._ending.lacking()
        return lacking is not None and spare > 2 * lacking

    def _seek(self) -> None:
        """Look for a way from the last place, where that has become necessary."""
        place = self._places[-1]
        if not place.sought and not self._ample(place.left):
            place.way, place.sought = self._behind(place.left, place.last), True

    def _after(self, token: int) -> _Place | None:
        """Return the place behind an accepted token, or None if no way is short enough there."""
        place = self._places[-1]
        left = place.left - 1
        if token in self._vocabulary.end:
            return _Place(left, ())
        if left <= 0 and (left < 0 or place.way is not None):
            return _Place(left, ()) if left == 0 and self._mask.can_stop() else None
        if place.way and place.way[0] == token:
            return _Place(left, place.way[1:])
        if place.way is None and place.sought:
            found = None if left % _UNLED else self._way(left, place.last)
            return _Place(left, found, place.last)
        last = place.last if place.way is None else place.way
        if self._ample(left):
            return _Place(left, None, last, sought=False)
        found = None if place.failed >= _FAILURES else self._behind(left, last)
        if found is not None:
            return _Place(left, found, last)
        if not self._found and place.failed < _FAILURES and left > _AMPLE * self._a_word:
            return _Place(left, None, last, sought=False)
        return None

    def _behind(self, left: int, known: tuple[int, ...]) -> tuple[int, ...] | None:
        """Return a way from where the stream stands, given one from before the last token."""
        if len(known) <= left and self._ends_with(known):
            return known
        return self._way(left, known)

    def _way(
        self, left: int, known: Sequence[int] = (), *, thorough: bool = False
    ) -> tuple[int, ...] | None:
        """Return a way to an end that is no longer than what is left, and that the mask takes.

        `known` is one from the place before.
        """
        self._found = False
        ways = self._ending.endings(within=None if thorough else left, towards=known)
        for way in islice(ways, _CANDIDATES):
            self._found = True
            if len(way) <= left and self._ends_with(way):
                return tuple(way)
        return None

    def _ends_with(self, way: Sequence[int]) -> bool:
        if not self._mask.accept(way):
            return False
        ends = self._mask.can_stop()
        self._mask.rollback(len(way))
        return ends
