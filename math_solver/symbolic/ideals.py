"""Equations in several letters: consequences by polynomial ideals, counterexamples by points.

f follows from g1 = … = gm = 0 over the real numbers if 1 lies in the ideal of the g's and 1 - t*f
(Rabinowitsch's trick; the Nullstellensatz makes it exact over the complex numbers). Functions are
generators with their relations, as in the normal form, so only proofs count here; a refutation is
a rational point that solves one statement and not the other.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from itertools import islice, product
from math import lcm

import flint

from assistants.answer import Verdict
from assistants.errors import InputError
from math_solver.lines import Line
from math_solver.reading import Name, Relation, letters
from math_solver.reading.tree import substituted
from math_solver.solution import Finding

from . import Expression
from .domain import conditions, restrictions
from .equivalence import compare_expressions
from .normal_form import Beyond, NormalForm
from .truths import holds, number

MAX_CHOICES = 16
LIMITS = (200, 60, 4_000)
"""Most polynomials, highest degree and longest polynomial while a basis is computed."""
MAX_TRIES = 400
VALUES = tuple(map(Fraction, (2, 3, -1, 0, 1, 5, "1/2", -2, 4, -3, 6, -4, 7, -5, 8, -6, 9, 10, 12)))


def decide(before: Line, after: Line) -> Finding | None:
    """Decide an implication between equations in several letters; None where it stays open."""
    if any(r.operator != "=" for line in (before, after) for case in line.cases for r in case):
        return None
    try:
        proof = _System(before, after).proof()
    except Beyond:
        proof = None
    return proof or counterexample(before, after) or _by_substitution(before, after)


def with_condition(found: Finding, before: Line, after: Line) -> Finding:
    """Name the factor that was divided by, where forgetting it lost a solution."""
    forgotten = _divided_by(before, after)
    if not forgotten:
        return found
    return replace(found, detail=f"a solution is lost; it follows where {forgotten} ≠ 0")


def _divided_by(before: Line, after: Line) -> str:
    """Return the factor of the first equation that the second lacks, such as `a` in a*x = a*b."""
    if any(len(line.cases) != 1 or len(line.cases[0]) != 1 for line in (before, after)):
        return ""
    try:
        system = _System(before, after)
        (given,), (wanted,) = system.given[0].tops, system.wanted[0].tops
        common = given.gcd(wanted)
        if wanted == 0 or divmod(common, wanted.factor_squarefree()[1][0][0])[1] != 0:
            return ""
        factor = given / common
    except (Beyond, IndexError):
        return ""
    meanings = system.form.meanings
    used = [i for i, power in enumerate(factor.degrees()) if power]
    if not used or any(meanings[i][0] != "letter" for i in used):
        return ""
    names = {f"g{i}": str(meanings[i][1]) for i in used}
    return re.sub(r"g\d+", lambda m: names[m.group()], str(factor))


@dataclass(frozen=True, slots=True)
class _Equations:
    """The numerators of one case, and the denominators that must not vanish."""

    tops: list[Expression]
    nonzero: list[Expression]


class _System:
    """Two statements as polynomials in common generators."""

    def __init__(self, before: Line, after: Line) -> None:
        self.form = NormalForm()
        self.lines = (before, after)
        self.given = [self._equations(case) for case in before.cases]
        self.wanted = [self._equations(case) for case in after.cases]

    def _equations(self, case: Sequence[Relation]) -> _Equations:
        tops: list[Expression] = []
        nonzero: list[Expression] = []
        for relation in case:
            left, right = self.form.of(relation.left), self.form.of(relation.right)
            tops.append(left.top * right.bottom - right.top * left.bottom)
            nonzero += [left.bottom, right.bottom]
            for side in (relation.left, relation.right):
                for kind, part in restrictions(side):
                    if kind == "≠":
                        nonzero.append(self.form.of(part).top)
        return _Equations(tops, nonzero)

    def proof(self) -> Finding | None:
        """Prove the implication, if need be where denominators of the second do not vanish."""
        asked = [part for case in self.wanted for part in case.nonzero]
        for extra in ([], asked):
            if all(self._case_implies(case, extra) for case in self.given):
                return self._proved()
        return None

    def _proved(self) -> Finding:
        trees = [side for line in self.lines for case in line.cases for r in case
                 for side in (r.left, r.right)]  # fmt: skip
        return Finding(
            verdict=Verdict.PROVED,
            by="polynomial ideals",
            detail="the second lies in the ideal of the first",
            conditions=conditions(trees),
            relation="implies",
        )

    def _case_implies(self, given: _Equations, extra: Sequence[Expression]) -> bool:
        choices = list(islice(product(*(case.tops for case in self.wanted)), MAX_CHOICES + 1))
        if len(choices) > MAX_CHOICES:
            raise Beyond("too many cases")
        unit = self.form.constant(1)
        for chosen in choices:
            target = unit
            for poly in (*chosen, *given.nonzero, *extra):
                target *= poly
            if not self._vanishes(target, given.tops):
                return False
        return True

    def _vanishes(self, target: Expression, given: Sequence[Expression]) -> bool:
        """Whether a polynomial is zero wherever all of the given ones are."""
        if target == 0:
            return True
        for poly in given:
            if poly != 0 and divmod(target, poly)[1] == 0:
                return True
        relations = [
            self.form.gens[i] ** power * value.bottom - value.top
            for i, power, value in self.form.relations
        ]
        return _has_unit([*given, *relations], target)


def _has_unit(given: Sequence[Expression], target: Expression) -> bool:
    """Whether 1 lies in the ideal of the given polynomials and 1 - t*target."""
    used = sorted({i for p in (*given, target) for i, power in enumerate(p.degrees()) if power})
    ring = flint.fmpz_mpoly_ctx.get((*(f"g{i}" for i in used), "t"), flint.Ordering.degrevlex)
    polys = [_moved(p, used, ring) for p in given if p != 0]
    inverse = ring.gens()[-1] * _moved(target, used, ring) - 1
    basis, complete = flint.fmpz_mpoly_vec([*polys, inverse], ring).buchberger_naive(limits=LIMITS)
    found: Expression = basis
    return bool(complete) and any(p.is_constant() and p != 0 for p in found)


def _moved(poly: Expression, used: Sequence[int], ring: Expression) -> Expression:
    """Write a polynomial with whole coefficients in the ring of the used generators and t."""
    terms = [(e, Fraction(int(c.p), int(c.q))) for e, c in poly.terms()]
    scale = lcm(*(coefficient.denominator for _, coefficient in terms))
    return ring.from_dict({(*(int(e[i]) for i in used), 0): int(c * scale) for e, c in terms})


# --- counterexamples


def counterexample(before: Line, after: Line) -> Finding | None:
    """Look for a rational point that solves the first statement and certainly not the second."""
    names = tuple(dict.fromkeys((*before.letters, *after.letters)))
    for case in before.cases:
        for point in islice(_solutions(case, names), MAX_TRIES):
            values = {name: number(value) for name, value in point.items()}
            if (
                holds(before.cases, values) is Verdict.PROVED
                and holds(after.cases, values) is Verdict.REFUTED
            ):
                return lost_at(", ".join(f"{k} = {v}" for k, v in point.items()))
    return None


def lost_at(shown: str) -> Finding:
    """Return the refutation by a point that solves the first statement only."""
    return Finding(
        verdict=Verdict.REFUTED,
        by="substitution",
        detail="a solution is lost",
        counterexample=f"{shown} solves only the first",
        relation="neither",
        lost=(shown,),
    )


def _solutions(case: Sequence[Relation], names: Sequence[str]) -> Iterator[dict[str, Fraction]]:
    """Yield rational points that solve polynomial equations, by putting in small numbers."""
    form = NormalForm()
    polys: list[Expression] = []
    try:
        for name in names:
            form.atom("letter", name)
        for relation in case:
            left, right = form.of(relation.left), form.of(relation.right)
            polys.append(left.top * right.bottom - right.top * left.bottom)
    except Beyond:
        return
    if len(form.keys) > len(names):
        return  # functions of letters: no rational points to expect
    yield from _search(polys, list(range(len(names))), {}, names)


def _search(
    polys: Sequence[Expression],
    open_letters: list[int],
    point: dict[int, Fraction],
    names: Sequence[str],
) -> Iterator[dict[str, Fraction]]:
    left = [p for p in polys if p != 0]
    if any(p.is_constant() for p in left):
        return
    if not open_letters:
        yield {names[i]: point[i] for i in sorted(point)}
        return
    index, values = _next_letter(left, open_letters)
    rest = [i for i in open_letters if i != index]
    for value in values:
        exact = flint.fmpq(value.numerator, value.denominator)
        replaced = [p.subs({f"g{index}": exact}) for p in left]
        yield from _search(replaced, rest, {**point, index: value}, names)


def _next_letter(
    polys: Sequence[Expression], open_letters: Sequence[int]
) -> tuple[int, Sequence[Fraction]]:
    """Take a letter that an equation determines; else try values for the one of highest degree."""
    for poly in polys:
        used = [i for i in open_letters if poly.degrees()[i]]
        if len(used) == 1:
            return used[0], _rational_roots(poly, used[0])
    degrees = {i: max((int(p.degrees()[i]) for p in polys), default=0) for i in open_letters}
    return max(open_letters, key=lambda i: (degrees[i], i)), VALUES


def _rational_roots(poly: Expression, index: int) -> list[Fraction]:
    degree = int(poly.degrees()[index])
    coefficients = [flint.fmpq(0)] * (degree + 1)
    for exponents, coefficient in poly.terms():
        coefficients[int(exponents[index])] = coefficient
    _, factors = flint.fmpq_poly(coefficients).numer().factor()
    return [Fraction(-int(f[0]), int(f[1])) for f, _ in factors if f.degree() == 1]


def _by_substitution(before: Line, after: Line) -> Finding | None:
    """A letter that is given by an expression of others is put into the second statement."""
    if len(before.cases) != 1 or len(after.cases) != 1 or len(before.cases[0]) != 1:
        return None
    (relation,) = before.cases[0]
    for letter, value in ((relation.left, relation.right), (relation.right, relation.left)):
        if not isinstance(letter, Name) or letter.name in letters(value):
            continue
        for wanted in after.cases[0]:
            sides = [substituted(s, {letter.name: value}) for s in (wanted.left, wanted.right)]
            try:
                found = compare_expressions(sides[0], sides[1], forward=False)
            except InputError:
                continue
            if found.verdict is Verdict.REFUTED and "no real value" not in found.counterexample:
                return lost_at(f"{letter.name} as in the first, {found.counterexample};")
    return None
