"""The amounts of a problem sorted by their units."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

from math_solver.reading import Question
from math_solver.word_problems.draft import MAX_WORDS, Draft, plain_words, plan_text

LENGTH = r"(?:miles?|mi|km|kms|kilomet(?:er|re)s?|met(?:er|re)s?|feet|ft|yards?|blocks?)"
TIME = r"(?:hours?|hrs?|minutes?|mins?|seconds?|days?|weeks?)"
VOLUME = (
    r"(?:gallons?|gal|lit(?:er|re)s?|l|ml|millilit(?:er|re)s?|cc|quarts?|pints?|cups?|ounces?|oz"
    r"|grams?|g|kg|kilograms?|pounds?|lbs?|tons?|cubic centimeters)"
)
_SPEED = (
    rf"(?:mph|kph|km/hr?|{LENGTH}\.? ?(?:/|per|an?|each|every) ?(?:hours?|hrs?|h|minutes?|min)\b)"
)
_KINDS = (
    ("counting", (r"(?:different |separate |of )?(?:cars?|trains?|planes?|buses|towns?|cities"
     r"|people|persons|friends|boys|girls|men|women|workers|machines|pipes|accounts|investments"
     r"|kinds|types|sorts|solutions|loans|stocks|pieces|parts|you|them|us|work|of them|if they"
     r"|numbers?|joggers|runners|cyclists|hikers|students|trucks|boats|parts of)\b")),
    ("speed", rf"(?:{_SPEED}|(?:mph|{_SPEED}))"),
    ("difference", (r"(?:\S+ ){0,4}?(?:faster|slower|more|less|fewer|longer|shorter|older|younger"
     r"|greater|larger|smaller|bigger|taller)\b")),
    ("factor", r"times?\b"),
    ("percent", r"(?:percent\b|%)"),
    ("time", rf"(?:more )?{TIME}\b"),
    ("length", rf"{LENGTH}\b"),
    ("volume", rf"{VOLUME}\b"),
)  # fmt: skip
_DISTANCES = re.compile(rf"{LENGTH}\b")


@dataclass(frozen=True, slots=True, kw_only=True)
class Given:
    """A number, its kind by the words behind it, its unit as it is written, and where it stands."""

    name: str
    value: Fraction
    kind: str
    unit: str
    start: int
    end: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """A text in lower case with its amounts; numbers that only count are left out."""

    text: str
    given: tuple[Given, ...]
    counted: frozenset[str]

    def of(self, kind: str) -> list[Given]:
        """The amounts of one kind in their order."""
        return [one for one in self.given if one.kind == kind]

    def fits(self, **counts: int) -> bool:
        """Whether there are exactly so many amounts of these kinds and no others."""
        return len(self.given) == sum(counts.values()) and all(
            len(self.of(kind)) == count for kind, count in counts.items()
        )

    def says(self, pattern: str) -> bool:
        """Whether the text holds a pattern."""
        return bool(re.search(pattern, self.text))

    @property
    def asked(self) -> str:
        """What is asked for, from the first asking word that no number follows closely."""
        found = list(ASKS.finditer(self.text))
        return self.text[found[-1].start() :] if found else ""

    def draft(
        self,
        unknowns: dict[str, str],
        equations: Sequence[tuple[str, str]],
        asked: Sequence[str],
        conditions: Sequence[str] = (),
    ) -> Draft:
        """Write a plan."""
        source = plan_text(unknowns, equations, asked, conditions)
        return Draft(source=source, counted=self.counted)

    def between(self, left: Given, right: Given) -> str:
        """The words between two amounts."""
        return self.text[left.end : right.start]


ASKS = re.compile(
    r"\b(?:how|what|when(?= (?:will|would|do|does|did|is|was|were|are))|find|determine|calculate)\b"
)
_LABELLED = re.compile(r"\b(?:car|train|plane|pipe|bus|truck|boat|person|team|all)$")
"""What a small number only names or counts: `car 2`, `all three`."""
_SAID_AGAIN = frozenset({"speed", "length"})


def facts_of(question: Question) -> Facts | None:
    """Sort the numbers of a question by kind; None where it holds formulas or is too long."""
    text = plain_words(question)
    if question.formulas or not question.numbers or len(text.split()) > MAX_WORDS:
        return None
    if re.search(r"(?<![N\d])\d", text):
        return None
    found = [_given(text, match, question) for match in re.finditer(r"\bN\d+\b", text)]
    again = {
        one.name
        for index, one in enumerate(found)
        if one.kind in _SAID_AGAIN
        and any((o.kind, o.value) == (one.kind, one.value) for o in found[:index])
    }
    kept = [one for one in found if one.kind != "counting" and one.name not in again]
    return Facts(
        text=text,
        given=tuple(kept),
        counted=frozenset(one.name for one in found if one not in kept),
    )


def _given(text: str, match: re.Match[str], question: Question) -> Given:
    name, end = match.group(), match.end()
    after = text[end : end + 60].lstrip(" -")
    value = question.numbers[int(name[1:])]
    before = text[: match.start()].rstrip()
    kind, unit = _kind(before, after, value)
    once = value == 1 and unit == "year"
    if kind == "plain" and (once or (value <= 5 and _LABELLED.search(before))):
        kind = "counting"
    return Given(name=name, value=value, kind=kind, unit=unit, start=match.start(), end=end)


def _kind(before: str, after: str, value: Fraction) -> tuple[str, str]:
    money = before.endswith("$") or re.match(r"(?:dollars?|\$)", after)
    if money:
        behind = re.match(r"(?:dollars? )?(?:more|less)\b", after)
        rate = re.match(r"(?:dollars? ?)?(?:/|per|an?|each|apiece|for each)\b", after)
        return ("difference" if behind else "price" if rate else "money"), "$"
    if re.match(r"(?:cents?|¢) ?(?:/|per|an?|each|apiece)\b", after):
        return "price", "cent"
    if re.match(r"(?:cents?|¢)", after):
        return "money", "cent"
    for kind, pattern in _KINDS:
        found = re.match(pattern, after)
        if found is None or (kind == "counting" and value.denominator != 1):
            continue
        if kind == "counting" and value > 3:
            continue
        return kind, found.group().split()[0].removesuffix("s")
    return "plain", re.split(r"[^a-z]", after, maxsplit=1)[0].removesuffix("s")
