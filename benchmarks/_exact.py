"""Exact linear algebra and linear programs over fractions, written apart from plumb's own."""

from collections.abc import Sequence
from fractions import Fraction

Row = list[Fraction]


class Span:
    """All rational combinations of some rows."""

    def __init__(self, rows: Sequence[Sequence[int]]) -> None:
        self._basis: list[tuple[int, dict[int, Fraction]]] = []
        for row in rows:
            left = self._reduced(row)
            if left:
                lead = min(left)
                self._basis.append((lead, {i: v / left[lead] for i, v in left.items()}))

    def holds(self, vector: Sequence[int]) -> bool:
        """Return whether a vector is one of them."""
        return not self._reduced(vector)

    def _reduced(self, vector: Sequence[int]) -> dict[int, Fraction]:
        left = {i: Fraction(v) for i, v in enumerate(vector) if v}
        for lead, known in self._basis:
            factor = left.get(lead)
            if factor is None:
                continue
            for i, v in known.items():
                value = left.get(i, Fraction(0)) - factor * v
                if value:
                    left[i] = value
                else:
                    left.pop(i, None)
        return left


def extreme(
    rows: Sequence[Sequence[int]], point: Sequence[int], goal: Sequence[int], low: Sequence[int]
) -> Fraction | None:
    """Return the most that goal·x can be where rows·x is as at `point` and x >= low.

    None where it has no bound. Simplex with Bland's rule, two phases, exact.
    """
    count = len(point)
    table: list[Row] = []
    for row in rows:
        right = sum(a * (p - least) for a, p, least in zip(row, point, low, strict=True))
        table.append([Fraction(v) for v in row] + [Fraction(right)])
    for i, row in enumerate(table):
        if row[-1] < 0:
            table[i] = [-v for v in row]
    size = len(table)
    wide = [
        row[:-1] + [Fraction(int(i == j)) for j in range(size)] + [row[-1]]
        for i, row in enumerate(table)
    ]
    basis = [count + i for i in range(size)]
    first = [Fraction(0)] * count + [Fraction(-1)] * size
    _climb(wide, basis, first, count + size)
    for i, b in enumerate(basis):  # artificial variables leave, or their row says nothing
        if b >= count:
            column = next((j for j in range(count) if wide[i][j]), None)
            if column is not None:
                _pivot(wide, basis, i, column)
    kept = [i for i, b in enumerate(basis) if b < count]
    wide = [wide[i] for i in kept]
    basis = [basis[i] for i in kept]
    value = _climb(wide, basis, [Fraction(g) for g in goal] + [Fraction(0)] * size, count)
    return (
        None
        if value is None
        else value + sum(g * least for g, least in zip(goal, low, strict=True))
    )


def _climb(table: list[Row], basis: list[int], goal: Row, columns: int) -> Fraction | None:
    while True:
        entering = None
        for j in range(columns):
            if j in basis:
                continue
            gain = goal[j] - sum(
                (goal[b] * row[j] for b, row in zip(basis, table, strict=True)), Fraction(0)
            )
            if gain > 0:
                entering = j
                break
        if entering is None:
            return sum(
                (goal[b] * row[-1] for b, row in zip(basis, table, strict=True)), Fraction(0)
            )
        ratios = [
            (row[-1] / row[entering], basis[i], i)
            for i, row in enumerate(table)
            if row[entering] > 0
        ]
        if not ratios:
            return None
        _pivot(table, basis, min(ratios)[2], entering)


def _pivot(table: list[Row], basis: list[int], at: int, column: int) -> None:
    lead = table[at][column]
    table[at] = [v / lead for v in table[at]]
    for i, row in enumerate(table):
        if i != at and row[column]:
            factor = row[column]
            table[i] = [a - factor * b for a, b in zip(row, table[at], strict=True)]
    basis[at] = column
