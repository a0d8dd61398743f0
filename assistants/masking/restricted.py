"""A mask and a rule of the caller's at once: a token must satisfy both."""

from collections.abc import Hashable, Sequence

import numpy as np
from numpy.typing import NDArray

from assistants.constraint import Mask, TextRule

from .vocabulary import Vocabulary


class RestrictedMask:
    """One stream under a mask and a rule on its text (see `assistants.constraint.Mask`)."""

    def __init__(self, mask: Mask, rule: TextRule, vocabulary: Vocabulary) -> None:
        """Take a fresh mask; it is advanced together with the rule."""
        self._mask, self._rule, self._vocabulary = mask, rule, vocabulary
        self._states: list[Hashable] = [rule.start()]
        self._rows: dict[tuple[Hashable, bytes], NDArray[np.bool_]] = {}

    def accept(self, tokens: Sequence[int]) -> bool:
        """Advance over tokens; False, and no change, where one of them is not allowed."""
        states = self._follow(tokens)
        if len(states) < len(tokens) or not self._mask.accept(tokens):
            return False
        self._states.extend(states)
        return True

    def validate(self, tokens: Sequence[int]) -> int:
        """Return how many leading tokens would be accepted, without advancing."""
        return min(len(self._follow(tokens)), self._mask.validate(tokens))

    def rollback(self, count: int) -> None:
        """Take back the last `count` accepted tokens."""
        if count:
            self._mask.rollback(count)
            del self._states[-count:]

    def allowed(self) -> NDArray[np.int32]:
        """Return the bitmask of allowed next tokens."""
        row = self._mask.allowed()
        bits = np.unpackbits(row.view(np.uint8), bitorder="little").view(np.bool_)
        key = self._states[-1], row.tobytes()
        if key not in self._rows:
            self._rows[key] = bits & self._row(self._states[-1], bits)
        both = self._rows[key]
        return np.packbits(both, bitorder="little").view(np.int32)

    def can_stop(self) -> bool:
        """Whether the text so far satisfies the mask and the rule as it stands."""
        return self._mask.can_stop() and self._rule.may_stop(self._states[-1])

    def _follow(self, tokens: Sequence[int]) -> list[Hashable]:
        states: list[Hashable] = []
        state = self._states[-1]
        for token in tokens:
            if token in self._vocabulary.end:
                return [*states, state] if self._rule.may_stop(state) else states
            after = self._rule.feed(state, self._vocabulary.tokens[token])
            if after is None:
                return states
            state = after
            states.append(state)
        return states

    def _row(self, state: Hashable, wanted: NDArray[np.bool_]) -> NDArray[np.bool_]:
        """Return which tokens the rule allows; those that are not wanted need not be right.

        Tokens are taken in the order of their bytes, so that what two of them share is fed once
        and a refused beginning refuses all that begin with it.
        """
        row = np.zeros(wanted.size, dtype=np.bool_)
        row[list(self._vocabulary.end)] = self._rule.may_stop(state)
        path: list[Hashable | None] = [state]
        before = b""
        for text, token in self._vocabulary.ordered:
            if not wanted[token]:
                continue
            shared = _shared(before, text, len(path) - 1)
            del path[shared + 1 :]
            before = text
            for byte in text[shared:]:
                reached = path[-1]
                if reached is None:
                    break
                path.append(self._rule.feed(reached, bytes((byte,))))
            row[token] = path[-1] is not None
        return row


def _shared(one: bytes, other: bytes, most: int) -> int:
    """Return how many leading bytes two texts share, at most so many."""
    limit = min(len(one), len(other), most)
    return next((at for at in range(limit) if one[at] != other[at]), limit)
