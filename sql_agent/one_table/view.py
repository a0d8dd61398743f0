"""What a question says beside what one table holds: words, and stretches that are values."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal, TypeAlias

from sql_agent.words import stem

Phrase: TypeAlias = tuple[str, ...]
_CHUNK = re.compile(r"[^\W_]+")
_NUMBER = re.compile(r"(?<![\w.,])-?(?:\d{1,3}(?:,\d{3})+|\d+)(?:\.\d+)?(?![\w])(?!,\d)")
_SPELLED = {
    word: float(number)
    for number, word in enumerate(
        "zero one two three four five six seven eight nine ten eleven twelve".split()
    )
}
_LONGEST = 24


@dataclass(frozen=True, slots=True, kw_only=True)
class ViewColumn:
    """A column as it is read: the stems of its name, and whether its values are numbers."""

    words: Phrase
    kind: Literal["number", "text"]


@dataclass(frozen=True, slots=True, kw_only=True)
class TableView:
    """A table's columns, and which of its text columns hold a value, by the value's words.

    The last word may be in the singular.
    """

    columns: tuple[ViewColumn, ...]
    values: Mapping[Phrase, Mapping[int, str]]


@dataclass(frozen=True, slots=True)
class Word:
    """A word of the question: in lower case, its stem, and where it stands."""

    lower: str
    stem: str
    start: int
    end: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Span:
    """Words `first` to `last` (without) that are a value: of text columns, or a number.

    `start` and `end` are its place in the question.
    """

    first: int
    last: int
    start: int
    end: int
    texts: Mapping[int, str]
    number: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Scene:
    """A question beside a table."""

    question: str
    words: tuple[Word, ...]
    spans: tuple[Span, ...]
    view: TableView
    inside: tuple[int, ...]
    """For each word the number of its span, or -1."""


def chunks(text: str) -> Phrase:
    """Return the words of a value as they are compared: letters and digits in lower case."""
    return tuple(_CHUNK.findall(text.lower()))


def view_of(columns: Iterable[ViewColumn], stored: Iterable[tuple[int, str]]) -> TableView:
    """Return a view; `stored` are the texts of the text columns, each with its column."""
    values: dict[Phrase, dict[int, str]] = {}
    for column, text in stored:
        phrase = chunks(text)
        for said in {phrase, (*phrase[:-1], *map(stem, phrase[-1:]))}:
            if said and len(said) <= _LONGEST:
                values.setdefault(said, {}).setdefault(column, text)
    return TableView(columns=tuple(columns), values=values)


def scene_of(question: str, view: TableView) -> Scene:
    """Return the words and the values of a question; the longest values first."""
    words = tuple(
        Word(m[0].lower(), stem(m[0].lower()), m.start(), m.end())
        for m in _CHUNK.finditer(question)
    )
    spans = _texts(words, view)
    taken = {i for span in spans for i in range(span.first, span.last)}
    spans += [s for s in _numbers(question, words) if taken.isdisjoint(range(s.first, s.last))]
    spans.sort(key=lambda span: span.first)
    inside = [-1] * len(words)
    for number, span in enumerate(spans):
        for i in range(span.first, span.last):
            inside[i] = number
    return Scene(
        question=question, words=words, spans=tuple(spans), view=view, inside=tuple(inside)
    )


def _texts(words: Sequence[Word], view: TableView) -> list[Span]:
    lowers = [word.lower for word in words]
    numbers = {c for c, column in enumerate(view.columns) if column.kind == "number"}
    found: list[Span] = []
    for first in range(len(words)):
        for last in range(min(len(words), first + _LONGEST), first, -1):
            said = tuple(lowers[first:last])
            texts = view.values.get(said) or view.values.get((*said[:-1], words[last - 1].stem))
            if texts:
                only = last - first == 1 and lowers[first] in _SMALL and not numbers
                number = _value(lowers[first]) if last - first == 1 else None
                if not only:
                    found.append(_span(words, first, last, texts, number))
                break
    found.sort(key=lambda span: (span.first - span.last, span.first))
    kept: list[Span] = []
    taken: set[int] = set()
    for span in found:
        if taken.isdisjoint(range(span.first, span.last)):
            taken.update(range(span.first, span.last))
            kept.append(span)
    return kept


_SMALL = frozenset("a an the of in on at is was i".split())


def _span(
    words: Sequence[Word], first: int, last: int, texts: Mapping[int, str], number: float | None
) -> Span:
    start, end = words[first].start, words[last - 1].end
    return Span(first=first, last=last, start=start, end=end, texts=texts, number=number)


def _value(word: str) -> float | None:
    if word.isdigit():
        return float(word)
    return _SPELLED.get(word)


def _numbers(question: str, words: Sequence[Word]) -> list[Span]:
    found: list[Span] = []
    for match in _NUMBER.finditer(question):
        inside = [
            i for i, w in enumerate(words) if match.start() <= w.start and w.end <= match.end()
        ]
        if inside:
            value = float(match[0].replace(",", ""))
            found.append(_span(words, inside[0], inside[-1] + 1, {}, value))
    found += [
        _span(words, i, i + 1, {}, _SPELLED[word.lower])
        for i, word in enumerate(words)
        if word.lower in _SPELLED and word.lower != "one"
    ]
    return found
