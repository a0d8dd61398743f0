"""The exact engines: polynomials, surds, numbers in words, bases, rounding."""

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistants.errors import InputError
from math_solver.reading.parser import parse
from math_solver.reading.spoken import number_of
from math_solver.topics import numbers, sequences
from math_solver.topics.polynomial import NotPolynomial, Polynomial, Scope, polynomial_of, text_of
from math_solver.topics.surds import surd_of

EMPTY = Scope(values={}, functions={})


def of(source: str) -> Polynomial:
    return polynomial_of(parse(source), EMPTY)


@pytest.mark.parametrize(
    ("source", "text"),
    [
        ("(x + 1)^3", "x^3 + 3*x^2 + 3*x + 1"),
        ("(a - b)*(a + b)", "a^2 - b^2"),
        ("x/2 - 3*x/4", "-x/4"),
        ("x - x", "0"),
        ("2^-2*x", "x/4"),
    ],
)
def test_normal_forms(source: str, text: str) -> None:
    assert text_of(of(source)) == text


@pytest.mark.parametrize("source", ["1/x", "sqrt(x)", "x^y", "x^(1/2)", "(x + y)^300"])
def test_what_is_no_polynomial_is_refused(source: str) -> None:
    with pytest.raises(NotPolynomial):
        of(source)


@pytest.mark.parametrize("source", ["1/0", "x/(2 - 2)", "0^0", "(x - x)^0"])
def test_what_does_not_exist_is_refused(source: str) -> None:
    with pytest.raises(InputError):
        of(source)


@given(st.integers(-9, 9), st.integers(-9, 9), st.integers(-9, 9))
def test_derivative_of_a_product(a: int, b: int, c: int) -> None:
    u, v = of(f"{a}*x^2 + {b}*x"), of(f"x^3 - {abs(c)}")
    assert (u * v).derivative("x") == u.derivative("x") * v + u * v.derivative("x")


@given(st.fractions(min_value=-50, max_value=50), st.integers(2, 30), st.integers(2, 30))
def test_dividing_surds_is_undone_by_multiplying(a: Fraction, m: int, n: int) -> None:
    one, two = surd_of(parse(f"({a}) + sqrt({m})")), surd_of(parse(f"1 + sqrt({n}) + sqrt({m})"))
    assert (one * two.inverse()) * two == one


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("thirteen quarters", Fraction(13, 4)),
        ("fourty-seven halves", Fraction(47, 2)),
        ("one hundred thousand", 100_000),
        ("one million", 10**6),
        ("ten thousand", 10_000),
        ("one twelth", Fraction(1, 12)),
        ("zero", 0),
        ("1/64", Fraction(1, 64)),
        ("ninety-nine", 99),
    ],
)
def test_numbers_in_words(text: str, value: Fraction) -> None:
    assert number_of(text) == value


@pytest.mark.parametrize("text", ["", "−", "and", "3 apples"])
def test_what_is_no_number_is_refused(text: str) -> None:
    with pytest.raises(InputError):
        number_of(text)


@given(st.integers(-(10**12), 10**12), st.integers(2, 36))
def test_bases_lead_back(value: int, base: int) -> None:
    assert numbers.from_base(numbers.in_base(value, base), base) == value
    assert int(numbers.in_base(value, base), base) == value


@pytest.mark.parametrize(("digits", "base"), [("0b1", 2), ("12", 2), ("0x1f", 16), ("", 10)])
def test_foreign_digits_are_refused(digits: str, base: int) -> None:
    with pytest.raises(InputError):
        numbers.from_base(digits, base)


@given(st.fractions(min_value=-1000, max_value=1000), st.integers(0, 4))
def test_rounding_is_nearest_and_halves_go_away_from_zero(value: Fraction, places: int) -> None:
    unit = Fraction(1, 10**places)
    result = numbers.rounded_to(value, unit)
    assert (result / unit).denominator == 1
    assert 2 * abs(result - value) <= unit
    if 2 * abs(result - value) == unit:
        assert abs(result) > abs(value)


@given(st.integers(0, 10**9), st.integers(2, 10))
def test_nearest_root(value: int, degree: int) -> None:
    root = numbers.nearest_root(Fraction(value), degree)
    assert Fraction(2 * root - 1, 2) ** degree <= value or root == 0
    assert value <= Fraction(2 * root + 1, 2) ** degree


@given(st.lists(st.integers(-20, 20), min_size=1, max_size=4))
def test_a_polynomial_sequence_gives_its_own_formula(coefficients: list[int]) -> None:
    source = " + ".join(f"({c})*n^{p}" for p, c in enumerate(coefficients) if p) or "0"
    formula = of(f"{source} + ({coefficients[0]})")
    terms = [sequences.value_at(formula, "n", i) for i in range(1, len(coefficients) + 2)]
    assert sequences.term_formula(terms, "n") == formula
