r"""Matrices and vectors in someone's steps: every entry is checked."""

import pytest

from assistants.answer import Verdict
from assistants.errors import InputError
from math_solver import verify, verify_chain
from math_solver.lines import read_line
from math_solver.reading import spell


def matrix(*rows: str) -> str:
    body = r" \\ ".join(rows)
    return rf"\begin{{pmatrix}} {body} \end{{pmatrix}}"


EQUAL = [
    (matrix("1", "2") + " + 2 " + matrix("3", "x"), matrix("7", "2x + 2")),
    (matrix("1 & 2", "3 & 4") + matrix("5", "6"), matrix("17", "39")),
    (matrix("1 & 2", "0 & 1") + "^3", matrix("1 & 6", "0 & 1")),
    (matrix("1 & 2", "3 & 4") + "^{-1}", matrix("-2 & 1", "3/2 & -1/2")),
    (matrix("1 & 2", "3 & 4") + "^T", matrix("1 & 3", "2 & 4")),
    (matrix("1", "2", "3") + r" \times " + matrix("4", "5", "6"), matrix("-3", "6", "-3")),
    (matrix("3", "4") + r" \cdot " + matrix("1", "3"), "15"),
    (r"\| " + matrix("3", "4") + r" \|", "5"),
    (r"\begin{vmatrix} a & b \\ c & d \end{vmatrix}", "ad - bc"),
    (r"\det " + matrix("2 & 0 & 1", "0 & 3 & 0", "1 & 0 & 2"), "9"),
    (r"\frac{1}{2} " + matrix("2", "4"), matrix("1", "2")),
]


@pytest.mark.parametrize(("left", "right"), EQUAL)
def test_equal_entries_are_proved(left: str, right: str) -> None:
    assert verify(left, right).verdict is Verdict.PROVED


WRONG = [
    (matrix("1", "2") + " + 2 " + matrix("3", "x"), matrix("7", "2x + 3")),
    # Products in the other order.
    (matrix("1 & 2", "3 & 4") + matrix("0 & 1", "1 & 0"), matrix("3 & 4", "1 & 2")),
    (matrix("1", "2", "3") + r" \times " + matrix("4", "5", "6"), matrix("3", "-6", "3")),
    (matrix("1 & 2", "3 & 4") + "^2", matrix("1 & 4", "9 & 16")),
    (r"\begin{vmatrix} a & b \\ c & d \end{vmatrix}", "ad + bc"),
]


@pytest.mark.parametrize(("left", "right"), WRONG)
def test_one_wrong_entry_refutes(left: str, right: str) -> None:
    assert verify(left, right).verdict is Verdict.REFUTED


def test_a_matrix_beside_a_number_is_not_decided() -> None:
    assert verify(matrix("1", "2"), "3").verdict is Verdict.UNKNOWN
    assert verify(matrix("1", "2"), matrix("1", "2", "3")).verdict is Verdict.UNKNOWN


@pytest.mark.parametrize(
    "line", [matrix("1", "2") + " + 1", matrix("1", "2") + "^2", "sin" + matrix("1", "2")]
)
def test_what_is_not_defined_is_not_read(line: str) -> None:
    with pytest.raises(InputError):
        read_line(line)


def test_an_equation_of_vectors_is_one_of_each_entry() -> None:
    chain = verify_chain([matrix("x + y", "x - y") + " = " + matrix("3", "1"), "x = 2, y = 1"])
    assert chain.verdict is Verdict.PROVED


def test_a_matrix_is_read_as_it_is_spelled() -> None:
    tree = read_line(matrix("1 & x", "y & 4") + " + " + matrix("0 & 1", "1 & 0")).expression
    assert tree is not None
    assert read_line(spell(tree)).expression == tree
