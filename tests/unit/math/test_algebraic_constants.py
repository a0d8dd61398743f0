"""Whether a constant is zero is proved both ways, and short forms are equal to what was given."""

import pytest
import sympy as sp

from math_solver.symbolic.algebraic import short_forms, zero_or_not

DEGREE = sp.pi / 180

ZEROS = [
    sp.sqrt(2) + sp.sqrt(3) - sp.sqrt(5 + 2 * sp.sqrt(6)),
    sp.cbrt(2 + sp.sqrt(5)) - sp.cbrt(sp.sqrt(5) - 2) - 1,
    sp.sin(10 * DEGREE) * sp.sin(50 * DEGREE) * sp.sin(70 * DEGREE) - sp.Rational(1, 8),
    sp.cos(sp.pi / 7) - sp.cos(2 * sp.pi / 7) + sp.cos(3 * sp.pi / 7) - sp.Rational(1, 2),
    sp.tan(3 * sp.pi / 11) + 4 * sp.sin(2 * sp.pi / 11) - sp.sqrt(11),
    (sp.cos(15 * DEGREE) + sp.I * sp.sin(15 * DEGREE)) ** 6 - sp.I,
    (-8) ** sp.Rational(1, 3) - 1 - sp.I * sp.sqrt(3),
]

NOT_ZERO = [
    sp.sqrt(2) + sp.sqrt(3) - sp.sqrt(5 + 2 * sp.sqrt(6)) + sp.Rational(1, 10**40),
    sp.sqrt(10**20 + 1) - 10**10,
    sum(map(sp.sqrt, (10, 18, 36, 76))) - sum(map(sp.sqrt, (5, 28, 29, 78))),
    # Principal roots: (-8)^(1/3) is no real number.
    (-8) ** sp.Rational(1, 3) + 2,
    sp.cos(sp.pi / 7) + sp.cos(2 * sp.pi / 7) + sp.cos(3 * sp.pi / 7) - sp.Rational(1, 2),
]


@pytest.mark.parametrize("constant", ZEROS, ids=str)
def test_zero_is_proved(constant):
    assert zero_or_not(constant) is True


@pytest.mark.parametrize("constant", NOT_ZERO, ids=str)
def test_what_is_not_zero_is_told_apart_however_small(constant):
    assert zero_or_not(constant) is False


def test_other_numbers_are_not_decided():
    assert zero_or_not(sp.pi - sp.Rational(355, 113)) is None
    assert zero_or_not(sp.exp(1) - 2) is None
    assert zero_or_not(sp.log(2)) is None


def test_a_quotient_by_a_hidden_zero_is_not_decided():
    hidden = sp.sqrt(2) + sp.sqrt(3) - sp.sqrt(5 + 2 * sp.sqrt(6))
    assert zero_or_not(sp.Mul(hidden, sp.Pow(hidden, -1, evaluate=False), evaluate=False)) is None


@pytest.mark.parametrize(
    ("given", "short"),
    [
        (sp.sqrt(7 + 4 * sp.sqrt(3)), 2 + sp.sqrt(3)),
        (sp.sqrt(11 - 6 * sp.sqrt(2)), 3 - sp.sqrt(2)),
        (sp.sqrt(5 + 2 * sp.sqrt(6)), sp.sqrt(2) + sp.sqrt(3)),
        (-sp.sqrt(3 - sp.sqrt(5)), sp.sqrt(2) / 2 - sp.sqrt(10) / 2),
        (1 / sp.sin(10 * DEGREE) - sp.sqrt(3) / sp.cos(10 * DEGREE), sp.Integer(4)),
        (sp.tan(20 * DEGREE) * sp.tan(40 * DEGREE) * sp.tan(80 * DEGREE), sp.sqrt(3)),
        ((sp.cos(185 * DEGREE) + sp.I * sp.sin(185 * DEGREE)) ** 54, -sp.I),
    ],
    ids=str,
)
def test_short_forms(given, short):
    assert sp.expand(next(short_forms(given)) - short) == 0


def test_a_cube_root_keeps_its_form():
    assert list(short_forms(sp.cbrt(2))) == []
