"""Systems of equations: linear ones by elimination and rank, polynomial ones by Gröbner bases."""

from collections.abc import Sequence
from dataclasses import replace

import sympy as sp

from assistants.answer import Check, Verdict
from assistants.errors import InputError
from math_solver.reading import Relation, letters, spell
from math_solver.solution import SolutionStep, Work

from . import Expression
from .build import Context, build, symbol
from .equations import PREFERRED
from .methods import steps_by
from .plain import plain

MAX_SHOWN = 16


def system_letters(relations: Sequence[Relation], context: Context | None = None) -> list[str]:
    """Return the unknown letters of a system, x before y before z before the others."""
    found = dict.fromkeys(name for relation in relations for name in letters(relation))
    free = [name for name in found if name not in (context or {})]
    return sorted(free, key=lambda name: (PREFERRED.find(name) % 100, name))


def solve_system(
    relations: Sequence[Relation], wanted: Sequence[str], context: Context | None = None
) -> Work:
    """Solve equations together; `wanted` are the letters that were asked for, all if empty."""
    names = system_letters(relations, context)
    unknowns = [symbol(name) for name in names]
    zeros = [
        sp.fraction(sp.together(build(r.left, context) - build(r.right, context)))
        for r in relations
    ]
    numerators = [sp.expand(top) for top, _ in zeros]
    divisors = [bottom for _, bottom in zeros if not bottom.is_number]
    polynomial = all(top.is_polynomial(*unknowns) for top in numerators)
    given = "; ".join(spell(relation) for relation in relations)
    if not polynomial:
        return _unsolved("the equations are not polynomial")
    if all(sp.Poly(top, *unknowns).total_degree() <= 1 for top in numerators):
        work = _linear(numerators, divisors, unknowns, given, wanted)
        return _by_elimination(work, relations) if not context else work
    return _nonlinear(numerators, divisors, unknowns, given, wanted)


def _by_elimination(work: Work, relations: Sequence[Relation]) -> Work:
    """Show the steps of two equations in two letters as they are written by hand."""
    if len(relations) != 2 or not work.answer:
        return work
    try:
        steps = steps_by(relations, "elimination")
    except InputError:
        return work
    return replace(work, steps=(*steps, *work.steps[1:]))


def _unsolved(reason: str) -> Work:
    return Work(answer="", checks=(Check(by="systems", verdict=Verdict.UNKNOWN, detail=reason),))


# --- linear systems


def _linear(
    numerators: list[Expression],
    divisors: list[Expression],
    unknowns: list[Expression],
    given: str,
    wanted: Sequence[str],
) -> Work:
    matrix, right = sp.linear_eq_to_matrix(numerators, unknowns)
    rank = matrix.rank()
    steps = [_elimination_step(matrix, right, unknowns, given)]
    if matrix.row_join(right).rank() > rank:
        return _concluded("no solution", steps, "the equations contradict each other (rank)")
    found: Expression = sp.linsolve((matrix, right), *unknowns)
    solved = dict(zip(unknowns, next(iter(found)), strict=True))
    if any(sp.expand(divisor.subs(solved)) == 0 for divisor in divisors):
        return _concluded("no solution", steps, "the only candidate makes a denominator zero")
    free = [u for u in unknowns if solved[u] == u]
    steps.append(_substitution_step(numerators, [solved], unknowns))
    answer = _pairs(solved, unknowns, wanted, skip=free)
    detail = f"the rank is {rank} for {len(unknowns)} unknowns"
    if free:
        names = ", ".join(str(u) for u in free)
        answer = f"{answer}, {names} any" if answer else f"{names} any"
        return _concluded(answer, steps, f"{detail}: {names} can be chosen freely")
    return _concluded(answer, steps, f"{detail}, so the solution is the only one")


def _elimination_step(
    matrix: Expression, right: Expression, unknowns: list[Expression], given: str
) -> SolutionStep:
    reduced, _ = matrix.row_join(right).rref()
    column = sp.Matrix([*unknowns])
    rows = reduced[:, :-1] * column
    lines = [
        f"{plain(rows[i])} = {plain(reduced[i, -1])}"
        for i in range(reduced.rows)
        if any(reduced[i, :])
    ]
    return SolutionStep(
        rule="elimination",
        before=given,
        after="; ".join(lines),
        reason="add multiples of one equation to another until each holds one leading unknown",
        verdict=Verdict.PROVED,
        check="row operations can be undone, so no solution is lost or added",
    )


def _substitution_step(
    numerators: list[Expression],
    solutions: list[dict[Expression, Expression]],
    unknowns: list[Expression],
) -> SolutionStep:
    holds = all(
        sp.expand(sp.radsimp(top.subs(solved))) == 0 for solved in solutions for top in numerators
    )
    return SolutionStep(
        rule="check by substitution",
        before="; ".join(_pairs(solved, unknowns, ()) for solved in solutions[:MAX_SHOWN]),
        after="every equation holds" if holds else "not every equation was seen to hold",
        reason="put into the equations as they were given",
        verdict=Verdict.PROVED if holds else Verdict.UNKNOWN,
        check="exact arithmetic",
    )


def _pairs(
    solved: dict[Expression, Expression],
    unknowns: list[Expression],
    wanted: Sequence[str],
    skip: Sequence[Expression] = (),
) -> str:
    shown = [u for u in unknowns if (not wanted or str(u) in wanted) and u not in skip]
    return ", ".join(f"{u} = {plain(solved[u])}" for u in shown)


def _concluded(answer: str, steps: list[SolutionStep], detail: str) -> Work:
    proved = all(step.verdict is Verdict.PROVED for step in steps)
    check = Check(
        by="substitution and rank",
        verdict=Verdict.PROVED if proved else Verdict.UNKNOWN,
        detail=detail,
        sufficient=True,
    )
    return Work(answer=answer, checks=(check,), steps=tuple(steps))


# --- polynomial systems


def _nonlinear(
    numerators: list[Expression],
    divisors: list[Expression],
    unknowns: list[Expression],
    given: str,
    wanted: Sequence[str],
) -> Work:
    found = sp.solve(numerators, unknowns, dict=True)
    found = [solved for solved in found if len(solved) == len(unknowns)]
    found = [s for s in found if not any(sp.expand(d.subs(s)) == 0 for d in divisors)]
    if any(value.free_symbols for solved in found for value in solved.values()):
        return _unsolved("the system has infinitely many solutions of a kind not covered")
    real = [s for s in found if all(value.is_real for value in s.values())]
    unsure = [s for s in found if any(value.is_real is None for value in s.values())]
    total = quotient_dimension(numerators, unknowns)
    complete = total is not None and not unsure and _counted(numerators, unknowns, found, total)
    steps = [
        SolutionStep(
            rule="solve the polynomial system",
            before=given,
            after="; ".join(_pairs(solved, unknowns, ()) for solved in real) or "no real solution",
            reason="eliminate the unknowns one by one",
            verdict=Verdict.PROVED if complete else Verdict.UNKNOWN,
            check=f"a Gröbner basis counts at most {total} solutions"
            if total is not None
            else "the number of solutions was not bounded",
        )
    ]
    if real:
        steps.append(_substitution_step(numerators, real, unknowns))
    if not real and not complete:
        return _unsolved("no solution was found, and that there is none is not proved")
    answer = " or ".join(f"({_pairs(solved, unknowns, wanted)})" for solved in real[:MAX_SHOWN])
    if len(real) == 1:
        answer = answer[1:-1]
    detail = "every solution was substituted; "
    detail += (
        "a Gröbner basis shows that none is missing"
        if complete
        else ("that none is missing is not proved")
    )
    return _concluded(answer or "no real solution", steps, detail)


def quotient_dimension(numerators: list[Expression], unknowns: list[Expression]) -> int | None:
    """Return how many complex solutions there are with multiplicity; None where infinitely many.

    The dimension of the quotient by the ideal: monomials below the staircase of a Gröbner basis.
    """
    basis = sp.groebner(numerators, *unknowns, order="grevlex")
    if not basis.is_zero_dimensional:
        return None
    leading = [poly.monoms(order="grevlex")[0] for poly in basis.polys]
    bounds = [
        min(m[i] for m in leading if sum(m) == m[i]) if any(sum(m) for m in leading) else 0
        for i in range(len(unknowns))
    ]
    return _below(leading, bounds)


def _below(leading: Sequence[tuple[int, ...]], bounds: Sequence[int]) -> int:
    count = 0
    stack: list[tuple[int, ...]] = [()]
    while stack:
        power = stack.pop()
        if len(power) == len(bounds):
            count += not any(
                all(p >= m for p, m in zip(power, lead, strict=True)) for lead in leading
            )
            continue
        stack.extend((*power, value) for value in range(bounds[len(power)]))
    return count


def _counted(
    numerators: list[Expression],
    unknowns: list[Expression],
    found: list[dict[Expression, Expression]],
    total: int,
) -> bool:
    """Whether the distinct solutions found, each substituted, are as many as there can be."""
    distinct = {tuple(solved[u] for u in unknowns) for solved in found}
    holds = all(
        sp.expand(sp.radsimp(sp.expand(top.subs(solved)))) == 0
        for solved in found
        for top in numerators
    )
    return holds and len(distinct) == total
