"""Short stories by their schema: a whole and its parts, a total, a comparison, a change.

The schemata are those of school arithmetic (Marshall, "Schemas in problem solving", 1995). They go
by few words and pass the rest over, so a draft is not good enough to answer with: it counts only
where the second reader, which shares no code with this, comes to the same value.
"""

import re
from collections.abc import Callable, Iterator, Sequence

from math_solver.reading import Question

from .draft import Draft
from .mentions import stem
from .settling import HYPERNYMS
from .short_stories import Told, told_shortly, ways
from .story_parts import Part

_NOT = r"\b(?:not|n't|didn|couldn|wasn|weren|hasn|haven|isn|aren|never|missed|unable|refused)\b"
_PART = re.compile(
    r"\b(?:only|already|finished|finishes|later|deleted?|lost|loses?|spend|spent|used?|uses|threw"
    r"|gave|gives|sold|sells|takes?|took|ate|eats|broke|broken|donated?|removed|spilled|poured out"
    r"|leaked|returned|died|left|put|planted|called|colored|completed|solved|kept|but|did|turned"
    r"|over|bring back|take back|shares?|shared)\b"
    rf"|{_NOT}|\bof (?:them|the|his|her|their|it|its|these|those)\b|\ball but\b"
)
_REST = re.compile(
    r"\b(?:extra|still|left|remains?|remaining|rest|other|end(?:ed)? (?:up )?with|at the end|now"
    r"|unused|untouched|unbroken|empty|(?:have|has|had|need|needs|needed) to|sell|sold|change|more"
    rf"|is|back)\b|{_NOT}"
)
_OPPOSITES = (
    ("good", "bad"), ("used", "new"), ("old", "new"), ("ripe", "unripe"), ("broken", "unbroken"),
    ("right", "wrong"), ("correct", "incorrect"), ("early", "late"), ("boys", "girls"),
    ("white", "black"), ("inside", "outside"), ("in the", "outside"), ("morning", "afternoon"),
    ("before", "while"), ("before", "after"), ("first", "second"), ("male", "female"),
    ("today", "before today"), ("over", "spent"), ("over", "spend"),
)  # fmt: skip
_TOTAL = re.compile(
    r"\b(?:in all|altogether|all together|in total|total|together|combined|overall|both|either|all"
    r"|sum)\b"
)
_WHOLE = re.compile(r"\b(?:in all|altogether|total|together|combined|room for|seats|holds?)\b")
_MORE = re.compile(
    r"\bhow (?:many|much) (?:more|fewer|less|extra|longer|taller|heavier|farther|further|older"
    r"|younger|bigger|greater|higher|deeper|faster|wider|warmer|colder|larger|shorter)\b"
)
_UNADDED = re.compile(
    r"\b(?:some|total of|combined|remaining|rest|fewer|showed|read|if there (?:are|were)|spilled"
    r"|poured out|leaked|ran out|perfect|recipe|only|left|loses?|lost|now ha[sd]|out of|before"
    r"|after)\b|\bN\d+ (?:were|was|are|is|had|have) "
)
"""What is no part of a total, or says so much that a sum is not it."""
_PASSED_ON = re.compile(r"\b(?:gave|gives?|giving|lends?|lent|passe[sd]|hands?|handed)\b")
_BEGUN = re.compile(r"\b(?:originally|initially|at first|start|begin|beginning|began)\b")
_SHARES = re.compile(r"\b(?:each|every|per|apiece|equally|evenly|an hour|a day|a week)\b")
_SPANS = frozenset("second minute hour day week month year".split())
_HAD = re.compile(r"\b(?:gave|got|had|has|have|saved|received|earned|made|with|for)\b")
_BOUGHT = re.compile(r"\b(?:bought|buys|spent|spends|paid|costs?|and|on|for)\b")


def by_part_whole(question: Question) -> Iterator[Draft]:
    """Yield the drafts of the schemata that a story fits."""
    told = told_shortly(question)
    if told is None:
        return
    for parts, aside in ways(told):
        around = " ".join(told.clause(p) for p in parts) + told.asked
        if _SHARES.search(around if aside else told.text) or not _alike(parts):
            continue
        if len(parts) > 2 and _MORE.search(told.asked) and re.search(r"\bthan\b", told.asked):
            continue  # a comparison of amounts that have changed
        for schema in _SCHEMATA:
            source = schema(told, parts)
            if source is not None:
                yield Draft(source=f"answer {source}", counted=aside)


def _alike(parts: Sequence[Part]) -> bool:
    """Whether amounts may be added: money with money, times with times."""
    money = {"dollar" in p.of for p in parts}
    spans = {bool(p.of and p.of <= _SPANS) for p in parts}
    return len(money) == len(spans) == 1


def _complement(told: Told, parts: Sequence[Part]) -> str | None:
    """A whole in one or more parts, without the part that is told last."""
    last, rest = parts[-1], parts[:-1]
    clause = told.clause(last) + told.after(last)
    negated = bool(re.search(_NOT, clause)), bool(re.search(_NOT, told.asked))
    if _BEGUN.search(told.asked):
        return None
    rest_asked = negated[0] or _REST.search(told.asked)
    told_apart = _PART.search(clause) and negated != (True, True) and rest_asked
    if not (_opposite(clause, told.asked) or told_apart):
        return None
    if last.value > sum(p.value for p in rest) or any(p.sign < 0 for p in rest[1:]):
        return None
    return f"{_added(rest)} - {last.name}"


def _opposite(clause: str, asked: str) -> bool:
    """Whether one speaks of the good ones and the other of the bad ones."""
    return any(
        re.search(rf"\b{a}\b", clause) and re.search(rf"\b{b}\b", asked)
        for one, other in _OPPOSITES
        for a, b in ((one, other), (other, one))
        if one != other
    )


def _compared(told: Told, parts: Sequence[Part]) -> str | None:
    """How much more one of two amounts is than the other."""
    if len(parts) != 2 or not _MORE.search(told.asked) or _WHOLE.search(told.text):
        return None
    if _PASSED_ON.search(told.story):
        return None  # what one gives, another may get
    more, less = sorted(parts, key=lambda p: -p.value)
    return f"{more.name} - {less.name}"


def _missing(told: Told, parts: Sequence[Part]) -> str | None:
    """One of two parts, where the whole and the other are told, or what was before and is after."""
    if len(parts) != 2 or _TOTAL.search(told.asked) or re.search(r"\bmore\b.*\bthan", told.asked):
        return None
    if _BEGUN.search(told.asked) and re.search(r"\b(?:remain\w*|left)\b", told.story):
        return None  # what went and what is left are parts, not a whole and a part
    more, less = sorted(parts, key=lambda p: -p.value)
    around = told.clause(more) + told.after(more)
    whole = _WHOLE.search(around) and not _WHOLE.search(told.clause(less))
    changed = re.search(r"\b(?:some|others?|now|there will be|remained|remains?)\b", told.story)
    return f"{more.name} - {less.name}" if whole or changed else None


def _totalled(told: Told, parts: Sequence[Part]) -> str | None:
    """All amounts together, where nothing goes."""
    if _MORE.search(told.asked) or len({p.sign < 0 for p in parts}) > 1:
        return None
    if _REST.search(told.asked) and not _TOTAL.search(told.asked) and len(parts) > 2:
        return None
    named = [told.asks_for(p) for p in parts]
    shared = frozenset[str].intersection(*(p.of for p in parts))
    general = {stem(word) for word in re.findall(r"[a-z]+", told.asked)} & (HYPERNYMS | {"people"})
    if not (all(named) or shared or general) or re.search(r"\bN\d+ more\b", told.text):
        return None
    around = " ".join(told.clause(p) + told.after(p) for p in parts)
    open_ones = re.search(r"\bsome\b|\bnow\b.*\bha(?:s|ve)\b", told.story)
    if open_ones or re.search(_NOT, around) or _UNADDED.search(around) or any(named) != all(named):
        return None
    return _added(parts)


def _spent(told: Told, parts: Sequence[Part]) -> str | None:
    """What is left of a sum of money after several things were paid."""
    first, rest = parts[0], parts[1:]
    if not all("dollar" in p.of for p in parts) or not re.search(r"\bleft|change\b", told.asked):
        return None
    paid = sum(p.value for p in rest)
    known = _HAD.search(told.clause(first)) and all(_BOUGHT.search(told.clause(p)) for p in rest)
    if not known or paid > first.value:
        return None
    return " - ".join(p.name for p in parts)


def _lacking(told: Told, parts: Sequence[Part]) -> str | None:
    """What a thing or several cost, or what is needed, without what is there."""
    if not re.search(r"\bhow (?:much|many) more\b", told.asked):
        return None
    wanted = [p for p in parts if re.search(r"\b(?:costs?|needs?|wants? to)\b", told.sentence(p))]
    there = [p for p in parts if p not in wanted]
    sure = all(re.search(r"\b(?:saved|has|gave|got|already)\b", told.sentence(p)) for p in there)
    if not wanted or not there or not sure:
        return None
    return " - ".join([_added(wanted), *(p.name for p in there)])


_SCHEMATA: tuple[Callable[[Told, Sequence[Part]], str | None], ...] = (
    _complement,
    _compared,
    _missing,
    _totalled,
    _spent,
    _lacking,
)


def _added(parts: Sequence[Part]) -> str:
    return " + ".join(p.name for p in parts)
