"""Solutions that a large model writes step by step, each step checked before it is believed.

A line is a sentence for people and a formula for the checker. What the question gives is the
model's reading and is shown as such; every step must follow from the lines before it. The step that
fails goes back to the model with its counterexample; where repairs fail, fresh solutions are drawn,
and the one with the most checked steps is told (best of k by verified steps; Lightman et al. 2023
rank by a learned verifier of steps instead).
"""

import logging
import re
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from fractions import Fraction

from assistants.answer import Answer, Check, Json, Status, Step, Usage, Verdict
from assistants.constraint import Regex
from assistants.errors import ConstraintError, InputError, Unsupported
from assistants.model import Cancel, Chat, Message, Model, Sampling, generate
from assistants.refine import refine

from .lines import Line, read_line
from .reading import Name, Number, Question, Tree, letters
from .reading.tree import walk
from .solution import Finding, Solution, SolutionStep
from .verification import check_steps, equal

logger = logging.getLogger(__name__)

REPAIRS, SAMPLES = 2, 2
MAX_TOKENS = 900
TEMPERATURE = 0.7
MAX_GIVEN, MAX_STEPS = 12, 24
NOTHING = Line(source="what is always true", cases=((),))
"""What stands before the first line: nothing is known."""
FALSEHOOD = read_line("0 = 1")

INSTRUCTION = """\
Solve the mathematics question in steps that a program checks. Write these lines and nothing else:
given: what the question says, in words | the same as a formula
step: what you conclude, in words | a formula that follows from the lines before
answer: the value that is asked for
A formula is an equation or a chain of equalities in plain notation, such as 3*x + 2 = 11 or
a = 12/4 = 3. Name a letter in words where it first appears. Write `given` lines first, use every
number that matters, take small steps, and let the last step state the answer."""
_LINE = r"[^|\n]{1,300} \| [^|\n]{1,200}\n"
FORMAT = Regex(
    rf"(given: {_LINE}){{0,{MAX_GIVEN}}}(step: {_LINE}){{1,{MAX_STEPS}}}answer: [^\n]{{1,120}}"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Claim:
    """A sentence and what it says as a formula."""

    words: str
    formula: str
    line: Line


@dataclass(frozen=True, slots=True, kw_only=True)
class Written:
    """One solution as a model wrote it; `fault` says why it is none, `findings` judge its steps."""

    source: str
    given: tuple[Claim, ...] = ()
    steps: tuple[Claim, ...] = ()
    answer: str = ""
    fault: str = ""
    findings: tuple[Finding, ...] = ()

    def text(self) -> str:
        """The answer itself."""
        return self.answer

    def details(self) -> dict[str, Json]:
        """Return the text as it was written."""
        return {"source": self.source}

    @property
    def proved(self) -> int:
        """How many steps follow from the lines before them."""
        return sum(found.verdict is Verdict.PROVED for found in self.findings)

    @property
    def holds(self) -> bool:
        """Whether every step follows, and the answer stands in the last one."""
        return not self.fault and bool(self.steps) and self.proved == len(self.steps)


def read_solution(source: str) -> Written:
    """Read what a model wrote; what cannot be read is its `fault`."""
    found: dict[str, list[Claim]] = {"given": [], "step": []}
    answer = ""
    for number, row in enumerate(filter(None, map(str.strip, source.splitlines())), start=1):
        kind, _, rest = row.partition(":")
        words, bar, formula = (part.strip() for part in rest.partition("|"))
        if kind == "answer" and not bar:
            answer = words
        elif kind not in found or not bar or answer or (kind == "given" and found["step"]):
            return Written(
                source=source, fault=f"line {number} is not of the form that was asked for"
            )
        else:
            try:
                line = read_line(formula)
            except InputError as error:
                return Written(source=source, fault=f"line {number}: {error}")
            if not line.is_statement:
                fault = f"line {number}: {formula!r} says nothing; write an equation"
                return Written(source=source, fault=fault)
            found[kind].append(Claim(words=words, formula=formula, line=line))
    fault = "" if answer and found["step"] else "a step or the answer is missing"
    return Written(
        source=source,
        given=tuple(found["given"]),
        steps=tuple(found["step"]),
        answer=answer,
        fault=fault,
    )


@dataclass(slots=True)
class Writer:
    """Asks a model for solutions of one question: repairs of the first, then fresh ones."""

    model: Model
    question: Question
    until: float
    cancel: Cancel | None = None
    spent: list[Usage] = field(default_factory=list[Usage])
    turns: list[Message] = field(default_factory=list[Message])
    tries: int = 0
    done: bool = False

    def propose(self, complaints: Sequence[Check]) -> Written | None:
        """Return the next solution with its steps judged; None where one holds, or time is up."""
        if self.done or time.monotonic() > self.until:
            return None
        if complaints and self.turns and self.tries <= REPAIRS:
            told = "\n".join(f"- {c.detail}" for c in complaints)
            self.turns.append(Message("user", f"This is wrong:\n{told}\nWrite all lines again."))
        else:
            self.turns = [Message("user", self.question.original)]
        fresh = self.tries > REPAIRS
        sampling = Sampling(
            max_tokens=MAX_TOKENS,
            temperature=TEMPERATURE if fresh else 0.0,
            top_p=0.95 if fresh else 1.0,
            seed=self.tries,
        )
        prompt = Chat((Message("system", INSTRUCTION), *self.turns))
        self.tries += 1
        try:
            made = generate(
                self.model, prompt, constraint=FORMAT, sampling=sampling, cancel=self.cancel
            )
        except (Unsupported, ConstraintError) as error:
            logger.info("%s cannot write steps: %s", self.model.name, error)
            return None
        self.spent.append(made.usage)
        self.turns.append(Message("assistant", made.text))
        written = self.judged(read_solution(made.text.strip()))
        self.done = written.holds
        return written

    def judged(self, written: Written) -> Written:
        """Return a solution with what was found about each step, up to the first that fails."""
        if written.fault:
            return written
        before = [NOTHING, *(claim.line for claim in written.given)]
        if written.given and self._follows(before, FALSEHOOD):
            fault = "the given lines contradict each other: anything would follow"
            return Written(source=written.source, fault=fault)
        known = list(before)
        findings: list[Finding] = []
        for claim in written.steps:
            named = _definition(claim.line, known)
            if named is not None and not self._follows([*known, named], FALSEHOOD):
                known.append(named)
            found = check_steps([*known, claim.line], len(known), self.until - time.monotonic())
            findings += found
            known.append(claim.line)
            if found[0].verdict is not Verdict.PROVED:
                break
        judged = Written(
            source=written.source,
            given=written.given,
            steps=written.steps,
            answer=written.answer,
            findings=tuple(findings),
        )
        if judged.holds and not _is_stated(written.answer, written.steps[-1].line):
            fault = f"the last step does not state the answer {written.answer}"
            return Written(source=written.source, findings=tuple(findings), fault=fault)
        return judged

    def _follows(self, before: Sequence[Line], line: Line) -> bool:
        """Whether a line follows from those before it."""
        found = check_steps([*before, line], len(before), self.until - time.monotonic())
        return found[0].verdict is Verdict.PROVED


def _definition(line: Line, known: Sequence[Line]) -> Line | None:
    """Return `a = 12/4` of the claim `a = 12/4 = 3` where no line speaks of a yet."""
    first = line.cases[0][0] if len(line.cases) == 1 and line.cases[0] else None
    if first is None or first.operator != "=" or not isinstance(first.left, Name):
        return None
    taken = {name for one in known for name in one.letters} | set(letters(first.right))
    return None if first.left.name in taken else Line(source=line.source, cases=((first,),))


def _is_stated(answer: str, last: Line) -> bool:
    """Whether a side of the last claim is the answer, or the answer is the claim itself."""
    try:
        read = read_line(answer)
    except InputError:
        return False
    if read.is_statement:
        return read.cases == last.cases
    sides = [side for case in last.cases for r in case for side in (r.right, r.left)]
    return read.expression is not None and any(equal(read.expression, side) for side in sides)


class StepsFollow:
    """The verifier of the loop: says what is wrong with the first step that does not follow."""

    def check(self, candidate: Written, /) -> Check:
        """Return what was found about the steps."""
        if candidate.fault:
            return Check(by="form", verdict=Verdict.REFUTED, detail=candidate.fault)
        for number, found in enumerate(candidate.findings, start=1):
            if found.verdict is not Verdict.PROVED:
                claim = candidate.steps[number - 1].formula
                wrong = "is wrong" if found.verdict is Verdict.REFUTED else "could not be checked"
                detail = f"step {number} ({claim}) {wrong}: {found.check().detail}"
                return Check(by="steps", verdict=Verdict.REFUTED, detail=detail)
        count = len(candidate.steps)
        return Check(by="steps", verdict=Verdict.PROVED, detail=f"all {count} steps follow")


def solved_in_steps(
    model: Model, question: Question, until: float, cancel: Cancel | None
) -> Answer[Solution]:
    """Return a solution whose every step follows from what the model says is given, or abstain.

    Its verdict is `unknown`: that the given lines say what the question says is not proved.
    """
    writer = Writer(model=model, question=question, until=until, cancel=cancel)
    found = refine(writer.propose, (StepsFollow(),), attempts=1 + REPAIRS + SAMPLES, cancel=cancel)
    usage = sum(writer.spent, Usage())
    tried = [step.candidate for step in found.steps]
    if not tried:
        return Answer(status=Status.ABSTAINED, reason="the model wrote no steps", usage=usage)
    best = max(tried, key=lambda one: (one.holds, one.proved))
    if not best.holds:
        reason = f"no solution of {len(tried)} holds: {StepsFollow().check(best).detail}"
        return Answer(status=Status.ABSTAINED, reason=reason, usage=usage)
    return _told(best, question, usage)


def _told(written: Written, question: Question, usage: Usage) -> Answer[Solution]:
    steps = [
        SolutionStep(
            rule=claim.words,
            before="",
            after=claim.formula,
            verdict=found.verdict,
            check=found.check().detail,
        )
        for claim, found in zip(written.steps, written.findings, strict=True)
    ]
    reading = [f"Given: {claim.words}: {claim.formula}" for claim in written.given]
    strange = _strange_numbers(written, question)
    if strange:
        reading.append(f"Assuming: {', '.join(strange)}, which the question does not name")
    solution = Solution(
        answer=written.answer, plan=written.source, steps=tuple(steps), reading=tuple(reading)
    )
    unsure = Check(by="reading", verdict=Verdict.UNKNOWN, detail="the model's reading of the words")
    step = Step(candidate=solution, checks=(StepsFollow().check(written), unsure))
    reason = "the verdict is about the reading shown, which was not proved"
    return Answer(status=Status.ANSWERED, best=step, steps=(step,), reason=reason, usage=usage)


def _strange_numbers(written: Written, question: Question) -> list[str]:
    """Return the numbers of the given lines that do not stand in the question."""
    known = {*question.numbers, *map(Fraction, re.findall(r"\d+(?:\.\d+)?", question.original))}
    given: list[Tree] = [r for claim in written.given for case in claim.line.cases for r in case]
    used = [node.value for tree in given for node in walk(tree) if isinstance(node, Number)]
    return [str(value) for value in dict.fromkeys(used) if value not in known]
