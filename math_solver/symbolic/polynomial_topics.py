"""Requests about polynomials and functions: division, squares, inverses, domains, parameters."""

from collections.abc import Mapping
from dataclasses import replace
from fractions import Fraction

import sympy as sp

from assistants.answer import Check, Verdict
from assistants.errors import InputError
from math_solver.reading import Number, Relation
from math_solver.reading.parser import parse
from math_solver.reading.statements import Ask
from math_solver.solution import SolutionStep, Work
from math_solver.topics import surds
from math_solver.topics.polynomial import Polynomial, text_of
from math_solver.topics.scope import Facts, NotCovered

from . import Expression, tutor, whole_numbers
from .build import symbol
from .domain import conditions
from .equivalence import prove_zero
from .goals import (
    Goal,
    as_sympy,
    done,
    expression_of,
    number_text,
    rational,
    value_work,
)
from .plain import plain, tree_of
from .regions import solve_relations
from .roots import polynomial_roots, root_text

PREFERRED = "xyztsuvwnmk"


def _letter(polynomial: Polynomial) -> str:
    if not polynomial.letters:
        raise NotCovered("there is no letter")
    return min(polynomial.letters, key=lambda name: (PREFERRED.find(name) % 100, name))


def _quadratic(ask: Ask, facts: Facts) -> tuple[str, list[Polynomial]]:
    body = facts.polynomial(ask.formulas[0])
    letter = _letter(body)
    parts = body.coefficients(letter)
    if body.degree(letter) != 2:
        raise NotCovered(f"this is no quadratic in {letter}")
    return letter, [parts.get(power, Polynomial({})) for power in (2, 1, 0)]


def discriminant(ask: Ask, facts: Facts) -> Work:
    """Return b^2 - 4*a*c, or of a cubic or more sympy's discriminant."""
    body = facts.polynomial(ask.formulas[0])
    letter = _letter(body)
    if body.degree(letter) != 2:
        value = sp.discriminant(as_sympy(body), sp.Symbol(letter, real=True))
        return done("discriminant", ask.source, plain(sp.expand(value)), "resultant", proved=False)
    _, (a, b, c) = _quadratic(ask, facts)
    result = b * b - Polynomial.constant(Fraction(4)) * a * c
    detail = f"b^2 - 4*a*c with a = {text_of(a)}, b = {text_of(b)}, c = {text_of(c)}"
    return done("discriminant", ask.source, facts.text(result), detail)


def _square(ask: Ask, facts: Facts) -> tuple[str, Fraction, Fraction, Fraction]:
    """Return the letter and a, h, k of a*(x - h)^2 + k."""
    letter, parts = _quadratic(ask, facts)
    values = [part.value for part in parts]
    if any(value is None for value in values):
        raise NotCovered("the coefficients are no numbers")
    a, b, c = (value or Fraction(0) for value in values)
    return letter, a, -b / (2 * a), c - b * b / (4 * a)


def complete_square(ask: Ask, facts: Facts) -> Work:
    """Write a quadratic as a*(x - h)^2 + k."""
    letter, a, h, k = _square(ask, facts)
    x = sp.Symbol(letter, real=True)
    result = sp.Add(
        sp.Mul(rational(a), sp.Pow(x - rational(h), 2), evaluate=False), rational(k)
    ) if a != 1 else (x - rational(h)) ** 2 + rational(k)  # fmt: skip
    proved = sp.expand(result) == sp.expand(expression_of(ask.formulas[0], facts))
    work = done("complete the square", ask.source, plain(result), "multiplied out it is the same",
                proved=bool(proved))  # fmt: skip
    small = _square_steps(x, (rational(a), rational(h), rational(k)), plain(result))
    return replace(work, steps=small) if len(small) > 1 else work


def _square_steps(
    x: Expression, parts: tuple[Expression, Expression, Expression], result: str
) -> tuple[SolutionStep, ...]:
    """Take the factor out, add and subtract the square of half the middle number, collect."""
    a, h, k = parts
    half, rest = -h, k + a * h**2
    inner = f"{plain(x**2)} + {plain(2 * half * x)}".replace("+ -", "- ")
    lead = "" if a == 1 else f"{plain(a)}*"
    tail = f" + {plain(rest)}".replace("+ -", "- ")
    first = plain(sp.expand(a * x**2 + 2 * a * half * x + rest))
    taken = f"{lead}({inner}){tail}"
    added = f"{lead}({inner} + {plain(half**2)} - {plain(half**2)}){tail}"
    square = f"{lead}({plain(x + half)})^2 - {lead}{plain(half**2)}{tail}"
    return tutor.chain(first, [
        ("take the factor out", taken, f"from the terms with {x}"),
        ("add and subtract", added, f"the square of half of {plain(2 * half)}"),
        ("write the square", square, f"{inner} + {plain(half**2)} is ({plain(x + half)})^2"),
        ("collect", result, "the numbers are added"),
    ])  # fmt: skip


def vertex(ask: Ask, facts: Facts) -> Work:
    """Return the vertex of a parabola."""
    letter, a, h, k = _square(ask, facts)
    detail = f"{a}*({letter} - ({h}))^2 + {k}: the square is least at {letter} = {h}"
    return done("complete the square", ask.source, f"({h}, {k})", detail)


def division(ask: Ask, facts: Facts) -> Work:
    """Divide with remainder: polynomials, or numbers as they are."""
    one, two = (facts.polynomial(tree) for tree in ask.formulas)
    if one.value is not None and two.value is not None:
        return _numbers(ask, facts, one.value, two.value)
    letter = _letter(one if one.letters else two)
    x: Expression = sp.Symbol(letter, real=True)
    quotient, remainder = sp.div(as_sympy(one), as_sympy(two), x)
    again = sp.expand(quotient * as_sympy(two) + remainder - as_sympy(one)) == 0
    smaller = remainder == 0 or sp.degree(remainder, x) < sp.degree(as_sympy(two), x)
    word = ask.words[0].lower() if ask.words else ""
    shown = {"quotient": plain(quotient), "remainder": plain(remainder)}.get(word)
    if shown is None:
        shown = f"quotient {plain(quotient)}, remainder {plain(remainder)}"
    detail = "quotient times divisor plus remainder is the dividend; the remainder's degree is less"
    return done("division with remainder", ask.source, shown, detail, proved=again and smaller)


def _numbers(ask: Ask, facts: Facts, one: Fraction, two: Fraction) -> Work:
    if ask.words and ask.words[0].lower() == "remainder":
        return whole_numbers.remainder([one, two])
    if not two:
        raise InputError("a division by zero", hint="check the divisor")
    if ask.words or "quotient" in ask.source.lower():
        whole_numbers.whole([one, two])
        rest = one % abs(two)
        shown = str((one - rest) / two)
        shown = shown if ask.words else f"quotient {shown}, remainder {rest}"
        return done("division with remainder", ask.source, shown, f"{one} = {two} * … + {rest}")
    return done("compute", ask.source, number_text(one / two, facts), "exact fractions")


def polynomial_gcd(ask: Ask, facts: Facts) -> Work:
    """Return the greatest common divisor of numbers or polynomials."""
    one, two = (facts.polynomial(tree) for tree in ask.formulas)
    if one.value is not None and two.value is not None:
        return whole_numbers.greatest_common_divisor([one.value, two.value])
    a, b = as_sympy(one), as_sympy(two)
    result = sp.gcd(a, b)
    cofactors = [sp.cancel(side / result) for side in (a, b)]
    letters = sorted(one.letters | two.letters)
    symbols = [sp.Symbol(name, real=True) for name in letters]
    divides = all(part.is_polynomial(*symbols) for part in cofactors)
    coprime = sp.gcd(*cofactors).is_number
    detail = "it divides both, and the cofactors have no common divisor"
    return done("Euclid's algorithm", ask.source, plain(result), detail,
                proved=bool(divides and coprime))  # fmt: skip


def partial_fractions(ask: Ask, facts: Facts) -> Work:
    """Split a rational function into partial fractions over the rational numbers."""
    given = expression_of(ask.formulas[0], facts)
    letters = sorted(given.free_symbols, key=str)
    if len(letters) != 1 or not given.is_rational_function(*letters):
        raise NotCovered("this is no rational function of one letter")
    result = sp.apart(given, letters[0])
    proved = bool(prove_zero(given - result))
    work = done("partial fractions", ask.source, plain(result), "added up they are the same",
                proved=proved)  # fmt: skip
    return replace(work, conditions=conditions(ask.formulas))


def degree(ask: Ask, facts: Facts) -> Work:
    """Return the degree of a polynomial."""
    body = facts.polynomial(ask.formulas[0])
    if not body.terms:
        raise InputError("the zero polynomial has no degree")
    return done("normal form", ask.source, str(body.total_degree), facts.text(body))


def coefficient_of(ask: Ask, facts: Facts) -> Work:
    """Return the coefficient of a power of a letter."""
    try:
        body = facts.polynomial(ask.formulas[0])
    except NotCovered:
        return _coefficient_by_sympy(ask, facts)
    signs = {sign: n for n, sign in enumerate("⁰¹²³⁴⁵⁶⁷⁸⁹")}
    word = ask.words[0] if ask.words else "1"
    power = signs.get(word) or int(word)
    result = body.coefficients(ask.letter).get(power, Polynomial({}))
    detail = f"multiplied out: {facts.text(body)}" if len(body.terms) < 12 else "multiplied out"
    return done("expand", ask.source, facts.text(result), detail)


def _coefficient_by_sympy(ask: Ask, facts: Facts) -> Work:
    """The same where coefficients are not rational."""
    x = sp.Symbol(ask.letter, real=True)
    body = expression_of(ask.formulas[0], facts)
    if not body.is_polynomial(x):
        raise NotCovered("this is no polynomial")
    power = int(ask.words[0]) if ask.words else 1
    poly = sp.Poly(body, x, domain="EX")
    value = sp.radsimp(sp.expand(poly.coeff_monomial(x**power)))
    again = sp.expand(sp.diff(body, x, power).subs(x, 0) / sp.factorial(power))
    proved = bool(prove_zero(sp.expand(again - value)))
    detail = "multiplied out, and again as a derivative at 0 over a factorial"
    return value_work("expand", ask.source, value, detail, proved=proved)


def inverse_function(ask: Ask, facts: Facts) -> Work:
    """Solve x = f(y) for y where that has one solution; both ways round are checked."""
    body = expression_of(ask.formulas[0], facts)
    letters = sorted(body.free_symbols, key=str)
    if len(letters) != 1:
        raise NotCovered("a function of one letter is inverted")
    x = letters[0]
    y = sp.Dummy("y", real=True)
    found = sp.solve(sp.Eq(body, y), x)
    if len(found) != 1:
        raise InputError(
            "the function has no one inverse", hint="say on which interval it is taken"
        )
    result = sp.simplify(found[0].subs(y, x))
    back = prove_zero(body.subs(x, result) - x)
    forth = prove_zero(result.subs(x, body) - x)
    detail = "put into each other, both ways round, they give x"
    work = done("solve for the letter", ask.source, plain(result), detail,
                proved=bool(back and forth))  # fmt: skip
    return replace(work, conditions=conditions([tree_of(result)]))


def domain(ask: Ask, facts: Facts) -> Work:
    """Return where an expression has a real value, as far as inequalities in one letter tell."""
    (tree,) = ask.formulas
    body = expression_of(tree, facts)
    letters = sorted(body.free_symbols, key=str)
    if len(letters) != 1:
        raise NotCovered("the domain of a function of one letter is found")
    needed = conditions((tree,))
    if not needed:
        if body.is_polynomial(letters[0]) or body.has(sp.exp, sp.sin, sp.cos):
            return done("domain", ask.source, "all real numbers", "nothing restricts it")
        raise NotCovered("what restricts it is not known")
    relations = [parse(text.replace("≠", "!=").replace("≥", ">=")) for text in needed]
    work = solve_relations([r for r in relations if isinstance(r, Relation)], str(letters[0]))
    return replace(work, remarks=(f"What must hold: {', '.join(needed)}",))


def one_solution(ask: Ask, facts: Facts) -> Work:
    """For which parameter a quadratic equation has one, two or no real solutions."""
    (relation,) = ask.formulas
    if not isinstance(relation, Relation):
        raise NotCovered("no equation")
    zero = facts.zero(relation)
    unknowns = zero.letters - {ask.letter}
    if len(unknowns) != 1 or ask.letter not in zero.letters:
        raise NotCovered("one unknown and one parameter are needed")
    (unknown,) = unknowns
    parts = zero.coefficients(unknown)
    if zero.degree(unknown) != 2 or parts[2].value is None:
        raise NotCovered("only quadratics whose leading coefficient is a number")
    word = ask.words[0].lower() if ask.words else "one"
    a, b, c = (parts.get(power, Polynomial({})) for power in (2, 1, 0))
    delta = b * b - Polynomial.constant(Fraction(4)) * a * c
    name = sp.Symbol(ask.letter, real=True)
    if not word.endswith("one"):
        return _sign_of(ask, delta, no=word == "no")
    steps: list[SolutionStep] = []
    found = polynomial_roots(sp.Poly(as_sympy(delta), name), steps)
    answer = " or ".join(root_text(ask.letter, root) for root in found.roots) or "no real value"
    detail = f"the discriminant {text_of(delta)} is zero there and nowhere else: {found.reason}"
    check = Check(
        by="discriminant",
        verdict=Verdict.PROVED if found.complete else Verdict.UNKNOWN,
        detail=detail,
        sufficient=True,
    )
    return Work(answer=answer, checks=(check,), steps=tuple(steps))


def _sign_of(ask: Ask, delta: Polynomial, *, no: bool) -> Work:
    zero = Number(value=Fraction(0))
    relation = Relation(operator="<" if no else ">", left=tree_of(as_sympy(delta)), right=zero)
    work = solve_relations([relation], ask.letter)
    return replace(work, remarks=(f"Discriminant: {text_of(delta)}", *work.remarks))


def intercept(ask: Ask, facts: Facts) -> Work:
    """Return where a line or curve in x and y meets an axis."""
    (relation,) = ask.formulas
    if not isinstance(relation, Relation):
        raise NotCovered("no equation")
    letter = ask.words[0].lower()
    other = "y" if letter == "x" else "x"
    zero = facts.zero(relation).replaced({other: Polynomial({})})
    if zero.letters != frozenset({letter}):
        raise NotCovered("the curve is not one in x and y")
    found = polynomial_roots(sp.Poly(as_sympy(zero), sp.Symbol(letter, real=True)), [])
    places = [(plain(r), "0") if letter == "x" else ("0", plain(r)) for r in found.roots]
    answer = " or ".join(f"({a}, {b})" for a, b in places) or "none"
    detail = f"{other} = 0 gives {text_of(zero)} = 0; {found.reason}"
    return done("intercept", ask.source, answer, detail, proved=found.complete)


def line_slope(ask: Ask, facts: Facts) -> Work:
    """Return the slope of a line given by its equation."""
    (relation,) = ask.formulas
    zero = facts.zero(relation) if isinstance(relation, Relation) else Polynomial({})
    rise = zero.terms.get((("y", 1),), Fraction(0))
    if zero.total_degree != 1 or zero.letters - {"x", "y"} or not rise:
        raise NotCovered("this is no line that has a slope")
    value = -zero.terms.get((("x", 1),), Fraction(0)) / rise
    return done("solve for y", ask.source, str(value), f"from {text_of(zero)} = 0")


def power(ask: Ask, facts: Facts) -> Work:
    """Write a product of powers of one positive letter as one power."""
    (tree,) = ask.formulas
    factor, exponent = surds.power_of(tree, ask.letter)
    expression = sp.Rational(str(factor)) * symbol(ask.letter) ** sp.Rational(str(exponent))
    answer = str(expression).replace("**", facts.script.power)
    work = done("laws of powers", ask.source, answer, "exponents added exactly")
    return replace(work, conditions=(f"{ask.letter} > 0",))


GOALS: Mapping[str, Goal] = {
    "power": power,
    "discriminant": discriminant,
    "vertex": vertex,
    "complete the square": complete_square,
    "polynomial division": division,
    "polynomial gcd": polynomial_gcd,
    "partial fractions": partial_fractions,
    "degree": degree,
    "coefficient of": coefficient_of,
    "inverse function": inverse_function,
    "domain": domain,
    "one solution": one_solution,
    "intercept": intercept,
    "line slope": line_slope,
}
