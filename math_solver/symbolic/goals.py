"""What the modules of requests share: values of formulas, and answers with their check."""

from collections.abc import Callable
from dataclasses import replace
from fractions import Fraction

import sympy as sp

from assistants.answer import Check, Verdict
from math_solver.reading import Tree
from math_solver.reading.statements import Ask
from math_solver.solution import SolutionStep, Work
from math_solver.topics.numbers import decimal_text
from math_solver.topics.polynomial import Polynomial
from math_solver.topics.scope import MAX_PRIMES, Facts

from . import Expression
from .build import build, symbol
from .integrals import numeric_text
from .plain import plain

Goal = Callable[[Ask, Facts], Work]


def done(rule: str, before: str, answer: str, detail: str, *, proved: bool = True) -> Work:
    """Return an answer found in one step; `detail` says what shows that it is right."""
    verdict = Verdict.PROVED if proved else Verdict.UNKNOWN
    step = SolutionStep(rule=rule, before=before, after=answer, verdict=verdict, check=detail)
    check = Check(by="exact arithmetic", verdict=verdict, detail=detail, sufficient=True)
    return Work(answer=answer, checks=(check,), steps=(step,))


def value_work(
    rule: str, before: str, value: Expression, detail: str, *, proved: bool = True
) -> Work:
    """Return an exact value, with a rounded decimal beside it where it is no whole number."""
    work = done(rule, before, plain(value), detail, proved=proved)
    if value.free_symbols or value.is_Integer or not value.is_number:
        return work
    approximate = numeric_text(value)
    return replace(work, remarks=(f"Approximately {approximate}",)) if approximate else work


def as_sympy(polynomial: Polynomial) -> Expression:
    """Return a polynomial as a sympy expression."""
    return sp.Add(
        *(
            rational(factor) * sp.Mul(*(symbol(name) ** power for name, power in monomial))
            for monomial, factor in polynomial.terms.items()
        )
    )


def rational(value: Fraction) -> Expression:
    """Return a fraction as a sympy number."""
    return sp.Rational(value.numerator, value.denominator)


def context_of(facts: Facts) -> dict[str, Expression]:
    """Return what letters and functions stand for, as sympy objects."""
    context = {name: as_sympy(value) for name, value in facts.values.items()}
    for name, function in facts.functions.items():
        letters = [symbol(letter) for letter in function.letters]
        context[name] = sp.Lambda(tuple(letters), as_sympy(function.body))
    for name, statement in facts.formulas.items():
        hidden = {k: v for k, v in context.items() if k not in statement.letters}
        body = build(statement.body, hidden)
        letters = [symbol(letter) for letter in statement.letters]
        if statement.order:
            body = sp.diff(body, letters[0], statement.order)
        context[name] = sp.Lambda(tuple(letters), body) if letters else body
        for primes in range(1, MAX_PRIMES + 1) if letters else ():
            body = sp.diff(body, letters[0])
            context[name + "'" * primes] = sp.Lambda(tuple(letters), body)
    return context


def expression_of(tree: Tree, facts: Facts) -> Expression:
    """Return a formula as a sympy expression under the definitions."""
    return build(tree, context_of(facts))


def number_text(value: Fraction, facts: Facts) -> str:
    """Write a number: a decimal where the question is in decimals, else a fraction."""
    return decimal_text(value) if facts.script.decimal else str(value)
