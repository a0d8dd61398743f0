"""The independent check of a proof: each step again, by rules that are stated here.

The prover's word counts for nothing. A theorem must fit the step point by point (`rules.txt`); a
chase must add up, exactly; an equation between lengths must be an instance of a named law; what is
"given" must be given; and what the figure decides must be so in every figure that is tried. Where
half an angle is taken, half a turn stays open, which the figure decides as well.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import cache
from itertools import combinations, permutations, product
from math import lcm
from pathlib import Path

from .facts import Fact, Figure, holds, read_fact
from .forms import (
    Chase,
    Equation,
    Statement,
    canonical,
    combination,
    equation,
    form_of,
    holds_in,
    summed,
)
from .proof import GIVEN, LAW, SAME, SEEN, Proof, ProofStep


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """A theorem over points A, B, …: its name, what it needs, and what follows."""

    name: str
    premises: tuple[Fact, ...]
    conclusions: tuple[Fact, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Replay:
    """What checking found: an error, or the conditions under which every step holds."""

    error: str = ""
    conditions: tuple[Fact, ...] = ()
    chosen: tuple[Statement, ...] = ()
    """Conclusions for which an equation left several values, and the figure decided."""

    @property
    def right(self) -> bool:
        """Whether every step was replayed."""
        return not self.error


@cache
def rules() -> Mapping[str, tuple[Rule, ...]]:
    """Return the theorems by number, some of which have several wordings."""
    table: dict[str, tuple[Rule, ...]] = {}
    text = Path(__file__).with_name("rules.txt").read_text(encoding="utf-8")
    for line in text.splitlines():
        if line and not line.startswith("#"):
            head, needs, gives = line.split(" | ")
            number, _, name = head.partition(" ")
            premises, conclusions = (
                tuple(map(read_fact, part.split(";"))) for part in (needs, gives)
            )
            rule = Rule(name=name, premises=premises, conclusions=conclusions)
            table[number] = (*table.get(number, ()), rule)
    return table


def replay(proof: Proof, given: Sequence[Fact], figures: Sequence[Figure]) -> Replay:
    """Check a proof from what is given. `figures` are drawn anew, apart from the prover's."""
    checker = _Checker(given, figures)
    for number, step in enumerate(proof.steps, start=1):
        error = checker.fault(step)
        if error:
            return Replay(error=f"step {number}: {error}")
        checker.known.add(canonical(step.conclusion))
    for goal in proof.goals:
        if canonical(goal) not in checker.known and not _trivial(goal):
            return Replay(error=f"the goal '{goal}' is not reached")
    return Replay(conditions=tuple(dict.fromkeys(checker.conditions)), chosen=tuple(checker.chosen))


class _Checker:
    """What is known so far, and what was taken from the figures."""

    def __init__(self, given: Sequence[Fact], figures: Sequence[Figure]) -> None:
        self.given = {canonical(part) for fact in given for part in _parts(fact)}
        self.figures = figures
        self.known: set[tuple[object, ...]] = set()
        self.conditions: list[Fact] = []
        self.chosen: list[Statement] = []

    def fault(self, step: ProofStep) -> str:
        """Return why a step does not hold; empty if it does."""
        for premise in step.premises:
            if not (self._seen(premise) or canonical(premise) in self.known or _trivial(premise)):
                return f"'{premise}' was not shown before"
        if step.rule == GIVEN:
            held = canonical(step.conclusion) in self.given
            return "" if held else f"'{step.conclusion}' is not given"
        if step.rule == SEEN:
            return "" if self._seen(step.conclusion) else f"'{step.conclusion}' fails in a figure"
        if step.rule == SAME:
            return "" if _trivial(step.conclusion) else f"'{step.conclusion}' is not trivial"
        if step.rule == LAW:
            return self._law(step)
        chase = step.chase
        return self._sum(step, chase) if chase is not None else self._theorem(step)

    def _seen(self, statement: Statement) -> bool:
        """Whether a condition holds in every figure; then the proof depends on it."""
        if not isinstance(statement, Fact) or not statement.condition:
            return False
        if not all(holds(statement, figure) for figure in self.figures):
            return False
        self.conditions.append(statement)
        return True

    def _sum(self, step: ProofStep, chase: Chase) -> str:
        """Add the premises up, exactly."""
        wanted = form_of(step.conclusion, chase)
        forms = [form_of(premise, chase) for premise in step.premises]
        if wanted is None or any(form is None for form in forms):
            return f"no equation of {chase.value} in it"
        parts = [form for form in forms if form is not None]
        counts = combination(parts, wanted)
        if counts is None:
            return "the equations do not add up"
        rest = summed(parts, counts).plus(wanted.scaled(Fraction(-1))).constants
        if chase is not Chase.ANGLES:
            return "" if not rest else "the constants do not add up"
        common = lcm(*(count.denominator for count in counts))
        if any((common * count).denominator != 1 for count in rest.values()):
            return "the constants do not add up"
        return "" if common == 1 else self._chosen(step.conclusion)

    def _chosen(self, conclusion: Statement) -> str:
        """Let the figures decide between the values that a multiple of the angle leaves."""
        if not all(holds_in(conclusion, figure) for figure in self.figures):
            return "a multiple of the angle alone is known, and the figures differ"
        self.chosen.append(conclusion)
        return ""

    def _law(self, step: ProofStep) -> str:
        """An equation that its premises give, or the statement that an equation gives."""
        wanted = canonical(step.conclusion)
        facts = [premise for premise in step.premises if isinstance(premise, Fact)]
        points = sorted({p for premise in step.premises for p in premise.points} |
                        set(step.conclusion.points))  # fmt: skip
        if isinstance(step.conclusion, Equation):
            for found, needed in _laws(facts, points):
                if canonical(found) == wanted and all(map(self._seen, needed)):
                    return ""
            return "the equation is no law of these facts"
        if step.conclusion.name == "perp":
            first = Fact("diff", step.conclusion.points[:2])
            second = Fact("diff", step.conclusion.points[2:])
            held = {canonical(premise) for premise in step.premises}
            if canonical(_crossed(step.conclusion)) in held and all(
                map(self._seen, (first, second))
            ):
                return ""
        return self._centre(step)

    def _centre(self, step: ProofStep) -> str:
        """On the perpendicular bisector, at the angle of the centre: the centre of the circle."""
        conclusion = step.conclusion
        if isinstance(conclusion, Fact) and conclusion.name == "circle":
            centre, *rest = conclusion.points
            held = {canonical(premise) for premise in step.premises}
            for a, b, c in permutations(rest):
                same = Fact("cong", (centre, a, centre, c))
                angle = _central(centre, a, b, c)
                if {canonical(same), canonical(angle)} <= held and self._seen(
                    Fact("ncoll", (a, b, c))
                ):
                    return ""
        return "no law gives this"

    def _theorem(self, step: ProofStep) -> str:
        """Find points for which a theorem says just this."""
        wordings = rules().get(step.rule, ())
        if any(self._instance(rule, step) for rule in wordings):
            return ""
        name = wordings[0].name if wordings else step.rule
        return f"it is no instance of “{name}”"

    def _instance(self, rule: Rule, step: ProofStep) -> bool:
        wanted = canonical(step.conclusion)
        facts = [p for p in step.premises if isinstance(p, Fact) and not p.condition]
        needs = [p for p in rule.premises if not p.condition]
        for named in _matches(needs, facts, {}):
            if not any(canonical(_renamed(c, named)) == wanted for c in rule.conclusions):
                continue
            checks = [_renamed(p, named) for p in rule.premises if p.condition]
            if all(map(self._seen, checks)):
                return True
        return False


def _parts(fact: Fact) -> Iterator[Fact]:
    """A fact, and the facts of three or four points that it stands for."""
    yield fact
    p = fact.points
    if fact.name == "coll" and len(p) > 3:
        yield from (Fact("coll", three) for three in _choices(p, 3))
    if fact.name == "cyclic" and len(p) > 4:
        yield from (Fact("cyclic", four) for four in _choices(p, 4))
    if fact.name == "circle" and len(p) > 4:
        yield from (Fact("circle", (p[0], *three)) for three in _choices(p[1:], 3))


def _choices(points: Sequence[str], count: int) -> Iterator[tuple[str, ...]]:
    return combinations(points, count)


def _trivial(statement: Statement) -> bool:
    """Whether both sides of an equation are the same."""
    kinds = (Chase.ANGLES, Chase.RATIOS)
    found = [form for chase in kinds if (form := form_of(statement, chase)) is not None]
    return any(not form.terms and not form.constants for form in found)


# --- matching a theorem


def _matches(
    needs: Sequence[Fact], facts: Sequence[Fact], named: Mapping[str, str]
) -> Iterator[Mapping[str, str]]:
    """Yield all ways to name a theorem's points so that what it needs is among the facts."""
    if not needs:
        yield named
        return
    for fact in facts:
        if fact.name != needs[0].name:
            continue
        for points in _orders(fact):
            longer = _unified(needs[0].points, points, named)
            if longer is not None:
                yield from _matches(needs[1:], facts, longer)


def _unified(
    pattern: Sequence[str], points: Sequence[str], named: Mapping[str, str]
) -> dict[str, str] | None:
    found = dict(named)
    for letter, point in zip(pattern, points, strict=True):
        if found.setdefault(letter, point) != point:
            return None
    return found


def _renamed(fact: Fact, named: Mapping[str, str]) -> Fact:
    return Fact(fact.name, tuple(named[p] for p in fact.points), fact.constant)


def _orders(fact: Fact) -> Iterable[tuple[str, ...]]:
    """Yield the orders of a fact's points in which it says the same."""
    p = fact.points
    match fact.name:
        case "coll" | "cyclic":
            return permutations(p)
        case "midp" | "circle":
            return ((p[0], *rest) for rest in permutations(p[1:]))
        case "simtri" | "simtrir" | "contri" | "contrir":
            pairs = list(zip(p[:3], p[3:], strict=True))
            return (
                (*(q[i] for q in order), *(q[1 - i] for q in order))
                for order in permutations(pairs)
                for i in (0, 1)
            )
        case "eqangle" | "eqratio":
            return _pairwise(p, _EXCHANGES)
        case _:
            return _pairwise(p, ((0, 1), (1, 0)))


_EXCHANGES = tuple(
    order
    for order in permutations(range(4))
    if {frozenset({order[0], order[3]}), frozenset({order[1], order[2]})}
    == {frozenset({0, 3}), frozenset({1, 2})}
)
"""Orders of four pairs in which the first and the fourth stay against the two others."""


def _pairwise(p: Sequence[str], orders: Iterable[Sequence[int]]) -> Iterator[tuple[str, ...]]:
    pairs = [(p[i], p[i + 1]) for i in range(0, len(p), 2)]
    for order in orders:
        for turned in product((False, True), repeat=len(pairs)):
            chosen = [pairs[i][::-1] if t else pairs[i] for i, t in zip(order, turned, strict=True)]
            yield tuple(point for pair in chosen for point in pair)


# --- laws of lengths and directions


def _laws(
    facts: Sequence[Fact], points: Sequence[str]
) -> Iterator[tuple[Equation, tuple[Fact, ...]]]:
    """Yield the equations that facts give, each with the conditions that it needs."""
    for fact in facts:
        match fact.name:
            case "perp":
                yield _crossed(fact), ()
            case "circle":
                centre, *rest = fact.points
                for a, b, c in permutations(rest):
                    yield _central(centre, a, b, c), (Fact("ncoll", (a, b, c)),)
            case "coll":
                for middle, one, two in permutations(fact.points, 3):
                    whole = [((one, two), Fraction(1)), ((one, middle), Fraction(-1)),
                             ((middle, two), Fraction(-1))]  # fmt: skip
                    yield equation(1, whole), (Fact("between", (middle, one, two)),)
            case _:
                pass
    for middle, one, two in _middles(facts):
        for other in points:
            yield _median(middle, one, two, other), (Fact("diff", (one, two)),)
    yield from _parallelograms(facts)


def _crossed(fact: Fact) -> Equation:
    """Return |ac|² + |bd|² = |ad|² + |bc|², which is to say ab ⊥ cd."""
    a, b, c, d = fact.points
    one = Fraction(1)
    terms = [((a, c), one), ((b, d), one), ((a, d), -one), ((b, c), -one)]
    return equation(2, [(segment, n) for segment, n in terms if segment[0] != segment[1]])


def _central(centre: str, a: str, b: str, c: str) -> Equation:
    """Return that the angle at a between the centre and c is what the angle at b lacks to 90°."""
    signs = {(a, centre): 1, (b, c): 1, (a, b): -1, (a, c): -1}
    terms = sorted((tuple(sorted(line)), Fraction(n)) for line, n in signs.items())
    return Equation(0, tuple(((line[0], line[1]), n) for line, n in terms))


def _median(middle: str, one: str, two: str, other: str) -> Equation:
    """Return Apollonius' theorem about a median."""
    terms = [((other, one), 2), ((other, two), 2), ((one, two), -1), ((other, middle), -4)]
    return equation(2, [(s, Fraction(n)) for s, n in terms if s[0] != s[1]])


def _middles(facts: Sequence[Fact]) -> Iterator[tuple[str, str, str]]:
    for fact in facts:
        if fact.name == "midp":
            yield fact.points[0], fact.points[1], fact.points[2]
        if fact.name == "cong":
            for a, b, c, d in _orders(fact):
                line = canonical(Fact("coll", (a, b, d)))
                if a == c and any(canonical(other) == line for other in facts):
                    yield a, b, d


def _parallelograms(
    facts: Sequence[Fact],
) -> Iterator[tuple[Equation, tuple[Fact, ...]]]:
    held = {canonical(fact) for fact in facts}
    for fact in facts:
        if fact.name != "para":
            continue
        for a, b, c, d in _orders(fact):
            if canonical(Fact("para", (a, d, b, c))) in held:
                terms = [((a, b), 2), ((b, c), 2), ((a, c), -1), ((b, d), -1)]
                law = equation(2, [(segment, Fraction(n)) for segment, n in terms])
                yield law, (Fact("ncoll", (a, b, c)),)
