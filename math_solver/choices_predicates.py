"""What `which of the following …` says of an option: the sentence becomes a test of one option."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from math import isqrt

from assistants.answer import Verdict
from assistants.errors import InputError

from .choices_evidence import UNDECIDED, Judgement, Ladder, assignments, rational
from .lines import Line, read_line
from .plan import ZERO
from .reading import Relation, Tree, letters

Test = Callable[[Ladder, str], Judgement]
"""Decides whether one option is what is asked for."""

_GIVEN_FIRST = re.compile(
    r"(?:if|suppose(?: that)?|given(?: that)?|let|for|when|assume(?: that)?) (?P<given>.+?)[,.] "
    r"(?:then )?(?P<asked>(?:which|all of the following)\b.+)",
    re.IGNORECASE | re.DOTALL,
)
_GIVEN_LAST = re.compile(
    r"(?P<asked>.+?),? (?:if|when|whenever|given that|for) (?P<given>[^?]*[<>=≤≥][^?]*)",
    re.IGNORECASE | re.DOTALL,
)
_EXCEPT = re.compile(
    r"all of the following(?: [a-z]+)? (?P<verb>are|is|have|satisfy|lie) (?P<rest>.+?),? except"
    r"(?: for)?",
    re.IGNORECASE | re.DOTALL,
)
_WHICH = re.compile(
    r"which(?: one| ones)?(?: of (?:the following|these|those|them))?(?P<noun>(?: [a-z-]+){0,4}?) "
    r"(?P<verb>is|are|has|have|must be|lies?|satisf(?:y|ies)|equals?|divides?|passes|isn't|aren't"
    r"|does not|do not|doesn't|don't)\b ?(?P<rest>.*)",
    re.IGNORECASE | re.DOTALL,
)
_EVERYWHERE = re.compile(
    r" for (?:all|every|any)(?: real)?(?: numbers?| values? of)?(?: [a-z](?: and [a-z])?)?$",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Predicate:
    """A test of one option, whether its opposite is asked for, and what is given."""

    says: str
    negative: bool = False
    given: str = ""


def predicate_of(stem: str) -> Predicate | None:
    """Return what `which of the following …` asks of an option; None for other questions."""
    text = re.sub(r"\s+", " ", stem).strip().rstrip("?:. ")
    given = ""
    if first := _GIVEN_FIRST.fullmatch(text):
        given, text = first["given"], first["asked"]
    text = _EVERYWHERE.sub("", text)
    last = _GIVEN_LAST.fullmatch(text)
    if last and not given and _is_condition(last):
        given, text = last["given"], last["asked"]
    if found := _EXCEPT.fullmatch(text):
        return Predicate(says=f"is {found['rest']}", negative=True, given=given)
    found = _WHICH.fullmatch(text)
    if found is None:
        return None
    return _said(found["verb"].lower(), found["rest"].strip(), given)


def _is_condition(found: re.Match[str]) -> bool:
    """Whether the end of a sentence is given; in `is true for x = 2` it is what is put in."""
    put_in = re.search(r"\b(?:true|solution|satisfied)$", found["asked"])
    return _relations(found["given"]) is not None and ("must" in found["asked"] or not put_in)


def _said(verb: str, rest: str, given: str) -> Predicate | None:
    negative = bool(re.match(r"isn't|aren't|does not|do not|doesn't|don't", verb))
    if negative and verb in {"isn't", "aren't"}:
        verb = "is"
    if re.match(r"not\b ?", rest, re.IGNORECASE):
        negative, rest = not negative, re.sub(r"not\b ?", "", rest, count=1, flags=re.IGNORECASE)
    if verb == "must be" and (negative or not re.match(r"(?:always )?(?:true|correct)", rest)):
        return None
    verbs = {"are": "is", "must be": "is", "have": "has", "lie": "lies", "satisfy": "satisfies",
             "equal": "equals", "divide": "divides"}  # fmt: skip
    name = "" if negative and verb.startswith("do") else verbs.get(verb, verb)
    says = f"{name} {rest}".strip()
    says = re.sub(r"^(satisfy|equal|divide|lie|have)\b",
                  lambda m: verbs[m[1]], says)  # fmt: skip
    return Predicate(says=says, negative=negative, given=given)


def _relations(text: str) -> Line | None:
    """Read what is given; None where it is no list of relations."""
    try:
        line = read_line(text)
    except InputError:
        return None
    return line if line.is_statement and line.cases else None


# --- tests


def test_of(predicate: Predicate) -> Test | None:
    """Return the test of an option; None where there is none for these words."""
    says = predicate.says.strip()
    for pattern, make in _TESTS:
        found = pattern.fullmatch(says)
        if found is None:
            continue
        subject = next((group for group in found.groups() if group), "")
        test = make(subject, predicate.given)
        if test is None:
            return None
        return partial(_opposite, test) if predicate.negative else test
    if predicate.given or not says.startswith("is ") or re.match(r"is the\b", says):
        return None
    asked = partial(_asked, says.removeprefix("is "))
    return partial(_opposite, asked) if predicate.negative else asked


def _opposite(test: Test, ladder: Ladder, option: str) -> Judgement:
    return test(ladder, option).negated()


def _asked(rest: str, ladder: Ladder, option: str) -> Judgement:
    """Ask the solver: is 51 prime?"""
    return ladder.yes(f"is {option} {rest}")


def _true(_subject: str, given: str) -> Test | None:
    if given and _relations(given) is None:
        return None
    return partial(_statement, given)


def _false(_subject: str, given: str) -> Test | None:
    test = _true("", given)
    return None if test is None else partial(_opposite, test)


def _statement(given: str, ladder: Ladder, option: str) -> Judgement:
    words = re.fullmatch(r"(.+?) is (.+)", option)
    if words and _relations(option) is None:
        return ladder.yes(f"is {words[1]} {words[2]}") if not given else UNDECIDED
    return ladder.follows(given, option) if given else ladder.always(option)


def _equal(subject: str, given: str) -> Test | None:
    if given:
        if _relations(given) is None:
            return None
        return lambda ladder, option: ladder.follows(given, f"{option} = {subject}")
    return lambda ladder, option: ladder.equal(option, subject)


def _solves(subject: str, given: str) -> Test | None:
    conditions = _equations(subject)
    return None if conditions is None or given else partial(_put_in, conditions)


def _equations(subject: str) -> Line | None:
    """Read equations; a polynomial is set equal to zero."""
    try:
        line = read_line(subject)
    except InputError:
        return None
    if line.expression is None:
        return line
    relation = Relation(operator="=", left=line.expression, right=ZERO)
    return Line(source=subject, cases=((relation,),))


def _put_in(conditions: Line, ladder: Ladder, option: str) -> Judgement:
    try:
        every = assignments(option, conditions.letters)
    except InputError as error:
        return Judgement(verdict=Verdict.UNKNOWN, why=str(error))
    found = [ladder.holds_at(conditions, values) for values in every]
    wrong = [one for one in found if one.verdict is not Verdict.PROVED]
    refuted = [one for one in wrong if one.verdict is Verdict.REFUTED]
    return (refuted or wrong or found)[0]


def _solved_by(subject: str, given: str) -> Test | None:
    return None if given else partial(_put_into_option, subject)


def _put_into_option(subject: str, ladder: Ladder, option: str) -> Judgement:
    conditions = _relations(option)
    if conditions is None:
        return UNDECIDED
    return _put_in(conditions, ladder, subject)


def _divides(subject: str, given: str) -> Test | None:
    """A factor of a number is asked of the solver; of a polynomial the remainder decides."""
    line = _equations(subject)
    if given or line is None or not line.letters:
        return None if given else partial(_asked, f"a factor of {subject}")
    return partial(_leaves_nothing, subject)


def _leaves_nothing(subject: str, ladder: Ladder, option: str) -> Judgement:
    try:
        if not letters(_expression(option)):
            return UNDECIDED
        answer = ladder.answer(f"what is the remainder when {subject} is divided by {option}")
    except InputError as error:
        return Judgement(verdict=Verdict.UNKNOWN, why=str(error))
    if answer.best is None or answer.verdict is not Verdict.PROVED:
        return Judgement(verdict=Verdict.UNKNOWN, why=answer.reason)
    rest = answer.best.candidate.text()
    zero = ladder.equal(rest, "0").verdict
    return Judgement(verdict=zero, why=f"the remainder of the division is {rest}")


def _expression(option: str) -> Tree:
    line = read_line(option)
    if line.expression is None:
        raise InputError("this is no expression")
    return line.expression


def _unsolvable(_subject: str, given: str) -> Test | None:
    if given:
        return None
    return lambda ladder, option: ladder.equal(option, "no solution")


def _rational(_subject: str, given: str) -> Test | None:
    return None if given else _is_rational


def _irrational(_subject: str, given: str) -> Test | None:
    return None if given else partial(_opposite, _is_rational)


def _integer(_subject: str, given: str) -> Test | None:
    return None if given else _is_integer


def _is_integer(ladder: Ladder, option: str) -> Judgement:
    found = _is_rational(ladder, option)
    if found.verdict is Verdict.PROVED and "/" in found.why:
        return Judgement(verdict=Verdict.REFUTED, why=found.why)
    return found


def _is_rational(ladder: Ladder, option: str) -> Judgement:
    """Decide by the exact value: a fraction, or a fraction times a root of no square."""
    try:
        answer = ladder.answer(f"evaluate {option}")
        if answer.best is None or answer.verdict is not Verdict.PROVED:
            return UNDECIDED
        text = answer.best.candidate.text()
        value = rational(read_line(text).expression or ZERO)
    except InputError as error:
        return Judgement(verdict=Verdict.UNKNOWN, why=str(error))
    if value is not None:
        return Judgement(verdict=Verdict.PROVED, why=f"its value is {value}")
    root = re.fullmatch(r"-?(?:[1-9]\d*\*)?sqrt\((\d+)\)(?:/[1-9]\d*)?", text)
    if root and isqrt(int(root[1])) ** 2 != int(root[1]):
        return Judgement(verdict=Verdict.REFUTED, why=f"{root[1]} is not the square of a number")
    if re.fullmatch(r"-?(?:[1-9]\d*\*)?(?:pi|e)(?:/[1-9]\d*)?", text):
        return Judgement(verdict=Verdict.REFUTED, why=f"{text} is a known irrational number")
    return UNDECIDED


_SYSTEM = (
    r"(?:(?:the|both|this) )?(?:(?:system(?: of equations)?|equations?|inequalit(?:y|ies)"
    r"|polynomial|function|line|curve|graph(?: of)?|parabola|circle|condition)(?: of)? ?)*"
)
_ROOTS = r"(?:solutions?|roots?|zeros?|zeroes)(?: set)?"
_WORDINGS: tuple[tuple[str, Callable[[str, str], Test | None]], ...] = (
    (
        r"is (?:(?:always|necessarily) )?(?:a )?(?:true|correct|valid)(?: always| statements?)?",
        _true,
    ),
    (r"is an identity", _true),
    (r"is (?:a )?(?:false|incorrect|wrong|untrue)(?: statements?)?", _false),
    (r"is (?:equal|equivalent|identical)(?: in value)? to (.+)", _equal),
    (r"(?:is the same as|equals) (.+)", _equal),
    (rf"is (?:an? |the )?(?:[a-z]+ )?{_ROOTS} (?:of|to|for) {_SYSTEM}:? ?(.+)", _solves),
    (rf"satisfies {_SYSTEM}:? ?(.+)", _solves),
    (rf"(?:lies|is)(?: a point)? on {_SYSTEM}(.+)", _solves),
    (r"has (?:the |a )?(?:solution|root) (.+)", _solved_by),
    (r"is (?:satisfied (?:by|when|for|if)|true (?:when|for|if)) (.+)", _solved_by),
    (r"passes through(?: the point)? (.+)", _solved_by),
    (r"(?:is (?:a |an )?(?:factor|divisor)s? of|divides) (.+)", _divides),
    (r"has no (?:real )?(?:solutions?|roots?)", _unsolvable),
    (r"is (?:a )?rational(?: numbers?)?", _rational),
    (r"is (?:an )?irrational(?: numbers?)?", _irrational),
    (r"is (?:an |a )?(?:integer|whole number)s?", _integer),
)
_TESTS = tuple((re.compile(words, re.IGNORECASE | re.DOTALL), make) for words, make in _WORDINGS)
