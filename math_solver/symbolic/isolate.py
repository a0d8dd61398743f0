"""Equations that are polynomial in one function of the letter: e^x, ln(x + 1), |x - 2|, sin(2*x).

Each inversion is an equivalence over the real numbers, so no solution is lost and none is added;
square roots lead to candidates instead, which are then checked one by one.
"""

from collections.abc import Callable, Iterable

import sympy as sp

from assistants.answer import Verdict
from math_solver.solution import SolutionStep

from . import Expression
from .plain import plain
from .roots import RootSet, polynomial_roots

MAX_DEPTH = 6
INTEGER = sp.Symbol("k", integer=True)


def solve_zero(
    expression: Expression, letter: Expression, steps: list[SolutionStep], depth: int = 0
) -> RootSet:
    """Return the real solutions of `expression = 0`; poles are the caller's to exclude."""
    expression = _with_common_bases(expression, letter)
    numerator = sp.expand(sp.fraction(sp.together(expression))[0])
    if numerator == 0:
        return RootSet(everywhere=True, complete=True, reason="both sides are the same")
    if not numerator.has(letter):
        decided = numerator.is_nonzero is True
        return RootSet(complete=decided, reason="the letter drops out and a falsehood remains")
    if numerator.is_polynomial(letter):
        return _polynomial(sp.Poly(numerator, letter), steps)
    if depth >= MAX_DEPTH:
        return RootSet(reason="too many functions inside each other")
    root = _common_root(numerator, letter)
    if root is not None:
        return _one_function(numerator, root, letter, steps, depth)
    poly = _generators(numerator)
    inner = [g for g in poly.gens if g.has(letter)] if poly is not None else []
    if len(inner) == 1 and inner[0] != letter:
        return _one_function(numerator, inner[0], letter, steps, depth)
    merged = _merged_logarithms(numerator, letter)
    if merged is not None:
        return _by_exponentiating(numerator, merged, letter, steps, depth)
    absolutes = _having(numerator.atoms(sp.Abs), letter)
    if absolutes:
        return _by_cases(numerator, absolutes[0], letter, steps, depth)
    radicals = [p for p in _having(numerator.atoms(sp.Pow), letter) if _is_square_root(p)]
    if radicals:
        return _without_radical(numerator, radicals[0], letter, steps, depth)
    return RootSet(reason="no rule here covers an equation of this kind")


def _with_common_bases(expression: Expression, letter: Expression) -> Expression:
    """Write 4^x as 2^(2x), ln(x^3) as 3 ln x and ln(x^2) as 2 ln |x|; nothing else changes."""

    def power(base: Expression, exponent: Expression) -> Expression:
        if not exponent.has(letter) or not base.is_Rational or base <= 0 or base == 1:
            return base**exponent
        top, bottom = (sp.perfect_power(n) or (n, 1) for n in (base.p, base.q))
        degree = sp.gcd(*(d for n, d in (top, bottom) if n != 1)) if 1 not in {
            base.p, base.q} else (bottom if base.p == 1 else top)[1]  # fmt: skip
        root: Expression = sp.Rational(
            *(sp.Integer(n) ** (sp.Integer(d) / degree) for n, d in (top, bottom))
        )
        if root < 1 and root.p == 1:
            root, degree = 1 / root, -degree
        return root ** (degree * exponent)

    def logarithm(inner: Expression) -> Expression:
        if not (inner.is_Pow and inner.exp.is_Integer and inner.base.has(letter)):
            return sp.log(inner)
        if inner.exp % 2:
            return inner.exp * sp.log(inner.base)
        positive = expression.has(sp.log(inner.base))
        return inner.exp * sp.log(inner.base if positive else sp.Abs(inner.base))

    return expression.replace(sp.Pow, power).replace(sp.log, logarithm)


def _having(atoms: Iterable[Expression], letter: Expression) -> list[Expression]:
    """Return the atoms that hold the letter, in an order that does not change between runs."""
    return sorted((a for a in atoms if a.has(letter)), key=sp.default_sort_key)


def _common_root(numerator: Expression, letter: Expression) -> Expression | None:
    """Return the root of which all that holds the letter is a power, as x^(1/4) of 7*x^(1/4) - √x.

    None where there is no such root, or square roots alone.
    """
    powers = [p for p in _having(numerator.atoms(sp.Pow), letter) if p.exp.is_Rational]
    bases = {p.base for p in powers if p.exp.q > 1}
    if len(bases) != 1:
        return None
    base = bases.pop()
    index = sp.ilcm(1, *(p.exp.q for p in powers if p.base == base))
    root: Expression = base ** sp.Rational(1, index)
    return root if index > 2 and not _in_terms_of(numerator, root, sp.Dummy()).has(letter) else None


def _in_terms_of(numerator: Expression, function: Expression, stand_in: Expression) -> Expression:
    """Put a letter in the place of a function, and its powers in the place of a root's powers."""
    base, exponent = function.as_base_exp()
    if not (exponent.is_Rational and exponent.p == 1 and exponent.q > 2):
        return sp.Poly(numerator, function).as_expr().subs(function, stand_in)
    powers = {
        p: stand_in ** (p.exp * exponent.q)
        for p in numerator.atoms(sp.Pow)
        if p.base == base and (p.exp * exponent.q).is_Integer
    }
    return numerator.xreplace(powers).xreplace({base: stand_in**exponent.q})


def _generators(numerator: Expression) -> Expression:
    try:
        return sp.Poly(numerator)
    except sp.PolynomialError:
        return None


def _polynomial(poly: Expression, steps: list[SolutionStep]) -> RootSet:
    if poly.domain.is_QQ or poly.domain.is_ZZ:
        return polynomial_roots(poly.to_field(), steps)
    if poly.degree() == 1:
        slope, constant = poly.all_coeffs()
        root = sp.simplify(-constant / slope)
        steps.append(
            SolutionStep(
                rule="solve the linear equation",
                before=f"{plain(poly.as_expr())} = 0",
                after=f"{poly.gen} = {plain(root)}",
                reason=f"divide by {plain(slope)}",
                verdict=Verdict.PROVED,
                check="the same was done to both sides",
            )
        )
        known = slope.is_nonzero is True
        extra = () if known else (f"{plain(slope)} ≠ 0",)
        return RootSet(roots=(root,), complete=True, reason="the equation is linear", extra=extra)
    if poly.degree() == 2:
        return _general_quadratic(poly, steps)
    return RootSet(reason="the coefficients are not rational")


def _general_quadratic(poly: Expression, steps: list[SolutionStep]) -> RootSet:
    a, b, c = poly.all_coeffs()
    discriminant = sp.expand(b**2 - 4 * a * c)
    roots = [sp.simplify((-b + sign * sp.sqrt(discriminant)) / (2 * a)) for sign in (-1, 1)]
    steps.append(
        SolutionStep(
            rule="quadratic formula",
            before=f"{plain(poly.as_expr())} = 0",
            after=" or ".join(f"{poly.gen} = {plain(root)}" for root in roots),
            reason=f"discriminant {plain(discriminant)}",
            verdict=Verdict.PROVED,
            check="the formula solves every quadratic equation",
        )
    )
    if discriminant.is_number and discriminant.is_negative:
        return RootSet(complete=True, reason="the discriminant is negative")
    extra: tuple[str, ...] = ()
    if not discriminant.is_nonnegative:
        extra = (f"{plain(discriminant)} ≥ 0",)
    if not a.is_nonzero:
        extra = (*extra, f"{plain(a)} ≠ 0")
    roots = list(dict.fromkeys(roots))
    return RootSet(roots=tuple(roots), complete=True, reason="the formula", extra=extra)


# --- one function of the letter


def _one_function(
    numerator: Expression,
    function: Expression,
    letter: Expression,
    steps: list[SolutionStep],
    depth: int,
) -> RootSet:
    stand_in = sp.Symbol("t", real=True)
    if stand_in == letter:
        stand_in = sp.Symbol("u", real=True)
    replaced = _in_terms_of(numerator, function, stand_in)
    if replaced.has(letter) or not replaced.is_polynomial(stand_in):
        return RootSet(reason="the letter stands inside and outside of the function")
    if replaced != stand_in:
        steps.append(
            SolutionStep(
                rule="substitute",
                before=f"{plain(numerator)} = 0",
                after=f"{plain(replaced)} = 0 with {stand_in} = {plain(function)}",
                reason="the equation is a polynomial in this function",
                verdict=Verdict.PROVED,
                check="substituted back it is the equation again",
            )
        )
    values = solve_zero(replaced, stand_in, steps, depth + 1)
    if values.everywhere or not values.complete:
        return values
    return _invert_all(function, values.roots, letter, steps, depth)


def _invert_all(
    function: Expression,
    values: tuple[Expression, ...],
    letter: Expression,
    steps: list[SolutionStep],
    depth: int,
) -> RootSet:
    roots: list[Expression] = []
    for value in values:
        targets = invert(function, value)
        if targets is None:
            return RootSet(reason=f"{plain(function)} = {plain(value)} is beyond the rules here")
        inside, goals = targets
        shown = " or ".join(f"{plain(inside)} = {plain(goal)}" for goal in goals)
        steps.append(
            SolutionStep(
                rule="apply the inverse function",
                before=f"{plain(function)} = {plain(value)}",
                after=shown or "no real solution",
                reason=_inversion_reason(function),
                verdict=Verdict.PROVED,
                check="over the real numbers the two lines have the same solutions",
            )
        )
        for goal in goals:
            found = solve_zero(inside - goal, letter, steps, depth + 1)
            if not found.complete or found.everywhere:
                return RootSet(reason=found.reason)
            roots.extend(found.roots)
    unique = tuple(dict.fromkeys(roots))
    return RootSet(roots=unique, complete=True, reason="every inversion is an equivalence")


Inverse = tuple[Expression, list[Expression]]


def invert(function: Expression, value: Expression) -> Inverse | None:
    """Return u and the goals g with `function(u) = value` exactly where u is one of the goals.

    None where no rule applies, or the sign of `value` is not certain.
    """
    for kind, rule in INVERSES:
        if isinstance(function, kind):
            return rule(function, value)
    return None


def _invert_exponential(function: Expression, value: Expression) -> Inverse | None:
    if value.is_nonpositive:
        return function.args[0], []
    return (function.args[0], [sp.log(value)]) if value.is_positive else None


def _invert_logarithm(function: Expression, value: Expression) -> Inverse | None:
    return function.args[0], [sp.exp(value)]


def _invert_absolute(function: Expression, value: Expression) -> Inverse | None:
    if value.is_negative:
        return function.args[0], []
    goals = [value] if value.is_zero else [-value, value]
    return (function.args[0], goals) if value.is_nonnegative else None


def _invert_power(function: Expression, value: Expression) -> Inverse | None:
    base, exponent = function.as_base_exp()
    if base.is_positive and base.is_number and base != 1:
        if value.is_nonpositive:
            return exponent, []
        return (exponent, [sp.log(value) / sp.log(base)]) if value.is_positive else None
    if exponent.is_Rational and exponent.p == 1:
        index = exponent.q
        if value.is_negative:
            return (base, []) if index % 2 == 0 else None
        return (base, [sp.expand(value**index)]) if value.is_nonnegative else None
    return None


def _invert_sine(function: Expression, value: Expression) -> Inverse | None:
    inside = function.args[0]
    beyond = (abs(value) - 1).is_positive
    if beyond is None:
        return None
    if beyond:
        return inside, []
    angle = sp.asin(value)
    turn = 2 * sp.pi * INTEGER
    goals = [angle + turn, sp.pi - angle + turn]
    return inside, goals[:1] if abs(value) == 1 else goals


def _invert_cosine(function: Expression, value: Expression) -> Inverse | None:
    inside = function.args[0]
    beyond = (abs(value) - 1).is_positive
    if beyond is None:
        return None
    if beyond:
        return inside, []
    angle = sp.acos(value)
    turn = 2 * sp.pi * INTEGER
    goals = [angle + turn, -angle + turn]
    return inside, goals[:1] if abs(value) == 1 else goals


def _invert_tangent(function: Expression, value: Expression) -> Inverse | None:
    return function.args[0], [sp.atan(value) + sp.pi * INTEGER]


INVERSES: tuple[tuple[Expression, Callable[[Expression, Expression], Inverse | None]], ...] = (
    (sp.exp, _invert_exponential),
    (sp.log, _invert_logarithm),
    (sp.Abs, _invert_absolute),
    (sp.sin, _invert_sine),
    (sp.cos, _invert_cosine),
    (sp.tan, _invert_tangent),
    (sp.Pow, _invert_power),
)


def _inversion_reason(function: Expression) -> str:
    match function:
        case sp.exp():
            return "take the natural logarithm; e^u takes every positive value once"
        case sp.log():
            return "raise e to both sides"
        case sp.Abs():
            return "|u| = c means u = c or u = -c, where c is not negative"
        case sp.sin() | sp.cos() | sp.tan():
            return "all angles with this value, k any integer"
        case _ if function.as_base_exp()[1] == sp.Rational(1, 2):
            return "square both sides; a root is never negative"
        case _ if function.as_base_exp()[1].is_Rational:
            return "raise both sides to the power of the root; a root is never negative"
        case _:
            return "take logarithms on both sides"


# --- sums of logarithms


def _merged_logarithms(numerator: Expression, letter: Expression) -> Expression:
    """Return the product of powers that must equal 1, for a sum of whole multiples of logs."""
    product = sp.Integer(1)
    for term in sp.Add.make_args(numerator):
        factor, rest = term.as_coeff_Mul()
        if isinstance(rest, sp.log) and factor.is_Integer:
            product *= rest.args[0] ** factor
        elif not term.has(letter):
            product *= sp.exp(term)
        else:
            return None
    return product


def _by_exponentiating(
    numerator: Expression,
    product: Expression,
    letter: Expression,
    steps: list[SolutionStep],
    depth: int,
) -> RootSet:
    steps.append(
        SolutionStep(
            rule="combine the logarithms",
            before=f"{plain(numerator)} = 0",
            after=f"{plain(product)} = 1",
            reason="a sum of logarithms is the logarithm of the product; this may add solutions,"
            " so each is checked",
            verdict=Verdict.PROVED,
            check="every solution of the first line solves the second",
        )
    )
    return solve_zero(product - 1, letter, steps, depth + 1)


# --- absolute values and square roots beside the letter


def _by_cases(
    numerator: Expression,
    absolute: Expression,
    letter: Expression,
    steps: list[SolutionStep],
    depth: int,
) -> RootSet:
    inside = absolute.args[0]
    roots: list[Expression] = []
    for sign, relation in ((1, "≥"), (-1, "<")):
        case = numerator.subs(absolute, sign * inside)
        steps.append(
            SolutionStep(
                rule="distinguish cases",
                before=f"{plain(numerator)} = 0",
                after=f"{plain(sp.expand(case))} = 0 where {plain(inside)} {relation} 0",
                reason=f"|u| is u where u ≥ 0 and -u where u < 0, with u = {plain(inside)}",
                verdict=Verdict.PROVED,
                check="the two cases are all there are",
            )
        )
        found = solve_zero(case, letter, steps, depth + 1)
        if found.everywhere or not found.complete:
            return RootSet(reason="a case has no finite list of solutions")
        for root in found.roots:
            value = sp.expand(inside.subs(letter, root)) * sign
            if value.is_nonnegative is None:
                return RootSet(reason="the sign of a case is not certain")
            if value.is_nonnegative:
                roots.append(root)
    unique = tuple(dict.fromkeys(roots))
    return RootSet(roots=unique, complete=True, reason="all cases were gone through")


def _is_square_root(power: Expression) -> bool:
    exponent = power.as_base_exp()[1]
    return exponent.is_Rational and exponent.q == 2


def _without_radical(
    numerator: Expression,
    radical: Expression,
    letter: Expression,
    steps: list[SolutionStep],
    depth: int,
) -> RootSet:
    """Eliminate one square root by a resultant: every solution is a root of what remains."""
    inside = radical.as_base_exp()[0]
    stand_in = sp.Dummy("s", real=True)
    powers = [
        power
        for power in numerator.atoms(sp.Pow)
        if power.as_base_exp()[0] == inside and _is_square_root(power)
    ]
    replaced = numerator.xreplace({p: stand_in ** p.as_base_exp()[1].p for p in powers})
    if not replaced.is_polynomial(stand_in):
        return RootSet(reason="the square root could not be set apart")
    squared = sp.expand(sp.resultant(replaced, stand_in**2 - inside, stand_in))
    steps.append(
        SolutionStep(
            rule="remove the square root",
            before=f"{plain(numerator)} = 0",
            after=f"{plain(squared)} = 0",
            reason="set the root apart and square; this may add solutions, so each is checked",
            verdict=Verdict.PROVED,
            check="every solution of the first line solves the second",
        )
    )
    return solve_zero(squared, letter, steps, depth + 1)
