"""Solutions of an equation within bounds: members of families such as pi/6 + 2*pi*k are counted."""

import sympy as sp

from assistants.answer import Check, Verdict
from assistants.errors import InputError
from math_solver.reading import Relation
from math_solver.reading.parser import parse
from math_solver.reading.statements import Ask
from math_solver.solution import SolutionStep, Work
from math_solver.topics.scope import Facts, NotCovered

from . import Expression
from .build import symbol
from .equations import check_root, choose_letter
from .equivalence import prove_zero
from .goals import expression_of
from .isolate import INTEGER, solve_zero
from .roots import root_text

MAX_MEMBERS = 200


def solve_between(ask: Ask, facts: Facts) -> Work:
    """Solve an equation for a letter between two bounds."""
    (relation,) = ask.formulas
    if not isinstance(relation, Relation):
        raise NotCovered("no equation")
    low, high = (expression_of(parse(word), facts) for word in ask.words[:2])
    closed = [sign in {"<=", "≤", "[", "]", "\\le", "\\leq"} for sign in ask.words[2:4]]
    steps: list[SolutionStep] = []
    letter = ask.letter or choose_letter((relation,))
    unknown = symbol(letter)
    difference = expression_of(relation.left, facts) - expression_of(relation.right, facts)
    found = solve_zero(difference, unknown, steps)
    if not found.roots and not found.complete:
        factored = sp.factor(sp.expand_trig(difference))
        if prove_zero(factored - difference):
            found = solve_zero(factored, unknown, steps)
    members: set[Expression] = set()
    for root in found.roots:
        members |= _members(root, low, high)
    kept = [m for m in members if _inside(m, low, high, closed)]
    verdicts = [check_root(relation, letter, member) for member in kept]
    kept = [m for m, v in zip(kept, verdicts, strict=True) if v is not Verdict.REFUTED]
    proved = found.complete and all(v is not Verdict.UNKNOWN for v in verdicts)
    kept.sort(key=lambda member: sp.N(member, 30))
    answer = " or ".join(root_text(letter, member) for member in kept)
    check = Check(
        by="substitution and completeness",
        verdict=Verdict.PROVED if proved else Verdict.UNKNOWN,
        detail=f"each was put in; {found.reason}; whole k outside the bounds were left out",
        sufficient=True,
    )
    if not kept and not proved:
        raise NotCovered("no solution was found, and that there is none is not proved")
    return Work(answer=answer or "no solution in these bounds", checks=(check,), steps=tuple(steps))


def _members(root: Expression, low: Expression, high: Expression) -> set[Expression]:
    """The members of a family within the bounds, by solving linear bounds for its integer."""
    if not root.has(INTEGER):
        return {root}
    slope = sp.diff(root, INTEGER)
    if slope.has(INTEGER) or not slope.is_nonzero:
        raise NotCovered("a family of another kind")
    ends = sorted(float((bound - root.subs(INTEGER, 0)) / slope) for bound in (low, high))
    if ends[1] - ends[0] > MAX_MEMBERS:
        raise InputError(f"more than {MAX_MEMBERS} solutions lie in these bounds")
    return {sp.simplify(root.subs(INTEGER, k)) for k in range(int(ends[0]) - 1, int(ends[1]) + 2)}


def _inside(member: Expression, low: Expression, high: Expression, closed: list[bool]) -> bool:
    for gap, is_closed in ((member - low, closed[0]), (high - member, closed[1])):
        exact = sp.simplify(gap)
        if exact == 0:
            if not is_closed:
                return False
        elif not exact.is_positive:
            return False
    return True
