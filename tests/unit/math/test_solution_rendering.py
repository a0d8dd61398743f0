"""Expressions and solutions as Unicode, LaTeX and Markdown."""

import pytest

from assistants.answer import Verdict
from math_solver.reading.parser import parse
from math_solver.render import (
    latex_of_line,
    solution_latex,
    solution_markdown,
    solution_text,
    to_latex,
    unicode_text,
)
from math_solver.solution import Solution, SolutionStep


@pytest.mark.parametrize(
    ("line", "shown"),
    [
        ("x^2 - 5*x + 6 = 0", "x² − 5x + 6 = 0"),
        ("x = -sqrt(2) or x = 1/2", "x = −√2 or x = 1/2"),
        ("2*pi*r", "2π·r"),
        ("ln(abs(x)) + C", "ln(|x|) + C"),
        ("x^(-2)", "x^(−2)"),
        ("no real solution", "no real solution"),
        ("factorial(n + 1)", "(n + 1)!"),
    ],
)
def test_unicode(line: str, shown: str) -> None:
    assert unicode_text(line) == shown


@pytest.mark.parametrize(
    ("source", "latex"),
    [
        ("x^2/3", r"\frac{x^{2}}{3}"),
        ("sqrt(x + 1)", r"\sqrt{x + 1}"),
        ("sin(2*x)", r"\sin\left(2 x\right)"),
        ("abs(x) <= pi", r"\left|x\right| \le \pi"),
        ("(x + 1)*(x - 1)", r"\left(x + 1\right) \left(x - 1\right)"),
        ("2*3", r"2 \cdot 3"),
        ("atan(x)", r"\arctan\left(x\right)"),
        ("integrate(x, x, 0, 1)", r"\int_{0}^{1} x \, dx"),
    ],
)
def test_latex(source: str, latex: str) -> None:
    assert to_latex(parse(source)) == latex


def test_latex_reads_back_as_the_same_expression() -> None:
    source = "(x^2 - 1)/(x + 3) - sqrt(2)*sin(x)^2"
    again = parse(to_latex(parse(source)))
    from math_solver.symbolic.build import build

    assert build(again) == build(parse(source))


def test_a_line_with_alternatives() -> None:
    assert latex_of_line("x = 2 or x = 3") == r"x = 2\text{ or }x = 3"


SOLUTION = Solution(
    answer="x = 4",
    steps=(
        SolutionStep(
            rule="divide", before="2*x = 8", after="x = 4", reason="by 2", verdict=Verdict.PROVED
        ),
    ),
    reading=("Read as: solve 2x = 8",),
    conditions=("x ≠ 1",),
)


def test_whole_solutions() -> None:
    text = solution_text(SOLUTION)
    assert text.splitlines() == [
        "Read as: solve 2x = 8", "✓ divide: 2x = 8 ⟹ x = 4", "    by 2", "x = 4", "where x ≠ 1"
    ]  # fmt: skip
    markdown = solution_markdown(SOLUTION)
    assert "1. ✓ **divide**: $2 x = 8$ → $x = 4$" in markdown
    assert r"\boxed{x = 4}" in solution_latex(SOLUTION)
