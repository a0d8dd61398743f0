"""What is told in one unit and asked for in another: minutes in hours, coins in dollars.

Every number of the story has its unit or its coin, and nothing but that is asked; a word that
changes amounts, and nothing is drafted.
"""

import re
from collections.abc import Iterator, Sequence

from math_solver.reading import Question

from .doubts import doubtful, uncounted, unexplained
from .draft import Draft, plain_words
from .lexicon import CONVERSIONS
from .mentions import stem

MAX_WORDS = 40
_COINS = {"penny": 1, "nickel": 5, "dime": 10, "quarter": 25, "half-dollar": 50}
_NUMBER = re.compile(r"\bN\d+\b")
_UNIT = re.compile(r"\b(N\d+) ([a-z]+)\b")
_MONEY = re.compile(
    r"how much(?: total)? money\b|what amount of money\b|how many (dollars|cents)\b"
)
_BESIDE = re.compile(
    r"\b(?:each|every|per|apiece|more|less|fewer|than|left|remain\w*|half|twice|times|gave|gives"
    r"|lost|loses|needs?|another|an? (?:second|minute|hour|day|week|month|year|pound|foot|yard)"
    r"|loss|owes?|buys?|costs?|cards?|stamps?|cut|older|younger|dollar bills?)\b|\$|%"
)


def by_conversion(question: Question) -> Iterator[Draft]:
    """Yield the draft of a conversion, at most one."""
    text = re.sub(r"\bhalf dollars?\b", "half-dollars", plain_words(question))
    asked = re.search(r"\b(?:how (?:many|much)|what amount)\b.*$", text)
    if question.formulas or asked is None or len(text.split()) > MAX_WORDS:
        return
    told = text[: asked.start()]
    loose = _BESIDE.search(text) or unexplained(question) or uncounted(question)
    if loose or doubtful(question) or _NUMBER.search(asked.group()):
        return
    source = _coins(told, asked.group()) or _unit(told, asked.group())
    if source is not None:
        yield Draft(source=source)


def _coins(told: str, asked: str) -> str | None:
    """All coins together, in dollars unless cents are asked for."""
    money = _MONEY.match(asked)
    found = _named(told, r"pennies|penny|nickels?|dimes?|quarters?|half-dollars?")
    goes = re.search(r"\b(?:spent|spends?|paid|pays|used)\b", told) and "spend" not in asked
    if money is None or found is None or goes:
        return None
    terms = " + ".join(f"{_COINS[stem(coin)]} * {name}" for name, coin in found)
    return f"answer {terms}" if money[1] == "cents" else f"answer ({terms}) / 100"


def _unit(told: str, asked: str) -> str | None:
    """One amount, in another unit of its dimension."""
    wanted = re.match(r"how many ([a-z]+)\b", asked)
    found = _named(told, r"[a-z]+")
    if wanted is None or found is None or len(found) != 1:
        return None
    name, unit = found[0]
    for (small, large), size in CONVERSIONS.items():
        names = {form: side for side in (small, large) for form in _forms(side)}
        if names.get(unit) == small and names.get(wanted[1]) == large:
            return f"answer {name} / {size}"
        if names.get(unit) == large and names.get(wanted[1]) == small:
            return f"answer {name} * {size}"
    return None


def _forms(unit: str) -> frozenset[str]:
    irregular = {"foot": "feet", "inch": "inches", "$": "dollars"}
    return frozenset({unit, irregular.get(unit, f"{unit}s")})


def _named(told: str, units: str) -> Sequence[tuple[str, str]] | None:
    """Return every number with the word behind it; None where one has another."""
    found = [(one[1], one[2]) for one in _UNIT.finditer(told) if re.fullmatch(units, one[2])]
    return found if found and len(found) == len(_NUMBER.findall(told)) else None
