"""The normal form of our own proves what is equal where both sides exist, and nothing else."""

import pytest

from assistants.answer import Verdict
from math_solver.reading.parser import parse
from math_solver.symbolic.equivalence import compare_expressions
from math_solver.symbolic.normal_form import normal_zero

EQUAL = [
    ("(x+1)^10", "(x+1)^9 (x+1)"),
    ("sin(x+y)", "sin(x) cos(y) + cos(x) sin(y)"),
    ("cos(3x)", "4cos(x)^3 - 3cos(x)"),
    ("tan(x/2)", "sin(x)/(1 + cos(x))"),
    ("sin(x + pi)", "-sin(x)"),
    ("sqrt(12)/sqrt(3)", "2"),
    ("1/(sqrt(2) - 1)", "sqrt(2) + 1"),
    ("sqrt(4x^2 + 4x + 1)", "|2x + 1|"),
    ("sqrt(x^3)", "x sqrt(x)"),
    ("2^(n+1)", "2*2^n"),
    ("4^n", "2^(2n)"),
    ("a^(m+n)", "a^m a^n"),
    ("e^(2ln(x))", "x^2"),
    ("ln(sqrt(x))", "ln(x)/2"),
    ("log_2(8)", "3"),
]
NOT_EQUAL = [
    ("(x+y)^2", "x^2 + y^2"),
    ("sqrt(sin(x)^2)", "sin(x)"),
    ("sqrt(1 - sin(x)^2)", "cos(x)"),
    ("sqrt(x^2)", "x"),
    ("(x^2)^n", "x^n"),
    ("(-1)^n", "1"),
    ("0^x", "0"),
    ("(-8)^(1/3)", "-2"),
    ("|x + y|", "|x| + |y|"),
    ("asin(sin(x))", "x"),
    ("floor(x + 1/2)", "floor(x)"),
    ("sqrt(i^2)", "i"),
    ("|i|", "1"),
]


@pytest.mark.parametrize(("left", "right"), EQUAL)
def test_equal_where_both_exist(left, right) -> None:
    assert normal_zero(parse(left), parse(right))


@pytest.mark.parametrize(("left", "right"), NOT_EQUAL)
def test_nothing_else_is_brought_to_zero(left, right) -> None:
    assert not normal_zero(parse(left), parse(right))
    assert not normal_zero(parse(left), parse(right), "i")


def test_i_is_a_letter_unless_it_is_the_unit() -> None:
    assert not normal_zero(parse("i^2"), parse("-1"))
    assert normal_zero(parse("i^2"), parse("-1"), "i")


@pytest.mark.parametrize(
    ("left", "right"),
    [
        ("0/(sin(x)^2 + cos(x)^2 - 1)", "5*0"),
        ("x/(sin(x)^2 + cos(x)^2 - 1)", "x"),
        ("ln(-1-x^2)", "1"),
    ],
)
def test_what_exists_nowhere_is_not_proved(left, right) -> None:
    assert compare_expressions(parse(left), parse(right)).verdict is not Verdict.PROVED


@pytest.mark.parametrize(
    ("left", "right", "shown"),
    [
        ("x^2", "x^2 + 10^-12", "at x = 2"),
        ("e^(pi sqrt(163))", "262537412640768744", "262537412640768743.9999999999992"),
        ("1/3", "0.333333", "1/3 against 333333/1000000"),
    ],
)
def test_the_two_sides_of_a_counterexample_look_different(left, right, shown) -> None:
    finding = compare_expressions(parse(left), parse(right))
    assert finding.verdict is Verdict.REFUTED
    assert shown in finding.counterexample
    sides = finding.counterexample.split(": ")[-1].split(" against ")
    assert sides[0] != sides[1]


def test_functions_that_our_notation_lacks_are_not_misread() -> None:
    import sympy as sp

    from assistants.errors import InputError
    from math_solver.symbolic.plain import tree_of

    with pytest.raises(InputError):
        tree_of(sp.sech(sp.Symbol("x", real=True)))
