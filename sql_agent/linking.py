"""From the words of a question to the items and values of a database.

Every stretch of words that the lexicon knows becomes a mention, the longest first; periods and
numbers become value slots; misspelt words are read as the one word of the vocabulary that they are
close to, which is reported. What a mention finally means is decided by who reads it (the rules, or
the model): all its meanings are kept.
"""

import re
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Final

from .amounts import find_amounts
from .lexicon import Entry
from .periods import find_periods
from .query_tree import (
    FreeText,
    Linked,
    LinkedColumn,
    LinkedMetric,
    LinkedTable,
    NumberValue,
    PeriodValue,
    SlotValue,
    TextValue,
)
from .semantic_model import Column, ColumnRef, SemanticModel
from .words import STOP, Token, forms, stems, tokens
from .workspace import Workspace

_MAX_WORDS = 200
_LABELS: Final = ("name", "title", "full_name", "label", "fullname")
_QUOTED = re.compile(r"[\"“”„]([^\"“”„]{1,80})[\"“”„]|(?<!\w)'([^']{1,80})'(?!\w)")
_ALONE_NEVER: Final = frozenset(
    """a an the of for to in on at by with from and or as is are was were be do did have has had
    that who what when where which how we us i me my you it not no any all each every show list
    give find get there per over under than most more top last first this out many much number
    count total average year month quarter day week new hour up then their its so can will may
    whose never""".split()
)
"""Words that are no mention of anything when they stand alone."""
_SUBJECTS: Final = frozenset(("we", "they", "i", "you", "he", "she"))


@dataclass(frozen=True, slots=True, kw_only=True)
class Mention:
    """The tokens `first` to `last` (without) and all that they may mean.

    `slot` is the number of the value that they name; it is the only meaning where the other
    fields are empty.
    """

    first: int
    last: int
    phrase: str
    tables: tuple[str, ...] = ()
    columns: tuple[ColumnRef, ...] = ()
    metrics: tuple[str, ...] = ()
    slot: int | None = None


@dataclass(frozen=True, kw_only=True)
class Linking:
    """A question with its mentions, from left to right, and its values."""

    question: str
    words: tuple[Token, ...]
    mentions: tuple[Mention, ...]
    slots: tuple[SlotValue, ...]
    notes: tuple[str, ...] = ()
    """What had to be read into the question: corrected spelling, relative dates."""

    @cached_property
    def at(self) -> dict[int, Mention]:
        """The mention of each token that is part of one."""
        return {i: mention for mention in self.mentions for i in range(mention.first, mention.last)}

    def unlinked(self, known: frozenset[str]) -> tuple[str, ...]:
        """Return the content words that link to nothing and that `known` does not have."""
        return tuple(
            token.text
            for i, token in enumerate(self.words)
            if self._is_kind_of_value(i)
            or (
                i not in self.at
                and token.is_word
                and token.lower not in STOP
                and token.lower not in known
                and token.stem not in STOP
                and token.stem not in known
            )
        )

    def _is_kind_of_value(self, at: int) -> bool:
        """Tell "blood type" behind a value `blood` from a type that the database knows."""
        if at in self.at or self.words[at].stem not in {"type", "kind"}:
            return False
        before = self.at.get(at - 1)
        return before is not None and before.slot is not None and not before.tables


@dataclass(frozen=True, slots=True)
class _Span:
    first: int
    last: int
    value: SlotValue | None = None
    entries: tuple[Entry, ...] = ()


def link(question: str, workspace: Workspace, known: frozenset[str] = frozenset()) -> Linking:
    """Return the mentions and values of a question; words in `known` are never corrected."""
    words = tokens(question)[:_MAX_WORDS]
    words, notes = _corrected(words, workspace, known)
    spans = _phrases(words, workspace)
    spans += _quotations(question, words, spans)
    spans += _periods(words, workspace, spans)
    spans += _numbers(words, spans)
    spans.sort(key=lambda span: span.first)
    mentions: list[Mention] = []
    slots: list[SlotValue] = []
    for span in spans:
        phrase = question[words[span.first].start : words[span.last - 1].end]
        value = span.value or _text_value(phrase, span.entries)
        mentions.append(_mention(span, phrase, len(slots) if value is not None else None))
        if value is not None:
            slots.append(value)
    return Linking(
        question=question,
        words=words,
        mentions=tuple(mentions),
        slots=tuple(slots),
        notes=(*notes, *_date_notes(words, spans)),
    )


def _corrected(
    words: tuple[Token, ...], workspace: Workspace, known: frozenset[str]
) -> tuple[tuple[Token, ...], list[str]]:
    found: list[Token] = []
    notes: list[str] = []
    for word in words:
        plain = word.lower in STOP or word.lower in known or word.stem in known
        better = None if plain else workspace.lexicon.corrected(word.stem)
        if better is not None:
            notes.append(f"read '{word.text}' as '{better}'")
            word = replace(word, stem=better)  # noqa: PLW2901  (the corrected word)
        found.append(word)
    return tuple(found), notes


def _phrases(words: tuple[Token, ...], workspace: Workspace) -> list[_Span]:
    """Return the longest phrases of the lexicon, none overlapping another."""
    candidates: list[_Span] = []
    periods = {period.first for period in find_periods(words, workspace.latest)}
    for first in range(len(words)):
        stems: list[str] = []
        for last in range(first + 1, min(len(words), first + 12) + 1):
            token = words[last - 1]
            if token.is_word:
                stems.append(token.stem)
            elif token.text not in {"-", "/", "&", "."} or last == first + 1:
                break
            else:
                continue
            entries = workspace.lexicon.phrases.get(tuple(stems), ())
            if entries:
                kept = tuple(e for e in entries if _as_written(e, words, first, last))
                if len(stems) == 1 and words[first].lower in _ALONE_NEVER:
                    kept = _of_named_column(kept, words, first, workspace)
                if len(stems) == 1 and _is_part_of(words, first):
                    kept = tuple(e for e in kept if e.kind != "column")  # not the column `shares`
                if len(stems) == 1 and first and words[first - 1].lower in _SUBJECTS:
                    kept = tuple(e for e in kept if e.kind != "value")  # what "we charge"
                    kept = kept or _dates_of_verb(words[first].lower, workspace)  # "did we open"
                cut = _cuts_a_count(kept, words, first, workspace) or (
                    last > first + 1 and _opens_period(words, last, periods)
                )
                if kept and not cut:
                    candidates.append(_Span(first, last, entries=kept))
    candidates.sort(key=lambda span: (span.first - span.last, _opens(words, span), span.first))
    taken: set[int] = set()
    found: list[_Span] = []
    for span in candidates:
        if taken.isdisjoint(range(span.first, span.last)):
            taken.update(range(span.first, span.last))
            found.append(span)
    return found


def _is_part_of(words: tuple[Token, ...], at: int) -> bool:
    """Whether "share of …" is said, which is a part of a whole."""
    following = words[at + 1].lower if at + 1 < len(words) else ""
    return words[at].lower in {"share", "portion", "part"} and following == "of"


def _dates_of_verb(verb: str, workspace: Workspace) -> tuple[Entry, ...]:
    """Return the dates that a verb names in its past form: the day opened of "we open"."""
    phrases, model = workspace.lexicon.phrases, workspace.model
    named = [entry for form in forms(verb) for entry in phrases.get((form,), ())]
    times = {e: e.column and model.column(e.column) for e in named if e.kind == "column"}
    return tuple(e for e, column in times.items() if column and column.role == "time")


def _of_named_column(
    entries: tuple[Entry, ...], words: tuple[Token, ...], at: int, workspace: Workspace
) -> tuple[Entry, ...]:
    """Return what a small word may mean behind the name of its column: "grade A"."""
    phrases = workspace.lexicon.phrases
    before = [phrases.get(tuple(w.stem for w in words[at - n : at]), ()) for n in (1, 2) if at >= n]
    named = {entry.column for entries in before for entry in entries if entry.kind == "column"}
    return tuple(e for e in entries if e.kind == "value" and e.as_written and e.column in named)


def _opens_period(words: tuple[Token, ...], last: int, periods: set[int]) -> bool:
    """Whether a phrase ends in the "in" of a period: results that "came in the past 30 days"."""
    after = last + 1 if last < len(words) and words[last].lower == "the" else last
    return words[last - 1].lower in {"in", "on"} and after in periods


def _opens(words: tuple[Token, ...], span: _Span) -> bool:
    """Whether a phrase begins with an aggregate; another of the same length goes first."""
    return words[span.first].lower in {"total", "average", "mean", "overall"}


def _cuts_a_count(
    entries: tuple[Entry, ...], words: tuple[Token, ...], first: int, workspace: Workspace
) -> bool:
    """Tell "how many procedures cost …" from the metric "procedure cost"."""
    if [w.lower for w in words[max(0, first - 2) : first]] != ["how", "many"]:
        return False
    alone = workspace.lexicon.phrases.get((words[first].stem,), ())
    if not any(entry.kind == "table" for entry in alone):
        return False
    metrics = [workspace.model.metric(e.name) for e in entries if e.kind == "metric"]
    return bool(metrics) and not any(
        m is not None and m.expression.lower().startswith("count") for m in metrics
    )


def _as_written(entry: Entry, words: tuple[Token, ...], first: int, last: int) -> bool:
    if not entry.as_written:
        return True
    written = [t.text for t in tokens(entry.as_written) if t.is_word]
    said = [token.text for token in words[first:last] if token.is_word]
    return said == written or said == [text.upper() for text in written]


def _free(spans: list[_Span], first: int, last: int) -> bool:
    return all(last <= span.first or first >= span.last for span in spans)


def _quotations(question: str, words: tuple[Token, ...], spans: list[_Span]) -> list[_Span]:
    """Return the texts in quotation marks that the lexicon does not know."""
    found: list[_Span] = []
    for match in _QUOTED.finditer(question):
        inside = [i for i, t in enumerate(words) if match.start() < t.start < match.end() - 1]
        if inside and _free(spans, inside[0], inside[-1] + 1):
            value = FreeText(phrase=match[1] or match[2])
            found.append(_Span(inside[0], inside[-1] + 1, value))
    return found


def _periods(words: tuple[Token, ...], workspace: Workspace, spans: list[_Span]) -> list[_Span]:
    found: list[_Span] = []
    for period in find_periods(words, workspace.latest):
        for span in list(spans):  # the date of "year to date" is no column
            inside = period.first <= span.first and span.last <= period.last
            alone = span.last - span.first == 1 < period.last - period.first
            if inside and alone and words[span.first].stem in _UNITS_OF_TIME:
                spans.remove(span)
        if _free(spans, period.first, period.last):
            phrase = " ".join(token.text for token in words[period.first : period.last])
            value = PeriodValue(phrase=phrase, start=period.start, end=period.end)
            found.append(_Span(period.first, period.last, value))
    return found


_UNITS_OF_TIME: Final = frozenset(("date", "year", "quarter", "month", "week", "day"))


def _numbers(words: tuple[Token, ...], spans: list[_Span]) -> list[_Span]:
    found: list[_Span] = []
    for amount in find_amounts(words):
        if _free(spans, amount.first, amount.last) and not _pronoun(words, amount.first):
            phrase = " ".join(token.text for token in words[amount.first : amount.last])
            value = NumberValue(phrase=phrase, number=amount.number)
            found.append(_Span(amount.first, amount.last, value))
    return found


def _pronoun(words: tuple[Token, ...], at: int) -> bool:
    """Tell the pronoun of "which one" and "the one" from the number."""
    before = words[at - 1].lower if at else ""
    return words[at].lower == "one" and before in {"which", "the", "that", "this", "each", "every"}


def _text_value(phrase: str, entries: tuple[Entry, ...]) -> TextValue | None:
    options: dict[ColumnRef, list[str]] = {}
    for entry in entries:
        if entry.kind == "value" and entry.column is not None:
            options.setdefault(entry.column, []).append(entry.name)
    if not options:
        return None
    kept = tuple((ref, tuple(dict.fromkeys(codes))) for ref, codes in options.items())
    return TextValue(phrase=phrase, options=kept)


def _mention(span: _Span, phrase: str, slot: int | None) -> Mention:
    return Mention(
        first=span.first,
        last=span.last,
        phrase=phrase,
        tables=tuple(e.name for e in span.entries if e.kind == "table"),
        columns=tuple(e.column for e in span.entries if e.kind == "column" and e.column),
        metrics=tuple(e.name for e in span.entries if e.kind == "metric"),
        slot=slot,
    )


def _date_notes(words: tuple[Token, ...], spans: list[_Span]) -> list[str]:
    """Say what the periods are that the question names without a year."""
    found: list[str] = []
    for span in spans:
        value = span.value
        if not isinstance(value, PeriodValue):
            continue
        if not any(re.fullmatch(r"(19|20)\d\d", t.text) for t in words[span.first : span.last]):
            last = value.end.date().toordinal() - 1
            end = value.end.date().fromordinal(last)
            found.append(f"'{value.phrase}' is {value.start.date()} to {end}")
    return found


def linked_items(linking: Linking, workspace: Workspace) -> Linked:
    """Return the linked items of a question, as a model is shown them.

    Beside what is mentioned these are the tables of mentioned columns and values, and for all these
    tables their dates ("monthly") and the columns that name their rows ("which branch").
    """
    tables: dict[str, str] = {}
    columns: dict[ColumnRef, str] = {}
    metrics: dict[str, str] = {}
    for mention in linking.mentions:
        for table in mention.tables:
            tables.setdefault(table, mention.phrase)
        for ref in mention.columns:
            columns.setdefault(ref, mention.phrase)
        for metric in mention.metrics:
            metrics.setdefault(metric, mention.phrase)
    for value in linking.slots:
        for ref, _ in value.options if isinstance(value, TextValue) else ():
            columns.setdefault(ref, "")
    for name in metrics:
        metric = workspace.model.metric(name)
        for ref in metric.columns if metric is not None else ():
            tables.setdefault(ref.table, "")
    for ref in columns:
        tables.setdefault(ref.table, "")
    for name in tables:
        for ref in (*dates_of(name, workspace), label_of(name, workspace.model)):
            columns.setdefault(ref, "")
    return Linked(
        tables=tuple(LinkedTable(name=name, matched=said) for name, said in tables.items()),
        columns=tuple(
            LinkedColumn(ref=ref, type=column.type, role=column.role, matched=said)
            for ref, said in columns.items()
            if (column := workspace.model.column(ref)) is not None
        ),
        metrics=tuple(LinkedMetric(name=name, matched=said) for name, said in metrics.items()),
        slots=linking.slots,
    )


def dates_of(table: str, workspace: Workspace) -> tuple[ColumnRef, ...]:
    """Return the dates of a table, the model's default date first."""
    known = workspace.model.table(table)
    if known is None:
        return ()
    found = [
        ColumnRef(table, c.name)
        for c in known.columns
        if c.role == "time" and not c.pii and not is_birth(c)
    ]
    default = workspace.model.default_date
    found.sort(key=lambda ref: (ref != default, is_beside(ref)))
    return tuple(found)


def is_beside(ref: ColumnRef) -> bool:
    """Whether a date is of keeping the row rather than of what it tells: when it was booked."""
    about = (*stems(ref.table)[-1:], "")[0]
    return any(word in _BESIDE and word[:4] != about[:4] for word in stems(ref.column))


_BESIDE = frozenset(
    "booked booking created updated modified inserted loaded due expire expires expiry".split()
)


def is_birth(column: Column) -> bool:
    """Whether a column holds dates of birth."""
    named = _BIRTHS & set(stems(column.name)) or "birth" in column.name.lower()
    return column.role == "time" and bool(named)


_BIRTHS = frozenset(("birth", "born", "dob", "birthdate", "birthday"))


def label_of(table: str, model: SemanticModel) -> ColumnRef:
    """Return the column by which people tell the rows of a table: its name, else its key."""
    known = model.table(table)
    if known is None:
        raise KeyError(table)
    plain = [c.name for c in known.columns if c.name.lower() in _LABELS]
    if any(stems(c.name) == ("last", "name") for c in known.columns):
        plain = [name for name in plain if name.lower() != "title"]  # that of a job
    called = [(c, (c.name, *c.synonyms) if model.drafted else (c.name,)) for c in known.columns]
    named = [c.name for c, names in called if any(_is_name(stems(name)) for name in names)]
    named = [*sorted(plain, key=lambda name: _LABELS.index(name.lower())), *named]
    return ColumnRef(table, [*named, *known.primary_key, *(c.name for c in known.columns)][0])


def _is_name(words: tuple[str, ...]) -> bool:
    """Whether a column is called "product name", and not "first name"."""
    return len(words) > 1 and words[-1] == "name" and words[0] not in _PARTS_OF_NAMES


_PARTS_OF_NAMES = frozenset(("first", "last", "middle", "given", "family", "user", "file"))
