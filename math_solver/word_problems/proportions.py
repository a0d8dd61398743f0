"""Proportions: so much goes with so much; how much goes with another amount?

Three amounts, two of one unit: one pair stands in a clause, the third in the question, which asks
for the unit that it lacks. More hands for less time is the opposite rule, and is left alone.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from math_solver.reading import Question

from .doubts import beyond_patterns, new_words
from .draft import Draft, plain_words, plan_text
from .mentions import Mention, mentions, stem

_MAX_WORDS = 45
_AMOUNT = re.compile(r"\$ ?(N\d+)\b|\b(N\d+) ?(?:more |other |such )?([a-z]+|%)")
_SIZES = {"far": "length", "long": "time"}
_KINDS = {
    "length": "mile km kilometer kilometre meter metre feet foot yard block",
    "time": "second minute hour hr day week month year",
}
_GOES_WITH = re.compile(
    r"\b(?:in|on|for|per|every|each|takes?|took|needs?|uses?|makes?|costs?|with)\b"
)
_OTHERWISE = re.compile(
    r"\b(?:more|less|fewer|than|left|remain\w*|another|total|altogether|together|sum|difference"
    r"|still|drops|gave|gives|lost|loses|ate|eats|bought|spent|twice|half|times|faster|slower|percent|ago"
    r"|workers?|men|women|machines?|pipes?|painters?|students?|people)\b"
)
_HANDS = re.compile(
    r"\btakes? N\d+ [a-z]+ (?:about )?N\d+ (?:second|minute|hour|day|week|month|year)s? to\b"
)
"""`It takes 8 tractors 12 days to …`: more of them take less time."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Amount:
    """A number with its unit, by the stem of the word behind it; `$` for money."""

    name: str
    unit: str
    start: int


def by_proportion(question: Question) -> Iterator[Draft]:
    """Yield the draft of a proportion."""
    text = plain_words(question)
    if question.formulas or len(text.split()) > _MAX_WORDS or _OTHERWISE.search(text):
        return
    if beyond_patterns(question) or new_words(question) or _HANDS.search(text):
        return
    asked = re.search(r"\b(?:how|what|find)\b", text)
    found = [_amount(text, mention) for mention in mentions(text, question)]
    amounts = [one for one in found if one is not None]
    if asked is None or len(amounts) != 3 or len(found) != 3:
        return
    given = _given(text, amounts)
    if given is None:
        return
    first, second, third = given
    same = [one for one in (first, second) if one.unit == third.unit]
    other = [one for one in (first, second) if one.unit != third.unit]
    if len(same) != 1 or not _asks_for(text, other[0].unit):
        return
    yield Draft(
        source=plan_text(
            {"x": f"what goes with {third.name} as {other[0].name} goes with {same[0].name}"},
            [(f"x * {same[0].name}", f"{other[0].name} * {third.name}")],
            ["x"],
            ["x > 0"],
        )
    )


def _amount(text: str, mention: Mention) -> _Amount | None:
    start = mention.start - (2 if text[: mention.start].endswith("$ ") else 1)
    if text[: mention.start].rstrip().endswith("$"):
        return _Amount(name=mention.name, unit="$", start=max(0, start))
    match = _AMOUNT.match(text, mention.start)
    if match is None or match[3] in {None, "%", "in", "for", "and"}:
        return None
    unit = "$" if mention.kind == "money" and not mention.cents else stem(match[3])
    return _Amount(name=mention.name, unit=unit, start=mention.start)


def _given(text: str, amounts: Sequence[_Amount]) -> tuple[_Amount, _Amount, _Amount] | None:
    """Return the pair that goes together, and the amount of the question."""
    clauses = [m.end() for m in re.finditer(r"[.;?!](?: |$)|, (?=how|what|find)|\bif\b", text)]
    places = [sum(end <= one.start for end in clauses) for one in amounts]
    for alone in (2, 0):
        pair = [one for index, one in enumerate(amounts) if index != alone]
        homes = {place for index, place in enumerate(places) if index != alone}
        clause = text[max([end for end in clauses if end <= pair[0].start], default=0) :]
        clause = clause[: len(clause) - len(text) + pair[1].start]
        if len(homes) == 1 and places[alone] not in homes and _GOES_WITH.search(clause):
            return pair[0], pair[1], amounts[alone]
    return None


def _asks_for(text: str, unit: str) -> bool:
    """Whether the question asks for an amount of this unit."""
    for found in re.finditer(r"\bhow (many|much|far|long)\b ?([a-z]*)", text):
        kind = _SIZES.get(found[1])
        if kind is not None:
            return unit in _KINDS[kind].split()
        if found[1] == "many":
            return stem(found[2]) == unit
        return (
            unit == "$"
            if found[2] in {"do", "does", "will", "would", "is", "are", "money"}
            else (stem(found[2]) == unit)
        )
    return False
