"""From a question to an answer with its steps and checks.

A formal question goes through the table of requests, and what it asks for is carried out and
checked symbolically; its verdict can be `proved`. A question in words goes to the proposers; what
is proved there is the computation under the reading shown, so the answer as a whole stays
`unknown`. Everything symbolic runs in worker processes with a deadline.
"""

import logging
import math
import re
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from functools import cache

from assistants import deadline
from assistants.answer import Answer, Check, Clarification, Status, Step, Usage, Verdict
from assistants.errors import DeadlineExceeded, InputError, WorkerCrashed
from assistants.model import Cancel, Model

from . import worker
from .choices import choose
from .choices_reading import read_choices
from .clarification import TASKS, TwoWays, left_out, open_question, said_twice, two_ways
from .geometry.answering import asks_for_proof, proof_answer
from .measuring import read_figure
from .plan import Plan, Task, parse_plan
from .problems import by_pattern
from .proposers import ASKS, by_model, by_ranking, enumerated, is_marked
from .prose import read_problem
from .quantities import carry_out, evaluate
from .reading import Question, read_question
from .reading.parser import parse
from .reading.requests import read_request
from .reading.statements import Script, read_script
from .reading.typed import typed
from .render import latex_of_line
from .solution import Solution, Work
from .stepwise import solved_in_steps
from .topics.scope import NotCovered
from .word_problems import (
    Draft,
    Reading,
    agreeing,
    best_reading,
    examine,
    read_by_rules,
    read_by_schemata,
)
from .word_steps import number_text, reading_lines, word_steps

logger = logging.getLogger(__name__)

MIN_SECONDS = 0.2
SURE = 0.5
"""Least share of the support with which a reading in words is answered."""
SURE_SMALL = math.inf
"""The same for the bundled model: its readings are shown and never answered with. Of 390 problems
that the rules leave open, 27 % were read rightly where it gave its reading 80 % of the support, and
3 % where it gave 99.9 %."""
RULES_NAME = "rules of wording"
_OPEN = re.compile(r"\b(?:some|several|a few)\b", re.IGNORECASE)
"""An amount that is not told: a schema may pass it over."""
SCHEMATA_NAME = "schemata of short stories"


def solve(
    question: str,
    *,
    model: Model | None = None,
    seconds: float = 20.0,
    cancel: Cancel | None = None,
) -> Answer[Solution]:
    """Solve a question typed by a person.

    Args:
        question: Words, LaTeX, Unicode or a mixture.
        model: Proposes plans for questions in words; None uses the rules alone.
        seconds: Wall-clock time for all of it, apart from starting workers.
        cancel: Stops it from another thread.

    Raises:
        InputError: The question is empty or too long.
        Cancelled: `cancel` was raised.
    """
    start = time.monotonic()
    choice = read_choices(question)
    script = None if choice is None else read_script(typed(question).text)
    if choice is None or (script is not None and script.ask.choices):
        answer = _solved(question, model, seconds, cancel)
    else:
        answer = choose(choice, lambda q, s: _solved(q, model, s, cancel), seconds)
    return replace(answer, usage=answer.usage + Usage(seconds=round(time.monotonic() - start, 4)))


def _solved(
    question: str, model: Model | None, seconds: float, cancel: Cancel | None
) -> Answer[Solution]:
    """Solve a question without options."""
    if asks_for_proof(question):
        return proof_answer(question, seconds, cancel)
    plain = typed(question)
    read = read_question(plain.text)
    answer = _Attempt(read, model, time.monotonic() + seconds, cancel).answer()
    return _with_assumptions(answer, plain.assumptions)


def _with_assumptions(answer: Answer[Solution], told: Sequence[str]) -> Answer[Solution]:
    """Tell beside the reading what was assumed about how the question is typed."""
    if answer.best is None or not told:
        return answer
    solution = answer.best.candidate
    reading = (*solution.reading, *(f"Assuming: {one}" for one in dict.fromkeys(told)))
    best = replace(answer.best, candidate=replace(solution, reading=reading))
    return replace(answer, best=best, steps=(best, *answer.steps[1:]))


@cache
def _warm() -> None:
    deadline.warm(worker.HEAVY)


@dataclass(frozen=True, slots=True)
class _Attempt:
    """One question on its way, and until when it may take."""

    question: Question
    model: Model | None
    until: float
    cancel: Cancel | None

    def answer(self) -> Answer[Solution]:
        """Ask about notation that can be read in two ways; settle everything else."""
        if self.cancel is not None:
            self.cancel.raise_if_cancelled()
        ways = two_ways(self.question.original)
        if ways is None or not self.differ(ways):
            return self.in_steps(self.settled())
        return Answer(
            status=Status.NEEDS_CLARIFICATION,
            clarification=ways.clarification(),
            reason="the notation can be read in two ways, with different answers",
        )

    def in_steps(self, found: Answer[Solution]) -> Answer[Solution]:
        """Let a large model write steps where no reading was found; a small one cannot."""
        model, asked = self.model, found.clarification
        beyond = found.status is Status.ABSTAINED or (asked is not None and asked.choices == TASKS)
        if model is None or is_marked(model) or not model.capabilities.chat or not beyond:
            return found
        written = solved_in_steps(model, self.question, self.until, self.cancel)
        usage = found.usage + written.usage
        if written.status is Status.ANSWERED:
            return replace(written, usage=usage)
        return replace(found, reason=f"{found.reason}; {written.reason}", usage=usage)

    def settled(self) -> Answer[Solution]:
        """Formal requests first, then prose, then stories."""
        question = self.question
        formal = self.formally()
        if formal is not None and formal.status is not Status.ABSTAINED:
            return formal
        if (told := self.prose() or self.figure()) is not None:
            return told
        if formal is not None:
            return formal
        if question.formulas:
            return self.formula_in_words()
        if not question.numbers:
            return _no_numbers(question)
        return self.words()

    def formally(self) -> Answer[Solution] | None:
        """Carry out a request in a wording of the tables; None where there is none."""
        request = read_request(self.question)
        script = read_script(self.question.original)
        if script is not None and (request is None or not script.plain_request):
            answer = self.script(script)
            if answer is not None:
                return answer
        if request is None:
            return None
        answer = self.formal(request, certain=True)
        if answer.status is Status.ANSWERED or script is None or not script.plain_request:
            return answer
        return self.script(script) or answer

    def differ(self, ways: TwoWays) -> bool:
        """Whether two readings of the notation come to different answers, or time ran out first."""
        found: list[str | None] = []
        for text in ways.questions:
            answer = replace(self, question=read_question(text)).settled()
            found.append(answer.best.candidate.text() if answer.best is not None else None)
        if None in found:
            return self.until - time.monotonic() < MIN_SECONDS
        return found[0] != found[1]

    def formal(self, source: str, *, certain: bool) -> Answer[Solution]:
        """Carry out a formal plan; `certain` says that the wording is in the table."""
        try:
            plan = parse_plan(source, self.question)
            if not isinstance(plan.goal, Task):
                return self.quantities(plan)
            work = self.run(plan)
        except (InputError, DeadlineExceeded, WorkerCrashed) as error:
            return Answer(status=Status.ABSTAINED, reason=str(error))
        if not work.answer:
            return Answer(status=Status.ABSTAINED, reason=_first_detail(work.checks))
        return _answered(self.question, plan, work, certain=certain)

    def script(self, script: Script) -> Answer[Solution] | None:
        """Carry out a chain of statements; None where its methods do not cover the question."""
        _warm()
        left = max(self.until - time.monotonic(), MIN_SECONDS)
        try:
            work = deadline.call(worker.run_script, script, seconds=left, cancel=self.cancel)
        except NotCovered:
            return None
        except (InputError, DeadlineExceeded, WorkerCrashed) as error:
            return Answer(status=Status.ABSTAINED, reason=str(error))
        if not work.answer:
            return Answer(status=Status.ABSTAINED, reason=_first_detail(work.checks))
        lines = tuple(script.lines())
        solution = Solution(
            answer=work.answer,
            plan="\n".join(lines),
            steps=work.steps,
            reading=(f"Read as: {'; '.join(lines)}", *_assumed(work), *work.remarks),
            conditions=work.conditions,
            latex=latex_of_line(work.answer),
        )
        return _one(solution, work.checks)

    def prose(self) -> Answer[Solution] | None:
        """Read the question as prose; None where a word is not read, or no method reaches."""
        problem = read_problem(self.question.original)
        if problem is None:
            return None
        _warm()
        left = max(self.until - time.monotonic(), MIN_SECONDS)
        try:
            work = deadline.call(worker.run_prose, problem, seconds=left, cancel=self.cancel)
        except (InputError, DeadlineExceeded, WorkerCrashed) as error:
            logger.info("prose that was read is not answered: %s", error)
            return None
        lines = tuple(problem.lines())
        solution = Solution(
            answer=work.answer,
            plan="\n".join(lines),
            steps=work.steps,
            reading=(f"Read as: {'; '.join(lines)}", *_assumed(work), *work.remarks),
            conditions=work.conditions,
            latex=latex_of_line(work.answer),
        )
        return _one(solution, work.checks)

    def figure(self) -> Answer[Solution] | None:
        """Compute the measures of a figure in words; None where the words are not read."""
        figure = read_figure(self.question.original)
        if figure is None:
            return None
        _warm()
        left = max(self.until - time.monotonic(), MIN_SECONDS)
        try:
            work = deadline.call(worker.run_figure, figure, seconds=left, cancel=self.cancel)
        except (InputError, DeadlineExceeded, WorkerCrashed) as error:
            return Answer(status=Status.ABSTAINED, reason=str(error))
        lines = tuple(figure.lines([step.after for step in work.steps]))
        solution = Solution(
            answer=work.answer,
            plan="\n".join(lines),
            steps=work.steps,
            reading=(f"Read as a {figure.name}:", *lines, *work.remarks),
            latex=latex_of_line(work.answer),
        )
        return _one(solution, work.checks)

    def run(self, plan: Plan) -> Work:
        """Carry out a plan in a worker. Raises `DeadlineExceeded`, `WorkerCrashed`."""
        _warm()
        left = max(self.until - time.monotonic(), MIN_SECONDS)
        return deadline.call(
            worker.run_task, plan.text(), self.question, seconds=left, cancel=self.cancel
        )

    def quantities(self, plan: Plan) -> Answer[Solution]:
        """Arithmetic that was asked for in so many words: the computation is the whole answer."""
        question = self.question
        outcome = carry_out(_inlined(plan, question), _with_formulas(question))
        solution = Solution(
            answer=", ".join(number_text(value, question) for value in outcome.answers),
            plan=plan.text(),
            steps=word_steps(_inlined(plan, question), outcome),
            reading=(f"Computed: {question.unmasked(plan.text().removeprefix('answer '))}",),
        )
        check = Check(
            by="exact arithmetic",
            verdict=Verdict.PROVED,
            detail="computed with exact fractions",
            sufficient=True,
        )
        return _one(replace(solution, latex=latex_of_line(solution.answer)), (check,))

    def formula_in_words(self) -> Answer[Solution]:
        """A formula in a wording that is not in the table: a large model may know what is asked.

        The small one is not asked: of seven wordings it read one rightly, and took the period of
        a wave for its zeros.
        """
        spent: list[Usage] = []
        reason = "what to do with the formula is not clear from the words around it"
        if self.model is not None and not is_marked(self.model):
            drawn = Counter(by_model(self.model, self.question, self.cancel, spent))
            for source, count in drawn.most_common(1):
                answer = self.formal(source, certain=False)
                if answer.status is Status.ANSWERED and count >= SURE * drawn.total():
                    return replace(answer, usage=sum(spent, Usage()))
                reason = answer.reason or "the model's readings of the words do not agree"
        shown = ", ".join(self.question.formulas[:3])
        return Answer(
            status=Status.NEEDS_CLARIFICATION,
            clarification=Clarification(
                question=f"What should be done with {shown}?",
                choices=TASKS,
            ),
            reason=reason,
            usage=sum(spent, Usage()),
        )

    def words(self) -> Answer[Solution]:
        """A problem in words: gather candidate plans, check each, answer with the best."""
        question = self.question
        if not (ASKS.search(question.masked) or question.masked.endswith("?")):
            return Answer(status=Status.ABSTAINED, reason="no quantity is asked for in this text")
        if (twice := said_twice(question)) is not None:
            reason = "two numbers are given for the same thing"
            status = Status.NEEDS_CLARIFICATION
            return Answer(status=status, clarification=twice, reason=reason)
        spent: list[Usage] = []
        readings = self.readings(spent)
        best = best_reading(readings)
        usage = sum(spent, Usage())
        if best is None:
            found = _no_reading(readings, usage, open_question(question))
            if readings or found.clarification:
                return found
            return _agreed(question, usage) or _read_alone(found, question)
        if (amount := left_out(question)) is not None:
            reason = "an amount is not given, and the answer depends on it"
            status = Status.NEEDS_CLARIFICATION
            return Answer(status=status, clarification=amount, reason=reason, usage=usage)
        ordered = [best, *(r for r in readings if r.plan != best.plan)]
        doubt = ""
        if best.story and best.source == RULES_NAME:
            ordered[0], doubt = _borne_out(best, question)
        steps = tuple(_word_step(reading, question) for reading in ordered)
        if doubt:
            return Answer(status=Status.ABSTAINED, steps=steps, reason=doubt, usage=usage)
        if best.share < (SURE if best.source == RULES_NAME else self.sure):
            if self.sure > 1 and (two := _agreed(question, usage)) is not None:
                return two
            reason = f"no reading is likely enough: the best has {best.share:.0%} of the support"
            if self.sure > 1:
                reason += f", and {best.source} cannot tell yet when it reads rightly"
            return Answer(status=Status.ABSTAINED, steps=steps, reason=reason, usage=usage)
        return Answer(
            status=Status.ANSWERED,
            best=steps[0],
            steps=steps,
            reason="the verdict is about the reading shown, which was not proved",
            usage=usage,
        )

    def readings(self, spent: list[Usage]) -> list[Reading]:
        """Gather readings: rules before a small model, a large model before the rules."""
        question, model = self.question, self.model
        read = read_by_rules(question, RULES_NAME)
        plans = () if read is not None else tuple(by_pattern(question))
        found = (examine(Draft(source=plan), question, RULES_NAME) for plan in plans)
        patterned = (replace(r, story=True) for one in found for r in _kept(one))
        ruled = [*_kept(read), *patterned][:1]
        if model is None or (is_marked(model) and any(not r.refuted for r in ruled)):
            return ruled
        if not is_marked(model):
            return self.drawn(model, spent) + ruled
        return self.ranked(model) or agreeing(self.drawn(model, spent)) + ruled

    @property
    def sure(self) -> float:
        """The least share of the support that a model's reading needs."""
        return SURE_SMALL if self.model is not None and is_marked(self.model) else SURE

    def ranked(self, model: Model) -> list[Reading]:
        """Enumerated plans that no check refutes, ranked by the model."""
        found = [
            examine(Draft(source=p), self.question, model.name) for p in enumerated(self.question)
        ]
        standing = {r.plan.text(): r for r in found if r is not None and not r.refuted}
        ranked = by_ranking(model, self.question, tuple(standing))
        return [replace(standing[one.source], share=one.share) for one in ranked]

    def drawn(self, model: Model, spent: list[Usage]) -> list[Reading]:
        """Plans that the model writes under the grammar, each with an equal share."""
        readings: list[Reading] = []
        for source in by_model(model, self.question, self.cancel, spent):
            readings += _kept(examine(Draft(source=source), self.question, model.name))
            if time.monotonic() > self.until - MIN_SECONDS:
                break
        return readings


def _borne_out(reading: Reading, question: Question) -> tuple[Reading, str]:
    """Return a reading with the second reader's word on it, and why it is not answered with."""
    from .second_reading import second_opinion

    operations = sum(reading.plan.text().count(f" {sign} ") for sign in "+-*/")
    opinion = second_opinion(question, reading.outcome.answers[0], operations)
    reason = f"a second reading of the words {opinion.check.detail.split(';')[0]}"
    told = replace(reading, checks=(*reading.checks, opinion.check))
    return told, "" if opinion.borne_out else reason


def _agreed(question: Question, usage: Usage) -> Answer[Solution] | None:
    """Answer with a reading by schema where the second reader comes to the same; None elsewhere."""
    from .second_reading import agreed, second_opinion

    if left_out(question) is not None or _OPEN.search(question.masked):
        return None
    readings = read_by_schemata(question, SCHEMATA_NAME)
    value = agreed(question, [reading.outcome.answers[0] for reading in readings])
    if value is None:
        return None
    reading = next(one for one in readings if one.outcome.answers[0] == value)
    check = second_opinion(question, value).check
    step = _word_step(replace(reading, checks=(*reading.checks, check)), question)
    reason = "two readings that share no code agree; the reading itself was not proved"
    return Answer(status=Status.ANSWERED, best=step, steps=(step,), reason=reason, usage=usage)


def _read_alone(found: Answer[Solution], question: Question) -> Answer[Solution]:
    """Show what the second reader reads where the first reads nothing; it is no answer."""
    from .second_reading import WORTH_SHOWING, read_second

    second = read_second(question)
    if second is None or second.probability < WORTH_SHOWING:
        return found
    reading = examine(Draft(source=second.source), question, "the learned reader")
    if reading is None or reading.refuted:
        return found
    reason = (
        f"only the learned reader reads this, as {number_text(second.value, question)}, and alone "
        "it is right too seldom to answer with"
    )
    return replace(found, steps=(_word_step(reading, question),), reason=reason)


def _kept(reading: Reading | None) -> list[Reading]:
    return [] if reading is None else [reading]


def _first_detail(checks: Sequence[Check]) -> str:
    return checks[0].detail if checks else "no answer was found"


def _one(solution: Solution, checks: tuple[Check, ...]) -> Answer[Solution]:
    step = Step(candidate=solution, checks=checks)
    return Answer(status=Status.ANSWERED, best=step, steps=(step,))


def _answered(question: Question, plan: Plan, work: Work, *, certain: bool) -> Answer[Solution]:
    reading = [f"Read as: {question.unmasked(plan.text())}"]
    reading += [*_assumed(work), *work.remarks]
    solution = Solution(
        answer=decimal_if_asked(work.answer, question),
        plan=plan.text(),
        steps=work.steps,
        reading=tuple(reading),
        conditions=work.conditions,
        latex=latex_of_line(work.answer),
    )
    checks = work.checks
    if not certain:
        checks = tuple(replace(check, sufficient=False) for check in checks)
        unsure = Check(
            by="reading", verdict=Verdict.UNKNOWN, detail="the model's reading of the words"
        )
        checks = (*checks, unsure)
    return _one(solution, checks)


def _assumed(work: Work) -> Iterator[str]:
    return (f"Assuming: {assumption}" for assumption in dict.fromkeys(work.assumptions))


def decimal_if_asked(answer: str, question: Question) -> str:
    """Write an exact fraction as a decimal where the question is in decimals and it terminates."""
    if "." not in "".join(question.formulas) + "".join(question.number_texts):
        return answer
    try:
        return ", ".join(number_text(Fraction(part), question) for part in answer.split(", "))
    except (ValueError, ZeroDivisionError):
        return answer


def _no_numbers(question: Question) -> Answer[Solution]:
    if ASKS.search(question.masked) and "how many" in question.masked.lower():
        return Answer(
            status=Status.NEEDS_CLARIFICATION,
            clarification=open_question(question)
            or Clarification(question="Which amounts are known? No number is given."),
            reason="the problem gives no number to compute with",
        )
    return Answer(status=Status.ABSTAINED, reason="no mathematics was found in the question")


def _no_reading(
    readings: Sequence[Reading], usage: Usage, asked_back: Clarification | None
) -> Answer[Solution]:
    reason = "no reading of the words was found by the rules or the model"
    if readings:
        refuted = next(c for c in readings[0].checks if c.verdict is Verdict.REFUTED)
        reason = f"every reading was refuted; the first by {refuted.by}: {refuted.detail}"
    status = Status.NEEDS_CLARIFICATION if asked_back else Status.ABSTAINED
    return Answer(status=status, clarification=asked_back, reason=reason, usage=usage)


def _word_step(reading: Reading, question: Question) -> Step[Solution]:
    outcome = reading.outcome
    alternatives = (outcome.answers, *outcome.others)
    answer = " or ".join(
        ", ".join(number_text(value, question) for value in values) for values in alternatives
    )
    solution = Solution(
        answer=answer,
        plan=reading.plan.text(),
        steps=word_steps(reading.plan, outcome),
        reading=(f"Read by {reading.source}:", *reading_lines(reading.plan, question)),
        latex=latex_of_line(answer),
    )
    computed = Check(
        by="exact arithmetic under this reading",
        verdict=Verdict.PROVED,
        detail="the computation is right if the reading is",
    )
    return Step(candidate=solution, checks=(computed, *reading.checks))


def _with_formulas(question: Question) -> Question:
    """Let plans of quantities use constant formulas: they become further numbers."""
    values = [_constant(source) for source in question.formulas]
    if any(value is None for value in values):
        raise InputError("a formula with letters stands where a number is needed")
    numbers = (*question.numbers, *(v for v in values if v is not None))
    return replace(
        question,
        numbers=numbers,
        number_texts=(*question.number_texts, *question.formulas),
    )


def _constant(source: str) -> Fraction | None:
    try:
        return evaluate(parse(source), {})
    except InputError:
        return None


def _inlined(plan: Plan, question: Question) -> Plan:
    """Rename E-names to the N-names that `_with_formulas` gives them."""
    source = plan.text()
    for index in reversed(range(len(question.formulas))):
        source = source.replace(f"E{index}", f"N{len(question.numbers) + index}")
    return parse_plan(source, _with_formulas(question))
