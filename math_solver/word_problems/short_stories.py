"""A short story made ready for schemata: its words, its question, and what each number says."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace

from math_solver.reading import Question

from .doubts import doubtful, uncounted, unexplained
from .draft import plain_words
from .mentions import stem
from .story_parts import Part, parts_of

MAX_WORDS = 60
MOST_NUMBERS = 5
_ASKS = re.compile(
    r"\b(?:how (?:many|much|long|far|tall|heavy|big|deep|high|wide)|what fraction"
    r"|what (?:is|was|were|are|would|will))\b"
)
_INDIRECT = re.compile(r"\b(?:asked|wonders?|wondered|figure out|find out|know|knows)\s$")
_HARMLESS = frozenset("fraction tip daily extra both other others equal equally".split())
_PLAIN = (
    (r"\b(N\d+) (?:of an? (?=[a-z])(?!(?:\w+ ){1,3}N\d)|the (?=[a-z]+s\b))", r"\1 "),
    (
        (
            r",? ?\b(?:if|assuming|so)\b(?: that)? [^.?,]*?\bthe same (?:number|amount)\b"
            r"(?:(?! how )[^.?,])*"
        ),
        " equally",
    ),
    (r"\bthe same (?:number|amount) of (?=[a-z]+ (?:in|on|for|into) (?:each|every))", "equally "),
    (r"\bdiscount (?=(?:flowers?|store|shop|market)\b)", ""),
)
"""Wordings of the same thing; the word `equally` stands for all that say that groups are alike."""
_BEYOND = re.compile(
    r"%|\b(?:percent|average|averaged|ratio|twice|thrice|double|triple|times|interest|tax|discount"
    r"|square|area of|perimeter|probability|consecutive|dozens?|mixture|mix|speed|rate|coupon"
    r"|as (?:many|much|old|long)|coins|pennies|nickels|dimes|quarters|same|sides|product|turns"
    r"|(?:came|comes|went|goes|walked|rode|drove|skated|returned) (?:all the way )?(?:back )?home"
    r"|round trip|split|splits|shared?|free time|profit|less|fewer|until|minimum|maximum|least|most"
    r"|herself and|himself and|both to|for both|get one|one free|total of N\d+ \w+ and|all the"
    r"|(?:drops?|dropped|lost|loses?|gave|gives?|ate|eats?|sold|sells?|ran) (?:away )?one"
    r"|every (?:other|second|third|fourth|fifth|sixth|seventh|eighth|ninth|tenth)"
    r"|(?:first|second|third|each|every|per) pair"
    r"|how many \w+(?: \w+)? and (?!how)\w+|convert|neither|nor|except|alone|odometer|every other"
    r"|than \w+ (?:does|do|did)|combined age)\b"
    r"|\b(?:more|younger|older|taller|longer|heavier|shorter) (?:\w+ ){0,6}th(?:an|at)\b(?=[^?]*\.)"
)
"""Words whose part in a story no schema knows."""
_TIMED = re.compile(r"\b(?:hours?|weeks?|months?|minutes?|per|days)\b")
_SPANS = "second|minute|hour|day|week|month|year"
_SPAN = re.compile(rf"\b({_SPANS})s?\b")
_TIMED_BY = re.compile(rf"\b(?:an?|per|each|every|N\d+) ({_SPANS})s?\b")
_DAILY = re.compile(r"\b(?:each|every) (?:day|morning|evening|night|year|time),?")


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """The words in lower case, the question, its numbers in their parts, and those that count 1."""

    text: str
    asked: str
    parts: tuple[Part, ...]
    aside: frozenset[str]

    @property
    def story(self) -> str:
        """The words before the question."""
        return self.text[: len(self.text) - len(self.asked)]

    def sentence(self, part: Part) -> str:
        """The words of the sentence before a number."""
        return re.split(r"[.?!;]\s", self.text[: part.start])[-1]

    def after(self, part: Part) -> str:
        """The words behind a number, up to the next mark or number."""
        rest = self.text[part.start + len(part.name) :]
        return re.split(r"[.?!,;](?:\s|$)|\bN\d", rest)[0]

    def clause(self, part: Part) -> str:
        """The words round a number, from the full stop before it to the next mark."""
        end = re.search(r"[.?!;,](?:\s|$)", self.text[part.start :])
        return self.sentence(part) + self.text[part.start :][: end.start() if end else 200]

    def asks_for(self, part: Part) -> bool:
        """Whether the question names what a number counts."""
        if "dollar" in part.of:
            return bool(MONEY.search(self.asked))
        return bool(part.of & {stem(word) for word in re.findall(r"[a-z]+", self.asked)})


MONEY = re.compile(
    r"\b(?:money|spend|spent|cost|costs|pay|paid|earn|bill|change)\b|\$|\bhow much (?:did|does|will"
    r"|would|was|is|should)\b"
)


def told_shortly(question: Question) -> Told | None:
    """Read a short story; None where it is none, or says what no schema knows."""
    if question.formulas or doubtful(question) or uncounted(question):
        return None
    if unexplained(question) - _HARMLESS - {"discount", "area"} or _in_words(question):
        return None
    text = _ones_left(plain_words(question), question)
    for pattern, plain in _PLAIN:
        text = re.sub(pattern, plain, text)
    if not _TIMED.search(text):
        text = _DAILY.sub("", text)
    names = re.findall(r"\bN\d+\b", text)
    if not 2 <= len(names) <= MOST_NUMBERS or len(text.split()) > MAX_WORDS:
        return None
    found = [one for one in _ASKS.finditer(text) if not _INDIRECT.search(text[: one.start()])]
    if len(found) != 1 or _BEYOND.search(text) or re.search(r"(?<![N\d])\d|\bN\d+ N\d+\b", text):
        return None
    asked = text[found[0].start() :]
    if len(set(_SPAN.findall(text))) > 1 and _SPAN.search(asked):
        return None
    if len(set(_TIMED_BY.findall(text))) > 1:
        return None  # so much an hour, for so many minutes
    every = {f"N{i}" for i in range(len(question.numbers))}
    return Told(
        text=text,
        asked=asked,
        parts=tuple(parts_of(text, question, asked)),
        aside=frozenset(every - set(names)),
    )


def _ones_left(text: str, question: Question) -> str:
    """Write `one` for the number one, and `part` for `half` of a time: `the first half`."""
    for index, number in enumerate(question.numbers):
        if number == 1 and question.number_texts[index] != "1.0":
            text = re.sub(rf"\bN{index}\b", "one", text)
        elif question.number_texts[index].lower() == "half":
            text = re.sub(rf"\b(first|second|last|other) N{index}\b", r"\1 part", text)
    return text


def _in_words(question: Question) -> bool:
    """Whether a number is a part in words or a fraction: `half`, `2/3`, `four sixths`."""
    masked = question.masked
    return any(
        re.search(r"[/a-z]", text) and not re.search(rf"\b(?:first|second|last) N{i}\b", masked)
        for i, (number, text) in enumerate(
            zip(question.numbers, question.number_texts, strict=True)
        )
        if number.denominator != 1
    )


def ways(told: Told) -> Iterator[tuple[tuple[Part, ...], frozenset[str]]]:
    """Yield the amounts that may matter, and those left aside: all but counts first, then fewer."""
    last = told.parts[-1]
    first = tuple(
        p
        for p in told.parts
        if _not_counting(told, p) and (p is last or not _SAID_OF.match(told.after(p)))
    )
    if len(first) >= 2:
        aside = frozenset(p.name for p in told.parts if p not in first)
        told = replace(told, parts=first, aside=told.aside | aside)
    yield told.parts, told.aside
    seen = {tuple(p.name for p in told.parts)}
    for keep in (_not_beside, _at_the_place, _at_the_time, _of_the_kind):
        kept = tuple(p for p in told.parts if keep(told, p))
        names = tuple(p.name for p in kept)
        if len(kept) >= 2 and names not in seen:
            seen.add(names)
            yield kept, told.aside | frozenset(p.name for p in told.parts if p not in kept)


_FEW = 4


def _not_counting(told: Told, part: Part) -> bool:
    """Whether a number is more than a count of what follows one by one: `bought 2 pumpkins`."""
    others = [p.of for p in told.parts if p is not part and p.value > 0]
    shared = frozenset[str].intersection(*others) if len(others) > 1 else frozenset[str]()
    return part.value > _FEW or not shared or bool(part.of & shared)


_BESIDE = re.compile(
    r"\b(?:missed|wanted|went to)(?: \$)? ?$|\bpaid with an? ?\$?$|\bpackages? of $"
)
_SAID_OF = re.compile(r"\s(?:were|was|are|had|have) (?!left|in|on|to|taken|sold|eaten)\w+")


def _not_beside(told: Told, part: Part) -> bool:
    """Whether a number is not of those that only say more: `missed 7`, `3 were torn`."""
    after = told.after(part)
    return not (
        _BESIDE.search(told.text[: part.start])
        or _SAID_OF.match(after)
        or re.match(r" (?:shops?|stores?|workers?)\b", after)
    )


def _at_the_place(told: Told, part: Part) -> bool:
    place = re.search(r"\b(?:in|on) (?:the|that) ([a-z]+) ?\?", told.asked)
    return bool(place and re.search(rf"\b{place[1]}\b", told.clause(part)))


_TIMES = r"\b(?:today|yesterday|tomorrow|last (?:week|year|month)|this (?:week|year|month))\b"


def _at_the_time(told: Told, part: Part) -> bool:
    asked = re.search(_TIMES, told.asked)
    named = re.findall(_TIMES, told.clause(part) + told.after(part))
    return bool(asked and (asked.group() in named or not named))


def _of_the_kind(told: Told, part: Part) -> bool:
    return told.asks_for(part)
