"""Requests about numbers: their forms, bases, digits, divisors, congruences, integer solutions."""

import re
from collections.abc import Mapping
from fractions import Fraction
from math import ceil, floor, gcd, isqrt, lcm, prod

import sympy as sp

from assistants.errors import InputError
from math_solver.reading import Binary, Call, Negate, Number, Relation, Tree, spell
from math_solver.reading.parser import parse, read_formula
from math_solver.reading.spoken import number_of
from math_solver.reading.statements import Ask, split_list
from math_solver.solution import Work
from math_solver.topics import numbers
from math_solver.topics.polynomial import Scope, polynomial_of
from math_solver.topics.scope import Facts, NotCovered

from . import whole_numbers
from .goals import Goal, done

MAX_MODULUS = 10**40
NAMED_BASES = {"binary": 2, "octal": 8, "hexadecimal": 16, "hex": 16, "decimal": 10}


def to_fraction(ask: Ask, _facts: Facts) -> Work:
    """Write a decimal, also a repeating one, as a fraction."""
    text = ask.words[0]
    found = re.fullmatch(r"(-?)(\d*)\.(\d*?)(?:\((\d+)\)|\\overline\{(\d+)\}|(\.{3}))?", text)
    if found is None:
        raise NotCovered("this decimal is not read")
    sign, whole, digits, bracketed, lined, dots = found.groups()
    period = bracketed or lined or (_period(digits) if dots else "")
    if dots and not period:
        raise InputError("which digits repeat is not clear", hint="write 0.1(6) for 0.1666…")
    if dots:
        digits = _before_period(digits, period)
    value = Fraction(int(whole or 0) * 10 ** len(digits) + int(digits or 0), 10 ** len(digits))
    if period:
        value += Fraction(int(period), (10 ** len(period) - 1) * 10 ** len(digits))
    value = -value if sign else value
    detail = f"dividing gives {repeating_text(value)} again"
    return done("repeating decimal", ask.source, str(value), detail)


def _period(digits: str) -> str:
    """The shortest block that ends the digits at least twice (three times for one digit)."""
    for size in range(1, len(digits) // 2 + 1):
        block = digits[-size:]
        times = 3 if size == 1 and len(digits) > 2 else 2
        if digits.endswith(block * times):
            return block
    return ""


def _before_period(digits: str, period: str) -> str:
    while digits.endswith(period):
        digits = digits.removesuffix(period)
    return digits


def repeating_text(value: Fraction) -> str:
    """Write a fraction as a decimal, its period in brackets: 1/6 is 0.1(6)."""
    whole, rest = divmod(abs(value.numerator), value.denominator)
    digits, seen = "", {}
    while rest and rest not in seen:
        if len(digits) > 2_000:
            raise NotCovered("the period is longer than 2000 digits")
        seen[rest] = len(digits)
        digit, rest = divmod(rest * 10, value.denominator)
        digits += str(digit)
    sign = "-" if value < 0 else ""
    if not rest:
        return f"{sign}{whole}.{digits}" if digits else f"{sign}{whole}"
    start = seen[rest]
    return f"{sign}{whole}.{digits[:start]}({digits[start:]})"


def to_decimal(ask: Ask, facts: Facts) -> Work:
    """Write a number as a decimal, its period in brackets."""
    (value,) = facts.numbers(ask)
    return done("long division", ask.source, repeating_text(value), f"remainders of {value}")


def to_percent(ask: Ask, facts: Facts) -> Work:
    """Write a number in per cent."""
    (value,) = facts.numbers(ask)
    answer = f"{numbers.decimal_text(value * 100)}%"
    return done("times 100", ask.source, answer, f"{value} = {value * 100}/100")


def _base(text: str) -> int:
    name = text.lower().removeprefix("base").strip()
    return NAMED_BASES.get(name) or int(number_of(name))


def to_base(ask: Ask, _facts: Facts) -> Work:
    """Write a whole number in another base."""
    value, base = int(ask.words[0]), _base(ask.words[1])
    answer = numbers.in_base(value, base)
    proved = numbers.from_base(answer, base) == value
    return done("divide by the base", ask.source, answer, f"read back it is {value}", proved=proved)


def from_base(ask: Ask, _facts: Facts) -> Work:
    """Write a number of another base in base 10."""
    base = {"0x": 16, "0b": 2}.get(ask.words[1].lower()) or _base(ask.words[1])
    value = numbers.from_base(ask.words[0], base)
    digits = " + ".join(f"{int(d, 36)}*{base}^{i}" for i, d in enumerate(ask.words[0][::-1]))
    return done("place values", ask.source, str(value), digits)


def significant(ask: Ask, facts: Facts) -> Work:
    """Round to significant figures."""
    (value,) = facts.numbers(ask)
    count = int(ask.numbers[0])
    if not 1 <= count <= 50 or not value:
        raise InputError("from 1 to 50 significant figures are rounded to", hint="check it")
    power = 0
    while abs(value) >= Fraction(10) ** (power + 1):
        power += 1
    while abs(value) < Fraction(10) ** power:
        power -= 1
    unit = Fraction(10) ** (power - count + 1)
    result = numbers.rounded_to(value, unit)
    detail = f"the error is at most half of {unit}"
    return done("round", ask.source, numbers.decimal_text(result), detail,
                proved=2 * abs(result - value) <= unit)  # fmt: skip


# --- whole numbers of any size by remainders


def residue(tree: Tree, modulus: int) -> int:
    """Return a formula's remainder, powers by repeated squaring. Raises `NotCovered`."""
    match tree:
        case Number() if tree.value.denominator == 1:
            return int(tree.value) % modulus
        case Negate():
            return -residue(tree.operand, modulus) % modulus
        case Binary(operator="+"):
            return (residue(tree.left, modulus) + residue(tree.right, modulus)) % modulus
        case Binary(operator="-"):
            return (residue(tree.left, modulus) - residue(tree.right, modulus)) % modulus
        case Binary(operator="*"):
            return residue(tree.left, modulus) * residue(tree.right, modulus) % modulus
        case Binary(operator="^"):
            exponent = polynomial_of(tree.right, Scope(values={}, functions={})).value
            if exponent is None or exponent.denominator != 1 or exponent < 0:
                raise NotCovered("the exponent is no whole number")
            return pow(residue(tree.left, modulus), int(exponent), modulus)
        case Call(function="factorial", arguments=(Number() as inner,)) if inner.value < 10**6:
            result = 1
            for factor in range(2, int(inner.value) + 1):
                result = result * factor % modulus
                if not result:
                    break
            return result
        case _:
            raise NotCovered("remainders of this formula are not computed")


def last_digits(ask: Ask, facts: Facts) -> Work:
    """Return the last digit or digits of a formula."""
    (tree,) = ask.formulas
    word = ask.words[0].lower()
    count = {"last two digits": 2, "last three digits": 3, "tens": 2}.get(word, 1)
    try:
        (value,) = whole_numbers.whole([facts.number(tree)])
        rest, detail = abs(value) % 10**count, f"of {value if value < 10**30 else 'the number'}"
    except NotCovered:
        rest = residue(tree, 10**count)
        detail = f"the remainder of the division by {10**count}, by repeated squaring"
    shown = str(rest).rjust(count, "0") if "digits" in word else str(rest // 10 ** (count - 1))
    return done("last digits", ask.source, shown, detail)


def trailing_zeros(ask: Ask, facts: Facts) -> Work:
    """Count the zeros at the end of n!: the factors 5 of it (Legendre)."""
    (number,) = whole_numbers.whole(facts.numbers(ask))
    counts, power = [], 5
    while power <= number:
        counts.append(number // power)
        power *= 5
    shown = " + ".join(map(str, counts)) or "0"
    detail = f"factors 5 of {number}!: {shown}; there are more factors 2"
    return done("Legendre's formula", ask.source, str(sum(counts)), detail)


def modulo(ask: Ask, facts: Facts) -> Work:
    """Return a remainder; of huge powers by repeated squaring."""
    (divisor,) = whole_numbers.whole([facts.number(ask.formulas[1])])
    if divisor < 2 or divisor > MAX_MODULUS:
        raise InputError("a modulus is 2 or more", hint="check it")
    rest = residue(ask.formulas[0], divisor)
    return done("remainder", ask.source, str(rest), f"between 0 and {divisor - 1}, term by term")


def prime_factor(ask: Ask, facts: Facts) -> Work:
    """Return the largest or smallest prime factor."""
    number, factors = _factored(ask, facts)
    if number < 2:
        raise InputError(f"{number} has no prime factor")
    choose = max if ask.words[0].lower() in {"largest", "greatest"} else min
    return _with_primes(ask, factors, choose(factors), "the prime factors")


def nth_prime(ask: Ask, _facts: Facts) -> Work:
    """Return the n-th prime."""
    place = int(ask.words[0])
    if not 1 <= place <= 100_000:
        raise InputError("primes 1 to 100000 are counted off")
    value = int(sp.prime(place))
    proved = int(sp.primepi(value)) == place and bool(sp.isprime(value))
    return done("sieve", ask.source, str(value), f"{place} primes up to {value}", proved=proved)


def base_terms(ask: Ask, _facts: Facts) -> Work:
    """Add, subtract or multiply numbers of one base or of several."""
    text = ask.words[0].replace("\\times", "*").replace("\\cdot", "*")
    joint = {"subtract": "-", "multiply": "*", "product": "*", "difference": "-"}
    word = next((sign for name, sign in joint.items() if name in ask.source.lower()), "+")
    parts = re.split(r"\s*([-+*]|\band\b)\s*", text)
    numbers_, bases = [], []
    for part in parts[::2]:
        digits, _, base = part.replace("{", "").replace("}", "").partition("_")
        bases.append(int(base))
        numbers_.append(numbers.from_base(digits, int(base)))
    formula = str(numbers_[0])
    for sign, value in zip(parts[1::2], numbers_[1:], strict=True):
        formula += f" {word if sign == 'and' else sign} {value}"
    total = polynomial_of(parse(formula), Scope(values={}, functions={})).value
    if total is None:
        raise NotCovered("no arithmetic")
    if len(ask.words) < 2 and len(set(bases)) > 1:
        raise InputError("in which base the answer is wanted is not said", hint="say: in base 10")
    base = int(ask.words[1]) if len(ask.words) > 1 else bases[0]
    answer = numbers.in_base(int(total), base)
    return done("place values", ask.source, answer, f"in base 10: {formula} = {total}")


def _factored(ask: Ask, facts: Facts) -> tuple[int, dict[int, int]]:
    (number,) = whole_numbers.whole(facts.numbers(ask))
    if not 1 <= number <= whole_numbers.MAX_FACTORED:
        raise InputError(f"{number} is not factored here", hint="1 to 10^60")
    return number, {int(p): int(e) for p, e in sp.factorint(number).items()}


def _with_primes(ask: Ask, factors: Mapping[int, int], answer: int, formula: str) -> Work:
    known = all(p < whole_numbers.PROVED_PRIME_BELOW for p in factors)
    product = " * ".join(f"{p}^{e}" if e > 1 else str(p) for p, e in factors.items()) or "1"
    return done("prime factors", ask.source, str(answer), f"{product}; {formula}", proved=known)


def divisor_count(ask: Ask, facts: Facts) -> Work:
    """Count the positive divisors."""
    _, factors = _factored(ask, facts)
    count = prod(e + 1 for e in factors.values())
    return _with_primes(ask, factors, count, "the product of (exponent + 1)")


def divisor_sum(ask: Ask, facts: Facts) -> Work:
    """Add up the positive divisors."""
    _, factors = _factored(ask, facts)
    total = prod((p ** (e + 1) - 1) // (p - 1) for p, e in factors.items())
    return _with_primes(ask, factors, total, "the product of (p^(e + 1) - 1)/(p - 1)")


def totient(ask: Ask, facts: Facts) -> Work:
    """Count the numbers below that have no common divisor with it."""
    _, factors = _factored(ask, facts)
    count = prod(p ** (e - 1) * (p - 1) for p, e in factors.items())
    return _with_primes(ask, factors, count, "the product of p^(e - 1)*(p - 1)")


def perfect_power(ask: Ask, facts: Facts) -> Work:
    """Return whether a number is a square or a cube."""
    (number,) = whole_numbers.whole(facts.numbers(ask))
    degree = 2 if ask.words[0].lower() == "square" else 3
    if number < 0 and degree == 2:
        return done("nearest root", ask.source, "False", "a square is never negative")
    root = isqrt(number) if degree == 2 else numbers.nearest_root(Fraction(number), 3)
    holds = root**degree == number
    detail = f"{root}^{degree} = {root**degree}"
    return done("nearest root", ask.source, str(holds), detail)


def prime_factorization(ask: Ask, facts: Facts) -> Work:
    """Return the prime factorisation with exponents."""
    return whole_numbers.factorize(facts.numbers(ask))


# --- congruences


def modular_inverse(ask: Ask, facts: Facts) -> Work:
    """Return the inverse of a number modulo another."""
    number, modulus = whole_numbers.whole(facts.numbers(ask))
    if modulus < 2:
        raise InputError("a modulus is 2 or more", hint="check it")
    if gcd(number, modulus) != 1:
        detail = f"{number} and {modulus} have the common divisor {gcd(number, modulus)}"
        return done("extended Euclid", ask.source, "no inverse", detail)
    value = pow(number, -1, modulus)
    detail = f"{number} * {value} = {number * value // modulus} * {modulus} + 1"
    return done("extended Euclid", ask.source, str(value), detail)


def reciprocal(ask: Ask, facts: Facts) -> Work:
    """Return one over a number."""
    (value,) = facts.numbers(ask)
    if not value:
        raise InputError("0 has no reciprocal")
    return done("reciprocal", ask.source, str(1 / value), f"{value} * {1 / value} = 1")


def next_whole(ask: Ask, facts: Facts) -> Work:
    """Return the whole number next below or above a number."""
    (value,) = facts.numbers(ask)
    below = ask.words[1].lower() in {"less", "smaller"}
    if below != (ask.words[0].lower() in {"greatest", "largest", "biggest"}):
        raise InputError("there is no such whole number: they go on without end")
    found = ceil(value) - 1 if below else floor(value) + 1
    return done("rounding", ask.source, str(found), f"next to {value}")


_CONGRUENCE = re.compile(
    r"(.+?)(?:=|≡|\\equiv)(.+?)\(?\s*(?:\\p?mod|mod(?:ulo)?)\s*\{?(\d+)\}?\)?", re.IGNORECASE
)


def congruences(ask: Ask, _facts: Facts) -> Work:
    """Solve linear congruences in one letter together (Chinese remainders)."""
    parts = split_list(ask.words[0])
    found = [match for part in parts if (match := _CONGRUENCE.fullmatch(part.strip()))]
    if len(found) != len(parts):
        raise NotCovered("these congruences are not read")
    residue_, modulus, letter = 0, 1, ""
    for match in found:
        name, (value, size) = _linear_congruence(*match.groups())
        letter = letter or name
        if name != letter:
            raise NotCovered("congruences in several letters")
        common = gcd(modulus, size)
        if (value - residue_) % common:
            return done("Chinese remainders", ask.source, "no solution", f"modulo {common}")
        step = (value - residue_) // common * pow(modulus // common, -1, size // common)
        residue_ += modulus * (step % (size // common))
        modulus = lcm(modulus, size)
    answer = f"{letter} ≡ {residue_ % modulus} (mod {modulus})"
    detail = "put in, each congruence holds; modulo the least common multiple there is no other"
    return done("Chinese remainders", ask.source, answer, detail)


def _linear_congruence(left: str, right: str, size: str) -> tuple[str, tuple[int, int]]:
    modulus = int(size)
    empty = Scope(values={}, functions={})
    zero = polynomial_of(read_formula(left).tree, empty) - polynomial_of(parse(right), empty)
    names = sorted(zero.letters)
    if len(names) != 1 or zero.total_degree != 1 or not 2 <= modulus <= MAX_MODULUS:
        raise NotCovered("only linear congruences in one letter are solved")
    if any(factor.denominator != 1 for factor in zero.terms.values()):
        raise NotCovered("a congruence with fractions")
    slope = int(zero.terms[((names[0], 1),)])
    target = -int(zero.terms.get((), Fraction(0)))
    common = gcd(slope, modulus)
    if target % common:
        raise InputError(f"{slope}{names[0]} is never {target} modulo {modulus}: no solution")
    reduced = modulus // common
    return names[0], (target // common * pow(slope // common, -1, reduced) % reduced, reduced)


def diophantine(ask: Ask, facts: Facts) -> Work:
    """Solve a*x + b*y = c in whole numbers (Bézout)."""
    (relation,) = ask.formulas
    if not isinstance(relation, Relation):
        raise NotCovered("no equation")
    zero = facts.zero(relation)
    names = sorted(zero.letters)
    if len(names) != 2 or zero.total_degree != 1:
        raise NotCovered("only linear equations in two letters are solved in whole numbers")
    scale = lcm(*(factor.denominator for factor in zero.terms.values()))
    a, b = (int(zero.terms[((name, 1),)] * scale) for name in names)
    c = -int(zero.terms.get((), Fraction(0)) * scale)
    common = gcd(a, b)
    if c % common:
        detail = f"{common} divides the left side and not {c}"
        return done("Bézout", ask.source, "no integer solution", detail)
    a, b, c = a // common, b // common, c // common
    x = c * pow(a, -1, abs(b)) % abs(b) if abs(b) > 1 else 0
    y = (c - a * x) // b
    one = f"{names[0]} = {x} + {b}*t".replace("+ -", "- ").replace("1*t", "t")
    two = f"{names[1]} = {y} - {a}*t".replace("- -", "+ ").replace("1*t", "t")
    answer = f"{_tidy(names[0], x, b)}, {_tidy(names[1], y, -a)} (t any integer)"
    detail = f"put into {spell(relation)} it holds, as in {one} and {two}; {a} and {b} are coprime"
    return done("Bézout", ask.source, answer, detail, proved=a * x + b * y == c)


def _tidy(name: str, start: int, slope: int) -> str:
    step = f"{abs(slope)}*t" if abs(slope) != 1 else "t"
    return f"{name} = {start} {'+' if slope > 0 else '-'} {step}"


# --- words


_OPERATIONS = (
    (" plus ", "+"), (" minus ", "-"), (" times ", "*"), (" multiplied by ", "*"),
    (" divided by ", "/"),
)  # fmt: skip


def words(ask: Ask, _facts: Facts) -> Work:
    """Arithmetic in words: `three plus four times two`, by the usual precedence."""
    text = f" {ask.words[0].lower()} "
    for name, sign in _OPERATIONS:
        text = text.replace(name, f" {sign} ")
    parts = re.split(r" ([-+*/]) ", text)
    operands = [_operand(part.strip()) for part in parts[::2]]
    formula = "".join(
        f"{operand}{f' {sign} ' if sign else ''}"
        for operand, sign in zip(operands, [*parts[1::2], ""], strict=True)
    )
    value = polynomial_of(parse(formula), Scope(values={}, functions={})).value
    if value is None:
        raise NotCovered("no arithmetic")
    return done("compute", formula, str(value), "exact fractions")


def _operand(text: str) -> str:
    power = 1
    for word, exponent in (("squared", 2), ("cubed", 3)):
        if text.endswith(word):
            text, power = text.removesuffix(word).strip(), exponent
    return f"({number_of(text)})" + (f"^{power}" if power > 1 else "")


GOALS: Mapping[str, Goal] = {
    "to fraction": to_fraction,
    "to decimal": to_decimal,
    "to percent": to_percent,
    "to base": to_base,
    "from base": from_base,
    "significant": significant,
    "units digit": last_digits,
    "trailing zeros": trailing_zeros,
    "divisor count": divisor_count,
    "divisor sum": divisor_sum,
    "totient": totient,
    "perfect power": perfect_power,
    "prime factorization": prime_factorization,
    "modular inverse": modular_inverse,
    "reciprocal": reciprocal,
    "next whole": next_whole,
    "congruence": congruences,
    "modulo": modulo,
    "nth prime": nth_prime,
    "prime factor": prime_factor,
    "base terms": base_terms,
    "diophantine": diophantine,
    "words": words,
}
