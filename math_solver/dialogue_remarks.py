"""What is said about an answer without solving anew: why a step holds, whether a claim is right."""

from assistants.answer import Answer, Check, Verdict
from assistants.errors import InputError

from .choices_evidence import Judgement, assignments
from .choices_matching import matches
from .dialogue import Problem, Reply, Tutor, declined, told
from .follow_ups import Claim, Complete, FollowUp, Sure, Why
from .lines import Line, read_line
from .solution import Solution, SolutionStep
from .verification import compare

PRINCIPLES = {
    "factor": "A product is zero exactly where one of its factors is, so the equation falls into "
    "one for each factor.",
    "divide": "Both sides are divided by the same number, which is not zero; multiplying by it "
    "leads back, so no solution is lost and none is added.",
    "move the constant": "The same number is added on both sides; taking it away leads back.",
    "collect the numbers": "The same number is added on both sides; taking it away leads back.",
    "collect the letters": "The same term is added on both sides; taking it away leads back.",
    "divide and move the constant": "The same is done to both sides, and can be undone.",
    "complete the square": "x^2 + b*x + (b/2)^2 is (x + b/2)^2, so the number (b/2)^2 is added on "
    "both sides.",
    "draw the root": "u^2 = c with c > 0 has exactly the two solutions u = sqrt(c) and "
    "u = -sqrt(c).",
    "quadratic formula": "a*x^2 + b*x + c = 0 has the solutions (-b ± sqrt(b^2 - 4*a*c))/(2*a); "
    "it is the square completed once and for all.",
    "standard form": "Everything is brought to one side; the same is taken away on both sides.",
    "substitute": "A part that stands there again and again gets a letter of its own; at the end "
    "it is put back.",
    "apply the inverse function": "All arguments that have this value are written down, so no "
    "solution is lost.",
    "check by substitution": "What was found is put into the equation as it was given: both sides "
    "must come to the same number.",
    "exclude": "Squaring and multiplying may add values that do not solve the first equation; "
    "they show when they are put in.",
    "sign chart": "Between two neighbouring zeros the sign does not change, so one number between "
    "them tells for all.",
    "product rule": "(u*v)' = u'*v + u*v': each factor is differentiated once, the other stays.",
    "quotient rule": "(u/v)' = (u'*v - u*v')/v^2.",
    "chain rule": "(f(g(x)))' = f'(g(x))*g'(x): the outer derivative times the inner one.",
    "power rule": "(x^n)' = n*x^(n - 1).",
    "integration by parts": "It is the product rule read backwards: ∫ u dv = u*v - ∫ v du.",
    "fundamental theorem of calculus": "The integral from a to b of f is F(b) - F(a), where "
    "F' = f on the whole interval.",
    "group": "Terms with a common factor are put together, and the factor is taken out.",
    "split the middle term": "The middle term is written as a sum whose parts multiply to the "
    "product of the outer coefficients.",
    "keep": "A solution stays where the condition is true for it.",
    "leave out": "A solution for which the condition is false does not count.",
}  # fmt: skip
"""The reason behind a rule in one sentence; each step is checked by itself beside it."""


def remarked(tutor: Tutor, follow: FollowUp, problem: Problem) -> Reply | None:
    """Answer a follow-up that asks about the answer; None for other follow-ups."""
    match follow:
        case Why():
            answer = _why(tutor, problem, follow)
        case Claim():
            answer = _claimed(tutor, problem, follow.text)
        case Sure():
            answer = _certain(problem)
        case Complete():
            answer = _complete(tutor, problem)
        case _:
            return None
    return None if answer is None else Reply(answer=answer, problem=problem)


# --- why a step holds


def _why(tutor: Tutor, problem: Problem, follow: Why) -> Answer[Solution] | None:
    """Tell the reason of a step, and check it again by itself."""
    if not problem.steps:
        return declined("the answer has no steps")
    if follow.option:
        return _why_option(problem, follow.option)
    index = len(problem.steps) if follow.step is None else follow.step
    if not 1 <= index <= len(problem.steps):
        return declined(f"there are {len(problem.steps)} steps, and no step {index}")
    step = problem.steps[index - 1]
    reason, principle = _sentence(step.reason), PRINCIPLES.get(step.rule, "")
    lines = [principle] if reason and reason[:-1] in principle else [reason, principle]
    said = f"Step {index}, {step.rule}: from {step.before} to {step.after}"
    return told(said, _checked_again(tutor, problem, step), lines=[line for line in lines if line])


def _why_option(problem: Problem, label: str) -> Answer[Solution] | None:
    """Tell what decided about an option of a multiple choice."""
    wanted = f"option {label}".lower()
    found = next((step for step in problem.steps if step.rule.lower() == wanted), None)
    if found is None:
        return None
    check = Check(by="the option by itself", verdict=found.verdict, detail=found.reason,
                  sufficient=True)  # fmt: skip
    return told(f"({found.rule.removeprefix('option ')}) {found.before} {found.after}", check)


def _sentence(text: str) -> str:
    return f"{text[0].upper()}{text[1:]}." if text else ""


def _checked_again(tutor: Tutor, problem: Problem, step: SolutionStep) -> Check:
    """Check a step from its two lines alone; where they are no formulas, tell the first check."""
    found = _put_in_again(tutor, problem, step) or _compared_again(tutor, step)
    if found is not None and found.verdict is not Verdict.UNKNOWN:
        return Check(by="checked again", verdict=found.verdict, detail=found.why, sufficient=True)
    by = "checked when it was made"
    return Check(by=by, verdict=step.verdict, detail=step.check or "not proved", sufficient=True)


def _put_in_again(tutor: Tutor, problem: Problem, step: SolutionStep) -> Judgement | None:
    statement = problem.statement
    if step.rule != "check by substitution" or statement is None:
        return None
    try:
        every = assignments(step.before.replace(", ", " or "), statement.letters)
    except InputError:
        return None
    found = [tutor.ladder.holds_at(statement, values) for values in every]
    worst = next((one for one in found if one.verdict is not Verdict.PROVED), None)
    return worst or Judgement(verdict=Verdict.PROVED, why="; ".join(one.why for one in found))


def _compared_again(tutor: Tutor, step: SolutionStep) -> Judgement | None:
    try:
        before, after = read_line(step.before), read_line(step.after)
        if before.is_statement and after.is_statement and before.letters == after.letters:
            found, _ = compare(step.before, step.after, tutor.ladder.seconds)
            why = "both lines have the same solutions"
        elif not before.is_statement and not after.is_statement:
            found, _ = compare(step.before, step.after, tutor.ladder.seconds)
            why = "both lines are equal"
        else:
            return None
    except InputError:
        return None
    # A step may hold in one direction only; that it is no equivalence does not refute it.
    verdict = Verdict.PROVED if found.verdict is Verdict.PROVED else Verdict.UNKNOWN
    return Judgement(verdict=verdict, why=f"{why} ({found.by})")


# --- whether a claim is right


def _claimed(tutor: Tutor, problem: Problem, claim: str) -> Answer[Solution] | None:
    """Check what a person found; None where it speaks of something else."""
    statement = problem.statement
    if statement is not None:
        try:
            every = assignments(claim, statement.letters)
        except InputError:
            return None
        if any(set(values) - set(statement.letters) for values in every):
            return None
        found = [tutor.ladder.holds_at(statement, values) for values in every]
        return _about_solutions(tutor, problem, claim, found)
    line = read_line(claim)
    if line.is_statement and not line.letters:
        return None
    one = matches(tutor.ladder, problem.answer, claim)
    words = {Verdict.PROVED: "Yes", Verdict.REFUTED: "No"}
    if one.verdict not in words:
        return declined(f"whether {claim} is right could not be decided: {one.why}")
    return told(
        f"{words[one.verdict]}: the answer is {problem.answer}",
        Check(by="comparison", verdict=problem.verdict, detail=one.why, sufficient=True),
    )


def _about_solutions(
    tutor: Tutor, problem: Problem, claim: str, found: list[Judgement]
) -> Answer[Solution]:
    wrong = next((one for one in found if one.verdict is not Verdict.PROVED), None)
    if wrong is not None and wrong.verdict is Verdict.UNKNOWN:
        return declined(f"whether {claim} is a solution could not be decided: {wrong.why}")
    if wrong is not None:
        check = Check(by="substitution", verdict=Verdict.PROVED, detail=wrong.why, sufficient=True)
        return told(f"No, {claim} is no solution", check)
    detail = "; ".join(one.why for one in found)
    check = Check(by="substitution", verdict=Verdict.PROVED, detail=detail, sufficient=True)
    return told(f"Yes, {claim} is a solution{_what_is_missing(tutor, problem, claim)}", check)


def _what_is_missing(tutor: Tutor, problem: Problem, claim: str) -> str:
    """Tell whether there are solutions beside the ones of a claim."""
    one = matches(tutor.ladder, problem.answer, claim)
    if one.verdict is Verdict.PROVED:
        return " and there is no other" if problem.verdict is Verdict.PROVED else ""
    if one.verdict is Verdict.REFUTED:
        return f", but not the only one; all of them: {problem.answer}"
    return ""


# --- whether that is certain, and all


def _certain(problem: Problem) -> Answer[Solution]:
    """Tell whether the answer is proved, and what that rests on."""
    if problem.verdict is Verdict.PROVED:
        return told(f"Yes, it is proved: {problem.answer}", *_lasting(problem))
    said = f"It is not proved: {problem.answer}"
    return told(f"{said}. What was checked stands below", *_lasting(problem))


def _complete(tutor: Tutor, problem: Problem) -> Answer[Solution]:
    """Tell whether there are solutions beside the answer."""
    statement = problem.statement
    if statement is None:
        constant = (
            ": antiderivatives differ by a constant, C" if problem.answer.endswith("+ C") else ""
        )
        if problem.verdict is Verdict.PROVED:
            return told(f"Yes, the question has this one answer: {problem.answer}{constant}",
                        *_lasting(problem))  # fmt: skip
        return declined("the answer was not proved, so there may be another")
    again = _same_solutions(tutor, problem, statement)
    if again is not None and again.verdict is Verdict.REFUTED:
        return told("No: " + again.why, Check(by="solution sets", verdict=Verdict.PROVED,
                                              detail=again.why, sufficient=True))  # fmt: skip
    if again is not None and again.verdict is Verdict.PROVED:
        check = Check(by="checked again", verdict=again.verdict, detail=again.why, sufficient=True)
        return told(f"Yes, there is nothing else: {problem.answer}", check, *problem.evidence)
    if problem.verdict is not Verdict.PROVED:
        return declined("that these are all is not proved")
    return told(f"Yes, there is nothing else: {problem.answer}", *_lasting(problem))


def _lasting(problem: Problem) -> tuple[Check, ...]:
    """The checks that proved an answer, which still stand."""
    return tuple(
        Check(by=c.by, verdict=c.verdict, detail=c.detail, sufficient=c.verdict is Verdict.PROVED)
        for c in problem.evidence
    )


def _same_solutions(tutor: Tutor, problem: Problem, statement: Line) -> Judgement | None:
    answer = "no solution" if problem.answer.startswith("no ") else problem.answer
    try:
        found, _ = compare(statement.source, answer, tutor.ladder.seconds)
    except InputError:
        return None
    why = found.detail if found.verdict is Verdict.PROVED else found.counterexample
    return Judgement(verdict=found.verdict, why=why)
