"""Sequences of numbers: the polynomial of lowest degree through all terms, by differences."""

from collections.abc import Sequence
from fractions import Fraction
from itertools import pairwise

from assistants.errors import InputError

from .polynomial import Polynomial

ASSUMED = "the terms follow the polynomial of lowest degree that fits them all"


def differences(terms: Sequence[Fraction]) -> list[list[Fraction]]:
    """Return the rows of differences down to a constant row.

    Raises `InputError` where the rows run out before a row of two or more equal numbers.
    """
    rows = [list(terms)]
    while len(set(rows[-1])) > 1:
        last = rows[-1]
        rows.append([b - a for a, b in pairwise(last)])
    if len(rows[-1]) < 2:
        raise InputError(
            "the terms do not show a rule: no row of differences is constant",
            hint="give more terms, or say how they are made",
        )
    return rows


def term_formula(terms: Sequence[Fraction], letter: str) -> Polynomial:
    """Return the n-th term, the first one at n = 1, by Newton's forward differences."""
    rows = differences(terms)
    place = Polynomial.letter(letter)
    total, basis = Polynomial({}), Polynomial.constant(Fraction(1))
    for index, row in enumerate(rows):
        total = total + basis * Polynomial.constant(row[0])
        step = place - Polynomial.constant(Fraction(index + 1))
        basis = basis * step * Polynomial.constant(Fraction(1, index + 1))
    return total


def value_at(formula: Polynomial, letter: str, place: int) -> Fraction:
    """Return the term at a place."""
    value = formula.replaced({letter: Polynomial.constant(Fraction(place))}).value
    return Fraction(0) if value is None else value
