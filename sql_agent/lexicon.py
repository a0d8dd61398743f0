"""Which phrases mean which items: names, synonyms and values of one database.

A phrase is a tuple of stems. Values of columns with very many of them, of names and of very short
codes only match as they are written, so that "in" is no state and "mark" no first name.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Final, Literal, TypeAlias

from .catalog import Catalog
from .semantic_model import Column, ColumnRef, SemanticModel, Table
from .spoken import event_nouns
from .words import STOP, close, forms, related, stem, stems, tokens

Kind: TypeAlias = Literal["table", "column", "metric", "value"]
Phrase: TypeAlias = tuple[str, ...]
_MANY = 300
_SHORTEST = 3
_MOST_CODES = 2000
_LONGEST = 8
_FEW_STATES = 3
_STATES: Final = """
    AL:Alabama AK:Alaska AZ:Arizona AR:Arkansas CA:California CO:Colorado CT:Connecticut DE:Delaware
    FL:Florida GA:Georgia HI:Hawaii ID:Idaho IL:Illinois IN:Indiana IA:Iowa KS:Kansas KY:Kentucky
    LA:Louisiana ME:Maine MD:Maryland MA:Massachusetts MI:Michigan MN:Minnesota MS:Mississippi
    MO:Missouri MT:Montana NE:Nebraska NV:Nevada NH:New_Hampshire NJ:New_Jersey NM:New_Mexico
    NY:New_York NC:North_Carolina ND:North_Dakota OH:Ohio OK:Oklahoma OR:Oregon PA:Pennsylvania
    RI:Rhode_Island SC:South_Carolina SD:South_Dakota TN:Tennessee TX:Texas UT:Utah VT:Vermont
    VA:Virginia WA:Washington WV:West_Virginia WI:Wisconsin WY:Wyoming DC:District_of_Columbia
    """
STATES: Final = {code: name for code, _, name in (p.partition(":") for p in _STATES.split())}
"""The two letters by which a column may hold the states of the USA."""
_USA: Final = ("united state", "united state of america", "america", "the us", "the u.s")
_COUNTRIES: Final = {
    **dict.fromkeys(("usa", "us", "united states", "united states of america"), (*_USA, "usa")),
    **dict.fromkeys(("uk", "united kingdom"), ("united kingdom", "uk", "great britain")),
}
"""Other names of countries; a name itself is a phrase anyway."""
_MALE, _FEMALE = ("male", "man"), ("female", "woman")
_SEXES: Final = {"m": _MALE, "male": _MALE, "f": _FEMALE, "female": _FEMALE, "w": _FEMALE}
"""What the values of a column of sexes are called otherwise."""
_YOUNG: Final = frozenset(("pupil", "student", "child", "kid", "schoolchild"))
_BOYS: Final = {"male": "boy", "female": "girl"}
_DATE_ENDINGS = frozenset(("on", "at", "date", "time"))


@dataclass(frozen=True, slots=True)
class Entry:
    """What a phrase may mean. `name` is a table, a metric, or a stored value of `column`."""

    kind: Kind
    name: str = ""
    column: ColumnRef | None = None
    as_written: str = ""
    """Where set, the question must write the value exactly so."""


@dataclass(frozen=True, kw_only=True)
class Lexicon:
    """The phrases of one database."""

    phrases: Mapping[Phrase, tuple[Entry, ...]]
    vocabulary: frozenset[str]
    """Stems of names, synonyms and labelled values: what a misspelt word may stand for."""

    @cached_property
    def by_letter(self) -> Mapping[str, tuple[str, ...]]:
        """The vocabulary by first letter."""
        found: dict[str, list[str]] = {}
        for word in sorted(self.vocabulary):
            found.setdefault(word[0], []).append(word)
        return {letter: tuple(words) for letter, words in found.items()}

    def corrected(self, word: str) -> str | None:
        """Return the word of the vocabulary that a word is a form of, or a slip away from."""
        if word in self.vocabulary or not word.isalpha():
            return None
        form = next((f for f in forms(word) if f in self.vocabulary), None)
        if form is not None:
            return form
        others = self.by_letter.get(word[0], ())
        near = [known for known in others if close(word, known)]
        near = near or [known for known in others if related(word, known)]
        return near[0] if len(near) == 1 else None


def build(model: SemanticModel, catalog: Catalog) -> Lexicon:
    """Return the lexicon of a database."""
    found: dict[Phrase, dict[Entry, None]] = {}
    vocabulary: set[str] = set()

    def add(phrase: Phrase, entry: Entry, *, known: bool = True) -> None:
        if phrase and len(phrase) <= _LONGEST:
            found.setdefault(phrase, {})[entry] = None
            if known:
                vocabulary.update(word for word in phrase if len(word) >= _SHORTEST)

    for metric in model.metrics:
        for text in (metric.name, *metric.synonyms):
            add(stems(text), Entry("metric", metric.name))
    for table in model.tables:
        for text in (table.name, *table.synonyms):
            add(stems(text), Entry("table", table.name))
        for column in table.columns:
            ref = ColumnRef(table.name, column.name)
            for phrase in _column_phrases(table, column):
                add(phrase, Entry("column", column=ref))
            named = names_rows(model, ref)
            for phrase, entry, known in _values(column, ref, catalog):
                add(phrase, entry, known=known)
                if named:  # "mississippi river"
                    add((*phrase, *stems(table.name)), entry, known=False)
    for phrase, entry in (*_beginnings(found), *_kinds_of_values(found)):
        add(phrase, entry, known=False)
    for phrase in [phrase for phrase in found if len(phrase) == 1]:
        times = [e for e in found[phrase] if e.column and _is_time(model, e.column)]
        for noun in event_nouns(phrase[0]) if times else ():
            if (noun,) not in found:
                for entry in times:
                    add((noun,), entry)
    if model.drafted:
        _add_heads(model, found, add)
        _add_column_heads(model, found, add)
        _add_kinds(model, dict(found), add)
        for phrase in list(found):
            for other in _OTHER_WORDS.get(" ".join(phrase), ()):
                named = [e for e in found[phrase] if e.kind in {"table", "column"}]
                if tuple(other.split()) not in found:
                    for entry in named:
                        add(tuple(other.split()), entry)
    return Lexicon(
        phrases={phrase: tuple(entries) for phrase, entries in found.items()},
        vocabulary=frozenset(vocabulary),
    )


def _kinds_of_values(found: Mapping[Phrase, Iterable[Entry]]) -> list[tuple[Phrase, Entry]]:
    """Return values by their words before an "of": a "CT scan" is one of the head or of any part.

    All values of one column that begin so are meant; of two columns, none.
    """
    begun: dict[Phrase, dict[Entry, None]] = {}
    for phrase, entries in found.items():
        at = phrase.index("of") if "of" in phrase else 0
        if at < _PAIR or phrase[:at] in found:
            continue
        for entry in entries:
            if entry.kind == "value" and not entry.as_written:
                begun.setdefault(phrase[:at], {})[entry] = None
    return [
        (phrase, entry)
        for phrase, entries in begun.items()
        if len({entry.column for entry in entries}) == 1
        for entry in entries
    ]


def _beginnings(found: Mapping[Phrase, Iterable[Entry]]) -> list[tuple[Phrase, Entry]]:
    """Return names by the word that they alone begin with: Lakeview of Lakeview Medical Center.

    It must be written with a capital, as in the name, and mean nothing else.
    """
    begun: dict[str, set[Entry]] = {}
    for phrase, entries in found.items():
        for entry in entries:
            if entry.kind == "value" and not entry.as_written and len(phrase) > 1:
                begun.setdefault(phrase[0], set()).add(entry)
    kept: list[tuple[Phrase, Entry]] = []
    for word, entries in begun.items():
        one = next(iter(entries))
        said = one.name.split()[0]
        proper = said[:1].isupper() and said[1:].islower() and len(said) >= _PROPER
        if len(entries) == 1 and proper and (word,) not in found and word not in STOP:
            kept.append(((word,), replace(one, as_written=said)))
    return kept


_PROPER = 5


def _is_time(model: SemanticModel, ref: ColumnRef) -> bool:
    column = model.column(ref)
    return column is not None and column.role == "time"


def _add_heads(
    model: SemanticModel, found: Mapping[Phrase, object], add: Callable[[Phrase, Entry], None]
) -> None:
    """Call a table by its last word where nothing else is called so: tests of `lab_test`."""
    heads: dict[str, list[str]] = {}
    for table in model.tables:
        for words in {stems(name) for name in (table.name, *table.synonyms)}:
            if len(words) > 1:
                heads.setdefault(words[-1], []).append(table.name)
    for head, tables in heads.items():
        if len(set(tables)) == 1 and (head,) not in found and head not in _NO_HEADS:
            add((head,), Entry("table", tables[0]))


def _add_kinds(
    model: SemanticModel, found: Mapping[Phrase, object], add: Callable[[Phrase, Entry], None]
) -> None:
    """Call a category without the general word its name ends in: the grade of `grade_level`."""
    for table in model.tables:
        for column in table.columns:
            words = stems(column.name)
            kind = words[:-1]
            general = bool(kind) and column.role == "dimension" and words[-1] in _KINDS
            if general and kind not in found and kind[0] not in STOP | _NO_COLUMN_HEADS:
                add(kind, Entry("column", column=ColumnRef(table.name, column.name)))


_KINDS = frozenset("level type category class group kind".split())


def _add_column_heads(
    model: SemanticModel, found: Mapping[Phrase, object], add: Callable[[Phrase, Entry], None]
) -> None:
    """Call a number by the noun of its name where a table has one such: premium, insured sum.

    A participle behind the noun is no name of it: `amount_paid` is the paid amount, never "paid".
    """
    heads: dict[Phrase, dict[ColumnRef, None]] = {}
    for table in model.tables:
        own: dict[Phrase, list[ColumnRef]] = {}
        for column in table.columns:
            ref = ColumnRef(table.name, column.name)
            for words in {stems(name) for name in (column.name, *column.synonyms)}:
                if column.role != "measure" or len(words) != _PAIR:
                    continue
                said = words[::-1] if words[1].endswith("ed") else words[1:]
                said = words[:1] if words[1] in _PERCENT else said
                own.setdefault(said, []).append(ref)
        for said, refs in own.items():
            if len(set(refs)) == 1:
                heads.setdefault(said, {})[refs[0]] = None
    money = {**heads.get(("price",), {}), **heads.get(("cost",), {})}
    heads |= {(word,): money for word in ("price", "cost") if money}  # which one is for the base
    for said, refs in heads.items():
        if said not in found and said[0] not in _NO_HEADS | _NO_COLUMN_HEADS:
            for ref in refs:
                add(said, Entry("column", column=ref))


_PAIR = 2
_PERCENT = frozenset(("pct", "percent", "percentage"))
_NO_COLUMN_HEADS = frozenset(
    """day month year hour minute second number count rate pct percent mg kg g id no code level
    total usd eur flag index left""".split()
)
_NO_HEADS = frozenset("data info table detail history log daily list type item name".split())
_GROUPS: Final = """border|neighbor|neighbour|surround|adjoin|adjacent|next to
city|town
mountain|peak|mount
customer|client|buyer|shopper
employee|staff|worker|staff member
student|pupil
teacher|instructor|lecturer
professor|faculty member
product|item|article|good
order|purchase
book|title
author|writer
salary|pay|wage|earning
department|dept|division
price|cost
phone|telephone|phone number
car|vehicle|automobile
film|movie
physician|doctor
member|subscriber
loan|borrowing|checkout
shop|store
supplier|vendor
company|firm|business
revenue|turnover
quantity|qty|unit
country|nation
singer|vocalist
song|track
flight|plane trip
airport|airfield
age|years of age
date of birth|birth date|birthday|dob|born
gender|sex"""
_OTHER_WORDS: Final = {
    word: tuple(other for other in group.split("|") if other != word)
    for group in _GROUPS.splitlines()
    for word in group.split("|")
}
"""Everyday words for what undescribed databases call otherwise."""


def names_rows(model: SemanticModel, ref: ColumnRef) -> bool:
    """Whether a column holds the names of its table's rows, and does not point at other ones."""
    table = model.table(ref.table)
    if table is None or any(ref == left for join in model.joins for left, _ in join.on):
        return False
    column = model.column(ref)
    nouns = {(), *map(stems, (table.name, *(table.synonyms if model.drafted else ())))}
    synonyms = column.synonyms if model.drafted and column is not None else ()
    called = map(stems, (ref.column, *synonyms))
    return any(words[-1:] == ("name",) and words[:-1] in nouns for words in called)


_FLAGGING = frozenset(
    """is has was take takes get gets use uses want wants receive receives accept accepts allow
    allows need needs own owns had does did offer offers include includes require requires wear
    wears drive drives play plays""".split()
)
"""Verbs that a flag's name may begin with, before what it is about."""
_AUXILIARIES = frozenset("is has was had does did".split())


def _column_phrases(table: Table, column: Column) -> Iterable[Phrase]:
    own = stems(column.name)
    noun = stems(table.name)
    yield own
    if column.role != "key":
        yield (*noun, *own)
    if column.unit and len(own) > 1 and own[-1] in stems(column.unit):
        yield own[:-1]  # the weight of `weight_kg`
    if column.type == "boolean" and len(own) > 1 and own[0] in _FLAGGING:
        yield own[1:]
        for article in ("a", "the") if own[0] not in _AUXILIARIES else ():
            yield (own[0], article, *own[1:])  # who "takes the bus" where the flag is `takes_bus`
    if column.role == "time" and len(own) > 1 and own[-1] in _DATE_ENDINGS:
        yield own[:-1]
    for words in map(stems, column.synonyms):
        yield words
        if column.unit and len(words) > 1 and words[-1] in stems(column.unit):
            yield words[:-1]


def _values(
    column: Column, ref: ColumnRef, catalog: Catalog
) -> Iterable[tuple[Phrase, Entry, bool]]:
    labelled = {label.code for label in column.values}
    for label in column.values:
        entry = Entry("value", label.code, ref)
        for text in {label.code, label.label, *label.synonyms}:
            exact = text if len(text) <= 2 else ""
            yield stems(text), Entry("value", label.code, ref, exact) if exact else entry, True
    stored = catalog.column(ref)
    if stored is None:
        return
    if column.role == "key":
        yield from _codes(column, ref, catalog)
        return
    strict = column.pii or column.role == "text" or len(stored.values) > _MANY
    sexes = _SEXES if {"sex", "gender"} & set(stems(column.name)) else {}
    if sexes and _YOUNG & set(stems(ref.table)):
        sexes = {code: (*names, _BOYS[names[0]]) for code, names in sexes.items()}
    states = len(stored.values) >= _FEW_STATES and STATES.keys() >= set(stored.values)
    for value in stored.values:
        if states:
            yield stems(STATES[value]), Entry("value", value, ref), True
        if value in labelled:
            continue
        written = value if strict or len(value) <= 2 else ""
        yield _value_phrase(value), Entry("value", value, ref, written), not strict
        for other in sexes.get(value.lower(), ()):
            yield (other,), Entry("value", value, ref), True
        for other in _COUNTRIES.get(value.lower(), ()):
            yield tuple(other.split()), Entry("value", value, ref), True


def _codes(
    column: Column, ref: ColumnRef, catalog: Catalog
) -> Iterable[tuple[Phrase, Entry, bool]]:
    """Yield the texts by which the rows of a table are known, as they are written: NRDX."""
    stored, table = catalog.column(ref), catalog.by_name.get(ref.table)
    own = table is not None and table.primary_key == (ref.column,)
    if stored is None or stored.type != "text" or not own or len(stored.values) > _MOST_CODES:
        return
    for value in stored.values:
        if len(value) > 1 and not column.pii:
            yield _value_phrase(value), Entry("value", value, ref, value), False


def _value_phrase(value: str) -> Phrase:
    return tuple(stem(token.lower) for token in tokens(value.replace("_", " ")) if token.is_word)
