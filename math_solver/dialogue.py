"""A conversation about a problem: what makes another problem of it is solved and checked anew.

    Problem             what follow-ups are about: a question, what was added to it, its answer
    reshaped(follow …)  the answer to a follow-up, and the problem that the next one is about

A problem is a value; going back to an earlier one is undoing. Nothing here remembers.
"""

import re
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from assistants.answer import Answer, Check, Clarification, Json, Status, Step, Verdict
from assistants.errors import InputError
from assistants.model import Cancel, Model

from .choices_evidence import Ladder, assignments
from .follow_ups import Exchange, FollowUp, Method, Other, Restrict, Task, Unrestrict
from .lines import Line, read_line
from .methods import by_method
from .reading import Call, Relation, letters, read_question, spell
from .reading.mask import FUNCTION_WORDS
from .reading.parser import parse
from .reading.tree import Tree, children, walk
from .render import latex_of_line
from .solution import Solution, SolutionStep
from .solver import solve

_FUNCTION = re.compile(
    rf"(?<![A-Za-z])(?:{'|'.join(sorted(FUNCTION_WORDS, key=len)[::-1])})(?![A-Za-z])"
)
_FIGURE = re.compile(r"(?<![\d.])\d+(?:\.\d+)?(?![\d.])")
_DOMAIN = re.compile(
    r",? (?:for|where|when|with|if|given|assuming|and|over|on) "
    r"(?=\S+ ?(?:[<>]=?|≤|≥|is between))[^=]*(?:[<>]=[^=]*)*$"
    r"|,? assuming [a-z] is \w+$"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Problem:
    """A question, the conditions that were added to it, and what was answered."""

    base: str
    conditions: tuple[str, ...] = ()
    answer: str = ""
    verdict: Verdict = Verdict.UNKNOWN
    steps: tuple[SolutionStep, ...] = ()
    evidence: tuple[Check, ...] = ()

    @property
    def question(self) -> str:
        """The whole question in words."""
        return " for ".join((self.base, " and ".join(self.conditions))) if self.conditions else (
            self.base)  # fmt: skip

    @property
    def statement(self) -> Line | None:
        """The equations and conditions that are to be solved; None where a value is asked for."""
        answer = _line(self.answer.partition(" (")[0])
        if answer is None or not answer.is_statement:
            return None
        formulas = [f for f in read_question(self.base).formulas if _is_statement(f)]
        return _line(", ".join((*formulas, *self.conditions))) if formulas else None

    @classmethod
    def of(cls, row: Mapping[str, Json]) -> "Problem | None":
        """Read back a problem from an answer's row; None where it was not answered."""
        if row.get("status") != "answered":
            return None
        conditions, steps, evidence = (
            _items(row.get(key)) for key in ("added", "steps", "evidence")
        )
        return cls(
            base=str(row.get("base") or row.get("question") or ""),
            conditions=tuple(str(item) for item in conditions),
            answer=str(row.get("answer") or ""),
            verdict=Verdict(str(row.get("verdict"))),
            steps=tuple(_step(s) for s in steps if isinstance(s, Mapping) and "rule" in s),
            evidence=tuple(_check(check) for check in evidence if isinstance(check, Mapping)),
        )

    def answered(self, answer: Answer[Solution]) -> "Problem":
        """Return the problem with another answer."""
        if answer.best is None:
            return self
        found = answer.best.candidate
        return replace(self, answer=found.answer, verdict=answer.verdict, steps=found.steps,
                       evidence=answer.evidence)  # fmt: skip


def _items(value: Json) -> Sequence[Json]:
    return value if isinstance(value, Sequence) and not isinstance(value, str) else ()


def _step(row: Mapping[str, Json]) -> SolutionStep:
    texts = {key: str(row.get(key) or "") for key in ("rule", "before", "after", "reason", "check")}
    return SolutionStep(**texts, verdict=Verdict(str(row.get("verdict") or "unknown")))


def _check(row: Mapping[str, Json]) -> Check:
    verdict = Verdict(str(row.get("verdict") or "unknown"))
    return Check(by=str(row.get("by") or ""), verdict=verdict, detail=str(row.get("detail") or ""))


def _line(text: str) -> Line | None:
    try:
        return read_line(text)
    except InputError:
        return None


def _is_statement(text: str) -> bool:
    line = _line(text)
    return line is not None and line.is_statement


@dataclass(frozen=True, slots=True, kw_only=True)
class Reply:
    """An answer, and the problem that the next follow-up is about.

    With `alternatives` the choices of a question back are whole questions.
    """

    answer: Answer[Solution]
    problem: Problem
    alternatives: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Tutor:
    """How problems are solved in this conversation."""

    model: Model | None
    seconds: float
    cancel: Cancel | None = None

    @property
    def ladder(self) -> Ladder:
        """The ways to decide about something, from now on."""
        until = time.monotonic() + self.seconds
        return Ladder(solve=lambda question, _: self.solve(question), until=until)

    def solve(self, question: str) -> Answer[Solution]:
        """Solve a question; what cannot be read is abstained from, with the reason."""
        try:
            return solve(question, model=self.model, seconds=self.seconds, cancel=self.cancel)
        except InputError as error:
            return declined(str(error))

    def posed(self, base: str, conditions: Sequence[str] = ()) -> Reply:
        """Solve a question, and put its conditions to it one after the other."""
        answer = self.solve(base)
        reply = Reply(answer=answer, problem=Problem(base=base).answered(answer))
        for condition in conditions:
            if reply.answer.best is None:
                break
            reply = restricted(self, reply.problem, condition)
        return reply


def declined(reason: str) -> Answer[Solution]:
    """Return that there is no answer, and why."""
    return Answer(status=Status.ABSTAINED, reason=reason)


def told(
    said: str, *checks: Check, lines: Sequence[str] = (), steps: Sequence[SolutionStep] = ()
) -> Answer[Solution]:
    """Return a sentence as an answer, with what it rests on."""
    solution = Solution(answer=said, reading=tuple(lines), steps=tuple(steps))
    step = Step(candidate=solution, checks=checks)
    return Answer(status=Status.ANSWERED, best=step, steps=(step,))


def reshaped(tutor: Tutor, follow: FollowUp, problem: Problem) -> Reply | None:
    """Answer a follow-up that makes another problem of this one; None for other follow-ups."""
    match follow:
        case Restrict():
            return restricted(tutor, problem, follow.condition)
        case Unrestrict():
            return _unrestricted(tutor, problem)
        case Exchange():
            return _exchanged(tutor, problem, follow)
        case Method():
            return _by_method(tutor, problem, follow.name)
        case Task():
            return _other_task(tutor, problem, follow)
        case Other():
            return _other_measure(tutor, problem, follow.noun)
        case _:
            return None


# --- conditions


def restricted(tutor: Tutor, problem: Problem, condition: str) -> Reply:
    """Return the problem under one more condition."""
    new = replace(problem, conditions=(*problem.conditions, condition))
    known = {name for formula in read_question(problem.base).formulas for name in _letters(formula)}
    unknown = [name for name in _letters(condition) if name not in known]
    if unknown:
        reason = f"there is no {unknown[0]} in the problem “{problem.question}”"
        return Reply(answer=declined(reason), problem=problem)
    for way in (_filtered, _solved_under, _without_bars):
        answer = way(tutor, problem, condition)
        if answer is not None:
            return Reply(answer=answer, problem=new.answered(answer))
    reason = f"how {condition} changes the answer {problem.answer} could not be worked out"
    return Reply(answer=declined(reason), problem=problem)


def _letters(text: str) -> tuple[str, ...]:
    line = _line(text)
    return () if line is None else line.letters


def _filtered(tutor: Tutor, problem: Problem, condition: str) -> Answer[Solution] | None:
    """Keep the solutions that satisfy the condition; None where they are no list of values."""
    line, wanted = _line(problem.answer), _line(condition)
    if line is None or wanted is None or not line.cases:
        return None
    try:
        every = assignments(problem.answer, ())
    except InputError:
        return None
    steps: list[SolutionStep] = []
    kept: list[str] = []
    for values in every:
        found = tutor.ladder.holds_at(wanted, values)
        if found.verdict is Verdict.UNKNOWN:
            return None
        said = ", ".join(f"{name} = {spell(value)}" for name, value in values.items())
        stays = found.verdict is Verdict.PROVED
        kept += [said] if stays else []
        after = "stays" if stays else "left out"
        rule = "keep" if stays else "leave out"
        steps.append(SolutionStep(rule=rule, before=said, after=after, reason=found.why,
                                  verdict=Verdict.PROVED, check=found.why))  # fmt: skip
    answer = " or ".join(kept) or "no solution"
    check = Check(
        by="condition",
        verdict=problem.verdict,
        detail=f"each solution of the problem before was put into {condition}",
        sufficient=True,
    )
    solution = Solution(answer=answer, steps=(*problem.steps, *steps), latex=latex_of_line(answer))
    step = Step(candidate=solution, checks=(check,))
    return Answer(status=Status.ANSWERED, best=step, steps=(step,))


def _solved_under(tutor: Tutor, problem: Problem, condition: str) -> Answer[Solution] | None:
    """Let the solver take the condition into account, in one of the wordings that it reads."""
    formulas = [f for f in read_question(problem.base).formulas if _is_statement(f)]
    conditions = (*problem.conditions, condition)
    texts = [f"{problem.base} for {' and '.join(conditions)}"]
    if formulas:
        texts.append(f"solve {' and '.join((*formulas, *conditions))}")
    for text in texts if problem.statement is not None else ():
        answer = tutor.solve(text)
        if answer.status is Status.ANSWERED:
            return answer
    return None


def _without_bars(tutor: Tutor, problem: Problem, condition: str) -> Answer[Solution] | None:
    """Under a condition an absolute value is its argument, or minus it, where that is proved."""
    try:
        tree = parse(problem.answer)
    except InputError:
        return None
    bars = next((n for n in walk(tree) if isinstance(n, Call) and n.function == "abs"), None)
    if bars is None or isinstance(tree, Relation):
        return None
    for shown in (bars.arguments[0], parse(f"-({spell(bars.arguments[0])})")):
        text = spell(_put(tree, bars, shown))
        found = tutor.ladder.follows(condition, f"{problem.answer} = {text}")
        if found.verdict is Verdict.PROVED:
            check = Check(
                by="condition", verdict=problem.verdict, detail=found.why, sufficient=True
            )
            step = SolutionStep(
                rule="drop the absolute value",
                before=problem.answer,
                after=text,
                reason=condition,
                verdict=Verdict.PROVED,
                check=found.why,
            )
            return told(text, check, steps=(*problem.steps, step))
    return None


def _put(tree: Tree, old: Tree, new: Tree) -> Tree:
    """Put a tree in the place of another one."""
    if tree == old:
        return new
    text, inner = spell(tree), children(tree)
    for child in inner:
        changed = _put(child, old, new)
        if changed != child:
            return parse(text.replace(spell(child), f"({spell(changed)})", 1))
    return tree


def _unrestricted(tutor: Tutor, problem: Problem) -> Reply:
    """Solve without the conditions, whether they were added later or stood in the question."""
    if problem.conditions:
        return tutor.posed(problem.base)
    bare = _DOMAIN.sub("", problem.base)
    if bare != problem.base:
        return tutor.posed(bare)
    said = "No domain was given: the answer is over all real numbers already"
    return Reply(answer=told(f"{said}: {problem.answer}", *problem.evidence), problem=problem)


# --- another formula, another way, another task


def _exchanged(tutor: Tutor, problem: Problem, follow: Exchange) -> Reply:
    """Put something else in one place of the question; where it could be several, ask back."""
    base = problem.base
    places = _places(base, follow)
    questions = [f"{base[:start]}{follow.new}{base[end:]}" for start, end in places]
    names = {base[start:end] for start, end in places}
    if not follow.old and follow.new in FUNCTION_WORDS and len(names) == 1:
        questions = [_FUNCTION.sub(follow.new, base)]
    if len(questions) == 1:
        return tutor.posed(questions[0], problem.conditions)
    if not questions:
        what = follow.old or f"place for {follow.new}"
        return Reply(answer=declined(f"there is no {what} in “{base}”"), problem=problem)
    said = follow.old or follow.new
    back = Clarification(
        question=f"There are {len(places)} places for that ({said}). Which problem is meant?",
        choices=tuple(questions),
    )
    answer: Answer[Solution] = Answer(
        status=Status.NEEDS_CLARIFICATION,
        clarification=back,
        reason="it could be in several places",
    )
    return Reply(answer=answer, problem=problem, alternatives=True)


def _places(base: str, follow: Exchange) -> list[tuple[int, int]]:
    if follow.old:
        edge = r"\d." if follow.old[0].isdigit() else r"A-Za-z"
        pattern = re.compile(rf"(?<![{edge}]){re.escape(follow.old)}(?![{edge}])")
        return [found.span() for found in pattern.finditer(base)]
    if follow.new in FUNCTION_WORDS:
        return [found.span() for found in _FUNCTION.finditer(base)]
    if _FIGURE.fullmatch(follow.new):
        return [found.span() for found in _FIGURE.finditer(base)]
    formulas = read_question(base).formulas
    if "=" in follow.new:
        formulas = _same_side(base, follow.new) or formulas
    starts = [base.find(formula) for formula in formulas]
    return [(a, a + len(f)) for a, f in zip(starts, formulas, strict=True) if a >= 0]


def _same_side(base: str, equation: str) -> tuple[str, ...]:
    """Return the equations of a system whose left side is that of another one."""
    pieces = [p.strip() for f in read_question(base).formulas for p in f.split(",")]
    left = re.sub(r"\s", "", equation.partition("=")[0])
    return tuple(p for p in pieces if re.sub(r"\s", "", p.partition("=")[0]) == left)


def _by_method(tutor: Tutor, problem: Problem, name: str) -> Reply:
    """Show the solution by another method, then put the conditions to it again."""
    answer = tutor.solve(problem.base)
    try:
        answer = by_method(problem.base, answer, name, seconds=tutor.seconds)
    except InputError as error:
        return Reply(answer=declined(str(error)), problem=problem)
    reply = Reply(answer=answer, problem=Problem(base=problem.base).answered(answer))
    for condition in problem.conditions:
        reply = restricted(tutor, reply.problem, condition)
    return reply


def _other_task(tutor: Tutor, problem: Problem, follow: Task) -> Reply:
    """Do something else with the formula of the problem, or with its result."""
    found = _whole_number(problem) if follow.verb == "factor" else None
    found = found or _object(problem, follow)
    if follow.bounds is not None:
        return _within(tutor, problem, follow.bounds)
    if found is None:
        reason = f"there is no formula in “{problem.question}” to {follow.verb}"
        return Reply(answer=declined(reason), problem=problem)
    if follow.at:
        return tutor.posed(f"what is {found} at {follow.at}")
    if follow.verb == "zero":
        return tutor.posed(f"solve {found} = 0")
    if follow.verb == "second derivative of" and _DERIVED.search(problem.base):
        return tutor.posed(f"differentiate {found}")
    return tutor.posed(f"{follow.verb} {found}")


_DERIVED = re.compile(r"^differentiate\b|\bderivative\b", re.IGNORECASE)
_INTEGRATED = re.compile(r"\bintegra(?:l|te)\b", re.IGNORECASE)
_MEASURE = re.compile(
    r"\b(?P<ask>what is|what's|find|compute|calculate) (?:the |its )?(?P<noun>[a-z]{3,})\b",
    re.IGNORECASE,
)


def _whole_number(problem: Problem) -> str | None:
    """Return the one number that a question without formulas is about: `is 221 prime?`."""
    question = read_question(problem.base)
    alone = len(question.numbers) == 1 and not question.formulas
    return str(question.numbers[0]) if alone and question.numbers[0].denominator == 1 else None


def _within(tutor: Tutor, problem: Problem, bounds: tuple[str, str]) -> Reply:
    """Integrate the same function between bounds."""
    formulas = read_question(problem.base).formulas
    if len(formulas) != 1 or not _INTEGRATED.search(problem.base):
        reason = f"there is no integral in “{problem.question}” to put bounds to"
        return Reply(answer=declined(reason), problem=problem)
    integrand = re.sub(r"\s*d[a-z]$", "", formulas[0])
    return tutor.posed(f"integrate {integrand} from {bounds[0]} to {bounds[1]}")


def _other_measure(tutor: Tutor, problem: Problem, noun: str) -> Reply | None:
    """Ask the same question for another measure; None where that is no question either."""
    found = _MEASURE.search(problem.base)
    if found is None:
        return None
    start, end = found.span("noun")
    reply = tutor.posed(f"{problem.base[:start]}{noun}{problem.base[end:]}")
    return reply if reply.answer.best is not None else None


def _object(problem: Problem, follow: Task) -> str | None:
    """Return the formula that `it` is: the result where it has letters, else the question's.

    What is solved is meant by its two sides, unless it is to be solved again.
    """
    result = re.sub(r" \+ C$", "", problem.answer)
    made = _line(result)
    if made is not None and made.expression is not None and letters(made.expression):
        return result
    if follow.result and not follow.at:
        return None
    formulas = read_question(problem.base).formulas
    if len(formulas) != 1:
        return None
    line = _line(formulas[0])
    if line is None or line.expression is not None or follow.verb == "solve":
        return formulas[0]
    if len(line.cases) != 1 or len(line.cases[0]) != 1 or line.cases[0][0].operator != "=":
        return None
    left, right = line.cases[0][0].left, line.cases[0][0].right
    return spell(left) if spell(right) == "0" else f"{spell(left)} - ({spell(right)})"
