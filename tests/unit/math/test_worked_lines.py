"""Lines of worked solutions: TeX with units, floors, cases of notation, factorials, logarithms."""

import pytest

from assistants.answer import Verdict
from assistants.errors import InputError
from math_solver import verify, verify_chain


@pytest.mark.parametrize(
    ("left", "right"),
    [
        (r"0.7(12)", r"8.4\text{ cm}"),
        (r"{5 \choose 2}", "10"),
        (r"\lfloor 7/2 \rfloor", "3"),
        (r"1+2+\dots+100", "5050"),
        (r"180^\circ - \angle ABC", r"-\angle{ABC} + 180^\circ"),
        (r"\frac{1}{\tan 25^\circ}", r"\cot 25^{\circ}"),
        (r"a_{n-1} + a_{n - 1}", "2a_{n-1}"),
        (r"\operatorname{cis} 60^\circ", r"\frac{1}{2} + \frac{\sqrt{3}}{2}i"),
        (r"1{,}000 + 1", "1001"),
        ("log(100)", "2"),
        ("log(e)", "1"),
        ("n!/(n-1)!", "n"),
        (r"\binom{n}{2}", "n(n-1)/2"),
    ],
)
def test_proved(left: str, right: str) -> None:
    assert verify(left, right).verdict is Verdict.PROVED


@pytest.mark.parametrize(
    ("left", "right"),
    [
        (r"\lfloor 7/2 \rfloor", "4"),
        (r"1+2+\dots+100", "5000"),
        (r"\angle ABC", r"\angle ACB"),
        ("log(100)", "ln(100)"),
        ("n!/(n-1)!", "n + 1"),
        ("a_{n-1}", "a_n"),
    ],
)
def test_refuted(left: str, right: str) -> None:
    assert verify(left, right).verdict is Verdict.REFUTED


@pytest.mark.parametrize("line", [r"\overline{12}", r"\overline{z}", r"12 \text{ thousand}"])
def test_what_changes_the_meaning_is_not_dropped(line: str) -> None:
    with pytest.raises(InputError):
        verify(line, "12")


def test_two_units_are_not_compared() -> None:
    with pytest.raises(InputError, match="unit"):
        verify(r"1\text{ m}", r"100\text{ cm}")
    with pytest.raises(InputError, match="units"):
        verify_chain([r"x = 1\text{ hour}", r"x = 60\text{ minutes}"])


def test_a_bare_logarithm_means_one_thing_in_a_chain() -> None:
    assert verify_chain(["log(x) = 2", "x = 100"]).verdict is Verdict.PROVED
    assert verify_chain(["log(x) = 2", "x = e^2"]).verdict is Verdict.PROVED
