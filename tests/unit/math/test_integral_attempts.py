"""Integrals by substitutions, proved by differentiation; a wrong one is never shown as proved."""

import pytest
import sympy as sp

from assistants.answer import Verdict
from math_solver.reading.parser import parse
from math_solver.symbolic.budget import OutOfBudget, budget
from math_solver.symbolic.build import build, symbol
from math_solver.symbolic.integrals import antiderivative, derivative_check, integrate_between

x = symbol("x")


@pytest.mark.parametrize(
    "source",
    [
        "(x + 1)/(x^3 - 1)",
        "1/(5 - 4cos(x))",
        "1/(a^2 sin(x)^2 + b^2 cos(x)^2)",
        "e^x/(1 + e^(2x))",
        "sqrt(x^2 + 1)",
        "sqrt(1 + x)/x",
        "1/(1 + a cos(x))",
        "x e^x",
        "x^n",
        "sqrt((x + 1)/(2x + 3))",
        "1/(sqrt(x + 1) + sqrt(2x + 3))",
        "1/sqrt(1 + x^3)",
        "1/sqrt(a^2 - x^2)",
        "cos(x)^3 sqrt(sin(x))",
        "tan(x)^3",
    ],
)
def test_found_and_proved(source) -> None:
    integrand = build(parse(source))
    found, _ = antiderivative(integrand, x)
    assert found is not None
    assert derivative_check(found, integrand, x).verdict is Verdict.PROVED


def test_a_wrong_antiderivative_is_refuted() -> None:
    check = derivative_check(x**3 / 2, x**2, x)
    assert check.verdict is Verdict.REFUTED


def test_a_hypergeometric_function_with_a_wrong_factor_is_not_proved() -> None:
    series = sp.hyper((sp.Rational(1, 3), sp.Rational(1, 2)), (sp.Rational(4, 3),), -(x**3))
    integrand = 1 / sp.sqrt(1 + x**3)
    assert derivative_check(x * series, integrand, x).verdict is Verdict.PROVED
    for wrong in (2 * x * series, x**2 * series, x * series.subs(x, 2 * x)):
        assert derivative_check(wrong, integrand, x).verdict is not Verdict.PROVED


def test_what_differs_by_a_hair_is_not_proved() -> None:
    check = derivative_check(sp.sin(x) + x / 10**12, sp.cos(x), x)
    assert check.verdict is not Verdict.PROVED


def test_an_integral_over_a_pole_is_not_proved() -> None:
    work = integrate_between(parse("1/x^2"), "x", parse("-1"), parse("1"))
    assert all(check.verdict is not Verdict.PROVED for check in work.checks)


@pytest.mark.parametrize(
    ("source", "low", "high", "value"),
    [
        ("sqrt(x)", "0", "4", "16/3"),
        ("1/sqrt(1-x^2)", "0", "1/2", "pi/6"),
        ("sqrt(1-x)", "0", "1", "2/3"),
        ("x^2", "1", "0", "-1/3"),
    ],
)
def test_definite_integrals_up_to_the_edge(source, low, high, value) -> None:
    work = integrate_between(parse(source), "x", parse(low), parse(high))
    assert sp.simplify(build(parse(work.answer)) - build(parse(value))) == 0
    assert work.checks[0].verdict is Verdict.PROVED


def test_a_budget_ends_what_takes_too_long() -> None:
    with pytest.raises(OutOfBudget), budget(0.05):
        sum(1 for _ in iter(int, 1))  # for ever
