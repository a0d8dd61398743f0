"""Real roots of polynomials with rational coefficients.

Exact where radicals are short, and counted by Sturm's theorem, so that none is missing and none
is too many.
"""

from dataclasses import dataclass

import sympy as sp

from assistants.answer import Verdict
from math_solver.solution import SolutionStep

from . import Expression
from .plain import plain

MAX_DEGREE = 60
SHOWN_DIGITS = 12


@dataclass(frozen=True, slots=True, kw_only=True)
class RootSet:
    """The real solutions that were found in one letter.

    `complete` says that there is no other real solution, `reason` why; `everywhere` that every
    real number is one. `extra` holds remarks such as the complex solutions.
    """

    roots: tuple[Expression, ...] = ()
    complete: bool = False
    reason: str = ""
    everywhere: bool = False
    extra: tuple[str, ...] = ()


def polynomial_roots(poly: Expression, steps: list[SolutionStep]) -> RootSet:
    """Return the real roots of a polynomial over the rationals, in ascending order."""
    letter = poly.gen
    if poly.degree() > MAX_DEGREE:
        return RootSet(reason=f"the degree {poly.degree()} is above {MAX_DEGREE}")
    _, factors = poly.factor_list()
    if poly.degree() > 1 and (len(factors) > 1 or factors[0][1] > 1):
        steps.append(_factored(poly, factors))
    roots: list[Expression] = []
    extra: list[str] = []
    for factor, _ in factors:
        found, remark = _factor_roots(factor, steps)
        roots.extend(found)
        extra.extend(remark)
    roots.sort(key=lambda root: root.evalf(30))
    count = poly.sqf_part().count_roots()
    reason = f"Sturm's theorem counts {count} real root{'' if count == 1 else 's'}"
    if poly.degree() == 1:
        reason = f"a linear equation in {letter} has exactly one solution"
    return RootSet(
        roots=tuple(roots), complete=len(roots) == count, reason=reason, extra=tuple(extra)
    )


def _factored(poly: Expression, factors: Expression) -> SolutionStep:
    product = sp.Mul(*(factor.as_expr() ** power for factor, power in factors))
    unit = poly.LC() / sp.prod([factor.LC() ** power for factor, power in factors])
    again = sp.Poly(sp.expand(unit * product), poly.gen)
    exact = again.as_expr() - poly.as_expr() == 0
    return SolutionStep(
        rule="factor",
        before=f"{plain(poly.as_expr())} = 0",
        after=f"{plain(product)} = 0",
        reason="a product is zero exactly where one of its factors is",
        verdict=Verdict.PROVED if exact else Verdict.UNKNOWN,
        check="multiplied out, the product is the polynomial again",
    )


def _factor_roots(
    factor: Expression, steps: list[SolutionStep]
) -> tuple[list[Expression], list[str]]:
    match factor.degree():
        case 1:
            return [_linear_root(factor, steps)], []
        case 2:
            return _quadratic_roots(factor, steps)
        case _:
            return _higher_roots(factor, steps)


def _linear_root(factor: Expression, steps: list[SolutionStep]) -> Expression:
    slope, constant = factor.all_coeffs()
    root = -constant / slope
    letter = factor.gen
    before = f"{plain(factor.as_expr())} = 0"
    if slope != 1 and constant != 0:
        after = f"{plain(slope * letter)} = {plain(-constant)}"
        reason = f"{'subtract' if constant > 0 else 'add'} {plain(abs(constant))} on both sides"
        steps.append(_linear_step("move the constant", before, after, reason))
        before = after
    reason = f"divide both sides by {plain(slope)}" if slope != 1 else "solve for the letter"
    steps.append(_linear_step("divide", before, f"{letter} = {plain(root)}", reason))
    return root


def _linear_step(rule: str, before: str, after: str, reason: str) -> SolutionStep:
    return SolutionStep(
        rule=rule,
        before=before,
        after=after,
        reason=reason,
        verdict=Verdict.PROVED,
        check="the same was done to both sides, and it can be undone",
    )


def _quadratic_roots(
    factor: Expression, steps: list[SolutionStep]
) -> tuple[list[Expression], list[str]]:
    a, b, c = factor.all_coeffs()
    letter = factor.gen
    discriminant = b**2 - 4 * a * c
    half, square = -b / (2 * a), sp.sqrt(discriminant) / (2 * a)
    found = [sp.nsimplify(half - square), half + square] if discriminant >= 0 else []
    found = [sp.expand(root) for root in found]
    equation = f"{plain(factor.as_expr())} = 0"
    shown = " or ".join(f"{letter} = {plain(root)}" for root in found)
    remarks: list[str] = []
    if not found:
        pair = [plain(sp.expand(half + sign * square)) for sign in (-1, 1)]
        remarks = [f"Complex solutions of {equation}: {letter} = {pair[0]}, {letter} = {pair[1]}"]
        shown = "no real solution"
    steps.append(
        SolutionStep(
            rule="quadratic formula",
            before=equation,
            after=shown,
            reason=f"discriminant b^2 - 4*a*c = {plain(discriminant)} with a = {plain(a)}, "
            f"b = {plain(b)}, c = {plain(c)}",
            verdict=Verdict.PROVED if all(is_root(factor, r) for r in found) else Verdict.UNKNOWN,
            check="each root substituted gives zero" if found else "a square is never negative",
        )
    )
    return found, remarks


def _higher_roots(
    factor: Expression, steps: list[SolutionStep]
) -> tuple[list[Expression], list[str]]:
    found: list[Expression] = []
    if len(factor.terms()) == 2 and factor.EC() != 0:
        found = _binomial_roots(factor)
    elif _is_biquadratic(factor):
        found = [r for r in sp.roots(factor, filter="R") if is_root(factor, r)]
    if len(found) != factor.count_roots():
        found = list(factor.real_roots())
    letter = factor.gen
    shown = " or ".join(root_text(str(letter), root) for root in sorted(found, key=sp.N))
    steps.append(
        SolutionStep(
            rule="real roots",
            before=f"{plain(factor.as_expr())} = 0",
            after=shown or "no real solution",
            reason="irreducible over the rational numbers; the real roots are isolated",
            verdict=Verdict.PROVED,
            check=f"Sturm's theorem counts {factor.count_roots()}",
        )
    )
    return found, []


def _binomial_roots(factor: Expression) -> list[Expression]:
    """Real roots of a*x^n + c."""
    degree = factor.degree()
    value = -factor.EC() / factor.LC()
    if degree % 2:
        size = abs(value) ** sp.Rational(1, degree)
        return [size if value > 0 else -size]
    size = value ** sp.Rational(1, degree)
    return [-size, size] if value > 0 else []


def _is_biquadratic(factor: Expression) -> bool:
    return factor.degree() == 4 and all(power[0] % 2 == 0 for power, _ in factor.terms())


def is_root(poly: Expression, root: Expression) -> bool:
    """Whether substituting proves that the polynomial vanishes at the root."""
    if isinstance(root, sp.polys.rootoftools.ComplexRootOf):
        return poly.rem(sp.Poly(root.poly.as_expr(root.poly.gen), root.poly.gen).replace(
            root.poly.gen, poly.gen)).is_zero  # fmt: skip
    value = sp.expand(poly.as_expr().subs(poly.gen, root))
    return value == 0 or sp.radsimp(value) == 0


def root_text(letter: str, root: Expression) -> str:
    """Write `x = 2`, or `x ≈ 0.682327803828` for a root that has no short exact form."""
    if isinstance(root, sp.polys.rootoftools.ComplexRootOf):
        return f"{letter} ≈ {sp.sstr(root.evalf(SHOWN_DIGITS), full_prec=False)}"
    return f"{letter} = {plain(root)}"
