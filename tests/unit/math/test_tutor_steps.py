"""The steps that a tutor writes, each with its own check."""

import pytest

from assistants.answer import Verdict
from math_solver import solve


def _steps(question: str) -> list[tuple[str, str]]:
    best = solve(question).best
    assert best is not None
    assert all(step.verdict is Verdict.PROVED for step in best.candidate.steps)
    return [(step.rule, step.after) for step in best.candidate.steps]


@pytest.mark.parametrize(
    ("question", "lines"),
    [
        ("solve 3(x-2) = 2x + 5", ["3*x - 6 = 2*x + 5", "x - 6 = 5", "x = 11"]),
        ("solve x/2 + x/3 = 5", ["5*x/6 = 5", "5*x = 30", "x = 6"]),
        ("1/2 + 1/3 + 1/6", ["3/6 + 2/6 + 1/6", "6/6", "1"]),
        ("3 + 4 * 2 - 1", ["3 + 8 - 1", "10"]),
        ("gcd(168, 693)", ["4*168 + 21", "8*21 + 0"]),
        ("complete the square x^2+6x+5",
         ["(x^2 + 6*x) + 5", "(x^2 + 6*x + 9 - 9) + 5", "(x + 3)^2 - 9 + 5", "(x + 3)^2 - 4"]),
        ("factor x^2+5x+6", ["x^2 + 3*x + 2*x + 6", "x*(x + 3) + 2*(x + 3)", "(x + 2)*(x + 3)"]),
        ("simplify sqrt(50)", ["sqrt(25*2)", "sqrt(25)*sqrt(2)", "5*sqrt(2)"]),
        ("mean of 3,5,7", ["15/3", "5"]),
        ("30% of 80", ["2400/100", "24"]),
    ],
)  # fmt: skip
def test_lines(question: str, lines: list[str]) -> None:
    shown = [after for _, after in _steps(question)]
    assert shown[: len(lines)] == lines


def test_two_equations_by_elimination() -> None:
    rules = [rule for rule, _ in _steps("2x+3y=12; 5x-y=13")]
    assert rules[:3] == ["eliminate", "solve for x", "solve for y"]


def test_one_way_to_substitute_is_shown_with_plain_letters() -> None:
    steps = _steps("integrate x*e^(x^2)")
    assert [rule for rule, _ in steps].count("substitution") == 1
    assert not any("_u" in after for _, after in steps)
