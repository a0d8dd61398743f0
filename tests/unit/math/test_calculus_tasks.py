"""Derivatives, integrals and limits, each with an independent check."""

import pytest

from assistants.answer import Verdict
from math_solver.reading.parser import parse
from math_solver.symbolic.derivatives import differentiate
from math_solver.symbolic.equivalence import compare_expressions
from math_solver.symbolic.integrals import integrate, integrate_between
from math_solver.symbolic.limits import limit

PROVED, UNKNOWN = Verdict.PROVED, Verdict.UNKNOWN


@pytest.mark.parametrize(
    ("source", "derivative"),
    [
        ("x^3 - 4x", "3x^2 - 4"),
        ("x^2 sin(x)", "2x sin(x) + x^2 cos(x)"),
        ("sin(x)/x", "(x cos(x) - sin(x))/x^2"),
        ("ln(x^2 + 1)", "2x/(x^2+1)"),
        ("x^x", "x^x (ln(x) + 1)"),
        ("2^x", "2^x ln(2)"),
    ],
)
def test_derivatives(source: str, derivative: str) -> None:
    work = differentiate(parse(source), "x", 1)
    assert compare_expressions(parse(work.answer), parse(derivative)).verdict is PROVED
    assert work.checks[0].verdict is PROVED
    assert all(step.verdict is PROVED for step in work.steps)


def test_higher_derivatives_and_constants() -> None:
    assert differentiate(parse("-14867927c^2 - 158795120c"), "c", 2).answer == "-29735854"
    assert differentiate(parse("a x^2"), "x", 1).answer == "2*a*x"


@pytest.mark.parametrize(
    ("source", "antiderivative"),
    [
        ("x^2", "x^3/3 + C"),
        ("1/x", "ln(abs(x)) + C"),
        ("1/(x^2+1)", "atan(x) + C"),
        ("x e^x", "x*e^x - e^x + C"),
        ("x/(x^2+1)", "ln(x^2 + 1)/2 + C"),
    ],
)
def test_integrals_are_proved_by_differentiation(source: str, antiderivative: str) -> None:
    work = integrate(parse(source), "x")
    assert work.answer == antiderivative
    assert work.checks[0].verdict is PROVED


def test_an_integral_without_elementary_answer_is_none() -> None:
    work = integrate(parse("sin(x)^x"), "x")
    assert work.answer == ""
    assert work.checks[0].verdict is UNKNOWN


@pytest.mark.parametrize(
    ("source", "low", "high", "value"),
    [
        ("x^2", "0", "1", "1/3"),
        ("sin(x)", "0", "pi", "2"),
        ("1/x", "1", "e", "1"),
        ("1/(x^2+1)", "0", "1", "pi/4"),
    ],
)
def test_definite_integrals(source: str, low: str, high: str, value: str) -> None:
    work = integrate_between(parse(source), "x", parse(low), parse(high))
    assert work.answer == value
    assert work.checks[0].verdict is PROVED


@pytest.mark.parametrize("source", ["1/x^2", "1/x", "tan(x)/(x - 1/2)"])
def test_a_gap_between_the_bounds_is_never_proved_over(source: str) -> None:
    # F(b) - F(a) would be -2 for 1/x^2 on [-1, 1]: a positive function.
    work = integrate_between(parse(source), "x", parse("-1"), parse("1"))
    assert work.answer != "-2"
    assert all(check.verdict is not PROVED for check in work.checks)


@pytest.mark.parametrize(
    ("source", "target", "value", "verdict"),
    [
        ("x^2", "3", "9", PROVED),
        ("sin(x)/x", "0", "1", PROVED),
        ("(x^2-1)/(x-1)", "1", "2", PROVED),
        ("(1-cos(x))/x^2", "0", "1/2", PROVED),
        ("(2x^2+1)/(x^2-3)", "infinity", "2", PROVED),
        ("x^3", "-infinity", "-infinity", PROVED),
        ("-2x^2/(x+1)", "-infinity", "infinity", PROVED),
        ("1/x^2", "-infinity", "0", PROVED),
        ("(1+1/x)^x", "infinity", "e", UNKNOWN),
    ],
)
def test_limits(source: str, target: str, value: str, verdict: Verdict) -> None:
    work = limit(parse(source), "x", parse(target))
    assert work.answer == value
    assert work.checks[0].verdict is verdict


def test_one_sided_limits_that_differ_are_no_limit() -> None:
    assert limit(parse("1/x"), "x", parse("0")).answer.startswith("no limit")
