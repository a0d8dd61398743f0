"""Rates: work done together, a fee and so much a unit, and two purchases of the same things."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace

from math_solver.reading import Question

from .draft import MAX_WORDS, Draft, plain_words, plan_text
from .mentions import Mention, mentions, stems

_TIME = r"(?:hours?|minutes?|days?|weeks?|h|hrs?|mins?)"
_TOGETHER = re.compile(
    r"\b(?:together|both|working with|all three|if they all|all N\d+ (?:pipes|work)"
    r"|left open|is left open)\b"
)
_EMPTIES = re.compile(r"\b(?:empt(?:y|ies|ied)|drains?|drained|leak)\b")
_ALONE = re.compile(r"\b(?:alone|by (?:him|her|it)self|on (?:his|her|its) own)\b")
_SAME = re.compile(
    r"\b(?:the same|equal|equals|break even|match(?:es)?|as much as|same as|cost (?:of "
    r")?(?:the|each)|identical)\b"
)
_PER = re.compile(
    r"^N\d+ ?(?:dollars?|cents?|%)?,?(?: \w+)?? ?(?:/|per|an?|each|for each|for every"
    r"|every|apiece)\b"
)


def by_rates(question: Question) -> Iterator[Draft]:
    """Yield drafts for work, plans with a fee, and purchases."""
    text = plain_words(question)
    if len(text.split()) > MAX_WORDS or question.formulas:
        return
    found = [m for m in mentions(text, question) if not _counting(text, m)]
    counted = frozenset(f"N{i}" for i in range(len(question.numbers))) - {m.name for m in found}
    for maker in (_work, _two_plans, _one_plan, _purchases):
        yield from (replace(draft, counted=counted) for draft in maker(text, found))


def _counting(text: str, mention: Mention) -> bool:
    tail = text[mention.start :]
    return mention.value in {1, 2} and bool(
        re.match(
            (
                r"N\d+ (?:different |service |picture |checking |of the |of )?(?:plans?|people"
                r"|pipes?|companies|men|workers|friends|options|"
                r"girls|boys|rental|banks?|halls?|items|types|kinds|shipments|orders|machines"
                r"|purchase|day|week|weekend|N\d+)\b"
            ),
            tail,
        )
    )


# --- work


def _work(text: str, found: Sequence[Mention]) -> Iterator[Draft]:
    times = [m for m in found if re.match(rf"N\d+ (?:more )?{_TIME}\b", text[m.start :])]
    able = re.search(
        r"\b(?:can|could|takes?|requires?|would take|needs?|able|fills?|clean|paint|mow|do)\b", text
    )
    if len(times) != len(found) or not able or not _TOGETHER.search(text):
        return
    if re.search(
        (
            r"\b(?:miles?|km|kilometers|apart|mph|after|then|leaves|faster|longer|twice|half"
            r"|times|joined|joins|start|more|sleep|week)\b"
        ),
        text,
    ):
        return
    units = {re.sub(r"s$", "", text[m.start :].split()[1].strip(".,;?!")) for m in times}
    asked = re.search(
        (
            r"\b(?:how long|how many (?:hours|minutes|days)|how much time|what time|when will"
            r"|in what time)\b([^.?]*)"
        ),
        text,
    )
    if len(units) != 1 or asked is None or not 2 <= len(times) <= 3:
        return
    if _ALONE.search(asked.group()):
        yield from _alone(text, times)
        return
    if not _TOGETHER.search(text[asked.start() - 40 :]):
        return
    terms = ""
    for number, mention in enumerate(times):
        before = re.split(r"[.;,]|\band\b|\bwhile\b|\bwhereas\b", text[: mention.start])[-1]
        after = text[mention.start : mention.start + 30].split(".", maxsplit=1)[0]
        emptying = _EMPTIES.search(before) or re.search(r"\bto (?:empty|drain)", after)
        sign = ("-" if emptying else "") if not number else (" - " if emptying else " + ")
        terms += f"{sign}x / {mention.name}"
    yield Draft(
        source=plan_text({"x": "the time that it takes together"}, [(terms, "1")], ["x"], ["x > 0"])
    )


def _alone(text: str, times: Sequence[Mention]) -> Iterator[Draft]:
    """One works alone in so long, both together in so long: how long does the other take?"""
    if len(times) != 2:
        return
    joint = [
        m
        for m in times
        if _TOGETHER.search(
            re.split(r"[.;?]", text[: m.start])[-1] + text[m.start :].split(".", maxsplit=1)[0]
        )
    ]
    if len(joint) != 1:
        return
    single = next(m for m in times if m is not joint[0])
    equation = (f"{joint[0].name} / {single.name} + {joint[0].name} / x", "1")
    yield Draft(
        source=plan_text({"x": "the time of the other alone"}, [equation], ["x"], ["x > 0"])
    )


# --- a fee and so much a unit


def _is_rate(text: str, mention: Mention) -> bool:
    before = text[max(0, mention.start - 40) : mention.start]
    return bool(
        _PER.match(text[mention.start :])
        or re.match(
            r"N\d+ (?:dollars?|cents?)?(?: \w+)? ?(?:for each|for every|per|an?|each|every) ",
            text[mention.start :],
        )
        or re.search(r"\b(?:each|every|per) \w+ (?:is|costs?|for) \$? ?$", before)
    )


def _in(mention: Mention, *, cents: bool) -> str:
    return f"{mention.name} / 100" if mention.cents and not cents else mention.name


def _two_plans(text: str, found: Sequence[Mention]) -> Iterator[Draft]:
    asked = re.search(
        (
            r"\b(?:how many|how long|after how many|what number|for what|for how many|when "
            r"will|find the number)\b"
        ),
        text,
    )
    if not asked or not _SAME.search(text) or not 3 <= len(found) <= 4:
        return
    if any(m.kind == "percent" for m in found) or re.search(
        r"\b(?:mph|miles per hour|speed|apart|years old|total of N)\b", text
    ):
        return
    money = [m for m in found if m.kind == "money"]
    if len(money) < 3 and len(found) == 4 and len(money) not in {0, 2}:
        return
    plans = _pairs(text, found)
    if plans is None:
        return
    sides: list[str] = []
    for fixed, rate in plans:
        start = _in(fixed, cents=False) if fixed else "0"
        falls = re.search(
            (
                r"\b(?:spends?|loses?|decreas\w+|drops?|falls?|burns?|withdraws?|descends?"
                r"|pays?)\b"
            ),
            re.split(r"[.;,]|\band\b", text[: rate.start])[-1],
        )
        sides.append(f"{start} {'-' if falls else '+'} {_in(rate, cents=False)} * x")
    yield Draft(
        source=plan_text({"x": "the number of units"}, [(sides[0], sides[1])], ["x"], ["x > 0"])
    )


def _pairs(
    text: str, found: Sequence[Mention]
) -> tuple[tuple[Mention | None, Mention], tuple[Mention | None, Mention]] | None:
    """Return the fee and the rate of each of two offers."""
    rates = [m for m in found if _is_rate(text, m)]
    if len(found) == 4:
        halves = (found[:2], found[2:])
        pairs: list[tuple[Mention | None, Mention]] = []
        for half in halves:
            rate = [m for m in half if m in rates]
            if len(rate) != 1:
                return None
            pairs.append((next(m for m in half if m is not rate[0]), rate[0]))
        return pairs[0], pairs[1]
    fixed = [m for m in found if m not in rates]
    free = re.search(
        r"\b(?:no|without)(?: an?)? (?:\w+ )?(?:fee|charge|fixed|membership|sign up|monthly)", text
    )
    if len(rates) == 2 and len(fixed) == 1 and free:
        place = found.index(fixed[0])
        with_fee = rates[0] if place <= 1 and free.start() > rates[0].start else rates[1]
        other = rates[1] if with_fee is rates[0] else rates[0]
        return (fixed[0], with_fee), (None, other)
    return None


_CAN = re.compile(
    r"\b(?:budget|afford|spend no more|within|bill|paid|pay|estimate|total|charged?"
    r"|cost|came to|was|spent)\b"
)


def _one_plan(text: str, found: Sequence[Mention]) -> Iterator[Draft]:
    """A fee and a rate make a known total: how many units?"""
    if len(found) != 3 or any(m.kind != "money" for m in found) or not _CAN.search(text):
        return
    rates = [m for m in found if _is_rate(text, m)]
    asked = re.search(r"\bhow (?:many|long|far) ?(\w+)?|\bwhat (?:\w+ )?(?:mileage|number)", text)
    if not re.search(
        (
            r"\b(?:plus|fees?|rental|rents?|rented|flat|base|basic|initial|estimate|deposit"
            r"|fixed|service|materials|parts)\b"
        ),
        text,
    ):
        return
    if re.search(
        (
            r"\b(?:each|every|discount|more than|less than|change|apiece|sells?|profit|first N"
            r"|additional N)\b(?! (?:mile|minute|hour))"
        ),
        text,
    ):
        return
    if len(rates) == 2 and re.match(
        r"N\d+ (?:dollars? )?(?:a|per|each) (?:day|month|week|weekend)\b", text[rates[0].start :]
    ):
        rates = [m for m in rates if m is not rates[0]]
    if len(rates) != 1 or asked is None:
        return
    rest = sorted(
        (m for m in found if m is not rates[0]), key=lambda m: m.value / (100 if m.cents else 1)
    )
    fee, total = rest
    equation = (
        f"{_in(fee, cents=False)} + {_in(rates[0], cents=False)} * x",
        _in(total, cents=False),
    )
    yield Draft(source=plan_text({"x": "the number of units"}, [equation], ["x"], ["x >= 0"]))


# --- two purchases

_COUNT = r"(N\d+|one|an?|a single)"
_GOODS = re.compile(
    rf"\b{_COUNT} ((?:[a-z]+ ){{0,4}}?[a-z]+),? (?:and|plus|\+|&) {_COUNT} ((?:[a-z]+ "
    rf"){{0,4}}?[a-z]+)"
    r"(?=,|\.|;|\?|$| (?:for|cost|costs|costing|is|was|were|at|sell|weigh|weighs|and"
    r"|the|bought|can|total|provide|contain|have|had|produce|while|or|together|on|in|he"
    r"|she|they|you|which|with|if|to|from|would|came)\b)"
)


def _purchases(text: str, found: Sequence[Mention]) -> Iterator[Draft]:
    """`3 A and 2 B cost so much, 4 A and 5 B so much`: what does one of each cost?"""
    lots = list(_GOODS.finditer(text))
    if len(lots) != 2:
        return
    kinds = _kinds(lots)
    ask = re.search(
        r"\b(?:how much|how many|what (?:is|was|are|were|does|do|did)|find|determine)\b", text
    )
    if kinds is None or (ask and ask.start() < lots[1].start()):
        return
    first, second, orders = kinds
    counted = {m[i] for m in lots for i in (1, 3) if m[i].startswith("N")}
    totals = [m for m in found if m.name not in counted]
    if len(totals) != 2 or len({m.kind for m in totals}) != 1:
        return
    if re.search(r"\b(?:percent|%|years|mph|hours|more than|left over|N\d+ less|increase)\b", text):
        return
    equations = [
        (f"{_one(a)} * x + {_one(b)} * y", total.name)
        for (a, b), total in zip(orders, totals, strict=True)
    ]
    asked = _bought(text, first, second)
    if asked is None:
        return
    unknowns = {
        "x": f"what one of the first costs ({' '.join(sorted(first))})",
        "y": f"what one of the second costs ({' '.join(sorted(second))})",
    }
    yield Draft(source=plan_text(unknowns, equations, asked, ["x > 0", "y > 0"]))


def _one(count: str) -> str:
    return count if count.startswith("N") else "1"


Orders = list[tuple[str, str]]


def _kinds(lots: Sequence[re.Match[str]]) -> tuple[frozenset[str], frozenset[str], Orders] | None:
    """Return the words of each of two goods, and how many of each each lot holds."""
    a, b = lots
    first, second = stems(f" {a[2]}"), stems(f" {a[4]}")
    third, fourth = stems(f" {b[2]}"), stems(f" {b[4]}")
    first, second = first - second, second - first
    if not first or not second:
        return None
    if first & third and second & fourth and not first & fourth and not second & third:
        return first, second, [(a[1], a[3]), (b[1], b[3])]
    if first & fourth and second & third and not first & third and not second & fourth:
        return first, second, [(a[1], a[3]), (b[3], b[1])]
    return None


def _bought(text: str, first: frozenset[str], second: frozenset[str]) -> tuple[str, ...] | None:
    wanted: list[str] = []
    asks = re.finditer(
        r"\b(?:how much|what (?:is|was|are|were|does|do|did)|find|determine|how many)\b([^.?]*)",
        text,
    )
    for ask in asks:
        words = stems(f" {ask[1]}")
        in_first, in_second = bool(words & first), bool(words & second)
        if in_first == in_second:
            if not in_first and not re.search(r"\beach\b|\bprices\b|\bcosts\b", ask[1]):
                continue
            wanted += ["x", "y"]
        else:
            wanted.append("x" if in_first else "y")
    return tuple(dict.fromkeys(wanted)) or None
