"""Words of a question: tokens, stems, and what a small spelling mistake away means."""

import re
from dataclasses import dataclass
from typing import Final

_TOKEN = re.compile(
    r"\d+(?:,\d{3})*(?:\.\d+)?(?:(?:st|nd|rd|th)\b)?|[^\W\d_][^\W_]*(?:\.\w+)*|[^\w\s]"
)
_PAST: Final = {
    "pay": "paid",
    "lend": "lent",
    "spend": "spent",
    "leave": "left",
    "begin": "began",
    "take": "taken",
    "write": "written",
    "give": "given",
    "withdraw": "withdrawn",
    "draw": "drawn",
    "buy": "bought",
    "sell": "sold",
}
_PRESENT: Final = {past: verb for verb, past in _PAST.items()}
_IRREGULAR: Final = {
    "people": "person",
    "men": "man",
    "women": "woman",
    "children": "child",
    "diagnoses": "diagnosis",
    "analyses": "analysis",
    "criteria": "criterion",
    "indices": "index",
    "branches": "branch",
    "cities": "city",
    "sum": "sum",
    "mris": "mri",
}


@dataclass(frozen=True, slots=True)
class Token:
    """A word, number or sign of the question: as written, in lower case, its stem, its place."""

    text: str
    lower: str
    stem: str
    start: int
    end: int

    @property
    def is_word(self) -> bool:
        """Whether it has letters or digits."""
        return self.text[0].isalnum()


def tokens(text: str) -> tuple[Token, ...]:
    """Return the tokens of a text; possessive endings are dropped, hyphens part words."""
    found: list[Token] = []
    for match in _TOKEN.finditer(text):
        word = match[0]
        if word in {"'", "’"} or (
            found and word.lower() == "s" and text[match.start() - 1] in "'’"
        ):
            continue
        lower = word.lower()
        found.append(Token(word, lower, stem(lower), match.start(), match.start() + len(word)))
    return tuple(found)


def stem(word: str) -> str:
    """Return the singular of a lower-case word, as far as spelling tells."""
    if word in _IRREGULAR:
        return _IRREGULAR[word]
    if len(word) <= 3 or not word.endswith("s") or word.endswith(("ss", "us", "is")):
        return word
    if word.endswith("ies") and len(word) > 4:
        return word[:-3] + "y"
    if word.endswith(("sses", "xes", "ches", "shes", "zes")):
        return word[:-2]
    return word[:-1]


def stems(text: str) -> tuple[str, ...]:
    """Return the stems of the words of a text; `_` and CamelCase part words."""
    spaced = re.sub(r"(?<=[a-z0-9])(?=[A-Z])", " ", text.replace("_", " "))
    return tuple(token.stem for token in tokens(spaced) if token.is_word)


def forms(word: str) -> tuple[str, ...]:
    """Return how a verb is written otherwise: grant, granted; deny, denied; expiring, expire."""
    if word in _PAST:
        return (_PAST[word],)
    if word in _PRESENT:
        return (_PRESENT[word],)
    if len(word) < 4:
        return (word + "d",) if word.endswith("e") else ()
    if word.endswith("ing"):
        root = word[:-3]
        return (root, root + "e", root + "ed", root + "s")
    if word.endswith("ied"):
        return (word[:-3] + "y",)
    if word.endswith("ed"):
        return (word[:-2], word[:-1])
    if word.endswith("y"):
        return (word[:-1] + "ied",)
    return (word + "ed", word + "d")


def close(word: str, other: str) -> bool:
    """Return whether two words differ by one slip: a letter more, less, changed or swapped.

    Short words must be equal; so must first letters, which are seldom wrong. A changed letter is a
    slip in long words only: "change" is not "charge".
    """
    if word == other:
        return True
    if min(len(word), len(other)) < 5 or abs(len(word) - len(other)) > 1 or word[0] != other[0]:
        return False
    if any(c.isdigit() for c in word + other):
        return False
    start = next((i for i, (a, b) in enumerate(zip(word, other, strict=False)) if a != b), None)
    if start is None:
        return True
    first, second = word[start:], other[start:]
    swapped = len(first) > 1 and first[:2] == second[1::-1] and first[2:] == second[2:]
    changed = first[1:] == second[1:] and len(word) >= _LONG
    return changed or first == second[1:] or first[1:] == second or swapped


def related(word: str, other: str) -> bool:
    """Return whether two words are built on one long root: withdrawn, withdrawal."""
    shared = _roots(word) & _roots(other)
    long = min(len(word), len(other)) >= _LONG  # populous, population
    return any(len(root) >= _SHORTEST_ROOT or long for root in shared)


def root(word: str) -> str:
    """Return a word without its ending, as far as four letters are left: prescribed, prescrib."""
    ends = (e for e in _ENDINGS if word.endswith(e) and len(word) - len(e) >= _SHORTEST_ROOT - 2)
    longest = max(ends, key=len, default="")
    return word.removesuffix(longest)


def _roots(word: str) -> set[str]:
    roots = (word, *(word.removesuffix(ending) for ending in _ENDINGS))
    return {root for root in roots if len(root) >= _SHORTEST_ROOT - 1}


_LONG: Final = 8
_SHORTEST_ROOT: Final = 6
_ENDINGS: Final = """ally ation ition ically ical ment ness ious ance ence ing ion ity ies ous ist
ics ant ent ory ary al ly ed er or ic en es e n y s""".split()


STOP: Final = frozenset(
    """a an the of for to in on at by with from and or as is are was were be been being do does did
    have has had having that which who whose whom what when where how why this these those it its
    their our we us i me my you your they them he she his her there here please can could would
    should will shall may might must show tell give list display get find want need know see let
    me us make about all any each every some no not than then so just also only own s ll ve d re m
    t more much many us up out into over per across between within among during like such very
    exactly currently now still ever yet already altogether overall together respectively data
    database record records row rows table result results value values number numbers count amount
    total many one ones same other others using based breakdown broken down grouped split group
    made make makes come comes came happen happened take took taken look looks report reported
    answer question compute calculate return figure figures information info details print query
    select hello hi hey thanks thank kindly quick quickly go going went want wants like we're
    break divided versus vs compared compare comparison against type kind kinds types what's whats
    there's name names both either who's look looking help let's i'd i'm exist exists whether if
    first last top""".split()
)
"""Words that carry no content of their own, so that leaving them out of a query is no loss."""
