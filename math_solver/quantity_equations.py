"""Systems of equations between quantities, solved exactly over the rational numbers.

Linear equations are eliminated; what is left is brought to polynomials in one unknown, whose
rational roots are all found. No symbolic engine is needed, so every candidate reading of a word
problem can be carried out and checked.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from math import isqrt, lcm
from typing import TypeAlias

from .plan import Equation, PlanError
from .reading import Binary, Name, Negate, Number, Tree
from .reading.tree import spell

MAX_POWER = 64
MAX_DEGREE = 8
MAX_TERMS = 200
MAX_BITS = 4_096
MAX_DIVISORS = 3_000

Monomial: TypeAlias = tuple[int, ...]
Polynomial: TypeAlias = Mapping[Monomial, Fraction]
"""Coefficients by the exponents of the unknowns; no coefficient is zero."""


class NoSolution(PlanError):
    """The equations contradict each other, or what is said beside them."""


class ManySolutions(PlanError):
    """The equations do not determine every unknown."""


@dataclass(frozen=True, slots=True)
class Ratio:
    """A numerator and a denominator, which is not zero as a polynomial."""

    top: Polynomial
    bottom: Polynomial


def bounded(value: Fraction) -> Fraction:
    """Return a number unless it has grown beyond all bounds. Raises `PlanError`."""
    if max(value.numerator.bit_length(), value.denominator.bit_length()) > MAX_BITS:
        raise PlanError("a number grows beyond all bounds")
    return value


def power(base: Fraction, exponent: Fraction) -> Fraction:
    """Return a small whole power. Raises `PlanError`."""
    if exponent.denominator != 1 or abs(exponent) > MAX_POWER:
        raise PlanError("only small whole powers are quantities")
    if not base and exponent < 0:
        raise PlanError("a division by zero")
    return bounded(bounded(base) ** int(exponent))


def solutions_of(
    unknowns: Sequence[str],
    equations: Sequence[Equation],
    values: Mapping[str, Fraction],
    *,
    whole: bool = False,
) -> tuple[Mapping[str, Fraction], ...]:
    """Return every solution, each an exact number for every unknown.

    `whole` says that only whole numbers are meant, so that irrational roots are no solutions.
    Raises `NoSolution`, `ManySolutions`, and `PlanError` where a root is irrational.
    """
    ratios = [_difference(e, unknowns, values) for e in equations]
    tops = [ratio.top for ratio in ratios if ratio.top]
    found = _solved(tops, len(unknowns), whole=whole)
    kept = [s for s in found if all(_value(ratio.bottom, s) for ratio in ratios)]
    kept = [s for s in kept if not any(_value(top, s) for top in tops)]
    if not kept:
        raise NoSolution("the equations contradict each other")
    return tuple(dict(zip(unknowns, s, strict=True)) for s in dict.fromkeys(kept))


def ratio_of(tree: Tree, unknowns: Sequence[str], values: Mapping[str, Fraction]) -> Ratio:
    """Return an expression as a ratio of polynomials in the unknowns. Raises `PlanError`."""
    one = _constant(Fraction(1), len(unknowns))
    match tree:
        case Number():
            return Ratio(_constant(tree.value, len(unknowns)), one)
        case Name() if tree.name in unknowns:
            exponents = tuple(int(name == tree.name) for name in unknowns)
            return Ratio({exponents: Fraction(1)}, one)
        case Name() if tree.name in values:
            return Ratio(_constant(values[tree.name], len(unknowns)), one)
        case Negate():
            inner = ratio_of(tree.operand, unknowns, values)
            return Ratio(_scaled(inner.top, Fraction(-1)), inner.bottom)
        case Binary():
            left = ratio_of(tree.left, unknowns, values)
            return _combined(tree.operator, left, ratio_of(tree.right, unknowns, values))
        case _:
            raise PlanError(f"{spell(tree)} is no quantity of the plan")


def _difference(
    equation: Equation, unknowns: Sequence[str], values: Mapping[str, Fraction]
) -> Ratio:
    left = ratio_of(equation.left, unknowns, values)
    right = ratio_of(equation.right, unknowns, values)
    difference = _combined("-", left, right)
    if not any(any(monomial) for monomial in difference.top) and difference.top:
        raise NoSolution("the equations contradict each other")
    return difference


def _combined(operator: str, left: Ratio, right: Ratio) -> Ratio:
    match operator:
        case "+" | "-":
            sign = Fraction(1 if operator == "+" else -1)
            if left.bottom == right.bottom:
                return Ratio(_sum(left.top, _scaled(right.top, sign)), left.bottom)
            crossed = _scaled(_product(right.top, left.bottom), sign)
            top = _sum(_product(left.top, right.bottom), crossed)
            return Ratio(top, _product(left.bottom, right.bottom))
        case "*":
            return Ratio(_product(left.top, right.top), _product(left.bottom, right.bottom))
        case "/":
            if not right.top:
                raise PlanError("a division by zero")
            return Ratio(_product(left.top, right.bottom), _product(left.bottom, right.top))
        case "^":
            return _raised(left, right)
        case _:
            raise PlanError(f"{operator} is no operation on quantities")


def _raised(base: Ratio, exponent: Ratio) -> Ratio:
    value, bottom = _as_constant(exponent.top), _as_constant(exponent.bottom)
    if value is None or not bottom:
        raise PlanError("an unknown in an exponent")
    simple, under = _as_constant(base.top), _as_constant(base.bottom)
    if simple is not None and under:
        count = len(next(iter(base.bottom)))
        return Ratio(
            _constant(power(simple / under, value / bottom), count), _constant(Fraction(1), count)
        )
    count = value / bottom
    if count.denominator != 1 or not 1 <= count <= MAX_DEGREE:
        raise PlanError("only small whole powers are quantities")
    result = base
    for _ in range(int(count) - 1):
        result = _combined("*", result, base)
    return result


def _constant(value: Fraction, count: int) -> Polynomial:
    return {(0,) * count: bounded(value)} if value else {}


def _as_constant(polynomial: Polynomial) -> Fraction | None:
    if not polynomial:
        return Fraction(0)
    ((monomial, value), *rest) = polynomial.items()
    return None if rest or any(monomial) else value


def _sum(left: Polynomial, right: Polynomial) -> Polynomial:
    total = dict(left)
    for monomial, value in right.items():
        total[monomial] = total.get(monomial, Fraction(0)) + value
    return {monomial: bounded(value) for monomial, value in total.items() if value}


def _scaled(polynomial: Polynomial, factor: Fraction) -> Polynomial:
    return {m: bounded(value * factor) for m, value in polynomial.items()} if factor else {}


def _product(left: Polynomial, right: Polynomial) -> Polynomial:
    total: dict[Monomial, Fraction] = {}
    for first, a in left.items():
        for second, b in right.items():
            monomial = tuple(m + n for m, n in zip(first, second, strict=True))
            total[monomial] = bounded(total.get(monomial, Fraction(0)) + a * b)
    if len(total) > MAX_TERMS or any(sum(m) > MAX_DEGREE for m in total):
        raise PlanError("the equations grow beyond what is solved here")
    return {monomial: value for monomial, value in total.items() if value}


def _value(polynomial: Polynomial, point: Sequence[Fraction]) -> Fraction:
    total = Fraction(0)
    for monomial, coefficient in polynomial.items():
        term = coefficient
        for exponent, coordinate in zip(monomial, point, strict=True):
            term *= coordinate**exponent
        total += term
    return total


# --- solving


def _solved(
    equations: Sequence[Polynomial], count: int, *, whole: bool
) -> Iterator[tuple[Fraction, ...]]:
    """Yield candidate solutions by eliminating one unknown after the other."""
    yield from _search([e for e in equations if e], count, {}, whole=whole)


Isolated: TypeAlias = Mapping[int, Ratio]
"""Unknowns by number as ratios in those that are left."""


def _search(
    equations: Sequence[Polynomial], count: int, isolated: Isolated, *, whole: bool
) -> Iterator[tuple[Fraction, ...]]:
    left = [i for i in range(count) if i not in isolated]
    if any(not any(any(m) for m in e) for e in equations):
        return  # a constant that is not zero
    if not left:
        yield _point(isolated, (Fraction(0),) * count, count)
        return
    if len(left) == 1 and equations:
        for root in _roots(_one_unknown(equations[0], left[0]), whole=whole):
            start = tuple(root if i == left[0] else Fraction(0) for i in range(count))
            try:
                yield _point(isolated, start, count)
            except ZeroDivisionError:
                continue
        return
    chosen = _isolation(equations, left)
    if chosen is None:
        if equations:
            raise PlanError("the equations are beyond what is solved here")
        raise ManySolutions("the equations do not determine every unknown")
    source, unknown, ratio = chosen
    rest = [_substituted(e, unknown, ratio) for e in equations if e is not source]
    others = {i: _substituted_ratio(r, unknown, ratio) for i, r in isolated.items()}
    kept = [e for e in rest if e]
    if len(kept) < len(left) - 1:
        raise ManySolutions("the equations do not determine every unknown")
    yield from _search(kept, count, {**others, unknown: ratio}, whole=whole)


def _point(isolated: Isolated, start: tuple[Fraction, ...], count: int) -> tuple[Fraction, ...]:
    return tuple(
        _value(isolated[i].top, start) / _value(isolated[i].bottom, start)
        if i in isolated
        else start[i]
        for i in range(count)
    )


def _isolation(
    equations: Sequence[Polynomial], left: Sequence[int]
) -> tuple[Polynomial, int, Ratio] | None:
    """Return an equation in which an unknown stands in the first power, with constants first."""
    for constant in (True, False):
        for equation in sorted(equations, key=lambda e: max(map(sum, e))):
            for unknown in left:
                ratio = _isolated(equation, unknown)
                if ratio is None:
                    continue
                if not constant or _as_constant(ratio.bottom) is not None:
                    return equation, unknown, ratio
    return None


def _isolated(equation: Polynomial, unknown: int) -> Ratio | None:
    if max((m[unknown] for m in equation), default=0) != 1:
        return None
    factor = {
        tuple(e - (i == unknown) for i, e in enumerate(m)): v
        for m, v in equation.items()
        if m[unknown]
    }
    rest = {m: -v for m, v in equation.items() if not m[unknown]}
    return Ratio(rest, factor)


def _substituted(equation: Polynomial, unknown: int, ratio: Ratio) -> Polynomial:
    """Put a ratio in the place of an unknown and multiply by its denominator's power."""
    degree = max((m[unknown] for m in equation), default=0)
    total: Polynomial = {}
    for monomial, value in equation.items():
        exponent = monomial[unknown]
        bare = tuple(0 if i == unknown else e for i, e in enumerate(monomial))
        term: Polynomial = {bare: value}
        for _ in range(exponent):
            term = _product(term, ratio.top)
        for _ in range(degree - exponent):
            term = _product(term, ratio.bottom)
        total = _sum(total, term)
    return total


def _substituted_ratio(outer: Ratio, unknown: int, inner: Ratio) -> Ratio:
    top_degree = max((m[unknown] for m in outer.top), default=0)
    bottom_degree = max((m[unknown] for m in outer.bottom), default=0)
    top = _substituted(outer.top, unknown, inner)
    bottom = _substituted(outer.bottom, unknown, inner)
    for _ in range(top_degree - bottom_degree):
        bottom = _product(bottom, inner.bottom)
    for _ in range(bottom_degree - top_degree):
        top = _product(top, inner.bottom)
    if not bottom:
        raise NoSolution("the equations contradict each other")
    return Ratio(top, bottom)


def _one_unknown(equation: Polynomial, unknown: int) -> list[Fraction]:
    """Return the coefficients of a polynomial in one unknown, the constant first."""
    degree = max(m[unknown] for m in equation)
    coefficients = [Fraction(0)] * (degree + 1)
    for monomial, value in equation.items():
        coefficients[monomial[unknown]] += value
    return coefficients


def _roots(coefficients: Sequence[Fraction], *, whole: bool) -> Iterator[Fraction]:
    """Yield the rational roots. Raises `PlanError` where others are real and could be meant."""
    rest = list(coefficients)
    while len(rest) > 1 and not rest[0]:
        yield Fraction(0)
        rest = rest[1:]
    while len(rest) > 3:
        root = _rational_root(rest)
        if root is None:
            if whole:
                return
            raise PlanError("the equations have roots that were not found")
        yield root
        rest = _divided(rest, root)
    if len(rest) == 3:
        yield from _quadratic(rest, whole=whole)
    elif len(rest) == 2:
        yield -rest[0] / rest[1]


def _quadratic(coefficients: Sequence[Fraction], *, whole: bool) -> Iterator[Fraction]:
    c, b, a = coefficients
    discriminant = b * b - 4 * a * c
    if discriminant < 0:
        return
    root = _square_root(discriminant)
    if root is None:
        if whole:
            return
        raise PlanError("the solution is not rational")
    yield from dict.fromkeys(((-b + root) / (2 * a), (-b - root) / (2 * a)))


def _square_root(value: Fraction) -> Fraction | None:
    top, bottom = isqrt(value.numerator), isqrt(value.denominator)
    exact = top * top == value.numerator and bottom * bottom == value.denominator
    return Fraction(top, bottom) if exact else None


def _rational_root(coefficients: Sequence[Fraction]) -> Fraction | None:
    scale = lcm(*(c.denominator for c in coefficients))
    whole = [int(c * scale) for c in coefficients]
    tries = 0
    for top in _divisors(whole[0]):
        for bottom in _divisors(whole[-1]):
            tries += 1
            if tries > MAX_DIVISORS:
                return None
            for root in (Fraction(top, bottom), Fraction(-top, bottom)):
                if not sum(c * root**k for k, c in enumerate(whole)):
                    return root
    return None


def _divisors(number: int) -> list[int]:
    number = abs(number)
    small = [d for d in range(1, min(isqrt(number), 100_000) + 1) if number % d == 0]
    return sorted({*small, *(number // d for d in small)})


def _divided(coefficients: Sequence[Fraction], root: Fraction) -> list[Fraction]:
    """Divide by `x - root`, which is a factor."""
    quotient: list[Fraction] = []
    carried = Fraction(0)
    for coefficient in reversed(coefficients[1:]):
        carried = coefficient + carried * root
        quotient.append(carried)
    return quotient[::-1]
