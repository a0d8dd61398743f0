"""A chain of steps: what follows, what was lost, what was added, which condition was forgotten."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assistants.answer import Verdict
from assistants.errors import InputError
from math_solver import verify_chain
from math_solver.lines import read_line
from math_solver.reading import spell
from math_solver.symbolic.links import check_end, check_line
from math_solver.symbolic.solution_sets import equivalent, follows

PROVED, REFUTED, UNKNOWN = Verdict.PROVED, Verdict.REFUTED, Verdict.UNKNOWN


def link(before: str, after: str):
    return check_line([read_line(before), read_line(after)], 1)


@pytest.mark.parametrize(
    ("before", "after", "relation"),
    [
        ("x^2 - 5x + 6 = 0", "x = 2 or x = 3", "equivalent"),
        ("x = 2", "x^2 = 4", "implies"),
        ("sqrt(x+1) = x - 1", "x + 1 = (x-1)^2", "implies"),
        ("|x - 2| = 3", "x = 5 or x = -1", "equivalent"),
        ("|x| < 3", "-3 < x < 3", "equivalent"),
        ("(x-1)/(x+2) >= 0", "x >= 1 or x < -2", "equivalent"),
        ("x^2 + 1 = 0", "no solution", "equivalent"),
        ("2(x+1) = 2x + 2", "all real numbers", "equivalent"),
        ("x + y = 3, x - y = 1", "x = 2, y = 1", "implies"),
        ("x^2 + y^2 = 25, x - y = 1", "x = 4, y = 3 or x = -3, y = -4", "implies"),
        ("A = l w", "w = A/l", "implies"),
        ("y = ln(x) + 3", "y - 3 = ln(x)", "implies"),
        ("e^(2x) - 3e^x + 2 = 0", "x = 0 or x = ln(2)", "implies"),
        ("x = ±2", "x^2 = 4", "equivalent"),
        ("x = 2, 3", "(x-2)(x-3) = 0", "equivalent"),
        (r"x \in \{1, 2\}", "x^2 - 3x + 2 = 0", "equivalent"),
    ],
)
def test_what_follows(before, after, relation) -> None:
    found = follows(read_line(before), read_line(after))
    assert (found.verdict, found.relation) == (PROVED, relation)


@pytest.mark.parametrize(
    ("before", "after", "lost"),
    [
        ("x^2 = x", "x = 1", "x = 0"),
        ("x^2 = 4", "x = 2", "x = -2"),
        ("x^2 = 2", "x = sqrt(2)", "x = -sqrt(2)"),
        ("x(x-1) = 3(x-1)", "x = 3", "x = 1"),
        ("1/x < 1", "x > 1", "x = -1"),
        ("e^(2x) - 3e^x + 2 = 0", "x = ln(2)", "x = 0"),
        ("sqrt(x+5) + sqrt(x) = 5", "x = 5", "x = 4"),
        ("sin(x) = 0", "x = 0", "x = 2*pi"),
        ("2x + 3 = 7", "2x = 10", "x = 2"),
    ],
)
def test_a_lost_solution_is_named(before, after, lost) -> None:
    found = link(before, after)
    assert found.verdict is REFUTED
    assert lost in found.lost


def test_a_forgotten_condition_is_named() -> None:
    found = link("x y = 2 x", "y = 2")
    assert found.verdict is REFUTED
    assert "x ≠ 0" in found.detail


def test_an_extraneous_solution_is_named_with_the_line_where_it_came_in() -> None:
    lines = ["sqrt(x+1) = x - 1", "x + 1 = x^2 - 2x + 1", "x^2 - 3x = 0", "x = 0 or x = 3"]
    answer = verify_chain(lines)
    assert answer.verdict is REFUTED
    assert "x = 0 does not solve line 1; it came in at line 2" in answer.best.candidate.text()


def test_excluding_an_extraneous_solution_follows_from_the_first_line() -> None:
    lines = ["sqrt(x+1) = x - 1", "x + 1 = x^2 - 2x + 1", "x = 0 or x = 3", "x = 3"]
    assert verify_chain(lines).verdict is PROVED


def test_a_wrong_line_is_not_excused_by_the_first_line() -> None:
    # It follows from line 1 (whose one solution is 9), and is wrong all the same.
    lines = [read_line(s) for s in ("sqrt(x+7) = x - 5", "x + 7 = (x-5)^2", "(x-9)(x-4) = 0")]
    assert check_line(lines, 2).verdict is REFUTED


def test_a_system_is_used_line_by_line() -> None:
    lines = ["x + y = 3, x - y = 1", "2x = 4", "x = 2", "y = 1", "x = 2, y = 1"]
    assert verify_chain(lines).verdict is PROVED


def test_a_rewriting_may_extend_the_domain_and_not_narrow_it() -> None:
    assert link("2ln(x)", "= ln(x^2)").verdict is PROVED
    assert link("ln(x^2)", "= 2ln(x)").verdict is REFUTED


@pytest.mark.parametrize(
    ("before", "after", "verdict"),
    [
        ("(2+3i)(1-i)", "= 5 + i", PROVED),
        ("(2+3i)(1-i)", "= 5 + 2i", REFUTED),
        (r"\int_0^1 x^2 dx", "= 1/3", PROVED),
        (r"\int 2x dx", "= x^2 + C", PROVED),
        (r"\int 2x dx", "= x^3 + C", REFUTED),
        ("diff(x^2 sin(x), x)", "= 2x sin(x) + x^2 cos(x)", PROVED),
        ("x^2 = 4", "x + 1", UNKNOWN),
    ],
)
def test_expressions_and_calculus(before, after, verdict) -> None:
    assert link(before, after).verdict is verdict


def test_dividing_by_zero_is_not_hidden() -> None:
    found = link("x^0", "= 1")
    assert found.verdict is PROVED
    assert found.conditions == ("x ≠ 0",)


@settings(max_examples=40, deadline=None, derandomize=True)
@given(st.lists(st.integers(-9, 9), min_size=1, max_size=4, unique=True), st.integers(-9, 9))
def test_a_list_of_roots_is_right_only_if_it_is_the_set(roots, other) -> None:
    product = "*".join(f"(x - ({root}))" for root in roots)
    listed = " or ".join(f"x = {root}" for root in roots)
    whole = read_line(f"{product} = 0")
    assert equivalent(whole, read_line(listed)).relation == "equivalent"
    if len(roots) > 1:
        fewer = " or ".join(f"x = {root}" for root in roots[1:])
        assert f"x = {roots[0]}" in follows(whole, read_line(fewer)).lost
    if other not in roots:
        more = read_line(f"{listed} or x = {other}")
        assert f"x = {other}" in follows(whole, more).added
        assert check_end([whole, more]) is not None


@settings(max_examples=40, deadline=None, derandomize=True)
@given(st.lists(st.integers(-6, 6), min_size=3, max_size=7))
def test_the_cells_count_as_many_real_roots_as_sturm(coefficients) -> None:
    import sympy as sp

    from math_solver.symbolic.cells import solutions

    x = sp.Symbol("x")
    poly = sp.Poly(coefficients, x)
    if poly.degree() < 1:
        return
    line = read_line(f"{poly.as_expr()} = 0".replace("**", "^"))
    points, complete = solutions(line.cases, "x")
    assert complete
    assert len(points) == poly.sqf_part().count_roots()


def test_lines_are_read_with_their_alternatives() -> None:
    line = read_line("Thus $x = \\pm \\frac{1}{2}$.")
    assert [spell(case[0]) for case in line.cases] == ["x = 1/2", "x = -(1/2)"]
    assert read_line("x = 2, x = 3").assumptions == ("the values of x are alternatives",)
    with pytest.raises(InputError):
        read_line("x + 1 or x + 2")


def test_an_unreadable_line_is_named_by_its_number() -> None:
    with pytest.raises(InputError, match="line 2"):
        verify_chain(["x = 1", "x = = 1"])


def test_a_bound_that_is_too_weak_is_named_at_the_end() -> None:
    answer = verify_chain(["-5x + 10 < 1", "-5x < -9", "x > 8/5"])
    assert answer.verdict is REFUTED
    assert "does not solve line 1" in answer.best.candidate.text()
    assert verify_chain(["-5x + 10 < 1", "-5x < -9", "x > 9/5"]).verdict is PROVED
    assert verify_chain(["x > 3", "x > 2"]).verdict is PROVED
