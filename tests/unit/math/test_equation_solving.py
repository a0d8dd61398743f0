"""Equations and systems: the roots, whether they are all, and what was excluded."""

import pytest

from assistants.answer import Verdict
from assistants.errors import InputError
from math_solver.reading import Relation
from math_solver.reading.parser import parse
from math_solver.symbolic.equations import choose_letter, solve_equation
from math_solver.symbolic.inequalities import solve_inequality
from math_solver.symbolic.systems import solve_system


def solved(source: str, letter: str = "x"):
    relation = parse(source)
    assert isinstance(relation, Relation)
    work = solve_equation(relation, letter)
    return work, work.checks[0].verdict


@pytest.mark.parametrize(
    ("source", "answer"),
    [
        ("2x + 3 = 11", "x = 4"),
        ("x^2 - 5x + 6 = 0", "x = 2 or x = 3"),
        ("4x^2 - 4x + 1 = 0", "x = 1/2"),
        ("x^2 = 2", "x = -sqrt(2) or x = sqrt(2)"),
        ("x^2 + 1 = 0", "no real solution"),
        ("x^3 = 8", "x = 2"),
        ("x^4 - 5x^2 + 6 = 0", "x = -sqrt(3) or x = -sqrt(2) or x = sqrt(2) or x = sqrt(3)"),
        ("x^5 - x - 1 = 0", "x ≈ 1.16730397826"),
        ("(x^2-1)/(x-1) = 0", "x = -1"),
        ("x/(x-1) = 1/(x-1)", "no real solution"),
        ("sqrt(x+1) = x - 1", "x = 3"),
        ("sqrt(x+5) + sqrt(x) = 5", "x = 4"),
        ("|x - 2| = 5", "x = -3 or x = 7"),
        ("|x - 2| = x", "x = 1"),
        ("e^(2x) - 3e^x + 2 = 0", "x = 0 or x = ln(2)"),
        ("2^x = 8", "x = 3"),
        ("ln(x) + ln(x-1) = ln(2)", "x = 2"),
        ("x = x + 1", "no real solution"),
        ("2(x+1) = 2x + 2", "every real number x"),
    ],
)
def test_solves_and_proves_that_none_is_missing(source: str, answer: str) -> None:
    work, verdict = solved(source)
    assert work.answer == answer
    assert verdict is Verdict.PROVED


def test_extraneous_roots_are_excluded_in_the_steps() -> None:
    work, _ = solved("sqrt(x+1) = x - 1")
    assert any(step.rule == "exclude" and "x = 0" in step.before for step in work.steps)


def test_periodic_solutions() -> None:
    work, verdict = solved("2cos(x) = 1")
    assert "k any integer" in work.answer
    assert verdict is Verdict.PROVED


def test_letters_as_coefficients_come_with_a_condition() -> None:
    work, verdict = solved("a x + b = c")
    assert work.answer == "x = (-b + c)/a"
    assert "a ≠ 0" in work.conditions
    assert verdict is Verdict.PROVED


def test_an_equation_beyond_the_rules_is_not_proved() -> None:
    work, verdict = solved("sin(x) = x")
    assert verdict is Verdict.UNKNOWN
    assert work.answer == ""


def test_every_step_of_a_quadratic_is_named_and_checked() -> None:
    work, _ = solved("x^2 + x = 1")
    assert [step.rule for step in work.steps] == [
        "standard form", "quadratic formula", "check by substitution"
    ]  # fmt: skip
    assert all(step.verdict is Verdict.PROVED for step in work.steps)
    assert "= 5" in work.steps[1].reason


def test_the_letter_is_chosen_by_custom() -> None:
    assert choose_letter((parse("a x = b"),)) == "x"
    assert choose_letter((parse("b + q = 2"),)) == "b"
    with pytest.raises(InputError, match="no unknown"):
        choose_letter((parse("1 = 2"),))


@pytest.mark.parametrize(
    ("sources", "answer", "verdict"),
    [
        (["x + y = 3", "x - y = 1"], "x = 2, y = 1", Verdict.PROVED),
        (["x + y = 3", "x + y = 4"], "no solution", Verdict.PROVED),
        (["x + y = 3", "2x + 2y = 6"], "x = 3 - y, y any", Verdict.PROVED),
        (["x^2 + y^2 = 25", "x + y = 7"], "(x = 3, y = 4) or (x = 4, y = 3)", Verdict.PROVED),
        (["sin(x) + y = 1", "y = x"], "", Verdict.UNKNOWN),
    ],
)
def test_systems(sources, answer, verdict) -> None:
    work = solve_system([parse(source) for source in sources], [])
    assert work.answer == answer
    assert work.checks[0].verdict is verdict


def test_only_the_letters_asked_for_are_shown() -> None:
    relations = [parse("-l = 4m + 9"), parse("18 = -3l - 3m")]
    assert solve_system(relations, ["l"]).answer == "l = -5"


@pytest.mark.parametrize(
    ("source", "answer"),
    [
        ("2x + 3 < 7", "x < 2"),
        ("-2x < 6", "x > -3"),
        ("x^2 - x - 6 < 0", "-2 < x < 3"),
        ("x^2 - x - 6 >= 0", "x <= -2 or x >= 3"),
        ("x^2 <= 0", "x = 0"),
        ("x^2 < 0", "no real solution"),
        ("x^2 + 1 > 0", "every real number x"),
        ("x^2 > 0", "x < 0 or x > 0"),
        ("(x-1)^2*(x-3) <= 0", "x <= 3"),
        ("(x-1)^2*(x-3) >= 0", "x = 1 or x >= 3"),
        ("1/x < 1", "x < 0 or x > 1"),
        ("(x-1)/(x+2) >= 0", "x < -2 or x >= 1"),
        ("x^2 < 2", "-sqrt(2) < x < sqrt(2)"),
        ("x < x + 1", "every real number x"),
        ("x < x", "no real solution"),
        ("x <= x", "every real number x"),
    ],
)
def test_inequalities_by_sign_chart(source: str, answer: str) -> None:
    relation = parse(source)
    assert isinstance(relation, Relation)
    work = solve_inequality(relation, "x")
    assert work.answer == answer
    assert work.checks[0].verdict is Verdict.PROVED


def test_extraneous_roots_without_a_short_form_are_dropped() -> None:
    relation = parse("sqrt(x) + 2*sqrt(x^2 + 7*x) + sqrt(x + 7) = 35 - 2*x")
    assert isinstance(relation, Relation)
    assert solve_equation(relation, "x").answer == "x = 841/144"
