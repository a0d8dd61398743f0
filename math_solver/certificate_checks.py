"""Checks that a certificate repeats: nothing is imported but sympy and mpmath.

This file is copied into every certificate, where it stands on its own; it shares no code with the
solver. Each check returns True only if the claim was proved again.
"""

from itertools import pairwise
from typing import Any

import mpmath
import sympy as sp

Expression = Any
Cases = Any

POINTS = (sp.Rational(17, 7), sp.Rational(-13, 9), sp.Rational(5, 11), sp.Rational(29, 3))
RELATIONS = {"=": sp.Eq, "!=": sp.Ne, "<": sp.Lt, "<=": sp.Le, ">": sp.Gt, ">=": sp.Ge}


def is_zero(expression: Expression) -> bool:
    """Prove that an expression is zero where it exists: a numeric look first, then normal forms."""
    if expression == 0:
        return True
    if expression.has(sp.nan, sp.zoo, sp.oo, -sp.oo) or differs_somewhere(expression):
        return False
    forms = (
        lambda e: sp.expand(sp.numer(sp.together(e))),
        sp.simplify,
        lambda e: sp.expand(sp.numer(sp.together(e.rewrite(sp.exp)))),
        lambda e: sp.radsimp(sp.expand(e)),
        lambda e: sp.simplify(sp.expand_log(e, force=False)),
    )
    if any(form(expression) == 0 for form in forms):
        return True
    if not expression.free_symbols and expression.is_algebraic:
        unknown = sp.Dummy("t")
        return sp.minimal_polynomial(expression, unknown) == unknown
    return False


def differs_somewhere(expression: Expression) -> bool:
    """Look for a point where an expression is real and far from zero (40 digits)."""
    letters = sorted(expression.free_symbols, key=str)
    for shift in range(len(POINTS)):
        point = {s: POINTS[(i + shift) % len(POINTS)] for i, s in enumerate(letters)}
        value = sp.N(expression.subs(point), 40)
        if value.is_real and abs(mpmath.mpf(str(value))) > mpmath.mpf(10) ** -25:
            return True
    return False


def equal(left: Expression, right: Expression) -> bool:
    """Both sides have the same value wherever both exist."""
    return is_zero(sp.Integer(0) + left - right)


def antiderivative(found: Expression, integrand: Expression, letter: Expression) -> bool:
    """The derivative of `found` is the integrand."""
    return is_zero(sp.diff(found, letter) - integrand)


def definite_integral(  # noqa: PLR0917  (the order in which an integral is written)
    integrand: Expression,
    letter: Expression,
    low: Expression,
    high: Expression,
    found: Expression,
    value: Expression,
) -> bool:
    """F' = f, F(high) - F(low) = value, and numeric quadrature agrees."""
    difference = found.subs(letter, high) - found.subs(letter, low)
    if not (antiderivative(found, integrand, letter) and is_zero(difference - value)):
        return False
    ends = [mpmath.mpf(str(sp.N(end, 30))) for end in (low, high)]

    def function(point: Expression) -> Expression:
        return mpmath.mpf(str(sp.N(integrand.subs(letter, sp.Float(str(point), 30)), 30)))

    area: Expression = mpmath.quad(function, ends)
    return abs(area - mpmath.mpf(str(sp.N(value, 30)))) < mpmath.mpf(10) ** -8 * (1 + abs(area))


def limit(function: Expression, letter: Expression, target: Expression, value: Expression) -> bool:
    """The limit by Gruntz' algorithm, from both sides where there are two."""
    sides = ("+-",) if target.is_infinite else ("+", "-")
    found = [sp.limit(function, letter, target, side[0]) for side in sides]
    return all(one == value or is_zero(one - value) for one in found)


def prime_factors(number: Expression, factors: Expression) -> bool:
    """The product is the number, and each factor is prime."""
    product = sp.prod(prime**power for prime, power in factors)
    return product == number and all(sp.isprime(prime) for prime, _ in factors)


# --- statements: a list of cases, each a list of (sign, left, right)


def same_solutions(before: Cases, after: Cases, *letters: Expression) -> bool:
    """Each statement follows from the other."""
    if proportional(before, after):
        return True
    return implies(before, after, *letters) and implies(after, before, *letters)


def proportional(before: Cases, after: Cases) -> bool:
    """Two equations whose sides differ by the same expression, up to a factor."""
    if [len(case) for case in (*before, *after)] != [1, 1]:
        return False
    (sign, left, right), (other, first, second) = before[0][0], after[0][0]
    if sign != "=" or other != "=" or first - second == 0:
        return False
    factor = sp.cancel(sp.together((left - right) / (first - second)))
    return bool(factor.is_number and factor.is_nonzero)


def not_solutions(values: Cases, cases: Cases, letter: Expression) -> bool:
    """Each value makes a side undefined or not real, or the sides certainly different."""
    return all(excluded(cases, letter, value) for value in explicit(values, letter))


def excluded(cases: Cases, letter: Expression, value: Expression) -> bool:
    """Whether a value certainly solves none of the equations."""
    for ((_, left, right),) in cases:
        sides = [side.subs(letter, value) for side in (left, right)]
        if any(s.has(sp.zoo, sp.nan, sp.oo) or s.is_real is False for s in sides):
            continue
        if not differs_somewhere(sides[0] - sides[1]):
            return False
    return True


def isolated_roots(before: Cases, values: Cases, letter: Expression) -> bool:
    """Each decimal lies beside a change of sign, and Sturm's theorem counts as many roots."""
    poly, near = zeros(before, letter), explicit(values, letter)
    if poly is None or near is None or poly.count_roots() != len(near):
        return False
    width = sp.Rational(1, 10**9)
    ends = sorted((value - width, value + width) for value in near)
    apart = all(a[1] < b[0] for a, b in pairwise(ends))
    return apart and all(poly.eval(low) * poly.eval(high) < 0 for low, high in ends)


def implies(before: Cases, after: Cases, *letters: Expression) -> bool:
    """Every real solution of the first statement is one of the second."""
    if len(letters) != 1:
        return implies_in_ideal(before, after, letters)
    (letter,) = letters
    values = explicit(before, letter)
    if values is not None:
        return all(holds(after, letter, value) for value in values)
    if only_equations(before) and only_equations(after):
        return roots_are_roots(before, after, letter)
    return solution_set(before, letter).is_subset(solution_set(after, letter)) is True


def explicit(cases: Cases, letter: Expression) -> Expression:
    """Return the values of `x = value` in each case; None where it says something else."""
    values = []
    for case in cases:
        if len(case) != 1 or case[0][0] != "=" or case[0][1] != letter or case[0][2].has(letter):
            return None
        values.append(case[0][2])
    return values


def holds(cases: Cases, letter: Expression, value: Expression) -> bool:
    """Whether a value certainly solves a statement."""
    return any(all(relation_holds(r, letter, value) for r in case) for case in cases)


def relation_holds(relation: Expression, letter: Expression, value: Expression) -> bool:
    """Whether a value certainly solves one relation; both sides must be real there."""
    sign, left, right = relation
    left, right = left.subs(letter, value), right.subs(letter, value)
    if any(side.has(sp.zoo, sp.nan, sp.oo) or side.is_real is False for side in (left, right)):
        return False
    if sign in {"=", "<=", ">="} and is_zero(left - right):
        return True
    return sign != "=" and bool(RELATIONS[sign](sp.N(left, 40), sp.N(right, 40)))


def only_equations(cases: Cases) -> bool:
    """Whether every case is one equation."""
    return all(len(case) == 1 and case[0][0] == "=" for case in cases)


def roots_are_roots(before: Cases, after: Cases, letter: Expression) -> bool:
    """Real roots by Sturm's theorem; poles do not count."""
    first, second = zeros(before, letter), zeros(after, letter)
    if first is not None and second is not None:
        rest = first.quo(first.gcd(second))
        return rest.degree() < 1 or rest.count_roots() == 0
    values = explicit(after, letter)
    if first is None or values is None:
        return False
    solving = {value for value in values if is_zero(first.as_expr().subs(letter, value))}
    return len(solving) == first.count_roots()


def zeros(cases: Cases, letter: Expression) -> Expression:
    """Return a square-free polynomial over the rationals with the solutions as its real roots."""
    product = sp.Poly(1, letter, domain="QQ")
    for ((_, left, right),) in cases:
        top, bottom = sp.fraction(sp.together(left - right))
        if not (top.is_polynomial(letter) and bottom.is_polynomial(letter)):
            return None
        polys = [sp.Poly(part, letter) for part in (top, bottom)]
        if any(not (p.domain.is_QQ or p.domain.is_ZZ) for p in polys) or polys[0].is_zero:
            return None
        numerator, poles = (p.set_domain("QQ") for p in polys)
        for side in (left, right):
            poles *= sp.Poly(sp.fraction(sp.together(side))[1], letter, domain="QQ")
        numerator = numerator.sqf_part()
        product *= numerator.quo(numerator.gcd(poles))
    return product.sqf_part()


def solution_set(cases: Cases, letter: Expression) -> Expression:
    """Return the real solutions of inequalities in one letter as a set."""
    solve = sp.solvers.inequalities.solve_univariate_inequality
    union = sp.S.EmptySet
    for case in cases:
        common = sp.S.Reals
        for sign, left, right in case:
            relation = RELATIONS[sign](left, right)
            if relation in {True, False} or relation in {sp.true, sp.false}:
                found = sp.S.Reals if relation else sp.S.EmptySet
            else:
                found = solve(relation, letter, relational=False)
            common = sp.Intersection(common, found)
        union = sp.Union(union, common)
    return union


def implies_in_ideal(before: Cases, after: Cases, letters: Expression) -> bool:
    """One case of equations implies others: 1 lies in the ideal with 1 - t*f (Rabinowitsch)."""
    if len(before) != 1 or any(r[0] != "=" for case in (*before, *after) for r in case):
        return False
    given = [sp.numer(sp.together(left - right)) for _, left, right in before[0]]
    unknown = sp.Dummy("t")
    choices = [[]]
    for case in after:
        choices = [[*chosen, relation] for chosen in choices for relation in case]
    for chosen in choices:
        target = sp.prod(sp.numer(sp.together(left - right)) for _, left, right in chosen)
        target *= sp.prod(sp.denom(sp.together(s)) for r in chosen for s in r[1:])
        basis = sp.groebner([*given, 1 - unknown * target], unknown, *letters, order="grevlex")
        if basis.exprs != [1]:
            return False
    return True
