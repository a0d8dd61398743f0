"""Short stories of equal groups: so many in each, so many groups, after what came or went.

Like `part_whole`, these schemata go by few words; their drafts need the second reader's word.
"""

import re
from collections.abc import Iterator, Sequence

from math_solver.reading import Question

from .draft import Draft
from .mentions import stem
from .short_stories import MONEY, Told, told_shortly, ways
from .story_parts import Part

_CONTAINERS = (
    r"(?:box|bag|pack|package|packet|carton|case|crate|basket|jar|can|bottle|bunch|group|team|row"
    r"|stack|pile|shelf|shelve|page|van|car|bus|table|tray|vase|bouquet|tank|cage|album|folder|bin"
    r"|container|load|trip|garden|bracelet|pocket|envelope|tube|set|round|game|batch|room|class"
    r"|station|baggie|bench|bed)"
)
_TIMES = r"(?:hour|day|minute|week|month|year|second)"
_PERSONAL = r"(?:he|she|they|it|i|you|we|who|librarian|man|woman|boy|girl|group|team|class)"
_EACH_BEFORE = re.compile(
    r"\b(?:each|every|per|one|a single)\b(?! of)[^.?!N,]{0,70}\$?\s?$"
    r"|\b(?:each|every)\b [^.?!N]{0,40}?, [^.?!N,]{0,40}\$?\s?$"
    r"|\b(?:holds?|fits?|contains?|seats?|carry|carries|holding|containing) "
    r"(?:about |only |exactly )?$"
    rf"|\b{_CONTAINERS}(?:s|es) (?:of|with) $|\b(?:comes?|came|sold) in an? \w+ of $"
    r"|\bworth \$?\s?$|\baverages $"
)
_ONE_HAS = re.compile(
    rf"(?:^|[.!?,] |\b(?:and|if|when|but|that|where) )(?:an?|one) (?:\w+ )?(?!{_PERSONAL}\b)(\w+) "
    r"(?:has|have|had|weighs?|costs?|is|needs?|makes?|uses?|calls for) \$?\s?$"
)
_EACH_AFTER = re.compile(
    r"\s?(?:[a-z$]+ ){0,5}?(?:each\b(?! other)|every|apiece|per\b|at a time|for one\b"
    r"|(?:for|in|on|to|into|inside) (?:each|every))\b"
    rf"|\s?(?:[a-z$]+ ){{0,2}}an? (?:{_TIMES}|piece|pound|gallon|box|bag|pack)\b"
)
_EACH_PART = re.compile(
    r"\b(?:each|every) ([a-z]+) ([a-z]+) (?:has|had|holds?|contains?|needs?|costs?|weighs?)\b"
)
_FITTED = re.compile(r"\b(?:fit|put|place|hold|seat|pack|store)\w* (?:only |about )?$")
_ASKS_EACH = re.compile(rf"\b(?:each|every|per|apiece)\b|\b(?:in|on|for) (?:a|one) {_CONTAINERS}\b")
_LOSES = re.compile(
    r"\b(?:didn|couldn|wasn|weren|not|already (?!had)|eaten|ate|threw|lost|loses?|gave|sold|broke"
    r"|left|finished|used|put|planted|takes?|took|free|kids|all but|babies|only|spent|deleted"
    r"|turned in|graded|sick|absent|missed)\b"
)
_SPLIT = re.compile(
    r"\b(?:into|among|between)(?: \w+){0,2} $|\b(?:split|divided?|shared?)\b[^.?!N]*$"
)
_GETTERS = frozenset("friend person group child student people".split())


def by_equal_groups(question: Question) -> Iterator[Draft]:
    """Yield the drafts of the schemata that a story fits."""
    told = told_shortly(question)
    if told is None:
        return
    for parts, aside in ways(told):
        source = _grouped(told, parts)
        if source is not None:
            yield Draft(source=f"answer {source}", counted=aside)
        rates = [p for p in parts if _is_rate(told, p)]
        for rate in rates if len(rates) == 2 else ():
            if not _matters(told, rate, parts) and len(parts) > 2:
                source = _grouped(told, [p for p in parts if p is not rate])
                if source is not None:
                    yield Draft(source=f"answer {source}", counted=aside | {rate.name})


def _matters(told: Told, rate: Part, parts: Sequence[Part]) -> bool:
    """Whether there is an amount, or a question, of what a rate is for one of."""
    per = rate.each or frozenset()
    asked = {stem(word) for word in re.findall(r"[a-z]+", told.asked)}
    return bool(per & asked) or any(per & p.of for p in parts if p is not rate)


def _is_rate(told: Told, part: Part) -> bool:
    """Whether a number is so many for one of something."""
    if part.start > len(told.story) and re.search(r"\beach|every\b", told.asked[:60]):
        return False
    before, after = told.sentence(part), told.after(part)
    if (one := _ONE_HAS.search(before)) and re.search(rf"\bN\d+ (?:\w+ )?{one[1]}", told.text):
        return True
    if re.match(r"\s?(?:[a-z]+ ){1,2}(?:in|on) (?:an?|one) [a-z]+", after):
        return bool(_FITTED.search(before)) or "there are" in before[-14:]
    near = (
        re.sub(r"^.*\bN\d+", "", before) if not re.search(r"\bN\d+ \w+ and $", before) else before
    )
    return bool(_EACH_BEFORE.search(near) or _EACH_AFTER.match(after))


def _of_a_part(told: Told, amounts: Sequence[Part]) -> bool:
    """Whether a rate is of a part of what is counted: `4 bicycles; each bicycle wheel has 10`."""
    return any(
        stem(whole) in amount.of and stem(part) not in amount.of
        for whole, part in _EACH_PART.findall(told.text)
        for amount in amounts
    )


def _grouped(told: Told, parts: Sequence[Part]) -> str | None:
    rates = [p for p in parts if _is_rate(told, p)]
    amounts = [p for p in parts if p not in rates]
    if _of_a_part(told, amounts):
        return None
    if not rates:
        return _shared(told, amounts)
    if len(rates) == 2 and not _side_by_side(told, rates):
        return _two_products(told, rates, amounts)
    if len(rates) > 2 or not amounts:
        return None
    by = " + ".join(r.name for r in rates)
    by = f"({by})" if len(rates) > 1 else by
    head = _head(told.asked)
    if (beside := _beside(told, rates, amounts, head)) is not None:
        return beside
    net = _net(told, amounts)
    if net is None:
        return None
    return f"{net} / {by}" if _asks_groups(told, rates, amounts, head) else f"{net} * {by}"


def _side_by_side(told: Told, rates: Sequence[Part]) -> bool:
    """Whether two numbers are of one group: `3 scarves and 4 mittens in each box`."""
    between = told.text[rates[0].start : rates[1].start]
    return bool(re.fullmatch(r"N\d+ (?:[a-z]+ ){1,3}and ", between))


def _two_products(told: Told, rates: Sequence[Part], amounts: Sequence[Part]) -> str | None:
    """Two sorts of groups, each with its rate: `each bicycle has 2 wheels, each tricycle 3`."""
    if len(amounts) != 2:
        return None
    products: list[tuple[str, Part, Part]] = []
    for amount in amounts:
        own = [r for r in rates if (r.each or frozenset()) & amount.of]
        if len(own) != 1:
            return None
        products.append((f"{amount.name} * {own[0].name}", amount, own[0]))
    if products[0][2] is products[1][2]:
        return None
    if re.search(r"\bmore|fewer\b", told.asked[:30]):
        first, second = sorted(products, key=lambda p: -p[1].value * p[2].value)
        return f"{first[0]} - {second[0]}"
    return f"{products[0][0]} + {products[1][0]}"


def _beside(told: Told, rates: Sequence[Part], amounts: Sequence[Part], head: str) -> str | None:
    """Some stand beside the groups: `4 packs of 10, and 6 extra crayons`; 5 of all are gone."""
    if len(amounts) != 2 or len(rates) != 1:
        return None
    groups = [a for a in amounts if (rates[0].each or frozenset()) & a.of]
    loose = [a for a in amounts if a not in groups and a.of & rates[0].of]
    if len(groups) != 1 or len(loose) != 1 or head not in rates[0].of | {"are", "doe"}:
        return None
    gone = _LOSES.search(told.clause(loose[0]))
    sign = "-" if gone and re.search(r"\b(?:left|now|still)\b", told.asked) else "+"
    if gone and sign == "+":
        return None
    return f"{groups[0].name} * {rates[0].name} {sign} {loose[0].name}"


def _head(asked: str) -> str:
    """The noun that is asked for."""
    found = re.match(
        r"how (?:many|much) (?:more |total |whole |extra |small )?([a-z]+)(?: of [a-z]+)?", asked
    )
    return re.sub(r"(?<=us)e$", "", stem(found[1])) if found else ""


def _asks_groups(told: Told, rates: Sequence[Part], amounts: Sequence[Part], head: str) -> bool:
    """Whether the groups are asked for, not what is in them."""
    if MONEY.search(told.asked) and "dollar" in rates[0].of:
        return False
    if re.search(r"\bevery $", told.text[: rates[0].start]):
        return True
    if head and head in {w for r in rates for w in r.of}:
        return False
    same = {w for a in amounts for w in a.of} & {w for r in rates for w in r.of}
    contained = bool(re.fullmatch(_CONTAINERS + rf"|{_TIMES}", head))
    return contained or (bool(same) and not MONEY.search(told.asked))


def _net(told: Told, amounts: Sequence[Part]) -> str | None:
    """What is there to be grouped: one amount, a sum, or what is left of it."""
    if len(amounts) == 1:
        return amounts[0].name
    last, rest = amounts[-1], amounts[:-1]
    if len(amounts) > 3:
        return None
    whole = sum(a.value for a in rest)
    lost = _LOSES.search(told.clause(last) + told.after(last))
    if lost or re.search(r"\ball but $", told.text[: last.start]):
        return (
            f"({' + '.join(a.name for a in rest)} - {last.name})" if last.value <= whole else None
        )
    if any(_LOSES.search(told.clause(a)) for a in amounts):
        return None
    return f"({' + '.join(a.name for a in amounts)})"


def _shared(told: Told, amounts: Sequence[Part]) -> str | None:
    """What each group gets of what is there."""
    if not _ASKS_EACH.search(told.asked) and "equally" not in told.text:
        return None
    named = re.search(
        r"\b(?:each|every|per|in a|in one|on one) (?:of the )?(?:\w+ )?([a-z]+)", told.asked
    )
    groups = [a for a in amounts if named and stem(named[1]) in a.of]
    if len(groups) != 1:
        groups = [a for a in amounts if _SPLIT.search(told.sentence(a))]
    if len(groups) != 1:
        groups = [a for a in amounts if a.of & _GETTERS]
    rest = [a for a in amounts if a not in groups]
    if len(groups) != 1 or not rest:
        return None
    net = _net(told, rest)
    return None if net is None else f"{net} / {groups[0].name}"
