"""Requests about lists of numbers: statistics, arithmetic and geometric sequences, sums."""

import re
from collections import Counter
from collections.abc import Mapping
from dataclasses import replace
from fractions import Fraction
from itertools import pairwise
from math import prod

import sympy as sp

from assistants.errors import InputError
from math_solver.reading import Binary, Number, Tree
from math_solver.reading.parser import parse
from math_solver.reading.statements import Ask
from math_solver.solution import SolutionStep, Work
from math_solver.topics import sequences
from math_solver.topics.scope import Facts, NotCovered

from . import Expression, tutor
from .build import symbol
from .goals import Goal, done, expression_of, number_text, rational, value_work
from .plain import plain

MAX_TERMS = 20_000
MAX_SHOWN = 12
MAX_FIBONACCI = 10_000


def mean(ask: Ask, facts: Facts) -> Work:
    """Return the arithmetic mean."""
    values = facts.numbers(ask)
    total = sum(values, Fraction(0))
    answer = number_text(total / len(values), facts)
    work = done("mean", ask.source, answer, f"sum {total} over {len(values)}")
    if len(values) > MAX_SHOWN:
        return work
    lines = [("add", f"({total})/{len(values)}", f"the sum of the {len(values)} numbers"),
             ("divide", answer, f"by how many they are: {len(values)}")]  # fmt: skip
    return replace(work, steps=tutor.chain(f"({_added(values)})/{len(values)}", lines))


def _added(values: list[Fraction]) -> str:
    return " + ".join(map(str, values)).replace("+ -", "- ")


def median(ask: Ask, facts: Facts) -> Work:
    """Return the middle of the sorted numbers, or the mean of the two in the middle."""
    values = sorted(facts.numbers(ask))
    half = len(values) // 2
    value = values[half] if len(values) % 2 else (values[half - 1] + values[half]) / 2
    shown = ", ".join(number_text(v, facts) for v in values)
    return done("median", ask.source, number_text(value, facts), f"in order: {shown}")


def mode(ask: Ask, facts: Facts) -> Work:
    """Return the most frequent numbers."""
    counts = Counter(facts.numbers(ask))
    most = max(counts.values())
    if most == 1 and len(counts) > 1:
        return done("mode", ask.source, "no mode", "every number occurs once")
    found = sorted(value for value, count in counts.items() if count == most)
    answer = ", ".join(number_text(value, facts) for value in found)
    return done("mode", ask.source, answer, f"occurs {most} times")


def spread(ask: Ask, facts: Facts) -> Work:
    """Return the largest less the smallest."""
    values = facts.numbers(ask)
    answer = number_text(max(values) - min(values), facts)
    return done("range", ask.source, answer, f"from {min(values)} to {max(values)}")


def averages(ask: Ask, facts: Facts) -> Work:
    """Return several of mean, median, mode and range, each under its name."""
    methods = {"mean": mean, "average": mean, "median": median, "mode": mode, "range": spread}
    asked = re.findall(r"mean|average|median|mode|range", ask.words[0].lower())
    works = {name: methods[name](ask, facts) for name in dict.fromkeys(asked)}
    told = ", ".join(f"{name} {work.answer}" for name, work in works.items())
    return Work(answer=told, checks=tuple(c for work in works.values() for c in work.checks),
                steps=tuple(s for work in works.values() for s in work.steps))  # fmt: skip


def _variance(ask: Ask, facts: Facts) -> tuple[Fraction, str]:
    values = facts.numbers(ask)
    sample = bool(ask.words) and ask.words[0].lower().startswith("sample")
    below = len(values) - sample
    if below < 1:
        raise InputError("a sample variance needs two numbers or more")
    middle = sum(values, Fraction(0)) / len(values)
    squares = sum(((value - middle) ** 2 for value in values), Fraction(0))
    return squares / below, "sample" if sample else "population"


def variance(ask: Ask, facts: Facts) -> Work:
    """Return the variance: of the population unless the sample's is asked for."""
    value, kind = _variance(ask, facts)
    work = done("variance", ask.source, number_text(value, facts), "mean square deviation")
    return work if ask.words else replace(work, assumptions=(_divides(kind),))


def _divides(kind: str) -> str:
    return f"{kind} variance: the squares are divided by n" + ("" if kind != "sample" else " - 1")


def deviation(ask: Ask, facts: Facts) -> Work:
    """Return the standard deviation."""
    value, kind = _variance(ask, facts)
    work = value_work(
        "standard deviation", ask.source, sp.sqrt(rational(value)), f"root of {value}"
    )
    work = replace(work, steps=_deviation_steps(facts.numbers(ask), value, kind) or work.steps)
    return work if ask.words else replace(work, assumptions=(_divides(kind),))


def _deviation_steps(
    values: list[Fraction], value: Fraction, kind: str
) -> tuple[SolutionStep, ...]:
    """The mean, the squares of the deviations, their mean, and its root."""
    if len(values) > MAX_SHOWN:
        return ()
    count = len(values)
    middle = sum(values, Fraction(0)) / count
    below = count - (kind == "sample")
    squares = " + ".join(f"({v} - ({middle}))^2" for v in values)
    added = " + ".join(str((v - middle) ** 2) for v in values)
    mean_steps = tutor.chain(
        f"({_added(values)})/{count}", [("mean", str(middle), "sum over count")]
    )
    rest = tutor.chain(f"sqrt(({squares})/{below})", [
        ("square the deviations", f"sqrt(({added})/{below})", f"numbers less the mean {middle}"),
        ("divide", f"sqrt({value})", f"by {below}"),
        ("draw the root", plain(sp.sqrt(rational(value))), "the standard deviation"),
    ])  # fmt: skip
    return (*mean_steps, *rest)


def geometric_mean(ask: Ask, facts: Facts) -> Work:
    """Return the n-th root of the product."""
    values = facts.numbers(ask)
    if min(values) <= 0:
        raise InputError("a geometric mean is of positive numbers")
    value = sp.root(rational(Fraction(prod(values))), len(values))
    return value_work("geometric mean", ask.source, value, "root of the product")


def harmonic_mean(ask: Ask, facts: Facts) -> Work:
    """Return n over the sum of reciprocals."""
    values = facts.numbers(ask)
    if not all(values) or not sum(1 / v for v in values):
        raise InputError("a harmonic mean is of numbers other than zero")
    answer = Fraction(len(values)) / sum((1 / v for v in values), Fraction(0))
    return done("harmonic mean", ask.source, number_text(answer, facts), "n over reciprocals' sum")


# --- sequences


def _terms(ask: Ask, facts: Facts) -> list[Fraction]:
    return facts.numbers(ask)


def rule_of(terms: list[Fraction], word: str) -> tuple[str, Fraction]:
    """Return the kind of a sequence and its difference or ratio. Raises `InputError`."""
    steps = {b - a for a, b in pairwise(terms)}
    if len(steps) == 1 and word != "geometric":
        return "arithmetic", steps.pop()
    if all(terms):
        ratios = {b / a for a, b in pairwise(terms)}
        if len(ratios) == 1 and word != "arithmetic":
            return "geometric", ratios.pop()
    raise InputError("the terms are neither arithmetic nor geometric", hint="check them")


def step_of_sequence(ask: Ask, facts: Facts) -> Work:
    """Return the common difference or ratio."""
    word = "arithmetic" if ask.words[0].lower() == "difference" else "geometric"
    _, step = rule_of(_terms(ask, facts), word)
    return done(f"{word} sequence", ask.source, number_text(step, facts), "the same each time")


def _place(terms: list[Fraction], last: Fraction, word: str) -> tuple[str, int | None]:
    """Return the kind of a sequence and which of its terms a number is; None where it is none."""
    kind, step = rule_of(terms, word)
    if kind == "arithmetic" and step:
        place = (last - terms[0]) / step + 1
        return kind, int(place) if place.denominator == 1 and place >= 1 else None
    term, count = terms[0], 1
    while abs(step) not in {0, 1} and count <= MAX_TERMS and term != last:
        term, count = term * step, count + 1
        if (abs(step) > 1) == (abs(term) > abs(last)):
            break
    return kind, count if term == last else None


def term_count(ask: Ask, facts: Facts) -> Work:
    """Count the terms of an arithmetic or geometric sequence up to its last one."""
    last, *terms = facts.numbers(ask)
    word = ask.words[0].lower() if ask.words else ""
    kind, place = _place(terms, last, word)
    if place is None:
        raise InputError(f"{last} is no term of this {kind} sequence", hint="check it")
    work = done(f"{kind} sequence", ask.source, str(place), f"{last} is term {place}")
    return work if word else replace(work, assumptions=(f"the sequence is {kind}",))


def is_a_term(ask: Ask, facts: Facts) -> Work:
    """Tell whether a number is a term of an arithmetic or geometric sequence."""
    last, *terms = facts.numbers(ask)
    word = ask.words[0].lower() if ask.words else ""
    kind, place = _place(terms, last, word)
    detail = f"it is term {place}" if place else f"no place of the {kind} sequence holds it"
    work = done(f"{kind} sequence", ask.source, str(place is not None), detail)
    return work if word else replace(work, assumptions=(f"the sequence is {kind}",))


def next_term(ask: Ask, facts: Facts) -> Work:
    """Return the next term by the polynomial of lowest degree, or else by a constant ratio."""
    terms = _terms(ask, facts)
    try:
        formula = sequences.term_formula(terms, "n")
    except InputError:
        if len(terms) > 3 and all(a + b == c for a, b, c in zip(terms, terms[1:], terms[2:],
                                                               strict=False)):  # fmt: skip
            shown = number_text(terms[-2] + terms[-1], facts)
            work = done("sums of two", ask.source, shown, "each term is the sum of the two before")
            return replace(work, assumptions=("each term is the sum of the two before",))
        _, ratio = rule_of(terms, "geometric")
        work = done("ratio", ask.source, number_text(terms[-1] * ratio, facts), f"ratio {ratio}")
        return replace(work, assumptions=("the terms are geometric",))
    value = sequences.value_at(formula, "n", len(terms) + 1)
    work = done("differences", ask.source, number_text(value, facts), f"{facts.text(formula)}")
    return replace(work, assumptions=(sequences.ASSUMED,))


def sequence_term(ask: Ask, facts: Facts) -> Work:
    """Return the n-th term of an arithmetic or geometric sequence."""
    terms, place = _terms(ask, facts), int(ask.words[-1])
    word = ask.words[0].lower() if len(ask.words) > 1 else ""
    kind, step = rule_of(terms, word)
    if place > MAX_TERMS or place < 1:
        raise InputError(f"terms 1 to {MAX_TERMS} are computed")
    value = (
        terms[0] + (place - 1) * step if kind == "arithmetic" else terms[0] * step ** (place - 1)
    )
    formula = f"{terms[0]} + (n - 1)*({step})" if kind == "arithmetic" else (
        f"{terms[0]}*({step})^(n - 1)")  # fmt: skip
    work = done(
        f"{kind} sequence", ask.source, number_text(value, facts), f"{formula}, n = {place}"
    )
    return work if word else replace(work, assumptions=(f"the sequence is {kind}",))


def sequence_sum(ask: Ask, facts: Facts) -> Work:
    """Add the first n terms of an arithmetic or geometric sequence."""
    terms, count = _terms(ask, facts), int(ask.numbers[0])
    word = ask.words[0].lower() if ask.words else ""
    kind, step = rule_of(terms, word)
    if not 1 <= count <= MAX_TERMS:
        raise InputError(f"sums of 1 to {MAX_TERMS} terms are computed")
    added, term = Fraction(0), terms[0]
    for _ in range(count):
        added += term
        term = term + step if kind == "arithmetic" else term * step
    first = terms[0]
    if kind == "arithmetic":
        formula = Fraction(count, 2) * (2 * first + (count - 1) * step)
    else:
        formula = first * count if step == 1 else first * (step**count - 1) / (step - 1)
    work = done(f"sum of a {kind} sequence", ask.source, number_text(formula, facts),
                "by the formula, and added term by term", proved=formula == added)  # fmt: skip
    return work if word else replace(work, assumptions=(f"the sequence is {kind}",))


def infinite_geometric(ask: Ask, facts: Facts) -> Work:
    """Add all terms of a geometric series given by its beginning."""
    terms = [facts.number(term) for term in _summands(ask.formulas[0])]
    if len(terms) < 2:
        raise NotCovered("two terms or more show the ratio")
    _, ratio = rule_of(terms, "geometric")
    if abs(ratio) >= 1:
        return done("geometric series", ask.source, "diverges", f"the ratio {ratio} is not below 1")
    value = terms[0] / (1 - ratio)
    work = done("geometric series", ask.source, number_text(value, facts),
                f"first term over 1 - ratio, the ratio being {ratio}")  # fmt: skip
    return replace(work, assumptions=("the series is geometric",))


def _summands(tree: Tree) -> list[Tree]:
    if isinstance(tree, Binary) and tree.operator in "+-":
        last = tree.right
        if tree.operator == "-":
            last = Binary(operator="*", left=Number(value=Fraction(-1)), right=tree.right)
        return [*_summands(tree.left), last]
    return [tree]


def fibonacci(ask: Ask, _facts: Facts) -> Work:
    """Return a Fibonacci number, F(1) = F(2) = 1."""
    place = int(ask.words[0])
    if not 1 <= place <= MAX_FIBONACCI:
        raise InputError(f"Fibonacci numbers 1 to {MAX_FIBONACCI} are computed")
    a, b = 0, 1
    for _ in range(place):
        a, b = b, a + b
    work = done("Fibonacci numbers", ask.source, str(a), "each is the sum of the two before")
    return replace(work, assumptions=("the first two are 1 and 1",))


# --- sums


def add_up(ask: Ask, facts: Facts) -> Work:
    """Add an expression over whole numbers from one bound to another, or for ever."""
    body, low = (expression_of(tree, facts) for tree in ask.formulas)
    high = parse(ask.words[-1].strip("{}()"))
    return sum_of(ask.source, body, symbol(ask.letter), low, expression_of(high, facts))


def sum_of(
    source: str, body: Expression, letter: Expression, low: Expression, high: Expression
) -> Work:
    """Return a finite, a symbolic or an infinite sum, with what proves it."""
    if low.is_Integer and high.is_Integer:
        count = int(high - low) + 1
        if not 0 <= count <= MAX_TERMS:
            raise InputError(f"sums of up to {MAX_TERMS} terms are added")
        value = sp.Add(*(body.subs(letter, low + i) for i in range(count)))
        return value_work("add the terms", source, sp.nsimplify(value), f"{count} terms, exactly")
    place = sp.Symbol(letter.name, integer=True)
    found = sp.summation(body.subs(letter, place), (place, low, high))
    if found.has(sp.Sum):
        raise NotCovered("no closed form of this sum was found")
    if high is sp.oo:
        if found in {sp.oo, -sp.oo, sp.zoo}:
            return done("series", source, "diverges", "by sympy's summation", proved=False)
        term = body.subs(letter, place)
        detail = "by sympy's summation, not proved"
        if _is_geometric_sum(term, place, low, found):
            detail = "a geometric series, by its formula"
        elif low == 1 and _is_even_zeta(term, place):
            detail = "Euler's sum of the reciprocals of an even power"
        proved = "not proved" not in detail
        return value_work("series", source, found, detail, proved=proved)
    found = sp.factor(found.subs(place, letter)) if found.has(high) else found
    step = sp.simplify(found - found.subs(high, high - 1) - body.subs(letter, high))
    start = sp.simplify(found.subs(high, low) - body.subs(letter, low))
    detail = "by induction: right for the first bound, and each next term is the difference"
    return done("closed form", source, plain(found), detail, proved=step == 0 == start)


def _is_geometric_sum(
    body: Expression, place: Expression, low: Expression, found: Expression
) -> bool:
    ratio = sp.simplify(body.subs(place, place + 1) / body)
    if not ratio.is_Rational or abs(ratio) >= 1:
        return False
    return sp.simplify(body.subs(place, low) / (1 - ratio) - found) == 0


def _is_even_zeta(body: Expression, place: Expression) -> bool:
    """Whether the terms are c/k^(2m): their sum from 1 is c·ζ(2m) (Euler 1735; DLMF 25.6.2)."""
    factor, power = body.as_independent(place)[0], body.as_independent(place)[1]
    below, above = power.as_base_exp()
    return factor.is_Rational and below == place and above.is_Integer and above < 0 == above % 2


def integer_sum(ask: Ask, _facts: Facts) -> Work:
    """Add the whole numbers, or the even or odd ones, between two bounds, or the first so many."""
    word = ask.words[0].strip().lower() if ask.words else ""
    numbers = [int(number) for number in ask.numbers]
    if len(numbers) == 1:
        start = {"even": 2, "odd": 1}.get(word, 1)
        step = 2 if word in {"even", "odd"} else 1
        values = range(start, start + step * numbers[0], step)
    else:
        parity = {"even": 0, "odd": 1}.get(word)
        low, high = numbers
        if parity is None:
            values = range(low, high + 1)
        else:
            values = range(low + (low % 2 != parity), high + 1, 2)
    if len(values) > 10**7:
        raise InputError("sums of up to ten million terms are added")
    answer = len(values) * (values[0] + values[-1]) // 2 if values else 0
    detail = f"{len(values)} terms from {values[0]} to {values[-1]}" if values else "no terms"
    return done("sum of an arithmetic sequence", ask.source, str(answer), detail,
                proved=answer == sum(values))  # fmt: skip


GOALS: Mapping[str, Goal] = {
    "averages": averages,
    "step of a sequence": step_of_sequence,
    "term count": term_count,
    "is a term": is_a_term,
    "mean": mean,
    "median": median,
    "mode": mode,
    "range": spread,
    "variance": variance,
    "deviation": deviation,
    "geometric mean": geometric_mean,
    "harmonic mean": harmonic_mean,
    "next": next_term,
    "next number": next_term,
    "sequence term": sequence_term,
    "sequence sum": sequence_sum,
    "infinite geometric": infinite_geometric,
    "fibonacci": fibonacci,
    "summation": add_up,
    "integer sum": integer_sum,
}
