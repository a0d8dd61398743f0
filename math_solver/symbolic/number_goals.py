"""Requests about one or a few exact numbers: places, rounding, divisors, sums, sequences."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from fractions import Fraction

from assistants.errors import InputError
from math_solver.reading.spoken import number_of
from math_solver.reading.statements import Ask
from math_solver.solution import Work
from math_solver.topics import numbers, sequences
from math_solver.topics.polynomial import Polynomial
from math_solver.topics.scope import Facts

from . import Expression, whole_numbers
from .goals import Goal, done, number_text, rational


def _digit(ask: Ask, facts: Facts) -> Work:
    (value,) = facts.numbers(ask)
    digit = numbers.digit_at(value, ask.words[0].lower())
    return done("place value", ask.source, str(digit), f"of {numbers.decimal_text(value)}")


def _round(ask: Ask, facts: Facts) -> Work:
    (value,) = facts.numbers(ask)
    word = ask.words[0].lower()
    if " nearest " in ask.source:
        exact = word in {"integer", "whole number", "unit"}
        unit = Fraction(1) if exact else _unit(word)
    else:
        unit = Fraction(1, 10 ** int(number_of(word)))
    result = numbers.rounded_to(value, unit)
    error = abs(result - value)
    detail = f"the error {numbers.decimal_text(error)} is at most half of {unit}"
    proved = 2 * error <= unit
    return done("round", ask.source, numbers.decimal_text(result), detail, proved=proved)


def _unit(word: str) -> Fraction:
    if word in numbers.BEHIND or f"{word}s" in numbers.BEHIND:
        return Fraction(1, 10 ** numbers.BEHIND.get(word, numbers.BEHIND.get(f"{word}s", 0)))
    return number_of(word)


def _nearest_root(ask: Ask, facts: Facts) -> Work:
    (value,) = facts.numbers(ask)
    degree = ask.order or int(ask.words[0])
    if not 2 <= degree <= 60:
        raise InputError(f"a root of degree {degree}", hint="use a degree from 2 to 60")
    result = numbers.nearest_root(value, degree)
    low, high = (Fraction(2 * result + sign, 2) for sign in (-1, 1))
    detail = f"{value} lies between ({low})^{degree} and ({high})^{degree}"
    return done("nearest root", ask.source, str(result), detail)


def _whole(verb: str) -> Callable[[Ask, Facts], Work]:
    def carried(ask: Ask, facts: Facts) -> Work:
        return whole_numbers.TASKS[verb](facts.numbers(ask))

    return carried


def _prime(ask: Ask, facts: Facts) -> Work:
    composite = ask.words[0].lower() == "composite"
    return whole_numbers.prime(facts.numbers(ask), ask_composite=composite)


def _parity(ask: Ask, facts: Facts) -> Work:
    (value,) = whole_numbers.whole(facts.numbers(ask))
    answer = (value % 2 == 0) == (ask.words[0].lower() == "even")
    return done("parity", ask.source, str(answer), f"{value} = 2 * {value // 2} + {value % 2}")


def _prime_factors(ask: Ask, facts: Facts) -> Work:
    work = whole_numbers.factorize(facts.numbers(ask))
    powers = work.answer.removeprefix("-").split(" * ")
    return replace(work, answer=", ".join(power.split("^")[0] for power in powers))


def _denominator(ask: Ask, facts: Facts) -> Work:
    below = [Fraction(value.denominator) for value in facts.numbers(ask)]
    return whole_numbers.least_common_multiple(below)


def _arithmetic(ask: Ask, facts: Facts) -> Work:
    left, right = facts.numbers(ask)
    if ask.kind == "over" and not right:
        raise InputError("a division by zero", hint="check the divisor")
    value = {
        "sum": lambda: left + right,
        "minus": lambda: left - right,
        "distance": lambda: abs(left - right),
        "times": lambda: left * right,
        "over": lambda: left / right,
    }[ask.kind]()
    signs = {"sum": "+", "minus": "-", "distance": "-", "times": "*", "over": "/"}
    shown = f"{_operand(left)} {signs[ask.kind]} {_operand(right)}"
    one, two = rational(left), rational(right)
    sign = signs[ask.kind]
    again: Expression = one + two if sign == "+" else one - two if sign == "-" else one * two
    again = one / two if sign == "/" else again
    proved = abs(again) == abs(rational(value))
    return done("compute", ask.source, number_text(value, facts), shown, proved=bool(proved))


def _operand(value: Fraction) -> str:
    return str(value) if value >= 0 and value.denominator == 1 else f"({value})"


def _nth_term(ask: Ask, facts: Facts) -> Work:
    formula = sequences.term_formula(facts.numbers(ask), ask.letter)
    return _sequence(ask, facts, facts.text(formula), formula, ask.letter)


def _sequence(ask: Ask, facts: Facts, answer: str, formula: Polynomial, letter: str) -> Work:
    terms = facts.numbers(ask)
    fits = [sequences.value_at(formula, letter, i) for i in range(1, len(terms) + 1)] == terms
    detail = f"{facts.text(formula)} gives all {len(terms)} terms"
    work = done("differences", ask.source, answer, detail, proved=fits)
    return replace(work, assumptions=(sequences.ASSUMED,))


GOALS: Mapping[str, Goal] = {
    "digit": _digit,
    "round": _round,
    "nearest root": _nearest_root,
    "prime": _prime,
    "parity": _parity,
    "prime factors": _prime_factors,
    "denominator": _denominator,
    "divides": _whole("divides"),
    "gcd": _whole("gcd"),
    "lcm": _whole("lcm"),
    "remainder": _whole("remainder"),
    "nth": _nth_term,
    **dict.fromkeys(("sum", "minus", "distance", "times", "over"), _arithmetic),
}
