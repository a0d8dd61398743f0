"""What can be worked out from totals: small systems solved by hand, and against fractions."""

from fractions import Fraction

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from sql_agent.governance.linear import RowSpace, zero_one


def space(*sizes: int, threshold: int = 11) -> RowSpace:
    """Atoms of so many persons with one row each."""
    firsts = np.cumsum([0, *sizes])
    persons = [np.arange(a, a + n) for a, n in zip(firsts, sizes, strict=False)]
    return RowSpace(persons=persons, rows=np.array(sizes, np.int64), threshold=threshold)


def bits(text: str) -> np.ndarray:
    return np.array([sign == "1" for sign in text])


def test_a_small_set_is_not_released() -> None:
    totals = space(50, 20, 3)
    assert not totals.add(bits("001"))
    assert totals.add(bits("110"))


def test_a_difference_of_two_totals_is_found() -> None:
    totals = space(50, 20, 3)
    assert totals.add(bits("111"))
    assert not totals.add(bits("110"))
    assert totals.add(bits("100"))
    assert not totals.add(bits("010"))


def test_a_union_of_small_sets_is_found() -> None:
    totals = space(50, 20, 4, 3)  # 4 and 3 together are 7 persons
    assert totals.add(bits("1111"))
    assert not totals.add(bits("1100"))


def test_a_union_of_enough_persons_may_be_known() -> None:
    totals = space(50, 6, 6)
    assert totals.add(bits("111"))
    assert totals.add(bits("100"))
    assert not totals.contains(bits("010"))
    assert totals.contains(bits("011"))


def test_ones_that_would_follow_from_their_sum_are_kept() -> None:
    totals = space(50, *([1] * 11))
    cells = [np.eye(12, dtype=np.bool_)[i] for i in range(1, 12)]
    assert totals.add(np.ones(12, np.bool_), [cells])
    assert not totals.add(bits("1" + "0" * 11), [cells])  # 11 withheld cells that sum to 11


def _in_span(rows: list[list[int]], vector: list[int]) -> bool:
    matrix = [[Fraction(v) for v in row] for row in rows]

    def rank(given: list[list[Fraction]]) -> int:
        work, found = [row[:] for row in given], 0
        for column in range(len(vector)):
            pivot = next((r for r in range(found, len(work)) if work[r][column]), None)
            if pivot is None:
                continue
            work[found], work[pivot] = work[pivot], work[found]
            for r in range(len(work)):
                if r != found and work[r][column]:
                    factor = work[r][column] / work[found][column]
                    work[r] = [a - factor * b for a, b in zip(work[r], work[found], strict=True)]
            found += 1
        return found

    return rank(matrix) == rank([*matrix, [Fraction(v) for v in vector]])


@given(st.lists(st.lists(st.booleans(), min_size=7, max_size=7), min_size=1, max_size=8))
def test_no_small_union_is_in_the_span_of_what_is_released(sets: list[list[bool]]) -> None:
    sizes = (30, 12, 5, 4, 3, 2, 1)
    totals = space(*sizes)
    released = [s for s in sets if totals.add(np.array(s))]
    rows = [[int(v) for v in s] for s in released] or [[0] * 7]
    for mask in range(1, 128):
        union = [mask >> i & 1 for i in range(7)]
        if sum(n for n, taken in zip(sizes, union, strict=True) if taken) < 11:
            assert not _in_span(rows, union)


def test_zero_one_vectors_of_a_span() -> None:
    rows = [np.array([1, 1, 0]), np.array([0, 1, 1])]
    found = {tuple(v.astype(int)) for v in zero_one([r.astype(np.int64) for r in rows])}
    assert found == {(1, 1, 0), (0, 1, 1)}  # their sum has a 2, their difference a -1
