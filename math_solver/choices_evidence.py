"""What the solver can say about one option: equal, always true, it follows, it fits when put in."""

import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import product

from assistants.answer import Answer, Verdict
from assistants.errors import InputError

from .choices_reading import point_of
from .lines import Line, read_line
from .quantities import evaluate
from .reading import Name, Number, Relation, Tree, letters, spell
from .reading.parser import parse
from .reading.tree import substituted
from .solution import Solution
from .verification import compare, verify_chain

Solve = Callable[[str, float], Answer[Solution]]
"""Solves a question within some seconds."""

LONGEST = 8.0
"""Seconds that one option may take at most."""
GRID = (0, 1, 2, -1, 3, 5, -2, Fraction(1, 2))
"""Values that are tried for each letter where a witness is looked for."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Judgement:
    """Whether an option holds, and why."""

    verdict: Verdict
    why: str = ""

    def negated(self) -> "Judgement":
        """The judgement of the opposite."""
        swapped = {Verdict.PROVED: Verdict.REFUTED, Verdict.REFUTED: Verdict.PROVED}
        return Judgement(verdict=swapped.get(self.verdict, Verdict.UNKNOWN), why=self.why)


UNDECIDED = Judgement(verdict=Verdict.UNKNOWN, why="not decided")


@dataclass(frozen=True, slots=True, kw_only=True)
class Ladder:
    """The ways to decide about an option, each within the time that is left."""

    solve: Solve
    until: float

    @property
    def seconds(self) -> float:
        """What one decision may take."""
        return max(0.2, min(LONGEST, self.until - time.monotonic()))

    def answer(self, question: str) -> Answer[Solution]:
        """Solve another question. Raises `InputError`."""
        return self.solve(question, self.seconds)

    def equal(self, left: str, right: str) -> Judgement:
        """Whether two values, or two sets of solutions, are the same."""
        try:
            found, _ = compare(left, right, self.seconds)
        except InputError as error:
            return Judgement(verdict=Verdict.UNKNOWN, why=str(error))
        if found.verdict is Verdict.PROVED:
            where = f", where {', '.join(found.conditions)}" if found.conditions else ""
            return Judgement(verdict=found.verdict, why=f"equal to {right}{where}")
        if found.verdict is Verdict.REFUTED:
            return Judgement(verdict=found.verdict, why=f"not equal: {found.counterexample}")
        return Judgement(verdict=found.verdict, why=found.detail)

    def always(self, statement: str) -> Judgement:
        """Whether a statement holds for all real values of its letters."""
        try:
            line = read_line(statement)
            if not line.is_statement:
                return Judgement(verdict=Verdict.UNKNOWN, why="this says nothing")
            found, _ = compare(statement, "true", self.seconds)
        except InputError as error:
            return Judgement(verdict=Verdict.UNKNOWN, why=str(error))
        if found.verdict is Verdict.REFUTED:
            points = found.added[0] if found.added and line.letters else ""
            why = f"false at {points}" if points else "false"
            return Judgement(verdict=found.verdict, why=why)
        why = "true" if not line.letters else "true for all values"
        return Judgement(
            verdict=found.verdict, why=why if found.verdict is Verdict.PROVED else found.detail
        )

    def follows(self, given: str, statement: str) -> Judgement:
        """Whether a statement holds wherever what is given does."""
        try:
            link = verify_chain((given, statement), seconds=self.seconds)
        except InputError as error:
            return Judgement(verdict=Verdict.UNKNOWN, why=str(error))
        found = link.best.candidate.links[0] if link.best is not None else None
        if found is None:
            return UNDECIDED
        if found.verdict is Verdict.REFUTED and found.lost:
            why = f"false at {found.lost[0]}, where {given} holds"
            return Judgement(verdict=found.verdict, why=why)
        if found.verdict is Verdict.REFUTED:
            return Judgement(verdict=Verdict.UNKNOWN, why=found.detail)
        why = f"it follows from {given}" if found.verdict is Verdict.PROVED else found.detail
        return Judgement(verdict=found.verdict, why=why)

    def yes(self, question: str) -> Judgement:
        """What the solver answers to a question with yes or no."""
        try:
            answer = self.answer(question)
        except InputError as error:
            return Judgement(verdict=Verdict.UNKNOWN, why=str(error))
        said = answer.best.candidate.text() if answer.best is not None else ""
        if answer.verdict is not Verdict.PROVED or said not in {"True", "False"}:
            return Judgement(verdict=Verdict.UNKNOWN, why=answer.reason or "not decided")
        details = [check.detail for check in answer.evidence if check.detail]
        verdict = Verdict.PROVED if said == "True" else Verdict.REFUTED
        return Judgement(verdict=verdict, why=details[0] if details else said)

    def holds_at(self, conditions: Line, values: "Values") -> Judgement:
        """Whether equations hold where these values stand for the letters."""
        shown: list[str] = []
        for case in conditions.cases:
            found = [self._put_in(relation, values) for relation in case]
            if all(one.verdict is Verdict.PROVED for one in found):
                return Judgement(verdict=Verdict.PROVED, why="; ".join(one.why for one in found))
            wrong = [one for one in found if one.verdict is Verdict.REFUTED]
            if not wrong:
                return UNDECIDED
            shown.append(wrong[0].why)
        return Judgement(verdict=Verdict.REFUTED, why="; ".join(shown) or "there is no solution")

    def _put_in(self, relation: Relation, values: "Values") -> Judgement:
        closed = substituted(relation, values)
        if letters(closed):
            return Judgement(verdict=Verdict.UNKNOWN, why=f"{spell(closed)} is open")
        found = self.always(spell(closed))
        said = {Verdict.PROVED: "is true", Verdict.REFUTED: "is false"}.get(
            found.verdict, "is open"
        )
        return Judgement(verdict=found.verdict, why=f"put in: {spell(closed)} {said}")


Values = dict[str, Tree]


def assignments(option: str, names: Sequence[str]) -> tuple[Values, ...]:
    """Return the values that an option gives to letters: `3`, `x = 3 or x = 4`, `(1, 2)`.

    Raises `InputError` where it gives none.
    """
    coordinates = point_of(option)
    if coordinates is not None:
        order = ("x", "y", "z") if set(names) <= {"x", "y", "z"} else tuple(sorted(names))
        if len(order) < len(coordinates):
            raise InputError("a point has more coordinates than there are letters")
        return (dict(zip(order, map(parse, coordinates), strict=False)),)
    line = read_line(option)
    if line.expression is not None:
        if len(names) != 1:
            raise InputError("one value, and several letters")
        return ({names[0]: line.expression},)
    found = [_values_of(case) for case in line.cases]
    if not found or any(values is None for values in found):
        raise InputError(f"{option} names no values")
    return tuple(values for values in found if values is not None)


def _values_of(case: Iterable[Relation]) -> Values | None:
    values: Values = {}
    for relation in case:
        if relation.operator != "=" or not isinstance(relation.left, Name):
            return None
        if letters(relation.right):
            return None
        values[relation.left.name] = relation.right
    return values


def two_values(given: Line, asked: Tree) -> tuple[str, str] | None:
    """Return two points where all that is given holds and what is asked for has two values.

    Points are rational and computed exactly, so that two of them prove that nothing is determined.
    """
    names = tuple(dict.fromkeys((*given.letters, *letters(asked))))
    if len(given.cases) != 1 or not 1 <= len(names) <= 3:
        return None
    seen: dict[Fraction, str] = {}
    for values in product(map(Fraction, GRID), repeat=len(names)):
        point = dict(zip(names, values, strict=True))
        try:
            if not all(_true_at(relation, point) for relation in given.cases[0]):
                continue
            value = evaluate(asked, point)
        except (InputError, ZeroDivisionError):
            continue
        shown = ", ".join(f"{name} = {value}" for name, value in point.items())
        seen.setdefault(value, f"{shown} gives {value}")
        if len(seen) == 2:
            first, second = seen.values()
            return first, second
    return None


def _true_at(relation: Relation, point: dict[str, Fraction]) -> bool:
    left, right = evaluate(relation.left, point), evaluate(relation.right, point)
    match relation.operator:
        case "=":
            return left == right
        case "<":
            return left < right
        case "<=":
            return left <= right
        case ">":
            return left > right
        case ">=":
            return left >= right
        case _:
            return left != right


def rational(tree: Tree) -> Fraction | None:
    """Return the exact value of an expression without letters; None where it is not found."""
    if isinstance(tree, Number):
        return tree.value
    try:
        return evaluate(tree, {})
    except (InputError, ZeroDivisionError):
        return None
