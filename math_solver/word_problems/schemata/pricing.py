"""Two kinds with a price each, how many more there are of one, and what all come to."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from math_solver.word_problems.draft import Draft

from .amounts import Facts, Given

_COINS = {
    "penn(?:y|ies)": 1,
    "nick(?:el|le)s?": 5,
    "dimes?": 10,
    "quarters?": 25,
}
_MORE = re.compile(
    r"(?:(?P<step>N\d+) (?P<sign>more|fewer|less)(?P<and> than)? ?)?"
    r"(?P<times>(?:(?P<factor>N\d+) times|twice|thrice) as (?:many|much) )?"
    r"(?P<first>(?:[a-z]+ ){0,5}?[a-z]+) (?:than|as) (?P<second>[^.,;?]*)"
)
_CUT = r"[.?!;,]|\b(?:and|while|but|whereas)\b"


@dataclass(frozen=True, slots=True, kw_only=True)
class _Kind:
    """One of the two: how a plan writes its price in cents or dollars, and its words."""

    price: str
    words: frozenset[str]
    shown: str


def two_prices(facts: Facts) -> Iterator[Draft]:
    """Yield the draft of two priced kinds of which one is told by the other."""
    found = _coins(facts) or _priced(facts)
    if found is None:
        return
    kinds, total, rest = found
    relation = _relation(facts, kinds, rest)
    if relation is None:
        return
    asked = _asked(facts, kinds)
    if asked is None:
        return
    unknowns = {
        name: f"how many there are of {kind.shown}" for name, kind in zip("xy", kinds, strict=True)
    }
    equations = [relation, (f"{kinds[0].price} * x + {kinds[1].price} * y", total)]
    yield facts.draft(unknowns, equations, asked, ["x >= 0", "y >= 0"])


_Found = tuple[tuple[_Kind, _Kind], str, list[Given]]


def _coins(facts: Facts) -> _Found | None:
    """Two kinds of coins and their value."""
    found = sorted(
        (match.start(), value, match.group())
        for pattern, value in _COINS.items()
        if (match := re.search(rf"\b{pattern}\b", facts.text))
    )
    money = facts.of("money")
    if len(found) != 2 or len(money) != 1:
        return None
    kinds = [_Kind(price=str(v), words=_stems(word), shown=word) for _, v, word in found]
    rest = [one for one in facts.given if one is not money[0]]
    total = money[0].name if money[0].unit == "cent" else f"{money[0].name} * 100"
    return (kinds[0], kinds[1]), total, rest


def _priced(facts: Facts) -> _Found | None:
    """Two prices in one unit, and what was paid altogether: more than both."""
    sums = [*facts.of("price"), *facts.of("money")]
    if len(sums) != 3:
        return None
    total = max(sums, key=lambda one: one.value / (100 if one.unit == "cent" else 1))
    prices = sorted((one for one in sums if one is not total), key=lambda one: one.start)
    if prices[0].unit != prices[1].unit or prices[0].value == prices[1].value:
        return None
    if total.value <= prices[0].value + prices[1].value and total.unit == prices[0].unit:
        return None
    words = [_near(facts, one) for one in prices]
    kinds = [
        _Kind(price=one.name, words=mine - other, shown=f"those at {one.name}")
        for one, mine, other in zip(prices, words, reversed(words), strict=True)
    ]
    if not kinds[0].words or not kinds[1].words:
        return None
    rest = [one for one in facts.given if one not in sums]
    scale = {("cent", "$"): f"{total.name} * 100", ("$", "cent"): f"{total.name} / 100"}
    return (kinds[0], kinds[1]), scale.get((prices[0].unit, total.unit), total.name), rest


def _near(facts: Facts, one: Given) -> frozenset[str]:
    """The words of the clause in which a price stands."""
    before = re.split(_CUT, facts.text[: one.start])[-1]
    after = re.split(_CUT, facts.text[one.end :])[0]
    return _stems(f"{before} {after}")


_EMPTY = frozenset(
    "the and for cost costs each were was are is per sold sells sell price priced ticket tickets of"
    " to dollar dollars cents cent a an at on in that while number many much how what more than as"
    " twice all her his she he they there total".split()
)


def _stems(text: str) -> frozenset[str]:
    words = (w for w in re.findall(r"[a-z]+", text) if w not in _EMPTY)
    return frozenset(w.removesuffix("s") for w in words)


def _relation(
    facts: Facts, kinds: tuple[_Kind, _Kind], rest: Sequence[Given]
) -> tuple[str, str] | None:
    """`7 more than twice as many A as B`, `3 times as many A as B`, `5 more A than B`."""
    for told in _MORE.finditer(facts.text):
        used = {told["step"], told["factor"]} - {None}
        if {one.name for one in rest} != used or not (told["step"] or told["times"]):
            continue
        if told["and"] and not told["times"]:
            continue
        sides = [_side(told[part], kinds) for part in ("first", "second")]
        if None in sides or sides[0] == sides[1]:
            continue
        factor = told["factor"] or ("3" if "thrice" in told.group() else "2")
        right = f"{factor} * {sides[1]}" if told["times"] else f"{sides[1]}"
        if told["step"]:
            right += f" {'+' if told['sign'] == 'more' else '-'} {told['step']}"
        return f"{sides[0]}", right
    return None


def _side(text: str, kinds: tuple[_Kind, _Kind]) -> str | None:
    words = _stems(text)
    fits = [bool(words & kind.words) for kind in kinds]
    return None if fits[0] == fits[1] else "x" if fits[0] else "y"


def _asked(facts: Facts, kinds: tuple[_Kind, _Kind]) -> tuple[str, ...] | None:
    """Which of the two numbers is asked for; both where each is."""
    asked = re.sub(r"N\d+.*", "", facts.asked)
    if not re.search(r"\bhow many\b|\bnumber of\b|\bfind\b", asked):
        return None
    one = _side(asked, kinds)
    if one is not None:
        return (one,)
    both = re.search(r"\b(?:each|both)\b", facts.asked) or all(
        _stems(asked) & kind.words for kind in kinds
    )
    return ("x", "y") if both else None
