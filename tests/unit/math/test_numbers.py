# Written by `plumb test math_solver/pictures/numbers.py --write`, as it came, but for `ruff format`.
"""Tests of math_solver.pictures.numbers."""

from fractions import Fraction

import pytest

from math_solver.pictures.numbers import (
    angle_ticks,
    decimal,
    exact,
    fraction,
    short,
    tick_label,
    ticks,
)


def test_ticks_for_negative_low():
    result = ticks(-1e-09, 0.0)

    assert result == [-1e-09, -8e-10, -6e-10, -4e-10, -2e-10, 0.0]


def test_ticks_for_low_0_5():
    result = ticks(0.5, 2.5)

    assert result == [0.5, 1.0, 1.5, 2.0, 2.5]


@pytest.mark.parametrize(
    ("low", "high", "expected"),
    [
        (
            50.26548245743669,
            100.53096491487338,
            [
                50.26548246,
                56.54866776,
                62.83185307,
                69.11503838,
                75.39822369,
                81.68140899,
                87.9645943,
                94.24777961,
                100.5309649,
            ],
        ),
        (2.5, 9.0, [3.141592654, 4.71238898, 6.283185307, 7.853981634]),
        (-0.0, 0.5, [0.0, 0.2617993878]),
        (
            2.5,
            19.0,
            [3.141592654, 6.283185307, 9.424777961, 12.56637061, 15.70796327, 18.84955592],
        ),
        (
            6.0,
            9.0,
            [6.283185307, 6.806784083, 7.330382858, 7.853981634, 8.37758041, 8.901179185],
        ),
    ],
)
def test_angle_ticks(low, high, expected):
    assert angle_ticks(low, high) == pytest.approx(expected)


def test_angle_ticks_for_low_0_5():
    result = angle_ticks(0.5, 1.2, 1)

    assert result == pytest.approx([0.7853981634])


def test_angle_ticks_for_negative_low():
    result = angle_ticks(-35.0, 2.5, 2)

    assert result == pytest.approx([-25.13274123, 0.0])


def test_short_for_negative_value():
    result = short(-1e-07)

    assert result == "−1e-7"


def test_short_for_value_0_1():
    result = short(0.1)

    assert result == "1/10"


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (-1e-07, ""),
        (3.141592653589793, "π"),
        (0.0, "0"),
        (16.68, ""),
        (0.1, "1/10"),
    ],
)
def test_exact(value, expected):
    assert exact(value) == expected


def test_fraction_for_value_1e_09():
    result = fraction(1e-09)

    assert result == Fraction(0, 1)


def test_fraction_returns_none():
    result = fraction(1000001.0)

    assert result is None


def test_fraction_returns_none_for_value_1_000000001():
    result = fraction(1.000000001)

    assert result is None


def test_fraction_for_value_1000000_0():
    result = fraction(1000000.0)

    assert result == Fraction(1000000, 1)


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (0.001, "0.001"),
        (-0.0, "0"),
        (1000000.0, "1e6"),
        (-72.145, "−72.14"),
        (500000.5, "500000"),
    ],
)
def test_decimal(value, expected):
    assert decimal(value) == expected


def test_tick_label_for_value_1e_06():
    result = tick_label(1e-06, 1.0)

    assert result == "1e-6"


def test_tick_label_for_value_1e_06_and_step_2_5():
    result = tick_label(1e-06, 2.5)

    assert result == "0"
