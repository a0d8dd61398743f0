"""A mask that leaves room for the end: each token leaves a known way to a place to stop.

The way is carried along: it is often still one behind the next token, else another is searched for
that closes what was opened since. Where none is found that fits into what is left of the budget,
the token is refused; while much is left it is taken all the same, and the search goes on. Where no
way is known at the start, the stream goes on unled in the same manner.
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

_AMPLE = 32
"""With more tokens than that to spare, a token is taken though no way is found behind it."""

_FAILURES = 4
"""Tokens of one place behind which no way was found, before only the known way is taken."""

_SEARCHES = 16
"""Searches of one stream that may be thorough."""

_UNLED = 4
"""Tokens between two searches while no way is known."""

_CANDIDATES = 8
"""Ways that are shown to the mask, which may know more than the one that proposes them."""


@runtime_checkable
class Ending(Protocol):
    """What knows ways to an end."""

    def endings(self, *, quick: bool = False, towards: Sequence[int] = ()) -> Iterator[list[int]]:
        """Yield tokens after which the text may stop, roughly the fewest first.

        `towards` led to such a place from an earlier place of the stream.
        """
        ...


@dataclass(slots=True)
class _Place:
    """How many tokens are left, a way to an end from here, and the last one that was known.

    `failed` counts tokens that were refused here because no way was found behind them.
    """

    left: int
    way: tuple[int, ...] | None
    last: tuple[int, ...] = ()
    failed: int = 0


class BudgetMask:
    """One stream that stops in time (see `assistants.constraint.Mask`)."""

    def __init__(self, mask: Mask, ending: Ending, vocabulary: Vocabulary, budget: int) -> None:
        """Take a fresh mask, what knows the ways to an end, and the tokens that may be drawn.

        Raises:
            ConstraintError: the ways that there are to an end are longer than that.
        """
        self._mask, self._ending, self._vocabulary = mask, ending, vocabulary
        self._thorough, self._found = _SEARCHES, False
        way = self._way(budget)
        if way is None and self._found:
            raise ConstraintError(
                f"the program cannot be completed within {budget} tokens",
                hint="allow more tokens, or close what is open before the cursor",
            )
        self._places = [_Place(budget, way)]

    def accept(self, tokens: Sequence[int]) -> bool:
        """Advance over tokens; False, and no change, where one of them is not allowed."""
        done = 0
        for token in tokens:
            if not self._mask.accept((token,)):
                break
            place = self._after(token)
            if place is None:
                self._mask.rollback(1)
                break
            self._places.append(place)
            done += 1
        if done < len(tokens):
            self.rollback(done)
            return False
        return True

    def validate(self, tokens: Sequence[int]) -> int:
        """Return how many leading tokens would be accepted, without advancing."""
        count = next((n for n, token in enumerate(tokens) if not self.accept((token,))), None)
        count = len(tokens) if count is None else count
        self.rollback(count)
        return count

    def rollback(self, count: int) -> None:
        """Take back the last `count` accepted tokens."""
        self._mask.rollback(count)
        del self._places[len(self._places) - count :]

    def allowed(self) -> NDArray[np.int32]:
        """Return the bitmask of allowed next tokens; near the end, of the known way alone."""
        row = self._mask.allowed()
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

    def _after(self, token: int) -> _Place | None:
        """Return the place behind an accepted token, or None if no way is short enough there."""
        place = self._places[-1]
        left = place.left - 1
        if token in self._vocabulary.end:
            return _Place(left, ())
        if place.way is None:
            found = None if left % _UNLED else self._way(left, place.last, quick=True)
            return _Place(left, found, place.last)
        if place.way[:1] == (token,):
            return _Place(left, place.way[1:])
        found = None if place.failed >= _FAILURES else self._behind(left, place.way)
        if found is None and left - len(place.way) < _AMPLE:
            place.failed += 1
            return None
        return _Place(left, found, place.way)

    def _behind(self, left: int, known: tuple[int, ...]) -> tuple[int, ...] | None:
        """Return a way from where the stream stands, given one from before the last token."""
        if len(known) <= left and self._ends_with(known):
            return known
        way = self._way(left, known, quick=True)
        if way is None and self._thorough:
            self._thorough -= 1
            way = self._way(left, known)
        return way

    def _way(
        self, left: int, known: Sequence[int] = (), *, quick: bool = False
    ) -> tuple[int, ...] | None:
        """Return a way to an end that is no longer than what is left, and that the mask takes.

        `known` is one from the place before.
        """
        self._found = False
        for way in islice(self._ending.endings(quick=quick, towards=known), _CANDIDATES):
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
