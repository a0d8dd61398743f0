"""Requests as people type them: forms of numbers, temperatures, angles, progressions, interest."""

import re
from collections.abc import Mapping
from dataclasses import replace
from fractions import Fraction
from itertools import pairwise

import sympy as sp

from assistants.errors import InputError
from math_solver.reading import Tree, letters
from math_solver.reading.asks import ordinal
from math_solver.reading.parser import parse
from math_solver.reading.spoken import number_of
from math_solver.reading.statements import Ask
from math_solver.solution import Work
from math_solver.topics.complex_numbers import Complex, complex_of
from math_solver.topics.numbers import decimal_text
from math_solver.topics.scope import Facts, NotCovered
from math_solver.topics.surds import Surd

from . import Expression, tutor, whole_numbers
from .build import build, symbol
from .equivalence import prove_zero
from .goals import Goal, context_of, done, expression_of, number_text, rational, value_work
from .plain import plain

MAX_TERMS = 20_000
MAX_YEARS = 1_000


# --- forms of numbers


def scientific(ask: Ask, facts: Facts) -> Work:
    """Write a number as a * 10^n with 1 <= |a| < 10."""
    (value,) = facts.numbers(ask)
    if not value:
        raise InputError("zero has no scientific notation")
    power = 0
    while abs(value) >= Fraction(10) ** (power + 1):
        power += 1
    while abs(value) < Fraction(10) ** power:
        power -= 1
    head = value / Fraction(10) ** power
    shown = decimal_text(head)
    if "/" in shown:
        raise InputError("this number is no finite decimal")
    return done(
        "move the point", ask.source, f"{shown} * 10^{power}", f"{shown}*10^{power} = {value}"
    )


def divisor_list(ask: Ask, facts: Facts) -> Work:
    """List the positive divisors."""
    return whole_numbers.TASKS["divisors"](facts.numbers(ask))


def percent_change(ask: Ask, facts: Facts) -> Work:
    """Return the change from one number to another, in per cent of the first."""
    old, new = facts.numbers(ask)
    if not old:
        raise InputError("a change from zero has no percentage")
    change = (new - old) / abs(old) * 100
    detail = f"({new} - {old})/{old} * 100"
    work = done("percent change", ask.source, f"{decimal_text(change)}%", detail)
    lines = [("change", f"({new - old})/({abs(old)})*100", "the new value less the old one"),
             ("compute", str(change), "in per cent of the old value")]  # fmt: skip
    return replace(work, steps=tutor.chain(f"({new} - ({old}))/({abs(old)})*100", lines))


def percent_of(ask: Ask, facts: Facts) -> Work:
    """Return so many per cent of a number."""
    rate, whole = facts.numbers(ask)
    value = rate * whole / 100
    detail = f"{rate}/100 * {whole}"
    work = done("per cent", ask.source, decimal_text(value), detail)
    lines = [("multiply", f"{rate * whole}/100", f"{rate} per cent are {rate}/100"),
             ("divide", str(value), "by 100")]  # fmt: skip
    return replace(work, steps=tutor.chain(f"({rate})/100*({whole})", lines))


def interest(ask: Ask, facts: Facts) -> Work:
    """Return simple or compound (yearly) interest."""
    capital, rate = facts.numbers(ask)
    years = int(ask.numbers[0])
    if ask.numbers[0].denominator != 1 or not 0 < years <= MAX_YEARS:
        raise InputError(f"whole years up to {MAX_YEARS} are counted")
    if ask.words[0].lower() == "simple":
        value, formula = capital * rate / 100 * years, f"{capital} * {rate}/100 * {years}"
    else:
        value = capital * ((1 + rate / 100) ** years - 1)
        formula = f"{capital} * (1 + {rate}/100)^{years} - {capital}"
    return done("interest", ask.source, decimal_text(value), formula)


def discount(ask: Ask, facts: Facts) -> Work:
    """Return what is left of a price."""
    rate, price = facts.numbers(ask)
    value = price * (1 - rate / 100)
    detail = f"{price} * (1 - {rate}/100)"
    return done("discount", ask.source, decimal_text(value), detail)


def z_score(ask: Ask, facts: Facts) -> Work:
    """Return how many standard deviations a value lies above the mean."""
    value, mean, deviation = facts.numbers(ask)
    if deviation <= 0:
        raise InputError("a standard deviation is positive")
    result = (value - mean) / deviation
    return done(
        "z-score", ask.source, number_text(result, facts), f"({value} - {mean})/{deviation}"
    )


def nth_root(ask: Ask, facts: Facts) -> Work:
    """Return the real n-th root."""
    value, degree = expression_of(ask.formulas[0], facts), ask.order
    if not (2 <= degree <= 60 and value.is_number):
        raise NotCovered("roots of numbers, of degree 2 to 60")
    if value.is_negative and degree % 2 == 0:
        raise InputError("a negative number has no real root of even degree")
    sign = -1 if value.is_negative else 1
    result = sign * sp.root(sign * value, degree)
    proved = bool(prove_zero(result**degree - value))
    return value_work(
        "root", ask.source, result, f"result^{degree} = {plain(value)}", proved=proved
    )


# --- primes and powers


def near_prime(ask: Ask, facts: Facts) -> Work:
    """Return the next prime above or below a number."""
    (start,) = whole_numbers.whole(facts.numbers(ask))
    if not 0 <= start < whole_numbers.PROVED_PRIME_BELOW // 2:
        raise InputError("primes near numbers below 2^63 are found")
    above = ask.words[1].lower() in {"after", "greater than", "larger than", "above", "bigger than"}
    if above != (ask.words[0].lower() in {"next", "smallest", "first"}):
        raise NotCovered("which prime is meant is not clear")
    if not above and start <= 2:
        raise InputError("there is no smaller prime")
    value = int(sp.nextprime(start) if above else sp.prevprime(start))
    gap = range(start + 1, value) if above else range(value + 1, start)
    proved = bool(sp.isprime(value)) and not any(sp.isprime(n) for n in gap)
    return done("primality test", ask.source, str(value), "none lies between", proved=proved)


def prime_list(ask: Ask, facts: Facts) -> Work:
    """List the primes of a range."""
    bounds = whole_numbers.whole(facts.numbers(ask))
    low, high = (bounds[0], bounds[1]) if len(bounds) > 1 else (2, bounds[0])
    if re.search(r"less than|below|under", ask.source, re.IGNORECASE):
        high -= 1
    if high - low > 5_000 or high > 10**9:
        raise InputError("primes of a range of up to 5000 numbers are listed")
    found = [n for n in range(max(low, 2), high + 1) if sp.isprime(n)]
    return done("primality test", ask.source, ", ".join(map(str, found)) or "none", "one by one")


def powers_sum(ask: Ask, _facts: Facts) -> Work:
    """Add the first squares or cubes."""
    count, power = int(ask.numbers[0]), 2 if "square" in ask.words[0].lower() else 3
    if not 1 <= count <= MAX_TERMS:
        raise InputError(f"sums of 1 to {MAX_TERMS} terms are computed")
    value = sum(n**power for n in range(1, count + 1))
    formula = count * (count + 1) * (2 * count + 1) // 6 if power == 2 else (
        (count * (count + 1) // 2) ** 2)  # fmt: skip
    text = "n(n + 1)(2n + 1)/6" if power == 2 else "(n(n + 1)/2)^2"
    return done("sum of powers", ask.source, str(value), f"{text}, and added one by one",
                proved=value == formula)  # fmt: skip


def log_value(ask: Ask, _facts: Facts) -> Work:
    """Return a logarithm of a whole number to a whole base."""
    base, value = (sp.Integer(int(number)) for number in ask.numbers)
    if base < 2 or value < 1:
        raise InputError("a logarithm is of a positive number to a base of 2 or more here")
    result = sp.simplify(sp.log(value) / sp.log(base))
    proved = not result.is_Rational or bool(prove_zero(base**result - value))
    return value_work("logarithm", ask.source, result, f"{base}^result = {value}", proved=proved)


def constant_term(ask: Ask, facts: Facts) -> Work:
    """Return the term of an expansion in which no letter is left."""
    body = sp.expand(expression_of(ask.formulas[0], facts))
    names = body.free_symbols
    if len(names) != 1:
        raise NotCovered("an expansion in one letter")
    value = sp.Add(*(term for term in sp.Add.make_args(body) if not term.free_symbols))
    return value_work("expand", ask.source, value, f"the expansion is {plain(body)[:200]}")


def distinct_primes(ask: Ask, facts: Facts) -> Work:
    """Count the different prime factors."""
    (number,) = whole_numbers.whole(facts.numbers(ask))
    if not 2 <= number <= whole_numbers.MAX_FACTORED:
        raise InputError(f"{number} is not factored here")
    factors = sorted(int(p) for p in sp.factorint(number))
    proved = all(p < whole_numbers.PROVED_PRIME_BELOW for p in factors)
    shown = ", ".join(map(str, factors))
    return done("prime factors", ask.source, str(len(factors)), shown, proved=proved)


# --- angles and temperatures


def to_radians(ask: Ask, facts: Facts) -> Work:
    """Convert degrees to radians."""
    (value,) = facts.numbers(ask)
    return value_work("times pi/180", ask.source, rational(value) * sp.pi / 180, "180° are pi")


def to_degrees(ask: Ask, facts: Facts) -> Work:
    """Convert radians to degrees."""
    value = sp.nsimplify(expression_of(ask.formulas[0], facts) * 180 / sp.pi)
    if value.free_symbols:
        raise NotCovered("no number")
    return value_work("times 180/pi", ask.source, value, "pi are 180°")


def temperature(ask: Ask, facts: Facts) -> Work:
    """Convert between degrees Celsius, degrees Fahrenheit and kelvins."""
    (value,) = facts.numbers(ask)
    old, new = (word[0].lower() for word in ask.words)
    zero = Fraction(27315, 100)
    celsius = {"c": value, "f": (value - 32) * Fraction(5, 9), "k": value - zero}[old]
    if celsius < -zero:
        raise InputError("nothing is colder than -273.15 °C")
    result = {"c": celsius, "f": celsius * Fraction(9, 5) + 32, "k": celsius + zero}[new]
    formula = {"c": "C = (F - 32)*5/9", "f": "F = C*9/5 + 32", "k": "K = C + 273.15"}[new]
    return value_work("temperature", ask.source, rational(result), formula)


# --- sums and progressions


def dotted_sum(ask: Ask, _facts: Facts) -> Work:
    """Add an arithmetic or geometric sum that is given by its beginning and its last term."""
    terms = [_rational(part) for part in re.split(r"\+", ask.words[0]) if part.strip()]
    last = _rational(ask.words[1])
    if len(terms) < 2:
        raise NotCovered("two terms or more show the rule")
    step = terms[1] - terms[0]
    if all(b - a == step for a, b in pairwise(terms)) and step:
        count = (last - terms[0]) / step + 1
        formula = (terms[0] + last) * count / 2
        kind, following = "arithmetic", lambda term: term + step
    elif len(terms) > 2 and all(terms) and terms[1] / terms[0] == terms[2] / terms[1]:
        ratio = terms[1] / terms[0]
        kind, following = "geometric", lambda term: term * ratio
        formula, count = (last * ratio - terms[0]) / (ratio - 1), Fraction(MAX_TERMS)
    else:
        raise InputError("the terms are neither arithmetic nor geometric", hint="check them")
    if kind == "arithmetic" and (count.denominator != 1 or not 0 < count <= MAX_TERMS * 100):
        raise InputError(f"{last} is no term of this sum")
    total, term, added = terms[0], terms[0], 1
    while term != last:
        term, added = following(term), added + 1
        total += term
        if added > (count if kind == "arithmetic" else 2_000):
            raise InputError(f"{last} is no term of this sum")
    detail = f"{added} terms, by the formula and added one by one"
    work = done(f"{kind} sum", ask.source, str(total), detail, proved=total == formula)
    return replace(work, assumptions=(f"the terms are {kind}",))


def _rational(text: str) -> Fraction:
    value = build(parse(text.strip()))
    if not value.is_Rational:
        raise NotCovered("the terms are no rational numbers")
    return Fraction(int(value.p), int(value.q))


def _progression(ask: Ask, facts: Facts) -> tuple[bool, Fraction, Fraction]:
    first, step = facts.numbers(ask)
    arithmetic = ask.words[0].lower() == "arithmetic"
    if arithmetic == bool(re.search(r"\bratio\b", ask.source, re.IGNORECASE)):
        raise NotCovered("an arithmetic sequence has a difference, a geometric one a ratio")
    return arithmetic, first, step


def progression(ask: Ask, facts: Facts) -> Work:
    """Return a term of a sequence given by its first term and its difference or ratio."""
    arithmetic, first, step = _progression(ask, facts)
    place = ordinal(ask.words[1])
    if not 1 <= place <= MAX_TERMS:
        raise InputError(f"terms 1 to {MAX_TERMS} are computed")
    value = first + (place - 1) * step if arithmetic else first * step ** (place - 1)
    formula = f"{first} + {place - 1}*({step})" if arithmetic else f"{first}*({step})^{place - 1}"
    return done("term of a sequence", ask.source, number_text(value, facts), formula)


def progression_sum(ask: Ask, facts: Facts) -> Work:
    """Add the first terms of a sequence given by its first term and its difference or ratio."""
    arithmetic, first, step = _progression(ask, facts)
    count = int(ask.numbers[0])
    if not 1 <= count <= MAX_TERMS:
        raise InputError(f"sums of 1 to {MAX_TERMS} terms are computed")
    if arithmetic:
        value, formula = Fraction(count, 2) * (2 * first + (count - 1) * step), "n/2*(2a + (n-1)d)"
    elif step == 1:
        value, formula = first * count, "n*a"
    else:
        value, formula = first * (step**count - 1) / (step - 1), "a*(r^n - 1)/(r - 1)"
    term, total = first, Fraction(0)
    for _ in range(count):
        total, term = total + term, (term + step if arithmetic else term * step)
    return done("sum of a sequence", ask.source, number_text(value, facts), formula,
                proved=total == value)  # fmt: skip


# --- chance


def one_die(ask: Ask, _facts: Facts) -> Work:
    """Return the probability of what one fair die shows."""
    word = ask.words[0].lower()
    found = re.fullmatch(r"number (greater|bigger|less|smaller) than (\d)", word)
    if found:
        over = found[1] in {"greater", "bigger"}
        good = [n for n in range(1, 7) if (n > int(found[2])) == over and n != int(found[2])]
    elif word.isdigit():
        good = [n for n in range(1, 7) if n == int(word)]
    else:
        kinds = {"even": (2, 4, 6), "odd": (1, 3, 5), "prime": (2, 3, 5)}
        good = list(kinds[word.split()[0]])
    if not re.search(r"roll|die|dice|throw", ask.source, re.IGNORECASE):
        raise NotCovered("no die is spoken of")
    detail = f"{len(good)} of 6 equally likely faces"
    work = done("equally likely cases", ask.source, str(Fraction(len(good), 6)), detail)
    return replace(work, assumptions=("one fair die with six faces",))


def expected_die(ask: Ask, _facts: Facts) -> Work:
    """Return the mean of what one fair die shows."""
    word = next((w for w in ask.words if w), "six").lower()
    faces = int(word) if word.isdigit() else int(number_of(word))
    if faces < 2:
        raise NotCovered("no die has so few faces")
    detail = f"(1 + 2 + ... + {faces})/{faces}"
    work = done("expected value", ask.source, str(Fraction(faces + 1, 2)), detail)
    return replace(work, assumptions=(f"one fair die with the numbers 1 to {faces}",))


# --- complex numbers and functions


def _value(ask: Ask) -> Complex:
    tree = ask.formulas[0]
    if set(letters(tree)) - {"i"}:
        raise NotCovered("letters other than i")
    return complex_of(tree)


def _surd(value: Surd) -> Expression:
    return sp.Add(*(rational(f) * sp.sqrt(r) for r, f in value.parts.items()))


def conjugate(ask: Ask, _facts: Facts) -> Work:
    """Return the complex conjugate."""
    value = _value(ask)
    result = _surd(value.re) - _surd(value.im) * sp.I
    return done("conjugate", ask.source, plain(result), "the imaginary part changes its sign")


def complex_part(ask: Ask, _facts: Facts) -> Work:
    """Return the real or imaginary part, the modulus or the argument."""
    value, word = _value(ask), ask.words[0].lower()
    real, imaginary = _surd(value.re), _surd(value.im)
    if word in {"argument", "arg"}:
        result = sp.arg(real + imaginary * sp.I)
    elif word in {"real", "imaginary"}:
        result = real if word == "real" else imaginary
    else:
        result = sp.sqrt(sp.expand(real**2 + imaginary**2))
    shown = f"of {plain(real + imaginary * sp.I)}"
    return value_work(word, ask.source, sp.simplify(result), shown)


def polar_form(ask: Ask, _facts: Facts) -> Work:
    """Write a complex number as r*(cos(t) + i*sin(t))."""
    value = _value(ask)
    real, imaginary = _surd(value.re), _surd(value.im)
    number = real + imaginary * sp.I
    if number == 0:
        raise InputError("zero has no argument")
    size = sp.sqrt(sp.expand(real**2 + imaginary**2))
    angle = sp.simplify(sp.arg(number))
    back = sp.simplify(sp.expand(size * sp.cos(angle)) - real)
    head = "" if size == 1 else f"{plain(size)}*"
    shown = f"{head}(cos({plain(angle)}) + i*sin({plain(angle)}))"
    detail = f"modulus {plain(size)}, argument {plain(angle)}"
    return done("polar form", ask.source, shown, detail, proved=bool(prove_zero(back)))


def parity(ask: Ask, facts: Facts) -> Work:
    """Return whether a function is even, odd or neither."""
    tree: Tree = ask.formulas[0]
    body = build(tree, context_of(facts))
    names = sorted(body.free_symbols, key=str)
    if len(names) != 1:
        raise NotCovered("functions of one letter are even or odd")
    mirrored = body.subs(names[0], -names[0])
    asked = [word.lower() for word in ask.words]
    for name, difference in (("even", body - mirrored), ("odd", body + mirrored)):
        if prove_zero(difference):
            answer = str(name == asked[0]) if asked else name
            return done("f(-x)", ask.source, answer, f"f(-{names[0]}) = {plain(mirrored)}")
    shown = plain(sp.simplify(body.subs(names[0], 2))), plain(sp.simplify(body.subs(names[0], -2)))
    value = [sp.simplify(body.subs(names[0], place)) for place in (2, -2)]
    if not all(v.is_number and v.is_finite for v in value):
        raise NotCovered("the values at 2 and -2 do not exist")
    gaps = [sp.simplify(value[0] - value[1]), sp.simplify(value[0] + value[1])]
    if any(gap.is_zero is not False for gap in gaps):
        raise NotCovered("neither was proved")
    answer = "False" if asked else "neither"
    return done("f(-x)", ask.source, answer, f"f(2) = {shown[0]} and f(-2) = {shown[1]}")


def evaluate_at(ask: Ask, facts: Facts) -> Work:
    """Return the value of an expression at a value of its letter."""
    body, point = (expression_of(tree, facts) for tree in ask.formulas)
    x = symbol(ask.letter)
    if body.free_symbols != {x} or body.has(sp.Derivative, sp.Integral, sp.Limit):
        raise NotCovered("the letter with the value is not the only one")
    if body.has(sp.Symbol("i", real=True)):
        raise NotCovered("complex values are computed elsewhere")
    value = sp.simplify(body.subs(x, point))
    if not value.is_finite:
        raise InputError("there is no value there", hint="check the divisor")
    return value_work("put in", ask.source, value, f"{ask.letter} = {plain(point)}")


GOALS: Mapping[str, Goal] = {
    "scientific": scientific,
    "divisor list": divisor_list,
    "percent change": percent_change,
    "percent of": percent_of,
    "simple interest": interest,
    "discount": discount,
    "z-score": z_score,
    "nth root": nth_root,
    "next prime": near_prime,
    "prime list": prime_list,
    "squares sum": powers_sum,
    "log value": log_value,
    "degrees to radians": to_radians,
    "radians to degrees": to_degrees,
    "temperature": temperature,
    "dotted sum": dotted_sum,
    "progression": progression,
    "progression sum": progression_sum,
    "one die": one_die,
    "expected die": expected_die,
    "conjugate": conjugate,
    "constant term": constant_term,
    "distinct primes": distinct_primes,
    "complex part": complex_part,
    "polar form": polar_form,
    "function parity": parity,
    "evaluate at": evaluate_at,
}
