"""Carrying out a chain of statements and its request; every result with an independent check."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from fractions import Fraction

import sympy as sp

from assistants.answer import Check, Verdict
from assistants.errors import InputError
from math_solver.reading import Name, Relation, Tree
from math_solver.reading.parser import parse
from math_solver.reading.statements import Ask, Script
from math_solver.solution import SolutionStep, Work
from math_solver.topics import comparison, measures, numbers, sequences, surds
from math_solver.topics.polynomial import Polynomial, Scope, polynomial_of
from math_solver.topics.scope import Facts, NotCovered, solve_linear

from . import Expression, whole_numbers
from .build import build, symbol
from .equivalence import refute
from .plain import plain
from .roots import polynomial_roots, root_text


def carry_out_script(script: Script) -> Work:
    """Carry out a chain. Raises `NotCovered` for what other parts of the solver may do."""
    facts = Facts(script)
    for statement in script.statements:
        facts.take(statement)
    kind = script.ask.kind
    if kind in TEXTUAL:
        answer, detail = TEXTUAL[kind](script.ask)
        work = _work(kind, script.ask.source, answer, detail)
    elif kind.startswith("compare "):
        work = _ordered(comparison.compare, script.ask, facts)
    elif kind in ORDERED:
        work = _ordered(ORDERED[kind], script.ask, facts)
    else:
        work = GOALS[kind](script.ask, facts)
    return replace(
        work,
        steps=(*facts.steps, *work.steps),
        assumptions=(*script.assumptions, *work.assumptions),
    )


def _work(rule: str, before: str, answer: str, detail: str, *, proved: bool = True) -> Work:
    verdict = Verdict.PROVED if proved else Verdict.UNKNOWN
    step = SolutionStep(rule=rule, before=before, after=answer, verdict=verdict, check=detail)
    check = Check(by="exact arithmetic", verdict=verdict, detail=detail, sufficient=True)
    return Work(answer=answer, checks=(check,), steps=(step,))


def _ordered(method: Callable[[Ask, Facts], tuple[str, str]], ask: Ask, facts: Facts) -> Work:
    answer, detail = method(ask, facts)
    work = _work("compare", ask.source, answer, detail)
    return replace(work, remarks=comparison.told(ask, facts.numbers(ask)))


TEXTUAL: Mapping[str, Callable[[Ask], tuple[str, str]]] = {
    "convert": measures.convert,
    "clock": measures.clock,
    "between": measures.between,
    "base": measures.convert_base,
    "base sum": measures.base_sum,
    "letters": measures.letters,
}
ORDERED: Mapping[str, Callable[[Ask, Facts], tuple[str, str]]] = {
    "pair": comparison.pair,
    "kth": comparison.kth,
    "closest": comparison.closest,
    "sort": comparison.sort,
}


# --- numbers


def _number_text(value: Fraction, facts: Facts) -> str:
    return numbers.decimal_text(value) if facts.script.decimal else str(value)


def _digit(ask: Ask, facts: Facts) -> Work:
    (value,) = facts.numbers(ask)
    digit = numbers.digit_at(value, ask.words[0].lower())
    return _work("place value", ask.source, str(digit), f"of {numbers.decimal_text(value)}")


def _round(ask: Ask, facts: Facts) -> Work:
    (value,) = facts.numbers(ask)
    word = ask.words[0].lower()
    if " nearest " in ask.source:
        exact = word in {"integer", "whole number", "unit"}
        unit = Fraction(1) if exact else _unit(word)
    else:
        unit = Fraction(1, 10 ** int(numbers.number_of(word)))
    result = numbers.rounded_to(value, unit)
    error = abs(result - value)
    detail = f"the error {numbers.decimal_text(error)} is at most half of {unit}"
    proved = 2 * error <= unit
    return _work("round", ask.source, numbers.decimal_text(result), detail, proved=proved)


def _unit(word: str) -> Fraction:
    if word in numbers.BEHIND or f"{word}s" in numbers.BEHIND:
        return Fraction(1, 10 ** numbers.BEHIND.get(word, numbers.BEHIND.get(f"{word}s", 0)))
    return numbers.number_of(word)


def _nearest_root(ask: Ask, facts: Facts) -> Work:
    (value,) = facts.numbers(ask)
    degree = ask.order or int(ask.words[0])
    if not 2 <= degree <= 60:
        raise InputError(f"a root of degree {degree}", hint="use a degree from 2 to 60")
    result = numbers.nearest_root(value, degree)
    low, high = (Fraction(2 * result + sign, 2) for sign in (-1, 1))
    detail = f"{value} lies between ({low})^{degree} and ({high})^{degree}"
    return _work("nearest root", ask.source, str(result), detail)


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
    return _work("parity", ask.source, str(answer), f"{value} = 2 * {value // 2} + {value % 2}")


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
    expected = sp.Rational(str(left)), sp.Rational(str(right))
    again = {"+": sp.Add(*expected), "-": expected[0] - expected[1], "*": sp.Mul(*expected),
             "/": expected[0] / expected[1] if right else None}[signs[ask.kind]]  # fmt: skip
    proved = abs(again) == abs(sp.Rational(str(value)))
    return _work("compute", ask.source, _number_text(value, facts), shown, proved=bool(proved))


def _operand(value: Fraction) -> str:
    return str(value) if value >= 0 and value.denominator == 1 else f"({value})"


# --- sequences


def _next_term(ask: Ask, facts: Facts) -> Work:
    terms = facts.numbers(ask)
    formula = sequences.term_formula(terms, "n")
    value = sequences.value_at(formula, "n", len(terms) + 1)
    return _sequence(ask, facts, _number_text(value, facts), formula, "n")


def _nth_term(ask: Ask, facts: Facts) -> Work:
    formula = sequences.term_formula(facts.numbers(ask), ask.letter)
    return _sequence(ask, facts, facts.text(formula), formula, ask.letter)


def _sequence(ask: Ask, facts: Facts, answer: str, formula: Polynomial, letter: str) -> Work:
    terms = facts.numbers(ask)
    fits = [sequences.value_at(formula, letter, i) for i in range(1, len(terms) + 1)] == terms
    detail = f"{facts.text(formula)} gives all {len(terms)} terms"
    work = _work("differences", ask.source, answer, detail, proved=fits)
    return replace(work, assumptions=(sequences.ASSUMED,))


# --- algebra


def _sympy(polynomial: Polynomial) -> Expression:
    return sp.Add(
        *(
            sp.Rational(factor.numerator, factor.denominator)
            * sp.Mul(*(symbol(name) ** power for name, power in monomial))
            for monomial, factor in polynomial.terms.items()
        )
    )


def _context(facts: Facts) -> dict[str, Expression]:
    context = {name: _sympy(value) for name, value in facts.values.items()}
    for name, function in facts.functions.items():
        letters = [symbol(letter) for letter in function.letters]
        context[name] = sp.Lambda(tuple(letters), _sympy(function.body))
    return context


def _confirmed(tree: Tree, result: Polynomial, facts: Facts) -> bool:
    """Whether sympy comes to the same normal form from the formula as it was read."""
    other = sp.expand(build(tree, _context(facts)))
    return sp.expand(other - _sympy(result)) == 0


def _result(rule: str, ask: Ask, facts: Facts, result: Polynomial, *, proved: bool) -> Work:
    value = result.value
    shown = facts.text(result) if value is None else _number_text(value, facts)
    detail = "two independent normal forms are the same"
    return _work(rule, ask.source, shown, detail, proved=proved)


def _value(ask: Ask, facts: Facts) -> Work:
    (tree,) = ask.formulas
    if isinstance(tree, Name) and tree.name not in facts.values:
        return _solve_for(tree.name, [], ask, facts)
    result = facts.polynomial(tree)
    _check_open(result, facts)
    return _result("compute", ask, facts, result, proved=_confirmed(tree, result, facts))


def _check_open(result: Polynomial, facts: Facts) -> None:
    """Letters of which something is said, but not their value, may not be left standing."""
    for zero in facts.pending:
        if zero.letters & result.letters:
            raise NotCovered(f"what is given does not fix {', '.join(sorted(zero.letters))}")


def _derivative(ask: Ask, facts: Facts) -> Work:
    (tree,) = ask.formulas
    body = facts.polynomial(tree)
    _check_open(body, facts)
    letter = ask.letter or _only_letter(body)
    result, expected = body, _sympy(body)
    for _ in range(max(ask.order, 1)):
        result, expected = result.derivative(letter), sp.diff(expected, symbol(letter))
    proved = _confirmed(tree, body, facts) and sp.expand(expected - _sympy(result)) == 0
    return _result("power rule, term by term", ask, facts, result, proved=bool(proved))


def _only_letter(polynomial: Polynomial) -> str:
    if len(polynomial.letters) != 1:
        raise NotCovered("by which letter is not said")
    (letter,) = polynomial.letters
    return letter


def _coefficient(ask: Ask, facts: Facts) -> Work:
    """Match an expression with a form whose coefficients are letters; give one of them."""
    expression, form = (facts.polynomial(tree) for tree in ask.formulas)
    known = _only_letter(expression) if expression.letters else ""
    if not known:
        candidates = form.letters - {ask.letter}
        known = max(candidates, key=form.degree, default="")
    found: Fraction | None = None
    for power, part in form.coefficients(known).items():
        if dict(part.terms) == {((ask.letter, 1),): Fraction(1)}:
            coefficient = expression.coefficients(known).get(power, Polynomial({}))
            found = coefficient.value
    if found is None:
        raise NotCovered(f"{ask.letter} is no coefficient of that form")
    proved = _confirmed(ask.formulas[0], expression, facts)
    detail = f"the normal form is {facts.text(expression)}"
    return _work("compare coefficients", ask.source, str(found), detail, proved=proved)


def _factor(ask: Ask, facts: Facts) -> Work:
    (tree,) = ask.formulas
    body = facts.polynomial(tree)
    if body.value is not None:
        raise NotCovered("a number is factored elsewhere")
    shown = plain(sp.factor(_sympy(body)))
    empty = Scope(values={}, functions={})
    again = polynomial_of(parse(shown, names=body.letters), empty)
    proved = again.terms == dict(body.terms)
    detail = "multiplied out, the product is the polynomial again"
    answer = shown.replace("^", facts.script.power)
    return _work("factor", ask.source, answer, detail, proved=proved)


def _simplify(ask: Ask, facts: Facts) -> Work:
    """Square roots first; what is none of them, but a polynomial, is expanded."""
    (tree,) = ask.formulas
    if facts.script.statements:
        raise NotCovered("simplified elsewhere")
    value = surds.surd_of(tree)
    terms = [sp.Rational(f.numerator, f.denominator) * sp.sqrt(r) for r, f in value.parts.items()]
    terms.sort(key=lambda term: term.evalf(30))
    shown = " + ".join(map(plain, terms)).replace("+ -", "- ") or "0"
    differs, _ = refute(tree, parse(shown))
    detail = "arithmetic with square roots of square-free numbers, whose form is unique"
    return _work("square roots", ask.source, shown, detail, proved=differs is None)


def _power(ask: Ask, facts: Facts) -> Work:
    (tree,) = ask.formulas
    factor, exponent = surds.power_of(tree, ask.letter)
    expression = sp.Rational(str(factor)) * symbol(ask.letter) ** sp.Rational(str(exponent))
    answer = str(expression).replace("**", facts.script.power)
    work = _work("laws of powers", ask.source, answer, "exponents added exactly")
    return replace(work, conditions=(f"{ask.letter} > 0",))


# --- equations


def _solve(ask: Ask, facts: Facts) -> Work:
    relations = [tree for tree in ask.formulas if isinstance(tree, Relation)]
    zeros = [facts.zero(relation) for relation in relations]
    letters = frozenset().union(*(zero.letters for zero in zeros))
    letter = ask.letter or (next(iter(letters)) if len(letters) == 1 else "")
    if not letter:
        raise NotCovered("several letters are asked for at once")
    return _solve_for(letter, zeros, ask, facts)


def _solve_for(letter: str, zeros: list[Polynomial], ask: Ask, facts: Facts) -> Work:
    every = [*facts.pending, *zeros]
    if not any(letter in zero.letters for zero in every):
        raise NotCovered(f"nothing is said about {letter}")
    solved = solve_linear(every)
    if letter in solved:
        return _linear(letter, solved, every, ask, facts)
    values = {name: Polynomial.constant(value) for name, value in solved.items()}
    open_zeros = [zero.replaced(values) for zero in every]
    only = frozenset({letter})
    alone = [zero for zero in open_zeros if zero.letters == only]
    if len(alone) != 1 or any(zero.letters - only for zero in open_zeros):
        raise NotCovered("these equations are solved elsewhere")
    return _roots(letter, alone[0], facts)


def _linear(
    letter: str, solved: dict[str, Fraction], zeros: list[Polynomial], ask: Ask, facts: Facts
) -> Work:
    values = {name: Polynomial.constant(value) for name, value in solved.items()}
    back = [zero.replaced(values) for zero in zeros]
    if any(zero.value for zero in back):
        raise InputError("the equations contradict each other", hint="check them")
    value = _number_text(solved[letter], facts)
    answer = f"{letter} = {value}" if facts.script.named else value
    shown = ", ".join(f"{name} = {v}" for name, v in solved.items())
    detail = f"elimination: {shown}; put back, the equations hold; the letter has no other value"
    return _work("solve the linear equations", ask.source, answer, detail)


def _roots(letter: str, zero: Polynomial, facts: Facts) -> Work:
    steps: list[SolutionStep] = []
    unknown = symbol(letter)
    found = polynomial_roots(sp.Poly(_sympy(zero), unknown), steps)
    zeroed = all(sp.expand(_sympy(zero).subs(unknown, r)) == 0 for r in found.roots)
    proved = found.complete and zeroed
    if facts.script.named:
        answer = " or ".join(root_text(letter, root) for root in found.roots)
    else:
        answer = ", ".join(plain(root) for root in found.roots)
    answer = answer or ("no real solution" if proved else "")
    check = Check(
        by="substitution and completeness",
        verdict=Verdict.PROVED if proved else Verdict.UNKNOWN,
        detail=f"every root was substituted; none is missing: {found.reason}",
        sufficient=True,
    )
    return Work(
        answer=answer,
        checks=(check,),
        steps=tuple(steps),
        assumptions=(f"{letter} is a real number",),
        remarks=found.extra,
    )


GOALS: Mapping[str, Callable[[Ask, Facts], Work]] = {
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
    "next": _next_term,
    "nth": _nth_term,
    "value": _value,
    "expand": _value,
    "derivative": _derivative,
    "coefficient": _coefficient,
    "factor": _factor,
    "simplify": _simplify,
    "power": _power,
    "solve": _solve,
    **dict.fromkeys(("sum", "minus", "distance", "times", "over"), _arithmetic),
}
"""The requests that may use what the statements establish."""
