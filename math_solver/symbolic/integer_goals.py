"""Requests about whole numbers in a region, residues in a range, and constants of identities."""

import re
from collections.abc import Iterator, Mapping
from fractions import Fraction

import sympy as sp

from assistants.errors import InputError
from math_solver.reading import Relation, letters
from math_solver.reading.parser import parse
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
    low, high, value, modulus = (int(word) for word in ask.words)
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
    values = list(dict.fromkeys(sp.simplify(wanted.subs(solution)) for solution in found))
    if len(values) != 1 or values[0].free_symbols:
        raise NotCovered("the constants are not fixed")
    linear = all(sp.Poly(zero, *constants).total_degree() <= 1 for zero in zeros)
    shown = ", ".join(f"{plain(zero)} = 0" for zero in zeros)
    return value_work("compare coefficients", ask.source, values[0], shown, proved=linear)


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
}
