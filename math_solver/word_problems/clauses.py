"""Sentences of a word problem as equations, conditions and what is asked, with nothing left over.

A sentence is cut at its connectives in every way; a way counts only where each piece is an
equation, something asked for, or words that say nothing about quantities. So a sentence that is
not understood as a whole is not used at all.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from .phrases import Phrases

EQUAL = re.compile(
    r"(?:,? (?:then |and )?(?:the |your )?(?:result|resulting (?:number|value)|answer"
    r"|(?<=the )(?:sum"
    r"|difference|product|quotient|total)|new number|outcome)(?: obtained)? (?:is|are"
    r"|was|will be|equals"
    r"|would be|becomes)(?: equal to| the same as)?"
    r"|,? (?:then )?(?:it|you get|we get|one gets|you obtain|this) (?:(?:is|equals"
    r"|gives)(?: equal to)?)?"
    r"|,? ha(?:s|ve) the same value as|,? (?:is|are|was|were|will be|would be|must be"
    r"|be|becomes?)(?: also| now| exactly)?"
    r"(?: equal to| the same as| the same result as| equivalent to| identical to)?"
    r"| equals?| gives?(?: the same result as)?| yields?| results? in| makes?| amounts? to| totals?"
    r"| have a sum equal to| costs?| weighs?| measures?| =) "
)
_TOGETHER = {"sum": " + ", "total": " + ", "product": " * ", "difference": " - ", "quotient": " / "}
_GROUP_HAS = re.compile(
    r" (?:have|has|having|with|that have|which have|whose|and whose|and their|where the"
    r"|such that the"
    r"|if the|if their|and a|and the|and an|their|so that their|such that their|that "
    r"has|in which the"
    r"|where their|so that the) ?"
    r"(?:a |an |the )?(sum|total|product|difference|quotient|combined total|combined ages?)"
    r"(?: of| is equal to| equal to| equals| that is| which is| is| equaling|:)? "
)
_TOTALS = re.compile(
    r" (?:that |which |to |both |together |who )?(?:add up to|add to|adds? up to"
    r"|totals?|total up to|sum to"
    r"|sum up to|whose sum is|equal|totaling|adding up to|sums? up to|when added give"
    r"|together (?:is|are|make|equal)) "
)
_DIFFER = re.compile(r" (?:that |which |whose values |to )?differs?(?: from each other)? by ")
_DIFFERS_FROM = re.compile(r" differs from ")
_EXCEEDS = re.compile(r" exceeds? | is (?:more|greater|larger) than | is older than ")
_SHORT = re.compile(r" is (?:less|smaller) than ")
_BY = re.compile(r" by ")
_ASK = re.compile(
    r"(?:please |then |and |so |now |can you |i need to |help me )*"
    r"(?:find out|find|determine|what is|what are|whats|what was|what were|what will be"
    r"|which are|give|calculate"
    r"|compute|name|state|identify|list|how much is|what would be|what must be|how old "
    r"is|how old are"
    r"|how long is|how long are|how wide is|how tall is|solve for|figure out|tell me|how large is)"
    r"(?: each of| all of| out| both of| both| each|)"
    r"(?: (?:the )?(?:dimensions|lengths?|measures?|values?|sizes?|present ages?"
    r"|current ages?|ages?)"
    r" of(?: each(?: of)?| both)?)? ?"
)
_NOISE = re.compile(
    r"(?:if|when|where|such that|so that|suppose(?: that)?|given(?: that)?|let|and|but"
    r"|that|then|for which"
    r"|assume(?: that)?|in which|also|while|which|who|because|since|hint|it is known that"
    r"|the property that|with the property that|now|currently|presently|today|they are"
    r"|there (?:is|are|exists?)|i am thinking of|i have|consider|you have|thinking of|add"
    r"|are|is|we have|of which|(?:the )?(?:N\d+ )?(?:numbers|integers) are (?:\w+ "
    r")*(?:numbers|integers)"
    r"|(?:if |when )?(?:the|its|these|the order of the)(?: N\d+)? digits (?:are|is) (?:then )?"
    r"(?:reversed|interchanged|switched|exchanged))?"
)
_PREFIX = re.compile(
    r"(?:(?:if|when|where|such that|so that|suppose|given|let|and|but|that|then|for "
    r"which|assume|also|"
    r"in which|while|with the property that|whose|now|currently|of which|which|so|however|"
    r"there (?:is|are)|consider|i have|we have|you have|suppose you have|i am thinking of|"
    r"the property that|by what|presently|today|at present)(?: that)? )*"
)
_CUT = re.compile(
    r"[,;:]? (?=(?:and|but|if|when|where|such that|so that|find|determine|what|whats"
    r"|which|then|whose|for "
    r"which|with|that|given|in which|while|having|their|how)\b)|, |; |: | - "
)
_OPEN = re.compile(r",? (?:is|are|=)[ ,]*$")
_WHAT = re.compile(r"(?:what|which) (?=N\d+|number|integer|positive|even|odd|consecutive)")
_ENDING = re.compile(r"[ .?!,;:]+$")


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """What a text says: equations as pairs, and the quantities that are asked for."""

    equations: tuple[tuple[str, str], ...] = ()
    asked: tuple[tuple[str, ...], ...] = ()

    def __add__(self, other: "Said") -> "Said":
        return Said(equations=self.equations + other.equations, asked=self.asked + other.asked)


def understood(phrases: Phrases, *, loose: bool = False) -> list[Said]:
    """Return the ways to understand a whole text, at most a handful; empty where there is none.

    `loose` passes over sentences that hold no number and ask nothing.
    """
    readings = [Said()]
    for start, end in sentences(phrases.text):
        ways = list(_sentence(phrases, start, end))
        if not ways and loose and not re.search(r"\bN\d+\b", phrases.text[start:end]):
            ways = [Said()]
        readings = [before + way for before in readings for way in ways[:4]][:16]
        if not readings:
            return []
    return readings


def sentences(text: str) -> Iterator[tuple[int, int]]:
    """Yield where each sentence begins and ends."""
    start = 0
    for stop in re.finditer(r"[.?!]+(?=\s|$)|;", text):
        if text[start : stop.start()].strip():
            yield start, stop.start()
        start = stop.end()
    if text[start:].strip():
        yield start, len(text)


def _sentence(phrases: Phrases, start: int, end: int) -> Iterator[Said]:
    """Yield the ways to cut a sentence into pieces that are all understood, few pieces first."""
    places = [start, *(m.start() for m in _CUT.finditer(phrases.text, start, end)), end]
    if len(places) > 14:
        return
    known: dict[tuple[int, int], list[Said]] = {}

    def pieces(first: int) -> Iterator[Said]:
        if first == len(places) - 1:
            yield Said()
            return
        for last in range(len(places) - 1, first, -1):
            key = (places[first], places[last])
            if key not in known:
                known[key] = _piece(phrases, *key)
            for way in known[key][:3]:
                for rest in pieces(last):
                    yield way + rest

    seen: set[tuple[object, ...]] = set()
    for count, way in enumerate(pieces(0)):
        key = (way.equations, way.asked)
        if key not in seen:
            seen.add(key)
            yield way
        if len(seen) >= 4 or count > 200:
            return


def _piece(phrases: Phrases, start: int, end: int) -> list[Said]:
    text = phrases.text
    while start < end and text[start] in " ,;:-":
        start += 1
    piece = text[start:end]
    bare = _ENDING.sub("", piece)
    if not bare or _NOISE.fullmatch(bare):
        return [Said()]
    if asked := _ASK.match(text, start, end):
        stop = _skip(text, asked.end())
        found = _targets(phrases, stop, end)
        found += [
            (*t, *u)
            for cut in re.finditer(r",? and (?:what is |what are )?", text[stop:end])
            for t in _targets(phrases, stop, stop + cut.start())
            for u in _targets(phrases, stop + cut.end(), end)
        ]
        return [Said(asked=(target,)) for target in found[:2]]
    if text[end : end + 1] == "?" and (open_end := _OPEN.search(text, start, end)):
        return [Said(asked=(target,)) for target in _targets(phrases, start, open_end.start())][:2]
    if (what := _WHAT.match(text, start, end)) and (every := _everything(phrases)):
        pairs = list(_equations(phrases, what.end(), end))
        return [Said(equations=pair, asked=(every[0],)) for pair in pairs]
    prefix = _PREFIX.match(text, start, end)
    inner = prefix.end() if prefix else start
    found = [Said(equations=pair) for pair in _equations(phrases, inner, end)]
    if not found and inner > start:
        found = [Said(equations=pair) for pair in _equations(phrases, start, end)]
    if not found and phrases.several(inner, end):
        found = [Said()]  # only names the quantities
    return found


def _targets(phrases: Phrases, start: int, end: int) -> list[tuple[str, ...]]:
    several = phrases.several(start, end)
    return several or [(one,) for one in phrases.whole(start, end)]


def _skip(text: str, position: int) -> int:
    while position < len(text) and text[position] == " ":
        position += 1
    return position


Pairs = tuple[tuple[str, str], ...]


def _equations(phrases: Phrases, start: int, end: int) -> Iterator[Pairs]:
    """Yield what a clause says as equations, the plainest way first."""
    seen: set[Pairs] = set()
    for maker in (_equal, _group_has, _totals, _differing, _exceeding):
        for pair in maker(phrases, start, end):
            if pair not in seen:
                seen.add(pair)
                yield pair


def _splits(
    phrases: Phrases, pattern: re.Pattern[str], start: int, end: int
) -> Iterator[tuple[int, int, re.Match[str]]]:
    for verb in pattern.finditer(phrases.text, max(start - 1, 0), end):
        yield verb.start(), _skip(phrases.text, verb.end()), verb


def _equal(phrases: Phrases, start: int, end: int) -> Iterator[Pairs]:
    for left_end, right_start, _ in _splits(phrases, EQUAL, start, end):
        lefts = phrases.whole(start, left_end)
        if not lefts:
            continue
        for left in lefts[:2]:
            for right in phrases.whole(right_start, end)[:2]:
                yield ((left, right),)


def _group_has(phrases: Phrases, start: int, end: int) -> Iterator[Pairs]:
    for left_end, right_start, verb in _splits(phrases, _GROUP_HAS, start, end):
        groups = phrases.several(start, left_end) if left_end > start else []
        if not groups and left_end <= start:
            groups = _everything(phrases)
        sign = _TOGETHER[_named(verb[1])]
        for parts in groups[:1]:
            for right in phrases.whole(right_start, end)[:1]:
                yield ((f"({sign.join(parts)})", right),)


def _named(joined: str) -> str:
    return "total" if joined.startswith("combined") else joined


def _everything(phrases: Phrases) -> list[tuple[str, ...]]:
    return [parts for _, parts in phrases.scope.groups[:1]]


def _totals(phrases: Phrases, start: int, end: int) -> Iterator[Pairs]:
    for left_end, right_start, _ in _splits(phrases, _TOTALS, start, end):
        groups = phrases.several(start, left_end) if left_end > start else _everything(phrases)
        for parts in groups[:1]:
            for right in phrases.whole(right_start, end)[:1]:
                yield ((f"({' + '.join(parts)})", right),)


def _differing(phrases: Phrases, start: int, end: int) -> Iterator[Pairs]:
    for left_end, right_start, _ in _splits(phrases, _DIFFER, start, end):
        groups = phrases.several(start, left_end) if left_end > start else _everything(phrases)
        for parts in groups[:1]:
            for right in phrases.whole(right_start, end)[:1]:
                if len(parts) == 2:
                    yield ((f"({parts[0]} - {parts[1]})", right),)


def _exceeding(phrases: Phrases, start: int, end: int) -> Iterator[Pairs]:
    for pattern in (_EXCEEDS, _DIFFERS_FROM, _SHORT):
        for left_end, middle, _ in _splits(phrases, pattern, start, end):
            for by in _BY.finditer(phrases.text, middle, end):
                for left in phrases.whole(start, left_end)[:1]:
                    for other in phrases.whole(middle, by.start())[:1]:
                        for step in phrases.whole(by.end(), end)[:1]:
                            sign = "-" if pattern is _SHORT else "+"
                            yield ((left, f"({other} {sign} {step})"),)
