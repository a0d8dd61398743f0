"""Another method leads to the same answer, every line checked."""

import pytest

from assistants.answer import Verdict
from assistants.errors import InputError
from math_solver import by_method, solve
from math_solver.render import unicode_text


@pytest.mark.parametrize(
    ("question", "method", "shown"),
    [
        ("solve x^2 - 5x + 6 = 0", "factor", "(x - 2)*(x - 3) = 0"),
        ("solve x^2 + 6x = 7", "square", "(x + 3)^2 = 16"),
        ("solve 2x^2 + 3x - 4 = 0", "formula", "sqrt(41)"),
        ("solve x^2 + 2x + 5 = 0", "square", "(x + 1)^2 = -4"),
        ("solve x^2 + 2x + 5 = 0", "formula", "no real solution"),
        ("solve 2x + y = 7, x - y = 2", "elimination", "3*x - 9 = 0"),
        ("solve 2x + y = 7, x - y = 2", "substitution", "y = 7 - 2*x"),
    ],
)
def test_a_method_shows_its_lines(question, method, shown) -> None:
    answer = by_method(question, solve(question), method)
    steps = answer.best.candidate.steps
    assert any(shown in step.after for step in steps)
    assert all(step.verdict is Verdict.PROVED for step in steps)
    assert answer.best.candidate.answer == solve(question).best.candidate.answer


@pytest.mark.parametrize(
    ("question", "method"),
    [
        ("solve x^2 = 2", "factor"),
        ("solve x^3 = 2", "square"),
        ("solve x^2 = 2", "elimination"),
        ("solve x^2 = 2", "magic"),
        ("differentiate x^2", "square"),
    ],
)
def test_a_method_that_does_not_fit_is_refused_by_name(question, method) -> None:
    with pytest.raises(InputError, match=r"method"):
        by_method(question, solve(question), method)


@pytest.mark.parametrize(
    ("plain", "shown"),
    [
        ("integrate(x^2, x)", "∫ x² dx"),
        ("integrate(x + 1, x, 0, 1)", "∫₀¹ (x + 1) dx"),
        ("integrate(x, x, 0, pi)", "∫[0, π] x dx"),
        ("diff(x^2, x)", "d/dx (x²)"),
        ("2*x + y = 7, x - y = 2", "2x + y = 7, x − y = 2"),
        ("no real solution", "no real solution"),
    ],
)
def test_operators_in_unicode(plain, shown) -> None:
    assert unicode_text(plain) == shown
