"""From what was found about each option to the answer: which one is right, and what is open."""

from collections.abc import Sequence
from dataclasses import dataclass

from assistants.answer import Answer, Check, Status, Step, Verdict

from .choices_evidence import Judgement
from .choices_reading import Kind, MultipleChoice, Option
from .render import latex_of_line
from .solution import Solution, SolutionStep

Table = Sequence[tuple[Option, Judgement]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """What was found about the options, in their order, and the way to it.

    `single` says that the question has one answer, so that one proved option settles it;
    `proved` that what the options were compared with is proved.
    """

    judged: tuple[Judgement, ...]
    steps: tuple[SolutionStep, ...] = ()
    reading: tuple[str, ...] = ()
    single: bool = False
    proved: bool = True
    answer: str = ""


def abstained(reason: str) -> Answer[Solution]:
    """Return that no option is chosen, and why."""
    return Answer(status=Status.ABSTAINED, reason=reason)


def _of_option(
    option: Option, choice: MultipleChoice, judgements: dict[str, Judgement], found: Found
) -> Judgement:
    """Tell whether an option holds; one about others follows from what was found about them."""
    every = list(judgements.values())
    match option.kind:
        case Kind.VALUE:
            return judgements[option.label or option.text]
        case Kind.OPEN:
            shown = [line for line in found.reading if line.startswith("Not determined: ")]
            if shown:
                return Judgement(verdict=Verdict.PROVED, why=shown[0].replace("Not", "not", 1))
            settled = found.single or any(j.verdict is Verdict.PROVED for j in every)
            verdict = Verdict.REFUTED if settled else Verdict.UNKNOWN
            return Judgement(verdict=verdict, why="it is determined" if settled else "not decided")
        case _:
            return _of_others(_named(option, choice), judgements)


def _named(option: Option, choice: MultipleChoice) -> frozenset[str]:
    members = choice.statements or tuple(o for o in choice.options if o.kind is Kind.VALUE)
    everything = frozenset(member.label or member.text for member in members)
    return {Kind.NONE: frozenset[str](), Kind.ALL: everything}.get(option.kind, option.names)


def _of_others(named: frozenset[str], judgements: dict[str, Judgement]) -> Judgement:
    """Exactly the named ones must hold."""
    for label, one in judgements.items():
        wrong = Verdict.REFUTED if label in named else Verdict.PROVED
        if one.verdict is wrong:
            said = "does not hold" if wrong is Verdict.REFUTED else "holds"
            return Judgement(verdict=Verdict.REFUTED, why=f"{label} {said}: {one.why}")
    if any(one.verdict is Verdict.UNKNOWN for one in judgements.values()):
        return Judgement(verdict=Verdict.UNKNOWN, why="not all of the others are decided")
    said = ", ".join(sorted(named)) or "none of the others"
    return Judgement(verdict=Verdict.PROVED, why=f"what holds is {said}")


def concluded(
    choice: MultipleChoice, found: Found, judgements: dict[str, Judgement]
) -> Answer[Solution]:
    """Name the option that holds; two, or none, are said plainly."""
    table = [(o, _of_option(o, choice, judgements, found)) for o in choice.options]
    right = [pair for pair in table if pair[1].verdict is Verdict.PROVED]
    about = [pair for pair in right if pair[0].kind in {Kind.ALL, Kind.SOME}]
    right = about if about and not choice.statements else right
    open_ones = [pair for pair in table if pair[1].verdict is Verdict.UNKNOWN]
    if (not right and (open_ones or not found.proved)) or (len(right) > 1 and open_ones):
        return _not_decided(table, choice, found, judgements)
    settled = not open_ones or (found.single and len(right) == 1)
    proved = settled and found.proved
    said, reason = _said(right, found, proved=proved)
    checks = (_conclusion(right, found, proved=proved, settled=settled), *_exclusions(table, right))
    steps = _steps(table, choice, found, judgements)
    return _answer(said, reason, checks, found.reading, steps)


def _said(right: Table, found: Found, *, proved: bool) -> tuple[str, str]:
    if not right:
        told = f": the answer is {found.answer}" if found.answer else ""
        return f"none of the options{told}", "no option is right"
    said = " and ".join(option.shown for option, _ in right)
    if len(right) > 1:
        return said, f"{len(right)} options are right"
    return said, "" if proved else "the choice is not proved: see what is open"


def _conclusion(right: Table, found: Found, *, proved: bool, settled: bool) -> Check:
    if not found.proved:
        detail = "the option equals the answer found, and how the question was read is not proved"
    elif not settled:
        detail = "the option holds; not every other one was excluded"
    elif not right:
        detail = "every option was excluded"
    elif found.single:
        detail = "the option equals the proved answer of the question"
    else:
        detail = "the option was proved, and every other one was refuted"
    if len(right) > 1:
        detail = f"{len(right)} options were proved"
    verdict = Verdict.PROVED if proved else Verdict.UNKNOWN
    return Check(by="the options", verdict=verdict, detail=detail, sufficient=True)


def _exclusions(table: Table, right: Table) -> tuple[Check, ...]:
    """One check an option that was not chosen: that it is excluded, and by what."""
    checks: list[Check] = []
    for option, one in table:
        if any(option is chosen for chosen, _ in right):
            continue
        out = one.verdict is Verdict.REFUTED
        verdict = Verdict.UNKNOWN if one.verdict is Verdict.UNKNOWN else Verdict.PROVED
        name = f"option {option.label}" if option.label else f"option {option.text}"
        checks.append(Check(by=f"{name} {'is out' if out else ''}".strip(), verdict=verdict,
                            detail=one.why))  # fmt: skip
    return tuple(checks)


def _not_decided(
    table: Table,
    choice: MultipleChoice,
    found: Found,
    judgements: dict[str, Judgement],
) -> Answer[Solution]:
    """Too little is proved: what is left by elimination is named, and not proved."""
    left = [pair for pair in table if pair[1].verdict is Verdict.UNKNOWN]
    told = "; ".join(f"{o.label or o.text}: {one.why}" for o, one in left)
    holding = [o.label or o.text for o, one in table if one.verdict is Verdict.PROVED]
    if holding:
        return abstained(f"{', '.join(holding)} hold, and others are not decided ({told})")
    if len(left) == 1 and len(table) > 2 and found.proved:
        reason = "by elimination: every other option was refuted, this one was not proved"
        check = Check(by="elimination", verdict=Verdict.UNKNOWN, detail=reason)
        checks = (check, *_exclusions(table, left))
        steps = _steps(table, choice, found, judgements)
        return _answer(left[0][0].shown, reason, checks, found.reading, steps)
    if found.answer and not left:
        return abstained(f"the reading found gives {found.answer}, which is none of the options")
    return abstained(f"no option could be proved ({told})")


def _answer(
    said: str,
    reason: str,
    checks: tuple[Check, ...],
    reading: tuple[str, ...],
    steps: tuple[SolutionStep, ...],
) -> Answer[Solution]:
    solution = Solution(answer=said, steps=steps, reading=reading, latex=latex_of_line(said))
    step = Step(candidate=solution, checks=checks)
    return Answer(status=Status.ANSWERED, best=step, steps=(step,), reason=reason)


def _steps(
    table: Table, choice: MultipleChoice, found: Found, judgements: dict[str, Judgement]
) -> tuple[SolutionStep, ...]:
    """The steps to the answer, then one for each statement and each option."""
    statements = [(member, judgements[member.label]) for member in choice.statements]
    return (*found.steps, *(_step(option, one) for option, one in (*statements, *table)))


def _step(option: Option, one: Judgement) -> SolutionStep:
    said = {Verdict.PROVED: "holds", Verdict.REFUTED: "does not hold"}
    decided = one.verdict is not Verdict.UNKNOWN
    return SolutionStep(
        rule=f"option {option.label}".strip(),
        before=option.text,
        after=said.get(one.verdict, "not decided"),
        reason=one.why,
        verdict=Verdict.PROVED if decided else Verdict.UNKNOWN,
        check="decided by itself" if decided else "",
    )
