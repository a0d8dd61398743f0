"""Whole numbers that satisfy conditions: bounds from the conditions, then every case tried.

A bound is derived, never assumed: in `sum of terms <= 0` a letter whose terms only grow is bounded
by what the others are at least. Where no bound follows, there is no answer.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from fractions import Fraction

import sympy as sp

from assistants.errors import InputError
from math_solver.prose.nodes import Condition, Either, Holds, trees_of
from math_solver.reading import Name, Number, Relation, Tree, letters
from math_solver.topics.scope import NotCovered

from . import Expression
from .algebraic import zero_or_not
from .build import build, symbol
from .prose_numbers import INTEGRAL, PROPERTIES, RELATIONS, Inexact, Rational, Values, compiled

MAX_TRIED = 400_000
MAX_SLOW = 3_000
_TURNED = {"<": ">", "<=": ">=", ">": "<", ">=": "<=", "=": "=", "!=": "!="}
Test = Callable[[Values], bool]


@dataclass(slots=True)
class Range:
    """Between which whole numbers a letter lies, as far as is known."""

    low: int | None = None
    high: int | None = None

    def at_least(self, bound: int) -> bool:
        """Raise the lower bound; whether that says anything new."""
        if self.low is not None and self.low >= bound:
            return False
        self.low = bound
        return True

    def at_most(self, bound: int) -> bool:
        """Lower the upper bound; whether that says anything new."""
        if self.high is not None and self.high <= bound:
            return False
        self.high = bound
        return True


@dataclass(slots=True)
class Search:
    """Letters for whole numbers, their ranges, and the tests of all conditions."""

    names: tuple[str, ...]
    conditions: tuple[Condition, ...]
    ranges: dict[str, Range] = field(default_factory=dict[str, Range])
    slow: int = 0

    def __post_init__(self) -> None:
        self.ranges = {name: Range() for name in self.names}
        for condition in self.conditions:
            self._own_bounds(condition)
        for condition in self.conditions:
            if isinstance(condition, Relation):
                self._next_to_number(condition)
        zeros = [d for c in self.conditions if isinstance(c, Relation) for d in self._gaps(c)]
        for condition in self.conditions:
            if isinstance(condition, Relation) and condition.operator == "=":
                self._product_is(condition)
        for _ in range(12):
            if not sum(self._tighten(zero) for zero in zeros):
                break

    # --- bounds

    def _own_bounds(self, condition: Condition) -> None:
        if not isinstance(condition, Holds) or condition.negated:
            return
        first = condition.arguments[0]
        if not isinstance(first, Name) or first.name not in self.ranges:
            return
        here = self.ranges[first.name]
        match condition.kind:
            case "positive" | "natural":
                here.at_least(1)
            case "whole" | "nonnegative" | "square" | "palindrome":
                here.at_least(0)
            case "prime":
                here.at_least(2)
            case "composite":
                here.at_least(4)
            case "square free":
                here.at_least(1)
            case "negative":
                here.at_most(-1)
            case "nonpositive":
                here.at_most(0)
            case "divisor":
                bound = _constant(condition.arguments[1])
                if bound is not None and bound:
                    here.at_most(abs(int(bound)))
                    here.at_least(-abs(int(bound)))
            case "one of":
                members = [_constant(member) for member in condition.arguments[1:]]
                if all(member is not None for member in members):
                    here.at_least(int(min(m for m in members if m is not None)) - 1)
                    here.at_most(int(max(m for m in members if m is not None)) + 1)
            case _:
                return

    def _next_to_number(self, relation: Relation) -> None:
        """Use `letter < number` for any number whose floor is certain."""
        sides = [
            (relation.left, relation.right, relation.operator),
            (relation.right, relation.left, _TURNED[relation.operator]),
        ]
        for name, other, operator in sides:
            if not isinstance(name, Name) or name.name not in self.ranges or letters(other):
                continue
            try:
                value = build(other)
            except InputError:
                continue
            low, high = sp.floor(value), sp.ceiling(value)
            if not (low.is_Integer and high.is_Integer):
                continue
            here = self.ranges[name.name]
            if operator in {"<", "<=", "="}:
                here.at_most(int(high) - 1 if operator == "<" else int(low))
            if operator in {">", ">=", "="}:
                here.at_least(int(low) + 1 if operator == ">" else int(high))

    def _product_is(self, relation: Relation) -> None:
        """A product of whole numbers that is a number other than zero bounds each of them."""
        try:
            gap = sp.expand(build(relation.left) - build(relation.right))
        except InputError:
            return
        gens = [symbol(name) for name in self.names]
        if not gap.is_polynomial(*gens) or gap.free_symbols - set(gens):
            return
        terms = sp.Poly(gap, *gens).terms()
        constant = [c for powers, c in terms if not any(powers)]
        others = [(powers, c) for powers, c in terms if any(powers)]
        if (
            len(others) != 1
            or not constant
            or not (others[0][1].is_Rational and constant[0].is_Rational)
        ):
            return
        most = int(abs(constant[0] / others[0][1]))
        for name, power in zip(self.names, others[0][0], strict=True):
            if power:
                self.ranges[name].at_most(most)
                self.ranges[name].at_least(-most)

    def _gaps(self, relation: Relation) -> Iterator[tuple[Expression, bool]]:
        """Yield polynomials that are at most zero (strictly less, where told)."""
        try:
            gap = sp.expand(build(relation.left) - build(relation.right))
        except InputError:
            return
        gens = [symbol(name) for name in self.names]
        if not gap.free_symbols or not gap.is_polynomial(*gens):
            top, bottom = sp.fraction(sp.together(gap))
            whole = relation.operator == "=" and top.is_polynomial(*gens)
            if not (whole or (bottom.is_number and top.is_polynomial(*gens))):
                return
            gap = sp.expand(top if whole else gap)
        if not gap.free_symbols or gap.free_symbols - set(gens):
            return
        if relation.operator in {"<", "<=", "="}:
            yield sp.Poly(gap, *gens), relation.operator == "<"
        if relation.operator in {">", ">=", "="}:
            yield sp.Poly(-gap, *gens), relation.operator == ">"

    def _tighten(self, zero: tuple[Expression, bool]) -> bool:
        """Use `polynomial <= 0` to bound the letters in it; whether a range became smaller."""
        poly, strict = zero
        terms = [
            (tuple(powers), Fraction(int(c.p), int(c.q)))
            for powers, c in poly.terms()
            if c.is_Rational
        ]
        if len(terms) != len(poly.terms()):
            return False
        changed = self._one_letter(terms)
        for place, name in enumerate(self.names):
            mine = [(powers, c) for powers, c in terms if powers[place]]
            if len(mine) != 1:
                changed |= self._even_parts(place, name, terms)
                continue
            rest = [term for term in terms if term not in mine]
            least = self._least(rest)
            if least is not None:
                changed |= self._bounded(place, name, mine[0], -least, strict=strict)
        return changed

    def _one_letter(self, terms: Sequence[tuple[tuple[int, ...], Fraction]]) -> bool:
        """Beyond Cauchy's bound a polynomial of one letter has the sign of its leading term."""
        used = [i for i in range(len(self.names)) if any(powers[i] for powers, _ in terms)]
        if len(used) != 1:
            return False
        place, here = used[0], self.ranges[self.names[used[0]]]
        degree = max(powers[place] for powers, _ in terms)
        lead = next(c for powers, c in terms if powers[place] == degree)
        others = [abs(c / lead) for powers, c in terms if powers[place] != degree]
        bound = int(1 + max(others, default=Fraction(0))) + 1
        changed = here.at_most(bound) if lead > 0 else False
        if (lead > 0) == (degree % 2 == 0):
            changed |= here.at_least(-bound) if degree % 2 == 0 or lead < 0 else False
        return changed

    def _even_parts(
        self, place: int, name: str, terms: Sequence[tuple[tuple[int, ...], Fraction]]
    ) -> bool:
        """Several terms in one letter that all grow with it: the first alone bounds it."""
        here = self.ranges[name]
        mine = [(powers, c) for powers, c in terms if powers[place]]
        if not mine or here.low is None or here.low < 0 or any(c < 0 for _, c in mine):
            return False
        rest = [term for term in terms if term not in mine]
        least = self._least([*rest, *mine[1:]])
        return least is not None and self._bounded(place, name, mine[0], -least, strict=False)

    def _least(self, terms: Sequence[tuple[tuple[int, ...], Fraction]]) -> Fraction | None:
        """Return a lower bound of a sum of terms, None where there is none."""
        total = Fraction(0)
        for powers, factor in terms:
            low, high = self._span(powers)
            end = low if factor > 0 else high
            if end is None:
                return None
            total += factor * end
        return total

    def _span(self, powers: tuple[int, ...]) -> tuple[int | None, int | None]:
        """Return bounds of a product of powers."""
        low: int | None = 1
        high: int | None = 1
        for name, power in zip(self.names, powers, strict=True):
            if not power:
                continue
            here = self.ranges[name]
            ends = [None if e is None else e**power for e in (here.low, here.high)]
            if power % 2 == 0:
                known = [abs(e) for e in (here.low, here.high) if e is not None]
                top = max(known) ** power if len(known) == 2 else None
                same = here.low is not None and here.low > 0
                ends = [here.low**power if same and here.low else 0, top]
            low, high = _product((low, high), (ends[0], ends[1]))
        return low, high

    def _bounded(
        self,
        place: int,
        name: str,
        term: tuple[tuple[int, ...], Fraction],
        most: Fraction,
        *,
        strict: bool,
    ) -> bool:
        """Use `factor * name^power * others <= most`."""
        powers, factor = term
        power = powers[place]
        others = tuple(0 if i == place else p for i, p in enumerate(powers))
        low, high = self._span(others)
        here = self.ranges[name]
        if factor > 0 and low is not None and low > 0:
            bound = most / (factor * low)
            if most < 0:
                bound = Fraction(0) if high is None else most / (factor * high)
            if power % 2 == 0:
                root = _floor_root(bound, power)
                return here.at_most(root) | here.at_least(-root) if root >= 0 else False
            return here.at_most(_floor_odd(bound, power, strict=strict))
        if factor < 0 and low is not None and low > 0 and power % 2 == 1:
            least = most / factor  # name^power * others >= least
            if least > 0:
                if high is None:
                    return False
                least /= high
            else:
                least /= low
            return here.at_least(-_floor_odd(-least, power, strict=strict))
        return False

    # --- the search

    def found(self, *, downwards: bool = False) -> Iterator[dict[str, Rational]]:
        """Yield every tuple that satisfies all conditions. Raises `NotCovered` for too many."""
        names = self._order()
        tests = self._staged(names)
        tried = 0

        def extended(depth: int, values: dict[str, Rational]) -> Iterator[dict[str, Rational]]:
            nonlocal tried
            if depth == len(names):
                yield dict(values)
                return
            for candidate in self._candidates(names[depth], downwards=downwards):
                tried += 1
                if tried > MAX_TRIED:
                    raise NotCovered("too many cases to try")
                values[names[depth]] = candidate
                if all(test(values) for test in tests[depth]):
                    yield from extended(depth + 1, values)

        yield from extended(0, {})

    def _candidates(self, name: str, *, downwards: bool) -> range:
        here = self.ranges[name]
        if downwards:
            if here.high is None:
                raise NotCovered("no greatest value is known")
            low = here.low if here.low is not None else here.high - MAX_TRIED
            return range(here.high, low - 1, -1)
        if here.low is None:
            raise NotCovered("no least value is known")
        high = here.high if here.high is not None else here.low + MAX_TRIED
        return range(here.low, high + 1)

    @property
    def finite(self) -> bool:
        """Whether every letter has both bounds."""
        return all(r.low is not None and r.high is not None for r in self.ranges.values())

    def _order(self) -> list[str]:
        return sorted(
            self.names, key=lambda n: (self.ranges[n].high or 10**9) - (self.ranges[n].low or 0)
        )

    def _staged(self, names: list[str]) -> list[list[Test]]:
        """Return for each letter the tests that can be made once it has a value."""
        staged: list[list[Test]] = [[] for _ in names]
        for condition in self.conditions:
            used = {n for tree in trees_of(condition) for n in letters(tree)}
            if not used <= set(names):
                raise NotCovered("a letter without a range")
            stage = max((names.index(n) for n in used), default=0)
            staged[stage].append(self.test(condition))
        return staged

    def test(self, condition: Condition) -> Test:
        """Return a condition as a function of the letters' values."""
        match condition:
            case Either():
                options = [[self.test(one) for one in option] for option in condition.options]
                return lambda v: any(all(test(v) for test in option) for option in options)
            case Holds():
                if condition.kind not in PROPERTIES:
                    raise NotCovered(f"{condition.kind} is not decided")
                check = PROPERTIES[condition.kind]
                parts = [compiled(tree) for tree in condition.arguments]
                wanted = not condition.negated

                def holds(values: Values) -> bool:
                    try:
                        inner = [part(values) for part in parts]
                    except Inexact:
                        return self._slow_kind(condition, values)
                    return check(*inner) == wanted

                return holds
            case _:
                return self._relation(condition)

    def _relation(self, relation: Relation) -> Test:
        compare = RELATIONS[relation.operator]
        try:
            left, right = compiled(relation.left), compiled(relation.right)
        except NotCovered:
            return lambda values: self._slow(relation, values)

        def holds(values: Values) -> bool:
            try:
                return compare(left(values), right(values))
            except Inexact:
                return self._slow(relation, values)

        return holds

    def _slow_kind(self, condition: Holds, values: Values) -> bool:
        """A property of an irrational number or of what does not exist."""
        if condition.kind in INTEGRAL | {"rational"}:
            try:
                value = self._built(condition.arguments[0], values)
            except InputError:
                return False
            if value.is_irrational or (value.is_number and value.is_rational is False):
                return condition.negated
        raise NotCovered("a property that is not decided")

    def _built(self, tree: Tree, values: Values) -> Expression:
        self.slow += 1
        if self.slow > MAX_SLOW:
            raise NotCovered("too many cases with irrational numbers")
        context = {
            n: sp.Rational(Fraction(v).numerator, Fraction(v).denominator)
            for n, v in values.items()
        }
        return build(tree, context)

    def _slow(self, relation: Relation, values: Values) -> bool:
        """Decide a relation between numbers that are not rational."""
        try:
            gap = self._built(relation.left, values) - self._built(relation.right, values)
        except NotCovered:
            raise
        except InputError:
            return False  # what does not exist satisfies nothing
        return decided(gap, relation.operator)


def decided(gap: Expression, operator: str) -> bool:
    """Whether a number compares with zero as told. Raises `NotCovered` where it is not clear."""
    if gap.has(sp.nan, sp.zoo, sp.oo) or not gap.is_number:
        raise NotCovered("a comparison that is not decided")
    if gap.is_real is False or (
        not gap.is_real and abs(sp.im(gap.evalf(30))) > sp.Rational(1, 10**9)
    ):
        return False
    zero = zero_or_not(gap)
    if zero is None:
        zero = gap.equals(0)
    if zero is None:
        raise NotCovered("a comparison that is not decided")
    if zero:
        return operator in {"=", "<=", ">="}
    if operator in {"=", "!="}:
        return operator == "!="
    digits: Expression = sp.N(gap, 30)
    return bool(digits < 0) == (operator in {"<", "<="})


def is_integral(name: str, conditions: Sequence[Condition]) -> bool:
    """Whether conditions say that a letter stands for a whole number."""
    for condition in conditions:
        match condition:
            case Holds():
                first = condition.arguments[0]
                mine = isinstance(first, Name) and first.name == name and not condition.negated
                if mine and condition.kind in INTEGRAL:
                    return True
                if (
                    mine
                    and condition.kind == "one of"
                    and all(
                        isinstance(m, Number) and m.value.denominator == 1
                        for m in condition.arguments[1:]
                    )
                ):
                    return True
            case _:
                continue
    return False


def _constant(tree: Tree) -> Fraction | None:
    return tree.value if isinstance(tree, Number) else None


def _product(
    first: tuple[int | None, int | None], second: tuple[int | None, int | None]
) -> tuple[int | None, int | None]:
    """Return bounds of a product of two numbers from theirs."""
    if None not in (*first, *second):
        ends = [a * b for a in first for b in second if a is not None and b is not None]
        return min(ends), max(ends)
    (a, b), (c, d) = first, second
    if a is not None and c is not None and a >= 0 and c >= 0:
        return a * c, b * d if b is not None and d is not None else None
    return None, None


def _floor_root(bound: Fraction, power: int) -> int:
    """Return the greatest whole number whose power is at most a bound; -1 for none."""
    if bound < 0:
        return -1
    top = int(bound)
    low, high = 0, 1
    while high**power <= top:
        high *= 2
    while low < high - 1:
        middle = (low + high) // 2
        low, high = (middle, high) if middle**power <= top else (low, middle)
    return low


def _floor_odd(bound: Fraction, power: int, *, strict: bool) -> int:
    """Return the greatest whole number with an odd power at most (or below) a bound."""
    if bound >= 0:
        root = _floor_root(bound, power)
        return root - 1 if strict and root**power == bound else root
    root = _floor_root(-bound, power)
    above = root if root**power == -bound else root + 1
    return -above - 1 if strict and above**power == -bound else -above
