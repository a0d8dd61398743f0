"""Questions back: what a problem leaves open, found by comparing readings and counting equations.

Notation that can be read in two ways gives two questions, and it is asked only where they come to
different answers (`two_ways`; the solver compares). A word problem that no reader can carry out, or
that is answered although an amount is open in it, is probed: where an amount is only called `some`,
numbers are put in its place, and it is the missing one if the problem can then be solved with them.
Equations that contradict each other, or leave an unknown open, are named with what their letters
stand for.
"""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from fractions import Fraction

from assistants.answer import Clarification
from assistants.errors import InputError

from .plan import Equation, Finish, Plan, Unknown, parse_plan, spaced
from .quantities import NoSolution, carry_out
from .quantity_equations import ManySolutions
from .reading import Question, read_question
from .word_problems import Draft, read_by_rules, read_by_schemata, used_names
from .word_problems.reading import READERS
from .word_problems.schemata import what_is_lacking

PROBES = (Fraction(60), Fraction(7), Fraction(12), Fraction(240), Fraction(36))
"""Stand-ins for a missing number; odd and even, small and large."""
TASKS = ("solve", "simplify", "differentiate", "integrate", "evaluate")
"""What can be done with a formula that stands in words that say nothing."""
VAGUE = re.compile(
    r"\b(?:some|several|a few|(?<!as )(?<!how )(?<!that )(?<!so )(?<!too )many"
    r"|a certain (?:number|amount) of|an unknown (?:number|amount) of"
    r"|a number of|an amount of|a certain (?=number|amount|price)|lots of|various)\b(?= [a-z%$])",
    re.IGNORECASE,
)
_UNITS = (
    "pound|ounce|gram|kilogram|ton|gallon|liter|quart|pint|cup|milliliter|mile|kilometer|meter"
    "|foot|feet|inche|yard|hour|minute|day|week|month|year|dollar|cent"
)
_JOINS = frozenset(", . ; ? and but or that who which to from in at for on with of then".split())
_BARE_REPLIES = {
    "For how many hours?": "This takes {} hours.",
    "How far is it?": "It is {} away.",
}
"""Questions to which a bare number, or a number with its unit, is a reply."""
_LETTER = r"(?![A-Za-z0-9(^])"
_QUOTIENT = re.compile(rf"(?<![\w.)])(\d+)\s?/\s?(\d+)\s?([a-z]){_LETTER}")
_POWER = re.compile(rf"\b(sin|cos|tan|ln)\s?([a-z])\s?\^\s?(\d+){_LETTER}")
_ANGLE = re.compile(
    r"\b(sin|cos|tan)\s?(?:\(\s?(\d+(?:\.\d+)?)\s?\)|(\d+(?:\.\d+)?))"
    r"(?!\s*(?:°|deg|rad|pi|\*|/|\^|[0-9.]|\\|π|[a-z](?![a-z])))"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class TwoWays:
    """A piece of notation that can be read in two ways, and the question in each of them."""

    unclear: str
    choices: tuple[str, str]
    questions: tuple[str, str]

    def clarification(self) -> Clarification:
        """Return the question back."""
        first, second = self.choices
        return Clarification(
            question=f"Does '{self.unclear}' mean {first} or {second}?", choices=self.choices
        )


def two_ways(text: str) -> TwoWays | None:
    """Return the first piece of a question that can be read in two ways; None where there is none.

    `1/2x`, `sin x^2`, and `sin 30`, which may be in degrees.
    """
    for pattern, readings in (
        (_QUOTIENT, ("({0}/{1})*{2}", "{0}/({1}*{2})")),
        (_POWER, ("{0}({1}^{2})", "({0}({1}))^{2}")),
        (_ANGLE, ("{0}({1}°)", "{0}({1} rad)")),
    ):
        found = pattern.search(text)
        if found is None:
            continue
        if pattern is _ANGLE and Fraction(_parts(found)[1]) < 5:  # nobody counts so few degrees
            continue
        first, second = readings
        return TwoWays(
            unclear=found.group(),
            choices=(first.format(*_parts(found)), second.format(*_parts(found))),
            questions=(
                _written(text, pattern, first),
                _written(text, pattern, second.replace(" rad", "")),
            ),
        )
    return None


def _written(text: str, pattern: re.Pattern[str], reading: str) -> str:
    """Write every piece of a text that has this notation in one way of reading it."""
    return pattern.sub(lambda found: reading.format(*_parts(found)), text)


def _parts(found: re.Match[str]) -> list[str]:
    return [part for part in found.groups() if part is not None]


def open_question(question: Question) -> Clarification | None:
    """Return what to ask about a problem in words that could not be read; None where unclear."""
    return (
        said_twice(question)
        or _missing(question)
        or _from_equations(question)
        or _from_situation(question)
    )


def _from_situation(question: Question) -> Clarification | None:
    """Ask for the amount that a situation of the textbooks needs."""
    asked = what_is_lacking(question)
    return None if asked is None else Clarification(question=asked)


# --- the same thing said with two numbers


def said_twice(question: Question) -> Clarification | None:
    """Ask about two sentences that differ in one number alone; None where there are none."""
    seen: dict[str, list[str]] = {}
    for sentence in re.split(r"(?<=[.!?;])\s+", question.masked):
        names = re.findall(r"\bN\d+\b", sentence)
        key = re.sub(r"\bN\d+\b", "N", sentence).lower().strip(" .!;")
        before = seen.setdefault(key, names)
        if before is names or len(key.split()) < 3 or sentence.endswith("?"):
            continue
        pairs = list(zip(before, names, strict=True))
        unlike = [pair for pair in pairs if _value(pair[0], question) != _value(pair[1], question)]
        if len(unlike) == 1:
            texts = tuple(question.unmasked(name) for name in unlike[0])
            said = question.unmasked(sentence).strip(" .!?")
            return Clarification(
                question=f"Two numbers are given for the same thing, {' and '.join(texts)} "
                f"(“{said}”). Which one is right?",
                choices=texts,
            )
    return None


def _value(name: str, question: Question) -> Fraction:
    return question.numbers[int(name[1:])]


# --- a number that is missing


def _missing(question: Question) -> Clarification | None:
    """Put numbers where an amount is only called `some`; ask for it where the answer needs it."""
    return _asked_for(question, _needed)


def left_out(question: Question) -> Clarification | None:
    """Ask for an amount that a reading passed over, though a number there would be used.

    The likeliest reading of the text with a number in that place decides: it must use that number.
    An amount that is asked for itself makes such a text say too much.
    """
    return _asked_for(question, _used)


def _asked_for(question: Question, matters: Callable[[str, str], bool]) -> Clarification | None:
    found = sorted(VAGUE.finditer(question.original), key=lambda vague: not _measured(vague))
    for vague in found:
        rest = question.original[vague.end() :]
        thing = _thing(rest)
        if thing and matters(question.original[: vague.start()], rest):
            return Clarification(
                question=f"How many {thing}? The problem only says '{vague.group()}'."
            )
    return None


def _thing(rest: str) -> str:
    """Return what follows: up to two words, the first of what joins another thought ends them."""
    words = re.findall(r"[A-Za-z%$]+|[,.;?]", rest)[:2]
    ends = (i for i, word in enumerate(words) if word.lower() in _JOINS)
    return " ".join(words[: next(ends, len(words))])


def _measured(vague: re.Match[str]) -> bool:
    """Whether a unit follows: `a mixture of some pounds` lacks its number, `some candy` may not."""
    return bool(re.match(rf"\s?(?:{_UNITS})s?\b", vague.string[vague.end() :]))


def _used(before: str, after: str) -> bool:
    name = _name_after(before)
    for probe in PROBES[:3]:
        try:
            probed = read_question(f"{before}{probe}{after}")
        except InputError:
            return False
        reading = read_by_rules(probed, "a number put in")
        plan = _agreed(probed) if reading is None or reading.refuted else reading.plan
        if plan is not None and name in used_names(plan):
            return True
    return False


def _agreed(question: Question) -> Plan | None:
    """Return the plan of a schema that the second reader comes to as well."""
    from .second_reading import agreed

    readings = read_by_schemata(question, "a number put in")
    value = agreed(question, [reading.outcome.answers[0] for reading in readings])
    return next((r.plan for r in readings if r.outcome.answers[0] == value), None)


def _name_after(before: str) -> str:
    """Return the name of the next number after a text."""
    return f"N{len(read_question(before).numbers)}" if before.strip() else "N0"


def _needed(before: str, after: str) -> bool:
    name = _name_after(before)
    for probe in PROBES:
        try:
            probed = read_question(f"{before}{probe}{after}")
        except InputError:
            return False
        for draft in _drafts(probed):
            plan = _solvable(draft, probed)
            if plan is not None and name in used_names(plan):
                return True
    return _used(before, after)


def _drafts(question: Question) -> Iterator[Draft]:
    for reader in READERS:
        yield from reader(question)


def _solvable(draft: Draft, question: Question) -> Plan | None:
    """Return the plan of a draft that uses every number and has a solution."""
    try:
        plan = parse_plan(draft.source, question)
        carry_out(plan, question)
    except InputError:
        return None
    used = used_names(plan) | draft.counted
    idle = [i for i, n in enumerate(question.numbers) if f"N{i}" not in used and n != 1]
    return None if idle else plan


# --- equations that say too little or too much


def _from_equations(question: Question) -> Clarification | None:
    """Count equations against unknowns in the first reading of the whole text."""
    for draft in _drafts(question):
        try:
            plan = parse_plan(draft.source, question)
        except InputError:
            continue
        try:
            carry_out(plan, question)
        except ManySolutions:
            return _too_little(plan)
        except NoSolution:
            return _too_much(plan, question)
        except InputError:
            continue
    return None


def _too_little(plan: Plan) -> Clarification | None:
    unknowns = [line for line in plan.lines if isinstance(line, Unknown)]
    equations = [line for line in plan.lines if isinstance(line, Equation)]
    if not unknowns or any(isinstance(line, Finish) and not line.values for line in plan.lines):
        return None
    named = ", ".join(line.meaning or line.name for line in unknowns)
    return Clarification(
        question=f"{len(equations)} equation{'s' * (len(equations) != 1)} for {len(unknowns)} "
        f"unknowns ({named}): what else is known about {unknowns[-1].meaning or 'them'}?"
    )


def _too_much(plan: Plan, question: Question) -> Clarification | None:
    used = sorted(n for n in used_names(plan) if re.fullmatch(r"N\d+", n))
    if not used:
        return None
    equations = [line for line in plan.lines if isinstance(line, Equation)]
    said = "; ".join(
        question.unmasked(f"{spaced(line.left)} = {spaced(line.right)}") for line in equations
    )
    texts = tuple(dict.fromkeys(question.unmasked(name) for name in used))
    return Clarification(
        question=f"No numbers fit what is said ({said}). Which number should be another?",
        choices=texts,
    )


# --- the reply


def continued(asked: str, clarification: Clarification, reply: str) -> str | None:
    """Return the problem with a reply to the question back put in; None where it is no reply.

    A reply is a choice or its number, a number where one is missing, or a sentence that says more.
    """
    said = _numbered(reply.strip().rstrip("."))
    choices = clarification.choices
    if said.isdecimal() and said not in choices and 1 <= int(said) <= len(choices):
        said = choices[int(said) - 1]
    ways = two_ways(asked)
    if ways is not None and said in ways.choices and ways.choices == choices:
        return ways.questions[choices.index(said)]
    quoted = re.search(r"'(.+?)'", clarification.question)
    if quoted and quoted[1] in asked and (said in choices or re.match(r"[\d$.]", said)):
        return asked.replace(quoted[1], said, 1)
    if said in choices and len(choices) == 2 and "Two numbers" in clarification.question:
        wrong = next(choice for choice in choices if choice != said)
        kept = [s for s in re.split(r"(?<=[.!?;])\s+", asked) if not _holds(s, wrong, said, asked)]
        return " ".join(kept)
    form = _BARE_REPLIES.get(clarification.question)
    if form is not None and re.fullmatch(r"[\d.,/]+(?: [a-z]+)?", said):
        return f"{form.format(re.sub(r' hours?$', '', said))} {asked}"
    if not choices and re.search(r"\d", said) and len(said.split()) > 1:
        return f"{said}. {asked}"
    return None


_ORDINALS = ("first", "second", "third", "fourth", "fifth")


def _numbered(reply: str) -> str:
    """Write `the first one` as the number of a choice."""
    found = re.fullmatch(r"(?:the )?([a-z]+)(?: (?:one|reading|choice|option))?", reply.lower())
    return str(_ORDINALS.index(found[1]) + 1) if found and found[1] in _ORDINALS else reply


def _holds(sentence: str, wrong: str, right: str, asked: str) -> bool:
    """Whether a sentence says the wrong number where another says the right one."""
    other = re.sub(rf"(?<!\d){re.escape(wrong)}(?!\d)", right, sentence)
    return other != sentence and other in asked
