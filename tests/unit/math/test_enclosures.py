"""Interval evaluation encloses, and says when it cannot."""

from fractions import Fraction

import pytest

from math_solver.reading.parser import parse
from math_solver.symbolic.enclosure import Evaluator, Undecided


@pytest.mark.parametrize(
    ("source", "value"),
    [
        ("1/3 + 1/6", Fraction(1, 2)),
        ("sqrt(2)^2", Fraction(2)),
        ("ln(e^3)", Fraction(3)),
        ("sin(pi/6)", Fraction(1, 2)),
        ("atan(1)*4/pi", Fraction(1)),
        ("asin(1)*2/pi", Fraction(1)),
        (r"\sqrt[3]{-27}", Fraction(-3)),
        ("|x - 5|", Fraction(3)),
        ("6!/x", Fraction(360)),
    ],
)
def test_the_true_value_lies_in_a_narrow_box(source: str, value: Fraction) -> None:
    box = Evaluator({"x": Fraction(2)}, 40).box(parse(source))
    assert box.is_real

    assert box.encloses(value)
    assert box.width < 1e-30


@pytest.mark.parametrize("source", ["1/(x-2)", "ln(x-2)", "tan(pi/2)", "y", "(-8)^(1/3)", "(1/2)!"])
def test_what_may_not_exist_is_undecided(source: str) -> None:
    with pytest.raises(Undecided):
        Evaluator({"x": Fraction(2)}).box(parse(source))


def test_leaving_the_real_numbers_is_noticed() -> None:
    evaluator = Evaluator({"x": Fraction(-1)})
    assert not evaluator.box(parse("ln(x)")).is_real
    assert evaluator.left_reals
    assert Evaluator({"x": Fraction(-1)}).box(parse("sqrt(x)^2")).encloses(Fraction(-1))
