"""Short stories of counting: what there is, what comes and goes, and so much of it in each.

Every number gets its part: an amount of something, a gain, a loss, or a rate (`5 files in each
folder`). Amounts of the same things are added up with their signs; a rate multiplies or divides by
what its units say. A number without a part, or a unit that does not fit, and nothing is proposed.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import pairwise

from math_solver.reading import Question

from .doubts import beyond_patterns, new_words
from .draft import Draft, plain_words
from .story_parts import GAIN, LOSE, Part, noun_list, nouns, parts_of, person_of

MAX_WORDS = 45
COMPARE = re.compile(
    r"\bhow (?:many|much) (?:more|fewer|less|longer|taller|heavier|farther|further|older|younger"
    r"|bigger|greater|higher|deeper|faster|wider|warmer|colder|larger)\b|\bdifference\b"
    r"|\bhow much\b.*\bthan\b",
    re.IGNORECASE,
)
START = re.compile(
    r"\b(?:start|begin|beginning|at first|originally|initially|before|at the start)\b",
    re.IGNORECASE,
)
BEYOND = re.compile(
    r"%|\b(?:averaged|planned|planning|additional|weekdays|weekends|twice|thrice|double|triple|half|percent|average|ratio|except|both|perimeter|area"
    r"|as (?:many|much|old|long|tall) as|square|consecutive|profit|times that|current"
    r"|(?:a|the|what|another) number (?!of)|numbers"
    r"|squares|tournament|nonnegative|real|consecutive"
    r"|integers?|primes?|digits?|remainders?|divisible|divisors?|multiples?|probability|inclusive"
    r"|ways|polygon|angles?|degrees|triangle|circle|sides|radius|diagonal|vertices|sequence"
    r"|permutations?|combinations?|arrangements?|modulo|inverse|fraction|reciprocal|expression"
    r"|roots?|variables?|function|equation|positive|negative|greatest|smallest|largest|least|median"
    r"|mode|mean|randomly|possible|distinct|different"
    r"|times (?:the|more|older)|at (?:this|that|their) rate|remaining \w+ (?:for|to))\b",
    re.IGNORECASE,
)
"""Words whose part in a story these rules do not know."""
_LOOSE = re.compile(
    r"\b(?:gave|gives|sold|sells|ate|eats|lost|loses|used|took|takes) (?:away )?(?:an?|one)"
    r" (?!total|few|lot|couple|bunch|group|day|week|month|year|break|trip|taxi|bus|look|turn|walk"
    r"|nap|picture|equal|extra|additional)[a-z]+\b"
    r"|\bneeds? N\d+ more\b"
)
"""One that goes and is not counted; more than what."""
_CONTAINER = re.compile(
    r"^(?:box|bag|group|team|pack|package|car|bus|van|table|row|week|day|hour|trip|page"
    r"|shelf|basket|jar|carton|crate|bouquet|pile"
    r"|class|set|cage|tank|case|plate|bunch|album|vase|bin|stack|section|tray|bracelet"
    r"|batch|minute|month|game|load|bottle"
    r"|container|shelve|ride|color|carload|turn|time|folder|packet|baggie|baggy|pie"
    r"|seat|bouquet|flight|bench|station|garden|time|binder|year|player|people|gallon"
    r"|person|friend|student|child|kid)$"
)


def by_stories(question: Question) -> Iterator[Draft]:
    """Yield the draft of a story, at most one."""
    text = _ones_spelled(plain_words(question), question)
    if beyond_patterns(question) or _LOOSE.search(text):
        return
    if question.formulas or not 2 <= len(re.findall(r"\bN\d+", text)) <= 4:
        return
    if len(text.split()) > MAX_WORDS or _beyond(text):
        return
    asked = _question_of(text)
    if re.search(
        r"(?<![\d.])1 (?!hour|day|week|month|year|evening|minute|night|dozen|of\b)[a-z]+",
        question.original,
    ):
        return
    shares = any(
        re.search(r"[/a-z]", t)
        for n, t in zip(question.numbers, question.number_texts, strict=True)
        if n.denominator != 1
    )
    if shares or _converted(text, asked):
        return
    if re.search(
        r"\bper (?:hour|minute)\b|\bspeed\b|^how many N\d+ (?!dollars?\b|cents?\b)", asked
    ):
        return
    coins = re.search(r"\b(?:quarters|dimes|nickels|pennies)\b", text)
    if coins and re.search(r"\bdollars\b|\$", text):
        return
    if re.match(r"how many (?:[a-z]+ ){1,3}and ", asked):
        return
    if COMPARE.search(asked) and (new_words(question) or "total" in text):
        return
    if _INCOME.search(text) and re.search(r"\b(?:spend|spent|pay|paid|cost)\b", asked):
        return
    if not asked or re.search(r"\bN\d+ N\d+\b|\btimes (?:as|more|the)\b", text):
        return
    names = frozenset(n.lower() for n in re.findall(r"\b[A-Z][a-z]+", question.masked)) - _WORDS
    every = parts_of(text, question, asked)
    parts, left_out = _concerned(every, text, asked, names)
    torn = any(_opposed(a, b) for a, b in pairwise(parts))
    expression = _solved(text, asked, parts) if len(parts) > 1 and not torn else None
    if expression is not None:
        wanted = _wanted(asked)
        used = set(re.findall(r"N\d+", expression))
        yield Draft(source=f"answer {expression}", counted=left_out | _idle(parts, used, wanted))


def _opposed(first: Part, second: Part) -> bool:
    """Whether one verb takes and gives: `Ann buys 5 of the pens and Bob buys 6 more`."""
    verbs = [frozenset(re.findall(rf"\b(?:{GAIN}|{LOSE})\b", p.clause)) for p in (first, second)]
    return first.sign * second.sign < 0 and bool(verbs[0] & verbs[1] - _NO_VERBS)


_NO_VERBS = frozenset("more another only already not off left got gets get took takes".split())


def _idle(parts: Sequence[Part], used: set[str], wanted: frozenset[str]) -> frozenset[str]:
    """Return the numbers of things of another kind: red marbles, where blue ones are asked for."""
    told = [p for p in parts if p.name in used and wanted <= p.of]
    return frozenset(
        p.name
        for p in parts
        if len(told) > 1 and len(wanted) > 1 and p.name not in used and p.of and not wanted <= p.of
    )


_WORDS = frozenset(
    (
        "the a an if how in there he she they it his her their at for on each what when "
        "after one every now then"
    ).split()
)


def _ones_spelled(text: str, question: Question) -> str:
    """Write `one` for the number one, which counts nothing by itself."""
    for index, number in enumerate(question.numbers):
        if number == 1:
            text = re.sub(rf"\bN{index}\b", "one", text)
    return re.sub(r"\bbucks?\b", "dollars", text)


def _concerned(
    parts: list[Part], text: str, asked: str, names: frozenset[str]
) -> tuple[list[Part], frozenset[str]]:
    """Leave out what somebody else has, where the question is about one person."""
    person = person_of(asked)
    if person not in names:
        return parts, frozenset()
    kept: list[Part] = []
    for part in parts:
        start = max((m.end() for m in re.finditer(r"[.!?]\s", text[: part.start])), default=0)
        sentence = text[start : part.start]
        subject = re.match(r"(?:later,? |then,? )?([a-z]+)", sentence)
        other = subject is not None and subject[1] in names - {person, *re.findall("[a-z]+", asked)}
        if other and re.search(r"\b(?:has|had|have)\b", sentence) and person not in part.clause:
            continue
        kept.append(part)
    return kept, frozenset({p.name for p in parts} - {p.name for p in kept})


_INCOME = re.compile(
    r"\b(?:found|finds|earned|earns|won|wins|received|receives) (?:(?:another|an extra) )?\$"
)
"""Money that comes, and is no part of what is spent."""


_UNITS = tuple(
    tuple(units.split())
    for units in (
        "second minute hour day week month year",
        "cent dollar",
        "inch foot feet yard mile",
        "ounce pound",
        "gram kilogram g kg",
        "cup pint quart gallon",
        "liter milliliter ml",
        "meter centimeter kilometer cm km",
    )
)


_FURTHER = re.compile(
    r"\b(?:the same (?:way|number|amount)|back (?:home|and)|continues?|pattern|every "
    r"other|including|including|drops? out|legs|arms|hands|discount|tax|tip|per \w+ per"
    r"|except"
    r"|free|half of|if they each|round trip|until|leap|fewer|quadruple|doubles?|doubled"
    r"|couples?|splits the|(?:between|among) (?:her|him)self"
    r"|forth and back|N\d+ off|loan|payment|proportional|percent(?:age)?|combined age"
    r"|dozens|serving|wheels|reps|drops|coupon|fee"
    r"|taken out|brought back|trade in|in the end|lack|at the moment"
    r"|beat|more times|to be used|savings"
    r"|for every|extra|pairs|wide|approximately|identical|to be given|back in"
    r"|wants? to (?:\w+ ){1,3}total of"
    r"|would have (?:N\d+|\$)|servings?|N\d+ \w+ by N\d+|make their|nearby|own"
    r"|available|alone|breaks? even|invest|their ages|coins in|coins in total|continue|monday "
    r"through friday|each way|exceeds"
    r"|takes? N\d+ (?!(?:second|minute|hour|day|week)s?\b)(?:\w+ ){1,4}to [a-z]+"
    r"|and N\d+ more \w+ of"
    r"|to make N\d+ \w+ of)\b"
)


def _converted(text: str, asked: str) -> bool:
    """Whether something is asked for in another unit than it is given in."""
    wanted = re.match(r"how many ([a-z]+?)s?\b", asked)
    for units in _UNITS:
        said = {unit for unit in units if re.search(rf"\b{unit}(?:e?s)?\b", text)}
        if units[0] == "cent" and "$" in text:
            said.add("dollar")
        if (
            wanted
            and wanted[1] in units
            and len(said) > 1
            and not re.search(rf"N\d+ {wanted[1]}", text)
        ):
            return True
        if units[0] != "second" and len(said) > 1:
            return True
    daily = re.search(
        r"\b(?:daily|per day|a day|(?:each|every) (?:day|morning|night|evening|afternoon))\b", text
    )
    longer = re.search(r"\b(?:weeks?|months?|years?)\b", text)
    spans = [
        {u for u in _UNITS[0] if re.search(rf"\b{u}s?\b", part)}
        for part in (text.replace(asked, " "), asked)
    ]
    if len(spans[0] - {"time"}) > 1 and not re.search(r"\b(?:each|every|per|an?) [a-z]+", text):
        return True
    if all(spans) and not spans[0] & spans[1]:
        return True
    monthly = re.search(r"\b(?:each|every|per|a|in a) (?:month|week)\b", text)
    return bool(daily and longer) or bool(monthly and re.search(r"\b(?:months|years?)\b", asked))


def _beyond(text: str) -> bool:
    told = text[: text.rfind("how ")] if "how " in text else text
    if BEYOND.search(text) or _FURTHER.search(text):
        return True
    return bool(
        re.search(
            r"\bthan\b|\btimes (?:as|more|the|that)\b|\bas (?:many|much)\b|\bhalf\b|\bdozens?\b",
            told,
        )
    )


def _question_of(text: str) -> str:
    pieces = re.split(r"(?<=[.!?])\s+", text.strip())
    asking = [
        p
        for p in pieces
        if re.search(
            r"\bhow (?:many|much|long|far|tall|heavy|big|old)\b|\bwhat (?:is|was|would|will)\b", p
        )
    ]
    if len(asking) != 1 or asking[0] is not pieces[-1]:
        return ""
    found = re.search(
        r"\b(?:how (?:many|much|long|far|tall|heavy|big|old)|what (?:is|was|would|will))\b.*",
        asking[0],
    )
    return found.group() if found else ""


# --- putting the parts together


def _solved(text: str, asked: str, parts: Sequence[Part]) -> str | None:
    rates = [p for p in parts if p.each is not None]
    amounts = [p for p in parts if p.each is None]
    if re.search(r" and [a-z ]+ (?:are|were|altogether|left|in all|in total)\b", asked) and rates:
        return None
    if not rates:
        if re.search(r"\b(?:each|every|per|apiece)\b|\bequal(?:ly)?\b|\bevenly\b", text):
            return _shared(text, asked, amounts)
        return _changed(text, asked, amounts)
    rate, beside = rates[0], _beside(text, rates, amounts)
    amounts = [p for p in amounts if p not in beside]
    if len(rates) > 1 and not all(r in beside for r in rates[1:]):
        return None
    if (re.search(r"\beach\b|\bevery\b", asked) and not re.search(r"\bif\b", asked)) or re.search(
        r"\bthan\b", asked
    ):
        return None
    if len(re.findall(r"\b(?:each|every|per)\b", text)) > 1 + bool(re.search(r"\beach\b", asked)):
        return None
    if re.search(r"\b(?:each|every|per) N\d|\b(?:coins?|quarters|pennies|nickels|dimes)\b", text):
        return None
    exact = [p for p in (rate, *beside) if _wanted(asked) and _wanted(asked) <= p.of]
    if beside and len(exact) == 1:
        rate, beside = replace(exact[0], each=rate.each), []
    inner = amounts[0].name if len(amounts) == 1 else _counted(text, amounts)
    if inner is not None and " + " in inner and _short_of(text, asked, amounts):
        return None
    if inner is None or any(re.search(r"\bin an? |\bcomes in\b", p.clause) for p in amounts[1:]):
        return None
    return _rated(asked, rate, inner, amounts, " + ".join(p.name for p in (rate, *beside)))


def _beside(text: str, rates: Sequence[Part], amounts: Sequence[Part]) -> list[Part]:
    """Return what stands beside a rate: `2 women and 6 men at each table`."""
    rate = rates[0]
    found: list[Part] = []
    for part in (*rates[1:], *amounts):
        first, second = sorted((rate, part), key=lambda p: p.start)
        between = text[first.start : second.start]
        sentence = re.split(r"[.?!]", text[: first.start])[-1]
        led = re.search(r"\b(?:each|every|inside)\b", sentence) or second is rate
        if led and re.fullmatch(r"N\d+ (?:[a-z]+ ){1,3}and ", between):
            found.append(part)
    return found


def _rated(asked: str, rate: Part, inner: str, amounts: Sequence[Part], rates: str) -> str | None:
    """Multiply or divide by a rate, as its units say."""
    wanted = _wanted(asked)
    one = f"({inner})" if " " in inner else inner
    by = f"({rates})" if " " in rates else rates
    of = frozenset(word for part in amounts for word in part.of)
    assert rate.each is not None  # noqa: S101 - it was chosen as a rate
    into = bool(of & rate.of) and not of & rate.each
    over = bool(of & rate.each) and not of & rate.of
    spans = of & _SPANS and rate.each & _SPANS and not of & rate.each
    if spans:
        return None
    head = _head(asked)
    asks_items = bool(wanted & rate.of) and not (head in rate.each and head not in rate.of)
    asks_groups = bool(wanted & rate.each) or (
        bool(wanted) and not asks_items and all(_CONTAINER.match(w) for w in wanted)
    )
    if re.match(r"how long\b", asked):
        time = rate.of & {"minute", "hour", "day", "week", "second"}
        paced = rate.each & {"minute", "hour", "day", "week", "second"}
        return f"{one} * {by}" if time and not into else f"{one} / {by}" if paced else None
    if into:
        return f"{one} / {by}" if not asks_items else None
    if asks_groups and not asks_items:
        return f"{one} / {by}" if not over else None
    if of == frozenset({"dollar"}) and "dollar" not in rate.of | rate.each:
        return None
    if asks_items or over or " + " in rates:
        return f"{one} * {by}" if of & rate.each or not rate.each or asks_items else None
    return None


def _wanted(asked: str) -> frozenset[str]:
    found = re.match(r"how (?:many|much) (?:N\d+ (?:dollars?|cents?) )?((?:[a-z]+ ?){1,3})", asked)
    words = nouns(f" {found[1]}") if found else frozenset[str]()
    spent = not words and re.match(r"how much", asked)
    return frozenset({"dollar", "cent"}) if "money" in words or spent else words


def _short_of(text: str, asked: str, amounts: Sequence[Part]) -> bool:
    """Whether two amounts are no sum: one is what is needed, or stands in the question itself."""
    lacking = re.search(r"\b(?:more|still|left|need|needs|not|weeks?|days|months)\b", asked)
    inside = amounts[-1].start > text.rfind(asked[:8])
    reached = re.search(r"\b(?:to make|to reach|contain|wants? to|in change|inside)\b", text)
    return bool(lacking or inside or reached)


def _head(asked: str) -> str:
    found = re.match(r"how (?:many|much) (?:N\d+ (?:dollars?|cents?) )?((?:[a-z]+ ?){1,3})", asked)
    words = noun_list(f" {found[1].split(' of ')[0]}") if found else []
    return words[-1] if words else ""


def _counted(text: str, amounts: Sequence[Part]) -> str | None:
    """Two amounts before a rate comes in: what is left over, or both together."""
    if len(amounts) != 2:
        return None
    first, second = amounts
    if first.of and second.of and "dollar" in first.of ^ second.of:
        return None
    if not first.of & second.of and (first.of | second.of) & _SPANS:
        return None  # days and hours are not one amount
    between = text[first.start :]
    if (
        re.search(r"\b(?:needed|needs?) (?:\w+ )?N\d+|\bN\d+ (?:\w+ )?(?:total|in all)\b", between)
        and second.value > first.value
        and re.search(r"\bneed", text)
    ):
        return f"{second.name} - {first.name}"
    less = second.sign < 0 or re.search(
        r"\b(?:not|already|only|rest|left|remaining|didn|weren|wasn|free|kids)\b|n't", second.clause
    )
    rest = re.search(
        r"\b(?:the rest|remaining|had left|left over|everyone else|the others|money left)\b", text
    )
    if less or (rest and second.value <= first.value):
        return f"{first.name} - {second.name}" if second.value <= first.value else None
    more = re.search(r"\b(?:more|another)\b", text[first.start : second.start + 12])
    if (
        second.of & first.of
        or (more and second.sign > 0)
        or re.search(r"\band (?:\w+ ){0,6}$", text[first.start : second.start])
    ):
        return f"{first.name} + {second.name}"
    return None


def _shared(text: str, asked: str, amounts: Sequence[Part]) -> str | None:
    """What each gets, where nothing is said to be so much for each."""
    shared = re.search(r"\b(?:each|every|per|equal(?:ly)?|evenly|apiece)\b", asked) or re.search(
        r"\b(?:equal(?:ly)?|evenly)\b", text
    )
    if not shared or not 2 <= len(amounts) <= 3:
        return None
    if len(amounts) == 2:
        first, second = sorted(amounts, key=lambda p: -p.value)
        if first.value == second.value or re.search(r"\b(?:more|left|still)\b", asked):
            return None
        return f"{first.name} / {second.name}"
    groups = amounts[-1]
    matching = [p for p in amounts[:-1] if p.of & _wanted(asked)]
    if len(matching) == 1 and re.search(r"\b(?:into|among|between)\b", groups.clause):
        return f"{matching[0].name} / {groups.name}"
    inner = _counted(text, amounts[:2])
    if inner is None or not re.search(
        r"\b(?:into|among|between|equal|different|other)\b", groups.clause
    ):
        return None
    return f"({inner}) / {groups.name}"


def _changed(text: str, asked: str, parts: Sequence[Part]) -> str | None:
    """Amounts without rates: compared, before, after, together."""
    wanted = _wanted(asked)
    kept = _relevant(parts, wanted)
    ordered = sorted(kept, key=lambda p: -p.value)
    if (
        len(kept) == 2
        and kept[0].sign < 0
        and not kept[1].sign
        and kept[1].value >= kept[0].value
        and re.search(r"\b(?:left|now|remain)", asked)
    ):
        return f"{kept[1].name} - {kept[0].name}"
    if (
        len(kept) == 2
        and kept[0].of & kept[1].of
        and _CHANGE.search(asked)
        and not _TOTAL.search(asked)
    ):
        return f"{ordered[0].name} - {ordered[1].name}"
    if COMPARE.search(asked) or re.search(
        r"\bhow (?:much|many) (?:more|less|fewer|longer|taller|farther|heavier)\b", asked
    ):
        if len(kept) != 2 or (
            re.search(r"\b(?:need|still|left|to go)\b", asked)
            and kept[0].value > kept[1].value
            and kept[1].sign >= 0
        ):
            return None
        return f"{ordered[0].name} - {ordered[1].name}"
    some = any(re.search(rf"\bsome (?:\w+ )?{word}", text) for word in wanted)
    if len(kept) == 2 and re.search(r"\bto have N\d", asked):
        return f"{ordered[0].name} - {ordered[1].name}"
    if START.search(asked) or some:
        return _before(asked, kept)
    if (
        len(kept) == 2
        and re.search(r"\b(?:the )?(?:rest|others|other)\b", text)
        and re.search(r"\bof (?:the|them)\b|\bthe rest\b", text)
    ):
        return f"{ordered[0].name} - {ordered[1].name}"
    if (
        len(kept) == 2
        and re.search(r"\bneed(?:s|ed)?\b|\bcalls for\b|\bwants\b", text)
        and re.search(r"\b(?:more|need|still)\b", asked)
    ):
        if not kept[0].of & kept[1].of:
            return None
        return f"{ordered[0].name} - {ordered[1].name}"
    return _after(text, asked, kept)


_CHANGE = re.compile(
    r"\b(?:miss|missed|lose|use|used|build|built|grow|grew|sow|spill|increase|decrease"
    r"|won|win|outside|empty|sharpen|untouched)\b"
)
_TOTAL = re.compile(
    r"\b(?:in all|altogether|in total|total|together|combined|sum|all told|overall|all in all)\b"
)
_ASIDE = re.compile(
    r"\b(?:missed|torn|broken|cracked|coupon|change|paid with|pocket|decided not|wanted"
    r"|extra|but did|were bad)\b"
)
_COINED = re.compile(r"\b(?:quarters|pennies|nickels|dimes|coins)\b")
_SPENT = re.compile(r"\b(?:spend|spent|pay|cost|use|eat|sell|sold|donate|give|cut|total)\b")
_SPANS = frozenset({"minute", "hour", "day", "week", "month", "year", "second", "evening", "time"})


def _additive(kept: Sequence[Part], wanted: frozenset[str]) -> bool:
    """Whether amounts can be added: of one kind, or of kinds that the question's word covers."""
    spans = [bool(p.of and p.of <= _SPANS) for p in kept]
    if any(spans) and not all(spans):
        return False
    named = [bool(p.of & wanted) for p in kept]
    shared = all(p.of & kept[0].of for p in kept)
    return shared or all(named) or (len(kept) == 2 and not any(named))


def _relevant(parts: Sequence[Part], wanted: frozenset[str]) -> list[Part]:
    """Return the amounts of what is asked for, where the words tell them apart."""
    exact = [p for p in parts if wanted and wanted <= p.of]
    if len(exact) >= 2 and len(exact) < len(parts) and len(wanted) > 1:
        return exact
    near = [p for p in parts if p.of & wanted]
    return near if len(near) >= 2 else list(parts)


def _before(asked: str, kept: Sequence[Part]) -> str | None:
    if len(kept) != 2:
        return None
    first, second = kept
    if START.search(asked):
        if first.sign < 0:
            return f"{first.name} + {second.name}"
        if first.sign > 0 and second.value >= first.value:
            return f"{second.name} - {first.name}"
        return None
    ordered = sorted(kept, key=lambda p: -p.value)
    return f"{ordered[0].name} - {ordered[1].name}"


def _after(text: str, asked: str, kept: Sequence[Part]) -> str | None:
    together = bool(_TOTAL.search(asked))
    additive = _additive(kept, _wanted(asked))
    signs = [p.sign for p in kept]
    left = re.search(r"\b(?:left|remain|remaining|still|change|extra|ends? (?:up )?with)\b", asked)
    if left and signs[0] < 0 and len(kept) > 2:
        return None
    if left:
        if (
            len(kept) == 2
            and kept[1].sign >= 0
            and not re.search(r"\bmore\b|\banother\b", kept[1].clause)
        ):
            return f"{kept[0].name} - {kept[1].name}" if kept[0].value >= kept[1].value else None
        held = (
            len(kept) == 3
            and "they" not in asked
            and re.search(r"\b(?:has|have|had)\b", kept[1].clause)
        )
        if not all(signs[1:]) and len(kept) == 3 and kept[-1].sign < 0 and not held:
            signs[1] = 1
        if any(s == 0 for s in signs[1:]):
            return None
        return _signed(kept, signs)
    if _COINED.search(text) and re.search(r"\bmoney\b", asked):
        return None
    if (
        all(s < 0 or not p.sign for s, p in zip(signs, kept, strict=True))
        and signs[0] < 0
        and _SPENT.search(asked)
    ):
        plain = additive and not _ASIDE.search(text)
        return " + ".join(p.name for p in kept) if plain else None
    gone = any(s < 0 for s in signs[1:])
    if together and not gone:
        return None if _ASIDE.search(text) or not additive else " + ".join(p.name for p in kept)
    if together and not re.search(r"\bhave\b|\bin the\b|\bwould\b", asked):
        return None
    if not gone and signs[-1] > 0 and additive:
        return " + ".join(p.name for p in kept)
    if (
        all(signs[1:])
        and additive
        and re.search(r"\b(?:now|have|has|had|there|then|end|be|would)\b", asked)
    ):
        return _signed(kept, signs)
    return None


def _signed(kept: Sequence[Part], signs: Sequence[int]) -> str:
    tail = "".join(
        f" {'+' if s > 0 else '-'} {p.name}" for p, s in zip(kept[1:], signs[1:], strict=True)
    )
    return f"{kept[0].name}{tail}"
