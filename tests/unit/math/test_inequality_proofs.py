"""Inequalities in several letters: proved or refuted by z3, and undecided by name without it."""

import pytest

from assistants.answer import Verdict
from math_solver.lines import read_line
from math_solver.symbolic import inequality_proofs
from math_solver.symbolic.solution_sets import follows


@pytest.mark.parametrize(
    ("before", "after", "verdict"),
    [
        ("a > 0, b > 0", "a/b + b/a >= 2", Verdict.PROVED),
        ("a > b, c > 0", "a c > b c", Verdict.PROVED),
        ("x^2 + y^2 >= 0", "x y <= (x^2 + y^2)/2", Verdict.PROVED),
        ("a > b", "a c > b c", Verdict.REFUTED),
        ("x + y > 2", "x > 1 or y > 1", Verdict.PROVED),
        ("x + y > 2", "x > 1", Verdict.REFUTED),
    ],
)
def test_several_letters(before, after, verdict) -> None:
    pytest.importorskip("z3", reason="needs z3-solver, the extra `prove`")
    assert follows(read_line(before), read_line(after)).verdict is verdict


def test_without_z3_it_says_what_is_missing(monkeypatch) -> None:
    monkeypatch.setattr(inequality_proofs, "is_available", lambda: False)
    found = follows(read_line("a > b, c > 0"), read_line("a c > b c"))
    assert found.verdict is Verdict.UNKNOWN
    assert "plumb[prove]" in found.detail
