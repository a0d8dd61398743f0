"""The numbers of a problem where they stand: money, a percentage or a plain amount, and near what.

Words are compared by their stems, so that `tickets` and `ticket` are the same thing.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from fractions import Fraction

from math_solver.reading import Question

PIECES = re.compile(r"[.;:?!,](?:\s|$)|\b(?:and|while|but|or|whereas|if)\b")
_STOP = frozenset(
    "a an the of for to in on at by is are was were be been has have had do does did each every per"
    " one total all some many much more less than that this these those there it its he she they"
    " his her their you your i we our my with from as how what which who if and or but when then"
    " cost costs costing sell sells selling sold buy bought price priced worth value valued dollar"
    " dollars cent cents pay pays paid paying charge charges charged at rate rates about into must"
    " should will would can could he amount altogether together number find type types kind kinds"
    " sale sales up out get gets made make makes using used use contain contains containing spent"
    " spend part rest remainder other another same total collected was went admission fee only just"
    " annual annually yearly year years simple interest invested invest earned earn".split()
)
_UNITS = (
    r"(?:dollars?|cents?|¢|rs|rupees|pesos|euros?|pounds?|lbs?|ounces?|oz|grams?|kg"
    r"|kilograms?|gallons?"
    r"|liters?|litres?|ml|milliliters?|quarts?|pints?|cups?|hours?|minutes?|miles?|km"
    r"|feet|meters?|cc|tons?)"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Mention:
    """One number where it stands.

    `near` are the stems of the words in its piece of the sentence; `rate` says that it is so much
    for one of something.
    """

    name: str
    value: Fraction
    kind: str
    cents: bool
    rate: bool
    start: int
    near: frozenset[str]
    unit: str = ""


def stem(word: str) -> str:
    """Return a word without the endings of the plural."""
    if word in {"children", "child"}:
        return "child"
    if word in {"adults", "adult"}:
        return "adult"
    for ending, short in (("ies", "y"), ("sses", "ss"), ("xes", "x"), ("ches", "ch")):
        if word.endswith(ending) and len(word) > 4:
            return word.removesuffix(ending) + short
    return word if word.endswith("ss") else word.removesuffix("s")


def stems(text: str) -> frozenset[str]:
    """Return the stems of the words that name something."""
    words = re.findall(r"[a-z]{2,}|(?<= )[abxy](?=\b)", text)
    return frozenset(stem(word) for word in words if word not in _STOP)


def mentions(text: str, question: Question) -> tuple[Mention, ...]:
    """Return the numbers of a text (as `plain_words` writes it) in their order."""
    found = list(re.finditer(r"\bN\d+\b", text))
    return tuple(_mention(text, m, question) for m in found)


def _mention(text: str, found: re.Match[str], question: Question) -> Mention:
    name, start, stop = found.group(), found.start(), found.end()
    before, after = text[max(0, start - 60) : start], text[stop : stop + 60]
    cents = bool(re.match(r"\s?(?:cents?|¢)\b|\s?¢", after))
    unit = re.match(rf"\s?({_UNITS})\b", after)
    if re.match(r"\s?%", after) or re.search(r"%\s?$", before):
        kind = "percent"
    elif (
        before.rstrip().endswith("$")
        or cents
        or re.match(r"\s?(?:dollars?|rs|rupees|pesos|euros?|\$)(?!\w)", after)
        or re.search(r"\brs\.? ?$", before)
    ):
        kind = "money"
    else:
        kind = "plain"
    rate = bool(
        re.match(
            (
                r"\s?(?:\$|dollars?|cents?|%|rs)?,?\s?(?:each|apiece|per|a piece|an? (?!total"
                r"|one)\w+|for (?:an?|each|every|one)\b"
                r"|every|dollars? bills?|points? (?:each|questions?|problems?)|cents? (?:stamps?"
                r"|each))"
            ),
            after,
        )
        or re.search(
            (
                r"\b(?:each|every|per \w+|an? \w+) (?:\w+ )?(?:for|is|costs?|are|was|at|weighs?"
                r"|has|contains?) (?:\w+ )?\$?\s?$"
            ),
            before,
        )
    )
    return Mention(
        name=name,
        value=question.numbers[int(name[1:])],
        kind=kind,
        cents=cents,
        rate=rate,
        start=start,
        near=stems(_piece(text, start, stop)),
        unit=unit[1] if unit else "",
    )


def _piece(text: str, start: int, stop: int) -> str:
    """Return the words round a number, up to the next comma, `and` or number on either side."""
    cuts = [m.span() for m in PIECES.finditer(text)]
    left = max((cut[1] for cut in cuts if cut[1] <= start), default=0)
    right = min((cut[0] for cut in cuts if cut[0] >= stop), default=len(text))
    inside = text[left:start]
    ahead = text[stop:right]
    numbers_ahead = list(re.finditer(r"\bN\d+\b", ahead))
    numbers_behind = list(re.finditer(r"\bN\d+\b", inside))
    forward = bool(re.match(r"\s?\S*\s?(?:each |apiece )?(?:for|per|a|an)\b", ahead))
    if numbers_ahead:
        ahead = ahead[: numbers_ahead[0].start()] if forward else ""
    if numbers_behind:
        inside = "" if forward else inside[numbers_behind[-1].end() :]
    return f"{inside} {ahead}"


def told_apart(
    first: Iterable[str], second: Iterable[str]
) -> tuple[frozenset[str], frozenset[str]]:
    """Return what each of two sets of words has for itself alone."""
    a, b = frozenset(first), frozenset(second)
    return a - b, b - a
