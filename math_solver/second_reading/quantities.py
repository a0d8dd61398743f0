"""The quantities of a question and what is said of each: unit, per what, whose, in which words."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction

from math_solver.reading import Question

_TOKEN = re.compile(r"N\d+|[A-Za-z]+|[$%.,;:?!]")
_SMALL_WORDS = frozenset(
    "a an the of to in on at by for from with and or but if then than so as that this these those"
    " there it its he she they his her their them him you your i we our my me us is are was were be"
    " been has have had do does did will would can could should all some any other another more"
    " less fewer each every per about into only just also still now not no up out how many much"
    " what who which when while after before because during both same".split()
)
_PRONOUNS = frozenset({"he", "she", "they", "his", "her", "their", "him", "them"})
_OPENERS = frozenset(
    "how what if there each every the a an in on at for after then when he she they it this that"
    " his her their to by from of all some one out during as since because while next later first"
    " finally and but so".split()
)
_CONSTANTS: tuple[tuple[str, str, int], ...] = (
    (r"\b(?:twice|doubled?|doubles|doubling)\b", "times", 2),
    (r"\b(?:thrice|tripled?|triples|tripling)\b", "times", 3),
    (r"\bquadrupled?\b", "times", 4),
    (r"\bpairs?\b", "constant", 2),
    (r"\bweek(?:s|ly)?\b", "constant", 7),
    (r"\b(?:years?|yearly|annual(?:ly)?)\b", "constant", 12),
    (r"\bminutes?\b(?=.*\bhours?\b)|\bhours?\b(?=.*\bminutes?\b)", "constant", 60),
    (r"\bcents?\b(?=.*\$)|\$(?=.*\bcents?\b)|\bdollars?\b(?=.*\bcents?\b)", "constant", 100),
    (r"\b(?:feet|foot)\b(?=.*\binch(?:es)?\b)|\binch(?:es)?\b(?=.*\b(?:feet|foot)\b)",
     "constant", 12),
    (r"\bhours?\b(?=.*\bdays?\b)|\bdays?\b(?=.*\bhours?\b)", "constant", 24),
    (r"\bweek(?:s|ly)?\b(?=.*\byears?\b)|\byears?\b(?=.*\bweek(?:s|ly)?\b)", "constant", 52),
)  # fmt: skip
"""Words that bring a number of their own: where they stand, its kind, its value."""
MOST_QUANTITIES = 9


@dataclass(frozen=True, slots=True, kw_only=True)
class Quantity:
    """A number of the question, a constant that its words bring, or what was made of two.

    `text` is how a plan writes it; `own` and `words` are the words of its sentence by place and as
    a set; `place` counts tokens.
    """

    text: str
    value: Fraction
    kind: str
    unit: str = ""
    per: str = ""
    owner: str = ""
    sentence: int = 0
    place: int = 0
    own: tuple[str, ...] = ()
    words: frozenset[str] = frozenset()
    asked: bool = False
    made_by: str = ""
    size: int = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Scene:
    """The quantities of a question in their order, its tokens, and what it asks for."""

    quantities: tuple[Quantity, ...]
    tokens: tuple[str, ...]
    question: frozenset[str]
    unit: str
    owner: str
    opening: str


def read_scene(question: Question) -> Scene | None:
    """Describe every quantity; None where there are none or too many."""
    text = re.sub(r"(?<=\w)['’]s\b", " ", question.masked)
    text = re.sub(r"\bpercent\b|\bper cent\b", "%", text)
    tokens = tuple(_TOKEN.findall(re.sub(r"(?<=[A-Za-z\d])-(?=[A-Za-z])", " ", text)))
    starts = _sentence_starts(tokens)
    if not starts:
        return None
    lowered = tuple(t if re.fullmatch(r"N\d+", t) else stem(t.lower()) for t in tokens)
    owners = _owners(tokens, starts)
    asking = lowered[_asking_start(tokens, starts) :]
    found = [*_numbers(question, tokens, lowered, starts, owners)]
    found += _constants(text, tokens, lowered, starts, owners)
    found.sort(key=lambda q: q.place)
    if not found or len(found) > MOST_QUANTITIES:
        return None
    return Scene(
        quantities=tuple(found),
        tokens=lowered,
        question=frozenset(asking),
        unit=_asked_unit(asking),
        owner=owners[-1],
        opening=" ".join(asking[:3]),
    )


def stem(word: str) -> str:
    """Return a lower-case word without the ending of the plural or of the third person."""
    if len(word) > 4 and word.endswith("ies"):
        return word[:-3] + "y"
    if len(word) > 4 and word.endswith(("sses", "xes", "ches", "shes")):
        return word[:-2]
    if len(word) > 3 and word.endswith("s") and not word.endswith(("ss", "us", "is")):
        return word[:-1]
    return word


def _sentence_starts(tokens: Sequence[str]) -> list[int]:
    starts = [0] if tokens else []
    starts += [i + 1 for i, t in enumerate(tokens[:-1]) if t in {".", "?", "!", ";"}]
    return starts


def _asking_start(tokens: Sequence[str], starts: Sequence[int]) -> int:
    """Where the question begins: at the last `how` or `what`, else with the last sentence."""
    last = starts[-1]
    for i in range(len(tokens) - 1, last - 1, -1):
        if tokens[i].lower() in {"how", "what"}:
            return i
    return last


def _owners(tokens: Sequence[str], starts: Sequence[int]) -> list[str]:
    """Return for every token the last person or thing named by a capital, pronouns resolved."""
    owners: list[str] = []
    last = current = ""
    opening = frozenset(starts)
    for i, token in enumerate(tokens):
        lower = token.lower()
        if i in opening:
            current = ""
        named = token[0].isupper() and not re.fullmatch(r"N\d+", token)
        if named and lower not in _OPENERS:
            current = last = lower
        elif lower in _PRONOUNS and not current:
            current = last
        owners.append(current)
    return owners


def _numbers(
    question: Question,
    tokens: Sequence[str],
    lowered: Sequence[str],
    starts: Sequence[int],
    owners: Sequence[str],
) -> Iterator[Quantity]:
    for place, token in enumerate(tokens):
        if not re.fullmatch(r"N\d+", token):
            continue
        index = int(token[1:])
        value, written = question.numbers[index], question.number_texts[index]
        kind = _kind(lowered, place, value, written)
        text = f"({token} / 100)" if kind == "percent" else token
        yield _described(
            Quantity(
                text=text,
                value=value / 100 if kind == "percent" else value,
                kind=kind,
                unit="$" if kind == "money" else _unit(tokens, lowered, place),
                per=_per(lowered, place, starts),
                place=place,
            ),
            lowered, starts, owners,
        )  # fmt: skip


def _described(
    quantity: Quantity, lowered: Sequence[str], starts: Sequence[int], owners: Sequence[str]
) -> Quantity:
    """Add whose it is and the words round it."""
    place = quantity.place
    sentence = max(i for i, start in enumerate(starts) if start <= place)
    begin = starts[sentence]
    end = starts[sentence + 1] if sentence + 1 < len(starts) else len(lowered)
    near = [_at(lowered, place + offset, begin, end) for offset in (-3, -2, -1, 1, 2, 3)]
    return Quantity(
        text=quantity.text,
        value=quantity.value,
        kind=quantity.kind,
        unit=quantity.unit,
        per=quantity.per,
        owner=owners[place],
        sentence=sentence,
        place=place,
        own=tuple(near),
        words=frozenset(lowered[begin:end]),
        asked=sentence == len(starts) - 1,
    )


def _at(lowered: Sequence[str], place: int, begin: int, end: int) -> str:
    if not begin <= place < end:
        return "-"
    return "#" if re.fullmatch(r"N\d+", lowered[place]) else lowered[place]


def _kind(lowered: Sequence[str], place: int, value: Fraction, written: str) -> str:
    before = lowered[place - 1] if place else ""
    after = lowered[place + 1] if place + 1 < len(lowered) else ""
    if before == "$" or after in {"$", "dollar", "buck"}:
        return "money"
    if after == "%":
        return "percent"
    if value < 1 and not written.startswith((".", "0")):
        return "part"
    if after in {"time", "fold"} or written.lower() in {"half", "a half", "one half"}:
        return "times"
    return "plain"


def _unit(tokens: Sequence[str], lowered: Sequence[str], place: int) -> str:
    """Return the first plural among the words that follow, else the first word that says what."""
    run: list[int] = []
    for i in range(place + 1, min(place + 7, len(tokens))):
        if lowered[i] in {".", ",", ";", "?", "!", "$", ":"} or re.fullmatch(r"N\d+", tokens[i]):
            break
        if lowered[i] in _SMALL_WORDS:
            if run:
                break
            continue
        run.append(i)
    plural = next((i for i in run[:3] if lowered[i] != tokens[i].lower()), None)
    if plural is not None:
        return lowered[plural]
    return lowered[run[0]] if run else ""


def _per(lowered: Sequence[str], place: int, starts: Sequence[int]) -> str:
    """Return what a quantity is counted for one of; `each` where that is not named."""
    begin = max(start for start in starts if start <= place)
    ahead = lowered[place + 1 : place + 6]
    for i, word in enumerate(ahead):
        if word in {".", ",", "?", ";", "and"} or re.fullmatch(r"N\d+", word):
            break
        if word in {"each", "apiece"}:
            following = ahead[i + 1] if i + 1 < len(ahead) else ""
            return following if following and following not in _SMALL_WORDS | {"."} else "each"
        if word in {"per", "every"} or (word in {"a", "an"} and i):
            following = ahead[i + 1] if i + 1 < len(ahead) else ""
            return following or "each"
    behind = lowered[begin:place]
    for i in range(len(behind) - 1, -1, -1):
        if behind[i] in {"each", "every", "per"}:
            following = next((w for w in behind[i + 1 :] if w not in _SMALL_WORDS), "")
            return following or "each"
        if re.fullmatch(r"N\d+", behind[i]):
            break
    return ""


def _constants(
    text: str,
    tokens: Sequence[str],
    lowered: Sequence[str],
    starts: Sequence[int],
    owners: Sequence[str],
) -> Iterator[Quantity]:
    """Yield one quantity for each kind of word that brings a number, at its first place."""
    for pattern, kind, value in _CONSTANTS:
        every = kind == "times"
        for found in list(re.finditer(pattern, text, re.IGNORECASE))[: 3 if every else 1]:
            place = len(_TOKEN.findall(text[: found.start()]))
            if place < len(tokens):
                made = Quantity(
                    text=str(value), value=Fraction(value), kind=kind, place=place,
                    unit="" if every else lowered[place],
                )  # fmt: skip
                yield _described(made, lowered, starts, owners)


def _asked_unit(asking: Sequence[str]) -> str:
    """Return what is asked for: the noun after `how many`, money after `how much`."""
    for i, word in enumerate(asking[:-1]):
        if word == "many":
            return next((w for w in asking[i + 1 :] if w not in _SMALL_WORDS), "")
        if word == "much":
            return "$" if set(asking) & {"cost", "spend", "pay", "earn", "money", "make"} else ""
    return ""
