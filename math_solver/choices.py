"""Multiple choice: which options hold, which do not, and what excludes each of them.

`which of the following …` tests every option by itself. Any other question is solved first, and
the options are compared with the answer; where it cannot be solved, the options are evidence: what
is given must imply one, or each is put in. A choice is proved where the chosen option is proved
and every other one is refuted, or where the question has one answer and the option equals it.
"""

import re
import time
from collections.abc import Sequence
from dataclasses import replace

from assistants.answer import Answer, Status, Verdict
from assistants.errors import InputError

from .choices_conclusion import Found, abstained, concluded
from .choices_evidence import Judgement, Ladder, Solve, assignments, two_values
from .choices_matching import asks_for_form, matches, same_form, without_units
from .choices_predicates import Predicate, Test, predicate_of, test_of
from .choices_reading import Kind, MultipleChoice, Option
from .clarification import TASKS, two_ways
from .lines import Line, read_line
from .reading import Name, spell
from .solution import Solution

_SUPERLATIVE = re.compile(
    r"which(?: one)?(?: of (?:the following|these|them))?(?: [a-z]+)?? (?:is|has) (?:the )?"
    r"(?P<w>largest|greatest|biggest|highest|greater|larger|bigger|smallest|least|lowest|smaller"
    r"|less|closest|nearest)(?: (?:in value|number|value|fraction|one|of (?:these|them|all)))*"
    r"(?: to (?P<to>.+))?",
    re.IGNORECASE,
)
_WHICH_IS_THE = re.compile(
    r"which(?: one)?(?: of (?:the following|these))?(?: [a-z]+)?? (?:is|are) (?P<thing>the .+)",
    re.IGNORECASE,
)
_FACTS = re.compile(
    r"(?:if|given(?: that)?|suppose(?: that)?|when|assume(?: that)?) (?P<facts>.+?)"
    r"(?:,? then |[,.] (?:and )?(?:then )?| (?=what |find |determine |compute ))"
    r"(?:what is|what's|find|determine|what does|what must|compute)?(?: ?the value of)? ?"
    r"(?P<asked>[^\s,][^,]*?)(?: is| equals?| equal to| be| =)?",
    re.IGNORECASE,
)
_VALUE_OF = re.compile(
    r"(?:which|what) (?:real )?(?:values?|numbers?)(?: (?:of|for) (?P<asked>[a-z]))?"
    r" (?:satisf(?:y|ies)|solves?|makes?|is a solution (?:of|to)) (?:the equation )?"
    r"(?P<facts>.+?)(?: true)?",
    re.IGNORECASE,
)
_SET_OF = re.compile(
    r"(?:what (?:is|are) )?the (?:solution set|solutions?|roots?) (?:of|to) (?P<rest>.+)|"
    r"(?P<solve>solve .+?) (?:over|in|for|among) the real(?:s| numbers)(?: [a-z])?",
    re.IGNORECASE,
)
_ROUNDED = re.compile(r"approximat|about|nearest|rounded|estimate|closest|≈", re.IGNORECASE)


def choose(choice: MultipleChoice, solve: Solve, seconds: float) -> Answer[Solution]:
    """Answer a question by one of its options, or say plainly why not."""
    ladder = Ladder(solve=solve, until=time.monotonic() + seconds)
    members = choice.statements or tuple(o for o in choice.options if o.kind is Kind.VALUE)
    if not members:
        return abstained("the options name no values")
    try:
        found = _found(choice, members, ladder)
    except InputError as error:
        return abstained(str(error))
    if isinstance(found, Answer):
        return found
    judgements = dict(zip((m.label or m.text for m in members), found.judged, strict=True))
    judgements = {name: _unless_unclear(name, one, members) for name, one in judgements.items()}
    return concluded(choice, found, judgements)


def _unless_unclear(name: str, found: Judgement, members: Sequence[Option]) -> Judgement:
    """An option that can be read in two ways is not decided."""
    text = next(m.text for m in members if (m.label or m.text) == name)
    ways = two_ways(text)
    if ways is None:
        return found
    why = f"{ways.unclear} can mean {' or '.join(ways.choices)}"
    return Judgement(verdict=Verdict.UNKNOWN, why=why)


def _found(
    choice: MultipleChoice, members: Sequence[Option], ladder: Ladder
) -> Found | Answer[Solution]:
    """Test the options one by one, or solve the question and compare."""
    stem = re.sub(r"\s+", " ", choice.stem).strip()
    bare = stem.rstrip("?:. ")
    if superlative := _SUPERLATIVE.fullmatch(bare):
        return _by_comparison(superlative, members, ladder)
    predicate = predicate_of(stem)
    if predicate is not None and (test := test_of(predicate)) is not None:
        return _by_test(stem, predicate, test, members, ladder)
    if choice.statements:
        return abstained("what is asked of the statements is not understood")
    if thing := _WHICH_IS_THE.fullmatch(bare):
        stem = f"what is {thing['thing']}?"
    return _by_solving(stem, choice, members, ladder)


def _by_test(
    stem: str, predicate: Predicate, test: Test, members: Sequence[Option], ladder: Ladder
) -> Found | Answer[Solution]:
    """Test each option by itself."""
    if (ways := two_ways(stem)) is not None:
        return Answer(
            status=Status.NEEDS_CLARIFICATION,
            clarification=ways.clarification(),
            reason="the notation can be read in two ways",
        )
    if predicate.given:
        _check_possible(predicate.given, ladder)
    judged = tuple(test(ladder, member.text) for member in members)
    said = f"{'not: ' if predicate.negative else ''}{predicate.says}"
    given = f" where {predicate.given}" if predicate.given else ""
    return Found(judged=judged, reading=(f"Read as: which option{given} … {said}",))


def _check_possible(given: str, ladder: Ladder) -> None:
    """Raise `InputError` where nothing satisfies what is given: then everything would follow."""
    if ladder.equal(given, "no solution").verdict is Verdict.PROVED:
        raise InputError("what is given contradicts itself", hint="check the numbers")


def _by_comparison(
    found: re.Match[str], members: Sequence[Option], ladder: Ladder
) -> Found | Answer[Solution]:
    """The largest, the smallest or the closest of the options."""
    word = found["w"].lower()
    listed = ", ".join(member.text for member in members)
    words = {"greater": "greatest", "larger": "largest", "bigger": "biggest", "less": "least",
             "smaller": "smallest"}  # fmt: skip
    question = f"which is the {words.get(word, word)} value in {listed}"
    if word in {"closest", "nearest"}:
        if not found["to"]:
            return abstained("closest to what is not said")
        question = f"which is the {word} to {found['to']} in {listed}"
    answer = ladder.answer(question)
    if answer.best is None:
        return abstained(answer.reason or "the options could not be put in order")
    return _compared(answer, members, ladder, single=False)


def _by_solving(
    stem: str, choice: MultipleChoice, members: Sequence[Option], ladder: Ladder
) -> Found | Answer[Solution]:
    """Solve the question; where that fails, let what is given decide about the options."""
    texts = [stem]
    if other := _SET_OF.fullmatch(stem.rstrip("?:. ")):
        texts.append(other["solve"] or f"solve {other['rest']}")
    if (bare := re.sub(r"(?: is| are| equals?)?[:. ]*$", "", stem)) != stem:
        texts += [bare, f"what is {bare[0].lower()}{bare[1:]}?"]
    answers = [ladder.answer(stem)]
    if answers[0].status is Status.NEEDS_CLARIFICATION and (ways := two_ways(stem)) is not None:
        return _by_readings(ways.questions, ways.choices, members, ladder)
    for text in texts[1:]:
        if answers[-1].best is not None:
            break
        answers.append(ladder.answer(text))
    if answers[-1].best is not None:
        return _compared(answers[-1], members, ladder, single=True, stem=stem)
    implied = _by_facts(stem, choice, members, ladder)
    if implied is not None:
        return implied
    asked = answers[0].clarification
    if asked is not None and asked.choices != TASKS:
        return answers[0]
    return abstained("the question was not solved, and the options do not decide it")


def _compared(
    answer: Answer[Solution],
    members: Sequence[Option],
    ladder: Ladder,
    *,
    single: bool,
    stem: str = "",
) -> Found | Answer[Solution]:
    """Compare the options with the answer to the question."""
    assert answer.best is not None  # noqa: S101 - callers look
    texts, unit = without_units([member.text for member in members])
    best, judged = answer.best, tuple[Judgement, ...]()
    shown = texts
    for step in (answer.best, *(s for s in answer.steps if s.verdict is not Verdict.REFUTED)):
        value = step.candidate.text()
        shown = texts if not value.endswith(unit) else tuple(m.text for m in members)
        found = tuple(matches(ladder, value, text) for text in shown)
        if not judged or any(one.verdict is Verdict.PROVED for one in found):
            best, judged = step, found
        if any(one.verdict is Verdict.PROVED for one in found) or step.verdict is Verdict.PROVED:
            break
    if asks_for_form(stem):
        judged = _in_form(best.candidate.text(), judged, members)
    if _ROUNDED.search(stem) and not any(one.verdict is Verdict.PROVED for one in judged):
        return abstained(f"the answer is {best.candidate.text()}; no option is exactly that")
    told = (f"The unit {unit} of the options is left out",) if unit and texts == shown else ()
    solution = best.candidate
    return Found(
        judged=judged,
        steps=solution.steps,
        reading=(*solution.reading, *told),
        single=single,
        proved=best.verdict is Verdict.PROVED,
        answer=solution.text(),
    )


def _in_form(
    answer: str, judged: tuple[Judgement, ...], members: Sequence[Option]
) -> tuple[Judgement, ...]:
    """Where several options are equal, keep the one that is in the form asked for."""
    equal = [i for i, one in enumerate(judged) if one.verdict is Verdict.PROVED]
    formed = [i for i in equal if same_form(answer, members[i].text)]
    if len(equal) < 2 or len(formed) != 1:
        return judged
    why = "equal in value, but not in the form asked for"
    wrong = Judgement(verdict=Verdict.REFUTED, why=why)
    return tuple(wrong if i in equal and i not in formed else one for i, one in enumerate(judged))


def _by_readings(
    questions: Sequence[str], choices: Sequence[str], members: Sequence[Option], ladder: Ladder
) -> Found | Answer[Solution]:
    """Of two readings of the notation, the one whose answer is among the options."""
    fitting: list[tuple[str, Found]] = []
    for text, reading in zip(questions, choices, strict=True):
        answer = ladder.answer(text)
        found = None if answer.best is None else _compared(answer, members, ladder, single=True)
        if isinstance(found, Found) and any(j.verdict is Verdict.PROVED for j in found.judged):
            fitting.append((reading, found))
    if len(fitting) != 1:
        return abstained("the notation can be read in two ways, and the options do not tell which")
    reading, found = fitting[0]
    told = f"Assuming: {reading}, because the answer is then among the options"
    return replace(found, reading=(*found.reading, told), proved=False)


def _by_facts(
    stem: str, choice: MultipleChoice, members: Sequence[Option], ladder: Ladder
) -> Found | None:
    """What is given implies that the thing asked for has the value of an option, or not."""
    bare = stem.rstrip("?:. ").strip()
    found = _VALUE_OF.fullmatch(bare) or _FACTS.fullmatch(bare)
    if found is None:
        return None
    given, asked = _statement(found["facts"]), found["asked"]
    if given is None or (asked is None and len(given.letters) != 1):
        return None
    wanted = _statement(asked or given.letters[0])
    if wanted is None or wanted.expression is None:
        return None
    name = spell(wanted.expression)
    reading = (f"Read as: given {found['facts']}, find {name}",)
    judged = tuple(ladder.follows(found["facts"], f"{name} = {_value(m.text)}") for m in members)
    if any(one.verdict is Verdict.PROVED for one in judged):
        _check_possible(found["facts"], ladder)
        return Found(judged=judged, reading=reading)
    if any(o.kind is Kind.OPEN for o in choice.options):
        return Found(judged=judged, reading=(*reading, *_shown_open(given, wanted)))
    if isinstance(wanted.expression, Name) and given.letters == (wanted.expression.name,):
        return Found(judged=_all_put_in(given, members, ladder), reading=reading)
    return None


def _shown_open(given: Line, wanted: Line) -> tuple[str, ...]:
    """Two points that show that what is asked for is not determined."""
    assert wanted.expression is not None  # noqa: S101 - the caller looks
    two = two_values(given, wanted.expression)
    return () if two is None else (f"Not determined: {two[0]}, but {two[1]}",)


def _all_put_in(given: Line, members: Sequence[Option], ladder: Ladder) -> tuple[Judgement, ...]:
    judged: list[Judgement] = []
    for member in members:
        every = assignments(member.text, given.letters)
        found = [ladder.holds_at(given, values) for values in every]
        judged.append(next((j for j in found if j.verdict is not Verdict.PROVED), found[0]))
    return tuple(judged)


def _statement(text: str) -> Line | None:
    try:
        return read_line(text)
    except InputError:
        return None


def _value(text: str) -> str:
    return re.sub(r"^[A-Za-z] ?= ?", "", text)
