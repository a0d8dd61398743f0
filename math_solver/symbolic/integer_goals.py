"""Requests about whole numbers in a region, residues in a range, and constants of identities."""

import re
from collections.abc import Iterator, Mapping
from fractions import Fraction
from math import comb

import sympy as sp
from sympy.functions.combinatorial.numbers import stirling

from assistants.errors import InputError
from math_solver.reading import Relation, letters
from math_solver.reading.parser import parse
from math_solver.reading.spoken import number_of
from math_solver.reading.statements import Ask
from math_solver.solution import Work
from math_solver.topics.scope import Facts, NotCovered

from . import Expression
from .build import build, symbol
from .goals import Goal, context_of, done, expression_of, value_work
from .plain import plain
from .regions import solve_relations

MAX_LISTED = 100_000
_PIECE = re.compile(r"(?:(?P<low>.+?) (?P<below><=?) )?[A-Za-z] (?P<sign><=?|>=?|=) (?P<high>.+)")


def integer_count(ask: Ask, _facts: Facts) -> Work:
    """Count or add the whole numbers that inequalities allow, each piece between its bounds."""
    relations = [tree for tree in ask.formulas if isinstance(tree, Relation)]
    names = {name for relation in relations for name in letters(relation)}
    if len(names) != 1 or (ask.letter and ask.letter not in names):
        raise NotCovered("inequalities in one letter are counted in")
    region = solve_relations(relations, names.pop()).answer
    word = ask.source.lower()
    ranges = list(_ranges(region, _sign_wanted(word)))
    count = sum(max(0, high - low + 1) for low, high in ranges)
    if re.match(r"(?:\w+ )?(?:the )?sum of", word) or "the sum of" in word:
        value = sum((low + high) * (high - low + 1) // 2 for low, high in ranges if high >= low)
    else:
        value = count
    return done("whole numbers of the region", ask.source, str(value), f"{region}; {count} of them")


def _sign_wanted(word: str) -> str:
    if "non-negative" in word or "nonnegative" in word:
        return ">="
    return ">" if "positive" in word else "<" if "negative" in word else ""


def _ranges(region: str, sign: str) -> Iterator[tuple[int, int]]:
    """Yield the least and greatest whole number of each piece."""
    if region == "no real solution":
        return
    least = {">": 1, ">=": 0}.get(sign)
    most = -1 if sign == "<" else None
    for piece in region.split(" or "):
        found = _PIECE.fullmatch(piece)
        if found is None:
            raise NotCovered("infinitely many, or a region that is not read")
        bound = _exact(found["high"])
        low: int | None = None
        high: int | None = None
        match found["sign"]:
            case "=":
                low, high = int(sp.ceiling(bound)), int(sp.floor(bound))
            case "<" | "<=":
                high = int(sp.floor(bound)) - (found["sign"] == "<" and bool(bound.is_integer))
            case _:
                low = int(sp.ceiling(bound)) + (found["sign"] == ">" and bool(bound.is_integer))
        if found["low"]:
            start = _exact(found["low"])
            low = int(sp.ceiling(start)) + (found["below"] == "<" and bool(start.is_integer))
        low = low if least is None else max(least, low) if low is not None else least
        high = high if most is None else min(most, high) if high is not None else most
        if low is None or high is None:
            raise InputError("there are infinitely many")
        yield low, high


def _exact(text: str) -> Expression:
    value = build(parse(text))
    if not value.is_number or "≈" in text:
        raise NotCovered("a bound that is not exact")
    return value


def residue_in_range(ask: Ask, _facts: Facts) -> Work:
    """Return the one whole number of a range with a given residue."""
    words = [word for word in ask.words if re.fullmatch(r"-?\d+", word)]
    if len(words) != 4:
        raise NotCovered("a range, a number and a modulus")
    low, high, value, modulus = (int(word) for word in words)
    high -= any(word in {"<", "\\lt"} for word in ask.words)
    if modulus < 1 or high - low > MAX_LISTED:
        raise NotCovered("no range to look through")
    found = [n for n in range(low, high + 1) if (n - value) % modulus == 0]
    if len(found) != 1:
        raise InputError(f"{len(found)} numbers of the range have that residue")
    return done("residues", ask.source, str(found[0]), f"{value} - {found[0]} is a multiple")


def identity(ask: Ask, facts: Facts) -> Work:
    """Return the constant for which two polynomials are the same for every value of the rest."""
    (relation,) = ask.formulas
    if not isinstance(relation, Relation):
        raise NotCovered("no equation")
    context = context_of(facts)
    gap = sp.expand(build(relation.left, context) - build(relation.right, context))
    if not gap.free_symbols - {symbol(ask.letter)}:
        raise NotCovered("an equation in one letter")
    return _constants(ask, gap, [symbol(ask.letter)], symbol(ask.letter))


def factor_condition(ask: Ask, facts: Facts) -> Work:
    """Return what constants must be, so that one polynomial divides another."""
    divisor, body = (expression_of(tree, facts) for tree in ask.formulas[:2])
    wanted = expression_of(ask.formulas[2], facts) if len(ask.formulas) > 2 else symbol(ask.letter)
    constants = sorted(wanted.free_symbols, key=str)
    variables = sorted((divisor.free_symbols | body.free_symbols) - set(constants), key=str)
    if len(variables) != 1 or not constants:
        raise NotCovered("one letter and its constants")
    rest = sp.rem(body, divisor, variables[0])
    return _constants(ask, sp.numer(sp.together(rest)), constants, wanted)


def _constants(ask: Ask, gap: Expression, constants: list[Expression], wanted: Expression) -> Work:
    variables = sorted(gap.free_symbols - set(constants), key=str)
    if not gap.is_polynomial(*variables, *constants) or not gap.free_symbols:
        raise NotCovered("no identity of polynomials")
    zeros = [c for c in sp.Poly(gap, *variables).coeffs() if c != 0] if variables else [gap]
    if any(not zero.free_symbols for zero in zeros):
        raise InputError("no constants make the two sides the same")
    found = sp.solve(zeros, constants, dict=True)
    if "integer" in ask.source.lower():
        found = [one for one in found if all(value.is_integer for value in one.values())]
    values = list(dict.fromkeys(sp.simplify(wanted.subs(solution)) for solution in found))
    if len(values) != 1 or values[0].free_symbols:
        raise NotCovered("the constants are not fixed")
    linear = all(sp.Poly(zero, *constants).total_degree() <= 1 for zero in zeros)
    shown = ", ".join(f"{plain(zero)} = 0" for zero in zeros)
    return value_work("compare coefficients", ask.source, values[0], shown, proved=linear)


def decimal_digit(ask: Ask, facts: Facts) -> Work:
    """Return a digit behind the decimal point, by long division."""
    (value,) = facts.numbers(ask)
    place = ask.order
    if not 1 <= place <= 10**9:
        raise InputError("digits 1 to 10^9 behind the point are found")
    below = value.denominator
    rest = abs(value.numerator) * pow(10, place - 1, below) % below
    digit = rest * 10 // below
    detail = f"the remainder before that digit is {rest} of {below}"
    return done("long division", ask.source, str(digit), detail)


def written_as(ask: Ask, facts: Facts) -> Work:
    """Match an expression with a form whose coefficients are letters; return what they give."""
    body, form, wanted = (expression_of(tree, facts) for tree in ask.formulas)
    constants = sorted(form.free_symbols - body.free_symbols, key=str)
    if not constants or not wanted.free_symbols <= set(constants):
        raise NotCovered("a form with constants of its own")
    return _constants(ask, sp.expand(body - form), constants, wanted)


def bounded_dice(ask: Ask, _facts: Facts) -> Work:
    """Probability that the sum of two dice is above or below a bound."""
    word, bound = ask.words[0].lower(), int(number_of(ask.words[1]))
    holds = {"greater than": lambda s: s > bound, "more than": lambda s: s > bound,
             "less than": lambda s: s < bound, "at least": lambda s: s >= bound,
             "at most": lambda s: s <= bound}[word]  # fmt: skip
    ways = sum(holds(a + b) for a in range(1, 7) for b in range(1, 7))
    return done("equally likely cases", ask.source, str(Fraction(ways, 36)), f"{ways} of 36 falls")


def balls(ask: Ask, _facts: Facts) -> Work:
    """Count the ways to put balls into boxes, either of them alike or not."""
    count, boxes = (int(number) for number in ask.numbers)
    if not (0 <= count <= 60 and 1 <= boxes <= 60):
        raise InputError("up to 60 balls and boxes are counted")
    alike_balls, alike_boxes = _alike(ask)
    if not alike_balls and not alike_boxes:
        return done("each ball chooses", ask.source, str(boxes**count), f"{boxes}^{count}")
    if not alike_boxes:
        answer = comb(count + boxes - 1, boxes - 1)
        detail = f"({count + boxes - 1} choose {boxes - 1})"
        return done("stars and bars", ask.source, str(answer), detail)
    if alike_balls:
        value = sum(1 for _ in _partitions(count, count, boxes)) if count <= 40 else None
        if value is None:
            raise InputError("partitions of up to 40 are listed")
        return done("partitions", ask.source, str(value), "listed one by one")
    total = sum(int(stirling(count, k)) for k in range(boxes + 1))
    return done("set partitions", ask.source, str(total), "Stirling numbers of the second kind")


def _alike(ask: Ask) -> tuple[bool, bool]:
    words = [word.lower() for word in ask.words]
    if len(words) == 2:
        return words[0].startswith("in"), words[1].startswith("in")
    alike_balls = "balls are not" in words[0] or words[0].startswith("neither")
    alike_boxes = re.search(r"neither|boxes are not", words[0]) is not None
    return alike_balls, alike_boxes


def _partitions(total: int, most: int, parts: int) -> Iterator[tuple[int, ...]]:
    if not total:
        yield ()
    elif parts:
        for first in range(min(total, most), 0, -1):
            yield from ((first, *rest) for rest in _partitions(total - first, first, parts - 1))


def number_in_base(ask: Ask, _facts: Facts) -> Work:
    """Evaluate a formula of numbers with their bases as subscripts."""
    text = re.sub(
        r"\\d?frac\{([^{}]*)\}\{([^{}]*)\}", r"((\1)/(\2))", _without_braces(ask.words[0])
    )

    def value(match: re.Match[str]) -> str:
        return str(int(match[1], int(match[2])))

    plain_text = re.sub(r"(?<![A-Za-z\d])([0-9A-Fa-f]+)_(\d{1,2})", value, text)
    if plain_text == text or "_" in plain_text:
        raise NotCovered("no numbers of other bases")
    result = build(parse(plain_text))
    if not result.is_Rational:
        raise NotCovered("no number")
    number = Fraction(int(result.p), int(result.q))
    return done("place values", ask.source, str(number), f"in base 10: {plain_text} = {number}")


def _without_braces(text: str) -> str:
    return re.sub(r"_\{(\d+)\}", r"_\1", text)


GOALS: Mapping[str, Goal] = {
    "integer count": integer_count,
    "residue in range": residue_in_range,
    "identity": identity,
    "factor condition": factor_condition,
    "base value": number_in_base,
    "decimal digit": decimal_digit,
    "written as": written_as,
    "bounded dice": bounded_dice,
    "balls": balls,
}
