"""Two kinds of things: so much for each, so many together, so much altogether.

Tickets, coins, investments, solutions, blends, legs and points are one form: `x + y = count` and
`a*x + b*y = value`. Which number plays which part follows from what it is (money, a percentage, a
plain amount) and from its size; the solution must be possible, or the reading is dropped.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import TypeAlias

from math_solver.reading import Question

from .draft import MAX_WORDS, Draft, plain_words, plan_text
from .mentions import Mention, mentions, stems, told_apart

COINS = {
    "penn(?:y|ies)": 1,
    "nickels?": 5,
    "dimes?": 10,
    "quarters?": 25,
    "half dollars?": 50,
}
LEGS = {
    (
        "chickens?|hens?|ducks?|birds?|geese|turkeys?|ostrich(?:es)?|people|bicycles?"
        "|bikes?|motorcycles?"
    ): 2,
    (
        "cows?|horses?|pigs?|sheep|goats?|rabbits?|dogs?|cats?|cattle|elephants?|cars?"
        "|tables?|buffalos?"
    ): 4,
    "tricycles?": 3,
}
_BOTH = re.compile(
    r"\b(?:each|both|respectively|the N\d+ (?:\w+ )?(?:amounts|types|kinds)|number of "
    r"\w+ and (?:\w+ )*)\b"
)
_ASKS = re.compile(
    r"(?:how (?:many|much)|what (?:is|are|was|were)|find|determine|calculate|what "
    r"(?:number|amount|quantity))\b"
    r"([^?.]*)"
)


_POLL = re.compile(
    r"\bsurvey|\bpoll\b|\bbudget|\bmoney (?:\w+ ){1,3}left\b"
    r"|% (?:said|liked?|prefer|of (?:the )?(?:pieces|votes?|students))"
)
"""Shares of those who were asked, not two kinds of things."""
Values: TypeAlias = Mapping[str, Fraction]


@dataclass(frozen=True, slots=True, kw_only=True)
class Side:
    """One of the two kinds: what one of it counts for, and the words that go with it."""

    weight: str
    value: Fraction
    words: frozenset[str]
    shown: str
    start: int


def by_kinds(question: Question) -> Iterator[Draft]:
    """Yield drafts for two kinds of things."""
    text = plain_words(question)
    if len(text.split()) > MAX_WORDS or question.formulas or _POLL.search(text):
        return
    found = _said_once([m for m in mentions(text, question) if not _mere_count(text, m)], text)
    values = {f"N{i}": number for i, number in enumerate(question.numbers)}
    for maker in (_coins, _legs, _priced, _invested, _mixed, _blended, _topped_up):
        yield from maker(text, found, values)


def _said_once(found: Sequence[Mention], text: str) -> list[Mention]:
    """Drop numbers that a question only repeats: `how many 4 point problems are there?`."""
    first = min((m.start() for m in _ASKS.finditer(text)), default=len(text))
    kept: list[Mention] = []
    for mention in found:
        again = any(mention.value == other.value and mention.kind == other.kind for other in kept)
        if not (again and mention.start > first):
            kept.append(mention)
    return kept


def _mere_count(text: str, mention: Mention) -> bool:
    """`two types of tickets`, `2 accounts`, `1 year`: numbers that weigh nothing."""
    after = text[mention.start :]
    kinds = (
        r"N\d+ (?:different |separate |existing |of the |other )?(?:\w+ )?(?:types?|kinds?"
        r"|sources?|accounts?|funds?"
        r"|investments?|solutions?|parts?|sorts?|varieties|loans?|classes|categories"
        r"|amounts|brands|alloys|metals|bonds|stocks|companies|grades|mixtures)\b"
    )
    if mention.value == 2 and re.match(kinds, after):
        return True
    weighs = re.match(r"N\d+ (?:points?|miles?|hours?|pounds?)\b", after)
    return mention.value == 1 and mention.kind == "plain" and not weighs


def _asked(
    text: str,
    sides: tuple[Side, Side],
    values: Mapping[str, Fraction],
    shared: frozenset[str],
) -> tuple[str, ...] | None:
    """Return which unknowns are asked for: x, y or both; None where it is not clear."""
    tails = [m[1] for m in _ASKS.finditer(text)]
    first, second = told_apart(sides[0].words, sides[1].words)
    first, second = first - shared, second - shared
    wanted: list[str] = []
    for tail in tails:
        words = stems(tail)
        named = {values[name] for name in re.findall(r"N\d+", tail)}
        in_first = (
            bool(words & first) or sides[0].value in named or _by_price(tail, sides[0], sides[1])
        )
        in_second = (
            bool(words & second) or sides[1].value in named or _by_price(tail, sides[1], sides[0])
        )
        if (in_first and in_second) or (_BOTH.search(tail) and in_first == in_second):
            return ("x", "y")
        if in_first or in_second:
            wanted.append("x" if in_first else "y")
    return tuple(dict.fromkeys(wanted)) or None


def _by_price(tail: str, side: Side, other: Side) -> bool:
    """`the cheaper kind`, `the more expensive kind`."""
    cheap = re.search(r"\b(?:cheaper|less expensive|lower priced|weaker)\b", tail)
    dear = re.search(r"\b(?:more expensive|costlier|higher priced|better|stronger)\b", tail)
    return bool(cheap and side.value < other.value) or bool(dear and side.value > other.value)


def _draft(
    text: str,
    sides: tuple[Side, Side],
    equations: Sequence[tuple[str, str]],
    used: Sequence[Mention],
    values: Mapping[str, Fraction],
    *,
    whole: bool,
) -> Iterator[Draft]:
    weights = {side.weight for side in sides}
    shared = frozenset(word for m in used if m.name not in weights for word in m.near)
    asked = _asked(text, sides, values, shared) or _asked(text, sides, values, frozenset())
    if asked is None:
        return
    unknowns = {
        name: f"the amount of the first kind ({side.shown})"
        if name == "x"
        else f"the amount of the second kind ({side.shown})"
        for name, side in zip("xy", sides, strict=True)
    }
    conditions = ["x >= 0", "y >= 0"]
    conditions += ["x whole", "y whole"] if whole else []
    names = {m.name for m in used}
    same = {m.value for m in used}
    others = {n for n in re.findall(r"\bN\d+\b", text) if n not in names}
    counted = {n for n in others if values[n] in same or _weightless(text, n)}
    yield Draft(
        source=plan_text(unknowns, equations, asked, conditions), counted=frozenset(counted)
    )


def _weightless(text: str, name: str) -> bool:
    """Whether a number only counts kinds or asks: `the two types`, `of the 2 amounts`."""
    return bool(
        re.search(
            (
                rf"\b{name} (?:different |separate |existing |of the |other )?(?:\w+ )?(?:types?"
                rf"|kinds?|sources?|accounts?|funds?"
                r"|investments?|solutions?|parts?|sorts?|loans?|amounts|brands|alloys|companies"
                r"|grades|mixtures)\b"
            ),
            text,
        )
    )


def _sum(weights: tuple[str, str]) -> str:
    return f"{weights[0]} * x + {weights[1]} * y"


def _scaled(total: Mention, *, in_cents: bool) -> str:
    """Write a total in the unit of the rates."""
    if in_cents and not total.cents:
        return f"{total.name} * 100"
    if total.cents and not in_cents:
        return f"{total.name} / 100"
    return total.name


# --- named weights: coins and legs


def _named(text: str, table: dict[str, int]) -> list[Side]:
    sides: list[Side] = []
    for pattern, value in table.items():
        found = re.search(rf"\b(?:{pattern})\b", text)
        if found:
            words = stems(found.group())
            sides.append(
                Side(
                    weight=str(value),
                    value=Fraction(value),
                    words=words,
                    shown=f"{found.group()}, {value}",
                    start=found.start(),
                )
            )
    return sorted(sides, key=lambda side: side.start)


def _coins(text: str, found: Sequence[Mention], values: Values) -> Iterator[Draft]:
    sides = _named(text, COINS)
    if len(sides) != 2 or len(found) != 2:
        return
    money = [m for m in found if m.kind == "money"]
    plain = [m for m in found if m.kind == "plain"]
    if len(money) != 1 or len(plain) != 1:
        return
    count, total = plain[0], money[0]
    pair = (sides[0], sides[1])
    value = _scaled(total, in_cents=True)
    relation = _related(text, pair, count)
    first = [relation] if relation else [("x + y", count.name)]
    equations = [*first, (_sum((pair[0].weight, pair[1].weight)), value)]
    yield from _draft(text, pair, equations, found, values, whole=True)


def _related(text: str, sides: tuple[Side, Side], count: Mention) -> tuple[str, str] | None:
    """`5 more dimes than nickels`, `3 times as many dimes as nickels`: an equation, or None."""
    tail = text[count.start :]
    more = re.match(r"N\d+ (more|fewer|less) (\w+)(?: \w+){0,6}? than (?:\w+ ){0,2}?(\w+)", tail)
    times = re.match(r"N\d+ times as (?:many|much) (\w+)(?: \w+){0,4}? as (\w+)", tail)
    if more:
        first, second = _which(more[2], sides), _which(more[3], sides)
        if first and second and first != second:
            return first, f"{second} {'+' if more[1] == 'more' else '-'} {count.name}"
    if times:
        first, second = _which(times[1], sides), _which(times[2], sides)
        if first and second and first != second:
            return first, f"{count.name} * {second}"
    return None


def _which(word: str, sides: tuple[Side, Side]) -> str | None:
    words = stems(word)
    return "x" if words & sides[0].words else "y" if words & sides[1].words else None


def _legs(text: str, found: Sequence[Mention], values: Values) -> Iterator[Draft]:
    if not re.search(r"\b(?:legs|feet|wheels)\b", text) or len(found) != 2:
        return
    sides = _named(text, LEGS)
    legs = [m for m in found if re.match(r"N\d+ (?:\w+ )?(?:legs|feet|wheels)\b", text[m.start :])]
    if len(sides) != 2 or len(legs) != 1:
        return
    count = next(m for m in found if m is not legs[0])
    pair = (sides[0], sides[1])
    equations = [("x + y", count.name), (_sum((pair[0].weight, pair[1].weight)), legs[0].name)]
    yield from _draft(text, pair, equations, found, values, whole=True)


# --- prices, points


def _side(mention: Mention, unit: str) -> Side:
    return Side(
        weight=mention.name,
        value=mention.value,
        words=mention.near,
        shown=f"{mention.name}{unit} each",
        start=mention.start,
    )


def _priced(text: str, found: Sequence[Mention], values: Values) -> Iterator[Draft]:
    """Two prices (or points), one count, one total: x + y = count, a*x + b*y = total."""
    if len(found) != 4 or any(m.kind == "percent" for m in found) or _TIERS.search(text):
        return
    money = [m for m in found if m.kind == "money"]
    plain = [m for m in found if m.kind == "plain"]
    if len(money) == 3 and len(plain) == 1:
        total = max(money, key=lambda m: m.value / (100 if m.cents else 1))
        rates = [m for m in money if m is not total]
        count = plain[0]
        if re.search(r"\b(?:mix|mixture|blend|blended)\b", text) and _blend_price(total, rates):
            return
    elif not money and _summed(text, plain):
        ordered = sorted(plain, key=lambda m: (not m.rate, m.value))
        if sum(m.rate for m in plain) != 2:
            ordered.sort(key=lambda m: m.value)
        rates, rest = sorted(ordered[:2], key=lambda m: m.start), ordered[2:]
        count, total = sorted(rest, key=lambda m: m.value)
    else:
        return
    if rates[0].cents != rates[1].cents:
        return
    low, high = sorted(m.value for m in rates)
    scale = Fraction(100 if rates[0].cents else 1, 100 if total.cents else 1)
    if low == high or not low * count.value <= total.value * scale <= high * count.value:
        return
    sides = (_side(rates[0], ""), _side(rates[1], ""))
    first, second = told_apart(sides[0].words, sides[1].words)
    if _of_one_side(text, count, first, second) or _part_of_one(rates):
        return
    equations = [
        ("x + y", count.name),
        (_sum((rates[0].name, rates[1].name)), _scaled(total, in_cents=rates[0].cents)),
    ]
    weighed = bool(count.unit) and not re.search(r"\b(?:tickets?|coins?|people)\b", text)
    yield from _draft(text, sides, equations, found, values, whole=not weighed)


def _of_one_side(text: str, count: Mention, first: frozenset[str], second: frozenset[str]) -> bool:
    """Whether a count is of one kind alone: `8 small pizzas`, where both kinds are pizzas."""
    told = re.match(r"N\d+ ([a-z]+) ([a-z]+)", text[count.start :])
    if told is None:
        return False
    kind, thing = stems(f" {told[1]}"), stems(f" {told[2]}")
    return bool(kind & (first | second)) and bool(thing) and not thing & (first | second)


def _part_of_one(rates: Sequence[Mention]) -> bool:
    """Whether a rate is a fraction of something: `a third more calories`."""
    return any(m.value.denominator not in {1, 2, 4, 5, 10, 20, 25, 50, 100} for m in rates)


def _summed(text: str, plain: Sequence[Mention]) -> bool:
    if _WEIGHED.search(text):
        return True
    told = re.search(r"\b(?:totals?|altogether|in all|combined)\b", text)
    return bool(told) and sum(m.rate for m in plain) == 2


_WEIGHED = re.compile(r"\b(?:points?|calories|worth|cost|costs|price|prices|set up for)\b")
_TIERS = re.compile(
    r"\b(?:additional|overtime|first N\d|forfeits?|loses?|lose|deducted|fined|penalty"
    r"|more than the|apart"
    r"|speed|faster|mph|slower|per hour faster|upstream)\b"
)
"""Words of problems in which the two numbers are not simply so much for each of two kinds."""


def _blend_price(total: Mention, rates: Sequence[Mention]) -> bool:
    return total.rate and all(m.value < total.value * 4 for m in rates)


def _invested(text: str, found: Sequence[Mention], values: Values) -> Iterator[Draft]:
    """Two rates of interest, the sum invested, the interest together."""
    money = [m for m in found if m.kind == "money"]
    rates = _distinct([m for m in found if m.kind == "percent"])
    interest = re.search(
        r"\b(?:invest|invested|investments?|interest|loans?|borrowed|account)", text
    )
    if len(rates) != 2 or not interest or re.search(r"\bcompound|\bN\d+ years\b", text):
        return
    money = _distinct(money)
    if len(money) != 2:
        return
    principal, earned = sorted(money, key=lambda m: -m.value)
    sides = (_side(rates[0], "%"), _side(rates[1], "%"))
    names = [*rates, principal, earned]
    value = f"{rates[0].name} / 100 * x + {rates[1].name} / 100 * y"
    if re.search(rf"\b{principal.name} (?:more|less|fewer)\b", text):
        relation = _more_at(text, principal, rates)
        if relation:
            yield from _draft(
                text, sides, [relation, (value, earned.name)], names, values, whole=False
            )
        return
    if re.search(rf"\b{earned.name} (?:more|less|fewer)\b|\bloss\b|\blost\b", text):
        return
    low, high = sorted(m.value for m in rates)
    if low * principal.value <= 100 * earned.value <= high * principal.value:
        yield from _draft(
            text,
            sides,
            [("x + y", principal.name), (value, earned.name)],
            names,
            values,
            whole=False,
        )


def _distinct(found: Sequence[Mention]) -> list[Mention]:
    """Return the first mention of each value: `how much at 5 %` names the rate again."""
    kept: list[Mention] = []
    for mention in found:
        if all(mention.value != other.value for other in kept):
            kept.append(mention)
    return kept


def _more_at(text: str, amount: Mention, rates: Sequence[Mention]) -> tuple[str, str] | None:
    tail = text[amount.start :]
    told = re.match(
        r"N\d+ (more|less) [^.?]*?\b(?:at|on the|in the|into the|in an?) (?:\w+ ){0,3}?(N\d+)", tail
    )
    places = {m.name: "xy"[i] for i, m in enumerate(rates)}
    if told is None or told[2] not in places:
        return None
    first = places[told[2]]
    second = "y" if first == "x" else "x"
    return first, f"{second} {'+' if told[1] == 'more' else '-'} {amount.name}"


# --- mixtures

_DRAINED = re.compile(r"\bdrain|\breplace|\binterest\b|\binvest|\bevaporat|\bremaining\b")
_MIXED = re.compile(
    r"\b(?:mix|mixed|mixes|mixing|mixture|solutions?|alloys?|acid|blend|combin|milk"
    r"|antifreeze|pure|copper|gold|silver|alcohol|strength|butterfat|cream)"
)


def _mixed(text: str, found: Sequence[Mention], values: Values) -> Iterator[Draft]:
    """Two percentages and the wanted one, and how much of the mixture."""
    percents = _distinct([m for m in found if m.kind == "percent"])
    rest = _distinct([m for m in found if m.kind != "percent"])
    if (
        len(percents) != 3
        or len(rest) != 1
        or re.search(r"\bdrained?|\breplaced?|\binterest\b", text)
    ):
        return
    yield from _to_the_middle(text, percents, rest[0], values)


def _blended(text: str, found: Sequence[Mention], values: Values) -> Iterator[Draft]:
    """Two prices by weight and the price of the blend, and how much of the blend."""
    prices = [m for m in found if m.kind == "money"]
    rest = [m for m in found if m.kind != "money"]
    mixing = re.search(r"\b(?:mix|mixed|mixture|blend|blended|mixes|brass|alloy)\b", text)
    if len(prices) != 3 or len(rest) != 1 or not mixing or rest[0].kind == "percent":
        return
    if len({m.cents for m in prices}) == 1:
        yield from _to_the_middle(text, prices, rest[0], values)


def _to_the_middle(
    text: str, rates: Sequence[Mention], amount: Mention, values: Values
) -> Iterator[Draft]:
    low, middle, high = sorted(rates, key=lambda m: m.value)
    ends = sorted((low, high), key=lambda m: m.start)
    if low.value == high.value or _belongs_to_end(text, amount, ends):
        return
    sides = (_side(ends[0], ""), _side(ends[1], ""))
    equations = [
        ("x + y", amount.name),
        (_sum((ends[0].name, ends[1].name)), f"{middle.name} * {amount.name}"),
    ]
    yield from _draft(text, sides, equations, [*rates, amount], values, whole=False)


_OF_IT = (
    r"(?:\s(?:fluid )?(?:lbs?|pounds?|ounces?|oz|grams?|kg|kilograms?|gallons?|liters?"
    r"|litres?|ml|milliliters?"
    r"|quarts?|pints?|cups?|cc|tons?|scoops?|g|l|cubic centimeters)?\.?)?"
)


def _belongs_to_end(text: str, amount: Mention, ends: Sequence[Mention]) -> bool:
    """Whether the amount is of one of the parts: `added to 10 liters of a 20 % solution`."""
    tail = re.match(
        rf"N\d+{_OF_IT} (?:of )?(?:an? |the )?(?:solution (?:that is |of ))?(N\d+)",
        text[amount.start :],
    )
    if tail and tail[1] in {m.name for m in ends}:
        return True
    following = text[amount.start :]
    near = re.match(r"N\d+([^.;?]*?)(N\d+)", following)
    making = r"\b(?:by|using|from|mixing|mix|mixture|blend|with|made|combining|how|that is)\b"
    if near and near[2] in {m.name for m in ends} and not re.search(making, near[1]):
        return True
    added = (
        rf"\b(?:added|add|mixed|mix|combined|blended|adding|mixing) (?:to|with) (?:the |a "
        rf")?{amount.name}\b"
    )
    return bool(re.search(added, text))


def _topped_up(text: str, found: Sequence[Mention], values: Values) -> Iterator[Draft]:
    """So much of one part is known: how much of the other brings it to what is wanted."""
    del values  # the one unknown is asked for
    percents = _distinct([m for m in found if m.kind == "percent"])
    prices = [m for m in found if m.kind == "money"]
    rates = percents if len(percents) == 3 else prices
    rest = _distinct([m for m in found if m.kind == "plain"])
    mixing = re.search(
        r"\b(?:mix|mixed|mixture|blend|add|added|adding|combined|solution|alloy)\b", text
    )
    if len(rates) != 3 or len(rest) != 1 or not mixing or len({m.cents for m in rates}) != 1:
        return
    amount = rest[0]
    low, middle, high = sorted(rates, key=lambda m: m.value)
    known = re.match(
        rf"N\d+{_OF_IT} (?:of )?(?:an? |the )?(?:\w+ ){{0,8}}?\$? ?(N\d+)", text[amount.start :]
    )
    ends = [m for m in (low, high) if known and m.name == known[1]]
    if len(ends) != 1 or middle.value in {low.value, high.value}:
        return
    other = high if ends[0] is low else low
    if not _belongs_to_end(text, amount, (low, high)):
        return
    if not re.search(r"\bhow (?:many|much)\b", text):
        return
    unknowns = {"x": f"the amount of the other part ({other.name})"}
    equation = (
        f"{other.name} * x + {ends[0].name} * {amount.name}",
        f"{middle.name} * (x + {amount.name})",
    )
    yield Draft(source=plan_text(unknowns, [equation], ["x"], ["x >= 0"]))
