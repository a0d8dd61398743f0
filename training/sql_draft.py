"""A question in the making: marked phrases, values, columns of a table and its filters."""

import random
from dataclasses import dataclass
from datetime import datetime

from sql_agent.linking import dates_of
from sql_agent.query_tree import (
    Among,
    Average,
    Between,
    Compare,
    Contains,
    During,
    FreeText,
    Has,
    IsNull,
    NumberValue,
    Operator,
    PeriodOperator,
    PeriodValue,
    Predicate,
    Slot,
    SlotValue,
    TextValue,
)
from sql_agent.semantic_model import NUMERIC, TEMPORAL, ColumnRef
from training import sql_wording as wording
from training.sql_schemas import Schema, plural, singular

_SOME_DAY = datetime(2025, 1, 1)  # noqa: DTZ001  (only the phrase is shown to the model)
_MARKS = "".join(map(chr, range(0xE000, 0xE100)))
Key = str | ColumnRef
"""A table by name, a column, or a metric as `metric name`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Mention:
    """Where a phrase stands in the finished question."""

    start: int
    phrase: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Filter:
    """A predicate and its wording; `place` is before the noun, after it, or in the sentence."""

    predicate: Predicate
    text: str
    place: str


class Draft:
    """Collects what a question mentions while it is worded.

    A marked phrase stands between a private-use character, whose number is its mention's, and the
    last private-use character.
    """

    def __init__(self, rng: random.Random, schema: Schema) -> None:
        self.rng = rng
        self.schema = schema
        self.mentions: list[Key | Slot] = []
        self.phrases: list[str] = []
        self.values: list[SlotValue] = []

    def pick(self, choices: str) -> str:
        """Return one of several wordings."""
        return self.rng.choice(choices.split("|"))

    def fill(self, choices: str, **parts: str) -> str:
        """Return one of several wordings with its parts filled in."""
        return self.pick(choices).format(**parts)

    def mark(self, key: Key | Slot, phrase: str) -> str:
        """Return a phrase marked as a mention of an item or a value."""
        self.mentions.append(key)
        self.phrases.append(phrase)
        return f"{chr(0xE000 + len(self.mentions) - 1)}{phrase}\uf8ff"

    # --- items ---------------------------------------------------------------------------------

    def one(self, table: str) -> str:
        """Return a marked singular for a table."""
        return self.mark(table, self.rng.choice(self._table_words(table)))

    def many(self, table: str) -> str:
        """Return a marked plural for a table."""
        return self.mark(table, plural(self.rng.choice(self._table_words(table))))

    def _table_words(self, table: str) -> list[str]:
        words = self.schema.words[table]
        nouns = [singular(word) for word in words if not word.endswith("ed")] or list(words)
        return [nouns[0], *nouns]

    def column(self, ref: ColumnRef, *, several: bool = False) -> str:
        """Return a marked phrase for a column."""
        words = self.schema.words.get(ref) or (ref.column.replace("_", " ").lower(),)
        phrase = self.rng.choice((words[0], *words))
        return self.mark(ref, plural(phrase) if several else phrase)

    def dimension(self, ref: ColumnRef, *, several: bool = False) -> str:
        """Return a phrase for what rows are grouped by: a table's own name for its identity."""
        if ref == self.schema.identity(ref.table) and self.rng.random() < 0.75:
            return self.many(ref.table) if several else self.one(ref.table)
        return self.column(ref, several=several)

    def columns(self, table: str, *kinds: str, ancestors: bool = False) -> list[ColumnRef]:
        """Return the columns of a table of some types; with `ancestors` of what it belongs to."""
        tables = self.schema.ancestors[table] if ancestors else (table,)
        typed = self.schema.typed
        return [ref for name in tables for ref, kind in typed[name] if kind in kinds]

    # --- values --------------------------------------------------------------------------------

    def slot(self, value: SlotValue) -> tuple[Slot, str]:
        """Add a value; return its slot, numbered as it was added, and its marked phrase."""
        slot = Slot(len(self.values))
        self.values.append(value)
        return slot, self.mark(slot, value.phrase)

    def number(self) -> tuple[Slot, str]:
        """Add a number."""
        phrase = self.rng.choice(wording.NUMBERS)
        return self.slot(NumberValue(phrase=phrase, number="1"))

    def size(self) -> tuple[Slot, str]:
        """Add a "top n"."""
        phrase = self.rng.choice(wording.COUNTS)
        count = self.rng.random() < 0.5
        return self.slot(NumberValue(phrase=phrase, number="1", count=count))

    def period(self) -> tuple[Slot, str]:
        """Add a period."""
        phrase = self.rng.choice(wording.PERIODS)
        return self.slot(PeriodValue(phrase=phrase, start=_SOME_DAY, end=_SOME_DAY))

    def known_values(self, ref: ColumnRef) -> list[str]:
        """Return what people call the values of a text column."""
        column = self.schema.columns[ref]
        words = [w for value in column.values for w in (value.label, *value.synonyms)]
        return words or list(self.schema.samples.get(ref, ()))

    def text(self, ref: ColumnRef, *, unlike: tuple[str, ...] = ()) -> tuple[Slot, str] | None:
        """Add a value of a text column, if any is known; its options are all columns it fits."""
        options = [word for word in self.known_values(ref) if word.lower() not in unlike]
        if not options:
            return None
        phrase = self.rng.choice(options)
        holders = self.schema.holders[phrase.lower()]
        return self.slot(TextValue(phrase=phrase, options=holders))

    # --- filters -------------------------------------------------------------------------------

    def filter(self, table: str) -> Filter | None:
        """Draw a condition on rows of a table, or None where the draw does not fit the schema."""
        kind = self.rng.choices(
            ("text", "number", "period", "boolean", "among", "has", "null", "average", "contains"),
            (34, 15, 20, 9, 7, 6, 4, 3, 2),
        )[0]
        if kind == "period":
            return self._period_filter(table)
        if kind == "has":
            return self._has_filter(table)
        where = table
        if self.rng.random() < 0.16 and self.schema.children[table]:
            where = self.rng.choice(self.schema.children[table])
        near = where == table and self.rng.random() < 0.45
        types = {
            "text": ("text",),
            "among": ("text",),
            "contains": ("text",),
            "number": tuple(NUMERIC),
            "average": tuple(NUMERIC),
            "boolean": ("boolean",),
            "null": ("text", *NUMERIC, *TEMPORAL),
        }[kind]
        columns = self.columns(where, *types, ancestors=near)
        if not columns:
            return None
        ref = self.rng.choice(columns)
        if kind == "text":
            return self._text_filter(ref, away=where != table)
        build = {
            "among": self._among_filter,
            "contains": self._contains_filter,
            "number": self._number_filter,
            "average": self._average_filter,
            "boolean": self._boolean_filter,
            "null": self._null_filter,
        }[kind]
        return build(ref)

    def _text_filter(self, ref: ColumnRef, *, away: bool = False) -> Filter | None:
        """Return a value of a text column; `away` where another table's rows have it."""
        found = self.text(ref)
        if found is None:
            return None
        slot, value = found
        operator: Operator = "!=" if self.rng.random() < 0.13 else "="
        predicate = Compare(column=ref, operator=operator, value=slot)
        if operator == "!=":
            words = self.fill(wording.NOT_FILTERS, v=value, c=self._named(ref))
        elif away and self.rng.random() < 0.7:
            parts = {"t": self.one(ref.table), "ts": self.many(ref.table)}
            words = self.fill(wording.LINKED_VALUES, v=value, **parts)
        elif self.schema.columns[ref].values and self.rng.random() < 0.6:
            return Filter(predicate=predicate, text=value, place="before")
        elif not self.schema.columns[ref].values and self.rng.random() < 0.7:
            words = self.fill(wording.PLACE_FILTERS, v=value)
        else:
            words = self.fill(wording.VALUE_FILTERS, v=value, c=self._named(ref))
        return Filter(predicate=predicate, text=words, place="after")

    def _named(self, ref: ColumnRef) -> str:
        """Return a column's phrase, sometimes with its table's before it."""
        if self.rng.random() < 0.12:
            return f"{self.one(ref.table)} {self.column(ref)}"
        return self.column(ref)

    def _among_filter(self, ref: ColumnRef) -> Filter | None:
        first = self.text(ref)
        said = self.values[-1].phrase.lower() if first else ""
        second = self.text(ref, unlike=(said,)) if first else None
        if first is None or second is None:
            return None
        negated = self.rng.random() < 0.25
        choices = wording.NOT_AMONG_FILTERS if negated else wording.AMONG_FILTERS
        words = self.fill(choices, v=first[1], w=second[1], c=self.column(ref))
        predicate = Among(column=ref, values=(first[0], second[0]), negated=negated)
        return Filter(predicate=predicate, text=words, place="after")

    def _contains_filter(self, ref: ColumnRef) -> Filter:
        slot, value = self.slot(FreeText(phrase=self.rng.choice(wording.FREE_TEXTS)))
        words = self.fill(wording.CONTAINS_FILTERS, v=value, c=self.column(ref))
        return Filter(predicate=Contains(column=ref, text=slot), text=words, place="after")

    def _number_filter(self, ref: ColumnRef) -> Filter:
        low, x = self.number()
        if self.rng.random() < 0.18:
            high, y = self.number()
            words = self.fill(wording.BETWEEN_FILTERS, x=x, y=y, c=self._named(ref))
            predicate: Predicate = Between(column=ref, low=low, high=high)
            return Filter(predicate=predicate, text=words, place="after")
        operator, said = self.operator()
        name = self._named(ref)
        words = self.fill(wording.NUMBER_FILTERS, a=article(name), c=name, o=said, x=x)
        predicate = Compare(column=ref, operator=operator, value=low)
        return Filter(predicate=predicate, text=words, place="after")

    def operator(self) -> tuple[Operator, str]:
        """Return a comparison and its wording."""
        operators: tuple[Operator, ...] = (">", ">=", "<", "<=", "=", "!=")
        operator = self.rng.choices(operators, (38, 18, 24, 10, 9, 1))[0]
        return operator, self.pick(wording.OPERATORS[operator])

    def _average_filter(self, ref: ColumnRef) -> Filter:
        operator: Operator = self.rng.choice((">", "<"))
        words = self.fill(wording.AVERAGE_FILTERS[operator], c=self.column(ref))
        predicate = Compare(column=ref, operator=operator, value=Average())
        return Filter(predicate=predicate, text=words, place="after")

    def _boolean_filter(self, ref: ColumnRef) -> Filter:
        truth = self.rng.random() < 0.72
        predicate = Compare(column=ref, operator="=", value=truth)
        if truth and self.rng.random() < 0.5:
            return Filter(predicate=predicate, text=self.column(ref), place="before")
        choices = wording.TRUE_FILTERS if truth else wording.FALSE_FILTERS
        return Filter(
            predicate=predicate, text=self.fill(choices, c=self.column(ref)), place="after"
        )

    def _null_filter(self, ref: ColumnRef) -> Filter:
        negated = self.rng.random() < 0.3
        choices = wording.NOT_NULL_FILTERS if negated else wording.NULL_FILTERS
        words = self.fill(choices, c=self.column(ref))
        return Filter(predicate=IsNull(column=ref, negated=negated), text=words, place="after")

    def _has_filter(self, table: str) -> Filter | None:
        others = self.schema.children[table]
        if not others:
            return None
        other = self.rng.choice(others)
        negated = self.rng.random() < 0.6
        choices = wording.LACKS_FILTERS if negated else wording.HAS_FILTERS
        words = self.fill(choices, ts=self.many(other), t=self.one(other))
        return Filter(predicate=Has(table=other, negated=negated), text=words, place="after")

    def date_of(self, table: str) -> ColumnRef | None:
        """Return the date that a period without a verb is about."""
        dates = dates_of(table, self.schema.workspace)
        return dates[0] if dates else None

    def _period_filter(self, table: str) -> Filter | None:
        dates = self.columns(table, *TEMPORAL)
        if not dates:
            return None
        slot, value = self.period()
        verbs: tuple[PeriodOperator, ...] = ("during", "before", "after", "since")
        verb = self.rng.choices(verbs, (74, 8, 6, 12))[0]
        placed = self.date_of(table)
        if placed is not None and self.rng.random() < 0.6:
            ref = placed
            predicate = During(column=ref, operator=verb, period=slot)
            words = self.fill(wording.PERIOD_PLAIN[verb], v=value)
            return Filter(predicate=predicate, text=words, place="sentence")
        ref = self.rng.choice(dates)
        choices = wording.DATE_VERBS if verb == "during" else wording.DATE_VERBS_SIDE[verb]
        predicate = During(column=ref, operator=verb, period=slot)
        words = self.fill(choices, c=self.column(ref), v=value)
        return Filter(predicate=predicate, text=words, place="after")

    def filters(self, table: str) -> list[Filter]:
        """Draw the conditions of a question, at most one of them in the sentence."""
        wanted = self.rng.choices((0, 1, 2, 3), (28, 44, 22, 6))[0]
        found: list[Filter] = []
        for _ in range(wanted):
            values = list(self.values)
            drawn = self.filter(table)
            if drawn is None or _clash(drawn, found):
                self.values = values
                continue
            found.append(drawn)
        return found

    def noun(self, table: str, filters: list[Filter]) -> str:
        """Return the plural of a table with its conditions around it."""
        before = [f.text for f in filters if f.place == "before"]
        after = [f.text for f in filters if f.place == "after"]
        if len(before) == 1 and self.values and self.rng.random() < 0.12:
            named = self._value_as_noun(table, filters)
            if named:
                return " ".join([named, *_joined(self.rng, after)])
        return " ".join([*before, self.many(table), *_joined(self.rng, after)])

    def _value_as_noun(self, table: str, filters: list[Filter]) -> str:
        """Return the plural of a value that names its rows: "mortgages" for mortgage loans."""
        predicate = next(f.predicate for f in filters if f.place == "before")
        if not (isinstance(predicate, Compare) and isinstance(predicate.value, Slot)):
            return ""
        if predicate.column.table != table:
            return ""
        phrase = self.values[predicate.value.index].phrase
        return self.mark(predicate.value, phrase if phrase.endswith("s") else plural(phrase))


def _clash(drawn: Filter, found: list[Filter]) -> bool:
    """Whether a condition repeats a column, or would be the second in the sentence."""
    column = getattr(drawn.predicate, "column", drawn.predicate)
    taken = [getattr(f.predicate, "column", f.predicate) for f in found]
    places = [f.place for f in found]
    return column in taken or (drawn.place == "sentence" and "sentence" in places)


def _joined(rng: random.Random, after: list[str]) -> list[str]:
    if len(after) < 2 or rng.random() < 0.5:
        return after
    return [*after[:-1], "and " + after[-1]]


def article(phrase: str) -> str:
    """Return `a` or `an` for a marked phrase."""
    return "an" if phrase.lstrip(_MARKS)[:1] in set("aeiou") else "a"
