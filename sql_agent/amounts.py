"""Numbers in a question, exactly: 1,000 · 10k · 2.5 million · five · $50 · 12 %."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation

from .words import Token

_WORDS = {
    name: i
    for i, name in enumerate(
        """zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen
        fifteen sixteen seventeen eighteen nineteen twenty""".split()
    )
} | {"thirty": 30, "forty": 40, "fifty": 50, "hundred": 100, "dozen": 12}
_SCALES = {
    "k": 1_000,
    "thousand": 1_000,
    "m": 1_000_000,
    "mn": 1_000_000,
    "million": 1_000_000,
    "bn": 1_000_000_000,
    "billion": 1_000_000_000,
}
_SIGNS = frozenset("$€£")


@dataclass(frozen=True, slots=True, kw_only=True)
class Amount:
    """A number and the tokens `first` to `last` (without) that write it."""

    first: int
    last: int
    number: str
    percent: bool = False


def find_amounts(words: Sequence[Token]) -> tuple[Amount, ...]:
    """Return the numbers of a question from left to right."""
    found: list[Amount] = []
    at = 0
    while at < len(words):
        amount = _at(words, at)
        if amount is None:
            at += 1
        else:
            found.append(amount)
            at = amount.last
    return tuple(found)


def _at(words: Sequence[Token], at: int) -> Amount | None:
    first = at
    if words[at].text in _SIGNS and at + 1 < len(words):
        at += 1
    value, scale = _value(words[at].lower)
    if value is None:
        return None
    last = at + 1
    following = words[last].lower if last < len(words) else ""
    if scale == 1 and following in _SCALES and (len(following) > 2 or _touch(words, at)):
        scale, last = _SCALES[following], last + 1
        following = words[last].lower if last < len(words) else ""
    percent = following in {"%", "percent"}
    number = format((value * scale).normalize(), "f")
    spaced = _is_negative(words, first)
    return Amount(
        first=first - 1 if spaced else first,
        last=last + 1 if percent else last,
        number=f"-{number}" if spaced else number,
        percent=percent,
    )


def _is_negative(words: Sequence[Token], first: int) -> bool:
    """Tell the minus of -50 from the hyphen of 3-4."""
    if first == 0 or words[first - 1].text != "-" or not _touch(words, first - 1):
        return False
    return first == 1 or not _touch(words, first - 2)


def _touch(words: Sequence[Token], at: int) -> bool:
    return words[at].end == words[at + 1].start


def _value(word: str) -> tuple[Decimal | None, int]:
    if word in _WORDS:
        return Decimal(_WORDS[word]), 1
    for suffix in ("bn", "mn", "k", "m"):
        if word.endswith(suffix) and word[: -len(suffix)].replace(".", "", 1).isdigit():
            return Decimal(word[: -len(suffix)]), _SCALES[suffix]
    if not word[0].isdigit() or word[-1].isalpha():
        return None, 1
    try:
        return Decimal(word.replace(",", "")), 1
    except InvalidOperation:
        return None, 1
