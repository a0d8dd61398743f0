"""Word problems: candidate plans from rules and the model, ranked by what checking them says."""

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from assistants.answer import Check, Verdict
from assistants.errors import InputError
from math_solver.plan import Equation, Finish, Let, Line, Plan, Task, Where, parse_plan
from math_solver.quantities import Outcome, carry_out
from math_solver.reading import Name, Number, Question, Tree
from math_solver.reading.tree import walk

from .draft import Draft

COUNTED = re.compile(
    r"how many (?!(?:more |fewer |less )?(?:hours?|minutes?|seconds?|miles?|kilomet|meters?|km|feet"
    r"|inches|pounds|kilograms?|kg|grams?|liters?|gallons?|cups?|percent|dollars?|cents?|degrees?"
    r"|yards?|acres?|ounces?|tons?|years?|weeks?|days?|months?|points?|quarts?|times))",
    re.IGNORECASE,
)


USED = "numbers used"


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """A plan that could be carried out, what it comes to, and what speaks for and against it."""

    plan: Plan
    outcome: Outcome
    checks: tuple[Check, ...]
    source: str
    share: float = 1.0
    """How much of the proposer's probability, or of its drawings, this answer has."""
    story: bool = False
    """Whether it follows a story's wording, which a second reading has to bear out."""

    @property
    def refuted(self) -> bool:
        """Whether a check speaks against it."""
        return any(check.verdict is Verdict.REFUTED for check in self.checks)

    @property
    def unused(self) -> int:
        """How many checks stayed open; fewer is better."""
        return sum(check.verdict is Verdict.UNKNOWN for check in self.checks)


def examine(draft: Draft, question: Question, origin: str) -> Reading | None:
    """Carry out a candidate plan and check it against the question; None where it fails."""
    try:
        plan = parse_plan(draft.source, question)
        outcome = carry_out(plan, question)
    except InputError:
        return None
    checks = (
        *_whole(question, outcome),
        *_same_unit(plan, question),
        *(() if draft.signed else (_not_negative(outcome),)),
        _numbers_used(plan, question, draft.counted),
        _no_idle_steps(plan),
    )
    return Reading(plan=plan, outcome=outcome, checks=checks, source=origin)


def complaint(source: str, question: Question) -> str:
    """Return what is said first against a plan, an unproved check last; empty where it is nothing.

    A model that can repair is told this, and learns from examples that are made with it; it knows
    the numbers of a question by their names only.
    """
    try:
        plan = parse_plan(source, question)
        if isinstance(plan.goal, Task):
            return ""
        carry_out(plan, question)
    except InputError as error:
        return str(error)
    reading = examine(Draft(source=source), question, "")
    checks = reading.checks if reading is not None else ()
    for verdict in (Verdict.REFUTED, Verdict.UNKNOWN):
        for check in checks:
            if check.verdict is verdict:
                idle = _idle(plan, question, frozenset())
                return f"not used: {', '.join(idle)}" if check.by == USED else check.detail
    return ""


def _whole(question: Question, outcome: Outcome) -> Iterator[Check]:
    parts = any(number.denominator != 1 for number in question.numbers)
    if parts or not COUNTED.search(question.masked):
        return
    whole = all(value.denominator == 1 for value in outcome.answers)
    yield Check(
        by="things that are counted",
        verdict=Verdict.PROVED if whole else Verdict.REFUTED,
        detail="how many of them is a whole number"
        if whole
        else "how many of them must be a whole number, and this is not",
    )


_DIMENSIONS = (
    ("second", "minute", "hour", "day", "week", "month", "year"),
    ("cent", "dollar"),
    ("inch", "inche", "feet", "foot", "yard", "mile"),
    ("millimeter", "centimeter", "meter", "kilometer", "cm", "km"),
    ("ounce", "pound", "ton"),
    ("gram", "kilogram", "kg"),
    ("cup", "pint", "quart", "gallon"),
)


def _same_unit(plan: Plan, question: Question) -> Iterator[Check]:
    """An answer in hours from minutes needs a factor that the plan must show."""
    asked = re.search(r"how many ([a-z]+?)s?\b", question.masked.lower())
    if asked is None:
        return
    kin = next((units for units in _DIMENSIONS if asked[1] in units), ())
    text = question.masked.lower()
    told = re.sub(r"how many .*", "", text)
    given = {u for u in kin for _ in re.finditer(rf"\bn\d+[ -]{u}(?:s|es)?\b", told)}
    if kin == ("cent", "dollar"):
        given |= {"dollar"} if "$" in question.masked else set()
    if not given or asked[1] in given:
        return
    yield Check(
        by="units",
        verdict=Verdict.PROVED if converts(plan) else Verdict.UNKNOWN,
        detail=f"asked for in {asked[1]}s, given in {', '.join(sorted(given))}s",
    )


def converts(plan: Plan) -> bool:
    """Whether a plan has a factor of its own, without which no unit becomes another."""
    return any(
        isinstance(node, Number) and node.value > 2
        for line in plan.lines
        for tree in _trees(line)
        for node in walk(tree)
    )


def _not_negative(outcome: Outcome) -> Check:
    below = [value for value in outcome.answers if value < 0]
    return Check(
        by="sign",
        verdict=Verdict.REFUTED if below else Verdict.PROVED,
        detail="an amount below zero" if below else "no amount is below zero",
    )


def _numbers_used(plan: Plan, question: Question, counted: frozenset[str]) -> Check:
    idle = [question.number_texts[int(name[1:])] for name in _idle(plan, question, counted)]
    detail = f"not used: {', '.join(idle)}" if idle else "every number of the question is used"
    return Check(by=USED, verdict=Verdict.UNKNOWN if idle else Verdict.PROVED, detail=detail)


def _idle(plan: Plan, question: Question, counted: frozenset[str]) -> list[str]:
    """Return the names of the numbers that no line uses; a one is often only an article."""
    used = used_names(plan) | counted
    names = (f"N{i}" for i, number in enumerate(question.numbers) if number != 1)
    return [name for name in names if name not in used]


def used_names(plan: Plan) -> set[str]:
    """Return every name that stands on the right side of a line."""
    names: set[str] = set()
    for line in plan.lines:
        for tree in _trees(line):
            names |= {node.name for node in walk(tree) if isinstance(node, Name)}
    return names


def _trees(line: Line) -> tuple[Tree, ...]:
    match line:
        case Let():
            return (line.value,)
        case Finish():
            return line.values
        case Equation():
            return (line.left, line.right)
        case Where():
            return (line.left, line.right)
        case _:
            return ()


def _no_idle_steps(plan: Plan) -> Check:
    defined = {line.name for line in plan.lines if isinstance(line, Let)}
    idle = sorted(defined - used_names(plan))
    return Check(
        by="steps used",
        verdict=Verdict.UNKNOWN if idle else Verdict.PROVED,
        detail=f"computed and not used: {', '.join(idle)}" if idle else "every step is used",
    )


def best_reading(readings: Sequence[Reading]) -> Reading | None:
    """Return the likeliest of the unrefuted readings with the fewest open checks.

    Readings that come to the same answers add up their shares; the share of the result is among
    its equals. None where every reading is refuted.
    """
    standing = [reading for reading in readings if not reading.refuted]
    least = min((reading.unused for reading in standing), default=0)
    equals = [reading for reading in standing if reading.unused == least]
    if not equals:
        return None

    def support(reading: Reading) -> float:
        same = (r for r in equals if r.outcome.answers == reading.outcome.answers)
        return sum(other.share for other in same)

    best = max(equals, key=support)
    return replace(best, share=support(best) / sum(reading.share for reading in equals))


def agreeing(readings: Sequence[Reading]) -> list[Reading]:
    """Return the readings without open checks that another drawing confirms."""
    sound = [reading for reading in readings if not reading.unused]
    counts = Counter(reading.outcome.answers for reading in sound)
    return [reading for reading in sound if counts[reading.outcome.answers] > 1]
