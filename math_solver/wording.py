"""Plans for the simplest word problems, read off the words: changes, totals, comparisons, groups.

Each number of the question becomes a fact: what it counts, and whether its clause gains or loses.
A rule speaks only when every number that matters has its part; otherwise nothing is proposed.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from .reading import Question

GAIN = (
    "buy|buys|bought|get|gets|got|find|finds|found|receive|receives|received|pick|picks|picked"
    "|add|adds|added|earn|earns|earned|win|wins|won|collect|collects|collected|join|joins|joined"
    "|grow|grew|make|makes|made|bake|baked|plant|planted|plants|put|puts|placed|come|comes|came"
    "|increased|rose|gains|gained|brings|brought|born|more|moved in"
)
LOSE = (
    "gave|give|gives|ate|eat|eats|lose|loses|lost|sell|sells|sold|use|uses|used|spend|spends"
    "|spent|take|takes|took|break|broke|remove|removed|removes|threw|throws|donate|donated|popped"
    "|cut|cuts|pay|paid|pays|died|melted|flew|ran|delete|deleted|share|shared|gone|leave|leaves"
    "|left|quit|drank|drinks|decreased|fell|dropped|traded|returned|burned|shares|wilted|withered"
    "|handed|sent|sends|hands|broken|torn|off|moved out"
)
GIVE = "gave|give|gives|hands|handed|sent|sends|brings|brought|lends|lent|passed"
CONTAINERS = (
    "box|bag|group|team|pack|package|car|bus|van|table|row|week|day|hour|trip|page|shelf|basket"
    "|jar|carton|crate|bouquet|pile|class|set|cage|tank|case|plate|bunch|album|vase|bin|stack"
    "|section|tray|bracelet|batch|minute|month|friend|game|load|bottle|container|shelve|ride"
    "|color|carload|turn|time"
)
EACH = re.compile(
    r"\b(?:each|every|per|apiece|times as|times|an hour|a day|a week|a month|a minute|at a time"
    r"|rows|dozen|columns)\b",
    re.IGNORECASE,
)
TOTAL = re.compile(
    r"\b(?:in all|altogether|in total|total|together|combined|sum|in sum|all told)\b", re.IGNORECASE
)
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
LATER = re.compile(
    r"\b(?:left|remain|remains|remaining|still|now|then|have|has|there)\b", re.IGNORECASE
)
BEYOND = re.compile(
    r"%|\b(?:twice|thrice|double|triple|half|percent|average|ratio|except|both|perimeter|area"
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
"""Words whose part in a problem the rules do not know."""
MAX_WORDS = 45
TIMES = ("second", "minute", "hour", "day", "week", "month", "year")
STOP = frozenset(
    "and or in on at to from for with of than that which who is are was were has had have did does"
    " do the a an more each per but if how many much will would could can left so then now after"
    " he she they it his her their him them all as into by new old other some".split()
)


PREPOSITIONS = frozenset({"to", "of", "in", "at", "for", "from", "on", "with", "by"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Fact:
    """A number in its clause: its name, the words of what it counts, and +1, -1 or 0."""

    name: str
    nouns: frozenset[str]
    sign: int
    clause: str


def by_wording(question: Question) -> Iterator[str]:
    """Yield the plans that the rules find, at most one for each rule that applies."""
    if question.formulas or not 2 <= len(question.numbers) <= 4:
        return
    if len(question.masked.split()) > MAX_WORDS or _beyond(question):
        return
    parts = re.split(r"(?<=[.!?])\s+", question.masked.strip())
    asked = next((p for p in reversed(parts) if "?" in p or "how " in p.lower()), parts[-1])
    start = re.search(r"\b(?:how|what)\b.*", asked, re.IGNORECASE)
    problem = _Problem.read(question, start.group() if start else asked)
    for rule in RULES:
        plan = rule(problem)
        if plan is not None:
            yield f"answer {plan}"
            return


def _beyond(question: Question) -> bool:
    """Whether something in the text is not understood by these rules."""
    text = question.masked.lower()
    written = zip(question.number_texts, question.numbers, strict=True)
    shares = any(value.denominator != 1 and "." not in found for found, value in written)
    units = sum(bool(re.search(rf"\b{unit}s?\b", text)) for unit in TIMES)
    told = re.split(r"\bhow\b", text)[0]
    compared = re.search(r"\b(?:more|fewer|less|\w+er) (?:\w+ )?than\b", told)
    return (
        bool(BEYOND.search(text))
        or shares
        or units > 1
        or (bool(compared) and len(question.numbers) > 2)
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class _Problem:
    """A masked question, taken apart."""

    text: str
    asked: str
    wanted: frozenset[str]
    facts: tuple[Fact, ...]
    larger: str
    smaller: str

    @classmethod
    def read(cls, question: Question, asked: str) -> "_Problem":
        text = question.masked
        person = _person(asked)
        clauses = re.split(r"(?<=[.!?,;])\s+|\band\b|\bbut\b|\bthen\b", text)
        facts = tuple(
            _fact(name, clause, person)
            for clause in clauses
            for name in re.findall(r"N\d+", clause)
        )
        order = sorted(range(len(question.numbers)), key=lambda i: question.numbers[i])
        return cls(
            text=text, asked=asked, wanted=_asked_nouns(asked), facts=facts,
            larger=f"N{order[-1]}", smaller=f"N{order[0]}",
        )  # fmt: skip

    def relevant(self) -> tuple[Fact, ...]:
        """The facts that count what is asked for; all where the asked word names none of them."""
        matching = [f for f in self.facts if f.nouns & self.wanted]
        if not matching:
            return self.facts
        return tuple(f for f in self.facts if f.nouns & self.wanted or not f.nouns)

    def says(self, pattern: re.Pattern[str]) -> bool:
        return bool(pattern.search(self.text))

    def asks(self, pattern: re.Pattern[str] | str) -> bool:
        source = pattern if isinstance(pattern, str) else pattern.pattern
        return bool(re.search(source, self.asked, re.IGNORECASE))


def _person(asked: str) -> str:
    found = re.search(r"\b(?:did|does|do|will|would|has|have|had|can|could) ([A-Z][a-z]+)", asked)
    return found.group(1) if found else ""


def _asked_nouns(asked: str) -> frozenset[str]:
    found = re.search(r"how (?:many|much) ((?:[A-Za-z'-]+ ?){1,4})", asked, re.IGNORECASE)
    return _nouns(found.group(1)) if found else frozenset()


def _nouns(words: str) -> frozenset[str]:
    nouns: list[str] = []
    for word in words.lower().split():
        if word in STOP:
            if nouns or word in PREPOSITIONS:
                break
            continue
        nouns.append(_stem(word))
    return frozenset(nouns)


def _stem(word: str) -> str:
    word = word.strip(".,?!'")
    for ending, short in (("ies", "y"), ("ses", "s"), ("xes", "x"), ("hes", "h")):
        if word.endswith(ending) and len(word) > 4:
            return word.removesuffix(ending) + short
    return word.removesuffix("s")


def _fact(name: str, clause: str, person: str) -> Fact:
    before, _, after = clause.partition(name)
    following = re.match(r"((?:[\s-]+[A-Za-z'-]+){0,3})", after)
    nouns = _nouns((following.group(1) if following else "").replace("-", " "))
    verbs = frozenset((GAIN + "|" + LOSE).split("|"))
    return Fact(
        name=name,
        nouns=frozenset(noun for noun in nouns if noun not in verbs),
        sign=_sign(before, after, person),
        clause=clause,
    )


def _sign(before: str, after: str, person: str) -> int:
    given = re.search(rf"(\w+) (?:{GIVE}) (\w+)?", before)
    if given:
        to = given.group(2) or ""
        towards = to.lower() in {"him", "her", "them"} or (bool(person) and to == person)
        onward = re.search(r"\bto (\w+)", after)
        if onward and person and onward.group(1) == person:
            towards = True
        return 1 if towards and given.group(1) != person else -1
    found = [
        (match.start(), sign)
        for sign, verbs in ((1, GAIN), (-1, LOSE))
        for match in re.finditer(rf"\b(?:{verbs})\b", before, re.IGNORECASE)
    ]
    if found:
        return max(found)[1]
    tail = re.match(r"(?:\s\w+){0,4}?\s(\w+)", after)
    for sign, verbs in ((-1, LOSE), (1, GAIN)):
        if tail and re.match(rf"(?:\s\w+){{0,4}}?\s(?:{verbs})\b", after, re.IGNORECASE):
            return sign
    return 0


# --- the rules, each a plan's expression or None


def _groups(problem: _Problem) -> str | None:
    """Two numbers, one of them for each of something."""
    facts = problem.facts
    if len(facts) != 2 or not (problem.says(EACH) or problem.asks(r"\beach\b")):
        return None
    if problem.says(re.compile(r"\btimes as\b")):
        return None
    if problem.asks(r"^how long|^how many (?:hours|minutes|days|weeks|seconds)") and re.search(
        r"\bN1 \w+ (?:per|an|a|each|every) (?:hour|minute|day|week|second)", problem.text
    ):
        return "N0 / N1"
    if problem.asks(r"\b(?:each|every|per|one|apiece)\b"):
        split = re.search(r"\b(?:split|share|shared|divide|divided|equally|evenly|into|among|put"
                          r"|total|for|if)\b", problem.text)  # fmt: skip
        cost = re.search(
            r"\b(?:each|every|per|one)\b.*N\d", problem.text.replace(problem.asked, "")
        )
        return None if cost or not split else f"{problem.larger} / {problem.smaller}"
    if problem.asks(rf"how many (?:\w+ )?(?:{CONTAINERS})(?:s|es)?\b"):
        return f"{problem.larger} / {problem.smaller}"
    return "N0 * N1"


def _groups_of_changed(problem: _Problem) -> str | None:
    """Three numbers: two of a kind, then so many for each."""
    facts = problem.facts
    if len(facts) != 3 or not problem.says(EACH):
        return None
    each = [f for f in facts if EACH.search(f.clause)]
    if len(each) != 1 or each[0] is not facts[-1]:
        return None
    fewer = facts[1].sign < 0 or re.search(r"\b(?:not|already|only)\b|n't", facts[1].clause)
    inner = "N0 - N1" if fewer else "N0 + N1"
    pace = problem.asks(r"^how long") and re.search(r"N2 \w+ (?:in|per|an|a) ", problem.text)
    divided = problem.asks(rf"^how many (?:\w+ )?(?:{CONTAINERS})(?:s|es)?\b|\beach\b") or pace
    return f"({inner}) {'/' if divided else '*'} N2"


def _dozens(problem: _Problem) -> str | None:
    """`N0 dozen eggs`, where the dozen is a number of its own."""
    apart = re.search(r"N0 N1\b", problem.text)
    return "N0 * N1" if len(problem.facts) == 2 and apart else None


def _money_back(problem: _Problem) -> str | None:
    two = len(problem.facts) == 2 and not problem.says(EACH)
    return f"{problem.larger} - {problem.smaller}" if two and problem.asks(r"\bchange\b") else None


def _comparison(problem: _Problem) -> str | None:
    if not problem.asks(COMPARE) or problem.says(EACH):
        return None
    facts = problem.relevant() if len(problem.facts) > 2 else problem.facts
    if len(facts) != 2:
        return None
    names = {fact.name for fact in facts}
    ordered = [problem.larger, problem.smaller]
    if set(ordered) != names:
        return None
    return f"{problem.larger} - {problem.smaller}"


def _relative(problem: _Problem) -> str | None:
    """`N0, which is N1 more than B has`, `B has N1 fewer than A`."""
    if len(problem.facts) != 2 or problem.says(EACH):
        return None
    found = re.search(
        r"(he|she|this is|which is|who has|\b[A-Z]\w+) ?(?:has|is|got|picked|bought|have)? ?"
        r"N1 (?:\w+ )?(more|fewer|less|\w+er) (?:\w+ )?than (?:the )?(\w+)",
        problem.text,
        re.IGNORECASE,
    )
    if found is None:
        return None
    more = found.group(2) not in {"fewer", "less", "shorter", "lighter", "younger", "smaller"}
    subjects = {"he", "she", "which is", "who has", "this is"}
    backwards = found.group(1).lower() in subjects and problem.asks(rf"\b{found.group(3)}\b")
    return f"N0 {'-' if more == backwards else '+'} N1"


def _before(problem: _Problem) -> str | None:
    """What there was before the changes, or the change itself: something is `some`."""
    if len(problem.facts) != 2 or problem.says(EACH):
        return None
    first = problem.facts[0]
    if problem.asks(START) and (problem.says(re.compile(r"\bsome\b")) or first.sign):
        return "N1 - N0" if first.sign > 0 else "N0 + N1"
    if problem.says(re.compile(r"\bsome\b")) or problem.says(re.compile(r"\b(?:the )?rest\b")):
        return f"{problem.larger} - {problem.smaller}"
    return None


def _change(problem: _Problem) -> str | None:
    """An amount, then gains and losses, each by its verb."""
    facts = problem.relevant()
    if problem.says(EACH) or len(facts) < 2 or not problem.asks(LATER):
        return None
    if len(facts) < len(problem.facts) and not problem.wanted:
        return None
    if all(fact.sign for fact in facts[1:]):
        tail = "".join(f" {'+' if f.sign > 0 else '-'} {f.name}" for f in facts[1:])
        return f"{facts[0].name}{tail}"
    return None


def _total(problem: _Problem) -> str | None:
    facts = problem.relevant()
    if problem.says(EACH) or len(facts) < 2:
        return None
    if any(fact.sign < 0 for fact in facts[1:]):
        return None
    if problem.asks(TOTAL) or (len(problem.facts) == 2 and facts[-1].sign > 0):
        return " + ".join(fact.name for fact in facts)
    return None


RULES = (
    _dozens,
    _money_back,
    _relative,
    _groups,
    _groups_of_changed,
    _comparison,
    _before,
    _change,
    _total,
)
"""Tried in this order; the first that finds a plan is taken."""
