"""Simplify, expand, factor and evaluate: the result is proved equal to what was given."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from fractions import Fraction

import sympy as sp

from assistants.answer import Check, Verdict
from math_solver.reading import Tree, spell
from math_solver.solution import SolutionStep, Work
from math_solver.topics.scope import NotCovered

from . import Expression, tutor
from .algebraic import short_forms
from .build import Context, build
from .derivatives import shortest
from .domain import conditions
from .enclosure import rational_value
from .equivalence import prove_zero
from .integrals import numeric_text
from .plain import plain


def simplify(tree: Tree, context: Context | None = None) -> Work:
    """Return the shortest of several equal forms."""
    given = build(tree, context)
    forms = [given, sp.cancel(given), sp.expand(given), sp.simplify(given)]
    forms += [sp.radsimp(given), sp.factor(given)]
    if not given.free_symbols:
        forms += short_forms(given)
    return _rewritten(tree, given, shortest(*(f for f in forms if _finite(f))), "simplify", context)


def _finite(expression: Expression) -> bool:
    return not expression.has(sp.oo, sp.zoo, sp.nan)


def expand(tree: Tree, context: Context | None = None) -> Work:
    """Multiply everything out."""
    given = build(tree, context)
    work = _rewritten(tree, given, sp.expand(given), "expand", context)
    return _with_steps(work, tutor.expanded(tree) if not context else ())


def _with_steps(work: Work, steps: tuple[SolutionStep, ...]) -> Work:
    """Show small steps in the place of the one big step, where there are several."""
    return replace(work, steps=steps) if len(steps) > 1 else work


def factor(tree: Tree, context: Context | None = None) -> Work:
    """Factor over the rational numbers; each factor is checked to be irreducible."""
    given = build(tree, context)
    result = sp.factor(given)
    work = _rewritten(tree, given, result, "factor", context)
    irreducible = _all_irreducible(result)
    detail = (
        "each factor is irreducible over the rational numbers"
        if irreducible
        else "that no factor can be split further was not checked"
    )
    verdict = Verdict.PROVED if irreducible else Verdict.UNKNOWN
    extra = Check(by="irreducibility", verdict=verdict, detail=detail)
    work = replace(work, checks=(*work.checks, extra))
    return _with_steps(work, tutor.factored(tree) if not context else ())


def _all_irreducible(product: Expression) -> bool:
    for part in sp.Mul.make_args(product):
        base, _ = part.as_base_exp()
        if base.free_symbols:
            if not base.is_polynomial():
                return False
            poly = sp.Poly(base)
            if not (poly.domain.is_ZZ or poly.domain.is_QQ) or not poly.is_irreducible:
                return False
    return True


def evaluate(tree: Tree, context: Context | None = None) -> Work:
    """Compute a constant exactly; an expression with letters is simplified."""
    given = build(tree, context)
    if given.has(sp.Integral, sp.Derivative, sp.Limit):
        raise NotCovered("an operator is left that was not carried out")
    if given.free_symbols:
        return simplify(tree, context)
    exact = rational_value(tree) if not context else None
    if exact is not None:
        return _rational_work(tree, given, exact)
    if any(p.base == -1 and p.exp.is_Rational and p.exp.q % 2 for p in given.atoms(sp.Pow)):
        return _with_real_roots(tree, given, context)
    forms = [given, sp.simplify(given), sp.radsimp(given), sp.expand(given)]
    if given.has(*INVERSES):
        forms += list(_inverse_forms(given))
    else:
        forms += short_forms(given)
    return _rewritten(tree, given, shortest(*forms), "evaluate", context)


INVERSES = (sp.asin, sp.acos, sp.atan)
SINES = (sp.sin, sp.cos, sp.tan, sp.cot, sp.sec, sp.csc)


def _inverse_forms(given: Expression) -> Iterator[Expression]:
    """Yield values by the addition theorems, and rational multiples of pi that agree."""
    if given.has(*SINES):
        yield sp.radsimp(sp.simplify(sp.expand_trig(given)))
        return
    turns = sp.nsimplify(given.evalf(40) / sp.pi.evalf(40), rational=True, tolerance=1e-30)
    if turns.is_Rational and turns.q <= 60:
        yield turns * sp.pi


def _with_real_roots(tree: Tree, given: Expression, context: Context | None) -> Work:
    """Take the real root where a negative number has one of odd degree, and say so."""

    def real(base: Expression, exponent: Expression) -> Expression:
        if base == -1 and exponent.is_Rational and exponent.q % 2:
            return (-1) ** exponent.p
        return base**exponent

    taken = given.replace(sp.Pow, real)
    work = _rewritten(tree, taken, shortest(taken, sp.simplify(taken)), "evaluate", context)
    return replace(work, assumptions=("odd roots of negative numbers are the real ones",))


def _rational_work(tree: Tree, given: Expression, exact: Fraction) -> Work:
    """Arithmetic with rationals, computed twice: by Python's fractions and by sympy."""
    same = sp.Rational(exact.numerator, exact.denominator) == given
    check = Check(
        by="exact arithmetic",
        verdict=Verdict.PROVED if same else Verdict.UNKNOWN,
        detail="computed twice with exact fractions, with the same result",
        sufficient=True,
    )
    step = SolutionStep(
        rule="compute",
        before=spell(tree),
        after=str(exact),
        reason="exact fractions",
        verdict=check.verdict,
        check=check.detail,
    )
    small = tutor.arithmetic(tree)
    return Work(answer=str(exact), checks=(check,), steps=small or (step,))


def _rewritten(
    tree: Tree, given: Expression, result: Expression, rule: str, context: Context | None
) -> Work:
    rung = prove_zero(given - result)
    if rung:
        detail = "the result is equal to what was given"
    else:
        detail = "that the result is equal to what was given was not proved"
    check = Check(
        by=rung or "no normal form",
        verdict=Verdict.PROVED if rung else Verdict.UNKNOWN,
        detail=detail,
        sufficient=True,
    )
    step = SolutionStep(
        rule=rule,
        before=spell(tree),
        after=plain(result),
        reason=RULE_REASONS.get(rule, ""),
        verdict=check.verdict,
        check=f"{check.detail} ({check.by})",
    )
    approximate = numeric_text(result) if not result.free_symbols and not result.is_Rational else ""
    remarks = (f"Approximately {approximate}",) if approximate else ()
    return Work(
        answer=plain(result),
        checks=(check,),
        steps=(step,),
        conditions=conditions((tree,), context),
        remarks=remarks,
    )


RULE_REASONS = {
    "simplify": "the shortest of several equal forms",
    "expand": "every bracket is multiplied out and like terms are collected",
    "factor": "a product over the rational numbers",
    "evaluate": "exact value",
}

REWRITES: dict[str, Callable[[Tree, Context | None], Work]] = {
    "simplify": simplify,
    "expand": expand,
    "factor": factor,
    "evaluate": evaluate,
}
"""The rewriting tasks by name."""
