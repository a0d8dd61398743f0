"""Which sets of rows can be worked out from the totals of others: exact linear algebra.

Every released total is the sum of unknown parts, one for each *atom*: a largest set of rows that no
released set divides. A linear attack forms any rational combination of released totals, so it
learns the count of a union of atoms exactly when the union's 0/1 vector lies in the row space of
the released sets. Atoms with many persons are eliminated first, so the echelon rows that begin at
a small atom span all vectors of the row space that are zero on the large ones: only these can be
the vector of a set of few persons (a set with a large atom in it has many).

Arithmetic is modulo the prime 2^31 - 1: a vector in the rational row space is in it unless that
prime divides a minor of the 0/1 matrix. `benchmarks/privacy.py` audits with exact fractions.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import product

import numpy as np
from numpy.typing import NDArray

PRIME = 2_147_483_647
MOST_SMALL = 12
"""Beyond so many small rows their combinations are not listed: a further one is refused."""

Bits = NDArray[np.bool_]
Numbers = NDArray[np.int64]


@dataclass(slots=True)
class RowSpace:
    """The row space of released sets over atoms, which are numbered large ones first.

    Args:
        persons: For each atom its persons, as numbers.
        rows: For each atom its rows.
        threshold: A set of fewer persons is protected.
    """

    persons: Sequence[Numbers]
    rows: Numbers
    threshold: int
    pivots: list[int] = field(default_factory=list[int])
    basis: list[Numbers] = field(default_factory=list[Numbers])
    large: int = field(init=False)

    def __post_init__(self) -> None:
        many = [len(members) >= self.threshold for members in self.persons]
        if many != sorted(many, reverse=True):
            raise ValueError("atoms with many persons come first")
        self.large = sum(many)

    def reduced(self, vector: Bits) -> Numbers:
        """Return what a vector adds to the row space; zero where it adds nothing."""
        left = vector.astype(np.int64)
        for pivot, row in zip(self.pivots, self.basis, strict=True):
            if left[pivot]:
                left = (left - left[pivot] * row) % PRIME
        return left

    def contains(self, vector: Bits) -> bool:
        """Whether the total over a set can be worked out."""
        return not self.reduced(vector).any()

    def add(self, vector: Bits, hidden: Sequence[Sequence[Bits]] = ()) -> bool:
        """Release one more total, unless a protected set could be worked out then.

        `hidden` holds, for each earlier answer, the sets whose totals it withheld: each has a row
        at least, so that a sum of ones would give them all away.
        """
        left = self.reduced(vector)
        places = np.flatnonzero(left)
        if not len(places):
            return True
        pivot = int(places[0])
        row = (left * pow(int(left[pivot]), PRIME - 2, PRIME)) % PRIME
        if pivot >= self.large and not self._harmless(row, hidden):
            return False
        at = int(np.searchsorted(self.pivots, pivot))
        self.pivots.insert(at, pivot)
        self.basis.insert(at, row)
        return True

    def still_safe(self, hidden: Sequence[Sequence[Bits]]) -> bool:
        """Whether nothing can be worked out with further withheld sets in mind."""
        return self._unions_are_safe(self._small(), hidden)

    def _small(self) -> list[Numbers]:
        pairs = zip(self.pivots, self.basis, strict=True)
        return [row for pivot, row in pairs if pivot >= self.large]

    def _harmless(self, row: Numbers, hidden: Sequence[Sequence[Bits]]) -> bool:
        return self._unions_are_safe([*self._small(), row], hidden)

    def _unions_are_safe(self, rows: list[Numbers], hidden: Sequence[Sequence[Bits]]) -> bool:
        if len(rows) > MOST_SMALL:
            return False
        return all(self._is_safe(union, hidden) for union in zero_one(rows))

    def _is_safe(self, union: Bits, hidden: Sequence[Sequence[Bits]]) -> bool:
        atoms = np.flatnonzero(union)
        members = np.unique(np.concatenate([self.persons[int(atom)] for atom in atoms]))
        if len(members) < self.threshold:
            return False
        total = int(self.rows[atoms].sum())
        for answer in hidden:
            inside = sum(bool(cell.any()) and not (cell & ~union).any() for cell in answer)
            if inside and total < inside + self.threshold - 1:
                return False
        return True


def zero_one(rows: list[Numbers]) -> list[Bits]:
    """Return every nonzero 0/1 vector in the span of a few rows."""
    basis = _reduced_form(rows)
    found: list[Bits] = []
    for picks in product((0, 1), repeat=len(basis)):
        chosen = [row for pick, row in zip(picks, basis, strict=True) if pick]
        if not chosen:
            continue
        total = np.sum(chosen, axis=0) % PRIME
        if total.max() == 1:
            found.append(total.astype(np.bool_))
    return found


def _reduced_form(rows: list[Numbers]) -> list[Numbers]:
    """Return the reduced row echelon form: a 0/1 vector has 0/1 coefficients over its rows."""
    basis: list[Numbers] = []
    pivots: list[int] = []
    for given in rows:
        row = given.copy()
        for pivot, known in zip(pivots, basis, strict=True):
            row = (row - row[pivot] * known) % PRIME
        places = np.flatnonzero(row)
        if not len(places):
            continue
        pivot = int(places[0])
        row = (row * pow(int(row[pivot]), PRIME - 2, PRIME)) % PRIME
        basis = [(known - known[pivot] * row) % PRIME for known in basis]
        basis.append(row)
        pivots.append(pivot)
    return basis
