"""Amounts in two shares: by a ratio, at two rates of interest, by a difference; ages at a time."""

import re
from collections.abc import Iterator

from math_solver.word_problems.draft import Draft

from .amounts import Facts, Given

_INTEREST = r"\b(?:invest\w*|interest|accounts?|loans?|stocks?|bonds?|deposit\w*)\b"


def sharing(facts: Facts) -> Iterator[Draft]:
    """Yield drafts for two shares."""
    yield from _by_ratio(facts)
    yield from _two_loans(facts)
    yield from _age_multiple(facts)


# --- ratios


def _by_ratio(facts: Facts) -> Iterator[Draft]:
    """`the ratio of A to B is 3 to 2; there are 15 altogether`: how many are A?"""
    told = re.search(
        r"\bratio of (?:the )?(?:number of )?(?P<a>[a-z ]+?) (?:to|and|:) (?:the )?(?P<b>[a-z ]+?)"
        r" (?:is|was|are)(?: \w+)? (?P<x>N\d+) ?(?:to|:) ?(?P<y>N\d+)",
        facts.text,
    )
    if (
        told is None
        or len(facts.given) + len(facts.counted) != 3
        or facts.says(r"\bmore|less|join")
    ):
        return
    third = [one for one in facts.given if one.name not in {told["x"], told["y"]}]
    if len(third) != 1 or third[0].kind not in {"plain", "volume", "money"}:
        return
    whole = facts.says(
        r"\b(?:total|altogether|in all|sum|together|combined|there are N\d+ \w+ in)\b"
    )
    first, second = told["a"].split()[-1], told["b"].split()[-1]
    of_first, of_second = (
        re.match(rf"\s?(?:{word}|{word.removesuffix('s')})", facts.text[third[0].end :])
        for word in (first, second)
    )
    asked = [word in facts.asked for word in (first, second)]
    if asked[0] == asked[1]:
        return
    wanted = "x" if asked[0] else "y"
    if bool(of_first) != bool(of_second):
        known = "x" if of_first else "y"
        sum_ = (known, third[0].name)
    elif whole:
        sum_ = ("x + y", third[0].name)
    else:
        return
    unknowns = {"x": f"how many are {first}", "y": f"how many are {second}"}
    equations = [(f"x * {told['y']}", f"y * {told['x']}"), sum_]
    yield facts.draft(unknowns, equations, [wanted], ["x > 0", "y > 0"])


# --- interest


def _two_loans(facts: Facts) -> Iterator[Draft]:
    """Two rates; how much more at one, or altogether; the interest together, or the same."""
    rates = _distinct(facts.of("percent"))
    if len(rates) != 2 or not facts.says(_INTEREST) or facts.says(r"\b(?:compound\w*|loss|lost)\b"):
        return
    if facts.of("time"):
        return
    rest = _distinct([one for one in facts.given if one.kind != "percent"])
    earned = f"{rates[0].name} / 100 * x", f"{rates[1].name} / 100 * y"
    differences = [one for one in rest if one.kind in {"difference", "factor"}]
    if len(rest) == 1 and facts.says(
        r"\b(?:interests?|returns?|incomes?)\b[^.]*\b(?:same|equal)\b"
    ):
        relation = _more(facts, rates, differences) or ("x + y", rest[0].name)
        equations = [relation, earned]
    elif len(rest) == 2 and len(differences) == 1:
        relation = _more(facts, rates, differences)
        other = next(one for one in rest if one is not differences[0])
        if relation is None:
            return
        equations = [relation, (" + ".join(earned), other.name)]
    elif len(rest) == 2 and not differences:
        principal, interest = sorted(rest, key=lambda one: -one.value)
        low, high = sorted(one.value for one in rates)
        if not low * principal.value <= 100 * interest.value <= high * principal.value:
            return
        equations = [("x + y", principal.name), (" + ".join(earned), interest.name)]
    else:
        return
    asked = _rates_asked(facts, rates)
    if asked is not None:
        unknowns = {
            name: f"the amount at {rate.name} %" for name, rate in zip("xy", rates, strict=True)
        }
        yield facts.draft(unknowns, equations, asked, ["x >= 0", "y >= 0"])


def _distinct(given: list[Given]) -> list[Given]:
    kept: list[Given] = []
    for one in given:
        if all(one.value != other.value for other in kept):
            kept.append(one)
    return kept


def _more(facts: Facts, rates: list[Given], differences: list[Given]) -> tuple[str, str] | None:
    """`$N0 more at N1 % than`: the rate that follows has more."""
    if len(differences) != 1:
        return None
    if differences[0].kind == "factor":
        return _times_as_much(facts, rates, differences[0])
    tail = facts.text[differences[0].end :].split(".", maxsplit=1)[0]
    side = re.match(r" ?(?:dollars? )?(more|less)\b[^.?]*?\b(?:at|on|in|into)\b[^.?]*?(N\d+)", tail)
    values = {one.name: one.value for one in facts.given}
    if side is None or side[2] not in values:
        return None
    place = [i for i, rate in enumerate(rates) if rate.value == values[side[2]]]
    if not place:
        return None
    first, second = ("x", "y") if place[0] == 0 else ("y", "x")
    return first, f"{second} {'+' if side[1] == 'more' else '-'} {differences[0].name}"


def _times_as_much(facts: Facts, rates: list[Given], factor: Given) -> tuple[str, str] | None:
    """`3 times as much at 11 % as at 9 %`: the rate that follows has more."""
    told = re.match(
        r" times as much (?:money )?(?:at|in|on) [^.?]*?(N\d+) ?%[^.?]*? as [^.?]*?(N\d+) ?%",
        facts.text[factor.end :],
    )
    if told is None or [told[1], told[2]] != [rate.name for rate in rates]:
        return None
    return "x", f"{factor.name} * y"


def _rates_asked(facts: Facts, rates: list[Given]) -> tuple[str, ...] | None:
    values = {one.name: one.value for one in facts.given}
    named = {values[name] for name in re.findall(r"N\d+", facts.asked) if name in values}
    wanted = [name for name, rate in zip("xy", rates, strict=True) if rate.value in named]
    if len(wanted) == 1:
        return (wanted[0],)
    if len(wanted) == 2 or re.search(r"\b(?:each|both|every)\b", facts.asked):
        return ("x", "y")
    return None


# --- ages


def _age_multiple(facts: Facts) -> Iterator[Draft]:
    """Two ages now; when is, or was, one so many times the other?"""
    told = re.findall(
        r"\b(?:is|was|am|are) (?:now )?(N\d+)(?: years?(?: old)?)?(?= |\.|,|;|$)", facts.text
    )
    factor = re.search(r"\b(?:(N\d+) times|(twice|double)|(thrice|triple))\b", facts.asked)
    if len(told) != 2 or factor is None or not facts.says(r"\b(?:old|age|ages)\b"):
        return
    when = re.search(r"\bhow many years (?P<ago>ago)?|\bwhen (?P<past>was|were)?(?:will)?\b"
                     r"|\b(?:in|after) how (?:many|long)", facts.asked)  # fmt: skip
    used = {*told, *([factor[1]] if factor[1] else [])}
    if when is None or {one.name for one in facts.given} != used:
        return
    if re.search(r"\bhow old\b|\bage (?:of|will)\b", facts.asked):
        return
    ages = sorted((one for one in facts.given if one.name in told), key=lambda one: one.value)
    times = factor[1] or ("2" if factor[2] else "3")
    past = when["ago"] or when["past"] or re.search(r"\bago\b", facts.asked)
    sign = "-" if past else "+"
    young, old = (f"{one.name} {sign} x" for one in ages)
    meaning = f"how many years {'ago' if past else 'from now'}"
    yield facts.draft({"x": meaning}, [(old, f"{times} * ({young})")], ["x"], ["x >= 0"])
