"""A mask that leaves room for the end: the last tokens of a budget lead to a place to stop.

As long as there are more tokens left than the way to an end could need by a generous estimate,
nothing is looked for. Then the shortest way is searched for behind each drawn token, and a token
after which it would be too long is refused. Where no way is found even before the token, or after
several searches in vain, the stream goes on without.
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

_PER_TOKEN, _PER_SIGN = 3, 3
"""What a drawn token, and each bracket, quote, colon or line end in it, may add to the way."""

_SIGNS = b"([{\"'`:\n"
_SEARCHES = 32
"""Searches of one stream that may fail; after that it goes on as it is."""

_NEAR = 8
"""With fewer tokens than that to spare, the whole mask is one way to an end."""

_FAILURES = 4
"""Tokens of one place behind which no way was found, before only the known way is taken."""

_CANDIDATES = 8
"""Ways that are shown to the mask, which may know more than the one that proposes them."""


@runtime_checkable
class Ending(Protocol):
    """What knows ways to an end."""

    def endings(self, *, quick: bool = False) -> Iterator[list[int]]:
        """Yield tokens after which the text may stop, roughly the fewest first."""
        ...


@dataclass(slots=True)
class _Place:
    """How many tokens are left, and what is known of the way to an end.

    `way` is one from here; without it, the way from a place before was `reserve` tokens long with
    what was written since allowed for. `failed` counts tokens refused because no way was found.
    """

    left: int
    reserve: int
    way: tuple[int, ...] | None = None
    failed: int = 0


class BudgetMask:
    """One stream that stops in time (see `assistants.constraint.Mask`)."""

    def __init__(self, mask: Mask, ending: Ending, vocabulary: Vocabulary, budget: int) -> None:
        """Take a fresh mask, what knows the ways to an end, and the tokens that may be drawn.

        Raises:
            ConstraintError: the ways that there are to an end are longer than that.
        """
        self._mask, self._ending, self._vocabulary = mask, ending, vocabulary
        lengths = list(map(len, islice(ending.endings(), _CANDIDATES)))
        if lengths and min(lengths) > budget:
            raise ConstraintError(
                f"the program cannot be completed within {budget} tokens",
                hint="allow more tokens, or close what is open before the cursor",
            )
        self._failed = 0
        way = self._way(budget)
        self._places = [_Place(budget, len(way or ()), way)]

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
        """Return the bitmask of allowed next tokens; near the end, of one way there alone."""
        row = self._mask.allowed()
        place = self._places[-1]
        if place.left - place.reserve >= _NEAR:
            return row
        way = place.way
        if way is None and self._failed < _SEARCHES:
            way = self._way(place.left, quick=True)
            self._failed += way is None
        if way is None:
            return row
        place.way, place.reserve = way, len(way)
        only = np.zeros_like(row)
        for token in way[:1] or self._vocabulary.end:
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
            return _Place(left, 0)
        if place.way and place.way[0] == token:
            return _Place(left, len(place.way) - 1, place.way[1:])
        signs = sum(byte in _SIGNS for byte in self._vocabulary.tokens[token])
        reserve = place.reserve + _PER_TOKEN + _PER_SIGN * signs
        if reserve <= left:
            return _Place(left, reserve)
        if place.failed < _FAILURES and self._failed < _SEARCHES:
            way = self._way(left, quick=True)
            if way is not None:
                return _Place(left, len(way), way)
            self._failed += 1
            if place.way is None:
                self._mask.rollback(1)
                place.way = self._way(place.left, quick=self._failed > 1)
                self._mask.accept((token,))
            place.failed += 1
        return None if place.way is not None else _Place(left, 0)

    def _way(self, left: int, *, quick: bool = False) -> tuple[int, ...] | None:
        """Return a way to an end that is no longer than what is left, and that the mask takes."""
        for way in islice(self._ending.endings(quick=quick), _CANDIDATES):
            if len(way) <= left and self._ends_with(way):
                return tuple(way)
        return None

    def _ends_with(self, way: Sequence[int]) -> bool:
        if not self._mask.accept(way):
            return False
        ends = self._mask.can_stop()
        self._mask.rollback(len(way))
        return ends
