"""Stored texts that a question names in other letters: punctuation, order, endings, abbreviations.

`Creatinine, Urine` is found in "urine creatinine", `Heart valve replac NEC` in "heart valve
replacement nec", `Pressure ulcer, hip` in "hip pressure ulcer". Whether the query means it is for
who learns to say.
"""

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final, NamedTuple

from sql_agent.words import STOP

_WORD: Final = re.compile(r"[a-z0-9]+")
_LONGEST: Final = 24
"""Words of a stored text that is looked for."""
_CERTAIN_LETTERS: Final = 7
"""Letters of a word that may be mistyped."""
_SHORTEST: Final = 3
"""Letters of an abbreviation."""
_EMPTY: Final = STOP | {"nec", "nos", "unspecified", "other"}


class Span(NamedTuple):
    """Where a question names a stored text."""

    first: int
    last: int
    value: str


@dataclass(frozen=True)
class Likeness:
    """Finds stored texts, given in lower case."""

    values: Mapping[str, tuple[str, ...]]
    _bags: dict[tuple[str, ...], str] = field(default_factory=dict[tuple[str, ...], str])
    _begun: defaultdict[str, list[tuple[tuple[str, ...], str]]] = field(
        default_factory=lambda: defaultdict[str, list[tuple[tuple[str, ...], str]]](list)
    )

    def __post_init__(self) -> None:
        """Index the texts by their words, and by the two letters with which they begin."""
        for value in self.values:
            words = _content(_WORD.findall(value))
            if words and len(words) <= _LONGEST:
                self._bags.setdefault(tuple(sorted(words)), value)
                self._begun[words[0][:2]].append((words, value))

    def spans(self, text: str) -> list[Span]:
        """Return where a text in lower case names a stored one, the longest first."""
        found = [*self._same_words(text), *self._alike(text)]
        return sorted(found, key=lambda span: span.first - span.last)

    def _same_words(self, text: str) -> Iterable[Span]:
        places = list(_WORD.finditer(text))
        for first in range(len(places)):
            words: list[str] = []
            for last in range(first, min(len(places), first + _LONGEST)):
                word = places[last][0]
                if word in _EMPTY:
                    if not words:
                        break
                    continue
                words.append(word)
                value = self._bags.get(tuple(sorted(words)))
                if value is not None:
                    yield Span(places[first].start(), places[last].end(), value)

    def _alike(self, text: str) -> Iterable[Span]:
        places = [place for place in _WORD.finditer(text) if place[0] not in _EMPTY]
        said = [place[0] for place in places]
        for first, word in enumerate(said):
            for words, value in self._begun.get(word[:2], ()):
                last = first + len(words)
                if last <= len(said) and _each_alike(words, said[first:last]):
                    yield Span(places[first].start(), places[last - 1].end(), value)


def _content(words: Sequence[str]) -> tuple[str, ...]:
    """Return the words that tell stored texts apart; all where there are no such."""
    return tuple(word for word in words if word not in _EMPTY) or tuple(words)


def _each_alike(stored: Sequence[str], said: Sequence[str]) -> bool:
    """Whether each word stands for the other, and at least one long one is surely the same."""
    exact = sum(len(a) for a, b in zip(stored, said, strict=True) if a == b)
    alike = all(a == b or _alike(a, b) for a, b in zip(stored, said, strict=True))
    return alike and (exact >= _SHORTEST or min(map(len, stored)) >= _CERTAIN_LETTERS)


def _alike(stored: str, said: str) -> bool:
    """Whether a word is the other with a typing mistake, cut off, or without some letters."""
    if stored[0] != said[0]:
        return False
    if min(len(stored), len(said)) >= _CERTAIN_LETTERS and _one_edit(stored, said):
        return True
    if not _SHORTEST <= len(stored) < len(said):
        return False
    letters = iter(said)
    return all(letter in letters for letter in stored)


def _one_edit(one: str, other: str) -> bool:
    """Whether one letter more, less or another, or two exchanged, make one word of the other."""
    at = 0
    while at < min(len(one), len(other)) and one[at] == other[at]:
        at += 1
    rest, wanted = one[at:], other[at:]
    return (
        rest[1:] == wanted[1:] or rest[1:] == wanted or rest == wanted[1:]
        or (rest[:2] == wanted[:2][::-1] and rest[2:] == wanted[2:])
    )  # fmt: skip
