"""A proof in words: facts, conditions and steps as a person would write them."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from fractions import Fraction

from assistants.answer import Verdict
from math_solver.solution import SolutionStep

from .facts import Fact
from .forms import Chase, Equation, Segment, Statement, canonical
from .proof import GIVEN, LAW, SAME, SEEN, Proof, ProofStep
from .replay import rules

PLAIN = frozenset({"r28", "r51", "r54", "r55", "r56", "r72", "r77", "r78", "r82"})
"""Theorems that only say a definition in another way; a proof for people leaves them out."""
_CHASES = {
    Chase.ANGLES: "Adding angles",
    Chase.RATIOS: "Multiplying ratios",
    Chase.LENGTHS: "Adding lengths",
    Chase.SQUARES: "Adding squares of lengths",
}


_AUXILIARY = {
    "midpoint": "the midpoint of {0}{1}",
    "mirror": "the reflection of {0} in the point {1}",
    "parallelogram": "the fourth corner of the parallelogram {0}{1}{2}",
    "foot": "the foot of the perpendicular from {0} to {1}{2}",
    "reflect": "the reflection of {0} in the line {1}{2}",
    "intersection_ll": "where the lines {0}{1} and {2}{3} meet",
    "intersection_lp": "where the line {0}{1} meets the parallel to {3}{4} through {2}",
    "intersection_lt": "where the line {0}{1} meets the perpendicular to {3}{4} through {2}",
    "intersection_lc": "where the line {0}{2} meets the circle about {1} through {2} again",
    "circumcenter": "the centre of the circle through {0}, {1} and {2}",
}
"""What the constructions of `auxiliary` are called by people."""


def construction_text(construction: str) -> str:
    """Say what an auxiliary point is: `X1 = midpoint X1 A B` is the midpoint of AB."""
    name, _, said = construction.partition(" = ")
    kind, _, *points = said.split()
    form = _AUXILIARY.get(kind)
    what = form.format(*points) if form is not None else said
    return f"Added for the proof: {name} is {what}"


def nameless_text(point: str, given: Iterable[Fact]) -> str:
    """Say what a point is to which the words give no name, by what holds of it."""
    held = dict.fromkeys(fact_text(fact) for fact in given if point in fact.points)
    return f"{point} is our name for a point that has none: {'; '.join(held)}"


def fact_text(statement: Statement) -> str:
    """Return a fact as `AB ⊥ CD` or `A, B, C lie on one line`."""
    if isinstance(statement, Equation):
        return _equation_text(statement)
    p, constant = statement.points, statement.constant
    listed = ", ".join(p)
    match statement.name:
        case "coll":
            return f"{listed} lie on one line"
        case "cyclic":
            return f"{listed} lie on one circle"
        case "para":
            return f"{_pair(p, 0)} ∥ {_pair(p, 2)}"
        case "perp":
            return f"{_pair(p, 0)} ⊥ {_pair(p, 2)}"
        case "cong":
            return f"{_pair(p, 0)} = {_pair(p, 2)}"
        case "midp":
            return f"{p[0]} is the midpoint of {_pair(p, 1)}"
        case "circle":
            return f"{p[0]} is the centre of the circle through {', '.join(p[1:])}"
        case "rconst":
            return f"{_pair(p, 0)} = {constant}·{_pair(p, 2)}"
        case "eqratio":
            return f"{_pair(p, 0)} : {_pair(p, 2)} = {_pair(p, 4)} : {_pair(p, 6)}"
        case "eqangle":
            return f"{_angle(p[:4])} = {_angle(p[4:])}"
        case "aconst":
            return f"{_angle(p)} = {_degrees(constant)}"
        case "sameangle":
            return f"∠{''.join(p[:3])} = ∠{''.join(p[3:])}"
        case "angleis":
            return f"∠{''.join(p)} = {_degrees(constant)}"
        case _:
            return _relation_text(statement)


def _relation_text(fact: Fact) -> str:
    p = fact.points
    first, second = "".join(p[:3]), "".join(p[3:])
    match fact.name:
        case "simtri" | "simtrir":
            return f"△{first} ∼ △{second}"
        case "contri" | "contrir":
            return f"△{first} ≅ △{second}"
        case "diff":
            return " ≠ ".join(p)
        case "ncoll":
            return f"{', '.join(p)} do not lie on one line"
        case "npara":
            return f"{_pair(p, 0)} ∦ {_pair(p, 2)}"
        case "nperp":
            return f"{_pair(p, 0)} is not perpendicular to {_pair(p, 2)}"
        case "sameclock":
            return f"△{first} and △{second} turn the same way"
        case "between":
            return f"{p[0]} lies between {p[1]} and {p[2]}"
        case "opposite":
            return f"{p[0]} and {p[1]} lie on different sides of {_pair(p, 2)}"
        case "beside":
            return f"{p[0]} and {p[1]} lie on the same side of {_pair(p, 2)}"
        case "left":
            return f"△{first} turns to the left"
        case _:
            word = "just as" if fact.name == "sameside" else "other than"
            return f"{p[0]} lies to {p[1]} and {p[2]} {word} {p[3]} to {p[4]} and {p[5]}"


def _pair(p: Sequence[str], at: int) -> str:
    return p[at] + p[at + 1]


def _angle(p: Sequence[str]) -> str:
    """Return an angle of two lines; by three letters where they share a point."""
    first, second = p[:2], p[2:]
    shared = [point for point in first if point in second]
    if len(shared) == 1:
        ends = [next(q for q in pair if q != shared[0]) for pair in (first, second)]
        return f"∠{ends[0]}{shared[0]}{ends[1]}"
    return f"∠({''.join(first)}, {''.join(second)})"


def _degrees(half_turns: Fraction | None) -> str:
    return f"{(half_turns or Fraction(0)) * 180}°"


def _equation_text(equation: Equation) -> str:
    left, right = ([(s, n) for s, n in equation.terms if (n > 0) is positive]
                   for positive in (True, False))  # fmt: skip
    if equation.power == 0:
        return f"{_sum(left, '∠')} = {_sum(right, '∠')} + 90°"
    sign = "²" if equation.power == 2 else ""
    return f"{_sum(left, '', sign)} = {_sum(right, '', sign)}"


def _sum(terms: Sequence[tuple[Segment, Fraction]], before: str, after: str = "") -> str:
    parts = [f"{'' if abs(n) == 1 else f'{abs(n)}·'}{before}{a}{b}{after}" for (a, b), n in terms]
    return " + ".join(parts) or "0"


# --- conditions


def condition_texts(conditions: Iterable[Fact], given: Iterable[Fact]) -> tuple[str, ...]:
    """Return conditions in words, without those that are given, always true or said already."""
    known = {canonical(fact) for fact in given}
    kept: dict[tuple[object, ...], Fact] = {}
    facts = list(conditions)
    corners = [set(fact.points) for fact in (*facts, *given) if fact.name == "ncoll"]
    for fact in facts:
        key = _turned(fact) if fact.name == "sameclock" else canonical(fact)
        apart = fact.name == "diff" and any(set(fact.points) <= three for three in corners)
        if key is None or apart or canonical(fact) in known:
            continue
        kept.setdefault(key, fact)
    return tuple(dict.fromkeys(fact_text(fact) for fact in kept.values()))


def _turned(fact: Fact) -> tuple[object, ...] | None:
    """Return what equal conditions about turning share; None where it holds always."""
    first, second = _oriented(fact.points[:3]), _oriented(fact.points[3:])
    if first[0] == second[0]:
        return None
    low, high = sorted((first, second))
    return ("sameclock", low[0], high[0], low[1] == high[1])


def _oriented(p: Sequence[str]) -> tuple[tuple[str, ...], bool]:
    """Return a triangle's points in order, and whether that order is an even one."""
    ordered = tuple(sorted(p))
    at = p.index(ordered[0])
    return ordered, p[(at + 1) % 3] == ordered[1]


# --- steps


def proof_steps(proof: Proof) -> tuple[SolutionStep, ...]:
    """Return the steps that a person would write, each with what it rests on."""
    sources: dict[tuple[object, ...], ProofStep] = {}
    for step in proof.steps:
        sources.setdefault(canonical(step.conclusion), step)
    shown: dict[tuple[object, ...], SolutionStep] = {}
    for step in proof.steps:
        key = canonical(step.conclusion)
        last = any(canonical(goal) == key for goal in proof.goals)
        if key not in shown and (last or not _hidden(step)):
            shown[key] = _told(step, sources)
    return tuple(shown.values())


def _hidden(step: ProofStep) -> bool:
    return step.rule in {GIVEN, SEEN, SAME} or step.rule in PLAIN


def _told(step: ProofStep, sources: Mapping[tuple[object, ...], ProofStep]) -> SolutionStep:
    needed = dict.fromkeys(
        fact_text(one) for premise in step.premises for one in _rests_on(premise, sources)
    )
    return SolutionStep(
        rule=_rule_name(step),
        before="; ".join(needed),
        after=fact_text(step.conclusion),
        verdict=Verdict.PROVED,
        check="replayed by the independent checker",
    )


def _rests_on(
    statement: Statement, sources: Mapping[tuple[object, ...], ProofStep]
) -> Iterator[Statement]:
    """Yield a statement, or what it says in another way."""
    if isinstance(statement, Fact) and statement.condition:
        return
    source = sources.get(canonical(statement))
    if source is None or source.rule not in PLAIN:
        if source is None or source.rule != SAME:
            yield statement
        return
    for premise in source.premises:
        yield from _rests_on(premise, sources)


def _rule_name(step: ProofStep) -> str:
    chase = step.chase
    if chase is not None:
        return _CHASES[chase]
    if step.rule == LAW:
        return "Law of lengths" if any(isinstance(p, Equation) for p in
                                       (*step.premises, step.conclusion)) else "Law"  # fmt: skip
    if step.rule == GIVEN:
        return "Given"
    return rules()[step.rule][0].name if step.rule in rules() else step.rule
